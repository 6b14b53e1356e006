/* processing_log.c - see processing_log.h. */
#include "engine/run/processing_log.h"
#include "engine/base/clock.h"
#include "engine/base/settings.h"
#include "engine/base/entity.h"
#include "engine/run/query.h"
#include <stdio.h>
#include <stdlib.h>

enum { MOST_LINES = 64 << 10, LINES_A_SECOND = 10, MOST_RECORD = 1 << 16 };

struct processing_log {
    pthread_mutex_t lock;
    struct broker *broker;
    const struct settings *settings;
    struct writer *writer; /* NULL until the first entry */
    bool waits;            /* something was sent since the last flush */
    bool failed;           /* the topic could not be opened: not tried again */
    struct text topic;
    struct arena *arena;
    struct buffer lines; /* for people */
    int64_t second;      /* of the lines counted */
    unsigned n_in_second;
    uint64_t n_left_out;
};

struct processing_log *processing_log_new(struct broker *broker, const struct settings *settings)
{
    struct processing_log *log = HEAP_MAKE(struct processing_log);
    pthread_mutex_init(&log->lock, NULL);
    log->broker = broker;
    log->settings = settings;
    log->arena = arena_new();
    log->topic = processing_log_topic(settings, log->arena);
    log->lines = BUFFER(MOST_LINES);
    return log;
}

void processing_log_free(struct processing_log *log)
{
    if (!log) return;
    processing_log_flush(log);
    writer_close(log->writer);
    buffer_free(&log->lines);
    pthread_mutex_destroy(&log->lock);
    arena_free(log->arena);
    free(log);
}

struct text processing_log_topic(const struct settings *settings, struct arena *arena)
{
    struct text topic = settings_text(settings, OPTION_LOG_TOPIC);
    if (topic.data && topic.len) return topic;
    return text_printf(arena, TEXT_FMT "ksql_processing_log", TEXT_ARG(settings_text(settings, OPTION_SERVICE_ID)));
}

/* ---- lines for people */

static void add_line(struct processing_log *log, const char *line)
{
    int64_t second = clock_monotonic_ms() / 1000;
    if (second != log->second) log->second = second, log->n_in_second = 0;
    if (log->n_in_second++ >= LINES_A_SECOND || log->lines.len + strlen(line) + 1 > MOST_LINES) {
        log->n_left_out++;
        return;
    }
    buffer_append_string(&log->lines, line);
    buffer_append_char(&log->lines, '\n');
}

void processing_log_say(struct processing_log *log, const char *line)
{
    pthread_mutex_lock(&log->lock);
    add_line(log, line);
    pthread_mutex_unlock(&log->lock);
}

void processing_log_drain(struct processing_log *log, struct buffer *out)
{
    pthread_mutex_lock(&log->lock);
    buffer_append_text(out, buffer_text(&log->lines));
    if (log->n_left_out) buffer_printf(out, "and %llu more lines\n", (unsigned long long)log->n_left_out);
    buffer_clear(&log->lines);
    log->n_left_out = 0;
    pthread_mutex_unlock(&log->lock);
}

/* ---- the topic */

static bool ready(struct processing_log *log)
{
    if (!settings_bool(log->settings, OPTION_LOG_TOPIC_CREATE) || log->failed) return false;
    if (log->writer) return true;
    struct error error = {0};
    log->failed = !writer_open(log->broker, (struct writer_options){0}, &log->writer, &error);
    if (log->failed) add_line(log, "the processing log's topic cannot be written");
    return !log->failed;
}

static void send_entry(struct processing_log *log, const struct entity *entry)
{
    struct buffer json = BUFFER(MOST_RECORD);
    entity_print_json(&json, entry, 0);
    struct error error = {0};
    struct send send = {
        .topic = log->topic, .partition = -1, .value = buffer_text(&json), .timestamp_ms = clock_wall_ms()};
    log->waits = true;
    if (!json.overflow && !writer_send(log->writer, &send, &error)) add_line(log, error.message);
    buffer_free(&json);
}

