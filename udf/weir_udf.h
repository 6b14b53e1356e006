/* weir_udf.h - functions for weir, written in C. This header stands alone: a plug-in needs nothing else.
 *
 *     #include "weir_udf.h"
 *
 *     static bool twice(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
 *     {
 *         (void)call;
 *         result->bigint = arguments[0].bigint * 2;
 *         return true;
 *     }
 *
 *     static const struct weir_function functions[] = {
 *         {.name = "TWICE", .signature = "(number BIGINT) -> BIGINT", .row = twice, .category = "MATHEMATICAL",
 *          .help = "the number twice over", .example = "TWICE(21)", .result = "42"},
 *     };
 *     static const struct weir_plugin plugin = {WEIR_PLUGIN, .name = "twice", WEIR_FUNCTIONS(functions)};
 *
 *     WEIR_EXPORT const struct weir_plugin *weir_plugin(const struct weir_host *host)
 *     {
 *         (void)host;
 *         return &plugin;
 *     }
 *
 *     cc -shared -fPIC -o twice.so twice.c
 *
 * A function is a row of a table. Rows, and the texts in them, must live as long as the process. Functions are called
 * from several threads at once, so what they keep beside `state` they lock. A plug-in is loaded as a whole or not at
 * all: not if a row is wrong, or takes what a function of that name takes already.
 *
 * Signature: (parameters) -> result. A parameter is [name] TYPE [NOT NULL] [...]
 *
 *     (STRING, INT) -> STRING                  BOOLEAN INT BIGINT DOUBLE DECIMAL STRING BYTES DATE TIME TIMESTAMP
 *     (text STRING, len INT NOT NULL) -> INT   names are lower case, for DESCRIBE FUNCTION; NOT NULL: a null there
 *                                              fails the row
 *     (first T, others T...) -> T              T..., any number of them; a capital letter: any type, each T the same
 *     (MAP<STRING, T>) -> ARRAY<T>             nested types; STRUCT<A STRING, B INT> is just that struct
 *     (DECIMAL) -> DECIMAL                     any precision; the result has the first one's, unless `bind` says
 *     (DECIMAL(10, 2)) -> DECIMAL(12, 2)       that precision
 *     (ANY...) -> STRING                       any types, each its own
 *     (INTERVALUNIT, INT, DATE) -> DATE        a word such as DAYS; the function sees a BIGINT, its milliseconds
 *     (STRING, CONSTANT INT) -> STRING         a literal, or what can be computed without a row
 *
 * Which of several rows with one name is taken: first without casts, then with implicit ones (INT to BIGINT to DECIMAL
 * to DOUBLE, STRING to DATE, TIME, TIMESTAMP and BYTES); a row without `...` before one with, then the one with more
 * parameters, then the one with fewer letters. Two that are equal in all that are an error.
 *
 * What will be added to the structs is added at their ends, and told by `size` and `abi`.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { WEIR_ABI = 1 };

#if defined(__GNUC__)
#define WEIR_EXPORT __attribute__((visibility("default")))
#define WEIR_SHARED __attribute__((may_alias)) /* slots are written by weir under its own types */
#else
#define WEIR_EXPORT
#define WEIR_SHARED
#endif

/* ---- values */

/* UTF-8 for STRING, bytes for BYTES; not ended by NUL. What comes in lives as long as the result does. */
struct weir_text {
    const char *data;
    size_t len;
} WEIR_SHARED;

/* Up to 38 digits: the unscaled value, 128 bits, two's complement. Beyond that the first half is a pointer of weir's
 * own; use weir_host's decimal functions. */
struct weir_decimal {
    uint64_t low;
    uint64_t high;
} WEIR_SHARED;

struct weir_nested;

/* One value; which member counts is known from its type. A DATE is days since 1970-01-01 and a TIME milliseconds of the
 * day, both in `integer`; a TIMESTAMP is milliseconds since 1970-01-01T00:00:00Z in `bigint`. */
struct weir_value {
    union {
        bool boolean;
        int32_t integer;
        int64_t bigint;
        double real;
        struct weir_text text;
        struct weir_decimal decimal;
        const struct weir_nested *nested;
    };
    bool is_null;
} WEIR_SHARED;

/* ARRAY: n elements. STRUCT: n fields. MAP: key, value, key, value ...: n is twice the entries. Immutable once given
 * away. */
struct weir_nested {
    uint32_t n;
    struct weir_value items[];
} WEIR_SHARED;

enum weir_kind {
    WEIR_NULL,
    WEIR_BOOLEAN,
    WEIR_INT,
    WEIR_BIGINT,
    WEIR_DECIMAL,
    WEIR_DOUBLE,
    WEIR_STRING,
    WEIR_BYTES,
    WEIR_DATE,
    WEIR_TIME,
    WEIR_TIMESTAMP,
    WEIR_ARRAY,
    WEIR_MAP,
    WEIR_STRUCT,
};

