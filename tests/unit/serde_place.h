/* serde_place.h - one format over some columns, for tests: bytes in, the row as text; a row in, bytes out. */
#pragma once
#include "engine/serde/serde.h"
#include "engine/types/value.h"
#include "tests/unit/test.h"

enum { PLACE_COLUMNS = 80 };

struct place {
    struct arena *arena;
    struct serde_spec spec;
    struct schema_column columns[PLACE_COLUMNS];
    int32_t targets[PLACE_COLUMNS];
    uint32_t sources[PLACE_COLUMNS];
    struct column data[PLACE_COLUMNS];
    uint32_t n;
    struct batch batch;
    const struct decoder *decoder;
    const struct encoder *encoder;
    struct buffer text; /* of the last row read or bytes written */
    char why[SERDE_WHY];
};

static inline void place_open(struct place *place, const char *format, enum serde_part part)
{
    *place = (struct place){.arena = arena_new(), .text = BUFFER(1 << 20)};
    place->spec = (struct serde_spec){.format = format_find(text_of(format)), .part = part};
    place->batch = (struct batch){.arena = place->arena, .columns = place->data, .n_rows = 1};
}

static inline void place_close(struct place *place)
{
    buffer_free(&place->text);
    arena_free(place->arena);
}

static inline void place_add(struct place *place, const char *name, const struct type *type)
{
    place->columns[place->n] = (struct schema_column){.name = text_of(name), .type = type};
    place->targets[place->n] = (int32_t)place->n;
    place->sources[place->n] = place->n;
    place->data[place->n] = column_make(place->arena, type, 1);
    place->batch.n_columns = ++place->n;
}

static inline bool place_check(struct place *place, struct error *error)
{
    return serde_check(&place->spec, place->columns, place->n, error);
}

/* Compiles, after the last column was added. */
static inline void place_start(struct place *place)
{
    const struct format *format = place->spec.format;
    place->decoder = format->decoder(place->arena, &place->spec, place->columns, place->n, place->targets);
    place->encoder = format->encoder(place->arena, &place->spec, place->columns, place->n, place->sources);
}

/* The bytes are put at the end of a block of their own, so that a sanitizer sees a look behind them. */
static inline bool place_decode(struct place *place, struct text bytes)
{
    char *copy = arena_copy(place->arena, bytes.data, bytes.len);
    place->why[0] = 0;
    return decoder_decode(place->decoder, (struct text){copy, bytes.len}, &place->batch, 0, place->why);
}

/* "7|a|null" */
static inline struct text place_row(struct place *place)
{
    buffer_clear(&place->text);
    for (uint32_t i = 0; i < place->n; i++) {
        if (i) buffer_append_char(&place->text, '|');
        if (place->targets[i] < 0) continue;
        struct value value = column_get(&place->data[place->targets[i]], 0);
        value_print(&place->text, place->columns[i].type, &value);
    }
    return buffer_text(&place->text);
}

static inline void assert_reads_bytes(struct place *place, struct text bytes, const char *row)
{
    if (!place_decode(place, bytes)) fail_msg("%.*s: %s", (int)bytes.len, bytes.data, place->why);
    assert_text(place_row(place), row);
}

static inline void assert_reads(struct place *place, const char *bytes, const char *row)
{
    assert_reads_bytes(place, text_of(bytes), row);
}

static inline void assert_refuses(struct place *place, const char *bytes, const char *why)
{
    if (place_decode(place, text_of(bytes))) fail_msg("%s was read: %s", bytes, place_row(place).data);
    assert_string_equal(place->why, why);
}

static inline enum encoded place_encode(struct place *place)
{
    buffer_clear(&place->text);
    return encoder_encode(place->encoder, &place->batch, 0, &place->text, place->why);
}

/* What the row at hand is written as; NULL: a null record. */
static inline void assert_writes(struct place *place, const char *bytes)
{
    assert_int_equal(place_encode(place), bytes ? ENCODED : ENCODED_NULL);
    assert_text(buffer_text(&place->text), bytes ? bytes : "");
}

/* Read and written again. */
static inline void assert_keeps(struct place *place, const char *in, const char *out)
{
    if (!place_decode(place, text_of(in))) fail_msg("%s: %s", in, place->why);
    assert_writes(place, out);
}

/* A row of one column. */
static inline void place_put(struct place *place, struct value value)
{
    column_set(&place->data[0], 0, &value);
}
