/* reader.c - reading the local log, over a connection of the reader's own, without any lock of ours.
 *
 *     poll:  has anyone written? ─→ ask for the partitions that changed ─→ those with records stand in line
 *            line: [orders 3] [orders 7] [clicks 0]      the first is read, up to a fetch, and goes to the back
 *            nothing to read ─→ wait for the bell
 *
 * Whether anyone has written is a look at the bell's counter, so 1,000 idle partitions cost nothing. A process that
 * dies between its commit and its ring, or someone with the sqlite3 shell, is found out by a look at log.commits every
 * LOOK_MS.
 *
 * A writer's thread is often the reader's. So while a writer of this process waits for its next poll to write what it
 * has, a reader waits PENDING_WAIT_MS at most, and returns with nothing.
 *
 * Records are copied out of SQLite's pages into the fetch's arena, one SQLite read transaction a fetch; none stays open
 * while the caller works, so that the WAL can be moved into the file.
 */
#include "engine/base/arena.h"
#include "engine/base/clock.h"
#include "engine/topic/assignment.h"
#include "engine/topic/local/local.h"
#include <stdlib.h>

enum { LOOK_MS = 500, PENDING_WAIT_MS = 1, FETCH_BYTES = 1 << 20, POOL = 4, RETRY_MS = 1000 };

struct local_assignment {
    struct assignment base; /* base.log is the partition's id */
    bool fresh;             /* assigned since the log was last looked into */
    bool in_line;
    struct local_assignment *behind;
};

struct local_fetch {
    struct fetch base;
    struct local_reader *reader;
    struct local_fetch *next; /* in the pool */
    struct arena *arena;
    struct text headers[BATCH_MAX_ROWS]; /* encoded, see writer.c */
    struct record records[BATCH_MAX_ROWS];
};

struct local_reader {
    struct reader base;
    struct local_broker *broker;
    struct store store;
    struct assignments set;
    struct local_assignment **by_id; /* those that have a partition, by its id */
    uint32_t n_by_id;
    bool any_fresh;
    struct local_assignment *first, *last; /* in line to be read */
    struct local_fetch *pool;
    uint32_t n_pool;
    int64_t commits, topology; /* the log's, when it was last looked into; -1: all is to be asked */
    uint32_t writes;           /* the bell's, at that time */
    int64_t look_at_ms;        /* monotonic: when to look into the log, bell or no bell */
    int64_t blocked_until_ms;  /* monotonic: the log could not be read; not to be tried before */
    _Atomic bool woken;
};

/* ---- the line of those with records */

static void line_up(struct local_reader *reader, struct local_assignment *assignment)
{
    if (assignment->in_line || !assignment_has_records(&assignment->base)) return;
    assignment->in_line = true;
    assignment->behind = NULL;
    if (reader->last)
        reader->last->behind = assignment;
    else
        reader->first = assignment;
    reader->last = assignment;
}

/* The first that can be read; who cannot be any more falls out. */
static struct local_assignment *take_first(struct local_reader *reader)
{
    while (reader->first) {
        struct local_assignment *assignment = reader->first;
        reader->first = assignment->behind;
        if (!reader->first) reader->last = NULL;
        assignment->in_line = false;
        if (assignment_has_records(&assignment->base)) return assignment;
    }
    return NULL;
}

static void leave_line(struct local_reader *reader, struct local_assignment *assignment)
{
    if (!assignment->in_line) return;
    struct local_assignment **link = &reader->first, *before = NULL;
    while (*link != assignment) before = *link, link = &before->behind;
    *link = assignment->behind;
    if (reader->last == assignment) reader->last = before;
    assignment->in_line = false;
}

/* ---- looking into the log */

static void settle(struct local_reader *reader, struct local_assignment *assignment, int64_t id, int64_t first,
                   int64_t end)
{
    assignment_settle(&reader->set, &assignment->base, (uint64_t)id, first, end);
    line_up(reader, assignment);
    if (assignment_is_at_end(&assignment->base)) assignment_say(&reader->set, &assignment->base, TROUBLE_END);
}

static int compare_ids(const void *a, const void *b)
{
    uint64_t x = (*(struct local_assignment *const *)a)->base.log, y = (*(struct local_assignment *const *)b)->base.log;
    return x < y ? -1 : x > y;
}

static void index_by_id(struct local_reader *reader)
{
    reader->by_id = heap_realloc(reader->by_id, reader->set.n * sizeof *reader->by_id);
    reader->n_by_id = 0;
    for (uint32_t i = 0; i < reader->set.n; i++)
        if (reader->set.items[i]->log)
            reader->by_id[reader->n_by_id++] = (struct local_assignment *)reader->set.items[i];
    if (reader->n_by_id) qsort(reader->by_id, reader->n_by_id, sizeof *reader->by_id, compare_ids);
}

