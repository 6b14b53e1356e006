/* case.c - CASE, and the first argument that is not null (COALESCE, IFNULL): each part is evaluated for the rows that
 * need it.
 *
 *     CASE WHEN A > 5 THEN X WHEN A > 3 THEN Y ELSE Z END
 *
 *     rows [0 1 2 3]   A > 5 -> [1]: X of row 1.  Of [0 2 3] A > 3 -> [0 3]: Y of those.  Z of [2]
 *
 * CASE V WHEN A THEN ... is CASE WHEN V = A THEN .... All results have one type; a NULL among them takes it.
 */
#include "engine/expr/compile.h"

/* ---- evaluating: operands are condition, result, condition, result ..., and the ELSE */

static void copy_result(const struct expr *part, struct evaluation *evaluation, const uint32_t *rows, uint32_t n,
                        struct column *out)
{
    if (!n) return;
    eval_set_rows(evaluation, rows, n);
    const struct column *column = node_eval(part, evaluation);
    eval_copy(evaluation, column, out);
    eval_give(evaluation, part, column);
}

static const struct column *case_eval(const struct expr *expr, struct evaluation *evaluation)
{
    struct eval_rows saved = eval_save_rows(evaluation);
    struct column *out = eval_take_nulls(evaluation, expr->type);
    uint32_t *rest = eval_take_list(evaluation), *hits = eval_take_list(evaluation), n = saved.n;
    memcpy(rest, saved.rows, n * sizeof *rest);
    for (uint32_t i = 0; i + 1 < expr->n_operands && n; i += 2) {
        eval_set_rows(evaluation, rest, n);
        uint32_t n_hits = node_select(expr->operands[i], evaluation, hits);
        n = eval_subtract(evaluation, rest, n, hits, n_hits);
        copy_result(expr->operands[i + 1], evaluation, hits, n_hits, out);
    }
    copy_result(expr->operands[expr->n_operands - 1], evaluation, rest, n, out);
    eval_give_list(evaluation, hits);
    eval_give_list(evaluation, rest);
    eval_restore_rows(evaluation, saved);
    return out;
}

static const struct column *first_eval(const struct expr *expr, struct evaluation *evaluation)
{
    struct eval_rows saved = eval_save_rows(evaluation);
    struct column *out = eval_take_nulls(evaluation, expr->type);
    uint32_t *rest = eval_take_list(evaluation), n = saved.n;
    memcpy(rest, saved.rows, n * sizeof *rest);
    for (uint32_t i = 0; i < expr->n_operands && n; i++) {
        copy_result(expr->operands[i], evaluation, rest, n, out);
        uint32_t left = 0;
        for (uint32_t k = 0; k < n; k++)
            if (column_is_null(out, rest[k]) && !eval_has_failed(evaluation, rest[k])) rest[left++] = rest[k];
        n = left;
    }
    eval_give_list(evaluation, rest);
    eval_restore_rows(evaluation, saved);
    return out;
}

static const struct expr_class case_class = {"case", .eval = case_eval};
static const struct expr_class first_class = {"first not null", .eval = first_eval};

const struct expr *case_first_not_null(struct arena *arena, const struct type *type, const struct expr **operands,
                                       uint32_t n)
{
    return node_make(arena, sizeof **operands, &first_class, type, operands, n);
}

/* ---- making */

/* The i-th WHEN as a condition. */
static bool compile_when(struct compiler *compiler, const struct tree_expr *tree, const struct expr *value,
                         const struct tree_expr *when, const struct expr **condition)
{
    const struct expr *other;
    if (!value) return compile_truth(compiler, when, condition);
    if (!compile_tree(compiler, when, &other) ||
        !comparison_make(compiler, when, TREE_EQUAL, tree->a, value, when, other, condition))
        return false;
    *condition = compile_fold(compiler, *condition);
    return true;
}

/* The one type of all results. */
static bool result_type(struct compiler *compiler, const struct tree_expr *tree, const struct expr **operands,
                        uint32_t n, const struct type **type)
{
    const struct tree_expr *first = NULL;
    *type = NULL;
    for (uint32_t i = 0; i < n; i++) {
        bool is_else = i == tree->items.n;
        if (!is_else && i % 2 == 0) continue;
        const struct tree_expr *part = is_else ? tree->b : tree->items.items[i];
        const struct type *found = operands[i]->type;
        if (!part || found->kind == TYPE_NULL) continue;
        if (*type && !type_equal(*type, found)) {
            compile_error(compiler, part, "the results of a CASE have one type, and %s is %s where %s is %s",
                          compile_text(compiler, part), type_text(compiler->arena, found).data,
                          compile_text(compiler, first), type_text(compiler->arena, *type).data);
            return error_hint(compiler->error, "CAST them to one type");
        }
        *type = found;
        first = part;
    }
    if (*type) return true;
    compile_error(compiler, tree, "every result of the CASE is NULL, so that it has no type");
    return error_hint(compiler->error, "write CAST(NULL AS STRING), or whatever type it is to have");
}

bool compile_case(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    uint32_t n = tree->items.n + 1;
    const struct expr **operands = ARENA_ARRAY(compiler->arena, const struct expr *, n), *value = NULL;
    const struct type *type;
    if (tree->a && !compile_tree(compiler, tree->a, &value)) return false;
    for (uint32_t i = 0; i < tree->items.n; i += 2) {
        if (!compile_when(compiler, tree, value, tree->items.items[i], &operands[i])) return false;
        if (!compile_tree(compiler, tree->items.items[i + 1], &operands[i + 1])) return false;
    }
    operands[n - 1] = node_null(compiler->arena, &type_null);
    if (tree->b && !compile_tree(compiler, tree->b, &operands[n - 1])) return false;
    if (!result_type(compiler, tree, operands, n, &type)) return false;
    for (uint32_t i = 1; i < n; i += 2)
        if (operands[i]->type->kind == TYPE_NULL) operands[i] = node_null(compiler->arena, type);
    if (operands[n - 1]->type->kind == TYPE_NULL) operands[n - 1] = node_null(compiler->arena, type);
    *expr = node_make(compiler->arena, sizeof **expr, &case_class, type, operands, n);
    return true;
}
