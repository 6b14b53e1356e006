/* cast.c - CAST(a AS type), and the casts that no one asks for.
 *
 *     CAST(A AS BIGINT)              a loop for INT to BIGINT and DOUBLE, BIGINT to DOUBLE
 *     CAST(S AS INT)                 all else by engine/types/cast.h
 *     CAST(S AS INT) IS NULL         true where S is no number: a CAST is a guard
 *
 * Null stays null, unless ksql.cast.strings.preserve.nulls is off: then CAST(NULL AS STRING) is the text null. A value
 * that cannot be cast is null after a CAST that was written, and reported; in a cast that was not (DAY = S) it fails
 * the row.
 */
#include "engine/types/cast.h"
#include "engine/base/buffer.h"
#include "engine/expr/compile.h"

struct cast_node {
    struct expr expr;
    const struct cast *cast;
    const char *text; /* of the CAST as written, for messages; NULL if no one wrote it */
    bool null_is_text;
};

/* ---- evaluating */

#define WIDEN(from_type, to_type)                                                                                      \
    for (uint32_t i = 0; i < evaluation->n_rows; i++) {                                                                \
        uint32_t row = evaluation->rows[i];                                                                            \
        ((to_type *)to->data)[row] = (to_type)((const from_type *)from->data)[row & from->mask];                       \
    }                                                                                                                  \
    break

/* Numbers into wider ones. The nulls' slots are widened with the others; the bitmap is the operand's. */
static const struct column *widen_eval(const struct expr *expr, struct evaluation *evaluation)
{
    const struct column *from = node_eval(expr->operands[0], evaluation);
    struct column *to =
        from->valid ? eval_take_nulls(evaluation, expr->type) : eval_take_vector(evaluation, expr->type);
    if (from->type->kind == TYPE_BIGINT) {
        for (uint32_t i = 0; i < evaluation->n_rows; i++) {
            uint32_t row = evaluation->rows[i];
            COLUMN_DATA(to, double)[row] = (double)COLUMN_DATA(from, int64_t)[row & from->mask];
        }
    } else {
        switch (to->type->kind) {
        case TYPE_BIGINT: WIDEN(int32_t, int64_t);
        default: WIDEN(int32_t, double);
        }
    }
    for (uint32_t i = 0; from->valid && i < evaluation->n_rows; i++)
        if (!column_is_null(from, evaluation->rows[i])) column_set_valid(to, evaluation->rows[i]);
    eval_give(evaluation, expr->operands[0], from);
    return to;
}

static void cast_row(const struct cast_node *node, struct evaluation *evaluation, const struct column *from,
                     struct column *to, uint32_t row)
{
    char why[CAST_WHY] = "";
    struct value in = column_get(from, row), out = {0};
    if (in.is_null) {
        if (node->null_is_text) column_set(to, row, &(struct value){.text = TEXT("null")});
        return;
    }
    if (node->cast->apply(node->cast, evaluation->arena, &in, &out, why))
        column_set(to, row, &out);
    else if (node->text)
        eval_fail(evaluation, row, arena_printf(evaluation->arena, "%s: %s", node->text, why));
    else
        eval_fail(evaluation, row, arena_printf(evaluation->arena, "%s", why));
}

static const struct column *cast_eval(const struct expr *expr, struct evaluation *evaluation)
{
    const struct column *from = node_eval(expr->operands[0], evaluation);
    struct column *to = eval_take_nulls(evaluation, expr->type);
    uint32_t before = evaluation->n_failed;
    for (uint32_t i = 0; i < evaluation->n_rows; i++)
        cast_row((const struct cast_node *)expr, evaluation, from, to, evaluation->rows[i]);
    if (evaluation->n_failed != before) eval_drop_failed(evaluation);
    eval_give(evaluation, expr->operands[0], from);
    return to;
}

static const struct expr_class widen_class = {"widen", .eval = widen_eval};
static const struct expr_class cast_class = {"cast", .eval = cast_eval, .fallible = true};

/* ---- making */

static bool widens(enum type_kind from, enum type_kind to)
{
    if (from == TYPE_INTEGER) return to == TYPE_BIGINT || to == TYPE_DOUBLE;
    return from == TYPE_BIGINT && to == TYPE_DOUBLE;
}

static struct cast_node *make_node(struct arena *arena, const struct expr *expr, const struct cast *cast,
                                   const struct type *type)
{
    struct cast_node *node = NODE_MAKE(arena, struct cast_node, &cast_class, type, NODE_OPERANDS(arena, expr), 1);
    node->cast = cast;
    return node;
}

static const struct expr *make_cast(struct compiler *compiler, const struct expr *expr, const struct type *type,
                                    const struct cast *cast)
{
    if (!widens(expr->type->kind, type->kind)) return &make_node(compiler->arena, expr, cast, type)->expr;
    return node_make(compiler->arena, sizeof *expr, &widen_class, type, NODE_OPERANDS(compiler->arena, expr), 1);
}

const struct expr *compile_convert(struct compiler *compiler, const struct expr *expr, const struct type *type)
{
    if (type_equal(expr->type, type)) return expr;
    if (expr->type->kind == TYPE_NULL) return node_null(compiler->arena, type);
    const struct cast *cast = cast_find_implicit(compiler->arena, expr->type, type);
    return cast ? make_cast(compiler, expr, type, cast) : NULL;
}

const struct expr *compile_cast_to(struct compiler *compiler, const struct expr *expr, const struct type *type)
{
    if (type_equal(expr->type, type)) return expr;
    if (expr->type->kind == TYPE_NULL) return node_null(compiler->arena, type);
    const struct cast *cast = cast_find(compiler->arena, expr->type, type);
    return cast ? make_cast(compiler, expr, type, cast) : NULL;
}

/* A CAST that was written names itself where it fails. */
static const struct expr *make_written(struct compiler *compiler, const struct tree_expr *tree, const struct expr *expr,
                                       const struct type *type, const struct cast *cast)
{
    if (widens(expr->type->kind, type->kind)) return make_cast(compiler, expr, type, cast);
    struct cast_node *node = make_node(compiler->arena, expr, cast, type);
    node->text = compile_text(compiler, tree);
    node->null_is_text = compiler->null_is_text && type->kind == TYPE_STRING;
    return &node->expr;
}

/* CAST(NULL AS type). */
static const struct expr *cast_null(struct compiler *compiler, const struct type *type)
{
    bool is_text = compiler->null_is_text && type->kind == TYPE_STRING;
    return node_constant(compiler->arena, type, is_text ? &(struct value){.text = TEXT("null")} : &NULL_VALUE);
}

/* Unguarded. */
static bool make_any(struct compiler *compiler, const struct tree_expr *tree, const struct type *type,
                     const struct expr **expr)
{
    const struct type *from = (*expr)->type;
    if (type_equal(from, type)) return true;
    if (from->kind == TYPE_NULL) {
        *expr = cast_null(compiler, type);
        return true;
    }
    const struct cast *cast = cast_find(compiler->arena, from, type);
    if (!cast)
        return compile_error(compiler, tree, "%s is %s, and there is no cast from that to %s",
                             compile_text(compiler, tree->a), type_text(compiler->arena, from).data,
                             type_text(compiler->arena, type).data);
    *expr = make_written(compiler, tree, *expr, type, cast);
    return true;
}

bool compile_cast(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    const struct type *type;
    if (!compile_tree(compiler, tree->a, expr) ||
        !expr_resolve_type(compiler->scope, tree->type, &type, compiler->error) ||
        !make_any(compiler, tree, type, expr))
        return false;
    if (compiler->guards) *expr = eval_guard(compiler->arena, *expr);
    return true;
}
