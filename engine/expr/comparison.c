/* comparison.c - = <> < <= > >=, IS [NOT] DISTINCT FROM, BETWEEN, IS [NOT] NULL.
 *
 *     A > 5 and A BIGINT     5 becomes a BIGINT when the statement is compiled; the loop is BIGINT against a constant
 *     NULL > 5               false: rows where an operand is null are taken out before the loop
 *     P < 2.5e0              a DECIMAL with a DOUBLE: by value, as the digits stand
 *     D = '2024-01-01'       a text beside a DATE, TIME or TIMESTAMP is read as one
 *     ROWTIME > '2024-01'    so is a literal beside a BIGINT that is ROWTIME, WINDOWSTART or WINDOWEND
 *
 * Both sides are converted to one type: numbers to the wider, nested values to the one that can hold the other. BOOLEAN
 * and nested types have no order.
 */
#include "engine/expr/compile.h"
#include "engine/expr/kernel.h"
#include "engine/types/cast.h"
#include "engine/time/datetime.h"
#include "engine/types/schema.h"

struct comparison {
    struct expr expr; /* operands: left, right */
    compare_kernel *kernel;
};

struct between {
    struct expr expr; /* operands: value, low, high */
    compare_kernel *low, *high;
};

/* ---- evaluating */

/* The rows of `rows` where neither is null and the kernel says yes. */
static uint32_t compare(compare_kernel *kernel, const struct column *a, const struct column *b, const uint32_t *rows,
                        uint32_t n, uint32_t *out)
{
    if (a->valid) {
        n = eval_select_valid(a, rows, n, out);
        rows = out;
    }
    if (b->valid) {
        n = eval_select_valid(b, rows, n, out);
        rows = out;
    }
    return kernel(a, b, rows, n, out);
}

static uint32_t comparison_select(const struct expr *expr, struct evaluation *evaluation, uint32_t *out)
{
    const struct comparison *comparison = (const struct comparison *)expr;
    const struct column *a = node_eval(expr->operands[0], evaluation);
    const struct column *b = node_eval(expr->operands[1], evaluation);
    uint32_t n = compare(comparison->kernel, a, b, evaluation->rows, evaluation->n_rows, out);
    eval_give(evaluation, expr->operands[1], b);
    eval_give(evaluation, expr->operands[0], a);
    return n;
}

static uint32_t between_select(const struct expr *expr, struct evaluation *evaluation, uint32_t *out)
{
    const struct between *between = (const struct between *)expr;
    const struct column *value = node_eval(expr->operands[0], evaluation);
    const struct column *low = node_eval(expr->operands[1], evaluation);
    const struct column *high = node_eval(expr->operands[2], evaluation);
    uint32_t n = compare(between->low, value, low, evaluation->rows, evaluation->n_rows, out);
    n = compare(between->high, value, high, out, n, out);
    eval_give(evaluation, expr->operands[2], high);
    eval_give(evaluation, expr->operands[1], low);
    eval_give(evaluation, expr->operands[0], value);
    return n;
}

/* IS NOT DISTINCT FROM: both null, or equal. `equal` is the list of rows that are equal. */
static uint32_t add_both_null(const struct column *a, const struct column *b, const struct evaluation *evaluation,
                              const uint32_t *equal, uint32_t n_equal, uint32_t *out)
{
    uint32_t n = 0, at = 0;
    for (uint32_t i = 0; i < evaluation->n_rows; i++) {
        uint32_t row = evaluation->rows[i];
        bool same = at < n_equal && equal[at] == row;
        at += same;
        out[n] = row;
        n += same || (column_is_null(a, row) && column_is_null(b, row));
    }
    return n;
}

static uint32_t same_select(const struct expr *expr, struct evaluation *evaluation, uint32_t *out)
{
    const struct comparison *comparison = (const struct comparison *)expr;
    const struct column *a = node_eval(expr->operands[0], evaluation);
    const struct column *b = node_eval(expr->operands[1], evaluation);
    uint32_t *equal = eval_take_list(evaluation);
    uint32_t n = compare(comparison->kernel, a, b, evaluation->rows, evaluation->n_rows, equal);
    n = add_both_null(a, b, evaluation, equal, n, out);
    eval_give_list(evaluation, equal);
    eval_give(evaluation, expr->operands[1], b);
    eval_give(evaluation, expr->operands[0], a);
    return n;
}

