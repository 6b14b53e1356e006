/* builtin.h - what the files of built-in functions share: their tables, and short ways through weir_udf.h.
 *
 * Built-ins are rows like those of a plug-in. Beside that they know engine/types, which a plug-in does not.
 */
#pragma once
#include "engine/base/arena.h"
#include "udf/host.h"
#include "udf/weir_udf.h"

struct builtin_table {
    const struct weir_function *rows;
    uint32_t n;
};

#define BUILTINS(name, table) const struct builtin_table name = {(table), sizeof(table) / sizeof *(table)}

extern const struct builtin_table builtin_string, builtin_text, builtin_bytes, builtin_math, builtin_round,
    builtin_conditional, builtin_collection, builtin_time, builtin_format;

/* Where results go. */
static inline struct arena *builtin_arena(struct weir_call *call)
{
    return ((struct host_call *)call)->arena;
}

static inline struct text builtin_text_of(const struct weir_value *value)
{
    return (struct text){value->text.data, value->text.len};
}

static inline bool builtin_give_text(struct weir_value *result, struct text text)
{
    result->text = (struct weir_text){text.data, text.len};
    return true;
}

static inline bool builtin_give_null(struct weir_value *result)
{
    result->is_null = true;
    return true;
}

static inline const struct type *builtin_type(struct weir_call *call, uint32_t argument)
{
    return host_type_of(call->types[argument]);
}

/* Fails the row that a one-row function is called for; returns false. */
bool builtin_fail(struct weir_call *call, const char *format, ...) PRINTF_LIKE(2, 3);

/* For `bind`: says what is wrong with the arguments; returns false. */
bool builtin_refuse(struct weir_bind *bind, const char *format, ...) PRINTF_LIKE(2, 3);
