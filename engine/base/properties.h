/* properties.h - Java's properties files, as the peer's configuration is written.
 *
 *     # a comment            so is a line that begins with !
 *     name = value           or name:value, or name value
 *     name = a long \
 *            value           a line goes on behind a backslash; white space in front of what follows does not count
 *     name = \u00e4 \t \=    escapes, in names too; before any other character a backslash is nothing
 *
 *     struct properties properties = {.rest = text};
 *     while (properties_next(&properties, arena, &name, &value)) ...
 */
#pragma once
#include "engine/base/text.h"

struct arena;

struct properties {
    struct text rest; /* borrowed: what is still to be read */
    unsigned n_lines; /* that were read */
    unsigned line;    /* on which the last entry began, from 1 */
};

/* The next entry, into the arena; a value is NO_TEXT where nothing separates it from the name. False at the end. */
bool properties_next(struct properties *properties, struct arena *arena, struct text *name, struct text *value);
