/* error.h - what went wrong, said once, to the person who can change it.
 *
 * Errors have three kinds and three channels. The user's (bad SQL, a bad setting) and the world's (broker, disk) are a
 * `struct error`, filled once where the trouble is seen and passed down as the last parameter. The data's (a record
 * that does not decode) never is one: see engine/run's processing log.
 *
 *     return error_set(error, ERROR_STATEMENT, column->span, "no column " TEXT_FMT " in this FROM", TEXT_ARG(name));
 *
 * A function that can fail returns false and has filled the error, or returns true and has not touched it.
 */
#pragma once
#include "engine/base/text.h"

struct buffer;

enum error_code {
    ERROR_NONE,
    ERROR_SYNTAX,        /* the text is not SQL */
    ERROR_STATEMENT,     /* it is, but it cannot be done: names, types, rules */
    ERROR_NOT_SUPPORTED, /* it is in the dialect, and not built yet; the message says what is missing */
    ERROR_SETTING,       /* an unknown or ill-formed setting */
    ERROR_INPUT,         /* a file, an argument, a request that is not as it must be */
    ERROR_LIMIT,         /* a ceiling was reached */
    ERROR_WORLD,         /* broker, disk, registry: worth another try */
    ERROR_FATAL,         /* the same, but another try will not help */
};

/* Bytes [start, end) of the statement's text; both 0 where there is no place to point at. */
struct span {
    uint32_t start;
    uint32_t end;
};

#define NO_SPAN ((struct span){0, 0})

struct error {
    enum error_code code; /* ERROR_NONE while nothing happened */
    struct span span;
    unsigned lines_before; /* lines of a file above the text that the span points into; where it is shown, they count */
    char message[1024];    /* a sentence without a full stop; cut short with an ellipsis */
    char hint[256];        /* what would be right; empty if there is none */
};

/* Fills the error (which may be NULL) and returns false, so that `return error_set(...)` reads as what it is. */
bool error_set(struct error *error, enum error_code code, struct span span, const char *format, ...) PRINTF_LIKE(4, 5);

/* Adds a hint to an error that is set, and returns false. */
bool error_hint(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);

/* Puts text in front of the message: the circumstance in which it happened. Returns false. */
bool error_prefix(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);

static inline void error_clear(struct error *error)
{
    error->code = ERROR_NONE;
    error->span = NO_SPAN;
    error->lines_before = 0;
    error->message[0] = error->hint[0] = 0;
}

/* True if doing the same again later may work. */
bool error_is_retriable(const struct error *error);

/* Prints "line 1:8: message", the line of `sql` with a caret below the span, and the hint. `sql` may be NO_TEXT. */
void error_print(const struct error *error, struct text sql, struct buffer *out);

/* Line (from 1) and column (from 1, in characters) of a byte offset. */
void error_locate(struct text sql, uint32_t offset, unsigned *line, unsigned *column);
