/* arithmetic.c - + - * / %, and the signs.
 *
 *     A * 2 + B     INT and BIGINT: the wider, and wraps around; with a DOUBLE: DOUBLE; with a DECIMAL: exact, by
 *                   decimal_result_type
 *     'a' + NAME    two texts are joined; a null one reads as the text null
 *
 * A null operand, a division of integers or DECIMALs by zero, and a DECIMAL that is not exact or does not fit fail the
 * row.
 */
#include "engine/expr/compile.h"
#include "engine/base/buffer.h"
#include "engine/expr/kernel.h"

struct arithmetic {
    struct expr expr;          /* operands: a, b; a alone for a sign */
    arithmetic_kernel *kernel; /* NULL: DECIMAL */
    char op;
    bool divides; /* and b = 0 fails */
    const char *null_why, *zero_why, *inexact_why;
};

enum { LONGEST_TEXT = 64 << 20, MOST_DIGITS = 100000 };

/* ---- evaluating */

#define FAIL_ZEROS(c_type)                                                                                             \
    for (uint32_t i = 0; i < evaluation->n_rows; i++) {                                                                \
        uint32_t row = evaluation->rows[i];                                                                            \
        if (((const c_type *)column->data)[row & column->mask] == 0) eval_fail(evaluation, row, why);                  \
    }                                                                                                                  \
    break

static void fail_zeros(struct evaluation *evaluation, const struct column *column, const char *why)
{
    uint32_t before = evaluation->n_failed;
    switch (column->type->kind) {
    case TYPE_INTEGER: FAIL_ZEROS(int32_t);
    case TYPE_BIGINT: FAIL_ZEROS(int64_t);
    default: break;
    }
    if (evaluation->n_failed != before) eval_drop_failed(evaluation);
}

static bool divides_by_zero(const struct arithmetic *arithmetic, const struct type *type, struct decimal divisor)
{
    return arithmetic->divides && decimal_compare_double(type, divisor, 0) == 0;
}

static void decimals(const struct arithmetic *arithmetic, struct evaluation *evaluation, const struct column *a,
                     const struct column *b, struct column *out)
{
    const struct decimal *x = a->data, *y = b->data;
    struct decimal *result = out->data;
    uint32_t before = evaluation->n_failed;
    for (uint32_t i = 0; i < evaluation->n_rows; i++) {
        uint32_t row = evaluation->rows[i];
        struct decimal left = x[row & a->mask], right = y[row & b->mask];
        if (!decimal_arithmetic(evaluation->arena, arithmetic->op, a->type, left, b->type, right, out->type,
                                &result[row]))
            eval_fail(evaluation, row,
                      divides_by_zero(arithmetic, b->type, right) ? arithmetic->zero_why : arithmetic->inexact_why);
    }
    if (evaluation->n_failed != before) eval_drop_failed(evaluation);
}

static const struct column *arithmetic_eval(const struct expr *expr, struct evaluation *evaluation)
{
    const struct arithmetic *arithmetic = (const struct arithmetic *)expr;
    const struct column *a = node_eval(expr->operands[0], evaluation);
    eval_fail_nulls(evaluation, a, arithmetic->null_why);
    const struct column *b = node_eval(expr->operands[1], evaluation);
    eval_fail_nulls(evaluation, b, arithmetic->null_why);
    if (arithmetic->divides && arithmetic->kernel) fail_zeros(evaluation, b, arithmetic->zero_why);
    struct column *out = eval_take_vector(evaluation, expr->type);
    if (!arithmetic->kernel)
        decimals(arithmetic, evaluation, a, b, out);
    else if (evaluation->n_rows)
        arithmetic->kernel(a, b, evaluation->rows, evaluation->n_rows, eval_is_dense(evaluation), out);
    eval_give(evaluation, expr->operands[1], b);
    eval_give(evaluation, expr->operands[0], a);
    return out;
}

static struct text part(const struct column *column, uint32_t row)
{
    return column_is_null(column, row) ? TEXT("null") : COLUMN_DATA(column, struct text)[row & column->mask];
}

