/* tree.c - what the tree's header promises beside the nodes: durations and the names of statements. */
#include "parser/tree.h"

int64_t tree_duration_ms(struct tree_duration duration)
{
    static const int64_t ms[] = {[UNIT_MILLISECONDS] = 1,
                                 [UNIT_SECONDS] = 1000,
                                 [UNIT_MINUTES] = 60 * 1000,
                                 [UNIT_HOURS] = 60 * 60 * 1000,
                                 [UNIT_DAYS] = 24 * 60 * 60 * 1000};
    int64_t product;
    if (!__builtin_mul_overflow(duration.n, ms[duration.unit], &product)) return product;
    return duration.n < 0 ? INT64_MIN : INT64_MAX;
}

const char *tree_statement_name(enum tree_statement_kind kind)
{
    static const char *const names[] = {
        [STATEMENT_QUERY] = "SELECT",
        [STATEMENT_CREATE_STREAM] = "CREATE STREAM",
        [STATEMENT_CREATE_TABLE] = "CREATE TABLE",
        [STATEMENT_CREATE_STREAM_AS] = "CREATE STREAM AS SELECT",
        [STATEMENT_CREATE_TABLE_AS] = "CREATE TABLE AS SELECT",
        [STATEMENT_INSERT_SELECT] = "INSERT INTO SELECT",
        [STATEMENT_INSERT_VALUES] = "INSERT INTO VALUES",
        [STATEMENT_DROP_STREAM] = "DROP STREAM",
        [STATEMENT_DROP_TABLE] = "DROP TABLE",
        [STATEMENT_ALTER_STREAM] = "ALTER STREAM",
        [STATEMENT_ALTER_TABLE] = "ALTER TABLE",
        [STATEMENT_CREATE_TYPE] = "CREATE TYPE",
        [STATEMENT_DROP_TYPE] = "DROP TYPE",
        [STATEMENT_CREATE_CONNECTOR] = "CREATE CONNECTOR",
        [STATEMENT_DROP_CONNECTOR] = "DROP CONNECTOR",
        [STATEMENT_TERMINATE] = "TERMINATE",
        [STATEMENT_PAUSE] = "PAUSE",
        [STATEMENT_RESUME] = "RESUME",
        [STATEMENT_EXPLAIN] = "EXPLAIN",
        [STATEMENT_SHOW_TOPICS] = "SHOW TOPICS",
        [STATEMENT_SHOW_STREAMS] = "SHOW STREAMS",
        [STATEMENT_SHOW_TABLES] = "SHOW TABLES",
        [STATEMENT_SHOW_QUERIES] = "SHOW QUERIES",
        [STATEMENT_SHOW_FUNCTIONS] = "SHOW FUNCTIONS",
        [STATEMENT_SHOW_TYPES] = "SHOW TYPES",
        [STATEMENT_SHOW_VARIABLES] = "SHOW VARIABLES",
        [STATEMENT_SHOW_PROPERTIES] = "SHOW PROPERTIES",
        [STATEMENT_SHOW_CONNECTORS] = "SHOW CONNECTORS",
        [STATEMENT_SHOW_CONNECTOR_PLUGINS] = "SHOW CONNECTOR PLUGINS",
        [STATEMENT_DESCRIBE] = "DESCRIBE",
        [STATEMENT_DESCRIBE_STREAMS] = "DESCRIBE STREAMS",
        [STATEMENT_DESCRIBE_TABLES] = "DESCRIBE TABLES",
        [STATEMENT_DESCRIBE_FUNCTION] = "DESCRIBE FUNCTION",
        [STATEMENT_DESCRIBE_CONNECTOR] = "DESCRIBE CONNECTOR",
        [STATEMENT_PRINT] = "PRINT",
        [STATEMENT_SET] = "SET",
        [STATEMENT_UNSET] = "UNSET",
        [STATEMENT_ALTER_SYSTEM] = "ALTER SYSTEM",
        [STATEMENT_DEFINE] = "DEFINE",
        [STATEMENT_UNDEFINE] = "UNDEFINE",
        [STATEMENT_ASSERT_TOPIC] = "ASSERT TOPIC",
        [STATEMENT_ASSERT_SCHEMA] = "ASSERT SCHEMA",
        [STATEMENT_ASSERT_VALUES] = "ASSERT VALUES",
        [STATEMENT_ASSERT_NULL_VALUES] = "ASSERT NULL VALUES",
        [STATEMENT_ASSERT_STREAM] = "ASSERT STREAM",
        [STATEMENT_ASSERT_TABLE] = "ASSERT TABLE",
        [STATEMENT_RUN_SCRIPT] = "RUN SCRIPT",
    };
    _Static_assert(sizeof names / sizeof *names == STATEMENT_KINDS, "a statement has no name");
    return names[kind];
}
