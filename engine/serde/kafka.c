/* kafka.c - the format KAFKA: one column in the bytes that Kafka's own serializers write.
 *
 *     INTEGER   00 00 00 07                  4 bytes, big-endian
 *     BIGINT    00 00 00 00 00 00 00 07      8 bytes, big-endian
 *     DOUBLE    3f f8 00 00 00 00 00 00      8 bytes, IEEE 754, big-endian
 *     STRING    UTF-8                        BYTES     as they are
 *
 * Null is a null record. There is no room for a second column, and none for a field's name.
 */
#include "engine/base/arena.h"
#include "engine/serde/serde.h"
#include "engine/serde/utf8.h"
#include <endian.h>
#include <stdio.h>

struct kafka_decoder {
    struct decoder base;
    enum type_kind kind;
    int32_t target; /* -1 where the column is not needed, or there is none */
};

struct kafka_encoder {
    struct encoder base;
    enum type_kind kind;
    uint32_t source;
};

/* Bytes that a value has, 0 if they differ, -1 for a type that cannot be held. */
static int fixed_size(enum type_kind kind)
{
    switch (kind) {
    case TYPE_INTEGER: return 4;
    case TYPE_BIGINT:
    case TYPE_DOUBLE: return 8;
    case TYPE_STRING:
    case TYPE_BYTES: return 0;
    default: return -1;
    }
}

static bool check(const struct serde_spec *spec, const struct schema_column *columns, uint32_t n, struct error *error)
{
    (void)spec;
    if (n > 1) {
        error_set(error, ERROR_STATEMENT, NO_SPAN, "KAFKA holds a single column, and there are %u", n);
        return error_hint(error, "take a format that holds several, such as JSON");
    }
    if (n == 1 && fixed_size(columns[0].type->kind) < 0) {
        error_set(error, ERROR_STATEMENT, NO_SPAN, "KAFKA cannot hold column " TEXT_FMT ", a value of type %s",
                  TEXT_ARG(columns[0].name), type_kind_name(columns[0].type->kind));
        return error_hint(error, "it holds INT, BIGINT, DOUBLE, STRING and BYTES");
    }
    return true;
}

static bool read_value(const struct kafka_decoder *decoder, struct text bytes, struct arena *arena, struct value *out)
{
    int size = fixed_size(decoder->kind);
    if (size && bytes.len != (size_t)size) return false;
    uint32_t word;
    uint64_t long_word;
    switch (decoder->kind) {
    case TYPE_INTEGER:
        memcpy(&word, bytes.data, sizeof word);
        out->integer = (int32_t)be32toh(word);
        break;
    case TYPE_BIGINT:
    case TYPE_DOUBLE:
        memcpy(&long_word, bytes.data, sizeof long_word);
        out->bigint = (int64_t)be64toh(long_word);
        break;
    case TYPE_STRING: out->text = utf8_repair(arena, bytes); break;
    default: out->text = bytes;
    }
    return true;
}

static bool decode(const struct decoder *base, struct text bytes, struct batch *batch, uint32_t row, char *why)
{
    const struct kafka_decoder *decoder = (const struct kafka_decoder *)base;
    if (decoder->target < 0) return true;
    struct value value = {.is_null = false};
    if (!read_value(decoder, bytes, batch->arena, &value)) {
        snprintf(why, SERDE_WHY, "%s takes %d bytes, and there are %zu", type_kind_name(decoder->kind),
                 fixed_size(decoder->kind), bytes.len);
        return false;
    }
    column_set(&batch->columns[decoder->target], row, &value);
    return true;
}

static enum encoded encode(const struct encoder *base, const struct batch *batch, uint32_t row, struct buffer *out,
                           char *why)
{
    const struct kafka_encoder *encoder = (const struct kafka_encoder *)base;
    struct value value = column_get(&batch->columns[encoder->source], row);
    if (value.is_null) return ENCODED_NULL;
    size_t start = out->len;
    uint32_t word = htobe32((uint32_t)value.integer);
    uint64_t long_word = htobe64((uint64_t)value.bigint);
    if (encoder->kind == TYPE_INTEGER)
        buffer_append(out, &word, sizeof word);
    else if (fixed_size(encoder->kind) == 8)
        buffer_append(out, &long_word, sizeof long_word);
    else
        buffer_append_text(out, value.text);
    return encoder_finish(out, start, why);
}

static enum encoded encode_nothing(const struct encoder *base, const struct batch *batch, uint32_t row,
                                   struct buffer *out, char *why)
{
    (void)base, (void)batch, (void)row, (void)out, (void)why;
    return ENCODED_NULL;
}

static struct decoder *make_decoder(struct arena *arena, const struct serde_spec *spec,
                                    const struct schema_column *columns, uint32_t n, const int32_t *targets)
{
    (void)spec;
    struct kafka_decoder *decoder = ARENA_MAKE(arena, struct kafka_decoder);
    decoder->base.decode = decode;
    decoder->kind = n ? columns[0].type->kind : TYPE_NULL;
    decoder->target = n ? targets[0] : -1;
    return &decoder->base;
}

static struct encoder *make_encoder(struct arena *arena, const struct serde_spec *spec,
                                    const struct schema_column *columns, uint32_t n, const uint32_t *sources)
{
    (void)spec;
    struct kafka_encoder *encoder = ARENA_MAKE(arena, struct kafka_encoder);
    encoder->base.encode = n ? encode : encode_nothing;
    encoder->kind = n ? columns[0].type->kind : TYPE_NULL;
    encoder->source = n ? sources[0] : 0;
    return &encoder->base;
}

const struct format kafka_format = {
    .name = "KAFKA",
    .flags = FORMAT_UNWRAPS,
    .check = check,
    .decoder = make_decoder,
    .encoder = make_encoder,
};
