/* walk.c - one order for all kinds: a, then the items, then b and c; where a kind has some of them, this is the text's
 * order. */
#include "parser/walk.h"

static bool walk_all(const struct tree_exprs *exprs, walk_visit *visit, void *context)
{
    for (uint32_t i = 0; i < exprs->n; i++)
        if (!walk_expression(exprs->items[i], visit, context)) return false;
    return true;
}

bool walk_expression(const struct tree_expr *expr, walk_visit *visit, void *context)
{
    if (!expr) return true;
    switch (visit(context, expr)) {
    case WALK_STOP: return false;
    case WALK_SKIP: return true;
    case WALK_ON: break;
    }
    return walk_expression(expr->a, visit, context) && walk_all(&expr->items, visit, context) &&
           walk_expression(expr->b, visit, context) && walk_expression(expr->c, visit, context);
}

bool walk_query(const struct tree_query *query, walk_visit *visit, void *context)
{
    if (!query) return true;
    for (uint32_t i = 0; i < query->items.n; i++)
        if (!walk_expression(query->items.items[i]->expr, visit, context)) return false;
    for (uint32_t i = 0; i < query->from.n; i++)
        if (!walk_expression(query->from.items[i]->on, visit, context)) return false;
    return walk_expression(query->where, visit, context) && walk_all(&query->group_by, visit, context) &&
           walk_all(&query->partition_by, visit, context) && walk_expression(query->having, visit, context);
}

bool walk_statement(const struct tree_statement *statement, walk_visit *visit, void *context)
{
    if (!statement) return true;
    for (uint32_t i = 0; i < statement->properties.n; i++)
        if (!walk_expression(statement->properties.items[i]->value, visit, context)) return false;
    return walk_query(statement->query, visit, context) && walk_all(&statement->values, visit, context) &&
           walk_statement(statement->inner, visit, context);
}
