/* project.c - SELECT: a batch with the columns of the result over the same rows.
 *
 * Key columns are computed for every row. Value columns are computed for rows that have a value; a row without one goes
 * on without one, whatever its expressions would have given.
 */
#include "engine/op/rows.h"

static void process(struct op *op, struct batch *batch)
{
    const struct plan_op *plan = op->plan;
    struct batch *out = batch_derive(batch, plan->n_projections);
    uint32_t *rows = batch->selection, n = batch->n_selected;
    if (batch->kinds) {
        rows = arena_alloc(batch->arena, n * sizeof *rows);
        n = rows_with_value(batch, rows);
    }
    struct evaluation keys = op_evaluation(op, batch, batch->selection, batch->n_selected);
    struct evaluation values = op_evaluation(op, batch, rows, n);
    for (uint32_t i = 0; i < plan->n_projections; i++) {
        const struct plan_projection *projection = &plan->projections[i];
        out->columns[i] = *expr_eval(projection->expr, projection->role == COLUMN_KEY ? &keys : &values);
    }
    op_push(op->next, out);
}

const struct op_class project_class = {.name = "project", .size = sizeof(struct op), .process = process};
