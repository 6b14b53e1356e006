/* json_text.h - a JSON value as the text that a STRING column gets from it.
 *
 *     "a b"            a b                      17, 1.50, true      as they stand
 *     1.5e3            1.5E+3                   [1, "a", null]      [1, a, null]
 *     {"b": 1, "a": [1, "x"]}                   {"b":1,"a":[1,"x"]}
 *
 * Numbers with a fraction or an exponent read as java.math.BigDecimal.toString writes them; objects are written without
 * white space, their fields in the order of the data; arrays are listed by the texts of their elements, unless they
 * stand inside an object. A name that stands twice in an object is written twice (the peer keeps the last).
 */
#pragma once
#include "engine/serde/json_scan.h"

struct arena;
struct buffer;

/* The value that starts at `at`, which is not null. Returns the position behind it, or NULL if it is not well-formed.
 * Borrows where the text stands in the record as it is. */
MUST_CHECK const char *json_value_text(struct arena *arena, const char *at, const char *end, struct text *out);

/* A number of JSON's grammar as BigDecimal.toString has it: digits with a point while the value is at least 10^-6, else
 * d.dddE-n. False if the exponent is beyond 9 digits. */
MUST_CHECK bool json_append_number(struct buffer *out, struct text number);
