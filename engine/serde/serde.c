/* serde.c - the table of formats, and the rules for all of them: wrapping, delimiters, MAPs in keys, windowed keys.
 *
 * A key of one column stands bare wherever the format can do that. A value of one column is wrapped unless
 * WRAP_SINGLE_VALUE=false says otherwise, or the format knows no fields:
 *
 *     format                             a single value    WRAP_SINGLE_VALUE
 *     JSON, JSON_SR, AVRO, PROTOBUF      {"A":1}           true, false
 *     KAFKA, DELIMITED                   1                 false
 *     NONE                                                 neither
 */
#include "engine/serde/serde.h"
#include <endian.h>
#include <stdio.h>

extern const struct format delimited_format, json_format, kafka_format, none_format;

/* ---- formats that are still to be built */

static const struct format avro_format = {
    .name = "AVRO",
    .flags = FORMAT_LATER | FORMAT_INFERS | FORMAT_WRAPS | FORMAT_UNWRAPS | FORMAT_FULL_NAME,
};
static const struct format json_sr_format = {
    .name = "JSON_SR",
    .flags = FORMAT_LATER | FORMAT_INFERS | FORMAT_WRAPS | FORMAT_UNWRAPS | FORMAT_FULL_NAME,
};
static const struct format protobuf_format = {
    .name = "PROTOBUF",
    .flags = FORMAT_LATER | FORMAT_INFERS | FORMAT_WRAPS | FORMAT_UNWRAPS | FORMAT_FULL_NAME | FORMAT_NULLABLE,
};
static const struct format protobuf_nosr_format = {
    .name = "PROTOBUF_NOSR",
    .flags = FORMAT_LATER | FORMAT_WRAPS | FORMAT_UNWRAPS | FORMAT_NULLABLE,
};

static const struct format *const formats[] = {
    &avro_format,  &delimited_format, &json_format,     &json_sr_format,
    &kafka_format, &none_format,      &protobuf_format, &protobuf_nosr_format,
};

enum { N_FORMATS = sizeof formats / sizeof *formats };

const struct format *format_at(uint32_t i)
{
    return i < N_FORMATS ? formats[i] : NULL;
}

const struct format *format_find(struct text name)
{
    for (uint32_t i = 0; i < N_FORMATS; i++)
        if (text_equal_nocase(text_of(formats[i]->name), name)) return formats[i];
    return NULL;
}

/* ---- wrapping */

bool serde_unwrapped(const struct format *format, enum serde_part part, uint32_t n_columns, int wrap)
{
    if (part == SERDE_VALUE && wrap >= 0) return !wrap;
    if (n_columns != 1 || !(format->flags & FORMAT_UNWRAPS)) return false;
    return part == SERDE_KEY || !(format->flags & FORMAT_WRAPS);
}

bool serde_check_wrap(const struct format *format, uint32_t n_columns, int wrap, struct error *error)
{
    if (wrap < 0) return true;
    if (n_columns != 1)
        return error_set(error, ERROR_STATEMENT, NO_SPAN,
                         "WRAP_SINGLE_VALUE is for a single value column, and there are %u", n_columns);
    if (format->flags & (wrap ? FORMAT_WRAPS : FORMAT_UNWRAPS)) return true;
    error_set(error, ERROR_STATEMENT, NO_SPAN, "WRAP_SINGLE_VALUE cannot be %s for %s", wrap ? "true" : "false",
              format->name);
    return error_hint(error, "leave WRAP_SINGLE_VALUE out");
}

static bool check_wrapping(const struct serde_spec *spec, uint32_t n, struct error *error)
{
    bool value = spec->part == SERDE_VALUE;
    if (spec->unwrapped) return serde_check_wrap(spec->format, n, 0, error);
    return value && n == 1 ? serde_check_wrap(spec->format, n, 1, error) : true;
}

/* ---- what else a statement's WITH may ask */

