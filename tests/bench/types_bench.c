/* types_bench.c - numbers, decimals and timestamps to text and back: millions a second, of one thread's processor time.
 */
#include "engine/base/arena.h"
#include "engine/base/buffer.h"
#include "engine/time/datetime.h"
#include "engine/types/decimal.h"
#include "engine/number/number.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { N = 1 << 18, ROUNDS = 16, TEXT_ROOM = 64 };

static char texts[N][TEXT_ROOM];
static size_t lens[N];
static uint64_t seed = 88172645463325252u;
static volatile int64_t sink;

static uint64_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed * 0x2545f4914f6cdd1du;
}

static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Writes or reads the i-th value. */
typedef void step_function(struct arena *arena, uint32_t i);

static void measure(const char *name, step_function *step)
{
    struct arena *arena = arena_new();
    double start = processor_seconds();
    for (int round = 0; round < ROUNDS; round++)
        for (uint32_t i = 0; i < N; i++) step(arena, i);
    printf("%-32s %7.1f M/s\n", name, (double)N * ROUNDS / (processor_seconds() - start) / 1e6);
    arena_free(arena);
}

static struct text text_at(uint32_t i)
{
    return (struct text){texts[i], lens[i]};
}

static double doubles[N];

static void print_double(struct arena *arena, uint32_t i)
{
    (void)arena;
    lens[i] = number_print_double(texts[i], doubles[i]);
}

static void parse_double(struct arena *arena, uint32_t i)
{
    (void)arena;
    double value;
    if (number_parse_double(text_at(i), &value)) sink += (int64_t)lens[i];
}

static void measure_doubles(const char *name)
{
    char label[64];
    snprintf(label, sizeof label, "DOUBLE print, %s", name);
    measure(label, print_double);
    snprintf(label, sizeof label, "DOUBLE parse, %s", name);
    measure(label, parse_double);
}

static void bench_doubles(void)
{
    for (uint32_t i = 0; i < N; i++) {
        uint64_t bits = next_random() >> 2 | (next_random() & (uint64_t)1 << 63);
        memcpy(&doubles[i], &bits, sizeof bits);
    }
    measure_doubles("any bits");
    for (uint32_t i = 0; i < N; i++) doubles[i] = (double)(next_random() >> 11) * 0x1p-53;
    measure_doubles("0 to 1");
    for (uint32_t i = 0; i < N; i++) doubles[i] = (double)(next_random() % 100000000) / 1000;
    measure_doubles("three decimals");
    for (uint32_t i = 0; i < N; i++) doubles[i] = (double)(next_random() % 10000);
    measure_doubles("small integers");
}

static void print_bigint(struct arena *arena, uint32_t i)
{
    (void)arena;
    lens[i] = number_print_bigint(texts[i], (int64_t)(seed * (i | 1)) >> i % 48);
}

static void parse_bigint(struct arena *arena, uint32_t i)
{
    (void)arena;
    int64_t value;
    if (number_parse_bigint(text_at(i), &value)) sink += value;
}

static const struct type money = {.kind = TYPE_DECIMAL, .precision = 12, .scale = 2};
static struct buffer out = {.ceiling = 1 << 16};

static void keep_text(uint32_t i)
{
    lens[i] = out.len;
    memcpy(texts[i], out.data, out.len);
    out.len = 0;
}

static void print_decimal(struct arena *arena, uint32_t i)
{
    (void)arena;
    decimal_print(&out, &money, (struct decimal){.small = (int64_t)(seed * (i | 1)) % 1000000000});
    keep_text(i);
}

static void parse_decimal(struct arena *arena, uint32_t i)
{
    struct decimal value;
    if (decimal_parse(arena, &money, text_at(i), DECIMAL_EXACT, &value)) sink += (int64_t)value.small;
}

static void print_timestamp(struct arena *arena, uint32_t i)
{
    (void)arena;
    timestamp_print(&out, 1600000000000 + (int64_t)(seed * (i | 1)) % 500000000000);
    keep_text(i);
}

static void parse_timestamp(struct arena *arena, uint32_t i)
{
    (void)arena;
    int64_t ms;
    if (timestamp_parse(text_at(i), &ms)) sink += ms;
}

static const struct datetime_pattern *pattern;
static const struct zone *zone;

static void print_by_pattern(struct arena *arena, uint32_t i)
{
    (void)arena;
    datetime_pattern_print(&out, pattern, 1600000000000 + (int64_t)(seed * (i | 1)) % 500000000000, zone);
    keep_text(i);
}

static void parse_by_pattern(struct arena *arena, uint32_t i)
{
    (void)arena;
    int64_t ms;
    if (datetime_pattern_parse(pattern, text_at(i), zone, &ms)) sink += ms;
}

int main(void)
{
    struct arena *arena = arena_new();
    struct error error;
    bench_doubles();
    measure("BIGINT print", print_bigint);
    measure("BIGINT parse", parse_bigint);
    measure("DECIMAL(12, 2) print", print_decimal);
    measure("DECIMAL(12, 2) parse", parse_decimal);
    measure("TIMESTAMP print", print_timestamp);
    measure("TIMESTAMP parse", parse_timestamp);
    zone = zone_find(TEXT("Europe/Berlin"));
    if (!datetime_pattern_compile(arena, TEXT("yyyy-MM-dd HH:mm:ss.SSS"), &pattern, &error)) return 1;
    measure("pattern with a zone, print", print_by_pattern);
    measure("pattern with a zone, parse", parse_by_pattern);
    buffer_free(&out);
    arena_free(arena);
    return 0;
}
