/* create.c - CREATE STREAM, CREATE TABLE and ALTER: columns and WITH to a source.
 *
 *     CREATE STREAM orders (id INT KEY, at BIGINT, price DECIMAL(8, 2), h BYTES HEADER('trace'))
 *       WITH (KAFKA_TOPIC = 'orders', VALUE_FORMAT = 'JSON', TIMESTAMP = 'at');
 *
 * The schema has the key columns first, then the others as declared.
 */
#include "engine/analyze/analyze.h"
#include "engine/base/map.h"
#include "engine/base/settings.h"
#include "parser/print.h"
#include <stdlib.h>

static const struct type *named_type(void *context, struct text name)
{
    const struct analyzer *analyzer = context;
    return catalog_find_type(analyzer->catalog, name);
}

static bool resolve_type(const struct analyzer *analyzer, struct arena *arena, const struct tree_type *tree,
                         const struct type **type, struct error *error)
{
    struct expr_scope scope = {.arena = arena,
                               .settings = analyzer->settings,
                               .clause = "column list",
                               .context = (void *)analyzer,
                               .named_type = named_type};
    return expr_resolve_type(&scope, tree, type, error);
}

/* ---- names */

bool check_source_name(struct tree_name name, struct error *error)
{
    for (size_t i = 0; i < name.name.len; i++) {
        char c = name.name.data[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-')
            continue;
        error_set(error, ERROR_STATEMENT, name.span, "'" TEXT_FMT "' cannot be the name of a stream or a table",
                  TEXT_ARG(name.name));
        return error_hint(error, "letters, digits, underscores and dashes are allowed");
    }
    return true;
}

/* ---- columns */

static bool check_name(const struct tree_column *column, struct error *error)
{
    if (pseudo_column_find(column->name.name) == PSEUDO_NONE) return true;
    return error_set(error, ERROR_STATEMENT, column->name.span,
                     TEXT_FMT " is the name of a pseudo column and cannot be that of a column",
                     TEXT_ARG(column->name.name));
}

static bool is_headers_type(const struct type *type)
{
    if (type->kind != TYPE_ARRAY || type->element->kind != TYPE_STRUCT || type->element->n_fields != 2) return false;
    const struct type_field *fields = type->element->fields;
    return text_equal(fields[0].name, TEXT("KEY")) && fields[0].type->kind == TYPE_STRING &&
           text_equal(fields[1].name, TEXT("VALUE")) && fields[1].type->kind == TYPE_BYTES;
}

static bool check_role(const struct analyzer *analyzer, const struct tree_column *column, enum source_kind kind,
                       struct error *error)
{
    bool key = column->role == TREE_KEY || column->role == TREE_PRIMARY_KEY;
    bool header = column->role == TREE_HEADERS || column->role == TREE_HEADER;
    if (header && !settings_bool(analyzer->settings, OPTION_HEADERS_ENABLED))
        return error_set(error, ERROR_STATEMENT, column->span,
                         "header columns are switched off (ksql.headers.columns.enabled)");
    if (!key || (column->role == TREE_PRIMARY_KEY) == (kind == SOURCE_TABLE)) return true;
    error_set(error, ERROR_STATEMENT, column->span, "%s",
              kind == SOURCE_TABLE ? "a table's key column is a PRIMARY KEY, not a KEY"
                                   : "a stream's key column is a KEY, not a PRIMARY KEY");
    return false;
}

static bool check_header_type(const struct schema_column *column, struct span span, struct error *error)
{
    struct buffer got = BUFFER(400);
    type_print(&got, column->type);
    bool ok = true;
    if (column->role == COLUMN_HEADERS && !is_headers_type(column->type))
        ok = error_set(error, ERROR_STATEMENT, span,
                       "a HEADERS column is an ARRAY<STRUCT<KEY STRING, VALUE BYTES>>, and not " TEXT_FMT,
                       TEXT_ARG(buffer_text(&got)));
    if (column->role == COLUMN_HEADER && column->type->kind != TYPE_BYTES)
        ok = error_set(error, ERROR_STATEMENT, span, "a HEADER('" TEXT_FMT "') column is BYTES, and not " TEXT_FMT,
                       TEXT_ARG(column->header_key), TEXT_ARG(buffer_text(&got)));
    buffer_free(&got);
    return ok;
}

static enum column_role role_of(enum tree_role role)
{
    switch (role) {
    case TREE_KEY:
    case TREE_PRIMARY_KEY: return COLUMN_KEY;
    case TREE_HEADERS: return COLUMN_HEADERS;
    case TREE_HEADER: return COLUMN_HEADER;
    case TREE_VALUE: break;
    }
    return COLUMN_VALUE;
}

/* What the columns so far stand for: their names, the headers' keys, all headers; and how large they are together. */
struct taken {
    struct map names, header_keys;
    bool headers;
    uint64_t size;
};

static void take(struct taken *taken, const struct schema_column *column)
{
    map_put(&taken->names, column->name, taken);
    if (column->role == COLUMN_HEADER) map_put(&taken->header_keys, column->header_key, taken);
    taken->headers |= column->role == COLUMN_HEADERS;
    taken->size += column->type->size;
}

/* No two columns of one name, no two for the same header. */
static bool check_unique(const struct taken *taken, const struct schema_column *column, const struct tree_column *tree,
                         struct error *error)
{
    if (map_get(&taken->names, column->name))
        return error_set(error, ERROR_STATEMENT, tree->name.span, "there are two columns " TEXT_FMT,
                         TEXT_ARG(column->name));
    if (column->role < COLUMN_HEADERS) return true;
    if (taken->headers || (column->role == COLUMN_HEADERS && taken->header_keys.n))
        return error_set(error, ERROR_STATEMENT, tree->span,
                         "a HEADERS column stands for all headers: there can be one, and no HEADER column beside it");
    if (column->role == COLUMN_HEADER && map_get(&taken->header_keys, column->header_key))
        return error_set(error, ERROR_STATEMENT, tree->span, "there are two columns for the header '" TEXT_FMT "'",
                         TEXT_ARG(column->header_key));
    return true;
}

static bool make_column(const struct analyzer *analyzer, const struct tree_column *tree, const struct source *source,
                        struct schema_column *column, struct error *error)
{
    if (!check_name(tree, error) || !check_role(analyzer, tree, source->kind, error)) return false;
    column->name = text_copy(source->arena, tree->name.name);
    column->role = role_of(tree->role);
    column->header_key = text_copy(source->arena, tree->header_key);
    if (!resolve_type(analyzer, source->arena, tree->type, &column->type, error)) return false;
    return check_header_type(column, tree->span, error);
}

/* Adds the columns of the tree that are keys (or are not) behind the first *n. */
static bool add_columns(const struct analyzer *analyzer, const struct tree_statement *statement, struct source *source,
                        bool keys, struct schema_column *columns, uint32_t *n, struct error *error)
{
    struct taken taken = {0};
    bool ok = true;
    for (uint32_t i = 0; i < *n; i++) take(&taken, &columns[i]);
    for (uint32_t i = 0; i < statement->columns.n; i++) {
        const struct tree_column *tree = statement->columns.items[i];
        if ((role_of(tree->role) == COLUMN_KEY) != keys) continue;
        struct schema_column *column = &columns[*n];
        ok = make_column(analyzer, tree, source, column, error) && check_unique(&taken, column, tree, error) &&
             type_check_total(taken.size + column->type->size, tree->type->span, error);
        if (!ok) break;
        column->type = type_copy(source->arena, column->type);
        take(&taken, &columns[(*n)++]);
    }
    map_free(&taken.names);
    map_free(&taken.header_keys);
    return ok;
}

static bool build_schema(const struct analyzer *analyzer, const struct tree_statement *statement, struct source *source,
                         struct error *error)
{
    struct schema_column *columns = ARENA_ARRAY(source->arena, struct schema_column, statement->columns.n);
    source->schema.columns = columns;
    if (!add_columns(analyzer, statement, source, true, columns, &source->schema.n, error)) return false;
    if (!add_columns(analyzer, statement, source, false, columns, &source->schema.n, error)) return false;
    if (source->kind == SOURCE_TABLE && !schema_count(&source->schema, COLUMN_KEY)) {
        error_set(error, ERROR_STATEMENT, statement->name.span,
                  "a table needs a PRIMARY KEY, and " TEXT_FMT " has none", TEXT_ARG(source->name));
        return error_hint(error, "mark the column that holds the record's key: id INT PRIMARY KEY");
    }
    return true;
}

/* ---- formats */

/* Where the format of the part was given, or `otherwise`. */
static struct span format_span(const struct with *with, enum serde_part part, struct span otherwise)
{
    struct span own = with_span(with, part == SERDE_KEY ? &with->key_format : &with->value_format),
                both = with_span(with, &with->format);
    return own.end ? own : both.end ? both : otherwise;
}

static bool check_part(const struct source *source, const struct with *with, enum serde_part part, struct span span,
                       struct error *error)
{
    const struct schema *schema = &source->schema;
    const struct serde_spec *spec = part == SERDE_KEY ? &source->key : &source->value;
    enum column_role role = part == SERDE_KEY ? COLUMN_KEY : COLUMN_VALUE;
    struct schema_column *columns = heap_alloc((schema->n + 1) * sizeof *columns);
    uint32_t n = 0;
    for (uint32_t i = 0; i < schema->n; i++)
        if (schema->columns[i].role == role) columns[n++] = schema->columns[i];
    bool ok = (n == 0 && part == SERDE_KEY) || serde_check(spec, columns, n, error);
    free(columns);
    if (!ok) error->span = format_span(with, part, span);
    return ok;
}

static bool check_keys(const struct schema *schema, struct span span, struct error *error)
{
    for (uint32_t i = 0; i < schema->n; i++) {
        const struct schema_column *column = &schema->columns[i];
        if (column->role != COLUMN_KEY || !type_contains_map(column->type)) continue;
        struct buffer type = BUFFER(500);
        type_print(&type, column->type);
        error_set(error, ERROR_STATEMENT, span,
                  "the key column " TEXT_FMT " is a " TEXT_FMT
                  ": a key may not contain a MAP, whose entries have no order and so no "
                  "single form in bytes",
                  TEXT_ARG(column->name), TEXT_ARG(buffer_text(&type)));
        buffer_free(&type);
        return false;
    }
    return true;
}

bool check_formats(const struct source *source, const struct with *with, struct span span, struct error *error)
{
    return check_keys(&source->schema, span, error) && check_part(source, with, SERDE_KEY, span, error) &&
           check_part(source, with, SERDE_VALUE, span, error);
}

/* ---- windows */

static bool window_duration(struct text text, int64_t *ms)
{
    static const struct {
        struct text name;
        int64_t ms;
    } units[] = {
        {TEXT("MILLISECOND"), 1}, {TEXT("SECOND"), 1000},  {TEXT("MINUTE"), 60000},
        {TEXT("HOUR"), 3600000},  {TEXT("DAY"), 86400000},
    };
    text = text_trim(text);
    int64_t n = 0;
    size_t at = 0;
    while (at < text.len && text.data[at] >= '0' && text.data[at] <= '9' && n < INT64_MAX / 1000)
        n = n * 10 + (text.data[at++] - '0');
    struct text unit = text_trim((struct text){text.data + at, text.len - at});
    if (at == 0 || n == 0) return false;
    if (unit.len && (unit.data[unit.len - 1] | 0x20) == 's') unit.len--;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (text_equal_nocase(unit, units[i].name)) return !__builtin_mul_overflow(n, units[i].ms, ms);
    return false;
}

static bool set_window(const struct with *with, struct source *source, struct error *error)
{
    struct span span = with_span(with, &with->window_type), size_span = with_span(with, &with->window_size);
    if (with->window_size.data && (!with->window_type.data || text_equal(with->window_type, TEXT("SESSION"))))
        return error_set(error, ERROR_STATEMENT, size_span,
                         "WINDOW_SIZE goes with WINDOW_TYPE TUMBLING or HOPPING only");
    if (!with->window_type.data) return true;
    source->window = text_equal(with->window_type, TEXT("SESSION"))    ? WINDOW_SESSION
                     : text_equal(with->window_type, TEXT("TUMBLING")) ? WINDOW_TUMBLING
                                                                       : WINDOW_HOPPING;
    if (!schema_count(&source->schema, COLUMN_KEY))
        return error_set(error, ERROR_STATEMENT, span, "WINDOW_TYPE needs a key column: the window is part of the key");
    if (source->window == WINDOW_SESSION) return true;
    if (!with->window_size.data)
        return error_set(error, ERROR_STATEMENT, span, "a " TEXT_FMT " window needs WINDOW_SIZE",
                         TEXT_ARG(with->window_type));
    if (window_duration(with->window_size, &source->window_size_ms)) return true;
    return error_set(error, ERROR_STATEMENT, size_span, "WINDOW_SIZE is a number and a unit, as in '10 SECONDS'");
}

/* ---- statements */

static bool infers(const struct serde_spec *spec)
{
    return spec->format->flags & FORMAT_INFERS;
}

/* Without columns the schema would come from a registry. */
static bool check_has_columns(const struct tree_statement *statement, const struct source *source, struct error *error)
{
    if (source->key.schema_id || source->value.schema_id || (!statement->columns.n && infers(&source->value)))
        return error_set(error, ERROR_NOT_SUPPORTED, statement->name.span,
                         "taking columns from a schema registry is not supported yet: write the column list");
    if (statement->columns.n) return true;
    error_set(error, ERROR_STATEMENT, statement->name.span,
              "the statement has no columns, and %s has no schema to take them from", source->value.format->name);
    return error_hint(error, "write them behind the name: " TEXT_FMT " (id INT KEY, name STRING)",
                      TEXT_ARG(source->name));
}

static uint32_t count_role(const struct tree_statement *statement, enum column_role role)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < statement->columns.n; i++) n += role_of(statement->columns.items[i]->role) == role;
    return n;
}

