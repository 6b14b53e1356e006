/* task.c - batches through operators, and the order of time across inputs.
 *
 * With several inputs, rows wait in a list for each:
 *
 *     input 0   [t=1 t=5 t=6] [t=9]            taken: 1 (0), 2 3 (1), 5 6 (0), 7 (1), then input 1 is empty
 *     input 1   [t=2 t=3 t=7]                  and nothing goes on until it has rows, is at its end, or
 * max.task.idle.ms is over
 *
 * Rows of one input always keep their order. A run of rows of one input that comes before the next row of every other
 * is pushed as one batch.
 */
#include "engine/run/task.h"
#include "engine/base/clock.h"
#include "engine/base/settings.h"
#include <stdio.h>
#include <stdlib.h>

enum { MOST_WAITING_ROWS = 8 * BATCH_MAX_ROWS };

struct arena *arena_pool_take(struct arena_pool *pool)
{
    return pool->n ? pool->free[--pool->n] : arena_new();
}

void arena_pool_give(struct arena_pool *pool, struct arena *arena)
{
    if (!pool || pool->n == sizeof pool->free / sizeof *pool->free) {
        arena_free(arena);
        return;
    }
    arena_reset(arena);
    pool->free[pool->n++] = arena;
}

void arena_pool_fini(struct arena_pool *pool)
{
    while (pool->n) arena_free(pool->free[--pool->n]);
}

struct shared_batch *shared_batch_retain(struct shared_batch *shared)
{
    shared->references++;
    return shared;
}

void shared_batch_release(struct shared_batch *shared)
{
    if (!shared || --shared->references) return;
    arena_pool_give(shared->pool, shared->arena);
    free(shared);
}

/* ---- making */

static void report(void *context, enum log_type type, const struct batch *batch, uint32_t row, const char *why)
{
    struct task *task = context;
    task->n_bad++;
    task->owner.report(task->owner.context, task, type, batch, row, why);
}

static void fail(void *context, const struct error *error)
{
    task_fail(context, error);
}

static void deliver(void *context, const struct batch *batch)
{
    struct task *task = context;
    task->owner.deliver(task->owner.context, batch);
}

struct task_settings task_settings_of(const struct settings *settings)
{
    return (struct task_settings){
        .fail_on_deserialization = settings_bool(settings, OPTION_FAIL_ON_DESERIALIZATION),
        .fail_on_production = settings_bool(settings, OPTION_FAIL_ON_PRODUCTION),
        .throw_on_timestamp = settings_bool(settings, OPTION_THROW_ON_TIMESTAMP),
        .max_idle_ms = settings_int(settings, OPTION_MAX_TASK_IDLE_MS),
    };
}

struct task *task_new(const struct plan *plan, uint32_t subtopology, int32_t partition, struct task_owner owner,
                      struct task_settings settings)
{
    const struct plan_subtopology *sub = &plan->subtopologies[subtopology];
    struct task *task = HEAP_MAKE(struct task);
    *task = (struct task){.plan = plan,
                          .subtopology = subtopology,
                          .partition = partition,
                          .slot = -1,
                          .owner = owner,
                          .settings = settings,
                          .n_inputs = sub->n_inputs};
    task->inputs = heap_zalloc(sub->n_inputs * sizeof *task->inputs);
    for (uint32_t i = 0; i < sub->n_inputs; i++)
        task->inputs[i] = (struct task_input){.task = task, .plan = &sub->inputs[i], .committed = -1};
    return task;
}

bool task_open(struct task *task, struct task_place place, struct error *error)
{
    task->arena = arena_new();
    task->scratch = place.scratch;
    task->error.code = ERROR_NONE;
    task->context = (struct op_context){.task = task,
                                        .writer = place.writer,
                                        .report = report,
                                        .fail = fail,
                                        .deliver = deliver,
                                        .fail_on_production = task->settings.fail_on_production,
                                        .throw_on_timestamp = task->settings.throw_on_timestamp};
    for (uint32_t i = 0; i < task->n_inputs; i++) {
        struct task_input *input = &task->inputs[i];
        input->idle_since_ms = clock_monotonic_ms();
        if (op_open(input->plan->first, &task->context, task->arena, &input->first, error)) continue;
        task_close(task);
        return false;
    }
    return true;
}

