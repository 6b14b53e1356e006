/* display.h - how text stands on a terminal: its width in columns, and what of it may be shown.
 *
 *     café   4 columns       工地   4 columns, two each       e + U+0301   1 column
 *
 * Widths are those of Unicode's East Asian Width, in a table of the ranges that matter, so that they do not depend on a
 * locale. Data comes from anywhere: control characters are never sent to the terminal as they are.
 */
#pragma once
#include "engine/base/buffer.h"

/* Columns that the text takes; it has no control characters. */
unsigned display_width(struct text text);

/* Bytes of the text's start that fit into `columns`, at least one character; *used is what they take. */
size_t display_fit(struct text text, unsigned columns, unsigned *used);

/* True if display_escape would change the text. */
bool display_is_odd(struct text text);

/* Appends it with control characters as \n, \t or \x1b, and bytes that are not UTF-8 as U+FFFD. */
void display_escape(struct buffer *out, struct text text);

/* Appends it on one line: runs of white space as one space, none at the ends. */
void display_fold(struct buffer *out, struct text text);

void display_pad(struct buffer *out, unsigned columns);
