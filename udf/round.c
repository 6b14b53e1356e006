/* round.c - CEIL, FLOOR, ROUND, TRUNC.
 *
 *     ROUND(2.5)      3, and ROUND(-2.5) is -2: halves go up
 *     ROUND(x, 2)     keeps two places behind the point, ROUND(x, -2) hundreds
 *
 * Decimals, and doubles rounded to places, are rounded as the digits that they print: one way for every precision,
 * and 1.005 is what one sees and not the binary fraction behind it.
 */
#include "engine/base/buffer.h"
#include "engine/number/number.h"
#include "udf/builtin.h"
#include <math.h>

enum rounding { UP_TO_CEILING, DOWN_TO_FLOOR, HALVES_UP, TOWARDS_ZERO };

/* ---- digits */

/* A number as its digits: [-]0.d1 d2 d3 ... times ten to the power of `point`. */
struct digits {
    bool negative;
    char *items; /* '0' to '9', room for one more in front */
    int32_t n;
    int32_t point;
};

/* Plain or with an exponent: -12.5, 1.0E10. */
static struct digits digits_of(struct arena *arena, struct text text)
{
    struct digits digits = {.negative = text.len && text.data[0] == '-'};
    char *out = arena_alloc(arena, text.len + 2);
    bool behind_point = false;
    size_t i = digits.negative;
    digits.items = out + 1;
    for (; i < text.len && text.data[i] != 'E'; i++) {
        if (text.data[i] == '.') {
            behind_point = true;
            continue;
        }
        digits.items[digits.n++] = text.data[i];
        digits.point += !behind_point;
    }
    int32_t exponent = 0;
    if (i < text.len && number_parse_integer((struct text){text.data + i + 1, text.len - i - 1}, &exponent))
        digits.point += exponent;
    return digits;
}

/* Whether the digits from `from` on, which is one of them, are worth less than half (<0), half (0) or more of one
 * before them. */
static int compare_half(const struct digits *digits, int32_t from)
{
    if (digits->items[from] != '5') return digits->items[from] < '5' ? -1 : 1;
    for (int32_t i = from + 1; i < digits->n; i++)
        if (digits->items[i] != '0') return 1;
    return 0;
}

static bool all_zero(const struct digits *digits, int32_t from)
{
    for (int32_t i = from; i < digits->n; i++)
        if (digits->items[i] != '0') return false;
    return true;
}

static bool goes_away_from_zero(const struct digits *digits, int32_t from, enum rounding rounding)
{
    int half = compare_half(digits, from);
    switch (rounding) {
    case UP_TO_CEILING: return !digits->negative && !all_zero(digits, from);
    case DOWN_TO_FLOOR: return digits->negative && !all_zero(digits, from);
    case HALVES_UP: return half > 0 || (half == 0 && !digits->negative);
    default: return false;
    }
}

/* Keeps `places` digits behind the point (in front of it, if negative). What is below a tenth of the last place becomes
 * 0, so CEIL and FLOOR are for places that are not behind the first digit. */
static void round_digits(struct digits *digits, int32_t places, enum rounding rounding)
{
    int64_t wide = (int64_t)digits->point + places; /* how many digits are kept */
    if (wide >= digits->n) return;
    bool away = wide >= 0 && goes_away_from_zero(digits, (int32_t)wide, rounding);
    digits->n = wide < 0 ? 0 : (int32_t)wide;
    if (!away) return;
    int32_t i = digits->n - 1;
    for (; i >= 0 && digits->items[i] == '9'; i--) digits->items[i] = '0';
    if (i >= 0) {
        digits->items[i]++;
        return;
    }
    *--digits->items = '1';
    digits->n++;
    digits->point++;
}

/* As a number with an exponent: -12345e-3. */
static struct text print_digits(struct arena *arena, const struct digits *digits)
{
    return text_printf(arena, "%s%.*se%d", digits->negative ? "-" : "", digits->n ? digits->n : 1,
                       digits->n ? digits->items : "0", digits->n ? digits->point - digits->n : 0);
}

/* ---- by type */

