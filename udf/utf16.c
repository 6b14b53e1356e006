/* utf16.c - counting UTF-16 units in UTF-8. A lead byte of F0 or more stands for two of them, every other lead byte for
 * one. */
#include "udf/utf16.h"

static bool is_lead(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

size_t utf16_len(struct text text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) n += is_lead(text.data[i]) + ((unsigned char)text.data[i] >= 0xf0);
    return n;
}

size_t utf16_offset(struct text text, size_t n)
{
    size_t at = 0, units = 0;
    while (at < text.len) {
        size_t next = units + 1 + ((unsigned char)text.data[at] >= 0xf0);
        if (next > n) return at;
        units = next;
        at += utf16_character(text, at, NULL);
    }
    return at;
}

size_t utf16_character(struct text text, size_t at, uint32_t *code)
{
    unsigned char lead = (unsigned char)text.data[at];
    uint32_t value = lead < 0x80 ? lead : lead < 0xe0 ? lead & 0x1f : lead < 0xf0 ? lead & 0x0f : lead & 0x07;
    size_t len = 1;
    while (at + len < text.len && !is_lead(text.data[at + len])) {
        value = value << 6 | ((unsigned char)text.data[at + len] & 0x3f);
        len++;
    }
    if (code) *code = value;
    return len;
}