static void join(struct evaluation *evaluation, const struct column *a, const struct column *b, struct column *out,
                 uint32_t row)
{
    struct text x = part(a, row), y = part(b, row);
    if (x.len + y.len > LONGEST_TEXT) {
        eval_fail(evaluation, row, "the text that + makes is longer than 64 MiB");
        return;
    }
    char *data = arena_alloc(evaluation->arena, x.len + y.len + 1);
    memcpy(data, x.data, x.len);
    memcpy(data + x.len, y.data, y.len);
    COLUMN_DATA(out, struct text)[row] = (struct text){data, x.len + y.len};
}

static const struct column *join_eval(const struct expr *expr, struct evaluation *evaluation)
{
    const struct column *a = node_eval(expr->operands[0], evaluation);
    const struct column *b = node_eval(expr->operands[1], evaluation);
    struct column *out = eval_take_vector(evaluation, expr->type);
    uint32_t before = evaluation->n_failed;
    for (uint32_t i = 0; i < evaluation->n_rows; i++) join(evaluation, a, b, out, evaluation->rows[i]);
    if (evaluation->n_failed != before) eval_drop_failed(evaluation);
    eval_give(evaluation, expr->operands[1], b);
    eval_give(evaluation, expr->operands[0], a);
    return out;
}

static const struct column *negate_eval(const struct expr *expr, struct evaluation *evaluation)
{
    const struct column *a = node_eval(expr->operands[0], evaluation);
    eval_fail_nulls(evaluation, a, ((const struct arithmetic *)expr)->null_why);
    struct column *out = eval_take_vector(evaluation, expr->type);
    for (uint32_t i = 0; i < evaluation->n_rows; i++) {
        uint32_t row = evaluation->rows[i], slot = row & a->mask;
        switch (expr->type->kind) {
        case TYPE_INTEGER: COLUMN_DATA(out, int32_t)[row] = (int32_t)(0 - COLUMN_DATA(a, uint32_t)[slot]); break;
        case TYPE_BIGINT: COLUMN_DATA(out, int64_t)[row] = (int64_t)(0 - COLUMN_DATA(a, uint64_t)[slot]); break;
        case TYPE_DOUBLE: COLUMN_DATA(out, double)[row] = -COLUMN_DATA(a, double)[slot]; break;
        default:
            COLUMN_DATA(out, struct decimal)
            [row] = decimal_negate(evaluation->arena, a->type, COLUMN_DATA(a, struct decimal)[slot]);
        }
    }
    eval_give(evaluation, expr->operands[0], a);
    return out;
}

static const struct expr_class arithmetic_class = {"arithmetic", .eval = arithmetic_eval, .fallible = true};
static const struct expr_class join_class = {"join", .eval = join_eval, .fallible = true};
static const struct expr_class negate_class = {"negate", .eval = negate_eval, .fallible = true};

/* ---- making */

static const char operators[] = {
    [TREE_ADD] = '+', [TREE_SUBTRACT] = '-', [TREE_MULTIPLY] = '*', [TREE_DIVIDE] = '/', [TREE_MODULO] = '%'};

static bool refuse(struct compiler *compiler, const struct tree_expr *tree, const struct expr *a, const struct expr *b)
{
    compile_error(compiler, tree, "%s: there is no %s %c %s", compile_text(compiler, tree),
                  type_text(compiler->arena, a->type).data, operators[tree->op],
                  type_text(compiler->arena, b->type).data);
    if (a->type->kind != TYPE_STRING && b->type->kind != TYPE_STRING) return false;
    return error_hint(compiler->error, "CAST(... AS STRING) makes a text of anything, and || or CONCAT joins texts");
}

