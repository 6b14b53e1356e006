/* build_statement.c - constructors of statements, which all write into build->statement. See build.h. */
#include "parser/build.h"
#include "engine/base/list.h"

void build_kind(struct build *build, enum tree_statement_kind kind)
{
    build->statement->kind = kind;
}

static struct tree_column *push_column(struct build *build, struct tree_name name, struct tree_type *type)
{
    struct tree_column *column = ARENA_MAKE(build->arena, struct tree_column);
    column->name = name;
    column->type = type;
    column->span = (struct span){name.span.start, build->end};
    LIST_PUSH(build->arena, &build->statement->columns, column);
    return column;
}

void build_column_definition(struct build *build, struct tree_name name, struct tree_type *type, enum tree_role role)
{
    push_column(build, name, type)->role = role;
}

void build_header_column(struct build *build, struct tree_name name, struct tree_type *type, struct token key)
{
    struct tree_column *column = push_column(build, name, type);
    column->role = TREE_HEADER;
    column->header_key = build_string(build, key);
}

void build_property(struct build *build, struct tree_name name, struct tree_expr *value)
{
    struct tree_property *property = ARENA_MAKE(build->arena, struct tree_property);
    *property = (struct tree_property){name, value};
    LIST_PUSH(build->arena, &build->statement->properties, property);
}

void build_create(struct build *build, enum tree_statement_kind kind, bool is_source)
{
    build->statement->kind = kind;
    build->statement->is_source = is_source;
}

void build_create_as(struct build *build)
{
    struct tree_statement *statement = build->statement;
    bool stream = statement->kind == STATEMENT_CREATE_STREAM;
    if (statement->is_source)
        build_fail(build, ERROR_SYNTAX, statement->query->span,
                   "a SOURCE %s is made from a topic: it takes no AS SELECT", stream ? "STREAM" : "TABLE");
    statement->kind = stream ? STATEMENT_CREATE_STREAM_AS : STATEMENT_CREATE_TABLE_AS;
}

void build_values(struct build *build, enum tree_statement_kind kind, struct tree_exprs *values)
{
    build->statement->kind = kind;
    if (values) build->statement->values = *values;
}

void build_connector(struct build *build, struct token kind)
{
    build->statement->kind = STATEMENT_CREATE_CONNECTOR;
    build->statement->text = text_upper(build->arena, build_text(build, kind));
}

void build_setting(struct build *build, enum tree_statement_kind kind, struct token name, struct token *value)
{
    build->statement->kind = kind;
    build->statement->text = build_string(build, name);
    if (value) build->statement->value_text = build_string(build, *value);
}

void build_define(struct build *build, struct token value)
{
    build->statement->kind = STATEMENT_DEFINE;
    build->statement->value_text = build_string(build, value);
}

void build_type(struct build *build, struct tree_type *type)
{
    build->statement->kind = STATEMENT_CREATE_TYPE;
    build->statement->type = type;
}

void build_explain(struct build *build, struct token start)
{
    struct tree_statement *explain = ARENA_MAKE(build->arena, struct tree_statement), *inner = build->statement;
    inner->span = (struct span){start.span.end, build->end};
    inner->sql = text_trim(build_text(build, (struct token){0, inner->span}));
    explain->kind = STATEMENT_EXPLAIN;
    explain->inner = inner;
    build->statement = explain;
}

void build_interval(struct build *build, struct tree_expr *number)
{
    if (number->integer < 1) build_fail(build, ERROR_SYNTAX, number->span, "the interval must be 1 or more");
    build->statement->interval = number->integer;
}

void build_statement_limit(struct build *build, struct tree_expr *number)
{
    build->statement->has_limit = true;
    build->statement->limit = number->integer;
}

void build_schema_id(struct build *build, struct tree_expr *number)
{
    build->statement->has_id = true;
    build->statement->id = number->integer;
}