/* The first partition id of a topic and their number; 0 where there is none. */
static bool find_topic(struct local_reader *reader, struct text name, int64_t *first_id, int64_t *n,
                       struct error *error)
{
    sqlite3_stmt *statement = store_get(&reader->store, LOCAL_TOPIC);
    store_bind_text(statement, 1, name);
    int step = store_step(&reader->store, statement, error);
    *first_id = step > 0 ? sqlite3_column_int64(statement, 1) : 0;
    *n = step > 0 ? sqlite3_column_int64(statement, 2) : 0;
    sqlite3_reset(statement);
    return step >= 0;
}

/* Asks for topics and offsets: of all assignments after a topic came or went, else of fresh ones. */
static bool settle_assigned(struct local_reader *reader, bool all, struct error *error)
{
    struct text name = NO_TEXT; /* the topic that was asked for last; assignments of one topic share its text */
    int64_t first_id = 0, n = 0;
    for (uint32_t i = 0; i < reader->set.n; i++) {
        struct local_assignment *assignment = (struct local_assignment *)reader->set.items[i];
        if (!all && !assignment->fresh) continue;
        if (assignment->base.topic.data != name.data) {
            name = assignment->base.topic;
            if (!find_topic(reader, name, &first_id, &n, error)) return false;
        }
        int64_t id = assignment->base.partition < n ? first_id + assignment->base.partition : 0, offsets[2] = {0, 0};
        bool found;
        if (id && !store_read(&reader->store, LOCAL_PARTITION, id, offsets, 2, &found, error)) return false;
        settle(reader, assignment, id, offsets[0], offsets[1]);
        assignment->fresh = false;
    }
    reader->any_fresh = false;
    index_by_id(reader);
    return true;
}

static bool settle_changed(struct local_reader *reader, struct error *error)
{
    sqlite3_stmt *statement = store_get(&reader->store, LOCAL_CHANGED);
    sqlite3_bind_int64(statement, 1, reader->commits);
    int step;
    while ((step = store_step(&reader->store, statement, error)) > 0) {
        struct local_assignment wanted = {.base.log = (uint64_t)sqlite3_column_int64(statement, 0)}, *key = &wanted;
        struct local_assignment **found = NULL;
        if (reader->n_by_id) found = bsearch(&key, reader->by_id, reader->n_by_id, sizeof *reader->by_id, compare_ids);
        if (found)
            settle(reader, *found, (int64_t)wanted.base.log, sqlite3_column_int64(statement, 1),
                   sqlite3_column_int64(statement, 2));
    }
    return step == 0;
}

/* One SQLite transaction, so that all answers are of the same moment. */
static bool look(struct local_reader *reader, struct error *error)
{
    int64_t state[2];
    bool found;
    reader->writes = bell_writes(&reader->broker->bell);
    reader->look_at_ms = clock_monotonic_ms() + LOOK_MS;
    if (!store_run(&reader->store, LOCAL_BEGIN, NULL, 0, error)) return false;
    bool ok = store_read(&reader->store, LOCAL_STATE, 0, state, 2, &found, error);
    bool all = reader->commits < 0 || (ok && state[1] != reader->topology);
    if (ok && (all || reader->any_fresh)) ok = settle_assigned(reader, all, error);
    if (ok && !all && state[0] != reader->commits) ok = settle_changed(reader, error);
    if (ok)
        reader->commits = state[0], reader->topology = state[1];
    else
        reader->commits = -1;
    if (store_run(&reader->store, LOCAL_COMMIT, NULL, 0, ok ? error : NULL)) return ok;
    store_rollback(&reader->store);
    return false;
}

static bool is_look_due(const struct local_reader *reader)
{
    return reader->any_fresh || reader->commits < 0 || reader->writes != bell_writes(&reader->broker->bell) ||
           clock_monotonic_ms() >= reader->look_at_ms;
}

/* ---- fetches */

static struct headers fetched_headers(const struct fetch *base, uint32_t i, struct arena *arena)
{
    struct text encoded = ((const struct local_fetch *)base)->headers[i];
    struct header_list {
        LIST_OF(struct header);
    } list = {0};
    while (encoded.len >= 2 * sizeof(uint32_t)) {
        struct header header = {0};
        uint32_t lens[2] = {0};
        memcpy(&lens[0], encoded.data, sizeof lens[0]);
        if (lens[0] > encoded.len - sizeof lens) break;
        header.key = (struct text){encoded.data + sizeof lens[0], lens[0]};
        memcpy(&lens[1], header.key.data + lens[0], sizeof lens[1]);
        const char *value = header.key.data + lens[0] + sizeof lens[1];
        size_t left = (size_t)(encoded.data + encoded.len - value), len = lens[1] ? lens[1] - 1 : 0;
        if (len > left) break;
        if (lens[1]) header.value = (struct text){value, len};
        LIST_PUSH(arena, &list, header);
        encoded = (struct text){value + len, left - len};
    }
    return (struct headers){list.items, list.n};
}