static bool fill(const struct analyzer *analyzer, const struct tree_statement *statement, struct with *with,
                 struct source *source, struct error *error)
{
    if (!check_source_name(statement->name, error)) return false;
    if (!with_read(analyzer, &statement->properties, WITH_CREATE, with, error)) return false;
    if (!with->topic.data || !with->topic.len) {
        error_set(error, ERROR_STATEMENT, statement->name.span, "the statement lacks KAFKA_TOPIC");
        return error_hint(error, "add WITH (KAFKA_TOPIC = 'name', ...)");
    }
    source->topic = text_copy(source->arena, with->topic);
    uint32_t n_keys = count_role(statement, COLUMN_KEY), n_values = count_role(statement, COLUMN_VALUE);
    if (!with_serde(analyzer, with, SERDE_KEY, NULL, n_keys, &source->key, error) ||
        !with_serde(analyzer, with, SERDE_VALUE, NULL, n_values, &source->value, error)) {
        if (!error->span.end) error->span = statement->name.span;
        return false;
    }
    source->key.schema_name = text_copy(source->arena, source->key.schema_name);
    source->value.schema_name = text_copy(source->arena, source->value.schema_name);
    if (!check_has_columns(statement, source, error)) return false;
    if (!build_schema(analyzer, statement, source, error)) return false;
    if (!check_formats(source, with, statement->name.span, error)) return false;
    return with_timestamp(with, source, error) && set_window(with, source, error);
}

