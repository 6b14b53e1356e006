/* value_json.c - values as rows have them in JSON: dates and times as ISO text, bytes as base64, decimals with all
 * their digits, NaN and infinities as text.
 */
#include "engine/base/buffer.h"
#include "engine/base/entity.h"
#include "engine/time/datetime.h"
#include "engine/number/number.h"
#include "engine/types/value.h"
#include <math.h>
#include <stdio.h>

/* Through the value's own text, in quotes: BYTES (base64), DATE, TIME, TIMESTAMP. */
static void print_quoted(struct buffer *out, const struct type *type, const struct value *value)
{
    buffer_append_char(out, '"');
    value_print(out, type, value);
    buffer_append_char(out, '"');
}

static void print_double(struct buffer *out, double real)
{
    char text[NUMBER_MAX_TEXT];
    size_t len = number_print_double(text, real);
    if (isfinite(real))
        buffer_append(out, text, len);
    else
        buffer_printf(out, "\"%.*s\"", (int)len, text);
}

static void print_list(struct buffer *out, const struct type *type, const struct nested *nested)
{
    buffer_append_char(out, '[');
    for (uint32_t i = 0; i < nested->n; i++) {
        if (i) buffer_append_char(out, ',');
        value_print_json(out, type->element, &nested->items[i]);
    }
    buffer_append_char(out, ']');
}

static void print_map_key(struct buffer *out, const struct type *type, const struct value *key)
{
    struct buffer text = BUFFER(1 << 20);
    value_print(&text, type, key);
    json_print_string(out, buffer_text(&text));
    buffer_free(&text);
}

static void print_map(struct buffer *out, const struct type *type, const struct nested *nested)
{
    buffer_append_char(out, '{');
    for (uint32_t i = 0; i + 1 < nested->n; i += 2) {
        if (i) buffer_append_char(out, ',');
        print_map_key(out, type->key, &nested->items[i]);
        buffer_append_char(out, ':');
        value_print_json(out, type->element, &nested->items[i + 1]);
    }
    buffer_append_char(out, '}');
}

static void print_struct(struct buffer *out, const struct type *type, const struct nested *nested)
{
    buffer_append_char(out, '{');
    for (uint32_t i = 0; i < type->n_fields; i++) {
        if (i) buffer_append_char(out, ',');
        json_print_string(out, type->fields[i].name);
        buffer_append_char(out, ':');
        value_print_json(out, type->fields[i].type, &nested->items[i]);
    }
    buffer_append_char(out, '}');
}

void value_print_json(struct buffer *out, const struct type *type, const struct value *value)
{
    if (value->is_null) {
        buffer_append_string(out, "null");
        return;
    }
    switch (type->kind) {
    case TYPE_STRING: json_print_string(out, value->text); return;
    case TYPE_DOUBLE: print_double(out, value->real); return;
    case TYPE_BYTES:
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_TIMESTAMP: print_quoted(out, type, value); return;
    case TYPE_ARRAY: print_list(out, type, value->nested); return;
    case TYPE_MAP: print_map(out, type, value->nested); return;
    case TYPE_STRUCT: print_struct(out, type, value->nested); return;
    default: value_print(out, type, value); return;
    }
}
