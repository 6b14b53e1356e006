/* client.c - one librdkafka instance: how it is opened and closed, what it logs, what its errors mean to us.
 *
 * Each instance has four threads and its own connections, so there are few: one for all of administration, one a
 * reader, writer and membership. It reconnects by itself, with pauses that grow to reconnect.backoff.max.ms; we only
 * say that the brokers are away.
 *
 * What it logs is of its own connections and retries, and is shown only where the user set `debug`; what matters of it
 * comes as errors too, which become those of statements, queries and the engine.
 */
#include "engine/base/arena.h"
#include "engine/base/clock.h"
#include "engine/topic/kafka/kafka.h"
#include <stdio.h>
#include <stdlib.h>

enum { TELL_AGAIN_MS = 5000 };

/* ---- logs */

static void print_line(const rd_kafka_t *rk, int level, const char *facility, const char *line)
{
    (void)rk, (void)level, (void)facility;
    fprintf(stderr, "weir: Kafka client: %s\n", line);
}

static void drop_line(const rd_kafka_t *rk, int level, const char *facility, const char *line)
{
    (void)rk, (void)level, (void)facility, (void)line;
}

/* Whether the user set `debug`. */
static bool is_debugged(const rd_kafka_conf_t *conf)
{
    char value[512] = "";
    size_t size = sizeof value;
    return rd_kafka_conf_get(conf, "debug", value, &size) == RD_KAFKA_CONF_OK && *value;
}

/* ---- opening and closing */

void *kafka_owner(void *opaque)
{
    return ((struct kafka_client *)opaque)->owner;
}

static void note_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    (void)rk;
    struct kafka_client *client = opaque;
    if (client->on_error && client->on_error(client->owner, (rd_kafka_resp_err_t)code, reason)) return;
    kafka_client_note(client, (rd_kafka_resp_err_t)code, reason);
}

struct kafka_client *kafka_client_open(const struct kafka_broker *broker, enum kafka_role role, rd_kafka_conf_t *conf,
                                       void *owner, struct error *error)
{
    struct kafka_client *client = HEAP_MAKE(struct kafka_client);
    client->owner = owner;
    client->broker = broker;
    pthread_mutex_init(&client->lock, NULL);
    rd_kafka_conf_set_opaque(conf, client);
    rd_kafka_conf_set_log_cb(conf, is_debugged(conf) ? print_line : drop_line);
    rd_kafka_conf_set_error_cb(conf, note_error);
    char reason[512];
    client->rk =
        rd_kafka_new(role == KAFKA_WRITER ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER, conf, reason, sizeof reason);
    if (client->rk) return client;
    rd_kafka_conf_destroy(conf);
    kafka_client_close(client);
    error_set(error, ERROR_SETTING, NO_SPAN, "cannot make a Kafka client: %s", reason);
    return NULL;
}

void kafka_client_close(struct kafka_client *client)
{
    if (!client) return;
    if (client->rk) rd_kafka_destroy_flags(client->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    pthread_mutex_destroy(&client->lock);
    free(client);
}

static void *close_late(void *client)
{
    kafka_client_close(client);
    return NULL;
}

void kafka_client_abandon(struct kafka_client *client)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, close_late, client))
        kafka_client_close(client);
    else
        pthread_detach(thread);
}

/* ---- what it complains of */

/* What the first request of a connection that is never answered is taken for. */
#define OLD_BROKER "probably due to broker version"

/* "127.0.0.1:9/bootstrap: Connect to ipv4#127.0.0.1:9 failed: Connection refused (after 0ms in state CONNECT)" without
 * the client's name for the broker, which we say ourselves, and without the state that it was in. */
static void keep_reason(struct kafka_client *client, const char *reason)
{
    const char *start = strstr(reason, ": "), *slash = strchr(reason, '/'), *end;
    start = start && slash && slash < start ? start + 2 : reason;
    end = strstr(start, " (after ");
    if (strstr(reason, OLD_BROKER)) start = "no answer", end = NULL;
    snprintf(client->reason, sizeof client->reason, "%.*s", end ? (int)(end - start) : (int)strlen(start), start);
}

void kafka_client_note(struct kafka_client *client, rd_kafka_resp_err_t code, const char *reason)
{
    pthread_mutex_lock(&client->lock);
    bool all = code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
    if (!all) keep_reason(client, reason);
    bool refused = code == RD_KAFKA_RESP_ERR__AUTHENTICATION || code == RD_KAFKA_RESP_ERR__SSL;
    client->away |= all;
    if (all || refused) client->untold = true;
    pthread_mutex_unlock(&client->lock);
}

void kafka_client_is_well(struct kafka_client *client)
{
    pthread_mutex_lock(&client->lock);
    client->told_at_ms = 0;
    client->reason[0] = 0;
    client->away = client->untold = false;
    pthread_mutex_unlock(&client->lock);
}

bool kafka_client_is_away(struct kafka_client *client)
{
    pthread_mutex_lock(&client->lock);
    bool away = client->away;
    pthread_mutex_unlock(&client->lock);
    return away;
}

bool kafka_client_trouble(struct kafka_client *client, struct trouble *trouble)
{
    pthread_mutex_lock(&client->lock);
    int64_t now_ms = clock_monotonic_ms();
    bool tell = client->untold && (!client->told_at_ms || now_ms - client->told_at_ms >= TELL_AGAIN_MS);
    if (tell) client->told_at_ms = now_ms, client->untold = false;
    pthread_mutex_unlock(&client->lock);
    if (!tell) return false;
    trouble->kind = TROUBLE_BROKER;
    kafka_fail(client, &trouble->error, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, NULL, "Kafka");
    return true;
}

static bool is_away(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || code == RD_KAFKA_RESP_ERR__TRANSPORT ||
           code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE ||
           code == RD_KAFKA_RESP_ERR__RESOLVE || code == RD_KAFKA_RESP_ERR__AUTHENTICATION ||
           code == RD_KAFKA_RESP_ERR__SSL || code == RD_KAFKA_RESP_ERR__WAIT_COORD;
}

static enum error_code code_of(rd_kafka_resp_err_t code)
{
    switch (code) {
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    case RD_KAFKA_RESP_ERR_INVALID_REQUEST: return ERROR_STATEMENT;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE: return ERROR_LIMIT;
    case RD_KAFKA_RESP_ERR__FATAL:
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID: return ERROR_FATAL;
    default: return ERROR_WORLD;
    }
}

bool kafka_fail(struct kafka_client *client, struct error *error, rd_kafka_resp_err_t code, const char *detail,
                const char *what, ...)
{
    char place[512], reason[sizeof client->reason];
    va_list arguments;
    va_start(arguments, what);
    vsnprintf(place, sizeof place, what, arguments);
    va_end(arguments);
    if (!is_away(code))
        return error_set(error, code_of(code), NO_SPAN, "%s: %s", place,
                         detail && *detail ? detail : rd_kafka_err2str(code));
    pthread_mutex_lock(&client->lock);
    memcpy(reason, client->reason, sizeof reason);
    pthread_mutex_unlock(&client->lock);
    if (!*reason)
        return error_set(error, ERROR_WORLD, NO_SPAN, "%s: no answer from Kafka at %s", place, client->broker->servers);
    return error_set(error, ERROR_WORLD, NO_SPAN, "cannot reach Kafka at %s: %s", client->broker->servers, reason);
}

struct kafka_name kafka_name(struct text text)
{
    struct kafka_name name;
    snprintf(name.string, sizeof name.string, TEXT_FMT, TEXT_ARG(text));
    return name;
}
