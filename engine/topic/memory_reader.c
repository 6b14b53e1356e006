/* memory_reader.c - reading topics in memory, in the order in which their records were sent. See memory.c.
 *
 * Each poll looks at all assignments, under the broker's lock: it is for tests, which have few. A fetch holds its
 * topic, so that its bytes stay when the topic is deleted.
 */
#include "engine/topic/memory.h"
#include "engine/topic/assignment.h"
#include <errno.h>
#include <stdlib.h>

struct memory_assignment {
    struct assignment base;
    struct topic *topic; /* used; NULL: there is none */
};

struct memory_reader {
    struct reader base;
    struct memory_broker *broker;
    struct assignments set;
    uint64_t topology; /* the broker's, when assignments were last settled */
    bool settled;
    bool woken; /* under the broker's lock */
};

struct memory_fetch {
    struct fetch base;
    struct memory_broker *broker;
    struct topic *topic;     /* used */
    struct headers *headers; /* of each record; behind this struct, as the records are */
};

static struct headers fetched_headers(const struct fetch *base, uint32_t i, struct arena *arena)
{
    (void)arena;
    return ((const struct memory_fetch *)base)->headers[i];
}

static void fetch_free(struct fetch *base)
{
    struct memory_fetch *fetch = (struct memory_fetch *)base;
    pthread_mutex_lock(&fetch->broker->lock);
    memory_leave_topic(fetch->topic);
    pthread_mutex_unlock(&fetch->broker->lock);
    free(fetch);
}

static const struct fetch_class memory_fetch_class = {.headers = fetched_headers, .release = fetch_free};

static void settle(struct memory_reader *reader, struct memory_assignment *assignment)
{
    struct topic *topic = map_get(&reader->broker->topics, assignment->base.topic);
    if (topic && assignment->base.partition >= topic->n_partitions) topic = NULL;
    if (topic) topic->users++;
    memory_leave_topic(assignment->topic);
    assignment->topic = topic;
    int64_t end = topic ? topic->partitions[assignment->base.partition].n : 0;
    assignment_settle(&reader->set, &assignment->base, topic ? topic->id : 0, 0, end);
    if (topic && assignment_is_at_end(&assignment->base)) assignment_say(&reader->set, &assignment->base, TROUBLE_END);
}

/* Brings all assignments up to what the topics hold now. Without a change of topics it costs a look at each. */
static void settle_all(struct memory_reader *reader)
{
    bool same = reader->settled && reader->topology == reader->broker->topology;
    for (uint32_t i = 0; i < reader->set.n; i++) {
        struct memory_assignment *assignment = (struct memory_assignment *)reader->set.items[i];
        if (!same)
            settle(reader, assignment);
        else if (assignment->topic)
            assignment->base.end = assignment->topic->partitions[assignment->base.partition].n;
    }
    reader->topology = reader->broker->topology;
    reader->settled = true;
}

static const struct stored *next_of(const struct memory_assignment *assignment)
{
    return &assignment->topic->partitions[assignment->base.partition].records[assignment->base.position];
}

/* The assignment whose next record was sent first, and in *until the order of the first record of the others. */
static struct memory_assignment *first_to_read(const struct memory_reader *reader, uint64_t *until)
{
    struct memory_assignment *first = NULL;
    uint64_t first_order = UINT64_MAX;
    *until = UINT64_MAX;
    for (uint32_t i = 0; i < reader->set.n; i++) {
        struct memory_assignment *assignment = (struct memory_assignment *)reader->set.items[i];
        if (!assignment->topic || !assignment_has_records(&assignment->base)) continue;
        uint64_t order = next_of(assignment)->order;
        if (order < first_order) {
            *until = first_order;
            first_order = order;
            first = assignment;
        } else if (order < *until) {
            *until = order;
        }
    }
    return first;
}

static struct fetch *take(struct memory_reader *reader, struct memory_assignment *assignment, uint64_t until)
{
    struct assignment *from = &assignment->base;
    size_t most = from->end - from->position < BATCH_MAX_ROWS ? (size_t)(from->end - from->position) : BATCH_MAX_ROWS;
    struct memory_fetch *fetch = heap_alloc(sizeof *fetch + most * (sizeof(struct record) + sizeof(struct headers)));
    struct record *records = (struct record *)(fetch + 1);
    fetch->headers = (struct headers *)(records + most);
    fetch->base = (struct fetch){&memory_fetch_class, assignment->topic->name, from->partition, 0, records, 0};
    fetch->broker = reader->broker;
    fetch->topic = assignment->topic;
    fetch->topic->users++;
    while (fetch->base.n < most && next_of(assignment)->order < until) {
        const struct stored *stored = next_of(assignment);
        records[fetch->base.n] = stored->record;
        fetch->headers[fetch->base.n++] = stored->headers;
        from->position++;
    }
    fetch->base.next_offset = from->position;
    from->said_end = false;
    if (assignment_is_at_end(from)) assignment_say(&reader->set, from, TROUBLE_END);
    return &fetch->base;
}

