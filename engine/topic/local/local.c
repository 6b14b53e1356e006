/* local.c - topics in a folder of this machine: a Kafka for those who have none, in a SQLite file that anyone can read.
 *
 *     FOLDER/topics.db            the log; store.h has its tables.  sqlite3 topics.db 'SELECT * FROM messages'
 *     FOLDER/topics.bell          how processes hear of each other's writes; bell.h
 *     FOLDER/members-GROUP.lock   held by the process that has the group's slots; membership.c
 *
 * Several processes may use one folder. Any of them may be killed at any moment: what was flushed is there, what was
 * not is not, and no one waits for the dead. This process's writers and statements share one connection under the
 * broker's lock; each reader has its own and takes no lock.
 *
 *     local_begin ─→ BEGIN IMMEDIATE, what did others do? ─→ changes ─→ local_end: log.commits + 1, COMMIT, ring
 *
 * `log.commits` numbers the transactions; partitions remember the number that last changed them, so a reader asks for
 * those after the number that it has seen. `log.topology` is the number when a topic last came or went.
 */
#include "engine/topic/local/local.h"
#include "engine/base/arena.h"
#include "engine/base/clock.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ADMIN_TIMEOUT_MS = 30000, DELETE_BUDGET_MS = 500, FIRST_SWEEP_MS = 1000 };

/* ---- transactions and the cache of topics */

static void forget_topics(struct local_broker *broker)
{
    void *topic;
    for (uint32_t i = 0; map_at(&broker->topics, i, NULL, &topic); i++) {
        free((char *)((struct local_topic *)topic)->name.data);
        free(topic);
    }
    map_clear(&broker->topics);
}

bool local_begin(struct local_broker *broker, int timeout_ms, struct error *error)
{
    int64_t state[2];
    bool found;
    if (!store_begin(&broker->store, timeout_ms, error)) return false;
    if (!store_read(&broker->store, LOCAL_STATE, 0, state, 2, &found, error)) {
        local_rollback(broker);
        return false;
    }
    if (state[0] != broker->commits) broker->epoch++;
    if (state[1] != broker->topology) forget_topics(broker);
    broker->commits = state[0];
    broker->topology = state[1];
    return true;
}

bool local_end(struct local_broker *broker, struct error *error)
{
    broker->commits++;
    bool ok =
        STORE_RUN(&broker->store, LOCAL_SET_COMMITS, error, broker->commits) && store_commit(&broker->store, error);
    if (ok)
        bell_ring(&broker->bell, true);
    else
        local_rollback(broker);
    return ok;
}

/* What was remembered of the transaction is wrong now: the numbers are those of no commit, so the next begin reads all
 * again. */
void local_rollback(struct local_broker *broker)
{
    store_rollback(&broker->store);
    broker->commits = broker->topology = -1;
}

static bool read_configs(struct local_broker *broker, int64_t id, struct local_topic *topic, struct error *error)
{
    struct topic_config configs[64];
    struct arena *arena = arena_new();
    uint32_t n = 0;
    int step;
    sqlite3_stmt *statement = store_get(&broker->store, LOCAL_CONFIGS);
    sqlite3_bind_int64(statement, 1, id);
    while ((step = store_step(&broker->store, statement, error)) > 0 && n < 64) {
        configs[n].name = text_copy(arena, store_column(statement, 0));
        configs[n++].value = text_copy(arena, store_column(statement, 1));
    }
    sqlite3_reset(statement);
    topic->compacted = topic_is_compacted(configs, n);
    const int64_t day_ms = 86400000;
    topic->retention_ms = topic_deletes(configs, n) ? topic_config_int(configs, n, "retention.ms", 7 * day_ms) : -1;
    topic->tombstones_ms = topic_config_int(configs, n, "delete.retention.ms", day_ms);
    int64_t most = topic_config_int(configs, n, "max.message.bytes", MAX_MESSAGE_BYTES);
    topic->max_message_bytes = most < 0 || most > LOCAL_MAX_RECORD ? LOCAL_MAX_RECORD : (size_t)most;
    local_plan_marks(topic);
    arena_free(arena);
    return step >= 0;
}

