/* value.h - one SQL value, its type known from elsewhere.
 *
 * Shape of each type, in a value and in a column's slot:
 *
 *     BOOLEAN    boolean   1 byte        STRING, BYTES   text     16 bytes, borrowed
 *     INTEGER    integer   4 bytes       DECIMAL         decimal  16 bytes, see decimal.h
 *     DATE, TIME integer   4 bytes       ARRAY           nested   8 bytes: n elements
 *     BIGINT     bigint    8 bytes       STRUCT          nested   n fields, in the type's order
 *     TIMESTAMP  bigint    8 bytes       MAP             nested   key, value, key, value ...: n is twice the entries
 *     DOUBLE     real      8 bytes
 *
 * Nested values are immutable trees in an arena (the batch's, usually); a NULL tree is never stored, `is_null` says it.
 */
#pragma once
#include "engine/types/decimal.h"
#include "engine/types/type.h"

struct nested;

struct value {
    union {
        bool boolean;
        int32_t integer;
        int64_t bigint;
        double real;
        struct text text;
        struct decimal decimal;
        const struct nested *nested;
    };
    bool is_null;
};

struct nested {
    uint32_t n;
    struct value items[];
};

#define NULL_VALUE ((struct value){.is_null = true})

/* A tree of n items, to be filled by the caller before anyone else sees it. */
struct nested *nested_make(struct arena *arena, uint32_t n);

/* Equal by SQL's `=`: two nulls inside nested values are equal; a map's entries may stand in another order; a top-level null
 * is equal to nothing but `value_same` below. Both of the same type. */
bool value_equal(const struct type *type, const struct value *a, const struct value *b);

/* NULL-safe: IS NOT DISTINCT FROM. */
bool value_same(const struct type *type, const struct value *a, const struct value *b);

/* <0, 0, >0 by SQL's order, for all but nested types; neither is null. Strings by UTF-16 code unit, doubles as Java's
 * Double.compare (NaN last, -0.0 before 0.0), bytes unsigned. */
int value_compare(const struct type *type, const struct value *a, const struct value *b);

/* A hash that agrees with value_same. */
uint64_t value_hash(const struct type *type, const struct value *value);

/* A deep copy into the arena. */
struct value value_copy(struct arena *arena, const struct type *type, const struct value *value);

/* What CAST(value AS STRING) gives, and what + and || see: "null" for null, 1.0E10 as Java prints doubles, [1, 2],
 * {a=1, b=2}, Struct{A=1,B=null}, base64 for bytes, ISO text for dates and times. */
void value_print(struct buffer *out, const struct type *type, const struct value *value);

/* As SQL literal text that parses back to the value where the dialect can write one; for messages and EXPLAIN. */
void value_print_sql(struct buffer *out, const struct type *type, const struct value *value);

/* As JSON, as rows have it in the REST API: dates and times as ISO text, bytes as base64, decimals with all their digits, NaN
 * and infinities as text. */
void value_print_json(struct buffer *out, const struct type *type, const struct value *value);
