/* parser_test.c - text to tree and back: every statement, every expression, every limit, and what is said of mistakes.
 */
#include "tests/unit/test.h"
#include "engine/base/map.h"
#include "parser/parse.h"
#include "parser/print.h"
#include "parser/walk.h"

struct sample {
    int kind;
    const char *sql, *printed;
};

/* One of each kind and more, in the order of the kinds. */
static const struct sample statements[] = {
    {STATEMENT_QUERY, "select * from s", "SELECT * FROM S"},
    {STATEMENT_QUERY, "SELECT a, b AS c, d e, s.*, f->g->* FROM s AS x WHERE a > 1 LIMIT 5;",
     "SELECT A, B AS C, D AS E, S.*, F->G->* FROM S AS X WHERE A > 1 LIMIT 5"},
    {STATEMENT_QUERY,
     "SELECT a, COUNT(*) FROM s WINDOW w TUMBLING (SIZE 1 HOUR, RETENTION 2 DAYS, GRACE PERIOD 10 MINUTES) WHERE b "
     "GROUP BY (a, c) HAVING COUNT(*) > 3 EMIT FINAL",
     "SELECT A, COUNT(*) FROM S WINDOW TUMBLING (SIZE 1 HOURS, RETENTION 2 DAYS, GRACE PERIOD 10 MINUTES) WHERE B "
     "GROUP BY A, C HAVING COUNT(*) > 3 EMIT FINAL"},
    {STATEMENT_QUERY,
     "SELECT a FROM s WINDOW HOPPING (SIZE 30 SECONDS, ADVANCE BY 10 SECOND, GRACE PERIOD 1 MILLISECOND) GROUP BY a",
     "SELECT A FROM S WINDOW HOPPING (SIZE 30 SECONDS, ADVANCE BY 10 SECONDS, GRACE PERIOD 1 MILLISECONDS) GROUP BY A"},
    {STATEMENT_QUERY, "SELECT a FROM s WINDOW SESSION (5 MINUTES) GROUP BY ()",
     "SELECT A FROM S WINDOW SESSION (5 MINUTES) GROUP BY ()"},
    {STATEMENT_QUERY, "SELECT a FROM s GROUP BY (a) PARTITION BY (b OR c), d EMIT CHANGES",
     "SELECT A FROM S GROUP BY A PARTITION BY (B OR C), D EMIT CHANGES"},
    {STATEMENT_QUERY,
     "SELECT * FROM a JOIN b WITHIN 1 HOUR ON a.x = b.x LEFT OUTER JOIN c AS d WITHIN (1 HOUR, 2 HOURS) GRACE PERIOD 1 "
     "DAY "
     "ON a.x = d.y INNER JOIN e ON TRUE RIGHT JOIN f ON a.x = f.x FULL OUTER JOIN g ON a.x = g.x",
     "SELECT * FROM A JOIN B WITHIN 1 HOURS ON A.X = B.X LEFT JOIN C AS D WITHIN (1 HOURS, 2 HOURS) GRACE PERIOD 1 "
     "DAYS "
     "ON A.X = D.Y JOIN E ON TRUE RIGHT JOIN F ON A.X = F.X FULL JOIN G ON A.X = G.X"},
    {STATEMENT_CREATE_STREAM,
     "create or replace stream if not exists s (k INT KEY, h ARRAY<STRUCT<key STRING, value BYTES>> HEADERS, x BYTES "
     "HEADER('a''b')) with (kafka_topic = 's', partitions=3, 'Own.Name'=-1.5, wrap=true, n=null)",
     "CREATE OR REPLACE STREAM IF NOT EXISTS S (K INT KEY, H ARRAY<STRUCT<KEY STRING, VALUE BYTES>> HEADERS, X BYTES "
     "HEADER('a''b')) WITH (KAFKA_TOPIC='s', PARTITIONS=3, 'Own.Name'=-1.5, WRAP=TRUE, N=NULL)"},
    {STATEMENT_CREATE_STREAM, "CREATE STREAM s", "CREATE STREAM S"},
    {STATEMENT_CREATE_TABLE, "CREATE SOURCE TABLE t (k INT PRIMARY KEY, v MAP<STRING, INT>) WITH (a='b')",
     "CREATE SOURCE TABLE T (K INT PRIMARY KEY, V MAP<STRING, INT>) WITH (A='b')"},
    {STATEMENT_CREATE_STREAM_AS, "CREATE STREAM s WITH (partitions=1) AS SELECT * FROM t",
     "CREATE STREAM S WITH (PARTITIONS=1) AS SELECT * FROM T"},
    {STATEMENT_CREATE_TABLE_AS, "CREATE OR REPLACE TABLE t AS SELECT a FROM s GROUP BY a",
     "CREATE OR REPLACE TABLE T AS SELECT A FROM S GROUP BY A"},
    {STATEMENT_INSERT_SELECT, "INSERT INTO s WITH (query_id='q') SELECT * FROM t",
     "INSERT INTO S WITH (QUERY_ID='q') SELECT * FROM T"},
    {STATEMENT_INSERT_VALUES, "INSERT INTO s (a, b) VALUES (1, -2 + 3)", "INSERT INTO S (A, B) VALUES (1, -2 + 3)"},
    {STATEMENT_INSERT_VALUES, "INSERT INTO s VALUES (NULL, (a = b))", "INSERT INTO S VALUES (NULL, (A = B))"},
    {STATEMENT_DROP_STREAM, "DROP STREAM IF EXISTS s DELETE TOPIC", "DROP STREAM IF EXISTS S DELETE TOPIC"},
    {STATEMENT_DROP_TABLE, "DROP TABLE t", "DROP TABLE T"},
    {STATEMENT_ALTER_STREAM, "ALTER STREAM s ADD COLUMN a INT, ADD b STRING",
     "ALTER STREAM S ADD COLUMN A INT, ADD COLUMN B STRING"},
    {STATEMENT_ALTER_TABLE, "ALTER TABLE t ADD a INT", "ALTER TABLE T ADD COLUMN A INT"},
    {STATEMENT_CREATE_TYPE, "CREATE TYPE IF NOT EXISTS p AS STRUCT<x INT, y INT ARRAY>",
     "CREATE TYPE IF NOT EXISTS P AS STRUCT<X INT, Y ARRAY<INT>>"},
    {STATEMENT_DROP_TYPE, "DROP TYPE IF EXISTS p", "DROP TYPE IF EXISTS P"},
    {STATEMENT_CREATE_CONNECTOR, "CREATE SINK CONNECTOR IF NOT EXISTS c WITH ('a.b'='c')",
     "CREATE SINK CONNECTOR IF NOT EXISTS C WITH ('a.b'='c')"},
    {STATEMENT_DROP_CONNECTOR, "DROP CONNECTOR IF EXISTS c", "DROP CONNECTOR IF EXISTS C"},
    {STATEMENT_TERMINATE, "TERMINATE CSAS_S_1", "TERMINATE CSAS_S_1"},
    {STATEMENT_TERMINATE, "TERMINATE ALL", "TERMINATE ALL"},
    {STATEMENT_PAUSE, "PAUSE q", "PAUSE Q"},
    {STATEMENT_RESUME, "RESUME ALL", "RESUME ALL"},
    {STATEMENT_EXPLAIN, "EXPLAIN SELECT a FROM s", "EXPLAIN SELECT A FROM S"},
    {STATEMENT_EXPLAIN, "EXPLAIN q", "EXPLAIN Q"},
    {STATEMENT_SHOW_TOPICS, "LIST ALL TOPICS EXTENDED", "SHOW ALL TOPICS EXTENDED"},
    {STATEMENT_SHOW_STREAMS, "SHOW STREAMS", "SHOW STREAMS"},
    {STATEMENT_SHOW_TABLES, "SHOW TABLES EXTENDED", "SHOW TABLES EXTENDED"},
    {STATEMENT_SHOW_QUERIES, "SHOW QUERIES", "SHOW QUERIES"},
    {STATEMENT_SHOW_FUNCTIONS, "LIST FUNCTIONS", "SHOW FUNCTIONS"},
    {STATEMENT_SHOW_TYPES, "SHOW TYPES", "SHOW TYPES"},
    {STATEMENT_SHOW_VARIABLES, "SHOW VARIABLES", "SHOW VARIABLES"},
    {STATEMENT_SHOW_PROPERTIES, "SHOW PROPERTIES", "SHOW PROPERTIES"},
    {STATEMENT_SHOW_CONNECTORS, "SHOW SOURCE CONNECTORS", "SHOW SOURCE CONNECTORS"},
    {STATEMENT_SHOW_CONNECTORS, "SHOW CONNECTORS", "SHOW CONNECTORS"},
    {STATEMENT_SHOW_CONNECTOR_PLUGINS, "SHOW CONNECTOR PLUGINS", "SHOW CONNECTOR PLUGINS"},
    {STATEMENT_DESCRIBE, "DESCRIBE s EXTENDED", "DESCRIBE S EXTENDED"},
    {STATEMENT_DESCRIBE_STREAMS, "DESCRIBE STREAMS", "DESCRIBE STREAMS"},
    {STATEMENT_DESCRIBE_TABLES, "DESCRIBE TABLES EXTENDED", "DESCRIBE TABLES EXTENDED"},
    {STATEMENT_DESCRIBE_FUNCTION, "DESCRIBE FUNCTION ucase", "DESCRIBE FUNCTION UCASE"},
    {STATEMENT_DESCRIBE_CONNECTOR, "DESCRIBE CONNECTOR c", "DESCRIBE CONNECTOR C"},
    {STATEMENT_PRINT, "PRINT myTopic FROM BEGINNING INTERVAL 5 LIMIT 3",
     "PRINT 'myTopic' FROM BEGINNING INTERVAL 5 LIMIT 3"},
    {STATEMENT_PRINT, "PRINT 'a-b' SAMPLE 2", "PRINT 'a-b' INTERVAL 2"},
    {STATEMENT_SET, "SET 'a.b'='c'", "SET 'a.b' = 'c'"},
    {STATEMENT_UNSET, "UNSET 'a.b'", "UNSET 'a.b'"},
    {STATEMENT_ALTER_SYSTEM, "ALTER SYSTEM 'a'='b'", "ALTER SYSTEM 'a' = 'b'"},
    {STATEMENT_DEFINE, "DEFINE v = 'it''s'", "DEFINE V = 'it''s'"},
    {STATEMENT_UNDEFINE, "UNDEFINE v", "UNDEFINE V"},
    {STATEMENT_ASSERT_TOPIC, "ASSERT NOT EXISTS TOPIC 'my-topic' WITH (partitions=3) TIMEOUT 5 SECONDS",
     "ASSERT NOT EXISTS TOPIC `my-topic` WITH (PARTITIONS=3) TIMEOUT 5 SECONDS"},
    {STATEMENT_ASSERT_TOPIC, "ASSERT TOPIC t", "ASSERT TOPIC T"},
    {STATEMENT_ASSERT_SCHEMA, "ASSERT SCHEMA SUBJECT 'a-value' ID 3 TIMEOUT 1 SECOND",
     "ASSERT SCHEMA SUBJECT `a-value` ID 3 TIMEOUT 1 SECONDS"},
    {STATEMENT_ASSERT_SCHEMA, "ASSERT NOT EXISTS SCHEMA ID 3", "ASSERT NOT EXISTS SCHEMA ID 3"},
    {STATEMENT_ASSERT_VALUES, "ASSERT VALUES s (a) VALUES (1)", "ASSERT VALUES S (A) VALUES (1)"},
    {STATEMENT_ASSERT_NULL_VALUES, "ASSERT NULL VALUES t (a) KEY (1)", "ASSERT NULL VALUES T (A) KEY (1)"},
    {STATEMENT_ASSERT_STREAM, "ASSERT STREAM s (a INT) WITH (b='c')", "ASSERT STREAM S (A INT) WITH (B='c')"},
    {STATEMENT_ASSERT_TABLE, "ASSERT TABLE t", "ASSERT TABLE T"},
    {STATEMENT_RUN_SCRIPT, "RUN SCRIPT '/a/b.sql'", "RUN SCRIPT '/a/b.sql'"},
};

