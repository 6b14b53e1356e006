/* cast.h - CAST and implicit conversion of single values.
 *
 * cast_find gives the function for a pair of types once, when a statement is compiled; NULL where the dialect has no
 * such cast (see the matrix in the reference: BOOLEAN -> STRING, INT -> BIGINT, ..., by element and by field for nested
 * types). The function is called for values that are not null.
 */
#pragma once
#include "engine/types/value.h"

struct cast;

/* The value in the other type, or false with the reason in `why` (at least 128 bytes), which becomes a processing-log
 * entry. */
typedef bool cast_function(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                           char *why);

enum { CAST_WHY = 128 };

struct cast {
    cast_function *apply;
    const struct type *from;
    const struct type *to;
    const struct cast *key;     /* MAP */
    const struct cast *element; /* ARRAY, MAP */
    const struct cast **fields; /* STRUCT: for each field of `to`, or NULL where `from` lacks it */
    const int32_t *field_index; /* STRUCT: its place in `from`, -1 where it lacks it */
};

/* An explicit CAST. NULL if there is none. Same types give a cast that copies nothing. */
const struct cast *cast_find(struct arena *arena, const struct type *from, const struct type *to);

/* What is done without being asked: INT -> BIGINT -> DECIMAL -> DOUBLE where the target holds every value of the
 * source, STRING -> DATE, TIME, TIMESTAMP and BYTES, NULL to anything, and the same inside nested types, where no field
 * may get lost. NULL if there is none. */
const struct cast *cast_find_implicit(struct arena *arena, const struct type *from, const struct type *to);

/* "'x1' is not a valid INTEGER" to `why`, the text cut short if it is long; false. */
bool cast_not_valid(char *why, struct text text, const struct type *type);
