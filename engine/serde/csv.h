/* csv.h - a line of separated fields, cut and written as Apache Commons CSV 1.4 does with its default format.
 *
 *     7,"Doe, ""J""",,x        4 fields: 7 | Doe, "J" | (empty) | x
 *
 * Reading: empty lines in front are skipped, and only the first line counts. A field that starts with a quote ends with
 * one, a doubled quote inside is one quote, and white space may follow it; elsewhere quotes are letters like others.
 * Nothing is trimmed.
 *
 * Writing: quotes are put around a field that holds the separator, a quote or a line end, that starts with a character
 * up to # or ends with white space; and around a line's first field if it starts with anything but an ASCII letter or
 * digit (so "-5"), or is an empty text. These rules are odd, but other programs compare the bytes.
 */
#pragma once
#include "engine/base/text.h"

struct arena;
struct buffer;

struct csv_reader {
    const char *at, *end;
    char separator;
    bool more; /* another field follows */
};

enum csv_status { CSV_FIELD, CSV_NO_END, CSV_JUNK };

/* Starts at the first field. False if there is none: no bytes, or nothing but line ends. */
MUST_CHECK bool csv_start(struct csv_reader *reader, struct text line, char separator);

/* The next field, while `more`. Borrowed from the line, or in the arena where quotes were doubled. CSV_NO_END: its
 * closing quote is missing; CSV_JUNK: something stands between that and the separator. */
enum csv_status csv_next(struct csv_reader *reader, struct arena *arena, struct text *field);

/* Whether the field must be written with quotes; `first`: it is the line's first. */
bool csv_wants_quotes(struct text field, bool first, char separator);

void csv_append_quoted(struct buffer *out, struct text field);
