/* type.h - SQL types.
 *
 * A type is immutable and lives in an arena, or is one of the constants below. Two types are the same when type_equal says so;
 * their addresses do not matter. Physical shape in a column and in a value: see value.h.
 */
#pragma once
#include "engine/base/error.h"

struct arena;
struct buffer;

enum type_kind {
    TYPE_NULL,      /* the literal NULL before anything gave it a type */
    TYPE_BOOLEAN,
    TYPE_INTEGER,   /* 32 bits */
    TYPE_BIGINT,    /* 64 bits */
    TYPE_DECIMAL,   /* precision, scale */
    TYPE_DOUBLE,    /* IEEE 754, 64 bits */
    TYPE_STRING,    /* UTF-8 */
    TYPE_BYTES,
    TYPE_DATE,      /* days since 1970-01-01 */
    TYPE_TIME,      /* milliseconds of the day */
    TYPE_TIMESTAMP, /* milliseconds since 1970-01-01T00:00:00Z */
    TYPE_ARRAY,     /* element */
    TYPE_MAP,       /* key, element */
    TYPE_STRUCT,    /* fields */
    TYPE_KINDS,
};

struct type_field {
    struct text name;
    const struct type *type;
};

struct type {
    enum type_kind kind;
    int32_t precision; /* DECIMAL: digits in all, >= 1 */
    int32_t scale;     /* DECIMAL: digits behind the point, 0 to precision */
    const struct type *key;
    const struct type *element;
    const struct type_field *fields;
    uint32_t n_fields;
    uint32_t depth; /* ARRAYs, MAPs and STRUCTs inside one another; 0 for a scalar */
    uint32_t size;  /* elements, keys and fields in it, all the way down; more than TYPE_MAX_SIZE is TYPE_MAX_SIZE + 1 */
};

/* What walks over a type may recurse, and what copies or prints one ends: named types and queries over queries would else make
 * types of any size from short statements. */
enum { TYPE_MAX_DEPTH = 500, TYPE_MAX_SIZE = 1 << 18 };

extern const struct type type_null, type_boolean, type_integer, type_bigint, type_double, type_string, type_bytes, type_date,
    type_time, type_timestamp;

const struct type *type_decimal(struct arena *arena, int32_t precision, int32_t scale);
const struct type *type_array(struct arena *arena, const struct type *element);
const struct type *type_map(struct arena *arena, const struct type *key, const struct type *element);
/* Copies the array of fields, borrows names and types. */
const struct type *type_struct(struct arena *arena, const struct type_field *fields, uint32_t n);

/* Fails for a type, or for types whose sizes make `size`, beyond the limits. */
MUST_CHECK bool type_check_size(const struct type *type, struct span span, struct error *error);
MUST_CHECK bool type_check_total(uint64_t size, struct span span, struct error *error);

/* A deep copy, so that a type outlives the arena it came from. */
const struct type *type_copy(struct arena *arena, const struct type *type);

/* Same kind and parameters, all the way down; field names count, as written. */
bool type_equal(const struct type *a, const struct type *b);

/* The type of a scalar's name in any case ("INT", "VARCHAR", ...), or NULL: neither DECIMAL nor a nested type has one. */
const struct type *type_named(struct text name);

/* "ARRAY<STRUCT<`ID` INTEGER, `NAME` STRING>>": field names always back-quoted, as the peer's messages and schemas have it. */
void type_print(struct buffer *out, const struct type *type);
struct text type_text(struct arena *arena, const struct type *type);

/* The kind's own name: "ARRAY", "DECIMAL". */
const char *type_kind_name(enum type_kind kind);

/* Index of a field by its exact name, or -1. */
int32_t type_find_field(const struct type *type, struct text name);

/* Index of the first of n fields that has the name of one before it, or -1. */
int32_t type_find_twin(const struct type_field *fields, uint32_t n);

/* INT, BIGINT, DECIMAL or DOUBLE. */
bool type_is_numeric(const struct type *type);
/* DATE, TIME or TIMESTAMP. */
bool type_is_time(const struct type *type);
/* ARRAY, MAP or STRUCT. */
bool type_is_nested(const struct type *type);
/* The type, or one inside it, is a MAP. */
bool type_contains_map(const struct type *type);

/* The smallest DECIMAL that holds every value of a numeric type: INT (10,0), BIGINT (19,0), DECIMAL itself. */
const struct type *type_as_decimal(struct arena *arena, const struct type *type);

/* The wider of two numeric types (INT < BIGINT < DECIMAL < DOUBLE; two DECIMALs meet in one that holds both). */
const struct type *type_wider(struct arena *arena, const struct type *a, const struct type *b);
