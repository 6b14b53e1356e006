/* topic_place.h - what the tests of topics share: a place with a broker in it, sending in one line, reading into an
 * array. */
#pragma once
#include "tests/unit/test.h"
#include "engine/base/clock.h"
#include "engine/base/settings.h"
#include "engine/topic/topic.h"
#include <ftw.h>
#include <unistd.h>

enum { PATIENCE_MS = 60000 };

struct place {
    struct broker *broker;
    struct arena *arena;
    struct settings *settings;
    char folder[64];     /* of the local log; empty where there is none */
    struct text topic;   /* a name of its own for each test */
    struct text lost[8]; /* owners of records that failed, as texts, and why */
    struct error why[8];
    uint32_t n_lost;
};

/* Records read, copied, in the order in which they came. */
struct seen {
    struct text key, value;
    int32_t partition;
    int64_t offset, timestamp_ms;
};
struct seen_list {
    LIST_OF(struct seen);
    int64_t next_offset; /* of the last fetch */
};

#define assert_ok(call)                                                                                                \
    do {                                                                                                               \
        struct error error = {0};                                                                                      \
        if (!(call)) fail_msg("%s", error.message);                                                                    \
    } while (0)

/* The call fails, and its message contains `part`. */
#define assert_error(call, part) assert_coded_error(call, ERROR_NONE, part)

/* The same, with this code; ERROR_NONE: with any. */
#define assert_coded_error(call, expected, part)                                                                       \
    do {                                                                                                               \
        struct error error = {0};                                                                                      \
        assert_false(call);                                                                                            \
        if ((expected) != ERROR_NONE) assert_int_equal(error.code, expected);                                          \
        if (!strstr(error.message, (part))) fail_msg("'%s' does not contain '%s'", error.message, (part));             \
    } while (0)

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
    (void)info, (void)type, (void)ftw;
    return remove(path);
}

