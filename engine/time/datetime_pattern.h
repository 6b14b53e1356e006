/* datetime_pattern.h - a compiled pattern, and the fields of a date and time that its parts write and read.
 *
 *     yyyy-MM-dd['T'HH:mm]
 *     NUMBER year of era | LITERAL - | NUMBER month | LITERAL - | NUMBER day | OPTIONAL to 9 | LITERAL T | NUMBER hour |
 *     LITERAL : | NUMBER minute
 *
 * Who does what: datetime_compile.c makes the parts, datetime_format.c writes by them, datetime_scan.c reads a text
 * into fields, datetime_resolve.c makes an instant of the fields.
 */
#pragma once
#include "engine/time/datetime.h"

/* In the order in which fields that do not make a whole date or time are laid over 1970-01-01T00:00. */
enum datetime_field {
    FIELD_NANO,               /* of the second */
    FIELD_NANO_OF_DAY,
    FIELD_MILLI_OF_DAY,
    FIELD_SECOND,
    FIELD_MINUTE,
    FIELD_HOUR_OF_HALF,       /* 0 to 11 */
    FIELD_CLOCK_HOUR_OF_HALF, /* 1 to 12 */
    FIELD_HOUR,               /* 0 to 23 */
    FIELD_CLOCK_HOUR,         /* 1 to 24 */
    FIELD_HALF,               /* 0: AM, 1: PM */
    FIELD_WEEKDAY,            /* 1: Monday to 7: Sunday */
    FIELD_ALIGNED_WEEKDAY,    /* 1 to 7: the day in weeks that begin with the month */
    FIELD_DAY,
    FIELD_DAY_OF_YEAR,
    FIELD_MONTH,
    FIELD_YEAR_OF_ERA,
    FIELD_YEAR,
    FIELD_ERA,                /* 0: BC, 1: AD */
    FIELD_OFFSET,             /* seconds */
    FIELD_QUARTER,
    FIELD_LOCAL_WEEKDAY,      /* 1: Sunday to 7: Saturday */
    FIELD_WEEK_YEAR,          /* the year to which the week belongs */
    FIELD_WEEK_OF_YEAR,
    FIELD_WEEK_OF_MONTH,
    FIELD_MODIFIED_JULIAN_DAY,
    DATETIME_FIELDS,
};

/* Fields that were read. */
struct datetime_fields {
    uint32_t present; /* a bit for each field */
    int64_t values[DATETIME_FIELDS];
    const struct zone *zone; /* NULL if none was read */
};

enum part_kind {
    PART_LITERAL,
    PART_NUMBER,
    PART_REDUCED,  /* a year of two digits, 2000 to 2099 */
    PART_FRACTION, /* of the second */
    PART_TEXT,
    PART_OFFSET,           /* +02:00 */
    PART_LOCALIZED_OFFSET, /* GMT+2 */
    PART_ZONE_ID,
    PART_ZONE_NAME,
    PART_OPTIONAL, /* the parts up to `end` may be missing */
};

enum sign_style { SIGN_NORMAL, SIGN_NEVER, SIGN_EXCEEDS_PAD };

enum text_style { STYLE_SHORT, STYLE_FULL, STYLE_NARROW };

/* How an offset is written: hours, then minutes (and seconds) always, where they are not 0, or never. */
struct offset_style {
    bool colon;
    bool minutes_always;
    bool seconds; /* where they are not 0 */
    struct text zero;
};

struct datetime_part {
    enum part_kind kind;
    enum datetime_field field;
    int32_t min_width;
    int32_t max_width;
    int32_t following_width; /* digits of the fixed-width numbers that follow without a gap */
    enum sign_style sign;
    enum text_style style;
    int32_t pad_width; /* 0: not padded */
    uint32_t end;      /* OPTIONAL: index of the part behind it */
    struct offset_style offset;
    struct text literal;
};

struct datetime_pattern {
    const struct datetime_part *parts;
    uint32_t n;
};

/* The name of a field's value (FIELD_ERA, _HALF, _WEEKDAY, _MONTH, _QUARTER), NO_TEXT beyond its range. */
struct text datetime_name(enum datetime_field field, enum text_style style, int64_t value);

/* The longest name of the field at the start of the text, letters in any case: its length, 0 if there is none. Of
 * values with the same narrow name ("J") the last is taken. */
size_t datetime_name_match(enum datetime_field field, enum text_style style, struct text text, int64_t *value);

/* Reads the whole text. */
MUST_CHECK bool datetime_scan(const struct datetime_pattern *pattern, struct text text, struct datetime_fields *fields);

/* The instant; `zone` counts where none was read. False if fields contradict each other or are out of range. */
MUST_CHECK bool datetime_resolve(struct datetime_fields *fields, const struct zone *zone, int64_t *ms);

static inline bool datetime_has(const struct datetime_fields *fields, enum datetime_field field)
{
    return fields->present >> field & 1;
}

/* Weeks begin on Sunday, and the first of a year or a month is the one with its first day: the rule for English. A day
 * (of the year or of the month, from 1) and its weekday give the number of the week. */
int32_t datetime_week_of(int32_t day, int32_t weekday);
