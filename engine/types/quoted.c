/* quoted.c - names and strings between quotes. */
#include "engine/types/quoted.h"
#include "engine/base/buffer.h"

void quoted_print(struct buffer *out, struct text text, char quote)
{
    buffer_append_char(out, quote);
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == quote) buffer_append_char(out, quote);
        buffer_append_char(out, text.data[i]);
    }
    buffer_append_char(out, quote);
}
