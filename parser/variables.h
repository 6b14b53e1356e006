/* variables.h - ${name} in a statement's text, replaced before it is parsed. */
#pragma once
#include "engine/base/error.h"

struct map;

/* True if the text of a string token holds what looks like a variable. */
bool variables_in_string(struct text string);

/* The statement's text with its variables replaced, in the arena. `base` is what an offset in `sql` is to be increased
 * by in an error's span. Fails where a variable has no value, or one that is not a single name or literal. */
MUST_CHECK bool variables_substitute(struct arena *arena, const struct map *variables, struct text sql, uint32_t base,
                                     struct text *out, struct error *error);