static uint32_t null_select(const struct expr *expr, struct evaluation *evaluation, uint32_t *out)
{
    const struct column *column = node_eval(expr->operands[0], evaluation);
    uint32_t n = 0;
    for (uint32_t i = 0; column->valid && i < evaluation->n_rows; i++) {
        uint32_t row = evaluation->rows[i];
        out[n] = row;
        n += column_is_null(column, row);
    }
    eval_give(evaluation, expr->operands[0], column);
    return n;
}

static const struct expr_class comparison_class = {"comparison", .eval = node_eval_selected,
                                                   .select = comparison_select};
static const struct expr_class same_class = {"same", .eval = node_eval_selected, .select = same_select};
static const struct expr_class between_class = {"between", .eval = node_eval_selected, .select = between_select};
static const struct expr_class null_class = {"is null", .eval = node_eval_selected, .select = null_select};

/* ---- one type for both sides */

/* Two operands that are being brought together. */
struct sides {
    const struct tree_expr *trees[2];
    const struct expr *exprs[2];
};

static bool convert_both(struct compiler *compiler, struct sides *sides, const struct type *type)
{
    for (int i = 0; i < 2; i++) {
        sides->exprs[i] = compile_convert(compiler, sides->exprs[i], type);
        if (!sides->exprs[i]) return false;
        sides->exprs[i] = compile_fold(compiler, sides->exprs[i]);
    }
    return true;
}

static bool is_instant_column(const struct tree_expr *tree, const struct expr *expr)
{
    if (tree->kind != TREE_COLUMN || expr->type->kind != TYPE_BIGINT) return false;
    enum pseudo_column pseudo = pseudo_column_find(tree->name.name);
    return pseudo == PSEUDO_ROWTIME || pseudo == PSEUDO_WINDOWSTART || pseudo == PSEUDO_WINDOWEND;
}

/* ROWTIME against '2024-01-01': the literal becomes milliseconds. False with the error filled if it is no time. */
static bool read_instants(struct compiler *compiler, struct sides *sides)
{
    for (int i = 0; i < 2; i++) {
        const struct tree_expr *tree = sides->trees[i];
        struct value value = {0};
        if (tree->kind != TREE_STRING || sides->exprs[i]->type->kind != TYPE_STRING) continue;
        if (!is_instant_column(sides->trees[1 - i], sides->exprs[1 - i])) continue;
        if (!timestamp_parse(tree->text, &value.bigint)) {
            compile_error(compiler, tree, "'" TEXT_FMT "' is not a time", TEXT_ARG(tree->text));
            return error_hint(compiler->error, "write 2024-05-31T14:30:00, or the beginning of it, and perhaps +02:00");
        }
        sides->exprs[i] = node_constant(compiler->arena, &type_bigint, &value);
    }
    return true;
}

/* The type in which two of DATE, TIME, TIMESTAMP and STRING meet; NULL if they do not. */
static const struct type *meet_times(const struct type *a, const struct type *b)
{
    if (a->kind == TYPE_STRING) return b;
    if (b->kind == TYPE_STRING || a->kind == b->kind) return a;
    return a->kind != TYPE_TIME && b->kind != TYPE_TIME ? &type_timestamp : NULL;
}

static bool cast_times(struct compiler *compiler, struct sides *sides, const struct type *type)
{
    for (int i = 0; i < 2; i++) {
        const struct expr *cast = compile_cast_to(compiler, sides->exprs[i], type);
        if (!cast) return false;
        sides->exprs[i] = compile_fold(compiler, cast);
        const struct tree_expr *tree = sides->trees[i];
        struct value value;
        if (tree->kind == TREE_STRING && !node_value(sides->exprs[i], &value))
            return compile_error(compiler, tree, "'" TEXT_FMT "' is not a valid %s", TEXT_ARG(tree->text),
                                 type_kind_name(type->kind));
    }
    return true;
}