static bool round_decimal(struct weir_call *call, const struct weir_value *value, int32_t places,
                          enum rounding rounding, struct weir_value *result)
{
    struct arena *arena = builtin_arena(call);
    struct buffer plain = BUFFER(1 << 20);
    struct decimal rounded;
    decimal_print(&plain, builtin_type(call, 0), host_value_of(value).decimal);
    struct digits digits = digits_of(arena, buffer_text(&plain));
    buffer_free(&plain);
    round_digits(&digits, places, rounding);
    const struct type *type = host_type_of(call->result_type);
    if (!decimal_parse(arena, type, print_digits(arena, &digits), DECIMAL_EXACT, &rounded))
        return builtin_fail(call, "the result does not fit DECIMAL(%d, %d)", type->precision, type->scale);
    memcpy(&result->decimal, &rounded, sizeof rounded);
    return true;
}

static bool round_double(struct weir_call *call, double value, int32_t places, enum rounding rounding,
                         struct weir_value *result)
{
    char text[NUMBER_MAX_TEXT];
    result->real = value;
    if (!isfinite(value)) return builtin_fail(call, "NaN and infinities cannot be rounded to places");
    struct digits digits = digits_of(builtin_arena(call), (struct text){text, number_print_double(text, value)});
    round_digits(&digits, places, rounding);
    return number_parse_double(print_digits(builtin_arena(call), &digits), &result->real);
}

/* As Java's Math.round: to the nearest, NaN is 0, what is too large is the largest. */
static int64_t to_bigint(double value)
{
    if (isnan(value)) return 0;
    if (value >= 0x1p63) return INT64_MAX;
    return value < -0x1p63 ? INT64_MIN : (int64_t)value;
}

static int64_t nearest(double value)
{
    double below = floor(value);
    return to_bigint(value - below >= 0.5 ? below + 1 : below);
}

/* ---- the functions */

/* CEIL, FLOOR: the type stays. */
static bool to_integral(struct weir_call *call, const struct weir_value *arguments, enum rounding rounding,
                        struct weir_value *result)
{
    *result = arguments[0];
    switch (builtin_type(call, 0)->kind) {
    case TYPE_DOUBLE:
        result->real = rounding == UP_TO_CEILING ? ceil(arguments[0].real) : floor(arguments[0].real);
        return true;
    case TYPE_DECIMAL: return round_decimal(call, arguments, 0, rounding, result);
    default: return true;
    }
}

static bool ceiling(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    return to_integral(call, arguments, UP_TO_CEILING, result);
}

static bool downwards(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    return to_integral(call, arguments, DOWN_TO_FLOOR, result);
}

static bool to_places(struct weir_call *call, const struct weir_value *arguments, enum rounding rounding,
                      struct weir_value *result)
{
    bool has_places = call->n_arguments > 1;
    int32_t places = has_places ? arguments[1].integer : 0;
    switch (builtin_type(call, 0)->kind) {
    case TYPE_INTEGER: result->bigint = arguments[0].integer; return true;
    case TYPE_BIGINT: result->bigint = arguments[0].bigint; return true;
    case TYPE_DECIMAL: return round_decimal(call, arguments, places, rounding, result);
    default: break;
    }
    if (has_places) return round_double(call, arguments[0].real, places, rounding, result);
    result->bigint = rounding == HALVES_UP ? nearest(arguments[0].real) : to_bigint(trunc(arguments[0].real));
    return true;
}

static bool rounded(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    return to_places(call, arguments, HALVES_UP, result);
}

static bool truncated(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    return to_places(call, arguments, TOWARDS_ZERO, result);
}

/* DECIMAL(p, s) to DECIMAL(p - s, 0), of one digit at least. */
static bool bind_integral(struct weir_bind *bind)
{
    const struct type *type = host_type_of(bind->types[0]);
    int32_t precision = type->precision - type->scale;
    bind->result_type = host_type(type_decimal(((struct host_bind *)bind)->arena, precision > 0 ? precision : 1, 0));
    return true;
}

