/* admin.c - topics, offsets, members of groups: one request each, on one client instance that all threads share.
 *
 * The client is a consumer, because only those ask for a topic's metadata without making the topic. What changes topics
 * is asked of the controller and then seen by the brokers a little later; so after CreateTopics and DeleteTopics the
 * metadata is asked for until it shows them.
 *
 * Every wait has an end: TIMEOUT_MS, or GIVE_UP_MS after all brokers were seen to be away, or when it is cancelled,
 * which is looked at every ASK_MS.
 */
#include "engine/base/clock.h"
#include "engine/topic/kafka/kafka.h"
#include <stdlib.h>
#include <unistd.h>

enum { TIMEOUT_MS = 15000, GIVE_UP_MS = 3000, PROBE_MS = 200, SLICE_MS = 100, ASK_MS = 500, MANY_TOPICS = 20 };

/* The shared client, opened now if it is not there. */
static struct kafka_client *admin_of(struct broker *base, struct error *error)
{
    struct kafka_broker *broker = (struct kafka_broker *)base;
    rd_kafka_conf_t *conf;
    pthread_mutex_lock(&broker->lock);
    if (!broker->admin && kafka_configure(broker, KAFKA_ADMIN, &conf, error))
        broker->admin = kafka_client_open(broker, KAFKA_ADMIN, conf, NULL, error);
    pthread_mutex_unlock(&broker->lock);
    return broker->admin;
}

/* ---- waiting */

struct wait {
    struct kafka_client *client;
    int64_t start_ms;
};

static struct wait wait_start(struct kafka_client *client)
{
    return (struct wait){client, clock_monotonic_ms()};
}

/* Whether any broker answers. That they are all away is said once, that one is back never. */
static bool is_there(struct kafka_client *client)
{
    const struct rd_kafka_metadata *metadata;
    if (rd_kafka_metadata(client->rk, 0, NULL, &metadata, PROBE_MS)) return false;
    rd_kafka_metadata_destroy(metadata);
    kafka_client_is_well(client);
    return true;
}

/* Whether there is no point in waiting on. Serves the client's errors, which say why there is no answer. */
static bool is_hopeless(const struct wait *wait)
{
    rd_kafka_poll(wait->client->rk, 0);
    int64_t waited_ms = clock_monotonic_ms() - wait->start_ms;
    if (waited_ms >= TIMEOUT_MS || broker_is_cancelled(&wait->client->broker->base)) return true;
    return waited_ms >= GIVE_UP_MS && kafka_client_is_away(wait->client) && !is_there(wait->client);
}

/* The answer to an administrative request; NULL with the error filled. The queue is destroyed. */
static rd_kafka_event_t *await(struct kafka_client *client, rd_kafka_queue_t *queue, struct error *error,
                               const char *what)
{
    struct wait wait = wait_start(client);
    rd_kafka_event_t *event = NULL;
    while (!event && !is_hopeless(&wait)) event = rd_kafka_queue_poll(queue, SLICE_MS);
    rd_kafka_queue_destroy(queue);
    if (!event) {
        kafka_fail(client, error, RD_KAFKA_RESP_ERR__TIMED_OUT, NULL, "%s", what);
        return NULL;
    }
    rd_kafka_resp_err_t code = rd_kafka_event_error(event);
    if (!code) {
        kafka_client_is_well(client);
        return event;
    }
    kafka_fail(client, error, code, rd_kafka_event_error_string(event), "%s", what);
    rd_kafka_event_destroy(event);
    return NULL;
}

static rd_kafka_AdminOptions_t *options_for(struct kafka_client *client, rd_kafka_admin_op_t operation)
{
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(client->rk, operation);
    char ignored[128];
    rd_kafka_AdminOptions_set_request_timeout(options, TIMEOUT_MS, ignored, sizeof ignored);
    return options;
}

/* ---- metadata */