/* id, first partition id, number of partitions; *found false where there is none. Under the lock. */
static bool look_up(struct local_broker *broker, struct text name, int64_t topic[3], bool *found, struct error *error)
{
    sqlite3_stmt *statement = store_get(&broker->store, LOCAL_TOPIC);
    store_bind_text(statement, 1, name);
    int step = store_step(&broker->store, statement, error);
    *found = step > 0;
    for (int i = 0; *found && i < 3; i++) topic[i] = sqlite3_column_int64(statement, i);
    sqlite3_reset(statement);
    return step >= 0;
}

bool local_find_topic(struct local_broker *broker, struct text name, struct local_topic **topic, struct error *error)
{
    *topic = map_get(&broker->topics, name);
    if (*topic) return true;
    int64_t row[3];
    bool found;
    if (!look_up(broker, name, row, &found, error)) return false;
    if (!found) return true;
    struct local_topic *made = heap_zalloc(sizeof *made + (size_t)row[2] * sizeof *made->partitions);
    made->name = (struct text){heap_strndup(name.data, name.len), name.len};
    made->n_partitions = (int32_t)row[2];
    for (int32_t i = 0; i < made->n_partitions; i++) made->partitions[i].id = row[1] + i;
    map_put(&broker->topics, made->name, made);
    *topic = made;
    return read_configs(broker, row[0], made, error);
}

/* ---- topics */

static bool add_configs(struct local_broker *broker, int64_t topic, const struct topic_spec *spec, struct error *error)
{
    for (uint32_t i = 0; i < spec->n_configs; i++) {
        sqlite3_stmt *statement = store_get(&broker->store, LOCAL_ADD_CONFIG);
        sqlite3_bind_int64(statement, 1, topic);
        store_bind_text(statement, 2, spec->configs[i].name);
        store_bind_text(statement, 3, spec->configs[i].value);
        if (store_step(&broker->store, statement, error) < 0) return false;
    }
    return true;
}

static bool add_topic(struct local_broker *broker, const struct topic_spec *spec, struct error *error)
{
    int64_t state[4];
    bool found;
    if (!store_read(&broker->store, LOCAL_STATE, 0, state, 4, &found, error)) return false;
    int64_t first = state[3];
    sqlite3_stmt *statement = store_get(&broker->store, LOCAL_ADD_TOPIC);
    store_bind_text(statement, 1, spec->name);
    sqlite3_bind_int64(statement, 2, first);
    sqlite3_bind_int(statement, 3, spec->n_partitions);
    if (store_step(&broker->store, statement, error) < 0) return false;
    if (!add_configs(broker, sqlite3_last_insert_rowid(broker->store.db), spec, error)) return false;
    for (int32_t i = 0; i < spec->n_partitions; i++)
        if (!STORE_RUN(&broker->store, LOCAL_ADD_PARTITION, error, first + i, broker->commits + 1)) return false;
    return STORE_RUN(&broker->store, LOCAL_SET_TOPOLOGY, error, broker->commits + 1, first + spec->n_partitions);
}

static bool add_topics(struct local_broker *broker, const struct topic_spec *specs, uint32_t n, bool exists_ok,
                       struct error *error)
{
    for (uint32_t i = 0; i < n; i++) {
        struct local_topic *there;
        if (!local_find_topic(broker, specs[i].name, &there, error)) return false;
        if (there && !exists_ok) return error_topic_exists(error, specs[i].name);
        if (!there && !add_topic(broker, &specs[i], error)) return false;
    }
    return true;
}

static bool create_topics(struct broker *base, const struct topic_spec *specs, uint32_t n, bool exists_ok,
                          struct error *error)
{
    struct local_broker *broker = (struct local_broker *)base;
    pthread_mutex_lock(&broker->lock);
    bool ok = local_begin(broker, ADMIN_TIMEOUT_MS, error);
    if (ok && !add_topics(broker, specs, n, exists_ok, error)) {
        local_rollback(broker);
        ok = false;
    }
    ok = ok && local_end(broker, error);
    broker->topology = -1;
    pthread_mutex_unlock(&broker->lock);
    return ok;
}

