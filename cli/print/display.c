/* display.c - characters, their widths, and those that are not shown. */
#include "cli/print/display.h"

struct range {
    uint32_t first, last;
};

/* Two columns: East Asian writing, emoji. */
static const struct range wide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2e80, 0x303e},   {0x3041, 0x4dbf},   {0x4e00, 0xa4cf},
    {0xa960, 0xa97c},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},
    {0xffe0, 0xffe6},   {0x16fe0, 0x18aff}, {0x1b000, 0x1b2fb}, {0x1f1e6, 0x1f1ff}, {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd},
};

/* No column: combining, invisible. */
static const struct range narrow[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a},   {0x064b, 0x065f},
    {0x0900, 0x0902}, {0x093c, 0x093c}, {0x0941, 0x0948}, {0x0e31, 0x0e31},   {0x0e34, 0x0e3a},
    {0x0e47, 0x0e4e}, {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2064},   {0x20d0, 0x20f0},
    {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0x1f3fb, 0x1f3ff}, {0xe0100, 0xe01ef},
};

static bool in_ranges(uint32_t c, const struct range *ranges, size_t n)
{
    for (size_t i = 0; i < n && c >= ranges[i].first; i++)
        if (c <= ranges[i].last) return true;
    return false;
}

/* The character at the start of a text that is not empty; a byte that begins none is one by itself. */
static size_t decode(struct text text, uint32_t *c)
{
    const unsigned char *s = (const unsigned char *)text.data;
    size_t len = s[0] < 0xc2 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    *c = 0xfffd;
    if (s[0] < 0x80) return *c = s[0], 1;
    if (len == 1 || len > text.len || text_valid_utf8((struct text){text.data, len}) < len) return 1;
    *c = s[0] & (0xff >> (len + 1));
    for (size_t i = 1; i < len; i++) *c = *c << 6 | (s[i] & 0x3f);
    return len;
}

static unsigned columns_of(uint32_t c)
{
    if (c < 0x300) return 1;
    if (in_ranges(c, narrow, sizeof narrow / sizeof *narrow)) return 0;
    return in_ranges(c, wide, sizeof wide / sizeof *wide) ? 2 : 1;
}

unsigned display_width(struct text text)
{
    unsigned columns = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t c;
        at += decode((struct text){text.data + at, text.len - at}, &c);
        columns += columns_of(c);
    }
    return columns;
}

size_t display_fit(struct text text, unsigned columns, unsigned *used)
{
    size_t at = 0;
    *used = 0;
    while (at < text.len) {
        uint32_t c;
        size_t len = decode((struct text){text.data + at, text.len - at}, &c);
        unsigned more = columns_of(c);
        if (at > 0 && *used + more > columns) break;
        *used += more;
        at += len;
    }
    return at;
}

/* ASCII's control characters, Unicode's C1, line and paragraph separators, and those that turn the direction of
 * writing. */
static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

bool display_is_odd(struct text text)
{
    for (size_t at = 0; at < text.len;) {
        unsigned char byte = (unsigned char)text.data[at];
        if (byte >= 0x20 && byte < 0x7f) {
            at++;
            continue;
        }
        uint32_t c;
        size_t len = decode((struct text){text.data + at, text.len - at}, &c);
        if (is_control(c) || (c == 0xfffd && len == 1)) return true;
        at += len;
    }
    return false;
}

void display_escape(struct buffer *out, struct text text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t c;
        size_t len = decode((struct text){text.data + at, text.len - at}, &c);
        if (c == '\n') buffer_append_string(out, "\\n");
        else if (c == '\t') buffer_append_string(out, "\\t");
        else if (c == '\r') buffer_append_string(out, "\\r");
        else if (is_control(c)) buffer_printf(out, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
        else if (c == 0xfffd && len == 1) buffer_append_string(out, "\xef\xbf\xbd");
        else buffer_append(out, text.data + at, len);
        at += len;
    }
}

void display_fold(struct buffer *out, struct text text)
{
    text = text_trim(text);
    for (size_t i = 0; i < text.len; i++) {
        bool space = (unsigned char)text.data[i] <= ' ';
        if (!space) buffer_append_char(out, text.data[i]);
        else if ((unsigned char)text.data[i - 1] > ' ') buffer_append_char(out, ' ');
    }
}

void display_pad(struct buffer *out, unsigned columns)
{
    while (columns--) buffer_append_char(out, ' ');
}
