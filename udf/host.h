/* host.h - what stands behind the structs that functions are given: for this folder only.
 *
 * A function gets a weir_call or a weir_bind and hands it back to the host's functions; they find their own around it.
 * Built-ins know these structs and save the way through the host.
 */
#pragma once
#include "udf/udf.h"

struct host_call {
    struct weir_call call; /* first: a weir_call of ours is one of these */
    struct arena *arena;
    const struct udf_frame *frame;
    struct column *result; /* rows that fail are set to null here */
};

struct host_bind {
    struct weir_bind bind; /* first */
    struct arena *arena;
};

extern const struct weir_host udf_host;

/* weir's own types under the names that functions see, and back. */
static inline const struct weir_type *host_type(const struct type *type)
{
    return (const struct weir_type *)type;
}

static inline const struct type *host_type_of(const struct weir_type *type)
{
    return (const struct type *)type;
}

/* The members of two unions of one shape: a copy that the compiler sees through. */
static inline struct value host_value_of(const struct weir_value *from)
{
    struct value to;
    memcpy(&to, from, sizeof to);
    return to;
}
