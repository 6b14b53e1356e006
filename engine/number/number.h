/* number.h - numbers to text and back, as Java writes and reads them, and fast. */
#pragma once
#include "engine/base/attributes.h"
#include "engine/base/text.h"

enum { NUMBER_MAX_TEXT = 32 };

/* Writes into out (NUMBER_MAX_TEXT bytes), returns the length. */
size_t number_print_bigint(char *out, int64_t value);

/* The shortest text that reads back as the same double, laid out as Java's Double.toString: 1.0, 1.0E10, 4.9E-324, NaN,
 * Infinity. (Shortest: Raffaello Giulietti, "The Schubfach way to render doubles"; any algorithm that gives the same.)
 */
size_t number_print_double(char *out, double value);

/* [+-]digits and nothing else; false if it is not, or does not fit. */
MUST_CHECK bool number_parse_integer(struct text text, int32_t *out);
MUST_CHECK bool number_parse_bigint(struct text text, int64_t *out);

/* Java's Double.parseDouble after trimming: also "NaN", "Infinity", "1e3", "1d", "1.f", hexadecimal floats. Exact. */
MUST_CHECK bool number_parse_double(struct text text, double *out);
