/* datagen.c - the loop: the next event, its bytes, where they go, and a pause that keeps the rate.
 *
 * The i-th event happens at start + i / rate, whatever the wall clock says, so that the same seed and start give the
 * same bytes; without a rate there is an event of each camera (customer, page) in half a minute. Only the pauses look
 * at the clock.
 */
#include "cli/datagen/datagen.h"
#include "cli/datagen/sample.h"
#include "engine/base/buffer.h"
#include "engine/base/clock.h"
#include "engine/topic/topic.h"
#include <stdlib.h>
#include <time.h>

enum {
    UNPACED_MS = 30000,
    MAX_EVENT = 1 << 20,
    FLUSH_MS = 30000,
};

struct generator {
    const struct datagen_options *options;
    struct random random;
    struct arena *arena;       /* the sample's state */
    struct arena *event_arena; /* the event's texts, until the next */
    void *state;
    struct buffer value, key;
    struct event event;
    const struct field *key_field; /* NULL: the key is null */
    int64_t i;
    int64_t started_ms; /* monotonic */
};

static void start(struct generator *generator, const struct datagen_options *options)
{
    *generator = (struct generator){.options = options,
                                    .random = {options->seed},
                                    .arena = arena_new(),
                                    .event_arena = arena_new(),
                                    .value = BUFFER(MAX_EVENT),
                                    .key = BUFFER(MAX_EVENT),
                                    .started_ms = clock_monotonic_ms()};
    generator->state = options->sample->open(generator->arena, &generator->random, options->n_things);
}

static void end(struct generator *generator)
{
    buffer_free(&generator->value);
    buffer_free(&generator->key);
    arena_free(generator->event_arena);
    arena_free(generator->arena);
}

/* Milliseconds from the first event to the i-th. */
static int64_t due_ms(const struct generator *generator)
{
    double rate = generator->options->rate;
    return rate > 0 ? (int64_t)((double)generator->i * 1000 / rate)
                    : generator->i * UNPACED_MS / generator->options->n_things;
}

/* Milliseconds until the next event is due. */
static int64_t pause_ms(const struct generator *generator)
{
    if (generator->options->rate <= 0) return 0;
    return generator->started_ms + due_ms(generator) - clock_monotonic_ms();
}

/* Sleeps until the event is due, in steps short enough to be stopped. False if it was. */
static bool await(const struct generator *generator, bool (*stop)(void))
{
    enum { STEP_MS = 100 };
    for (;;) {
        if (stop()) return false;
        int64_t left = pause_ms(generator);
        if (left <= 0) return true;
        struct timespec pause = {.tv_nsec = (left < STEP_MS ? left : STEP_MS) * 1000000L};
        nanosleep(&pause, NULL);
    }
}

/* Makes the next event when its time has come; false at the end. */
static bool next(struct generator *generator, bool (*stop)(void))
{
    const struct datagen_options *options = generator->options;
    if (options->count >= 0 && generator->i == options->count) return false;
    if (!await(generator, stop)) return false;
    arena_reset(generator->event_arena);
    struct event *event = &generator->event;
    *event = (struct event){.arena = generator->event_arena, .time_ms = options->start_ms + due_ms(generator)};
    options->sample->next(generator->state, &generator->random, event);
    buffer_clear(&generator->value);
    if (options->format == DATAGEN_JSON) event_print_json(&generator->value, event->items, event->n);
    else event_print_delimited(&generator->value, event->items, event->n);
    buffer_clear(&generator->key);
    generator->key_field = options->key.data ? event_find(event, options->key) : NULL;
    generator->i++;
    return true;
}

void datagen_print(const struct datagen_options *options, bool (*stop)(void), bool (*print)(struct text lines))
{
    struct generator generator;
    start(&generator, options);
    bool more = true;
    while (more && next(&generator, stop)) {
        struct buffer *line = &generator.key;
        if (generator.key_field) field_print(line, generator.key_field);
        buffer_append_char(line, '\t');
        buffer_append_text(line, buffer_text(&generator.value));
        buffer_append_char(line, '\n');
        more = print(buffer_text(line));
    }
    end(&generator);
}

static bool send(struct generator *generator, struct writer *writer, struct error *error)
{
    if (generator->key_field) field_encode_key(&generator->key, generator->key_field);
    struct send send = {
        .topic = generator->options->topic,
        .partition = -1,
        .key = generator->key_field ? buffer_text(&generator->key) : NO_TEXT,
        .value = buffer_text(&generator->value),
        .timestamp_ms = generator->event.time_ms,
    };
    return writer_send(writer, &send, error);
}

/* Flushes now and then, and before a pause that is worth it, so that what is due can be read at once. */
static bool write_all(struct generator *generator, struct writer *writer, bool (*stop)(void), uint64_t *n,
                      struct error *error)
{
    enum { FLUSH_EVERY = 10000, POLL_EVERY = 100, WORTH_MS = 20 };
    while (next(generator, stop)) {
        if (!send(generator, writer, error)) return false;
        ++*n;
        bool flush = *n % FLUSH_EVERY == 0 || pause_ms(generator) > WORTH_MS;
        if (flush && !writer_flush(writer, FLUSH_MS, error)) return false;
        if (*n % POLL_EVERY == 0) writer_poll(writer);
    }
    return writer_flush(writer, FLUSH_MS, error);
}

static bool create_topic(const struct datagen_options *options, struct broker *broker, struct error *error)
{
    struct topic_spec spec = {.name = options->topic, .n_partitions = options->partitions, .replicas = -1};
    return broker_create_topics(broker, &spec, 1, true, error);
}

bool datagen_write(const struct datagen_options *options, struct broker *broker, bool (*stop)(void),
                   uint64_t *n_written, struct error *error)
{
    struct writer *writer;
    *n_written = 0;
    if (!create_topic(options, broker, error)) return false;
    if (!writer_open(broker, (struct writer_options){0}, &writer, error)) return false;
    struct generator generator;
    start(&generator, options);
    bool written = write_all(&generator, writer, stop, n_written, error);
    end(&generator);
    writer_close(writer);
    return written;
}
