/* compile.h - what making nodes from the tree shares: the compiler, errors, conversions. For this folder only.
 *
 * Each kind of tree has a function `compile_<kind>` with the signature of compile_tree, in a file of its own or with
 * its like. It compiles the operands, converts them, and makes the node; compile_tree folds what is constant.
 */
#pragma once
#include "engine/expr/eval.h"

struct compiler {
    const struct expr_scope *scope;
    struct arena *arena;
    struct error *error;
    bool guards;       /* what fails in an argument, an element or a CAST is null: ksql.nested.error.set.null */
    bool null_is_text; /* not ksql.cast.strings.preserve.nulls */
};

/* The node of a tree; false with the error filled. */
MUST_CHECK bool compile_tree(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr);

/* by kind, each in the file of its name */
MUST_CHECK bool compile_literal(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr);
MUST_CHECK bool compile_column(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr);
MUST_CHECK bool compile_arithmetic(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr);
MUST_CHECK bool compile_sign(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr);
MUST_CHECK bool compile_comparison(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr);
MUST_CHECK bool compile_between(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr);
MUST_CHECK bool compile_logic(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr);
MUST_CHECK bool compile_is_null(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr);
MUST_CHECK bool compile_like(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr);
MUST_CHECK bool compile_in(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr);
MUST_CHECK bool compile_case(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr);
MUST_CHECK bool compile_cast(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr);
MUST_CHECK bool compile_access(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr);
MUST_CHECK bool compile_constructor(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr);
MUST_CHECK bool compile_call(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr);
MUST_CHECK bool compile_concat(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr);

/* ---- errors: they name an operand by its text and its type */

/* The expression as SQL, cut short if it is long; in the compiler's arena. */
const char *compile_text(struct compiler *compiler, const struct tree_expr *tree);

/* Fills the compiler's error with the tree's span. */
bool compile_error(struct compiler *compiler, const struct tree_expr *tree, const char *format, ...) PRINTF_LIKE(3, 4);

/* What is written to the processing log when a node fails: "A + B: an operand is NULL". In the arena. */
const char *compile_reason(struct compiler *compiler, const struct tree_expr *tree, const char *what);

/* ---- conversions */

/* Converted without being asked; NULL if it cannot be. Equal types: the expression itself. */
const struct expr *compile_convert(struct compiler *compiler, const struct expr *expr, const struct type *type);

/* By an explicit cast; NULL if there is none. */
const struct expr *compile_cast_to(struct compiler *compiler, const struct expr *expr, const struct type *type);

/* A constant node for an expression without columns, or the expression itself if it has some, or fails. */
const struct expr *compile_fold(struct compiler *compiler, const struct expr *expr);

/* The node as an operand of AND, OR, NOT, WHEN: a null fails the row. False if it is not BOOLEAN. */
MUST_CHECK bool compile_truth(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr);

/* ---- comparisons, for BETWEEN, CASE and IN too */

/* left op right; the trees are for messages and literals. */
MUST_CHECK bool comparison_make(struct compiler *compiler, const struct tree_expr *tree, enum tree_operator op,
                                const struct tree_expr *left_tree, const struct expr *left,
                                const struct tree_expr *right_tree, const struct expr *right, const struct expr **expr);

/* ---- logic: the operands are never null, see compile_truth */
const struct expr *logic_and(struct arena *arena, const struct expr *a, const struct expr *b);
const struct expr *logic_or(struct arena *arena, const struct expr **terms, uint32_t n);
const struct expr *logic_not(struct arena *arena, const struct expr *expr);

/* The first operand that is not null; all of the type. */
const struct expr *case_first_not_null(struct arena *arena, const struct type *type, const struct expr **operands,
                                       uint32_t n);

/* A list's common type, 15.4 of the reference, and each of the n expressions converted to it. `what` names the list in
 * messages. */
MUST_CHECK bool coerce_list(struct compiler *compiler, const char *what, struct tree_expr *const *trees,
                            const struct expr **exprs, uint32_t n, const struct type **type);

/* A literal's value in another type, freely: text to numbers and times, anything to text. False if it does not mean
 * one; `why` has CAST_WHY bytes. */
bool coerce_value(struct arena *arena, const struct type *from, const struct value *value, const struct type *to,
                  struct value *out, char *why);

/* ---- INSERT VALUES (insert.c): see expr_build_value */
MUST_CHECK bool insert_value(struct compiler *compiler, const struct tree_expr *tree, const struct type *type,
                             struct value *value);
