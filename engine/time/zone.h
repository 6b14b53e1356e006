/* zone.h - what the files about time zones share; others use the functions of datetime.h.
 *
 *     zone   ----|-------|------|---- ...          spans: from one transition to the next
 *                kind    kind   kind               offset, abbreviation
 *
 * A zone is immutable once it was found, and lives until the process ends.
 */
#pragma once
#include "engine/time/datetime.h"

struct zone_kind {
    int32_t offset; /* seconds east of UTC */
    bool is_summer;
    const char *abbreviation; /* "CET", "+03" */
};

/* When a rule of the POSIX TZ variable changes the time. */
struct zone_date {
    char form; /* 'M': weekday `day` of week `week` of `month`; 'J': day 1 to 365 without leap day; 'N': day 0 to 365 */
    int32_t month;
    int32_t week; /* 5: the last */
    int32_t day;
    int32_t time; /* seconds of the local day, may be negative or beyond the day */
};

struct zone_rule {
    struct zone_kind standard;
    struct zone_kind summer;
    bool has_summer;
    struct zone_date start; /* of summer time, in standard time */
    struct zone_date end;   /* of summer time, in summer time */
};

struct zone {
    struct text id;
    uint32_t n;
    const int64_t *starts;         /* n transitions, seconds since 1970, ascending */
    const struct zone_kind *kinds; /* n + 1: kinds[i] is in force before starts[i], kinds[n] behind the last one ... */
    const struct zone_rule *rule;  /* ... if this is NULL; else the rule is */
};

struct zone_span {
    int64_t start; /* inclusive, INT64_MIN where it has no beginning */
    int64_t end;   /* exclusive, INT64_MAX where it has no end */
    const struct zone_kind *kind;
};

struct zone_span zone_span_at(const struct zone *zone, int64_t seconds);

/* zone_rule.c: "CET-1CEST,M3.5.0,M10.5.0/3". Abbreviations are copied into the arena. */
MUST_CHECK bool zone_rule_parse(struct arena *arena, struct text text, struct zone_rule *rule);
struct zone_span zone_rule_span_at(const struct zone_rule *rule, int64_t seconds);

/* zone_file.c: the bytes of a TZif file into a zone. */
MUST_CHECK bool zone_file_parse(struct arena *arena, struct text bytes, struct zone *zone);

/* zone_text.c: the name of the time that a zone keeps at an instant, "PDT" or "Pacific Daylight Time". */
void zone_name_print(struct buffer *out, const struct zone *zone, int64_t seconds, bool is_long);

/* zone_text.c: the length of the longest zone's id at the start of the text, or of a name (such as "PST") if `names` is
 * set, letters in any case; 0 if there is none. */
size_t zone_match(struct text text, bool names, const struct zone **zone);

/* zone.c: the longest id of a region at the start of the text, letters in any case. */
size_t zone_match_region(struct text text, const struct zone **zone);

/* zone.c: "+2", "+02", "+0200", "+02:00", "+020030", "+02:00:30" up to 18 hours, the whole text; also "Z". */
MUST_CHECK bool zone_offset_parse(struct text text, int32_t *seconds);

extern const struct zone zone_utc; /* its id is "Z" */