/* Opaque: ask weir_host. */
struct weir_type;

/* A vector. `data[row & mask]` is a row's slot: bool, int32_t, int64_t, double, weir_text, weir_decimal or a pointer to
 * a weir_nested, by the type. A constant has mask 0 and one slot. valid NULL: no nulls. */
struct weir_column {
    const struct weir_type *type;
    void *data;
    uint64_t *valid;
    uint32_t mask;
} WEIR_SHARED;

static inline bool weir_is_null(const struct weir_column *column, uint32_t row)
{
    uint32_t slot = row & column->mask;
    return column->valid && !(column->valid[slot >> 6] >> (slot & 63) & 1);
}

/* For the result column only, whose rows all count as valid when the function is called. */
static inline void weir_set_null(struct weir_column *result, uint32_t row)
{
    result->valid[row >> 6] &= ~((uint64_t)1 << (row & 63));
}

/* ---- what weir does for functions */

/* A call that is running: what its function may know. Borrowed until the function returns. */
struct weir_call {
    const struct weir_host *host;
    uint32_t n_arguments;
    const struct weir_type *const *types; /* of the arguments */
    const struct weir_type *result_type;
    const void *state; /* what `bind` left, or NULL */
    uint32_t row;      /* the row that a one-row function is called for */
};

/* A function that is being chosen for a statement. `bind` may look at the types and constants, refuse them, set the
 * result's type and leave a state that every call sees (a compiled pattern). It is called once a statement, by one
 * thread. */
struct weir_bind {
    const struct weir_host *host;
    uint32_t n_arguments;
    const struct weir_type *const *types;
    const struct weir_value *const *constants; /* NULL where the argument is not known before the rows are */
    const struct weir_type *result_type;       /* in: by the signature, NULL if that does not say; out */
    const void *state;                         /* out; allocate it with host->keep */
    char why[256];                             /* out, when it returns false: what is wrong with the arguments */
};

struct weir_host {
    uint32_t size; /* bytes of this struct: what lies beyond is not there */
    uint32_t abi;
    /* Memory for a result; it goes when the result goes. Never NULL. */
    void *(*alloc)(struct weir_call *call, size_t size);
    /* Memory for as long as the query lives, for `bind`. Never NULL. */
    void *(*keep)(struct weir_bind *bind, size_t size);
    /* The row has failed: it is null, and the reason is written to the processing log. `why` is copied. */
    void (*fail)(struct weir_call *call, uint32_t row, const char *why);

    enum weir_kind (*type_kind)(const struct weir_type *type);
    const struct weir_type *(*type_element)(const struct weir_type *type); /* ARRAY, MAP */
    const struct weir_type *(*type_key)(const struct weir_type *type);     /* MAP */
    uint32_t (*type_fields)(const struct weir_type *type);                 /* STRUCT: how many */
    const struct weir_type *(*type_field)(const struct weir_type *type, uint32_t i, struct weir_text *name);
    int32_t (*type_precision)(const struct weir_type *type);
    int32_t (*type_scale)(const struct weir_type *type);
    /* The type of that text, "DECIMAL(10, 2)", "ARRAY<INT>"; NULL if it is none. */
    const struct weir_type *(*type_named)(struct weir_bind *bind, const char *text);
    const struct weir_type *(*type_array)(struct weir_bind *bind, const struct weir_type *element);
    const struct weir_type *(*type_map)(struct weir_bind *bind, const struct weir_type *key,
                                        const struct weir_type *element);

    /* "-0.10", and back; false where the text is not a number or does not fit the type. */
    struct weir_text (*decimal_text)(struct weir_call *call, const struct weir_type *type, struct weir_decimal value);
    bool (*decimal_parse)(struct weir_call *call, const struct weir_type *type, struct weir_text text,
                          struct weir_decimal *out);
    /* Equal as SQL's = has it, nulls inside nested values and all. */
    bool (*equal)(const struct weir_type *type, const struct weir_value *a, const struct weir_value *b);
    /* What CAST(value AS STRING) gives. */
    struct weir_text (*print)(struct weir_call *call, const struct weir_type *type, const struct weir_value *value);
};

/* ---- rows */

enum weir_nulls {
    WEIR_NULL_GIVES_NULL, /* a null argument: the result is null, and the function is not asked */
    WEIR_NULL_PASSED,     /* the function sees nulls */
    WEIR_NULL_FAILS,      /* a null argument fails the row */
};

enum weir_flags {
    WEIR_NOT_DETERMINISTIC = 1, /* may differ at every call: never computed ahead */
    WEIR_FIRST_NOT_NULL =
        2, /* gives the first argument that is not null, as COALESCE; weir does it, later ones only as needed */
};

