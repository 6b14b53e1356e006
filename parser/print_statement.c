/* print_statement.c - statements and queries as text, on one line and without the semicolon.
 *
 * The clauses come in the grammar's order, so a statement is the words of its kind and then what the tree has of each
 * clause.
 */
#include "engine/base/buffer.h"
#include "parser/parse.h"
#include "parser/print.h"
#include "parser/print_part.h"

const char *print_unit(enum tree_unit unit)
{
    static const char *const names[] = {[UNIT_NONE] = "",           [UNIT_MILLISECONDS] = "MILLISECONDS",
                                        [UNIT_SECONDS] = "SECONDS", [UNIT_MINUTES] = "MINUTES",
                                        [UNIT_HOURS] = "HOURS",     [UNIT_DAYS] = "DAYS"};
    return names[unit];
}

static void print_duration(struct buffer *out, const char *words, struct tree_duration duration)
{
    if (duration.unit == UNIT_NONE) return;
    buffer_printf(out, "%s%lld %s", words, (long long)duration.n, print_unit(duration.unit));
}

static void print_values(struct buffer *out, const struct tree_exprs *values)
{
    for (uint32_t i = 0; i < values->n; i++) {
        if (i) buffer_append_string(out, ", ");
        print_value(out, values->items[i]);
    }
}

/* ---- queries */

static void print_item(struct buffer *out, const struct tree_item *item)
{
    switch (item->kind) {
    case TREE_ITEM_ALL: buffer_append_char(out, '*'); break;
    case TREE_ITEM_SOURCE_ALL:
        print_identifier(out, item->qualifier.name);
        buffer_append_string(out, ".*");
        break;
    case TREE_ITEM_STRUCT_ALL:
        print_close_operand(out, item->expr);
        buffer_append_string(out, "->*");
        break;
    case TREE_ITEM_EXPR:
        print_expression(out, item->expr);
        if (!item->alias.name.data) break;
        buffer_append_string(out, " AS ");
        print_identifier(out, item->alias.name);
    }
}

static void print_within(struct buffer *out, const struct tree_from *from)
{
    if (from->before.unit == UNIT_NONE) return;
    if (from->before.n == from->after.n && from->before.unit == from->after.unit) {
        print_duration(out, " WITHIN ", from->before);
    } else {
        print_duration(out, " WITHIN (", from->before);
        print_duration(out, ", ", from->after);
        buffer_append_char(out, ')');
    }
    print_duration(out, " GRACE PERIOD ", from->grace);
}

static void print_from(struct buffer *out, const struct tree_from *from)
{
    static const char *const joins[] = {[JOIN_NONE] = "",
                                        [JOIN_INNER] = " JOIN ",
                                        [JOIN_LEFT] = " LEFT JOIN ",
                                        [JOIN_RIGHT] = " RIGHT JOIN ",
                                        [JOIN_FULL] = " FULL JOIN "};
    buffer_append_string(out, joins[from->join]);
    print_identifier(out, from->source.name);
    if (from->alias.name.data) {
        buffer_append_string(out, " AS ");
        print_identifier(out, from->alias.name);
    }
    print_within(out, from);
    if (!from->on) return;
    buffer_append_string(out, " ON ");
    print_expression(out, from->on);
}

static void print_window(struct buffer *out, const struct tree_window *window)
{
    static const char *const heads[] = {[WINDOW_TUMBLING] = " WINDOW TUMBLING (SIZE ",
                                        [WINDOW_HOPPING] = " WINDOW HOPPING (SIZE ",
                                        [WINDOW_SESSION] = " WINDOW SESSION ("};
    if (window->kind == WINDOW_NONE) return;
    print_duration(out, heads[window->kind], window->size);
    print_duration(out, ", ADVANCE BY ", window->advance);
    print_duration(out, ", RETENTION ", window->retention);
    print_duration(out, ", GRACE PERIOD ", window->grace);
    buffer_append_char(out, ')');
}

static void print_clause(struct buffer *out, const char *words, const struct tree_expr *expr)
{
    if (!expr) return;
    buffer_append_string(out, words);
    print_expression(out, expr);
}

static void print_keys(struct buffer *out, const char *words, const struct tree_exprs *keys, bool present)
{
    if (!present) return;
    buffer_append_string(out, words);
    if (keys->n)
        print_values(out, keys);
    else
        buffer_append_string(out, "()");
}

void print_query(struct buffer *out, const struct tree_query *query)
{
    static const char *const emits[] = {
        [EMIT_NONE] = "", [EMIT_CHANGES] = " EMIT CHANGES", [EMIT_FINAL] = " EMIT FINAL"};
    buffer_append_string(out, "SELECT ");
    for (uint32_t i = 0; i < query->items.n; i++) {
        if (i) buffer_append_string(out, ", ");
        print_item(out, query->items.items[i]);
    }
    buffer_append_string(out, " FROM ");
    for (uint32_t i = 0; i < query->from.n; i++) print_from(out, query->from.items[i]);
    print_window(out, &query->window);
    print_clause(out, " WHERE ", query->where);
    print_keys(out, " GROUP BY ", &query->group_by, query->has_group_by);
    print_keys(out, " PARTITION BY ", &query->partition_by, query->has_partition_by);
    print_clause(out, " HAVING ", query->having);
    buffer_append_string(out, emits[query->emit]);
    if (query->has_limit) buffer_printf(out, " LIMIT %lld", (long long)query->limit);
}

