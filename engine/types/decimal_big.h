/* decimal_big.h - the part of decimal.c that needs integers of any size; decimal_big.c is the only file that knows GMP.
 *
 * These take decimals of either shape, small and big, and so also serve small ones whose intermediate results overflow.
 */
#pragma once
#include "engine/types/decimal.h"

/* Digits of a text without sign and point: digits * 10^exponent. */
struct decimal_digits {
    struct text digits;
    int64_t exponent;
    bool negative;
};

MUST_CHECK bool decimal_big_parse(struct arena *arena, const struct type *type, const struct decimal_digits *digits,
                                  enum decimal_rounding rounding, struct decimal *out);
void decimal_big_print(struct buffer *out, const struct type *type, struct decimal value);
MUST_CHECK bool decimal_big_rescale(struct arena *arena, const struct type *from, struct decimal value,
                                    const struct type *to, enum decimal_rounding rounding, struct decimal *out);
MUST_CHECK bool decimal_big_arithmetic(struct arena *arena, char op, const struct type *a_type, struct decimal a,
                                       const struct type *b_type, struct decimal b, const struct type *type,
                                       struct decimal *out);
int decimal_big_compare(const struct type *a_type, struct decimal a, const struct type *b_type, struct decimal b);
int64_t decimal_big_to_bigint(const struct type *type, struct decimal value);
struct decimal decimal_big_negate(struct arena *arena, struct decimal value);
struct text decimal_big_to_bytes(struct arena *arena, const struct type *type, struct decimal value);
MUST_CHECK bool decimal_big_from_bytes(struct arena *arena, const struct type *type, struct text bytes,
                                       struct decimal *out);
