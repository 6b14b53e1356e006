/* sweep.c - what leaves the local log without anyone's asking: records past their topic's retention, tombstones
 * of compacted topics, and what deleted topics had.
 *
 * Whether a record is old is not asked of its time stamp, which is the sender's and may be of any year, but of when it
 * was written: while a partition is written to, a mark (offset, now) is made every twentieth of its retention.
 *
 *     records   0 . . . . . . 7 . . . . . 13 . . . .        retention 20 min, now 10:30
 *     marks     (0, 10:00)    (7, 10:09)  (13, 10:21)       → the last mark before 10:10 is 7: records before 7 go
 *
 * A partition that no one writes to any more gets a last mark, at its end, from the sweep itself.
 *
 * All of it happens in transactions of at most CHUNK records, so that writers wait for milliseconds; each moves the
 * partition's first offset together with what it deletes, so a sweep may end anywhere. What is to be done is found by
 * reading: where nothing is, nothing is written. One process sweeps at a time, the first that finds log.swept_ms old
 * enough.
 */
#include "engine/base/arena.h"
#include "engine/base/clock.h"
#include "engine/base/list.h"
#include "engine/topic/local/local.h"

enum { CHUNK = 5000, SWEEP_MS = 60000, BUDGET_MS = 50, MORE_MS = 250, WAIT_MS = 100, SHORTEST_MARK_MS = 1000 };

struct name_list {
    LIST_OF(struct text);
};

void local_plan_marks(struct local_topic *topic)
{
    int64_t shortest = topic->retention_ms, longest = topic->retention_ms;
    if (topic->compacted && (shortest < 0 || topic->tombstones_ms < shortest)) shortest = topic->tombstones_ms;
    if (topic->compacted && topic->tombstones_ms > longest) longest = topic->tombstones_ms;
    topic->marks_kept_ms = longest;
    topic->mark_interval_ms = shortest / 20 > SHORTEST_MARK_MS ? shortest / 20 : SHORTEST_MARK_MS;
    if (shortest < 0) topic->mark_interval_ms = -1;
}

/* The offset before which all records were written longer than `kept_ms` ago; 0 where there is none. */
static bool cut_of(struct store *store, int64_t id, int64_t kept_ms, int64_t *cut)
{
    *cut = 0;
    if (kept_ms < 0) return true;
    sqlite3_stmt *statement = store_get(store, LOCAL_MARK_BEFORE);
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_int64(statement, 2, clock_wall_ms() - kept_ms);
    int step = store_step(store, statement, NULL);
    if (step > 0) *cut = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return step >= 0;
}

/* The end of a run of at most CHUNK records (all of them, or tombstones) from `start` on; `end` where there are fewer.
 */
static bool end_of_chunk(struct store *store, enum local_statement nth, int64_t start, int64_t end, int64_t *chunk_end,
                         bool *any)
{
    int64_t last[2] = {end, end};
    for (int i = 0; i < 2; i++) {
        sqlite3_stmt *statement = store_get(store, nth);
        sqlite3_bind_int64(statement, 1, start);
        sqlite3_bind_int64(statement, 2, end);
        sqlite3_bind_int(statement, 3, i ? CHUNK : 0);
        int step = store_step(store, statement, NULL);
        if (step > 0) last[i] = sqlite3_column_int64(statement, 0);
        sqlite3_reset(statement);
        if (step < 0) return false;
    }
    *any = last[0] < end;
    *chunk_end = last[1];
    return true;
}

/* One transaction: the records of the run go, and the partition begins behind them, unless first_offset is -1. */
static bool delete_run(struct local_broker *broker, enum local_statement delete, int64_t start, int64_t end,
                       int64_t first_offset)
{
    if (!local_begin(broker, WAIT_MS, NULL)) return false;
    int64_t id = start >> OFFSET_BITS;
    bool ok = STORE_RUN(&broker->store, delete, NULL, start, end);
    if (ok && first_offset >= 0)
        ok = STORE_RUN(&broker->store, LOCAL_SET_FIRST, NULL, id, first_offset, broker->commits + 1);
    if (ok) return local_end(broker, NULL);
    local_rollback(broker);
    return false;
}

