/* kafka.h - what the files that know librdkafka share. No other file includes it, or librdkafka's header.
 *
 *     kafka.c       the broker: opened without a connection, its class
 *     settings.c    which settings a client gets: ours, the user's, those that cannot be changed
 *     client.c      a client instance: its logs, what it complains of, errors as ours
 *     admin.c       topics and offsets, through one client that is opened when it is first needed
 *     refill.c      keeps a reader's client fetching
 *     reader.c      writer.c      membership.c
 */
#pragma once
#include "engine/topic/maker.h"
#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdatomic.h>

/* What a client instance is for; a set of them where a setting says whom it is for. */
enum kafka_role { KAFKA_ADMIN = 1, KAFKA_READER = 2, KAFKA_WRITER = 4, KAFKA_MEMBER = 8 };

struct kafka_setting {
    struct text name; /* with producer. or consumer. where the user wrote it */
    struct text value;
};

struct kafka_broker;

/* A client instance. Its errors come in on the thread that polls it. */
struct kafka_client {
    rd_kafka_t *rk;
    void *owner; /* for callbacks: see kafka_owner */
    /* An error that came in; true if it is the owner's matter alone. NULL: none is */
    bool (*on_error)(void *owner, rd_kafka_resp_err_t code, const char *reason);
    const struct kafka_broker *broker;
    pthread_mutex_t lock; /* guards what follows */
    char reason[256];     /* why the brokers could not be reached, as the client said last */
    bool away;            /* all brokers are, as far as is known */
    bool untold;          /* TROUBLE_BROKER is to be told */
    int64_t told_at_ms;   /* when it was told */
};

struct kafka_broker {
    struct broker base;
    struct arena *arena;
    char *servers; /* bootstrap.servers */
    struct kafka_setting *settings;
    uint32_t n_settings;
    pthread_mutex_t lock;       /* guards the opening of admin */
    struct kafka_client *admin; /* NULL until it is needed */
};

/* ---- settings.c */

/* A configuration for a client of that role; *conf is NULL if it fails. */
MUST_CHECK bool kafka_configure(const struct kafka_broker *broker, enum kafka_role role, rd_kafka_conf_t **conf,
                                struct error *error);
/* Sets what no user can: the group, the transactional id. */
MUST_CHECK bool kafka_set(rd_kafka_conf_t *conf, const char *name, struct text value, struct error *error);

/* ---- client.c */

/* Takes the configuration, also when it fails. */
struct kafka_client *kafka_client_open(const struct kafka_broker *broker, enum kafka_role role, rd_kafka_conf_t *conf,
                                       void *owner, struct error *error);
/* Waits for the client's threads. NULL is allowed. */
void kafka_client_close(struct kafka_client *client);
/* The same without waiting. No callback comes any more; it may outlive its broker. */
void kafka_client_abandon(struct kafka_client *client);
/* From the opaque pointer that librdkafka gives to callbacks. */
void *kafka_owner(void *opaque);

/* An error event of the client's own queue. */
void kafka_client_note(struct kafka_client *client, rd_kafka_resp_err_t code, const char *reason);
/* The brokers have answered. */
void kafka_client_is_well(struct kafka_client *client);
/* True if TROUBLE_BROKER is to be told now: it is filled in. At most once in a while. */
bool kafka_client_trouble(struct kafka_client *client, struct trouble *trouble);
/* Whether all brokers were away when the client last said something of them. */
bool kafka_client_is_away(struct kafka_client *client);

/* "WHAT: reason", with the code that says whether to try again. `detail` may be NULL. Returns false. */
bool kafka_fail(struct kafka_client *client, struct error *error, rd_kafka_resp_err_t code, const char *detail,
                const char *what, ...) PRINTF_LIKE(5, 6);

/* A string on the stack for librdkafka's functions; names have been checked to be short. */
struct kafka_name {
    char string[256];
};
struct kafka_name kafka_name(struct text text);

/* ---- refill.c */

struct kafka_refill {
    int64_t limit_messages, limit_bytes; /* of the client's queue */
    bool off;                            /* not needed with this librdkafka, or not possible */
    bool armed;                          /* the queue has been nearly full */
};

struct kafka_refill kafka_refill_make(const struct kafka_client *client);
/* After a batch was taken: what is left in the queue, and what was taken. */
void kafka_refill_note(struct kafka_refill *refill, struct kafka_client *client, size_t n_queued, size_t n_taken,
                       size_t bytes_taken);

/* ---- admin.c */

bool kafka_create_topics(struct broker *broker, const struct topic_spec *specs, uint32_t n, bool exists_ok,
                         struct error *error);
bool kafka_delete_topic(struct broker *broker, struct text name, struct error *error);
bool kafka_describe_topic(struct broker *broker, struct arena *arena, struct text name, struct topic_info *info,
                          struct error *error);
bool kafka_topic_config(struct broker *broker, struct arena *arena, struct text name, struct text config,
                        struct text *value, struct error *error);
bool kafka_list_topics(struct broker *broker, struct arena *arena, struct topic_list *list, struct error *error);
bool kafka_offsets(struct broker *broker, struct offset_range *ranges, uint32_t n, struct error *error);
bool kafka_offset_at(struct broker *broker, struct text topic, int32_t partition, int64_t timestamp_ms, int64_t *offset,
                     struct error *error);

bool kafka_count_members(struct broker *broker, struct text group, uint32_t *n, struct error *error);

/* ---- reader.c, writer.c, membership.c */

bool kafka_reader_open(struct broker *broker, struct reader **reader, struct error *error);
bool kafka_writer_open(struct broker *broker, const struct writer_options *options, struct writer **writer,
                       struct error *error);
bool kafka_membership_open(struct broker *broker, const struct membership_options *options,
                           struct membership **membership, struct error *error);

/* What proves to the coordinator that we are in the group, and one of our slots; NULL if we have none. Free it with
 * rd_kafka_consumer_group_metadata_destroy. */
rd_kafka_consumer_group_metadata_t *kafka_membership_proof(struct membership *membership, int32_t *slot);
struct text kafka_membership_topic(const struct membership *membership);
