/* run.h - one script on one place. */
#pragma once
#include "cli/test/place.h"

struct test_options {
    enum test_broker broker;
    const struct settings *settings; /* -o */
    bool restart_everywhere;         /* the engine restarts after each record sent */
    int timeout_ms;                  /* for a record, a row or an end that is waited for */
};

enum test_outcome { TEST_PASSED, TEST_FAILED, TEST_SKIPPED };

/* The script in the text; `out` gets what is wrong, or why it was skipped, with `name` for its file. */
enum test_outcome test_run(struct text name, struct text text, const struct test_options *options, struct buffer *out);
