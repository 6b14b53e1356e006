/* insert.c - INSERT INTO source (columns) VALUES (expressions): one row, evaluated at once.
 *
 *     INSERT INTO orders (id, price, ROWTIME) VALUES (1, 9.99, '2024-01-01T00:00:00');
 *
 * Columns that are not named are null; without a list the values are for all columns in the order of the schema, keys
 * first.
 */
#include "engine/analyze/analyze.h"
#include "engine/base/clock.h"
#include "engine/base/settings.h"
#include "engine/time/datetime.h"

static void release_source(void *source)
{
    source_release(source);
}

static bool check_target(const struct analyzer *analyzer, const struct tree_statement *statement,
                         struct source **target, struct error *error)
{
    struct source *source = catalog_find(analyzer->catalog, statement->name.name);
    struct span span = statement->name.span;
    if (!settings_bool(analyzer->settings, OPTION_INSERT_VALUES_ENABLED))
        return error_set(error, ERROR_STATEMENT, span,
                         "INSERT VALUES is switched off (ksql.insert.into.values.enabled)");
    if (!source) return catalog_no_source(analyzer->catalog, statement->name, error);
    if (source->is_source)
        return error_set(error, ERROR_STATEMENT, span, TEXT_FMT " is a SOURCE %s: it is read only",
                         TEXT_ARG(source->name), source_kind_name(source->kind));
    if (source->window != WINDOW_NONE)
        return error_set(error, ERROR_STATEMENT, span, TEXT_FMT " is windowed: values cannot be inserted into it",
                         TEXT_ARG(source->name));
    *target = source_retain(source);
    arena_defer(analyzer->arena, release_source, source);
    return true;
}

static bool header_column(const struct schema_column *column, struct span span, struct error *error)
{
    if (column->role != COLUMN_HEADERS && column->role != COLUMN_HEADER) return true;
    return error_set(error, ERROR_STATEMENT, span,
                     "the column " TEXT_FMT " holds record headers, which cannot be inserted", TEXT_ARG(column->name));
}

static bool wrong_count(const struct tree_statement *statement, uint32_t expected, struct error *error)
{
    return error_set(error, ERROR_STATEMENT, statement->span,
                     "%u columns and %u values: there must be a value for each column", expected, statement->values.n);
}

/* ROWTIME = milliseconds, or a date and time as text. */
static bool take_rowtime(const struct expr_scope *scope, const struct tree_expr *tree, struct insert_row *row,
                         struct error *error)
{
    struct value value;
    if (tree->kind == TREE_STRING) {
        if (!timestamp_parse(tree->text, &row->rowtime_ms))
            return error_set(error, ERROR_STATEMENT, tree->span, "'" TEXT_FMT "' is no date and time",
                             TEXT_ARG(tree->text));
    } else {
        if (!expr_build_value(scope, tree, &type_bigint, &value, error)) return false;
        if (value.is_null) return error_set(error, ERROR_STATEMENT, tree->span, "ROWTIME cannot be NULL");
        row->rowtime_ms = value.bigint;
    }
    if (row->rowtime_ms < 0) return error_set(error, ERROR_STATEMENT, tree->span, "ROWTIME cannot be negative");
    row->has_rowtime = true;
    return true;
}

static bool find_column(const struct source *target, const struct map *names, struct tree_name name, uint32_t *index,
                        struct error *error)
{
    int32_t found = schema_index_find(&target->schema, names, name.name);
    enum pseudo_column pseudo = pseudo_column_find(name.name);
    if (found < 0 && pseudo != PSEUDO_NONE)
        return error_set(error, ERROR_STATEMENT, name.span, "the pseudo column " TEXT_FMT " cannot be inserted",
                         TEXT_ARG(name.name));
    if (found < 0)
        return error_set(error, ERROR_STATEMENT, name.span, "there is no column " TEXT_FMT " in " TEXT_FMT,
                         TEXT_ARG(name.name), TEXT_ARG(target->name));
    *index = (uint32_t)found;
    return header_column(&target->schema.columns[found], name.span, error);
}

