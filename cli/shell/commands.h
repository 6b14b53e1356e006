/* commands.h - what the shell does itself: commands.def. */
#pragma once
#include "cli/shell/shell.h"

struct command;

/* True if the line is a command's name, or begins with a backslash or a point as SQL never does. */
bool command_is_meant(struct text line);

/* The command of such a line, and what stands behind its name without a closing semicolon; NULL if there is none. */
const struct command *command_find(struct text line, struct text *argument, struct error *error);

MUST_CHECK bool command_run(const struct command *command, struct shell *shell, struct text argument);

/* All names, for completion. */
void command_names(struct arena *arena, struct name_list *names);

/* The list that help shows, and one topic of help.def; false if there is no such topic. */
void command_print_list(struct buffer *out);
