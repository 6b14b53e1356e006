/* eval.c - evaluating a built expression over a batch: the way in, failures and guards. */
#include "engine/expr/eval.h"
#include <stdio.h>

struct evaluation evaluation_of(const struct batch *batch)
{
    return (struct evaluation){
        .batch = batch, .arena = batch->arena, .rows = batch->selection, .n_rows = batch->n_selected};
}

const struct column *expr_eval(const struct expr *expr, struct evaluation *evaluation)
{
    return eval_guarded(expr, evaluation);
}

/* ---- failure */

void eval_fail(struct evaluation *evaluation, uint32_t row, const char *why)
{
    if (!evaluation->failed) {
        uint32_t n = evaluation->batch->n_rows;
        evaluation->failed = ARENA_ARRAY(evaluation->arena, uint64_t, (n + 63) / 64);
        evaluation->reasons = ARENA_ARRAY(evaluation->arena, const char *, n);
    }
    if (eval_has_failed(evaluation, row)) return;
    evaluation->failed[row >> 6] |= (uint64_t)1 << (row & 63);
    evaluation->reasons[row] = why;
    evaluation->n_failed++;
}

/* To a list of its own: the rows may be someone else's. */
void eval_drop_failed(struct evaluation *evaluation)
{
    uint32_t *left = ARENA_ARRAY(evaluation->arena, uint32_t, evaluation->n_rows + 1), n = 0;
    for (uint32_t i = 0; i < evaluation->n_rows; i++)
        if (!eval_has_failed(evaluation, evaluation->rows[i])) left[n++] = evaluation->rows[i];
    eval_set_rows(evaluation, left, n);
}

void eval_fail_nulls(struct evaluation *evaluation, const struct column *column, const char *why)
{
    if (!column->valid) return;
    uint32_t before = evaluation->n_failed;
    for (uint32_t i = 0; i < evaluation->n_rows; i++)
        if (column_is_null(column, evaluation->rows[i])) eval_fail(evaluation, evaluation->rows[i], why);
    if (evaluation->n_failed != before) eval_drop_failed(evaluation);
}

void eval_restore_rows(struct evaluation *evaluation, struct eval_rows saved)
{
    eval_set_rows(evaluation, saved.rows, saved.n);
    if (evaluation->n_failed != saved.n_failed) eval_drop_failed(evaluation);
}

/* ---- guards */

static void report_failed(struct evaluation *evaluation, const uint32_t *rows, uint32_t n)
{
    const char *last = "";
    for (uint32_t i = 0; i < n; i++) {
        if (!eval_has_failed(evaluation, rows[i])) continue;
        last = evaluation->reasons[rows[i]];
        if (evaluation->report) evaluation->report(evaluation->context, evaluation->batch, rows[i], last);
    }
    snprintf(evaluation->why, sizeof evaluation->why, "%s", last);
}

const struct column *eval_guarded(const struct expr *expr, struct evaluation *evaluation)
{
    if (!expr->fallible) return node_eval(expr, evaluation);
    struct evaluation outside = *evaluation;
    evaluation->failed = NULL;
    evaluation->n_failed = 0;
    const struct column *column = node_eval(expr, evaluation);
    if (evaluation->n_failed) {
        struct column *with_nulls = eval_take_nulls(evaluation, expr->type);
        eval_copy(evaluation, column, with_nulls);
        eval_give(evaluation, expr, column);
        column = with_nulls;
        report_failed(evaluation, outside.rows, outside.n_rows);
    }
    eval_set_rows(evaluation, outside.rows, outside.n_rows);
    evaluation->failed = outside.failed;
    evaluation->reasons = outside.reasons;
    evaluation->n_failed = outside.n_failed;
    return column;
}

uint32_t expr_filter(const struct expr *predicate, struct evaluation *evaluation, uint32_t *rows, uint32_t n)
{
    uint32_t *before = NULL;
    evaluation->failed = NULL;
    evaluation->n_failed = 0;
    eval_set_rows(evaluation, rows, n);
    if (predicate->fallible) { /* the rows are overwritten, and are wanted for the report */
        before = eval_take_list(evaluation);
        memcpy(before, rows, n * sizeof *rows);
    }
    uint32_t left = node_select(predicate, evaluation, rows);
    if (evaluation->n_failed) report_failed(evaluation, before, n);
    if (before) eval_give_list(evaluation, before);
    evaluation->failed = NULL;
    evaluation->n_failed = 0;
    eval_set_rows(evaluation, rows, left);
    return left;
}

static const struct column *guard_eval(const struct expr *expr, struct evaluation *evaluation)
{
    return eval_guarded(expr->operands[0], evaluation);
}

static const struct expr_class guard_class = {"guard", .eval = guard_eval, .guards = true, .passes = true};

const struct expr *eval_guard(struct arena *arena, const struct expr *expr)
{
    if (!expr->fallible) return expr;
    return node_make(arena, sizeof *expr, &guard_class, expr->type, NODE_OPERANDS(arena, expr), 1);
}
