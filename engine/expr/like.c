/* like.c - a [NOT] LIKE pattern [ESCAPE 'c'].
 *
 *     PREVIOUS_STATUS LIKE '%ALARM%'     the pattern is compiled with the statement, the loop only searches
 *     NAME LIKE PATTERN ESCAPE '!'       the pattern is a column: each row's is compiled
 *
 * Where either is null the answer is no. A pattern that ends with its escape character is refused, or fails the row.
 * That ESCAPE is one character is the parser's business.
 */
#include "engine/expr/compile.h"
#include "engine/expr/pattern.h"

struct like {
    struct expr expr;       /* operands: text; pattern too, where it is not constant */
    struct pattern pattern; /* where it is constant */
    struct text escape;     /* where it is not: one character, or empty */
    const char *why;        /* a row's pattern is none */
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

static uint32_t like_select(const struct expr *expr, struct evaluation *evaluation, uint32_t *out)
{
    const struct column *text = node_eval(expr->operands[0], evaluation);
    const uint32_t *rows = evaluation->rows;
    uint32_t n = evaluation->n_rows;
    if (text->valid) {
        n = eval_select_valid(text, rows, n, out);
        rows = out;
    }
    n = match(&((const struct like *)expr)->pattern, text, rows, n, out);
    eval_give(evaluation, expr->operands[0], text);
    return n;
}

/* Whether the row's text matches the row's pattern; a pattern that is none fails the row. */
static bool match_row(const struct like *like, struct evaluation *evaluation, const struct column *text,
                      const struct column *pattern, uint32_t row)
{
    struct text wanted = COLUMN_DATA(pattern, struct text)[row & pattern->mask];
    if (!pattern_is_whole(wanted, like->escape)) {
        eval_fail(evaluation, row, like->why);
        return false;
    }
    struct pattern compiled = pattern_compile(evaluation->arena, wanted, like->escape);
    return pattern_matches(&compiled, COLUMN_DATA(text, struct text)[row & text->mask]);
}

static uint32_t like_column_select(const struct expr *expr, struct evaluation *evaluation, uint32_t *out)
{
    const struct column *text = node_eval(expr->operands[0], evaluation);
    const struct column *pattern = node_eval(expr->operands[1], evaluation);
    uint32_t n = eval_select_valid(text, evaluation->rows, evaluation->n_rows, out), n_out = 0;
    n = eval_select_valid(pattern, out, n, out);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = out[i];
        out[n_out] = row;
        n_out += match_row((const struct like *)expr, evaluation, text, pattern, row);
    }
    eval_give(evaluation, expr->operands[1], pattern);
    eval_give(evaluation, expr->operands[0], text);
    return n_out;
}

static const struct expr_class like_class = {"like", .eval = node_eval_selected, .select = like_select};
static const struct expr_class like_column_class = {"like column", .eval = node_eval_selected,
                                                    .select = like_column_select, .fallible = true};

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
    *expr = &like->expr;
    return true;
}

static const struct expr *make_by_row(struct compiler *compiler, const struct tree_expr *tree, const struct expr *text,
                                      const struct expr *pattern, struct text escape)
{
    struct like *like = NODE_MAKE(compiler->arena, struct like, &like_column_class, &type_boolean,
                                  NODE_OPERANDS(compiler->arena, text, pattern), 2);
    like->escape = escape;
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
    if (tree->negated) *expr = logic_not(compiler->arena, *expr);
    return true;
}
