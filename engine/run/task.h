/* task.h - a task: one sub-topology on one partition number, its operators and its positions.
 *
 *     feed (offset 40..59) --batch--> task_offer --> [merge by time] --> op_push(first operator)
 *
 * A task belongs to one thread, its worker's (or a pipe's). It takes batches of its inputs; with one input they go
 * straight to the operators, with several they wait until each input has rows, and go on in the order of event time
 * across them. Then `position` is the offset behind the last row that the operators have seen, which is what a commit
 * writes down.
 *
 * A task fails by itself (task->error is set, nothing goes through it any more): a record that cannot be written, a
 * topic that is gone, bad data under ksql.fail.on.*. Its query's other tasks, and other queries, go on.
 */
#pragma once
#include "engine/run/intake.h"

struct feed;
struct task;

/* A batch that waits in a task with several inputs; counted, because tasks share batches. */
struct shared_batch {
    struct intake_batch *decoded;
    struct arena *arena;     /* the fetch is in it; goes back to the pool when the last holder is done */
    struct arena_pool *pool; /* NULL: the arena is freed */
    uint32_t references;
    int64_t next_offset; /* position behind the whole batch */
};

/* Arenas that are used again; a thread's own. */
struct arena_pool {
    struct arena *free[8];
    uint32_t n;
};

struct arena *arena_pool_take(struct arena_pool *pool);
void arena_pool_give(struct arena_pool *pool, struct arena *arena);
void arena_pool_fini(struct arena_pool *pool);

struct shared_batch *shared_batch_retain(struct shared_batch *shared);
void shared_batch_release(struct shared_batch *shared);

struct waiting_batch {
    struct shared_batch *shared;
    uint32_t next; /* index in the selection of the first row that waits */
    struct waiting_batch *behind;
};

struct task_input {
    struct task *task;
    const struct plan_input *plan;
    struct op *first;
    int64_t position;                  /* the offset that comes next */
    int64_t committed;                 /* what the last commit wrote; -1: nothing yet */
    int64_t missing_since_ms;          /* wall: when its partition was found missing; 0 while it is there */
    bool at_end;                       /* the feed has been read to its end, and nothing came since */
    struct feed *feed;                 /* the worker's business; NULL while detached */
    struct waiting_batch *head, *tail; /* with several inputs */
    uint32_t n_waiting;                /* rows */
    int64_t idle_since_ms;             /* monotonic; when it ran empty */
};

/* What the query of a task wants to know; called in the task's thread. */
struct task_owner {
    void *context;
    void (*report)(void *context, const struct task *task, enum log_type type, const struct batch *batch, uint32_t row,
                   const char *why);
    /* Records were gone before they were read; the task goes on behind them. */
    void (*gap)(void *context, const struct task *task, const struct error *error);
    void (*deliver)(void *context, const struct batch *batch); /* push queries */
    bool (*is_blocked)(void *context); /* takes no more for now: the client of its push query is slow */
};

struct task_settings {
    bool fail_on_deserialization;
    bool fail_on_production;
    bool throw_on_timestamp;
    int64_t max_idle_ms;
};

struct task {
    const struct plan *plan; /* borrowed: the query's */
    uint32_t subtopology;
    int32_t partition;
    int32_t slot;          /* -1: a push query's */
    struct arena *arena;   /* operators */
    struct arena *scratch; /* what operators make of a batch, until they return; borrowed from the worker */
    struct op_context context;
    struct task_owner owner;
    struct task_settings settings;
    struct task_input *inputs;
    uint32_t n_inputs;
    struct error error;         /* ERROR_NONE while it runs */
    uint64_t n_consumed, n_bad; /* rows */
};

/* What a task stands on, all borrowed. */
struct task_place {
    struct writer *writer; /* NULL for push queries */
    struct arena *scratch;
};

/* A task that has no position yet: set inputs[i].position and committed. */
struct task *task_new(const struct plan *plan, uint32_t subtopology, int32_t partition, struct task_owner owner,
                      struct task_settings settings);
void task_free(struct task *task);

/* Makes the operators, from the beginning of their state; again after task_close, when the task is tried anew. */
MUST_CHECK bool task_open(struct task *task, struct task_place place, struct error *error);
void task_close(struct task *task);

struct task_settings task_settings_of(const struct settings *settings);

/* Rows of one of its inputs, in offset order. Retains what it keeps. */
void task_offer(struct task_input *input, struct shared_batch *shared);

/* Goes on with what waits: the inputs have changed (one is at its end, time has passed). */
void task_step(struct task *task);

/* Whether so much waits that no more should be offered to this input. */
bool task_input_is_full(const struct task_input *input);

/* Emits what operators hold back; before a commit. */
void task_flush(struct task *task);

/* Tells its query that records are missing; it goes on. */
void task_report_gap(const struct task *task, const struct error *error);

/* Stops it with an error; the first one counts. */
void task_fail(struct task *task, const struct error *error);

/* "0_3": sub-topology and partition. */
struct text task_name(const struct task *task, struct arena *arena);
