/* topics.c - what the driver needs of topics, without the program that is measured:
 *
 *     topics BOOTSTRAP make PARTITIONS NAME...     makes them; records are kept for ever, however old their times are
 *     topics BOOTSTRAP count NAME...               how many records each has, a line each
 *     topics BOOTSTRAP put VALUE NAME...           one record into each
 *     topics BOOTSTRAP await COUNT NAME...         until each has as many records; at most a minute
 */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TIMEOUT_MS = 30000, AWAIT_S = 60, LOOK_AGAIN_US = 10000 };

static void fail(const char *why)
{
    fprintf(stderr, "topics: %s\n", why);
    exit(1);
}

static rd_kafka_t *open_client(const char *bootstrap)
{
    char why[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap, why, sizeof why);
    rd_kafka_conf_set(conf, "linger.ms", "0", why, sizeof why);
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (!client) fail(why);
    return client;
}

static rd_kafka_NewTopic_t *new_topic(const char *name, int n_partitions)
{
    char why[512];
    rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(name, n_partitions, 1, why, sizeof why);
    if (!topic) fail(why);
    rd_kafka_NewTopic_set_config(topic, "retention.ms", "-1");
    return topic;
}

static void make(rd_kafka_t *client, char **words, size_t n)
{
    rd_kafka_NewTopic_t **topics = calloc(n, sizeof *topics);
    for (size_t i = 1; i < n; i++) topics[i - 1] = new_topic(words[i], atoi(words[0]));
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
    rd_kafka_CreateTopics(client, topics, n - 1, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, TIMEOUT_MS);
    if (!event || rd_kafka_event_error(event)) fail(event ? rd_kafka_event_error_string(event) : "no answer");
    size_t n_results;
    const rd_kafka_topic_result_t **results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &n_results);
    for (size_t i = 0; i < n_results; i++)
        if (rd_kafka_topic_result_error(results[i])) fail(rd_kafka_topic_result_error_string(results[i]));
    rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    rd_kafka_NewTopic_destroy_array(topics, n - 1);
    free(topics);
}

static int count_partitions(rd_kafka_t *client, const char *name)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(client, name, NULL);
    rd_kafka_resp_err_t code = rd_kafka_metadata(client, 0, topic, &metadata, TIMEOUT_MS);
    if (code) fail(rd_kafka_err2str(code));
    int n = metadata->topics[0].partition_cnt;
    rd_kafka_metadata_destroy(metadata);
    rd_kafka_topic_destroy(topic);
    return n;
}

static long records_in(rd_kafka_t *client, const char *name, int n_partitions)
{
    long n = 0;
    for (int i = 0; i < n_partitions; i++) {
        int64_t first, end;
        rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(client, name, i, &first, &end, TIMEOUT_MS);
        if (code) fail(rd_kafka_err2str(code));
        n += end - first;
    }
    return n;
}

static void count(rd_kafka_t *client, char **words, size_t n)
{
    for (size_t i = 0; i < n; i++) printf("%ld\n", records_in(client, words[i], count_partitions(client, words[i])));
}

static void put(rd_kafka_t *client, char **words, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        rd_kafka_resp_err_t code =
            rd_kafka_producev(client, RD_KAFKA_V_TOPIC(words[i]), RD_KAFKA_V_VALUE(words[0], strlen(words[0])),
                              RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
        if (code) fail(rd_kafka_err2str(code));
    }
    if (rd_kafka_flush(client, TIMEOUT_MS)) fail("the records were not written");
}

static void await(rd_kafka_t *client, char **words, size_t n)
{
    long wanted = atol(words[0]);
    time_t end = time(NULL) + AWAIT_S;
    for (size_t i = 1; i < n; i++) {
        int n_partitions = count_partitions(client, words[i]);
        for (; records_in(client, words[i], n_partitions) < wanted; usleep(LOOK_AGAIN_US))
            if (time(NULL) > end) fail("the records did not come");
    }
}

static const struct {
    const char *name;
    void (*function)(rd_kafka_t *client, char **words, size_t n);
} verbs[] = {{"make", make}, {"count", count}, {"put", put}, {"await", await}};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 3 && i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(argv[2], verbs[i].name)) continue;
        rd_kafka_t *client = open_client(argv[1]);
        verbs[i].function(client, argv + 3, (size_t)(argc - 3));
        rd_kafka_destroy(client);
        return 0;
    }
    fprintf(stderr, "usage: topics BOOTSTRAP make|count|put|await [WHAT] NAME...\n");
    return 2;
}
