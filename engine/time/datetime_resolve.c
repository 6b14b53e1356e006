/* datetime_resolve.c - makes an instant of the fields that were read, as Java's DateTimeFormatter does in its SMART
 * style and the peer on top of it.
 *
 *     1. fields that make a date become the date:  year, month, day | year, day of year | week's year, week, weekday |
 * ...
 *     2. fields that make a time become the time:  hour [minute [second [nanosecond]]]
 *     3. what is left must agree with them:        a weekday beside a date, for example
 *     4. without a date (or a time), what is left is laid over 1970-01-01 (or 00:00), one field after the other
 *
 * Smart means: a day from 29 to 31 is cut to the length of its month if the year is known, 24:00 is the next midnight,
 * a year of an era without an era is one of ours. Fields out of their range, or that contradict each other, are
 * refused.
 */
#include "engine/time/calendar.h"
#include "engine/time/datetime_pattern.h"
#include "engine/time/zone.h"

enum { MAX_YEAR = 999999999, MJD_OF_EPOCH = 40587, HOURS_OF_HALF = 12, THURSDAY = 4, MAX_OFFSET = 18 * 3600 };

#define NANOS_PER_SECOND 1000000000LL
#define NANOS_PER_DAY    (86400 * NANOS_PER_SECOND)

struct resolver {
    struct datetime_fields *fields;
    bool has_date;
    bool has_time;
    int64_t days;
    int64_t nano_of_day;
    int64_t excess_days; /* 1 for 24:00 */
};

static const struct {
    int64_t min;
    int64_t max;
} ranges[DATETIME_FIELDS] = {
    [FIELD_NANO] = {0, NANOS_PER_SECOND - 1},
    [FIELD_NANO_OF_DAY] = {0, NANOS_PER_DAY - 1},
    [FIELD_MILLI_OF_DAY] = {0, MS_PER_DAY - 1},
    [FIELD_SECOND] = {0, 59},
    [FIELD_MINUTE] = {0, 59},
    [FIELD_HOUR_OF_HALF] = {0, 11},
    [FIELD_CLOCK_HOUR_OF_HALF] = {0, 12},
    [FIELD_HOUR] = {0, 23},
    [FIELD_CLOCK_HOUR] = {0, 24},
    [FIELD_HALF] = {0, 1},
    [FIELD_WEEKDAY] = {1, 7},
    [FIELD_ALIGNED_WEEKDAY] = {1, 7},
    [FIELD_DAY] = {1, 31},
    [FIELD_DAY_OF_YEAR] = {1, 366},
    [FIELD_MONTH] = {1, 12},
    [FIELD_YEAR_OF_ERA] = {1, MAX_YEAR},
    [FIELD_YEAR] = {-MAX_YEAR, MAX_YEAR},
    [FIELD_ERA] = {0, 1},
    [FIELD_OFFSET] = {-MAX_OFFSET, MAX_OFFSET},
    [FIELD_QUARTER] = {INT64_MIN, INT64_MAX},
    [FIELD_LOCAL_WEEKDAY] = {1, 7},
    [FIELD_WEEK_YEAR] = {INT32_MIN, INT32_MAX},
    [FIELD_WEEK_OF_YEAR] = {INT32_MIN, INT32_MAX},
    [FIELD_WEEK_OF_MONTH] = {INT32_MIN, INT32_MAX},
    [FIELD_MODIFIED_JULIAN_DAY] = {-365000000000, 365000000000},
};

static bool has(const struct resolver *resolver, enum datetime_field field)
{
    return datetime_has(resolver->fields, field);
}

static int64_t get(const struct resolver *resolver, enum datetime_field field)
{
    return resolver->fields->values[field];
}

/* The value, and the field is gone. */
static int64_t take(struct resolver *resolver, enum datetime_field field)
{
    resolver->fields->present &= ~((uint32_t)1 << field);
    return resolver->fields->values[field];
}

static bool put(struct resolver *resolver, enum datetime_field field, int64_t value)
{
    if (has(resolver, field)) return get(resolver, field) == value;
    resolver->fields->present |= (uint32_t)1 << field;
    resolver->fields->values[field] = value;
    return true;
}

static bool in_range(enum datetime_field field, int64_t value)
{
    return value >= ranges[field].min && value <= ranges[field].max;
}

static bool set_date(struct resolver *resolver, int64_t days)
{
    if (resolver->has_date) return resolver->days == days;
    resolver->has_date = true;
    resolver->days = days;
    return true;
}

/* ---- dates */

static bool resolve_year(struct resolver *resolver)
{
    if (!has(resolver, FIELD_YEAR_OF_ERA)) return true;
    int64_t of_era = take(resolver, FIELD_YEAR_OF_ERA), year = of_era;
    if (has(resolver, FIELD_ERA) ? take(resolver, FIELD_ERA) == 0
                                 : has(resolver, FIELD_YEAR) && get(resolver, FIELD_YEAR) <= 0)
        year = 1 - of_era;
    return put(resolver, FIELD_YEAR, year);
}

