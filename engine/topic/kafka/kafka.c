/* kafka.c - topics in Kafka: the broker, which is its settings until someone needs a client. kafka.h has the other
 * files.
 *
 * Opening it costs microseconds and asks no one. Statements share one client instance, opened with the first of them;
 * each reader, writer and membership has one of its own. The semantics of topic.h are Kafka's own, so there is little
 * to add to librdkafka: batches without copies, troubles by partition, and the waits and errors that people see.
 */
#include "engine/topic/kafka/kafka.h"
#include "engine/base/settings.h"
#include <stdlib.h>

static struct text place_name(const struct broker *base, struct arena *arena)
{
    return text_printf(arena, "Kafka at %s", ((const struct kafka_broker *)base)->servers);
}

static void close_broker(struct broker *base)
{
    struct kafka_broker *broker = (struct kafka_broker *)base;
    kafka_client_close(broker->admin);
    pthread_mutex_destroy(&broker->lock);
    arena_free(broker->arena);
    free(broker->servers);
    free(broker);
}

static const struct broker_class kafka_class = {
    .kind = "kafka",
    .close = close_broker,
    .place = place_name,
    .create_topics = kafka_create_topics,
    .delete_topic = kafka_delete_topic,
    .describe_topic = kafka_describe_topic,
    .topic_config = kafka_topic_config,
    .list_topics = kafka_list_topics,
    .offsets = kafka_offsets,
    .offset_at = kafka_offset_at,
    .reader_open = kafka_reader_open,
    .writer_open = kafka_writer_open,
    .membership_open = kafka_membership_open,
    .count_members = kafka_count_members,
};

static void copy_settings(struct kafka_broker *broker, const struct settings *settings)
{
    struct text name, value;
    uint32_t n = 0;
    while (settings_client_at(settings, n, &name, &value)) n++;
    broker->settings = ARENA_ARRAY(broker->arena, struct kafka_setting, n);
    for (broker->n_settings = 0; broker->n_settings < n; broker->n_settings++) {
        if (!settings_client_at(settings, broker->n_settings, &name, &value)) break;
        broker->settings[broker->n_settings].name = text_copy(broker->arena, name);
        broker->settings[broker->n_settings].value = text_copy(broker->arena, value);
    }
}

bool kafka_open(const struct settings *settings, struct broker **broker, struct error *error)
{
    (void)error;
    struct text servers = settings_text(settings, OPTION_BOOTSTRAP_SERVERS);
    struct kafka_broker *opened = HEAP_MAKE(struct kafka_broker);
    opened->base.class = &kafka_class;
    opened->arena = arena_new();
    opened->servers = heap_strndup(servers.data, servers.len);
    copy_settings(opened, settings);
    pthread_mutex_init(&opened->lock, NULL);
    *broker = &opened->base;
    return true;
}
