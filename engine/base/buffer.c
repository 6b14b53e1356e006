/* buffer.c - growing by doubling, up to the ceiling. */
#include "engine/base/buffer.h"
#include "engine/base/arena.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buffer_free(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){.ceiling = buffer->ceiling};
}

char *buffer_grow(struct buffer *buffer, size_t more)
{
    if (buffer->overflow || more > buffer->ceiling - buffer->len) {
        buffer->overflow = true;
        return NULL;
    }
    size_t capacity = buffer->capacity ? buffer->capacity : 64;
    while (capacity - buffer->len < more) capacity *= 2;
    if (capacity > buffer->ceiling) capacity = buffer->ceiling;
    buffer->data = heap_realloc(buffer->data, capacity);
    buffer->capacity = capacity;
    return buffer->data + buffer->len;
}

void buffer_append(struct buffer *buffer, const void *data, size_t len)
{
    if (!len) return;
    char *end = buffer_reserve(buffer, len);
    if (!end) return;
    memcpy(end, data, len);
    buffer->len += len;
}

void buffer_append_text(struct buffer *buffer, struct text text)
{
    buffer_append(buffer, text.data, text.len);
}

void buffer_append_string(struct buffer *buffer, const char *string)
{
    buffer_append(buffer, string, strlen(string));
}

void buffer_append_char(struct buffer *buffer, char c)
{
    buffer_append(buffer, &c, 1);
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *end = buffer_reserve(buffer, (size_t)len + 1);
    if (!end) return;
    va_start(arguments, format);
    vsnprintf(end, (size_t)len + 1, format, arguments);
    va_end(arguments);
    buffer->len += (size_t)len;
}

void buffer_clear(struct buffer *buffer)
{
    buffer->len = 0;
    buffer->overflow = false;
}

struct text buffer_text(const struct buffer *buffer)
{
    return (struct text){buffer->data ? buffer->data : "", buffer->len};
}