static const struct sample expressions[] = {
    {TREE_NULL, "null", "NULL"},
    {TREE_BOOLEAN, "true", "TRUE"},
    {TREE_BOOLEAN, "False", "FALSE"},
    {TREE_INTEGER, "0042", "42"},
    {TREE_INTEGER, "-5", "-5"},
    {TREE_INTEGER, "-(5)", "-5"},
    {TREE_INTEGER, "9223372036854775807", "9223372036854775807"},
    {TREE_INTEGER, "-9223372036854775808", "-9223372036854775808"},
    {TREE_INTEGER, "-00009223372036854775808", "-9223372036854775808"},
    {TREE_DECIMAL, "1.5", "1.5"},
    {TREE_DECIMAL, ".5", ".5"},
    {TREE_DECIMAL, "1.", "1."},
    {TREE_DOUBLE, "1e3", "1e3"},
    {TREE_DOUBLE, "1.5E-2", "1.5E-2"},
    {TREE_DOUBLE, "4.9E-324", "4.9E-324"},
    {TREE_STRING, "'it''s'", "'it''s'"},
    {TREE_STRING, "''", "''"},
    {TREE_STRING, "'two\nlines -- no comment'", "'two\nlines -- no comment'"},
    {TREE_TYPED, "`DECIMAL` '1.0'", "`DECIMAL` '1.0'"},
    {TREE_TYPED, "date '2020-01-01'", "DATE '2020-01-01'"},
    {TREE_COLUMN, "a", "A"},
    {TREE_COLUMN, "s.a", "S.A"},
    {TREE_COLUMN, "`a``b`.\"c\"\"d\"", "`a``b`.`c\"d`"},
    {TREE_COLUMN, "1st", "`1ST`"},
    {TREE_COLUMN, "`SELECT`", "`SELECT`"},
    {TREE_COLUMN, "((a))", "A"},
    {TREE_FIELD, "a.b->c->`d`", "A.B->C->`d`"},
    {TREE_FIELD, "(-5)->a", "(-5)->A"},
    {TREE_SUBSCRIPT, "a[1]['x']", "A[1]['x']"},
    {TREE_SUBSCRIPT, "(a + b)[-1]", "(A + B)[-1]"},
    {TREE_SUBSCRIPT, "map[`ARRAY`[(a = b)]]", "`MAP`[`ARRAY`[(A = B)]]"},
    {TREE_NEGATE, "-a", "-A"},
    {TREE_NEGATE, "-1.5", "-1.5"},
    {TREE_NEGATE, "- -5", "-(-5)"},
    {TREE_NEGATE, "- - a", "-(-A)"},
    {TREE_NEGATE, "-a[1]", "-A[1]"},
    {TREE_PLUS, "+a", "+A"},
    {TREE_ARITHMETIC, "a + b * c", "A + (B * C)"},
    {TREE_ARITHMETIC, "(a + b) * c", "(A + B) * C"},
    {TREE_ARITHMETIC, "a - b - c", "(A - B) - C"},
    {TREE_ARITHMETIC, "a - -1 / b % c", "A - ((-1 / B) % C)"},
    {TREE_ARITHMETIC, "-a * b", "(-A) * B"},
    {TREE_CONCAT, "a || b + c || 'd'", "(A || (B + C)) || 'd'"},
    {TREE_COMPARISON, "a = b", "A = B"},
    {TREE_COMPARISON, "a + 1 != (b = c)", "(A + 1) <> (B = C)"},
    {TREE_COMPARISON, "a >= -1", "A >= -1"},
    {TREE_COMPARISON, "a IS DISTINCT FROM b", "A IS DISTINCT FROM B"},
    {TREE_COMPARISON, "a IS NOT DISTINCT FROM b", "A IS NOT DISTINCT FROM B"},
    {TREE_AND, "a AND b AND c", "A AND B AND C"},
    {TREE_AND, "a AND (b AND c)", "A AND (B AND C)"},
    {TREE_OR, "(a OR b) OR c AND d", "A OR B OR (C AND D)"},
    {TREE_OR, "NOT a = b OR c", "(NOT (A = B)) OR C"},
    {TREE_NOT, "NOT NOT a", "NOT (NOT A)"},
    {TREE_BETWEEN, "a BETWEEN 1 AND b + 1", "A BETWEEN 1 AND (B + 1)"},
    {TREE_AND, "a NOT BETWEEN 1 AND 2 AND c", "(A NOT BETWEEN 1 AND 2) AND C"},
    {TREE_IN, "a IN (1, 'b', c = d)", "A IN (1, 'b', C = D)"},
    {TREE_IN, "a NOT IN (1)", "A NOT IN (1)"},
    {TREE_LIKE, "a LIKE '%x' ESCAPE '!'", "A LIKE '%x' ESCAPE '!'"},
    {TREE_LIKE, "a NOT LIKE b || '%'", "A NOT LIKE (B || '%')"},
    {TREE_IS_NULL, "a IS NULL", "A IS NULL"},
    {TREE_IS_NULL, "a + 1 IS NOT NULL", "(A + 1) IS NOT NULL"},
    {TREE_CASE, "CASE WHEN a OR b THEN 1 WHEN c THEN 2 ELSE 3 END", "CASE WHEN A OR B THEN 1 WHEN C THEN 2 ELSE 3 END"},
    {TREE_CASE, "case a + 1 when 1 then b = c end", "CASE (A + 1) WHEN 1 THEN B = C END"},
    {TREE_CAST, "CAST(a = b AS DECIMAL(10, 2))", "CAST(A = B AS DECIMAL(10, 2))"},
    {TREE_CALL, "f()", "F()"},
    {TREE_CALL, "count(*)", "COUNT(*)"},
    {TREE_CALL, "`left`(a, b OR c, `LEFT`(d))", "`left`(A, B OR C, `LEFT`(D))"},
    {TREE_CALL, "reduce(map, s, (s, k, v) => s + v, x => x)", "REDUCE(`MAP`, S, (S, K, V) => S + V, X => X)"},
    {TREE_CALL, "f(a, (x) => (x OR y))", "F(A, X => X OR Y)"},
    {TREE_CALL, "dateadd(days, 1, d)", "DATEADD(DAYS, 1, D)"},
    {TREE_ARRAY, "ARRAY[1, a = b, null]", "ARRAY[1, A = B, NULL]"},
    {TREE_ARRAY, "array[]", "ARRAY[]"},
    {TREE_MAP, "map('a' := 1, b := c)", "MAP('a' := 1, B := C)"},
    {TREE_MAP, "MAP()", "MAP()"},
    {TREE_STRUCT, "STRUCT(a := 1, `b` := c OR d)", "STRUCT(A := 1, `b` := C OR D)"},
    {TREE_STRUCT, "struct()", "STRUCT()"},
    {TREE_AT_ZONE, "(a + b) AT TIME ZONE 'UTC'", "(A + B) AT TIME ZONE 'UTC'"},
};