/* Of one topic, or of all where `name` is NO_TEXT. Destroy it. Never makes a topic. */
static const struct rd_kafka_metadata *ask_metadata(struct kafka_client *client, struct text name, struct error *error)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_topic_t *topic = name.data ? rd_kafka_topic_new(client->rk, kafka_name(name).string, NULL) : NULL;
    struct wait wait = wait_start(client);
    rd_kafka_resp_err_t code;
    do code = rd_kafka_metadata(client->rk, !topic, topic, &metadata, ASK_MS);
    while (code && !is_hopeless(&wait));
    if (topic) rd_kafka_topic_destroy(topic);
    if (!code) {
        kafka_client_is_well(client);
        return metadata;
    }
    if (name.data)
        kafka_fail(client, error, code, NULL, "topic '" TEXT_FMT "'", TEXT_ARG(name));
    else
        kafka_fail(client, error, code, NULL, "listing topics");
    return NULL;
}

static const struct rd_kafka_metadata_topic *find_topic(const struct rd_kafka_metadata *metadata, struct text name)
{
    for (int i = 0; i < metadata->topic_cnt; i++)
        if (text_equal(text_of(metadata->topics[i].topic), name)) return &metadata->topics[i];
    return NULL;
}

/* The brokers' own: librdkafka does not hand on what the broker says of that. */
static bool is_internal(struct text name)
{
    return text_equal(name, TEXT("__consumer_offsets")) || text_equal(name, TEXT("__transaction_state")) ||
           text_equal(name, TEXT("__share_group_state"));
}

static struct topic_info info_of(const struct rd_kafka_metadata_topic *topic, struct arena *arena)
{
    struct text name = text_copy(arena, text_of(topic->topic));
    int16_t replicas = topic->partition_cnt ? (int16_t)topic->partitions[0].replica_cnt : 0;
    return (struct topic_info){name, topic->partition_cnt, replicas, is_internal(name)};
}

static bool is_missing(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
           code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
}

bool kafka_describe_topic(struct broker *broker, struct arena *arena, struct text name, struct topic_info *info,
                          struct error *error)
{
    struct kafka_client *client = admin_of(broker, error);
    const struct rd_kafka_metadata *metadata = client ? ask_metadata(client, name, error) : NULL;
    if (!metadata) return false;
    const struct rd_kafka_metadata_topic *topic = find_topic(metadata, name);
    bool ok = !topic || !topic->err || is_missing(topic->err) ||
              kafka_fail(client, error, topic->err, NULL, "topic '" TEXT_FMT "'", TEXT_ARG(name));
    if (ok && topic && !topic->err) *info = info_of(topic, arena);
    rd_kafka_metadata_destroy(metadata);
    return ok;
}

bool kafka_list_topics(struct broker *broker, struct arena *arena, struct topic_list *list, struct error *error)
{
    struct kafka_client *client = admin_of(broker, error);
    const struct rd_kafka_metadata *metadata = client ? ask_metadata(client, NO_TEXT, error) : NULL;
    if (!metadata) return false;
    for (int i = 0; i < metadata->topic_cnt; i++)
        if (!metadata->topics[i].err) LIST_PUSH(arena, list, info_of(&metadata->topics[i], arena));
    rd_kafka_metadata_destroy(metadata);
    return true;
}

/* ---- making and deleting topics */

static bool is_ready(const struct rd_kafka_metadata_topic *topic)
{
    if (!topic || topic->err || !topic->partition_cnt) return false;
    for (int i = 0; i < topic->partition_cnt; i++)
        if (topic->partitions[i].leader < 0) return false;
    return true;
}

/* Asks until the metadata shows that they are all there with leaders, or (`gone`) that they are not. */
static bool await_topics(struct kafka_client *client, const struct topic_spec *specs, uint32_t n, bool gone,
                         struct error *error)
{
    struct wait wait = wait_start(client);
    useconds_t pause_us = 2000;
    for (uint32_t ready = 0; ready < n;) {
        struct text one = n <= MANY_TOPICS ? specs[ready].name : NO_TEXT;
        const struct rd_kafka_metadata *metadata = ask_metadata(client, one, error);
        if (!metadata) return false;
        uint32_t before = ready;
        while (ready < n && is_ready(find_topic(metadata, specs[ready].name)) == !gone) {
            ready++;
            if (one.data) break;
        }
        rd_kafka_metadata_destroy(metadata);
        if (ready > before) continue;
        if (is_hopeless(&wait))
            return kafka_fail(client, error, RD_KAFKA_RESP_ERR__TIMED_OUT, NULL, "waiting for topic '" TEXT_FMT "'",
                              TEXT_ARG(specs[ready].name));
        usleep(pause_us);
        if (pause_us < 100000) pause_us *= 2;
    }
    return true;
}

