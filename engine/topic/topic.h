/* topic.h - where topics are: Kafka, a folder on this machine, or memory, behind one interface with the same semantics.
 *
 *     struct broker *broker = broker_open(settings, &error);           // Kafka where bootstrap.servers is set, else local
 *     broker_create_topics(broker, &spec, 1, &error);
 *
 *     struct reader *reader = reader_open(broker, &error);              // one a worker
 *     reader_assign(reader, TEXT("orders"), 0, OFFSET_BEGINNING, &error);
 *     struct fetch *fetch;
 *     while (reader_poll(reader, 100, &fetch, &trouble)) ... fetch_release(fetch);
 *
 *     struct writer *writer = writer_open(broker, options, &error);     // one a worker
 *     writer_send(writer, &send, &error);
 *     writer_flush(writer, 10000, &error);                              // all that was sent is in the log
 *
 * Semantics, the same in all three makers:
 *   - partition of a record: the one given, or murmur2 of the key's bytes modulo the partitions (hash_partition); a null key goes
 *     to any partition (the makers spread them).
 *   - offsets of a partition ascend by one a record, and are never used again; timestamps are the sender's (create time).
 *   - a record is readable after writer_flush returned true, and may be before: call writer_poll between batches, so that it soon
 *     is. Order within a partition is the order of sends.
 *   - `end` of a log and TROUBLE_END are those of what is committed: an open transaction holds up what comes after it.
 *   - `compact` topics keep at least the last record of a key; `delete` ones keep at least retention_ms.
 *   - a topic that is deleted while it is read or written is a trouble of kind TROUBLE_NO_TOPIC, once, until it is back.
 *
 * Threads: a broker may be used by any number of threads. A reader, a writer and a membership belong to one thread each, but for
 * reader_wake and membership_wake, which any thread may call. Errors are the world's: ERROR_WORLD where another try may work.
 *
 * Files: broker.c (dispatch, limits), memory.c, local/ (SQLite), kafka/ (the only one that knows librdkafka).
 */
#pragma once
#include "engine/base/list.h"
#include "engine/topic/record.h"

struct settings;
struct broker;
struct reader;
struct writer;
struct membership;

/* ---- brokers */

/* By the settings: Kafka where `bootstrap.servers` is set, else a local log in the folder `data` (made if it is not there).
 * Does not wait for Kafka to answer. */
MUST_CHECK bool broker_open(const struct settings *settings, struct text data, struct broker **broker, struct error *error);

/* A log in memory. Its reader hands out records in the order in which they were sent, over all partitions. */
struct broker *broker_open_memory(void);

/* All readers, writers and memberships must be closed before. NULL is allowed. */
void broker_close(struct broker *broker);

/* "kafka", "local", "memory". */
const char *broker_kind(const struct broker *broker);

/* One line for people: "Kafka at 127.0.0.1:9092", "local log in ~/weir". */
struct text broker_place(const struct broker *broker, struct arena *arena);

/* Whether `name = value` is a setting that the Kafka client knows and accepts (SASL, TLS, fetch sizes). Checks without a broker.
 * False with the error filled if the name is known and the value is wrong; `*known` false if the name is unknown. */
MUST_CHECK bool broker_check_client_setting(struct text name, struct text value, bool *known, struct error *error);

/* `cancelled` is asked, from any thread, while a call of the broker's waits for an answer; true ends the wait with an error.
 * Reading, writing and membership have time-outs of their own. NULL: every wait goes on to its own end. */
void broker_on_cancel(struct broker *broker, bool (*cancelled)(void *context), void *context);

/* ---- topics */

struct topic_config {
    struct text name; /* cleanup.policy, retention.ms, ... */
    struct text value;
};

struct topic_spec {
    struct text name;
    int32_t n_partitions; /* > 0 */
    int16_t replicas;     /* -1: the broker's default */
    const struct topic_config *configs;
    uint32_t n_configs;
};

