/* reader.c - reading from Kafka: one client instance, its partitions started by hand, records without copies.
 *
 *     broker threads ─→ queue ─→ batch: up to 1,024 messages ─→ fetches, one for each run of messages of a partition
 *                                [a a a a | b b | a a a]           → a: 4, b: 2, a: 3
 *
 * A fetch's records point into the messages; the messages are destroyed when it is released. Batches and fetches are
 * pooled.
 *
 * Partitions are started, moved and stopped one by one (rd_kafka_consume_start_queue and its kin), which costs a
 * microsecond each and no request, needs no group and no coordinator. Starting a partition that is started moves it;
 * what the client had fetched of it is dropped by the client, and what is in the batch at hand is skipped here: such an
 * assignment is `moved`.
 *
 * Troubles come as messages with an error, in their place among the records; but that a topic is missing comes through
 * the error callback, where only the text says which: "TOPIC [PARTITION]: ...". The client goes on asking for topics
 * that are missing, once a second, and for partitions in error; only an offset that is not in the log stops a partition
 * until it is assigned anew.
 */
#include "engine/base/arena.h"
#include "engine/topic/assignment.h"
#include "engine/topic/kafka/kafka.h"
#include <stdlib.h>

enum { POOLED_BATCHES = 2 };

struct kafka_topic {
    rd_kafka_topic_t *handle;
    uint32_t n_assigned; /* partitions; the handle goes with the last, so that the client stops asking for the topic */
};

struct kafka_assignment {
    struct assignment base; /* base.position: the next offset to hand out, or where it was told to start */
    rd_kafka_topic_t *handle;
    rd_kafka_resp_err_t code; /* of the TROUBLE_BROKER that is to be told */
    uint64_t moved;           /* serial of the batch whose messages of this partition are to be skipped; 0: none */
    int64_t go_back;          /* the first offset that was skipped while it was paused; -1: none was */
};

struct batch_of_messages {
    rd_kafka_message_t *messages[BATCH_MAX_ROWS];
    struct record records[BATCH_MAX_ROWS];
    uint32_t n;     /* messages */
    uint32_t next;  /* the first that was not handed out */
    uint32_t users; /* fetches, and the reader while it is the one at hand */
    uint64_t serial;
    struct batch_of_messages *pooled;
};

struct kafka_fetch {
    struct fetch base;
    struct kafka_reader *reader;
    struct batch_of_messages *batch;
    uint32_t first; /* of the batch's messages */
    struct kafka_fetch *pooled;
};

struct kafka_reader {
    struct reader base;
    struct kafka_client *client;
    rd_kafka_queue_t *queue; /* of all partitions, and of the client's errors */
    struct assignments set;
    struct map topics;               /* name -> struct kafka_topic *; the names are the set's */
    struct batch_of_messages *batch; /* at hand; NULL: none */
    uint64_t last_serial;
    struct batch_of_messages *batch_pool;
    uint32_t n_batch_pool;
    struct kafka_fetch *fetch_pool;
    struct kafka_refill refill;
    _Atomic bool woken;
};

/* ---- batches and fetches */

static struct batch_of_messages *take_batch(struct kafka_reader *reader)
{
    struct batch_of_messages *batch = reader->batch_pool;
    if (batch)
        reader->batch_pool = batch->pooled, reader->n_batch_pool--;
    else
        batch = heap_alloc(sizeof *batch);
    batch->n = batch->next = 0;
    batch->users = 1;
    batch->serial = ++reader->last_serial;
    return batch;
}

static void leave_batch(struct kafka_reader *reader, struct batch_of_messages *batch)
{
    if (--batch->users) return;
    if (reader->n_batch_pool == POOLED_BATCHES) {
        free(batch);
        return;
    }
    batch->pooled = reader->batch_pool;
    reader->batch_pool = batch;
    reader->n_batch_pool++;
}