static rd_kafka_NewTopic_t *new_topic(const struct topic_spec *spec, struct error *error)
{
    char reason[256];
    struct kafka_name name = kafka_name(spec->name);
    rd_kafka_NewTopic_t *topic =
        rd_kafka_NewTopic_new(name.string, spec->n_partitions, spec->replicas, reason, sizeof reason);
    if (!topic) {
        error_set(error, ERROR_STATEMENT, NO_SPAN, "topic '%s': %s", name.string, reason);
        return NULL;
    }
    for (uint32_t i = 0; i < spec->n_configs; i++) {
        char *value = heap_strndup(spec->configs[i].value.data, spec->configs[i].value.len);
        rd_kafka_NewTopic_set_config(topic, kafka_name(spec->configs[i].name).string, value);
        free(value);
    }
    return topic;
}

static bool check_created(struct kafka_client *client, rd_kafka_event_t *event, bool exists_ok, struct error *error)
{
    size_t n;
    const rd_kafka_topic_result_t **results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &n);
    for (size_t i = 0; i < n; i++) {
        rd_kafka_resp_err_t code = rd_kafka_topic_result_error(results[i]);
        const char *name = rd_kafka_topic_result_name(results[i]);
        if (!code || (exists_ok && code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)) continue;
        if (code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) return error_topic_exists(error, text_of(name));
        return kafka_fail(client, error, code, rd_kafka_topic_result_error_string(results[i]), "creating topic '%s'",
                          name);
    }
    return true;
}

bool kafka_create_topics(struct broker *broker, const struct topic_spec *specs, uint32_t n, bool exists_ok,
                         struct error *error)
{
    struct kafka_client *client = admin_of(broker, error);
    if (!client) return false;
    rd_kafka_NewTopic_t **topics = heap_zalloc(n * sizeof *topics);
    bool ok = true;
    for (uint32_t i = 0; ok && i < n; i++) ok = (topics[i] = new_topic(&specs[i], error)) != NULL;
    rd_kafka_event_t *event = NULL;
    if (ok) {
        rd_kafka_queue_t *queue = rd_kafka_queue_new(client->rk);
        rd_kafka_AdminOptions_t *options = options_for(client, RD_KAFKA_ADMIN_OP_CREATETOPICS);
        rd_kafka_CreateTopics(client->rk, topics, n, options, queue);
        rd_kafka_AdminOptions_destroy(options);
        event = await(client, queue, error, "creating topics");
    }
    for (uint32_t i = 0; i < n; i++)
        if (topics[i]) rd_kafka_NewTopic_destroy(topics[i]);
    free(topics);
    ok = event && check_created(client, event, exists_ok, error);
    if (event) rd_kafka_event_destroy(event);
    return ok && await_topics(client, specs, n, false, error);
}

bool kafka_delete_topic(struct broker *broker, struct text name, struct error *error)
{
    struct kafka_client *client = admin_of(broker, error);
    if (!client) return false;
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client->rk);
    rd_kafka_AdminOptions_t *options = options_for(client, RD_KAFKA_ADMIN_OP_DELETETOPICS);
    rd_kafka_DeleteTopic_t *topic = rd_kafka_DeleteTopic_new(kafka_name(name).string);
    rd_kafka_DeleteTopics(client->rk, &topic, 1, options, queue);
    rd_kafka_DeleteTopic_destroy(topic);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_event_t *event = await(client, queue, error, "deleting a topic");
    if (!event) return false;
    size_t n;
    const rd_kafka_topic_result_t **results =
        rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &n);
    rd_kafka_resp_err_t code = n ? rd_kafka_topic_result_error(results[0]) : 0;
    bool ok = !code || is_missing(code) ||
              kafka_fail(client, error, code, rd_kafka_topic_result_error_string(results[0]),
                         "deleting topic '" TEXT_FMT "'", TEXT_ARG(name));
    rd_kafka_event_destroy(event);
    struct topic_spec spec = {.name = name};
    return ok && await_topics(client, &spec, 1, true, error);
}