/* The literal NULL is of the other side's type. Only [NOT] DISTINCT lets it in. */
static bool give_null_a_type(struct compiler *compiler, const struct tree_expr *tree, enum tree_operator op,
                             struct sides *sides)
{
    for (int i = 0; i < 2; i++) {
        if (sides->exprs[i]->type->kind != TYPE_NULL) continue;
        if (op < TREE_IS_DISTINCT) {
            compile_error(compiler, tree, "%s compares with NULL, which is neither equal nor unequal to anything",
                          compile_text(compiler, tree));
            return error_hint(compiler->error, "use IS NULL or IS NOT NULL");
        }
        const struct type *other = sides->exprs[1 - i]->type;
        sides->exprs[i] = node_null(compiler->arena, other->kind == TYPE_NULL ? &type_boolean : other);
    }
    return true;
}

static const char *operator_text(enum tree_operator op)
{
    static const char *const texts[] = {[TREE_EQUAL] = "=",
                                        [TREE_NOT_EQUAL] = "<>",
                                        [TREE_LESS] = "<",
                                        [TREE_LESS_OR_EQUAL] = "<=",
                                        [TREE_GREATER] = ">",
                                        [TREE_GREATER_OR_EQUAL] = ">=",
                                        [TREE_IS_DISTINCT] = "IS DISTINCT FROM",
                                        [TREE_IS_NOT_DISTINCT] = "IS NOT DISTINCT FROM"};
    return texts[op];
}

static bool is_equality(enum tree_operator op)
{
    return op == TREE_EQUAL || op == TREE_NOT_EQUAL || op >= TREE_IS_DISTINCT;
}

static bool cannot_compare(struct compiler *compiler, const struct tree_expr *tree, enum tree_operator op,
                           const struct sides *before)
{
    const struct type *a = before->exprs[0]->type, *b = before->exprs[1]->type;
    compile_error(compiler, tree, "%s (" TEXT_FMT ") and %s (" TEXT_FMT ") cannot be compared with %s",
                  compile_text(compiler, before->trees[0]), TEXT_ARG(type_text(compiler->arena, a)),
                  compile_text(compiler, before->trees[1]), TEXT_ARG(type_text(compiler->arena, b)), operator_text(op));
    if (a->kind == b->kind && !is_equality(op))
        return error_hint(compiler->error, "%s values have no order: = and <> are what there is for them",
                          type_kind_name(a->kind));
    if (cast_find(compiler->arena, a, b) || cast_find(compiler->arena, b, a))
        return error_hint(compiler->error, "CAST one of them to the type of the other");
    return false;
}

/* A DECIMAL and a DOUBLE that are compared as they are, since either may have digits that the other cannot hold. No two
 * decimals of 15 digits are the same double: a constant of so many can be one. */
static bool is_mixed(const struct sides *sides)
{
    enum { DIGITS_OF_DOUBLE = 15 };
    int side = sides->exprs[0]->type->kind == TYPE_DECIMAL ? 0 : 1;
    const struct expr *decimal = sides->exprs[side];
    if (decimal->type->kind != TYPE_DECIMAL || sides->exprs[1 - side]->type->kind != TYPE_DOUBLE) return false;
    return !decimal->constant || decimal->type->precision > DIGITS_OF_DOUBLE;
}

/* Brings both sides to one type, unless they are mixed; false, and an error if it has filled one, where there is none.
 */
static bool unify(struct compiler *compiler, struct sides *sides)
{
    if (!read_instants(compiler, sides)) return false;
    const struct type *a = sides->exprs[0]->type, *b = sides->exprs[1]->type;
    if (is_mixed(sides)) return true;
    if (type_is_numeric(a) && type_is_numeric(b))
        return convert_both(compiler, sides, type_wider(compiler->arena, a, b));
    if (type_is_time(a) || type_is_time(b)) {
        bool fit = (type_is_time(a) || a->kind == TYPE_STRING) && (type_is_time(b) || b->kind == TYPE_STRING);
        const struct type *type = fit ? meet_times(a, b) : NULL;
        return type && cast_times(compiler, sides, type);
    }
    if (a->kind != b->kind) return false;
    struct sides before = *sides;
    if (convert_both(compiler, sides, a)) return true;
    *sides = before;
    return convert_both(compiler, sides, b);
}

