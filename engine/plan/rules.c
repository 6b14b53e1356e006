/* rules.c - what may be left out of a logical plan without changing its result.
 *
 * A repartition topic gathers rows of one key in one partition, for an operator that needs them together. Where only
 * stateless operators stand between it and the sink, the sink topic does that already:
 *
 *     before   Sink <- Project <- PartitionBy (through a topic) <- Source
 *     after    Sink <- Project <- PartitionBy <- Source
 */
#include "engine/base/settings.h"
#include "engine/plan/plan.h"

static bool is_stateless(enum plan_node_kind kind)
{
    return kind == NODE_FILTER || kind == NODE_PROJECT || kind == NODE_PARTITION_BY;
}

static void drop_last_repartition(struct plan_node *root)
{
    if (root->kind != NODE_SINK) return;
    for (struct plan_node *at = (struct plan_node *)root->input; at && is_stateless(at->kind);
         at = (struct plan_node *)at->input)
        at->through_topic = false;
}

void logical_optimise(struct plan_node *root, const struct settings *settings)
{
    if (text_equal_nocase(settings_text(settings, OPTION_TOPOLOGY_OPTIMIZATION), TEXT("all")))
        drop_last_repartition(root);
}