struct topic_info {
    struct text name;
    int32_t n_partitions; /* 0: there is no such topic */
    int16_t replicas;
    bool internal;        /* the broker's own, such as __consumer_offsets */
};

/* Creates all of them in one call, and waits until they can be used. A topic that is there already is no error if `exists_ok`,
 * else ERROR_STATEMENT naming it. Names are checked as Kafka does: 1 to 249 of [a-zA-Z0-9._-], not "." or "..". */
MUST_CHECK bool broker_create_topics(struct broker *broker, const struct topic_spec *specs, uint32_t n, bool exists_ok,
                                     struct error *error);

/* A topic that is not there is no error. */
MUST_CHECK bool broker_delete_topic(struct broker *broker, struct text name, struct error *error);

/* info->n_partitions is 0 where there is no such topic. Never creates it. */
MUST_CHECK bool broker_describe_topic(struct broker *broker, struct arena *arena, struct text name, struct topic_info *info,
                                      struct error *error);

/* One setting of a topic (retention.ms, cleanup.policy); NO_TEXT where the topic does not set it. */
MUST_CHECK bool broker_topic_config(struct broker *broker, struct arena *arena, struct text name, struct text config,
                                    struct text *value, struct error *error);

struct topic_list { LIST_OF(struct topic_info); };

/* All topics, sorted by name. One request. */
MUST_CHECK bool broker_list_topics(struct broker *broker, struct arena *arena, struct topic_list *list, struct error *error);

enum { OFFSET_BEGINNING = -2, OFFSET_END = -1 }; /* as Kafka's list-offsets has them */

/* The first offset there is and the one that the next record will get. */
MUST_CHECK bool broker_offsets(struct broker *broker, struct text topic, int32_t partition, int64_t *first, int64_t *end,
                               struct error *error);

struct offset_range {
    struct text topic;
    int32_t partition;
    int64_t first, end; /* filled in */
};

/* The same for many partitions in as few requests as there can be. A partition that is not there fails all. */
MUST_CHECK bool broker_offset_ranges(struct broker *broker, struct offset_range *ranges, uint32_t n, struct error *error);

/* The offset of the first record at or after that time; the end where there is none. */
MUST_CHECK bool broker_offset_at(struct broker *broker, struct text topic, int32_t partition, int64_t timestamp_ms,
                                 int64_t *offset, struct error *error);

/* ---- reading */

MUST_CHECK bool reader_open(struct broker *broker, struct reader **reader, struct error *error);
/* All its fetches must have been released, by its own thread. */
void reader_close(struct reader *reader);

/* Reads that partition from `offset` on (or OFFSET_BEGINNING, OFFSET_END: as they are now, which is asked of the broker; of a
 * topic that is not there, as they are when it comes). Again for a partition that is assigned already: goes there. An offset costs
 * no request: 1,000 partitions cost milliseconds. One that is no longer there is a trouble of kind TROUBLE_NO_OFFSET. */
MUST_CHECK bool reader_assign(struct reader *reader, struct text topic, int32_t partition, int64_t offset, struct error *error);
void reader_unassign(struct reader *reader, struct text topic, int32_t partition);

/* Stops and continues fetching a partition without forgetting its position: the back-pressure of a task that waits. */
void reader_pause(struct reader *reader, struct text topic, int32_t partition);
void reader_resume(struct reader *reader, struct text topic, int32_t partition);

enum trouble_kind {
    TROUBLE_NONE,
    TROUBLE_NO_TOPIC,  /* topic or partition does not exist (any more) */
    TROUBLE_NO_OFFSET, /* the position is not in the log: deleted by retention, or the topic was made anew */
    TROUBLE_BROKER,    /* brokers are away, or refuse us; the client goes on trying */
    TROUBLE_END,       /* no trouble: the partition has been read to its end, said once each time it is reached */
};

