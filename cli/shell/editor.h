/* editor.h - a line from the terminal, edited, with what was typed before and completion; the only file that knows
 * libedit.
 *
 *     struct editor *editor = editor_open(complete, shell);
 *     switch (editor_read(editor, "weir> ", &line)) ...
 *     editor_remember(editor, "SELECT *\nFROM orders;");     one entry, whatever lines it has
 *
 * Emacs keys, or what ~/.editrc says. Text is UTF-8, also in a locale that has none.
 */
#pragma once
#include "cli/shell/complete.h"

struct editor;

enum editor_result { EDITOR_LINE, EDITOR_INTERRUPTED, EDITOR_END };

/* Fills *completion for a line up to the cursor. */
typedef void editor_complete(void *context, struct arena *arena, struct text line, struct completion *completion);

/* NULL if the terminal cannot be used. */
struct editor *editor_open(editor_complete *complete, void *context);
void editor_close(struct editor *editor);

/* The line without its end; valid until the next call. */
enum editor_result editor_read(struct editor *editor, const char *prompt, struct text *line);

void editor_remember(struct editor *editor, struct text entry);
