/* writer.c - writing to Kafka: one idempotent producer, and its transactions.
 *
 *     writer_send  → the producer's buffer; while it is full the call waits: the back-pressure
 *     producer     → brokers, after linger.ms or when a batch is full; only what fails is reported, as an event
 *     writer_flush → linger is ignored, and the wait ends when the last record is acknowledged
 *
 * The handle of a record's topic comes from a small table, and mostly from the send before. A topic that the client
 * takes for missing is asked for again before its records are failed, so that one that was just made is found; not more
 * often than ASK_AGAIN_MS a topic.
 *
 *     begin ─→ sends ─→ flush ─→ commit: send_offsets with the membership's proof (the fence), commit_transaction
 *
 * The fence: the coordinator refuses the offsets of a member that was put out of the group meanwhile, and the
 * transaction with them. Which offset is sent means nothing; the positions are records of the tasks topic. A writer
 * whose transactional id was taken over by another is done for: ERROR_FATAL, and it is to be closed.
 */
#include "engine/base/arena.h"
#include "engine/base/clock.h"
#include "engine/base/map.h"
#include "engine/topic/kafka/kafka.h"
#include <stdlib.h>

enum {
    SEND_WAIT_MS = 60000,
    SLICE_MS = 5,
    FLUSH_SLICE_MS = 50,
    ASK_AGAIN_MS = 250,
    ASK_TIMEOUT_MS = 1000,
    TRANSACTION_MS = 30000,
    MAX_HEADERS = 64
};

struct kafka_topic {
    struct text name; /* heap */
    rd_kafka_topic_t *handle;
    int64_t asked_ms; /* monotonic: when it was last asked for because it seemed to be missing */
};

struct kafka_writer {
    struct writer base;
    struct kafka_client *client;
    rd_kafka_queue_t *events;
    struct map topics;         /* name -> struct kafka_topic * */
    struct kafka_topic *topic; /* of the send before */
    bool prepared;             /* init_transactions was done */
};

/* ---- what comes back */

static void fail_record(struct kafka_writer *writer, void *owner, struct text topic, rd_kafka_resp_err_t code)
{
    struct error wrong = {0};
    if (code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC || code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        error_no_topic(&wrong, topic);
    else
        kafka_fail(writer->client, &wrong, code, NULL, "a record for topic '" TEXT_FMT "'", TEXT_ARG(topic));
    writer_fail(&writer->base, owner, &wrong);
}

static void serve_deliveries(struct kafka_writer *writer, rd_kafka_event_t *event)
{
    const rd_kafka_message_t *message;
    while ((message = rd_kafka_event_message_next(event)))
        if (message->err)
            fail_record(writer, message->_private, text_of(rd_kafka_topic_name(message->rkt)), message->err);
}

/* Waits at most timeout_ms for the first event, and serves those that are there. */
static void serve(struct kafka_writer *writer, int timeout_ms)
{
    rd_kafka_event_t *event;
    while ((event = rd_kafka_queue_poll(writer->events, timeout_ms))) {
        timeout_ms = 0;
        if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR) serve_deliveries(writer, event);
        if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR)
            kafka_client_note(writer->client, rd_kafka_event_error(event), rd_kafka_event_error_string(event));
        rd_kafka_event_destroy(event);
    }
}

static void poll_writer(struct writer *base)
{
    serve((struct kafka_writer *)base, 0);
}

/* ---- sending */

static struct kafka_topic *find_topic(struct kafka_writer *writer, struct text name)
{
    if (writer->topic && text_equal(writer->topic->name, name)) return writer->topic;
    struct kafka_topic *topic = map_get(&writer->topics, name);
    if (!topic) {
        topic = HEAP_MAKE(struct kafka_topic);
        topic->name = (struct text){heap_strndup(name.data, name.len), name.len};
        topic->handle = rd_kafka_topic_new(writer->client->rk, topic->name.data, NULL);
        map_put(&writer->topics, topic->name, topic);
    }
    writer->topic = topic;
    return topic;
}

/* librdkafka copies names, so only they need ends. */
static rd_kafka_headers_t *make_headers(struct headers headers)
{
    if (!headers.n) return NULL;
    rd_kafka_headers_t *made = rd_kafka_headers_new(headers.n);
    for (uint32_t i = 0; i < headers.n; i++) {
        const struct header *header = &headers.items[i];
        rd_kafka_header_add(made, header->key.data, (ssize_t)header->key.len, header->value.data,
                            (ssize_t)header->value.len);
    }
    return made;
}