static const char *const types[][2] = {
    {"int", "INT"},
    {"decimal(10,2)", "DECIMAL(10, 2)"},
    {"DECIMAL", "DECIMAL"},
    {"VARCHAR(255)", "VARCHAR(255)"},
    {"VARCHAR(STRING)", "VARCHAR"},
    {"`my type`", "`my type`"},
    {"timestamp", "TIMESTAMP"},
    {"INT ARRAY ARRAY", "ARRAY<ARRAY<INT>>"},
    {"MAP<STRING, ARRAY<MAP<INT, DOUBLE>>>", "MAP<STRING, ARRAY<MAP<INT, DOUBLE>>>"},
    {"STRUCT<a INT, `from` STRUCT<b DATE>>", "STRUCT<A INT, `from` STRUCT<B DATE>>"},
    {"STRUCT<>", "STRUCT<>"},
    {"STRUCT< >", "STRUCT<>"},
};

struct fixture {
    struct arena *arena;
    struct buffer out;
    struct error error;
};

static int setup(void **state)
{
    struct fixture *f = HEAP_MAKE(struct fixture);
    f->arena = arena_new();
    f->out = BUFFER(1 << 22);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    arena_free(f->arena);
    buffer_free(&f->out);
    free(f);
    return 0;
}

/* The statement, which must parse. */
static struct tree_statement *parsed(struct fixture *f, const char *sql)
{
    struct tree_statement *statement;
    if (!parse_statement(f->arena, text_of(sql), &statement, &f->error)) fail_msg("%s: %s", sql, f->error.message);
    return statement;
}

