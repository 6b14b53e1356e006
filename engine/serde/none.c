/* none.c - the format NONE: nothing. For the key of a stream that has no key columns; whatever stands there is not
 * looked at. */
#include "engine/base/arena.h"
#include "engine/serde/serde.h"

static bool check(const struct serde_spec *spec, const struct schema_column *columns, uint32_t n, struct error *error)
{
    if (!n) return true;
    error_set(error, ERROR_STATEMENT, NO_SPAN, "NONE holds no columns, and " TEXT_FMT " is one",
              TEXT_ARG(columns[0].name));
    return error_hint(error, spec->part == SERDE_KEY ? "give KEY_FORMAT another format, or take the key columns out"
                                                     : "give VALUE_FORMAT another format");
}

static bool decode(const struct decoder *base, struct text bytes, struct batch *batch, uint32_t row, char *why)
{
    (void)base, (void)bytes, (void)batch, (void)row, (void)why;
    return true;
}

static enum encoded encode(const struct encoder *base, const struct batch *batch, uint32_t row, struct buffer *out,
                           char *why)
{
    (void)base, (void)batch, (void)row, (void)out, (void)why;
    return ENCODED_NULL;
}

static struct decoder *make_decoder(struct arena *arena, const struct serde_spec *spec,
                                    const struct schema_column *columns, uint32_t n, const int32_t *targets)
{
    (void)spec, (void)columns, (void)n, (void)targets;
    struct decoder *decoder = ARENA_MAKE(arena, struct decoder);
    decoder->decode = decode;
    return decoder;
}

static struct encoder *make_encoder(struct arena *arena, const struct serde_spec *spec,
                                    const struct schema_column *columns, uint32_t n, const uint32_t *sources)
{
    (void)spec, (void)columns, (void)n, (void)sources;
    struct encoder *encoder = ARENA_MAKE(arena, struct encoder);
    encoder->encode = encode;
    return encoder;
}

const struct format none_format = {
    .name = "NONE",
    .check = check,
    .decoder = make_decoder,
    .encoder = make_encoder,
};
