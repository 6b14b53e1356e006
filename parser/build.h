/* build.h - the constructors that the grammar's actions call, and what they share.
 *
 *     value(E) ::= value(L) PLUS|MINUS(O) value(R).   { E = build_arithmetic(build, L, O, R); }
 *
 * A constructor makes one node in the arena and always gives one, also where it has found an error: the first error is
 * kept in `error`, and the parser is stopped behind the token that it is at.
 *
 * A node's span begins where its first token does and ends at `end`: while the grammar acts on a rule, the last token
 * that it has taken is the last token of that rule. There is one statement and at most one query in it, so clauses
 * without a result of their own write into build->statement and build->query.
 */
#pragma once
#include "parser/lexer.h"
#include "parser/tree.h"

enum { BUILD_TOKENS = 256 }; /* more than the grammar has */

struct build {
    struct arena *arena;
    struct text sql; /* in the arena; what the tokens point into */
    uint32_t base;   /* what a token's place in `sql` is to be increased by to make a span */
    uint32_t end;    /* as a span: the end of the last token that the grammar has taken */
    struct error *error;
    bool failed;                 /* `error` is set */
    bool unexpected;             /* the last token did not fit */
    bool expected[BUILD_TOKENS]; /* if so: the tokens that would have, without keywords as identifiers */
    struct tree_expr *too_large; /* the literal 9223372036854775808, until a minus sign is put before it */

    struct tree_statement *statement; /* the result, one of the three */
    struct tree_expr *expr;
    struct tree_type *type;
    struct tree_query *query; /* of the statement */
};

/* Keeps the first error. Returns false. */
bool build_fail(struct build *build, enum error_code code, struct span span, const char *format, ...) PRINTF_LIKE(4, 5);

/* The same for an integer that no BIGINT can hold. */
bool build_fail_range(struct build *build, struct span span);

/* The text of a token. */
struct text build_text(const struct build *build, struct token token);

/* ---- names, literals, types: build.c */

struct tree_name build_name(struct build *build, struct token token);
struct tree_name build_name_as_written(struct build *build, struct token token); /* case kept */
struct tree_name build_string_name(struct build *build, struct token token);
struct text build_string(struct build *build, struct token token);
struct tree_names *build_names(struct build *build, struct tree_names *names, struct tree_name name);

struct tree_expr *build_literal(struct build *build, enum tree_expr_kind kind, struct token token);
struct tree_expr *build_boolean(struct build *build, struct token token, bool value);
struct tree_expr *build_integer(struct build *build, struct token token);
struct tree_expr *build_double(struct build *build, struct token token);
struct tree_expr *build_string_literal(struct build *build, struct token token);
struct tree_expr *build_signed(struct build *build, struct token sign, struct tree_expr *number);

struct tree_type *build_named_type(struct build *build, struct tree_name name, struct tree_parameters *parameters);
struct tree_type *build_array_type(struct build *build, struct span start, struct tree_type *element);
struct tree_type *build_map_type(struct build *build, struct token start, struct tree_type *key,
                                 struct tree_type *value);
struct tree_type *build_struct_type(struct build *build, struct token start, struct tree_fields *fields);
struct tree_parameters *build_parameters(struct build *build, struct tree_parameters *parameters,
                                         struct tree_expr *number);
struct tree_fields *build_fields(struct build *build, struct tree_fields *fields, struct tree_name name,
                                 struct tree_type *type);

/* ---- expressions: build_expr.c */

struct tree_exprs *build_exprs(struct build *build, struct tree_exprs *exprs, struct tree_expr *expr);
struct tree_exprs *build_pair(struct build *build, struct tree_exprs *exprs, struct tree_expr *a, struct tree_expr *b);

struct tree_expr *build_column(struct build *build, struct tree_name qualifier, struct tree_name name);
struct tree_expr *build_typed(struct build *build, struct tree_name name, struct token string);
struct tree_expr *build_field(struct build *build, struct tree_expr *a, struct tree_name name);
struct tree_expr *build_subscript(struct build *build, struct tree_expr *a, struct tree_expr *index);
struct tree_expr *build_at_zone(struct build *build, struct tree_expr *a, struct token zone);
struct tree_expr *build_negate(struct build *build, struct token sign, struct tree_expr *a);
struct tree_expr *build_unary(struct build *build, enum tree_expr_kind kind, struct token operator,
                              struct tree_expr * a);
