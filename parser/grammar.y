/* grammar.y - the SQL dialect (lemon).
 *
 * The parser is told first what to parse (START_STATEMENT, START_EXPRESSION, START_TYPE), then gets the tokens up to
 * the statement's semicolon, without it. Actions are one constructor call each (build.h).
 *
 *     expr    boolean: OR, AND, NOT, predicates. SELECT items, ON, WHERE, HAVING, arguments and elements take it.
 *     value   all that binds closer than a comparison. Predicates are made of values, so they cannot be chained;
 *             GROUP BY, PARTITION BY and INSERT's VALUES take values. An expr in parentheses is a value.
 *
 * Keywords that are not reserved fall back to IDENTIFIER where they mean nothing of their own; which these are is said
 * here and nowhere else. Lemon's default actions would hide that a keyword does mean something, so the tables are made
 * without them (-c). A window's name is read and dropped, and so is the parameter of VARCHAR(STRING): neither means
 * anything.
 */
%name grammar
%token_prefix TOKEN_
%token_type {struct token}
%extra_context {struct build *build}
%stack_size 0
%start_symbol start

%include {
#include "parser/build.h"
#include <stdlib.h>
#define YYNOERRORRECOVERY 1
}

%syntax_error {
    (void)yymajor, (void)yyminor;
    build->unexpected = true;
}
%stack_overflow { arena_out_of_memory(0); }

// Tokens of the lexer that no rule takes, and keywords that no rule has.
%token SEMICOLON VARIABLE UNKNOWN OPEN_STRING OPEN_NAME OPEN_COMMENT EMPTY_NAME.
%token LOAD RENAME EXPORT CATALOG NAMESPACE MATERIALIZED VIEW TO DISTINCT QUERY.

%fallback IDENTIFIER
    ADD ALTER ANALYZE ARRAY ASSERT CHANGES COLUMN COLUMNS DATE DAY DEFINE EMIT ESCAPE EXPLAIN FINAL FUNCTION FUNCTIONS
    GRACE HEADER HEADERS HOUR ID IF INTEGER INTERVAL KEY MAP MINUTE MONTH PARTITION PARTITIONS PERIOD PLUGINS PRIMARY
    REPLACE RESET SCHEMA SECOND SESSION SET SHOW SINK SOURCE STRING STRUCT SUBJECT SYSTEM TABLES TIME TIMEOUT TIMESTAMP
    TYPE TYPES UNDEFINE VARIABLES YEAR ZONE.

%left OR.
%left AND.
%right NOT.
%left CONCAT.
%left PLUS MINUS.
%left STAR SLASH PERCENT.
%right SIGN.
%left AT.
%left LBRACKET ARROW.

start ::= START_STATEMENT statement.
start ::= START_EXPRESSION expr(E).             { build->expr = E; }
start ::= START_TYPE type(T).                   { build->type = T; }

// ---- statements

statement ::= plain_statement.
statement ::= EXPLAIN(T) plain_statement.       { build_explain(build, T); }
statement ::= EXPLAIN target.                   { build_kind(build, STATEMENT_EXPLAIN); }

plain_statement ::= query.                      { build_kind(build, STATEMENT_QUERY); }

plain_statement ::= CREATE source_kind created.
plain_statement ::= CREATE OR REPLACE source_kind created. { build->statement->or_replace = true; }
source_kind ::= STREAM.                         { build_create(build, STATEMENT_CREATE_STREAM, false); }
source_kind ::= TABLE.                          { build_create(build, STATEMENT_CREATE_TABLE, false); }
source_kind ::= SOURCE STREAM.                  { build_create(build, STATEMENT_CREATE_STREAM, true); }
source_kind ::= SOURCE TABLE.                   { build_create(build, STATEMENT_CREATE_TABLE, true); }
created ::= if_not_exists target with.
created ::= if_not_exists target columns with.
created ::= if_not_exists target with AS query. { build_create_as(build); }

plain_statement ::= INSERT INTO target with query.   { build_kind(build, STATEMENT_INSERT_SELECT); }
plain_statement ::= INSERT INTO target name_list VALUES value_list(V).
                                                { build_values(build, STATEMENT_INSERT_VALUES, V); }

plain_statement ::= DROP STREAM if_exists target delete_topic. { build_kind(build, STATEMENT_DROP_STREAM); }
plain_statement ::= DROP TABLE if_exists target delete_topic.  { build_kind(build, STATEMENT_DROP_TABLE); }
delete_topic ::= .
delete_topic ::= DELETE TOPIC.                  { build->statement->delete_topic = true; }