/* The topic's row and partitions go at once, its records little by little: see local_sweep_dropped. */
static bool remove_topic(struct local_broker *broker, const int64_t topic[3], struct error *error)
{
    struct store *store = &broker->store;
    int64_t state[4], id = topic[0], first = topic[1], last = topic[1] + topic[2] - 1;
    bool found;
    return store_read(store, LOCAL_STATE, 0, state, 4, &found, error) &&
           STORE_RUN(store, LOCAL_DELETE_CONFIGS, error, id) && STORE_RUN(store, LOCAL_DELETE_TOPIC, error, id) &&
           STORE_RUN(store, LOCAL_DROP_PARTITIONS, error, first, last) &&
           STORE_RUN(store, LOCAL_DELETE_PARTITIONS, error, first, last) &&
           STORE_RUN(store, LOCAL_SET_TOPOLOGY, error, broker->commits + 1, state[3]);
}

static bool delete_topic(struct broker *base, struct text name, struct error *error)
{
    struct local_broker *broker = (struct local_broker *)base;
    pthread_mutex_lock(&broker->lock);
    int64_t topic[3];
    bool ok = local_begin(broker, ADMIN_TIMEOUT_MS, error), found = false;
    if (ok) {
        ok = look_up(broker, name, topic, &found, error) && (!found || remove_topic(broker, topic, error));
        if (!ok || !found)
            local_rollback(broker);
        else
            ok = local_end(broker, error);
    }
    broker->topology = -1;
    pthread_mutex_unlock(&broker->lock);
    if (ok && found) (void)local_sweep_dropped(broker, DELETE_BUDGET_MS);
    return ok;
}

static bool describe_topic(struct broker *base, struct arena *arena, struct text name, struct topic_info *info,
                           struct error *error)
{
    (void)arena;
    struct local_broker *broker = (struct local_broker *)base;
    int64_t topic[3];
    bool found;
    pthread_mutex_lock(&broker->lock);
    bool ok = look_up(broker, name, topic, &found, error);
    pthread_mutex_unlock(&broker->lock);
    if (ok && found) info->n_partitions = (int32_t)topic[2], info->replicas = 1;
    return ok;
}

static bool topic_config(struct broker *base, struct arena *arena, struct text name, struct text config,
                         struct text *value, struct error *error)
{
    struct local_broker *broker = (struct local_broker *)base;
    int64_t topic[3];
    bool found;
    pthread_mutex_lock(&broker->lock);
    bool ok = look_up(broker, name, topic, &found, error) && (found || error_no_topic(error, name));
    if (ok) {
        sqlite3_stmt *statement = store_get(&broker->store, LOCAL_CONFIG);
        sqlite3_bind_int64(statement, 1, topic[0]);
        store_bind_text(statement, 2, config);
        int step = store_step(&broker->store, statement, error);
        if (step > 0) *value = text_copy(arena, store_column(statement, 0));
        sqlite3_reset(statement);
        ok = step >= 0;
    }
    pthread_mutex_unlock(&broker->lock);
    return ok;
}

static bool list_topics(struct broker *base, struct arena *arena, struct topic_list *list, struct error *error)
{
    struct local_broker *broker = (struct local_broker *)base;
    int step;
    pthread_mutex_lock(&broker->lock);
    sqlite3_stmt *statement = store_get(&broker->store, LOCAL_TOPICS);
    while ((step = store_step(&broker->store, statement, error)) > 0) {
        struct topic_info info = {text_copy(arena, store_column(statement, 0)), sqlite3_column_int(statement, 1), 1,
                                  false};
        LIST_PUSH(arena, list, info);
    }
    pthread_mutex_unlock(&broker->lock);
    return step == 0;
}

/* The partition's id, first offset and end. */
static bool find_partition(struct local_broker *broker, struct text name, int32_t number, int64_t columns[3],
                           struct error *error)
{
    int64_t topic[3];
    bool found;
    pthread_mutex_lock(&broker->lock);
    bool ok = look_up(broker, name, topic, &found, error) && (found || error_no_topic(error, name)) &&
              (number < topic[2] || error_no_partition(error, name, number));
    if (ok) {
        columns[0] = topic[1] + number;
        ok = store_read(&broker->store, LOCAL_PARTITION, columns[0], columns + 1, 2, &found, error);
    }
    pthread_mutex_unlock(&broker->lock);
    return ok;
}