/* Each of these does one piece of work under the lock and says in *more whether there may be more; false ends the
 * sweep. */

static bool sweep_dropped(struct local_broker *broker, bool *more)
{
    int64_t id, end, start;
    bool any;
    if (!store_read(&broker->store, LOCAL_DROPPED, 0, &id, 1, more, NULL)) return false;
    if (!*more) return true;
    start = id << OFFSET_BITS;
    if (!end_of_chunk(&broker->store, LOCAL_NTH_RECORD, start, start + OFFSET_MASK, &end, &any)) return false;
    if (any) return delete_run(broker, LOCAL_DELETE_RECORDS, start, end, -1);
    if (!local_begin(broker, WAIT_MS, NULL)) return false;
    if (STORE_RUN(&broker->store, LOCAL_DELETE_DROPPED, NULL, id) &&
        STORE_RUN(&broker->store, LOCAL_DELETE_MARKS, NULL, id, OFFSET_MASK))
        return local_end(broker, NULL);
    local_rollback(broker);
    return false;
}

/* The mark at the end of a partition that was not written to for a while. */
static bool mark_end(struct local_broker *broker, const struct local_topic *topic, int64_t id)
{
    int64_t columns[2], mark[2], now_ms = clock_wall_ms();
    bool found;
    if (!store_read(&broker->store, LOCAL_LAST_MARK, id, mark, 2, &found, NULL)) return false;
    if (!found || now_ms - mark[0] < topic->mark_interval_ms) return true;
    if (!store_read(&broker->store, LOCAL_PARTITION, id, columns, 2, &found, NULL)) return false;
    if (!found || columns[1] == mark[1]) return true;
    if (!local_begin(broker, WAIT_MS, NULL)) return false;
    if (store_read(&broker->store, LOCAL_PARTITION, id, columns, 2, &found, NULL) &&
        (!found || STORE_RUN(&broker->store, LOCAL_ADD_MARK, NULL, id, columns[1], now_ms)))
        return local_end(broker, NULL);
    local_rollback(broker);
    return false;
}

static bool sweep_old(struct local_broker *broker, const struct local_topic *topic, int64_t id, bool *more)
{
    int64_t columns[2], cut, end, start = id << OFFSET_BITS;
    bool found, any;
    *more = false;
    if (!cut_of(&broker->store, id, topic->retention_ms, &cut)) return false;
    if (!cut) return true;
    if (!store_read(&broker->store, LOCAL_PARTITION, id, columns, 2, &found, NULL)) return false;
    if (!found || cut <= columns[0]) return true;
    if (!end_of_chunk(&broker->store, LOCAL_NTH_RECORD, start + columns[0], start + cut, &end, &any)) return false;
    *more = end < start + cut;
    return delete_run(broker, LOCAL_DELETE_RECORDS, start, end, end & OFFSET_MASK);
}

static bool sweep_tombstones(struct local_broker *broker, const struct local_topic *topic, int64_t id, bool *more)
{
    int64_t cut, end, start = id << OFFSET_BITS;
    bool any = false;
    *more = false;
    if (!topic->compacted) return true;
    if (!cut_of(&broker->store, id, topic->tombstones_ms, &cut)) return false;
    if (cut && !end_of_chunk(&broker->store, LOCAL_NTH_TOMBSTONE, start, start + cut, &end, &any)) return false;
    *more = any && end < start + cut;
    return !any || delete_run(broker, LOCAL_DELETE_TOMBSTONES, start, end, -1);
}

/* ---- the whole sweep; the lock is given back between pieces */

static bool is_late(int64_t deadline_ms)
{
    return clock_monotonic_ms() >= deadline_ms;
}

