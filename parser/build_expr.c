/* build_expr.c - constructors of expressions. See build.h.
 *
 * Two rules are kept here: the depth of a node is one more than that of its deepest member, and no more than
 * TREE_MAX_DEPTH; and a chain of AND, or of OR, becomes one node however long it is: the left operand of a chain is the
 * node to extend.
 */
#include "parser/build_node.h"
#include "grammar.h"

struct tree_expr *build_node(struct build *build, enum tree_expr_kind kind, struct span start)
{
    struct tree_expr *node = ARENA_MAKE(build->arena, struct tree_expr);
    node->kind = kind;
    node->depth = 1;
    node->span = (struct span){start.start, build->end};
    return node;
}

static unsigned depth_of(const struct tree_expr *node)
{
    return node ? node->depth : 0;
}

static void set_depth(struct build *build, struct tree_expr *node, unsigned members)
{
    if (node->depth <= members) node->depth = (uint16_t)(members + 1);
    if (node->depth > TREE_MAX_DEPTH)
        build_fail(build, ERROR_LIMIT, node->span, "this expression is nested deeper than %d levels", TREE_MAX_DEPTH);
}

struct tree_expr *build_finish(struct build *build, struct tree_expr *node)
{
    set_depth(build, node, depth_of(node->a));
    set_depth(build, node, depth_of(node->b));
    set_depth(build, node, depth_of(node->c));
    for (uint32_t i = 0; i < node->items.n; i++) set_depth(build, node, depth_of(node->items.items[i]));
    return node;
}

static struct tree_expr *make_binary(struct build *build, enum tree_expr_kind kind, struct tree_expr *a,
                                     struct tree_expr *b)
{
    struct tree_expr *node = build_node(build, kind, a->span);
    node->a = a;
    node->b = b;
    return build_finish(build, node);
}

struct tree_exprs *build_exprs(struct build *build, struct tree_exprs *exprs, struct tree_expr *expr)
{
    if (!exprs) exprs = ARENA_MAKE(build->arena, struct tree_exprs);
    LIST_PUSH(build->arena, exprs, expr);
    return exprs;
}

struct tree_exprs *build_pair(struct build *build, struct tree_exprs *exprs, struct tree_expr *a, struct tree_expr *b)
{
    return build_exprs(build, build_exprs(build, exprs, a), b);
}

/* ---- columns and what is taken out of them */

struct tree_expr *build_column(struct build *build, struct tree_name qualifier, struct tree_name name)
{
    struct tree_expr *node = build_node(build, TREE_COLUMN, qualifier.name.data ? qualifier.span : name.span);
    node->span.end = name.span.end;
    node->qualifier = qualifier;
    node->name = name;
    return node;
}

struct tree_expr *build_typed(struct build *build, struct tree_name name, struct token string)
{
    struct tree_expr *node = build_node(build, TREE_TYPED, name.span);
    node->name = name;
    node->text = build_string(build, string);
    return node;
}

struct tree_expr *build_field(struct build *build, struct tree_expr *a, struct tree_name name)
{
    struct tree_expr *node = build_node(build, TREE_FIELD, a->span);
    node->a = a;
    node->name = name;
    return build_finish(build, node);
}

struct tree_expr *build_subscript(struct build *build, struct tree_expr *a, struct tree_expr *index)
{
    return make_binary(build, TREE_SUBSCRIPT, a, index);
}

struct tree_expr *build_at_zone(struct build *build, struct tree_expr *a, struct token zone)
{
    struct tree_expr *node = make_binary(build, TREE_AT_ZONE, a, NULL);
    node->text = build_string(build, zone);
    return node;
}

/* ---- operators */

struct tree_expr *build_unary(struct build *build, enum tree_expr_kind kind, struct token operator,
                              struct tree_expr * a)
{
    struct tree_expr *node = build_node(build, kind, operator.span);
    node->a = a;
    return build_finish(build, node);
}

