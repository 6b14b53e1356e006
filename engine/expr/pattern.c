/* pattern.c - matching a text with LIKE's patterns.
 *
 *     '%ALARM%'   is looked at once, and becomes a search for ALARM (search.c)
 *     'a_b%c'     is walked with the text: at a % the place is remembered, and on a mismatch the walk goes on from one
 *                 character behind it; an earlier % need not be tried again, so that the cost is at most the product
 *                 of the lengths
 *
 * Characters are those of UTF-8: _ takes all bytes of one.
 */
#include "engine/expr/pattern.h"
#include "engine/base/arena.h"

static size_t character_len(struct text text, size_t at)
{
    size_t len = 1;
    while (at + len < text.len && ((unsigned char)text.data[at + len] & 0xc0) == 0x80) len++;
    return len;
}

static bool stands_at(struct text text, size_t at, struct text part)
{
    return part.len && text.len - at >= part.len && memcmp(text.data + at, part.data, part.len) == 0;
}

/* ---- the general way */

/* One element of a pattern: a wildcard, or a character (its bytes). */
struct element {
    char wildcard; /* '%', '_', or 0 */
    struct text literal;
    size_t len; /* bytes of the pattern */
};

static struct element element_at(struct text pattern, struct text escape, size_t at)
{
    size_t skip = 0;
    if (stands_at(pattern, at, escape) && at + escape.len < pattern.len)
        skip = escape.len;
    else if (pattern.data[at] == '%' || pattern.data[at] == '_')
        return (struct element){pattern.data[at], NO_TEXT, 1};
    size_t len = character_len(pattern, at + skip);
    return (struct element){0, {pattern.data + at + skip, len}, skip + len};
}

bool pattern_is_whole(struct text pattern, struct text escape)
{
    if (!escape.len || !text_ends_with(pattern, escape)) return true;
    size_t at = 0;
    while (at + escape.len < pattern.len) at += element_at(pattern, escape, at).len;
    return at == pattern.len;
}

/* The first place from `at` on where the pattern's element at `p` can stand: behind a %, a character is searched for
 * and not walked to. SIZE_MAX: nowhere. */
static size_t next_start(struct text pattern, struct text escape, size_t p, struct text text, size_t at)
{
    if (p >= pattern.len) return at;
    struct element element = element_at(pattern, escape, p);
    if (element.wildcard) return at;
    const char *found = at < text.len ? memchr(text.data + at, element.literal.data[0], text.len - at) : NULL;
    return found ? (size_t)(found - text.data) : SIZE_MAX;
}

bool pattern_matches_text(struct text pattern, struct text escape, struct text text)
{
    size_t p = 0, t = 0, retry_p = SIZE_MAX, retry_t = 0;
    while (t < text.len || p < pattern.len) {
        struct element element = p < pattern.len ? element_at(pattern, escape, p) : (struct element){0};
        bool fits = element.wildcard == '_' ? t < text.len : element.len && stands_at(text, t, element.literal);
        if (fits) {
            t += element.wildcard ? character_len(text, t) : element.literal.len;
            p += element.len;
            continue;
        }
        if (element.wildcard == '%') {
            p += element.len;
            retry_p = p;
        } else if (retry_p == SIZE_MAX || retry_t >= text.len) {
            return false;
        } else {
            t = retry_t + character_len(text, retry_t);
            p = retry_p;
        }
        t = retry_t = next_start(pattern, escape, p, text, t);
        if (t == SIZE_MAX) return false;
    }
    return true;
}

/* ---- compiled */

/* The literal text of a pattern that has wildcards at its ends only; false if it has others. */
static bool plain_text(struct text pattern, struct text escape, size_t from, size_t to, char *out, size_t *len)
{
    *len = 0;
    for (size_t at = from; at < to;) {
        struct element element = element_at(pattern, escape, at);
        if (element.wildcard) return false;
        memcpy(out + *len, element.literal.data, element.literal.len);
        *len += element.literal.len;
        at += element.len;
    }
    return true;
}

/* Where the pattern's last % begins, if it ends with one that is not escaped; else its end. */
static size_t trailing_percents(struct text pattern, struct text escape)
{
    size_t end = pattern.len, first = pattern.len;
    for (size_t at = 0; at < end;) {
        struct element element = element_at(pattern, escape, at);
        if (element.wildcard != '%')
            first = end;
        else if (first == end)
            first = at;
        at += element.len;
    }
    return first;
}

struct pattern pattern_compile(struct arena *arena, struct text text, struct text escape)
{
    struct pattern pattern = {.kind = PATTERN_GENERAL, .text = text, .escape = escape};
    size_t from = 0, to = trailing_percents(text, escape), len;
    while (from < to && !stands_at(text, from, escape) && text.data[from] == '%') from++;
    char *literal = arena_alloc(arena, text.len + 1);
    if (!plain_text(text, escape, from, to, literal, &len)) return pattern;
    bool open_start = from > 0, open_end = to < text.len;
    pattern.text = (struct text){literal, len};
    pattern.kind = open_start && open_end ? PATTERN_CONTAINS
                   : open_start           ? PATTERN_SUFFIX
                   : open_end             ? PATTERN_PREFIX
                                          : PATTERN_EQUAL;
    return pattern;
}

bool pattern_matches(const struct pattern *pattern, struct text text)
{
    switch (pattern->kind) {
    case PATTERN_EQUAL: return text_equal(text, pattern->text);
    case PATTERN_PREFIX: return text_starts_with(text, pattern->text);
    case PATTERN_SUFFIX: return text_ends_with(text, pattern->text);
    case PATTERN_CONTAINS: return pattern_contains(text, pattern->text);
    default: return pattern_matches_text(pattern->text, pattern->escape, text);
    }
}
