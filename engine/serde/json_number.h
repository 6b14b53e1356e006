/* json_number.h - short numbers of JSON, read in the same pass that finds their end.
 *
 * Most numbers in records are short integers, or have few digits. Finding the end first and converting then costs more
 * than all the rest of a field. Whatever is not short goes the long way, over json_number_end and
 * engine/number/number.h.
 *
 *     1700000000000,     the digits in a block are counted, and the first 5 and the last 8 of them converted at once
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

#ifdef JSON_SCAN_SSE2

/* The value of n digits, 1 to 16. 16 bytes from `at` on may be read. */
static inline uint64_t json_digits_value(const char *at, unsigned n)
{
    uint64_t first, last;
    memcpy(&first, at, sizeof first);
    if (n <= 8) return json_eight_digits(first << (64 - 8 * n));
    memcpy(&last, at + n - 8, sizeof last);
    return (uint64_t)json_eight_digits(first << (128 - 8 * n)) * 100000000 + json_eight_digits(last);
}

/* Behind the digits at `at`, at most 15 of them, if there is a block behind `at` and a byte more. */
static inline const char *json_digits(const char *at, const char *end, int64_t *value)
{
    if (end - at <= JSON_BLOCK) return at;
    unsigned n = json_mask_first(~json_block_digits(json_block_load(at)));
    if (n == 0 || n == JSON_BLOCK) return at;
    *value = (int64_t)json_digits_value(at, n);
    return at + n;
}

#elif __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

/* Behind the first 8 or 16 digits at `at`. */
static inline const char *json_digits(const char *at, const char *end, int64_t *value)
{
    for (int i = 0; i < 2 && end - at >= 8; i++, at += 8) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        if (!json_all_digits(word)) break;
        *value = *value * 100000000 + json_eight_digits(word);
    }
    return at;
}

#else

static inline const char *json_digits(const char *at, const char *end, int64_t *value)
{
    (void)end, (void)value;
    return at;
}

#endif

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
    at = json_digits(at, end, &value);
    for (; at < end && at - first < 18 && *at >= '0' && *at <= '9'; at++) value = value * 10 + (*at - '0');
    if (at == first || (*first == '0' && at - first > 1) || !json_ends_number(json_peek(at, end))) return NULL;
    *out = negative ? -value : value;
    return at;
}

/* Behind a number of up to 15 digits (16 without a point) and no exponent, likewise. The digits of a fraction and the
 * power of ten are exact doubles, so that the one division rounds as it must. */
static inline const char *json_short_double(const char *at, const char *end, double *out)
{
    static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    bool negative = json_peek(at, end) == '-';
    const char *first = at += negative;
    int64_t value = 0;
    for (; at < end && at - first < 16 && *at >= '0' && *at <= '9'; at++) value = value * 10 + (*at - '0');
    if (at == first || (*first == '0' && at - first > 1)) return NULL;
    const char *point = at;
    if (json_peek(at, end) == '.')
        for (at++; at < end && at - first < 17 && *at >= '0' && *at <= '9'; at++) value = value * 10 + (*at - '0');
    unsigned behind = at == point ? 0 : (unsigned)(at - point) - 1;
    if (at == point + 1 || at - first > 16 || !json_ends_number(json_peek(at, end))) return NULL;
    double magnitude = (double)value / powers[behind];
    *out = negative && value ? -magnitude : magnitude;
    return at;
}