void processing_log_flush(struct processing_log *log)
{
    struct error error = {0};
    pthread_mutex_lock(&log->lock);
    if (log->waits && !writer_flush(log->writer, 1000, &error)) add_line(log, error.message);
    log->waits = false;
    pthread_mutex_unlock(&log->lock);
}

static struct entity *entry_of(struct arena *arena, const struct query *query, const struct task *task,
                               enum log_type type, struct entity **message)
{
    struct entity *entry = entity_object(arena);
    entity_set_string(entry, "level", "ERROR");
    entity_set_text(
        entry, "logger",
        text_printf(arena, "processing." TEXT_FMT "." TEXT_FMT, TEXT_ARG(query->id), TEXT_ARG(task_name(task, arena))));
    entity_set_integer(entry, "time", clock_wall_ms());
    *message = entity_set_object(entry, "message");
    entity_set_integer(*message, "type", type);
    return entry;
}

/* The columns of the row that were decoded, as a JSON-like text. */
static void set_row(struct entity *detail, const char *name, const struct batch *batch, uint32_t row)
{
    struct buffer text = BUFFER(MOST_RECORD / 2);
    for (uint32_t i = 0; i < batch->n_columns; i++) {
        if (!batch->columns[i].data) continue;
        struct value value = column_get(&batch->columns[i], row);
        if (text.len) buffer_append_string(&text, ", ");
        value_print(&text, batch->columns[i].type, &value);
    }
    entity_set_text(detail, name, buffer_text(&text));
    buffer_free(&text);
}

static const char *detail_name(enum log_type type)
{
    static const char *const names[] = {"deserializationError", "recordProcessingError", "productionError",
                                        "serializationError", "kafkaStreamsThreadError"};
    return names[type];
}

void processing_log_row(struct processing_log *log, const struct query *query, const struct task *task,
                        enum log_type type, const struct batch *batch, uint32_t row, const char *why)
{
    char line[700];
    struct text topic = task->inputs[0].plan->topic;
    snprintf(line, sizeof line, TEXT_FMT ": " TEXT_FMT "/%d offset %lld: %s", TEXT_ARG(query->id), TEXT_ARG(topic),
             batch->partition, (long long)batch->offsets[row], why);
    pthread_mutex_lock(&log->lock);
    add_line(log, line);
    if (ready(log)) {
        struct arena *arena = arena_new();
        struct entity *message, *entry = entry_of(arena, query, task, type, &message);
        struct entity *detail = entity_set_object(message, detail_name(type));
        if (type == LOG_DESERIALIZATION) entity_set_string(detail, "target", strncmp(why, "key:", 4) ? "value" : "key");
        entity_set_string(detail, "errorMessage", why);
        if (type != LOG_DESERIALIZATION && settings_bool(log->settings, OPTION_LOG_ROWS))
            set_row(detail, "record", batch, row);
        entity_set_list(detail, "cause");
        entity_set_text(detail, "topic", topic);
        entity_set_integer(detail, "partition", batch->partition);
        entity_set_integer(detail, "offset", batch->offsets[row]);
        send_entry(log, entry);
        arena_free(arena);
    }
    pthread_mutex_unlock(&log->lock);
}

void processing_log_task(struct processing_log *log, const struct query *query, const struct task *task,
                         const char *did, const struct error *error)
{
    struct arena *arena = arena_new();
    struct text name = task_name(task, arena);
    pthread_mutex_lock(&log->lock);
    add_line(log, arena_printf(arena, TEXT_FMT ": task " TEXT_FMT " %s: %s", TEXT_ARG(query->id), TEXT_ARG(name), did,
                               error->message));
    if (ready(log)) {
        struct entity *message, *entry = entry_of(arena, query, task, LOG_THREAD, &message);
        struct entity *detail = entity_set_object(message, detail_name(LOG_THREAD));
        entity_set_string(detail, "errorMessage", error->message);
        entity_set_text(detail, "threadName", name);
        entity_set_list(detail, "cause");
        send_entry(log, entry);
    }
    pthread_mutex_unlock(&log->lock);
    arena_free(arena);
}
