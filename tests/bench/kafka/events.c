/* events.c - fills a topic with findings of cameras: events BOOTSTRAP TOPIC COUNT
 *
 * Each has its camera as the key and its own time; the partition is Kafka's own choice (murmur2 of the key). Prints how
 * many there are, how many of them are alarms, and how many bytes their keys and values have.
 */
#include "tests/bench/finding.h"
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const settings[][2] = {
    {"linger.ms", "50"}, {"partitioner", "murmur2_random"}, {"queue.buffering.max.messages", "200000"},
    {"log_level", "3"},  {"enable.idempotence", "true"}, /* a try again neither repeats a record nor changes the order
                                                          */
};

static rd_kafka_t *open_producer(const char *bootstrap)
{
    char why[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap, why, sizeof why);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        rd_kafka_conf_set(conf, settings[i][0], settings[i][1], why, sizeof why);
    rd_kafka_t *producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (!producer) fprintf(stderr, "events: %s\n", why);
    return producer;
}

static rd_kafka_resp_err_t send_finding(rd_kafka_t *producer, const char *topic, const struct finding *finding)
{
    rd_kafka_resp_err_t code;
    do {
        code = rd_kafka_producev(producer, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_KEY(finding->key, finding->key_len),
                                 RD_KAFKA_V_VALUE((void *)finding->value, finding->value_len),
                                 RD_KAFKA_V_TIMESTAMP(finding->timestamp_ms), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                 RD_KAFKA_V_END);
        rd_kafka_poll(producer, code ? 10 : 0);
    } while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL);
    return code;
}

int main(int argc, char **argv)
{
    if (argc != 4) return fprintf(stderr, "usage: events BOOTSTRAP TOPIC COUNT\n"), 2;
    rd_kafka_t *producer = open_producer(argv[1]);
    long count = atol(argv[3]), n_alarms = 0, bytes = 0;
    struct findings findings = findings_start();
    struct finding finding;
    rd_kafka_resp_err_t code = producer ? RD_KAFKA_RESP_ERR_NO_ERROR : RD_KAFKA_RESP_ERR__FAIL;
    for (long i = 0; i < count && !code; i++) {
        findings_next(&findings, &finding);
        code = send_finding(producer, argv[2], &finding);
        n_alarms += finding.is_alarm;
        bytes += (long)(finding.key_len + finding.value_len);
    }
    if (!code) code = rd_kafka_flush(producer, 60000);
    if (code) return fprintf(stderr, "events: %s\n", rd_kafka_err2str(code)), 1;
    printf("%ld %ld %ld\n", count, n_alarms, bytes);
    rd_kafka_destroy(producer);
    return 0;
}
