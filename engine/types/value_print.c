/* value_print.c - values as text: as CAST AS STRING gives them, and as SQL literals.
 *
 *     value_print        [1, 2]  {a=1}  Struct{A=1}  0.10  1.0E10  aGVsbG8=      as Java prints the peer's objects
 *     value_print_sql    ARRAY[1, 2]  MAP('a' := 1)  STRUCT(A := 1)  0.10  1.0E10  CAST('aGVsbG8=' AS BYTES)
 *
 * A null field is left out of a structure's text (so Connect's Struct prints itself), but a null element is "null".
 */
#include "engine/types/value.h"
#include "engine/base/buffer.h"
#include "engine/types/base64.h"
#include "engine/time/datetime.h"
#include "engine/number/number.h"
#include "engine/types/quoted.h"

static void print_bigint(struct buffer *out, int64_t value)
{
    char *text = buffer_reserve(out, NUMBER_MAX_TEXT);
    if (text) out->len += number_print_bigint(text, value);
}

static void print_double(struct buffer *out, double value)
{
    char *text = buffer_reserve(out, NUMBER_MAX_TEXT);
    if (text) out->len += number_print_double(text, value);
}

static void print_array(struct buffer *out, const struct type *type, const struct nested *array)
{
    buffer_append_char(out, '[');
    for (uint32_t i = 0; i < array->n; i++) {
        if (i) buffer_append_string(out, ", ");
        value_print(out, type->element, &array->items[i]);
    }
    buffer_append_char(out, ']');
}

static void print_map(struct buffer *out, const struct type *type, const struct nested *map)
{
    buffer_append_char(out, '{');
    for (uint32_t i = 0; i < map->n; i += 2) {
        if (i) buffer_append_string(out, ", ");
        value_print(out, type->key, &map->items[i]);
        buffer_append_char(out, '=');
        value_print(out, type->element, &map->items[i + 1]);
    }
    buffer_append_char(out, '}');
}

static void print_struct(struct buffer *out, const struct type *type, const struct nested *fields)
{
    const char *separator = "";
    buffer_append_string(out, "Struct{");
    for (uint32_t i = 0; i < type->n_fields; i++) {
        if (fields->items[i].is_null) continue;
        buffer_append_string(out, separator);
        buffer_append_text(out, type->fields[i].name);
        buffer_append_char(out, '=');
        value_print(out, type->fields[i].type, &fields->items[i]);
        separator = ",";
    }
    buffer_append_char(out, '}');
}

void value_print(struct buffer *out, const struct type *type, const struct value *value)
{
    if (value->is_null) {
        buffer_append_string(out, "null");
        return;
    }
    switch (type->kind) {
    case TYPE_BOOLEAN: buffer_append_string(out, value->boolean ? "true" : "false"); break;
    case TYPE_INTEGER: print_bigint(out, value->integer); break;
    case TYPE_BIGINT: print_bigint(out, value->bigint); break;
    case TYPE_DECIMAL: decimal_print(out, type, value->decimal); break;
    case TYPE_DOUBLE: print_double(out, value->real); break;
    case TYPE_STRING: buffer_append_text(out, value->text); break;
    case TYPE_BYTES: base64_print(out, value->text); break;
    case TYPE_DATE: date_print(out, value->integer); break;
    case TYPE_TIME: time_print(out, value->integer); break;
    case TYPE_TIMESTAMP: timestamp_print(out, value->bigint); break;
    case TYPE_ARRAY: print_array(out, type, value->nested); break;
    case TYPE_MAP: print_map(out, type, value->nested); break;
    case TYPE_STRUCT: print_struct(out, type, value->nested); break;
    default: buffer_append_string(out, "null"); break;
    }
}

/* A DOUBLE's literal has an exponent, a DECIMAL's has a point and none. */
static void print_double_sql(struct buffer *out, double value)
{
    size_t start = out->len;
    print_double(out, value);
    struct text text = {out->data + start, out->len - start};
    if (!out->overflow && value - value == 0 && !memchr(text.data, 'E', text.len)) buffer_append_string(out, "E0");
}

/* The text of a TIME leaves out seconds that are 0, and milliseconds always. */
static void print_rest_of_time(struct buffer *out, int32_t ms)
{
    if (ms / 1000 % 60 == 0) buffer_append_string(out, ":00");
    buffer_printf(out, ".%03d", ms % 1000);
}

/* Where the dialect has no literal: the text, and a cast. */
static void print_cast(struct buffer *out, const struct type *type, const struct value *value)
{
    buffer_append_string(out, "CAST('");
    value_print(out, type, value);
    if (type->kind == TYPE_TIME && value->integer % 1000) print_rest_of_time(out, value->integer);
    buffer_append_string(out, "' AS ");
    type_print(out, type);
    buffer_append_char(out, ')');
}

static void print_nested_sql(struct buffer *out, const struct type *type, const struct nested *nested)
{
    static const char *const opening[] = {"ARRAY[", "MAP(", "STRUCT("};
    buffer_append_string(out, opening[type->kind - TYPE_ARRAY]);
    uint32_t step = type->kind == TYPE_MAP ? 2 : 1;
    for (uint32_t i = 0; i < nested->n; i += step) {
        if (i) buffer_append_string(out, ", ");
        if (type->kind == TYPE_STRUCT) quoted_print(out, type->fields[i].name, '`');
        if (type->kind == TYPE_MAP) value_print_sql(out, type->key, &nested->items[i]);
        if (type->kind != TYPE_ARRAY) buffer_append_string(out, " := ");
        const struct type *item = type->kind == TYPE_STRUCT ? type->fields[i].type : type->element;
        value_print_sql(out, item, &nested->items[i + step - 1]);
    }
    buffer_append_char(out, type->kind == TYPE_ARRAY ? ']' : ')');
}

void value_print_sql(struct buffer *out, const struct type *type, const struct value *value)
{
    if (value->is_null) {
        buffer_append_string(out, "NULL");
        return;
    }
    switch (type->kind) {
    case TYPE_BOOLEAN: buffer_append_string(out, value->boolean ? "TRUE" : "FALSE"); break;
    case TYPE_INTEGER:
    case TYPE_BIGINT: value_print(out, type, value); break;
    case TYPE_STRING: quoted_print(out, value->text, '\''); break;
    case TYPE_DOUBLE:
        if (value->real - value->real == 0)
            print_double_sql(out, value->real);
        else
            print_cast(out, type, value);
        break;
    case TYPE_DECIMAL:
        decimal_print(out, type, value->decimal);
        if (type->scale == 0) buffer_append_char(out, '.');
        break;
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_STRUCT: print_nested_sql(out, type, value->nested); break;
    default: print_cast(out, type, value); break;
    }
}