/* The client takes 0 for "now", so a record of the first millisecond of 1970 is sent as of the second. */
static int64_t timestamp_of(const struct send *send)
{
    return send->timestamp_ms ? send->timestamp_ms : 1;
}

static rd_kafka_resp_err_t produce(const struct kafka_topic *topic, const struct send *send, rd_kafka_t *rk)
{
    rd_kafka_headers_t *headers = make_headers(send->headers);
    rd_kafka_vu_t parts[] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = topic->handle},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = send->partition < 0 ? RD_KAFKA_PARTITION_UA : send->partition},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {(void *)(uintptr_t)send->key.data, send->key.len}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {(void *)(uintptr_t)send->value.data, send->value.len}},
        {.vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = timestamp_of(send)},
        {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = send->owner},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
    };
    rd_kafka_error_t *error = rd_kafka_produceva(rk, parts, sizeof parts / sizeof *parts - !headers);
    if (!error) return RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_resp_err_t code = rd_kafka_error_code(error);
    rd_kafka_error_destroy(error);
    if (headers) rd_kafka_headers_destroy(headers); /* they are the client's only if the call was well */
    return code;
}

/* Whether the topic was asked for again just now, because the client takes it, or its partition, for missing. */
static bool ask_again(struct kafka_writer *writer, struct kafka_topic *topic)
{
    int64_t now_ms = clock_monotonic_ms();
    if (topic->asked_ms && now_ms - topic->asked_ms < ASK_AGAIN_MS) return false;
    topic->asked_ms = now_ms;
    const struct rd_kafka_metadata *metadata;
    if (rd_kafka_metadata(writer->client->rk, 0, topic->handle, &metadata, ASK_TIMEOUT_MS)) return false;
    rd_kafka_metadata_destroy(metadata);
    return true;
}

static bool is_missing(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC || code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
}

/* Errors that are the writer's and not the record's. */
static bool is_fatal(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__FATAL || code == RD_KAFKA_RESP_ERR__STATE || code == RD_KAFKA_RESP_ERR__FENCED;
}

static bool send_one(struct writer *base, const struct send *send, struct error *error)
{
    struct kafka_writer *writer = (struct kafka_writer *)base;
    struct kafka_topic *topic = find_topic(writer, send->topic);
    rd_kafka_resp_err_t code = produce(topic, send, writer->client->rk);
    if (!code) return true;
    int64_t deadline_ms = clock_monotonic_ms() + SEND_WAIT_MS;
    while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL && clock_monotonic_ms() < deadline_ms) {
        serve(writer, SLICE_MS);
        code = produce(topic, send, writer->client->rk);
    }
    if (is_missing(code) && ask_again(writer, topic)) code = produce(topic, send, writer->client->rk);
    if (!code) return true;
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL)
        return kafka_fail(writer->client, error, RD_KAFKA_RESP_ERR__TIMED_OUT, NULL,
                          "the writer's buffer has been full for 60 s");
    if (is_fatal(code))
        return kafka_fail(writer->client, error, code, NULL, "writing to topic '" TEXT_FMT "'", TEXT_ARG(send->topic));
    fail_record(writer, send->owner, send->topic, code);
    return true;
}

static bool flush(struct writer *base, int timeout_ms, struct error *error)
{
    struct kafka_writer *writer = (struct kafka_writer *)base;
    int64_t deadline_ms = clock_monotonic_ms() + timeout_ms, left_ms = timeout_ms;
    rd_kafka_resp_err_t code;
    do { /* a record that has failed counts until its event is served */
        code = rd_kafka_flush(writer->client->rk, left_ms < FLUSH_SLICE_MS ? (int)left_ms : FLUSH_SLICE_MS);
        serve(writer, 0);
        left_ms = deadline_ms - clock_monotonic_ms();
    } while (code == RD_KAFKA_RESP_ERR__TIMED_OUT && left_ms > 0);
    return !code || kafka_fail(writer->client, error, code, NULL, "records were not written within %d ms", timeout_ms);
}

/* ---- transactions */

/* Frees the client's error; returns whether there was none. */
static bool check(struct kafka_writer *writer, rd_kafka_error_t *failure, const char *what, struct error *error)
{
    if (!failure) return true;
    bool fatal = rd_kafka_error_is_fatal(failure);
    kafka_fail(writer->client, error, rd_kafka_error_code(failure), rd_kafka_error_string(failure), "%s", what);
    if (error && fatal) error->code = ERROR_FATAL;
    rd_kafka_error_destroy(failure);
    return false;
}

/* The calls of a transaction end by their time-out and may then be made again; so short ones are made until the long
 * one is over, with events served in between. */