plain_statement ::= ALTER STREAM target added.  { build_kind(build, STATEMENT_ALTER_STREAM); }
plain_statement ::= ALTER TABLE target added.   { build_kind(build, STATEMENT_ALTER_TABLE); }
added ::= added_column.
added ::= added COMMA added_column.
added_column ::= ADD name(N) type(T).           { build_column_definition(build, N, T, TREE_VALUE); }
added_column ::= ADD COLUMN name(N) type(T).    { build_column_definition(build, N, T, TREE_VALUE); }

plain_statement ::= CREATE TYPE if_not_exists target AS type(T). { build_type(build, T); }
plain_statement ::= DROP TYPE if_exists target. { build_kind(build, STATEMENT_DROP_TYPE); }

plain_statement ::= CREATE SOURCE(K) CONNECTOR if_not_exists target WITH properties. { build_connector(build, K); }
plain_statement ::= CREATE SINK(K) CONNECTOR if_not_exists target WITH properties.   { build_connector(build, K); }
plain_statement ::= DROP CONNECTOR if_exists target. { build_kind(build, STATEMENT_DROP_CONNECTOR); }

plain_statement ::= TERMINATE query_id.         { build_kind(build, STATEMENT_TERMINATE); }
plain_statement ::= PAUSE query_id.             { build_kind(build, STATEMENT_PAUSE); }
plain_statement ::= RESUME query_id.            { build_kind(build, STATEMENT_RESUME); }
query_id ::= target.
query_id ::= all.
all ::= ALL.                                    { build->statement->all = true; }

plain_statement ::= show TOPICS extended.       { build_kind(build, STATEMENT_SHOW_TOPICS); }
plain_statement ::= show all TOPICS extended.   { build_kind(build, STATEMENT_SHOW_TOPICS); }
plain_statement ::= show STREAMS extended.      { build_kind(build, STATEMENT_SHOW_STREAMS); }
plain_statement ::= show TABLES extended.       { build_kind(build, STATEMENT_SHOW_TABLES); }
plain_statement ::= show QUERIES extended.      { build_kind(build, STATEMENT_SHOW_QUERIES); }
plain_statement ::= show FUNCTIONS.             { build_kind(build, STATEMENT_SHOW_FUNCTIONS); }
plain_statement ::= show TYPES.                 { build_kind(build, STATEMENT_SHOW_TYPES); }
plain_statement ::= show VARIABLES.             { build_kind(build, STATEMENT_SHOW_VARIABLES); }
plain_statement ::= show PROPERTIES.            { build_kind(build, STATEMENT_SHOW_PROPERTIES); }
plain_statement ::= show connectors.            { build_kind(build, STATEMENT_SHOW_CONNECTORS); }
plain_statement ::= show CONNECTOR PLUGINS.     { build_kind(build, STATEMENT_SHOW_CONNECTOR_PLUGINS); }
show ::= SHOW|LIST.
connectors ::= CONNECTORS.
connectors ::= SOURCE CONNECTORS.               { build->statement->text = TEXT("SOURCE"); }
connectors ::= SINK CONNECTORS.                 { build->statement->text = TEXT("SINK"); }

plain_statement ::= DESCRIBE target extended.   { build_kind(build, STATEMENT_DESCRIBE); }
plain_statement ::= DESCRIBE STREAMS extended.  { build_kind(build, STATEMENT_DESCRIBE_STREAMS); }
plain_statement ::= DESCRIBE TABLES extended.   { build_kind(build, STATEMENT_DESCRIBE_TABLES); }
plain_statement ::= DESCRIBE FUNCTION target.   { build_kind(build, STATEMENT_DESCRIBE_FUNCTION); }
plain_statement ::= DESCRIBE CONNECTOR target.  { build_kind(build, STATEMENT_DESCRIBE_CONNECTOR); }
extended ::= .
extended ::= EXTENDED.                          { build->statement->extended = true; }

plain_statement ::= PRINT topic from_beginning interval print_limit. { build_kind(build, STATEMENT_PRINT); }
topic ::= IDENTIFIER(T).                        { build->statement->name = build_name_as_written(build, T); }
topic ::= STRING_VALUE(T).                      { build->statement->name = build_string_name(build, T); }
from_beginning ::= .
from_beginning ::= FROM BEGINNING.              { build->statement->from_beginning = true; }
interval ::= .
interval ::= INTERVAL|SAMPLE integer(N).        { build_interval(build, N); }
print_limit ::= .
print_limit ::= LIMIT integer(N).               { build_statement_limit(build, N); }

