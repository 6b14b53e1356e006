/* memory.c - topics in memory, for tests and for scripts that need no log: nothing is kept, nothing is waited for.
 *
 *     topic "orders"   partition 0: [order 1] [order 4]          order: the place of a record among all that were ever sent
 *                      partition 1: [order 2] [order 3]
 *
 * A reader hands out records by their order, whatever their partitions: fetches of [1], [2, 3], [4] here. So a test that pipes
 * records in gets them out in the same order, every time. A record can be read when it was sent; those of a transaction when it
 * is committed.
 *
 * Rules: one mutex a broker guards all that its topics hold; one condition says that something changed. Bytes of records live in
 * their topic's arena, and the topic lives while an assignment or a fetch points to it, also after it was deleted.
 * Deliberately not here: retention and compaction. Records stay until the topic is deleted.
 */
#include "engine/base/clock.h"
#include "engine/base/hash.h"
#include "engine/topic/assignment.h"
#include "engine/topic/maker.h"
#include "engine/topic/outbox.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
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
};

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
    struct topic *topic; /* used */
    struct headers *headers; /* of each record; behind this struct, as the records are */
};

struct memory_writer {
    struct writer base;
    struct memory_broker *broker;
    struct outbox outbox; /* of the transaction that is open */
};

struct memory_membership {
    struct membership base;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool woken;
    bool given;
};

static void init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

/* For the conditions, which count the monotonic clock. */
static struct timespec deadline_in(int timeout_ms)
{
    int64_t at = clock_monotonic_ns() + (int64_t)timeout_ms * 1000000;
    return (struct timespec){at / 1000000000, at % 1000000000};
}

/* ---- topics; all of it under the lock */

static void topic_leave(struct topic *topic)
{
    if (!topic || --topic->users) return;
    for (int32_t i = 0; i < topic->n_partitions; i++) free(topic->partitions[i].records);
    arena_free(topic->arena);
    free(topic);
}

static struct topic *topic_make(struct memory_broker *broker, const struct topic_spec *spec)
{
    struct topic *topic = HEAP_MAKE(struct topic);
    topic->arena = arena_new();
    topic->name = text_copy(topic->arena, spec->name);
    topic->id = ++broker->next_id;
    topic->users = 1;
    topic->n_partitions = spec->n_partitions;
    topic->partitions = ARENA_ARRAY(topic->arena, struct partition, spec->n_partitions);
    topic->n_configs = spec->n_configs;
    topic->configs = ARENA_ARRAY(topic->arena, struct topic_config, spec->n_configs);
    for (uint32_t i = 0; i < spec->n_configs; i++) {
        topic->configs[i].name = text_copy(topic->arena, spec->configs[i].name);
        topic->configs[i].value = text_copy(topic->arena, spec->configs[i].value);
    }
    topic->compacted = topic_is_compacted(topic->configs, topic->n_configs);
    topic->max_message_bytes =
        (size_t)topic_config_int(topic->configs, topic->n_configs, "max.message.bytes", MAX_MESSAGE_BYTES);
    return topic;
}

static void tell_all(struct memory_broker *broker)
{
    pthread_cond_broadcast(&broker->changed);
}

static bool create_topics(struct broker *base, const struct topic_spec *specs, uint32_t n, bool exists_ok, struct error *error)
{
    struct memory_broker *broker = (struct memory_broker *)base;
    bool ok = true;
    pthread_mutex_lock(&broker->lock);
    for (uint32_t i = 0; ok && !exists_ok && i < n; i++)
        if (map_get(&broker->topics, specs[i].name)) ok = error_topic_exists(error, specs[i].name);
    for (uint32_t i = 0; ok && i < n; i++) {
        if (map_get(&broker->topics, specs[i].name)) continue;
        struct topic *topic = topic_make(broker, &specs[i]);
        map_put(&broker->topics, topic->name, topic);
        broker->topology++;
    }
    tell_all(broker);
    pthread_mutex_unlock(&broker->lock);
    return ok;
}

static bool delete_topic(struct broker *base, struct text name, struct error *error)
{
    (void)error;
    struct memory_broker *broker = (struct memory_broker *)base;
    pthread_mutex_lock(&broker->lock);
    struct topic *topic = map_remove(&broker->topics, name);
    if (topic) {
        broker->topology++;
        topic_leave(topic);
        tell_all(broker);
    }
    pthread_mutex_unlock(&broker->lock);
    return true;
}

