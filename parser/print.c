/* print.c - names, types and expressions as text.
 *
 *     a + b * 2 > 5 OR NOT `x y`      is printed as      ((A + (B * 2)) > 5) OR (NOT `x y`)
 *
 * An operand is put in parentheses unless it is simple: one that the grammar reads as a whole however it is joined.
 * Statements and queries: print_statement.c.
 */
#include "parser/print.h"
#include "engine/base/buffer.h"
#include "parser/parse.h"
#include "parser/print_part.h"

static void quoted(struct buffer *out, struct text text, char quote)
{
    buffer_append_char(out, quote);
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == quote) buffer_append_char(out, quote);
        buffer_append_char(out, text.data[i]);
    }
    buffer_append_char(out, quote);
}

void print_identifier(struct buffer *out, struct text name)
{
    if (parse_is_plain_identifier(name))
        buffer_append_text(out, name);
    else
        quoted(out, name, '`');
}

void print_string(struct buffer *out, struct text text)
{
    quoted(out, text, '\'');
}

void print_names(struct buffer *out, const struct tree_names *names)
{
    for (uint32_t i = 0; i < names->n; i++) {
        if (i) buffer_append_string(out, ", ");
        print_identifier(out, names->items[i].name);
    }
}

/* ---- types */

/* DECIMAL is reserved, and yet a type's name. */
static void print_named_type(struct buffer *out, const struct tree_type *type)
{
    if (text_equal(type->name.name, TEXT("DECIMAL")))
        buffer_append_string(out, "DECIMAL");
    else
        print_identifier(out, type->name.name);
    if (!type->parameters.n) return;
    for (uint32_t i = 0; i < type->parameters.n; i++)
        buffer_printf(out, "%s%lld", i ? ", " : "(", (long long)type->parameters.items[i]);
    buffer_append_char(out, ')');
}

static void print_struct_type(struct buffer *out, const struct tree_type *type)
{
    buffer_append_string(out, "STRUCT<");
    for (uint32_t i = 0; i < type->fields.n; i++) {
        if (i) buffer_append_string(out, ", ");
        print_identifier(out, type->fields.items[i]->name.name);
        buffer_append_char(out, ' ');
        print_type(out, type->fields.items[i]->type);
    }
    buffer_append_char(out, '>');
}

void print_type(struct buffer *out, const struct tree_type *type)
{
    switch (type->kind) {
    case TREE_TYPE_NAMED: print_named_type(out, type); return;
    case TREE_TYPE_STRUCT: print_struct_type(out, type); return;
    case TREE_TYPE_ARRAY: buffer_append_string(out, "ARRAY<"); break;
    case TREE_TYPE_MAP:
        buffer_append_string(out, "MAP<");
        print_type(out, type->key);
        buffer_append_string(out, ", ");
        break;
    }
    print_type(out, type->element);
    buffer_append_char(out, '>');
}

/* ---- expressions */

const char *print_operator(enum tree_operator operator)
{
    static const char *const names[] = {
        [TREE_ADD] = "+",
        [TREE_SUBTRACT] = "-",
        [TREE_MULTIPLY] = "*",
        [TREE_DIVIDE] = "/",
        [TREE_MODULO] = "%",
        [TREE_EQUAL] = "=",
        [TREE_NOT_EQUAL] = "<>",
        [TREE_LESS] = "<",
        [TREE_LESS_OR_EQUAL] = "<=",
        [TREE_GREATER] = ">",
        [TREE_GREATER_OR_EQUAL] = ">=",
        [TREE_IS_DISTINCT] = "IS DISTINCT FROM",
        [TREE_IS_NOT_DISTINCT] = "IS NOT DISTINCT FROM",
    };
    return names[operator];
}

/* Which kinds are joined from parts without an end of their own: conditions, which the grammar takes for a value only
 * in parentheses, and the other operators. */
static const enum joined {
    WHOLE,
    OPERATOR,
    CONDITION
} joined[] = {
    [TREE_NEGATE] = OPERATOR,      [TREE_PLUS] = OPERATOR, [TREE_ARITHMETIC] = OPERATOR, [TREE_CONCAT] = OPERATOR,
    [TREE_COMPARISON] = CONDITION, [TREE_AND] = CONDITION, [TREE_OR] = CONDITION,        [TREE_NOT] = CONDITION,
    [TREE_BETWEEN] = CONDITION,    [TREE_IN] = CONDITION,  [TREE_LIKE] = CONDITION,      [TREE_IS_NULL] = CONDITION,
    [TREE_AT_ZONE] = OPERATOR,
};

