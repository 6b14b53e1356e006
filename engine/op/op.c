/* op.c - making chains of operators, and the one function that calls process. */
#include "engine/op/op.h"
#include <assert.h>

extern const struct op_class filter_class, rekey_class, project_class, sink_class, deliver_class;

static const struct op_class *const classes[] = {
    [PLAN_FILTER] = &filter_class, [PLAN_REKEY] = &rekey_class,     [PLAN_PROJECT] = &project_class,
    [PLAN_SINK] = &sink_class,     [PLAN_DELIVER] = &deliver_class,
};

static struct op *make(const struct plan_op *plan, const struct op_context *context, struct arena *arena)
{
    const struct op_class *class = classes[plan->kind];
    struct op *op = arena_zalloc(arena, class->size);
    *op = (struct op){.class = class, .plan = plan, .context = context};
    return op;
}

bool op_open(const struct plan_op *plan, const struct op_context *context, struct arena *arena, struct op **first,
             struct error *error)
{
    struct op **end = first;
    *first = NULL;
    for (; plan; plan = plan->next) {
        *end = make(plan, context, arena);
        end = &(*end)->next;
    }
    for (struct op *op = *first; op; op = op->next) {
        if (!op->class->open || op->class->open(op, arena, error)) continue;
        op->next = NULL;
        op_close(*first);
        return false;
    }
    return true;
}

/* Rows ascend and are rows of the batch. */
static void check(const struct batch *batch)
{
    (void)batch;
    assert(batch->n_selected <= batch->n_rows);
    for (uint32_t i = 0; i < batch->n_selected; i++) {
        assert(batch->selection[i] < batch->n_rows);
        assert(i == 0 || batch->selection[i - 1] < batch->selection[i]);
    }
}

void op_push(struct op *op, struct batch *batch)
{
    if (!op || !batch->n_selected) return;
#ifndef NDEBUG
    check(batch);
#else
    (void)check;
#endif
    op->n_batches++;
    op->n_rows += batch->n_selected;
    if (op->class->process)
        op->class->process(op, batch);
    else
        op_push(op->next, batch);
}

void op_flush(struct op *first)
{
    for (struct op *op = first; op; op = op->next)
        if (op->class->flush) op->class->flush(op);
}

void op_close(struct op *first)
{
    for (struct op *op = first; op; op = op->next)
        if (op->class->close) op->class->close(op);
}
