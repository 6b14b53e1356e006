/* script.h - a script's text, as steps: statements, and directives between them.
 *
 *     SELECT id FROM orders EMIT CHANGES LIMIT 1;         a statement step ...
 *     --@ row [1]                                         ... with a check
 *     --@ send orders key=2 {"ITEM": "lamp"}              a step of its own
 *
 * tests/scripts/README.md describes the directives; test_directives[] lists them.
 */
#pragma once
#include "engine/base/error.h"
#include "engine/base/list.h"

struct buffer;

enum test_word {
    TEST_STATEMENT, /* no directive: SQL */
    /* steps */
    TEST_SEND,
    TEST_EXPECT,
    TEST_SETTLE,
    TEST_RESTART,
    TEST_ADVANCE,
    TEST_CLOCK,
    TEST_LOG,
    /* before all others */
    TEST_OPTION,
    TEST_ONLY,
    /* checks of the statement before */
    TEST_ERROR,
    TEST_ANSWER,
    TEST_TEXT,
    TEST_HEADER,
    TEST_ROW,
    TEST_DELETED,
    TEST_LINE,
    TEST_ENDS,
    TEST_NOTICE,
};

struct test_check {
    enum test_word word;
    unsigned line;
    struct text rest;  /* what follows the word */
    struct text block; /* TEXT: the lines that follow, without their --| ; in the arena */
};

struct test_checks {
    LIST_OF(struct test_check);
};

struct test_step {
    enum test_word word;
    unsigned line;
    struct text text;          /* the SQL, or what follows the word */
    struct test_checks checks; /* STATEMENT */
};

struct test_script {
    LIST_OF(struct test_step);
};

/* A line on each directive. */
void test_script_print_directives(struct buffer *out);

/* Texts point into `text`, or live in the arena. The error's span tells the line. */
MUST_CHECK bool test_script_parse(struct arena *arena, struct text text, struct test_script *script,
                                  struct error *error);
