/* number_digits.h - writing unsigned integers in decimal, shared by what prints and parses in this folder. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* 10^0 to 10^19: all that 64 bits hold. */
static const uint64_t number_powers_of_10[20] = {
    1u,
    10u,
    100u,
    1000u,
    10000u,
    100000u,
    1000000u,
    10000000u,
    100000000u,
    1000000000u,
    10000000000u,
    100000000000u,
    1000000000000u,
    10000000000000u,
    100000000000000u,
    1000000000000000u,
    10000000000000000u,
    100000000000000000u,
    1000000000000000000u,
    10000000000000000000u,
};

static inline size_t number_count_digits(uint64_t value)
{
    /* 1233 / 4096 is log10(2): the estimate is the number of digits or one less. */
    size_t estimate = (size_t)((64 - __builtin_clzll(value | 1)) * 1233) >> 12;
    return estimate + (value >= number_powers_of_10[estimate] || value == 0);
}

/* Exactly n digits, with zeros in front where the value has fewer. */
static inline void number_write_digits(char *out, uint64_t value, size_t n)
{
    static const char pairs[] =
        "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
        "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
    for (; n >= 2; n -= 2, value /= 100) memcpy(out + n - 2, pairs + value % 100 * 2, 2);
    if (n) *out = (char)('0' + value % 10);
}
