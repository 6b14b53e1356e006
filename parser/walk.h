/* walk.h - visits every expression below a node, parents before their members.
 *
 *     static enum walk note_call(void *calls, const struct tree_expr *expr)
 *     {
 *         if (expr->kind == TREE_CALL) LIST_PUSH(...);
 *         return expr->kind == TREE_LAMBDA ? WALK_SKIP : WALK_ON;
 *     }
 *     walk_query(query, note_call, calls);
 *
 * Members come in the order of the text. Recursion goes as deep as the tree, which is at most TREE_MAX_DEPTH.
 */
#pragma once
#include "parser/tree.h"

enum walk {
    WALK_ON,   /* go on with the node's members */
    WALK_SKIP, /* leave them out */
    WALK_STOP, /* end the walk */
};

typedef enum walk walk_visit(void *context, const struct tree_expr *expr);

/* Each returns false if a visit ended the walk. NULL is an empty tree. */
bool walk_expression(const struct tree_expr *expr, walk_visit *visit, void *context);

/* SELECT items, ON, WHERE, GROUP BY, PARTITION BY, HAVING. */
bool walk_query(const struct tree_query *query, walk_visit *visit, void *context);

/* The query, the values of a row or of properties, and what is explained. */
bool walk_statement(const struct tree_statement *statement, walk_visit *visit, void *context);