struct trouble {
    enum trouble_kind kind;
    struct text topic; /* NO_TEXT: all of them; valid until the next poll */
    int32_t partition;
    struct error error;
};

/* Waits at most timeout_ms for records; returns true with *fetch (to be released by the caller), or false with none. Then
 * trouble->kind may say what happened on a partition. Returns early after reader_wake, and may without a reason. Never spins: a partition in trouble is
 * asked again with growing pauses, up to 10 s. */
bool reader_poll(struct reader *reader, int timeout_ms, struct fetch **fetch, struct trouble *trouble);

/* Ends the wait of a poll that is under way, or the next one. */
void reader_wake(struct reader *reader);

/* ---- writing */

struct writer_options {
    struct text transactional_id; /* NO_TEXT: no transactions (at least once) */
    /* Called from within writer_send, writer_poll, writer_flush or writer_commit for each record that could not be written: too
     * large, its topic gone, refused by the broker. NULL: only writer_flush says so. */
    void (*failed)(void *context, void *owner, const struct error *error);
    void *context;
};

struct send {
    struct text topic;
    int32_t partition; /* -1: by the key */
    struct text key;   /* NO_TEXT: null */
    struct text value; /* NO_TEXT: null */
    int64_t timestamp_ms;
    struct headers headers;
    void *owner; /* given back to `failed`, so that trouble finds the task it belongs to */
};

MUST_CHECK bool writer_open(struct broker *broker, struct writer_options options, struct writer **writer, struct error *error);
/* What was not flushed is lost. */
void writer_close(struct writer *writer);

/* Copies key, value and headers. Waits while the writer's buffer is full (the back-pressure), at most 60 s. False where the
 * writer itself is in trouble; a record that cannot be written is told to `failed`, maybe at once, and the call returns true. */
MUST_CHECK bool writer_send(struct writer *writer, const struct send *send, struct error *error);

/* Serves delivery reports; cheap, to be called between batches. */
void writer_poll(struct writer *writer);

/* Waits until all that was sent is written (or has failed, which `failed` was told). False after the timeout, or if any record
 * failed since the last flush. */
MUST_CHECK bool writer_flush(struct writer *writer, int timeout_ms, struct error *error);

/* Transactions, for exactly once: begin, sends, fence by the membership's consumer, commit. */
MUST_CHECK bool writer_begin(struct writer *writer, struct error *error);
MUST_CHECK bool writer_commit(struct writer *writer, struct membership *membership, struct error *error);
MUST_CHECK bool writer_abort(struct writer *writer, struct error *error);

/* ---- membership: which slots are this server's */

struct membership_options {
    struct text group;       /* the consumer group that all servers of the service share */
    struct text tasks_topic; /* its partitions are the slots; it exists */
    int32_t n_slots;
    void *context;
    /* Called from membership_poll. A slot given is ours until it is taken; a slot that is taken must be given up (its tasks
     * stopped and committed) before the call returns. `lost`: another server has it already, committing is of no use. */
    void (*given)(void *context, const int32_t *slots, uint32_t n);
    void (*taken)(void *context, const int32_t *slots, uint32_t n, bool lost);
};

/* Joins. Kafka: a consumer group, cooperative-sticky. Local: locks on files in the data folder, so that one process at a time has
 * all the slots, and another gets them when it ends, however it ends. Memory: all slots at the first poll. */
MUST_CHECK bool membership_open(struct broker *broker, struct membership_options options, struct membership **membership,
                                struct error *error);
/* Leaves the group at once, so that others need not wait for a time-out. `taken` is called for what is held. */
void membership_close(struct membership *membership);

/* How many members the group has now, in all processes. */
MUST_CHECK bool broker_count_members(struct broker *broker, struct text group, uint32_t *n, struct error *error);

/* Waits at most timeout_ms for a change. trouble says when the brokers are away. */
void membership_poll(struct membership *membership, int timeout_ms, struct trouble *trouble);
void membership_wake(struct membership *membership);