static void drop_waiting(struct task_input *input)
{
    while (input->head) {
        struct waiting_batch *waiting = input->head;
        input->head = waiting->behind;
        shared_batch_release(waiting->shared);
        free(waiting);
    }
    input->tail = NULL;
    input->n_waiting = 0;
}

void task_close(struct task *task)
{
    if (!task->arena) return;
    for (uint32_t i = 0; i < task->n_inputs; i++) {
        drop_waiting(&task->inputs[i]);
        if (task->inputs[i].first) op_close(task->inputs[i].first);
        task->inputs[i].first = NULL;
    }
    arena_free(task->arena);
    task->arena = NULL;
}

void task_free(struct task *task)
{
    if (!task) return;
    task_close(task);
    free(task->inputs);
    free(task);
}

void task_report_gap(const struct task *task, const struct error *error)
{
    if (task->owner.gap) task->owner.gap(task->owner.context, task, error);
}

void task_fail(struct task *task, const struct error *error)
{
    if (task->error.code == ERROR_NONE) task->error = *error;
}

/* ---- rows to operators */

/* Bad rows go to the processing log of every task that reads them; some settings make them the end of the task. */
static void report_bad(struct task_input *input, const struct intake_batch *decoded)
{
    struct task *task = input->task;
    for (uint32_t i = 0; i < decoded->n_bad && task->error.code == ERROR_NONE; i++) {
        const struct bad_row *bad = &decoded->bad[i];
        report(task, bad->type, &decoded->batch, bad->row, bad->why);
        bool ends = bad->is_time ? task->settings.throw_on_timestamp
                                 : bad->type == LOG_DESERIALIZATION && task->settings.fail_on_deserialization;
        if (!ends) continue;
        struct error error = {0};
        error_set(&error, ERROR_FATAL, NO_SPAN, "the record at offset %lld of " TEXT_FMT "/%d: %s",
                  (long long)decoded->batch.offsets[bad->row], TEXT_ARG(input->plan->topic), task->partition, bad->why);
        task_fail(task, &error);
    }
}

static void push_rows(struct task_input *input, const struct batch *decoded, const uint32_t *rows, uint32_t n)
{
    struct batch batch = *decoded;
    batch.arena = input->task->scratch;
    batch.selection = arena_copy(batch.arena, rows, n * sizeof *rows);
    batch.n_selected = n;
    if (input->plan->drops_tombstones && batch.kinds) {
        batch.n_selected = 0;
        for (uint32_t i = 0; i < n; i++) {
            batch.selection[batch.n_selected] = rows[i];
            batch.n_selected += batch_kind(&batch, rows[i]) != ROW_TOMBSTONE;
        }
    }
    input->task->n_consumed += n;
    op_push(input->first, &batch);
    arena_reset(batch.arena);
}

static void push_all(struct task_input *input, struct shared_batch *shared)
{
    const struct batch *batch = &shared->decoded->batch;
    report_bad(input, shared->decoded);
    if (input->task->error.code != ERROR_NONE) return;
    push_rows(input, batch, batch->selection, batch->n_selected);
    if (input->task->error.code == ERROR_NONE) input->position = shared->next_offset;
}

/* ---- several inputs */

static void wait(struct task_input *input, struct shared_batch *shared)
{
    report_bad(input, shared->decoded);
    if (!shared->decoded->batch.n_selected && !input->head) {
        input->position = shared->next_offset;
        return;
    }
    struct waiting_batch *waiting = HEAP_MAKE(struct waiting_batch);
    waiting->shared = shared_batch_retain(shared);
    if (input->tail)
        input->tail->behind = waiting;
    else
        input->head = waiting;
    input->tail = waiting;
    input->n_waiting += shared->decoded->batch.n_selected;
}

