/* serde_bench.c - what it costs to read and write a record of JSON: a camera's finding (finding.h), 11 fields.
 *
 * The records lie one behind the other in 5 MB, as they do in what a broker sends, and are taken in batches of 1000.
 * Beside the formats stands a loop that only adds up the bytes.
 */
#include "engine/base/arena.h"
#include "engine/base/clock.h"
#include "engine/serde/serde.h"
#include "tests/bench/finding.h"
#include <stdio.h>
#include <stdlib.h>

enum { RECORDS = 20000, BATCH = 1000, ROUNDS = 60, COLUMNS = 11 };

static const struct schema_column columns[COLUMNS] = {
    {.name = {"CAMERA_ID", 9}, .type = &type_string},    {.name = {"START_TIME", 10}, .type = &type_bigint},
    {.name = {"END_TIME", 8}, .type = &type_bigint},     {.name = {"PREVIOUS_STATUS", 15}, .type = &type_string},
    {.name = {"STATUS", 6}, .type = &type_string},       {.name = {"WORKERS", 7}, .type = &type_integer},
    {.name = {"HARD_HATS", 9}, .type = &type_integer},   {.name = {"TRUCKS", 6}, .type = &type_integer},
    {.name = {"EXCAVATORS", 10}, .type = &type_integer}, {.name = {"CONFIDENCE", 10}, .type = &type_double},
    {.name = {"DETAIL", 6}, .type = &type_string},
};

struct records {
    struct text items[RECORDS];
    char *bytes;
    size_t len;
};

static struct records *make_records(void)
{
    struct records *records = HEAP_MAKE(struct records);
    struct findings findings = findings_start();
    struct finding finding;
    records->bytes = heap_alloc((size_t)RECORDS * sizeof finding.value);
    for (int i = 0; i < RECORDS; i++) {
        char *at = records->bytes + records->len;
        findings_next(&findings, &finding);
        memcpy(at, finding.value, finding.value_len);
        records->items[i] = (struct text){at, finding.value_len};
        records->len += finding.value_len;
    }
    return records;
}

static void report(const char *name, int64_t ns, double bytes)
{
    double n = (double)RECORDS * ROUNDS, seconds = (double)ns / 1e9;
    printf("%-34s %7.1f ns a record %7.2f M records/s %8.0f MB/s\n", name, (double)ns / n, n / seconds / 1e6,
           bytes / seconds / 1e6);
}

static void measure_sum(const struct records *records)
{
    volatile uint64_t keep = 0;
    int64_t start = clock_monotonic_ns();
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < RECORDS; i++) {
            uint64_t sum = 0;
            for (size_t j = 0; j < records->items[i].len; j++) sum += (unsigned char)records->items[i].data[j];
            keep += sum;
        }
    report("add up the bytes", clock_monotonic_ns() - start, (double)records->len * ROUNDS);
}

/* A batch with a column for each of `kept` and room for the rows of a batch. */
static struct batch make_batch(struct arena *arena, const struct schema_column *kept, uint32_t n)
{
    struct batch batch = {.arena = arena, .columns = ARENA_ARRAY(arena, struct column, n), .n_columns = n};
    for (uint32_t i = 0; i < n; i++) batch.columns[i] = column_make(arena, kept[i].type, BATCH);
    return batch;
}

struct decode_case {
    const char *name;
    const struct schema_column *declared;
    uint32_t n;
    const int32_t *targets;
    const struct schema_column *needed; /* in the order of the targets */
    uint32_t n_needed;
};

static void decode_batch(const struct decode_case *it, const struct decoder *decoder, const struct text *items,
                         struct arena *arena)
{
    struct batch batch = make_batch(arena, it->needed, it->n_needed);
    char why[SERDE_WHY];
    for (uint32_t row = 0; row < BATCH; row++)
        if (!decoder_decode(decoder, items[row], &batch, row, why)) {
            fprintf(stderr, "%s: %s\n", it->name, why);
            exit(1);
        }
}

static void measure_decode(const struct records *records, struct decode_case it)
{
    struct arena *query = arena_new(), *arena = arena_new();
    struct serde_spec spec = {.format = format_find(TEXT("JSON")), .part = SERDE_VALUE};
    const struct decoder *decoder = spec.format->decoder(query, &spec, it.declared, it.n, it.targets);
    int64_t start = clock_monotonic_ns();
    for (int i = 0; i < RECORDS * ROUNDS; i += BATCH) {
        decode_batch(&it, decoder, records->items + i % RECORDS, arena);
        arena_reset(arena);
    }
    report(it.name, clock_monotonic_ns() - start, (double)records->len * ROUNDS);
    arena_free(arena);
    arena_free(query);
}

static void measure_encode(const char *name, const struct records *records, const struct schema_column *declared,
                           uint32_t n)
{
    struct arena *arena = arena_new();
    struct serde_spec spec = {.format = format_find(TEXT("JSON")), .part = SERDE_VALUE};
    int32_t targets[COLUMNS];
    uint32_t sources[COLUMNS];
    for (uint32_t i = 0; i < n; i++) targets[i] = (int32_t)i, sources[i] = i;
    const struct decoder *decoder = spec.format->decoder(arena, &spec, declared, n, targets);
    const struct encoder *encoder = spec.format->encoder(arena, &spec, declared, n, sources);
    struct batch batch = make_batch(arena, declared, n);
    char why[SERDE_WHY];
    for (int row = 0; row < BATCH; row++)
        if (!decoder_decode(decoder, records->items[row], &batch, (uint32_t)row, why)) exit(1);
    struct buffer out = BUFFER(1 << 20);
    double bytes = 0;
    int64_t start = clock_monotonic_ns();
    for (int i = 0; i < RECORDS * ROUNDS; i += BATCH) {
        buffer_clear(&out);
        for (int row = 0; row < BATCH; row++)
            if (encoder_encode(encoder, &batch, (uint32_t)row, &out, why) != ENCODED) exit(1);
        bytes += (double)out.len;
    }
    report(name, clock_monotonic_ns() - start, bytes);
    buffer_free(&out);
    arena_free(arena);
}

int main(void)
{
    struct records *records = make_records();
    static const int32_t all[COLUMNS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    static const int32_t alarm[COLUMNS] = {-1, 0, 1, 2, -1, -1, -1, -1, -1, -1, -1};
    const struct schema_column *three = columns + 1; /* start_time, end_time, previous_status */
    printf("%d records of %.0f bytes\n", RECORDS, (double)records->len / RECORDS);
    measure_sum(records);
    measure_decode(records, (struct decode_case){"decode 11 of 11 fields", columns, COLUMNS, all, columns, COLUMNS});
    measure_decode(records, (struct decode_case){"decode 3 of 11 fields", columns, COLUMNS, alarm, three, 3});
    measure_decode(records, (struct decode_case){"decode 3 fields, 8 not declared", three, 3, all, three, 3});
    measure_encode("encode 3 fields", records, three, 3);
    measure_encode("encode 11 fields", records, columns, COLUMNS);
    free(records->bytes);
    free(records);
    return 0;
}
