/* test.h - `weir test FILE...`: runs scripts of statements, records sent and records expected. See
 * tests/scripts/README.md. */
#pragma once

/* argv[0] is "test". Returns the exit status: 0 all passed, 1 some failed, 2 the arguments are wrong. */
int test_command(int argc, char **argv);
