/* like.c - a [NOT] LIKE pattern [ESCAPE 'c'].
 *
 *     PREVIOUS_STATUS LIKE '%ALARM%'     the pattern is compiled with the statement, the loop only searches
 *     NAME LIKE PATTERN ESCAPE '!'       the pattern is a column: each row's is read as it stands
 *
 * Where either is null the answer is no. That ESCAPE is one character is the parser's business.
 */
#include "engine/expr/compile.h"
#include "engine/expr/pattern.h"

struct like {
    struct expr expr; /* operands: text; pattern too, where it is not constant */
    struct pattern pattern;
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

static uint32_t like_column_select(const struct expr *expr, struct evaluation *evaluation, uint32_t *out)
{
    const struct column *text = node_eval(expr->operands[0], evaluation);
    const struct column *pattern = node_eval(expr->operands[1], evaluation);
    struct text escape = ((const struct like *)expr)->pattern.escape;
    uint32_t n = eval_select_valid(text, evaluation->rows, evaluation->n_rows, out), n_out = 0;
    n = eval_select_valid(pattern, out, n, out);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = out[i];
        bool fits = pattern_matches_text(COLUMN_DATA(pattern, struct text)[row & pattern->mask], escape,
                                         COLUMN_DATA(text, struct text)[row & text->mask]);
        out[n_out] = row;
        n_out += fits;
    }
    eval_give(evaluation, expr->operands[1], pattern);
    eval_give(evaluation, expr->operands[0], text);
    return n_out;
}

static const struct expr_class like_class = {"like", .eval = node_eval_selected, .select = like_select};
static const struct expr_class like_column_class = {"like column", .eval = node_eval_selected,
                                                    .select = like_column_select};

static bool text_operand(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    if (!compile_tree(compiler, tree, expr)) return false;
    if ((*expr)->type->kind == TYPE_NULL) *expr = node_null(compiler->arena, &type_string);
    if ((*expr)->type->kind == TYPE_STRING) return true;
    return compile_error(compiler, tree, "LIKE takes STRINGs, and %s is %s", compile_text(compiler, tree),
                         type_text(compiler->arena, (*expr)->type).data);
}

bool compile_like(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    const struct expr *text, *pattern;
    struct arena *arena = compiler->arena;
    struct value value;
    if (!text_operand(compiler, tree->a, &text) || !text_operand(compiler, tree->b, &pattern)) return false;
    struct text escape = tree->text.data ? text_copy(arena, tree->text) : TEXT("");
    bool known = node_value(pattern, &value) && !value.is_null;
    struct like *like = known ? NODE_MAKE(arena, struct like, &like_class, &type_boolean, NODE_OPERANDS(arena, text), 1)
                              : NODE_MAKE(arena, struct like, &like_column_class, &type_boolean,
                                          NODE_OPERANDS(arena, text, pattern), 2);
    like->pattern = known ? pattern_compile(arena, value.text, escape) : (struct pattern){.escape = escape};
    *expr = tree->negated ? logic_not(arena, &like->expr) : &like->expr;
    return true;
}
