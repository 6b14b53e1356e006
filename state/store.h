/* store.h - what survives a batch: a task's tables. The interface; nothing implements it yet, since no operator keeps
 * state so far.
 *
 *     CREATE TABLE totals AS SELECT camera, COUNT(*) AS n FROM findings WINDOW TUMBLING (SIZE 1 HOUR) GROUP BY camera
 *
 *     struct store *store = store_open(&spec, arena, &error);          // one file a task, a table a store
 *     struct store_row *row = store_find(store, &key, true);           // from the cache, else from the file, else made
 *     weir_count_step(row->states[0], ...);                            // native aggregate state, changed in place
 *     store_touch(store, row);                                         // dirty until the next flush
 *     store_expire(store, stream_time_ms, give, context);              // windows that have closed
 *
 * A commit (engine/run/worker_commit.c) flushes a task's stores between the writer's flush and the positions:
 * everything dirty in key order, in one SQLite transaction together with the task's positions in its inputs and in the
 * changelog. State and positions so can never disagree; a file that is ahead of what was committed in the log (an
 * aborted transaction) is rebuilt from the changelog.
 *
 * The path from a decoded row to its group's state is the hot one: the key is hashed from the columns' slots (no key
 * bytes are made), found in an open-addressing table of rows in the cache, and its states are stepped for all rows of a
 * batch that share it. Keys are turned into bytes (for the changelog, for SQLite) only when a row is flushed.
 */
#pragma once
#include "engine/types/batch.h"

enum store_kind {
    STORE_KEYED,   /* key -> row: tables, aggregates without windows */
    STORE_WINDOW,  /* key, window start -> row: TUMBLING, HOPPING; one row a key for each open window */
    STORE_SESSION, /* key, session -> row: found by overlap, merged */
    STORE_BUFFER,  /* key, time, sequence -> row: the two sides of a stream-stream join */
};

struct store_spec {
    enum store_kind kind;
    struct text name; /* of the SQL table: the sink's */
    const struct schema_column *key;
    uint32_t n_key;
    const struct schema_column *columns; /* SQL columns of the result */
    uint32_t n_columns;
    size_t state_size;    /* bytes of native aggregate state in a row */
    int64_t retention_ms; /* windows and buffers: how long rows are kept behind stream time */
    size_t cache_bytes;   /* budget of what is kept between flushes */
};

struct store;

/* A row in the cache. Lives until the next flush or eviction; do not keep it over a batch. */
struct store_row {
    uint64_t hash;
    struct window window; /* WINDOW, SESSION */
    int64_t timestamp_ms; /* the latest event in it */
    bool is_new, is_dirty, is_deleted;
    void *state; /* state_size bytes, zeroed when new */
};