static void drop_messages(struct batch_of_messages *batch, uint32_t from, uint32_t n)
{
    for (uint32_t i = from; i < from + n; i++) rd_kafka_message_destroy(batch->messages[i]);
}

static struct headers fetched_headers(const struct fetch *base, uint32_t i, struct arena *arena)
{
    const struct kafka_fetch *fetch = (const struct kafka_fetch *)base;
    struct header_list {
        LIST_OF(struct header);
    } list = {0};
    rd_kafka_headers_t *headers;
    const char *name;
    const void *value;
    size_t len;
    if (rd_kafka_message_headers(fetch->batch->messages[fetch->first + i], &headers)) return (struct headers){0};
    for (size_t at = 0; !rd_kafka_header_get_all(headers, at, &name, &value, &len); at++) {
        struct header header = {text_of(name), {value, value ? len : 0}};
        LIST_PUSH(arena, &list, header);
    }
    return (struct headers){list.items, list.n};
}

static void release(struct fetch *base)
{
    struct kafka_fetch *fetch = (struct kafka_fetch *)base;
    drop_messages(fetch->batch, fetch->first, base->n);
    leave_batch(fetch->reader, fetch->batch);
    fetch->pooled = fetch->reader->fetch_pool;
    fetch->reader->fetch_pool = fetch;
}

static const struct fetch_class kafka_fetch_class = {.headers = fetched_headers, .release = release};

static struct kafka_fetch *take_fetch(struct kafka_reader *reader)
{
    struct kafka_fetch *fetch = reader->fetch_pool;
    if (fetch)
        reader->fetch_pool = fetch->pooled;
    else
        fetch = heap_alloc(sizeof *fetch);
    return fetch;
}

/* ---- from messages to fetches and troubles */

static void fill_record(struct record *record, const rd_kafka_message_t *message)
{
    record->key = (struct text){message->key, message->key_len};
    record->value = (struct text){message->payload, message->len};
    record->timestamp_ms = rd_kafka_message_timestamp(message, NULL);
    record->offset = message->offset;
}

static struct fetch *make_fetch(struct kafka_reader *reader, struct kafka_assignment *assignment, uint32_t n)
{
    struct batch_of_messages *batch = reader->batch;
    struct kafka_fetch *fetch = take_fetch(reader);
    fetch->reader = reader;
    fetch->batch = batch;
    fetch->first = batch->next;
    struct record *records = &batch->records[batch->next];
    for (uint32_t i = 0; i < n; i++) fill_record(&records[i], batch->messages[batch->next + i]);
    int64_t next_offset = records[n - 1].offset + 1;
    fetch->base =
        (struct fetch){&kafka_fetch_class, assignment->base.topic, assignment->base.partition, n, records, next_offset};
    batch->users++;
    batch->next += n;
    assignment->base.position = next_offset;
    assignment->base.said_end = assignment->base.said_missing = false;
    return &fetch->base;
}

static enum trouble_kind kind_of(rd_kafka_resp_err_t code)
{
    switch (code) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF: return TROUBLE_END;
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART: return TROUBLE_NO_TOPIC;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE: return TROUBLE_NO_OFFSET;
    default: return TROUBLE_BROKER;
    }
}

/* A message that is an error. What the client says again and again is said once. */
static void note_trouble(struct kafka_reader *reader, struct kafka_assignment *assignment,
                         const rd_kafka_message_t *message)
{
    struct assignment *of = &assignment->base;
    enum trouble_kind kind = kind_of(message->err);
    if (kind == TROUBLE_END) {
        of->position = message->offset;
        of->said_end = of->said_missing = false;
    }
    if (kind == TROUBLE_NO_OFFSET) of->lost = true;
    if (kind == TROUBLE_BROKER) assignment->code = message->err;
    assignment_say(&reader->set, of, kind);
}

