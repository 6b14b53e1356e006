/* math.c - numbers: ABS, SIGN, SQRT, LN, EXP, PI, RANDOM, GREATEST, LEAST.
 *
 * What takes a DOUBLE takes every number, by the implicit casts. NaN and the infinities are those of IEEE 754: SQRT(-1)
 * is NaN, LN(0) is -Infinity. CEIL, FLOOR and ROUND are in round.c.
 */
#include "udf/builtin.h"
#include <math.h>
#include <unistd.h>

/* ---- one DOUBLE to another */

#define REALS(name, expression)                                                                                        \
    static void name(struct weir_call *call, const struct weir_column *arguments, const uint32_t *rows,                \
                     uint32_t n_rows, struct weir_column *result)                                                      \
    {                                                                                                                  \
        const double *in = arguments[0].data;                                                                          \
        double *out = result->data;                                                                                    \
        (void)call;                                                                                                    \
        for (uint32_t i = 0; i < n_rows; i++) {                                                                        \
            double x = in[rows[i] & arguments[0].mask];                                                                \
            out[rows[i]] = (expression);                                                                               \
        }                                                                                                              \
    }

REALS(square_root, sqrt(x))
REALS(natural_logarithm, x < 0 ? (double)NAN : log(x)) /* C's gives a NaN with its sign set, which Java's has not */
REALS(exponential, exp(x))

static bool pi(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call, (void)arguments;
    result->real = M_PI;
    return true;
}

/* xorshift64*, a state for each thread. Vigna, "An experimental exploration of Marsaglia's xorshift generators,
 * scrambled". */
static bool uniform(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    static _Thread_local uint64_t state;
    (void)call, (void)arguments;
    if (!state) {
        if (getentropy(&state, sizeof state) != 0) state = (uintptr_t)&state;
        state |= 1;
    }
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    result->real = (double)((state * 0x2545f4914f6cdd1du) >> 11) * 0x1p-53;
    return true;
}

/* ---- by type */

/* The smallest integer has no counterpart, and stays. */
static bool absolute(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    const struct type *type = builtin_type(call, 0);
    struct value value = host_value_of(arguments), zero = {0};
    *result = arguments[0];
    switch (type->kind) {
    case TYPE_INTEGER:
        result->integer = value.integer < 0 ? (int32_t)(0 - (uint32_t)value.integer) : value.integer;
        return true;
    case TYPE_BIGINT:
        result->bigint = value.bigint < 0 ? (int64_t)(0 - (uint64_t)value.bigint) : value.bigint;
        return true;
    case TYPE_DOUBLE: result->real = fabs(value.real); return true;
    default: break;
    }
    if (!decimal_from_bigint(builtin_arena(call), type, 0, &zero.decimal)) return false;
    if (decimal_compare(type, value.decimal, type, zero.decimal) >= 0) return true;
    struct decimal negated = decimal_negate(builtin_arena(call), type, value.decimal);
    memcpy(&result->decimal, &negated, sizeof negated);
    return true;
}

static bool sign(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call;
    result->integer = (arguments[0].real > 0) - (arguments[0].real < 0);
    return true;
}

/* ---- GREATEST, LEAST */

/* DECIMALs of different precisions meet in one that holds them all. */
static bool bind_widest(struct weir_bind *bind)
{
    const struct type *type = host_type_of(bind->types[0]);
    struct arena *arena = ((struct host_bind *)bind)->arena;
    for (uint32_t i = 1; i < bind->n_arguments; i++) type = type_wider(arena, type, host_type_of(bind->types[i]));
    bind->result_type = host_type(type);
    return true;
}

static int compare(struct weir_call *call, uint32_t a, uint32_t b, const struct weir_value *arguments)
{
    struct value x = host_value_of(&arguments[a]), y = host_value_of(&arguments[b]);
    const struct type *type = builtin_type(call, a);
    if (type->kind == TYPE_DECIMAL) return decimal_compare(type, x.decimal, builtin_type(call, b), y.decimal);
    return value_compare(type, &x, &y);
}

static bool extreme(struct weir_call *call, const struct weir_value *arguments, int direction,
                    struct weir_value *result)
{
    uint32_t best = 0, n = call->n_arguments;
    for (uint32_t i = 1; i < n; i++) {
        if (arguments[i].is_null) continue;
        if (arguments[best].is_null || compare(call, i, best, arguments) * direction > 0) best = i;
    }
    *result = arguments[best];
    const struct type *type = host_type_of(call->result_type);
    if (result->is_null || type->kind != TYPE_DECIMAL) return true;
    struct decimal rescaled, given = host_value_of(result).decimal;
    if (!decimal_rescale(builtin_arena(call), builtin_type(call, best), given, type, DECIMAL_EXACT, &rescaled))
        return false;
    memcpy(&result->decimal, &rescaled, sizeof rescaled);
    return true;
}

