/* describe.c - DESCRIBE and EXPLAIN: one thing, and everything that is known of it. */
#include "engine/service/call.h"
#include "parser/print.h"
#include "udf/udf.h"
#include <stdio.h>

/* ---- types and columns, as the REST API has them */

static void set_schema(struct entity *object, const char *name, const struct type *type);

static void set_fields(struct entity *object, const struct type *type)
{
    if (type->kind != TYPE_STRUCT) {
        entity_set_text(object, "fields", NO_TEXT);
        return;
    }
    struct entity *list = entity_set_list(object, "fields");
    for (uint32_t i = 0; i < type->n_fields; i++) {
        struct entity *at = entity_push_object(list);
        entity_set_text(at, "name", type->fields[i].name);
        set_schema(at, "schema", type->fields[i].type);
    }
}

static void set_schema(struct entity *object, const char *name, const struct type *type)
{
    struct entity *schema = entity_set_object(object, name);
    entity_set_string(schema, "type", type_kind_name(type->kind));
    set_fields(schema, type);
    if (type->element)
        set_schema(schema, "memberSchema", type->element);
    else
        entity_set_text(schema, "memberSchema", NO_TEXT);
    if (type->kind == TYPE_DECIMAL) {
        struct entity *parameters = entity_set_object(schema, "parameters");
        entity_set_integer(parameters, "precision", type->precision);
        entity_set_integer(parameters, "scale", type->scale);
    }
    entity_set_text(schema, "text", type_text(object->arena, type));
}

static void set_columns(struct entity *object, const char *name, const struct schema *schema)
{
    struct entity *list = entity_set_list(object, name);
    for (uint32_t i = 0; i < schema->n; i++) {
        const struct schema_column *column = &schema->columns[i];
        if (column->role == COLUMN_PSEUDO) continue;
        struct entity *at = entity_push_object(list);
        entity_set_text(at, "name", column->name);
        set_schema(at, "schema", column->type);
        if (column->role == COLUMN_KEY) entity_set_string(at, "type", "KEY");
        if (column->role == COLUMN_HEADERS || column->role == COLUMN_HEADER) entity_set_string(at, "type", "HEADER");
        if (column->role == COLUMN_HEADER) entity_set_text(at, "headerKey", column->header_key);
    }
}

static const char *window_name(enum tree_window_kind window)
{
    static const char *const names[] = {NULL, "TUMBLING", "HOPPING", "SESSION"};
    return names[window];
}

/* ---- queries */

/* What tasks of the query run here, and how far they are. */
static void set_tasks(struct entity *object, struct query *query)
{
    struct entity *list = entity_set_list(object, "tasksMetadata");
    pthread_mutex_lock(&query->lock);
    for (uint32_t i = 0; i < query->n_notes; i++) {
        const struct task_note *note = &query->notes[i];
        const struct plan_subtopology *sub = &query->plan->subtopologies[note->subtopology];
        struct entity *at = entity_push_object(list);
        entity_set_text(at, "taskId", text_printf(object->arena, "%u_%d", note->subtopology, note->partition));
        struct entity *offsets = entity_set_list(at, "topicOffsets");
        for (uint32_t j = 0; j < note->n_inputs; j++) {
            struct entity *offset = entity_push_object(offsets),
                          *partition = entity_set_object(offset, "topicPartitionEntity");
            entity_set_text(partition, "topic", sub->inputs[j].topic);
            entity_set_integer(partition, "partition", note->partition);
            entity_set_integer(offset, "committedOffset", note->committed[j] < 0 ? 0 : note->committed[j]);
        }
        entity_set_text(at, "error", note->error ? text_of(note->error) : NO_TEXT);
    }
    pthread_mutex_unlock(&query->lock);
}

const char *describe_state(const struct engine *engine, struct query *query, const struct positions *elsewhere)
{
    const char *state = query_state(query, elsewhere);
    if (strcmp(state, "RUNNING") != 0) return state;
    return engine_trouble(engine).data ? "ERROR" : engine->unserved ? "UNRESPONSIVE" : state;
}

static void set_errors(struct entity *object, const struct engine *engine, struct query *query,
                       const struct positions *elsewhere)
{
    struct entity *list = entity_set_list(object, "queryErrors");
    struct text trouble = engine_trouble(engine);
    if (!trouble.data && elsewhere) trouble = positions_trouble(elsewhere, query->plan);
    if (trouble.data) {
        struct entity *at = entity_push_object(list);
        entity_set_text(at, "errorMessage", trouble);
        entity_set_string(at, "type", "UNKNOWN");
    }
    pthread_mutex_lock(&query->lock);
    uint64_t n = query->n_errors < QUERY_ERRORS ? query->n_errors : QUERY_ERRORS;
    for (uint64_t i = 0; i < n; i++) {
        const struct query_error *error = &query->errors[(query->n_errors - n + i) % QUERY_ERRORS];
        struct entity *at = entity_push_object(list);
        entity_set_integer(at, "timestamp", error->time_ms);
        entity_set_string(at, "errorMessage", error->message);
        entity_set_string(at, "type", error->is_user ? "USER" : "SYSTEM");
    }
    pthread_mutex_unlock(&query->lock);
}

