/* time.c - dates and times as numbers: UNIX_TIMESTAMP, UNIX_DATE, FROM_UNIXTIME, FROM_DAYS, CONVERT_TZ, and DATE, TIME
 * and TIMESTAMP with so many units added or taken away.
 *
 *     DATEADD(DAYS, 10, d)     a unit comes as its milliseconds; sums wrap around as the peer's do
 */
#include "engine/base/clock.h"
#include "engine/time/datetime.h"
#include "udf/builtin.h"

static bool unix_timestamp(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    result->bigint = call->n_arguments ? arguments[0].bigint : clock_wall_ms();
    return true;
}

static bool unix_date(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    result->integer = call->n_arguments ? arguments[0].integer : (int32_t)(clock_wall_ms() / MS_PER_DAY);
    return true;
}

static bool as_it_is(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call;
    *result = arguments[0];
    return true;
}

/* ---- units */

/* n units in milliseconds, added or taken away. */
static int64_t units(const struct weir_value *arguments, int sign)
{
    return (int64_t)((uint64_t)arguments[0].bigint * (uint64_t)(int64_t)arguments[1].integer * (uint64_t)(int64_t)sign);
}

static int64_t sum(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

/* Whole days, cut towards 1970. */
static bool move_date(const struct weir_value *arguments, int sign, struct weir_value *result)
{
    int64_t ms = sum((int64_t)arguments[2].integer * MS_PER_DAY, units(arguments, sign));
    result->integer = (int32_t)(ms / MS_PER_DAY);
    return true;
}

/* Round the clock. */
static bool move_time(const struct weir_value *arguments, int sign, struct weir_value *result)
{
    int64_t ms = sum(arguments[2].integer, units(arguments, sign) % MS_PER_DAY) % MS_PER_DAY;
    result->integer = (int32_t)(ms < 0 ? ms + MS_PER_DAY : ms);
    return true;
}

static bool dateadd(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call;
    return move_date(arguments, 1, result);
}

static bool datesub(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call;
    return move_date(arguments, -1, result);
}

static bool timeadd(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call;
    return move_time(arguments, 1, result);
}

static bool timesub(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call;
    return move_time(arguments, -1, result);
}

static bool timestampadd(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call;
    result->bigint = sum(arguments[2].bigint, units(arguments, 1));
    return true;
}

static bool timestampsub(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call;
    result->bigint = sum(arguments[2].bigint, units(arguments, -1));
    return true;
}

/* ---- zones */

static bool convert_tz(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    const struct zone *zones[2];
    for (int i = 0; i < 2; i++) {
        struct text id = builtin_text_of(arguments + 1 + i);
        zones[i] = zone_find(id);
        if (!zones[i]) return builtin_fail(call, "'" TEXT_FMT "' is not a time zone", TEXT_ARG(id));
    }
    int64_t ms = arguments[0].bigint;
    int32_t seconds = zone_offset_at(zones[1], ms) - zone_offset_at(zones[0], ms);
    result->bigint = sum(ms, (int64_t)seconds * 1000);
    return true;
}

#define MOVE(the_name, type, function, the_help, the_example, the_result)                                              \
    {                                                                                                                  \
        .name = the_name, .signature = "(unit INTERVALUNIT, n INT, moment " type ") -> " type, .row = function,        \
        .category = "DATE_TIME", .help = the_help, .example = the_example, .result = the_result                        \
    }

static const struct weir_function functions[] = {
    {.name = "CONVERT_TZ",
     .signature = "(moment TIMESTAMP, from STRING, to STRING) -> TIMESTAMP",
     .row = convert_tz,
     .category = "DATE_TIME",
     .help = "moved by the difference of two time zones",
     .example = "CONVERT_TZ(FROM_UNIXTIME(0), 'UTC', '+02:00')",
     .result = "1970-01-01T02:00:00.000"},
    MOVE("DATEADD", "DATE", dateadd, "so many units later", "DATEADD(DAYS, 10, '2024-05-31')", "2024-06-10"),
    MOVE("DATESUB", "DATE", datesub, "so many units earlier", "DATESUB(DAYS, 31, '2024-05-31')", "2024-04-30"),
    {.name = "FROM_DAYS",
     .signature = "(days INT NOT NULL) -> DATE",
     .row = as_it_is,
     .category = "DATE_TIME",
     .help = "the date so many days after 1970-01-01",
     .example = "FROM_DAYS(19874)",
     .result = "2024-05-31"},
    {.name = "FROM_UNIXTIME",
     .signature = "(milliseconds BIGINT) -> TIMESTAMP",
     .row = as_it_is,
     .category = "DATE_TIME",
     .help = "the moment so many milliseconds after 1970-01-01T00:00:00Z",
     .example = "FROM_UNIXTIME(1717150830123)",
     .result = "2024-05-31T10:20:30.123"},
    MOVE("TIMEADD", "TIME", timeadd, "so many units later, round the clock", "TIMEADD(HOURS, 3, '22:30:15')",
         "01:30:15"),
    MOVE("TIMESUB", "TIME", timesub, "so many units earlier, round the clock", "TIMESUB(MINUTES, 31, '00:30:15')",
         "23:59:15"),
    MOVE("TIMESTAMPADD", "TIMESTAMP", timestampadd, "so many units later",
         "TIMESTAMPADD(MILLISECONDS, 5, FROM_UNIXTIME(0))", "1970-01-01T00:00:00.005"),
    MOVE("TIMESTAMPSUB", "TIMESTAMP", timestampsub, "so many units earlier",
         "TIMESTAMPSUB(SECONDS, 1, FROM_UNIXTIME(0))", "1969-12-31T23:59:59.000"),
    {.name = "UNIX_DATE",
     .signature = "() -> INT",
     .flags = WEIR_NOT_DETERMINISTIC,
     .row = unix_date,
     .category = "DATE_TIME",
     .help = "today, in days since 1970-01-01",
     .example = "UNIX_DATE() > 19000",
     .result = "true"},
    {.name = "UNIX_DATE",
     .signature = "(date DATE) -> INT",
     .row = unix_date,
     .category = "DATE_TIME",
     .help = "the date in days since 1970-01-01",
     .example = "UNIX_DATE('2024-05-31')",
     .result = "19874"},
    {.name = "UNIX_TIMESTAMP",
     .signature = "() -> BIGINT",
     .flags = WEIR_NOT_DETERMINISTIC,
     .row = unix_timestamp,
     .category = "DATE_TIME",
     .help = "now, in milliseconds since 1970-01-01T00:00:00Z",
     .example = "UNIX_TIMESTAMP() > 1700000000000",
     .result = "true"},
    {.name = "UNIX_TIMESTAMP",
     .signature = "(moment TIMESTAMP) -> BIGINT",
     .row = unix_timestamp,
     .category = "DATE_TIME",
     .help = "the moment in milliseconds since 1970-01-01T00:00:00Z",
     .example = "UNIX_TIMESTAMP('2024-05-31T10:20:30.123')",
     .result = "1717150830123"},
};

BUILTINS(builtin_time, functions);
