/* serde_bench.c - what it costs to read and write a record of JSON: a camera's finding (finding.h), 11 fields.
 *
 *     bench-serde            everything
 *     bench-serde "3 of 11"  what has these words in its name
 *
 * The records lie one behind the other in 5 MB, as they do in what a broker sends, and are taken in batches of 1000.
 * Beside the formats stands a loop that only adds up the bytes. The fastest round counts: others share the machine.
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

static const char *wanted = ""; /* words in the names of what is measured */

/* Takes all records once; returns how many bytes they were. */
typedef size_t round_function(void *context);

static void measure(const char *name, round_function *round, void *context)
{
    int64_t best = INT64_MAX;
    size_t bytes = 0;
    if (!strstr(name, wanted)) return;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t start = clock_monotonic_ns();
        bytes = round(context);
        int64_t ns = clock_monotonic_ns() - start;
        if (ns < best) best = ns;
    }
    double seconds = (double)best / 1e9;
    printf("%-34s %7.1f ns a record %7.2f M records/s %8.0f MB/s\n", name, (double)best / RECORDS,
           RECORDS / seconds / 1e6, (double)bytes / seconds / 1e6);
}

static size_t sum_up(void *context)
{
    const struct records *records = context;
    volatile uint64_t keep = 0;
    for (int i = 0; i < RECORDS; i++) {
        uint64_t sum = 0;
        for (size_t j = 0; j < records->items[i].len; j++) sum += (unsigned char)records->items[i].data[j];
        keep += sum;
    }
    return records->len;
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

struct decode_run {
    struct decode_case it;
    const struct records *input;
    const struct decoder *decoder;
    struct arena *arena; /* of a batch */
};

static void decode_batch(const struct decode_run *run, const struct text *items)
{
    struct batch batch = make_batch(run->arena, run->it.needed, run->it.n_needed);
    char why[SERDE_WHY];
    for (uint32_t row = 0; row < BATCH; row++)
        if (!decoder_decode(run->decoder, items[row], &batch, row, why)) {
            fprintf(stderr, "%s: %s\n", run->it.name, why);
            exit(1);
        }
    arena_reset(run->arena);
}

static size_t decode_all(void *context)
{
    const struct decode_run *run = context;
    for (int i = 0; i < RECORDS; i += BATCH) decode_batch(run, run->input->items + i);
    return run->input->len;
}

static void measure_decode(const struct records *records, struct decode_case it)
{
    struct arena *query = arena_new();
    struct serde_spec spec = {.format = format_find(TEXT("JSON")), .part = SERDE_VALUE};
    struct decode_run run = {it, records, NULL, arena_new()};
    run.decoder = spec.format->decoder(query, &spec, it.declared, it.n, it.targets);
    measure(it.name, decode_all, &run);
    arena_free(run.arena);
    arena_free(query);
}

struct encode_case {
    const struct encoder *encoder;
    struct batch batch;
    struct buffer out;
};

static size_t encode_all(void *context)
{
    struct encode_case *it = context;
    size_t bytes = 0;
    char why[SERDE_WHY];
    for (int i = 0; i < RECORDS; i += BATCH) {
        buffer_clear(&it->out);
        for (uint32_t row = 0; row < BATCH; row++)
            if (encoder_encode(it->encoder, &it->batch, row, &it->out, why) != ENCODED) exit(1);
        bytes += it->out.len;
    }
    return bytes;
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
    struct encode_case it = {spec.format->encoder(arena, &spec, declared, n, sources), make_batch(arena, declared, n),
                             BUFFER(1 << 20)};
    char why[SERDE_WHY];
    for (uint32_t row = 0; row < BATCH; row++)
        if (!decoder_decode(decoder, records->items[row], &it.batch, row, why)) exit(1);
    measure(name, encode_all, &it);
    buffer_free(&it.out);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct records *records = make_records();
    static const int32_t all[COLUMNS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    static const int32_t alarm[COLUMNS] = {-1, 0, 1, 2, -1, -1, -1, -1, -1, -1, -1};
    const struct schema_column *three = columns + 1; /* start_time, end_time, previous_status */
    if (argc > 1) wanted = argv[1];
    printf("%d records of %.0f bytes\n", RECORDS, (double)records->len / RECORDS);
    measure("add up the bytes", sum_up, records);
    measure_decode(records, (struct decode_case){"decode 11 of 11 fields", columns, COLUMNS, all, columns, COLUMNS});
    measure_decode(records, (struct decode_case){"decode 3 of 11 fields", columns, COLUMNS, alarm, three, 3});
    measure_decode(records, (struct decode_case){"decode 3 fields, 8 not declared", three, 3, all, three, 3});
    measure_encode("encode 3 fields", records, three, 3);
    measure_encode("encode 11 fields", records, columns, COLUMNS);
    free(records->bytes);
    free(records);
    return 0;
}
