/* op.h - operators: each takes batches from the one before it and pushes batches to the one behind it.
 *
 *     struct op *first = op_open(plan_op, &context, arena, &error);     // the whole chain behind plan_op
 *     op_push(first, batch);                                            // as often as there are batches
 *     op_flush(first);                                                  // before every commit
 *     op_close(first);
 *
 * A class is a const record of callbacks; a missing callback passes through. The plan is read-only, the running state
 * stands in a struct that begins with struct op. Only op_push calls process: it holds the counters and, in debug
 * builds, the check of the batch. An operator borrows the batch it is given until it returns.
 *
 * One file an operator: filter.c, rekey.c, project.c, sink.c, deliver.c. Each exports one const record, listed in op.c.
 */
#pragma once
#include "engine/plan/plan.h"
#include "engine/topic/topic.h"

/* What a processing-log entry is about (numbers as in the peer's log). */
enum log_type {
    LOG_DESERIALIZATION = 0,
    LOG_PROCESSING = 1,
    LOG_PRODUCTION = 2,
    LOG_SERIALIZATION = 3,
    LOG_THREAD = 4
};

/* What a task offers to its operators. */
struct op_context {
    void *task;            /* whatever the callbacks want; also the owner of what is sent */
    struct writer *writer; /* where sinks write; NULL where there is none (push queries) */
    /* A row of data has failed: counts it, writes it to the processing log. */
    void (*report)(void *task, enum log_type type, const struct batch *batch, uint32_t row, const char *why);
    /* The task cannot go on (the world's error, or the user's wish to stop at bad data). */
    void (*fail)(void *task, const struct error *error);
    /* Rows for the client of a push query, columns as in the plan's result. */
    void (*deliver)(void *task, const struct batch *batch);
    bool fail_on_production; /* ksql.fail.on.production.error */
    bool throw_on_timestamp; /* ksql.timestamp.throw.on.invalid */
};

struct op;

struct op_class {
    const char *name;
    size_t size; /* of the struct that begins with struct op */
    bool (*open)(struct op *op, struct arena *arena, struct error *error);
    void (*process)(struct op *op, struct batch *batch);
    void (*flush)(struct op *op);
    void (*close)(struct op *op);
};

struct op {
    const struct op_class *class;
    const struct plan_op *plan;
    struct op *next; /* NULL at the end */
    const struct op_context *context;
    uint64_t n_batches;
    uint64_t n_rows; /* selected rows that came in */
};

/* The operator of plan_op and all behind it, in the arena. The context is borrowed. */
MUST_CHECK bool op_open(const struct plan_op *plan, const struct op_context *context, struct arena *arena,
                        struct op **op, struct error *error);

/* Hands a batch on; nothing happens where none of its rows is selected, or behind the last operator. */
void op_push(struct op *op, struct batch *batch);

/* Emits what is held back, first operator first. */
void op_flush(struct op *first);
void op_close(struct op *first);
