/* show.c - SHOW (and LIST): what there is, as lists. */
#include "engine/service/call.h"
#include "udf/udf.h"
#include <stdio.h>

/* ---- streams and tables */

static void set_source(struct entity *at, const struct source *source)
{
    entity_set_string(at, "type", source_kind_keyword(source->kind));
    entity_set_text(at, "name", source->name);
    entity_set_text(at, "topic", source->topic);
    entity_set_string(at, "keyFormat", source->key.format->name);
    entity_set_string(at, "valueFormat", source->value.format->name);
    entity_set_boolean(at, "isWindowed", source->window != WINDOW_NONE);
}

static bool show_sources(struct call *call, enum source_kind kind, const char *type)
{
    struct entity *entity = call_entity(call, type), *list = entity_set_list(entity, type);
    void *item;
    pthread_mutex_lock(&call->engine->lock);
    for (uint32_t i = 0; map_at(&call->engine->catalog.sources, i, NULL, &item); i++)
        if (((struct source *)item)->kind == kind) set_source(entity_push_object(list), item);
    pthread_mutex_unlock(&call->engine->lock);
    call_answer(call, entity);
    return true;
}

bool call_show_streams(struct call *call, struct error *error)
{
    if (call->statement->extended) return call_describe_streams(call, error);
    return show_sources(call, SOURCE_STREAM, "streams");
}

bool call_show_tables(struct call *call, struct error *error)
{
    if (call->statement->extended) return call_describe_tables(call, error);
    return show_sources(call, SOURCE_TABLE, "tables");
}

/* ---- topics */

/* Which persistent queries that run here read the topic: each is a consumer of it. */
static int64_t count_readers(const struct engine *engine, struct text topic)
{
    void *item;
    int64_t n = 0;
    for (uint32_t i = 0; map_at(&engine->queries, i, NULL, &item); i++) {
        const struct plan *plan = ((struct placed_query *)item)->query->plan;
        for (uint32_t j = 0; j < plan->n_subtopologies; j++)
            n += text_equal(plan->subtopologies[j].inputs[0].topic, topic);
    }
    return n;
}

bool call_show_topics(struct call *call, struct error *error)
{
    const struct tree_statement *statement = call->statement;
    struct topic_list topics = {0};
    if (!broker_list_topics(call->engine->broker, call->arena, &topics, error)) return false;
    struct entity *entity = call_entity(call, statement->extended ? "kafka_topics_extended" : "kafka_topics");
    struct entity *list = entity_set_list(entity, "topics");
    pthread_mutex_lock(&call->engine->lock);
    for (uint32_t i = 0; i < topics.n; i++) {
        const struct topic_info *info = &topics.items[i];
        bool hidden = info->internal || topic_is_listed(call->engine->settings, OPTION_HIDDEN_TOPICS, info->name);
        if (hidden && !statement->all) continue;
        struct entity *at = entity_push_object(list), *replicas;
        entity_set_text(at, "name", info->name);
        replicas = entity_set_list(at, "replicaInfo");
        for (int32_t j = 0; j < info->n_partitions; j++) entity_push_integer(replicas, info->replicas);
        if (!statement->extended) continue;
        int64_t n = count_readers(call->engine, info->name);
        entity_set_integer(at, "consumerCount", n * info->n_partitions);
        entity_set_integer(at, "consumerGroupCount", n);
    }
    pthread_mutex_unlock(&call->engine->lock);
    call_answer(call, entity);
    return true;
}

/* ---- queries */

static void set_query(struct entity *at, const struct engine *engine, struct query *query,
                      const struct positions *elsewhere)
{
    const char *state = describe_state(engine, query, elsewhere);
    entity_set_text(at, "queryString", query->sql);
    struct entity *sinks = entity_set_list(at, "sinks"), *topics = entity_set_list(at, "sinkKafkaTopics");
    if (query->sink) entity_push_text(sinks, query->sink->name);
    if (query->sink) entity_push_text(topics, query->sink->topic);
    entity_set_text(at, "id", query->id);
    entity_set_integer(entity_set_object(at, "statusCount"), state, 1);
    entity_set_string(at, "queryType", query->kind == QUERY_PERSISTENT ? "PERSISTENT" : "PUSH");
    entity_set_text(at, "state", text_printf(at->arena, "%s:1", state));
}

bool call_show_queries(struct call *call, struct error *error)
{
    (void)error;
    bool extended = call->statement->extended;
    call_look_for_servers(call);
    struct entity *entity = call_entity(call, extended ? "query_descriptions" : "queries");
    struct entity *list = entity_set_list(entity, extended ? "queryDescriptions" : "queries");
    void *item;
    struct positions elsewhere;
    positions_init(&elsewhere);
    const struct positions *others = engine_read_elsewhere(call->engine, &elsewhere) ? &elsewhere : NULL;
    pthread_mutex_lock(&call->engine->lock);
    for (uint32_t i = 0; map_at(&call->engine->queries, i, NULL, &item); i++) {
        struct query *query = ((struct placed_query *)item)->query;
        if (extended)
            describe_query(entity_push_object(list), call->engine, query, others);
        else
            set_query(entity_push_object(list), call->engine, query, others);
    }
    pthread_mutex_unlock(&call->engine->lock);
    positions_fini(&elsewhere);
    for (uint32_t i = 0; extended && i < list->items.n; i++)
        describe_query_ends(list->items.items[i], call->engine->broker);
    call_answer(call, entity);
    return true;
}

