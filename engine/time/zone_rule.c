/* zone_rule.c - the rule that goes on for ever behind a zone's last transition.
 *
 *     CET-1CEST,M3.5.0,M10.5.0/3
 *     std offset(west is positive) dst [offset] , start [/time] , end [/time]
 *
 * As POSIX has it for the variable TZ, with the extension of RFC 9636: times from -167 to 167 hours. Names are letters,
 * or anything between < and >.
 */
#include "engine/time/zone.h"
#include "engine/base/arena.h"
#include "engine/time/calendar.h"

enum { SECONDS_PER_DAY = 86400, DEFAULT_TIME = 2 * 3600, MAX_HOURS = 167 };

struct scanner {
    const char *at;
    const char *end;
    struct arena *arena;
};

static bool take(struct scanner *scanner, char c)
{
    if (scanner->at == scanner->end || *scanner->at != c) return false;
    scanner->at++;
    return true;
}

static bool scan_number(struct scanner *scanner, int32_t max, int32_t *out)
{
    const char *start = scanner->at;
    int32_t value = 0;
    while (scanner->at < scanner->end && *scanner->at >= '0' && *scanner->at <= '9') {
        value = value * 10 + (*scanner->at++ - '0');
        if (value > max) return false;
    }
    *out = value;
    return scanner->at > start;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool scan_time(struct scanner *scanner, int32_t *out)
{
    bool negative = take(scanner, '-');
    if (!negative) (void)take(scanner, '+');
    int32_t hours, minutes = 0, seconds = 0;
    if (!scan_number(scanner, MAX_HOURS, &hours)) return false;
    if (take(scanner, ':') && !scan_number(scanner, 59, &minutes)) return false;
    if (take(scanner, ':') && !scan_number(scanner, 59, &seconds)) return false;
    *out = (hours * 60 + minutes) * 60 + seconds;
    if (negative) *out = -*out;
    return true;
}

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool scan_name(struct scanner *scanner, const char **out)
{
    bool quoted = take(scanner, '<');
    const char *start = scanner->at;
    while (scanner->at < scanner->end && (quoted ? *scanner->at != '>' : is_letter(*scanner->at))) scanner->at++;
    struct text name = {start, (size_t)(scanner->at - start)};
    if (!name.len || (quoted && !take(scanner, '>'))) return false;
    *out = text_copy(scanner->arena, name).data;
    return true;
}

static bool scan_day(struct scanner *scanner, struct zone_date *date)
{
    if (take(scanner, 'J')) {
        date->form = 'J';
        return scan_number(scanner, 365, &date->day) && date->day > 0;
    }
    if (!take(scanner, 'M')) {
        date->form = 'N';
        return scan_number(scanner, 365, &date->day);
    }
    date->form = 'M';
    return scan_number(scanner, 12, &date->month) && date->month > 0 && take(scanner, '.') &&
           scan_number(scanner, 5, &date->week) && date->week > 0 && take(scanner, '.') &&
           scan_number(scanner, 6, &date->day);
}

static bool scan_date(struct scanner *scanner, struct zone_date *date)
{
    *date = (struct zone_date){.time = DEFAULT_TIME};
    if (!take(scanner, ',') || !scan_day(scanner, date)) return false;
    return !take(scanner, '/') || scan_time(scanner, &date->time);
}

static bool scan_kind(struct scanner *scanner, struct zone_kind *kind, int32_t default_offset)
{
    if (!scan_name(scanner, &kind->abbreviation)) return false;
    kind->offset = default_offset;
    if (scanner->at == scanner->end || *scanner->at == ',') return true;
    if (!scan_time(scanner, &kind->offset)) return false;
    kind->offset = -kind->offset;
    return true;
}

bool zone_rule_parse(struct arena *arena, struct text text, struct zone_rule *rule)
{
    struct scanner scanner = {text.data, text.data + text.len, arena};
    *rule = (struct zone_rule){0};
    if (!scan_kind(&scanner, &rule->standard, 0)) return false;
    if (scanner.at == scanner.end) return true;
    rule->has_summer = rule->summer.is_summer = true;
    return scan_kind(&scanner, &rule->summer, rule->standard.offset + 3600) && scan_date(&scanner, &rule->start) &&
           scan_date(&scanner, &rule->end) && scanner.at == scanner.end;
}

/* Days since 1970-01-01 of a rule's date in a year. */
static int64_t day_in_year(const struct zone_date *date, int64_t year)
{
    if (date->form == 'N') return calendar_days(year, 1, 1) + date->day;
    if (date->form == 'J')
        return calendar_days(year, 1, 1) + date->day - 1 + (date->day >= 60 && calendar_is_leap(year));
    int64_t first = calendar_days(year, date->month, 1);
    int64_t day = 1 + calendar_floor_mod(date->day - calendar_weekday(first), 7) + (date->week - 1) * 7;
    if (day > calendar_month_length(year, date->month)) day -= 7;
    return first + day - 1;
}

static int64_t start_of_summer(const struct zone_rule *rule, int64_t year)
{
    return day_in_year(&rule->start, year) * SECONDS_PER_DAY + rule->start.time - rule->standard.offset;
}

static int64_t end_of_summer(const struct zone_rule *rule, int64_t year)
{
    return day_in_year(&rule->end, year) * SECONDS_PER_DAY + rule->end.time - rule->summer.offset;
}

/* Both changes of three years, in the order of time; the instant is between two of them. */
struct zone_span zone_rule_span_at(const struct zone_rule *rule, int64_t seconds)
{
    if (!rule->has_summer) return (struct zone_span){INT64_MIN, INT64_MAX, &rule->standard};
    int64_t year = calendar_date(calendar_floor_div(seconds, SECONDS_PER_DAY)).year;
    struct zone_span span = {INT64_MIN, INT64_MAX, &rule->standard};
    for (int64_t y = year - 1; y <= year + 1; y++) {
        const int64_t changes[] = {start_of_summer(rule, y), end_of_summer(rule, y)};
        for (int i = 0; i < 2; i++) {
            if (changes[i] > seconds && changes[i] < span.end) span.end = changes[i];
            if (changes[i] > seconds || changes[i] < span.start) continue;
            span.start = changes[i];
            span.kind = i == 0 ? &rule->summer : &rule->standard;
        }
    }
    return span;
}