static void free_fetch(struct local_fetch *fetch)
{
    arena_free(fetch->arena);
    free(fetch);
}

static void release(struct fetch *base)
{
    struct local_fetch *fetch = (struct local_fetch *)base;
    struct local_reader *reader = fetch->reader;
    if (reader->n_pool == POOL) {
        free_fetch(fetch);
        return;
    }
    arena_reset(fetch->arena);
    fetch->next = reader->pool;
    reader->pool = fetch;
    reader->n_pool++;
}

static const struct fetch_class local_fetch_class = {.headers = fetched_headers, .release = release};

static struct local_fetch *take_fetch(struct local_reader *reader)
{
    struct local_fetch *fetch = reader->pool;
    if (fetch) {
        reader->pool = fetch->next;
        reader->n_pool--;
        return fetch;
    }
    fetch = heap_alloc(sizeof *fetch);
    fetch->arena = arena_new();
    fetch->reader = reader;
    return fetch;
}

static void free_pool(struct local_reader *reader)
{
    while (reader->pool) free_fetch(take_fetch(reader));
}

static struct text copy_column(struct arena *arena, sqlite3_stmt *statement, int at, size_t *bytes)
{
    struct text column = store_column(statement, at);
    if (!column.len) return column.data ? TEXT("") : NO_TEXT;
    *bytes += column.len;
    return (struct text){arena_copy(arena, column.data, column.len), column.len};
}

/* Fills the fetch from the assignment's position on. False with the error filled, or with no rows where all have gone.
 */
static bool fill(struct local_reader *reader, struct assignment *from, struct local_fetch *fetch, struct error *error)
{
    int64_t start = (int64_t)(from->log << OFFSET_BITS);
    sqlite3_stmt *statement = store_get(&reader->store, LOCAL_RECORDS);
    sqlite3_bind_int64(statement, 1, start + from->position);
    sqlite3_bind_int64(statement, 2, start + from->end);
    sqlite3_bind_int(statement, 3, BATCH_MAX_ROWS);
    fetch->base = (struct fetch){&local_fetch_class, from->topic, from->partition, 0, fetch->records, 0};
    size_t bytes = 0;
    int step = 0;
    while (bytes < FETCH_BYTES && fetch->base.n < BATCH_MAX_ROWS &&
           (step = store_step(&reader->store, statement, error)) > 0) {
        struct record *record = &fetch->records[fetch->base.n];
        record->offset = sqlite3_column_int64(statement, 0) & OFFSET_MASK;
        record->timestamp_ms = sqlite3_column_int64(statement, 1);
        record->key = copy_column(fetch->arena, statement, 2, &bytes);
        record->value = copy_column(fetch->arena, statement, 3, &bytes);
        fetch->headers[fetch->base.n++] = copy_column(fetch->arena, statement, 4, &bytes);
    }
    sqlite3_reset(statement);
    if (step < 0) return false;
    from->position = step > 0 ? fetch->records[fetch->base.n - 1].offset + 1 : from->end;
    fetch->base.next_offset = from->position;
    return fetch->base.n > 0;
}

/* A fetch from the next in line; NULL if there is none, or the log cannot be read. */
static struct fetch *read_next(struct local_reader *reader, struct error *error)
{
    struct local_assignment *assignment;
    while ((assignment = take_first(reader))) {
        struct local_fetch *fetch = take_fetch(reader);
        bool filled = fill(reader, &assignment->base, fetch, error);
        assignment->base.said_end &= !filled;
        line_up(reader, assignment);
        if (assignment_is_at_end(&assignment->base)) assignment_say(&reader->set, &assignment->base, TROUBLE_END);
        if (filled) return &fetch->base;
        release(&fetch->base);
        if (error->code) return NULL;
    }
    return NULL;
}

/* ---- the reader */

/* The log cannot be read: that is said, and tried again in a while. */
static void tell_trouble(struct local_reader *reader, struct trouble *trouble, const struct error *error)
{
    reader->commits = -1;
    reader->blocked_until_ms = clock_monotonic_ms() + RETRY_MS;
    *trouble = (struct trouble){.kind = TROUBLE_BROKER, .error = *error};
}

