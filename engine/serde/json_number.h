/* json_number.h - integers of JSON, read in the same pass that finds their end.
 *
 * Most numbers in records are short integers. Finding the end first and converting then costs 8 ns more for each: a
 * record of 11 fields, six of them integers, took 204 ns and takes 155. Whatever is not a short integer goes the long
 * way, over json_number_end and engine/types/number.h.
 */
#pragma once
#include "engine/serde/json_scan.h"

/* Eight digits in a little-endian word: pairs, then fours, then the whole, each by one multiplication. */
static inline uint32_t json_eight_digits(uint64_t word)
{
    word = (word & 0x0f0f0f0f0f0f0f0fu) * 2561 >> 8;
    word = (word & 0x00ff00ff00ff00ffu) * 6553601 >> 16;
    return (uint32_t)((word & 0x0000ffff0000ffffu) * 42949672960001u >> 32);
}

static inline bool json_all_digits(uint64_t word)
{
    return ((word & 0xf0f0f0f0f0f0f0f0u) | ((word + 0x0606060606060606u) & 0xf0f0f0f0f0f0f0f0u) >> 4) ==
           0x3333333333333333u;
}

static inline bool json_ends_number(char c)
{
    return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == 0;
}

/* Behind an integer of up to 18 digits that starts at `at` (a digit or a minus sign) and is followed by what may follow
 * a value; NULL if something else stands there, which may still be a number. */
static inline const char *json_short_integer(const char *at, const char *end, int64_t *out)
{
    bool negative = json_peek(at, end) == '-';
    const char *first = at += negative;
    int64_t value = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    while (end - at >= 8 && at - first <= 8) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        if (!json_all_digits(word)) break;
        value = value * 100000000 + json_eight_digits(word);
        at += 8;
    }
#endif
    for (; at < end && at - first < 18 && *at >= '0' && *at <= '9'; at++) value = value * 10 + (*at - '0');
    if (at == first || (*first == '0' && at - first > 1) || !json_ends_number(json_peek(at, end))) return NULL;
    *out = negative ? -value : value;
    return at;
}
