/* format.c - dates and times as text by Java's patterns: FORMAT_*, PARSE_*, and their older names.
 *
 *     FORMAT_TIMESTAMP(t, 'yyyy-MM-dd HH:mm', 'Europe/Berlin')
 *
 * A pattern or a zone that is written as a literal is compiled with the statement, and refused there if it is wrong.
 * Without a zone the time is UTC: servers that share a service must agree, so the zone of a machine does not count.
 */
#include "engine/base/buffer.h"
#include "engine/time/datetime.h"
#include "udf/builtin.h"

enum { LONGEST = 1 << 16, LONGEST_DATE = 128 };

/* What is known when the statement is compiled; NULL: what is not. */
struct format {
    const struct datetime_pattern *pattern;
    const struct zone *zone;
};

static bool bind_format(struct weir_bind *bind)
{
    struct format *format = bind->host->keep(bind, sizeof *format);
    const struct weir_value *pattern = bind->constants[1], *zone = bind->n_arguments > 2 ? bind->constants[2] : NULL;
    struct arena *arena = ((struct host_bind *)bind)->arena;
    struct error error = {0};
    bind->state = format;
    if (pattern && !pattern->is_null &&
        !datetime_pattern_compile(arena, text_copy(arena, builtin_text_of(pattern)), &format->pattern, &error))
        return builtin_refuse(bind, "%.200s", error.message);
    if (!zone || zone->is_null) return true;
    format->zone = zone_find(builtin_text_of(zone));
    return format->zone || builtin_refuse(bind, "'%.*s' is not a time zone", (int)zone->text.len, zone->text.data);
}

/* The pattern and zone of a row. */
static bool format_of(struct weir_call *call, const struct weir_value *arguments, struct format *format)
{
    struct error error = {0};
    *format = *(const struct format *)call->state;
    if (!format->pattern &&
        !datetime_pattern_compile(builtin_arena(call), builtin_text_of(arguments + 1), &format->pattern, &error))
        return builtin_fail(call, "%.200s", error.message);
    if (call->n_arguments < 3 || format->zone) return true;
    struct text id = builtin_text_of(arguments + 2);
    format->zone = zone_find(id);
    return format->zone || builtin_fail(call, "'" TEXT_FMT "' is not a time zone", TEXT_ARG(id));
}

/* ---- to text */

static bool print(struct weir_call *call, const struct weir_value *arguments, int64_t ms, struct weir_value *result)
{
    struct format format;
    struct buffer out = BUFFER(LONGEST);
    if (!format_of(call, arguments, &format)) return false;
    datetime_pattern_print(&out, format.pattern, ms, format.zone);
    builtin_give_text(result, text_copy(builtin_arena(call), buffer_text(&out)));
    buffer_free(&out);
    return true;
}

static bool format_date(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    return print(call, arguments, (int64_t)arguments[0].integer * MS_PER_DAY, result);
}

static bool format_time(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    return print(call, arguments, arguments[0].integer, result);
}

static bool format_timestamp(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    return print(call, arguments, arguments[0].bigint, result);
}

/* ---- from text */

static bool does_not_fit(struct weir_call *call, const struct weir_value *arguments)
{
    struct text text = builtin_text_of(arguments), pattern = builtin_text_of(arguments + 1);
    return builtin_fail(call, "'%.*s' is not of the form '" TEXT_FMT "'", (int)(text.len < 80 ? text.len : 80),
                        text.data, TEXT_ARG(pattern));
}

static bool parse(struct weir_call *call, const struct weir_value *arguments, int64_t *ms)
{
    struct format format;
    if (!format_of(call, arguments, &format)) return false;
    return datetime_pattern_parse(format.pattern, builtin_text_of(arguments), format.zone, ms) ||
           does_not_fit(call, arguments);
}

/* What stands behind a date is no one's business, as the peer has it: '2024-05-31-x' is of the form yyyy-MM-dd. So the
 * longest beginning that fits is taken. */
static bool parse_beginning(const struct format *format, struct text text, int64_t *ms)
{
    if (text.len > LONGEST_DATE) text.len = LONGEST_DATE;
    for (; text.len; text.len--)
        if (datetime_pattern_parse(format->pattern, text, format->zone, ms)) return true;
    return false;
}

static bool parse_date(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    struct format format;
    int64_t ms;
    if (!format_of(call, arguments, &format)) return false;
    if (!parse_beginning(&format, builtin_text_of(arguments), &ms)) return does_not_fit(call, arguments);
    if (ms % MS_PER_DAY)
        return builtin_fail(call, "'" TEXT_FMT "' has a time of the day", TEXT_ARG(builtin_text_of(arguments)));
    result->integer = (int32_t)(ms / MS_PER_DAY);
    return true;
}

static bool parse_time(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    int64_t ms;
    if (!parse(call, arguments, &ms)) return false;
    if (ms < 0 || ms >= MS_PER_DAY)
        return builtin_fail(call, "'" TEXT_FMT "' has a date", TEXT_ARG(builtin_text_of(arguments)));
    result->integer = (int32_t)ms;
    return true;
}

static bool parse_timestamp(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    return parse(call, arguments, &result->bigint);
}