static bool greatest(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    return extreme(call, arguments, 1, result);
}

static bool least(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    return extreme(call, arguments, -1, result);
}

/* `three` are arguments, written as in a call. */
#define EXTREMES(type, of_bind, three, largest, smallest)                                                              \
    {.name = "GREATEST",                                                                                               \
     .signature = "(first " type ", others " type "...) -> " type,                                                     \
     .nulls = WEIR_NULL_PASSED,                                                                                        \
     .row = greatest,                                                                                                  \
     .bind = of_bind,                                                                                                  \
     .category = "MATHEMATICAL",                                                                                       \
     .help = "the largest argument, NULLs left aside",                                                                 \
     .example = "GREATEST(" three ")",                                                                                 \
     .result = largest},                                                                                               \
    {                                                                                                                  \
        .name = "LEAST", .signature = "(first " type ", others " type "...) -> " type, .nulls = WEIR_NULL_PASSED,      \
        .row = least, .bind = of_bind, .category = "MATHEMATICAL", .help = "the smallest argument, NULLs left aside",  \
        .example = "LEAST(" three ")", .result = smallest                                                              \
    }

#define ABSOLUTE(type, value, positive)                                                                                \
    {                                                                                                                  \
        .name = "ABS", .signature = "(value " type ") -> " type, .row = absolute, .category = "MATHEMATICAL",          \
        .help = "the value without its sign", .example = "ABS(" value ")", .result = positive                          \
    }

static const struct weir_function functions[] = {
    ABSOLUTE("INT", "-7", "7"),
    ABSOLUTE("BIGINT", "-7000000000", "7000000000"),
    ABSOLUTE("DOUBLE", "-2.5e0", "2.5"),
    ABSOLUTE("DECIMAL", "-2.50", "2.50"),
    {.name = "EXP",
     .signature = "(exponent DOUBLE) -> DOUBLE",
     .columns = exponential,
     .category = "MATHEMATICAL",
     .help = "e to the power of the exponent",
     .example = "EXP(0)",
     .result = "1.0"},
    EXTREMES("INT", NULL, "3, NULL, 12", "12", "3"),
    EXTREMES("BIGINT", NULL, "3000000000, NULL, 7000000000", "7000000000", "3000000000"),
    EXTREMES("DOUBLE", NULL, "3e0, NULL, 2.5e0", "3.0", "2.5"),
    EXTREMES("STRING", NULL, "'pear', NULL, 'apple'", "pear", "apple"),
    EXTREMES("BYTES", NULL, "TO_BYTES('0a', 'hex'), NULL, TO_BYTES('7f', 'hex')", "fw==", "Cg=="),
    EXTREMES("DATE", NULL, "CAST('2024-05-31' AS DATE), NULL, CAST('2023-05-31' AS DATE)", "2024-05-31", "2023-05-31"),
    EXTREMES("TIME", NULL, "CAST('10:20' AS TIME), NULL, CAST('09:30' AS TIME)", "10:20", "09:30"),
    EXTREMES("TIMESTAMP", NULL, "FROM_UNIXTIME(5), NULL, FROM_UNIXTIME(0)", "1970-01-01T00:00:00.005",
             "1970-01-01T00:00:00.000"),
    EXTREMES("DECIMAL", bind_widest, "3.25, NULL, 12.5", "12.50", "3.25"),
    {.name = "LN",
     .signature = "(value DOUBLE) -> DOUBLE",
     .columns = natural_logarithm,
     .category = "MATHEMATICAL",
     .help = "the natural logarithm",
     .example = "LN(1)",
     .result = "0.0"},
    {.name = "PI",
     .signature = "() -> DOUBLE",
     .row = pi,
     .category = "MATHEMATICAL",
     .help = "the ratio of a circle's circumference to its diameter",
     .example = "PI()",
     .result = "3.141592653589793"},
    {.name = "RANDOM",
     .signature = "() -> DOUBLE",
     .flags = WEIR_NOT_DETERMINISTIC,
     .row = uniform,
     .category = "MATHEMATICAL",
     .help = "another number at every call, from 0 up to but not including 1",
     .example = "RANDOM() < 1",
     .result = "true"},
    {.name = "SIGN",
     .signature = "(value DOUBLE) -> INT",
     .row = sign,
     .category = "MATHEMATICAL",
     .help = "-1, 0 or 1",
     .example = "SIGN(-12)",
     .result = "-1"},
    {.name = "SQRT",
     .signature = "(value DOUBLE) -> DOUBLE",
     .columns = square_root,
     .category = "MATHEMATICAL",
     .help = "the square root",
     .example = "SQRT(2.25)",
     .result = "1.5"},
};

BUILTINS(builtin_math, functions);
