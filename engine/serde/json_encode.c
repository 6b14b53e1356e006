/* json_encode.c - from columns to JSON text, byte for byte as the peer writes it: a key's bytes decide its partition.
 *
 *     {"ID":7,"NAME":"a","TEMP":-0.10,"SEEN":1700000000000,"TAGS":["x",null],"AT":{"X":1.0E10},"RAW":"AQI="}
 *     ^^^^^^ ^^^^^^^^                                                                                      ^
 *     these pieces are made once
 *
 * BOOLEAN, INTEGER and BIGINT as they are; DATE, TIME, TIMESTAMP as days, milliseconds of the day, milliseconds; DOUBLE
 * as Java's Double.toString, "NaN" and "Infinity" in quotes; DECIMAL with its scale, as BigDecimal.toString (1E-7);
 * BYTES base64; MAP an object, its null key "null". Every field is written, null as null. No white space.
 *
 * A bare column (WRAP_SINGLE_VALUE=false, or a single key column) that is null makes a null record; so does a key that
 * has no columns. Several columns make an object, even if all are null.
 */
#include "engine/serde/json.h"
#include "engine/base/arena.h"
#include "engine/types/base64.h"
#include "engine/serde/json_string.h"
#include "engine/serde/json_text.h"
#include "engine/number/number.h"
#include <math.h>

/* A type, compiled. */
struct node {
    const struct type *type;
    enum type_kind kind;
    uint32_t width;              /* of a column's slot */
    const struct node *fields;   /* STRUCT */
    const struct text *prefixes; /* STRUCT: what stands before each field's value, {"A": or ,"B":; see PREFIX_BLOCK */
    const struct node *element;  /* ARRAY, MAP */
};

struct json_encoder {
    struct encoder base;
    bool unwrapped;
    bool nullable; /* a row of nulls is a null record */
    uint32_t n;
    const uint32_t *sources;
    struct node record; /* of the columns; unwrapped: only the first of its fields is used */
};

/* Behind a prefix there are zeros up to this length, so that most are copied by two moves of a constant size. */
enum { PREFIX_BLOCK = 32 };

struct writing {
    struct buffer *out;
    struct arena *arena;
};

static void write_value(const struct writing *writing, const struct node *node, const struct value *value);

static void write_prefix(struct buffer *out, struct text prefix)
{
    char *to = buffer_reserve(out, prefix.len + PREFIX_BLOCK);
    if (!to) return;
    memcpy(to, prefix.data, PREFIX_BLOCK);
    if (prefix.len > PREFIX_BLOCK) memcpy(to + PREFIX_BLOCK, prefix.data + PREFIX_BLOCK, prefix.len - PREFIX_BLOCK);
    out->len += prefix.len;
}

static void write_bigint(struct buffer *out, int64_t value)
{
    char *to = buffer_reserve(out, NUMBER_MAX_TEXT);
    if (to) out->len += number_print_bigint(to, value);
}

static void write_double(struct buffer *out, double value)
{
    bool quoted = !isfinite(value);
    if (quoted) buffer_append_char(out, '"');
    char *to = buffer_reserve(out, NUMBER_MAX_TEXT);
    if (to) out->len += number_print_double(to, value);
    if (quoted) buffer_append_char(out, '"');
}

/* Six zeros behind the point and more to come: the magnitude from which on BigDecimal writes an exponent. */
static bool wants_exponent(struct text plain)
{
    if (plain.len && plain.data[0] == '-') plain = (struct text){plain.data + 1, plain.len - 1};
    return plain.len > 8 && text_starts_with(plain, TEXT("0.000000"));
}

static void write_decimal(const struct writing *writing, const struct type *type, struct decimal value)
{
    struct buffer *out = writing->out;
    size_t start = out->len;
    decimal_print(out, type, value);
    struct text plain = {out->data + start, out->len - start};
    if (out->overflow || !wants_exponent(plain)) return;
    plain = text_copy(writing->arena, plain);
    out->len = start;
    if (!json_append_number(out, plain)) buffer_append_text(out, plain);
}

static void write_bytes(struct buffer *out, struct text bytes)
{
    buffer_append_char(out, '"');
    base64_print(out, bytes);
    buffer_append_char(out, '"');
}

static void write_array(const struct writing *writing, const struct node *node, const struct nested *nested)
{
    buffer_append_char(writing->out, '[');
    for (uint32_t i = 0; i < nested->n; i++) {
        if (i) buffer_append_char(writing->out, ',');
        write_value(writing, node->element, &nested->items[i]);
    }
    buffer_append_char(writing->out, ']');
}

static void write_map(const struct writing *writing, const struct node *node, const struct nested *nested)
{
    buffer_append_char(writing->out, '{');
    for (uint32_t i = 0; i + 1 < nested->n; i += 2) {
        if (i) buffer_append_char(writing->out, ',');
        const struct value *key = &nested->items[i];
        json_append_string(writing->out, key->is_null ? TEXT("null") : key->text);
        buffer_append_char(writing->out, ':');
        write_value(writing, node->element, &nested->items[i + 1]);
    }
    buffer_append_char(writing->out, '}');
}

static void write_struct(const struct writing *writing, const struct node *node, const struct nested *nested)
{
    if (!node->type->n_fields) buffer_append_char(writing->out, '{');
    for (uint32_t i = 0; i < node->type->n_fields; i++) {
        write_prefix(writing->out, node->prefixes[i]);
        write_value(writing, &node->fields[i], &nested->items[i]);
    }
    buffer_append_char(writing->out, '}');
}