/* The partition that a text of the client's begins with; NULL if it does not. */
static struct assignment *named_assignment(const struct kafka_reader *reader, const char *reason)
{
    const char *bracket = strstr(reason, " [");
    char *end;
    if (!bracket) return NULL;
    long partition = strtol(bracket + 2, &end, 10);
    if (*end != ']') return NULL;
    return assignment_find(&reader->set, (struct text){reason, (size_t)(bracket - reason)}, (int32_t)partition);
}

static bool note_missing(void *owner, rd_kafka_resp_err_t code, const char *reason)
{
    struct kafka_reader *reader = owner;
    if (kind_of(code) != TROUBLE_NO_TOPIC) return false;
    struct assignment *assignment = named_assignment(reader, reason);
    if (!assignment) return true;
    assignment_say(&reader->set, assignment, TROUBLE_NO_TOPIC);
    if (reader->set.first_due) rd_kafka_yield(reader->client->rk); /* ends the wait of the poll that is under way */
    return true;
}

static bool next_trouble(struct kafka_reader *reader, struct trouble *trouble)
{
    const struct kafka_assignment *assignment = (struct kafka_assignment *)reader->set.first_due;
    if (!assignment_next_trouble(&reader->set, trouble)) return false;
    if (trouble->kind == TROUBLE_BROKER)
        kafka_fail(reader->client, &trouble->error, assignment->code, NULL, "topic '" TEXT_FMT "', partition %d",
                   TEXT_ARG(trouble->topic), trouble->partition);
    return true;
}

static struct kafka_assignment *assignment_of(const struct kafka_reader *reader, const rd_kafka_message_t *message)
{
    if (!message->rkt) return NULL;
    struct text topic = text_of(rd_kafka_topic_name(message->rkt));
    return (struct kafka_assignment *)assignment_find(&reader->set, topic, message->partition);
}

/* How many messages from the batch's next one on are records of its partition, in a row. */
static uint32_t run_length(const struct batch_of_messages *batch)
{
    const rd_kafka_message_t *first = batch->messages[batch->next];
    uint32_t n = 0;
    while (batch->next + n < batch->n) {
        const rd_kafka_message_t *message = batch->messages[batch->next + n];
        if (message->err || message->partition != first->partition || message->rkt != first->rkt) break;
        n++;
    }
    return n;
}

/* A paused partition's records that are in the batch already are read again when it goes on. */
static void note_skipped(struct kafka_assignment *assignment, const struct batch_of_messages *batch, int64_t offset)
{
    if (!assignment || assignment->moved == batch->serial || assignment->go_back >= 0) return;
    assignment->go_back = offset;
}

/* The next fetch of the batch at hand; NULL where it is used up, or where a trouble comes first. */
static struct fetch *next_fetch(struct kafka_reader *reader)
{
    struct batch_of_messages *batch = reader->batch;
    while (batch && batch->next < batch->n && !reader->set.first_due) {
        const rd_kafka_message_t *message = batch->messages[batch->next];
        struct kafka_assignment *assignment = assignment_of(reader, message);
        uint32_t n = run_length(batch);
        bool skipped = !assignment || assignment->base.paused || assignment->moved == batch->serial;
        if (n && !skipped) return make_fetch(reader, assignment, n);
        if (!n && !skipped) note_trouble(reader, assignment, message);
        if (n && skipped) note_skipped(assignment, batch, message->offset);
        drop_messages(batch, batch->next, n ? n : 1);
        batch->next += n ? n : 1;
    }
    if (batch && batch->next == batch->n) {
        leave_batch(reader, batch);
        reader->batch = NULL;
    }
    return NULL;
}

static size_t bytes_in(const struct batch_of_messages *batch)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < batch->n; i++) bytes += batch->messages[i]->len;
    return bytes;
}

/* A new batch: what is there, or else what comes within the time. A wait for a full batch, as the client would do, is
 * not wanted. */