static struct text canonical(struct arena *arena, const struct tree_statement *statement)
{
    struct buffer text = BUFFER(2 << 20);
    print_statement(&text, statement);
    buffer_append_char(&text, ';');
    struct text copy = text_copy(arena, buffer_text(&text));
    buffer_free(&text);
    return copy;
}

static bool check_replace(const struct analyzer *analyzer, const struct tree_statement *statement,
                          const struct source *source, struct error *error)
{
    const struct source *now = catalog_find(analyzer->catalog, source->name);
    struct span span = statement->name.span;
    if (statement->or_replace && !settings_bool(analyzer->settings, OPTION_OR_REPLACE_ENABLED))
        return error_set(error, ERROR_STATEMENT, span,
                         "CREATE OR REPLACE is switched off (ksql.create.or.replace.enabled)");
    if (statement->or_replace && source->is_source)
        return error_set(error, ERROR_STATEMENT, span, "a SOURCE %s is read only: OR REPLACE cannot be used for it",
                         source_kind_name(source->kind));
    if (!now || statement->if_not_exists) return true;
    if (statement->or_replace) return source_check_upgrade(now, source, span, error);
    error_set(error, ERROR_STATEMENT, span, "there is a %s " TEXT_FMT " already", source_kind_name(now->kind),
              TEXT_ARG(now->name));
    return error_hint(error, "drop it first, or write IF NOT EXISTS or OR REPLACE");
}

