/* settle.c - what tests and editors ask of an engine: whether its queries have caught up, and what names there are. */
#include "engine/base/clock.h"
#include "engine/run/engine_inside.h"
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

static bool note_is_at_end(struct engine *engine, const struct query *query, const struct task_note *note)
{
    const struct plan_subtopology *sub = &query->plan->subtopologies[note->subtopology];
    for (uint32_t i = 0; i < note->n_inputs; i++) {
        int64_t first, end;
        struct error error;
        if (!broker_offsets(engine->broker, sub->inputs[i].topic, note->partition, &first, &end, &error)) return false;
        if (note->committed[i] < end) return false;
    }
    return true;
}

/* Every task of the query that is to run here does, and is at the end of its topics, or in error. */
static bool query_is_settled(struct engine *engine, struct placed_query *placed)
{
    struct query *query = placed->query;
    if (query->paused || placed->blocked) return true;
    pthread_mutex_lock(&query->lock);
    bool settled = query->n_notes == placed->tasks.n && placed->tasks.n > 0;
    for (uint32_t i = 0; settled && i < query->n_notes; i++)
        settled = query->notes[i].error || note_is_at_end(engine, query, &query->notes[i]);
    pthread_mutex_unlock(&query->lock);
    return settled;
}

static bool is_settled(struct engine *engine)
{
    void *item;
    pthread_mutex_lock(&engine->lock);
    bool settled = !engine->unsettled && !engine->gone && (engine->given || !engine->queries.n);
    for (uint32_t i = 0; settled && map_at(&engine->queries, i, NULL, &item); i++) settled = query_is_settled(engine, item);
    pthread_mutex_unlock(&engine->lock);
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

void engine_names(struct engine *engine, struct arena *arena, struct name_list *names)
{
    struct text name;
    pthread_mutex_lock(&engine->lock);
    for (uint32_t i = 0; map_at(&engine->catalog.sources, i, &name, NULL); i++) add_name(arena, names, name);
    for (uint32_t i = 0; map_at(&engine->catalog.types, i, &name, NULL); i++) add_name(arena, names, name);
    for (uint32_t i = 0; map_at(&engine->queries, i, &name, NULL); i++) add_name(arena, names, name);
    pthread_mutex_unlock(&engine->lock);
    for (uint32_t i = 0; udf_name_at(udf_registry(), i, &name); i++) add_name(arena, names, name);
    struct topic_list topics = {0};
    struct error ignored;
    if (!broker_list_topics(engine->broker, arena, &topics, &ignored)) return;
    for (uint32_t i = 0; i < topics.n; i++)
        if (!topics.items[i].internal && !text_starts_with(topics.items[i].name, TEXT("_weir_"))) add_name(arena, names, topics.items[i].name);
}
