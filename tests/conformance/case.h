/* case.h - one case as the runner gives it: statements, settings, topics, records. Borrowed from its line of JSON. */
#pragma once
#include "cli/test/json.h"
#include "engine/types/batch.h"

struct input {
    struct text topic;
    const struct test_json *key, *value; /* NULL: null */
    int64_t timestamp_ms;
    bool windowed, session;
    struct window window;
    struct headers headers;
};

struct text_list {
    LIST_OF(struct text);
};
struct input_list {
    LIST_OF(struct input);
};

struct conformance_case {
    struct text_list statements;
    const struct test_json *properties; /* an object, or NULL */
    const struct test_json *topics;     /* an array of objects, or NULL */
    struct input_list inputs;
};

/* False, with the reason, where the line is no case. */
MUST_CHECK bool case_read(struct arena *arena, struct text line, struct conformance_case *out, struct error *error);

/* A member's number, or `fallback` where there is none. */
int64_t case_integer(const struct test_json *object, const char *name, int64_t fallback);