/* What a query made stays what that query made: it still goes with it. */
static void keep_origin(struct source *source, const struct source *now)
{
    struct text *reads = ARENA_ARRAY(source->arena, struct text, now->n_reads);
    for (uint32_t i = 0; i < now->n_reads; i++) reads[i] = text_copy(source->arena, now->reads[i]);
    source->created_by = text_copy(source->arena, now->created_by);
    source->reads = reads;
    source->n_reads = now->n_reads;
}

bool analyze_create(const struct analyzer *analyzer, const struct tree_statement *statement, struct with *with,
                    struct source **result, struct error *error)
{
    struct source *source = source_new();
    source->kind = statement->kind == STATEMENT_CREATE_STREAM ? SOURCE_STREAM : SOURCE_TABLE;
    source->name = text_copy(source->arena, statement->name.name);
    source->is_source = statement->is_source;
    source->sql = canonical(source->arena, statement);
    const struct source *now = catalog_find(analyzer->catalog, source->name);
    if (now && statement->or_replace) keep_origin(source, now);
    bool ok = fill(analyzer, statement, with, source, error) && check_replace(analyzer, statement, source, error);
    if (ok && source->is_source && !settings_bool(analyzer->settings, OPTION_SOURCE_TABLE_ENABLED))
        ok = error_set(error, ERROR_STATEMENT, statement->name.span,
                       "CREATE SOURCE is switched off (ksql.source.table.materialization.enabled)");
    if (!ok) {
        source_release(source);
        return false;
    }
    *result = source;
    return true;
}