plain_statement ::= SET STRING_VALUE(N) EQ STRING_VALUE(V).   { build_setting(build, STATEMENT_SET, N, &V); }
plain_statement ::= UNSET STRING_VALUE(N).      { build_setting(build, STATEMENT_UNSET, N, NULL); }
plain_statement ::= ALTER SYSTEM STRING_VALUE(N) EQ STRING_VALUE(V).
                                                { build_setting(build, STATEMENT_ALTER_SYSTEM, N, &V); }
plain_statement ::= DEFINE target EQ STRING_VALUE(V). { build_define(build, V); }
plain_statement ::= UNDEFINE target.            { build_kind(build, STATEMENT_UNDEFINE); }

plain_statement ::= ASSERT not_exists TOPIC resource with timeout. { build_kind(build, STATEMENT_ASSERT_TOPIC); }
plain_statement ::= ASSERT not_exists SCHEMA subject schema_id timeout. { build_kind(build, STATEMENT_ASSERT_SCHEMA); }
plain_statement ::= ASSERT VALUES target name_list VALUES value_list(V).
                                                { build_values(build, STATEMENT_ASSERT_VALUES, V); }
plain_statement ::= ASSERT NULL VALUES target name_list KEY value_list(V).
                                                { build_values(build, STATEMENT_ASSERT_NULL_VALUES, V); }
plain_statement ::= ASSERT STREAM target asserted. { build_kind(build, STATEMENT_ASSERT_STREAM); }
plain_statement ::= ASSERT TABLE target asserted.  { build_kind(build, STATEMENT_ASSERT_TABLE); }
asserted ::= with.
asserted ::= columns with.
not_exists ::= .
not_exists ::= NOT EXISTS.                      { build->statement->negated = true; }
resource ::= target.
resource ::= STRING_VALUE(T).                   { build->statement->name = build_string_name(build, T); }
subject ::= .
subject ::= SUBJECT resource.
schema_id ::= .
schema_id ::= ID integer(N).                    { build_schema_id(build, N); }
timeout ::= .
timeout ::= TIMEOUT duration(D).                { build->statement->timeout = D; }

plain_statement ::= RUN SCRIPT STRING_VALUE(F). { build_setting(build, STATEMENT_RUN_SCRIPT, F, NULL); }

// ---- parts of statements

%type name {struct tree_name}
name(N) ::= IDENTIFIER(T).                      { N = build_name(build, T); }
target ::= name(N).                             { build->statement->name = N; }

if_not_exists ::= .
if_not_exists ::= IF NOT EXISTS.                { build->statement->if_not_exists = true; }
if_exists ::= .
if_exists ::= IF EXISTS.                        { build->statement->if_exists = true; }

columns ::= LPAREN column_list RPAREN.          { build->statement->has_columns = true; }
column_list ::= column.
column_list ::= column_list COMMA column.
column ::= name(N) type(T).                     { build_column_definition(build, N, T, TREE_VALUE); }
column ::= name(N) type(T) KEY.                 { build_column_definition(build, N, T, TREE_KEY); }
column ::= name(N) type(T) PRIMARY KEY.         { build_column_definition(build, N, T, TREE_PRIMARY_KEY); }
column ::= name(N) type(T) HEADERS.             { build_column_definition(build, N, T, TREE_HEADERS); }
column ::= name(N) type(T) HEADER LPAREN STRING_VALUE(K) RPAREN. { build_header_column(build, N, T, K); }

with ::= .
with ::= WITH properties.
properties ::= LPAREN property_list RPAREN.
property_list ::= property.
property_list ::= property_list COMMA property.
property ::= property_name(N) EQ literal(V).    { build_property(build, N, V); }
%type property_name {struct tree_name}
property_name(N) ::= name(M).                   { N = M; }
property_name(N) ::= STRING_VALUE(T).           { N = build_string_name(build, T); }

%type name_list {struct tree_names *}
%type names {struct tree_names *}
name_list ::= .
name_list ::= LPAREN names(L) RPAREN.           { build->statement->names = *L; }
names(L) ::= name(N).                           { L = build_names(build, NULL, N); }
names(L) ::= names(L) COMMA name(N).            { L = build_names(build, L, N); }

