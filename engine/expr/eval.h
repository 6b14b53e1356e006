/* eval.h - what evaluating nodes share: rows that fail, guards, lists of rows, vectors that are used again.
 *
 * Failure. eval_fail marks a row; eval_drop_failed takes the marked rows out of the evaluation's. Whoever evaluates
 * several operands does it one after the other, so that a row which failed in the first is not there for the second. A
 * node that gives its operands other rows than its own (AND, CASE) saves its own first and has them restored without
 * the failed:
 *
 *     struct eval_rows saved = eval_save_rows(evaluation);
 *     ...
 *     eval_restore_rows(evaluation, saved);
 *
 * Vectors. A node takes its result from the evaluation's spare vectors, and gives its operands' back when it has used
 * them, so that an expression needs as many as it is deep and not as it is wide: ten thousand terms of an OR use the
 * same few again.
 */
#pragma once
#include "engine/expr/node.h"

/* ---- failure */

/* `why` must live as long as the batch: a constant, or in the evaluation's arena. */
void eval_fail(struct evaluation *evaluation, uint32_t row, const char *why);
void eval_drop_failed(struct evaluation *evaluation);

static inline bool eval_has_failed(const struct evaluation *evaluation, uint32_t row)
{
    return evaluation->failed && evaluation->failed[row >> 6] >> (row & 63) & 1;
}

/* Fails the rows where the column is null, and drops them. */
void eval_fail_nulls(struct evaluation *evaluation, const struct column *column, const char *why);

/* As node_eval; rows that fail are null and reported, and no failure gets out. */
const struct column *eval_guarded(const struct expr *expr, struct evaluation *evaluation);

/* The node with a guard around it, if it needs one. */
const struct expr *eval_guard(struct arena *arena, const struct expr *expr);

/* ---- rows */

struct eval_rows {
    const uint32_t *rows;
    uint32_t n;
    uint32_t n_failed;
};

static inline struct eval_rows eval_save_rows(const struct evaluation *evaluation)
{
    return (struct eval_rows){evaluation->rows, evaluation->n_rows, evaluation->n_failed};
}

void eval_restore_rows(struct evaluation *evaluation, struct eval_rows saved);

static inline void eval_set_rows(struct evaluation *evaluation, const uint32_t *rows, uint32_t n)
{
    evaluation->rows = rows;
    evaluation->n_rows = n;
}

/* True if the rows are without a gap, so that a loop may run from the first to the last. */
static inline bool eval_is_dense(const struct evaluation *evaluation)
{
    uint32_t n = evaluation->n_rows;
    return n && evaluation->rows[n - 1] - evaluation->rows[0] == n - 1;
}

/* Room for as many row numbers as the batch has rows. Give it back. */
uint32_t *eval_take_list(struct evaluation *evaluation);
void eval_give_list(struct evaluation *evaluation, uint32_t *rows);

/* `rows` without those of `others` (both ascending, others a subset) and without those that have failed, in place. */
uint32_t eval_subtract(const struct evaluation *evaluation, uint32_t *rows, uint32_t n, const uint32_t *others,
                       uint32_t n_others);

/* The rows where the column is not null, to `out` (which may be `rows`). */
uint32_t eval_select_valid(const struct column *column, const uint32_t *rows, uint32_t n, uint32_t *out);

/* ---- vectors */

/* A vector of the type with a slot for each row of the batch, no bitmap, not cleared. */
struct column *eval_take_vector(struct evaluation *evaluation, const struct type *type);

/* The same with a bitmap, all null or all valid. */
struct column *eval_take_nulls(struct evaluation *evaluation, const struct type *type);
struct column *eval_take_valid(struct evaluation *evaluation, const struct type *type);

/* Gives back the column that `expr` gave, unless it was borrowed. */
void eval_give(struct evaluation *evaluation, const struct expr *expr, const struct column *column);

/* The evaluation's rows from one column to a vector with a bitmap. */
void eval_copy(const struct evaluation *evaluation, const struct column *from, struct column *to);
