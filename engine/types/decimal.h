/* decimal.h - exact decimal numbers.
 *
 * A DECIMAL(p, s) is an unscaled integer; p and s are the type's, so the value carries neither. Up to 38 digits the
 * integer is in `small`, beyond that it is a big integer in an arena (`big`): the type's precision says which
 * (decimal_is_big), never the value. All functions take the types. Rules of results: SQL Server's, as the peer has them
 * (reference: ksqlDB documentation, "Decimal precision and scale").
 */
#pragma once
#include "engine/types/type.h"

typedef __int128 int128 __attribute__((aligned(8)));

enum { DECIMAL_SMALL_DIGITS = 38 };

/* Limbs of 64 bits, least significant first; n_limbs is negative for a negative number, 0 for zero. */
struct decimal_big {
    int32_t n_limbs;
    uint64_t limbs[];
};

struct decimal {
    union {
        int128 small;                  /* precision <= 38 */
        const struct decimal_big *big; /* precision > 38 */
    };
};

static inline bool decimal_is_big(const struct type *type)
{
    return type->precision > DECIMAL_SMALL_DIGITS;
}

/* The type of a literal as written: "12.30" is DECIMAL(4, 2), "007.5" is (2, 1). Below one the digits behind the point
 * are counted, and one for the zero before it, written or not, as the peer does: ".5" is (2, 1), "0.05" is (3, 2), "0"
 * is (1, 0). */
const struct type *decimal_literal_type(struct arena *arena, struct text digits);

/* The result types of + - * / %. `op` is '+', '-', '*', '/', '%'. */
const struct type *decimal_result_type(struct arena *arena, char op, const struct type *a, const struct type *b);

enum decimal_rounding { DECIMAL_EXACT, DECIMAL_HALF_UP, DECIMAL_DOWN };

/* From text ([+-]digits[.digits][e[+-]digits], nothing around it). False if it is not a number, if it does not fit the
 * type (too many digits), or under DECIMAL_EXACT if digits would be lost. */
MUST_CHECK bool decimal_parse(struct arena *arena, const struct type *type, struct text text,
                              enum decimal_rounding rounding, struct decimal *out);

/* Plain text with exactly the type's scale: -0.10. */
void decimal_print(struct buffer *out, const struct type *type, struct decimal value);

MUST_CHECK bool decimal_from_bigint(struct arena *arena, const struct type *type, int64_t value, struct decimal *out);
/* Through the shortest text of the double, half up: BigDecimal.valueOf(d).setScale(s, HALF_UP). */
MUST_CHECK bool decimal_from_double(struct arena *arena, const struct type *type, double value, struct decimal *out);
/* Truncates; the low 64 bits where it does not fit, as BigDecimal.longValue. */
int64_t decimal_to_bigint(const struct type *type, struct decimal value);
double decimal_to_double(const struct type *type, struct decimal value);

/* To another precision and scale; false on overflow, or under DECIMAL_EXACT on lost digits. */
MUST_CHECK bool decimal_rescale(struct arena *arena, const struct type *from, struct decimal value,
                                const struct type *to, enum decimal_rounding rounding, struct decimal *out);

/* a op b exactly, into the result type; false on a division by zero, an overflow, or a result that is not exact (1/3).
 */
MUST_CHECK bool decimal_arithmetic(struct arena *arena, char op, const struct type *a_type, struct decimal a,
                                   const struct type *b_type, struct decimal b, const struct type *type,
                                   struct decimal *out);

struct decimal decimal_negate(struct arena *arena, const struct type *type, struct decimal value);

/* By value, over different scales: <0, 0, >0. */
int decimal_compare(const struct type *a_type, struct decimal a, const struct type *b_type, struct decimal b);

/* The same with a double that is not NaN, which stands for its shortest text as in BigDecimal.valueOf(d): 0.1 is 1e-1,
 * and 9007199254740993 is above 9007199254740992e0. -1, 0, 1. */
int decimal_compare_double(const struct type *type, struct decimal value, double other);

/* Two's complement, big-endian, as Java's BigInteger.toByteArray and Avro's decimal have it. */
struct text decimal_to_bytes(struct arena *arena, const struct type *type, struct decimal value);
MUST_CHECK bool decimal_from_bytes(struct arena *arena, const struct type *type, struct text bytes,
                                   struct decimal *out);

uint64_t decimal_hash(const struct type *type, struct decimal value);
struct decimal decimal_copy(struct arena *arena, const struct type *type, struct decimal value);
