/* local.h - what the files of the local log share: the broker with its cache of topics. See local.c. */
#pragma once
#include "engine/base/map.h"
#include "engine/topic/bell.h"
#include "engine/topic/local/store.h"
#include "engine/topic/maker.h"
#include <pthread.h>

enum { LOCAL_MAX_RECORD = 256 << 20 }; /* bytes, whatever max.message.bytes says */

struct local_partition {
    int64_t id;
    int64_t end; /* the next offset; known while epoch is the broker's */
    uint64_t epoch;
    int64_t marked_ms;              /* when its last mark was made; 0: not known */
    uint32_t first_send, last_send; /* of the batch that is being written, as index + 1; 0: none */
};

struct local_topic {
    struct text name;
    int32_t n_partitions;
    bool compacted;
    int64_t retention_ms;     /* of all records; -1: for ever */
    int64_t tombstones_ms;    /* of a compacted topic's tombstones */
    int64_t mark_interval_ms; /* how long records are written until a mark is due; -1: no marks are needed */
    int64_t marks_kept_ms;
    size_t max_message_bytes;
    struct local_partition partitions[];
};

struct local_broker {
    struct broker base;
    char *folder;
    char *path; /* of topics.db */
    struct bell bell;
    pthread_mutex_t lock; /* guards all that follows */
    struct store store;   /* for all but reading */
    struct map topics;    /* a cache: name -> struct local_topic *, good while topology is the log's */
    int64_t commits;      /* the log's, after the last transaction of ours */
    int64_t topology;
    uint64_t epoch;            /* grows when others have written in between */
    _Atomic int32_t n_pending; /* writers that have something to write and wait for their next poll. Without the lock */
    _Atomic int64_t sweep_at_ms; /* monotonic; whoever moves it on sweeps. Without the lock */
    _Atomic bool sweeping;       /* the last sweep did not come to its end */
    int wal;                     /* descriptor of the WAL, to sync it; -1 until it is needed */
};

/* A transaction that writes, with the cache brought up to the log. The caller holds the lock, up to the end or the
 * rollback. */
MUST_CHECK bool local_begin(struct local_broker *broker, int timeout_ms, struct error *error);
/* Commits and rings the bell. */
MUST_CHECK bool local_end(struct local_broker *broker, struct error *error);
void local_rollback(struct local_broker *broker);

/* From the cache or the log; *topic is NULL where there is none. Within a transaction. */
MUST_CHECK bool local_find_topic(struct local_broker *broker, struct text name, struct local_topic **topic,
                                 struct error *error);

/* sweep.c: fills in how marks are made, from how long records are kept. */
void local_plan_marks(struct local_topic *topic);
/* Removes what deleted topics had, for at most that long; true if there is more. */
bool local_sweep_dropped(struct local_broker *broker, int budget_ms);
/* Removes what is past its time, if it is time for that. Cheap if not. */
void local_sweep_if_due(struct local_broker *broker);

MUST_CHECK bool local_reader_open(struct broker *broker, struct reader **reader, struct error *error);
MUST_CHECK bool local_writer_open(struct broker *broker, const struct writer_options *options, struct writer **writer,
                                  struct error *error);
MUST_CHECK bool local_membership_open(struct broker *broker, const struct membership_options *options,
                                      struct membership **membership, struct error *error);
MUST_CHECK bool local_count_members(struct broker *broker, struct text group, uint32_t *n, struct error *error);
/* Whether the slots are still held. */
bool local_membership_holds(const struct membership *membership);
