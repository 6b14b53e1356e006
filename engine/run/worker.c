/* worker.c - the loop of a worker, and what others ask of it. */
#include "engine/base/clock.h"
#include "engine/base/settings.h"
#include "engine/run/processing_log.h"
#include "engine/run/worker_inside.h"
#include <stdlib.h>

/* After work it looks again this soon, so that the writer can send what it gathered. */
enum { WRITE_OUT_MS = 5, IDLE_MS = 1000, FIRST_WORLD_BACKOFF_MS = 1000, FLUSH_TIMEOUT_MS = 5000 };

/* ---- calls */

void worker_call(struct worker *worker, void (*function)(struct worker *worker, void *argument), void *argument)
{
    struct call call = {.function = function, .argument = argument};
    pthread_mutex_lock(&worker->lock);
    *worker->calls_end = &call;
    worker->calls_end = &call.next;
    feeds_wake(worker->feeds);
    while (!call.done) pthread_cond_wait(&worker->called, &worker->lock);
    pthread_mutex_unlock(&worker->lock);
}

static void serve_calls(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    while (worker->calls) {
        struct call *call = worker->calls;
        worker->calls = call->next;
        if (!worker->calls) worker->calls_end = &worker->calls;
        pthread_mutex_unlock(&worker->lock);
        call->function(worker, call->argument);
        pthread_mutex_lock(&worker->lock);
        call->done = true;
        pthread_cond_broadcast(&worker->called);
    }
    pthread_mutex_unlock(&worker->lock);
}

/* ---- tasks */

static void detach(struct worker *worker, struct task *task)
{
    for (uint32_t i = 0; i < task->n_inputs; i++) feeds_detach(worker->feeds, &task->inputs[i]);
}

/* Opens the task where its positions are and lets it read. A failure is the task's error. */
static void begin(struct worker *worker, struct worker_task *at)
{
    struct task *task = at->task;
    struct error error = {0};
    at->retry_at_ms = 0;
    at->dirty = true;
    if (!task_open(task, (struct task_place){worker->writer, worker->scratch}, &error)) {
        task_fail(task, &error);
        return;
    }
    for (uint32_t i = 0; i < task->n_inputs; i++) {
        if (feeds_attach(worker->feeds, &task->inputs[i], &error)) continue;
        task_fail(task, &error);
        return;
    }
    query_note(at->query, task, false);
}

/* Stops a task that has failed, and says when it is tried again. */
static void put_aside(struct worker *worker, struct worker_task *at)
{
    const struct settings *settings = worker->options.settings;
    struct task *task = at->task;
    bool world = task->error.code == ERROR_WORLD;
    int64_t most = settings_int(settings, OPTION_RETRY_BACKOFF_MAX_MS);
    int64_t first = world ? FIRST_WORLD_BACKOFF_MS : settings_int(settings, OPTION_RETRY_BACKOFF_MS);
    at->backoff_ms = at->backoff_ms ? at->backoff_ms * 2 : first;
    if (at->backoff_ms > most) at->backoff_ms = most;
    at->retry_at_ms = clock_monotonic_ms() + at->backoff_ms;
    at->dirty = true;
    detach(worker, task);
    task_close(task);
    for (uint32_t i = 0; i < task->n_inputs; i++)
        if (task->inputs[i].committed >= 0) task->inputs[i].position = task->inputs[i].committed;
    query_note(at->query, task, false);
    if (worker->options.log) processing_log_task(worker->options.log, at->query, task, "stopped", &task->error);
}

static void tend(struct worker *worker, struct worker_task *at, int64_t now_ms)
{
    struct task *task = at->task;
    uint64_t consumed = task->n_consumed - at->n_consumed;
    if (consumed) {
        atomic_fetch_add(&at->query->n_consumed, consumed);
        atomic_store(&at->query->last_message_ms, clock_wall_ms());
        at->n_consumed = task->n_consumed;
    }
    if (task->error.code == ERROR_NONE) {
        if (consumed) at->backoff_ms = 0;
    } else if (!at->retry_at_ms) {
        put_aside(worker, at);
    } else if (now_ms >= at->retry_at_ms) {
        task->error.code = ERROR_NONE;
        begin(worker, at);
    }
}

static void tend_tasks(struct worker *worker)
{
    int64_t now_ms = clock_monotonic_ms();
    for (struct worker_task *at = worker->tasks; at; at = at->next) tend(worker, at, now_ms);
}

/* ---- the loop */

static bool any_moved(const struct worker *worker)
{
    for (const struct worker_task *at = worker->tasks; at; at = at->next) {
        if (at->dirty) return true;
        for (uint32_t i = 0; i < at->task->n_inputs; i++)
            if (at->task->inputs[i].position != at->task->inputs[i].committed) return true;
    }
    return false;
}

