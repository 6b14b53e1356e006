/* physical.c - a logical plan cut at its repartition topics into sub-topologies of operators, with the columns that
 * each needs.
 *
 * Built from the end to the source: an operator knows the one behind it (`next`), and tells which columns of its input
 * it reads
 * (`needed`), so that a decoder makes only those.
 */
#include "engine/base/settings.h"
#include "engine/plan/plan.h"
#include <stdio.h>

struct building {
    struct arena *arena;
    const struct analysis *analysis;
    const struct settings *settings;
    struct text query_id;
    struct plan *plan;
    struct {
        LIST_OF(struct plan_subtopology);
    } subtopologies;
    struct {
        LIST_OF(struct plan_topic);
    } topics;
    const struct plan_op *next; /* the operator behind the one that is being made */
    bool *needed;               /* columns of the schema before `next` */
};

static struct plan_op *op(struct building *building, enum plan_op_kind kind, const struct schema *schema)
{
    static const char *const names[] = {[PLAN_FILTER] = "filter",
                                        [PLAN_REKEY] = "rekey",
                                        [PLAN_PROJECT] = "project",
                                        [PLAN_SINK] = "sink",
                                        [PLAN_DELIVER] = "deliver"};
    struct plan_op *made = ARENA_MAKE(building->arena, struct plan_op);
    *made = (struct plan_op){.kind = kind, .next = building->next, .schema = *schema, .name = names[kind]};
    building->next = made;
    return made;
}

/* ---- sinks */

static void split_columns(struct arena *arena, const struct schema *schema, struct plan_sink *sink)
{
    struct schema_column *keys = ARENA_ARRAY(arena, struct schema_column, schema->n);
    struct schema_column *values = ARENA_ARRAY(arena, struct schema_column, schema->n);
    uint32_t *key_sources = ARENA_ARRAY(arena, uint32_t, schema->n),
             *value_sources = ARENA_ARRAY(arena, uint32_t, schema->n);
    for (uint32_t i = 0; i < schema->n; i++) {
        bool key = schema->columns[i].role == COLUMN_KEY;
        if (key)
            key_sources[sink->n_keys] = i, keys[sink->n_keys++] = schema->columns[i];
        else
            value_sources[sink->n_values] = i, values[sink->n_values++] = schema->columns[i];
    }
    sink->key_columns = keys, sink->value_columns = values;
    sink->key_sources = key_sources, sink->value_sources = value_sources;
}

/* The bytes of the key may go on as they came where key columns, their order and the format are the source's, and the
 * format gives each value one form (KAFKA does). */
static bool forwards_key(const struct analysis *analysis, const struct serde_spec *key, uint32_t n_keys)
{
    const struct source *from = analysis->from;
    if (analysis->has_partition_by || key->format != from->key.format) return false;
    if (!text_equal(text_of(key->format->name), TEXT("KAFKA"))) return false;
    return n_keys == 1 && schema_count(&from->schema, COLUMN_KEY) == 1;
}

static void add_sink(struct building *building, const struct plan_node *node)
{
    const struct analysis *analysis = building->analysis;
    struct plan_op *made = op(building, PLAN_SINK, node->schema);
    struct plan_sink *sink = &made->sink;
    split_columns(building->arena, node->schema, sink);
    sink->topic = analysis->sink->topic;
    sink->key = analysis->sink->key;
    sink->value = analysis->sink->value;
    sink->window = analysis->sink->window;
    sink->timestamp_column = analysis->sink->timestamp_column;
    sink->timestamp_format = analysis->sink->timestamp_format;
    /* INSERT INTO names its columns as the target does, in the same order. */
    for (uint32_t i = 0, k = 0, v = 0; i < analysis->sink->schema.n; i++) {
        const struct schema_column *column = &analysis->sink->schema.columns[i];
        if (column->role == COLUMN_KEY)
            ((struct schema_column *)sink->key_columns)[k++] = *column;
        else
            ((struct schema_column *)sink->value_columns)[v++] = *column;
    }
    sink->forwards_key = forwards_key(analysis, &sink->key, sink->n_keys);
    sink->null_key_stays = !analysis->has_partition_by;
}

/* ---- operators */

static void add_project(struct building *building, const struct plan_node *node)
{
    const struct output *output = &building->analysis->output;
    const struct schema *input = &building->analysis->rekeyed;
    struct plan_op *made = op(building, PLAN_PROJECT, node->schema);
    struct plan_projection *projections = ARENA_ARRAY(building->arena, struct plan_projection, output->n);
    building->needed = ARENA_ARRAY(building->arena, bool, input->n);
    for (uint32_t i = 0; i < output->n; i++) {
        projections[i] = (struct plan_projection){output->items[i].expr, output->items[i].role};
        expr_mark_columns(output->items[i].expr, building->needed);
    }
    made->projections = projections;
    made->n_projections = output->n;
}