static bool resolve_month_and_day(struct resolver *resolver)
{
    int64_t year = take(resolver, FIELD_YEAR), month = take(resolver, FIELD_MONTH), day = take(resolver, FIELD_DAY);
    int32_t length = calendar_month_length(year, (int32_t)month);
    return set_date(resolver, calendar_days(year, (int32_t)month, day < length ? day : length));
}

static bool resolve_day_of_year(struct resolver *resolver)
{
    int64_t year = take(resolver, FIELD_YEAR), day = take(resolver, FIELD_DAY_OF_YEAR);
    return day <= calendar_year_length(year) && set_date(resolver, calendar_days(year, 1, day));
}

static bool resolve_date(struct resolver *resolver)
{
    if (!resolve_year(resolver)) return false;
    if (!has(resolver, FIELD_YEAR)) return true;
    if (has(resolver, FIELD_MONTH) && has(resolver, FIELD_DAY)) return resolve_month_and_day(resolver);
    return !has(resolver, FIELD_DAY_OF_YEAR) || resolve_day_of_year(resolver);
}

/* Days from the first of a month or a year to the Sunday that begins its first week: 0 or negative. */
static int64_t to_first_sunday(int64_t first)
{
    return -(calendar_weekday(first) % 7);
}

static bool resolve_week_of_month(struct resolver *resolver)
{
    int64_t week = take(resolver, FIELD_WEEK_OF_MONTH), weekday = take(resolver, FIELD_WEEKDAY) % 7;
    int64_t first = calendar_days(take(resolver, FIELD_YEAR), (int32_t)take(resolver, FIELD_MONTH), 1);
    return week >= 0 && week <= 6 && set_date(resolver, first + to_first_sunday(first) + (week - 1) * 7 + weekday);
}

/* A week beyond the last one of the year is the last one. */
static bool resolve_week_of_year(struct resolver *resolver)
{
    int64_t year = take(resolver, FIELD_WEEK_YEAR), week = take(resolver, FIELD_WEEK_OF_YEAR);
    int64_t weekday = take(resolver, FIELD_WEEKDAY) % 7;
    if (!in_range(FIELD_YEAR, year) || week < 1 || week > 53) return false;
    int64_t first = calendar_days(year, 1, 1), sunday = first + to_first_sunday(first);
    int64_t n_weeks = (first + calendar_year_length(year) - sunday) / 7;
    return set_date(resolver, sunday + ((week < n_weeks ? week : n_weeks) - 1) * 7 + weekday);
}

static bool resolve_weeks(struct resolver *resolver)
{
    if (has(resolver, FIELD_LOCAL_WEEKDAY)) {
        /* It counts more than a weekday's name, as narrow names ("T") are not sure. */
        int64_t weekday = take(resolver, FIELD_LOCAL_WEEKDAY);
        (void)take(resolver, FIELD_WEEKDAY);
        if (!put(resolver, FIELD_WEEKDAY, weekday == 1 ? 7 : weekday - 1)) return false;
    }
    if (!has(resolver, FIELD_WEEKDAY)) return true;
    if (has(resolver, FIELD_YEAR)) {
        bool complete = has(resolver, FIELD_MONTH) && has(resolver, FIELD_WEEK_OF_MONTH);
        return !complete || resolve_week_of_month(resolver);
    }
    return !has(resolver, FIELD_WEEK_YEAR) || !has(resolver, FIELD_WEEK_OF_YEAR) || resolve_week_of_year(resolver);
}

static bool resolve_julian_day(struct resolver *resolver)
{
    if (!has(resolver, FIELD_MODIFIED_JULIAN_DAY)) return true;
    return set_date(resolver, take(resolver, FIELD_MODIFIED_JULIAN_DAY) - MJD_OF_EPOCH);
}

/* ---- times */

static bool resolve_clock_hours(struct resolver *resolver)
{
    if (has(resolver, FIELD_CLOCK_HOUR) && !put(resolver, FIELD_HOUR, take(resolver, FIELD_CLOCK_HOUR) % 24))
        return false;
    if (has(resolver, FIELD_CLOCK_HOUR_OF_HALF) &&
        !put(resolver, FIELD_HOUR_OF_HALF, take(resolver, FIELD_CLOCK_HOUR_OF_HALF) % HOURS_OF_HALF))
        return false;
    if (!has(resolver, FIELD_HALF) || !has(resolver, FIELD_HOUR_OF_HALF)) return true;
    int64_t half = take(resolver, FIELD_HALF);
    return put(resolver, FIELD_HOUR, half * HOURS_OF_HALF + take(resolver, FIELD_HOUR_OF_HALF));
}

