/* placement.c - persistent queries to tasks: one for each sub-topology and partition whose slot is this server's.
 *
 *     wanted   queries that are not paused, x sub-topologies, x partitions of their topics, where owned[slot]
 *     placed   what runs; the difference is started or stopped
 *
 * A look asks for all topics in one request. What has changed since brings no look: only a query that is new asks for
 * its own topics, so that the thousandth costs what the first does. A query whose topics are not all there waits, says
 * so in its state, and there is a look every second. Called by the steward only.
 */
#include "engine/service/engine_inside.h"
#include "engine/base/clock.h"
#include <stdlib.h>

enum { LOOK_AGAIN_MS = 1000, MANY_NEW = 20 };

/* What one round works with. */
struct round {
    struct engine *engine;
    struct arena *arena;
    bool is_look;      /* all topics were asked for */
    struct map topics; /* name -> struct topic_info *; of those that were asked for */
    bool any_blocked;
};

void placed_query_free(struct placed_query *placed)
{
    if (!placed) return;
    query_free(placed->query);
    arena_free(placed->arena);
    free(placed);
}

static bool list_topics(struct round *round, struct error *error)
{
    struct topic_list list = {0};
    if (!broker_list_topics(round->engine->broker, round->arena, &list, error)) return false;
    for (uint32_t i = 0; i < list.n; i++) map_put(&round->topics, list.items[i].name, &list.items[i]);
    return true;
}

/* 0 where there is no such topic. */
static bool find_partitions(struct round *round, struct text topic, int32_t *n_partitions, struct error *error)
{
    struct topic_info *info = map_get(&round->topics, topic);
    if (!info && !round->is_look) {
        info = ARENA_MAKE(round->arena, struct topic_info);
        if (!broker_describe_topic(round->engine->broker, round->arena, topic, info, error)) return false;
        map_put(&round->topics, info->name, info);
    }
    *n_partitions = info ? info->n_partitions : 0;
    return true;
}

/* ---- a query's topics */

/* Repartition topics have as many partitions as the source. */
static bool make_internal_topics(struct round *round, const struct plan *plan, int32_t n_partitions,
                                 struct error *error)
{
    for (uint32_t i = 0; i < plan->n_internal_topics; i++) {
        struct text name = plan->internal_topics[i].name;
        int32_t there;
        if (!find_partitions(round, name, &there, error)) return false;
        if (there) continue;
        static const struct topic_config keep[] = {{TEXT("cleanup.policy"), TEXT("delete")},
                                                   {TEXT("retention.ms"), TEXT("-1")}};
        struct topic_spec spec = {
            .name = name,
            .n_partitions = n_partitions,
            .replicas = (int16_t)settings_int(round->engine->settings, OPTION_REPLICATION_FACTOR),
            .configs = keep,
            .n_configs = 2,
        };
        if (!broker_create_topics(round->engine->broker, &spec, 1, true, error)) return false;
        struct topic_info *info = ARENA_MAKE(round->arena, struct topic_info);
        *info = (struct topic_info){.name = name, .n_partitions = n_partitions, .replicas = 1};
        map_put(&round->topics, name, info);
    }
    return true;
}

static bool look_at(struct round *round, struct placed_query *placed, struct error *error)
{
    const struct plan *plan = placed->query->plan;
    struct text source = plan->subtopologies[0].inputs[0].topic;
    int32_t n_partitions;
    if (!find_partitions(round, source, &n_partitions, error)) return false;
    if (!n_partitions)
        return error_set(error, ERROR_WORLD, NO_SPAN, "the topic " TEXT_FMT " does not exist", TEXT_ARG(source));
    if (!make_internal_topics(round, plan, n_partitions, error)) return false;
    for (uint32_t i = 0; i < plan->n_subtopologies; i++)
        if (!find_partitions(round, plan->subtopologies[i].inputs[0].topic, &placed->n_partitions[i], error))
            return false;
    return true;
}

/* ---- tasks */