static bool next_batch(struct kafka_reader *reader, int timeout_ms)
{
    struct batch_of_messages *batch = take_batch(reader);
    ssize_t n = rd_kafka_consume_batch_queue(reader->queue, 0, batch->messages, BATCH_MAX_ROWS);
    if (n <= 0 && timeout_ms > 0 && !atomic_load(&reader->woken)) {
        n = rd_kafka_consume_batch_queue(reader->queue, timeout_ms, batch->messages, 1);
        if (n > 0) n += rd_kafka_consume_batch_queue(reader->queue, 0, batch->messages + 1, BATCH_MAX_ROWS - 1);
    }
    if (n <= 0) {
        leave_batch(reader, batch);
        return false;
    }
    batch->n = (uint32_t)n;
    reader->batch = batch;
    kafka_refill_note(&reader->refill, reader->client, rd_kafka_queue_length(reader->queue), batch->n, bytes_in(batch));
    return true;
}

static bool poll_reader(struct reader *base, int timeout_ms, struct fetch **fetch, struct trouble *trouble)
{
    struct kafka_reader *reader = (struct kafka_reader *)base;
    for (bool waited = false;; waited = true) {
        *fetch = next_fetch(reader);
        if (*fetch) return true;
        if (next_trouble(reader, trouble)) return false;
        if (waited && !reader->batch) break;
        if (!next_batch(reader, waited ? 0 : timeout_ms)) break;
    }
    atomic_store(&reader->woken, false);
    kafka_client_trouble(reader->client, trouble);
    return false;
}

/* ---- assigning */

static rd_kafka_topic_t *use_topic(struct kafka_reader *reader, struct text name)
{
    struct kafka_topic *topic = map_get(&reader->topics, name);
    if (!topic) {
        topic = HEAP_MAKE(struct kafka_topic);
        map_put(&reader->topics, name, topic);
    }
    if (!topic->n_assigned++) topic->handle = rd_kafka_topic_new(reader->client->rk, kafka_name(name).string, NULL);
    return topic->handle;
}

static void leave_topic(struct kafka_reader *reader, struct text name)
{
    struct kafka_topic *topic = map_get(&reader->topics, name);
    if (--topic->n_assigned) return;
    rd_kafka_topic_destroy(topic->handle);
    topic->handle = NULL;
}

static bool start(struct kafka_reader *reader, struct kafka_assignment *assignment, struct error *error)
{
    const struct assignment *of = &assignment->base;
    int64_t offset = of->position == OFFSET_BEGINNING ? RD_KAFKA_OFFSET_BEGINNING
                     : of->position == OFFSET_END     ? RD_KAFKA_OFFSET_END
                                                      : of->position;
    assignment->moved = reader->batch ? reader->batch->serial : 0;
    assignment->go_back = -1;
    if (rd_kafka_consume_start_queue(assignment->handle, of->partition, offset, reader->queue) == 0) return true;
    return kafka_fail(reader->client, error, rd_kafka_last_error(), NULL, "topic '" TEXT_FMT "', partition %d",
                      TEXT_ARG(of->topic), of->partition);
}

static bool assign(struct reader *base, struct text topic, int32_t partition, int64_t offset, struct error *error)
{
    struct kafka_reader *reader = (struct kafka_reader *)base;
    struct kafka_assignment *assignment = (struct kafka_assignment *)assignment_put(&reader->set, topic, partition);
    if (!assignment->handle) assignment->handle = use_topic(reader, assignment->base.topic);
    assignment_restart(&reader->set, &assignment->base, offset);
    return start(reader, assignment, error);
}

static void unassign(struct reader *base, struct text topic, int32_t partition)
{
    struct kafka_reader *reader = (struct kafka_reader *)base;
    struct kafka_assignment *assignment = (struct kafka_assignment *)assignment_find(&reader->set, topic, partition);
    if (!assignment) return;
    struct text name = assignment->base.topic;
    rd_kafka_consume_stop(assignment->handle, partition);
    assignment_remove(&reader->set, &assignment->base);
    leave_topic(reader, name);
}