/* ---- parts of statements */

static void print_if(struct buffer *out, bool present, const char *words)
{
    if (present) buffer_append_string(out, words);
}

static void print_target(struct buffer *out, const struct tree_statement *statement)
{
    if (!statement->name.name.data) return;
    buffer_append_char(out, ' ');
    print_identifier(out, statement->name.name);
}

static void print_column(struct buffer *out, const struct tree_column *column)
{
    static const char *const roles[] = {[TREE_VALUE] = "",
                                        [TREE_KEY] = " KEY",
                                        [TREE_PRIMARY_KEY] = " PRIMARY KEY",
                                        [TREE_HEADERS] = " HEADERS",
                                        [TREE_HEADER] = " HEADER("};
    print_identifier(out, column->name.name);
    buffer_append_char(out, ' ');
    print_type(out, column->type);
    buffer_append_string(out, roles[column->role]);
    if (column->role != TREE_HEADER) return;
    print_string(out, column->header_key);
    buffer_append_char(out, ')');
}

static void print_columns(struct buffer *out, const struct tree_statement *statement)
{
    if (!statement->has_columns) return;
    for (uint32_t i = 0; i < statement->columns.n; i++) {
        buffer_append_string(out, i ? ", " : " (");
        print_column(out, statement->columns.items[i]);
    }
    buffer_append_char(out, ')');
}

static void print_properties(struct buffer *out, const struct tree_properties *properties)
{
    if (!properties->n) return;
    for (uint32_t i = 0; i < properties->n; i++) {
        const struct tree_property *property = properties->items[i];
        buffer_append_string(out, i ? ", " : " WITH (");
        if (parse_is_plain_identifier(property->name.name))
            buffer_append_text(out, property->name.name);
        else
            print_string(out, property->name.name);
        buffer_append_char(out, '=');
        print_expression(out, property->value);
    }
    buffer_append_char(out, ')');
}

/* ---- statements */

static void print_create(struct buffer *out, const struct tree_statement *statement, const char *kind)
{
    buffer_printf(out, "CREATE %s%s%s%s", statement->or_replace ? "OR REPLACE " : "",
                  statement->is_source ? "SOURCE " : "", kind, statement->if_not_exists ? " IF NOT EXISTS" : "");
    print_target(out, statement);
    print_columns(out, statement);
    print_properties(out, &statement->properties);
    if (statement->query) {
        buffer_append_string(out, " AS ");
        print_query(out, statement->query);
    }
    if (statement->type) {
        buffer_append_string(out, " AS ");
        print_type(out, statement->type);
    }
}

static void print_connector(struct buffer *out, const struct tree_statement *statement)
{
    buffer_printf(out, "CREATE " TEXT_FMT " CONNECTOR%s", TEXT_ARG(statement->text),
                  statement->if_not_exists ? " IF NOT EXISTS" : "");
    print_target(out, statement);
    print_properties(out, &statement->properties);
}

static void print_insert_select(struct buffer *out, const struct tree_statement *statement)
{
    buffer_append_string(out, "INSERT INTO");
    print_target(out, statement);
    print_properties(out, &statement->properties);
    buffer_append_char(out, ' ');
    print_query(out, statement->query);
}

/* INSERT INTO S (A, B) VALUES (1, 2); for a tombstone the last word is KEY. */
static void print_row(struct buffer *out, const struct tree_statement *statement, const char *words, const char *last)
{
    buffer_append_string(out, words);
    print_target(out, statement);
    if (statement->names.n) {
        buffer_append_string(out, " (");
        print_names(out, &statement->names);
        buffer_append_char(out, ')');
    }
    buffer_append_string(out, last);
    print_values(out, &statement->values);
    buffer_append_char(out, ')');
}

static void print_alter(struct buffer *out, const struct tree_statement *statement)
{
    buffer_append_string(out, tree_statement_name(statement->kind));
    print_target(out, statement);
    for (uint32_t i = 0; i < statement->columns.n; i++) {
        buffer_append_string(out, i ? ", ADD COLUMN " : " ADD COLUMN ");
        print_column(out, statement->columns.items[i]);
    }
}

static void print_explain(struct buffer *out, const struct tree_statement *statement)
{
    buffer_append_string(out, "EXPLAIN");
    print_target(out, statement);
    if (!statement->inner) return;
    buffer_append_char(out, ' ');
    print_statement(out, statement->inner);
}