static rd_kafka_error_t *repeat(struct kafka_writer *writer, rd_kafka_error_t *(*call)(rd_kafka_t *rk, int timeout_ms))
{
    int64_t deadline_ms = clock_monotonic_ms() + TRANSACTION_MS;
    for (;;) {
        rd_kafka_error_t *failure = call(writer->client->rk, 1000);
        serve(writer, 0);
        if (!failure || !rd_kafka_error_is_retriable(failure) || clock_monotonic_ms() >= deadline_ms) return failure;
        rd_kafka_error_destroy(failure);
    }
}

static bool begin(struct writer *base, struct error *error)
{
    struct kafka_writer *writer = (struct kafka_writer *)base;
    if (!writer->prepared &&
        !check(writer, repeat(writer, rd_kafka_init_transactions), "preparing transactions", error))
        return false;
    writer->prepared = true;
    return check(writer, rd_kafka_begin_transaction(writer->client->rk), "beginning a transaction", error);
}

static bool fence(struct kafka_writer *writer, struct membership *membership, struct error *error)
{
    int32_t slot;
    rd_kafka_consumer_group_metadata_t *proof = kafka_membership_proof(membership, &slot);
    if (!proof)
        return error_set(error, ERROR_WORLD, NO_SPAN, "this server has no slots; the transaction cannot be committed");
    rd_kafka_topic_partition_list_t *offsets = rd_kafka_topic_partition_list_new(1);
    struct kafka_name topic = kafka_name(kafka_membership_topic(membership));
    rd_kafka_topic_partition_list_add(offsets, topic.string, slot)->offset = 0;
    rd_kafka_error_t *failure =
        rd_kafka_send_offsets_to_transaction(writer->client->rk, offsets, proof, TRANSACTION_MS);
    rd_kafka_topic_partition_list_destroy(offsets);
    rd_kafka_consumer_group_metadata_destroy(proof);
    return check(writer, failure, "the fence of a transaction", error);
}

static bool commit(struct writer *base, struct membership *membership, struct error *error)
{
    struct kafka_writer *writer = (struct kafka_writer *)base;
    if (!writer_flush(base, TRANSACTION_MS, error)) return false;
    if (membership && !fence(writer, membership, error)) return false;
    return check(writer, repeat(writer, rd_kafka_commit_transaction), "committing a transaction", error);
}

static bool abort_transaction(struct writer *base, struct error *error)
{
    struct kafka_writer *writer = (struct kafka_writer *)base;
    rd_kafka_purge(writer->client->rk, RD_KAFKA_PURGE_F_QUEUE);
    void (*failed)(void *, void *, const struct error *) = base->failed;
    base->failed = NULL; /* that these records are not written is what is wanted */
    bool ok = check(writer, repeat(writer, rd_kafka_abort_transaction), "aborting a transaction", error);
    base->failed = failed;
    return ok;
}

/* ---- the writer */

static void close_writer(struct writer *base)
{
    struct kafka_writer *writer = (struct kafka_writer *)base;
    rd_kafka_purge(writer->client->rk,
                   RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
    void *topic;
    for (uint32_t i = 0; map_at(&writer->topics, i, NULL, &topic); i++) {
        rd_kafka_topic_destroy(((struct kafka_topic *)topic)->handle);
        free((char *)((struct kafka_topic *)topic)->name.data);
        free(topic);
    }
    map_free(&writer->topics);
    rd_kafka_queue_destroy(writer->events);
    kafka_client_close(writer->client);
    free(writer);
}

static const struct writer_class kafka_writer_class = {
    .close = close_writer,
    .send = send_one,
    .poll = poll_writer,
    .flush = flush,
    .begin = begin,
    .commit = commit,
    .abort = abort_transaction,
};

bool kafka_writer_open(struct broker *base, const struct writer_options *options, struct writer **writer,
                       struct error *error)
{
    struct kafka_broker *broker = (struct kafka_broker *)base;
    rd_kafka_conf_t *conf;
    if (!kafka_configure(broker, KAFKA_WRITER, &conf, error)) return false;
    if (options->transactional_id.len && !kafka_set(conf, "transactional.id", options->transactional_id, error)) {
        rd_kafka_conf_destroy(conf);
        return false;
    }
    rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
    struct kafka_client *client = kafka_client_open(broker, KAFKA_WRITER, conf, NULL, error);
    if (!client) return false;
    struct kafka_writer *opened = HEAP_MAKE(struct kafka_writer);
    opened->base.class = &kafka_writer_class;
    opened->client = client;
    opened->events = rd_kafka_queue_get_main(client->rk);
    *writer = &opened->base;
    return true;
}
