/* filter.c - WHERE: shortens the selection to the rows for which the predicate is true.
 *
 * A row without a value (a null record in a stream) has nothing to compare and is dropped. Rows on which the predicate
 * fails are dropped and logged. The columns stay as they are.
 */
#include "engine/op/rows.h"

static void process(struct op *op, struct batch *batch)
{
    batch->n_selected = rows_with_value(batch, batch->selection);
    if (!batch->n_selected) return;
    struct evaluation evaluation = op_evaluation(op, batch, batch->selection, batch->n_selected);
    batch->n_selected = expr_filter(op->plan->predicate, &evaluation, batch->selection, batch->n_selected);
    op_push(op->next, batch);
}

const struct op_class filter_class = {.name = "filter", .size = sizeof(struct op), .process = process};