/* -5 is a literal, -(-5) is not. */
struct tree_expr *build_negate(struct build *build, struct token sign, struct tree_expr *a)
{
    bool smallest = a == build->too_large;
    if (a->kind != TREE_INTEGER || (a->integer < 0 && !smallest)) return build_unary(build, TREE_NEGATE, sign, a);
    if (smallest)
        build->too_large = NULL;
    else
        a->integer = -a->integer;
    a->span = (struct span){sign.span.start, build->end};
    return a;
}

static enum tree_operator operator_of(int token)
{
    switch (token) {
    case TOKEN_PLUS: return TREE_ADD;
    case TOKEN_MINUS: return TREE_SUBTRACT;
    case TOKEN_STAR: return TREE_MULTIPLY;
    case TOKEN_SLASH: return TREE_DIVIDE;
    case TOKEN_PERCENT: return TREE_MODULO;
    case TOKEN_EQ: return TREE_EQUAL;
    case TOKEN_NE: return TREE_NOT_EQUAL;
    case TOKEN_LT: return TREE_LESS;
    case TOKEN_LE: return TREE_LESS_OR_EQUAL;
    case TOKEN_GT: return TREE_GREATER;
    default: return TREE_GREATER_OR_EQUAL;
    }
}

struct tree_expr *build_arithmetic(struct build *build, struct tree_expr *a, struct token operator,
                                   struct tree_expr * b)
{
    struct tree_expr *node = make_binary(build, TREE_ARITHMETIC, a, b);
    node->op = operator_of(operator.code);
    return node;
}

struct tree_expr *build_concat(struct build *build, struct tree_expr *a, struct tree_expr *b)
{
    return make_binary(build, TREE_CONCAT, a, b);
}

struct tree_expr *build_comparison(struct build *build, struct tree_expr *a, struct token operator,
                                   struct tree_expr * b)
{
    struct tree_expr *node = make_binary(build, TREE_COMPARISON, a, b);
    node->op = operator_of(operator.code);
    return node;
}

struct tree_expr *build_distinct(struct build *build, struct tree_expr *a, bool negated, struct tree_expr *b)
{
    struct tree_expr *node = make_binary(build, TREE_COMPARISON, a, b);
    node->op = negated ? TREE_IS_NOT_DISTINCT : TREE_IS_DISTINCT;
    return node;
}

struct tree_expr *build_logical(struct build *build, enum tree_expr_kind kind, struct tree_expr *a, struct tree_expr *b)
{
    struct tree_expr *node = a;
    if (a->kind != kind) {
        node = build_node(build, kind, a->span);
        LIST_PUSH(build->arena, &node->items, a);
        set_depth(build, node, a->depth);
    }
    LIST_PUSH(build->arena, &node->items, b);
    node->span.end = build->end;
    set_depth(build, node, b->depth);
    return node;
}

/* ---- predicates */

struct tree_expr *build_between(struct build *build, struct tree_expr *a, bool negated, struct tree_expr *b,
                                struct tree_expr *c)
{
    struct tree_expr *node = make_binary(build, TREE_BETWEEN, a, b);
    node->negated = negated;
    node->c = c;
    return build_finish(build, node);
}

struct tree_expr *build_in(struct build *build, struct tree_expr *a, bool negated, struct tree_exprs *items)
{
    struct tree_expr *node = build_node(build, TREE_IN, a->span);
    node->negated = negated;
    node->a = a;
    node->items = *items;
    return build_finish(build, node);
}

static bool is_one_character(struct text text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) n += ((unsigned char)text.data[i] & 0xc0) != 0x80;
    return n == 1;
}

struct tree_expr *build_like(struct build *build, struct tree_expr *a, bool negated, struct tree_expr *b,
                             struct token *escape)
{
    struct tree_expr *node = make_binary(build, TREE_LIKE, a, b);
    node->negated = negated;
    if (!escape) return node;
    node->text = build_string(build, *escape);
    if (!is_one_character(node->text)) build_fail(build, ERROR_SYNTAX, escape->span, "ESCAPE takes one character");
    return node;
}

