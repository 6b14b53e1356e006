/* worker_inside.h - a worker's parts, for worker.c and worker_commit.c. */
#pragma once
#include "engine/run/feed.h"
#include "engine/run/worker.h"

/* A task in the worker's care. */
struct worker_task {
    struct task *task;
    struct query *query;
    bool dirty;          /* has moved since the last commit, or its state has changed */
    int64_t retry_at_ms; /* monotonic; 0 while it runs */
    int64_t backoff_ms;
    uint64_t n_consumed; /* already counted in the query */
    struct worker_task *next;
};

struct call {
    void (*function)(struct worker *worker, void *argument);
    void *argument;
    bool done;
    struct call *next;
};

struct worker {
    struct worker_options options;
    pthread_t thread;
    pthread_mutex_t lock; /* calls */
    pthread_cond_t called;
    struct call *calls, **calls_end;
    struct feeds *feeds;
    struct writer *writer;
    struct arena *scratch;
    struct worker_task *tasks;
    int64_t commit_interval_ms;
    int64_t next_commit_ms;
    atomic_int flush_timeout_ms;
    atomic_bool hurry; /* the server is stopping: wait no longer than needed for the log */
    bool stopping;
};

/* Writes positions of all tasks that moved. False if the log could not be reached in time: nothing counts as committed.
 */
bool worker_commit_all(struct worker *worker);
