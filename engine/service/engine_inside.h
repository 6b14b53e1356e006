/* engine_inside.h - the engine's parts, for the files of engine/service that make it up.
 *
 *     engine.c      open and close, the steward's thread
 *     apply.c       a command carried out: the catalog and the queries change
 *     placement.c   queries to tasks: which run here, started and stopped as slots and queries come and go
 *     execute.c     a statement of a session: checked, written to the command log or answered
 *     insert_values.c, push.c, print_topic.c, show.c, describe.c   statements that need no command
 *
 * Locks: `lock` guards the catalog, the queries, what was applied. Workers never take it. It is not held while waiting
 * for a worker, the broker, or a command.
 */
#pragma once
#include "engine/catalog/catalog.h"
#include "engine/service/command.h"
#include "engine/service/engine.h"
#include "engine/run/positions.h"
#include "engine/run/processing_log.h"
#include "engine/run/query.h"
#include "engine/run/worker.h"

enum { MOST_WORKERS = 64, MOST_APPLIED = 32 };

/* How a command went, kept for whoever appended it. */
struct applied {
    struct text id; /* heap */
    bool is_known;  /* what it stopped has stopped: whoever waits may be told */
    bool ok;
    struct error error;
    char message[256];  /* "Created query with ID CSAS_X_1" */
    char query_id[256]; /* empty if the command made none */
    int64_t offset;
};

/* A running task of a persistent query, as the steward knows it. */
struct placed_task {
    uint32_t subtopology;
    int32_t partition;
    int32_t slot;
};

/* A persistent query and where its tasks are. */
struct placed_query {
    struct query *query;
    struct {
        LIST_OF(struct placed_task);
    } tasks; /* in `arena`; changed by the steward, under the engine's lock */
    struct arena *arena;
    int32_t *n_partitions; /* as of the last look: of each sub-topology's topic; in `arena`, the steward's */
    bool is_looked_at;     /* n_partitions is known */
    bool blocked;          /* it waits for a topic; its notes say which */
    struct placed_query *next; /* of those that are gone */
};

struct engine {
    const struct settings *settings;
    struct broker *broker;
    bool owns_broker;
    bool runs_by_hand;                      /* a pipe runs its queries: it never serves by itself */
    struct text service_id;                 /* borrowed from the settings */
    struct text command_topic, tasks_topic; /* in `arena` */
    struct text group;                      /* of the servers; in `arena` */
    struct arena *arena;
    int32_t n_slots;
    struct processing_log *log;
    struct command_log *commands;

    pthread_mutex_t lock;
    pthread_cond_t changed; /* a command was applied, or the steward has something to do */
    struct catalog catalog;
    struct map queries;                   /* id -> struct placed_query * */
    char name[96];                        /* begins the ids of the commands that this engine writes */
    struct applied applied[MOST_APPLIED]; /* a ring, of its own commands only */
    uint64_t n_applied, n_ids;
    struct placed_query *gone;    /* to be stopped and freed by the steward */
    uint64_t n_changes, n_placed; /* of queries and slots; placement is to be done while they differ */
    char world[512];              /* the broker's trouble; "" if there is none */
    int64_t world_noted_ms;       /* monotonic: when it was seen last */
    int64_t world_look_ms;        /* monotonic: when the broker is to be asked, 0: not; the steward's */
    bool world_told;              /* in the log; the steward's */
    bool (*cancelled)(void);      /* the caller's; NULL if it has none */
    atomic_bool closing;

    pthread_t steward;
    bool steward_runs, serving, stopping;
    bool unserved; /* no server runs the queries, as of the last look; under the lock */
    struct membership *membership;
    bool *owned;                /* slots; changed by the steward, under the lock */
    bool *unread;               /* slots that were given, and whose positions are not read yet */
    bool given;                 /* slots were given at least once */
    struct positions positions; /* of the slots that are owned; the steward's */
    int64_t next_look_ms;       /* monotonic: when topics are looked at again */

    pthread_mutex_t workers_lock;
    struct worker *workers[MOST_WORKERS];
    uint32_t n_workers;     /* how many there may be */
    struct writer *inserts; /* INSERT VALUES; under workers_lock */
    atomic_int n_push;
    atomic_ullong n_transient; /* for ids of transient queries */
};

/* ---- engine.c */

/* The worker that has a slot (or the n-th for push queries), started if it is not there yet. */
MUST_CHECK bool engine_worker(struct engine *engine, uint32_t index, struct worker **worker, struct error *error);
struct worker *engine_worker_if_started(struct engine *engine, uint32_t index);

/* Appends the command and waits until it was applied here. */
MUST_CHECK bool engine_submit(struct engine *engine, struct command *command, struct applied *applied,
                              struct error *error);

void engine_wake(struct engine *engine);

/* What keeps the broker from us just now; NO_TEXT if nothing does. Under the lock. */
struct text engine_trouble(const struct engine *engine);

/* What the tasks topic says of the slots that are not this server's: how their tasks are. False if it cannot be read.
 */
MUST_CHECK bool engine_read_elsewhere(struct engine *engine, struct positions *positions);

/* Whether any server runs the service's queries, this one or another; true where that cannot be known. Until it is asked
 * again, describe_state goes by it. */
bool engine_look_for_servers(struct engine *engine);

/* ---- apply.c */
void engine_apply(void *engine, const struct command *command);

/* ---- placement.c */

/* Starts and stops tasks so that they are what queries and slots say. `look`: asks for the topics of all queries, not
 * only of those that are new. The steward's. */
void engine_place_tasks(struct engine *engine, bool look);
/* Stops the tasks of slots. */
void engine_drop_slots(struct engine *engine, const int32_t *slots, uint32_t n, bool lost);
/* Stops the tasks of queries that are paused. */
void engine_stop_paused(struct engine *engine);
/* Stops and frees queries that are gone. */
void engine_bury(struct engine *engine);
void placed_query_free(struct placed_query *placed);

/* ---- sessions */

struct session {
    struct engine *engine;
    struct settings *settings; /* over the engine's */
    struct map variables;      /* name -> char *, heap */
    unsigned depth;            /* of scripts that run scripts */
};

/* False if there was no such variable. */
bool session_undefine(struct session *session, struct text name);

/* A statement of the same words made what it would make: the script was run before. Says so to the client. */
bool statement_is_there(struct session *session, const struct tree_statement *statement, const struct client *client);
