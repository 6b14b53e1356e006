/* sink.c - where a persistent query writes: the new stream of CREATE STREAM AS, or the target of INSERT INTO.
 *
 * CREATE STREAM AS takes topic, formats and timestamp from WITH, else from the source. INSERT INTO must fit its target
 * column by column; a value type that widens to the target's is converted.
 */
#include "engine/analyze/analyze.h"
#include "engine/base/settings.h"
#include "engine/expr/expr.h"
#include "parser/print.h"

static void release_source(void *source)
{
    source_release(source);
}

/* ---- CREATE STREAM AS */

static bool check_size(const struct analysis *analysis, struct span span, struct error *error)
{
    uint64_t size = 0;
    for (uint32_t i = 0; i < analysis->output.n; i++) size += expr_type(analysis->output.items[i].expr)->size;
    return type_check_total(size, span, error);
}

static struct schema output_schema(struct arena *arena, const struct analysis *analysis)
{
    struct schema_column *columns = ARENA_ARRAY(arena, struct schema_column, analysis->output.n);
    for (uint32_t i = 0; i < analysis->output.n; i++) {
        const struct output_column *column = &analysis->output.items[i];
        columns[i] = (struct schema_column){.name = text_copy(arena, column->name),
                                            .role = column->role,
                                            .type = type_copy(arena, expr_type(column->expr))};
    }
    return (struct schema){columns, analysis->output.n};
}

/* A key format that is inherited cannot be NONE where there is a key, and is NONE where there is none. */
static bool sink_key(const struct analyzer *analyzer, struct analysis *analysis, struct source *sink, struct span span,
                     struct error *error)
{
    const struct with *with = &analysis->with;
    const struct serde_spec *inherited = &analysis->from->key;
    uint32_t n = schema_count(&sink->schema, COLUMN_KEY);
    const struct format *none = format_find(TEXT("NONE"));
    bool given = with->key_format.data || with->format.data;
    if (n == 0 && with->key_format.data && !text_equal_nocase(with->key_format, TEXT("NONE")))
        return error_set(error, ERROR_STATEMENT, with_span(with, &with->key_format),
                         "KEY_FORMAT is given, and the result has no key column");
    if (n == 0 && !given) {
        sink->key = (struct serde_spec){.format = none, .part = SERDE_KEY};
        return true;
    }
    if (inherited->format == none && n > 0) inherited = NULL;
    if (!with_serde(analyzer, with, SERDE_KEY, inherited, n, &sink->key, error)) {
        if (!error->span.end) error->span = span;
        return false;
    }
    return true;
}

static void keep_texts(struct source *sink)
{
    sink->key.schema_name = text_copy(sink->arena, sink->key.schema_name);
    sink->value.schema_name = text_copy(sink->arena, sink->value.schema_name);
}

static void keep_reads(struct source *sink, const struct source *from)
{
    struct text *reads = ARENA_MAKE(sink->arena, struct text);
    *reads = text_copy(sink->arena, from->name);
    sink->reads = reads;
    sink->n_reads = 1;
}

static bool fill_sink(const struct analyzer *analyzer, const struct tree_statement *statement,
                      struct analysis *analysis, struct source *sink, struct error *error)
{
    struct with *with = &analysis->with;
    struct text prefix = settings_text(analyzer->settings, OPTION_OUTPUT_TOPIC_PREFIX);
    if (!check_source_name(statement->name, error)) return false;
    keep_reads(sink, analysis->from);
    sink->name = text_copy(sink->arena, statement->name.name);
    if (!check_size(analysis, statement->name.span, error)) return false;
    sink->schema = output_schema(sink->arena, analysis);
    sink->topic = with->topic.data
                      ? text_copy(sink->arena, with->topic)
                      : text_printf(sink->arena, TEXT_FMT TEXT_FMT, TEXT_ARG(prefix), TEXT_ARG(sink->name));
    if (!sink_key(analyzer, analysis, sink, statement->name.span, error)) return false;
    uint32_t n_values = schema_count(&sink->schema, COLUMN_VALUE);
    if (!with_serde(analyzer, with, SERDE_VALUE, &analysis->from->value, n_values, &sink->value, error)) return false;
    keep_texts(sink);
    sink->window = analysis->from->window;
    sink->window_size_ms = analysis->from->window_size_ms;
    if (!with_timestamp(with, sink, error)) return false;
    return check_formats(sink, with, statement->name.span, error);
}

