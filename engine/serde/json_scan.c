/* json_scan.c - the scanner's pieces that are not worth inlining. */
#include "engine/serde/json_scan.h"

struct json_string json_string_tail(const char *at, const char *end, unsigned flags)
{
    for (; at < end; at++) {
        unsigned char c = (unsigned char)*at;
        if (c == '"') return (struct json_string){at, flags};
        if (c < 0x20) break;
        if (c >= 0x80) flags |= JSON_NOT_ASCII;
        if (c != '\\') continue;
        flags |= JSON_ESCAPED;
        at++;
    }
    return (struct json_string){NULL, flags};
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (unsigned char)c >= 0x80;
}

const char *json_literal(const char *at, const char *end, struct text literal)
{
    if ((size_t)(end - at) < literal.len || memcmp(at, literal.data, literal.len) != 0) return NULL;
    at += literal.len;
    return is_word(json_peek(at, end)) ? NULL : at;
}

/* At least one digit. */
static const char *digits(const char *at, const char *end)
{
    if (!is_digit(json_peek(at, end))) return NULL;
    while (is_digit(json_peek(at, end))) at++;
    return at;
}

const char *json_number_end(const char *at, const char *end, bool *integer)
{
    *integer = true;
    if (json_peek(at, end) == '-') at++;
    const char *first = at;
    at = digits(at, end);
    if (!at || (*first == '0' && at - first > 1)) return NULL;
    char c = json_peek(at, end);
    if (c == '.') {
        *integer = false;
        at = digits(at + 1, end);
        if (!at) return NULL;
        c = json_peek(at, end);
    }
    if (c == 'e' || c == 'E') {
        *integer = false;
        c = json_peek(++at, end);
        at = digits(at + (c == '+' || c == '-'), end);
    }
    return at && is_word(json_peek(at, end)) ? NULL : at;
}

/* The next quote or bracket from `at` on, or NULL. */
static const char *find_bracket(const char *at, const char *end)
{
    while (end - at >= JSON_BLOCK) {
        json_mask stop = json_block_brackets(json_block_load(at));
        if (stop) return at + json_mask_first(stop);
        at += JSON_BLOCK;
    }
    for (; at < end; at++)
        if (*at == '"' || (*at | 0x20) == '{' || (*at | 0x20) == '}') return at;
    return NULL;
}

/* The brackets that are open are remembered as bits, 1 for an object, so that nothing is called in a circle. */
const char *json_skip_nested(const char *at, const char *end, char opening)
{
    uint64_t objects[JSON_MAX_DEPTH / 64 + 1];
    uint32_t depth = 0;
    objects[0] = opening == '{';
    while ((at = find_bracket(at, end))) {
        char c = *at++;
        if (c == '"') {
            at = json_skip_string(at, end);
            if (!at) return NULL;
            at++;
        } else if (c == '{' || c == '[') {
            if (++depth == JSON_MAX_DEPTH) return NULL;
            uint64_t bit = (uint64_t)1 << (depth & 63), *word = &objects[depth >> 6];
            if (!(depth & 63)) *word = 0;
            *word = c == '{' ? *word | bit : *word & ~bit;
        } else {
            if ((objects[depth >> 6] >> (depth & 63) & 1) != (c == '}')) return NULL;
            if (depth-- == 0) return at;
        }
    }
    return NULL;
}
