/* logical.c - the clauses of a query as a chain of nodes, and how EXPLAIN shows it. */
#include "engine/plan/plan.h"
#include "parser/print.h"

static struct plan_node *node(struct arena *arena, enum plan_node_kind kind, const struct plan_node *input,
                              const struct schema *schema)
{
    static const char *const names[] = {
        [NODE_SOURCE] = "Source",   [NODE_FILTER] = "Filter", [NODE_PARTITION_BY] = "PartitionBy",
        [NODE_PROJECT] = "Project", [NODE_SINK] = "Sink",     [NODE_DELIVER] = "Deliver"};
    struct plan_node *made = ARENA_MAKE(arena, struct plan_node);
    *made = (struct plan_node){.kind = kind, .name = names[kind], .input = input, .schema = schema};
    return made;
}

/* The result's columns as a schema; keys first, as the analysis has sorted them. */
static const struct schema *result_schema(struct arena *arena, const struct analysis *analysis)
{
    struct schema *schema = ARENA_MAKE(arena, struct schema);
    struct schema_column *columns = ARENA_ARRAY(arena, struct schema_column, analysis->output.n);
    for (uint32_t i = 0; i < analysis->output.n; i++) {
        const struct output_column *column = &analysis->output.items[i];
        columns[i] =
            (struct schema_column){.name = column->name, .type = expr_type(column->expr), .role = column->role};
    }
    *schema = (struct schema){columns, analysis->output.n};
    return schema;
}

struct plan_node *logical_build(struct arena *arena, const struct analysis *analysis)
{
    struct plan_node *at = node(arena, NODE_SOURCE, NULL, &analysis->input);
    if (analysis->where) at = node(arena, NODE_FILTER, at, &analysis->input);
    if (analysis->has_partition_by) {
        at = node(arena, NODE_PARTITION_BY, at, &analysis->rekeyed);
        at->through_topic = analysis->sink != NULL;
    }
    const struct schema *result = result_schema(arena, analysis);
    at = node(arena, NODE_PROJECT, at, result);
    return node(arena, analysis->sink ? NODE_SINK : NODE_DELIVER, at, result);
}

static void print_outputs(struct buffer *out, const struct output *output)
{
    for (uint32_t i = 0; i < output->n; i++) {
        const struct output_column *column = &output->items[i];
        buffer_append_string(out, i ? ", " : " ");
        print_expression(out, column->tree);
        bool plain = column->tree->kind == TREE_COLUMN && text_equal(column->tree->name.name, column->name);
        if (plain) continue;
        buffer_append_string(out, " AS ");
        print_identifier(out, column->name);
    }
}

static void print_node(struct buffer *out, const struct plan_node *at, const struct analysis *analysis)
{
    switch (at->kind) {
    case NODE_SOURCE:
        buffer_append_char(out, ' ');
        print_identifier(out, analysis->from->name);
        break;
    case NODE_FILTER:
        buffer_append_char(out, ' ');
        print_expression(out, analysis->where_tree);
        break;
    case NODE_PARTITION_BY:
        print_outputs(out, &analysis->partition_by);
        if (!analysis->partition_by.n) buffer_append_string(out, " NULL");
        if (at->through_topic) buffer_append_string(out, " through a repartition topic");
        break;
    case NODE_PROJECT: print_outputs(out, &analysis->output); break;
    case NODE_SINK:
        buffer_append_char(out, ' ');
        print_identifier(out, analysis->sink->name);
        break;
    case NODE_DELIVER: break;
    }
    buffer_append_string(out, ": ");
    schema_print(out, at->schema);
    buffer_append_char(out, '\n');
}

void logical_print(struct buffer *out, const struct plan_node *root, const struct analysis *analysis)
{
    unsigned depth = 0;
    for (const struct plan_node *at = root; at; at = at->input, depth++) {
        buffer_printf(out, "%*s%s", (int)depth * 2, "", at->name);
        print_node(out, at, analysis);
    }
}
