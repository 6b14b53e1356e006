/* memory.h - what the two files of the memory maker share: the broker with its topics. See memory.c. */
#pragma once
#include "engine/base/map.h"
#include "engine/topic/maker.h"
#include <pthread.h>
#include <time.h>

struct stored {
    struct record record;
    struct headers headers;
    uint64_t order;
};

struct partition {
    struct stored *records; /* by offset, from 0 */
    int64_t n, capacity;
};

struct topic {
    struct text name;
    uint64_t id;    /* never used again */
    uint32_t users; /* the broker's map, assignments, fetches */
    size_t max_message_bytes;
    bool compacted; /* its records need keys; all are kept */
    int32_t n_partitions;
    uint32_t next_keyless; /* the partition of the next record without a key */
    struct partition *partitions;
    struct topic_config *configs;
    uint32_t n_configs;
    struct arena *arena; /* all that the records point to, and the above */
};

struct memory_broker {
    struct broker base;
    pthread_mutex_t lock;   /* guards all that follows, and the topics */
    pthread_cond_t changed; /* something was sent, a topic came or went, a reader is to wake */
    struct map topics;      /* name -> struct topic * */
    uint64_t next_order;
    uint64_t next_id;  /* of a topic */
    uint64_t topology; /* grows when a topic comes or goes */
    uint32_t n_members; /* of all groups: a broker in memory has one service */
};

/* Under the lock: one user less; the last frees it. NULL is allowed. */
void memory_leave_topic(struct topic *topic);

/* When a wait of that long ends, on the clock of the broker's condition. */
struct timespec memory_deadline(int timeout_ms);

MUST_CHECK bool memory_reader_open(struct broker *broker, struct reader **reader, struct error *error);
