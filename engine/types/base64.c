/* base64.c - four digits for three bytes. */
#include "engine/types/base64.h"
#include "engine/base/arena.h"
#include "engine/base/buffer.h"

void base64_print(struct buffer *out, struct text bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *at = (const unsigned char *)bytes.data, *end = at + bytes.len;
    size_t len = (bytes.len + 2) / 3 * 4;
    if (!len) return;
    char *text = buffer_reserve(out, len);
    if (!text) return;
    for (; end - at >= 3; at += 3, text += 4) {
        uint32_t group = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
        for (int i = 0; i < 4; i++) text[i] = digits[group >> (18 - 6 * i) & 63];
    }
    if (at < end) {
        uint32_t group = (uint32_t)at[0] << 16 | (end - at == 2 ? (uint32_t)at[1] << 8 : 0);
        text[0] = digits[group >> 18];
        text[1] = digits[group >> 12 & 63];
        text[2] = end - at == 2 ? digits[group >> 6 & 63] : '=';
        text[3] = '=';
    }
    out->len += len;
}

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_parse(struct arena *arena, struct text text, struct text *bytes)
{
    if (text.len % 4 == 0 && text.len) {
        if (text.data[text.len - 1] == '=') text.len--;
        if (text.data[text.len - 1] == '=') text.len--;
    }
    if (text.len % 4 == 1) return false;
    char *out = arena_alloc(arena, text.len / 4 * 3 + 3), *at = out;
    uint32_t group = 0;
    for (size_t i = 0; i < text.len; i++) {
        int value = value_of(text.data[i]);
        if (value < 0) return false;
        group = group << 6 | (uint32_t)value;
        if (i % 4 == 0) continue;
        *at++ = (char)(group >> (6 - 2 * (i % 4)));
    }
    *bytes = (struct text){out, (size_t)(at - out)};
    return true;
}
