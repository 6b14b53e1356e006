/* properties.c - lines of the file to lines of the author's, those to names and values. */
#include "engine/base/properties.h"
#include "engine/base/arena.h"
#include "engine/base/buffer.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\f';
}

static struct text skip_space(struct text text)
{
    while (text.len && is_space(*text.data)) text.data++, text.len--;
    return text;
}

/* ---- lines */

/* A line of the file without its end: \n, \r or \r\n. */
static struct text take_line(struct properties *properties)
{
    struct text *rest = &properties->rest, line = {rest->data, 0};
    while (line.len < rest->len && rest->data[line.len] != '\n' && rest->data[line.len] != '\r') line.len++;
    size_t taken = line.len;
    if (taken < rest->len && rest->data[taken] == '\r') taken++;
    if (taken < rest->len && rest->data[taken] == '\n') taken++;
    *rest = (struct text){rest->data + taken, rest->len - taken};
    properties->n_lines++;
    return skip_space(line);
}

/* A backslash that is not itself behind a backslash ends the line. */
static bool goes_on(struct text line)
{
    size_t n = 0;
    while (n < line.len && line.data[line.len - 1 - n] == '\\') n++;
    return n % 2;
}

static bool says_nothing(struct text line)
{
    return !line.len || *line.data == '#' || *line.data == '!';
}

/* The next line that is no comment, with those that continue it. False at the end. */
static bool take_entry(struct properties *properties, struct arena *arena, struct text *entry)
{
    struct text line = NO_TEXT;
    while (properties->rest.len && says_nothing(line)) line = take_line(properties);
    if (says_nothing(line)) return false;
    properties->line = properties->n_lines;
    struct buffer whole = BUFFER(properties->rest.len + line.len);
    for (; goes_on(line); line = take_line(properties)) buffer_append(&whole, line.data, line.len - 1);
    buffer_append_text(&whole, line);
    *entry = text_copy(arena, buffer_text(&whole));
    buffer_free(&whole);
    return true;
}

/* ---- names and values */

static int hex_value(char c)
{
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c | 0x20) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* The four digits of a \u; false if they are not. */
static bool read_hex(struct text text, unsigned *c)
{
    *c = 0;
    for (int i = 0; i < 4; i++) {
        int digit = text.len > (size_t)i ? hex_value(text.data[i]) : -1;
        if (digit < 0) return false;
        *c = *c << 4 | (unsigned)digit;
    }
    return true;
}

static char *put_utf8(char *to, unsigned c)
{
    if (c < 0x80)
        *to++ = (char)c;
    else if (c < 0x800)
        *to++ = (char)(0xc0 | c >> 6), *to++ = (char)(0x80 | (c & 0x3f));
    else
        *to++ = (char)(0xe0 | c >> 12), *to++ = (char)(0x80 | (c >> 6 & 0x3f)), *to++ = (char)(0x80 | (c & 0x3f));
    return to;
}

static char plain_escape(char c)
{
    return c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c == 'f' ? '\f' : c;
}

static struct text unescape(struct arena *arena, struct text text)
{
    char *copy = arena_alloc(arena, text.len + 1), *to = copy;
    unsigned c;
    for (size_t i = 0; i < text.len; i++) {
        bool escape = text.data[i] == '\\' && i + 1 < text.len;
        if (escape) i++;
        struct text digits = {text.data + i + 1, text.len - i - 1};
        if (escape && text.data[i] == 'u' && read_hex(digits, &c))
            to = put_utf8(to, c), i += 4;
        else
            *to++ = escape ? plain_escape(text.data[i]) : text.data[i];
    }
    *to = 0;
    return (struct text){copy, (size_t)(to - copy)};
}

static bool is_separator(char c)
{
    return c == '=' || c == ':';
}

bool properties_next(struct properties *properties, struct arena *arena, struct text *name, struct text *value)
{
    struct text entry;
    if (!take_entry(properties, arena, &entry)) return false;
    size_t at = 0;
    while (at < entry.len && !is_separator(entry.data[at]) && !is_space(entry.data[at]))
        at += entry.data[at] == '\\' && at + 1 < entry.len ? 2 : 1;
    *name = unescape(arena, (struct text){entry.data, at});
    struct text rest = skip_space((struct text){entry.data + at, entry.len - at});
    bool separated = rest.len > 0;
    if (separated && is_separator(*rest.data)) rest = skip_space((struct text){rest.data + 1, rest.len - 1});
    *value = separated ? unescape(arena, rest) : NO_TEXT;
    return true;
}
