/* expr.h - typed expressions: built once from the syntax tree, evaluated over the selected rows of a batch.
 *
 *     WHERE PREVIOUS_STATUS LIKE '%ALARM%' AND WORKERS + 1 > 3
 *
 *     and
 *     |- like   PREVIOUS_STATUS (column 4), '%ALARM%' (constant, compiled to a search for ALARM)
 *     '- >      (+ WORKERS (column 6), 1) -> INTEGER, 3
 *
 * Building resolves names (through the scope's callback), finds the types of results, inserts implicit casts, chooses
 * functions, folds constants, and refuses what the dialect refuses. A built expression is immutable and may be
 * evaluated by any thread.
 *
 * Evaluating gives a column: borrowed from the batch (a column reference), a constant (mask 0), or made in the batch's
 * arena. Rows that are not selected hold anything. AND, OR, CASE, COALESCE evaluate their later parts only for rows
 * that need them.
 *
 * Failure. A row on which something fails (division by zero, arithmetic on NULL, a cast, a function) is marked in the
 * evaluation and left out of what follows; nothing above sees a value for it. At a guard - the root of an expression, a
 * CAST, an element of a constructor, an argument of a function that is a call or a field itself - the failed rows
 * become NULL, one processing-log entry each, and evaluation goes on. So `NOT (a + 1 > 5)` with a NULL a is NULL as a
 * whole (WHERE drops the row), COALESCE(ABS(a + 1), 5) is 5, and CAST('x' AS INT) IS NULL is true.
 *
 * Logic is two-valued: a comparison with a NULL operand is false. LIKE with one is NULL. A NULL operand of AND, OR or
 * NOT fails the row.
 */
#pragma once
#include "engine/types/batch.h"
#include "parser/tree.h"

struct expr;
struct settings;
struct vector;
struct row_list;

/* ---- building */

struct expr_scope {
    struct arena *arena;             /* where expressions live: the query's */
    const struct settings *settings; /* ksql.nested.error.set.null and its like; NULL: defaults */
    const char *clause;              /* "SELECT", "WHERE", "PARTITION BY": for messages */
    void *context;
    /* The column that a name means: its index in the batch and its type. Returns false with the error filled ("WHERE
     * column 'BOB' cannot be resolved" in our words, with a hint for a near miss). NULL: no columns may be named here.
     */
    bool (*resolve)(void *context, const struct tree_expr *column, uint32_t *index, const struct type **type,
                    struct error *error);
    /* A column that stands for a whole sub-expression (a group key, an aggregate's result), asked before anything else;
     * false if there is none. NULL: never. */
    bool (*substitute)(void *context, const struct tree_expr *tree, uint32_t *index, const struct type **type);
    /* A custom type's meaning (CREATE TYPE); NULL where it is not known. The callback itself may be NULL. */
    const struct type *(*named_type)(void *context, struct text name);
};

/* The typed expression, or false with the error filled; spans are those of the tree. The literal NULL alone is built
 * with the type type_null: who needs a type refuses it. */
MUST_CHECK bool expr_build(const struct expr_scope *scope, const struct tree_expr *tree, const struct expr **expr,
                           struct error *error);

/* The same, and BOOLEAN: for WHERE. "the WHERE clause must be BOOLEAN, and 'x' is a STRING". */
MUST_CHECK bool expr_build_predicate(const struct expr_scope *scope, const struct tree_expr *tree,
                                     const struct expr **expr, struct error *error);

/* A value for a column of type `type`, as INSERT VALUES takes it: no columns, and literals converted leniently (text to
 * numbers, dates, bytes; numbers to text; arrays, maps and structs by element), evaluated at once. A failure is an
 * error here. */
MUST_CHECK bool expr_build_value(const struct expr_scope *scope, const struct tree_expr *tree, const struct type *type,
                                 struct value *value, struct error *error);

/* A type as written, custom names resolved. */
MUST_CHECK bool expr_resolve_type(const struct expr_scope *scope, const struct tree_type *tree,
                                  const struct type **type, struct error *error);

const struct type *expr_type(const struct expr *expr);

/* The batch's column if the expression is nothing but a column, else -1. */
int32_t expr_column(const struct expr *expr);

/* Sets used[i] for each column i that the expression reads. */
void expr_mark_columns(const struct expr *expr, bool *used);

/* An expression that is just column `index`. */
const struct expr *expr_make_column(struct arena *arena, uint32_t index, const struct type *type);

/* `expr` converted implicitly to `type` (INT to BIGINT and so on; see cast_find_implicit); NULL if it cannot be. */
const struct expr *expr_convert(struct arena *arena, const struct expr *expr, const struct type *type);

/* ---- evaluating */

struct evaluation {
    const struct batch *batch;
    struct arena *arena;  /* for results: the batch's */
    const uint32_t *rows; /* the rows to evaluate, ascending */
    uint32_t n_rows;
    uint64_t *failed;     /* bit of each row that has failed below the nearest guard; NULL until one has */
    const char **reasons; /* why, for each of them */
    uint32_t n_failed;
    char why[160]; /* the reason that was reported last */
    /* Told once for each row that failed, at the guard. NULL: no one is told. */
    void (*report)(void *context, const struct batch *batch, uint32_t row, const char *why);
    void *context;
    struct vector *spare[4]; /* for use again, see vector.c */
    struct row_list *lists;
};

/* Evaluates over the batch's selection; failed rows are null and reported. The result is valid as long as the batch. */
const struct column *expr_eval(const struct expr *expr, struct evaluation *evaluation);

/* Shortens `rows` (n of them, in place) to those for which the predicate is true; returns how many are left. */
uint32_t expr_filter(const struct expr *predicate, struct evaluation *evaluation, uint32_t *rows, uint32_t n);

/* An evaluation over all selected rows of the batch. */
struct evaluation evaluation_of(const struct batch *batch);
