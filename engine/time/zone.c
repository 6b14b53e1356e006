/* zone.c - finding zones, and the two directions between local time and UTC.
 *
 * The names of all regions are read from the zoneinfo directory once; a region's file is read when it is first asked
 * for. All zones live in one arena until the process ends. One lock guards all of it; a zone that was found needs none.
 */
#include "engine/time/zone.h"
#include "engine/base/arena.h"
#include "engine/base/buffer.h"
#include "engine/base/list.h"
#include "engine/base/map.h"
#include "engine/time/calendar.h"
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { MAX_DEPTH = 3, MAX_FILE = 1 << 20, MAX_OFFSET = 18 * 3600, MAX_ID = 64, SECONDS_PER_DAY = 86400 };

struct region {
    struct text id;
    const struct zone *zone; /* NULL until it was asked for */
    bool is_broken;          /* the file could not be read */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Guarded by `lock`. */
static struct {
    struct arena *arena;
    const char *directory;
    struct {
        LIST_OF(struct region);
    } regions;        /* by name, without regard to case */
    struct map fixed; /* by id */
} zones;

static const struct zone_kind utc_kind = {.abbreviation = "Z"};
const struct zone zone_utc = {.id = {"Z", 1}, .kinds = &utc_kind};

struct zone_span zone_span_at(const struct zone *zone, int64_t seconds)
{
    uint32_t low = 0, high = zone->n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (zone->starts[middle] <= seconds)
            low = middle + 1;
        else
            high = middle;
    }
    int64_t start = low ? zone->starts[low - 1] : INT64_MIN;
    if (low < zone->n) return (struct zone_span){start, zone->starts[low], &zone->kinds[low]};
    if (!zone->rule) return (struct zone_span){start, INT64_MAX, &zone->kinds[low]};
    struct zone_span span = zone_rule_span_at(zone->rule, seconds);
    if (span.start < start) span.start = start;
    return span;
}

int32_t zone_offset_at(const struct zone *zone, int64_t ms)
{
    return zone_span_at(zone, calendar_floor_div(ms, 1000)).kind->offset;
}

/* Wraps around at the ends of what 64 bits hold. */
static int64_t minus_seconds(int64_t ms, int32_t seconds)
{
    return (int64_t)((uint64_t)ms - (uint64_t)((int64_t)seconds * 1000));
}

/* Walks the spans around the local time, from the earlier to the later: the first in which an instant reads so is
 * taken. If the local time is behind the end of one and before the start of the next, it is in a gap. */
int64_t zone_instant_of(const struct zone *zone, int64_t local_ms)
{
    int64_t local = calendar_floor_div(local_ms, 1000);
    struct zone_span span = zone_span_at(zone, local - 2 * SECONDS_PER_DAY);
    for (;;) {
        if (local - span.kind->offset < span.end) return minus_seconds(local_ms, span.kind->offset);
        struct zone_span next = zone_span_at(zone, span.end);
        if (local - next.kind->offset < next.start) return minus_seconds(local_ms, span.kind->offset);
        span = next;
    }
}

/* Two digits; -1 if there are not two. */
static int32_t two_digits(struct text text, size_t at)
{
    if (at + 2 > text.len) return -1;
    unsigned tens = (unsigned char)text.data[at] - '0', ones = (unsigned char)text.data[at + 1] - '0';
    return tens > 9 || ones > 9 ? -1 : (int32_t)(tens * 10 + ones);
}

bool zone_offset_parse(struct text text, int32_t *seconds)
{
    if (text_equal(text, TEXT("Z"))) {
        *seconds = 0;
        return true;
    }
    if (text.len < 2 || (text.data[0] != '+' && text.data[0] != '-')) return false;
    bool one_digit = text.len == 2;
    int32_t hours = one_digit ? text.data[1] - '0' : two_digits(text, 1), parts[2] = {0, 0};
    if (hours < 0 || hours > 18) return false;
    size_t at = one_digit ? 2 : 3;
    bool colon = at < text.len && text.data[at] == ':';
    for (int i = 0; i < 2 && at < text.len; i++) {
        if (colon && text.data[at++] != ':') return false;
        parts[i] = two_digits(text, at);
        if (parts[i] < 0 || parts[i] > 59) return false;
        at += 2;
    }
    int32_t total = hours * 3600 + parts[0] * 60 + parts[1];
    *seconds = text.data[0] == '-' ? -total : total;
    return at == text.len && total <= MAX_OFFSET;
}

/* "+02:00", "-03:30:15", behind the prefix that the id was written with ("UTC", "GMT", "UT" or nothing). */
static struct text offset_id(char *out, struct text prefix, int32_t offset)
{
    int32_t magnitude = abs(offset);
    int len = snprintf(out, MAX_ID, TEXT_FMT, TEXT_ARG(prefix));
    if (offset || !prefix.len) {
        len += snprintf(out + len, MAX_ID - (size_t)len, "%c%02d:%02d", offset < 0 ? '-' : '+', magnitude / 3600,
                        magnitude / 60 % 60);
        if (magnitude % 60) len += snprintf(out + len, MAX_ID - (size_t)len, ":%02d", magnitude % 60);
    }
    return (struct text){out, (size_t)len};
}