static void parenthesised(struct buffer *out, const struct tree_expr *expr, bool needed)
{
    if (needed) buffer_append_char(out, '(');
    print_expression(out, expr);
    if (needed) buffer_append_char(out, ')');
}

static void operand(struct buffer *out, const struct tree_expr *expr)
{
    parenthesised(out, expr, joined[expr->kind] != WHOLE);
}

void print_close_operand(struct buffer *out, const struct tree_expr *expr)
{
    parenthesised(out, expr, joined[expr->kind] != WHOLE || (expr->kind == TREE_INTEGER && expr->integer < 0));
}

void print_value(struct buffer *out, const struct tree_expr *expr)
{
    parenthesised(out, expr, joined[expr->kind] == CONDITION);
}

static void expressions(struct buffer *out, const struct tree_exprs *exprs)
{
    for (uint32_t i = 0; i < exprs->n && !out->overflow; i++) {
        if (i) buffer_append_string(out, ", ");
        print_expression(out, exprs->items[i]);
    }
}

static void infix(struct buffer *out, const struct tree_expr *expr, const char *operator)
{
    operand(out, expr->a);
    buffer_printf(out, " %s ", operator);
    operand(out, expr->b);
}

static void predicate(struct buffer *out, const struct tree_expr *expr, const char *words)
{
    operand(out, expr->a);
    buffer_printf(out, " %s%s", expr->negated ? "NOT " : "", words);
}

static void print_logical(struct buffer *out, const struct tree_expr *expr, const char *operator)
{
    for (uint32_t i = 0; i < expr->items.n; i++) {
        if (i) buffer_append_string(out, operator);
        operand(out, expr->items.items[i]);
    }
}

static void print_like(struct buffer *out, const struct tree_expr *expr)
{
    predicate(out, expr, "LIKE ");
    operand(out, expr->b);
    if (!expr->text.data) return;
    buffer_append_string(out, " ESCAPE ");
    print_string(out, expr->text);
}

static void print_case(struct buffer *out, const struct tree_expr *expr)
{
    buffer_append_string(out, "CASE");
    if (expr->a) {
        buffer_append_char(out, ' ');
        operand(out, expr->a);
    }
    for (uint32_t i = 0; i + 1 < expr->items.n; i += 2) {
        buffer_append_string(out, " WHEN ");
        print_expression(out, expr->items.items[i]);
        buffer_append_string(out, " THEN ");
        print_expression(out, expr->items.items[i + 1]);
    }
    if (expr->b) {
        buffer_append_string(out, " ELSE ");
        print_expression(out, expr->b);
    }
    buffer_append_string(out, " END");
}

static void print_call(struct buffer *out, const struct tree_expr *expr)
{
    print_identifier(out, expr->name.name);
    buffer_append_char(out, '(');
    if (expr->star) buffer_append_char(out, '*');
    expressions(out, &expr->items);
    buffer_append_char(out, ')');
}

static void print_lambda(struct buffer *out, const struct tree_expr *expr)
{
    bool many = expr->names.n > 1;
    if (many) buffer_append_char(out, '(');
    print_names(out, &expr->names);
    buffer_append_string(out, many ? ") => " : " => ");
    print_expression(out, expr->a);
}

static void print_map(struct buffer *out, const struct tree_expr *expr)
{
    buffer_append_string(out, "MAP(");
    for (uint32_t i = 0; i + 1 < expr->items.n; i += 2) {
        if (i) buffer_append_string(out, ", ");
        print_expression(out, expr->items.items[i]);
        buffer_append_string(out, " := ");
        print_expression(out, expr->items.items[i + 1]);
    }
    buffer_append_char(out, ')');
}

