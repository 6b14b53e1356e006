/* datetime_iso.c - ISO 8601 text, as CAST reads and writes it.
 *
 *     2020-01-02          2020-01    2020            a date; the rest is 01
 *     10:20:30.123        10:20      10              a time; the rest is 0; up to nine digits, those behind the third
 * dropped 2020-01-02T10:20:30.123+02:00                  a timestamp: date, T, time, and Z, an offset or a zone's id,
 * each as above
 *
 * A DATE must be on the calendar. In a timestamp the days 29 to 31 stand for the last one of a shorter month, and
 * 24:00:00 for the next midnight: the peer reads timestamps with a pattern, and so more freely than dates.
 */
#include "engine/time/calendar.h"
#include "engine/time/datetime.h"
#include "engine/time/zone.h"
#include "engine/base/buffer.h"
#include "engine/number/number_digits.h"

enum { MAX_YEAR = 999999999, MAX_YEAR_DIGITS = 9, TEXT_ROOM = 64 };

struct scanner {
    const char *at;
    const char *end;
};

static bool take(struct scanner *scanner, char c)
{
    if (scanner->at == scanner->end || *scanner->at != c) return false;
    scanner->at++;
    return true;
}

/* From `min` to `max` digits; false if there are fewer. */
static bool scan_digits(struct scanner *scanner, int min, int max, int64_t *out)
{
    int64_t value = 0;
    int n = 0;
    for (; n < max && scanner->at < scanner->end && *scanner->at >= '0' && *scanner->at <= '9'; n++)
        value = value * 10 + (*scanner->at++ - '0');
    *out = value;
    return n >= min;
}

/* Four digits; with a sign up to nine, and a plus only before five or more. */
static bool scan_year(struct scanner *scanner, int64_t *year)
{
    bool minus = take(scanner, '-'), plus = !minus && take(scanner, '+');
    if (!scan_digits(scanner, plus ? 5 : 4, minus || plus ? MAX_YEAR_DIGITS : 4, year)) return false;
    if (minus && *year == 0) return false;
    if (minus) *year = -*year;
    return true;
}