/* One try, under the lock: true if there is a fetch, a trouble or a wake to return with. */
static bool try_poll(struct memory_reader *reader, struct fetch **fetch, struct trouble *trouble)
{
    settle_all(reader);
    if (assignment_next_trouble(&reader->set, trouble)) return true;
    uint64_t until;
    struct memory_assignment *first = first_to_read(reader, &until);
    if (first) {
        *fetch = take(reader, first, until);
        return true;
    }
    bool woken = reader->woken;
    reader->woken = false;
    return woken;
}

static bool poll_reader(struct reader *base, int timeout_ms, struct fetch **fetch, struct trouble *trouble)
{
    struct memory_reader *reader = (struct memory_reader *)base;
    struct memory_broker *broker = reader->broker;
    struct timespec deadline = memory_deadline(timeout_ms);
    pthread_mutex_lock(&broker->lock);
    bool late = timeout_ms == 0;
    while (!try_poll(reader, fetch, trouble) && !late)
        late = pthread_cond_timedwait(&broker->changed, &broker->lock, &deadline) == ETIMEDOUT;
    pthread_mutex_unlock(&broker->lock);
    return *fetch != NULL;
}

static bool assign(struct reader *base, struct text topic, int32_t partition, int64_t offset, struct error *error)
{
    (void)error;
    struct memory_reader *reader = (struct memory_reader *)base;
    assignment_restart(&reader->set, assignment_put(&reader->set, topic, partition), offset);
    reader->settled = false;
    return true;
}

static void unassign(struct reader *base, struct text topic, int32_t partition)
{
    struct memory_reader *reader = (struct memory_reader *)base;
    struct assignment *assignment = assignment_find(&reader->set, topic, partition);
    if (!assignment) return;
    pthread_mutex_lock(&reader->broker->lock);
    memory_leave_topic(((struct memory_assignment *)assignment)->topic);
    pthread_mutex_unlock(&reader->broker->lock);
    assignment_remove(&reader->set, assignment);
}

static void set_paused(struct reader *base, struct text topic, int32_t partition, bool paused)
{
    struct memory_reader *reader = (struct memory_reader *)base;
    struct assignment *assignment = assignment_find(&reader->set, topic, partition);
    if (!assignment) return;
    assignment->paused = paused;
    reader->settled = false;
}

static void pause_one(struct reader *base, struct text topic, int32_t partition)
{
    set_paused(base, topic, partition, true);
}

static void resume_one(struct reader *base, struct text topic, int32_t partition)
{
    set_paused(base, topic, partition, false);
}

static void wake_reader(struct reader *base)
{
    struct memory_reader *reader = (struct memory_reader *)base;
    pthread_mutex_lock(&reader->broker->lock);
    reader->woken = true;
    pthread_cond_broadcast(&reader->broker->changed);
    pthread_mutex_unlock(&reader->broker->lock);
}

static void close_reader(struct reader *base)
{
    struct memory_reader *reader = (struct memory_reader *)base;
    pthread_mutex_lock(&reader->broker->lock);
    for (uint32_t i = 0; i < reader->set.n; i++)
        memory_leave_topic(((struct memory_assignment *)reader->set.items[i])->topic);
    pthread_mutex_unlock(&reader->broker->lock);
    assignments_free(&reader->set);
    free(reader);
}

static const struct reader_class memory_reader_class = {
    .close = close_reader,
    .assign = assign,
    .unassign = unassign,
    .pause = pause_one,
    .resume = resume_one,
    .poll = poll_reader,
    .wake = wake_reader,
};

bool memory_reader_open(struct broker *base, struct reader **reader, struct error *error)
{
    (void)error;
    struct memory_reader *opened = HEAP_MAKE(struct memory_reader);
    opened->base.class = &memory_reader_class;
    opened->broker = (struct memory_broker *)base;
    opened->set = assignments_make(sizeof(struct memory_assignment));
    *reader = &opened->base;
    return true;
}