static void add_rekey(struct building *building, const struct plan_node *node)
{
    const struct analysis *analysis = building->analysis;
    struct plan_op *made = op(building, PLAN_REKEY, node->schema);
    const struct expr **keys = ARENA_ARRAY(building->arena, const struct expr *, analysis->partition_by.n);
    bool *needed = ARENA_ARRAY(building->arena, bool, analysis->input.n);
    for (uint32_t i = 0; i < analysis->partition_by.n; i++) {
        keys[i] = analysis->partition_by.items[i].expr;
        expr_mark_columns(keys[i], needed);
    }
    for (uint32_t i = 0; i < analysis->rekeyed.n; i++)
        if (building->needed[i] && analysis->rekeyed_from[i] >= 0) needed[analysis->rekeyed_from[i]] = true;
    made->keys = keys;
    made->n_keys = analysis->partition_by.n;
    made->from = analysis->rekeyed_from;
    building->needed = needed;
}

static void add_filter(struct building *building, const struct plan_node *node)
{
    struct plan_op *made = op(building, PLAN_FILTER, node->schema);
    made->predicate = building->analysis->where;
    expr_mark_columns(made->predicate, building->needed);
}

/* ---- inputs */

static void release_definition(void *definition)
{
    source_release(definition);
}

static void close_subtopology(struct building *building, struct plan_input input)
{
    struct plan_input *inputs = ARENA_MAKE(building->arena, struct plan_input);
    *inputs = input;
    inputs->first = building->next;
    inputs->needed = building->needed;
    arena_defer(building->arena, release_definition, input.definition);
    LIST_PUSH(building->arena, &building->subtopologies, ((struct plan_subtopology){inputs, 1}));
    building->next = NULL;
}

static void add_source(struct building *building, const struct plan_node *node)
{
    struct source *source = building->analysis->from;
    int32_t *layout = ARENA_ARRAY(building->arena, int32_t, source->schema.n);
    for (uint32_t i = 0; i < source->schema.n; i++) layout[i] = (int32_t)i;
    close_subtopology(building, (struct plan_input){
                                    .topic = source->topic,
                                    .definition = source_retain(source),
                                    .schema = *node->schema,
                                    .layout = layout,
                                    .drops_tombstones = !building->analysis->sink && source->kind == SOURCE_STREAM,
                                });
}

/* The repartition topic's columns: the new key, and what is needed behind it. `layout` says where each goes in the
 * batch. */
static struct source *repartition_definition(struct building *building, const struct schema *schema, struct text topic,
                                             int32_t *layout)
{
    const struct analysis *analysis = building->analysis;
    struct source *source = source_new();
    struct schema_column *columns = ARENA_ARRAY(source->arena, struct schema_column, schema->n);
    uint32_t n = 0;
    for (uint32_t i = 0; i < schema->n; i++) {
        const struct schema_column *column = &schema->columns[i];
        bool key = column->role == COLUMN_KEY, time = column->pseudo == PSEUDO_ROWTIME;
        if (!key && (!building->needed[i] || time)) continue;
        columns[n] = (struct schema_column){.name = text_copy(source->arena, column->name),
                                            .type = type_copy(source->arena, column->type),
                                            .role = key ? COLUMN_KEY : COLUMN_VALUE};
        layout[n++] = (int32_t)i;
    }
    source->name = source->topic = text_copy(source->arena, topic);
    source->schema = (struct schema){columns, n};
    uint32_t n_keys = schema_count(&source->schema, COLUMN_KEY);
    const struct format *json = format_find(TEXT("JSON"));
    source->key = analysis->sink->key;
    source->key.schema_name = NO_TEXT;
    source->key.unwrapped = serde_unwrapped(source->key.format, SERDE_KEY, n_keys, -1);
    source->value = (struct serde_spec){.format = json, .part = SERDE_VALUE};
    return source;
}

static void add_repartition_sink(struct building *building, struct source *definition, const int32_t *layout,
                                 const struct schema *schema)
{
    struct plan_op *made = op(building, PLAN_SINK, schema);
    struct plan_sink *sink = &made->sink;
    uint32_t *sources = ARENA_ARRAY(building->arena, uint32_t, definition->schema.n);
    for (uint32_t i = 0; i < definition->schema.n; i++) sources[i] = (uint32_t)layout[i];
    sink->topic = definition->topic;
    sink->key = definition->key;
    sink->value = definition->value;
    sink->n_keys = schema_count(&definition->schema, COLUMN_KEY);
    sink->n_values = definition->schema.n - sink->n_keys;
    sink->key_columns = definition->schema.columns;
    sink->value_columns = definition->schema.columns + sink->n_keys;
    sink->key_sources = sources;
    sink->value_sources = sources + sink->n_keys;
    sink->timestamp_column = -1;
    sink->internal = true;
}