static struct tree_expr *parsed_expr(struct fixture *f, const char *sql)
{
    struct tree_expr *expr;
    if (!parse_expression(f->arena, text_of(sql), &expr, &f->error)) fail_msg("%s: %s", sql, f->error.message);
    return expr;
}

static const char *printed(struct fixture *f, const struct tree_statement *statement)
{
    buffer_clear(&f->out);
    print_statement(&f->out, statement);
    return arena_printf(f->arena, TEXT_FMT, TEXT_ARG(buffer_text(&f->out)));
}

static const char *printed_expr(struct fixture *f, const struct tree_expr *expr)
{
    buffer_clear(&f->out);
    print_expression(&f->out, expr);
    return arena_printf(f->arena, TEXT_FMT, TEXT_ARG(buffer_text(&f->out)));
}

static void every_statement_is_parsed_and_printed(void **state)
{
    bool seen[STATEMENT_KINDS] = {0};
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        struct tree_statement *statement = parsed(*state, statements[i].sql);
        assert_int_equal(statement->kind, statements[i].kind);
        assert_string_equal(printed(*state, statement), statements[i].printed);
        assert_string_equal(printed(*state, parsed(*state, statements[i].printed)), statements[i].printed);
        seen[statement->kind] = true;
    }
    for (int kind = 0; kind < STATEMENT_KINDS; kind++)
        if (!seen[kind]) fail_msg("no sample of %s", tree_statement_name(kind));
}

static void every_expression_is_parsed_and_printed(void **state)
{
    bool seen[TREE_AT_ZONE + 1] = {[TREE_LAMBDA] = true, [TREE_UNIT] = true}; /* arguments only */
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        struct tree_expr *expr = parsed_expr(*state, expressions[i].sql);
        assert_string_equal(printed_expr(*state, expr), expressions[i].printed);
        assert_int_equal(expr->kind, expressions[i].kind);
        assert_string_equal(printed_expr(*state, parsed_expr(*state, expressions[i].printed)), expressions[i].printed);
        seen[expr->kind] = true;
    }
    for (int kind = 0; kind <= TREE_AT_ZONE; kind++) assert_true(seen[kind]);
}

static void a_zone_binds_closer_than_a_sign_and_a_sum(void **state)
{
    assert_string_equal(printed_expr(*state, parsed_expr(*state, "a + -b AT TIME ZONE 'UTC'")),
                        "A + (-(B AT TIME ZONE 'UTC'))");
}

static void every_type_is_parsed_and_printed(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct tree_type *type;
        assert_true(parse_type(f->arena, text_of(types[i][0]), &type, &f->error));
        buffer_clear(&f->out);
        print_type(&f->out, type);
        assert_text(buffer_text(&f->out), types[i][1]);
    }
}

static void a_tree_is_printed_a_node_a_line(void **state)
{
    struct fixture *f = *state;
    print_tree(&f->out, parsed(f, "CREATE STREAM a WITH (partitions=2) AS SELECT x AS y, COUNT(*) FROM s "
                                  "WINDOW TUMBLING (SIZE 1 HOUR) WHERE t NOT LIKE '%ALARM%' EMIT CHANGES;"));
    assert_text(buffer_text(&f->out), "CREATE STREAM AS SELECT name=A\n"
                                      "  property: name=PARTITIONS\n"
                                      "    value: INTEGER 2\n"
                                      "  query: SELECT window=TUMBLING size=1 HOURS emit=CHANGES\n"
                                      "    item: alias=Y\n"
                                      "      expr: COLUMN name=X\n"
                                      "    item:\n"
                                      "      expr: CALL star name=COUNT\n"
                                      "    from: source=S\n"
                                      "    where: LIKE negated\n"
                                      "      a: COLUMN name=T\n"
                                      "      b: STRING text='%ALARM%'\n");
}

static void a_span_is_the_bytes_that_a_node_came_from(void **state)
{
    const char *sql = "SELECT a + b, f(c) AS d FROM s JOIN t ON x = (y)";
    struct tree_query *query = parsed(*state, sql)->query;
    struct tree_expr *sum = query->items.items[0]->expr, *call = query->items.items[1]->expr;
    assert_int_equal(query->span.end, strlen(sql));
    assert_text(((struct text){sql + sum->span.start, sum->span.end - sum->span.start}), "a + b");
    assert_text(((struct text){sql + call->span.start, call->span.end - call->span.start}), "f(c)");
    struct span alias = query->items.items[1]->alias.span, join = query->from.items[1]->span;
    assert_text(((struct text){sql + alias.start, alias.end - alias.start}), "d");
    assert_text(((struct text){sql + join.start, join.end - join.start}), "t ON x = (y)");
}

static void durations_are_counted_in_milliseconds(void **state)
{
    struct tree_from *from =
        parsed(*state, "SELECT * FROM a JOIN b WITHIN (2 MINUTES, 1 DAY) ON x = y")->query->from.items[1];
    assert_int_equal(tree_duration_ms(from->before), 120000);
    assert_int_equal(tree_duration_ms(from->after), 86400000);
    assert_int_equal(tree_duration_ms(from->grace), 0);
    assert_int_equal(tree_duration_ms((struct tree_duration){INT64_MAX, UNIT_DAYS, NO_SPAN}), INT64_MAX);
}

static void an_explained_statement_has_its_own_text(void **state)
{
    struct tree_statement *statement = parsed(*state, "EXPLAIN  SELECT * FROM s ;");
    assert_text(statement->sql, "EXPLAIN  SELECT * FROM s");
    assert_text(statement->inner->sql, "SELECT * FROM s");
}

/* ---- mistakes */