static void print_topic_print(struct buffer *out, const struct tree_statement *statement)
{
    buffer_append_string(out, "PRINT ");
    print_string(out, statement->name.name);
    print_if(out, statement->from_beginning, " FROM BEGINNING");
    if (statement->interval) buffer_printf(out, " INTERVAL %lld", (long long)statement->interval);
    if (statement->has_limit) buffer_printf(out, " LIMIT %lld", (long long)statement->limit);
}

static void print_setting(struct buffer *out, const struct tree_statement *statement)
{
    buffer_printf(out, "%s ", tree_statement_name(statement->kind));
    print_string(out, statement->text);
    if (!statement->value_text.data) return;
    buffer_append_string(out, " = ");
    print_string(out, statement->value_text);
}

static void print_define(struct buffer *out, const struct tree_statement *statement)
{
    buffer_append_string(out, "DEFINE");
    print_target(out, statement);
    buffer_append_string(out, " = ");
    print_string(out, statement->value_text);
}

static void print_assert_schema(struct buffer *out, const struct tree_statement *statement)
{
    buffer_printf(out, "ASSERT %sSCHEMA", statement->negated ? "NOT EXISTS " : "");
    print_if(out, statement->name.name.data != NULL, " SUBJECT");
    print_target(out, statement);
    if (statement->has_id) buffer_printf(out, " ID %lld", (long long)statement->id);
    print_duration(out, " TIMEOUT ", statement->timeout);
}

static void print_assert_topic(struct buffer *out, const struct tree_statement *statement)
{
    buffer_printf(out, "ASSERT %sTOPIC", statement->negated ? "NOT EXISTS " : "");
    print_target(out, statement);
    print_properties(out, &statement->properties);
    print_duration(out, " TIMEOUT ", statement->timeout);
}

/* SHOW ALL TOPICS, SHOW SOURCE CONNECTORS: a word goes between the two of the name. */
static void print_show(struct buffer *out, const struct tree_statement *statement, struct text word)
{
    buffer_append_string(out, "SHOW");
    if (word.data) buffer_printf(out, " " TEXT_FMT, TEXT_ARG(word));
    buffer_append_string(out, tree_statement_name(statement->kind) + strlen("SHOW"));
    print_if(out, statement->extended, " EXTENDED");
}

/* The kinds that are their words, a name and a flag or two. */
static void print_plain(struct buffer *out, const struct tree_statement *statement)
{
    buffer_append_string(out, tree_statement_name(statement->kind));
    print_if(out, statement->if_exists, " IF EXISTS");
    print_if(out, statement->all, " ALL");
    print_target(out, statement);
    print_columns(out, statement);
    print_properties(out, &statement->properties);
    print_if(out, statement->extended, " EXTENDED");
    print_if(out, statement->delete_topic, " DELETE TOPIC");
}

void print_statement(struct buffer *out, const struct tree_statement *statement)
{
    switch (statement->kind) {
    case STATEMENT_QUERY: print_query(out, statement->query); break;
    case STATEMENT_CREATE_STREAM:
    case STATEMENT_CREATE_STREAM_AS: print_create(out, statement, "STREAM"); break;
    case STATEMENT_CREATE_TABLE:
    case STATEMENT_CREATE_TABLE_AS: print_create(out, statement, "TABLE"); break;
    case STATEMENT_CREATE_TYPE: print_create(out, statement, "TYPE"); break;
    case STATEMENT_CREATE_CONNECTOR: print_connector(out, statement); break;
    case STATEMENT_INSERT_SELECT: print_insert_select(out, statement); break;
    case STATEMENT_INSERT_VALUES: print_row(out, statement, "INSERT INTO", " VALUES ("); break;
    case STATEMENT_ASSERT_VALUES: print_row(out, statement, "ASSERT VALUES", " VALUES ("); break;
    case STATEMENT_ASSERT_NULL_VALUES: print_row(out, statement, "ASSERT NULL VALUES", " KEY ("); break;
    case STATEMENT_ALTER_STREAM:
    case STATEMENT_ALTER_TABLE: print_alter(out, statement); break;
    case STATEMENT_EXPLAIN: print_explain(out, statement); break;
    case STATEMENT_SHOW_TOPICS: print_show(out, statement, statement->all ? TEXT("ALL") : NO_TEXT); break;
    case STATEMENT_SHOW_CONNECTORS: print_show(out, statement, statement->text); break;
    case STATEMENT_PRINT: print_topic_print(out, statement); break;
    case STATEMENT_SET:
    case STATEMENT_UNSET:
    case STATEMENT_ALTER_SYSTEM:
    case STATEMENT_RUN_SCRIPT: print_setting(out, statement); break;
    case STATEMENT_DEFINE: print_define(out, statement); break;
    case STATEMENT_ASSERT_TOPIC: print_assert_topic(out, statement); break;
    case STATEMENT_ASSERT_SCHEMA: print_assert_schema(out, statement); break;
    default: print_plain(out, statement);
    }
}
