/* search.c - a text inside a text, for many short texts and one needle.
 *
 *     needle ALARM            first byte A, last byte M, 4 apart
 *     text   xxALARMxx        where A stands and M stands 4 further: two masks of 16 bytes, and-ed; then the middle
 *
 * memmem prepares tables for the needle at every call, which costs more than the search itself when texts have twenty
 * bytes. Here nothing is prepared. Texts are read in steps of 16 bytes, the last step from the text's end, so that
 * nothing behind it is touched; texts below 16 bytes take two steps of 8 that overlap, or the plain loop.
 */
#include "engine/expr/pattern.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

static bool middle_is(const char *at, struct text needle)
{
    return memcmp(at + 1, needle.data + 1, needle.len - 1) == 0;
}

static bool contains_plain(struct text text, struct text needle)
{
    const char *end = text.data + text.len - needle.len;
    for (const char *at = text.data; at <= end; at++)
        if (*at == needle.data[0] && middle_is(at, needle)) return true;
    return false;
}

#ifdef __SSE2__

/* Bit i: byte i of the 16 (of the 8) is that of `byte`. */
static uint32_t mask16(const char *at, __m128i byte)
{
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)at), byte));
}

static uint32_t mask8(const char *at, __m128i byte)
{
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadl_epi64((const __m128i *)(const void *)at), byte)) & 0xff;
}

static bool any_matches(uint32_t places, const char *base, struct text needle)
{
    for (; places; places &= places - 1)
        if (middle_is(base + __builtin_ctz(places), needle)) return true;
    return false;
}

/* The places of a byte in a text of 8 to 31 bytes. */
static uint32_t places_of(struct text text, __m128i byte)
{
    if (text.len >= 16) return mask16(text.data, byte) | mask16(text.data + text.len - 16, byte) << (text.len - 16);
    return mask8(text.data, byte) | mask8(text.data + text.len - 8, byte) << (text.len - 8);
}

static bool contains_short(struct text text, struct text needle, __m128i first, __m128i last)
{
    uint32_t starts = places_of(text, first) & (places_of(text, last) >> (needle.len - 1));
    return any_matches(starts, text.data, needle);
}

static bool contains_long(struct text text, struct text needle, __m128i first, __m128i last)
{
    size_t distance = needle.len - 1, steps_end = text.len - distance - 16, at = 0;
    for (;; at += 16) {
        if (at > steps_end) at = steps_end;
        uint32_t starts = mask16(text.data + at, first) & mask16(text.data + at + distance, last);
        if (any_matches(starts, text.data + at, needle)) return true;
        if (at == steps_end) return false;
    }
}

bool pattern_contains(struct text text, struct text needle)
{
    if (needle.len > text.len) return false;
    if (needle.len <= 1) return needle.len == 0 || memchr(text.data, needle.data[0], text.len) != NULL;
    if (text.len < 8) return contains_plain(text, needle);
    __m128i first = _mm_set1_epi8(needle.data[0]), last = _mm_set1_epi8(needle.data[needle.len - 1]);
    if (text.len < 32) return contains_short(text, needle, first, last);
    if (text.len - needle.len >= 15) return contains_long(text, needle, first, last);
    return contains_plain(text, needle);
}

#else

bool pattern_contains(struct text text, struct text needle)
{
    if (needle.len > text.len) return false;
    return needle.len == 0 || memmem(text.data, text.len, needle.data, needle.len) != NULL;
}

#endif