static bool scan_date(struct scanner *scanner, struct calendar_date *date)
{
    int64_t month = 1, day = 1;
    if (!scan_year(scanner, &date->year)) return false;
    if (take(scanner, '-')) {
        if (!scan_digits(scanner, 2, 2, &month)) return false;
        if (take(scanner, '-') && !scan_digits(scanner, 2, 2, &day)) return false;
    }
    date->month = (int32_t)month;
    date->day = (int32_t)day;
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* .1 is 100 ms, .1239 is 123. */
static bool scan_fraction(struct scanner *scanner, int64_t *ms)
{
    const char *start = scanner->at;
    int64_t value;
    if (!scan_digits(scanner, 1, 9, &value)) return false;
    long n = scanner->at - start;
    for (; n < 3; n++) value *= 10;
    for (; n > 3; n--) value /= 10;
    *ms = value;
    return true;
}

/* Hours may be 24: the caller says whether that is allowed. */
static bool scan_time(struct scanner *scanner, int64_t *ms)
{
    int64_t hour, minute = 0, second = 0, fraction = 0;
    if (!scan_digits(scanner, 2, 2, &hour)) return false;
    if (take(scanner, ':')) {
        if (!scan_digits(scanner, 2, 2, &minute)) return false;
        if (take(scanner, ':')) {
            if (!scan_digits(scanner, 2, 2, &second)) return false;
            if (take(scanner, '.') && !scan_fraction(scanner, &fraction)) return false;
        }
    }
    *ms = ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
    return minute <= 59 && second <= 59;
}

bool date_parse(struct text text, int32_t *days)
{
    struct scanner scanner = {text.data, text.data + text.len};
    struct calendar_date date;
    if (!scan_date(&scanner, &date) || scanner.at != scanner.end) return false;
    if (date.day > calendar_month_length(date.year, date.month)) return false;
    int64_t value = calendar_days(date.year, date.month, date.day);
    *days = (int32_t)value;
    return value >= INT32_MIN && value <= INT32_MAX;
}

bool time_parse(struct text text, int32_t *ms)
{
    struct scanner scanner = {text.data, text.data + text.len};
    int64_t value;
    if (!scan_time(&scanner, &value) || scanner.at != scanner.end || value >= MS_PER_DAY) return false;
    *ms = (int32_t)value;
    return true;
}

/* The zone behind a time: +0200, Z, Europe/Paris, with or without a space before it. */
static bool parse_zone(struct text text, const struct zone **zone)
{
    *zone = text.len ? zone_find(text_trim(text)) : &zone_utc;
    return *zone;
}

bool timestamp_parse(struct text text, int64_t *ms)
{
    struct scanner scanner = {text.data, text.data + text.len};
    struct calendar_date date;
    const struct zone *zone = &zone_utc;
    int64_t of_day = 0;
    if (!scan_date(&scanner, &date)) return false;
    if (scanner.at < scanner.end) {
        if (!take(&scanner, 'T') || !scan_time(&scanner, &of_day) || of_day > MS_PER_DAY) return false;
        if (!parse_zone((struct text){scanner.at, (size_t)(scanner.end - scanner.at)}, &zone)) return false;
    }
    int32_t last = calendar_month_length(date.year, date.month);
    int64_t days = calendar_days(date.year, date.month, date.day < last ? date.day : last), local;
    if (__builtin_mul_overflow(days, (int64_t)MS_PER_DAY, &local) || __builtin_add_overflow(local, of_day, &local))
        return false;
    *ms = zone == &zone_utc ? local : zone_instant_of(zone, local);
    return true;
}

static char *put(char *out, int64_t value, size_t n_digits)
{
    number_write_digits(out, (uint64_t)value, n_digits);
    return out + n_digits;
}

/* At least four digits, with a plus before more than four. */
static char *put_year(char *out, int64_t year)
{
    if (year < 0)
        *out++ = '-';
    else if (year > 9999)
        *out++ = '+';
    uint64_t magnitude = (uint64_t)(year < 0 ? -year : year);
    size_t n = number_count_digits(magnitude);
    return put(out, (int64_t)magnitude, n > 4 ? n : 4);
}

static char *put_month_and_day(char *out, struct calendar_date date)
{
    *out++ = '-';
    out = put(out, date.month, 2);
    *out++ = '-';
    return put(out, date.day, 2);
}

static char *put_minutes(char *out, int32_t ms)
{
    out = put(out, ms / 3600000, 2);
    *out++ = ':';
    return put(out, ms / 60000 % 60, 2);
}

static char *put_seconds(char *out, int32_t ms)
{
    *out++ = ':';
    return put(out, ms / 1000 % 60, 2);
}

void date_print(struct buffer *out, int32_t days)
{
    char *text = buffer_reserve(out, TEXT_ROOM);
    if (!text) return;
    struct calendar_date date = calendar_date(days);
    out->len += (size_t)(put_month_and_day(put_year(text, date.year), date) - text);
}

void time_print(struct buffer *out, int32_t ms)
{
    char *text = buffer_reserve(out, TEXT_ROOM);
    if (!text) return;
    char *end = put_minutes(text, ms);
    if (ms / 1000 % 60) end = put_seconds(end, ms);
    out->len += (size_t)(end - text);
}

/* The year is that of its era, which differs from the year itself for those before Christ: 0 is 1, -1 is 2. */
void timestamp_print(struct buffer *out, int64_t ms)
{
    char *text = buffer_reserve(out, TEXT_ROOM);
    if (!text) return;
    int32_t of_day = (int32_t)calendar_floor_mod(ms, MS_PER_DAY);
    struct calendar_date date = calendar_date(calendar_floor_div(ms, MS_PER_DAY));
    char *end = put_month_and_day(put_year(text, date.year > 0 ? date.year : 1 - date.year), date);
    *end++ = 'T';
    end = put_seconds(put_minutes(end, of_day), of_day);
    *end++ = '.';
    end = put(end, of_day % 1000, 3);
    out->len += (size_t)(end - text);
}
