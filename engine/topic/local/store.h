/* store.h - a connection to topics.db: its schema, its statements, and how SQLite's troubles become ours.
 *
 *     log         one row: how often anything was committed, when a topic last came or went
 *     topics      id, name, the id of its first partition, how many there are
 *     configs     what was set for a topic
 *     partitions  id, first offset, end, the commit that last changed it
 *     records     place = partition id << 40 | offset, time stamp, key, value, headers; key_hash if it is compacted
 *     marks       (partition, offset): records from there on were written at written_ms or later
 *     dropped     partitions of topics that were deleted; their records go little by little
 *     messages    a view for people: topic, partition, offset, time stamp, key and value as text
 *
 * A partition's records lie together in one B-tree in the order of their offsets; so appending and reading run along
 * its pages. Ids of partitions are never used again, so a topic that is made anew has others.
 */
#pragma once
#include "engine/base/error.h"
#include <sqlite3.h>

enum { OFFSET_BITS = 40 };
#define OFFSET_MASK ((INT64_C(1) << OFFSET_BITS) - 1)

enum local_statement {
    LOCAL_BEGIN,
    LOCAL_BEGIN_WRITE,
    LOCAL_COMMIT,
    LOCAL_ROLLBACK,
    LOCAL_STATE,             /* -> commits, topology, swept_ms, next partition id */
    LOCAL_SET_COMMITS,       /* commits */
    LOCAL_SET_TOPOLOGY,      /* commits (both), next partition id */
    LOCAL_SET_SWEPT,         /* ms */
    LOCAL_TOPIC,             /* name -> id, first partition id, partitions */
    LOCAL_TOPICS,            /* -> name, partitions, id, first partition id */
    LOCAL_ADD_TOPIC,         /* name, first partition id, partitions */
    LOCAL_DELETE_TOPIC,      /* id */
    LOCAL_CONFIG,            /* topic id, name -> value */
    LOCAL_CONFIGS,           /* topic id -> name, value */
    LOCAL_ADD_CONFIG,        /* topic id, name, value */
    LOCAL_DELETE_CONFIGS,    /* topic id */
    LOCAL_PARTITION,         /* id -> first, end */
    LOCAL_CHANGED,           /* commits -> id, first, end of those that changed after it */
    LOCAL_ADD_PARTITION,     /* id, commits */
    LOCAL_SET_END,           /* id, end, commits */
    LOCAL_SET_FIRST,         /* id, first, commits */
    LOCAL_DROP_PARTITIONS,   /* first id, last id */
    LOCAL_DELETE_PARTITIONS, /* first id, last id */
    LOCAL_DROPPED,           /* -> a partition id */
    LOCAL_DELETE_DROPPED,    /* id */
    LOCAL_ADD_RECORD,        /* place, timestamp, key, value, headers, key_hash */
    LOCAL_DELETE_KEY,        /* key_hash, key, place: records of the key before it */
    LOCAL_RECORDS,           /* first place, end place, limit -> place, timestamp, key, value, headers */
    LOCAL_RECORD_AT,         /* first place, end place, timestamp -> place */
    LOCAL_NTH_RECORD,        /* first place, end place, n -> place of the n-th there, from 0 */
    LOCAL_NTH_TOMBSTONE,     /* the same for tombstones of compacted topics */
    LOCAL_DELETE_RECORDS,    /* first place, end place */
    LOCAL_DELETE_TOMBSTONES, /* first place, end place */
    LOCAL_ADD_MARK,          /* partition id, offset, ms */
    LOCAL_LAST_MARK,         /* partition id -> ms, offset */
    LOCAL_MARK_BEFORE,       /* partition id, ms -> offset of the last mark at or before that time */
    LOCAL_DELETE_OLD_MARKS,  /* partition id, ms: those before the last mark at or before that time */
    LOCAL_DELETE_MARKS,      /* partition id, offset: those before it */
    LOCAL_STATEMENTS,
};

struct store {
    sqlite3 *db;
    const char *path;                           /* borrowed */
    sqlite3_stmt *statements[LOCAL_STATEMENTS]; /* prepared when first used */
    int patience_ms;                            /* how long to wait for another process's transaction */
    int64_t wait_ends_ns;                       /* of the wait that is under way */
};

/* Opens topics.db; makes it where it is not there. The caller holds the bell's lock the first time. */
MUST_CHECK bool store_open(struct store *store, const char *path, struct error *error);
void store_close(struct store *store);

/* The statement, reset and without bindings. */
sqlite3_stmt *store_get(struct store *store, enum local_statement statement);

/* Steps it: 1 there is a row, 0 it is done, -1 the error is filled. The statement is reset unless there is a row. */
MUST_CHECK int store_step(struct store *store, sqlite3_stmt *statement, struct error *error);

/* Gets it, binds n integers, and runs it to its end. */
MUST_CHECK bool store_run(struct store *store, enum local_statement statement, const int64_t *integers, uint32_t n,
                          struct error *error);
#define STORE_RUN(store, statement, error, ...)                                                                        \
    store_run((store), (statement), (const int64_t[]){__VA_ARGS__},                                                    \
              sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (error))

/* Gets it, binds n integers, and reads the integers of its first row; *found is false if there is none. */
MUST_CHECK bool store_read(struct store *store, enum local_statement statement, int64_t argument, int64_t *columns,
                           uint32_t n_columns, bool *found, struct error *error);

void store_bind_text(sqlite3_stmt *statement, int at, struct text text); /* NO_TEXT: null; as TEXT */
void store_bind_blob(sqlite3_stmt *statement, int at, struct text text); /* NO_TEXT: null; as BLOB */

/* Borrowed until the statement's next step. */
struct text store_column(sqlite3_stmt *statement, int at);

/* A transaction that writes; waits at most timeout_ms for those of others. */
MUST_CHECK bool store_begin(struct store *store, int timeout_ms, struct error *error);
MUST_CHECK bool store_commit(struct store *store, struct error *error);
void store_rollback(struct store *store);