static const char *const mistakes[][3] = {
    {"SELECT A B C FROM S;", "line 1:12: expected FROM or ',', but found C", "is a comma missing before it?"},
    {"SELECT *\nFORM s;", "line 2:1: expected FROM or ',', but found FORM", "did you mean FROM instead of FORM?"},
    {"SELECT a FORM s;", "line 1:15: expected FROM or ',', but found s", "did you mean FROM instead of FORM?"},
    {"SELCT * FROM s;", "line 1:1: expected a statement, but found SELCT", "did you mean SELECT instead of SELCT?"},
    {"SELECT * FROM x WHRE a = 1;",
     "line 1:22: expected ';', JOIN, WINDOW, WHERE, GROUP BY, PARTITION BY, ..., but found a",
     "did you mean WHERE instead of WHRE?"},
    {"SELECT * FROM x EMIT CHANGS;", "line 1:22: expected CHANGES or FINAL, but found CHANGS",
     "did you mean CHANGES instead of CHANGS?"},
    {"CREATE STREAM s (a INT, sample INT);", "line 1:25: expected a name, but found sample",
     "SAMPLE is a reserved word: as a name, write `SAMPLE`"},
    {"SELECT a, FROM x;", "line 1:11: expected an expression or '*', but found FROM",
     "is the comma before it too many?"},
    {"SELECT a FROM x WHERE", "line 1:22: expected an expression, but the text ends here", ""},
    {"SELECT 'abc FROM x;", "line 1:8: this string has no closing quote",
     "a quote inside a string is written twice: 'it''s'"},
    {"SELECT `abc FROM x;", "line 1:8: this quoted name has no closing `", ""},
    {"SELECT a /* FROM x;", "line 1:10: this comment has no closing */", ""},
    {"SELECT `` FROM x;", "line 1:8: a name cannot be empty", ""},
    {"SELECT a = b = c FROM x;",
     "line 1:14: expected a name, AS, FROM or ',', but found =", "comparisons cannot be chained: join them with AND"},
    {"SELECT a == b FROM x;", "line 1:11: expected an expression, but found =", "equality is written with one ="},
    {"CREATE STREAM s WITH (a=\"b\");", "line 1:25: expected a constant such as 'text' or 5, but found \"b\"",
     "double quotes are for names: a text is written in single quotes"},
    {"SELECT * FROM a SELECT * FROM b;",
     "line 1:17: expected ';', JOIN, a name, AS, WINDOW, WHERE, ..., but found SELECT",
     "a statement ends with a semicolon: is one missing before this?"},
    {"SELECT \xc3\xa4 FROM x;", "line 1:8: the character \xc3\xa4 cannot stand here",
     "a name with other characters than letters, digits and _ is written `name`"},
    {"SELECT * FROM x WINDOW TUMBLING (SIZE 1 YEAR);",
     "line 1:41: expected a unit such as SECONDS or DAYS, but found YEAR", ""},
    {"SELECT * FROM (SELECT * FROM x);", "line 1:15: expected a name, but found (",
     "this dialect has no subqueries: name the inner one by CREATE STREAM ... AS"},
    {"SELECT * FROM s ORDER BY a;",
     "line 1:23: expected ';', JOIN, WINDOW, WHERE, GROUP BY, PARTITION BY, ..., but found BY",
     "this dialect has no ORDER BY"},
    {"SELECT a FROM s GROUP BY a AND b;",
     "line 1:28: expected ';', PARTITION BY, HAVING, EMIT, LIMIT or ',', but found AND", ""},
    {"SELECT * FROM s LIMIT 2.5;", "line 1:23: expected a whole number, but found 2.5", ""},
    {"SELECT CAST(a AS NULL) FROM s;", "line 1:18: expected a type, but found NULL", ""},
    {"CREATE STREAM s (k STRING (KEY));", "line 1:28: expected a whole number or STRING, but found KEY", ""},
    {"SELECT f(x => 1, 2) FROM s;", "line 1:10: a lambda must be the last argument", ""},
    {"SELECT f(1, (a + 1) => 2) FROM s;", "line 1:14: a parameter of a lambda is a name", ""},
    {"SELECT a LIKE b ESCAPE '!!' FROM s;", "line 1:24: ESCAPE takes one character", ""},
    {"CREATE SOURCE STREAM a AS SELECT * FROM b;",
     "line 1:27: a SOURCE STREAM is made from a topic: it takes no AS SELECT", ""},
    {"SELECT ${x} FROM s;", "line 1:8: variables are not replaced here", ""},
    {"PRINT t INTERVAL 0;", "line 1:18: the interval must be 1 or more", ""},
    {"SELECT 9223372036854775808 FROM s;",
     "line 1:8: this integer is out of range: BIGINT goes from -9223372036854775808 to 9223372036854775807", ""},
    {"SELECT -9223372036854775809 FROM s;",
     "line 1:9: this integer is out of range: BIGINT goes from -9223372036854775808 to 9223372036854775807", ""},
    {"SELECT 5 - 9223372036854775808 FROM s;",
     "line 1:12: this integer is out of range: BIGINT goes from -9223372036854775808 to 9223372036854775807", ""},
    {"SELECT 1e400 FROM s;", "line 1:8: this number is too large for a DOUBLE", ""},
    {"SELECT 'a\xff' FROM s;", "line 1:10: the text is not valid UTF-8", ""},
    {"SELECT * FROM s WHERE a LKE 'x';",
     "line 1:25: expected ';', GROUP BY, PARTITION BY, HAVING, EMIT or LIMIT, but found LKE",
     "did you mean LIKE instead of LKE?"},
    {"SHOW STREAM;", "line 1:6: expected STREAMS, TABLES, TOPICS, QUERIES, FUNCTIONS, SINK, ..., but found STREAM",
     "did you mean STREAMS instead of STREAM?"},
    {"SELECT a FROM s LIMIT 5 EMIT CHANGES;", "line 1:25: expected ';', but found EMIT",
     "the order of a query is FROM, JOIN, WINDOW, WHERE, GROUP BY, PARTITION BY, HAVING, EMIT, LIMIT"},
    {"SELECT a FROM s JOIN t ON a = b WITHIN 1 DAY;",
     "line 1:33: expected ';', JOIN, WINDOW, WHERE, GROUP BY, PARTITION BY, ..., but found WITHIN",
     "WITHIN stands before ON"},
    {"CREATE STREAM s AS SELECT * FROM t WITH (a='b');",
     "line 1:36: expected ';', JOIN, a name, AS, WINDOW, WHERE, ..., but found WITH", "WITH stands before AS SELECT"},
    {"CREATE STREAM s (a INT) AS SELECT * FROM t;", "line 1:25: expected ';' or WITH, but found AS",
     "the columns of AS SELECT are those of the query: leave the list of columns out"},
    {"CREATE STREAM s WITH (a='b') SELECT * FROM t;", "line 1:30: expected ';' or AS, but found SELECT",
     "is AS missing before it?"},
    {"CREATE STREAM s (a INT b INT);", "line 1:24: expected ')', ',', ARRAY, HEADER, HEADERS, KEY, ..., but found b",
     "is a comma missing before it?"},
    {"CREATE STREAM s (a INT NOT NULL);",
     "line 1:24: expected ')', ',', ARRAY, HEADER, HEADERS, KEY, ..., but found NOT",
     "every column may be NULL: there is no NOT NULL"},
    {"CREATE TABLE t (id INT, PRIMARY KEY (id));", "line 1:38: expected a whole number or STRING, but found id",
     "a key is marked at its column: id INT PRIMARY KEY"},
    {"CREATE STREAM s (a ARRAY<>);", "line 1:25: expected '<', but found <>", "a type is missing between < and >"},
    {"CREATE STREAM s (a STRUCT(b INT));", "line 1:26: expected '<>' or '<', but found (",
     "the types inside a type stand between < and >: STRUCT<a INT, b STRING>"},
    {"CREATE STREAM s WITH (kafka_topic=orders);",
     "line 1:35: expected a constant such as 'text' or 5, but found orders", "a text is written in single quotes"},
    {"CREATE STREAM s WITH (kafka_topic='s, value_format='json');", "line 1:53: expected ')' or ',', but found json",
     "is the closing quote of the text before it missing?"},
    {"SELECT COUNT(FROM s;", "line 1:14: expected an expression, ')' or '*', but found FROM", ""},
    {"CREATE STREAM s WITH (partitions 3);", "line 1:34: expected '=', but found 3", ""},
    {"SELECT a FROM 's';", "line 1:15: expected a name, but found 's'",
     "single quotes are for texts: a name is written x or `x`"},
    {"SELECT a FROM db.s;", "line 1:17: expected ';', JOIN, a name, AS, WINDOW, WHERE, ..., but found .",
     "a name here has one part"},
    {"PRINT my-topic;", "line 1:9: expected ';', FROM, LIMIT, INTERVAL or SAMPLE, but found -",
     "a topic's name with a dot or a minus is written in single quotes"},
    {"SELECT a FROM s WHERE b ORDER BY a;",
     "line 1:25: expected ';', GROUP BY, PARTITION BY, HAVING, EMIT or LIMIT, but found ORDER",
     "this dialect has no ORDER BY"},
    {"SELECT a FROM s UNION ALL SELECT a FROM t;",
     "line 1:23: expected ';', JOIN, WINDOW, WHERE, GROUP BY, PARTITION BY, ..., but found ALL",
     "this dialect has no UNION: use INSERT INTO"},
    {"SELECT DISTINCT a FROM s;", "line 1:8: expected an expression or '*', but found DISTINCT",
     "this dialect has no DISTINCT: use GROUP BY, or COUNT_DISTINCT"},
    {"SELECT a FROM s CROSS JOIN t;", "line 1:29: expected a name, AS, ON or WITHIN, but the text ends here",
     "this dialect has no CROSS JOIN"},
    {"SELECT a FROM s WHERE a IN (SELECT b FROM t);", "line 1:29: expected an expression, but found SELECT",
     "this dialect has no subqueries"},
    {"WITH t AS (SELECT a FROM s) SELECT a FROM t;", "line 1:1: expected a statement, but found WITH",
     "this dialect has no WITH before SELECT: name the inner query by CREATE STREAM ... AS"},
    {"SELECT * FROM s WHERE a NOT NULL;", "line 1:29: expected BETWEEN, IN or LIKE, but found NULL",
     "write IS NOT NULL"},
    {"SELECT * FROM s WHERE a BETWEEN 1, 2;", "line 1:34: expected AND, but found ,", ""},
    {"SELECT * FROM s WHERE a = 1);",
     "line 1:28: expected ';', GROUP BY, PARTITION BY, HAVING, EMIT or LIMIT, but found )", "there is no ( for this )"},
    {"SELECT MAP('a' = 1) FROM s;", "line 1:19: expected ':=', but found )",
     "an entry is written with := as in MAP('a' := 1) and STRUCT(a := 1)"},
    {"INSERT INTO s VALUES ([1]);", "line 1:23: expected an expression or ')', but found [",
     "an array is written ARRAY[1, 2]"},
    {"INSERT INTO s VALUES (1), (2);", "line 1:25: expected ';', but found ,",
     "an INSERT writes one row: write another one for the next"},
    {"INSERT INTO s (a) SELECT a FROM t;", "line 1:19: expected VALUES, but found SELECT",
     "the names of the query's columns say where they go: leave the list of columns out"},
    {"SET \xe2\x80\x98"
     "a' = 'b';",
     "line 1:5: the character \xe2\x80\x98 cannot stand here", "a text is written in plain single quotes: 'text'"},
    {" -- nothing", "there is no statement", ""},
    {"SHOW TYPES; SHOW TYPES;", "line 1:13: one statement is expected, and here is another", ""},
};

