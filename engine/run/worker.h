/* worker.h - a thread that runs tasks: one set of readers, one writer, one commit cycle, nothing shared with other
 * workers.
 *
 *     loop:  calls from outside  ->  commit, if it is time  ->  feeds_poll (fetch, decode, operators, sends)  ->  tasks
 * that failed
 *
 * Commit (worker_commit.c), every commit.interval.ms, between two batches, for all tasks at once:
 *
 *     1 operators emit what they hold back     a crash here: outputs are repeated, from the last positions
 *     2 writer flush: outputs are in the log   a crash here: the same
 *     3 positions are sent, writer flush       a crash here: some tasks go on from the new positions, some from the old
 *     4 notes for those who ask
 *
 * so what was read is committed only once what came of it is in the log (at least once). A task's failure to write
 * rolls that task alone back to its last commit. Exactly once will hold outputs and positions in one transaction: begin
 * before the first send, the fence and commit in place of step 3.
 */
#pragma once
#include "engine/run/query.h"

struct worker;

struct worker_options {
    struct broker *broker;
    const struct settings *settings;
    struct text tasks_topic; /* NO_TEXT: nothing is committed (push queries only) */
    struct processing_log *log;
};

MUST_CHECK bool worker_start(struct worker_options options, struct worker **worker, struct error *error);

/* Commits (waiting at most timeout_ms for the log), frees all tasks, ends the thread. NULL is allowed. */
void worker_stop(struct worker *worker, int timeout_ms);

/* Tasks that have their positions; the worker takes them over and attaches them. Returns at once. */
void worker_add(struct worker *worker, struct query *query, struct task **tasks, uint32_t n);

/* Which tasks to stop: those of a query, or of slots. */
struct task_filter {
    const struct query *query; /* NULL: any */
    const bool *slots;         /* NULL: any; indexed by slot */
};

/* Commits, then stops and frees the tasks that fit; returns when it is done. `lost`: another server has the slots,
 * nothing is committed. */
void worker_remove(struct worker *worker, struct task_filter filter, bool lost);

/* Commits now, and waits for it. */
void worker_commit(struct worker *worker);

/* Ends its wait: a task may go on that could take no more. */
void worker_wake(struct worker *worker);

/* Runs it in the worker's thread, between batches, and waits for it. */
void worker_call(struct worker *worker, void (*function)(struct worker *worker, void *argument), void *argument);
