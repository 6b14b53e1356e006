/* engine.c - opening and closing an engine, and its steward: the thread that follows the command log, keeps the
 * membership and places tasks.
 *
 *     steward:  commands (apply.c)  ->  slots given and taken  ->  placement (placement.c)  ->  queries that are gone
 * are stopped
 *
 * An engine that only answers (weir -e 'SHOW STREAMS;') has no steward: it catches up when it is opened. The steward
 * starts with the first command that this engine writes, or with engine_serve.
 */
#include "engine/service/engine_inside.h"
#include "engine/service/pipe.h"
#include "engine/base/clock.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FOLLOW_MS = 100, CLOSE_MS = 600, PLACE_AGAIN_MS = 30000, AGAIN_MS = 500, ASK_WORLD_MS = 1000, QUIET_MS = 2000 };

/* ---- topics of the service */

static bool make_topics(struct engine *engine, struct error *error)
{
    struct arena *arena = arena_new();
    struct topic_info info;
    bool ok = broker_describe_topic(engine->broker, arena, engine->tasks_topic, &info, error);
    if (ok && info.n_partitions) engine->n_slots = info.n_partitions;
    if (ok && !info.n_partitions) {
        static const struct topic_config keep[] = {{TEXT("cleanup.policy"), TEXT("delete")},
                                                   {TEXT("retention.ms"), TEXT("-1")}};
        static const struct topic_config compact[] = {{TEXT("cleanup.policy"), TEXT("compact")}};
        int16_t replicas = (int16_t)settings_int(engine->settings, OPTION_INTERNAL_REPLICAS);
        struct topic_spec specs[] = {
            {.name = engine->command_topic, .n_partitions = 1, .replicas = replicas, .configs = keep, .n_configs = 2},
            {.name = engine->tasks_topic,
             .n_partitions = engine->n_slots,
             .replicas = replicas,
             .configs = compact,
             .n_configs = 1},
        };
        ok = broker_create_topics(engine->broker, specs, 2, true, error);
    }
    arena_free(arena);
    return ok;
}

/* ---- workers */

static uint32_t worker_count(const struct settings *settings)
{
    int64_t n = settings_int(settings, OPTION_THREADS);
    if (n <= 0) n = sysconf(_SC_NPROCESSORS_ONLN);
    return (uint32_t)(n < 1 ? 1 : n > MOST_WORKERS ? MOST_WORKERS : n);
}

bool engine_worker(struct engine *engine, uint32_t index, struct worker **worker, struct error *error)
{
    struct worker_options options = {engine->broker, engine->settings, engine->tasks_topic, engine->log};
    pthread_mutex_lock(&engine->workers_lock);
    struct worker **slot = &engine->workers[index % engine->n_workers];
    bool ok = *slot || worker_start(options, slot, error);
    *worker = *slot;
    pthread_mutex_unlock(&engine->workers_lock);
    return ok;
}

struct worker *engine_worker_if_started(struct engine *engine, uint32_t index)
{
    pthread_mutex_lock(&engine->workers_lock);
    struct worker *worker = engine->workers[index % engine->n_workers];
    pthread_mutex_unlock(&engine->workers_lock);
    return worker;
}

/* ---- membership */

static void given(void *context, const int32_t *slots, uint32_t n)
{
    struct engine *engine = context;
    pthread_mutex_lock(&engine->lock);
    for (uint32_t i = 0; i < n; i++) engine->unread[slots[i]] = true;
    engine->n_changes++;
    pthread_mutex_unlock(&engine->lock);
}

static void taken(void *context, const int32_t *slots, uint32_t n, bool lost)
{
    struct engine *engine = context;
    pthread_mutex_lock(&engine->lock);
    for (uint32_t i = 0; i < n; i++) engine->owned[slots[i]] = engine->unread[slots[i]] = false;
    pthread_mutex_unlock(&engine->lock);
    if (lost) engine->world_look_ms = clock_monotonic_ms();
    engine_drop_slots(engine, slots, n, lost);
}

