/* delimited.c - the format DELIMITED: a line of fields, in the order of the columns.
 *
 *     CREATE STREAM s (id INT, name STRING, temp DECIMAL(4,1), at TIMESTAMP) WITH (..., value_format='DELIMITED');
 *     7,"Doe, J",-0.1,1700000000000
 *
 * Numbers as Java writes them (1.0E10), DECIMAL plain with its scale, DATE, TIME and TIMESTAMP as days, milliseconds of
 * the day, milliseconds, BYTES base64, BOOLEAN true or anything else. An empty field is null, also for STRING: the
 * empty text does not survive. How fields are cut and quoted: csv.h. A line with more or fewer fields than columns is
 * refused.
 *
 * A key of one column that is null is a null record; a value is always a line, which is empty for a single null column.
 */
#include "engine/base/arena.h"
#include "engine/types/base64.h"
#include "engine/serde/csv.h"
#include "engine/serde/serde.h"
#include "engine/serde/utf8.h"
#include "engine/time/datetime.h"
#include "engine/number/number.h"
#include <stdio.h>

enum { DEFAULT_SEPARATOR = ',' };

struct delimited_decoder {
    struct decoder base;
    char separator;
    uint32_t n;
    const struct schema_column *columns;
    const int32_t *targets;
};

struct delimited_encoder {
    struct encoder base;
    char separator;
    bool nullable; /* a row of nulls is a null record */
    uint32_t n;
    const struct type *const *types;
    const uint32_t *sources;
};

static bool check(const struct serde_spec *spec, const struct schema_column *columns, uint32_t n, struct error *error)
{
    (void)spec;
    for (uint32_t i = 0; i < n; i++) {
        if (!type_is_nested(columns[i].type)) continue;
        error_set(error, ERROR_STATEMENT, NO_SPAN, "DELIMITED cannot hold column " TEXT_FMT ", a value of type %s",
                  TEXT_ARG(columns[i].name), type_kind_name(columns[i].type->kind));
        return error_hint(error, "take a format with nested values, such as JSON");
    }
    return true;
}

/* ---- decoding */

static bool read_integer(enum type_kind kind, struct text field, int32_t *out)
{
    if (!number_parse_integer(field, out)) return false;
    return kind != TYPE_TIME || (*out >= 0 && *out <= MS_PER_DAY);
}

/* A field that is not empty. */
static bool read_value(struct arena *arena, const struct type *type, struct text field, struct value *out)
{
    switch (type->kind) {
    case TYPE_BOOLEAN: out->boolean = text_equal_nocase(field, TEXT("true")); return true;
    case TYPE_INTEGER:
    case TYPE_DATE:
    case TYPE_TIME: return read_integer(type->kind, field, &out->integer);
    case TYPE_BIGINT:
    case TYPE_TIMESTAMP: return number_parse_bigint(field, &out->bigint);
    case TYPE_DOUBLE: return number_parse_double(field, &out->real);
    case TYPE_DECIMAL: return decimal_parse(arena, type, field, DECIMAL_EXACT, &out->decimal);
    case TYPE_STRING: out->text = utf8_repair(arena, field); return true;
    case TYPE_BYTES: return base64_parse(arena, field, &out->text);
    default: return false;
    }
}

static bool fail_count(const struct delimited_decoder *decoder, uint32_t n, char *why)
{
    snprintf(why, SERDE_WHY, "%u fields were expected, and there are %u", decoder->n, n);
    return false;
}

static bool fail_field(uint32_t i, const char *reason, char *why)
{
    snprintf(why, SERDE_WHY, "field %u %s", i + 1, reason);
    return false;
}

static bool fail_value(const struct delimited_decoder *decoder, uint32_t i, char *why)
{
    snprintf(why, SERDE_WHY, "field %u, " TEXT_FMT ": the text is no %s", i + 1, TEXT_ARG(decoder->columns[i].name),
             type_kind_name(decoder->columns[i].type->kind));
    return false;
}

static bool decode(const struct decoder *base, struct text bytes, struct batch *batch, uint32_t row, char *why)
{
    const struct delimited_decoder *decoder = (const struct delimited_decoder *)base;
    struct csv_reader reader;
    if (!decoder->n) return true;
    if (!csv_start(&reader, bytes, decoder->separator)) return fail_count(decoder, 0, why);
    uint32_t n = 0;
    for (; reader.more; n++) {
        struct text field;
        enum csv_status status = csv_next(&reader, batch->arena, &field);
        if (status == CSV_NO_END) return fail_field(n, "has no closing quote", why);
        if (status == CSV_JUNK) return fail_field(n, "goes on behind its closing quote", why);
        if (n >= decoder->n || decoder->targets[n] < 0) continue;
        struct value value = {.is_null = !field.len};
        if (field.len && !read_value(batch->arena, decoder->columns[n].type, field, &value))
            return fail_value(decoder, n, why);
        column_set(&batch->columns[decoder->targets[n]], row, &value);
    }
    return n == decoder->n || fail_count(decoder, n, why);
}

