/* like.c - a [NOT] LIKE pattern [ESCAPE 'c'].
 *
 *     PREVIOUS_STATUS LIKE '%ALARM%'     the pattern is compiled with the statement, the loop only searches
 *     NAME LIKE PATTERN ESCAPE '!'       the pattern is a column: each row's is compiled
 *
 * Where either is null, so is the answer, [NOT] or not, and WHERE drops the row. A pattern that ends with its escape
 * character is refused, or fails the row. That ESCAPE is one character is the parser's business.
 */
#include "engine/expr/compile.h"
#include "engine/expr/pattern.h"

struct like {
    struct expr expr;       /* operands: text; pattern too, where it is not constant */
    bool negated;           /* NOT LIKE */
    struct pattern pattern; /* where it is constant */
    struct text escape;     /* where it is not: one character, or empty */
    const char *why;        /* a row's pattern is none */
};

/* Text and pattern of the rows; pattern NULL where it is constant. */
struct sides {
    const struct column *text, *pattern;
};

#define SELECT_TEXTS(test)                                                                                             \
    for (uint32_t i = 0; i < n; i++) {                                                                                 \
        uint32_t row = rows[i];                                                                                        \
        struct text text = texts[row & mask];                                                                          \
        out[n_out] = row;                                                                                              \
        n_out += (test);                                                                                               \
    }                                                                                                                  \
    break

static uint32_t match(const struct pattern *pattern, const struct column *column, const uint32_t *rows, uint32_t n,
                      uint32_t *out)
{
    const struct text *texts = column->data;
    const struct text wanted = pattern->text;
    uint32_t n_out = 0, mask = column->mask;
    switch (pattern->kind) {
    case PATTERN_EQUAL: SELECT_TEXTS(text_equal(text, wanted));
    case PATTERN_CONTAINS: SELECT_TEXTS(pattern_contains(text, wanted));
    default: SELECT_TEXTS(pattern_matches(pattern, text));
    }
    return n_out;
}

/* ---- patterns that are columns */

/* Whether the row's text matches the row's pattern; a pattern that is none fails the row. */
static bool match_row(const struct like *like, struct evaluation *evaluation, const struct sides *sides, uint32_t row)
{
    struct text wanted = COLUMN_DATA(sides->pattern, struct text)[row & sides->pattern->mask];
    if (!pattern_is_whole(wanted, like->escape)) {
        eval_fail(evaluation, row, like->why);
        return false;
    }
    struct pattern compiled = pattern_compile(evaluation->arena, wanted, like->escape);
    return pattern_matches(&compiled, COLUMN_DATA(sides->text, struct text)[row & sides->text->mask]);
}

static uint32_t match_rows(const struct like *like, struct evaluation *evaluation, const struct sides *sides,
                           const uint32_t *rows, uint32_t n, uint32_t *out)
{
    uint32_t n_out = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = rows[i];
        out[n_out] = row;
        n_out += match_row(like, evaluation, sides, row);
    }
    return n_out;
}

/* ---- evaluating */

static struct sides take_sides(const struct expr *expr, struct evaluation *evaluation)
{
    struct sides sides = {.text = node_eval(expr->operands[0], evaluation)};
    if (expr->n_operands > 1) sides.pattern = node_eval(expr->operands[1], evaluation);
    return sides;
}

static void give_sides(const struct expr *expr, struct evaluation *evaluation, const struct sides *sides)
{
    if (sides->pattern) eval_give(evaluation, expr->operands[1], sides->pattern);
    eval_give(evaluation, expr->operands[0], sides->text);
}

/* The evaluation's rows where nothing is null: in `room`, or the evaluation's own list. */
static const uint32_t *rows_with_both(const struct evaluation *evaluation, const struct sides *sides, uint32_t *room,
                                      uint32_t *n)
{
    const uint32_t *rows = evaluation->rows;
    *n = evaluation->n_rows;
    if (sides->text->valid) *n = eval_select_valid(sides->text, rows, *n, room), rows = room;
    if (sides->pattern && sides->pattern->valid) *n = eval_select_valid(sides->pattern, rows, *n, room), rows = room;
    return rows;
}