bool serde_delimiter(struct text text, char *delimiter, struct error *error)
{
    if (text_equal_nocase(text, TEXT("SPACE")))
        *delimiter = ' ';
    else if (text_equal_nocase(text, TEXT("TAB")))
        *delimiter = '\t';
    else if (text.len == 1 && text.data[0] > ' ' && text.data[0] < 0x7f && text.data[0] != '"')
        *delimiter = text.data[0];
    else {
        error_set(error, ERROR_STATEMENT, NO_SPAN, "'" TEXT_FMT "' cannot be a delimiter", TEXT_ARG(text));
        return error_hint(error, "give one character, or the words SPACE or TAB");
    }
    return true;
}

static bool check_settings(const struct serde_spec *spec, struct error *error)
{
    const char *part = spec->part == SERDE_KEY ? "KEY" : "VALUE";
    if (spec->delimiter && !(spec->format->flags & FORMAT_DELIMITER))
        return error_set(error, ERROR_STATEMENT, NO_SPAN, "%s_DELIMITER is for DELIMITED, and %s_FORMAT is %s", part,
                         part, spec->format->name);
    if (spec->schema_name.len && !(spec->format->flags & FORMAT_FULL_NAME))
        return error_set(error, ERROR_STATEMENT, NO_SPAN,
                         "%s_SCHEMA_FULL_NAME is for formats with named schemas, and %s_FORMAT is %s", part, part,
                         spec->format->name);
    if (spec->schema_id && !(spec->format->flags & FORMAT_INFERS))
        return error_set(error, ERROR_STATEMENT, NO_SPAN,
                         "%s_SCHEMA_ID is for formats of the schema registry, and %s_FORMAT is %s", part, part,
                         spec->format->name);
    return true;
}

/* Equal maps may differ in their bytes, and would land on different partitions. */
static bool check_key_types(const struct schema_column *columns, uint32_t n, struct error *error)
{
    for (uint32_t i = 0; i < n; i++)
        if (type_contains_map(columns[i].type))
            return error_set(error, ERROR_STATEMENT, NO_SPAN, "key column " TEXT_FMT " holds a MAP, which no key can",
                             TEXT_ARG(columns[i].name));
    return true;
}

bool serde_check(const struct serde_spec *spec, const struct schema_column *columns, uint32_t n, struct error *error)
{
    if (spec->part == SERDE_KEY && !check_key_types(columns, n, error)) return false;
    if (spec->format->flags & FORMAT_LATER)
        return error_set(error, ERROR_NOT_SUPPORTED, NO_SPAN, "the format %s is not supported yet", spec->format->name);
    return check_settings(spec, error) && spec->format->check(spec, columns, n, error) &&
           check_wrapping(spec, n, error);
}

enum encoded encoder_finish(struct buffer *out, size_t start, char *why)
{
    if (!out->overflow) return ENCODED;
    out->len = start;
    out->overflow = false;
    snprintf(why, SERDE_WHY, "the record would be larger than %zu bytes", out->ceiling);
    return ENCODE_FAILED;
}

/* ---- windowed keys */

static int64_t take_bound(struct text *key)
{
    uint64_t word;
    key->len -= sizeof word;
    memcpy(&word, key->data + key->len, sizeof word);
    return (int64_t)be64toh(word);
}

static void append_bound(struct buffer *out, int64_t bound)
{
    uint64_t word = htobe64((uint64_t)bound);
    buffer_append(out, &word, sizeof word);
}

bool windowed_key_split(struct text *key, int64_t size_ms, struct window *window)
{
    size_t bounds = (size_ms ? 1 : 2) * sizeof(int64_t);
    if (key->len < bounds) return false;
    window->start_ms = take_bound(key);
    if (!size_ms)
        window->end_ms = take_bound(key);
    else if (__builtin_add_overflow(window->start_ms, size_ms, &window->end_ms))
        window->end_ms = INT64_MAX;
    return true;
}

void windowed_key_append(struct buffer *out, bool session, struct window window)
{
    if (session) append_bound(out, window.end_ms);
    append_bound(out, window.start_ms);
}