static struct decoder *make_decoder(struct arena *arena, const struct serde_spec *spec,
                                    const struct schema_column *columns, uint32_t n, const int32_t *targets)
{
    struct delimited_decoder *decoder = ARENA_MAKE(arena, struct delimited_decoder);
    struct schema schema = schema_copy(arena, &(struct schema){columns, n});
    decoder->base.decode = decode;
    decoder->separator = spec->delimiter ? spec->delimiter : DEFAULT_SEPARATOR;
    decoder->n = n;
    decoder->columns = schema.columns;
    decoder->targets = arena_copy(arena, targets, sizeof *targets * n);
    return &decoder->base;
}

/* ---- encoding */

static void append_bigint(struct buffer *out, int64_t value)
{
    char *to = buffer_reserve(out, NUMBER_MAX_TEXT);
    if (to) out->len += number_print_bigint(to, value);
}

static void append_double(struct buffer *out, double value)
{
    char *to = buffer_reserve(out, NUMBER_MAX_TEXT);
    if (to) out->len += number_print_double(to, value);
}

static void append_value(struct buffer *out, const struct type *type, const struct value *value)
{
    switch (type->kind) {
    case TYPE_BOOLEAN: buffer_append_text(out, value->boolean ? TEXT("true") : TEXT("false")); break;
    case TYPE_INTEGER:
    case TYPE_DATE:
    case TYPE_TIME: append_bigint(out, value->integer); break;
    case TYPE_BIGINT:
    case TYPE_TIMESTAMP: append_bigint(out, value->bigint); break;
    case TYPE_DOUBLE: append_double(out, value->real); break;
    case TYPE_DECIMAL: decimal_print(out, type, value->decimal); break;
    case TYPE_STRING: buffer_append_text(out, value->text); break;
    case TYPE_BYTES: base64_print(out, value->text); break;
    default: break;
    }
}

/* The value is written as it is, and again if it turns out to need quotes: a minus sign can, for one. */
static void append_field(struct buffer *out, const struct delimited_encoder *encoder, uint32_t i,
                         const struct value *value, struct arena *arena)
{
    size_t start = out->len;
    append_value(out, encoder->types[i], value);
    struct text plain = {out->data + start, out->len - start};
    if (out->overflow || !csv_wants_quotes(plain, i == 0, encoder->separator)) return;
    plain = text_copy(arena, plain);
    out->len = start;
    csv_append_quoted(out, plain);
}

static enum encoded encode(const struct encoder *base, const struct batch *batch, uint32_t row, struct buffer *out,
                           char *why)
{
    const struct delimited_encoder *encoder = (const struct delimited_encoder *)base;
    size_t start = out->len;
    bool all_null = true;
    for (uint32_t i = 0; i < encoder->n; i++) {
        struct value value = column_get(&batch->columns[encoder->sources[i]], row);
        if (i) buffer_append_char(out, encoder->separator);
        if (value.is_null) continue;
        all_null = false;
        append_field(out, encoder, i, &value, batch->arena);
    }
    if (!all_null || !encoder->nullable) return encoder_finish(out, start, why);
    out->len = start;
    return ENCODED_NULL;
}

static struct encoder *make_encoder(struct arena *arena, const struct serde_spec *spec,
                                    const struct schema_column *columns, uint32_t n, const uint32_t *sources)
{
    struct delimited_encoder *encoder = ARENA_MAKE(arena, struct delimited_encoder);
    const struct type **types = ARENA_ARRAY(arena, const struct type *, n);
    for (uint32_t i = 0; i < n; i++) types[i] = type_copy(arena, columns[i].type);
    encoder->base.encode = encode;
    encoder->separator = spec->delimiter ? spec->delimiter : DEFAULT_SEPARATOR;
    encoder->nullable = n == 0 || (n == 1 && spec->part == SERDE_KEY);
    encoder->n = n;
    encoder->types = types;
    encoder->sources = arena_copy(arena, sources, sizeof *sources * n);
    return &encoder->base;
}

const struct format delimited_format = {
    .name = "DELIMITED",
    .flags = FORMAT_UNWRAPS | FORMAT_DELIMITER,
    .check = check,
    .decoder = make_decoder,
    .encoder = make_encoder,
};
