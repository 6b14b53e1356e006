/* json_scan.h - finding where the pieces of a JSON text end: white space, strings, numbers, whole values.
 *
 *     {"camera_id": "cam-17", "hits": [1, 2]}
 *       ^at        ^         ^           ^      json_string_end, json_space, json_skip, ...
 *
 * Every function takes a position and the end of the text and returns the position behind the piece, or NULL if the
 * text does not go on as it should. None reads at or behind `end`. Nothing is converted here: see json_string.h for
 * escapes, json_text.h for values as text, and engine/number/number.h for numbers.
 *
 * Strings are looked through in blocks of 16 bytes with SSE2, and of 8 bytes in a 64-bit word elsewhere (or with
 * JSON_SCAN_PORTABLE, which is how the test of this file reaches that code on any machine).
 */
#pragma once
#include "engine/base/text.h"

#if defined(__SSE2__) && !defined(JSON_SCAN_PORTABLE)
#define JSON_SCAN_SSE2
#include <emmintrin.h>
#else
#include <endian.h>
#endif

/* Objects and arrays inside each other, beyond which a value is refused. */
enum { JSON_MAX_DEPTH = 1000 };

/* What a string's bytes ask of the one who wants its text. */
enum json_string_flags {
    JSON_ESCAPED = 1,   /* there is a backslash */
    JSON_NOT_ASCII = 2, /* there is a byte above 0x7f: the UTF-8 is still to be checked */
};

/* ---- blocks: a mask has a bit (SSE2) or the top bit of a byte (words) for each byte that matches.
 *
 * In a word, bytes above the first match may be marked wrongly (a borrow runs upward), so only the first is ever used.
 */

#ifdef JSON_SCAN_SSE2

typedef uint32_t json_mask;
enum { JSON_BLOCK = 16, JSON_MASK_STEP = 1 };
typedef __m128i json_block;

static inline json_block json_block_load(const char *at)
{
    return _mm_loadu_si128((const __m128i *)at);
}

static inline json_mask json_block_same(json_block a, json_block b)
{
    return (json_mask)_mm_movemask_epi8(_mm_cmpeq_epi8(a, b));
}

static inline json_mask json_block_high(json_block block)
{
    return (json_mask)_mm_movemask_epi8(block);
}

/* Bytes from `low` to `high`, unsigned. */
static inline __m128i json_block_between(json_block block, char low, char high)
{
    __m128i above_low = _mm_sub_epi8(block, _mm_set1_epi8(low));
    return _mm_cmpeq_epi8(_mm_min_epu8(above_low, _mm_set1_epi8((char)(high - low))), above_low);
}

static inline json_mask json_block_digits(json_block block)
{
    return (json_mask)_mm_movemask_epi8(json_block_between(block, '0', '9'));
}

/* Quotes, backslashes and control characters. */
static inline json_mask json_block_string_stops(json_block block)
{
    __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"')), backslash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
    __m128i control = json_block_between(block, 0, 0x1f);
    return (json_mask)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), control));
}

/* Quotes and brackets; { differs from [ in one bit. */
static inline json_mask json_block_brackets(json_block block)
{
    __m128i folded = _mm_or_si128(block, _mm_set1_epi8(0x20)), quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
    __m128i opening = _mm_cmpeq_epi8(folded, _mm_set1_epi8('{')), closing = _mm_cmpeq_epi8(folded, _mm_set1_epi8('}'));
    return (json_mask)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(opening, closing), quote));
}

#else

typedef uint64_t json_mask;
enum { JSON_BLOCK = 8, JSON_MASK_STEP = 8 };
typedef uint64_t json_block;

#define JSON_EACH_BYTE(c) (0x0101010101010101u * (unsigned char)(c))

static inline json_block json_block_load(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return le64toh(word);
}

static inline json_mask json_block_high(json_block block)
{
    return block & JSON_EACH_BYTE(0x80);
}

/* Bytes at most `c`, unsigned. */
static inline json_mask json_block_below(json_block block, char c)
{
    return (block - JSON_EACH_BYTE(c + 1)) & ~block & JSON_EACH_BYTE(0x80);
}

static inline json_mask json_block_equal(json_block block, char c)
{
    return json_block_below(block ^ JSON_EACH_BYTE(c), 0);
}

/* Quotes, backslashes and control characters. */
static inline json_mask json_block_string_stops(json_block block)
{
    return json_block_equal(block, '"') | json_block_equal(block, '\\') | json_block_below(block, 0x1f);
}

/* Quotes and brackets; { differs from [ in one bit. */
static inline json_mask json_block_brackets(json_block block)
{
    json_block folded = block | JSON_EACH_BYTE(0x20);
    return json_block_equal(block, '"') | json_block_equal(folded, '{') | json_block_equal(folded, '}');
}

#endif

static inline unsigned json_mask_first(json_mask mask)
{
    return (unsigned)__builtin_ctzll(mask) / JSON_MASK_STEP;
}