static void print_struct(struct buffer *out, const struct tree_expr *expr)
{
    buffer_append_string(out, "STRUCT(");
    for (uint32_t i = 0; i < expr->items.n; i++) {
        if (i) buffer_append_string(out, ", ");
        print_identifier(out, expr->names.items[i].name);
        buffer_append_string(out, " := ");
        print_expression(out, expr->items.items[i]);
    }
    buffer_append_char(out, ')');
}

static void print_column(struct buffer *out, const struct tree_expr *expr)
{
    if (expr->qualifier.name.data) {
        print_identifier(out, expr->qualifier.name);
        buffer_append_char(out, '.');
    }
    print_identifier(out, expr->name.name);
}

static void print_leaf(struct buffer *out, const struct tree_expr *expr)
{
    switch (expr->kind) {
    case TREE_NULL: buffer_append_string(out, "NULL"); break;
    case TREE_BOOLEAN: buffer_append_string(out, expr->integer ? "TRUE" : "FALSE"); break;
    case TREE_INTEGER: buffer_printf(out, "%lld", (long long)expr->integer); break;
    case TREE_STRING: print_string(out, expr->text); break;
    case TREE_TYPED:
        print_identifier(out, expr->name.name);
        buffer_append_char(out, ' ');
        print_string(out, expr->text);
        break;
    default: buffer_append_text(out, expr->text);
    }
}

/* A table of what each kind looks like. */
void print_expression(struct buffer *out, const struct tree_expr *expr)
{
    if (out->overflow) return; /* nothing more of it will be read */
    switch (expr->kind) {
    case TREE_NULL:
    case TREE_BOOLEAN:
    case TREE_INTEGER:
    case TREE_DECIMAL:
    case TREE_DOUBLE:
    case TREE_STRING:
    case TREE_TYPED:
    case TREE_UNIT: print_leaf(out, expr); break;
    case TREE_COLUMN: print_column(out, expr); break;
    case TREE_FIELD:
        print_close_operand(out, expr->a);
        buffer_append_string(out, "->");
        print_identifier(out, expr->name.name);
        break;
    case TREE_SUBSCRIPT:
        print_close_operand(out, expr->a);
        buffer_append_char(out, '[');
        print_value(out, expr->b);
        buffer_append_char(out, ']');
        break;
    case TREE_NEGATE:
        buffer_append_char(out, '-');
        print_close_operand(out, expr->a);
        break;
    case TREE_PLUS:
        buffer_append_char(out, '+');
        print_close_operand(out, expr->a);
        break;
    case TREE_ARITHMETIC:
    case TREE_COMPARISON: infix(out, expr, print_operator(expr->op)); break;
    case TREE_CONCAT: infix(out, expr, "||"); break;
    case TREE_AND: print_logical(out, expr, " AND "); break;
    case TREE_OR: print_logical(out, expr, " OR "); break;
    case TREE_NOT:
        buffer_append_string(out, "NOT ");
        operand(out, expr->a);
        break;
    case TREE_BETWEEN:
        predicate(out, expr, "BETWEEN ");
        operand(out, expr->b);
        buffer_append_string(out, " AND ");
        operand(out, expr->c);
        break;
    case TREE_IN:
        predicate(out, expr, "IN (");
        expressions(out, &expr->items);
        buffer_append_char(out, ')');
        break;
    case TREE_LIKE: print_like(out, expr); break;
    case TREE_IS_NULL:
        operand(out, expr->a);
        buffer_append_string(out, expr->negated ? " IS NOT NULL" : " IS NULL");
        break;
    case TREE_CASE: print_case(out, expr); break;
    case TREE_CAST:
        buffer_append_string(out, "CAST(");
        print_expression(out, expr->a);
        buffer_append_string(out, " AS ");
        print_type(out, expr->type);
        buffer_append_char(out, ')');
        break;
    case TREE_CALL: print_call(out, expr); break;
    case TREE_LAMBDA: print_lambda(out, expr); break;
    case TREE_ARRAY:
        buffer_append_string(out, "ARRAY[");
        expressions(out, &expr->items);
        buffer_append_char(out, ']');
        break;
    case TREE_MAP: print_map(out, expr); break;
    case TREE_STRUCT: print_struct(out, expr); break;
    case TREE_AT_ZONE:
        print_close_operand(out, expr->a);
        buffer_append_string(out, " AT TIME ZONE ");
        print_string(out, expr->text);
        break;
    }
}
