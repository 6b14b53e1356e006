/* text.h - a borrowed run of bytes with its length: SQL text, names, keys, values.
 *
 * A text owns nothing; who made it says how long it lives. `data` NULL is "no text" (a null key, an absent clause) and
 * is not the same as the empty text. Not NUL-terminated unless the maker says so.
 */
#pragma once
#include "engine/base/attributes.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;

struct text {
    const char *data; /* NULL if there is no text */
    size_t len;       /* bytes */
};

#define TEXT(literal)  ((struct text){(literal), sizeof(literal) - 1})
#define NO_TEXT        ((struct text){NULL, 0})
#define TEXT_FMT       "%.*s"
#define TEXT_ARG(text) (int)(text).len, ((text).data ? (text).data : "")

/* Borrows a NUL-terminated string; NULL gives NO_TEXT. */
struct text text_of(const char *string);

static inline bool text_equal(struct text a, struct text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* ASCII letters compared without case. */
bool text_equal_nocase(struct text a, struct text b);

/* By bytes, the shorter first: <0, 0, >0. For UTF-8 this is the order of code points. */
int text_compare(struct text a, struct text b);

bool text_starts_with(struct text text, struct text prefix);
bool text_ends_with(struct text text, struct text suffix);

/* Without the white space (bytes up to U+0020) at both ends. Borrows. */
struct text text_trim(struct text text);

/* A NUL-terminated copy in the arena. */
struct text text_copy(struct arena *arena, struct text text);

/* Formatted into the arena, NUL-terminated. */
struct text text_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

/* ASCII letters changed, a copy in the arena. */
struct text text_upper(struct arena *arena, struct text text);
struct text text_lower(struct arena *arena, struct text text);

/* The changes (insert, delete, replace) that turn `a` into `b`, ASCII case ignored; `limit` + 1 when there are more. */
unsigned text_distance(struct text a, struct text b, unsigned limit);

/* The entry of `candidates` nearest to `text`, at a distance of at most a third of its length; NO_TEXT if none is near.
 */
struct text text_nearest(struct text text, const struct text *candidates, size_t n);

/* The number of bytes of the valid UTF-8 at the start; equal to len when all of it is valid. */
size_t text_valid_utf8(struct text text);