struct tree_expr *build_is_null(struct build *build, struct tree_expr *a, bool negated)
{
    struct tree_expr *node = make_binary(build, TREE_IS_NULL, a, NULL);
    node->negated = negated;
    return node;
}

/* ---- CASE, CAST, calls */

struct tree_expr *build_case(struct build *build, struct token start, struct tree_expr *a, struct tree_exprs *items,
                             struct tree_expr *otherwise)
{
    struct tree_expr *node = build_node(build, TREE_CASE, start.span);
    node->a = a;
    node->items = *items;
    node->b = otherwise;
    return build_finish(build, node);
}

struct tree_expr *build_cast(struct build *build, struct token start, struct tree_expr *a, struct tree_type *type)
{
    struct tree_expr *node = build_unary(build, TREE_CAST, start, a);
    node->type = type;
    return node;
}

/* Lambdas are the last arguments: nothing else may follow one. */
static void check_arguments(struct build *build, const struct tree_exprs *arguments)
{
    for (uint32_t i = 1; i < arguments->n; i++)
        if (arguments->items[i - 1]->kind == TREE_LAMBDA && arguments->items[i]->kind != TREE_LAMBDA)
            build_fail(build, ERROR_SYNTAX, arguments->items[i - 1]->span, "a lambda must be the last argument");
}

struct tree_expr *build_call(struct build *build, struct tree_name name, struct tree_exprs *arguments, bool star)
{
    struct tree_expr *node = build_node(build, TREE_CALL, name.span);
    node->name = name;
    node->star = star;
    if (arguments) {
        node->items = *arguments;
        check_arguments(build, arguments);
    }
    return build_finish(build, node);
}

static void push_parameter(struct build *build, struct tree_names *names, const struct tree_expr *expr)
{
    if (expr->kind != TREE_COLUMN || expr->qualifier.name.data)
        build_fail(build, ERROR_SYNTAX, expr->span, "a parameter of a lambda is a name");
    LIST_PUSH(build->arena, names, expr->name);
}

static struct tree_expr *make_lambda(struct build *build, struct span start, struct tree_expr *body)
{
    struct tree_expr *node = build_node(build, TREE_LAMBDA, start);
    node->a = body;
    return build_finish(build, node);
}

struct tree_expr *build_lambda(struct build *build, struct tree_name name, struct tree_expr *body)
{
    struct tree_expr *node = make_lambda(build, name.span, body);
    LIST_PUSH(build->arena, &node->names, name);
    return node;
}

struct tree_expr *build_lambda_of(struct build *build, struct token start, struct tree_expr *first,
                                  struct tree_exprs *others, struct tree_expr *body)
{
    struct tree_expr *node = make_lambda(build, start.span, body);
    push_parameter(build, &node->names, first);
    for (uint32_t i = 0; others && i < others->n; i++) push_parameter(build, &node->names, others->items[i]);
    return node;
}

struct tree_expr *build_unit(struct build *build, struct token token)
{
    struct tree_expr *node = build_literal(build, TREE_UNIT, token);
    node->text = text_upper(build->arena, node->text);
    return node;
}

/* ---- constructors of arrays, maps and structs */

struct tree_expr *build_constructor(struct build *build, enum tree_expr_kind kind, struct token start,
                                    struct tree_exprs *items)
{
    struct tree_expr *node = build_node(build, kind, start.span);
    if (items) node->items = *items;
    return build_finish(build, node);
}

struct tree_expr *build_struct_field(struct build *build, struct tree_expr *fields, struct tree_name name,
                                     struct tree_expr *value)
{
    if (!fields) fields = build_node(build, TREE_STRUCT, name.span);
    LIST_PUSH(build->arena, &fields->names, name);
    LIST_PUSH(build->arena, &fields->items, value);
    return fields;
}

struct tree_expr *build_struct(struct build *build, struct tree_expr *fields, struct token start)
{
    if (!fields) fields = build_node(build, TREE_STRUCT, start.span);
    fields->span = (struct span){start.span.start, build->end};
    return build_finish(build, fields);
}