static void a_mistake_is_shown_with_its_place_and_what_would_be_right(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct tree_statement *statement;
        struct text sql = text_of(mistakes[i][0]);
        if (parse_statement(f->arena, sql, &statement, &f->error)) fail_msg("parsed: %s", sql.data);
        buffer_clear(&f->out);
        error_print(&f->error, sql, &f->out);
        char *end = memchr(f->out.data, '\n', f->out.len);
        assert_text(((struct text){f->out.data, (size_t)(end - f->out.data)}), mistakes[i][1]);
        assert_string_equal(f->error.hint, mistakes[i][2]);
        assert_int_equal(f->error.code, ERROR_SYNTAX);
    }
}

/* ---- limits */

/* head, `part` n times, middle, `close` n times, tail */
static struct text nested(struct fixture *f, const char *head, const char *part, unsigned n, const char *middle,
                          const char *close)
{
    struct buffer sql = BUFFER(4 << 20);
    buffer_append_string(&sql, head);
    for (unsigned i = 0; i < n; i++) buffer_append_string(&sql, part);
    buffer_append_string(&sql, middle);
    for (unsigned i = 0; i < n; i++) buffer_append_string(&sql, close);
    struct text copy = text_copy(f->arena, buffer_text(&sql));
    buffer_free(&sql);
    return copy;
}

static bool parses(struct fixture *f, struct text sql)
{
    struct tree_expr *expr;
    return parse_expression(f->arena, sql, &expr, &f->error);
}

static void what_is_wide_is_not_deep(void **state)
{
    struct fixture *f = *state;
    struct tree_expr *expr;
    assert_true(parse_expression(f->arena, nested(f, "a", " OR a = 1", 10000, "", ""), &expr, &f->error));
    assert_int_equal(expr->items.n, 10001);
    assert_int_equal(expr->depth, 3);
    assert_true(parse_expression(f->arena, nested(f, "a IN (1", ", -2", 10000, ")", ""), &expr, &f->error));
    assert_int_equal(expr->items.n, 10001);
}

static void what_is_too_deep_is_refused(void **state)
{
    struct fixture *f = *state;
    const struct text deep[] = {
        nested(f, "", "(", 10000, "a", ")"),
        nested(f, "", "NOT ", 250000, "a", ""),
        nested(f, "", "- ", 1000, "a", ""),
        nested(f, "a", " + a", 10000, "", ""),
        nested(f, "a", " || a", 10000, "", ""),
        nested(f, "", "f(", 10000, "a", ")"),
        nested(f, "a", "[1]", 10000, "", ""),
        nested(f, "a", "->b", 10000, "", ""),
        nested(f, "", "CASE WHEN ", 10000, "", ""),
        nested(f, "", "f(1, x => ", 10000, "1", ")"),
        nested(f, "CAST(a AS ", "ARRAY<", 1000, "INT", ">"),
        nested(f, "CAST(a AS INT", " ARRAY", 1000, ")", ""),
    };
    for (size_t i = 0; i < sizeof deep / sizeof *deep; i++) {
        assert_false(parses(f, deep[i]));
        assert_int_equal(f->error.code, ERROR_LIMIT);
    }
    assert_true(parses(f, nested(f, "", "(", PARSE_MAX_NESTING, "a", ")")));
    assert_true(parses(f, nested(f, "a", " + a", TREE_MAX_DEPTH - 1, "", "")));
    assert_false(parses(f, nested(f, "a", " + a", TREE_MAX_DEPTH, "", "")));
}

