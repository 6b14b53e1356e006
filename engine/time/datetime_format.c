/* datetime_format.c - writes an instant by a pattern.
 *
 * Every part has something to write, optional ones too: an instant has all fields. A number too wide for its part, or
 * too long for its padding, is written all the same.
 */
#include "engine/time/calendar.h"
#include "engine/time/datetime_pattern.h"
#include "engine/number/number_digits.h"
#include "engine/time/zone.h"
#include "engine/base/buffer.h"
#include <stdlib.h>

enum { NANOS_PER_MS = 1000000, NUMBER_ROOM = 24 };

/* An instant as a clock and a calendar in its zone show it. */
struct moment {
    int64_t seconds; /* since 1970-01-01T00:00:00Z */
    int64_t days;    /* of the local date */
    int32_t of_day;  /* local ms */
    int32_t offset;
    struct calendar_date date;
    const struct zone *zone;
};

static struct moment moment_of(int64_t ms, const struct zone *zone)
{
    struct moment moment = {.seconds = calendar_floor_div(ms, 1000), .zone = zone};
    moment.offset = zone_span_at(zone, moment.seconds).kind->offset;
    int64_t local = moment.seconds + moment.offset;
    moment.days = calendar_floor_div(local, MS_PER_DAY / 1000);
    moment.of_day = (int32_t)(calendar_floor_mod(local, MS_PER_DAY / 1000) * 1000 + calendar_floor_mod(ms, 1000));
    moment.date = calendar_date(moment.days);
    return moment;
}

int32_t datetime_week_of(int32_t day, int32_t weekday)
{
    int32_t since_sunday = weekday % 7;
    return (day - 1 + (int32_t)calendar_floor_mod(since_sunday - (day - 1), 7)) / 7 + 1;
}

/* Whether the week reaches into the next year, to which it then belongs: its Saturday does. */
static bool week_is_of_next_year(const struct moment *moment)
{
    int32_t to_saturday = 6 - calendar_weekday(moment->days) % 7;
    return calendar_day_of_year(moment->days) + to_saturday > calendar_year_length(moment->date.year);
}

static int64_t date_field(const struct moment *moment, enum datetime_field field)
{
    int64_t year = moment->date.year;
    int32_t weekday = calendar_weekday(moment->days);
    switch (field) {
    case FIELD_WEEKDAY: return weekday;
    case FIELD_LOCAL_WEEKDAY: return weekday % 7 + 1;
    case FIELD_ALIGNED_WEEKDAY: return (moment->date.day - 1) % 7 + 1;
    case FIELD_DAY: return moment->date.day;
    case FIELD_DAY_OF_YEAR: return calendar_day_of_year(moment->days);
    case FIELD_MONTH: return moment->date.month;
    case FIELD_QUARTER: return (moment->date.month - 1) / 3 + 1;
    case FIELD_YEAR: return year;
    case FIELD_YEAR_OF_ERA: return year > 0 ? year : 1 - year;
    case FIELD_ERA: return year > 0;
    case FIELD_WEEK_YEAR: return year + week_is_of_next_year(moment);
    case FIELD_WEEK_OF_MONTH: return datetime_week_of(moment->date.day, weekday);
    case FIELD_WEEK_OF_YEAR:
        return week_is_of_next_year(moment) ? 1 : datetime_week_of(calendar_day_of_year(moment->days), weekday);
    case FIELD_MODIFIED_JULIAN_DAY: return moment->days + 40587;
    default: return 0;
    }
}

static int64_t field_of(const struct moment *moment, enum datetime_field field)
{
    int32_t hour = moment->of_day / 3600000;
    switch (field) {
    case FIELD_NANO: return moment->of_day % 1000 * (int64_t)NANOS_PER_MS;
    case FIELD_NANO_OF_DAY: return moment->of_day * (int64_t)NANOS_PER_MS;
    case FIELD_MILLI_OF_DAY: return moment->of_day;
    case FIELD_SECOND: return moment->of_day / 1000 % 60;
    case FIELD_MINUTE: return moment->of_day / 60000 % 60;
    case FIELD_HOUR_OF_HALF: return hour % 12;
    case FIELD_CLOCK_HOUR_OF_HALF: return (hour + 11) % 12 + 1;
    case FIELD_HOUR: return hour;
    case FIELD_CLOCK_HOUR: return hour ? hour : 24;
    case FIELD_HALF: return hour / 12;
    case FIELD_OFFSET: return moment->offset;
    default: return date_field(moment, field);
    }
}