#define FORMAT(the_name, parameters, type, the_nulls, function, the_help, the_example, the_result)                     \
    {                                                                                                                  \
        .name = the_name, .signature = "(" parameters ") -> " type, .nulls = the_nulls, .bind = bind_format,           \
        .row = function, .category = "DATE_TIME", .help = the_help, .example = the_example, .result = the_result       \
    }

static const struct weir_function functions[] = {
    FORMAT("DATETOSTRING", "days INT NOT NULL, pattern STRING", "STRING", WEIR_NULL_GIVES_NULL, format_date,
           "older than FORMAT_DATE: days since 1970-01-01 as text", "DATETOSTRING(19874, 'dd.MM.yyyy')", "31.05.2024"),
    FORMAT("FORMAT_DATE", "date DATE, pattern STRING", "STRING", WEIR_NULL_GIVES_NULL, format_date, "the date as text",
           "FORMAT_DATE('2024-05-31', 'dd.MM.yyyy')", "31.05.2024"),
    FORMAT("FORMAT_TIME", "time TIME, pattern STRING", "STRING", WEIR_NULL_GIVES_NULL, format_time, "the time as text",
           "FORMAT_TIME('10:20:30', 'HH.mm')", "10.20"),
    FORMAT("FORMAT_TIMESTAMP", "moment TIMESTAMP, pattern STRING", "STRING", WEIR_NULL_GIVES_NULL, format_timestamp,
           "the moment as text, in UTC", "FORMAT_TIMESTAMP('2024-05-31T10:20:30', 'yyyy-MM-dd HH:mm')",
           "2024-05-31 10:20"),
    FORMAT("FORMAT_TIMESTAMP", "moment TIMESTAMP, pattern STRING, zone STRING", "STRING", WEIR_NULL_GIVES_NULL,
           format_timestamp, "the moment as text, in a time zone",
           "FORMAT_TIMESTAMP('2024-05-31T10:20:30', 'yyyy-MM-dd HH:mm', '+02:00')", "2024-05-31 12:20"),
    FORMAT("PARSE_DATE", "text STRING, pattern STRING", "DATE", WEIR_NULL_GIVES_NULL, parse_date, "a date from text",
           "PARSE_DATE('31.05.2024', 'dd.MM.yyyy')", "2024-05-31"),
    FORMAT("PARSE_TIME", "text STRING, pattern STRING", "TIME", WEIR_NULL_GIVES_NULL, parse_time,
           "a time of the day from text", "PARSE_TIME('10.20', 'HH.mm')", "10:20"),
    FORMAT("PARSE_TIMESTAMP", "text STRING, pattern STRING", "TIMESTAMP", WEIR_NULL_GIVES_NULL, parse_timestamp,
           "a moment from text; UTC where the text has no zone",
           "PARSE_TIMESTAMP('2024-05-31 10:20', 'yyyy-MM-dd HH:mm')", "2024-05-31T10:20:00.000"),
    FORMAT("PARSE_TIMESTAMP", "text STRING, pattern STRING, zone STRING", "TIMESTAMP", WEIR_NULL_GIVES_NULL,
           parse_timestamp, "a moment from text, in a time zone where the text has none",
           "PARSE_TIMESTAMP('2024-05-31 12:20', 'yyyy-MM-dd HH:mm', '+02:00')", "2024-05-31T10:20:00.000"),
    FORMAT("STRINGTODATE", "text STRING, pattern STRING", "INT", WEIR_NULL_FAILS, parse_date,
           "older than PARSE_DATE: days since 1970-01-01 from text", "STRINGTODATE('31.05.2024', 'dd.MM.yyyy')",
           "19874"),
    FORMAT("STRINGTOTIMESTAMP", "text STRING, pattern STRING", "BIGINT", WEIR_NULL_FAILS, parse_timestamp,
           "older than PARSE_TIMESTAMP: milliseconds since 1970-01-01T00:00:00Z from text",
           "STRINGTOTIMESTAMP('2024-05-31 10:20', 'yyyy-MM-dd HH:mm')", "1717150800000"),
    FORMAT("STRINGTOTIMESTAMP", "text STRING, pattern STRING, zone STRING", "BIGINT", WEIR_NULL_FAILS, parse_timestamp,
           "older than PARSE_TIMESTAMP: the text is in a time zone",
           "STRINGTOTIMESTAMP('2024-05-31 12:20', 'yyyy-MM-dd HH:mm', '+02:00')", "1717150800000"),
    FORMAT("TIMESTAMPTOSTRING", "milliseconds BIGINT NOT NULL, pattern STRING", "STRING", WEIR_NULL_GIVES_NULL,
           format_timestamp, "older than FORMAT_TIMESTAMP: milliseconds since 1970-01-01T00:00:00Z as text",
           "TIMESTAMPTOSTRING(1717150800000, 'yyyy-MM-dd HH:mm')", "2024-05-31 10:20"),
    FORMAT("TIMESTAMPTOSTRING", "milliseconds BIGINT NOT NULL, pattern STRING, zone STRING", "STRING",
           WEIR_NULL_GIVES_NULL, format_timestamp, "older than FORMAT_TIMESTAMP: in a time zone",
           "TIMESTAMPTOSTRING(1717150800000, 'yyyy-MM-dd HH:mm', '+02:00')", "2024-05-31 12:20"),
};

BUILTINS(builtin_format, functions);