/* Whether the arguments are acceptable; may be NULL. */
typedef bool weir_bind_function(struct weir_bind *bind);

/* Scalar, over columns: for each of the rows, result[row]. result has a slot and a bit for every row. */
typedef void weir_columns_function(struct weir_call *call, const struct weir_column *arguments, const uint32_t *rows,
                                   uint32_t n_rows, struct weir_column *result);

/* Scalar, one row: sets *result (its is_null is false beforehand). False after host->fail, or where there is no reason
 * to give. */
typedef bool weir_row_function(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result);

struct weir_function {
    const char *name; /* capitals */
    const char *signature;
    enum weir_nulls nulls;
    uint32_t flags; /* enum weir_flags */
    weir_bind_function *bind;
    weir_columns_function *columns; /* one of the two, unless WEIR_FIRST_NOT_NULL */
    weir_row_function *row;
    const char *category; /* "STRING", "MATHEMATICAL", ...; NULL: OTHER */
    const char *help;     /* one line, without a full stop */
    const char *example;  /* an SQL expression; it is run as a test */
    const char *result;   /* what the example gives, as text; NULL where it differs from call to call */
};

/* Aggregate. Its state is `state_size` bytes in weir's cache; `state_type` is the SQL type of what is saved of it, one
 * row of the table that holds the groups. Groups are given as pointers to their states, one for each of the rows. */
struct weir_aggregate {
    const char *name;
    const char *signature;
    enum weir_nulls nulls; /* WEIR_NULL_GIVES_NULL: rows with a null argument are left out */
    uint32_t flags;
    weir_bind_function *bind;
    uint32_t state_size;
    const char *state_type; /* "STRUCT<SUM BIGINT, COUNT BIGINT>"; generics and constants as in the signature */
    void (*init)(struct weir_call *call, void *state);
    void (*step)(struct weir_call *call, void *const *states, const struct weir_column *arguments, const uint32_t *rows,
                 uint32_t n_rows);
    void (*undo)(struct weir_call *call, void *const *states, const struct weir_column *arguments, const uint32_t *rows,
                 uint32_t n_rows); /* NULL: not over tables */
    void (*merge)(struct weir_call *call, void *into, const void *from);
    bool (*finish)(struct weir_call *call, const void *state, struct weir_value *result);
    void (*save)(struct weir_call *call, const void *state, struct weir_value *saved);
    bool (*load)(struct weir_call *call, void *state, const struct weir_value *saved);
    void (*drop)(struct weir_call *call, void *state); /* frees what the state points to; NULL: nothing */
    const char *category, *help, *example, *result;
};

/* Where a table function's rows go. */
struct weir_rows {
    void (*emit)(struct weir_rows *rows, uint32_t row, const struct weir_value *value);
};

/* Table function: for each of the rows, any number of values. The signature's result is the type of one. */
struct weir_table {
    const char *name;
    const char *signature;
    enum weir_nulls nulls; /* WEIR_NULL_GIVES_NULL: a row with a null argument gives no rows */
    uint32_t flags;
    weir_bind_function *bind;
    void (*rows)(struct weir_call *call, const struct weir_column *arguments, const uint32_t *rows, uint32_t n_rows,
                 struct weir_rows *out);
    const char *category, *help, *example, *result;
};

/* ---- plug-ins */

struct weir_plugin {
    uint32_t size; /* these five are WEIR_PLUGIN */
    uint32_t abi;
    uint32_t function_size, aggregate_size, table_size;
    const char *name;
    const char *version; /* may be NULL */
    const struct weir_function *functions;
    uint32_t n_functions;
    const struct weir_aggregate *aggregates;
    uint32_t n_aggregates;
    const struct weir_table *tables;
    uint32_t n_tables;
};

#define WEIR_PLUGIN                                                                                                    \
    .size = sizeof(struct weir_plugin), .abi = WEIR_ABI, .function_size = sizeof(struct weir_function),                \
    .aggregate_size = sizeof(struct weir_aggregate), .table_size = sizeof(struct weir_table)
#define WEIR_FUNCTIONS(rows)  .functions = (rows), .n_functions = sizeof(rows) / sizeof *(rows)
#define WEIR_AGGREGATES(rows) .aggregates = (rows), .n_aggregates = sizeof(rows) / sizeof *(rows)
#define WEIR_TABLES(rows)     .tables = (rows), .n_tables = sizeof(rows) / sizeof *(rows)

/* What a plug-in exports: called once, when it is loaded. NULL refuses to be loaded. */
WEIR_EXPORT const struct weir_plugin *weir_plugin(const struct weir_host *host);

#ifdef __cplusplus
}
#endif
