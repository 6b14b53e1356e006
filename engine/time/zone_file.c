/* zone_file.c - reads TZif, the format of the zoneinfo database (RFC 9636).
 *
 *     header  counts | times, kinds of times, kinds, abbreviations, leap seconds, flags       with times of 32 bits
 *     header  counts | the same again                                                         with times of 64 bits
 *     "\nCET-1CEST,M3.5.0,M10.5.0/3\n"                                                        the rule for all after
 *
 * The second part is read; from a file of version 1, which has none, the first. The transitions that the rule makes
 * until 2100 are written out too, so that the rule itself is hardly ever asked.
 */
#include "engine/time/zone.h"
#include "engine/base/arena.h"
#include "engine/time/calendar.h"

enum {
    HEADER_SIZE = 44,
    KIND_SIZE = 6,
    MAX_OFFSET = 26 * 3600,
    WRITTEN_OUT_UNTIL = 2100,
    MAX_WRITTEN_OUT = 512,
};

struct counts {
    uint32_t n_utc_flags;
    uint32_t n_standard_flags;
    uint32_t n_leap_seconds;
    uint32_t n_times;
    uint32_t n_kinds;
    uint32_t n_characters;
};

/* One of the two parts: its counts, and where its arrays begin. */
struct part {
    struct counts counts;
    const unsigned char *times;
    const unsigned char *kind_indexes;
    const unsigned char *kinds;
    const unsigned char *characters;
    const unsigned char *end;
    uint32_t time_size; /* 4 or 8 */
};

static uint32_t read_32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int64_t read_time(const struct part *part, uint32_t i)
{
    const unsigned char *bytes = part->times + (size_t)i * part->time_size;
    if (part->time_size == 4) return (int32_t)read_32(bytes);
    return (int64_t)((uint64_t)read_32(bytes) << 32 | read_32(bytes + 4));
}

static bool read_part(const unsigned char *at, const unsigned char *end, uint32_t time_size, struct part *part)
{
    if (end - at < HEADER_SIZE || memcmp(at, "TZif", 4) != 0) return false;
    struct counts counts = {read_32(at + 20), read_32(at + 24), read_32(at + 28),
                            read_32(at + 32), read_32(at + 36), read_32(at + 40)};
    at += HEADER_SIZE;
    uint64_t size = (uint64_t)counts.n_times * (time_size + 1) + (uint64_t)counts.n_kinds * KIND_SIZE +
                    counts.n_characters + (uint64_t)counts.n_leap_seconds * (time_size + 4) + counts.n_standard_flags +
                    counts.n_utc_flags;
    if ((uint64_t)(end - at) < size || !counts.n_kinds || !counts.n_characters) return false;
    part->counts = counts;
    part->time_size = time_size;
    part->times = at;
    part->kind_indexes = part->times + (size_t)counts.n_times * time_size;
    part->kinds = part->kind_indexes + counts.n_times;
    part->characters = part->kinds + (size_t)counts.n_kinds * KIND_SIZE;
    part->end = at + size;
    return true;
}

static bool read_kind(struct arena *arena, const struct part *part, uint32_t i, struct zone_kind *kind)
{
    if (i >= part->counts.n_kinds) return false;
    const unsigned char *bytes = part->kinds + (size_t)i * KIND_SIZE;
    uint32_t name = bytes[5], len = 0;
    if (name >= part->counts.n_characters) return false;
    while (name + len < part->counts.n_characters && part->characters[name + len]) len++;
    kind->offset = (int32_t)read_32(bytes);
    kind->is_summer = bytes[4] != 0;
    kind->abbreviation = text_copy(arena, (struct text){(const char *)part->characters + name, len}).data;
    return kind->offset > -MAX_OFFSET && kind->offset < MAX_OFFSET;
}

/* The line between two line feeds behind the second part; empty where there is no rule. */
static struct text read_footer(const unsigned char *at, const unsigned char *end)
{
    if (at == end || *at != '\n') return NO_TEXT;
    const unsigned char *line = at + 1, *stop = memchr(line, '\n', (size_t)(end - line));
    return stop ? (struct text){(const char *)line, (size_t)(stop - line)} : NO_TEXT;
}

/* The lists of a zone while it is being read. */
struct lists {
    int64_t *starts;
    struct zone_kind *kinds;
    uint32_t n;
};

static bool read_lists(struct arena *arena, const struct part *part, struct lists *lists)
{
    size_t room = part->counts.n_times + MAX_WRITTEN_OUT;
    lists->starts = ARENA_ARRAY(arena, int64_t, room);
    lists->kinds = ARENA_ARRAY(arena, struct zone_kind, room + 1);
    lists->n = part->counts.n_times;
    if (!read_kind(arena, part, 0, &lists->kinds[0])) return false;
    for (uint32_t i = 0; i < lists->n; i++) {
        lists->starts[i] = read_time(part, i);
        if (i && lists->starts[i] <= lists->starts[i - 1]) return false;
        if (!read_kind(arena, part, part->kind_indexes[i], &lists->kinds[i + 1])) return false;
    }
    return true;
}

static void write_out(const struct zone_rule *rule, struct lists *lists)
{
    const int64_t until = calendar_days(WRITTEN_OUT_UNTIL, 1, 1) * 86400;
    int64_t at = lists->n ? lists->starts[lists->n - 1] : calendar_days(1970, 1, 1) * 86400;
    for (int i = 0; i < MAX_WRITTEN_OUT; i++) {
        struct zone_span span = zone_rule_span_at(rule, at);
        if (span.end > until) return;
        at = span.end;
        lists->starts[lists->n++] = at;
        lists->kinds[lists->n] = *zone_rule_span_at(rule, at).kind;
    }
}

bool zone_file_parse(struct arena *arena, struct text bytes, struct zone *zone)
{
    const unsigned char *at = (const unsigned char *)bytes.data, *end = at + bytes.len;
    struct part part;
    struct text footer = NO_TEXT;
    if (!read_part(at, end, 4, &part)) return false;
    if (at[4] >= '2') {
        if (!read_part(part.end, end, 8, &part)) return false;
        footer = read_footer(part.end, end);
    }
    struct lists lists;
    if (!read_lists(arena, &part, &lists)) return false;
    if (footer.len) {
        struct zone_rule *rule = ARENA_MAKE(arena, struct zone_rule);
        if (!zone_rule_parse(arena, footer, rule)) return false;
        write_out(rule, &lists);
        zone->rule = rule;
    }
    zone->starts = lists.starts;
    zone->kinds = lists.kinds;
    zone->n = lists.n;
    return true;
}
