/* logic.c - AND, OR, NOT: lists of rows that get shorter.
 *
 *     rows [0 1 2 3]   A < 5 AND B = 2      A < 5 -> [0 2 3], B = 2 of those -> [2]
 *     rows [0 1 2 3]   A < 5 OR  B = 2      A < 5 -> [0 2 3], B = 2 of the rest, [1] -> [1]; together [0 1 2 3]
 *
 * A term sees only the rows that the terms before it have not decided, so ten thousand terms cost what their rows cost,
 * and the loop ends when none are left. A null operand fails its row: terms that can be null stand behind a `truth`
 * node.
 */
#include "engine/expr/compile.h"

/* A BOOLEAN that fails where it is null. */
struct truth {
    struct expr expr;
    const char *why;
};

/* ---- evaluating */

static uint32_t and_select(const struct expr *expr, struct evaluation *evaluation, uint32_t *out)
{
    uint32_t n = evaluation->n_rows;
    for (uint32_t i = 0; i < expr->n_operands && n; i++) {
        n = node_select(expr->operands[i], evaluation, out);
        eval_set_rows(evaluation, out, n);
    }
    return n;
}

/* The rows whose bit is set, from `rows` to `out`, which may be the same. */
static uint32_t pick(const uint64_t *bits, const uint32_t *rows, uint32_t n, uint32_t *out)
{
    uint32_t n_out = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = rows[i];
        out[n_out] = row;
        n_out += bits[row >> 6] >> (row & 63) & 1;
    }
    return n_out;
}

static uint32_t or_select(const struct expr *expr, struct evaluation *evaluation, uint32_t *out)
{
    struct eval_rows saved = eval_save_rows(evaluation);
    uint32_t *rest = eval_take_list(evaluation), *hits = eval_take_list(evaluation), n = saved.n;
    struct column *found = eval_take_nulls(evaluation, &type_boolean); /* only its bitmap is wanted */
    memcpy(rest, saved.rows, n * sizeof *rest);
    for (uint32_t i = 0; i < expr->n_operands && n; i++) {
        eval_set_rows(evaluation, rest, n);
        uint32_t n_hits = node_select(expr->operands[i], evaluation, hits);
        for (uint32_t k = 0; k < n_hits; k++) column_set_valid(found, hits[k]);
        if (n_hits || evaluation->n_failed) n = eval_subtract(evaluation, rest, n, hits, n_hits);
    }
    n = pick(found->valid, saved.rows, saved.n, out);
    eval_give_list(evaluation, hits);
    eval_give_list(evaluation, rest);
    eval_give(evaluation, expr, found);
    return n;
}

static uint32_t not_select(const struct expr *expr, struct evaluation *evaluation, uint32_t *out)
{
    struct eval_rows saved = eval_save_rows(evaluation);
    uint32_t *hits = eval_take_list(evaluation);
    uint32_t n_hits = node_select(expr->operands[0], evaluation, hits);
    if (out != saved.rows) memcpy(out, saved.rows, saved.n * sizeof *out);
    uint32_t n = eval_subtract(evaluation, out, saved.n, hits, n_hits);
    eval_give_list(evaluation, hits);
    return n;
}

static const struct column *truth_eval(const struct expr *expr, struct evaluation *evaluation)
{
    const struct column *column = node_eval(expr->operands[0], evaluation);
    eval_fail_nulls(evaluation, column, ((const struct truth *)expr)->why);
    return column;
}

static const struct expr_class and_class = {"and", .eval = node_eval_selected, .select = and_select};
static const struct expr_class or_class = {"or", .eval = node_eval_selected, .select = or_select};
static const struct expr_class not_class = {"not", .eval = node_eval_selected, .select = not_select};
static const struct expr_class truth_class = {"truth", .eval = truth_eval, .fallible = true, .passes = true};

/* ---- making */

const struct expr *logic_and(struct arena *arena, const struct expr *a, const struct expr *b)
{
    return node_make(arena, sizeof *a, &and_class, &type_boolean, NODE_OPERANDS(arena, a, b), 2);
}

const struct expr *logic_or(struct arena *arena, const struct expr **terms, uint32_t n)
{
    return node_make(arena, sizeof **terms, &or_class, &type_boolean, terms, n);
}

const struct expr *logic_not(struct arena *arena, const struct expr *expr)
{
    if (expr->class == &not_class) return expr->operands[0];
    return node_make(arena, sizeof *expr, &not_class, &type_boolean, NODE_OPERANDS(arena, expr), 1);
}

bool compile_truth(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    if (!compile_tree(compiler, tree, expr)) return false;
    const struct expr *operand = *expr;
    struct value value;
    if (operand->type->kind == TYPE_NULL) *expr = operand = node_null(compiler->arena, &type_boolean);
    if (operand->type->kind != TYPE_BOOLEAN)
        return compile_error(compiler, tree, "%s is %s, and must be BOOLEAN here", compile_text(compiler, tree),
                             type_text(compiler->arena, operand->type).data);
    bool is_sure = operand->class->select && !operand->class->nullable;
    if (is_sure || (node_value(operand, &value) && !value.is_null)) return true;
    struct truth *truth = NODE_MAKE(compiler->arena, struct truth, &truth_class, &type_boolean,
                                    NODE_OPERANDS(compiler->arena, operand), 1);
    truth->why = compile_reason(compiler, tree, "it is NULL, which is neither true nor false");
    *expr = &truth->expr;
    return true;
}

bool compile_logic(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    if (tree->kind == TREE_NOT) {
        if (!compile_truth(compiler, tree->a, expr)) return false;
        *expr = logic_not(compiler->arena, *expr);
        return true;
    }
    const struct expr **operands = ARENA_ARRAY(compiler->arena, const struct expr *, tree->items.n);
    for (uint32_t i = 0; i < tree->items.n; i++)
        if (!compile_truth(compiler, tree->items.items[i], &operands[i])) return false;
    const struct expr_class *class = tree->kind == TREE_AND ? &and_class : &or_class;
    *expr = node_make(compiler->arena, sizeof **expr, class, &type_boolean, operands, tree->items.n);
    return true;
}
