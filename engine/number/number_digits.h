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

/* The digits of a number below 100, two each. */
static inline void number_write_pair(char *out, uint32_t value)
{
    static const char pairs[] =
        "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
        "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
    memcpy(out, pairs + value * 2, 2);
}

/* Eight digits; the four divisions do not wait for each other as those of a loop do. */
static inline void number_write_eight(char *out, uint32_t value)
{
    uint32_t high = value / 10000, low = value % 10000;
    number_write_pair(out, high / 100);
    number_write_pair(out + 2, high % 100);
    number_write_pair(out + 4, low / 100);
    number_write_pair(out + 6, low % 100);
}

/* Exactly n digits, with zeros in front where the value has fewer. */
static inline void number_write_digits(char *out, uint64_t value, size_t n)
{
    for (; n >= 8; n -= 8, value /= 100000000) number_write_eight(out + n - 8, (uint32_t)(value % 100000000));
    for (; n >= 2; n -= 2, value /= 100) number_write_pair(out + n - 2, (uint32_t)(value % 100));
    if (n) *out = (char)('0' + value % 10);
}