#define INTEGRAL(the_name, function, type, the_help, the_example, the_result)                                          \
    {                                                                                                                  \
        .name = the_name, .signature = "(value " type ") -> " type, .row = function, .category = "MATHEMATICAL",       \
        .help = the_help, .example = the_example, .result = the_result                                                 \
    }

#define PLACES(the_name, function, the_help, one, one_result, places, places_result)                                   \
    {.name = the_name,                                                                                                 \
     .signature = "(value INT) -> BIGINT",                                                                             \
     .row = function,                                                                                                  \
     .category = "MATHEMATICAL",                                                                                       \
     .help = the_help ": of a whole one, itself",                                                                      \
     .example = the_name "(7)",                                                                                        \
     .result = "7"},                                                                                                   \
        {.name = the_name,                                                                                             \
         .signature = "(value BIGINT) -> BIGINT",                                                                      \
         .row = function,                                                                                              \
         .category = "MATHEMATICAL",                                                                                   \
         .help = the_help ": of a whole one, itself",                                                                  \
         .example = the_name "(7000000000)",                                                                           \
         .result = "7000000000"},                                                                                      \
        {.name = the_name,                                                                                             \
         .signature = "(value DOUBLE) -> BIGINT",                                                                      \
         .row = function,                                                                                              \
         .category = "MATHEMATICAL",                                                                                   \
         .help = the_help,                                                                                             \
         .example = the_name "(" one "e0)",                                                                            \
         .result = one_result},                                                                                        \
        {.name = the_name,                                                                                             \
         .signature = "(value DOUBLE, places INT) -> DOUBLE",                                                          \
         .row = function,                                                                                              \
         .category = "MATHEMATICAL",                                                                                   \
         .help = the_help ", with so many places kept",                                                                \
         .example = the_name "(" places "e0, 2)",                                                                      \
         .result = places_result},                                                                                     \
        {.name = the_name,                                                                                             \
         .signature = "(value DECIMAL) -> DECIMAL",                                                                    \
         .bind = bind_integral,                                                                                        \
         .row = function,                                                                                              \
         .category = "MATHEMATICAL",                                                                                   \
         .help = the_help,                                                                                             \
         .example = the_name "(" one ")",                                                                              \
         .result = one_result},                                                                                        \
    {                                                                                                                  \
        .name = the_name, .signature = "(value DECIMAL, places INT) -> DECIMAL", .row = function,                      \
        .category = "MATHEMATICAL", .help = the_help ", with so many places kept",                                     \
        .example = the_name "(" places ", 2)", .result = places_result "0"                                             \
    }

static const struct weir_function functions[] = {
    INTEGRAL("CEIL", ceiling, "INT", "the next whole number that is not smaller: itself", "CEIL(3)", "3"),
    INTEGRAL("CEIL", ceiling, "BIGINT", "the next whole number that is not smaller: itself", "CEIL(7000000000)",
             "7000000000"),
    INTEGRAL("CEIL", ceiling, "DOUBLE", "the next whole number that is not smaller", "CEIL(2.1e0)", "3.0"),
    INTEGRAL("CEIL", ceiling, "DECIMAL", "the next whole number that is not smaller", "CEIL(-2.1)", "-2.0"),
    INTEGRAL("FLOOR", downwards, "INT", "the next whole number that is not larger: itself", "FLOOR(3)", "3"),
    INTEGRAL("FLOOR", downwards, "BIGINT", "the next whole number that is not larger: itself", "FLOOR(7000000000)",
             "7000000000"),
    INTEGRAL("FLOOR", downwards, "DOUBLE", "the next whole number that is not larger", "FLOOR(2.9e0)", "2.0"),
    INTEGRAL("FLOOR", downwards, "DECIMAL", "the next whole number that is not larger", "FLOOR(-2.1)", "-3.0"),
    PLACES("ROUND", rounded, "the nearest whole number, halves upwards", "2.5", "3", "1.555", "1.56"),
    PLACES("TRUNC", truncated, "the number without what is behind the point", "2.5", "2", "1.555", "1.55"),
};

BUILTINS(builtin_round, functions);