static bool join_service(struct engine *engine, struct error *error)
{
    if (engine->membership) return true;
    struct membership_options options = {
        .group = engine->group,
        .tasks_topic = engine->tasks_topic,
        .n_slots = engine->n_slots,
        .context = engine,
        .given = given,
        .taken = taken,
    };
    return membership_open(engine->broker, options, &engine->membership, error);
}

/* A slot is ours once its positions are read: a task must not begin anew because the log was away for a moment. */
static bool read_positions(struct engine *engine, struct error *error)
{
    int32_t *slots = heap_alloc((size_t)engine->n_slots * sizeof *slots);
    uint32_t n = 0;
    for (int32_t i = 0; i < engine->n_slots; i++)
        if (engine->unread[i]) slots[n++] = i;
    bool ok = positions_read(&engine->positions, engine->broker, engine->tasks_topic, slots, n, error);
    pthread_mutex_lock(&engine->lock);
    for (uint32_t i = 0; i < n && ok; i++) {
        engine->owned[slots[i]] = true;
        engine->unread[slots[i]] = false;
    }
    if (ok && n) engine->given = true;
    pthread_mutex_unlock(&engine->lock);
    free(slots);
    return ok;
}

bool engine_read_elsewhere(struct engine *engine, struct positions *positions)
{
    int32_t *slots = heap_alloc((size_t)engine->n_slots * sizeof *slots);
    uint32_t n = 0;
    struct error ignored;
    pthread_mutex_lock(&engine->lock);
    for (int32_t i = 0; i < engine->n_slots; i++)
        if (!engine->owned[i]) slots[n++] = i;
    bool away = engine_trouble(engine).data != NULL; /* it would be waited for in vain */
    pthread_mutex_unlock(&engine->lock);
    bool ok = !away && positions_read(positions, engine->broker, engine->tasks_topic, slots, n, &ignored);
    free(slots);
    return ok;
}

/* Counted first: whoever is a member has slots a moment later. */
bool engine_runs_alone(struct engine *engine)
{
    uint32_t n = 0, n_here = 0;
    struct error ignored;
    pthread_mutex_lock(&engine->lock);
    bool runs = engine->serving && engine->queries.n && !engine_trouble(engine).data;
    pthread_mutex_unlock(&engine->lock);
    if (!runs || !broker_count_members(engine->broker, engine->group, &n, &ignored)) return false;
    pthread_mutex_lock(&engine->lock);
    for (int32_t i = 0; i < engine->n_slots && !n_here; i++) n_here = engine->owned[i] || engine->unread[i];
    pthread_mutex_unlock(&engine->lock);
    return n <= n_here;
}

bool engine_look_for_servers(struct engine *engine)
{
    uint32_t n = 1;
    struct error ignored;
    pthread_mutex_lock(&engine->lock);
    bool ask = !engine->serving && !engine->runs_by_hand && engine->queries.n && !engine_trouble(engine).data;
    pthread_mutex_unlock(&engine->lock);
    if (ask && !broker_count_members(engine->broker, engine->group, &n, &ignored)) n = 1;
    pthread_mutex_lock(&engine->lock);
    engine->unserved = n == 0;
    pthread_mutex_unlock(&engine->lock);
    return n > 0;
}

/* ---- the steward */

static void note_world(struct engine *engine, const struct error *trouble)
{
    pthread_mutex_lock(&engine->lock);
    snprintf(engine->world, sizeof engine->world, "%.500s", trouble->message);
    engine->world_noted_ms = clock_monotonic_ms();
    pthread_mutex_unlock(&engine->lock);
}

struct text engine_trouble(const struct engine *engine)
{
    return engine->world[0] ? text_of(engine->world) : NO_TEXT;
}

/* Clients say when the brokers go away and not when they are back, and a broker that stands still is silent: so it is
 * asked while there is trouble, and when slots were lost. */