static inline void remove_folder(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static inline struct place *place_new(void)
{
    static int n;
    struct place *place = HEAP_MAKE(struct place);
    place->arena = arena_new();
    place->settings = settings_new(NULL);
    place->topic = text_printf(place->arena, "t-%d-%d", (int)getpid(), n++);
    return place;
}

static inline void place_free(struct place *place)
{
    broker_close(place->broker);
    if (place->folder[0]) remove_folder(place->folder);
    settings_free(place->settings);
    arena_free(place->arena);
    free(place);
}

/* Its records are of 1970 and are to stay nevertheless. */
static inline void create_topic(struct place *place, struct text name, int32_t n_partitions)
{
    static const struct topic_config keep = {TEXT("retention.ms"), TEXT("-1")};
    struct topic_spec spec = {
        .name = name, .n_partitions = n_partitions, .replicas = -1, .configs = &keep, .n_configs = 1};
    assert_ok(broker_create_topics(place->broker, &spec, 1, false, &error));
}

static inline void delete_topic(struct place *place, struct text name)
{
    assert_ok(broker_delete_topic(place->broker, name, &error));
}

static void note_lost(void *context, void *owner, const struct error *error)
{
    struct place *place = context;
    if (place->n_lost == 8) return;
    place->why[place->n_lost] = *error;
    place->lost[place->n_lost++] = text_of(owner);
}

static inline struct writer *open_writer(struct place *place)
{
    struct writer *writer = NULL;
    assert_ok(
        writer_open(place->broker, (struct writer_options){.failed = note_lost, .context = place}, &writer, &error));
    return writer;
}

static inline struct reader *open_reader(struct place *place)
{
    struct reader *reader = NULL;
    assert_ok(reader_open(place->broker, &reader, &error));
    return reader;
}

static inline void assign(struct reader *reader, struct text topic, int32_t partition, int64_t offset)
{
    assert_ok(reader_assign(reader, topic, partition, offset, &error));
}

static inline void send_text(struct writer *writer, struct text topic, int32_t partition, const char *key,
                             const char *value)
{
    struct send send = {.topic = topic,
                        .partition = partition,
                        .key = text_of(key),
                        .value = text_of(value),
                        .timestamp_ms = 1000,
                        .owner = (void *)(uintptr_t)value};
    assert_ok(writer_send(writer, &send, &error));
}

static inline void flush(struct writer *writer)
{
    assert_ok(writer_flush(writer, PATIENCE_MS, &error));
}

/* Sends one record to partition 0 and flushes. */
static inline void put(struct place *place, struct text topic, const char *value)
{
    struct writer *writer = open_writer(place);
    send_text(writer, topic, 0, NULL, value);
    flush(writer);
    writer_close(writer);
}

static inline void see(struct place *place, struct seen_list *list, const struct fetch *fetch)
{
    assert_true(fetch->n > 0 && fetch->n <= BATCH_MAX_ROWS);
    for (uint32_t i = 0; i < fetch->n; i++) {
        const struct record *record = &fetch->records[i];
        struct seen seen = {text_copy(place->arena, record->key), text_copy(place->arena, record->value),
                            fetch->partition, record->offset, record->timestamp_ms};
        LIST_PUSH(place->arena, list, seen);
    }
    assert_true(fetch->next_offset > fetch->records[fetch->n - 1].offset);
    list->next_offset = fetch->next_offset;
}

/* Reads until n records are there. Troubles but the end fail the test. */
static inline struct seen_list read_records(struct place *place, struct reader *reader, uint32_t n)
{
    struct seen_list list = {0};
    int64_t deadline = clock_monotonic_ms() + PATIENCE_MS;
    while (list.n < n && clock_monotonic_ms() < deadline) {
        struct fetch *fetch;
        struct trouble trouble;
        if (reader_poll(reader, 100, &fetch, &trouble))
            see(place, &list, fetch);
        else if (trouble.kind != TROUBLE_NONE && trouble.kind != TROUBLE_END)
            fail_msg("%s", trouble.error.message);
        fetch_release(fetch);
    }
    assert_int_equal(list.n, n);
    return list;
}

/* Reads until the end is told. */
static inline struct seen_list read_to_end(struct place *place, struct reader *reader)
{
    struct seen_list list = {0};
    struct trouble trouble = {0};
    int64_t deadline = clock_monotonic_ms() + PATIENCE_MS;
    while (trouble.kind == TROUBLE_NONE && clock_monotonic_ms() < deadline) {
        struct fetch *fetch;
        if (reader_poll(reader, 100, &fetch, &trouble)) see(place, &list, fetch);
        fetch_release(fetch);
    }
    if (trouble.kind != TROUBLE_END) fail_msg("no end, but %d: %s", trouble.kind, trouble.error.message);
    return list;
}

/* Waits for a trouble of this kind; records and other troubles on the way are dropped. */
static inline struct trouble await_trouble(struct reader *reader, enum trouble_kind kind)
{
    struct trouble trouble = {0};
    int64_t deadline = clock_monotonic_ms() + PATIENCE_MS;
    do {
        struct fetch *fetch;
        reader_poll(reader, 100, &fetch, &trouble);
        fetch_release(fetch);
    } while (trouble.kind != kind && clock_monotonic_ms() < deadline);
    assert_int_equal(trouble.kind, kind);
    return trouble;
}

/* Polls for that long; nothing may come. */
static inline void assert_quiet(struct reader *reader, int ms)
{
    int64_t deadline = clock_monotonic_ms() + ms;
    while (clock_monotonic_ms() < deadline) {
        struct fetch *fetch;
        struct trouble trouble;
        if (reader_poll(reader, 20, &fetch, &trouble))
            fail_msg("an unexpected record: " TEXT_FMT, TEXT_ARG(fetch->records[0].value));
        if (trouble.kind != TROUBLE_NONE) fail_msg("unexpected trouble %d: %s", trouble.kind, trouble.error.message);
    }
}
