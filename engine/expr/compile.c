/* compile.c - from the tree to nodes: which file does which kind, folding, errors, and the ways in. */
#include "engine/expr/compile.h"
#include "engine/base/buffer.h"
#include "engine/base/settings.h"
#include "parser/print.h"
#include <stdio.h>

enum { TEXT_CEILING = 1 << 16, TEXT_SHOWN = 160 };

typedef bool compile_function(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr);

static bool misplaced(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    *expr = NULL;
    if (tree->kind == TREE_LAMBDA) {
        compile_error(compiler, tree, "lambda arguments are not supported yet");
        compiler->error->code = ERROR_NOT_SUPPORTED;
        return false;
    }
    if (tree->kind == TREE_UNIT)
        return compile_error(compiler, tree, TEXT_FMT " can only be an argument of a function that takes a unit",
                             TEXT_ARG(tree->text));
    compile_error(compiler, tree, "AT TIME ZONE can be written but has no meaning in this dialect");
    return error_hint(compiler->error, "CONVERT_TZ moves a TIMESTAMP from one zone to another");
}

static compile_function *const compile_functions[] = {
    [TREE_NULL] = compile_literal,
    [TREE_BOOLEAN] = compile_literal,
    [TREE_INTEGER] = compile_literal,
    [TREE_DECIMAL] = compile_literal,
    [TREE_DOUBLE] = compile_literal,
    [TREE_STRING] = compile_literal,
    [TREE_TYPED] = compile_literal,
    [TREE_COLUMN] = compile_column,
    [TREE_FIELD] = compile_access,
    [TREE_SUBSCRIPT] = compile_access,
    [TREE_NEGATE] = compile_sign,
    [TREE_PLUS] = compile_sign,
    [TREE_ARITHMETIC] = compile_arithmetic,
    [TREE_CONCAT] = compile_concat,
    [TREE_COMPARISON] = compile_comparison,
    [TREE_AND] = compile_logic,
    [TREE_OR] = compile_logic,
    [TREE_NOT] = compile_logic,
    [TREE_BETWEEN] = compile_between,
    [TREE_IN] = compile_in,
    [TREE_LIKE] = compile_like,
    [TREE_IS_NULL] = compile_is_null,
    [TREE_CASE] = compile_case,
    [TREE_CAST] = compile_cast,
    [TREE_CALL] = compile_call,
    [TREE_LAMBDA] = misplaced,
    [TREE_UNIT] = misplaced,
    [TREE_ARRAY] = compile_constructor,
    [TREE_MAP] = compile_constructor,
    [TREE_STRUCT] = compile_constructor,
    [TREE_AT_ZONE] = misplaced,
};

static bool substitute(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    uint32_t index;
    const struct type *type;
    const struct expr_scope *scope = compiler->scope;
    if (!scope->substitute || !scope->substitute(scope->context, tree, &index, &type)) return false;
    *expr = expr_make_column(compiler->arena, index, type_copy(compiler->arena, type));
    return true;
}

bool compile_tree(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    if (substitute(compiler, tree, expr)) return true;
    if (!compile_functions[tree->kind](compiler, tree, expr)) return false;
    *expr = compile_fold(compiler, *expr);
    return true;
}

/* ---- folding */

static void count_failure(void *context, const struct batch *batch, uint32_t row, const char *why)
{
    (void)batch, (void)row, (void)why;
    ++*(unsigned *)context;
}

const struct expr *compile_fold(struct compiler *compiler, const struct expr *expr)
{
    struct value value;
    if (!expr->constant || node_value(expr, &value)) return expr;
    unsigned n_failures = 0;
    const uint32_t row = 0;
    struct batch batch = {.arena = compiler->arena, .n_rows = 1};
    struct evaluation evaluation = {.batch = &batch,
                                    .arena = compiler->arena,
                                    .rows = &row,
                                    .n_rows = 1,
                                    .report = count_failure,
                                    .context = &n_failures};
    const struct column *column = expr_eval(expr, &evaluation);
    if (n_failures) return expr; /* it fails at every row, and says so there */
    value = column_get(column, 0);
    struct expr *constant = (struct expr *)node_constant(compiler->arena, expr->type, &value);
    constant->literal = expr->literal;
    return constant;
}

/* ---- errors */

const char *compile_text(struct compiler *compiler, const struct tree_expr *tree)
{
    struct buffer out = BUFFER(TEXT_CEILING);
    print_expression(&out, tree);
    struct text text = buffer_text(&out);
    bool cut = text.len > TEXT_SHOWN || out.overflow;
    if (cut) text.len = TEXT_SHOWN;
    text.len = text_valid_utf8(text);
    const char *copy = arena_printf(compiler->arena, TEXT_FMT "%s", TEXT_ARG(text), cut ? "..." : "");
    buffer_free(&out);
    return copy;
}

bool compile_error(struct compiler *compiler, const struct tree_expr *tree, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *message = arena_vprintf(compiler->arena, format, arguments);
    va_end(arguments);
    return error_set(compiler->error, ERROR_STATEMENT, tree->span, "%s", message);
}

const char *compile_reason(struct compiler *compiler, const struct tree_expr *tree, const char *what)
{
    return arena_printf(compiler->arena, "%s: %s", compile_text(compiler, tree), what);
}

/* ---- the ways in */

static bool setting(const struct settings *settings, enum option_id id)
{
    return !settings || settings_bool(settings, id);
}

static struct compiler compiler_of(const struct expr_scope *scope, struct error *error)
{
    return (struct compiler){.scope = scope,
                             .arena = scope->arena,
                             .error = error,
                             .guards = setting(scope->settings, OPTION_NESTED_ERROR_NULL),
                             .null_is_text = !setting(scope->settings, OPTION_CAST_NULLS)};
}

bool expr_build(const struct expr_scope *scope, const struct tree_expr *tree, const struct expr **expr,
                struct error *error)
{
    struct compiler compiler = compiler_of(scope, error);
    return compile_tree(&compiler, tree, expr);
}

bool expr_build_predicate(const struct expr_scope *scope, const struct tree_expr *tree, const struct expr **expr,
                          struct error *error)
{
    struct compiler compiler = compiler_of(scope, error);
    if (!compile_tree(&compiler, tree, expr)) return false;
    const struct type *type = (*expr)->type;
    if (type->kind == TYPE_BOOLEAN) return true;
    const char *text = compile_text(&compiler, tree), *clause = scope->clause ? scope->clause : "WHERE";
    if (type->kind == TYPE_NULL)
        return compile_error(&compiler, tree, "the %s clause must be BOOLEAN, and %s has no type", clause, text);
    return compile_error(&compiler, tree, "the %s clause must be BOOLEAN, and %s is %s", clause, text,
                         type_text(scope->arena, type).data);
}

bool expr_build_value(const struct expr_scope *scope, const struct tree_expr *tree, const struct type *type,
                      struct value *value, struct error *error)
{
    struct compiler compiler = compiler_of(scope, error);
    return insert_value(&compiler, tree, type, value);
}

const struct expr *expr_convert(struct arena *arena, const struct expr *expr, const struct type *type)
{
    struct compiler compiler = {.arena = arena};
    const struct expr *converted = compile_convert(&compiler, expr, type);
    return converted ? compile_fold(&compiler, converted) : NULL;
}
