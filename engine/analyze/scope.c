/* scope.c - resolving names, and making up names for columns that have none. */
#include "engine/analyze/scope.h"
#include "parser/print.h"

static bool no_column(const struct query_scope *scope, const struct tree_expr *column, struct error *error)
{
    struct text names[64];
    size_t n = 0;
    for (uint32_t i = 0; i < scope->schema->n && n < 64; i++) names[n++] = scope->schema->columns[i].name;
    error_set(error, ERROR_STATEMENT, column->span, "%s: there is no column " TEXT_FMT "%s" TEXT_FMT, scope->clause,
              TEXT_ARG(column->name.name), scope->alias.data ? " in " : "", TEXT_ARG(scope->alias));
    struct text nearest = text_nearest(column->name.name, names, n);
    if (scope->hint)
        error_hint(error, "%s", scope->hint);
    else if (nearest.data)
        error_hint(error, "the nearest name is " TEXT_FMT, TEXT_ARG(nearest));
    return false;
}

static bool resolve(void *context, const struct tree_expr *column, uint32_t *index, const struct type **type,
                    struct error *error)
{
    struct query_scope *scope = context;
    if (column->qualifier.name.data && !text_equal(column->qualifier.name, scope->alias)) {
        error_set(error, ERROR_STATEMENT, column->qualifier.span, "%s: " TEXT_FMT " is not a source of this query",
                  scope->clause, TEXT_ARG(column->qualifier.name));
        return error_hint(error, "its source is " TEXT_FMT "; a field of a struct is written a->b",
                          TEXT_ARG(scope->alias));
    }
    if (!scope->names.n) schema_index(scope->schema, &scope->names);
    int32_t found = schema_index_find(scope->schema, &scope->names, column->name.name);
    if (found < 0) return no_column(scope, column, error);
    *index = (uint32_t)found;
    *type = scope->schema->columns[found].type;
    return true;
}

static bool substitute(void *context, const struct tree_expr *tree, uint32_t *index, const struct type **type)
{
    const struct query_scope *scope = context;
    for (uint32_t i = 0; i < scope->n_keys; i++) {
        if (!tree_same(scope->keys[i], tree)) continue;
        *index = i;
        *type = scope->schema->columns[i].type;
        return true;
    }
    return false;
}

static const struct type *named_type(void *context, struct text name)
{
    const struct query_scope *scope = context;
    return catalog_find_type(scope->analyzer->catalog, name);
}

struct expr_scope scope_of(struct query_scope *scope)
{
    return (struct expr_scope){
        .arena = scope->analyzer->arena,
        .settings = scope->analyzer->settings,
        .clause = scope->clause,
        .context = scope,
        .resolve = resolve,
        .substitute = scope->n_keys ? substitute : NULL,
        .named_type = named_type,
    };
}

void scope_fini(struct query_scope *scope)
{
    map_free(&scope->names);
}

bool tree_same(const struct tree_expr *a, const struct tree_expr *b)
{
    if (a->kind != b->kind || a->depth != b->depth) return false;
    struct buffer x = BUFFER(4 << 20), y = BUFFER(4 << 20);
    print_expression(&x, a);
    print_expression(&y, b);
    bool same = !x.overflow && text_equal(buffer_text(&x), buffer_text(&y));
    buffer_free(&x);
    buffer_free(&y);
    return same;
}

void namer_init(struct namer *namer, struct arena *arena, const struct schema *schema)
{
    *namer = (struct namer){.arena = arena};
    for (uint32_t i = 0; i < schema->n; i++) map_put(&namer->taken, schema->columns[i].name, namer);
}

void namer_fini(struct namer *namer)
{
    map_free(&namer->taken);
}

static bool take(struct namer *namer, struct text name)
{
    if (map_get(&namer->taken, name)) return false;
    map_put(&namer->taken, name, namer);
    return true;
}

struct text namer_expression(struct namer *namer)
{
    struct text name;
    do name = text_printf(namer->arena, "KSQL_COL_%u", namer->next++);
    while (!take(namer, name));
    return name;
}

struct text namer_field(struct namer *namer, struct text field)
{
    struct text name = field;
    for (uint32_t i = 1; !take(namer, name); i++) name = text_printf(namer->arena, TEXT_FMT "_%u", TEXT_ARG(field), i);
    return name;
}

struct text namer_name(struct namer *namer, const struct tree_expr *tree)
{
    if (tree->kind == TREE_COLUMN) return tree->name.name;
    if (tree->kind == TREE_FIELD) return namer_field(namer, tree->name.name);
    return namer_expression(namer);
}
