/* deliver.c - the end of a push query: rows are handed to whom asked for them. */
#include "engine/op/op.h"

static void process(struct op *op, struct batch *batch)
{
    op->context->deliver(op->context->task, batch);
}

const struct op_class deliver_class = {.name = "deliver", .size = sizeof(struct op), .process = process};