static int64_t head_time(const struct task_input *input)
{
    const struct batch *batch = &input->head->shared->decoded->batch;
    return batch->timestamps[batch->selection[input->head->next]];
}

/* Heads without rows left are dropped, and the position moves over them. */
static void trim(struct task_input *input)
{
    while (input->head && input->head->next >= input->head->shared->decoded->batch.n_selected) {
        struct waiting_batch *waiting = input->head;
        input->position = waiting->shared->next_offset;
        input->head = waiting->behind;
        if (!input->head) input->tail = NULL, input->idle_since_ms = clock_monotonic_ms();
        shared_batch_release(waiting->shared);
        free(waiting);
    }
}

/* An empty input holds the others up until it is known to have nothing, or has been waited for long enough. */
static bool may_pass(const struct task *task, const struct task_input *empty)
{
    if (empty->at_end && task->settings.max_idle_ms == 0) return true;
    return task->settings.max_idle_ms > 0 && clock_monotonic_ms() - empty->idle_since_ms >= task->settings.max_idle_ms;
}

/* The input whose next row is the earliest; NULL if some input must be waited for, or all are empty. */
static struct task_input *earliest(struct task *task)
{
    struct task_input *first = NULL;
    for (uint32_t i = 0; i < task->n_inputs; i++) {
        struct task_input *input = &task->inputs[i];
        if (!input->head && !may_pass(task, input)) return NULL;
        if (input->head && (!first || head_time(input) < head_time(first))) first = input;
    }
    return first;
}

/* How many rows of the head come before the next row of every other input; at least one. */
static uint32_t run_length(const struct task *task, const struct task_input *first)
{
    int64_t limit = INT64_MAX;
    bool ties = true; /* an input before `first` takes rows of the same time first */
    for (uint32_t i = 0; i < task->n_inputs; i++) {
        const struct task_input *other = &task->inputs[i];
        if (other == first || !other->head || head_time(other) > limit) continue;
        if (head_time(other) < limit) ties = true;
        limit = head_time(other);
        ties &= other > first;
    }
    const struct batch *batch = &first->head->shared->decoded->batch;
    uint32_t n = 1, from = first->head->next;
    for (; from + n < batch->n_selected; n++) {
        int64_t time = batch->timestamps[batch->selection[from + n]];
        if (time > limit || (time == limit && !ties)) break;
    }
    return n;
}

void task_step(struct task *task)
{
    if (task->n_inputs < 2) return;
    struct task_input *first;
    for (uint32_t i = 0; i < task->n_inputs; i++) trim(&task->inputs[i]);
    while (task->error.code == ERROR_NONE && (first = earliest(task))) {
        struct waiting_batch *head = first->head;
        const struct batch *batch = &head->shared->decoded->batch;
        uint32_t n = run_length(task, first), from = head->next;
        push_rows(first, batch, &batch->selection[from], n);
        if (task->error.code != ERROR_NONE) return;
        head->next += n;
        first->n_waiting -= n;
        first->position = batch->offsets[batch->selection[from + n - 1]] + 1;
        trim(first);
    }
}

void task_offer(struct task_input *input, struct shared_batch *shared)
{
    struct task *task = input->task;
    input->at_end = false;
    if (task->error.code != ERROR_NONE) return;
    if (task->n_inputs == 1) {
        push_all(input, shared);
        return;
    }
    wait(input, shared);
    task_step(task);
}

bool task_input_is_full(const struct task_input *input)
{
    const struct task_owner *owner = &input->task->owner;
    return input->n_waiting >= MOST_WAITING_ROWS || (owner->is_blocked && owner->is_blocked(owner->context));
}

void task_flush(struct task *task)
{
    for (uint32_t i = 0; i < task->n_inputs && task->error.code == ERROR_NONE; i++) op_flush(task->inputs[i].first);
}

struct text task_name(const struct task *task, struct arena *arena)
{
    return text_printf(arena, "%u_%d", task->subtopology, task->partition);
}