/* Both operands as the kernel wants them: of the result's type, but DECIMALs of their own precision. */
static const struct type *convert_operands(struct compiler *compiler, enum tree_operator op, const struct expr **a,
                                           const struct expr **b)
{
    struct arena *arena = compiler->arena;
    const struct type *wider = type_wider(arena, (*a)->type, (*b)->type), *a_type = wider, *b_type = wider;
    if (wider->kind == TYPE_DECIMAL) {
        a_type = type_as_decimal(arena, (*a)->type);
        b_type = type_as_decimal(arena, (*b)->type);
    }
    *a = compile_convert(compiler, *a, a_type);
    *b = compile_convert(compiler, *b, b_type);
    if (!*a || !*b) return NULL;
    *a = compile_fold(compiler, *a);
    *b = compile_fold(compiler, *b);
    return wider->kind == TYPE_DECIMAL ? decimal_result_type(arena, operators[op], a_type, b_type) : wider;
}

static const char *inexact_reason(struct compiler *compiler, const struct tree_expr *tree, const struct type *type)
{
    const char *what = arena_printf(compiler->arena, "the result has more digits than %s holds",
                                    type_text(compiler->arena, type).data);
    return compile_reason(compiler, tree, what);
}

/* Each operator adds digits to the type, so that a long enough chain would take all memory. */
static bool too_many_digits(struct compiler *compiler, const struct tree_expr *tree)
{
    compile_error(compiler, tree, "%s may have more than %d digits", compile_text(compiler, tree), MOST_DIGITS);
    return error_hint(compiler->error, "CAST its operands to a DECIMAL with fewer, or to DOUBLE");
}

static bool make_arithmetic(struct compiler *compiler, const struct tree_expr *tree, const struct expr *a,
                            const struct expr *b, const struct expr **expr)
{
    const struct type *type = convert_operands(compiler, tree->op, &a, &b);
    if (!type) return refuse(compiler, tree, a, b);
    if (type->kind == TYPE_DECIMAL && type->precision > MOST_DIGITS) return too_many_digits(compiler, tree);
    struct arithmetic *node =
        NODE_MAKE(compiler->arena, struct arithmetic, &arithmetic_class, type, NODE_OPERANDS(compiler->arena, a, b), 2);
    node->kernel = arithmetic_kernel_find(type->kind, tree->op);
    node->op = operators[tree->op];
    node->divides = type->kind != TYPE_DOUBLE && (tree->op == TREE_DIVIDE || tree->op == TREE_MODULO);
    node->null_why = compile_reason(compiler, tree, "an operand is NULL");
    node->zero_why = compile_reason(compiler, tree, "division by zero");
    node->inexact_why = inexact_reason(compiler, tree, type);
    *expr = &node->expr;
    return true;
}

bool compile_arithmetic(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    const struct expr *a, *b;
    if (!compile_tree(compiler, tree->a, &a) || !compile_tree(compiler, tree->b, &b)) return false;
    bool texts = a->type->kind == TYPE_STRING && b->type->kind == TYPE_STRING;
    if (texts && tree->op == TREE_ADD) {
        *expr =
            node_make(compiler->arena, sizeof *a, &join_class, &type_string, NODE_OPERANDS(compiler->arena, a, b), 2);
        return true;
    }
    if (!type_is_numeric(a->type) || !type_is_numeric(b->type)) return refuse(compiler, tree, a, b);
    return make_arithmetic(compiler, tree, a, b, expr);
}

bool compile_sign(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    const struct expr *operand;
    if (!compile_tree(compiler, tree->a, &operand)) return false;
    char sign = tree->kind == TREE_PLUS ? '+' : '-';
    if (!type_is_numeric(operand->type))
        return compile_error(compiler, tree, "%s: %c stands before numbers only, and %s is %s",
                             compile_text(compiler, tree), sign, compile_text(compiler, tree->a),
                             type_text(compiler->arena, operand->type).data);
    *expr = operand;
    if (tree->kind == TREE_PLUS) return true;
    struct arithmetic *node = NODE_MAKE(compiler->arena, struct arithmetic, &negate_class, operand->type,
                                        NODE_OPERANDS(compiler->arena, operand), 1);
    node->null_why = compile_reason(compiler, tree, "the operand is NULL");
    node->expr.literal = operand->literal;
    *expr = &node->expr;
    return true;
}
