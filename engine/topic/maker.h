/* maker.h - what a maker of brokers (memory.c, local.c, kafka.c) fills in; only this folder includes it.
 *
 *     broker_open ─→ kafka_open, local_open, memory_open        one of them
 *                         │ struct broker  { class, ... }
 *     reader_poll ─→ reader->class->poll                         broker.c checks, then calls through the class
 *
 * A maker's struct begins with the public one (struct broker, reader, writer, membership) and is cast back in the
 * maker's file. broker.c has checked what can be checked without the log: names, partition counts, time stamps,
 * arguments out of range.
 */
#pragma once
#include "engine/topic/topic.h"

struct broker_class {
    const char *kind;
    void (*close)(struct broker *broker);
    struct text (*place)(const struct broker *broker, struct arena *arena);
    bool (*create_topics)(struct broker *broker, const struct topic_spec *specs, uint32_t n, bool exists_ok,
                          struct error *error);
    bool (*delete_topic)(struct broker *broker, struct text name, struct error *error);
    bool (*describe_topic)(struct broker *broker, struct arena *arena, struct text name, struct topic_info *info,
                           struct error *error);
    bool (*topic_config)(struct broker *broker, struct arena *arena, struct text name, struct text config,
                         struct text *value, struct error *error);
    bool (*list_topics)(struct broker *broker, struct arena *arena, struct topic_list *list,
                        struct error *error); /* any order */
    bool (*offsets)(struct broker *broker, struct offset_range *ranges, uint32_t n, struct error *error);
    bool (*offset_at)(struct broker *broker, struct text topic, int32_t partition, int64_t timestamp_ms,
                      int64_t *offset, struct error *error);
    bool (*reader_open)(struct broker *broker, struct reader **reader, struct error *error);
    bool (*writer_open)(struct broker *broker, const struct writer_options *options, struct writer **writer,
                        struct error *error);
    bool (*membership_open)(struct broker *broker, const struct membership_options *options,
                            struct membership **membership, struct error *error);
    bool (*count_members)(struct broker *broker, struct text group, uint32_t *n, struct error *error);
};

struct broker {
    const struct broker_class *class;
    bool (*cancelled)(void *context); /* broker.c's; see broker_on_cancel. NULL: never */
    void *cancel_context;
};

/* Whether a wait for the log is to end. */
static inline bool broker_is_cancelled(const struct broker *broker)
{
    return broker->cancelled && broker->cancelled(broker->cancel_context);
}

struct reader_class {
    void (*close)(struct reader *reader);
    bool (*assign)(struct reader *reader, struct text topic, int32_t partition, int64_t offset, struct error *error);
    void (*unassign)(struct reader *reader, struct text topic, int32_t partition);
    void (*pause)(struct reader *reader, struct text topic, int32_t partition);
    void (*resume)(struct reader *reader, struct text topic, int32_t partition);
    bool (*poll)(struct reader *reader, int timeout_ms, struct fetch **fetch,
                 struct trouble *trouble); /* trouble is cleared */
    void (*wake)(struct reader *reader);
};

struct reader {
    const struct reader_class *class;
    struct broker *broker; /* broker.c's */
};

struct writer_class {
    void (*close)(struct writer *writer);
    bool (*send)(struct writer *writer, const struct send *send, struct error *error);
    void (*poll)(struct writer *writer);
    bool (*flush)(struct writer *writer, int timeout_ms,
                  struct error *error); /* records that failed are broker.c's matter */
    bool (*begin)(struct writer *writer, struct error *error);
    bool (*commit)(struct writer *writer, struct membership *membership, struct error *error);
    bool (*abort)(struct writer *writer, struct error *error);
};

struct writer {
    const struct writer_class *class;
    void (*failed)(void *context, void *owner, const struct error *error); /* NULL: no one wants to know */
    void *context;
    bool transactional;
    bool in_transaction;
    uint64_t n_failed;          /* records, since the last flush */
    struct error first_failure; /* the error of the first of them */
};

/* For the maker: a record of `owner` could not be written. Counts it and tells `failed`. */
void writer_fail(struct writer *writer, void *owner, const struct error *error);

struct membership_class {
    void (*close)(struct membership *membership); /* calls `taken` for what is held */
    void (*poll)(struct membership *membership, int timeout_ms, struct trouble *trouble); /* trouble is cleared */
    void (*wake)(struct membership *membership);
};

struct membership {
    const struct membership_class *class;
    struct membership_options options; /* its texts are copies */
};

/* For the maker: calls `given` or `taken` with all slots. */
void membership_give_all(struct membership *membership);
void membership_take_all(struct membership *membership, bool lost);

/* What the makers say alike. Each returns false. */
bool error_no_topic(struct error *error, struct text topic);
bool error_no_partition(struct error *error, struct text topic, int32_t partition);
bool error_topic_exists(struct error *error, struct text topic);
bool error_needs_key(struct error *error, struct text topic);
bool error_record_too_large(struct error *error, struct text topic, size_t size, size_t limit);

/* Bytes that a record takes for max.message.bytes: key, value, headers and what goes around them. */
size_t send_size(const struct send *send);

/* max.message.bytes where a topic does not set it: Kafka's default. */
enum { MAX_MESSAGE_BYTES = 1048588 };

/* A whole number among a topic's settings, `fallback` where it is not set or none. */
int64_t topic_config_int(const struct topic_config *configs, uint32_t n, const char *name, int64_t fallback);

/* By cleanup.policy: `compact`, `delete` (the default) or both. */
bool topic_is_compacted(const struct topic_config *configs, uint32_t n);
bool topic_deletes(const struct topic_config *configs, uint32_t n);

MUST_CHECK bool local_open(struct text data, struct broker **broker, struct error *error);
MUST_CHECK bool kafka_open(const struct settings *settings, struct broker **broker, struct error *error);
