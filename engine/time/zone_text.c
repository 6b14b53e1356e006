/* zone_text.c - the names of zones' times, written and read: "PDT", "Pacific Daylight Time".
 *
 * The short name is the abbreviation of the zoneinfo database, where that is a word; zone_names.def has the rest. A
 * time that has no name is written "GMT+03:00". A name means the zone, not the offset: "PST" in a text of July is an
 * hour ahead of UTC-8.
 */
#include "engine/time/zone.h"
#include "engine/base/buffer.h"
#include <stdlib.h>

enum { NEVER_KEPT = 10000 };

struct name {
    struct text short_name;
    int32_t minutes;
    struct text long_name;
    struct text zone; /* empty: not read */
};

struct region_names {
    struct text zone;
    struct text short_name[2]; /* in standard time, in summer time */
    struct text long_name[2];
};

#define AS_TEXT(literal) {(literal), sizeof(literal) - 1}

static const struct name names[] = {
#define NAME(short_name, minutes, long_name, zone) {AS_TEXT(short_name), minutes, AS_TEXT(long_name), AS_TEXT(zone)},
#define REGION(zone, standard, long_standard, summer, long_summer)
#include "engine/time/zone_names.def"
#undef NAME
#undef REGION
};

static const struct region_names regions[] = {
#define NAME(short_name, minutes, long_name, zone)
#define REGION(zone, standard, long_standard, summer, long_summer)                                                     \
    {AS_TEXT(zone), {AS_TEXT(standard), AS_TEXT(summer)}, {AS_TEXT(long_standard), AS_TEXT(long_summer)}},
#include "engine/time/zone_names.def"
#undef NAME
#undef REGION
};

enum { N_NAMES = sizeof names / sizeof *names, N_REGIONS = sizeof regions / sizeof *regions };

static const struct region_names *find_region(struct text zone)
{
    for (int i = 0; i < N_REGIONS; i++)
        if (text_equal(regions[i].zone, zone)) return &regions[i];
    return NULL;
}

static const struct name *find_name(struct text abbreviation, int32_t offset)
{
    for (int i = 0; i < N_NAMES; i++)
        if (names[i].minutes * 60 == offset && text_equal(names[i].short_name, abbreviation)) return &names[i];
    return NULL;
}

static void print_offset(struct buffer *out, int32_t offset)
{
    int32_t magnitude = abs(offset);
    buffer_printf(out, "GMT%c%02d:%02d", offset < 0 ? '-' : '+', magnitude / 3600, magnitude / 60 % 60);
    if (magnitude % 60) buffer_printf(out, ":%02d", magnitude % 60);
}

void zone_name_print(struct buffer *out, const struct zone *zone, int64_t seconds, bool is_long)
{
    const struct zone_kind *kind = zone_span_at(zone, seconds).kind;
    struct text abbreviation = text_of(kind->abbreviation);
    bool is_word = *kind->abbreviation != '+' && *kind->abbreviation != '-';
    if (is_word || text_equal(abbreviation, zone->id)) {
        const struct name *name = is_long ? find_name(abbreviation, kind->offset) : NULL;
        buffer_append_text(out, name ? name->long_name : abbreviation);
        return;
    }
    const struct region_names *region = find_region(zone->id);
    if (region)
        buffer_append_text(out, (is_long ? region->long_name : region->short_name)[kind->is_summer]);
    else
        print_offset(out, kind->offset);
}

/* Remembers the name if the text begins with it and it is longer than what was found before. */
static void match_name(struct text text, struct text name, struct text zone, struct text *best_zone, size_t *best_len)
{
    if (!zone.len || name.len <= *best_len || name.len > text.len) return;
    if (!text_equal_nocase((struct text){text.data, name.len}, name)) return;
    *best_zone = zone;
    *best_len = name.len;
}

static size_t match_names(struct text text, struct text *zone)
{
    size_t len = 0;
    for (int i = 0; i < N_NAMES; i++) {
        match_name(text, names[i].short_name, names[i].zone, zone, &len);
        match_name(text, names[i].long_name, names[i].zone, zone, &len);
    }
    for (int i = 0; i < N_REGIONS; i++) {
        for (int summer = 0; summer < 2; summer++) {
            match_name(text, regions[i].short_name[summer], regions[i].zone, zone, &len);
            match_name(text, regions[i].long_name[summer], regions[i].zone, zone, &len);
        }
    }
    return len;
}

/* "UTC", "GMT" or "UT" in any case, or nothing, and behind it +hh:mm or +hh:mm:ss; without the prefix the offset must
 * be there. The length of all of it. */
static size_t match_offset(struct text text, const struct zone **zone)
{
    static const struct text prefixes[] = {AS_TEXT("UTC"), AS_TEXT("GMT"), AS_TEXT("UT"), AS_TEXT("")};
    int i = 0;
    while (text.len < prefixes[i].len || !text_equal_nocase((struct text){text.data, prefixes[i].len}, prefixes[i]))
        i++;
    size_t prefix = prefixes[i].len;
    for (size_t len = prefix + 9; len > prefix; len -= 3) {
        int32_t offset;
        struct text rest = {text.data + prefix, len - prefix};
        if (len > text.len || len < prefix + 6 || rest.data[3] != ':' || !zone_offset_parse(rest, &offset)) continue;
        char id[16];
        memcpy(id, prefixes[i].data, prefix);
        memcpy(id + prefix, rest.data, rest.len);
        *zone = zone_find((struct text){id, len});
        return len;
    }
    *zone = prefix ? zone_find(prefixes[i]) : NULL;
    return prefix;
}

size_t zone_match(struct text text, bool with_names, const struct zone **zone)
{
    *zone = NULL;
    if (!text.len) return 0;
    struct text named = NO_TEXT;
    size_t name_len = with_names ? match_names(text, &named) : 0;
    const struct zone *fixed, *region;
    size_t fixed_len = match_offset(text, &fixed);
    /* Behind a prefix an offset is written with a colon or not at all: "GMT+0200" is not the region "GMT+0" with a
     * rest. */
    bool is_prefix_alone = fixed_len && (text.len == fixed_len || text.data[fixed_len] != '0');
    size_t region_len = is_prefix_alone ? 0 : zone_match_region(text, &region);
    if (name_len > fixed_len && name_len >= region_len) {
        *zone = zone_find(named);
        return *zone ? name_len : 0;
    }
    *zone = region_len > fixed_len ? region : fixed;
    if (*zone) return region_len > fixed_len ? region_len : fixed_len;
    if ((text.data[0] | 0x20) != 'z') return 0;
    *zone = &zone_utc;
    return 1;
}