static void a_statement_may_be_a_mebibyte_long(void **state)
{
    struct fixture *f = *state;
    struct tree_statement *statement;
    struct text longest = nested(f, "SELECT '", "x", PARSE_MAX_STATEMENT - 17, "' FROM s", "");
    assert_true(parse_statement(f->arena, longest, &statement, &f->error));
    assert_false(parse_statement(f->arena, nested(f, "SELECT '", "x", PARSE_MAX_STATEMENT, "' FROM s", ""), &statement,
                                 &f->error));
    assert_int_equal(f->error.code, ERROR_LIMIT);
}

/* ---- scripts */

static void a_script_goes_on_behind_a_statement_with_an_error(void **state)
{
    struct fixture *f = *state;
    struct tree_statement *statement;
    struct script script;
    script_init(&script, TEXT("SHOW TYPES;;\n-- a ; b\nSELECT FROM ';';\n/* ; */ SHOW TABLES; SHOW STREAMS"),
                (struct parse_options){0});
    assert_true(script_next(&script, f->arena, &statement, &f->error));
    assert_text(statement->sql, "SHOW TYPES");
    assert_false(script_next(&script, f->arena, &statement, &f->error));
    assert_null(statement);
    error_print(&f->error, script.place, &f->out);
    assert_non_null(strstr(f->out.data, "line 3:8: expected an expression"));
    assert_true(script_next(&script, f->arena, &statement, &f->error));
    assert_text(statement->sql, "SHOW TABLES");
    assert_int_equal(statement->span.start, strstr(script.text.data, "SHOW TABLES") - script.text.data);
    assert_false(script_next(&script, f->arena, &statement, &f->error));
    assert_string_equal(f->error.message, "the statement's closing semicolon is missing");
    assert_true(script_next(&script, f->arena, &statement, &f->error));
    assert_null(statement);
}

static void the_last_statement_may_lack_its_semicolon_if_told_so(void **state)
{
    struct fixture *f = *state;
    struct tree_statement *statement;
    struct script script;
    script_init(&script, TEXT("SHOW TYPES"), (struct parse_options){.end_may_lack_semicolon = true});
    assert_true(script_next(&script, f->arena, &statement, &f->error));
    assert_int_equal(statement->kind, STATEMENT_SHOW_TYPES);
}

static void a_statement_ends_at_a_semicolon_that_is_not_quoted(void **state)
{
    (void)state;
    assert_int_equal(parse_statement_end(TEXT("SELECT ';' -- ;\n, `;` /* ; */ FROM s; x")), 37);
    assert_int_equal(parse_statement_end(TEXT("SELECT ';")), 0);
    assert_int_equal(parse_statement_end(TEXT("SELECT a -- ;")), 0);
}

static void a_text_that_grows_is_scanned_line_by_line(void **state)
{
    (void)state;
    static const char text[] = "SELECT ';\n' -- ;\n, `;\n` FROM s; x;\n";
    struct parse_scan scan = {0};
    assert_false(parse_scan_end(&scan, (struct text){text, 10}));
    assert_true(scan.open);
    assert_false(parse_scan_end(&scan, (struct text){text, 17}));
    assert_false(scan.open);
    assert_false(parse_scan_end(&scan, (struct text){text, 22}));
    assert_true(scan.open);
    assert_true(parse_scan_end(&scan, text_of(text)));
    assert_int_equal(scan.at, 31);
    assert_true(parse_scan_end(&scan, text_of(text)));
    assert_int_equal(scan.at, 34);
    assert_false(parse_scan_end(&scan, text_of(text)));
}

static void comments_and_directives_are_passed_over(void **state)
{
    assert_string_equal(printed(*state, parsed(*state, "--@test: x\n--\nSELECT a--b\n-/* c ** */1 FROM /**/s -- end")),
                        "SELECT A - 1 FROM S");
}

/* ---- variables */

/* The statement's text after substitution, or the error's message. */
static const char *substituted(struct fixture *f, const char *sql)
{
    struct map variables = {0};
    struct tree_statement *statement;
    struct script script;
    map_put(&variables, TEXT("NAME"), "orders");
    map_put(&variables, TEXT("quoted"), "'it''s'");
    map_put(&variables, TEXT("n"), "-5");
    map_put(&variables, TEXT("word"), "source");
    map_put(&variables, TEXT("reserved"), "FROM");
    map_put(&variables, TEXT("two"), "1; DROP STREAM s");
    map_put(&variables, TEXT("comment"), "a -- b");
    script_init(&script, text_of(sql), (struct parse_options){&variables, false});
    bool good = script_next(&script, f->arena, &statement, &f->error);
    map_free(&variables);
    return good ? arena_printf(f->arena, TEXT_FMT, TEXT_ARG(statement->sql)) : f->error.message;
}