/* One try: true if there is a fetch, a trouble or a wake to return with. */
static bool try_poll(struct local_reader *reader, struct fetch **fetch, struct trouble *trouble)
{
    struct error error = {0};
    if (clock_monotonic_ms() < reader->blocked_until_ms) return atomic_exchange(&reader->woken, false);
    if (is_look_due(reader) && !look(reader, &error)) {
        tell_trouble(reader, trouble, &error);
        return true;
    }
    if (assignment_next_trouble(&reader->set, trouble)) return true;
    *fetch = read_next(reader, &error);
    if (*fetch || assignment_next_trouble(&reader->set, trouble)) return true;
    if (error.code) tell_trouble(reader, trouble, &error);
    return error.code || atomic_exchange(&reader->woken, false);
}

static bool poll_reader(struct reader *base, int timeout_ms, struct fetch **fetch, struct trouble *trouble)
{
    struct local_reader *reader = (struct local_reader *)base;
    int64_t now_ms = clock_monotonic_ms(), deadline_ms = now_ms + timeout_ms;
    for (;;) {
        uint32_t rings = bell_rings(&reader->broker->bell);
        if (try_poll(reader, fetch, trouble)) return *fetch != NULL;
        now_ms = clock_monotonic_ms();
        bool pending = atomic_load(&reader->broker->n_pending) > 0;
        if (pending && deadline_ms > now_ms + PENDING_WAIT_MS) deadline_ms = now_ms + PENDING_WAIT_MS;
        if (now_ms >= deadline_ms) return false;
        int64_t until_ms = reader->blocked_until_ms > now_ms ? reader->blocked_until_ms : reader->look_at_ms;
        if (until_ms > deadline_ms) until_ms = deadline_ms;
        free_pool(reader);
        if (until_ms > now_ms) bell_wait(&reader->broker->bell, rings, (int)(until_ms - now_ms));
    }
}

static bool assign(struct reader *base, struct text topic, int32_t partition, int64_t offset, struct error *error)
{
    (void)error;
    struct local_reader *reader = (struct local_reader *)base;
    struct assignment *assignment = assignment_put(&reader->set, topic, partition);
    assignment_restart(&reader->set, assignment, offset);
    ((struct local_assignment *)assignment)->fresh = reader->any_fresh = true;
    return true;
}

static void unassign(struct reader *base, struct text topic, int32_t partition)
{
    struct local_reader *reader = (struct local_reader *)base;
    struct assignment *assignment = assignment_find(&reader->set, topic, partition);
    if (!assignment) return;
    leave_line(reader, (struct local_assignment *)assignment);
    for (uint32_t i = 0; i < reader->n_by_id; i++) {
        if (reader->by_id[i] != (struct local_assignment *)assignment) continue;
        memmove(&reader->by_id[i], &reader->by_id[i + 1], (--reader->n_by_id - i) * sizeof *reader->by_id);
        break;
    }
    assignment_remove(&reader->set, assignment);
}

static void pause_one(struct reader *base, struct text topic, int32_t partition)
{
    struct assignment *assignment = assignment_find(&((struct local_reader *)base)->set, topic, partition);
    if (assignment) assignment->paused = true;
}

static void resume_one(struct reader *base, struct text topic, int32_t partition)
{
    struct local_reader *reader = (struct local_reader *)base;
    struct assignment *assignment = assignment_find(&reader->set, topic, partition);
    if (!assignment) return;
    assignment->paused = false;
    line_up(reader, (struct local_assignment *)assignment);
    if (assignment_is_at_end(assignment)) assignment_say(&reader->set, assignment, TROUBLE_END);
}

static void wake_reader(struct reader *base)
{
    struct local_reader *reader = (struct local_reader *)base;
    atomic_store(&reader->woken, true);
    bell_ring(&reader->broker->bell, false);
}

static void close_reader(struct reader *base)
{
    struct local_reader *reader = (struct local_reader *)base;
    free_pool(reader);
    store_close(&reader->store);
    assignments_free(&reader->set);
    free(reader->by_id);
    free(reader);
}

static const struct reader_class local_reader_class = {
    .close = close_reader,
    .assign = assign,
    .unassign = unassign,
    .pause = pause_one,
    .resume = resume_one,
    .poll = poll_reader,
    .wake = wake_reader,
};

bool local_reader_open(struct broker *base, struct reader **reader, struct error *error)
{
    struct local_reader *opened = HEAP_MAKE(struct local_reader);
    opened->base.class = &local_reader_class;
    opened->broker = (struct local_broker *)base;
    opened->commits = -1;
    if (!store_open(&opened->store, opened->broker->path, error)) {
        free(opened);
        return false;
    }
    opened->set = assignments_make(sizeof(struct local_assignment));
    *reader = &opened->base;
    return true;
}