/* The query that one of CREATE OR REPLACE takes the place of: the only one that writes the sink. */
static bool find_replaced(const struct analyzer *analyzer, const struct tree_statement *statement,
                          struct analysis *analysis, struct error *error)
{
    const struct query_entry *query = NULL;
    struct span span = statement->name.span;
    uint32_t n = catalog_writers(analyzer->catalog, analysis->sink->name, &query);
    if (n > 1) {
        error_set(error, ERROR_STATEMENT, span, TEXT_FMT " is written by %u queries, and one query cannot replace them",
                  TEXT_ARG(analysis->sink->name), n);
        return error_hint(error, "TERMINATE those that INSERT INTO " TEXT_FMT " first", TEXT_ARG(analysis->sink->name));
    }
    if (query && !text_equal(query->reads[0], analysis->from->name))
        return error_set(error, ERROR_STATEMENT, span,
                         TEXT_FMT " reads from " TEXT_FMT
                                  ": a query that replaces another must read from the same source",
                         TEXT_ARG(query->id), TEXT_ARG(query->reads[0]));
    analysis->replaces = query;
    return true;
}

static bool check_existing(const struct analyzer *analyzer, const struct tree_statement *statement,
                           struct analysis *analysis, struct error *error)
{
    const struct source *now = catalog_find(analyzer->catalog, analysis->sink->name);
    struct span span = statement->name.span;
    if (statement->or_replace && !settings_bool(analyzer->settings, OPTION_OR_REPLACE_ENABLED))
        return error_set(error, ERROR_STATEMENT, span,
                         "CREATE OR REPLACE is switched off (ksql.create.or.replace.enabled)");
    if (!now || statement->if_not_exists) return true;
    if (!statement->or_replace) {
        error_set(error, ERROR_STATEMENT, span, "there is a %s " TEXT_FMT " already", source_kind_name(now->kind),
                  TEXT_ARG(now->name));
        return error_hint(error, "drop it first, or write IF NOT EXISTS or OR REPLACE");
    }
    if (catalog_is_made_from(analyzer->catalog, analysis->from, now->name))
        return error_set(error, ERROR_STATEMENT, span, TEXT_FMT " would be made from itself", TEXT_ARG(now->name));
    return source_check_upgrade(now, analysis->sink, span, error) &&
           find_replaced(analyzer, statement, analysis, error);
}

static bool create_as(const struct analyzer *analyzer, const struct tree_statement *statement,
                      struct analysis *analysis, struct error *error)
{
    struct source *sink = source_new();
    arena_defer(analyzer->arena, release_source, sink);
    analysis->sink = sink;
    sink->kind = SOURCE_STREAM;
    if (analysis->from->kind == SOURCE_TABLE) {
        error_set(error, ERROR_STATEMENT, statement->name.span,
                  "the result of this query is a table, and not a stream");
        return error_hint(error, "write CREATE TABLE ... AS SELECT");
    }
    if (!fill_sink(analyzer, statement, analysis, sink, error)) return false;
    struct buffer text = BUFFER(2 << 20);
    print_statement(&text, statement);
    buffer_append_char(&text, ';');
    sink->sql = text_copy(sink->arena, buffer_text(&text));
    buffer_free(&text);
    return check_existing(analyzer, statement, analysis, error);
}

/* ---- INSERT INTO ... SELECT */

static bool find_target(const struct analyzer *analyzer, const struct tree_statement *statement, struct source **target,
                        struct error *error)
{
    struct source *source = catalog_find(analyzer->catalog, statement->name.name);
    struct span span = statement->name.span;
    if (!source) return catalog_no_source(analyzer->catalog, statement->name, error);
    if (source->kind != SOURCE_STREAM)
        return error_set(error, ERROR_STATEMENT, span,
                         "INSERT INTO ... SELECT writes to streams, and " TEXT_FMT " is a table",
                         TEXT_ARG(source->name));
    if (source->is_source)
        return error_set(error, ERROR_STATEMENT, span, TEXT_FMT " is a SOURCE stream: it is read only",
                         TEXT_ARG(source->name));
    for (uint32_t i = 0; i < source->schema.n; i++)
        if (source->schema.columns[i].role >= COLUMN_HEADERS)
            return error_set(error, ERROR_STATEMENT, span, TEXT_FMT " has header columns, which cannot be written",
                             TEXT_ARG(source->name));
    *target = source_retain(source);
    arena_defer(analyzer->arena, release_source, source);
    return true;
}

