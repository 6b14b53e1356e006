/* settle.c - what tests and editors ask of an engine: whether its queries have caught up, and what names there are. */
#include "engine/base/clock.h"
#include "engine/service/engine_inside.h"
#include "udf/udf.h"
#include <time.h>

/* ---- settling */

static void commit_all(struct engine *engine)
{
    for (uint32_t i = 0; i < engine->n_workers; i++) {
        struct worker *worker = engine_worker_if_started(engine, i);
        if (worker) worker_commit(worker);
    }
}

/* An input of a task that runs here, and how far it is committed. */
struct settled_input {
    struct text topic;
    int32_t partition;
    int64_t committed;
};

struct settled_inputs {
    LIST_OF(struct settled_input);
};

/* The inputs of the query's tasks; false if a task that is to run here does not, yet. Tasks in error are left out. */
static bool list_inputs(const struct placed_query *placed, struct arena *arena, struct settled_inputs *inputs)
{
    struct query *query = placed->query;
    pthread_mutex_lock(&query->lock);
    bool all = query->n_notes == placed->tasks.n && placed->tasks.n > 0;
    for (uint32_t i = 0; all && i < query->n_notes; i++) {
        const struct task_note *note = &query->notes[i];
        for (uint32_t j = 0; !note->error && j < note->n_inputs; j++) {
            struct text topic = query->plan->subtopologies[note->subtopology].inputs[j].topic;
            LIST_PUSH(arena, inputs,
                      ((struct settled_input){text_copy(arena, topic), note->partition, note->committed[j]}));
        }
    }
    pthread_mutex_unlock(&query->lock);
    return all;
}

static bool list_all(struct engine *engine, struct arena *arena, struct settled_inputs *inputs)
{
    void *item;
    pthread_mutex_lock(&engine->lock);
    bool all = engine->n_changes == engine->n_placed && !engine->gone && (engine->given || !engine->queries.n);
    for (uint32_t i = 0; all && map_at(&engine->queries, i, NULL, &item); i++) {
        const struct placed_query *placed = item;
        if (!placed->query->paused && !placed->blocked) all = list_inputs(placed, arena, inputs);
    }
    pthread_mutex_unlock(&engine->lock);
    return all;
}

static bool is_settled(struct engine *engine)
{
    struct arena *arena = arena_new();
    struct settled_inputs inputs = {0};
    bool settled = list_all(engine, arena, &inputs);
    for (uint32_t i = 0; settled && i < inputs.n; i++) {
        int64_t first, end;
        struct error error;
        settled =
            broker_offsets(engine->broker, inputs.items[i].topic, inputs.items[i].partition, &first, &end, &error) &&
            inputs.items[i].committed >= end;
    }
    arena_free(arena);
    return settled;
}

bool engine_settle(struct engine *engine, int timeout_ms)
{
    int64_t deadline_ms = clock_monotonic_ms() + timeout_ms;
    while (!is_settled(engine)) {
        if (clock_monotonic_ms() >= deadline_ms) return false;
        struct timespec pause = {.tv_nsec = 5000000};
        nanosleep(&pause, NULL);
        commit_all(engine);
    }
    return true;
}

/* ---- names */

static void add_name(struct arena *arena, struct name_list *names, struct text name)
{
    LIST_PUSH(arena, names, text_copy(arena, name));
}

static void add_source(struct arena *arena, struct engine_names *names, const struct source *source)
{
    add_name(arena, &names->sources, source->name);
    for (uint32_t i = 0; i < source->schema.n; i++) add_name(arena, &names->others, source->schema.columns[i].name);
}

void engine_names(struct engine *engine, struct arena *arena, struct engine_names *names)
{
    struct text name;
    void *source;
    struct name_list *others = &names->others;
    pthread_mutex_lock(&engine->lock);
    for (uint32_t i = 0; map_at(&engine->catalog.sources, i, NULL, &source); i++) add_source(arena, names, source);
    for (uint32_t i = 0; map_at(&engine->catalog.types, i, &name, NULL); i++) add_name(arena, others, name);
    for (uint32_t i = 0; map_at(&engine->queries, i, &name, NULL); i++) add_name(arena, others, name);
    pthread_mutex_unlock(&engine->lock);
    for (uint32_t i = 0; udf_name_at(udf_registry(), i, &name); i++) add_name(arena, others, name);
}

void engine_topics(struct engine *engine, struct arena *arena, struct name_list *topics)
{
    struct topic_list all = {0};
    struct error ignored;
    if (!broker_list_topics(engine->broker, arena, &all, &ignored)) return;
    for (uint32_t i = 0; i < all.n; i++)
        if (!all.items[i].internal && !text_starts_with(all.items[i].name, TEXT("_weir_")))
            add_name(arena, topics, all.items[i].name);
}