static void append_digits(struct buffer *out, uint64_t value, int32_t min_width)
{
    char *text = buffer_reserve(out, NUMBER_ROOM);
    if (!text) return;
    size_t n = number_count_digits(value);
    if (n < (size_t)min_width) n = (size_t)min_width;
    number_write_digits(text, value, n);
    out->len += n;
}

static void print_number(struct buffer *out, const struct datetime_part *part, int64_t value)
{
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    size_t n = number_count_digits(magnitude);
    if (value < 0)
        buffer_append_char(out, '-');
    else if (part->sign == SIGN_EXCEEDS_PAD && n > (size_t)part->min_width)
        buffer_append_char(out, '+');
    append_digits(out, magnitude, part->min_width);
}

static void print_fraction(struct buffer *out, const struct datetime_part *part, int64_t nanos)
{
    uint64_t value = (uint64_t)nanos;
    for (int32_t i = part->min_width; i < 9; i++) value /= 10;
    append_digits(out, value, part->min_width);
}

static void print_offset(struct buffer *out, const struct offset_style *style, int32_t offset)
{
    int32_t magnitude = abs(offset), minutes = magnitude / 60 % 60, seconds = magnitude % 60;
    if (!style->seconds) magnitude -= seconds, seconds = 0;
    if (magnitude == 0) {
        buffer_append_text(out, style->zero);
        return;
    }
    const char *colon = style->colon ? ":" : "";
    buffer_printf(out, "%c%02d", offset < 0 ? '-' : '+', magnitude / 3600);
    if (style->minutes_always || minutes) buffer_printf(out, "%s%02d", colon, minutes);
    if (seconds) buffer_printf(out, "%s%02d", colon, seconds);
}

/* GMT, GMT+2, GMT+2:30; in full GMT+02:00. */
static void print_localized_offset(struct buffer *out, enum text_style style, int32_t offset)
{
    int32_t magnitude = abs(offset), minutes = magnitude / 60 % 60, seconds = magnitude % 60;
    bool full = style == STYLE_FULL;
    buffer_append_string(out, "GMT");
    if (!offset) return;
    buffer_printf(out, "%c%0*d", offset < 0 ? '-' : '+', full ? 2 : 1, magnitude / 3600);
    if (full || minutes || seconds) buffer_printf(out, ":%02d", minutes);
    if (seconds) buffer_printf(out, ":%02d", seconds);
}

static void print_part(struct buffer *out, const struct datetime_part *part, const struct moment *moment)
{
    int64_t value = field_of(moment, part->field);
    switch (part->kind) {
    case PART_LITERAL: buffer_append_text(out, part->literal); break;
    case PART_NUMBER: print_number(out, part, value); break;
    case PART_REDUCED: append_digits(out, (uint64_t)(value < 0 ? -value : value) % 100, 2); break;
    case PART_FRACTION: print_fraction(out, part, value); break;
    case PART_TEXT: buffer_append_text(out, datetime_name(part->field, part->style, value)); break;
    case PART_OFFSET: print_offset(out, &part->offset, moment->offset); break;
    case PART_LOCALIZED_OFFSET: print_localized_offset(out, part->style, moment->offset); break;
    case PART_ZONE_ID: buffer_append_text(out, moment->zone->id); break;
    case PART_ZONE_NAME: zone_name_print(out, moment->zone, moment->seconds, part->style == STYLE_FULL); break;
    case PART_OPTIONAL: break;
    }
}

/* Moves what was written since `start` to the right and fills the gap with spaces. */
static void pad(struct buffer *out, size_t start, int32_t width)
{
    size_t len = out->len - start;
    if (out->overflow || len >= (size_t)width || !buffer_reserve(out, (size_t)width - len)) return;
    size_t gap = (size_t)width - len;
    memmove(out->data + start + gap, out->data + start, len);
    memset(out->data + start, ' ', gap);
    out->len += gap;
}

void datetime_pattern_print(struct buffer *out, const struct datetime_pattern *pattern, int64_t ms,
                            const struct zone *zone)
{
    struct moment moment = moment_of(ms, zone ? zone : &zone_utc);
    for (uint32_t i = 0; i < pattern->n; i++) {
        size_t start = out->len;
        print_part(out, &pattern->parts[i], &moment);
        if (pattern->parts[i].pad_width) pad(out, start, pattern->parts[i].pad_width);
    }
}
