/* guess.h - what format the keys, or the values, of a topic are in, from the bytes alone.
 *
 *     struct guess guess = {.is_key = true};
 *     guess_see(&guess, record->key);              each record leaves fewer formats possible
 *     guess_print_formats(&guess, out);            "JSON or KAFKA_STRING"
 *     guess_print_value(&guess, record->key, out); by the first of them
 *
 * Four bytes may be an INT or a text of four letters: a text that can be read is taken for one. Eight bytes may be a
 * BIGINT or a DOUBLE: they are what the first that is not zero looks like. A key may have a window behind it: the time
 * in eight bytes where it starts (TUMBLING, HOPPING), or where it ends and starts (SESSION).
 *
 * Where a record fits none of the formats that were possible so far, the topic holds several, and guessing begins anew.
 */
#pragma once
#include "engine/base/text.h"

struct buffer;

struct guess {
    bool is_key;
    bool is_double; /* eight bytes are a DOUBLE; known once is_decided */
    bool is_decided;
    uint32_t possible; /* a bit for each format (guess.c); 0 before the first record */
};

/* No bytes say nothing. */
void guess_see(struct guess *guess, struct text bytes);

/* Nothing if no record was seen. */
void guess_print_formats(const struct guess *guess, struct buffer *out);

/* The bytes as the guess has them: "<null>" for none, \x00\xFF for what is no known format. */
void guess_print_value(const struct guess *guess, struct text bytes, struct buffer *out);