%type value_list {struct tree_exprs *}
%type values {struct tree_exprs *}
value_list(L) ::= LPAREN RPAREN.                { L = NULL; }
value_list(L) ::= LPAREN values(V) RPAREN.      { L = V; }
values(L) ::= value(E).                         { L = build_exprs(build, NULL, E); }
values(L) ::= values(L) COMMA value(E).         { L = build_exprs(build, L, E); }

// ---- queries

query ::= select items FROM relation window where group_by partition_by having emit limit. { build_query_end(build); }
select ::= SELECT(T).                           { build_query_start(build, T); }

items ::= item.
items ::= items COMMA item.
item ::= expr(E).                               { build_item(build, E, (struct tree_name){0}); }
item ::= expr(E) name(N).                       { build_item(build, E, N); }
item ::= expr(E) AS name(N).                    { build_item(build, E, N); }
item ::= STAR(T).                               { build_item_all(build, T); }
item ::= word(N) DOT STAR.                      { build_item_source_all(build, N); }
item ::= value(E) ARROW STAR.                   { build_item_struct_all(build, E); }

relation ::= source.
relation ::= relation join(K) source within ON expr(E). { build_join(build, K, E); }
source ::= name(N).                             { build_source(build, N, (struct tree_name){0}); }
source ::= name(N) name(A).                     { build_source(build, N, A); }
source ::= name(N) AS name(A).                  { build_source(build, N, A); }
%type join {enum tree_join_kind}
join(K) ::= JOIN.                               { K = JOIN_INNER; }
join(K) ::= INNER JOIN.                         { K = JOIN_INNER; }
join(K) ::= LEFT outer JOIN.                    { K = JOIN_LEFT; }
join(K) ::= RIGHT outer JOIN.                   { K = JOIN_RIGHT; }
join(K) ::= FULL outer JOIN.                    { K = JOIN_FULL; }
outer ::= .
outer ::= OUTER.
within ::= .
within ::= WITHIN within_size.
within ::= WITHIN within_size GRACE PERIOD duration(D). { build_within_grace(build, D); }
within_size ::= duration(D).                    { build_within(build, D, D); }
within_size ::= LPAREN duration(B) COMMA duration(A) RPAREN. { build_within(build, B, A); }

window ::= .
window ::= WINDOW window_name TUMBLING(T) LPAREN SIZE duration(D) window_tail RPAREN.
                                                { build_window(build, WINDOW_TUMBLING, T, D); }
window ::= WINDOW window_name HOPPING(T) LPAREN SIZE duration(D) COMMA advance window_tail RPAREN.
                                                { build_window(build, WINDOW_HOPPING, T, D); }
window ::= WINDOW window_name SESSION(T) LPAREN duration(D) window_tail RPAREN.
                                                { build_window(build, WINDOW_SESSION, T, D); }
window_name ::= .
window_name ::= name.
advance ::= ADVANCE BY duration(D).             { build->query->window.advance = D; }
window_tail ::= .
window_tail ::= COMMA retention.
window_tail ::= COMMA grace.
window_tail ::= COMMA retention COMMA grace.
retention ::= RETENTION duration(D).            { build->query->window.retention = D; }
grace ::= GRACE PERIOD duration(D).             { build->query->window.grace = D; }

%type duration {struct tree_duration}
%type unit {enum tree_unit}
duration(D) ::= integer(N) unit(U).             { D = build_duration(build, N, U); }
unit(U) ::= MILLISECOND|MILLISECONDS.           { U = UNIT_MILLISECONDS; }
unit(U) ::= SECOND|SECONDS.                     { U = UNIT_SECONDS; }
unit(U) ::= MINUTE|MINUTES.                     { U = UNIT_MINUTES; }
unit(U) ::= HOUR|HOURS.                         { U = UNIT_HOURS; }
unit(U) ::= DAY|DAYS.                           { U = UNIT_DAYS; }

