/* script.h - texts of statements, carried out one after the other up to the first that fails.
 *
 * A text is cut into statements here, so that the place of an error is that in the whole text or file, and so that each
 * can be timed.
 */
#pragma once
#include "cli/print/output.h"

struct script_context {
    struct session *session;
    struct output *output;
    const char *file;      /* for messages; NULL: not from a file */
    unsigned lines_before; /* for messages: lines of the input above the text */
    bool repeatable;       /* as for `weir run`: what is there already is no error */
    bool may_lack_semicolon;
    bool timing; /* print how long each took */
};

/* False if a statement failed (which was printed), or if it was interrupted. */
MUST_CHECK bool script_execute(const struct script_context *context, struct text sql);

/* The content of a file; "-" is the standard input. At most SCRIPT_MAX bytes. */
enum { SCRIPT_MAX = 1 << 28 };
MUST_CHECK bool script_read(const char *path, struct buffer *content, struct error *error);

/* The bytes of the first statement with its semicolon, or of all the text if it has none. */
size_t script_first(struct text sql);

/* The first word of the text, behind white space and comments; empty if there is none. */
struct text script_word(struct text sql);