static void set_paused(struct kafka_reader *reader, struct kafka_assignment *assignment, bool paused)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, rd_kafka_topic_name(assignment->handle), assignment->base.partition);
    if (paused)
        rd_kafka_pause_partitions(reader->client->rk, list);
    else
        rd_kafka_resume_partitions(reader->client->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    assignment->base.paused = paused;
}

static void pause_one(struct reader *base, struct text topic, int32_t partition)
{
    struct kafka_reader *reader = (struct kafka_reader *)base;
    struct assignment *assignment = assignment_find(&reader->set, topic, partition);
    if (assignment && !assignment->paused) set_paused(reader, (struct kafka_assignment *)assignment, true);
}

static void resume_one(struct reader *base, struct text topic, int32_t partition)
{
    struct kafka_reader *reader = (struct kafka_reader *)base;
    struct assignment *found = assignment_find(&reader->set, topic, partition);
    struct kafka_assignment *assignment = (struct kafka_assignment *)found;
    if (!found || !found->paused) return;
    set_paused(reader, assignment, false);
    if (assignment->go_back < 0) return;
    found->position = assignment->go_back;
    bool started = start(reader, assignment, NULL);
    (void)started; /* it was started before */
}

static void wake_reader(struct reader *base)
{
    struct kafka_reader *reader = (struct kafka_reader *)base;
    atomic_store(&reader->woken, true);
    rd_kafka_queue_yield(reader->queue);
}

/* ---- the reader */

static void free_pools(struct kafka_reader *reader)
{
    while (reader->batch_pool) {
        struct batch_of_messages *batch = reader->batch_pool;
        reader->batch_pool = batch->pooled;
        free(batch);
    }
    while (reader->fetch_pool) free(take_fetch(reader));
}

static void close_reader(struct reader *base)
{
    struct kafka_reader *reader = (struct kafka_reader *)base;
    if (reader->batch) {
        drop_messages(reader->batch, reader->batch->next, reader->batch->n - reader->batch->next);
        leave_batch(reader, reader->batch);
    }
    free_pools(reader);
    void *topic;
    for (uint32_t i = 0; map_at(&reader->topics, i, NULL, &topic); i++) {
        if (((struct kafka_topic *)topic)->handle) rd_kafka_topic_destroy(((struct kafka_topic *)topic)->handle);
        free(topic);
    }
    map_free(&reader->topics);
    rd_kafka_queue_destroy(reader->queue);
    kafka_client_close(reader->client);
    assignments_free(&reader->set);
    free(reader);
}

static const struct reader_class kafka_reader_class = {
    .close = close_reader,
    .assign = assign,
    .unassign = unassign,
    .pause = pause_one,
    .resume = resume_one,
    .poll = poll_reader,
    .wake = wake_reader,
};

bool kafka_reader_open(struct broker *base, struct reader **reader, struct error *error)
{
    struct kafka_broker *broker = (struct kafka_broker *)base;
    rd_kafka_conf_t *conf;
    if (!kafka_configure(broker, KAFKA_READER, &conf, error)) return false;
    struct kafka_reader *opened = HEAP_MAKE(struct kafka_reader);
    opened->base.class = &kafka_reader_class;
    opened->client = kafka_client_open(broker, KAFKA_READER, conf, opened, error);
    if (!opened->client) {
        free(opened);
        return false;
    }
    opened->client->on_error = note_missing;
    opened->queue = rd_kafka_queue_new(opened->client->rk);
    rd_kafka_queue_t *own = rd_kafka_queue_get_main(opened->client->rk);
    rd_kafka_queue_forward(own, opened->queue);
    rd_kafka_queue_destroy(own);
    opened->refill = kafka_refill_make(opened->client);
    opened->set = assignments_make(sizeof(struct kafka_assignment));
    *reader = &opened->base;
    return true;
}