where ::= .
where ::= WHERE expr(E).                        { build->query->where = E; }
group_by ::= .
group_by ::= GROUP BY keys(L).                  { build_group_by(build, L); }
partition_by ::= .
partition_by ::= PARTITION BY keys(L).          { build_partition_by(build, L); }
%type keys {struct tree_exprs *}
keys(L) ::= values(V).                          { L = V; }
keys(L) ::= LPAREN RPAREN.                      { L = NULL; }
keys(L) ::= LPAREN many_values(V) RPAREN.       { L = V; }
%type many_values {struct tree_exprs *}
many_values(L) ::= value(A) COMMA value(B).     { L = build_pair(build, NULL, A, B); }
many_values(L) ::= many_values(L) COMMA value(E). { L = build_exprs(build, L, E); }
having ::= .
having ::= HAVING expr(E).                      { build->query->having = E; }
emit ::= .
emit ::= EMIT CHANGES.                          { build->query->emit = EMIT_CHANGES; }
emit ::= EMIT FINAL.                            { build->query->emit = EMIT_FINAL; }
limit ::= .
limit ::= LIMIT integer(N).                     { build_limit(build, N); }

// ---- boolean expressions

%type expr {struct tree_expr *}
expr(E) ::= value(E).
expr(E) ::= expr(L) OR expr(R).                 { E = build_logical(build, TREE_OR, L, R); }
expr(E) ::= expr(L) AND expr(R).                { E = build_logical(build, TREE_AND, L, R); }
expr(E) ::= NOT(T) expr(R).                     { E = build_unary(build, TREE_NOT, T, R); }
expr(E) ::= value(L) EQ|NE|LT|LE|GT|GE(O) value(R). { E = build_comparison(build, L, O, R); }
expr(E) ::= value(L) IS DISTINCT FROM value(R).     { E = build_distinct(build, L, false, R); }
expr(E) ::= value(L) IS NOT DISTINCT FROM value(R). { E = build_distinct(build, L, true, R); }
expr(E) ::= value(L) IS NULL.                   { E = build_is_null(build, L, false); }
expr(E) ::= value(L) IS NOT NULL.               { E = build_is_null(build, L, true); }
expr(E) ::= value(L) BETWEEN value(A) AND value(B).     { E = build_between(build, L, false, A, B); }
expr(E) ::= value(L) NOT BETWEEN value(A) AND value(B). { E = build_between(build, L, true, A, B); }
expr(E) ::= value(L) IN LPAREN exprs(I) RPAREN.     { E = build_in(build, L, false, I); }
expr(E) ::= value(L) NOT IN LPAREN exprs(I) RPAREN. { E = build_in(build, L, true, I); }
expr(E) ::= value(L) LIKE value(R).             { E = build_like(build, L, false, R, NULL); }
expr(E) ::= value(L) NOT LIKE value(R).         { E = build_like(build, L, true, R, NULL); }
expr(E) ::= value(L) LIKE value(R) ESCAPE STRING_VALUE(T).     { E = build_like(build, L, false, R, &T); }
expr(E) ::= value(L) NOT LIKE value(R) ESCAPE STRING_VALUE(T). { E = build_like(build, L, true, R, &T); }

%type exprs {struct tree_exprs *}
exprs(L) ::= expr(E).                           { L = build_exprs(build, NULL, E); }
exprs(L) ::= exprs(L) COMMA expr(E).            { L = build_exprs(build, L, E); }
%type optional_exprs {struct tree_exprs *}
optional_exprs(L) ::= .                         { L = NULL; }
optional_exprs(L) ::= exprs(L).

// ---- values

%type value {struct tree_expr *}
value(E) ::= value(L) CONCAT value(R).          { E = build_concat(build, L, R); }
value(E) ::= value(L) PLUS|MINUS(O) value(R).   { E = build_arithmetic(build, L, O, R); }
value(E) ::= value(L) STAR|SLASH|PERCENT(O) value(R). { E = build_arithmetic(build, L, O, R); }
value(E) ::= MINUS(T) value(R). [SIGN]          { E = build_negate(build, T, R); }
value(E) ::= PLUS(T) value(R). [SIGN]           { E = build_unary(build, TREE_PLUS, T, R); }
value(E) ::= value(L) AT TIME ZONE STRING_VALUE(T). { E = build_at_zone(build, L, T); }
value(E) ::= value(L) LBRACKET value(R) RBRACKET. { E = build_subscript(build, L, R); }
value(E) ::= value(L) ARROW name(N).            { E = build_field(build, L, N); }

