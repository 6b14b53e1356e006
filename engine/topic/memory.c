/* memory.c - topics in memory, for tests and for scripts that need no log: nothing is kept, nothing is waited for.
 *
 *     topic "orders"   partition 0: [order 1] [order 4]      order: the place of a record
 *                      partition 1: [order 2] [order 3]             among all that were ever sent
 *
 * A reader hands out records by their order, whatever their partitions: fetches of [1], [2, 3], [4] here. So a test
 * that pipes records in gets them out in the same order, every time. A record can be read when it was sent; those of a
 * transaction when it is committed.
 *
 * Rules: one mutex a broker guards all that its topics hold; one condition says that something changed. Bytes of
 * records live in their topic's arena, and the topic lives while an assignment or a fetch points to it, also after it
 * was deleted.
 * Deliberately not here: retention and compaction. Records stay until the topic is deleted.
 */
#include "engine/topic/memory.h"
#include "engine/base/clock.h"
#include "engine/base/hash.h"
#include "engine/topic/outbox.h"
#include <errno.h>
#include <stdlib.h>

struct memory_writer {
    struct writer base;
    struct memory_broker *broker;
    struct outbox outbox; /* of the transaction that is open */
};

struct memory_membership {
    struct membership base;
    struct memory_broker *broker;
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

struct timespec memory_deadline(int timeout_ms)
{
    int64_t at = clock_monotonic_ns() + (int64_t)timeout_ms * 1000000;
    return (struct timespec){at / 1000000000, at % 1000000000};
}

/* ---- topics; all of it under the lock */

void memory_leave_topic(struct topic *topic)
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

static bool create_topics(struct broker *base, const struct topic_spec *specs, uint32_t n, bool exists_ok,
                          struct error *error)
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
        memory_leave_topic(topic);
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

static bool topic_config(struct broker *base, struct arena *arena, struct text name, struct text config,
                         struct text *value, struct error *error)
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
    if (!topic)
        error_no_topic(error, name);
    else if (number >= topic->n_partitions)
        error_no_partition(error, name, number);
    else
        return &topic->partitions[number];
    return NULL;
}

static bool offsets(struct broker *base, struct offset_range *ranges, uint32_t n, struct error *error)
{
    struct memory_broker *broker = (struct memory_broker *)base;
    const struct partition *partition = NULL;
    pthread_mutex_lock(&broker->lock);
    for (uint32_t i = 0; i < n; i++) {
        partition = find_partition(broker, ranges[i].topic, ranges[i].partition, error);
        if (!partition) break;
        ranges[i].first = 0;
        ranges[i].end = partition->n;
    }
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
    if (!topic)
        error_no_topic(error, send->topic);
    else if (send->partition >= topic->n_partitions)
        error_no_partition(error, send->topic, send->partition);
    else if (size > topic->max_message_bytes)
        error_record_too_large(error, send->topic, size, topic->max_message_bytes);
    else if (topic->compacted && !send->key.data)
        error_needs_key(error, send->topic);
    else
        return topic;
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
    if (ok)
        outbox_clear(&writer->outbox);
    else
        tell_failures(writer);
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

static bool open_writer(struct broker *base, const struct writer_options *options, struct writer **writer,
                        struct error *error)
{
    (void)options, (void)error;
    struct memory_writer *opened = HEAP_MAKE(struct memory_writer);
    opened->base.class = &memory_writer_class;
    opened->broker = (struct memory_broker *)base;
    *writer = &opened->base;
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
    struct timespec deadline = memory_deadline(timeout_ms);
    pthread_mutex_lock(&membership->lock);
    while (!membership->woken &&
           pthread_cond_timedwait(&membership->changed, &membership->lock, &deadline) != ETIMEDOUT)
        continue;
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

static void count(struct memory_broker *broker, uint32_t change)
{
    pthread_mutex_lock(&broker->lock);
    broker->n_members += change;
    pthread_mutex_unlock(&broker->lock);
}

static void close_membership(struct membership *base)
{
    struct memory_membership *membership = (struct memory_membership *)base;
    count(membership->broker, -1u);
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

static bool open_membership(struct broker *base, const struct membership_options *options,
                            struct membership **membership, struct error *error)
{
    (void)options, (void)error;
    struct memory_membership *opened = HEAP_MAKE(struct memory_membership);
    opened->base.class = &memory_membership_class;
    opened->broker = (struct memory_broker *)base;
    count(opened->broker, 1);
    pthread_mutex_init(&opened->lock, NULL);
    init_condition(&opened->changed);
    *membership = &opened->base;
    return true;
}

static bool count_members(struct broker *base, struct text group, uint32_t *n, struct error *error)
{
    (void)group, (void)error;
    struct memory_broker *broker = (struct memory_broker *)base;
    pthread_mutex_lock(&broker->lock);
    *n = broker->n_members;
    pthread_mutex_unlock(&broker->lock);
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
    for (uint32_t i = 0; map_at(&broker->topics, i, NULL, &topic); i++) memory_leave_topic(topic);
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
    .reader_open = memory_reader_open,
    .writer_open = open_writer,
    .membership_open = open_membership,
    .count_members = count_members,
};

struct broker *broker_open_memory(void)
{
    struct memory_broker *broker = HEAP_MAKE(struct memory_broker);
    broker->base.class = &memory_class;
    pthread_mutex_init(&broker->lock, NULL);
    init_condition(&broker->changed);
    return &broker->base;
}