static void a_variable_is_a_name_a_literal_or_a_part_of_a_string(void **state)
{
    static const char *const cases[][2] = {
        {"SELECT * FROM ${name};", "SELECT * FROM orders"},
        {"SELECT ${quoted}, ${n} FROM s;", "SELECT 'it''s', -5 FROM s"},
        {"SELECT 'a ${quoted} ${name} $${name} ${none} ${' FROM s;",
         "SELECT 'a ''it''''s'' orders ${name} ${none} ${' FROM s"},
        {"SELECT ${word} FROM s;", "SELECT `SOURCE` FROM s"},
        {"SELECT ${name}.${name} FROM s;", "SELECT orders . orders FROM s"},
        {"SELECT 1-${n} FROM s;", "SELECT 1- -5 FROM s"},
        {"SELECT ${comment}, b FROM s;", "SELECT a, b FROM s"},
        {"SELECT /* ${none} */ a FROM s;", "SELECT /* ${none} */ a FROM s"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(substituted(*state, cases[i][0]), cases[i][1]);
}

static void a_variable_cannot_change_the_statement(void **state)
{
    static const char *const cases[][2] = {
        {"SELECT ${none} FROM s;", "the variable ${none} is not defined"},
        {"SELECT ${two} FROM s;", "the value of ${two} is not one name or one literal: 1; DROP STREAM s"},
        {"SELECT ${reserved} FROM s;", "the value of ${reserved} is not one name or one literal: FROM"},
        {"SELECT a ${n} FROM s;", "the value of ${n} is not one name or one literal: -5"},
        {"SELECT foo_${name} bar FROM s;", "expected FROM or ',', but found bar"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(substituted(*state, cases[i][0]), cases[i][1]);
}

static void a_value_that_cannot_stand_says_how_it_could(void **state)
{
    struct fixture *f = *state;
    substituted(f, "SELECT ${reserved} FROM s;");
    assert_string_equal(f->error.hint, "FROM is a reserved word: as a name, it carries quotes: DEFINE x = '`FROM`'");
    substituted(f, "SELECT ${two} FROM s;");
    assert_string_equal(f->error.hint, "a text carries its own quotes: DEFINE x = '''text'''");
}

/* The bytes of the text that the error of its statement, whose variables are replaced, is shown at. */
static struct text located(struct fixture *f, const char *sql)
{
    struct map variables = {0};
    struct tree_statement *statement;
    struct script script;
    map_put(&variables, TEXT("long"), "a_long_name");
    map_put(&variables, TEXT("none"), "");
    map_put(&variables, TEXT("text"), "'it''s'");
    script_init(&script, text_of(sql), (struct parse_options){&variables, false});
    assert_true(script_next(&script, f->arena, &statement, &f->error));
    assert_false(script_next(&script, f->arena, &statement, &f->error));
    script_locate(&script, &f->error);
    map_free(&variables);
    assert_ptr_equal(script.place.data, sql);
    return (struct text){sql + f->error.span.start, f->error.span.end - f->error.span.start};
}

static void an_error_stands_where_it_was_written_whatever_the_variables_are(void **state)
{
    static const char *const cases[][2] = {
        {"SHOW TYPES;\nSELECT ${long} + FROM s;", "FROM"},
        {"SHOW TYPES;\nSELECT ${long} x ${long} FROM s;", "${long}"},
        {"SHOW TYPES; SELECT '${text}${none}$${x}' x y FROM s;", "y"},
        {"SHOW TYPES; SELECT ${text} FROM ${text};", "${text}"},
        {"SHOW TYPES; SELECT ${long} FROM '${long}';", "'${long}'"},
        {"SHOW TYPES; SELECT x FROM ${undefined};", "${undefined}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) assert_text(located(*state, cases[i][0]), cases[i][1]);
}

static void a_byte_order_mark_is_passed_over(void **state)
{
    struct fixture *f = *state;
    struct tree_statement *statement;
    assert_true(parse_statement(f->arena, TEXT("\xef\xbb\xbfSHOW TYPES;"), &statement, &f->error));
    assert_text(statement->sql, "SHOW TYPES");
}

/* ---- keywords */

static void words_that_are_not_reserved_are_names_too(void **state)
{
    struct fixture *f = *state;
    size_t n, reserved = 0;
    const struct text *keywords = parse_keywords(&n);
    for (size_t i = 0; i < n; i++) {
        if (i) assert_true(text_compare(keywords[i - 1], keywords[i]) < 0);
        struct tree_expr *expr;
        struct tree_statement *statement;
        bool name = parse_expression(f->arena, keywords[i], &expr, &f->error) && expr->kind == TREE_COLUMN;
        assert_true(name != parse_is_reserved(keywords[i]));
        reserved += !name;
        if (!name) continue;
        struct text sql = text_printf(f->arena,
                                      "CREATE STREAM " TEXT_FMT " AS SELECT a AS " TEXT_FMT ", " TEXT_FMT "->" TEXT_FMT
                                      " FROM s AS " TEXT_FMT,
                                      TEXT_ARG(keywords[i]), TEXT_ARG(keywords[i]), TEXT_ARG(keywords[i]),
                                      TEXT_ARG(keywords[i]), TEXT_ARG(keywords[i]));
        if (!text_equal(keywords[i], TEXT("IF")) && !parse_statement(f->arena, sql, &statement, &f->error))
            fail_msg("%s: %s", sql.data, f->error.message);
    }
    assert_int_equal(n, 145);
    assert_int_equal(reserved, 88);
}

static void a_plain_identifier_needs_no_quotes(void **state)
{
    (void)state;
    assert_true(parse_is_plain_identifier(TEXT("A_1")));
    assert_true(parse_is_plain_identifier(TEXT("TIMESTAMP")));
    assert_false(parse_is_plain_identifier(TEXT("a")));
    assert_false(parse_is_plain_identifier(TEXT("1A")));
    assert_false(parse_is_plain_identifier(TEXT("A@B")));
    assert_false(parse_is_plain_identifier(TEXT("")));
    assert_false(parse_is_plain_identifier(TEXT("STREAM")));
    assert_false(parse_is_plain_identifier(TEXT("ARRAY")));
    assert_true(parse_is_reserved(TEXT("Stream")));
}

/* ---- walking */

static enum walk note_column(void *names, const struct tree_expr *expr)
{
    if (expr->kind == TREE_LAMBDA) return WALK_SKIP;
    if (expr->kind != TREE_COLUMN) return WALK_ON;
    buffer_append_text(names, expr->name.name);
    return text_equal(expr->name.name, TEXT("Z")) ? WALK_STOP : WALK_ON;
}

static void a_walk_visits_expressions_in_the_order_of_the_text(void **state)
{
    struct fixture *f = *state;
    assert_true(
        walk_statement(parsed(f, "EXPLAIN SELECT a, f(b, x => y), CASE c WHEN d THEN e ELSE f END, s.* FROM s JOIN t "
                                 "ON g = h WHERE i BETWEEN j AND k GROUP BY l, m PARTITION BY n HAVING o"),
                       note_column, &f->out));
    assert_text(buffer_text(&f->out), "ABCDEFGHIJKLMNO");
    buffer_clear(&f->out);
    assert_false(walk_statement(parsed(f, "INSERT INTO s VALUES (a, -b, z, c)"), note_column, &f->out));
    assert_text(buffer_text(&f->out), "ABZ");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(every_statement_is_parsed_and_printed),
        TEST(every_expression_is_parsed_and_printed),
        TEST(a_zone_binds_closer_than_a_sign_and_a_sum),
        TEST(every_type_is_parsed_and_printed),
        TEST(a_tree_is_printed_a_node_a_line),
        TEST(a_span_is_the_bytes_that_a_node_came_from),
        TEST(durations_are_counted_in_milliseconds),
        TEST(an_explained_statement_has_its_own_text),
        TEST(a_mistake_is_shown_with_its_place_and_what_would_be_right),
        TEST(what_is_wide_is_not_deep),
        TEST(what_is_too_deep_is_refused),
        TEST(a_statement_may_be_a_mebibyte_long),
        TEST(a_script_goes_on_behind_a_statement_with_an_error),
        TEST(the_last_statement_may_lack_its_semicolon_if_told_so),
        TEST(a_statement_ends_at_a_semicolon_that_is_not_quoted),
        TEST(a_text_that_grows_is_scanned_line_by_line),
        TEST(comments_and_directives_are_passed_over),
        TEST(a_variable_is_a_name_a_literal_or_a_part_of_a_string),
        TEST(a_variable_cannot_change_the_statement),
        TEST(a_value_that_cannot_stand_says_how_it_could),
        TEST(an_error_stands_where_it_was_written_whatever_the_variables_are),
        TEST(a_byte_order_mark_is_passed_over),
        TEST(words_that_are_not_reserved_are_names_too),
        TEST(a_plain_identifier_needs_no_quotes),
        TEST(a_walk_visits_expressions_in_the_order_of_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
