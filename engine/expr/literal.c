/* literal.c - the leaves of the tree: 5, 'a', 1.50, 2e3, TRUE, NULL, DECIMAL '1.0', and the names of columns. */
#include "engine/expr/compile.h"
#include "engine/number/number.h"

static const struct expr *literal(struct compiler *compiler, const struct type *type, struct value value)
{
    struct expr *expr = (struct expr *)node_constant(compiler->arena, type, &value);
    expr->literal = true;
    return expr;
}

static bool decimal_literal(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    const struct type *type = decimal_literal_type(compiler->arena, tree->text);
    struct value value = {0};
    if (!decimal_parse(compiler->arena, type, tree->text, DECIMAL_EXACT, &value.decimal))
        return compile_error(compiler, tree, "'" TEXT_FMT "' is not a DECIMAL", TEXT_ARG(tree->text));
    *expr = literal(compiler, type, value);
    return true;
}

static bool double_literal(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    struct value value = {0};
    if (!number_parse_double(tree->text, &value.real))
        return compile_error(compiler, tree, "'" TEXT_FMT "' is not a DOUBLE", TEXT_ARG(tree->text));
    *expr = literal(compiler, &type_double, value);
    return true;
}

static bool integer_literal(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    bool fits = tree->integer >= INT32_MIN && tree->integer <= INT32_MAX;
    if (fits)
        *expr = literal(compiler, &type_integer, (struct value){.integer = (int32_t)tree->integer});
    else
        *expr = literal(compiler, &type_bigint, (struct value){.bigint = tree->integer});
    return true;
}

static bool typed_literal(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    if (text_equal_nocase(tree->name.name, TEXT("DECIMAL"))) return decimal_literal(compiler, tree, expr);
    compile_error(compiler, tree, TEXT_FMT " cannot be put in front of a literal", TEXT_ARG(tree->name.name));
    return error_hint(compiler->error, "write CAST('" TEXT_FMT "' AS " TEXT_FMT ")", TEXT_ARG(tree->text),
                      TEXT_ARG(tree->name.name));
}

bool compile_literal(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    switch (tree->kind) {
    case TREE_NULL: *expr = literal(compiler, &type_null, NULL_VALUE); return true;
    case TREE_BOOLEAN:
        *expr = literal(compiler, &type_boolean, (struct value){.boolean = tree->integer != 0});
        return true;
    case TREE_INTEGER: return integer_literal(compiler, tree, expr);
    case TREE_DECIMAL: return decimal_literal(compiler, tree, expr);
    case TREE_DOUBLE: return double_literal(compiler, tree, expr);
    case TREE_TYPED: return typed_literal(compiler, tree, expr);
    default:
        *expr = literal(compiler, &type_string, (struct value){.text = text_copy(compiler->arena, tree->text)});
        return true;
    }
}

bool compile_column(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    const struct expr_scope *scope = compiler->scope;
    uint32_t index;
    const struct type *type;
    if (!scope->resolve) {
        compile_error(compiler, tree, "no column can be named here, and %s is a column's name",
                      compile_text(compiler, tree));
        return error_hint(compiler->error, "texts stand in single quotes");
    }
    if (!scope->resolve(scope->context, tree, &index, &type, compiler->error)) return false;
    *expr = expr_make_column(compiler->arena, index, type_copy(compiler->arena, type));
    return true;
}