/* ---- a topic's settings */

/* What the topic itself sets, not what it has from the broker. */
static struct text own_config(const rd_kafka_ConfigResource_t *resource, struct text name)
{
    size_t n;
    const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(resource, &n);
    for (size_t i = 0; i < n; i++)
        if (rd_kafka_ConfigEntry_source(entries[i]) == RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG &&
            text_equal(text_of(rd_kafka_ConfigEntry_name(entries[i])), name))
            return text_of(rd_kafka_ConfigEntry_value(entries[i]));
    return NO_TEXT;
}

bool kafka_topic_config(struct broker *broker, struct arena *arena, struct text name, struct text config,
                        struct text *value, struct error *error)
{
    struct kafka_client *client = admin_of(broker, error);
    if (!client) return false;
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client->rk);
    rd_kafka_AdminOptions_t *options = options_for(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    rd_kafka_ConfigResource_t *resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, kafka_name(name).string);
    rd_kafka_DescribeConfigs(client->rk, &resource, 1, options, queue);
    rd_kafka_ConfigResource_destroy(resource);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_event_t *event = await(client, queue, error, "describing a topic");
    if (!event) return false;
    size_t n;
    const rd_kafka_ConfigResource_t **found =
        rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event), &n);
    rd_kafka_resp_err_t code = n ? rd_kafka_ConfigResource_error(found[0]) : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    if (!code)
        *value = text_copy(arena, own_config(found[0], config));
    else if (is_missing(code))
        error_no_topic(error, name);
    else
        kafka_fail(client, error, code, rd_kafka_ConfigResource_error_string(found[0]), "topic '" TEXT_FMT "'",
                   TEXT_ARG(name));
    rd_kafka_event_destroy(event);
    return !code;
}

/* ---- offsets */

/* Whether the brokers know the partition; false with what is wrong. */
static bool check_partition(struct kafka_client *client, struct text topic, int32_t partition, struct error *error)
{
    const struct rd_kafka_metadata *metadata = ask_metadata(client, topic, error);
    if (!metadata) return false;
    const struct rd_kafka_metadata_topic *found = find_topic(metadata, topic);
    bool ok = true;
    if (!found || is_missing(found->err))
        ok = error_no_topic(error, topic);
    else if (found->err)
        ok = kafka_fail(client, error, found->err, NULL, "topic '" TEXT_FMT "'", TEXT_ARG(topic));
    else if (partition >= found->partition_cnt)
        ok = error_no_partition(error, topic, partition);
    rd_kafka_metadata_destroy(metadata);
    return ok;
}

/* A topic that was just made is known before its leader answers for it, and a leader may move: not for long. */
static bool passes_soon(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION || code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
           code == RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE || is_missing(code);
}

/* Partitions, each with a time (or OFFSET_BEGINNING, OFFSET_END) that becomes an offset: one request a broker. */
struct question {
    struct kafka_client *client;
    rd_kafka_topic_partition_list_t *list;
};

static struct question question_make(struct kafka_client *client)
{
    return (struct question){client, rd_kafka_topic_partition_list_new(1)};
}

static void question_fini(struct question *question)
{
    rd_kafka_topic_partition_list_destroy(question->list);
}

/* The same partition twice is asked for once: brokers refuse it twice. */
static void question_add(struct question *question, struct text topic, int32_t partition)
{
    struct kafka_name name = kafka_name(topic);
    if (!rd_kafka_topic_partition_list_find(question->list, name.string, partition))
        rd_kafka_topic_partition_list_add(question->list, name.string, partition);
}

static int64_t question_answer(const struct question *question, struct text topic, int32_t partition)
{
    return rd_kafka_topic_partition_list_find(question->list, kafka_name(topic).string, partition)->offset;
}

/* Asks once. *at is a partition that is in trouble, the first if all are. */
static rd_kafka_resp_err_t ask(const struct question *question, int64_t time, const rd_kafka_topic_partition_t **at)
{
    rd_kafka_topic_partition_list_t *list = question->list;
    for (int i = 0; i < list->cnt; i++) list->elems[i].offset = time, list->elems[i].err = 0;
    rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(question->client->rk, list, ASK_MS);
    *at = &list->elems[0];
    for (int i = 0; i < list->cnt; i++) {
        if (!list->elems[i].err) continue;
        *at = &list->elems[i];
        return (*at)->err;
    }
    return code;
}

