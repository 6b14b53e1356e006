/* buffer.h - bytes that grow, with a ceiling.
 *
 *     struct buffer out = BUFFER(1 << 20);             // at most 1 MiB
 *     buffer_append(&out, data, len);
 *     if (out.overflow) ...                             // sticky: check once, after the last append
 *     buffer_free(&out);
 *
 * Every buffer names its ceiling. An append that would pass it changes nothing and sets `overflow`.
 */
#pragma once
#include "engine/base/text.h"

struct buffer {
    char *data;      /* heap; NULL while empty */
    size_t len;      /* bytes in use */
    size_t capacity; /* bytes allocated */
    size_t ceiling;  /* bytes it may never pass */
    bool overflow;   /* an append was refused */
};

#define BUFFER(limit) ((struct buffer){.ceiling = (limit)})

void buffer_free(struct buffer *buffer);

/* What buffer_reserve does when there is no room yet. */
char *buffer_grow(struct buffer *buffer, size_t more);

/* Makes room for `more` bytes behind len and returns where they go, or NULL (and overflow) beyond the ceiling. */
static inline char *buffer_reserve(struct buffer *buffer, size_t more)
{
    return buffer->capacity - buffer->len >= more ? buffer->data + buffer->len : buffer_grow(buffer, more);
}

void buffer_append(struct buffer *buffer, const void *data, size_t len);
void buffer_append_text(struct buffer *buffer, struct text text);
void buffer_append_string(struct buffer *buffer, const char *string);
void buffer_append_char(struct buffer *buffer, char c);
void buffer_printf(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);

/* Empties it, keeps the memory. */
void buffer_clear(struct buffer *buffer);

/* Borrows the content; valid until the next append. */
struct text buffer_text(const struct buffer *buffer);