/* ---- functions */

static const char *kind_name(enum udf_kind kind)
{
    return kind == UDF_SCALAR ? "SCALAR" : kind == UDF_AGGREGATE ? "AGGREGATE" : "TABLE";
}

bool call_show_functions(struct call *call, struct error *error)
{
    (void)error;
    struct entity *entity = call_entity(call, "function_names"), *list = entity_set_list(entity, "functions");
    struct text name;
    for (uint32_t i = 0; udf_name_at(udf_registry(), i, &name); i++) {
        uint32_t n;
        const struct udf_function *const *overloads = udf_overloads(udf_registry(), name, &n);
        struct entity *at = entity_push_object(list);
        entity_set_text(at, "name", name);
        entity_set_string(at, "type", kind_name(overloads[0]->kind));
        entity_set_text(at, "category", overloads[0]->category);
    }
    call_answer(call, entity);
    return true;
}

bool call_describe_function(struct call *call, struct error *error)
{
    struct tree_name name = call->statement->name;
    uint32_t n;
    const struct udf_function *const *overloads = udf_overloads(udf_registry(), name.name, &n);
    if (!overloads) {
        udf_unknown(udf_registry(), name.name, error);
        error->span = name.span;
        return false;
    }
    struct entity *entity = call_entity(call, "describe_function");
    entity_set_text(entity, "name", overloads[0]->name);
    entity_set_text(entity, "description", overloads[0]->help);
    entity_set_text(entity, "path", overloads[0]->plugin.data ? overloads[0]->plugin : TEXT("internal"));
    entity_set_string(entity, "type", kind_name(overloads[0]->kind));
    entity_set_text(entity, "category", overloads[0]->category);
    struct entity *list = entity_set_list(entity, "functions");
    for (uint32_t i = 0; i < n; i++) {
        struct entity *at = entity_push_object(list);
        entity_set_text(at, "signature", overloads[i]->signature->text);
        entity_set_text(at, "description", overloads[i]->help);
        entity_set_text(at, "example", overloads[i]->example);
        entity_set_text(at, "result", overloads[i]->result);
    }
    call_answer(call, entity);
    return true;
}

/* ---- types, variables, properties */

bool call_show_types(struct call *call, struct error *error)
{
    (void)error;
    struct entity *entity = call_entity(call, "type_list"), *types = entity_set_object(entity, "types");
    void *item;
    pthread_mutex_lock(&call->engine->lock);
    for (uint32_t i = 0; map_at(&call->engine->catalog.types, i, NULL, &item); i++) {
        const struct named_type *named = item;
        entity_put_text(types, named->name, type_text(call->arena, named->type));
    }
    pthread_mutex_unlock(&call->engine->lock);
    call_answer(call, entity);
    return true;
}

bool call_show_variables(struct call *call, struct error *error)
{
    if (!call_check_variables(call, error)) return false;
    struct entity *entity = call_entity(call, "variables"), *list = entity_set_list(entity, "variables");
    struct text name;
    void *value;
    for (uint32_t i = 0; map_at(&call->session->variables, i, &name, &value); i++) {
        struct entity *at = entity_push_object(list);
        entity_set_text(at, "name", name);
        entity_set_string(at, "value", value);
    }
    call_answer(call, entity);
    return true;
}

/* Where the value in effect comes from: "SESSION", "SERVER", or "" for the default. */
static const char *level_of(const struct call *call, struct text name)
{
    struct text set, value;
    for (uint32_t i = 0; settings_override_at(call->session->settings, i, &set, &value); i++)
        if (text_equal(set, name)) return "SESSION";
    for (uint32_t i = 0; settings_override_at(call->engine->settings, i, &set, &value); i++)
        if (text_equal(set, name)) return "SERVER";
    return "";
}

static void add_property(const struct call *call, struct entity *list, struct text name, struct text value,
                         bool editable)
{
    struct entity *at = entity_push_object(list);
    entity_set_text(at, "name", name);
    entity_set_string(at, "scope",
                      text_starts_with(name, TEXT("ksql.")) || text_starts_with(name, TEXT("weir.")) ? "KSQL"
                                                                                                     : "KAFKA STREAMS");
    entity_set_text(at, "value", settings_masked(name, value));
    entity_set_boolean(at, "editable", editable);
    entity_set_string(at, "level", level_of(call, name));
}

bool call_show_properties(struct call *call, struct error *error)
{
    (void)error;
    struct entity *entity = call_entity(call, "properties"), *list = entity_set_list(entity, "properties");
    struct text name, value;
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = option_at(i);
        add_property(call, list, text_of(option->name), settings_text(call->session->settings, i),
                     option->flags & OPTION_SESSION);
    }
    for (uint32_t i = 0; settings_client_at(call->session->settings, i, &name, &value); i++)
        add_property(call, list, name, value, false);
    call_answer(call, entity);
    return true;
}