/* A positive code is a broker's answer, a negative one is what the client makes of having none. */
static bool question_ask(const struct question *question, int64_t time, struct error *error)
{
    enum { SETTLE_MS = 5000, PAUSE_US = 20000 };
    struct kafka_client *client = question->client;
    struct wait wait = wait_start(client);
    const rd_kafka_topic_partition_t *at;
    rd_kafka_resp_err_t code;
    while ((code = ask(question, time, &at))) {
        bool soon = passes_soon(code) && clock_monotonic_ms() - wait.start_ms < SETTLE_MS;
        if (soon && !check_partition(client, text_of(at->topic), at->partition, error)) return false;
        if (!soon && (code > 0 || is_missing(code) || is_hopeless(&wait)))
            return kafka_fail(client, error, code, NULL, "offsets of topic '%s', partition %d", at->topic,
                              at->partition);
        usleep(PAUSE_US);
    }
    kafka_client_is_well(client);
    return true;
}

bool kafka_offsets(struct broker *broker, struct offset_range *ranges, uint32_t n, struct error *error)
{
    struct kafka_client *client = admin_of(broker, error);
    if (!client) return false;
    struct question question = question_make(client);
    for (uint32_t i = 0; i < n; i++) question_add(&question, ranges[i].topic, ranges[i].partition);
    bool ok = question_ask(&question, OFFSET_BEGINNING, error);
    for (uint32_t i = 0; ok && i < n; i++)
        ranges[i].first = question_answer(&question, ranges[i].topic, ranges[i].partition);
    ok = ok && question_ask(&question, OFFSET_END, error);
    for (uint32_t i = 0; ok && i < n; i++)
        ranges[i].end = question_answer(&question, ranges[i].topic, ranges[i].partition);
    question_fini(&question);
    return ok;
}

bool kafka_offset_at(struct broker *broker, struct text topic, int32_t partition, int64_t time, int64_t *offset,
                     struct error *error)
{
    struct kafka_client *client = admin_of(broker, error);
    if (!client) return false;
    struct question question = question_make(client);
    question_add(&question, topic, partition);
    bool ok = question_ask(&question, time, error);
    if (ok) *offset = question_answer(&question, topic, partition);
    if (ok && *offset < 0) { /* nothing is as late as that */
        ok = question_ask(&question, OFFSET_END, error);
        *offset = question_answer(&question, topic, partition);
    }
    question_fini(&question);
    return ok;
}

/* ---- groups */

/* A group that was never there has no members. */
static bool count_in(struct kafka_client *client, rd_kafka_event_t *event, uint32_t *n, struct error *error)
{
    size_t n_groups;
    const rd_kafka_ConsumerGroupDescription_t **groups =
        rd_kafka_DescribeConsumerGroups_result_groups(rd_kafka_event_DescribeConsumerGroups_result(event), &n_groups);
    if (!n_groups) return true;
    const rd_kafka_error_t *failure = rd_kafka_ConsumerGroupDescription_error(groups[0]);
    rd_kafka_resp_err_t code = failure ? rd_kafka_error_code(failure) : RD_KAFKA_RESP_ERR_NO_ERROR;
    if (code && code != RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND)
        return kafka_fail(client, error, code, rd_kafka_error_string(failure), "looking for servers");
    if (!code) *n = (uint32_t)rd_kafka_ConsumerGroupDescription_member_count(groups[0]);
    return true;
}

bool kafka_count_members(struct broker *broker, struct text group, uint32_t *n, struct error *error)
{
    struct kafka_client *client = admin_of(broker, error);
    if (!client) return false;
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client->rk);
    rd_kafka_AdminOptions_t *options = options_for(client, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS);
    struct kafka_name name = kafka_name(group);
    const char *names[] = {name.string};
    rd_kafka_DescribeConsumerGroups(client->rk, names, 1, options, queue);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_event_t *event = await(client, queue, error, "looking for servers");
    if (!event) return false;
    bool ok = count_in(client, event, n, error);
    rd_kafka_event_destroy(event);
    return ok;
}