static void ask_world(struct engine *engine)
{
    int64_t first, end, now_ms = clock_monotonic_ms();
    struct error trouble = {0};
    if ((!engine->world[0] && !engine->world_look_ms) || now_ms < engine->world_look_ms) return;
    bool fine = broker_offsets(engine->broker, engine->command_topic, 0, &first, &end, &trouble);
    if (!fine) note_world(engine, &trouble);
    now_ms = clock_monotonic_ms();
    engine->world_look_ms = fine ? 0 : now_ms + ASK_WORLD_MS;
    pthread_mutex_lock(&engine->lock);
    if (fine && now_ms - engine->world_noted_ms >= QUIET_MS) engine->world[0] = 0;
    pthread_mutex_unlock(&engine->lock);
}

/* Once when it begins and once when it is over. */
static void tell_world(struct engine *engine)
{
    char line[sizeof engine->world];
    pthread_mutex_lock(&engine->lock);
    bool trouble = engine_trouble(engine).data != NULL;
    memcpy(line, engine->world, sizeof line);
    pthread_mutex_unlock(&engine->lock);
    if (trouble == engine->world_told) return;
    engine->world_told = trouble;
    processing_log_say(engine->log, trouble ? line : "the log answers again");
}

static void tend_membership(struct engine *engine)
{
    struct error error = {0};
    struct trouble trouble = {0};
    if (!engine->membership && !join_service(engine, &error)) {
        note_world(engine, &error);
        return;
    }
    membership_poll(engine->membership, 0, &trouble);
    if (trouble.kind == TROUBLE_BROKER) note_world(engine, &trouble.error);
}

/* What commands have stopped has stopped: whoever waits for them is told. */
static void publish(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    for (uint32_t i = 0; i < MOST_APPLIED; i++) engine->applied[i].is_known = true;
    pthread_cond_broadcast(&engine->changed);
    pthread_mutex_unlock(&engine->lock);
}

/* Reads what slots have been given, and places tasks, where something has changed or it is time to look again. */
static void tend_tasks(struct engine *engine)
{
    struct error trouble = {0};
    int64_t now_ms = clock_monotonic_ms();
    pthread_mutex_lock(&engine->lock);
    bool changed = engine->n_changes != engine->n_placed;
    pthread_mutex_unlock(&engine->lock);
    bool look = now_ms >= engine->next_look_ms;
    if (!changed && !look) return;
    if (read_positions(engine, &trouble)) {
        if (look) engine->next_look_ms = now_ms + PLACE_AGAIN_MS;
        engine_place_tasks(engine, look);
        return;
    }
    note_world(engine, &trouble);
    engine->next_look_ms = now_ms + AGAIN_MS;
}

static void *steward(void *argument)
{
    struct engine *engine = argument;
    bool stopping = false;
    while (!stopping) {
        struct error trouble = {0};
        bool fine = command_log_follow(engine->commands, FOLLOW_MS, engine->settings, engine_apply, engine, &trouble);
        if (!fine) note_world(engine, &trouble);
        engine_bury(engine);
        engine_stop_paused(engine);
        publish(engine);
        tell_world(engine);
        ask_world(engine);
        pthread_mutex_lock(&engine->lock);
        bool serving = engine->serving;
        stopping = engine->stopping;
        pthread_mutex_unlock(&engine->lock);
        if (!serving || stopping) continue;
        tend_membership(engine);
        tend_tasks(engine);
    }
    return NULL;
}

static bool start_steward(struct engine *engine, struct error *error)
{
    pthread_mutex_lock(&engine->lock);
    bool ok = engine->steward_runs || pthread_create(&engine->steward, NULL, steward, engine) == 0;
    engine->steward_runs |= ok;
    pthread_mutex_unlock(&engine->lock);
    return ok || error_set(error, ERROR_FATAL, NO_SPAN, "a thread cannot be started");
}

void engine_wake(struct engine *engine)
{
    command_log_wake(engine->commands);
}

bool engine_serve(struct engine *engine, struct error *error)
{
    pthread_mutex_lock(&engine->lock);
    bool was = engine->serving;
    engine->serving = true;
    engine->n_changes++;
    pthread_mutex_unlock(&engine->lock);
    if (was) return true;
    if (!start_steward(engine, error)) return false;
    engine_wake(engine);
    return true;
}

/* ---- commands of this engine */