static void set_overrides(struct entity *object, const struct settings *settings)
{
    struct entity *overrides = entity_set_object(object, "overriddenProperties");
    struct text name, value;
    for (uint32_t i = 0; settings_override_at(settings, i, &name, &value); i++)
        entity_put_text(overrides, name, settings_masked(name, value));
}

void describe_query(struct entity *object, const struct engine *engine, struct query *query,
                    const struct positions *elsewhere)
{
    const struct plan *plan = query->plan;
    entity_set_text(object, "id", query->id);
    entity_set_text(object, "statementText", query->sql);
    entity_set_string(object, "windowType", query->sink ? window_name(query->sink->window) : NULL);
    set_columns(object, "fields", &plan->result);
    struct entity *sources = entity_set_list(object, "sources"), *sinks = entity_set_list(object, "sinks");
    for (uint32_t i = 0; i < query->entry.n_reads; i++) entity_push_text(sources, query->entry.reads[i]);
    if (query->sink) entity_push_text(sinks, query->sink->name);
    entity_set_text(object, "executionPlan", plan->logical);
    entity_set_text(object, "topology", plan->physical);
    set_overrides(object, query->settings);
    entity_set_string(object, "queryType", query->kind == QUERY_PERSISTENT ? "PERSISTENT" : "PUSH");
    entity_set_string(object, "state", describe_state(engine, query, elsewhere));
    entity_set_integer(object, "recordsConsumed", (int64_t)atomic_load(&query->n_consumed));
    entity_set_integer(object, "recordsFailed", (int64_t)atomic_load(&query->n_bad));
    set_errors(object, engine, query, elsewhere);
    set_tasks(object, query);
}

/* The ends of the topics, which only the broker knows: asked for once the engine's lock is given back. */
void describe_query_ends(const struct entity *object, struct broker *broker)
{
    const struct entity *tasks = entity_get(object, "tasksMetadata");
    for (uint32_t i = 0; tasks && i < tasks->items.n; i++) {
        const struct entity *offsets = entity_get(tasks->items.items[i], "topicOffsets");
        for (uint32_t j = 0; j < offsets->items.n; j++) {
            struct entity *offset = offsets->items.items[j];
            const struct entity *at = entity_get(offset, "topicPartitionEntity");
            int64_t first, end;
            struct error ignored;
            bool known = broker_offsets(broker, entity_text(at, "topic"), (int32_t)entity_integer(at, "partition"),
                                        &first, &end, &ignored);
            entity_set_integer(offset, "endOffset", known ? end : -1);
        }
    }
}

/* ---- EXPLAIN */

static void set_tree(struct entity *object, const struct tree_statement *statement)
{
    struct buffer tree = BUFFER(8 << 20);
    print_tree(&tree, statement);
    entity_set_text(object, "tree", buffer_text(&tree));
    buffer_free(&tree);
}

static bool explain_statement(struct call *call, struct error *error)
{
    const struct tree_statement *inner = call->statement->inner;
    struct analysis *analysis;
    struct arena *arena = arena_new();
    pthread_mutex_lock(&call->engine->lock);
    struct analyzer analyzer = call_analyzer(call, arena);
    bool ok = inner->kind == STATEMENT_QUERY ? analyze_query(&analyzer, inner->query, QUERY_PUSH, &analysis, error)
                                             : analyze_persistent(&analyzer, inner, &analysis, error);
    pthread_mutex_unlock(&call->engine->lock);
    if (ok) {
        const struct plan *plan = plan_build(arena, analysis, TEXT("explained"), call->session->settings);
        struct entity *entity = call_entity(call, "queryDescription"),
                      *description = entity_set_object(entity, "queryDescription");
        entity_set_text(description, "statementText", inner->sql);
        set_columns(description, "fields", &plan->result);
        entity_push_text(entity_set_list(description, "sources"), analysis->from->name);
        struct entity *sinks = entity_set_list(description, "sinks");
        if (analysis->sink) entity_push_text(sinks, analysis->sink->name);
        set_tree(description, inner);
        entity_set_text(description, "executionPlan", plan->logical);
        entity_set_text(description, "topology", plan->physical);
        call_answer(call, entity);
    }
    arena_free(arena);
    return ok;
}

