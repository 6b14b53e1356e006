/* cast_scalar.c - one function for each pair of scalar types that the CAST matrix knows; the table is at the end. */
#include "engine/types/cast_scalar.h"
#include "engine/base/arena.h"
#include "engine/base/buffer.h"
#include "engine/types/base64.h"
#include "engine/time/calendar.h"
#include "engine/time/datetime.h"
#include "engine/number/number.h"
#include <stdio.h>

enum { SHOWN_TEXT = 40, SHORT_TEXT = 64, LONGEST_TEXT = 16 << 20 };

bool cast_identity(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out, char *why)
{
    (void)cast, (void)arena, (void)why;
    *out = *in;
    return true;
}

static bool fail(char *why, const char *format, ...) PRINTF_LIKE(2, 3);
static bool fail(char *why, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, CAST_WHY, format, arguments);
    va_end(arguments);
    return false;
}

/* The beginning of a text, as much as a message has room for, not cut inside a character. */
static struct text shown(struct text text)
{
    if (text.len <= SHOWN_TEXT) return text;
    return (struct text){text.data, text_valid_utf8((struct text){text.data, SHOWN_TEXT})};
}

bool cast_not_valid(char *why, struct text text, const struct type *type)
{
    struct text start = shown(text);
    return fail(why, "'" TEXT_FMT "%s' is not a valid %s", TEXT_ARG(start), start.len < text.len ? "..." : "",
                type_kind_name(type->kind));
}

static bool does_not_fit(char *why, struct text text, const struct type *type)
{
    struct text start = shown(text);
    return fail(why, TEXT_FMT "%s does not fit DECIMAL(%d, %d)", TEXT_ARG(start), start.len < text.len ? "..." : "",
                type->precision, type->scale);
}

/* ---- to STRING */

static bool boolean_to_string(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                              char *why)
{
    (void)cast, (void)arena, (void)why;
    *out = (struct value){.text = in->boolean ? TEXT("true") : TEXT("false")};
    return true;
}

/* Printed on the stack, and copied into the arena. */
static bool short_to_string(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                            char *why)
{
    (void)why;
    char text[SHORT_TEXT];
    struct buffer buffer = {.data = text, .capacity = sizeof text, .ceiling = sizeof text};
    value_print(&buffer, cast->from, in);
    *out = (struct value){.text = {arena_copy(arena, text, buffer.len), buffer.len}};
    return true;
}

/* A text of any length. */
static bool long_to_string(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                           char *why)
{
    struct buffer buffer = BUFFER(LONGEST_TEXT);
    value_print(&buffer, cast->from, in);
    *out = (struct value){.text = text_copy(arena, buffer_text(&buffer))};
    bool overflow = buffer.overflow;
    buffer_free(&buffer);
    return !overflow ||
           fail(why, "the text of the %s is longer than %d MiB", type_kind_name(cast->from->kind), LONGEST_TEXT >> 20);
}

static bool decimal_to_string(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                              char *why)
{
    return (decimal_is_big(cast->from) ? long_to_string : short_to_string)(cast, arena, in, out, why);
}

/* ---- between numbers */

static bool integer_to_bigint(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                              char *why)
{
    (void)cast, (void)arena, (void)why;
    *out = (struct value){.bigint = in->integer};
    return true;
}

/* The low 32 bits. */
static bool bigint_to_integer(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                              char *why)
{
    (void)cast, (void)arena, (void)why;
    *out = (struct value){.integer = (int32_t)(uint32_t)in->bigint};
    return true;
}

static bool integer_to_double(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                              char *why)
{
    (void)cast, (void)arena, (void)why;
    *out = (struct value){.real = in->integer};
    return true;
}

static bool bigint_to_double(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                             char *why)
{
    (void)cast, (void)arena, (void)why;
    *out = (struct value){.real = (double)in->bigint};
    return true;
}

static bool whole_to_decimal(const struct cast *cast, struct arena *arena, int64_t in, struct value *out, char *why)
{
    *out = (struct value){0};
    if (decimal_from_bigint(arena, cast->to, in, &out->decimal)) return true;
    char text[NUMBER_MAX_TEXT];
    return does_not_fit(why, (struct text){text, number_print_bigint(text, in)}, cast->to);
}

static bool integer_to_decimal(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                               char *why)
{
    return whole_to_decimal(cast, arena, in->integer, out, why);
}

static bool bigint_to_decimal(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                              char *why)
{
    return whole_to_decimal(cast, arena, in->bigint, out, why);
}

