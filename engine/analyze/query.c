/* query.c - the clauses of a SELECT: FROM, WHERE, PARTITION BY, LIMIT. The select list is in select.c, the sink in
 * sink.c.
 *
 *     SELECT name, price * 2 AS twice FROM orders WHERE price > 10 PARTITION BY name EMIT CHANGES
 *
 *     input      the columns of ORDERS, then ROWTIME, ROWPARTITION, ROWOFFSET      WHERE and PARTITION BY see these
 *     rekeyed    NAME as key, then what is left of the input                       the select list sees these
 *     output     NAME (key), TWICE
 *
 * What the dialect has and this version does not (joins, windows, aggregates) is refused by name, after what can be
 * checked was.
 */
#include "engine/analyze/scope.h"
#include "engine/analyze/select.h"
#include "engine/base/settings.h"

static void release_source(void *source)
{
    source_release(source);
}

static bool not_yet(struct span span, const char *what, struct error *error)
{
    return error_set(error, ERROR_NOT_SUPPORTED, span, "%s is not supported yet", what);
}

static bool resolve_from(const struct analyzer *analyzer, const struct tree_query *query, struct analysis *analysis,
                         struct error *error)
{
    for (uint32_t i = 0; i < query->from.n; i++)
        if (!catalog_find(analyzer->catalog, query->from.items[i]->source.name))
            return catalog_no_source(analyzer->catalog, query->from.items[i]->source, error);
    if (query->from.n > 1) return not_yet(query->from.items[1]->span, "JOIN", error);
    const struct tree_from *from = query->from.items[0];
    analysis->from = source_retain(catalog_find(analyzer->catalog, from->source.name));
    arena_defer(analyzer->arena, release_source, analysis->from);
    analysis->alias = from->alias.name.data ? from->alias.name : analysis->from->name;
    return true;
}

static bool check_clauses(const struct tree_query *query, const struct analysis *analysis, struct error *error)
{
    bool table = analysis->from->kind == SOURCE_TABLE;
    struct span by = query->partition_by.n ? query->partition_by.items[0]->span : query->span;
    if (query->window.kind != WINDOW_NONE && !query->has_group_by)
        return error_set(error, ERROR_STATEMENT, query->window.span, "WINDOW needs GROUP BY");
    if (query->having && !query->has_group_by)
        return error_set(error, ERROR_STATEMENT, query->having->span, "HAVING needs GROUP BY");
    if (query->has_partition_by && query->has_group_by)
        return error_set(error, ERROR_STATEMENT, by, "PARTITION BY and GROUP BY cannot stand together");
    if (query->has_partition_by && table)
        return error_set(error, ERROR_STATEMENT, by, "PARTITION BY is for streams, and " TEXT_FMT " is a table",
                         TEXT_ARG(analysis->from->name));
    if (query->has_partition_by && analysis->from->window != WINDOW_NONE)
        return error_set(error, ERROR_STATEMENT, by, "PARTITION BY cannot change the key of a windowed source");
    if (query->emit == EMIT_FINAL && query->window.kind == WINDOW_NONE)
        return error_set(error, ERROR_STATEMENT, query->span, "EMIT FINAL needs a windowed aggregation");
    if (query->window.kind != WINDOW_NONE) return not_yet(query->window.span, "WINDOW", error);
    if (query->has_group_by)
        return not_yet(query->group_by.n ? query->group_by.items[0]->span : query->span, "GROUP BY", error);
    return true;
}

/* The source's columns and the pseudo columns that it has. */
static struct schema input_schema(struct arena *arena, const struct source *source)
{
    static const struct {
        const char *name;
        const struct type *type;
        enum pseudo_column pseudo;
    } pseudo[] = {
        {"ROWTIME", &type_bigint, PSEUDO_ROWTIME},     {"ROWPARTITION", &type_integer, PSEUDO_ROWPARTITION},
        {"ROWOFFSET", &type_bigint, PSEUDO_ROWOFFSET}, {"WINDOWSTART", &type_bigint, PSEUDO_WINDOWSTART},
        {"WINDOWEND", &type_bigint, PSEUDO_WINDOWEND},
    };
    uint32_t n_pseudo = source->window == WINDOW_NONE ? 3 : 5, n = source->schema.n;
    struct schema_column *columns = ARENA_ARRAY(arena, struct schema_column, n + n_pseudo);
    memcpy(columns, source->schema.columns, n * sizeof *columns);
    for (uint32_t i = 0; i < n_pseudo; i++)
        columns[n + i] =
            (struct schema_column){text_of(pseudo[i].name), pseudo[i].type, COLUMN_PSEUDO, NO_TEXT, pseudo[i].pseudo};
    return (struct schema){columns, n + n_pseudo};
}

static bool analyze_where(const struct analyzer *analyzer, const struct tree_query *query, struct analysis *analysis,
                          struct error *error)
{
    if (!query->where) return true;
    struct query_scope scope = {
        .analyzer = analyzer, .schema = &analysis->input, .alias = analysis->alias, .clause = "WHERE"};
    struct expr_scope names = scope_of(&scope);
    analysis->where_tree = query->where;
    bool ok = expr_build_predicate(&names, query->where, &analysis->where, error);
    scope_fini(&scope);
    if (!ok) return false;
    if (analysis->from->kind == SOURCE_TABLE) return not_yet(query->where->span, "WHERE on a table", error);
    return true;
}

/* ---- PARTITION BY */

