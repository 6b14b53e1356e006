/* node.h - an expression from the inside: for the files of this folder only.
 *
 * A node is a const class, a type and its operands; what more a class needs stands in a struct that begins with `struct
 * expr`. A class evaluates in one of two ways:
 *
 *     eval     gives a column for the evaluation's rows. On return these are those it had, without the failed.
 *     select   (BOOLEAN) writes the rows for which it is true to `out`, ascending, and returns their number. `out` may
 *              be the array that the evaluation's rows are in. What the evaluation's rows are on return is not said:
 *              the caller sets them anew. A row for which it is null is not among them.
 *
 * So a filter of any depth shortens lists of row numbers and makes no column of booleans; a class with only `select`,
 * whose result is never null, gets its `eval` from node_eval_selected. The rows that fail are in neither result: they are marked in the evaluation,
 * see eval.h.
 *
 * Nodes are made by node_make, which says what follows from the operands, and are const from then on.
 */
#pragma once
#include "engine/expr/expr.h"

struct expr_class {
    const char *name;
    const struct column *(*eval)(const struct expr *expr, struct evaluation *evaluation);
    uint32_t (*select)(const struct expr *expr, struct evaluation *evaluation, uint32_t *out);
    bool nullable; /* with `select`: it may be null */
    bool fallible; /* may itself fail on a row, whatever its operands do */
    bool guards;   /* failures of its operands end here */
    bool borrows;  /* its column is not a vector made for it */
    bool passes;   /* its column is that of its operand */
};

struct expr {
    const struct expr_class *class;
    const struct type *type;
    const struct expr **operands;
    uint32_t n_operands;
    bool fallible; /* this or something below, up to the next guard, may fail on a row */
    bool constant; /* the same for every row: no columns, nothing that is not deterministic */
    bool literal;  /* a constant that was written as one: 5, 'a', ARRAY['a', 'b']; converted more freely than others */
};

/* A class, its type and operands (borrowed). `size` is that of the struct which begins with the node, cleared. */
struct expr *node_make(struct arena *arena, size_t size, const struct expr_class *class, const struct type *type,
                       const struct expr **operands, uint32_t n_operands);

#define NODE_MAKE(arena, c_type, class, type, operands, n)                                                             \
    ((c_type *)(void *)node_make((arena), sizeof(c_type), (class), (type), (operands), (n)))

/* Operands in an array of the arena: NODE_OPERANDS(arena, a, b). */
#define NODE_OPERANDS(arena, ...)                                                                                      \
    ((const struct expr **)arena_copy((arena), ((const struct expr *[]){__VA_ARGS__}),                                 \
                                      sizeof((const struct expr *[]){__VA_ARGS__})))

/* ---- constants and columns */

const struct expr *node_constant(struct arena *arena, const struct type *type, const struct value *value);
const struct expr *node_null(struct arena *arena, const struct type *type);

/* The value of a node_constant; false if the node is not one. */
bool node_value(const struct expr *expr, struct value *value);

static inline bool node_is_null(const struct expr *expr)
{
    struct value value;
    return node_value(expr, &value) && value.is_null;
}

/* The column's number, or -1. */
int32_t node_column(const struct expr *expr);

/* ---- evaluating */

static inline const struct column *node_eval(const struct expr *expr, struct evaluation *evaluation)
{
    return expr->class->eval(expr, evaluation);
}

/* The rows for which a BOOLEAN is true; null counts as false. As a class's `select`, for every class. */
uint32_t node_select(const struct expr *expr, struct evaluation *evaluation, uint32_t *out);

/* `eval` of classes that have `select`. */
const struct column *node_eval_selected(const struct expr *expr, struct evaluation *evaluation);