static bool decimal_to_integer(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                               char *why)
{
    (void)arena, (void)why;
    *out = (struct value){.integer = (int32_t)(uint32_t)decimal_to_bigint(cast->from, in->decimal)};
    return true;
}

static bool decimal_to_big_integer(const struct cast *cast, struct arena *arena, const struct value *in,
                                   struct value *out, char *why)
{
    (void)arena, (void)why;
    *out = (struct value){.bigint = decimal_to_bigint(cast->from, in->decimal)};
    return true;
}

static bool decimal_to_real(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                            char *why)
{
    (void)arena, (void)why;
    *out = (struct value){.real = decimal_to_double(cast->from, in->decimal)};
    return true;
}

static bool decimal_to_decimal(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                               char *why)
{
    *out = (struct value){0};
    if (decimal_rescale(arena, cast->from, in->decimal, cast->to, DECIMAL_HALF_UP, &out->decimal)) return true;
    struct buffer text = BUFFER(LONGEST_TEXT);
    decimal_print(&text, cast->from, in->decimal);
    does_not_fit(why, buffer_text(&text), cast->to);
    buffer_free(&text);
    return false;
}

/* The nearest whole number towards zero that the type holds; 0 for NaN. */
static int64_t truncated(double value, int64_t min, int64_t max)
{
    if (value != value) return 0;
    if (value <= (double)min) return min;
    return value >= (double)max ? max : (int64_t)value;
}

static bool double_to_integer(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                              char *why)
{
    (void)cast, (void)arena, (void)why;
    *out = (struct value){.integer = (int32_t)truncated(in->real, INT32_MIN, INT32_MAX)};
    return true;
}

static bool double_to_bigint(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                             char *why)
{
    (void)cast, (void)arena, (void)why;
    *out = (struct value){.bigint = truncated(in->real, INT64_MIN, INT64_MAX)};
    return true;
}

static bool double_to_decimal(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                              char *why)
{
    *out = (struct value){0};
    if (decimal_from_double(arena, cast->to, in->real, &out->decimal)) return true;
    char text[NUMBER_MAX_TEXT];
    return does_not_fit(why, (struct text){text, number_print_double(text, in->real)}, cast->to);
}

/* ---- from STRING */

/* Any prefix of "true" or "yes", but not the empty one. */
static bool string_to_boolean(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                              char *why)
{
    (void)cast, (void)arena, (void)why;
    static const struct text words[] = {{"true", 4}, {"yes", 3}};
    struct text text = text_trim(in->text);
    *out = (struct value){.boolean = false};
    for (int i = 0; i < 2 && text.len; i++) {
        struct text start = {words[i].data, text.len};
        if (text.len <= words[i].len && text_equal_nocase(text, start)) out->boolean = true;
    }
    return true;
}

static bool string_to_integer(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                              char *why)
{
    (void)arena;
    *out = (struct value){0};
    return number_parse_integer(text_trim(in->text), &out->integer) || cast_not_valid(why, in->text, cast->to);
}

static bool string_to_bigint(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                             char *why)
{
    (void)arena;
    *out = (struct value){0};
    return number_parse_bigint(text_trim(in->text), &out->bigint) || cast_not_valid(why, in->text, cast->to);
}

static bool string_to_double(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                             char *why)
{
    (void)arena;
    *out = (struct value){0};
    return number_parse_double(in->text, &out->real) || cast_not_valid(why, in->text, cast->to);
}

static bool string_to_decimal(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                              char *why)
{
    *out = (struct value){0};
    struct text text = text_trim(in->text);
    if (decimal_parse(arena, cast->to, text, DECIMAL_HALF_UP, &out->decimal)) return true;
    double number;
    return number_parse_double(text, &number) ? does_not_fit(why, text, cast->to) : cast_not_valid(why, text, cast->to);
}

static bool string_to_bytes(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                            char *why)
{
    (void)cast;
    *out = (struct value){0};
    if (base64_parse(arena, text_trim(in->text), &out->text)) return true;
    struct text start = shown(in->text);
    return fail(why, "'" TEXT_FMT "%s' is not base64", TEXT_ARG(start), start.len < in->text.len ? "..." : "");
}

static bool string_to_date(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                           char *why)
{
    (void)arena;
    *out = (struct value){0};
    return date_parse(text_trim(in->text), &out->integer) || cast_not_valid(why, in->text, cast->to);
}

