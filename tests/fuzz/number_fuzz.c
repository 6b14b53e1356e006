/* number_fuzz.c - any text as a number: what is read as a DOUBLE or a DECIMAL prints as a text that reads back to the
 * same. */
#include "engine/base/arena.h"
#include "engine/base/buffer.h"
#include "engine/types/base64.h"
#include "engine/types/decimal.h"
#include "engine/number/number.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) abort();
}

static void try_double(struct text text)
{
    char printed[NUMBER_MAX_TEXT];
    double value, again;
    if (!number_parse_double(text, &value)) return;
    size_t len = number_print_double(printed, value);
    check(number_parse_double((struct text){printed, len}, &again));
    check(memcmp(&value, &again, sizeof value) == 0 || value != value);
}

static void try_decimal(struct arena *arena, struct text text, int32_t precision, int32_t scale)
{
    const struct type *type = type_decimal(arena, precision, scale);
    struct decimal value, again;
    if (!decimal_parse(arena, type, text, DECIMAL_HALF_UP, &value)) return;
    struct buffer out = BUFFER(1 << 16);
    decimal_print(&out, type, value);
    check(decimal_parse(arena, type, buffer_text(&out), DECIMAL_EXACT, &again));
    check(decimal_compare(type, value, type, again) == 0);
    check(decimal_from_bytes(arena, type, decimal_to_bytes(arena, type, value), &again));
    check(decimal_hash(type, value) == decimal_hash(type, again));
    buffer_free(&out);
}

static void try_bytes(struct arena *arena, struct text text)
{
    struct text bytes, again;
    if (!base64_parse(arena, text, &bytes)) return;
    struct buffer out = BUFFER(1 << 20);
    base64_print(&out, bytes);
    check(base64_parse(arena, buffer_text(&out), &again) && text_equal(bytes, again));
    buffer_free(&out);
    struct decimal value;
    if (decimal_from_bytes(arena, type_decimal(arena, 38, 0), bytes, &value))
        check(decimal_to_bytes(arena, type_decimal(arena, 38, 0), value).len <= bytes.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct text text = {(const char *)data, size};
    int64_t bigint;
    try_double(text);
    try_decimal(arena, text, 5, 2);
    try_decimal(arena, text, 38, 19);
    try_decimal(arena, text, 60, 30);
    try_bytes(arena, text);
    if (number_parse_bigint(text, &bigint)) {
        char printed[NUMBER_MAX_TEXT];
        check(number_print_bigint(printed, bigint) <= size);
    }
    arena_free(arena);
    return 0;
}