static struct topic_info info_of(const struct topic *topic, struct arena *arena)
{
    return (struct topic_info){text_copy(arena, topic->name), topic->n_partitions, 1, false};
}

static bool describe_topic(struct broker *base, struct arena *arena, struct text name, struct topic_info *info,
                           struct error *error)
{
    (void)error;
    struct memory_broker *broker = (struct memory_broker *)base;
    pthread_mutex_lock(&broker->lock);
    const struct topic *topic = map_get(&broker->topics, name);
    if (topic) *info = info_of(topic, arena);
    pthread_mutex_unlock(&broker->lock);
    return true;
}

static bool topic_config(struct broker *base, struct arena *arena, struct text name, struct text config, struct text *value,
                         struct error *error)
{
    struct memory_broker *broker = (struct memory_broker *)base;
    pthread_mutex_lock(&broker->lock);
    const struct topic *topic = map_get(&broker->topics, name);
    for (uint32_t i = 0; topic && i < topic->n_configs; i++)
        if (text_equal(topic->configs[i].name, config)) *value = text_copy(arena, topic->configs[i].value);
    pthread_mutex_unlock(&broker->lock);
    return topic ? true : error_no_topic(error, name);
}

static bool list_topics(struct broker *base, struct arena *arena, struct topic_list *list, struct error *error)
{
    (void)error;
    struct memory_broker *broker = (struct memory_broker *)base;
    pthread_mutex_lock(&broker->lock);
    void *topic;
    for (uint32_t i = 0; map_at(&broker->topics, i, NULL, &topic); i++) LIST_PUSH(arena, list, info_of(topic, arena));
    pthread_mutex_unlock(&broker->lock);
    return true;
}

static const struct partition *find_partition(const struct memory_broker *broker, struct text name, int32_t number,
                                              struct error *error)
{
    const struct topic *topic = map_get(&broker->topics, name);
    if (!topic) error_no_topic(error, name);
    else if (number >= topic->n_partitions) error_no_partition(error, name, number);
    else return &topic->partitions[number];
    return NULL;
}

static bool offsets(struct broker *base, struct text topic, int32_t number, int64_t *first, int64_t *end, struct error *error)
{
    struct memory_broker *broker = (struct memory_broker *)base;
    pthread_mutex_lock(&broker->lock);
    const struct partition *partition = find_partition(broker, topic, number, error);
    *first = 0;
    if (partition) *end = partition->n;
    pthread_mutex_unlock(&broker->lock);
    return partition != NULL;
}

static bool offset_at(struct broker *base, struct text topic, int32_t number, int64_t timestamp_ms, int64_t *offset,
                      struct error *error)
{
    struct memory_broker *broker = (struct memory_broker *)base;
    pthread_mutex_lock(&broker->lock);
    const struct partition *partition = find_partition(broker, topic, number, error);
    if (partition)
        for (*offset = 0; *offset < partition->n; ++*offset)
            if (partition->records[*offset].record.timestamp_ms >= timestamp_ms) break;
    pthread_mutex_unlock(&broker->lock);
    return partition != NULL;
}

/* ---- writing */

static int32_t place(struct topic *topic, const struct send *send)
{
    if (send->partition >= 0) return send->partition;
    if (send->key.data) return hash_partition(send->key.data, send->key.len, topic->n_partitions);
    return (int32_t)(topic->next_keyless++ % (uint32_t)topic->n_partitions);
}

static void append(struct memory_broker *broker, struct topic *topic, int32_t number, const struct send *send)
{
    struct partition *partition = &topic->partitions[number];
    if (partition->n == partition->capacity) {
        partition->capacity = partition->capacity ? partition->capacity * 2 : 16;
        partition->records = heap_realloc(partition->records, (size_t)partition->capacity * sizeof *partition->records);
    }
    struct send kept = send_copy(topic->arena, send);
    struct stored *stored = &partition->records[partition->n];
    stored->record = (struct record){kept.key, kept.value, kept.timestamp_ms, partition->n++};
    stored->headers = kept.headers;
    stored->order = ++broker->next_order;
}

/* The topic that takes this record; NULL with the error filled if there is none. Under the lock. */
static struct topic *topic_for(const struct memory_broker *broker, const struct send *send, struct error *error)
{
    struct topic *topic = map_get(&broker->topics, send->topic);
    size_t size = send_size(send);
    if (!topic) error_no_topic(error, send->topic);
    else if (send->partition >= topic->n_partitions) error_no_partition(error, send->topic, send->partition);
    else if (size > topic->max_message_bytes) error_record_too_large(error, send->topic, size, topic->max_message_bytes);
    else if (topic->compacted && !send->key.data) error_needs_key(error, send->topic);
    else return topic;
    return NULL;
}