static bool take_value(const struct expr_scope *scope, const struct tree_expr *tree, uint32_t index,
                       struct insert_row *row, struct error *error)
{
    const struct schema_column *column = &row->target->schema.columns[index];
    if (!expr_build_value(scope, tree, column->type, &row->values[index], error))
        return error_prefix(error, "column " TEXT_FMT ": ", TEXT_ARG(column->name));
    if (column->role == COLUMN_KEY && !row->values[index].is_null) row->has_key = true;
    return true;
}

/* A row of a table is known by its whole key. */
static bool check_key(const struct tree_statement *statement, const struct insert_row *row, struct error *error)
{
    const struct source *target = row->target;
    for (uint32_t i = 0; i < target->schema.n && target->kind == SOURCE_TABLE; i++) {
        const struct schema_column *column = &target->schema.columns[i];
        if (column->role == COLUMN_KEY && row->values[i].is_null)
            return error_set(error, ERROR_STATEMENT, statement->span,
                             "a row of the table " TEXT_FMT " needs its PRIMARY KEY, and " TEXT_FMT " has no value",
                             TEXT_ARG(target->name), TEXT_ARG(column->name));
    }
    return true;
}

static bool take_all(const struct expr_scope *scope, const struct tree_statement *statement, struct insert_row *row,
                     struct error *error)
{
    const struct schema *schema = &row->target->schema;
    for (uint32_t i = 0; i < schema->n; i++)
        if (!header_column(&schema->columns[i], statement->name.span, error)) return false;
    if (statement->values.n != schema->n) return wrong_count(statement, schema->n, error);
    for (uint32_t i = 0; i < schema->n; i++)
        if (!take_value(scope, statement->values.items[i], i, row, error)) return false;
    return true;
}

static bool given_twice(struct tree_name name, struct error *error)
{
    return error_set(error, ERROR_STATEMENT, name.span, "the column " TEXT_FMT " is given twice", TEXT_ARG(name.name));
}

/* The i-th name and its value. */
static bool take_one(const struct expr_scope *scope, const struct tree_statement *statement, uint32_t i,
                     const struct map *names, bool *named, struct insert_row *row, struct error *error)
{
    struct tree_name name = statement->names.items[i];
    const struct tree_expr *tree = statement->values.items[i];
    uint32_t index = 0;
    if (pseudo_column_find(name.name) == PSEUDO_ROWTIME)
        return row->has_rowtime ? given_twice(name, error) : take_rowtime(scope, tree, row, error);
    if (!find_column(row->target, names, name, &index, error)) return false;
    if (named[index]) return given_twice(name, error);
    named[index] = true;
    return take_value(scope, tree, index, row, error);
}

static bool take_named(const struct expr_scope *scope, const struct tree_statement *statement, struct insert_row *row,
                       struct error *error)
{
    if (statement->values.n != statement->names.n) return wrong_count(statement, statement->names.n, error);
    bool *named = ARENA_ARRAY(scope->arena, bool, row->target->schema.n), ok = true;
    struct map names = {0};
    schema_index(&row->target->schema, &names);
    for (uint32_t i = 0; i < statement->names.n && ok; i++)
        ok = take_one(scope, statement, i, &names, named, row, error);
    map_free(&names);
    return ok;
}

bool analyze_insert(const struct analyzer *analyzer, const struct tree_statement *statement, struct insert_row *row,
                    struct error *error)
{
    *row = (struct insert_row){0};
    if (!check_target(analyzer, statement, &row->target, error)) return false;
    struct expr_scope scope = {.arena = analyzer->arena, .settings = analyzer->settings, .clause = "VALUES"};
    row->values = ARENA_ARRAY(analyzer->arena, struct value, row->target->schema.n);
    for (uint32_t i = 0; i < row->target->schema.n; i++) row->values[i].is_null = true;
    bool ok = statement->names.n ? take_named(&scope, statement, row, error) : take_all(&scope, statement, row, error);
    if (!ok) return false;
    row->rowtime_ms = row->has_rowtime ? row->rowtime_ms : clock_wall_ms();
    return check_key(statement, row, error);
}