/* ---- making */

static enum tree_operator flip(enum tree_operator op)
{
    switch (op) {
    case TREE_LESS: return TREE_GREATER;
    case TREE_LESS_OR_EQUAL: return TREE_GREATER_OR_EQUAL;
    case TREE_GREATER: return TREE_LESS;
    case TREE_GREATER_OR_EQUAL: return TREE_LESS_OR_EQUAL;
    default: return op;
    }
}

bool comparison_make(struct compiler *compiler, const struct tree_expr *tree, enum tree_operator op,
                     const struct tree_expr *left_tree, const struct expr *left, const struct tree_expr *right_tree,
                     const struct expr *right, const struct expr **expr)
{
    struct sides sides = {{left_tree, right_tree}, {left, right}}, before = sides;
    if (!give_null_a_type(compiler, tree, op, &sides)) return false;
    compiler->error->code = ERROR_NONE;
    if (!unify(compiler, &sides))
        return compiler->error->code != ERROR_NONE ? false : cannot_compare(compiler, tree, op, &before);
    enum tree_operator test = op >= TREE_IS_DISTINCT ? TREE_EQUAL : op;
    if (sides.exprs[0]->constant && !sides.exprs[1]->constant) { /* the loops want the constant at the right */
        sides = (struct sides){{right_tree, left_tree}, {sides.exprs[1], sides.exprs[0]}};
        test = flip(test);
    }
    compare_kernel *kernel =
        is_mixed(&sides) ? compare_kernel_find_mixed(test) : compare_kernel_find(sides.exprs[0]->type, test);
    if (!kernel) return cannot_compare(compiler, tree, op, &before);
    struct comparison *comparison =
        NODE_MAKE(compiler->arena, struct comparison, op >= TREE_IS_DISTINCT ? &same_class : &comparison_class,
                  &type_boolean, NODE_OPERANDS(compiler->arena, sides.exprs[0], sides.exprs[1]), 2);
    comparison->kernel = kernel;
    *expr = op == TREE_IS_DISTINCT ? logic_not(compiler->arena, &comparison->expr) : &comparison->expr;
    return true;
}

bool compile_comparison(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    const struct expr *left, *right;
    if (!compile_tree(compiler, tree->a, &left) || !compile_tree(compiler, tree->b, &right)) return false;
    return comparison_make(compiler, tree, tree->op, tree->a, left, tree->b, right, expr);
}

/* One node where the value is converted to the same type for both bounds; else two comparisons. */
static const struct expr *join_bounds(struct arena *arena, const struct expr *low, const struct expr *high)
{
    const struct expr *value = low->operands[0];
    if (low->class != &comparison_class || high->class != &comparison_class || value != high->operands[0])
        return logic_and(arena, low, high);
    struct between *between = NODE_MAKE(arena, struct between, &between_class, &type_boolean,
                                        NODE_OPERANDS(arena, value, low->operands[1], high->operands[1]), 3);
    between->low = ((const struct comparison *)low)->kernel;
    between->high = ((const struct comparison *)high)->kernel;
    return &between->expr;
}

bool compile_between(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    const struct expr *value, *low, *high, *above, *below;
    if (!compile_tree(compiler, tree->a, &value) || !compile_tree(compiler, tree->b, &low) ||
        !compile_tree(compiler, tree->c, &high))
        return false;
    if (!comparison_make(compiler, tree, TREE_GREATER_OR_EQUAL, tree->a, value, tree->b, low, &above)) return false;
    if (!comparison_make(compiler, tree, TREE_LESS_OR_EQUAL, tree->a, value, tree->c, high, &below)) return false;
    *expr = join_bounds(compiler->arena, above, below);
    if (tree->negated) *expr = logic_not(compiler->arena, *expr);
    return true;
}

bool compile_is_null(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    const struct expr *value;
    if (!compile_tree(compiler, tree->a, &value)) return false;
    *expr =
        node_make(compiler->arena, sizeof **expr, &null_class, &type_boolean, NODE_OPERANDS(compiler->arena, value), 1);
    if (tree->negated) *expr = logic_not(compiler->arena, *expr);
    return true;
}
