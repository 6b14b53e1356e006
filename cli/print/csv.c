/* csv.c - the quotes around a field. */
#include "cli/print/csv.h"

static bool wants_quotes(struct text field)
{
    static const char special[] = ",\"\n\r";
    if (!field.len || field.data[0] == ' ' || field.data[field.len - 1] == ' ') return true;
    for (size_t i = 0; i < field.len; i++)
        if (memchr(special, field.data[i], sizeof special - 1)) return true;
    return false;
}

void csv_field(struct buffer *out, struct text field, bool first)
{
    if (!first) buffer_append_char(out, ',');
    if (!field.data) return;
    if (!wants_quotes(field)) {
        buffer_append_text(out, field);
        return;
    }
    buffer_append_char(out, '"');
    for (size_t i = 0; i < field.len; i++) {
        if (field.data[i] == '"') buffer_append_char(out, '"');
        buffer_append_char(out, field.data[i]);
    }
    buffer_append_char(out, '"');
}
