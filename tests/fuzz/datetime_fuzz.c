/* datetime_fuzz.c - "pattern\ntext": what a pattern reads is an instant that it can write, and ISO text comes back as
 * it was.
 *
 * The bytes are also read as a TZif file: one that is accepted must give an offset at any instant.
 */
#include "engine/base/arena.h"
#include "engine/base/buffer.h"
#include "engine/time/datetime.h"
#include "engine/time/zone.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) abort();
}

static void try_pattern(struct arena *arena, struct text pattern, struct text text)
{
    const struct datetime_pattern *compiled;
    struct error error = {0};
    int64_t ms = 0;
    if (!datetime_pattern_compile(arena, pattern, &compiled, &error)) return;
    bool read = datetime_pattern_parse(compiled, text, zone_find(TEXT("Europe/Berlin")), &ms);
    struct buffer out = BUFFER(1 << 16);
    datetime_pattern_print(&out, compiled, read ? ms : (int64_t)text.len * 86400123, NULL);
    buffer_free(&out);
}

static void try_iso(struct text text)
{
    struct buffer out = BUFFER(256);
    int32_t days, again;
    int64_t ms, same;
    if (date_parse(text, &days)) {
        date_print(&out, days);
        check(date_parse(buffer_text(&out), &again) && again == days);
    }
    buffer_clear(&out);
    if (timestamp_parse(text, &ms) && ms > -62135596800000) {
        timestamp_print(&out, ms);
        check(timestamp_parse(buffer_text(&out), &same) && same == ms);
    }
    buffer_free(&out);
}

static void try_zone(struct arena *arena, struct text bytes)
{
    struct zone zone = {.id = TEXT("X")};
    if (!zone_file_parse(arena, bytes, &zone)) return;
    for (int64_t ms = -4000000000000; ms < 9000000000000; ms += 700000000000) {
        check(abs(zone_offset_at(&zone, ms)) < 200 * 3600);
        (void)zone_instant_of(&zone, ms);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct text all = {(const char *)data, size}, pattern = all, text = all;
    const char *line = size ? memchr(data, '\n', size) : NULL;
    if (line) {
        pattern.len = (size_t)(line - all.data);
        text = (struct text){line + 1, size - pattern.len - 1};
    }
    try_pattern(arena, pattern, text);
    try_iso(text);
    try_zone(arena, all);
    arena_free(arena);
    return 0;
}