/* What a slot holds that is not null: a column's, or the beginning of a struct value (value.h). */
static void write_slot(const struct writing *writing, const struct node *node, const void *slot)
{
    struct buffer *out = writing->out;
    switch (node->kind) {
    case TYPE_BOOLEAN: buffer_append_text(out, *(const bool *)slot ? TEXT("true") : TEXT("false")); break;
    case TYPE_INTEGER:
    case TYPE_DATE:
    case TYPE_TIME: write_bigint(out, *(const int32_t *)slot); break;
    case TYPE_BIGINT:
    case TYPE_TIMESTAMP: write_bigint(out, *(const int64_t *)slot); break;
    case TYPE_DOUBLE: write_double(out, *(const double *)slot); break;
    case TYPE_DECIMAL: write_decimal(writing, node->type, *(const struct decimal *)slot); break;
    case TYPE_STRING: json_append_string(out, *(const struct text *)slot); break;
    case TYPE_BYTES: write_bytes(out, *(const struct text *)slot); break;
    case TYPE_ARRAY: write_array(writing, node, *(const struct nested *const *)slot); break;
    case TYPE_MAP: write_map(writing, node, *(const struct nested *const *)slot); break;
    case TYPE_STRUCT: write_struct(writing, node, *(const struct nested *const *)slot); break;
    default: buffer_append(out, "null", 4);
    }
}

static void write_value(const struct writing *writing, const struct node *node, const struct value *value)
{
    if (value->is_null)
        buffer_append(writing->out, "null", 4);
    else
        write_slot(writing, node, value);
}

/* ---- records */

static bool all_null(const struct json_encoder *encoder, const struct batch *batch, uint32_t row)
{
    for (uint32_t i = 0; i < encoder->n; i++)
        if (!column_is_null(&batch->columns[encoder->sources[i]], row)) return false;
    return true;
}

static void write_column(const struct writing *writing, const struct json_encoder *encoder, uint32_t i,
                         const struct batch *batch, uint32_t row)
{
    const struct node *node = &encoder->record.fields[i];
    const struct column *column = &batch->columns[encoder->sources[i]];
    const char *slots = column->data;
    if (column_is_null(column, row))
        buffer_append(writing->out, "null", 4);
    else
        write_slot(writing, node, slots + (size_t)column_slot(column, row) * node->width);
}

static void write_record(const struct writing *writing, const struct json_encoder *encoder, const struct batch *batch,
                         uint32_t row)
{
    if (!encoder->n) buffer_append_char(writing->out, '{');
    for (uint32_t i = 0; i < encoder->n; i++) {
        write_prefix(writing->out, encoder->record.prefixes[i]);
        write_column(writing, encoder, i, batch, row);
    }
    buffer_append_char(writing->out, '}');
}

static enum encoded encode(const struct encoder *base, const struct batch *batch, uint32_t row, struct buffer *out,
                           char *why)
{
    const struct json_encoder *encoder = (const struct json_encoder *)base;
    if (encoder->nullable && all_null(encoder, batch, row)) return ENCODED_NULL;
    struct writing writing = {out, batch->arena};
    size_t start = out->len;
    if (encoder->unwrapped)
        write_column(&writing, encoder, 0, batch, row);
    else
        write_record(&writing, encoder, batch, row);
    return encoder_finish(out, start, why);
}

/* ---- compiling */

static struct node compile(struct arena *arena, const struct type *type);

static struct text make_prefix(struct arena *arena, struct text name, bool first)
{
    struct buffer buffer = BUFFER(name.len * 6 + 8);
    buffer_append_char(&buffer, first ? '{' : ',');
    json_append_string(&buffer, name);
    buffer_append_char(&buffer, ':');
    char *prefix = ARENA_ARRAY(arena, char, buffer.len + PREFIX_BLOCK);
    memcpy(prefix, buffer.data, buffer.len);
    struct text text = {prefix, buffer.len};
    buffer_free(&buffer);
    return text;
}

static void compile_fields(struct arena *arena, struct node *node)
{
    uint32_t n = node->type->n_fields;
    struct node *fields = ARENA_ARRAY(arena, struct node, n);
    struct text *prefixes = ARENA_ARRAY(arena, struct text, n);
    for (uint32_t i = 0; i < n; i++) {
        fields[i] = compile(arena, node->type->fields[i].type);
        prefixes[i] = make_prefix(arena, node->type->fields[i].name, i == 0);
    }
    node->fields = fields;
    node->prefixes = prefixes;
}

static struct node compile(struct arena *arena, const struct type *type)
{
    struct node node = {.type = type, .kind = type->kind, .width = (uint32_t)column_width(type->kind)};
    if (type->kind == TYPE_STRUCT) compile_fields(arena, &node);
    if (type->kind == TYPE_ARRAY || type->kind == TYPE_MAP) {
        struct node element = compile(arena, type->element);
        node.element = arena_copy(arena, &element, sizeof element);
    }
    return node;
}

struct encoder *json_encoder_make(struct arena *arena, const struct serde_spec *spec,
                                  const struct schema_column *columns, uint32_t n, const uint32_t *sources)
{
    struct json_encoder *encoder = ARENA_MAKE(arena, struct json_encoder);
    struct type_field *fields = ARENA_ARRAY(arena, struct type_field, n);
    for (uint32_t i = 0; i < n; i++)
        fields[i] = (struct type_field){text_copy(arena, columns[i].name), type_copy(arena, columns[i].type)};
    encoder->base.encode = encode;
    encoder->unwrapped = spec->unwrapped;
    encoder->nullable = spec->unwrapped || (spec->part == SERDE_KEY && n == 0);
    encoder->n = n;
    encoder->sources = arena_copy(arena, sources, sizeof *sources * n);
    encoder->record = compile(arena, type_struct(arena, fields, n));
    return &encoder->base;
}
