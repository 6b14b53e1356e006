/* json_string.c - escapes, read and written. */
#include "engine/serde/json_string.h"
#include "engine/base/arena.h"
#include "engine/base/buffer.h"
#include "engine/serde/utf8.h"

/* ---- reading */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits behind \u, or -1. */
static int32_t hex_unit(const char *at, const char *end)
{
    if (end - at < 4) return -1;
    int32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0) return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

/* `*at` is behind \u and ends behind the digits, of both halves where there are two. */
static int32_t escaped_character(const char **at, const char *end)
{
    int32_t unit = hex_unit(*at, end);
    if (unit < 0) return -1;
    *at += 4;
    if (unit < 0xd800 || unit > 0xdfff) return unit;
    bool pair = unit < 0xdc00 && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u';
    int32_t low = pair ? hex_unit(*at + 2, end) : 0;
    if (low < 0xdc00 || low > 0xdfff) return UTF8_REPLACEMENT;
    *at += 6;
    return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

static char short_escape(char c)
{
    switch (c) {
    case '"':
    case '\\':
    case '/': return c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return 0;
    }
}

/* The text is never longer than what it is read from: six bytes of an escape give at most three. */
static bool unescape(struct arena *arena, struct text raw, struct text *out)
{
    char *copy = arena_alloc(arena, raw.len), *to = copy;
    const char *at = raw.data, *end = raw.data + raw.len;
    while (at < end) {
        const char *backslash = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((backslash ? backslash : end) - at);
        memcpy(to, at, plain);
        to += plain;
        at += plain;
        if (!backslash) break;
        char c = at[1];
        at += 2;
        if (c == 'u') {
            int32_t character = escaped_character(&at, end);
            if (character < 0) return false;
            to += utf8_put(to, (uint32_t)character);
        } else {
            *to = short_escape(c);
            if (!*to++) return false;
        }
    }
    *out = (struct text){copy, (size_t)(to - copy)};
    return true;
}

bool json_string_text(struct arena *arena, struct text raw, unsigned flags, struct text *out)
{
    if (flags & JSON_NOT_ASCII && text_valid_utf8(raw) != raw.len) return false;
    if (flags & JSON_ESCAPED) return unescape(arena, raw, out);
    *out = raw;
    return true;
}

/* ---- writing */

/* The first byte that does not stand for itself, from `at` on. */
static const char *find_special(const char *at, const char *end)
{
    while (end - at >= JSON_BLOCK) {
        json_block block = json_block_load(at);
        json_mask stop = json_block_string_stops(block) | json_block_high(block);
        if (stop) return at + json_mask_first(stop);
        at += JSON_BLOCK;
    }
    while (at < end && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80 && *at != '"' && *at != '\\') at++;
    return at;
}

static void append_unit(struct buffer *out, uint32_t unit)
{
    static const char hex[] = "0123456789ABCDEF";
    char escape[6] = {'\\', 'u', hex[unit >> 12 & 15], hex[unit >> 8 & 15], hex[unit >> 4 & 15], hex[unit & 15]};
    buffer_append(out, escape, sizeof escape);
}

static void append_escape(struct buffer *out, char c)
{
    static const char shorts[0x20] = {['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    char letter = (unsigned char)c < 0x20 ? shorts[(unsigned char)c] : c;
    if (!letter) {
        append_unit(out, (unsigned char)c);
        return;
    }
    buffer_append(out, (char[]){'\\', letter}, 2);
}

/* The four bytes of a character beyond U+FFFF: text inside the engine is well-formed. */
static void append_surrogates(struct buffer *out, const char *at)
{
    uint32_t character = (uint32_t)(at[0] & 7) << 18 | (uint32_t)(at[1] & 0x3f) << 12 | (uint32_t)(at[2] & 0x3f) << 6 |
                         (uint32_t)(at[3] & 0x3f);
    character -= 0x10000;
    append_unit(out, 0xd800 + (character >> 10 & 0x3ff));
    append_unit(out, 0xdc00 + (character & 0x3ff));
}

/* `split`: characters beyond U+FFFF become surrogates. Text that is not ASCII is looked at byte by byte. */
static void append_escaped(struct buffer *out, const char *at, const char *end, bool split)
{
    while (at < end) {
        const char *from = at;
        at = find_special(at, end);
        while (at < end && (unsigned char)*at >= 0x80 && ((unsigned char)*at < 0xf0 || !split)) at++;
        buffer_append(out, from, (size_t)(at - from));
        if (at == end) return;
        unsigned char c = (unsigned char)*at;
        if (c >= 0xf0) {
            append_surrogates(out, at);
            at += end - at < 4 ? end - at : 4;
        } else if (c < 0x20 || c == '"' || c == '\\') {
            append_escape(out, *at++);
        }
    }
}

/* Copies up to the first special byte of the piece, or more; returns where that byte is, or the piece's length. */
static inline size_t copy_block(char *to, const char *at)
{
    json_block block = json_block_load(at);
    json_mask stop = json_block_string_stops(block) | json_block_high(block);
    memcpy(to, at, JSON_BLOCK);
    return stop ? json_mask_first(stop) : JSON_BLOCK;
}

/* For texts that are shorter than a block. */
static inline size_t copy_short(char *to, const char *at, size_t len)
{
#ifdef JSON_SCAN_SSE2
    if (len >= 8) {
        __m128i first = _mm_loadl_epi64((const __m128i *)at), last = _mm_loadl_epi64((const __m128i *)(at + len - 8));
        json_block both = _mm_unpacklo_epi64(first, last);
        _mm_storel_epi64((__m128i *)to, first);
        _mm_storel_epi64((__m128i *)(to + len - 8), last);
        if (!(json_block_string_stops(both) | json_block_high(both))) return len;
    }
#endif
    size_t plain = (size_t)(find_special(at, at + len) - at);
    for (size_t i = 0; i < plain; i++) to[i] = at[i];
    return plain;
}

/* Copies up to the first special byte; returns where it is, or the text's length. The last block of a text reaches back
 * into the one before. */
static size_t copy_plain(char *to, struct text text)
{
    if (text.len < JSON_BLOCK) return copy_short(to, text.data, text.len);
    for (size_t at = 0; at < text.len; at += JSON_BLOCK) {
        if (at + JSON_BLOCK > text.len) at = text.len - JSON_BLOCK;
        size_t plain = copy_block(to + at, text.data + at);
        if (plain < JSON_BLOCK) return at + plain;
    }
    return text.len;
}

/* Most texts are short, and nothing in them is special. */
static void append_quoted(struct buffer *out, struct text text, bool split)
{
    char *to = buffer_reserve(out, text.len + 2);
    if (!to) return;
    size_t plain = copy_plain(to + 1, text);
    *to = '"';
    if (plain == text.len) {
        to[1 + plain] = '"';
        out->len += plain + 2;
        return;
    }
    out->len += 1 + plain;
    append_escaped(out, text.data + plain, text.data + text.len, split);
    buffer_append_char(out, '"');
}

void json_append_string(struct buffer *out, struct text text)
{
    append_quoted(out, text, true);
}

void json_append_string_whole(struct buffer *out, struct text text)
{
    append_quoted(out, text, false);
}
