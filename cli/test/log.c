/* log.c - sending to topics, reading them to their end. */
#include "cli/test/log.h"
#include "engine/base/clock.h"

enum { PATIENCE_MS = 20000 };

/* ---- sending */

bool test_log_send(struct test_log *log, struct text topic, const struct test_image *image, int32_t partition,
                   struct error *error)
{
    struct send send = {.topic = topic,
                        .partition = partition,
                        .key = image->key,
                        .value = image->value,
                        .timestamp_ms = image->timestamp_ms,
                        .headers = image->headers};
    if (!log->writer && !writer_open(log->place->broker, (struct writer_options){0}, &log->writer, error)) return false;
    return writer_send(log->writer, &send, error);
}

bool test_log_flush(struct test_log *log, struct error *error)
{
    return !log->writer || writer_flush(log->writer, PATIENCE_MS, error);
}

/* ---- reading */

static struct test_tail *find_tail(struct test_log *log, struct text topic)
{
    for (uint32_t i = 0; i < log->tails.n; i++)
        if (text_equal(log->tails.items[i]->topic, topic)) return log->tails.items[i];
    struct test_tail *tail = ARENA_MAKE(log->place->arena, struct test_tail);
    tail->topic = text_copy(log->place->arena, topic);
    LIST_PUSH(log->place->arena, &log->tails, tail);
    return tail;
}

/* Where the topic ends now, partition by partition. A topic that was made anew is read from its beginning. */
static bool find_ends(struct test_log *log, struct test_tail *tail, int64_t **ends, struct error *error)
{
    struct arena *arena = log->place->arena;
    struct topic_info info;
    if (!broker_describe_topic(log->place->broker, arena, tail->topic, &info, error)) return false;
    if (!info.n_partitions)
        return error_set(error, ERROR_INPUT, NO_SPAN, "there is no topic '" TEXT_FMT "'", TEXT_ARG(tail->topic));
    if (info.n_partitions != tail->n_partitions)
        tail->partitions = ARENA_ARRAY(arena, struct test_partition, info.n_partitions);
    tail->n_partitions = info.n_partitions;
    *ends = ARENA_ARRAY(arena, int64_t, info.n_partitions);
    for (int32_t i = 0; i < info.n_partitions; i++) {
        int64_t first;
        if (!broker_offsets(log->place->broker, tail->topic, i, &first, &(*ends)[i], error)) return false;
        if ((*ends)[i] < tail->partitions[i].next_offset) tail->partitions[i].next_offset = 0;
    }
    return true;
}

static struct headers copy_headers(struct arena *arena, struct headers headers)
{
    struct header *items = ARENA_ARRAY(arena, struct header, headers.n);
    for (uint32_t i = 0; i < headers.n; i++)
        items[i] = (struct header){text_copy(arena, headers.items[i].key), text_copy(arena, headers.items[i].value)};
    return (struct headers){items, headers.n};
}

static void keep(struct test_log *log, struct test_tail *tail, const struct fetch *fetch)
{
    struct arena *arena = log->place->arena;
    struct test_partition *partition = &tail->partitions[fetch->partition];
    for (uint32_t i = 0; i < fetch->n; i++) {
        const struct record *record = &fetch->records[i];
        struct test_image image = {text_copy(arena, record->key), text_copy(arena, record->value), record->timestamp_ms,
                                   copy_headers(arena, fetch_headers(fetch, i, arena))};
        LIST_PUSH(arena, &partition->images, image);
    }
    partition->next_offset = fetch->next_offset;
}

/* Kafka's transactions leave control records behind, so that the last offset may never be handed out: the end, once
 * told, counts as well. (The local log may tell of an end before it has looked for what others wrote.) */
static bool read_to(struct test_log *log, struct test_tail *tail, int32_t partition, int64_t end, struct error *error)
{
    struct test_partition *at = &tail->partitions[partition];
    int64_t deadline = clock_monotonic_ms() + PATIENCE_MS;
    if (at->next_offset >= end) return true;
    if (!reader_assign(log->reader, tail->topic, partition, at->next_offset, error)) return false;
    bool ended = false, kafka = log->place->kind == TEST_KAFKA;
    while (!ended && at->next_offset < end && clock_monotonic_ms() < deadline) {
        struct fetch *fetch;
        struct trouble trouble;
        if (reader_poll(log->reader, 100, &fetch, &trouble))
            keep(log, tail, fetch);
        else
            ended = kafka && trouble.kind == TROUBLE_END && trouble.partition == partition;
        fetch_release(fetch);
    }
    reader_unassign(log->reader, tail->topic, partition);
    return ended || at->next_offset >= end ||
           error_set(error, ERROR_WORLD, NO_SPAN, "topic '" TEXT_FMT "' could not be read to its end",
                     TEXT_ARG(tail->topic));
}

bool test_log_read(struct test_log *log, struct text topic, struct test_tail **tail, struct error *error)
{
    int64_t *ends = NULL;
    *tail = find_tail(log, topic);
    if (!log->reader && !reader_open(log->place->broker, &log->reader, error)) return false;
    if (!find_ends(log, *tail, &ends, error)) return false;
    for (int32_t i = 0; i < (*tail)->n_partitions; i++)
        if (!read_to(log, *tail, i, ends[i], error)) return false;
    return true;
}

uint32_t test_tail_waiting(const struct test_tail *tail)
{
    uint32_t n = 0;
    for (int32_t i = 0; i < tail->n_partitions; i++) n += tail->partitions[i].images.n - tail->partitions[i].taken;
    return n;
}

const struct test_image *test_tail_at(const struct test_tail *tail, uint32_t i, int32_t *partition)
{
    for (*partition = 0; *partition < tail->n_partitions; ++*partition) {
        const struct test_partition *at = &tail->partitions[*partition];
        uint32_t n = at->images.n - at->taken;
        if (i < n) return &at->images.items[at->taken + i];
        i -= n;
    }
    return NULL;
}

void test_log_close(struct test_log *log)
{
    reader_close(log->reader);
    writer_close(log->writer);
}
