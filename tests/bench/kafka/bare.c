/* bare.c - the least that a filter over Kafka can cost: bare BOOTSTRAP IN OUT
 *
 * Reads IN from the beginning and sends on to OUT each record with ALARM anywhere in its value, as it is: no columns,
 * no JSON, no commits. Runs until SIGTERM. What weir spends beyond this is its own; the rest is the client library's.
 *
 * The client is as a careful user would set it up: batches from the consumer's queue (which cost half of single
 * records), a producer that is idempotent as weir's is, and the same allocator.
 */
#include <librdkafka/rdkafka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 1024, WAIT_MS = 100 };

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
    (void)signal;
    stopped = 1;
}

static void fail(const char *why)
{
    fprintf(stderr, "bare: %s\n", why);
    exit(1);
}

/* Settings in pairs, to a NULL. */
static rd_kafka_t *open_client(rd_kafka_type_t type, const char *const *settings)
{
    char why[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    for (; *settings; settings += 2)
        if (rd_kafka_conf_set(conf, settings[0], settings[1], why, sizeof why)) fail(why);
    rd_kafka_t *client = rd_kafka_new(type, conf, why, sizeof why);
    if (!client) fail(why);
    return client;
}

static void assign_all(rd_kafka_t *consumer, const char *name)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(consumer, name, NULL);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    if (rd_kafka_metadata(consumer, 0, topic, &metadata, 10000)) fail("the broker does not answer");
    for (int i = 0; i < metadata->topics[0].partition_cnt; i++)
        rd_kafka_topic_partition_list_add(list, name, i)->offset = RD_KAFKA_OFFSET_BEGINNING;
    if (rd_kafka_assign(consumer, list)) fail("the partitions cannot be assigned");
    rd_kafka_metadata_destroy(metadata);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_topic_destroy(topic);
}

static void pass_on(rd_kafka_t *producer, rd_kafka_topic_t *out, const rd_kafka_message_t *message)
{
    if (message->err || !message->payload || !memmem(message->payload, message->len, "ALARM", 5)) return;
    while (rd_kafka_produce(out, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, message->payload, message->len,
                            message->key, message->key_len, NULL))
        rd_kafka_poll(producer, 10);
}

static void run(rd_kafka_t *consumer, rd_kafka_t *producer, rd_kafka_topic_t *out)
{
    rd_kafka_message_t *messages[BATCH];
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(consumer);
    while (!stopped) {
        ssize_t n = rd_kafka_consume_batch_queue(queue, WAIT_MS, messages, BATCH);
        for (ssize_t i = 0; i < n; i++) {
            pass_on(producer, out, messages[i]);
            rd_kafka_message_destroy(messages[i]);
        }
        rd_kafka_poll(producer, 0);
    }
    rd_kafka_queue_destroy(queue);
}

int main(int argc, char **argv)
{
    if (argc != 4) return fprintf(stderr, "usage: bare BOOTSTRAP IN OUT\n"), 2;
    signal(SIGTERM, stop);
    const char *const consuming[] = {"bootstrap.servers",  argv[1], "group.id", "bare",
                                     "enable.auto.commit", "false", NULL};
    const char *const producing[] = {
        "bootstrap.servers", argv[1],          "linger.ms", "50", "enable.idempotence", "true",
        "partitioner",       "murmur2_random", NULL};
    rd_kafka_t *consumer = open_client(RD_KAFKA_CONSUMER, consuming);
    rd_kafka_t *producer = open_client(RD_KAFKA_PRODUCER, producing);
    rd_kafka_poll_set_consumer(consumer);
    rd_kafka_topic_t *out = rd_kafka_topic_new(producer, argv[3], NULL);
    assign_all(consumer, argv[2]);
    run(consumer, producer, out);
    rd_kafka_flush(producer, 10000);
    rd_kafka_topic_destroy(out);
    rd_kafka_destroy(producer);
    rd_kafka_destroy(consumer);
    return 0;
}
