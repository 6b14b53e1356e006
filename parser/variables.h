/* variables.h - ${name} in a statement's text, replaced before it is parsed. */
#pragma once
#include "engine/base/error.h"
#include "engine/base/list.h"

struct map;

/* True if the text of a string token holds what looks like a variable. */
bool variables_in_string(struct text string);

/* What was replaced, in the order of the text: where it stood, and where its replacement stands. */
struct replacement {
    struct span before, after;
};
struct replacements {
    LIST_OF(struct replacement);
};

/* The statement's text with its variables replaced, in the arena. `base` is what an offset in `sql` is to be increased
 * by in the span of an error or of what is replaced. Fails where a variable has no value, or one that is not a single
 * name or literal. */
MUST_CHECK bool variables_substitute(struct arena *arena, const struct map *variables, struct text sql, uint32_t base,
                                     struct text *out, struct replacements *replaced, struct error *error);

/* The place, before the replacing, of a span of the text behind it: a part of a value is the whole variable. */
struct span variables_place(const struct replacements *replaced, struct span span);