/* Ends the sub-topology behind the topic and begins the one before it. */
static void cut(struct building *building, const struct plan_node *node)
{
    struct text service = settings_text(building->settings, OPTION_SERVICE_ID);
    struct text topic = text_printf(building->arena, "_weir_" TEXT_FMT "_" TEXT_FMT "-%s-repartition",
                                    TEXT_ARG(service), TEXT_ARG(building->query_id), node->name);
    int32_t *layout = ARENA_ARRAY(building->arena, int32_t, node->schema->n);
    struct source *definition = repartition_definition(building, node->schema, topic, layout);
    bool *needed = building->needed;
    close_subtopology(
        building,
        (struct plan_input){
            .topic = topic, .definition = definition, .schema = *node->schema, .layout = layout, .internal = true});
    LIST_PUSH(building->arena, &building->topics, ((struct plan_topic){.name = topic}));
    building->needed = needed;
    add_repartition_sink(building, definition, layout, node->schema);
}

static void add(struct building *building, const struct plan_node *node)
{
    switch (node->kind) {
    case NODE_SINK: add_sink(building, node); return;
    case NODE_DELIVER: op(building, PLAN_DELIVER, node->schema); return;
    case NODE_PROJECT: add_project(building, node); return;
    case NODE_FILTER: add_filter(building, node); return;
    case NODE_SOURCE: add_source(building, node); return;
    case NODE_PARTITION_BY: break;
    }
    if (node->through_topic) cut(building, node);
    add_rekey(building, node);
}

/* They were made from the end to the source, and are numbered from the source to the end. */
static void finish(struct building *building)
{
    uint32_t n = building->subtopologies.n;
    struct plan_subtopology *ordered = ARENA_ARRAY(building->arena, struct plan_subtopology, n);
    for (uint32_t i = 0; i < n; i++) ordered[i] = building->subtopologies.items[n - 1 - i];
    building->plan->subtopologies = ordered;
    building->plan->n_subtopologies = n;
    building->plan->internal_topics = building->topics.items;
    building->plan->n_internal_topics = building->topics.n;
}

static struct text printed(struct arena *arena, struct buffer *buffer)
{
    struct text copy = text_copy(arena, buffer_text(buffer));
    buffer_free(buffer);
    return copy;
}

struct plan *plan_build(struct arena *arena, const struct analysis *analysis, struct text query_id,
                        const struct settings *settings)
{
    struct plan *plan = ARENA_MAKE(arena, struct plan);
    *plan = (struct plan){.arena = arena,
                          .query_id = text_copy(arena, query_id),
                          .has_limit = analysis->has_limit,
                          .limit = analysis->limit};
    struct plan_node *root = logical_build(arena, analysis);
    logical_optimise(root, settings);
    struct building building = {
        .arena = arena, .analysis = analysis, .settings = settings, .query_id = plan->query_id, .plan = plan};
    for (const struct plan_node *at = root; at; at = at->input) add(&building, at);
    finish(&building);
    plan->result = *root->schema;
    struct buffer out = BUFFER(1 << 20);
    logical_print(&out, root, analysis);
    plan->logical = printed(arena, &out);
    out = BUFFER(1 << 20);
    plan_print(&out, plan);
    plan->physical = printed(arena, &out);
    return plan;
}

void plan_free(struct plan *plan)
{
    if (plan) arena_free(plan->arena);
}

/* ---- printing */

static void print_needed(struct buffer *out, const struct plan_input *input)
{
    bool any = false;
    for (uint32_t i = 0; i < input->schema.n; i++) {
        if (!input->needed[i]) continue;
        buffer_printf(out, "%s" TEXT_FMT, any ? ", " : "", TEXT_ARG(input->schema.columns[i].name));
        any = true;
    }
    if (!any) buffer_append_string(out, "no columns");
}

static void print_op(struct buffer *out, const struct plan_op *at)
{
    buffer_printf(out, "  -> %s", at->name);
    if (at->kind == PLAN_SINK)
        buffer_printf(out, " topic " TEXT_FMT ", key %s%s, value %s", TEXT_ARG(at->sink.topic),
                      at->sink.key.format->name, at->sink.forwards_key ? " (as it came)" : "",
                      at->sink.value.format->name);
    if (at->kind == PLAN_PROJECT || at->kind == PLAN_REKEY) {
        buffer_append_char(out, ' ');
        schema_print(out, &at->schema);
    }
    buffer_append_char(out, '\n');
}

void plan_print(struct buffer *out, const struct plan *plan)
{
    for (uint32_t i = 0; i < plan->n_subtopologies; i++) {
        const struct plan_input *input = &plan->subtopologies[i].inputs[0];
        buffer_printf(out, "sub-topology %u\n  topic " TEXT_FMT ", key %s, value %s, decodes ", i,
                      TEXT_ARG(input->topic), input->definition->key.format->name,
                      input->definition->value.format->name);
        print_needed(out, input);
        buffer_append_char(out, '\n');
        for (const struct plan_op *at = input->first; at; at = at->next) print_op(out, at);
    }
}
