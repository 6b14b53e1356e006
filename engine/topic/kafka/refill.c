/* refill.c - keeps the client fetching while its queue is being emptied.
 *
 * librdkafka stops fetching when its queue holds queued.min.messages, or queued.max.messages.kbytes. Before version 2.2
 * the thread that would go on sleeps then, for up to a second, however fast the queue is emptied: a reader that takes 1
 * µs for a record was measured to wait 29 of 30 seconds. (Later versions have the setting fetch.queue.backoff.ms, see
 * settings.c.) So, when the queue has been nearly full and is half empty, we wake it:
 *
 *     messages in the queue    20000 ┤   ╭╮      ╭╮       armed above three quarters of a limit
 *                              10000 ┤  ╭╯╰╮    ╭╯╰╮      below half of it: woken, once
 *                                  0 ┤──╯  ╰────╯  ╰
 *
 * What wakes all of a client's threads and changes nothing is to give it the credentials that it has.
 */
#include "engine/base/arena.h"
#include "engine/topic/kafka/kafka.h"
#include <stdlib.h>

enum { BACKOFF_VERSION = 0x020200ff };

/* A setting of the client's; heap. Empty where it is not set. */
static char *setting_of(rd_kafka_t *rk, const char *name)
{
    size_t size = 0;
    char *value = NULL;
    if (rd_kafka_conf_get(rd_kafka_conf(rk), name, NULL, &size) == RD_KAFKA_CONF_OK && size) {
        value = heap_alloc(size);
        if (rd_kafka_conf_get(rd_kafka_conf(rk), name, value, &size) == RD_KAFKA_CONF_OK) return value;
    }
    free(value);
    return heap_strndup("", 0);
}

static int64_t limit_of(rd_kafka_t *rk, const char *name)
{
    char *value = setting_of(rk, name);
    int64_t limit = strtoll(value, NULL, 10);
    free(value);
    return limit;
}

/* Kerberos takes the user's name from elsewhere and could be led astray by one. */
static bool may_set_credentials(rd_kafka_t *rk)
{
    char *protocol = setting_of(rk, "security.protocol"), *mechanism = setting_of(rk, "sasl.mechanisms");
    bool kerberos = strncmp(protocol, "sasl", 4) == 0 && strcmp(mechanism, "GSSAPI") == 0;
    free(protocol);
    free(mechanism);
    return !kerberos;
}

struct kafka_refill kafka_refill_make(const struct kafka_client *client)
{
    return (struct kafka_refill){
        .limit_messages = limit_of(client->rk, "queued.min.messages"),
        .limit_bytes = limit_of(client->rk, "queued.max.messages.kbytes") * 1024,
        .off = rd_kafka_version() >= BACKOFF_VERSION || !may_set_credentials(client->rk),
    };
}

static void wake_threads(rd_kafka_t *rk)
{
    char *user = setting_of(rk, "sasl.username"), *password = setting_of(rk, "sasl.password");
    rd_kafka_error_t *failure = rd_kafka_sasl_set_credentials(rk, user, password);
    if (failure) rd_kafka_error_destroy(failure);
    explicit_bzero(password, strlen(password));
    free(user);
    free(password);
}

void kafka_refill_note(struct kafka_refill *refill, struct kafka_client *client, size_t n_queued, size_t n_taken,
                       size_t bytes_taken)
{
    if (refill->off || !n_taken) return;
    int64_t messages = (int64_t)n_queued, bytes = messages * (int64_t)(bytes_taken / n_taken + 1);
    if (messages >= refill->limit_messages / 4 * 3 || bytes >= refill->limit_bytes / 4 * 3) refill->armed = true;
    if (!refill->armed || messages >= refill->limit_messages / 2 || bytes >= refill->limit_bytes / 2) return;
    refill->armed = false;
    wake_threads(client->rk);
}