bool local_sweep_dropped(struct local_broker *broker, int budget_ms)
{
    int64_t deadline_ms = clock_monotonic_ms() + budget_ms;
    bool more = true;
    while (more && !is_late(deadline_ms)) {
        pthread_mutex_lock(&broker->lock);
        bool ok = sweep_dropped(broker, &more);
        pthread_mutex_unlock(&broker->lock);
        if (!ok) return true;
    }
    return more;
}

static bool sweep_partition(struct local_broker *broker, struct text name, int32_t number, int64_t deadline_ms)
{
    bool more = true, ok = true;
    for (int kind = 0; ok && kind < 3; kind += !more) {
        if (is_late(deadline_ms)) return false;
        struct local_topic *topic;
        pthread_mutex_lock(&broker->lock);
        ok = local_find_topic(broker, name, &topic, NULL);
        more = false;
        if (ok && topic && number < topic->n_partitions) {
            int64_t id = topic->partitions[number].id;
            ok = kind == 0   ? mark_end(broker, topic, id)
                 : kind == 1 ? sweep_old(broker, topic, id, &more)
                             : sweep_tombstones(broker, topic, id, &more);
        }
        pthread_mutex_unlock(&broker->lock);
    }
    return ok;
}

static bool list_names(struct local_broker *broker, struct arena *arena, struct name_list *names)
{
    int step;
    pthread_mutex_lock(&broker->lock);
    sqlite3_stmt *statement = store_get(&broker->store, LOCAL_TOPICS);
    while ((step = store_step(&broker->store, statement, NULL)) > 0)
        LIST_PUSH(arena, names, text_copy(arena, store_column(statement, 0)));
    pthread_mutex_unlock(&broker->lock);
    return step == 0;
}

/* False if time ran out or the log could not be used. */
static bool sweep_topics(struct local_broker *broker, int64_t deadline_ms)
{
    struct arena *arena = arena_new();
    struct name_list names = {0};
    bool ok = list_names(broker, arena, &names);
    for (uint32_t i = 0; ok && i < names.n; i++) {
        struct local_topic *topic;
        pthread_mutex_lock(&broker->lock);
        int32_t n = local_find_topic(broker, names.items[i], &topic, NULL) && topic && topic->mark_interval_ms >= 0
                        ? topic->n_partitions
                        : 0;
        pthread_mutex_unlock(&broker->lock);
        for (int32_t number = 0; ok && number < n; number++)
            ok = sweep_partition(broker, names.items[i], number, deadline_ms);
    }
    arena_free(arena);
    return ok;
}

/* True if no process has swept for a while; from now on this one has. */
static bool claim(struct local_broker *broker)
{
    int64_t state[3], now_ms = clock_wall_ms();
    bool found, claimed = false;
    pthread_mutex_lock(&broker->lock);
    if (local_begin(broker, WAIT_MS, NULL)) {
        claimed = store_read(&broker->store, LOCAL_STATE, 0, state, 3, &found, NULL) &&
                  (now_ms - state[2] >= SWEEP_MS || now_ms < state[2]) &&
                  STORE_RUN(&broker->store, LOCAL_SET_SWEPT, NULL, now_ms);
        if (claimed)
            claimed = local_end(broker, NULL);
        else
            local_rollback(broker);
    }
    pthread_mutex_unlock(&broker->lock);
    return claimed;
}

void local_sweep_if_due(struct local_broker *broker)
{
    int64_t now_ms = clock_monotonic_ms(), at_ms = atomic_load(&broker->sweep_at_ms);
    if (now_ms < at_ms) return;
    if (!atomic_compare_exchange_strong(&broker->sweep_at_ms, &at_ms, now_ms + SWEEP_MS))
        return; /* another thread does it */
    if (!broker->sweeping && !claim(broker)) return;
    bool more = local_sweep_dropped(broker, BUDGET_MS);
    more = more || !sweep_topics(broker, now_ms + BUDGET_MS);
    broker->sweeping = more;
    if (more) atomic_store(&broker->sweep_at_ms, clock_monotonic_ms() + MORE_MS);
}
