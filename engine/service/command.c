/* command.c - commands as JSON records, appended and followed. */
#include "engine/service/command.h"
#include "engine/base/clock.h"
#include "engine/base/entity.h"
#include <jansson.h>
#include <stdlib.h>

enum { VERSION = 1, MOST_BYTES = 8 << 20, CATCH_UP_MS = 30000, APPEND_MS = 15000 };

struct command_log {
    struct broker *broker;
    struct text topic; /* heap */
    struct reader *reader;
    pthread_mutex_t lock;  /* the writer */
    struct writer *writer; /* NULL until the first append */
    int64_t next_offset;
    int64_t opened_end; /* of the log when it was opened */
};

bool command_log_open(struct broker *broker, struct text topic, struct command_log **result, struct error *error)
{
    struct reader *reader;
    int64_t first, end;
    if (!broker_offsets(broker, topic, 0, &first, &end, error) || !reader_open(broker, &reader, error)) return false;
    if (!reader_assign(reader, topic, 0, first, error)) {
        reader_close(reader);
        return false;
    }
    struct command_log *log = HEAP_MAKE(struct command_log);
    log->broker = broker;
    log->next_offset = first;
    log->opened_end = end;
    log->topic = (struct text){heap_strndup(topic.data, topic.len), topic.len};
    log->reader = reader;
    pthread_mutex_init(&log->lock, NULL);
    *result = log;
    return true;
}

void command_log_close(struct command_log *log)
{
    if (!log) return;
    reader_close(log->reader);
    writer_close(log->writer);
    pthread_mutex_destroy(&log->lock);
    free((char *)log->topic.data);
    free(log);
}

void command_log_wake(struct command_log *log)
{
    reader_wake(log->reader);
}

/* ---- writing */

/* The value of a setting where it is not the default. */
static struct text unusual(const struct settings *settings, enum option_id id)
{
    struct text value = settings_text(settings, id);
    return text_equal(value, text_of(option_at(id)->default_value)) ? NO_TEXT : value;
}

static void write_meaning(struct entity *meaning, const struct settings *settings)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        struct text value = option_at(i)->flags & OPTION_MEANING ? unusual(settings, i) : NO_TEXT;
        if (value.data) entity_set_text(meaning, option_at(i)->name, value);
    }
}

static struct entity *command_entity(struct arena *arena, const struct command *command)
{
    struct entity *entity = entity_object(arena);
    entity_set_integer(entity, "version", VERSION);
    entity_set_text(entity, "id", command->id);
    entity_set_text(entity, "statement", command->statement);
    struct entity *overrides = entity_set_object(entity, "overrides");
    struct text name, value;
    for (uint32_t i = 0; command->overrides && settings_override_at(command->overrides, i, &name, &value); i++)
        entity_put_text(overrides, name, value);
    struct entity *meaning = entity_set_object(entity, "meaning");
    if (command->overrides) write_meaning(meaning, command->overrides);
    struct entity *start = entity_set_list(entity, "start");
    for (uint32_t i = 0; i < command->n_start; i++) {
        struct entity *at = entity_push_object(start);
        entity_set_text(at, "topic", command->start[i].topic);
        entity_set_integer(at, "partition", command->start[i].partition);
        entity_set_integer(at, "offset", command->start[i].offset);
    }
    return entity;
}

static bool append(struct command_log *log, const struct command *command, struct text value, struct error *error)
{
    struct send send = {
        .topic = log->topic, .partition = 0, .key = command->key, .value = value, .timestamp_ms = clock_wall_ms()};
    if (!log->writer && !writer_open(log->broker, (struct writer_options){0}, &log->writer, error)) return false;
    return writer_send(log->writer, &send, error) && writer_flush(log->writer, APPEND_MS, error);
}

bool command_log_append(struct command_log *log, const struct command *command, struct error *error)
{
    struct arena *arena = arena_new();
    struct buffer json = BUFFER(MOST_BYTES);
    entity_print_json(&json, command_entity(arena, command), 0);
    pthread_mutex_lock(&log->lock);
    bool ok = !json.overflow ? append(log, command, buffer_text(&json), error)
                             : error_set(error, ERROR_LIMIT, NO_SPAN, "the statement is too long for the command log");
    pthread_mutex_unlock(&log->lock);
    buffer_free(&json);
    arena_free(arena);
    return ok;
}