static bool explain_query(struct call *call, struct error *error)
{
    struct tree_name name = call->statement->name;
    call_look_for_servers(call);
    struct positions elsewhere;
    positions_init(&elsewhere);
    const struct positions *others = engine_read_elsewhere(call->engine, &elsewhere) ? &elsewhere : NULL;
    pthread_mutex_lock(&call->engine->lock);
    const struct placed_query *placed = map_get(&call->engine->queries, name.name);
    struct entity *entity = call_entity(call, "queryDescription"),
                  *description = entity_set_object(entity, "queryDescription");
    if (placed) describe_query(description, call->engine, placed->query, others);
    pthread_mutex_unlock(&call->engine->lock);
    positions_fini(&elsewhere);
    if (!placed) {
        pthread_mutex_lock(&call->engine->lock);
        catalog_no_query(&call->engine->catalog, name, error);
        pthread_mutex_unlock(&call->engine->lock);
        return false;
    }
    describe_query_ends(description, call->engine->broker);
    call_answer(call, entity);
    return true;
}

static bool can_explain(enum tree_statement_kind kind)
{
    return kind == STATEMENT_QUERY || kind == STATEMENT_CREATE_STREAM_AS || kind == STATEMENT_CREATE_TABLE_AS ||
           kind == STATEMENT_INSERT_SELECT;
}

bool call_explain(struct call *call, struct error *error)
{
    const struct tree_statement *inner = call->statement->inner;
    if (!inner) return explain_query(call, error);
    if (can_explain(inner->kind)) return explain_statement(call, error);
    return error_set(error, ERROR_STATEMENT, call->statement->span, "EXPLAIN wants a query, and not %s",
                     tree_statement_name(inner->kind));
}

/* ---- DESCRIBE */

static void set_query_uses(struct entity *object, const struct engine *engine, const struct source *source)
{
    struct entity *reads = entity_set_list(object, "readQueries"), *writes = entity_set_list(object, "writeQueries");
    void *item;
    for (uint32_t i = 0; map_at(&engine->queries, i, NULL, &item); i++) {
        struct query *query = ((struct placed_query *)item)->query;
        bool read = false, write = query->sink && text_equal(query->sink->name, source->name);
        for (uint32_t j = 0; j < query->entry.n_reads; j++) read |= text_equal(query->entry.reads[j], source->name);
        for (int pass = 0; pass < 2; pass++) {
            if (!(pass ? write : read)) continue;
            struct entity *at = entity_push_object(pass ? writes : reads);
            entity_set_text(at, "id", query->id);
            entity_set_text(at, "queryString", query->sql);
            entity_set_string(at, "state", describe_state(engine, query, NULL));
        }
    }
}

/* The sources that are dropped before this one. */
static void set_constraints(struct entity *object, const struct catalog *catalog, const struct source *source)
{
    struct entity *names = entity_set_list(object, "sourceConstraints");
    const struct source *made;
    for (uint32_t at = 0; (made = catalog_next_made_from(catalog, source, &at));) entity_push_text(names, made->name);
}

/* How far a query that runs here is in one of its topics. */
static void set_topic_offsets(struct entity *object, const struct query *query, uint32_t subtopology, uint32_t input)
{
    entity_set_text(object, "kafkaTopic", query->plan->subtopologies[subtopology].inputs[input].topic);
    struct entity *offsets = entity_set_list(object, "offsets");
    for (uint32_t i = 0; i < query->n_notes; i++) {
        const struct task_note *note = &query->notes[i];
        if (note->subtopology != subtopology || input >= note->n_inputs) continue;
        struct entity *at = entity_push_object(offsets);
        entity_set_integer(at, "partition", note->partition);
        entity_set_integer(at, "consumerOffset", note->committed[input] < 0 ? 0 : note->committed[input]);
    }
}

static void set_query_offsets(struct entity *object, struct query *query)
{
    entity_set_text(object, "groupId", query->id);
    struct entity *topics = entity_set_list(object, "topicSummaries");
    pthread_mutex_lock(&query->lock);
    for (uint32_t i = 0; i < query->plan->n_subtopologies; i++)
        for (uint32_t j = 0; j < query->plan->subtopologies[i].n_inputs; j++)
            set_topic_offsets(entity_push_object(topics), query, i, j);
    pthread_mutex_unlock(&query->lock);
}

/* Where the logs begin and end: asked for once the engine's lock is given back. */
static void set_log_ends(const struct entity *group, struct broker *broker)
{
    const struct entity *topics = entity_get(group, "topicSummaries");
    for (uint32_t i = 0; i < topics->items.n; i++) {
        struct text topic = entity_text(topics->items.items[i], "kafkaTopic");
        const struct entity *offsets = entity_get(topics->items.items[i], "offsets");
        for (uint32_t j = 0; j < offsets->items.n; j++) {
            struct entity *at = offsets->items.items[j];
            int64_t first, end;
            struct error ignored;
            bool known =
                broker_offsets(broker, topic, (int32_t)entity_integer(at, "partition"), &first, &end, &ignored);
            entity_set_integer(at, "logStartOffset", known ? first : -1);
            entity_set_integer(at, "logEndOffset", known ? end : -1);
        }
    }
}

