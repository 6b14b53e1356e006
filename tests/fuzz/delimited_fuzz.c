/* delimited_fuzz.c - any bytes as a line of fields: refused with a reason, or read to a row that reads the same once it
 * was written.
 *
 * The first byte chooses the delimiter. There are several columns: a single null one is written as an empty line, which
 * is no line.
 */
#include "engine/base/arena.h"
#include "engine/serde/serde.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { COLUMNS = 4 };

static bool read_line(struct arena *arena, const struct decoder *decoder, const struct schema_column *columns,
                      struct text bytes, struct batch *batch)
{
    *batch = (struct batch){.arena = arena, .columns = ARENA_ARRAY(arena, struct column, COLUMNS)};
    for (int i = 0; i < COLUMNS; i++) batch->columns[i] = column_make(arena, columns[i].type, 1);
    char why[SERDE_WHY] = "";
    bool ok = decoder_decode(decoder, bytes, batch, 0, why);
    if (!ok && !why[0]) abort();
    return ok;
}

static void write_line(const struct encoder *encoder, const struct batch *batch, struct buffer *out)
{
    char why[SERDE_WHY];
    if (encoder_encode(encoder, batch, 0, out, why) != ENCODED) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char delimiters[] = ",;| \t-0e.";
    if (!size) return 0;
    struct arena *arena = arena_new();
    struct schema_column columns[COLUMNS] = {
        {.name = TEXT("S"), .type = &type_string},
        {.name = TEXT("P"), .type = type_decimal(arena, 9, 3)},
        {.name = TEXT("D"), .type = &type_double},
        {.name = TEXT("T"), .type = &type_string},
    };
    struct serde_spec spec = {.format = format_find(TEXT("DELIMITED")),
                              .delimiter = delimiters[data[0] % (sizeof delimiters - 1)]};
    spec.part = SERDE_VALUE;
    const struct decoder *decoder = spec.format->decoder(arena, &spec, columns, COLUMNS, (int32_t[]){0, 1, 2, 3});
    const struct encoder *encoder = spec.format->encoder(arena, &spec, columns, COLUMNS, (uint32_t[]){0, 1, 2, 3});
    struct buffer first = BUFFER(1 << 24), second = BUFFER(1 << 24);
    struct batch batch;
    if (read_line(arena, decoder, columns, (struct text){(const char *)data + 1, size - 1}, &batch)) {
        write_line(encoder, &batch, &first);
        if (!read_line(arena, decoder, columns, buffer_text(&first), &batch)) abort();
        write_line(encoder, &batch, &second);
        if (!text_equal(buffer_text(&first), buffer_text(&second))) abort();
    }
    buffer_free(&first);
    buffer_free(&second);
    arena_free(arena);
    return 0;
}