struct tree_expr *build_arithmetic(struct build *build, struct tree_expr *a, struct token operator,
                                   struct tree_expr * b);
struct tree_expr *build_concat(struct build *build, struct tree_expr *a, struct tree_expr *b);
struct tree_expr *build_comparison(struct build *build, struct tree_expr *a, struct token operator,
                                   struct tree_expr * b);
struct tree_expr *build_distinct(struct build *build, struct tree_expr *a, bool negated, struct tree_expr *b);
struct tree_expr *build_logical(struct build *build, enum tree_expr_kind kind, struct tree_expr *a,
                                struct tree_expr *b);
struct tree_expr *build_between(struct build *build, struct tree_expr *a, bool negated, struct tree_expr *b,
                                struct tree_expr *c);
struct tree_expr *build_in(struct build *build, struct tree_expr *a, bool negated, struct tree_exprs *items);
struct tree_expr *build_like(struct build *build, struct tree_expr *a, bool negated, struct tree_expr *b,
                             struct token *escape);
struct tree_expr *build_is_null(struct build *build, struct tree_expr *a, bool negated);
struct tree_expr *build_case(struct build *build, struct token start, struct tree_expr *a, struct tree_exprs *items,
                             struct tree_expr *otherwise);
struct tree_expr *build_cast(struct build *build, struct token start, struct tree_expr *a, struct tree_type *type);
struct tree_expr *build_call(struct build *build, struct tree_name name, struct tree_exprs *arguments, bool star);
struct tree_expr *build_lambda(struct build *build, struct tree_name name, struct tree_expr *body);
struct tree_expr *build_unit(struct build *build, struct token token);
struct tree_expr *build_constructor(struct build *build, enum tree_expr_kind kind, struct token start,
                                    struct tree_exprs *items);
struct tree_expr *build_struct(struct build *build, struct tree_expr *fields, struct token start);
struct tree_expr *build_struct_field(struct build *build, struct tree_expr *fields, struct tree_name name,
                                     struct tree_expr *value);

/* `(x, y) => body`, whose parameters the grammar has read as expressions. */
struct tree_expr *build_lambda_of(struct build *build, struct token start, struct tree_expr *first,
                                  struct tree_exprs *others, struct tree_expr *body);

/* ---- queries: build_query.c */

void build_query_start(struct build *build, struct token start);
void build_query_end(struct build *build);
void build_item(struct build *build, struct tree_expr *expr, struct tree_name alias);
void build_item_all(struct build *build, struct token star);
void build_item_source_all(struct build *build, struct tree_name qualifier);
void build_item_struct_all(struct build *build, struct tree_expr *expr);
void build_source(struct build *build, struct tree_name source, struct tree_name alias);
void build_within(struct build *build, struct tree_duration before, struct tree_duration after);
void build_within_grace(struct build *build, struct tree_duration grace);
void build_join(struct build *build, enum tree_join_kind kind, struct tree_expr *on);
void build_window(struct build *build, enum tree_window_kind kind, struct token start, struct tree_duration size);
void build_group_by(struct build *build, struct tree_exprs *exprs);
void build_partition_by(struct build *build, struct tree_exprs *exprs);
void build_limit(struct build *build, struct tree_expr *number);
struct tree_duration build_duration(struct build *build, struct tree_expr *number, enum tree_unit unit);

/* ---- statements: build_statement.c */

void build_kind(struct build *build, enum tree_statement_kind kind);
void build_column_definition(struct build *build, struct tree_name name, struct tree_type *type, enum tree_role role);
void build_header_column(struct build *build, struct tree_name name, struct tree_type *type, struct token key);
void build_property(struct build *build, struct tree_name name, struct tree_expr *value);
void build_create(struct build *build, enum tree_statement_kind kind, bool is_source);
void build_create_as(struct build *build);
void build_values(struct build *build, enum tree_statement_kind kind, struct tree_exprs *values);
void build_define(struct build *build, struct token value);
void build_type(struct build *build, struct tree_type *type);
void build_connector(struct build *build, struct token kind);
void build_setting(struct build *build, enum tree_statement_kind kind, struct token name, struct token *value);
void build_explain(struct build *build, struct token start);
void build_interval(struct build *build, struct tree_expr *number);
void build_statement_limit(struct build *build, struct tree_expr *number);
void build_schema_id(struct build *build, struct tree_expr *number);