static bool check_partition_by(const struct tree_query *query, struct error *error)
{
    if (!query->partition_by.n)
        return error_set(error, ERROR_STATEMENT, query->span, "PARTITION BY needs at least one expression");
    for (uint32_t i = 0; i < query->partition_by.n && query->partition_by.n > 1; i++)
        if (query->partition_by.items[i]->kind == TREE_NULL)
            return error_set(error, ERROR_STATEMENT, query->partition_by.items[i]->span,
                             "PARTITION BY NULL stands alone: a key is either there or not");
    return true;
}

static bool build_partition_by(const struct analyzer *analyzer, const struct tree_query *query,
                               struct analysis *analysis, struct error *error)
{
    struct query_scope scope = {.analyzer = analyzer,
                                .schema = &analysis->input,
                                .alias = analysis->alias,
                                .clause = "PARTITION BY",
                                .hint = "PARTITION BY sees the columns of the source, not those of SELECT"};
    struct expr_scope names = scope_of(&scope);
    struct namer namer;
    namer_init(&namer, analyzer->arena, &analysis->from->schema);
    bool ok = true;
    for (uint32_t i = 0; i < query->partition_by.n && ok; i++) {
        const struct tree_expr *tree = query->partition_by.items[i];
        if (tree->kind == TREE_NULL) break;
        struct output_column key = {.role = COLUMN_KEY, .tree = tree};
        ok = expr_build(&names, tree, &key.expr, error);
        if (!ok) break;
        key.name = namer_name(&namer, tree);
        LIST_PUSH(analyzer->arena, &analysis->partition_by, key);
    }
    namer_fini(&namer);
    scope_fini(&scope);
    return ok;
}

/* PARTITION BY the key that is there already changes nothing. */
static bool is_same_key(const struct analysis *analysis)
{
    uint32_t n_keys = schema_count(&analysis->from->schema, COLUMN_KEY);
    if (!n_keys || analysis->partition_by.n != n_keys) return false;
    for (uint32_t i = 0; i < n_keys; i++)
        if (expr_column(analysis->partition_by.items[i].expr) != (int32_t)i) return false;
    return true;
}

/* A column that became a key as it is, is no longer among the others. */
static bool became_key(const struct analysis *analysis, uint32_t column)
{
    for (uint32_t i = 0; i < analysis->partition_by.n; i++)
        if (expr_column(analysis->partition_by.items[i].expr) == (int32_t)column) return true;
    return false;
}

static void add_rest(struct analysis *analysis, enum column_role role, struct schema_column *columns, uint32_t *n)
{
    for (uint32_t i = 0; i < analysis->input.n; i++) {
        const struct schema_column *column = &analysis->input.columns[i];
        bool header = column->role == COLUMN_HEADER || column->role == COLUMN_HEADERS;
        if ((header ? COLUMN_VALUE : column->role) != role || became_key(analysis, i)) continue;
        analysis->rekeyed_from[*n] = (int32_t)i;
        columns[*n] = *column;
        if (role == COLUMN_KEY) columns[*n].role = COLUMN_VALUE;
        ++*n;
    }
}

/* New keys, the values that are left, the old keys, the pseudo columns. */
static void make_rekeyed(const struct analyzer *analyzer, struct analysis *analysis)
{
    uint32_t most = analysis->partition_by.n + analysis->input.n, n = 0;
    struct schema_column *columns = ARENA_ARRAY(analyzer->arena, struct schema_column, most);
    analysis->rekeyed_from = ARENA_ARRAY(analyzer->arena, int32_t, most);
    for (uint32_t i = 0; i < analysis->partition_by.n; i++) {
        const struct output_column *key = &analysis->partition_by.items[i];
        analysis->rekeyed_from[n] = -1 - (int32_t)i;
        columns[n++] = (struct schema_column){.name = key->name, .type = expr_type(key->expr), .role = COLUMN_KEY};
    }
    add_rest(analysis, COLUMN_VALUE, columns, &n);
    add_rest(analysis, COLUMN_KEY, columns, &n);
    add_rest(analysis, COLUMN_PSEUDO, columns, &n);
    analysis->rekeyed = (struct schema){columns, n};
}

static bool analyze_partition_by(const struct analyzer *analyzer, const struct tree_query *query,
                                 struct analysis *analysis, struct error *error)
{
    analysis->rekeyed = analysis->input;
    if (!query->has_partition_by) return true;
    if (!check_partition_by(query, error) || !build_partition_by(analyzer, query, analysis, error)) return false;
    analysis->has_partition_by = !is_same_key(analysis);
    if (analysis->has_partition_by) make_rekeyed(analyzer, analysis);
    return true;
}

bool analyze_query(const struct analyzer *analyzer, const struct tree_query *query, enum query_purpose purpose,
                   struct analysis **result, struct error *error)
{
    struct analysis *analysis = ARENA_MAKE(analyzer->arena, struct analysis);
    analysis->purpose = purpose;
    analysis->has_limit = query->has_limit;
    analysis->limit = query->limit;
    if (!resolve_from(analyzer, query, analysis, error) || !check_clauses(query, analysis, error)) return false;
    if (query->has_limit && query->limit < 0)
        return error_set(error, ERROR_STATEMENT, query->limit_span, "LIMIT must not be negative");
    analysis->input = input_schema(analyzer->arena, analysis->from);
    if (!analyze_where(analyzer, query, analysis, error)) return false;
    if (!analyze_partition_by(analyzer, query, analysis, error)) return false;
    if (!analyze_select(analyzer, query, analysis, error)) return false;
    *result = analysis;
    return true;
}