static bool schemas_differ(const struct tree_statement *statement, const struct analysis *analysis, struct error *error)
{
    struct arena *arena = arena_new();
    struct schema result = output_schema(arena, analysis);
    struct buffer a = BUFFER(440), b = BUFFER(440);
    schema_print(&a, &result);
    schema_print(&b, &analysis->sink->schema);
    error_set(error, ERROR_STATEMENT, statement->name.span,
              "the result of the query does not fit " TEXT_FMT ": it is (" TEXT_FMT "), and the stream has (" TEXT_FMT
              ")",
              TEXT_ARG(analysis->sink->name), TEXT_ARG(buffer_text(&a)), TEXT_ARG(buffer_text(&b)));
    buffer_free(&a);
    buffer_free(&b);
    arena_free(arena);
    return false;
}

/* Column by column: same name, same role, a type that is the target's or widens to it. */
static bool fit_columns(const struct analyzer *analyzer, const struct tree_statement *statement,
                        struct analysis *analysis, struct error *error)
{
    const struct schema *schema = &analysis->sink->schema;
    if (analysis->output.n != schema->n) return schemas_differ(statement, analysis, error);
    for (uint32_t i = 0; i < schema->n; i++) {
        struct output_column *column = &analysis->output.items[i];
        const struct schema_column *target = &schema->columns[i];
        if (!text_equal(column->name, target->name) || column->role != target->role)
            return schemas_differ(statement, analysis, error);
        if (type_equal(expr_type(column->expr), target->type)) continue;
        const struct expr *converted = expr_convert(analyzer->arena, column->expr, target->type);
        if (!converted) return schemas_differ(statement, analysis, error);
        column->expr = converted;
    }
    return true;
}

static const char *window_words(enum tree_window_kind window)
{
    static const char *const words[] = {"no window", "a TUMBLING window", "a HOPPING window", "a SESSION window"};
    return words[window];
}

/* A chosen id must be free, the result of a table is a table, and the window is a part of the key. */
static bool check_insert(const struct analyzer *analyzer, const struct tree_statement *statement,
                         const struct analysis *analysis, struct error *error)
{
    const struct with *with = &analysis->with;
    struct text id = text_upper(analyzer->arena, with->query_id);
    if (with->query_id.data && catalog_find_query(analyzer->catalog, id))
        return error_set(error, ERROR_STATEMENT, with_span(with, &with->query_id),
                         "there is a query " TEXT_FMT " already", TEXT_ARG(id));
    const struct source *from = analysis->from, *sink = analysis->sink;
    struct span span = statement->query->from.items[0]->span;
    if (from->kind != SOURCE_STREAM)
        return error_set(error, ERROR_STATEMENT, span,
                         "the result of a query over the table " TEXT_FMT " is a table, and " TEXT_FMT " is a stream",
                         TEXT_ARG(from->name), TEXT_ARG(sink->name));
    if (from->window == sink->window) return true;
    return error_set(error, ERROR_STATEMENT, span,
                     "the keys of " TEXT_FMT " have %s, and those of " TEXT_FMT " have %s: they must be alike",
                     TEXT_ARG(from->name), window_words(from->window), TEXT_ARG(sink->name),
                     window_words(sink->window));
}

static bool is_persistent_query(const struct tree_statement *statement, struct error *error)
{
    if (statement->query->has_limit)
        return error_set(error, ERROR_STATEMENT, statement->query->limit_span,
                         "LIMIT cannot be used in a query that does not end");
    if (statement->kind == STATEMENT_CREATE_TABLE_AS)
        return error_set(error, ERROR_NOT_SUPPORTED, statement->span,
                         "CREATE TABLE ... AS SELECT is not supported yet");
    return true;
}

bool analyze_persistent(const struct analyzer *analyzer, const struct tree_statement *statement,
                        struct analysis **result, struct error *error)
{
    bool insert = statement->kind == STATEMENT_INSERT_SELECT;
    struct source *target = NULL;
    struct with with;
    if (insert && !find_target(analyzer, statement, &target, error)) return false;
    if (!with_read(analyzer, &statement->properties, insert ? WITH_INSERT : WITH_CREATE_AS, &with, error)) return false;
    struct analysis *analysis;
    if (!analyze_query(analyzer, statement->query, insert ? QUERY_INSERT : QUERY_CREATE_AS, &analysis, error))
        return false;
    if (!is_persistent_query(statement, error)) return false;
    analysis->with = with;
    analysis->sink = target;
    *result = analysis;
    if (!insert) return create_as(analyzer, statement, analysis, error);
    return check_insert(analyzer, statement, analysis, error) && fit_columns(analyzer, statement, analysis, error);
}