static bool put_time(struct resolver *resolver, int64_t nano_of_day)
{
    int64_t seconds = nano_of_day / NANOS_PER_SECOND;
    return put(resolver, FIELD_HOUR, seconds / 3600) && put(resolver, FIELD_MINUTE, seconds / 60 % 60) &&
           put(resolver, FIELD_SECOND, seconds % 60) && put(resolver, FIELD_NANO, nano_of_day % NANOS_PER_SECOND);
}

static bool resolve_of_day(struct resolver *resolver)
{
    if (has(resolver, FIELD_NANO_OF_DAY) && !put_time(resolver, take(resolver, FIELD_NANO_OF_DAY))) return false;
    if (!has(resolver, FIELD_MILLI_OF_DAY)) return true;
    int64_t ms = take(resolver, FIELD_MILLI_OF_DAY);
    /* Digits beyond the millisecond may come from a field of their own. */
    int64_t nano = has(resolver, FIELD_NANO) ? get(resolver, FIELD_NANO) % 1000000 : 0;
    return put_time(resolver, ms * 1000000 + nano);
}

static bool is_midnight(const struct resolver *resolver)
{
    static const enum datetime_field others[] = {FIELD_MINUTE, FIELD_SECOND, FIELD_NANO};
    for (int i = 0; i < 3; i++)
        if (has(resolver, others[i]) && get(resolver, others[i]) != 0) return false;
    return true;
}

/* The middle of a half of the day, where nothing but the half is known. */
static void resolve_half_alone(struct resolver *resolver)
{
    static const uint32_t others = 1u << FIELD_HOUR | 1u << FIELD_MINUTE | 1u << FIELD_SECOND | 1u << FIELD_NANO;
    if (!has(resolver, FIELD_HALF) || (resolver->fields->present & others)) return;
    int64_t hour = take(resolver, FIELD_HALF) * HOURS_OF_HALF + HOURS_OF_HALF / 2;
    resolver->has_time = true;
    resolver->nano_of_day = hour * 3600 * NANOS_PER_SECOND;
}

/* An hour, and whatever of minute, second and nanosecond follows it without a gap, makes a time. */
static bool resolve_time(struct resolver *resolver)
{
    resolve_half_alone(resolver);
    if (!has(resolver, FIELD_HOUR)) return true;
    bool minute = has(resolver, FIELD_MINUTE), second = has(resolver, FIELD_SECOND), nano = has(resolver, FIELD_NANO);
    if ((!minute && (second || nano)) || (minute && !second && nano)) return true;
    int64_t hour = take(resolver, FIELD_HOUR);
    if (hour == 24 && is_midnight(resolver)) {
        hour = 0;
        resolver->excess_days = 1;
    }
    int64_t seconds = hour * 3600;
    if (minute) seconds += take(resolver, FIELD_MINUTE) * 60;
    if (second) seconds += take(resolver, FIELD_SECOND);
    resolver->nano_of_day = seconds * NANOS_PER_SECOND + (nano ? take(resolver, FIELD_NANO) : 0);
    resolver->has_time = true;
    return hour < 24;
}

/* ---- what is left */

/* Hour 24 may pass here; resolve_time decides on it. */
static bool check_ranges(const struct resolver *resolver)
{
    for (enum datetime_field field = 0; field < DATETIME_FIELDS; field++) {
        if (!has(resolver, field) || in_range(field, get(resolver, field))) continue;
        if (field != FIELD_HOUR || get(resolver, field) != 24) return false;
    }
    return true;
}

static bool agrees_with_time(const struct resolver *resolver, enum datetime_field field, int64_t value)
{
    int64_t hour = resolver->nano_of_day / (3600 * NANOS_PER_SECOND);
    if (field == FIELD_HALF) return value == hour / HOURS_OF_HALF;
    if (field == FIELD_HOUR_OF_HALF) return value == hour % HOURS_OF_HALF;
    return true;
}

static bool agrees_with_date(const struct resolver *resolver, enum datetime_field field, int64_t value)
{
    struct calendar_date date = calendar_date(resolver->days);
    int32_t weekday = calendar_weekday(resolver->days), day_of_year = calendar_day_of_year(resolver->days);
    bool of_next_year = day_of_year + 6 - weekday % 7 > calendar_year_length(date.year);
    switch (field) {
    case FIELD_WEEKDAY: return value == weekday;
    case FIELD_ALIGNED_WEEKDAY: return value == (date.day - 1) % 7 + 1;
    case FIELD_DAY: return value == date.day;
    case FIELD_DAY_OF_YEAR: return value == day_of_year;
    case FIELD_MONTH: return value == date.month;
    case FIELD_QUARTER: return value == (date.month - 1) / 3 + 1;
    case FIELD_YEAR: return value == date.year;
    case FIELD_ERA: return value == (date.year > 0);
    case FIELD_WEEK_YEAR: return value == date.year + of_next_year;
    case FIELD_WEEK_OF_YEAR: return value == (of_next_year ? 1 : datetime_week_of(day_of_year, weekday));
    case FIELD_WEEK_OF_MONTH: return value == datetime_week_of(date.day, weekday);
    default: return true;
    }
}

