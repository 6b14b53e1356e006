/* error.c - filling an error and showing it with its place in the text. */
#include "engine/base/error.h"
#include "engine/base/buffer.h"
#include <stdarg.h>
#include <stdio.h>

/* Formats, and marks with "..." what did not fit, without cutting a UTF-8 character in two. */
static void format_into(char *out, size_t size, const char *format, va_list arguments)
{
    int len = vsnprintf(out, size, format, arguments);
    if (len < 0 || (size_t)len < size) return;
    size_t end = text_valid_utf8((struct text){out, size - 4});
    memcpy(out + end, "...", 4);
}

bool error_set(struct error *error, enum error_code code, struct span span, const char *format, ...)
{
    if (!error) return false;
    error->code = code;
    error->span = span;
    error->lines_before = 0;
    error->hint[0] = 0;
    va_list arguments;
    va_start(arguments, format);
    format_into(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return false;
}

bool error_hint(struct error *error, const char *format, ...)
{
    if (!error) return false;
    va_list arguments;
    va_start(arguments, format);
    format_into(error->hint, sizeof error->hint, format, arguments);
    va_end(arguments);
    return false;
}

static void format_string(char *out, size_t size, const char *format, ...) PRINTF_LIKE(3, 4);
static void format_string(char *out, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    format_into(out, size, format, arguments);
    va_end(arguments);
}

bool error_prefix(struct error *error, const char *format, ...)
{
    if (!error) return false;
    char message[sizeof error->message], prefix[sizeof error->message];
    memcpy(message, error->message, sizeof message);
    va_list arguments;
    va_start(arguments, format);
    format_into(prefix, sizeof prefix, format, arguments);
    va_end(arguments);
    format_string(error->message, sizeof error->message, "%s%s", prefix, message);
    return false;
}

bool error_is_retriable(const struct error *error)
{
    return error->code == ERROR_WORLD;
}

void error_locate(struct text sql, uint32_t offset, unsigned *line, unsigned *column)
{
    *line = *column = 1;
    for (size_t i = 0; i < offset && i < sql.len; i++) {
        if (sql.data[i] == '\n')
            ++*line, *column = 1;
        else if (((unsigned char)sql.data[i] & 0xc0) != 0x80)
            ++*column;
    }
}

/* The line around the place, at most 100 bytes of it, and a caret below. */
static void print_caret(struct text sql, struct span span, struct buffer *out)
{
    enum { AROUND = 60 };
    size_t at = span.start < sql.len ? span.start : sql.len, start = at, end = at;
    while (start > 0 && sql.data[start - 1] != '\n' && at - start < AROUND) start--;
    while (end < sql.len && sql.data[end] != '\n' && end - at < AROUND) end++;
    while (start < at && ((unsigned char)sql.data[start] & 0xc0) == 0x80) start++;
    while (end > at && end < sql.len && ((unsigned char)sql.data[end] & 0xc0) == 0x80) end--;
    buffer_printf(out, "  " TEXT_FMT "\n  ", (int)(end - start), sql.data + start);
    for (size_t i = start; i < at; i++)
        if (((unsigned char)sql.data[i] & 0xc0) != 0x80) buffer_append_char(out, sql.data[i] == '\t' ? '\t' : ' ');
    buffer_append_char(out, '^');
    for (size_t i = at + 1; i < span.end && i < end; i++)
        if (((unsigned char)sql.data[i] & 0xc0) != 0x80) buffer_append_char(out, '~');
    buffer_append_char(out, '\n');
}

void error_print(const struct error *error, struct text sql, struct buffer *out)
{
    bool placed = sql.data && error->span.end > 0;
    if (placed) {
        unsigned line, column;
        error_locate(sql, error->span.start, &line, &column);
        buffer_printf(out, "line %u:%u: ", error->lines_before + line, column);
    }
    buffer_printf(out, "%s\n", error->message);
    if (placed) print_caret(sql, error->span, out);
    if (error->hint[0]) buffer_printf(out, "Hint: %s\n", error->hint);
}
