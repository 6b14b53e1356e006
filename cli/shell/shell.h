/* shell.h - statements and commands from a person, or from a pipe.
 *
 *     weir> SELECT *              editor_read ──→ shell_line ──┬── a command (commands.def)
 *         > FROM orders;                                       └── statements that are ended (script_execute)
 *
 * On a terminal an error or Ctrl-C leaves the shell where it is; from a pipe the first error ends it with status 1. A
 * statement is one entry of the history, whatever lines it has.
 */
#pragma once
#include "cli/shell/editor.h"
#include "cli/shell/history_file.h"
#include "cli/setup.h"
#include "parser/parse.h"

enum { SHELL_MAX_PENDING = 1 << 24 };

struct shell {
    struct setup *setup;
    struct output *output;
    struct editor *editor; /* NULL: input from a pipe */
    struct history_file history;
    struct buffer pending;  /* lines of a statement that is not ended */
    struct parse_scan scan; /* of them */
    unsigned lines_before;  /* of the input above them; on a terminal every statement begins anew */
    struct buffer entry;    /* the same for the history: from the first of these lines on */
    bool timing;
    bool leaving;
};

/* Until the input ends or a command leaves. Returns the exit status. */
int shell_run(struct setup *setup, struct output *output);

/* One line; false if it failed. */
MUST_CHECK bool shell_line(struct shell *shell, struct text line);

/* Statements that a command stands for. */
MUST_CHECK bool shell_execute(struct shell *shell, struct text sql, const char *file);