static const struct zone *fixed_zone(struct text prefix, int32_t offset)
{
    char text[MAX_ID];
    struct text id = offset_id(text, prefix, offset);
    struct zone *zone = map_get(&zones.fixed, id);
    if (zone) return zone;
    zone = ARENA_MAKE(zones.arena, struct zone);
    struct zone_kind *kind = ARENA_MAKE(zones.arena, struct zone_kind);
    zone->id = text_copy(zones.arena, id);
    zone->kinds = kind;
    *kind = (struct zone_kind){.offset = offset, .abbreviation = zone->id.data};
    map_put(&zones.fixed, zone->id, zone);
    return zone;
}

static int compare_nocase(struct text a, struct text b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    for (size_t i = 0; i < n; i++) {
        char x = a.data[i], y = b.data[i];
        if (x >= 'A' && x <= 'Z') x |= 0x20;
        if (y >= 'A' && y <= 'Z') y |= 0x20;
        if (x != y) return x < y ? -1 : 1;
    }
    return (a.len > b.len) - (a.len < b.len);
}

static int compare_regions(const void *a, const void *b)
{
    return compare_nocase(((const struct region *)a)->id, ((const struct region *)b)->id);
}

static bool is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Regions begin with a capital letter; other files of the directory (zone.tab, posixrules, right/) do not, or have a
 * point. */
static void list_regions(const char *prefix, int depth)
{
    char *path = arena_printf(zones.arena, "%s/%s", zones.directory, prefix);
    DIR *directory = opendir(path);
    if (!directory) return;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] < 'A' || entry->d_name[0] > 'Z' || strchr(entry->d_name, '.')) continue;
        char *id = arena_printf(zones.arena, "%s%s", prefix, entry->d_name);
        struct region region = {.id = text_of(id)};
        bool inner = is_directory(arena_printf(zones.arena, "%s/%s", zones.directory, id));
        if (!inner)
            LIST_PUSH(zones.arena, &zones.regions, region);
        else if (depth < MAX_DEPTH)
            list_regions(arena_printf(zones.arena, "%s/", id), depth + 1);
    }
    closedir(directory);
}

static void begin(void)
{
    if (zones.arena) return;
    zones.arena = arena_new();
    const char *directory = getenv("TZDIR");
    zones.directory = arena_printf(zones.arena, "%s", directory && *directory ? directory : "/usr/share/zoneinfo");
    list_regions("", 1);
    if (zones.regions.n) qsort(zones.regions.items, zones.regions.n, sizeof *zones.regions.items, compare_regions);
}

static bool read_file(const char *path, struct buffer *out)
{
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;) buffer_append(out, chunk, n);
    bool complete = !ferror(file) && !out->overflow;
    fclose(file);
    return complete;
}

static const struct zone *load(struct region *region)
{
    if (region->zone || region->is_broken) return region->zone;
    struct buffer bytes = BUFFER(MAX_FILE);
    struct zone *zone = ARENA_MAKE(zones.arena, struct zone);
    const char *path = arena_printf(zones.arena, "%s/%s", zones.directory, region->id.data);
    if (read_file(path, &bytes) && zone_file_parse(zones.arena, buffer_text(&bytes), zone)) {
        zone->id = region->id;
        region->zone = zone;
    }
    region->is_broken = !region->zone;
    buffer_free(&bytes);
    return region->zone;
}

static struct region *find_region(struct text id)
{
    struct region wanted = {.id = id};
    if (!zones.regions.n) return NULL;
    return bsearch(&wanted, zones.regions.items, zones.regions.n, sizeof wanted, compare_regions);
}

/* "UTC", "GMT", "UT" alone or with an offset behind, or an offset alone. */
static const struct zone *find_fixed(struct text id)
{
    static const struct text prefixes[] = {{"UTC", 3}, {"GMT", 3}, {"UT", 2}, {"", 0}};
    int32_t offset;
    for (int i = 0; i < 4; i++) {
        if (!text_starts_with(id, prefixes[i])) continue;
        struct text rest = {id.data + prefixes[i].len, id.len - prefixes[i].len};
        if (!rest.len && prefixes[i].len) return fixed_zone(prefixes[i], 0);
        if (zone_offset_parse(rest, &offset) && rest.data[0] != 'Z') return fixed_zone(prefixes[i], offset);
    }
    return NULL;
}

const struct zone *zone_find(struct text id)
{
    if (!id.len || id.len >= MAX_ID) return NULL;
    if (text_equal(id, TEXT("Z"))) return &zone_utc;
    pthread_mutex_lock(&lock);
    begin();
    const struct zone *zone = find_fixed(id);
    if (!zone) {
        struct region *region = find_region(id);
        if (region && text_equal(region->id, id)) zone = load(region);
    }
    pthread_mutex_unlock(&lock);
    return zone;
}

static bool is_of_id(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("/_+-", c);
}

size_t zone_match_region(struct text text, const struct zone **zone)
{
    size_t len = 0;
    while (len < text.len && len < MAX_ID && text.data[len] && is_of_id(text.data[len])) len++;
    pthread_mutex_lock(&lock);
    begin();
    for (*zone = NULL; len; len--) {
        struct region *region = find_region((struct text){text.data, len});
        if (region) *zone = load(region);
        if (*zone) break;
    }
    pthread_mutex_unlock(&lock);
    return len;
}
