/* answer.h - what a statement answered, collected, and the checks of a script on it. */
#pragma once
#include "cli/test/script.h"
#include "engine/service/engine.h"

struct test_lines {
    LIST_OF(struct text);
};

struct test_answer {
    struct arena *arena;
    struct test_lines entities; /* JSON */
    struct test_lines rows;     /* "[1, ...]", or "deleted [1, ...]" */
    struct test_lines lines;    /* of PRINT */
    struct test_lines notices;
    struct text header;
    struct text ends;
    uint32_t enough;     /* rows and lines after which the script has seen what it wants; 0: no end of its own */
    int64_t deadline_ms; /* monotonic; then the query is cancelled, too */
    bool late;           /* it was */
};

/* A client that fills the answer. */
struct client test_answer_client(struct test_answer *answer);

/* How many rows and lines the checks want. */
uint32_t test_answer_wanted(const struct test_checks *checks);

/* `failure` is the statement's error, or NULL if it succeeded. Where a check fails: false, its line in *line and in
 * `out` what was expected and what came. */
MUST_CHECK bool test_answer_check(const struct test_answer *answer, const struct test_checks *checks,
                                  const struct error *failure, unsigned *line, struct buffer *out);
