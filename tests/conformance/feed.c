/* feed.c - records into queries, one by one or in batches, and out of topics. */
#include "cli/test/bytes.h"
#include "tests/conformance/bench.h"

/* ---- what stands in a topic */

static void note(struct bench *bench, struct record_list *records, const struct fetch *fetch)
{
    for (uint32_t i = 0; i < fetch->n; i++) {
        struct record_seen seen = {.record = fetch->records[i]};
        seen.record.key = text_copy(bench->arena, seen.record.key);
        seen.record.value = text_copy(bench->arena, seen.record.value);
        struct headers headers = fetch_headers(fetch, i, bench->arena);
        struct header *copies = ARENA_ARRAY(bench->arena, struct header, headers.n);
        for (uint32_t j = 0; j < headers.n; j++) {
            copies[j].key = text_copy(bench->arena, headers.items[j].key);
            copies[j].value = text_copy(bench->arena, headers.items[j].value);
        }
        seen.headers = (struct headers){copies, headers.n};
        LIST_PUSH(bench->arena, records, seen);
    }
}

static bool assign_all(struct bench *bench, struct reader *reader, struct text topic, int64_t *n_records,
                       struct error *error)
{
    struct topic_info info;
    if (!broker_describe_topic(bench->broker, bench->arena, topic, &info, error)) return false;
    *n_records = 0;
    for (int32_t i = 0; i < info.n_partitions; i++) {
        int64_t first, end;
        if (!broker_offsets(bench->broker, topic, i, &first, &end, error)) return false;
        if (!reader_assign(reader, topic, i, OFFSET_BEGINNING, error)) return false;
        *n_records += end - first;
    }
    return true;
}

bool bench_read(struct bench *bench, struct text topic, struct record_list *records, struct error *error)
{
    struct reader *reader;
    int64_t n_records;
    *records = (struct record_list){0};
    if (!reader_open(bench->broker, &reader, error)) return false;
    bool ok = assign_all(bench, reader, topic, &n_records, error);
    while (ok && records->n < n_records) {
        struct fetch *fetch;
        struct trouble trouble;
        if (reader_poll(reader, 1000, &fetch, &trouble))
            note(bench, records, fetch);
        else if (trouble.kind == TROUBLE_NONE)
            ok = error_set(error, ERROR_FATAL, NO_SPAN, "a topic in memory cannot be read");
        fetch_release(fetch);
    }
    reader_close(reader);
    return ok;
}

/* ---- into a query */

/* The cases have BYTES in KAFKA stand as their base64 text, in what they send and in what they expect. */
static struct test_part part_of(const struct source *source, enum serde_part which)
{
    struct test_part part = test_part_of(source, which);
    if (part.type && part.type->kind == TYPE_BYTES) part.type = &type_string;
    return part;
}

static bool encode_key(struct bench *bench, const struct input *input, const struct source *source, struct text *key,
                       struct error *error)
{
    if (!test_bytes_encode(bench->arena, part_of(source, SERDE_KEY), input->key, key, error)) return false;
    if (!input->windowed || !key->data) return true;
    struct buffer bytes = BUFFER(1 << 20);
    buffer_append_text(&bytes, *key);
    windowed_key_append(&bytes, input->session, input->window);
    *key = text_copy(bench->arena, buffer_text(&bytes));
    buffer_free(&bytes);
    return true;
}

/* Records that go into the query together: one, or those of a topic that follow each other. */
struct feeding {
    struct bench *bench;
    struct pipe *pipe;
    struct text topic;
    uint32_t n;
    struct record records[BATCH_MAX_ROWS];
    struct headers headers[BATCH_MAX_ROWS];
};

/* False without an error: the query has had enough. */
static bool feed_waiting(struct feeding *feeding, struct error *error)
{
    uint32_t n = feeding->n;
    feeding->n = 0;
    return n == 0 || pipe_feed(feeding->pipe, feeding->topic, feeding->records, feeding->headers, n, error);
}

static bool feed_record(struct feeding *feeding, struct text topic, struct record record, struct headers headers,
                        struct error *error)
{
    if (!text_equal(topic, feeding->topic) && !feed_waiting(feeding, error)) return false;
    feeding->topic = topic;
    feeding->records[feeding->n] = record;
    feeding->headers[feeding->n++] = headers;
    return (feeding->bench->batched && feeding->n < BATCH_MAX_ROWS) || feed_waiting(feeding, error);
}

static bool feed_input(struct feeding *feeding, const struct input *input, int64_t offset, struct error *error)
{
    struct bench *bench = feeding->bench;
    const struct source *source = bench_source(bench, input->topic);
    struct record record = {.timestamp_ms = input->timestamp_ms, .offset = offset};
    if (!encode_key(bench, input, source, &record.key, error)) return false;
    if (!test_bytes_encode(bench->arena, part_of(source, SERDE_VALUE), input->value, &record.value, error))
        return false;
    return feed_record(feeding, input->topic, record, input->headers, error);
}

/* How many of the first n inputs are the topic's. */
static int64_t count_inputs(const struct input_list *inputs, uint32_t n, struct text topic)
{
    int64_t count = 0;
    for (uint32_t i = 0; i < n; i++) count += text_equal(inputs->items[i].topic, topic);
    return count;
}

static bool feed_topic(struct feeding *feeding, struct text topic, struct error *error)
{
    struct record_list records;
    if (!bench_read(feeding->bench, topic, &records, error)) return false;
    for (uint32_t i = 0; i < records.n; i++) {
        struct record record = records.items[i].record;
        record.offset = i;
        if (!feed_record(feeding, topic, record, records.items[i].headers, error)) return false;
    }
    return true;
}

static bool feed_all(struct feeding *feeding, const struct input_list *inputs, struct error *error)
{
    struct bench *bench = feeding->bench;
    for (uint32_t i = 0; i < inputs->n; i++) {
        const struct input *input = &inputs->items[i];
        if (!pipe_reads(feeding->pipe, input->topic)) continue;
        if (!feed_input(feeding, input, count_inputs(inputs, i, input->topic), error)) return false;
    }
    struct topic_list topics;
    if (!broker_list_topics(bench->broker, bench->arena, &topics, error)) return false;
    for (uint32_t i = 0; i < topics.n; i++) {
        struct text topic = topics.items[i].name;
        if (!pipe_reads(feeding->pipe, topic) || count_inputs(inputs, inputs->n, topic)) continue;
        if (!feed_topic(feeding, topic, error)) return false;
    }
    return feed_waiting(feeding, error);
}

bool bench_feed(struct bench *bench, struct pipe *pipe, const struct input_list *inputs, struct error *error)
{
    struct feeding *feeding = ARENA_MAKE(bench->arena, struct feeding);
    *feeding = (struct feeding){.bench = bench, .pipe = pipe};
    return feed_all(feeding, inputs, error) || error->code == ERROR_NONE;
}
