/* quoted.h - names and strings between quotes. */
#pragma once
#include "engine/base/text.h"

struct buffer;

/* The text between two quotes, a quote inside doubled: `A``B`, 'it''s'. */
void quoted_print(struct buffer *out, struct text text, char quote);
