/* query.h - a query while it is there: its plan, what it was started with, and what is known of how it runs.
 *
 * A persistent query is made when its command is applied, on every server of the service; its tasks run where their
 * slots are. What the workers know of a task (positions, trouble) they note here, so that statements can show it
 * without asking them.
 *
 * State, the truth as far as this server can tell: PAUSED if it was paused; ERROR if any of its tasks has trouble; else
 * RUNNING.
 */
#pragma once
#include "engine/run/task.h"
#include <pthread.h>
#include <stdatomic.h>

enum query_kind { QUERY_PERSISTENT, QUERY_TRANSIENT };

/* Where a task begins that has no committed position: a partition's end when the query was created. Partitions that are
 * not listed are read from their beginning. */
struct start_offset {
    struct text topic;
    int32_t partition;
    int64_t offset;
};

struct query_error {
    int64_t time_ms; /* wall clock */
    bool is_user;    /* bad data or a bad setting, rather than the world's trouble */
    char *message;   /* heap */
};

enum { QUERY_ERRORS = 10 };

/* What is known of one task here. */
struct task_note {
    uint32_t subtopology;
    int32_t partition;
    char *error; /* heap; NULL while it runs */
    uint32_t n_inputs;
    int64_t position[4], committed[4]; /* of its inputs, as far as there are that many */
};

struct query {
    enum query_kind kind;
    struct text id;
    struct text sql;           /* as it was entered, canonical */
    struct plan *plan;         /* its arena holds the query's texts too */
    struct settings *settings; /* those of the session that created it */
    struct source *sink;       /* retained; NULL for a transient query */
    struct query_entry entry;  /* for the catalog */
    const struct start_offset *start;
    uint32_t n_start;
    bool paused; /* under the engine's lock */
    int64_t created_ms;

    pthread_mutex_t lock; /* what follows */
    struct task_note *notes;
    uint32_t n_notes, notes_capacity;
    struct query_error errors[QUERY_ERRORS]; /* a ring; the newest at (n_errors - 1) % QUERY_ERRORS */
    uint64_t n_errors;
    char *trouble; /* heap; of the query as a whole; NULL: none */

    struct processing_log *log; /* the engine's; NULL: nowhere */
    atomic_ullong n_consumed, n_produced, n_bad;
    atomic_llong last_message_ms;
    void (*deliver)(void *context, const struct batch *batch); /* transient queries */
    void *deliver_context;
    atomic_bool is_full; /* its client is slow: tasks take no more for now */
};

/* Takes the plan, the settings and a reference of the sink over. Texts are borrowed from the plan's arena. */
struct query *query_new(enum query_kind kind, struct plan *plan, struct settings *settings, struct source *sink);
/* No task may be left. */
void query_free(struct query *query);

struct positions;

/* "RUNNING", "PAUSED", "ERROR". `elsewhere`: what other servers say of its tasks, or NULL. */
const char *query_state(struct query *query, const struct positions *elsewhere);

/* What keeps the query as a whole from running (a topic is missing); NULL: nothing. */
void query_set_trouble(struct query *query, const struct error *error);

/* Keeps an error, of a task or of the query as a whole. */
void query_add_error(struct query *query, const struct error *error);

/* What a task looks like now; made by its worker after each commit and when its state changes. `gone`: it does not run
 * here any more. */
void query_note(struct query *query, const struct task *task, bool gone);

/* A task of this query's plan, reporting to the query. */
struct task *query_task(struct query *query, uint32_t subtopology, int32_t partition);

/* The offset where a new task begins to read a partition. */
int64_t query_start_offset(const struct query *query, const struct plan_input *input, int32_t partition);