/* The rows of `rows` that match, or for NOT LIKE do not; `out` may be `rows`. */
static uint32_t find(const struct like *like, struct evaluation *evaluation, const struct sides *sides,
                     const uint32_t *rows, uint32_t n, uint32_t *out)
{
    uint32_t *hits = like->negated ? eval_take_list(evaluation) : out;
    uint32_t n_hits = sides->pattern ? match_rows(like, evaluation, sides, rows, n, hits)
                                     : match(&like->pattern, sides->text, rows, n, hits);
    if (!like->negated) return n_hits;
    if (out != rows) memcpy(out, rows, n * sizeof *out);
    n = eval_subtract(evaluation, out, n, hits, n_hits);
    eval_give_list(evaluation, hits);
    return n;
}

static uint32_t like_select(const struct expr *expr, struct evaluation *evaluation, uint32_t *out)
{
    struct sides sides = take_sides(expr, evaluation);
    uint32_t n;
    const uint32_t *rows = rows_with_both(evaluation, &sides, out, &n);
    n = find((const struct like *)expr, evaluation, &sides, rows, n, out);
    give_sides(expr, evaluation, &sides);
    return n;
}

static const struct column *like_eval(const struct expr *expr, struct evaluation *evaluation)
{
    struct sides sides = take_sides(expr, evaluation);
    struct column *result = eval_take_nulls(evaluation, &type_boolean);
    bool *data = result->data;
    uint32_t *room = eval_take_list(evaluation), *found = eval_take_list(evaluation), n;
    const uint32_t *rows = rows_with_both(evaluation, &sides, room, &n);
    uint32_t n_failed = evaluation->n_failed,
             n_found = find((const struct like *)expr, evaluation, &sides, rows, n, found);
    for (uint32_t i = 0; i < n; i++) {
        column_set_valid(result, rows[i]);
        data[rows[i]] = false;
    }
    for (uint32_t i = 0; i < n_found; i++) data[found[i]] = true;
    if (evaluation->n_failed != n_failed) eval_drop_failed(evaluation);
    eval_give_list(evaluation, found);
    eval_give_list(evaluation, room);
    give_sides(expr, evaluation, &sides);
    return result;
}

static const struct expr_class like_class = {"like", .eval = like_eval, .select = like_select, .nullable = true};
static const struct expr_class like_column_class = {"like column", .eval = like_eval, .select = like_select,
                                                    .nullable = true, .fallible = true};

/* ---- making */

static bool text_operand(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    if (!compile_tree(compiler, tree, expr)) return false;
    if ((*expr)->type->kind == TYPE_NULL) *expr = node_null(compiler->arena, &type_string);
    if ((*expr)->type->kind == TYPE_STRING) return true;
    return compile_error(compiler, tree, "LIKE takes STRINGs, and %s is %s", compile_text(compiler, tree),
                         type_text(compiler->arena, (*expr)->type).data);
}

/* LIKE '...': the pattern is known now. */
static bool make_known(struct compiler *compiler, const struct tree_expr *tree, const struct expr *text,
                       struct text pattern, struct text escape, const struct expr **expr)
{
    if (!pattern_is_whole(pattern, escape)) {
        compile_error(compiler, tree->b, "the pattern %s ends with its escape character, which escapes nothing there",
                      compile_text(compiler, tree->b));
        return error_hint(compiler->error, "write it twice where it is to stand for itself");
    }
    struct like *like =
        NODE_MAKE(compiler->arena, struct like, &like_class, &type_boolean, NODE_OPERANDS(compiler->arena, text), 1);
    like->pattern = pattern_compile(compiler->arena, pattern, escape);
    like->negated = tree->negated;
    *expr = &like->expr;
    return true;
}

static const struct expr *make_by_row(struct compiler *compiler, const struct tree_expr *tree, const struct expr *text,
                                      const struct expr *pattern, struct text escape)
{
    struct like *like = NODE_MAKE(compiler->arena, struct like, &like_column_class, &type_boolean,
                                  NODE_OPERANDS(compiler->arena, text, pattern), 2);
    like->escape = escape;
    like->negated = tree->negated;
    like->why = compile_reason(compiler, tree, "the pattern ends with its escape character");
    return &like->expr;
}

bool compile_like(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    const struct expr *text, *pattern;
    struct value value;
    if (!text_operand(compiler, tree->a, &text) || !text_operand(compiler, tree->b, &pattern)) return false;
    struct text escape = tree->text.data ? text_copy(compiler->arena, tree->text) : TEXT("");
    if (!node_value(pattern, &value) || value.is_null)
        *expr = make_by_row(compiler, tree, text, pattern, escape);
    else if (!make_known(compiler, tree, text, value.text, escape, expr))
        return false;
    return true;
}
