/* build.c - names, literals and types: the leaves of the tree. See build.h. */
#include "parser/build.h"
#include "parser/build_node.h"
#include "engine/base/buffer.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool build_fail(struct build *build, enum error_code code, struct span span, const char *format, ...)
{
    if (build->failed) return false;
    build->failed = true;
    va_list arguments;
    va_start(arguments, format);
    struct text message = text_of(arena_vprintf(build->arena, format, arguments));
    va_end(arguments);
    return error_set(build->error, code, span, TEXT_FMT, TEXT_ARG(message));
}

bool build_fail_range(struct build *build, struct span span)
{
    return build_fail(build, ERROR_SYNTAX, span,
                      "this integer is out of range: BIGINT goes from -9223372036854775808 to 9223372036854775807");
}

struct text build_text(const struct build *build, struct token token)
{
    return (struct text){build->sql.data + (token.span.start - build->base), token.span.end - token.span.start};
}

/* The inside of a quoted token, each doubled quote as one. Borrows where there is none. */
static struct text unquote(struct build *build, struct text quoted)
{
    char quote = quoted.data[0];
    struct text inside = {quoted.data + 1, quoted.len - 2};
    if (!inside.len || !memchr(inside.data, quote, inside.len)) return inside;
    char *copy = arena_alloc(build->arena, inside.len), *out = copy;
    for (size_t i = 0; i < inside.len; i++) {
        *out++ = inside.data[i];
        if (inside.data[i] == quote) i++;
    }
    return (struct text){copy, (size_t)(out - copy)};
}

static bool is_quoted(struct text text)
{
    return text.data[0] == '`' || text.data[0] == '"';
}

static bool has_lower(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] >= 'a' && text.data[i] <= 'z') return true;
    return false;
}

struct tree_name build_name_as_written(struct build *build, struct token token)
{
    struct text text = build_text(build, token);
    return (struct tree_name){is_quoted(text) ? unquote(build, text) : text, token.span};
}

struct tree_name build_name(struct build *build, struct token token)
{
    struct tree_name name = build_name_as_written(build, token);
    if (!is_quoted(build_text(build, token)) && has_lower(name.name)) name.name = text_upper(build->arena, name.name);
    return name;
}

struct text build_string(struct build *build, struct token token)
{
    return unquote(build, build_text(build, token));
}

struct tree_name build_string_name(struct build *build, struct token token)
{
    struct text name = build_string(build, token);
    if (!name.len) build_fail(build, ERROR_SYNTAX, token.span, "a name cannot be empty");
    return (struct tree_name){name, token.span};
}

struct tree_names *build_names(struct build *build, struct tree_names *names, struct tree_name name)
{
    if (!names) names = ARENA_MAKE(build->arena, struct tree_names);
    LIST_PUSH(build->arena, names, name);
    return names;
}

/* ---- literals */

struct tree_expr *build_literal(struct build *build, enum tree_expr_kind kind, struct token token)
{
    struct tree_expr *node = build_node(build, kind, token.span);
    if (kind != TREE_NULL) node->text = build_text(build, token);
    return node;
}

struct tree_expr *build_boolean(struct build *build, struct token token, bool value)
{
    struct tree_expr *node = build_node(build, TREE_BOOLEAN, token.span);
    node->integer = value;
    return node;
}

/* 9223372036854775808 is good only where a minus sign follows (in the order of building), so it is kept in mind. */
struct tree_expr *build_integer(struct build *build, struct token token)
{
    struct tree_expr *node = build_node(build, TREE_INTEGER, token.span);
    struct text digits = build_text(build, token);
    uint64_t value = 0;
    bool fits = true;
    for (size_t i = 0; i < digits.len && fits; i++) {
        fits = value <= (uint64_t)INT64_MAX / 10;
        value = value * 10 + (uint64_t)(digits.data[i] - '0');
    }
    if (!fits || value > (uint64_t)INT64_MAX + 1 || build->too_large) build_fail_range(build, token.span);
    if (value > INT64_MAX) build->too_large = node;
    node->integer = (int64_t)value;
    return node;
}

struct tree_expr *build_double(struct build *build, struct token token)
{
    struct tree_expr *node = build_literal(build, TREE_DOUBLE, token);
    char *digits = arena_printf(build->arena, TEXT_FMT, TEXT_ARG(node->text));
    if (isinf(strtod(digits, NULL)))
        build_fail(build, ERROR_SYNTAX, node->span, "this number is too large for a DOUBLE");
    return node;
}

struct tree_expr *build_string_literal(struct build *build, struct token token)
{
    struct tree_expr *node = build_node(build, TREE_STRING, token.span);
    node->text = build_string(build, token);
    return node;
}

struct tree_expr *build_signed(struct build *build, struct token sign, struct tree_expr *number)
{
    if (number->kind == TREE_INTEGER) return build_negate(build, sign, number);
    number->text = text_printf(build->arena, "-" TEXT_FMT, TEXT_ARG(number->text));
    number->span.start = sign.span.start;
    return number;
}

/* ---- types */

static struct tree_type *make_type(struct build *build, enum tree_type_kind kind, struct span start, unsigned depth)
{
    struct tree_type *type = ARENA_MAKE(build->arena, struct tree_type);
    type->kind = kind;
    type->span = (struct span){start.start, build->end};
    type->depth = (uint16_t)depth;
    if (depth > TREE_MAX_DEPTH)
        build_fail(build, ERROR_LIMIT, type->span, "this type is nested deeper than %d levels", TREE_MAX_DEPTH);
    return type;
}

struct tree_type *build_named_type(struct build *build, struct tree_name name, struct tree_parameters *parameters)
{
    struct tree_type *type = make_type(build, TREE_TYPE_NAMED, name.span, 1);
    type->name = name;
    if (parameters) type->parameters = *parameters;
    return type;
}

struct tree_type *build_array_type(struct build *build, struct span start, struct tree_type *element)
{
    struct tree_type *type = make_type(build, TREE_TYPE_ARRAY, start, element->depth + 1u);
    type->element = element;
    return type;
}

struct tree_type *build_map_type(struct build *build, struct token start, struct tree_type *key,
                                 struct tree_type *value)
{
    unsigned deeper = key->depth > value->depth ? key->depth : value->depth;
    struct tree_type *type = make_type(build, TREE_TYPE_MAP, start.span, deeper + 1);
    type->key = key;
    type->element = value;
    return type;
}

struct tree_type *build_struct_type(struct build *build, struct token start, struct tree_fields *fields)
{
    unsigned deepest = 0;
    for (uint32_t i = 0; fields && i < fields->n; i++)
        if (fields->items[i]->type->depth > deepest) deepest = fields->items[i]->type->depth;
    struct tree_type *type = make_type(build, TREE_TYPE_STRUCT, start.span, deepest + 1);
    if (fields) type->fields = *fields;
    return type;
}

struct tree_parameters *build_parameters(struct build *build, struct tree_parameters *parameters,
                                         struct tree_expr *number)
{
    if (!parameters) parameters = ARENA_MAKE(build->arena, struct tree_parameters);
    LIST_PUSH(build->arena, parameters, number->integer);
    return parameters;
}

struct tree_fields *build_fields(struct build *build, struct tree_fields *fields, struct tree_name name,
                                 struct tree_type *type)
{
    if (!fields) fields = ARENA_MAKE(build->arena, struct tree_fields);
    struct tree_field *field = ARENA_MAKE(build->arena, struct tree_field);
    *field = (struct tree_field){name, type};
    LIST_PUSH(build->arena, fields, field);
    return fields;
}
