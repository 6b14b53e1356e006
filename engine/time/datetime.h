/* datetime.h - dates and times: ISO text, Java's patterns, time zones.
 *
 * The calendar is the proleptic Gregorian one. Days count from 1970-01-01, milliseconds from 1970-01-01T00:00:00Z.
 */
#pragma once
#include "engine/base/error.h"

struct arena;
struct buffer;

enum { MS_PER_DAY = 86400000 };

/* ---- ISO 8601, as CAST reads and writes it */

/* "2020-01-02", also "2020", "2020-01" (the rest is 01). */
MUST_CHECK bool date_parse(struct text text, int32_t *days);
/* "10:20:30.123", also "10:20", "10". */
MUST_CHECK bool time_parse(struct text text, int32_t *ms);
/* A date, or date 'T' time, each as above, and optionally Z, +hh:mm or a zone's id; UTC where there is none. */
MUST_CHECK bool timestamp_parse(struct text text, int64_t *ms);

void date_print(struct buffer *out, int32_t days);         /* 2020-01-02 */
void time_print(struct buffer *out, int32_t ms);           /* 10:20:30, the milliseconds dropped; 10:20 where seconds are 0 as
                                                              java.time.LocalTime.toString does: see statements, CAST matrix */
void timestamp_print(struct buffer *out, int64_t ms);      /* 2020-01-02T10:20:30.123 */

/* ---- Java's patterns (java.time.format.DateTimeFormatter) */

struct datetime_pattern;

/* Compiles "yyyy-MM-dd HH:mm:ssX" and the like, once for a query. Lives in the arena. The error names the letter or the place
 * that is wrong. */
MUST_CHECK bool datetime_pattern_compile(struct arena *arena, struct text pattern, const struct datetime_pattern **out,
                                         struct error *error);

/* Milliseconds of what the text says; missing fields are those of 1970-01-01T00:00:00, a missing zone is `zone` (NULL: UTC).
 * Letters are matched without case, as the peer does. False if the text does not match. */
struct zone;
MUST_CHECK bool datetime_pattern_parse(const struct datetime_pattern *pattern, struct text text, const struct zone *zone,
                                       int64_t *ms);
void datetime_pattern_print(struct buffer *out, const struct datetime_pattern *pattern, int64_t ms, const struct zone *zone);

/* ---- zones */

/* An IANA id, "UTC", "GMT", "Z", "+02:00"; read from /usr/share/zoneinfo (or TZDIR) once and kept until the process ends. NULL
 * if it is not known. Safe from any thread. */
const struct zone *zone_find(struct text id);

/* Seconds east of UTC at that instant. */
int32_t zone_offset_at(const struct zone *zone, int64_t ms);
/* The instant of a local time; in a gap the time is moved forward by its length, in an overlap the earlier offset counts. */
int64_t zone_instant_of(const struct zone *zone, int64_t local_ms);