static struct source *copy_for_alter(const struct source *now, uint32_t n_added)
{
    struct source *source = source_new();
    struct arena *arena = source->arena;
    uint32_t references = 1;
    *source = *now;
    source->arena = arena;
    atomic_init(&source->references, references);
    source->name = text_copy(arena, now->name);
    source->topic = text_copy(arena, now->topic);
    source->timestamp_format = text_copy(arena, now->timestamp_format);
    keep_origin(source, now);
    source->key.schema_name = text_copy(arena, now->key.schema_name);
    source->value.schema_name = text_copy(arena, now->value.schema_name);
    struct schema copy = schema_copy(arena, &now->schema);
    struct schema_column *columns = ARENA_ARRAY(arena, struct schema_column, now->schema.n + n_added);
    if (copy.n) memcpy(columns, copy.columns, copy.n * sizeof *columns);
    source->schema = (struct schema){columns, copy.n};
    return source;
}

static bool check_alter(const struct analyzer *analyzer, const struct tree_statement *statement,
                        const struct source *now, struct error *error)
{
    enum source_kind kind = statement->kind == STATEMENT_ALTER_STREAM ? SOURCE_STREAM : SOURCE_TABLE;
    struct span span = statement->name.span;
    if (!now) return catalog_no_source(analyzer->catalog, statement->name, error);
    if (now->kind != kind)
        return error_set(error, ERROR_STATEMENT, span, TEXT_FMT " is a %s: write ALTER %s", TEXT_ARG(now->name),
                         source_kind_name(now->kind), source_kind_keyword(now->kind));
    if (now->is_source)
        return error_set(error, ERROR_STATEMENT, span, "a SOURCE %s is read only: it cannot be altered",
                         source_kind_name(kind));
    if (now->created_by.data) {
        error_set(error, ERROR_STATEMENT, span,
                  TEXT_FMT " is made by the query " TEXT_FMT ", which decides its columns", TEXT_ARG(now->name),
                  TEXT_ARG(now->created_by));
        return error_hint(error, "use CREATE OR REPLACE %s ... AS SELECT", source_kind_keyword(kind));
    }
    return true;
}

/* The CREATE statement that would make the altered source, so that its text stays true. */
static struct text altered_sql(struct arena *arena, const struct source *now, const struct tree_statement *statement)
{
    struct buffer text = BUFFER(4 << 20);
    buffer_append_text(&text, now->sql);
    buffer_append_char(&text, ' ');
    print_statement(&text, statement);
    buffer_append_char(&text, ';');
    struct text copy = text_copy(arena, buffer_text(&text));
    buffer_free(&text);
    return copy;
}

bool analyze_alter(const struct analyzer *analyzer, const struct tree_statement *statement, struct source **result,
                   struct error *error)
{
    const struct source *now = catalog_find(analyzer->catalog, statement->name.name);
    if (!check_alter(analyzer, statement, now, error)) return false;
    struct source *source = copy_for_alter(now, statement->columns.n);
    struct schema_column *columns = (struct schema_column *)source->schema.columns;
    bool ok = add_columns(analyzer, statement, source, false, columns, &source->schema.n, error);
    struct with none = {0};
    ok = ok && check_formats(source, &none, statement->name.span, error);
    if (!ok) {
        source_release(source);
        return false;
    }
    source->sql = altered_sql(source->arena, now, statement);
    *result = source;
    return true;
}