/* ---- reading */

static struct text json_text(struct arena *arena, const json_t *value)
{
    if (!json_is_string(value)) return NO_TEXT;
    return text_copy(arena, (struct text){json_string_value(value), json_string_length(value)});
}

static void read_overrides(json_t *object, struct settings *overrides)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        struct error ignored; /* a setting that this version does not know any more */
        if (json_is_string(value) &&
            !settings_set(overrides, text_of(name), text_of(json_string_value(value)), SETTING_AT_START, &ignored))
            continue;
    }
}

static void read_meaning(const json_t *object, struct settings *meaning)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = option_at(i);
        if (!(option->flags & OPTION_MEANING)) continue;
        const char *value = json_string_value(json_object_get(object, option->name));
        settings_pin(meaning, i, text_of(value ? value : option->default_value));
    }
}

static void read_start(struct arena *arena, const json_t *list, struct command *command)
{
    size_t n = json_array_size(list);
    struct start_offset *start = ARENA_ARRAY(arena, struct start_offset, n);
    for (size_t i = 0; i < n; i++) {
        const json_t *at = json_array_get(list, i);
        start[i] = (struct start_offset){json_text(arena, json_object_get(at, "topic")),
                                         (int32_t)json_integer_value(json_object_get(at, "partition")),
                                         json_integer_value(json_object_get(at, "offset"))};
    }
    command->start = start;
    command->n_start = (uint32_t)n;
}

static void apply_record(const struct record *record, const struct settings *parent, command_apply *apply,
                         void *context)
{
    struct arena *arena = arena_new();
    struct settings *overrides = settings_new(parent), *meaning = settings_new(overrides);
    struct command command = {.key = record->key,
                              .overrides = overrides,
                              .meaning = meaning,
                              .offset = record->offset,
                              .statement = TEXT("")};
    json_t *json = record->value.data ? json_loadb(record->value.data, record->value.len, 0, NULL) : NULL;
    if (json_is_object(json) && json_integer_value(json_object_get(json, "version")) == VERSION) {
        command.id = json_text(arena, json_object_get(json, "id"));
        command.statement = json_text(arena, json_object_get(json, "statement"));
        read_overrides(json_object_get(json, "overrides"), overrides);
        read_meaning(json_object_get(json, "meaning"), meaning);
        read_start(arena, json_object_get(json, "start"), &command);
    }
    json_decref(json);
    apply(context, &command);
    settings_free(meaning);
    settings_free(overrides);
    arena_free(arena);
}

bool command_log_follow(struct command_log *log, int timeout_ms, const struct settings *parent, command_apply *apply,
                        void *context, struct error *trouble_error)
{
    struct fetch *fetch;
    struct trouble trouble = {0};
    if (!reader_poll(log->reader, timeout_ms, &fetch, &trouble)) {
        bool fine = trouble.kind == TROUBLE_NONE || trouble.kind == TROUBLE_END;
        if (!fine) *trouble_error = trouble.error;
        return fine;
    }
    for (uint32_t i = 0; i < fetch->n; i++) apply_record(&fetch->records[i], parent, apply, context);
    log->next_offset = fetch->next_offset;
    fetch_release(fetch);
    return true;
}

bool command_log_catch_up(struct command_log *log, const struct settings *parent, command_apply *apply, void *context,
                          struct error *error)
{
    int64_t deadline_ms = clock_monotonic_ms() + CATCH_UP_MS;
    while (log->next_offset < log->opened_end) {
        struct error trouble = {0};
        bool fine = command_log_follow(log, 100, parent, apply, context, &trouble);
        if (clock_monotonic_ms() < deadline_ms) continue;
        if (!fine)
            *error = trouble;
        else
            error_set(error, ERROR_WORLD, NO_SPAN, "the command log could not be read in %d s", CATCH_UP_MS / 1000);
        return false;
    }
    return true;
}
