/* json.h - JSON as it was written: a tree whose nodes keep their text, so that 1.50 stays 1.50.
 *
 *     struct text text = TEXT("{\"A\": 1.50} timestamp=5");
 *     struct test_json *json;
 *     test_json_parse(arena, &text, &json, &error)      ->  json is an object, text is " timestamp=5"
 *     test_json_get(json, "A")->raw                     ->  1.50
 *
 * It shares nothing with the engine's own JSON, so that a mistake of the one is not hidden by the other.
 */
#pragma once
#include "engine/base/error.h"
#include "engine/base/list.h"

struct buffer;

enum test_json_kind {
    TEST_JSON_NULL,
    TEST_JSON_BOOLEAN,
    TEST_JSON_NUMBER,
    TEST_JSON_STRING,
    TEST_JSON_ARRAY,
    TEST_JSON_OBJECT,
    TEST_JSON_WORD, /* no JSON: text without white space; never made by test_json_parse */
};

struct test_json {
    enum test_json_kind kind;
    struct text raw;    /* as it stands in the text, which is borrowed */
    struct text string; /* STRING: without quotes and escapes */
    struct text name;   /* of an object's member */
    struct {
        LIST_OF(struct test_json *);
    } items; /* elements or members */
};

/* Takes one value off the front of *text. */
MUST_CHECK bool test_json_parse(struct arena *arena, struct text *text, struct test_json **json, struct error *error);

/* A member of an object; NULL if `json` is none (NULL is allowed), or has no such member. */
const struct test_json *test_json_get(const struct test_json *json, const char *name);

/* A string's content, anything else as it was written. */
struct text test_json_text(const struct test_json *json);

/* Without white space between tokens, strings with the fewest escapes, numbers as they were written. */
void test_json_print(struct buffer *out, const struct test_json *json);

/* Whether `all` has what `part` asks for: of objects the members that part names, everything else as it is. Where it
 * has not, the path to the first difference, and what stands there, is appended to `where`. */
bool test_json_covers(const struct test_json *part, const struct test_json *all, struct buffer *where);