/* What the queries that write a source have done, and how far they are, for EXTENDED. */
static void set_statistics(struct entity *object, const struct engine *engine, const struct source *source)
{
    unsigned long long consumed = 0, failed = 0;
    struct entity *offsets = entity_set_list(object, "queryOffsetSummaries");
    void *item;
    for (uint32_t i = 0; map_at(&engine->queries, i, NULL, &item); i++) {
        struct query *query = ((struct placed_query *)item)->query;
        if (!query->sink || !text_equal(query->sink->name, source->name)) continue;
        consumed += atomic_load(&query->n_consumed);
        failed += atomic_load(&query->n_bad);
        set_query_offsets(entity_push_object(offsets), query);
    }
    entity_set_text(object, "statistics", text_printf(object->arena, "records read by its queries: %llu", consumed));
    entity_set_text(object, "errorStats",
                    failed ? text_printf(object->arena, "records that failed: %llu", failed) : TEXT(""));
}

/* What the broker knows of the topic, for EXTENDED; asked for once the engine's lock is given back. */
static void set_topic(struct entity *object, struct broker *broker, bool extended)
{
    struct topic_info info = {0};
    struct error ignored;
    bool known =
        extended && broker_describe_topic(broker, object->arena, entity_text(object, "topic"), &info, &ignored);
    entity_set_integer(object, "partitions", known ? info.n_partitions : 0);
    entity_set_integer(object, "replication", known ? info.replicas : 0);
    const struct entity *groups = entity_get(object, "queryOffsetSummaries");
    for (uint32_t i = 0; groups && i < groups->items.n; i++) set_log_ends(groups->items.items[i], broker);
}

static void describe_source(struct entity *object, const struct engine *engine, const struct source *source,
                            bool extended)
{
    entity_set_text(object, "name", source->name);
    entity_set_string(object, "windowType", window_name(source->window));
    set_query_uses(object, engine, source);
    set_constraints(object, &engine->catalog, source);
    set_columns(object, "fields", &source->schema);
    entity_set_string(object, "type", source_kind_keyword(source->kind));
    entity_set_text(object, "timestamp",
                    source->timestamp_column < 0 ? TEXT("") : source->schema.columns[source->timestamp_column].name);
    entity_set_boolean(object, "extended", extended);
    entity_set_string(object, "keyFormat", source->key.format->name);
    entity_set_string(object, "valueFormat", source->value.format->name);
    entity_set_text(object, "topic", source->topic);
    entity_set_text(object, "statement", source->sql);
    if (extended) {
        set_statistics(object, engine, source);
    } else {
        entity_set_string(object, "statistics", "");
        entity_set_string(object, "errorStats", "");
    }
}

bool call_describe(struct call *call, struct error *error)
{
    struct tree_name name = call->statement->name;
    struct engine *engine = call->engine;
    if (call->statement->extended) call_look_for_servers(call);
    pthread_mutex_lock(&engine->lock);
    const struct source *source = catalog_find(&engine->catalog, name.name);
    struct entity *entity = call_entity(call, "sourceDescription"),
                  *description = entity_set_object(entity, "sourceDescription");
    if (source)
        describe_source(description, engine, source, call->statement->extended);
    else
        catalog_no_source(&engine->catalog, name, error);
    pthread_mutex_unlock(&engine->lock);
    if (!source) return false;
    set_topic(description, engine->broker, call->statement->extended);
    call_answer(call, entity);
    return true;
}

static bool describe_all(struct call *call, enum source_kind kind)
{
    struct entity *entity = call_entity(call, "source_descriptions"),
                  *list = entity_set_list(entity, "sourceDescriptions");
    void *item;
    if (call->statement->extended) call_look_for_servers(call);
    pthread_mutex_lock(&call->engine->lock);
    for (uint32_t i = 0; map_at(&call->engine->catalog.sources, i, NULL, &item); i++)
        if (((struct source *)item)->kind == kind)
            describe_source(entity_push_object(list), call->engine, item, call->statement->extended);
    pthread_mutex_unlock(&call->engine->lock);
    for (uint32_t i = 0; i < list->items.n; i++)
        set_topic(list->items.items[i], call->engine->broker, call->statement->extended);
    call_answer(call, entity);
    return true;
}

bool call_describe_streams(struct call *call, struct error *error)
{
    (void)error;
    return describe_all(call, SOURCE_STREAM);
}

bool call_describe_tables(struct call *call, struct error *error)
{
    (void)error;
    return describe_all(call, SOURCE_TABLE);
}