static bool send_one(struct writer *base, const struct send *send, struct error *error)
{
    (void)error;
    struct memory_writer *writer = (struct memory_writer *)base;
    struct memory_broker *broker = writer->broker;
    if (base->in_transaction) {
        outbox_add(&writer->outbox, send);
        return true;
    }
    struct error wrong = {0};
    pthread_mutex_lock(&broker->lock);
    struct topic *topic = topic_for(broker, send, &wrong);
    if (topic) append(broker, topic, place(topic, send), send);
    tell_all(broker);
    pthread_mutex_unlock(&broker->lock);
    if (!topic) writer_fail(base, send->owner, &wrong);
    return true;
}

static void poll_writer(struct writer *base)
{
    (void)base;
}

static bool flush(struct writer *base, int timeout_ms, struct error *error)
{
    (void)base, (void)timeout_ms, (void)error;
    return true;
}

static bool begin(struct writer *base, struct error *error)
{
    (void)base, (void)error;
    return true;
}

/* Whether all of the transaction can be written. Under the lock. */
static bool check_all(const struct memory_writer *writer, struct error *error)
{
    for (uint32_t i = 0; i < writer->outbox.n; i++)
        if (!topic_for(writer->broker, &writer->outbox.items[i], error)) return false;
    return true;
}

/* Without the lock, so that `failed` may use the broker. */
static void tell_failures(struct memory_writer *writer)
{
    for (uint32_t i = 0; i < writer->outbox.n; i++) {
        struct error wrong = {0};
        pthread_mutex_lock(&writer->broker->lock);
        bool ok = topic_for(writer->broker, &writer->outbox.items[i], &wrong) != NULL;
        pthread_mutex_unlock(&writer->broker->lock);
        if (!ok) writer_fail(&writer->base, writer->outbox.items[i].owner, &wrong);
    }
}

static bool commit(struct writer *base, struct membership *membership, struct error *error)
{
    (void)membership;
    struct memory_writer *writer = (struct memory_writer *)base;
    struct memory_broker *broker = writer->broker;
    pthread_mutex_lock(&broker->lock);
    bool ok = check_all(writer, error);
    for (uint32_t i = 0; ok && i < writer->outbox.n; i++) {
        const struct send *send = &writer->outbox.items[i];
        struct topic *topic = map_get(&broker->topics, send->topic);
        append(broker, topic, place(topic, send), send);
    }
    tell_all(broker);
    pthread_mutex_unlock(&broker->lock);
    if (ok) outbox_clear(&writer->outbox);
    else tell_failures(writer);
    return ok;
}

static bool abort_transaction(struct writer *base, struct error *error)
{
    (void)error;
    outbox_clear(&((struct memory_writer *)base)->outbox);
    return true;
}

static void close_writer(struct writer *base)
{
    outbox_free(&((struct memory_writer *)base)->outbox);
    free(base);
}

static const struct writer_class memory_writer_class = {
    .close = close_writer,
    .send = send_one,
    .poll = poll_writer,
    .flush = flush,
    .begin = begin,
    .commit = commit,
    .abort = abort_transaction,
};

static bool open_writer(struct broker *base, const struct writer_options *options, struct writer **writer, struct error *error)
{
    (void)options, (void)error;
    struct memory_writer *opened = HEAP_MAKE(struct memory_writer);
    opened->base.class = &memory_writer_class;
    opened->broker = (struct memory_broker *)base;
    *writer = &opened->base;
    return true;
}

/* ---- reading */

static struct headers fetched_headers(const struct fetch *base, uint32_t i, struct arena *arena)
{
    (void)arena;
    return ((const struct memory_fetch *)base)->headers[i];
}

static void fetch_free(struct fetch *base)
{
    struct memory_fetch *fetch = (struct memory_fetch *)base;
    pthread_mutex_lock(&fetch->broker->lock);
    topic_leave(fetch->topic);
    pthread_mutex_unlock(&fetch->broker->lock);
    free(fetch);
}

static const struct fetch_class memory_fetch_class = {.headers = fetched_headers, .release = fetch_free};

