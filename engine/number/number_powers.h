/* number_powers.h - powers of ten to 128 bits, for printing and parsing doubles.
 *
 * The entry of 10^k is the integer g with 2^127 <= g < 2^128 and g * 2^e near 10^k, e = floor(log2(10^k)) - 127:
 * rounded down for k >= 0 (exact up to k = 55), and rounded up for k < 0. The table is made at build time by
 * number_powers_make.c.
 */
#pragma once
#include <stdint.h>

enum { NUMBER_POWER_MIN = -342, NUMBER_POWER_MAX = 324 };

struct number_power {
    uint64_t high;
    uint64_t low;
};

/* The entry of 10^k is number_powers[k - NUMBER_POWER_MIN]. */
extern const struct number_power number_powers[NUMBER_POWER_MAX - NUMBER_POWER_MIN + 1];

/* floor(log2(10^k)) for |k| <= 1233. */
static inline int32_t number_log2_of_power(int32_t k)
{
    return (int32_t)(((int64_t)k * 1741647) >> 19);
}
