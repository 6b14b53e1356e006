/* text.c - comparing, copying and changing borrowed text. */
#include "engine/base/text.h"
#include "engine/base/arena.h"
#include <ctype.h>
#include <stdio.h>

struct text text_of(const char *string)
{
    return string ? (struct text){string, strlen(string)} : NO_TEXT;
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

bool text_equal_nocase(struct text a, struct text b)
{
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.data[i]) != lower(b.data[i])) return false;
    return true;
}

int text_compare(struct text a, struct text b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.data, b.data, n) : 0;
    if (order) return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool text_starts_with(struct text text, struct text prefix)
{
    return text.len >= prefix.len && (prefix.len == 0 || memcmp(text.data, prefix.data, prefix.len) == 0);
}

bool text_ends_with(struct text text, struct text suffix)
{
    if (text.len < suffix.len) return false;
    return suffix.len == 0 || memcmp(text.data + text.len - suffix.len, suffix.data, suffix.len) == 0;
}

struct text text_trim(struct text text)
{
    while (text.len && (unsigned char)text.data[0] <= ' ') text.data++, text.len--;
    while (text.len && (unsigned char)text.data[text.len - 1] <= ' ') text.len--;
    return text;
}

struct text text_copy(struct arena *arena, struct text text)
{
    if (!text.data) return NO_TEXT;
    char *copy = arena_alloc(arena, text.len + 1);
    memcpy(copy, text.data, text.len);
    copy[text.len] = 0;
    return (struct text){copy, text.len};
}

struct text text_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *data = arena_vprintf(arena, format, arguments);
    va_end(arguments);
    return text_of(data);
}

static struct text mapped(struct arena *arena, struct text text, int (*map)(int))
{
    struct text copy = text_copy(arena, text);
    for (size_t i = 0; i < copy.len; i++) {
        unsigned char c = (unsigned char)copy.data[i];
        if (c < 0x80) ((char *)copy.data)[i] = (char)map(c);
    }
    return copy;
}

struct text text_upper(struct arena *arena, struct text text)
{
    return mapped(arena, text, toupper);
}

struct text text_lower(struct arena *arena, struct text text)
{
    return mapped(arena, text, tolower);
}

/* Levenshtein's distance with one row of the table; rows beyond 64 bytes are not worth a hint. */
unsigned text_distance(struct text a, struct text b, unsigned limit)
{
    unsigned row[65];
    if (a.len > 64 || b.len > 64) return limit + 1;
    for (size_t j = 0; j <= b.len; j++) row[j] = (unsigned)j;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            unsigned best = diagonal + (lower(a.data[i - 1]) != lower(b.data[j - 1]));
            diagonal = row[j];
            if (row[j] + 1 < best) best = row[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[b.len] > limit ? limit + 1 : row[b.len];
}

struct text text_nearest(struct text text, const struct text *candidates, size_t n)
{
    struct text nearest = NO_TEXT;
    unsigned best = (unsigned)(text.len / 3) + 1;
    for (size_t i = 0; i < n; i++) {
        unsigned distance = text_distance(text, candidates[i], best);
        if (distance >= best) continue;
        best = distance;
        nearest = candidates[i];
    }
    return nearest;
}

/* Lengths and second-byte ranges of well-formed sequences: Unicode Standard, table 3-7. */
static size_t sequence_length(const unsigned char *s, size_t left)
{
    if (s[0] < 0x80) return 1;
    unsigned char low = 0x80, high = 0xbf;
    size_t len;
    if (s[0] >= 0xc2 && s[0] <= 0xdf)
        len = 2;
    else if ((s[0] & 0xf0) == 0xe0)
        len = 3, low = s[0] == 0xe0 ? 0xa0 : low, high = s[0] == 0xed ? 0x9f : high;
    else if (s[0] >= 0xf0 && s[0] <= 0xf4)
        len = 4, low = s[0] == 0xf0 ? 0x90 : low, high = s[0] == 0xf4 ? 0x8f : high;
    else
        return 0;
    if (len > left || s[1] < low || s[1] > high) return 0;
    for (size_t i = 2; i < len; i++)
        if ((s[i] & 0xc0) != 0x80) return 0;
    return len;
}

size_t text_valid_utf8(struct text text)
{
    const unsigned char *s = (const unsigned char *)text.data;
    size_t at = 0;
    while (at < text.len) {
        uint64_t word;
        if (text.len - at >= sizeof word && (memcpy(&word, s + at, sizeof word), !(word & 0x8080808080808080u))) {
            at += sizeof word;
            continue;
        }
        size_t len = sequence_length(s + at, text.len - at);
        if (!len) break;
        at += len;
    }
    return at;
}
