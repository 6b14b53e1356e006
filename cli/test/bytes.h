/* bytes.h - keys and values as a person writes them, and as a topic holds them.
 *
 *     JSON        {"A": 1.50}      as it stands                     KAFKA, INT      1      00 00 00 01
 *     DELIMITED   1,lamp           as it stands, or "1,a lamp"      KAFKA, BYTES    aGk=   68 69
 *
 * The encoders are not the engine's, so that a mistake that its encoder and decoder share still shows.
 */
#pragma once
#include "cli/test/json.h"
#include "engine/catalog/catalog.h"

/* How one part of a topic's records is written: by the source over the topic. */
struct test_part {
    const char *format;      /* NULL: no source is known, bytes are text */
    const struct type *type; /* KAFKA: the type of its only column; NULL where there is none */
};

/* `source` may be NULL, and is borrowed. */
struct test_part test_part_of(const struct source *source, enum serde_part part);

/* A null is NO_TEXT. The bytes are in the arena, or where `written` points. */
MUST_CHECK bool test_bytes_encode(struct arena *arena, struct test_part part, const struct test_json *written,
                                  struct text *bytes, struct error *error);

/* As one would write it, in one word or one JSON value; what is no such thing as 0x0102. */
void test_bytes_print(struct buffer *out, struct test_part part, struct text bytes);

/* The same bytes, but for white space between JSON's tokens. */
bool test_bytes_same(struct test_part part, struct text a, struct text b);