value(E) ::= LPAREN expr(R) RPAREN.             { E = R; }
value(E) ::= unsigned(E).
value(E) ::= constant(E).
value(E) ::= word(N) STRING_VALUE(T).           { E = build_typed(build, N, T); }
value(E) ::= word(N).                           { E = build_column(build, (struct tree_name){0}, N); }
value(E) ::= word(Q) DOT name(N).               { E = build_column(build, Q, N); }
value(E) ::= CASE(T) whens(W) otherwise(O) END. { E = build_case(build, T, NULL, W, O); }
value(E) ::= CASE(T) value(A) whens(W) otherwise(O) END. { E = build_case(build, T, A, W, O); }
value(E) ::= CAST(T) LPAREN expr(A) AS type(U) RPAREN. { E = build_cast(build, T, A, U); }
value(E) ::= ARRAY(T) LBRACKET optional_exprs(L) RBRACKET. { E = build_constructor(build, TREE_ARRAY, T, L); }
value(E) ::= MAP(T) LPAREN RPAREN.              { E = build_constructor(build, TREE_MAP, T, NULL); }
value(E) ::= MAP(T) LPAREN entries(L) RPAREN.   { E = build_constructor(build, TREE_MAP, T, L); }
value(E) ::= STRUCT(T) LPAREN RPAREN.           { E = build_struct(build, NULL, T); }
value(E) ::= STRUCT(T) LPAREN members(M) RPAREN. { E = build_struct(build, M, T); }
value(E) ::= name(N) LPAREN RPAREN.             { E = build_call(build, N, NULL, false); }
value(E) ::= name(N) LPAREN STAR RPAREN.        { E = build_call(build, N, NULL, true); }
value(E) ::= name(N) LPAREN arguments(L) RPAREN. { E = build_call(build, N, L, false); }

// A column or a source; ARRAY[ begins an array, and a column ARRAY that is indexed must be quoted.
%type word {struct tree_name}
word(N) ::= name(N).
word(N) ::= ARRAY(T). [OR]                      { N = build_name(build, T); }
word(N) ::= MAP(T).                             { N = build_name(build, T); }
word(N) ::= STRUCT(T).                          { N = build_name(build, T); }

%type whens {struct tree_exprs *}
whens(L) ::= WHEN expr(A) THEN expr(B).         { L = build_pair(build, NULL, A, B); }
whens(L) ::= whens(L) WHEN expr(A) THEN expr(B). { L = build_pair(build, L, A, B); }
%type otherwise {struct tree_expr *}
otherwise(E) ::= .                              { E = NULL; }
otherwise(E) ::= ELSE expr(R).                  { E = R; }

%type entries {struct tree_exprs *}
entries(L) ::= expr(A) ASSIGN expr(B).          { L = build_pair(build, NULL, A, B); }
entries(L) ::= entries(L) COMMA expr(A) ASSIGN expr(B). { L = build_pair(build, L, A, B); }

%type members {struct tree_expr *}
members(S) ::= name(N) ASSIGN expr(E).          { S = build_struct_field(build, NULL, N, E); }
members(S) ::= members(S) COMMA name(N) ASSIGN expr(E). { S = build_struct_field(build, S, N, E); }

%type arguments {struct tree_exprs *}
%type argument {struct tree_expr *}
arguments(L) ::= argument(E).                   { L = build_exprs(build, NULL, E); }
arguments(L) ::= arguments(L) COMMA argument(E). { L = build_exprs(build, L, E); }
argument(E) ::= expr(E).
argument(E) ::= YEARS|MONTHS|DAYS|HOURS|MINUTES|SECONDS|MILLISECONDS|MILLISECOND(T). { E = build_unit(build, T); }
argument(E) ::= name(N) LAMBDA expr(B).         { E = build_lambda(build, N, B); }
argument(E) ::= LPAREN(T) expr(P) RPAREN LAMBDA expr(B).        { E = build_lambda_of(build, T, P, NULL, B); }
argument(E) ::= LPAREN(T) expr(P) COMMA exprs(L) RPAREN LAMBDA expr(B). { E = build_lambda_of(build, T, P, L, B); }

// ---- literals

%type literal {struct tree_expr *}
%type unsigned {struct tree_expr *}
%type integer {struct tree_expr *}
%type constant {struct tree_expr *}
literal(E) ::= constant(E).
literal(E) ::= unsigned(E).
literal(E) ::= MINUS(T) unsigned(N).            { E = build_signed(build, T, N); }
integer(E) ::= INTEGER_VALUE(T).                { E = build_integer(build, T); }
integer(E) ::= MINUS(S) INTEGER_VALUE(T).       { E = build_signed(build, S, build_integer(build, T)); }
unsigned(E) ::= INTEGER_VALUE(T).               { E = build_integer(build, T); }
unsigned(E) ::= DECIMAL_VALUE(T).               { E = build_literal(build, TREE_DECIMAL, T); }
unsigned(E) ::= DOUBLE_VALUE(T).                { E = build_double(build, T); }
constant(E) ::= NULL(T).                        { E = build_literal(build, TREE_NULL, T); }
constant(E) ::= TRUE(T).                        { E = build_boolean(build, T, true); }
constant(E) ::= FALSE(T).                       { E = build_boolean(build, T, false); }
constant(E) ::= STRING_VALUE(T).                { E = build_string_literal(build, T); }

