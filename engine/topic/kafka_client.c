/* kafka_client.c - one librdkafka instance: how it is opened and closed, what it logs, what its errors mean to us.
 *
 * Each instance has four threads and its own connections, so there are few: one for all of administration, one a
 * reader, writer and membership. It reconnects by itself, with pauses that grow to reconnect.backoff.max.ms; we only
 * say that the brokers are away.
 *
 * Its log lines go to standard error, a few at a time: brokers that are away would else fill the disk.
 */
#include "engine/base/arena.h"
#include "engine/base/clock.h"
#include "engine/topic/kafka.h"
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

enum { LOG_LINES = 5, LOG_SPAN_MS = 30000, TELL_AGAIN_MS = 5000 };

/* ---- logs */

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t log_span_start_ms;
static unsigned log_lines, log_dropped; /* of this span */

/* At most LOG_LINES in LOG_SPAN_MS; what was left out is counted. Lines that the user asked for (`debug`) all come.
 * CONFWARN is about settings that are given to all clients and mean something to some. */
static void log_line(const rd_kafka_t *rk, int level, const char *facility, const char *line)
{
    (void)rk;
    if (!strcmp(facility, "CONFWARN") || (level > LOG_WARNING && level != LOG_DEBUG)) return;
    pthread_mutex_lock(&log_lock);
    int64_t now_ms = clock_monotonic_ms();
    if (now_ms - log_span_start_ms > LOG_SPAN_MS) {
        if (log_dropped) fprintf(stderr, "weir: Kafka client: %u more lines like these\n", log_dropped);
        log_span_start_ms = now_ms;
        log_lines = log_dropped = 0;
    }
    if (level == LOG_DEBUG || log_lines++ < LOG_LINES)
        fprintf(stderr, "weir: Kafka client: %s\n", line);
    else
        log_dropped++;
    pthread_mutex_unlock(&log_lock);
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
    client->servers = broker->servers;
    pthread_mutex_init(&client->lock, NULL);
    rd_kafka_conf_set_opaque(conf, client);
    rd_kafka_conf_set_log_cb(conf, log_line);
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

/* ---- what it complains of */

void kafka_client_note(struct kafka_client *client, rd_kafka_resp_err_t code, const char *reason)
{
    pthread_mutex_lock(&client->lock);
    bool all = code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
    if (!all) snprintf(client->reason, sizeof client->reason, "%s", reason);
    bool refused = code == RD_KAFKA_RESP_ERR__AUTHENTICATION || code == RD_KAFKA_RESP_ERR__SSL;
    client->away |= all;
    if (all || refused) client->untold = true;
    pthread_mutex_unlock(&client->lock);
}

void kafka_client_is_well(struct kafka_client *client)
{
    pthread_mutex_lock(&client->lock);
    client->told_at_ms = 0;
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
    if (!*reason) snprintf(reason, sizeof reason, "no answer");
    return error_set(error, ERROR_WORLD, NO_SPAN, "%s: cannot reach Kafka at %s: %s", place, client->servers, reason);
}

struct kafka_name kafka_name(struct text text)
{
    struct kafka_name name;
    snprintf(name.string, sizeof name.string, TEXT_FMT, TEXT_ARG(text));
    return name;
}