static bool offsets(struct broker *base, struct offset_range *ranges, uint32_t n, struct error *error)
{
    int64_t partition[3];
    for (uint32_t i = 0; i < n; i++) {
        struct offset_range *range = &ranges[i];
        if (!find_partition((struct local_broker *)base, range->topic, range->partition, partition, error))
            return false;
        range->first = partition[1];
        range->end = partition[2];
    }
    return true;
}

/* There is no index by time; the partition is looked through, on a connection of its own, so that no writer waits for
 * it. */
static bool offset_at(struct broker *base, struct text topic, int32_t number, int64_t timestamp_ms, int64_t *offset,
                      struct error *error)
{
    struct local_broker *broker = (struct local_broker *)base;
    int64_t partition[3];
    if (!find_partition(broker, topic, number, partition, error)) return false;
    struct store store;
    if (!store_open(&store, broker->path, error)) return false;
    sqlite3_stmt *statement = store_get(&store, LOCAL_RECORD_AT);
    sqlite3_bind_int64(statement, 1, partition[0] << OFFSET_BITS);
    sqlite3_bind_int64(statement, 2, (partition[0] << OFFSET_BITS) + partition[2]);
    sqlite3_bind_int64(statement, 3, timestamp_ms);
    int step = store_step(&store, statement, error);
    *offset = step > 0 ? sqlite3_column_int64(statement, 0) & OFFSET_MASK : partition[2];
    store_close(&store);
    return step >= 0;
}

/* ---- the broker */

static struct text place_name(const struct broker *base, struct arena *arena)
{
    return text_printf(arena, "local log in %s", ((const struct local_broker *)base)->folder);
}

static void close_broker(struct broker *base)
{
    struct local_broker *broker = (struct local_broker *)base;
    forget_topics(broker);
    map_free(&broker->topics);
    store_close(&broker->store);
    if (broker->wal >= 0) close(broker->wal);
    bell_close(&broker->bell);
    pthread_mutex_destroy(&broker->lock);
    free(broker->folder);
    free(broker->path);
    free(broker);
}

static const struct broker_class local_class = {
    .kind = "local",
    .close = close_broker,
    .place = place_name,
    .create_topics = create_topics,
    .delete_topic = delete_topic,
    .describe_topic = describe_topic,
    .topic_config = topic_config,
    .list_topics = list_topics,
    .offsets = offsets,
    .offset_at = offset_at,
    .reader_open = local_reader_open,
    .writer_open = local_writer_open,
    .membership_open = local_membership_open,
    .count_members = local_count_members,
};

static bool make_folder(const char *folder, struct error *error)
{
    struct stat info;
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        return error_set(error, ERROR_INPUT, NO_SPAN, "cannot make the data folder %s: %s", folder, strerror(errno));
    if (stat(folder, &info) < 0)
        return error_set(error, ERROR_INPUT, NO_SPAN, "cannot use the data folder %s: %s", folder, strerror(errno));
    if (!S_ISDIR(info.st_mode)) return error_set(error, ERROR_INPUT, NO_SPAN, "%s is not a folder", folder);
    if (access(folder, R_OK | W_OK | X_OK) == 0) return true;
    return error_set(error, ERROR_INPUT, NO_SPAN, "the data folder %s: %s", folder, strerror(errno));
}

static char *path_in(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = heap_alloc(size);
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

bool local_open(struct text data, struct broker **broker, struct error *error)
{
    struct local_broker *opened = HEAP_MAKE(struct local_broker);
    opened->base.class = &local_class;
    opened->folder = heap_strndup(data.data ? data.data : ".", data.data ? data.len : 1);
    opened->path = path_in(opened->folder, "topics.db");
    opened->wal = -1;
    opened->commits = opened->topology = -1;
    opened->sweep_at_ms = clock_monotonic_ms() + FIRST_SWEEP_MS;
    char *bell = path_in(opened->folder, "topics.bell");
    bool belled = make_folder(opened->folder, error) && bell_open(&opened->bell, bell, error), ok = belled;
    free(bell);
    if (ok) {
        bell_lock(&opened->bell);
        ok = store_open(&opened->store, opened->path, error);
        bell_unlock(&opened->bell);
    }
    if (ok) {
        pthread_mutex_init(&opened->lock, NULL);
        *broker = &opened->base;
        return true;
    }
    if (belled) bell_close(&opened->bell);
    free(opened->folder);
    free(opened->path);
    free(opened);
    return false;
}
