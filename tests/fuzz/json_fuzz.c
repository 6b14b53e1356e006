/* json_fuzz.c - any bytes as a record of JSON: refused with a reason, or read to a row that is the same whenever it is
 * read.
 *
 * A row that was read is read again by a decoder that has learned the record's shape, by one that needs only some of
 * the columns, and from what the encoder makes of it; each time the encoder must write the same bytes, but for a
 * double's -0.0, which comes out of a string and is read as 0.0 where it stands as a number. The first byte chooses the
 * schema.
 */
#include "engine/base/arena.h"
#include "engine/serde/serde.h"
#include "engine/types/value.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_COLUMNS = 11 };

struct setup {
    struct arena *arena;
    struct serde_spec spec;
    struct schema_column columns[MAX_COLUMNS];
    uint32_t n;
};

static void add(struct setup *setup, const char *name, const struct type *type)
{
    setup->columns[setup->n++] = (struct schema_column){.name = text_of(name), .type = type};
}

static void add_nested(struct setup *setup)
{
    struct arena *arena = setup->arena;
    struct type_field inner[] = {
        {TEXT("X"), &type_integer}, {TEXT("y"), &type_string}, {TEXT("D"), type_decimal(arena, 50, 9)}};
    const struct type *entry = type_struct(arena, inner, 3);
    struct type_field outer[] = {{TEXT("IN"), entry}, {TEXT("MANY"), type_array(arena, entry)}};
    add(setup, "S", type_struct(arena, outer, 2));
    add(setup, "M", type_map(arena, &type_string, type_array(arena, &type_double)));
    add(setup, "A", type_array(arena, type_array(arena, &type_integer)));
}

static void add_scalars(struct setup *setup)
{
    add(setup, "B", &type_boolean);
    add(setup, "I", &type_integer);
    add(setup, "L", &type_bigint);
    add(setup, "D", &type_double);
    add(setup, "P", type_decimal(setup->arena, 20, 10));
    add(setup, "T", &type_string);
    add(setup, "RAW", &type_bytes);
    add(setup, "t", &type_time);
}

static struct setup make_setup(struct arena *arena, uint8_t choice)
{
    struct setup setup = {arena, {.format = format_find(TEXT("JSON")), .part = SERDE_VALUE}, {{.name = NO_TEXT}}, 0};
    setup.spec.unwrapped = choice & 1;
    switch (choice >> 1 & 3) {
    case 0: add_scalars(&setup); break;
    case 1: add_nested(&setup); break;
    case 2: add(&setup, "T", &type_string); break;
    default: add_scalars(&setup), add_nested(&setup);
    }
    if (setup.spec.unwrapped) {
        setup.columns[0] = setup.columns[(choice >> 3) % setup.n];
        setup.n = 1;
    }
    return setup;
}

static const struct decoder *make_decoder(const struct setup *setup, uint32_t skipped)
{
    int32_t targets[MAX_COLUMNS];
    for (uint32_t i = 0; i < setup->n; i++) targets[i] = skipped >> i & 1 ? -1 : (int32_t)i;
    return setup->spec.format->decoder(setup->arena, &setup->spec, setup->columns, setup->n, targets);
}

static struct batch make_batch(const struct setup *setup)
{
    struct batch batch = {.arena = setup->arena, .columns = ARENA_ARRAY(setup->arena, struct column, setup->n)};
    for (uint32_t i = 0; i < setup->n; i++) batch.columns[i] = column_make(setup->arena, setup->columns[i].type, 1);
    return batch;
}

static enum encoded write_row(const struct setup *setup, const struct batch *batch, struct buffer *out)
{
    uint32_t sources[MAX_COLUMNS];
    for (uint32_t i = 0; i < setup->n; i++) sources[i] = i;
    const struct encoder *encoder =
        setup->spec.format->encoder(setup->arena, &setup->spec, setup->columns, setup->n, sources);
    char why[SERDE_WHY];
    enum encoded encoded = encoder_encode(encoder, batch, 0, out, why);
    if (encoded == ENCODE_FAILED) abort();
    return encoded;
}

/* Reads the bytes, which must succeed, and expects the row to be written as `expected`. */
static void expect(const struct setup *setup, const struct decoder *decoder, struct text bytes, struct text expected)
{
    struct batch batch = make_batch(setup);
    struct buffer out = BUFFER(1 << 24);
    char why[SERDE_WHY];
    if (!decoder_decode(decoder, bytes, &batch, 0, why)) abort();
    write_row(setup, &batch, &out);
    if (!text_equal(buffer_text(&out), expected)) abort();
    buffer_free(&out);
}

static void expect_some(const struct setup *setup, uint32_t skipped, struct text bytes, const struct batch *whole)
{
    struct batch batch = make_batch(setup);
    char why[SERDE_WHY];
    if (!decoder_decode(make_decoder(setup, skipped), bytes, &batch, 0, why)) abort();
    for (uint32_t i = 0; i < setup->n; i++) {
        struct value a = column_get(&batch.columns[i], 0), b = column_get(&whole->columns[i], 0);
        if (!(skipped >> i & 1) && !value_same(setup->columns[i].type, &a, &b)) abort();
    }
}

static bool has_negative_zero(struct text json)
{
    static const char zero[] = "-0.0";
    for (size_t i = 0; i + sizeof zero <= json.len + 1; i++) {
        char next = i + 4 < json.len ? json.data[i + 4] : 0;
        if (memcmp(json.data + i, zero, 4) == 0 && (next < '0' || next > '9')) return true;
    }
    return false;
}

static void check(const struct setup *setup, struct text bytes)
{
    const struct decoder *decoder = make_decoder(setup, 0);
    struct batch batch = make_batch(setup);
    struct buffer out = BUFFER(1 << 24);
    char why[SERDE_WHY] = "";
    if (!decoder_decode(decoder, bytes, &batch, 0, why)) {
        if (!why[0]) abort();
        return;
    }
    enum encoded encoded = write_row(setup, &batch, &out);
    expect(setup, decoder, bytes, buffer_text(&out));
    expect_some(setup, 0x5a5, bytes, &batch);
    struct text written = buffer_text(&out);
    if (encoded == ENCODED && !has_negative_zero(written)) expect(setup, decoder, written, written);
    buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size) return 0;
    struct arena *arena = arena_new();
    struct setup setup = make_setup(arena, data[0]);
    check(&setup, (struct text){(const char *)data + 1, size - 1});
    arena_free(arena);
    return 0;
}