/* All bits below the first of `mask`. */
static inline json_mask json_mask_before(json_mask mask)
{
    return (mask & -mask) - 1;
}

/* ---- pieces */

/* The byte at `at`, or 0, which stands nowhere in JSON, at the end. */
static inline char json_peek(const char *at, const char *end)
{
    return at < end ? *at : 0;
}

/* Behind the white space, of which there is usually none. */
static inline const char *json_space(const char *at, const char *end)
{
    while (at < end && (unsigned char)*at <= ' ' && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
    return at;
}

/* The closing quote of a string, or NULL, and its flags. */
struct json_string {
    const char *quote;
    unsigned flags;
};

/* The bytes of the string at the end of the text that do not fill a block. */
struct json_string json_string_tail(const char *at, const char *end, unsigned flags);

/* A block with the bytes from `at` on, `*past` others before them. False where there are too few bytes from `start` on
 * to fill one. */
static inline bool json_block_over(const char *start, const char *at, const char *end, json_block *block,
                                   unsigned *past)
{
    *past = 0;
    if (end - at >= JSON_BLOCK) {
        *block = json_block_load(at);
        return true;
    }
#ifdef JSON_SCAN_SSE2
    if (end - start >= JSON_BLOCK && at < end) {
        *past = JSON_BLOCK - (unsigned)(end - at);
        *block = json_block_load(end - JSON_BLOCK);
        return true;
    }
#else
    (void)start;
#endif
    return false;
}

/* `at` stands behind a string's opening quote; returns where its closing one is. NULL if there is none, or at a control
 * character. Adds to `flags`. */
static inline const char *json_string_end(const char *at, const char *end, unsigned *flags)
{
    const char *start = at;
    unsigned found = 0, past;
    json_block block;
    while (json_block_over(start, at, end, &block, &past)) {
        json_mask stop = json_block_string_stops(block) >> past, high = json_block_high(block) >> past;
        if (!stop) {
            found |= high ? JSON_NOT_ASCII : 0;
            at += JSON_BLOCK - past;
            continue;
        }
        found |= high & json_mask_before(stop) ? JSON_NOT_ASCII : 0;
        at += json_mask_first(stop);
        if (*at == '"') return *flags |= found, at;
        if (*at != '\\' || end - at < 2) return NULL;
        found |= JSON_ESCAPED;
        at += 2;
    }
    struct json_string tail = json_string_tail(at, end, found);
    *flags |= tail.flags;
    return tail.quote;
}

/* The same for a string that nobody needs. */
static inline const char *json_skip_string(const char *at, const char *end)
{
    const char *start = at;
    unsigned past;
    json_block block;
    while (json_block_over(start, at, end, &block, &past)) {
        json_mask stop = json_block_string_stops(block) >> past;
        at += stop ? json_mask_first(stop) : JSON_BLOCK - past;
        if (!stop) continue;
        if (*at == '"') return at;
        if (*at != '\\' || end - at < 2) return NULL;
        at += 2;
    }
    return json_string_tail(at, end, 0).quote;
}

/* Behind "true", "false" or "null", where it stands there and no further letter or digit follows. */
const char *json_literal(const char *at, const char *end, struct text literal);

/* Behind a number as JSON's grammar has it. `*integer` is whether it has neither fraction nor exponent. */
const char *json_number_end(const char *at, const char *end, bool *integer);

/* Behind an object or array, `at` being behind its opening bracket. Brackets must match and strings must end; what else
 * stands inside is not looked at. NULL also where it is deeper than JSON_MAX_DEPTH. */
const char *json_skip_nested(const char *at, const char *end, char opening);

static inline bool json_in_number(char c)
{
    return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || (c | 0x20) == 'e';
}

/* Behind the bytes that numbers are made of, in whatever order: for a number that nobody needs. */
static inline const char *json_skip_number(const char *at, const char *end)
{
#ifdef JSON_SCAN_SSE2
    while (end - at >= JSON_BLOCK) {
        json_mask other = ~json_block_digits(json_block_load(at)) & 0xffff;
        if (!other) {
            at += JSON_BLOCK;
            continue;
        }
        at += json_mask_first(other);
        if (!json_in_number(*at)) return at;
        at++;
    }
#endif
    while (at < end && json_in_number(*at)) at++;
    return at;
}

/* Behind a value of any kind that nobody needs, `at` being on its first byte. */
static inline const char *json_skip(const char *at, const char *end)
{
    char c = json_peek(at, end);
    if (c == '"') {
        const char *quote = json_skip_string(at + 1, end);
        return quote ? quote + 1 : NULL;
    }
    if ((c >= '0' && c <= '9') || c == '-') return json_skip_number(at + 1, end);
    if (c == '{' || c == '[') return json_skip_nested(at + 1, end, c);
    if (c == 't') return json_literal(at, end, TEXT("true"));
    if (c == 'f') return json_literal(at, end, TEXT("false"));
    if (c == 'n') return json_literal(at, end, TEXT("null"));
    return NULL;
}
