/* node.c - nodes in general, and the two leaves: a constant, and a column of the batch. */
#include "engine/expr/node.h"
#include "engine/expr/eval.h"

struct constant {
    struct expr expr;
    struct column column;
};

struct reference {
    struct expr expr;
    uint32_t index;
};

struct expr *node_make(struct arena *arena, size_t size, const struct expr_class *class, const struct type *type,
                       const struct expr **operands, uint32_t n_operands)
{
    struct expr *expr = arena_zalloc(arena, size);
    *expr = (struct expr){.class = class,
                          .type = type,
                          .operands = operands,
                          .n_operands = n_operands,
                          .fallible = class->fallible,
                          .constant = n_operands > 0};
    for (uint32_t i = 0; i < n_operands; i++) {
        expr->fallible |= operands[i]->fallible && !class->guards;
        expr->constant &= operands[i]->constant;
    }
    return expr;
}

/* ---- a constant */

static const struct column *constant_eval(const struct expr *expr, struct evaluation *evaluation)
{
    (void)evaluation;
    return &((const struct constant *)expr)->column;
}

static const struct expr_class constant_class = {"constant", .eval = constant_eval, .borrows = true};

const struct expr *node_constant(struct arena *arena, const struct type *type, const struct value *value)
{
    struct constant *constant = NODE_MAKE(arena, struct constant, &constant_class, type, NULL, 0);
    constant->expr.constant = true;
    if (type->kind == TYPE_NULL) {
        static uint64_t none_valid;
        constant->column = (struct column){.type = type, .valid = &none_valid};
    } else {
        constant->column = column_constant(arena, type, value);
    }
    return &constant->expr;
}

const struct expr *node_null(struct arena *arena, const struct type *type)
{
    return node_constant(arena, type, &NULL_VALUE);
}

bool node_value(const struct expr *expr, struct value *value)
{
    if (expr->class != &constant_class) return false;
    *value = column_get(&((const struct constant *)expr)->column, 0);
    return true;
}

/* ---- a column of the batch */

static const struct column *reference_eval(const struct expr *expr, struct evaluation *evaluation)
{
    return &evaluation->batch->columns[((const struct reference *)expr)->index];
}

static const struct expr_class reference_class = {"column", .eval = reference_eval, .borrows = true};

const struct expr *expr_make_column(struct arena *arena, uint32_t index, const struct type *type)
{
    struct reference *reference = NODE_MAKE(arena, struct reference, &reference_class, type, NULL, 0);
    reference->index = index;
    return &reference->expr;
}

int32_t node_column(const struct expr *expr)
{
    return expr->class == &reference_class ? (int32_t)((const struct reference *)expr)->index : -1;
}

/* ---- any node */

const struct type *expr_type(const struct expr *expr)
{
    return expr->type;
}

int32_t expr_column(const struct expr *expr)
{
    return node_column(expr);
}

void expr_mark_columns(const struct expr *expr, bool *used)
{
    if (expr->class == &reference_class) used[((const struct reference *)expr)->index] = true;
    for (uint32_t i = 0; i < expr->n_operands; i++) expr_mark_columns(expr->operands[i], used);
}

static uint32_t select_true(const struct column *column, const uint32_t *rows, uint32_t n, uint32_t *out)
{
    const bool *data = column->data;
    uint32_t n_out = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = rows[i];
        out[n_out] = row;
        n_out += data[row & column->mask];
    }
    return n_out;
}

uint32_t node_select(const struct expr *expr, struct evaluation *evaluation, uint32_t *out)
{
    if (expr->class->select) return expr->class->select(expr, evaluation, out);
    const struct column *column = node_eval(expr, evaluation);
    uint32_t n = eval_select_valid(column, evaluation->rows, evaluation->n_rows, out);
    n = select_true(column, out, n, out);
    eval_give(evaluation, expr, column);
    return n;
}

const struct column *node_eval_selected(const struct expr *expr, struct evaluation *evaluation)
{
    struct eval_rows saved = eval_save_rows(evaluation);
    uint32_t *selected = eval_take_list(evaluation);
    uint32_t n = expr->class->select(expr, evaluation, selected);
    eval_restore_rows(evaluation, saved);
    struct column *result = eval_take_vector(evaluation, expr->type);
    bool *data = result->data;
    memset(data, 0, evaluation->batch->n_rows);
    for (uint32_t i = 0; i < n; i++) data[selected[i]] = true;
    eval_give_list(evaluation, selected);
    return result;
}