// ---- types

%type type {struct tree_type *}
%type type_name {struct tree_name}
%type parameters {struct tree_parameters *}
%type fields {struct tree_fields *}
type(T) ::= type_name(N).                       { T = build_named_type(build, N, NULL); }
type(T) ::= type_name(N) LPAREN parameters(P) RPAREN. { T = build_named_type(build, N, P); }
type(T) ::= ARRAY(A) LT type(E) GT.             { T = build_array_type(build, A.span, E); }
type(T) ::= type(E) ARRAY.                      { T = build_array_type(build, E->span, E); }
type(T) ::= MAP(M) LT type(K) COMMA type(V) GT. { T = build_map_type(build, M, K, V); }
type(T) ::= STRUCT(S) LT fields(F) GT.          { T = build_struct_type(build, S, F); }
type(T) ::= STRUCT(S) LT GT.                    { T = build_struct_type(build, S, NULL); }
type(T) ::= STRUCT(S) NE.                       { T = build_struct_type(build, S, NULL); }
type_name(N) ::= name(N).
type_name(N) ::= DECIMAL(T).                    { N = build_name(build, T); }
parameters(P) ::= INTEGER_VALUE(T).             { P = build_parameters(build, NULL, build_integer(build, T)); }
parameters(P) ::= STRING.                       { P = NULL; }
parameters(P) ::= parameters(P) COMMA INTEGER_VALUE(T). { P = build_parameters(build, P, build_integer(build, T)); }
fields(F) ::= name(N) type(T).                  { F = build_fields(build, NULL, N, T); }
fields(F) ::= fields(F) COMMA name(N) type(T).  { F = build_fields(build, F, N, T); }

%code {
#include "parser/grammar_api.h"

int grammar_fallback(int token)
{
    return yyFallback[token];
}

/* What a token leads to in a state, without its fallback. */
static YYACTIONTYPE exact_action(YYACTIONTYPE state, int token)
{
    if (state > YY_MAX_SHIFT) return state;
    int i = yy_shift_ofst[state] + token;
    return yy_lookahead[i] == token ? yy_action[i] : yy_default[state];
}

size_t grammar_stack(const void *parser)
{
    const yyParser *p = parser;
    return (size_t)(p->yytos - p->yystack);
}

bool grammar_competes(int token)
{
    for (YYACTIONTYPE state = 0; state <= YY_MAX_SHIFT; state++) {
        YYACTIONTYPE own = exact_action(state, token), identifier = exact_action(state, TOKEN_IDENTIFIER);
        if (own != identifier && own != YY_ERROR_ACTION && identifier != YY_ERROR_ACTION) return true;
    }
    return false;
}

/* True if the parser, at the state where it is, could take the token. Plays the reductions that would come first on a
 * stack of its own above the real one, which is left as it is. */
static bool takes(const yyParser *parser, int token)
{
    enum { DEEPEST = 100 };
    YYACTIONTYPE above[DEEPEST];
    const yyStackEntry *below = parser->yytos;
    int n = 0;
    while (n < DEEPEST) {
        YYACTIONTYPE action = exact_action(n ? above[n - 1] : below->stateno, token);
        if (action < YY_MIN_REDUCE) return action != YY_ERROR_ACTION && action != YY_NO_ACTION;
        int pops = -yyRuleInfoNRhs[action - YY_MIN_REDUCE];
        for (; pops > 0 && n > 0; pops--) n--;
        below -= pops;
        YYACTIONTYPE state = n ? above[n - 1] : below->stateno;
        above[n++] = yy_find_reduce_action(state, yyRuleInfoLhs[action - YY_MIN_REDUCE]);
    }
    return false;
}

void grammar_expected(const void *parser, bool *expected)
{
    for (int token = 0; token < YYNTOKEN; token++) expected[token] = takes(parser, token);
}
}