static bool is_placed(const struct placed_query *placed, uint32_t subtopology, int32_t partition)
{
    for (uint32_t i = 0; i < placed->tasks.n; i++)
        if (placed->tasks.items[i].subtopology == subtopology && placed->tasks.items[i].partition == partition)
            return true;
    return false;
}

static struct task *make_task(struct round *round, struct placed_query *placed, struct placed_task at)
{
    struct query *query = placed->query;
    struct task *task = query_task(query, at.subtopology, at.partition);
    task->slot = at.slot;
    if (positions_apply(&round->engine->positions, task)) return task;
    for (uint32_t i = 0; i < task->n_inputs; i++) {
        struct task_input *input = &task->inputs[i];
        input->position = query_start_offset(query, input->plan, at.partition);
        input->committed = input->position >= 0 ? input->position : -1;
    }
    return task;
}

static void start_task(struct round *round, struct placed_query *placed, struct placed_task at)
{
    struct worker *worker;
    struct error error = {0};
    if (!engine_worker(round->engine, (uint32_t)at.slot, &worker, &error)) {
        query_add_error(placed->query, &error);
        round->any_blocked = true;
        return;
    }
    struct task *task = make_task(round, placed, at);
    worker_add(worker, placed->query, &task, 1);
    pthread_mutex_lock(&round->engine->lock);
    LIST_PUSH(placed->arena, &placed->tasks, at);
    pthread_mutex_unlock(&round->engine->lock);
}

static void start_missing(struct round *round, struct placed_query *placed)
{
    const struct plan *plan = placed->query->plan;
    for (uint32_t sub = 0; sub < plan->n_subtopologies; sub++) {
        struct text topic = plan->subtopologies[sub].inputs[0].topic;
        int32_t n_partitions = placed->n_partitions[sub];
        for (int32_t partition = 0; partition < n_partitions; partition++) {
            int32_t slot = slot_of(topic, partition, n_partitions, round->engine->n_slots);
            if (round->engine->owned[slot] && !is_placed(placed, sub, partition))
                start_task(round, placed, (struct placed_task){sub, partition, slot});
        }
    }
}

/* They have written where they stand: before they go on here, that is read again. */
static void stop_all(struct engine *engine, struct placed_query *placed)
{
    placed->is_looked_at = false;
    if (!placed->tasks.n) return;
    for (uint32_t i = 0; i < engine->n_workers; i++) {
        struct worker *worker = engine_worker_if_started(engine, i);
        if (worker) worker_remove(worker, (struct task_filter){.query = placed->query}, false);
    }
    pthread_mutex_lock(&engine->lock);
    for (uint32_t i = 0; i < placed->tasks.n; i++) engine->unread[placed->tasks.items[i].slot] = true;
    placed->tasks.n = 0;
    pthread_mutex_unlock(&engine->lock);
}

static void place(struct round *round, struct placed_query *placed)
{
    struct error error = {0};
    if (placed->query->paused) return;
    if (round->is_look || !placed->is_looked_at) {
        placed->is_looked_at = true;
        bool blocked = !look_at(round, placed, &error);
        pthread_mutex_lock(&round->engine->lock);
        placed->blocked = blocked;
        pthread_mutex_unlock(&round->engine->lock);
        query_set_trouble(placed->query, blocked ? &error : NULL);
    }
    round->any_blocked |= placed->blocked;
    if (!placed->blocked) start_missing(round, placed);
}

/* ---- rounds */

static struct placed_query *query_at(struct engine *engine, uint32_t i)
{
    void *item = NULL;
    pthread_mutex_lock(&engine->lock);
    map_at(&engine->queries, i, NULL, &item);
    pthread_mutex_unlock(&engine->lock);
    return item;
}

static uint32_t count_new(struct engine *engine)
{
    struct placed_query *placed;
    uint32_t n = 0;
    for (uint32_t i = 0; (placed = query_at(engine, i)); i++) n += !placed->is_looked_at && !placed->query->paused;
    return n;
}

/* Only the steward takes queries out of the map (engine_apply runs in its thread), so what query_at gives stays valid
 * here. */
