/* pattern.c - matching a text with LIKE's patterns.
 *
 *     '%ALARM%'   is [run, ALARM, run], looked at once, and becomes a search for ALARM (search.c)
 *     'a_b%cd'    is [a, one, b, run, cd], and is walked with the text: at a run the place is remembered, and on a
 *                 mismatch the walk goes on from one character behind it; an earlier run need not be tried again, so
 *                 that the cost is at most the product of the lengths
 *
 * Characters are those of UTF-8: _ takes all bytes of one.
 */
#include "engine/expr/pattern.h"
#include "engine/base/arena.h"

enum piece_kind {
    PIECE_TEXT, /* this text */
    PIECE_ONE,  /* _ */
    PIECE_RUN,  /* %, or several */
};

struct pattern_piece {
    enum piece_kind kind;
    struct text text;
};

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

/* ---- compiling */

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

/* Adds to the pieces, whose texts stand one behind the other in memory that ends at `end`. */
static uint32_t add_piece(struct pattern_piece *pieces, uint32_t n, struct element element, char *end)
{
    enum piece_kind kind = element.wildcard == '%' ? PIECE_RUN : element.wildcard ? PIECE_ONE : PIECE_TEXT;
    bool joins = n && pieces[n - 1].kind == kind && kind != PIECE_ONE;
    if (!joins) pieces[n++] = (struct pattern_piece){kind, {end, 0}};
    if (element.wildcard) return n;
    memcpy(end, element.literal.data, element.literal.len);
    pieces[n - 1].text.len += element.literal.len;
    return n;
}

/* Those that need no walk. */
static enum pattern_kind kind_of(const struct pattern_piece *pieces, uint32_t n, struct text *text)
{
    bool opens = n && pieces[0].kind == PIECE_RUN, ends = n > 1 && pieces[n - 1].kind == PIECE_RUN;
    uint32_t n_inside = n - opens - ends;
    if (n_inside > 1 || (n_inside && pieces[opens].kind == PIECE_ONE)) return PATTERN_GENERAL;
    *text = n_inside ? pieces[opens].text : TEXT("");
    if (opens) return ends || !n_inside ? PATTERN_CONTAINS : PATTERN_SUFFIX;
    return ends ? PATTERN_PREFIX : PATTERN_EQUAL;
}

struct pattern pattern_compile(struct arena *arena, struct text text, struct text escape)
{
    struct pattern_piece *pieces = ARENA_ARRAY(arena, struct pattern_piece, text.len + 1);
    char *end = arena_alloc(arena, text.len + 1);
    struct pattern pattern = {.pieces = pieces};
    for (size_t at = 0; at < text.len;) {
        struct element element = element_at(text, escape, at);
        pattern.n_pieces = add_piece(pieces, pattern.n_pieces, element, end);
        end += element.literal.len;
        at += element.len;
    }
    pattern.kind = kind_of(pieces, pattern.n_pieces, &pattern.text);
    return pattern;
}

/* ---- matching */

/* The first place from `at` on where the piece can stand: behind a run, a text is searched for and not walked to.
 * SIZE_MAX: nowhere. */
static size_t next_start(const struct pattern_piece *piece, struct text text, size_t at)
{
    if (piece->kind != PIECE_TEXT) return at;
    const char *found = at < text.len ? memchr(text.data + at, piece->text.data[0], text.len - at) : NULL;
    return found ? (size_t)(found - text.data) : SIZE_MAX;
}

/* True if the piece stands at `at`, which then is behind it. */
static bool take_piece(const struct pattern_piece *piece, struct text text, size_t *at)
{
    bool stands = piece->kind == PIECE_ONE ? *at < text.len : stands_at(text, *at, piece->text);
    if (stands) *at += piece->kind == PIECE_ONE ? character_len(text, *at) : piece->text.len;
    return stands;
}

static bool walk(const struct pattern *pattern, struct text text)
{
    const struct pattern_piece *piece = pattern->pieces, *end = piece + pattern->n_pieces, *retry = NULL;
    size_t at = 0, retry_at = 0;
    while (piece < end || at < text.len) {
        if (piece < end && piece->kind == PIECE_RUN) {
            retry = ++piece;
            if (piece == end) return true;
            at = retry_at = next_start(retry, text, at);
        } else if (piece < end && take_piece(piece, text, &at)) {
            piece++;
            continue;
        } else {
            if (!retry || retry_at >= text.len) return false;
            at = retry_at = next_start(retry, text, retry_at + character_len(text, retry_at));
            piece = retry;
        }
        if (at == SIZE_MAX) return false;
    }
    return true;
}

bool pattern_matches(const struct pattern *pattern, struct text text)
{
    switch (pattern->kind) {
    case PATTERN_EQUAL: return text_equal(text, pattern->text);
    case PATTERN_PREFIX: return text_starts_with(text, pattern->text);
    case PATTERN_SUFFIX: return text_ends_with(text, pattern->text);
    case PATTERN_CONTAINS: return pattern_contains(text, pattern->text);
    default: return walk(pattern, text);
    }
}