static bool find_applied(const struct engine *engine, struct text id, struct applied *applied)
{
    for (uint32_t i = 0; i < MOST_APPLIED; i++) {
        const struct applied *at = &engine->applied[i];
        if (!at->is_known || !text_equal(at->id, id)) continue;
        *applied = *at;
        return true;
    }
    return false;
}

static bool wait_applied(struct engine *engine, struct text id, struct applied *applied)
{
    int64_t deadline_ms = clock_monotonic_ms() + settings_int(engine->settings, OPTION_COMMAND_TIMEOUT_MS);
    bool found = false;
    pthread_mutex_lock(&engine->lock);
    while (!(found = find_applied(engine, id, applied)) && clock_monotonic_ms() < deadline_ms) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 50000000;
        if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
        pthread_cond_timedwait(&engine->changed, &engine->lock, &until);
    }
    pthread_mutex_unlock(&engine->lock);
    return found;
}

bool engine_submit(struct engine *engine, struct command *command, struct applied *applied, struct error *error)
{
    char id[128];
    pthread_mutex_lock(&engine->lock);
    unsigned long long n = ++engine->n_ids;
    pthread_mutex_unlock(&engine->lock);
    snprintf(id, sizeof id, "%s%llu", engine->name, n);
    command->id = text_of(id);
    if (!start_steward(engine, error)) return false;
    if (!command_log_append(engine->commands, command, error)) return false;
    engine_wake(engine);
    if (!wait_applied(engine, command->id, applied))
        return error_set(error, ERROR_WORLD, NO_SPAN,
                         "the statement is in the command log, and was not carried out in time; it will be");
    if (applied->ok) return true;
    *error = applied->error;
    return false;
}

/* ---- open and close */

/* A name that no engine had before, here or in another process: one that is opened again in the same millisecond, where
 * the old one was in memory, must not take the old one's commands for its own. */
static void name_things(struct engine *engine)
{
    static atomic_uint n_engines;
    char host[32] = "";
    gethostname(host, sizeof host - 1);
    snprintf(engine->name, sizeof engine->name, "%s-%ld-%lld-%u-", host, (long)getpid(), (long long)clock_wall_ms(),
             atomic_fetch_add(&n_engines, 1));
    engine->arena = arena_new();
    engine->service_id = settings_text(engine->settings, OPTION_SERVICE_ID);
    engine->command_topic = text_printf(engine->arena, "_weir_" TEXT_FMT "_commands", TEXT_ARG(engine->service_id));
    engine->tasks_topic = text_printf(engine->arena, "_weir_" TEXT_FMT "_tasks", TEXT_ARG(engine->service_id));
    engine->group = text_printf(engine->arena, "_weir_" TEXT_FMT, TEXT_ARG(engine->service_id));
}

static bool check_settings(const struct settings *settings, struct error *error)
{
    if (!text_equal_nocase(settings_text(settings, OPTION_PROCESSING_GUARANTEE), TEXT("exactly_once_v2"))) return true;
    return error_set(error, ERROR_NOT_SUPPORTED, NO_SPAN,
                     "processing.guarantee = exactly_once_v2 is not supported yet");
}

/* The processing log's topic and stream, where the settings want them. */
static bool make_processing_log(struct engine *engine, struct error *error)
{
    if (!settings_bool(engine->settings, OPTION_LOG_TOPIC_CREATE)) return true;
    struct topic_spec spec = {
        .name = processing_log_topic(engine->settings, engine->arena),
        .n_partitions = (int32_t)settings_int(engine->settings, OPTION_LOG_TOPIC_PARTITIONS),
        .replicas = (int16_t)settings_int(engine->settings, OPTION_LOG_TOPIC_REPLICAS),
    };
    return broker_create_topics(engine->broker, &spec, 1, true, error);
}

static bool is_cancelled(void *context)
{
    struct engine *engine = context;
    return atomic_load(&engine->closing) || (engine->cancelled && engine->cancelled());
}

