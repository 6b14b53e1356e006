/* rows.c - see rows.h. */
#include "engine/op/rows.h"

static void report(void *context, const struct batch *batch, uint32_t row, const char *why)
{
    const struct op *op = context;
    op->context->report(op->context->task, LOG_PROCESSING, batch, row, why);
}

struct evaluation op_evaluation(const struct op *op, const struct batch *batch, const uint32_t *rows, uint32_t n)
{
    return (struct evaluation){
        .batch = batch, .arena = batch->arena, .rows = rows, .n_rows = n, .report = report, .context = (void *)op};
}

uint32_t rows_with_value(const struct batch *batch, uint32_t *rows)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < batch->n_selected; i++) {
        rows[n] = batch->selection[i];
        n += batch_kind(batch, batch->selection[i]) != ROW_TOMBSTONE;
    }
    return n;
}