static void settle(struct memory_reader *reader, struct memory_assignment *assignment)
{
    struct topic *topic = map_get(&reader->broker->topics, assignment->base.topic);
    if (topic && assignment->base.partition >= topic->n_partitions) topic = NULL;
    if (topic) topic->users++;
    topic_leave(assignment->topic);
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
        if (!same) settle(reader, assignment);
        else if (assignment->topic) assignment->base.end = assignment->topic->partitions[assignment->base.partition].n;
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
    struct timespec deadline = deadline_in(timeout_ms);
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
    topic_leave(((struct memory_assignment *)assignment)->topic);
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
    tell_all(reader->broker);
    pthread_mutex_unlock(&reader->broker->lock);
}

static void close_reader(struct reader *base)
{
    struct memory_reader *reader = (struct memory_reader *)base;
    pthread_mutex_lock(&reader->broker->lock);
    for (uint32_t i = 0; i < reader->set.n; i++) topic_leave(((struct memory_assignment *)reader->set.items[i])->topic);
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

static bool open_reader(struct broker *base, struct reader **reader, struct error *error)
{
    (void)error;
    struct memory_reader *opened = HEAP_MAKE(struct memory_reader);
    opened->base.class = &memory_reader_class;
    opened->broker = (struct memory_broker *)base;
    opened->set = assignments_make(sizeof(struct memory_assignment));
    *reader = &opened->base;
    return true;
}

/* ---- membership: all slots at the first poll */

static void poll_membership(struct membership *base, int timeout_ms, struct trouble *trouble)
{
    (void)trouble;
    struct memory_membership *membership = (struct memory_membership *)base;
    if (!membership->given) {
        membership->given = true;
        membership_give_all(base);
        return;
    }
    struct timespec deadline = deadline_in(timeout_ms);
    pthread_mutex_lock(&membership->lock);
    while (!membership->woken && pthread_cond_timedwait(&membership->changed, &membership->lock, &deadline) != ETIMEDOUT) continue;
    membership->woken = false;
    pthread_mutex_unlock(&membership->lock);
}

static void wake_membership(struct membership *base)
{
    struct memory_membership *membership = (struct memory_membership *)base;
    pthread_mutex_lock(&membership->lock);
    membership->woken = true;
    pthread_cond_broadcast(&membership->changed);
    pthread_mutex_unlock(&membership->lock);
}

static void close_membership(struct membership *base)
{
    struct memory_membership *membership = (struct memory_membership *)base;
    if (membership->given) membership_take_all(base, false);
    pthread_cond_destroy(&membership->changed);
    pthread_mutex_destroy(&membership->lock);
    free(membership);
}

static const struct membership_class memory_membership_class = {
    .close = close_membership,
    .poll = poll_membership,
    .wake = wake_membership,
};

static bool open_membership(struct broker *base, const struct membership_options *options, struct membership **membership,
                            struct error *error)
{
    (void)base, (void)options, (void)error;
    struct memory_membership *opened = HEAP_MAKE(struct memory_membership);
    opened->base.class = &memory_membership_class;
    pthread_mutex_init(&opened->lock, NULL);
    init_condition(&opened->changed);
    *membership = &opened->base;
    return true;
}

/* ---- the broker */

static struct text place_name(const struct broker *base, struct arena *arena)
{
    (void)base, (void)arena;
    return TEXT("memory");
}

static void close_broker(struct broker *base)
{
    struct memory_broker *broker = (struct memory_broker *)base;
    void *topic;
    for (uint32_t i = 0; map_at(&broker->topics, i, NULL, &topic); i++) topic_leave(topic);
    map_free(&broker->topics);
    pthread_cond_destroy(&broker->changed);
    pthread_mutex_destroy(&broker->lock);
    free(broker);
}

static const struct broker_class memory_class = {
    .kind = "memory",
    .close = close_broker,
    .place = place_name,
    .create_topics = create_topics,
    .delete_topic = delete_topic,
    .describe_topic = describe_topic,
    .topic_config = topic_config,
    .list_topics = list_topics,
    .offsets = offsets,
    .offset_at = offset_at,
    .reader_open = open_reader,
    .writer_open = open_writer,
    .membership_open = open_membership,
};

struct broker *broker_open_memory(void)
{
    struct memory_broker *broker = HEAP_MAKE(struct memory_broker);
    broker->base.class = &memory_class;
    pthread_mutex_init(&broker->lock, NULL);
    init_condition(&broker->changed);
    return &broker->base;
}
