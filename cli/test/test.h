/* test.h - `weir test FILE...`: runs scripts of statements, records sent and records expected. See
 * tests/scripts/README.md. */
#pragma once
#include "cli/setup.h"

/* Runs the scripts that args->words name. Returns the exit status: 0 all passed, 1 some failed, 2 the command line is
 * wrong. */
int test_files(struct setup *setup, struct output *output, const struct args *args);

/* An example, and what may stand in a script. */
void test_print_manual(struct buffer *out);