void engine_place_tasks(struct engine *engine, bool look)
{
    struct round round = {.engine = engine, .arena = arena_new()};
    struct error error = {0};
    struct placed_query *placed;
    pthread_mutex_lock(&engine->lock);
    uint64_t n_changes = engine->n_changes;
    bool any = engine->queries.n > 0;
    pthread_mutex_unlock(&engine->lock);
    round.is_look = any && (look || count_new(engine) > MANY_NEW);
    bool ok = !round.is_look || list_topics(&round, &error);
    for (uint32_t i = 0; ok && (placed = query_at(engine, i)); i++) place(&round, placed);
    if (!ok) engine->world_look_ms = clock_monotonic_ms(); /* the broker is asked, which says what is wrong */
    int64_t look_again_ms = clock_monotonic_ms() + LOOK_AGAIN_MS;
    if ((!ok || round.any_blocked) && engine->next_look_ms > look_again_ms) engine->next_look_ms = look_again_ms;
    pthread_mutex_lock(&engine->lock);
    engine->n_placed = n_changes;
    pthread_mutex_unlock(&engine->lock);
    map_free(&round.topics);
    arena_free(round.arena);
}

void engine_stop_paused(struct engine *engine)
{
    struct placed_query *placed;
    for (uint32_t i = 0; (placed = query_at(engine, i)); i++)
        if (placed->query->paused) stop_all(engine, placed);
}

void engine_drop_slots(struct engine *engine, const int32_t *slots, uint32_t n, bool lost)
{
    bool *which = heap_zalloc((size_t)engine->n_slots * sizeof *which);
    for (uint32_t i = 0; i < n; i++) which[slots[i]] = true;
    for (uint32_t i = 0; i < engine->n_workers; i++) {
        struct worker *worker = engine_worker_if_started(engine, i);
        if (worker) worker_remove(worker, (struct task_filter){.slots = which}, lost);
    }
    struct placed_query *placed;
    for (uint32_t i = 0; (placed = query_at(engine, i)); i++) {
        uint32_t kept = 0;
        pthread_mutex_lock(&engine->lock);
        for (uint32_t j = 0; j < placed->tasks.n; j++)
            if (!which[placed->tasks.items[j].slot]) placed->tasks.items[kept++] = placed->tasks.items[j];
        placed->tasks.n = kept;
        pthread_mutex_unlock(&engine->lock);
    }
    free(which);
}

/* ---- queries that are gone */

/* Nobody will go on from these positions; a replaced query's are its successor's. */
static void forget_positions(struct engine *engine, const struct placed_query *placed, const struct placed_task *tasks,
                             uint32_t n)
{
    const struct placed_query *successor = map_get(&engine->queries, placed->query->id);
    struct writer *writer;
    struct error error;
    if (!n || (successor && successor->query->plan->origin == placed->query->plan->origin)) return;
    if (!writer_open(engine->broker, (struct writer_options){0}, &writer, &error)) return;
    bool ok = true;
    for (uint32_t i = 0; i < n && ok; i++) {
        struct buffer key = BUFFER(1 << 16);
        position_key(&key, placed->query->plan, tasks[i].subtopology, tasks[i].partition);
        struct send send = {.topic = engine->tasks_topic,
                            .partition = tasks[i].slot,
                            .key = buffer_text(&key),
                            .timestamp_ms = clock_wall_ms()};
        ok = writer_send(writer, &send, &error);
        buffer_free(&key);
    }
    if (ok && !writer_flush(writer, 2000, &error))
        ok = false; /* a record that stays behind does no harm: its origin is not used again */
    writer_close(writer);
}

void engine_bury(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    struct placed_query *gone = engine->gone;
    engine->gone = NULL;
    pthread_mutex_unlock(&engine->lock);
    while (gone) {
        struct placed_query *placed = gone;
        gone = placed->next;
        uint32_t n = placed->tasks.n;
        stop_all(engine, placed);
        forget_positions(engine, placed, placed->tasks.items, n);
        placed_query_free(placed);
    }
}
