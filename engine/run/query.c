/* query.c - see query.h. */
#include "engine/run/query.h"
#include "engine/base/clock.h"
#include "engine/base/settings.h"
#include "engine/run/positions.h"
#include "engine/run/processing_log.h"
#include <stdlib.h>

struct query *query_new(enum query_kind kind, struct plan *plan, struct settings *settings, struct source *sink)
{
    struct query *query = HEAP_MAKE(struct query);
    query->kind = kind;
    query->id = plan->query_id;
    query->plan = plan;
    query->settings = settings;
    query->sink = sink;
    query->created_ms = clock_wall_ms();
    pthread_mutex_init(&query->lock, NULL);
    return query;
}

void query_free(struct query *query)
{
    if (!query) return;
    for (uint32_t i = 0; i < query->n_notes; i++) free(query->notes[i].error);
    for (uint32_t i = 0; i < QUERY_ERRORS; i++) free(query->errors[i].message);
    free(query->trouble);
    pthread_mutex_destroy(&query->lock);
    source_release(query->sink);
    settings_free(query->settings);
    plan_free(query->plan);
    free(query->notes);
    free(query);
}

const char *query_state(struct query *query, const struct positions *elsewhere)
{
    if (query->paused) return "PAUSED";
    if (elsewhere && positions_trouble(elsewhere, query->plan).data) return "ERROR";
    pthread_mutex_lock(&query->lock);
    bool in_error = query->trouble != NULL;
    for (uint32_t i = 0; i < query->n_notes; i++) in_error |= query->notes[i].error != NULL;
    pthread_mutex_unlock(&query->lock);
    return in_error ? "ERROR" : "RUNNING";
}

static void add_error(struct query *query, const struct error *error)
{
    struct query_error *slot = &query->errors[query->n_errors % QUERY_ERRORS];
    slot->time_ms = clock_wall_ms();
    slot->is_user = error->code != ERROR_WORLD;
    free(slot->message);
    slot->message = heap_strndup(error->message, strlen(error->message));
    query->n_errors++;
}

void query_add_error(struct query *query, const struct error *error)
{
    pthread_mutex_lock(&query->lock);
    add_error(query, error);
    pthread_mutex_unlock(&query->lock);
}

void query_set_trouble(struct query *query, const struct error *error)
{
    pthread_mutex_lock(&query->lock);
    bool same = error && query->trouble && !strcmp(query->trouble, error->message);
    if (error && !same) add_error(query, error);
    free(query->trouble);
    query->trouble = error ? heap_strndup(error->message, strlen(error->message)) : NULL;
    pthread_mutex_unlock(&query->lock);
}

/* ---- notes */

static struct task_note *find_note(struct query *query, const struct task *task)
{
    for (uint32_t i = 0; i < query->n_notes; i++)
        if (query->notes[i].subtopology == task->subtopology && query->notes[i].partition == task->partition)
            return &query->notes[i];
    return NULL;
}

static struct task_note *add_note(struct query *query, const struct task *task)
{
    if (query->n_notes == query->notes_capacity) {
        query->notes_capacity = query->notes_capacity ? query->notes_capacity * 2 : 1;
        query->notes = heap_realloc(query->notes, query->notes_capacity * sizeof *query->notes);
    }
    struct task_note *note = &query->notes[query->n_notes++];
    *note = (struct task_note){.subtopology = task->subtopology, .partition = task->partition};
    return note;
}

static void fill_note(struct query *query, struct task_note *note, const struct task *task)
{
    bool in_error = task->error.code != ERROR_NONE;
    if (in_error && (!note->error || strcmp(note->error, task->error.message))) add_error(query, &task->error);
    free(note->error);
    note->error = in_error ? heap_strndup(task->error.message, strlen(task->error.message)) : NULL;
    note->n_inputs = task->n_inputs < 4 ? task->n_inputs : 4;
    for (uint32_t i = 0; i < note->n_inputs; i++) {
        note->position[i] = task->inputs[i].position;
        note->committed[i] = task->inputs[i].committed;
    }
}

void query_note(struct query *query, const struct task *task, bool gone)
{
    pthread_mutex_lock(&query->lock);
    struct task_note *note = find_note(query, task);
    if (!gone)
        fill_note(query, note ? note : add_note(query, task), task);
    else if (note) {
        free(note->error);
        *note = query->notes[--query->n_notes];
    }
    pthread_mutex_unlock(&query->lock);
}

/* ---- tasks */

static void report(void *context, const struct task *task, enum log_type type, const struct batch *batch, uint32_t row,
                   const char *why)
{
    struct query *query = context;
    atomic_fetch_add(&query->n_bad, 1);
    if (query->log) processing_log_row(query->log, query, task, type, batch, row, why);
}

static void gap(void *context, const struct task *task, const struct error *error)
{
    struct query *query = context;
    query_add_error(query, error);
    if (query->log) processing_log_task(query->log, query, task, "goes on", error);
}

static void deliver(void *context, const struct batch *batch)
{
    struct query *query = context;
    query->deliver(query->deliver_context, batch);
}

static bool is_blocked(void *context)
{
    struct query *query = context;
    return atomic_load_explicit(&query->is_full, memory_order_relaxed);
}

struct task *query_task(struct query *query, uint32_t subtopology, int32_t partition)
{
    struct task_owner owner = {
        .context = query, .report = report, .gap = gap, .deliver = deliver, .is_blocked = is_blocked};
    return task_new(query->plan, subtopology, partition, owner, task_settings_of(query->settings));
}

int64_t query_start_offset(const struct query *query, const struct plan_input *input, int32_t partition)
{
    for (uint32_t i = 0; i < query->n_start && !input->internal; i++)
        if (query->start[i].partition == partition && text_equal(query->start[i].topic, input->topic))
            return query->start[i].offset;
    return OFFSET_BEGINNING;
}