static void *loop(void *argument)
{
    struct worker *worker = argument;
    bool moved = false, any = false;
    for (;;) {
        serve_calls(worker);
        if (worker->stopping) return NULL;
        int64_t now_ms = clock_monotonic_ms();
        if (moved && now_ms >= worker->next_commit_ms) {
            worker_commit_all(worker);
            moved = any_moved(worker);
        }
        int64_t wait_ms = any ? WRITE_OUT_MS : moved ? worker->next_commit_ms - now_ms : IDLE_MS;
        any = feeds_poll(worker->feeds, (int)(wait_ms < 0 ? 0 : wait_ms > IDLE_MS ? IDLE_MS : wait_ms));
        feeds_release_held(worker->feeds);
        if (worker->writer) writer_poll(worker->writer);
        if (!any && moved) continue;
        tend_tasks(worker);
        if (any && !moved) worker->next_commit_ms = clock_monotonic_ms() + worker->commit_interval_ms;
        moved |= any || any_moved(worker);
    }
}

static void send_failed(void *context, void *owner, const struct error *error)
{
    (void)context;
    if (owner) task_fail(owner, error);
}

static bool open_parts(struct worker *worker, struct error *error)
{
    if (!feeds_open(worker->options.broker, &worker->feeds, error)) return false;
    if (writer_open(worker->options.broker, (struct writer_options){.failed = send_failed}, &worker->writer, error))
        return true;
    feeds_close(worker->feeds);
    return false;
}

bool worker_start(struct worker_options options, struct worker **result, struct error *error)
{
    struct worker *worker = HEAP_MAKE(struct worker);
    worker->options = options;
    worker->calls_end = &worker->calls;
    worker->commit_interval_ms = settings_int(options.settings, OPTION_COMMIT_INTERVAL_MS);
    atomic_init(&worker->flush_timeout_ms, FLUSH_TIMEOUT_MS);
    if (!open_parts(worker, error)) {
        free(worker);
        return false;
    }
    worker->scratch = arena_new();
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->called, NULL);
    if (pthread_create(&worker->thread, NULL, loop, worker)) {
        feeds_close(worker->feeds);
        writer_close(worker->writer);
        arena_free(worker->scratch);
        free(worker);
        return error_set(error, ERROR_FATAL, NO_SPAN, "a worker thread cannot be started");
    }
    *result = worker;
    return true;
}

/* ---- what others ask */

static void drop(struct worker *worker, struct worker_task **at)
{
    struct worker_task *gone = *at;
    *at = gone->next;
    detach(worker, gone->task);
    task_close(gone->task);
    query_note(gone->query, gone->task, true);
    task_free(gone->task);
    free(gone);
}

struct add_call {
    struct query *query;
    struct task **tasks;
    uint32_t n;
};

static void add(struct worker *worker, void *argument)
{
    const struct add_call *call = argument;
    if (!any_moved(worker)) worker->next_commit_ms = clock_monotonic_ms() + worker->commit_interval_ms;
    for (uint32_t i = 0; i < call->n; i++) {
        struct worker_task *at = HEAP_MAKE(struct worker_task);
        *at = (struct worker_task){.task = call->tasks[i], .query = call->query, .next = worker->tasks};
        worker->tasks = at;
        begin(worker, at);
    }
}

void worker_add(struct worker *worker, struct query *query, struct task **tasks, uint32_t n)
{
    struct add_call call = {query, tasks, n};
    worker_call(worker, add, &call);
}

struct remove_call {
    struct task_filter filter;
    bool lost;
};

static bool fits(const struct task_filter *filter, const struct worker_task *at)
{
    if (filter->query && at->query != filter->query) return false;
    return !filter->slots || (at->task->slot >= 0 && filter->slots[at->task->slot]);
}

static void remove_tasks(struct worker *worker, void *argument)
{
    const struct remove_call *call = argument;
    bool any = false;
    for (const struct worker_task *at = worker->tasks; at; at = at->next)
        any |= fits(&call->filter, at) && at->task->slot >= 0;
    if (any && !call->lost) worker_commit_all(worker);
    for (struct worker_task **at = &worker->tasks; *at;) {
        if (fits(&call->filter, *at))
            drop(worker, at);
        else
            at = &(*at)->next;
    }
}

void worker_remove(struct worker *worker, struct task_filter filter, bool lost)
{
    struct remove_call call = {filter, lost};
    worker_call(worker, remove_tasks, &call);
}

static void commit(struct worker *worker, void *argument)
{
    (void)argument;
    worker_commit_all(worker);
}

void worker_commit(struct worker *worker)
{
    worker_call(worker, commit, NULL);
}

void worker_wake(struct worker *worker)
{
    feeds_wake(worker->feeds);
}

static void stop(struct worker *worker, void *argument)
{
    atomic_store(&worker->flush_timeout_ms, *(int *)argument);
    atomic_store(&worker->hurry, false);
    worker_commit_all(worker);
    while (worker->tasks) drop(worker, &worker->tasks);
    worker->stopping = true;
}

void worker_stop(struct worker *worker, int timeout_ms)
{
    if (!worker) return;
    atomic_store(&worker->hurry, true);
    worker_call(worker, stop, &timeout_ms);
    pthread_join(worker->thread, NULL);
    feeds_close(worker->feeds);
    writer_close(worker->writer);
    arena_free(worker->scratch);
    pthread_cond_destroy(&worker->called);
    pthread_mutex_destroy(&worker->lock);
    free(worker);
}
