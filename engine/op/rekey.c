/* rekey.c - PARTITION BY: the new key's columns in front, then the columns that are left.
 *
 *     PARTITION BY name, price * 2
 *
 *     in    ID(key)  NAME  PRICE  ROWTIME ...
 *     out   NAME(key)  KSQL_COL_0(key)  PRICE  ID  ROWTIME ...        plan->from = [-1, -2, 2, 0, 3 ...]
 *
 * A key expression that fails gives a null key column. Rows without a value get a key too, from the columns that they
 * have. The bytes of the old key are forgotten: whoever writes the row makes new ones.
 */
#include "engine/op/rows.h"

static void process(struct op *op, struct batch *batch)
{
    const struct plan_op *plan = op->plan;
    struct batch *out = batch_derive(batch, plan->schema.n);
    struct evaluation evaluation = op_evaluation(op, batch, batch->selection, batch->n_selected);
    for (uint32_t i = 0; i < plan->schema.n; i++) {
        int32_t from = plan->from[i];
        out->columns[i] = from >= 0 ? batch->columns[from] : *expr_eval(plan->keys[-1 - from], &evaluation);
    }
    out->keys = NULL;
    op_push(op->next, out);
}

const struct op_class rekey_class = {.name = "rekey", .size = sizeof(struct op), .process = process};
