/* bytes.c - encoding by format, and back. A format is added by a branch in test_bytes_encode and one in
 * test_bytes_print. */
#include "cli/test/bytes.h"
#include "engine/base/entity.h"
#include "engine/types/base64.h"
#include "engine/number/number.h"
#include <endian.h>

static bool is_format(struct test_part part, const char *name)
{
    return part.format && !strcmp(part.format, name);
}

struct test_part test_part_of(const struct source *source, enum serde_part part)
{
    if (!source) return (struct test_part){0};
    enum column_role role = part == SERDE_KEY ? COLUMN_KEY : COLUMN_VALUE;
    const struct format *format = part == SERDE_KEY ? source->key.format : source->value.format;
    struct test_part result = {.format = format->name};
    for (uint32_t i = 0; i < source->schema.n && !result.type; i++)
        if (source->schema.columns[i].role == role) result.type = source->schema.columns[i].type;
    return result;
}

/* ---- encoding */

static bool refuse(const struct test_json *written, const char *format, enum type_kind kind, struct error *error)
{
    return error_set(error, ERROR_INPUT, NO_SPAN, "" TEXT_FMT " cannot be written as %s in %s", TEXT_ARG(written->raw),
                     type_kind_name(kind), format);
}

static struct text big_endian(struct arena *arena, uint64_t word, size_t n_bytes)
{
    uint64_t big = htobe64(word << (64 - 8 * n_bytes));
    return (struct text){arena_copy(arena, &big, n_bytes), n_bytes};
}

static bool encode_kafka(struct arena *arena, const struct type *type, const struct test_json *written,
                         struct text *bytes, struct error *error)
{
    struct text text = test_json_text(written);
    int32_t integer;
    int64_t bigint;
    double real;
    uint64_t word;
    enum type_kind kind = type ? type->kind : TYPE_STRING;
    if (kind == TYPE_INTEGER && number_parse_integer(text, &integer))
        *bytes = big_endian(arena, (uint32_t)integer, 4);
    else if (kind == TYPE_BIGINT && number_parse_bigint(text, &bigint))
        *bytes = big_endian(arena, (uint64_t)bigint, 8);
    else if (kind == TYPE_DOUBLE && number_parse_double(text, &real)) {
        memcpy(&word, &real, sizeof word);
        *bytes = big_endian(arena, word, 8);
    } else if (kind == TYPE_STRING)
        *bytes = text;
    else if (kind != TYPE_BYTES || !base64_parse(arena, text, bytes))
        return refuse(written, "KAFKA", kind, error);
    return true;
}

bool test_bytes_encode(struct arena *arena, struct test_part part, const struct test_json *written, struct text *bytes,
                       struct error *error)
{
    *bytes = NO_TEXT;
    if (!written || written->kind == TEST_JSON_NULL) return true;
    if (is_format(part, "KAFKA")) return encode_kafka(arena, part.type, written, bytes, error);
    bool json = is_format(part, "JSON");
    if (json && written->kind == TEST_JSON_WORD)
        return error_set(error, ERROR_INPUT, NO_SPAN, TEXT_FMT " is not JSON; a text needs quotes",
                         TEXT_ARG(written->raw));
    if (!json && part.format && strcmp(part.format, "DELIMITED") && strcmp(part.format, "NONE"))
        return error_set(error, ERROR_NOT_SUPPORTED, NO_SPAN, "records in %s cannot be written yet", part.format);
    *bytes = json ? written->raw : test_json_text(written);
    return true;
}

/* ---- and back */

static uint64_t word_of(struct text bytes)
{
    uint64_t big = 0;
    memcpy((char *)&big + sizeof big - bytes.len, bytes.data, bytes.len);
    return be64toh(big);
}

static bool print_number(struct buffer *out, const struct type *type, struct text bytes)
{
    char text[NUMBER_MAX_TEXT];
    double real;
    if (!type || bytes.len != (type->kind == TYPE_INTEGER ? 4 : 8)) return false;
    uint64_t word = word_of(bytes);
    memcpy(&real, &word, sizeof real);
    if (type->kind == TYPE_INTEGER)
        buffer_append(out, text, number_print_bigint(text, (int32_t)word));
    else if (type->kind == TYPE_BIGINT)
        buffer_append(out, text, number_print_bigint(text, (int64_t)word));
    else if (type->kind == TYPE_DOUBLE)
        buffer_append(out, text, number_print_double(text, real));
    else
        return false;
    return true;
}

static void print_hex(struct buffer *out, struct text bytes)
{
    buffer_append_string(out, "0x");
    for (size_t i = 0; i < bytes.len; i++) buffer_printf(out, "%02x", (unsigned char)bytes.data[i]);
}

static bool is_kind(struct test_part part, enum type_kind kind)
{
    return part.type && part.type->kind == kind;
}

static bool print_kafka(struct buffer *out, struct test_part part, struct text bytes)
{
    if (is_kind(part, TYPE_BYTES))
        base64_print(out, bytes);
    else if (!part.type || is_kind(part, TYPE_STRING))
        return false;
    else if (!print_number(out, part.type, bytes))
        print_hex(out, bytes);
    return true;
}

/* The one JSON value that the bytes are, without white space; false if they are none. */
static bool print_json(struct buffer *out, struct text bytes)
{
    struct arena *arena = arena_new();
    struct test_json *json;
    bool ok = test_json_parse(arena, &bytes, &json, NULL) && !text_trim(bytes).len;
    if (ok) test_json_print(out, json);
    arena_free(arena);
    return ok;
}

static bool is_word(struct text text)
{
    if (!text.len || strchr("\"{[", text.data[0]) || text_equal(text, TEXT("null")) ||
        text_starts_with(text, TEXT("0x")))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.data[i] <= ' ' || text.data[i] == '=') return false;
    return true;
}

/* Text in one word where it can be, else in quotes. */
static void print_word(struct buffer *out, struct text text)
{
    if (is_word(text))
        buffer_append_text(out, text);
    else
        json_print_string(out, text);
}

void test_bytes_print(struct buffer *out, struct test_part part, struct text bytes)
{
    if (!bytes.data)
        buffer_append_string(out, "null");
    else if (is_format(part, "KAFKA") && print_kafka(out, part, bytes))
        return;
    else if (is_format(part, "JSON") && print_json(out, bytes))
        return;
    else if (text_valid_utf8(bytes) < bytes.len)
        print_hex(out, bytes);
    else
        print_word(out, bytes);
}

static bool same_json(struct text a, struct text b)
{
    struct buffer x = BUFFER(1 << 26), y = BUFFER(1 << 26);
    bool same = print_json(&x, a) && print_json(&y, b) && text_equal(buffer_text(&x), buffer_text(&y));
    buffer_free(&x);
    buffer_free(&y);
    return same;
}

bool test_bytes_same(struct test_part part, struct text a, struct text b)
{
    if (!a.data || !b.data) return !a.data && !b.data;
    return text_equal(a, b) || (is_format(part, "JSON") && same_json(a, b));
}
