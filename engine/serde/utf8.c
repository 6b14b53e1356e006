/* utf8.c - writing a character, and replacing what is not one. */
#include "engine/serde/utf8.h"
#include "engine/base/arena.h"

size_t utf8_put(char *out, uint32_t character)
{
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    size_t n = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {[2] = 0xc0, [3] = 0xe0, [4] = 0xf0};
    for (size_t i = n - 1; i > 0; i--, character >>= 6) out[i] = (char)(0x80 | (character & 0x3f));
    out[0] = (char)(leads[n] | character);
    return n;
}

static bool continues(struct text text, size_t i)
{
    return i < text.len && ((unsigned char)text.data[i] & 0xc0) == 0x80;
}

/* The bytes at `at`, where a well-formed sequence does not stand, that one U+FFFD stands for: what could have been the
 * beginning of a sequence, and a surrogate's three bytes together. */
static size_t ill_formed_length(struct text text, size_t at)
{
    unsigned char lead = (unsigned char)text.data[at];
    if (lead < 0xe0 || lead > 0xf4 || !continues(text, at + 1)) return 1;
    unsigned char second = (unsigned char)text.data[at + 1];
    if (lead == 0xe0 && second < 0xa0) return 1;
    if (lead == 0xed && second >= 0xa0) return continues(text, at + 2) ? 3 : 2;
    if (lead < 0xf0) return 2;
    if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) return 1;
    return continues(text, at + 2) ? 3 : 2;
}

struct text utf8_repair(struct arena *arena, struct text text)
{
    size_t valid = text_valid_utf8(text);
    if (valid == text.len) return text;
    char *copy = arena_alloc(arena, text.len * 3), *to = copy;
    for (size_t at = 0; at < text.len;) {
        valid = text_valid_utf8((struct text){text.data + at, text.len - at});
        memcpy(to, text.data + at, valid);
        to += valid;
        at += valid;
        if (at == text.len) break;
        to += utf8_put(to, UTF8_REPLACEMENT);
        at += ill_formed_length(text, at);
    }
    return (struct text){copy, (size_t)(to - copy)};
}