static bool check_rest(const struct resolver *resolver)
{
    for (enum datetime_field field = 0; field < DATETIME_FIELDS; field++) {
        if (!has(resolver, field)) continue;
        if (resolver->has_time && !agrees_with_time(resolver, field, get(resolver, field))) return false;
        if (resolver->has_date && !agrees_with_date(resolver, field, get(resolver, field))) return false;
    }
    return true;
}

/* Lays one field over a date; the day is cut to the month's length. */
static bool overlay_date(struct calendar_date *date, enum datetime_field field, int64_t value)
{
    if (field == FIELD_DAY) {
        date->day = (int32_t)value;
        return value <= calendar_month_length(date->year, date->month);
    }
    if (field == FIELD_DAY_OF_YEAR) {
        if (value > calendar_year_length(date->year)) return false;
        *date = calendar_date(calendar_days(date->year, 1, value));
    }
    if (field == FIELD_MONTH) date->month = (int32_t)value;
    if (field == FIELD_YEAR) date->year = value;
    if (field == FIELD_ERA && value != (date->year > 0)) date->year = 1 - date->year;
    int32_t length = calendar_month_length(date->year, date->month);
    if (date->day > length) date->day = length;
    return true;
}

static bool overlay_days(struct resolver *resolver)
{
    int64_t days = has(resolver, FIELD_WEEKDAY) ? get(resolver, FIELD_WEEKDAY) - THURSDAY : 0;
    struct calendar_date date = calendar_date(days);
    if (has(resolver, FIELD_ALIGNED_WEEKDAY)) {
        days += get(resolver, FIELD_ALIGNED_WEEKDAY) - ((date.day - 1) % 7 + 1);
        date = calendar_date(days);
    }
    for (enum datetime_field field = FIELD_DAY; field <= FIELD_ERA; field++)
        if (has(resolver, field) && !overlay_date(&date, field, get(resolver, field))) return false;
    resolver->days = calendar_days(date.year, date.month, date.day);
    return true;
}

static bool overlay_time(struct resolver *resolver)
{
    int64_t hour = 0, minute = 0, second = 0, nano = 0;
    if (has(resolver, FIELD_NANO)) nano = get(resolver, FIELD_NANO);
    if (has(resolver, FIELD_SECOND)) second = get(resolver, FIELD_SECOND);
    if (has(resolver, FIELD_MINUTE)) minute = get(resolver, FIELD_MINUTE);
    if (has(resolver, FIELD_HOUR_OF_HALF)) hour = get(resolver, FIELD_HOUR_OF_HALF);
    if (has(resolver, FIELD_HOUR)) hour = get(resolver, FIELD_HOUR);
    if (has(resolver, FIELD_HALF)) hour = hour % HOURS_OF_HALF + get(resolver, FIELD_HALF) * HOURS_OF_HALF;
    resolver->nano_of_day = ((hour * 60 + minute) * 60 + second) * NANOS_PER_SECOND + nano;
    return hour < 24;
}

static bool to_instant(const struct resolver *resolver, const struct zone *zone, int64_t *ms)
{
    int64_t local;
    if (__builtin_mul_overflow(resolver->days, (int64_t)MS_PER_DAY, &local)) return false;
    if (__builtin_add_overflow(local, resolver->nano_of_day / 1000000, &local)) return false;
    const struct zone *read = resolver->fields->zone;
    bool whole = resolver->has_date && resolver->has_time;
    if (has(resolver, FIELD_OFFSET) && (whole || !read))
        return !__builtin_sub_overflow(local, get(resolver, FIELD_OFFSET) * 1000, ms);
    if (read) zone = read;
    *ms = zone ? zone_instant_of(zone, local) : local;
    return true;
}

bool datetime_resolve(struct datetime_fields *fields, const struct zone *zone, int64_t *ms)
{
    struct resolver resolver = {.fields = fields};
    if (!check_ranges(&resolver)) return false;
    if (!resolve_date(&resolver) || !resolve_clock_hours(&resolver) || !resolve_of_day(&resolver)) return false;
    if (!resolve_weeks(&resolver) || !resolve_julian_day(&resolver) || !resolve_time(&resolver)) return false;
    if (!check_rest(&resolver)) return false;
    if (!resolver.has_date && !overlay_days(&resolver)) return false;
    if (!resolver.has_time && !overlay_time(&resolver)) return false;
    if (resolver.has_date && resolver.has_time) resolver.days += resolver.excess_days;
    return to_instant(&resolver, zone, ms);
}
