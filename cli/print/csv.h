/* csv.h - a line of comma-separated values, as RFC 4180 has them, but lines end with \n. */
#pragma once
#include "engine/base/buffer.h"

/* Appends a field and, where it is not the first, the comma before it. NO_TEXT is null and stands as nothing; an empty
 * text as "". A field with a comma, a quote, a line end, or white space at an end is quoted, its quotes doubled. */
void csv_field(struct buffer *out, struct text field, bool first);