static bool string_to_time(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                           char *why)
{
    (void)arena;
    *out = (struct value){0};
    return time_parse(text_trim(in->text), &out->integer) || cast_not_valid(why, in->text, cast->to);
}

static bool string_to_timestamp(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                                char *why)
{
    (void)arena;
    *out = (struct value){0};
    return timestamp_parse(text_trim(in->text), &out->bigint) || cast_not_valid(why, in->text, cast->to);
}

/* ---- between dates and times */

static bool timestamp_to_date(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                              char *why)
{
    (void)cast, (void)arena;
    int64_t days = calendar_floor_div(in->bigint, MS_PER_DAY);
    *out = (struct value){.integer = (int32_t)days};
    return days == out->integer || fail(why, "the timestamp %lld is out of the range of DATE", (long long)in->bigint);
}

static bool timestamp_to_time(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                              char *why)
{
    (void)cast, (void)arena, (void)why;
    *out = (struct value){.integer = (int32_t)calendar_floor_mod(in->bigint, MS_PER_DAY)};
    return true;
}

static bool date_to_timestamp(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                              char *why)
{
    (void)cast, (void)arena, (void)why;
    *out = (struct value){.bigint = in->integer * (int64_t)MS_PER_DAY};
    return true;
}

static cast_function *const matrix[TYPE_KINDS][TYPE_KINDS] = {
    [TYPE_BOOLEAN] = {[TYPE_BOOLEAN] = cast_identity, [TYPE_STRING] = boolean_to_string},
    [TYPE_INTEGER] = {[TYPE_INTEGER] = cast_identity,
                      [TYPE_BIGINT] = integer_to_bigint,
                      [TYPE_DECIMAL] = integer_to_decimal,
                      [TYPE_DOUBLE] = integer_to_double,
                      [TYPE_STRING] = short_to_string},
    [TYPE_BIGINT] = {[TYPE_INTEGER] = bigint_to_integer,
                     [TYPE_BIGINT] = cast_identity,
                     [TYPE_DECIMAL] = bigint_to_decimal,
                     [TYPE_DOUBLE] = bigint_to_double,
                     [TYPE_STRING] = short_to_string},
    [TYPE_DECIMAL] = {[TYPE_INTEGER] = decimal_to_integer,
                      [TYPE_BIGINT] = decimal_to_big_integer,
                      [TYPE_DECIMAL] = decimal_to_decimal,
                      [TYPE_DOUBLE] = decimal_to_real,
                      [TYPE_STRING] = decimal_to_string},
    [TYPE_DOUBLE] = {[TYPE_INTEGER] = double_to_integer,
                     [TYPE_BIGINT] = double_to_bigint,
                     [TYPE_DECIMAL] = double_to_decimal,
                     [TYPE_DOUBLE] = cast_identity,
                     [TYPE_STRING] = short_to_string},
    [TYPE_STRING] = {[TYPE_BOOLEAN] = string_to_boolean,
                     [TYPE_INTEGER] = string_to_integer,
                     [TYPE_BIGINT] = string_to_bigint,
                     [TYPE_DECIMAL] = string_to_decimal,
                     [TYPE_DOUBLE] = string_to_double,
                     [TYPE_STRING] = cast_identity,
                     [TYPE_BYTES] = string_to_bytes,
                     [TYPE_DATE] = string_to_date,
                     [TYPE_TIME] = string_to_time,
                     [TYPE_TIMESTAMP] = string_to_timestamp},
    [TYPE_BYTES] = {[TYPE_BYTES] = cast_identity},
    [TYPE_DATE] = {[TYPE_STRING] = short_to_string, [TYPE_DATE] = cast_identity, [TYPE_TIMESTAMP] = date_to_timestamp},
    [TYPE_TIME] = {[TYPE_STRING] = short_to_string, [TYPE_TIME] = cast_identity},
    [TYPE_TIMESTAMP] = {[TYPE_STRING] = short_to_string,
                        [TYPE_DATE] = timestamp_to_date,
                        [TYPE_TIME] = timestamp_to_time,
                        [TYPE_TIMESTAMP] = cast_identity},
    [TYPE_ARRAY] = {[TYPE_STRING] = long_to_string},
    [TYPE_MAP] = {[TYPE_STRING] = long_to_string},
    [TYPE_STRUCT] = {[TYPE_STRING] = long_to_string},
};

cast_function *cast_scalar_find(enum type_kind from, enum type_kind to)
{
    return matrix[from][to];
}
