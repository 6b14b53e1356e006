/* worker_commit.c - the commit of a worker; worker.h walks through its steps and what a crash between them means. */
#include "engine/base/clock.h"
#include "engine/run/positions.h"
#include "engine/run/processing_log.h"
#include "engine/run/worker_inside.h"

/* In short waits, so that a server that is told to stop while the log is away does stop. A record that failed has told
 * its task; the flush goes on for the others. */
static bool flush(struct worker *worker, struct error *error)
{
    enum { SLICE_MS = 100 };
    int64_t deadline_ms = clock_monotonic_ms() + atomic_load(&worker->flush_timeout_ms);
    do {
        if (writer_flush(worker->writer, SLICE_MS, error)) return true;
    } while (clock_monotonic_ms() < deadline_ms && !atomic_load(&worker->hurry));
    return false;
}

static bool has_moved(const struct worker_task *at)
{
    if (at->dirty) return true;
    for (uint32_t i = 0; i < at->task->n_inputs; i++)
        if (at->task->inputs[i].position != at->task->inputs[i].committed) return true;
    return false;
}

static bool send_position(struct worker *worker, const struct task *task, struct error *error)
{
    struct buffer key = BUFFER(1 << 16), value = BUFFER(1 << 20);
    position_print(task, &key, &value);
    struct send send = {.topic = worker->options.tasks_topic,
                        .partition = task->slot,
                        .key = buffer_text(&key),
                        .value = buffer_text(&value),
                        .timestamp_ms = clock_wall_ms()};
    bool ok = writer_send(worker->writer, &send, error);
    buffer_free(&key);
    buffer_free(&value);
    return ok;
}

static bool send_positions(struct worker *worker, bool *any, struct error *error)
{
    for (struct worker_task *at = worker->tasks; at; at = at->next) {
        bool commits = at->task->slot >= 0 && has_moved(at);
        if (!commits) continue;
        if (!send_position(worker, at->task, error)) return false;
        *any = true;
    }
    return true;
}

/* A task in error stands where it was committed last: the record says so, with its state. */
static void roll_back_failed(struct worker *worker)
{
    for (struct worker_task *at = worker->tasks; at; at = at->next) {
        if (at->task->error.code == ERROR_NONE) continue;
        for (uint32_t i = 0; i < at->task->n_inputs; i++)
            if (at->task->inputs[i].committed >= 0) at->task->inputs[i].position = at->task->inputs[i].committed;
    }
}

static void mark_committed(struct worker *worker)
{
    for (struct worker_task *at = worker->tasks; at; at = at->next) {
        if (!has_moved(at)) continue;
        at->dirty = false;
        for (uint32_t i = 0; i < at->task->n_inputs; i++) at->task->inputs[i].committed = at->task->inputs[i].position;
        query_note(at->query, at->task, false);
    }
}

bool worker_commit_all(struct worker *worker)
{
    struct error error = {0};
    bool any = false;
    worker->next_commit_ms = clock_monotonic_ms() + worker->commit_interval_ms;
    for (struct worker_task *at = worker->tasks; at; at = at->next) task_flush(at->task);
    if (worker->writer) {
        if (!flush(worker, &error)) return false;
        roll_back_failed(worker);
        if (worker->options.tasks_topic.data && !send_positions(worker, &any, &error)) return false;
        if (any && !flush(worker, &error)) return false;
    }
    if (worker->options.log) processing_log_flush(worker->options.log);
    mark_committed(worker);
    return true;
}
