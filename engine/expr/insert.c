/* insert.c - a value for a column, as INSERT VALUES takes it.
 *
 *     INSERT INTO S (ID, PRICE, DAY, TAGS) VALUES ('7', 2, '2024-05-31', ARRAY[1 + 1, 'x'])
 *
 * The expression is compiled without columns and evaluated at once. A literal, or a constructor of literals, becomes
 * the column's type by its value (coerce_value): texts are read as numbers, times, bytes; numbers are printed; STRUCTs
 * go by field name, fields that are missing are null, others are dropped. What is not exact or does not fit is an
 * error, and so is anything that fails on the way.
 */
#include "engine/expr/compile.h"
#include "engine/types/cast.h"

/* Keeps the first reason. */
static void keep_reason(void *context, const struct batch *batch, uint32_t row, const char *why)
{
    (void)batch, (void)row;
    const char **first = context;
    if (!*first) *first = why;
}

/* Whatever fails is an error, also below a guard. */
static bool evaluate(struct compiler *compiler, const struct tree_expr *tree, const struct type **type,
                     struct value *value)
{
    struct batch batch = {.arena = compiler->arena, .n_rows = 1};
    const uint32_t row = 0;
    const struct expr *expr;
    const char *why = NULL;
    if (!compile_tree(compiler, tree, &expr)) return false;
    struct evaluation evaluation = {
        .batch = &batch, .arena = compiler->arena, .rows = &row, .n_rows = 1, .report = keep_reason, .context = &why};
    const struct column *column = expr_eval(expr, &evaluation);
    if (why) return compile_error(compiler, tree, "%s", why);
    *value = column_get(column, 0);
    *type = expr->type;
    return true;
}

bool insert_value(struct compiler *compiler, const struct tree_expr *tree, const struct type *type, struct value *value)
{
    const struct type *given = NULL;
    struct value before = NULL_VALUE;
    char why[CAST_WHY] = "";
    struct expr_scope no_columns = *compiler->scope;
    no_columns.resolve = NULL;
    no_columns.substitute = NULL;
    struct compiler inner = *compiler;
    inner.scope = &no_columns;
    if (!evaluate(&inner, tree, &given, &before)) return false;
    if (coerce_value(compiler->arena, given, &before, type, value, why)) return true;
    return compile_error(compiler, tree, "%s is not a value for a column of type %s%s%s", compile_text(compiler, tree),
                         type_text(compiler->arena, type).data, why[0] ? ": " : "", why);
}