static bool start(struct engine *engine, const struct engine_options *options, struct error *error)
{
    if (!check_settings(engine->settings, error)) return false;
    engine->broker = options->broker;
    engine->owns_broker = !options->broker;
    engine->runs_by_hand = options->broker && !options->serve;
    if (engine->owns_broker && !broker_open(engine->settings, options->data, &engine->broker, error)) return false;
    broker_on_cancel(engine->broker, is_cancelled, engine);
    engine->log = processing_log_new(engine->broker, engine->settings);
    if (!make_topics(engine, error) || !make_processing_log(engine, error)) return false;
    engine->owned = heap_zalloc((size_t)engine->n_slots * sizeof *engine->owned);
    engine->unread = heap_zalloc((size_t)engine->n_slots * sizeof *engine->unread);
    if (!command_log_open(engine->broker, engine->command_topic, &engine->commands, error)) return false;
    if (!command_log_catch_up(engine->commands, engine->settings, engine_apply, engine, error)) return false;
    return !options->serve || engine_serve(engine, error);
}

bool engine_open(const struct engine_options *options, struct engine **result, struct error *error)
{
    struct engine *engine = HEAP_MAKE(struct engine);
    engine->settings = options->settings;
    engine->cancelled = options->cancelled;
    engine->n_slots = (int32_t)settings_int(options->settings, OPTION_SLOTS);
    engine->n_workers = worker_count(options->settings);
    pthread_mutex_init(&engine->lock, NULL);
    pthread_mutex_init(&engine->workers_lock, NULL);
    pthread_cond_init(&engine->changed, NULL);
    catalog_init(&engine->catalog);
    positions_init(&engine->positions);
    name_things(engine);
    if (start(engine, options, error)) {
        *result = engine;
        return true;
    }
    engine_close(engine);
    return false;
}

static void stop_steward(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    engine->stopping = true;
    bool runs = engine->steward_runs;
    pthread_mutex_unlock(&engine->lock);
    if (!runs) return;
    engine_wake(engine);
    pthread_join(engine->steward, NULL);
    engine->steward_runs = false;
}

/* One after the other, within CLOSE_MS for all. */
static void stop_workers(struct engine *engine)
{
    int64_t deadline_ms = clock_monotonic_ms() + CLOSE_MS;
    for (uint32_t i = 0; i < engine->n_workers; i++) {
        int64_t left_ms = deadline_ms - clock_monotonic_ms();
        worker_stop(engine->workers[i], left_ms > 0 ? (int)left_ms : 0);
    }
    memset(engine->workers, 0, sizeof engine->workers);
}

void engine_stop(struct engine *engine)
{
    if (!engine) return;
    atomic_store(&engine->closing, true);
    stop_steward(engine);
    stop_workers(engine);
    membership_close(engine->membership);
    engine->membership = NULL;
}

void engine_close(struct engine *engine)
{
    if (!engine) return;
    engine_stop(engine);
    engine_bury(engine);
    void *item;
    for (uint32_t i = 0; map_at(&engine->queries, i, NULL, &item); i++) placed_query_free(item);
    for (uint32_t i = 0; i < MOST_APPLIED; i++) free((char *)engine->applied[i].id.data);
    map_free(&engine->queries);
    catalog_fini(&engine->catalog);
    command_log_close(engine->commands);
    writer_close(engine->inserts);
    processing_log_free(engine->log);
    positions_fini(&engine->positions);
    if (engine->broker) broker_on_cancel(engine->broker, NULL, NULL);
    if (engine->owns_broker) broker_close(engine->broker);
    free(engine->owned);
    free(engine->unread);
    pthread_cond_destroy(&engine->changed);
    pthread_mutex_destroy(&engine->lock);
    pthread_mutex_destroy(&engine->workers_lock);
    arena_free(engine->arena);
    free(engine);
}

struct text engine_place(const struct engine *engine, struct arena *arena)
{
    return broker_place(engine->broker, arena);
}

void engine_drain_log(struct engine *engine, struct buffer *out)
{
    processing_log_drain(engine->log, out);
}

const struct catalog *engine_catalog(const struct engine *engine)
{
    return &engine->catalog;
}

struct broker *engine_broker(const struct engine *engine)
{
    return engine->broker;
}
