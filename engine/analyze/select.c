/* select.c - the select list: stars expanded, names given, key columns told from value columns.
 *
 *     SELECT *, address->*, price * 2, id AS order_id
 *
 * In a persistent query a column is a key where the item is a key column and nothing else (AS_VALUE(k) makes a value of
 * it), and every key column must be there once. In a push query all are values, and pseudo columns may be named.
 */
#include "engine/analyze/select.h"
#include "engine/analyze/scope.h"
#include "engine/base/settings.h"

struct selection {
    const struct analyzer *analyzer;
    struct analysis *analysis;
    struct query_scope scope;
    struct expr_scope names;
    struct namer namer;
    struct error *error;
};

static bool is_persistent(const struct analysis *analysis)
{
    return analysis->purpose == QUERY_CREATE_AS || analysis->purpose == QUERY_INSERT;
}

/* What is named may not have a pseudo column's name; a key of PARTITION BY ROWOFFSET keeps it under a star. */
static bool check_reserved(const struct selection *selection, struct text name, struct span span)
{
    if (!is_persistent(selection->analysis) || pseudo_column_find(name) == PSEUDO_NONE) return true;
    error_set(selection->error, ERROR_STATEMENT, span,
              TEXT_FMT " is the name of a pseudo column: a column of the result cannot have it", TEXT_ARG(name));
    return error_hint(selection->error, "give it another name with AS");
}

static bool is_as_value(const struct tree_expr *tree)
{
    return tree->kind == TREE_CALL && text_equal_nocase(tree->name.name, TEXT("AS_VALUE"));
}

/* The key column that the item is, as an index in `rekeyed`, or -1. */
static int32_t key_of(const struct selection *selection, const struct output_column *column)
{
    int32_t index = expr_column(column->expr);
    bool key = index >= 0 && selection->analysis->rekeyed.columns[index].role == COLUMN_KEY;
    return key && !is_as_value(column->tree) ? index : -1;
}

static void push(struct selection *selection, struct output_column column)
{
    bool key = is_persistent(selection->analysis) && key_of(selection, &column) >= 0;
    column.role = key ? COLUMN_KEY : COLUMN_VALUE;
    LIST_PUSH(selection->analyzer->arena, &selection->analysis->output, column);
}

static struct tree_expr *column_tree(struct arena *arena, struct text name, struct span span)
{
    struct tree_expr *tree = ARENA_MAKE(arena, struct tree_expr);
    *tree = (struct tree_expr){.kind = TREE_COLUMN, .depth = 1, .span = span, .name = {name, span}};
    return tree;
}

static void push_column(struct selection *selection, uint32_t index, struct span span)
{
    const struct schema_column *column = &selection->analysis->rekeyed.columns[index];
    struct arena *arena = selection->analyzer->arena;
    push(selection, (struct output_column){.name = column->name,
                                           .expr = expr_make_column(arena, index, column->type),
                                           .tree = column_tree(arena, column->name, span)});
}

/* Keys, then (in a push query over a windowed source) the window, then the rest. */
static void expand_all(struct selection *selection, struct span span)
{
    const struct schema *schema = &selection->analysis->rekeyed;
    for (uint32_t i = 0; i < schema->n; i++)
        if (schema->columns[i].role == COLUMN_KEY) push_column(selection, i, span);
    for (uint32_t i = 0; i < schema->n && !is_persistent(selection->analysis); i++)
        if (schema->columns[i].pseudo >= PSEUDO_WINDOWSTART) push_column(selection, i, span);
    for (uint32_t i = 0; i < schema->n; i++)
        if (schema->columns[i].role != COLUMN_KEY && schema->columns[i].role != COLUMN_PSEUDO)
            push_column(selection, i, span);
}

static bool expand_source_all(struct selection *selection, const struct tree_item *item)
{
    struct text alias = selection->analysis->alias;
    if (text_equal(item->qualifier.name, alias)) return expand_all(selection, item->span), true;
    return error_set(selection->error, ERROR_STATEMENT, item->span,
                     TEXT_FMT " is not a source of this query; its source is " TEXT_FMT, TEXT_ARG(item->qualifier.name),
                     TEXT_ARG(alias));
}

static bool expand_struct_all(struct selection *selection, const struct tree_item *item)
{
    const struct expr *whole;
    if (!expr_build(&selection->names, item->expr, &whole, selection->error)) return false;
    const struct type *type = expr_type(whole);
    if (type->kind != TYPE_STRUCT)
        return error_set(selection->error, ERROR_STATEMENT, item->span, "->* wants a STRUCT, and this is a %s",
                         type_kind_name(type->kind));
    for (uint32_t i = 0; i < type->n_fields; i++) {
        struct tree_expr *tree = ARENA_MAKE(selection->analyzer->arena, struct tree_expr);
        *tree = (struct tree_expr){.kind = TREE_FIELD,
                                   .depth = (uint16_t)(item->expr->depth + 1),
                                   .span = item->span,
                                   .name = {type->fields[i].name, item->span},
                                   .a = item->expr};
        struct output_column column = {.tree = tree};
        if (!expr_build(&selection->names, tree, &column.expr, selection->error)) return false;
        column.name = namer_name(&selection->namer, tree);
        if (!check_reserved(selection, column.name, item->span)) return false;
        push(selection, column);
    }
    return true;
}

static bool check_null(const struct selection *selection, const struct output_column *column)
{
    if (expr_type(column->expr)->kind != TYPE_NULL) return true;
    error_set(selection->error, ERROR_STATEMENT, column->tree->span, "a column needs a type, and NULL alone has none");
    return error_hint(selection->error, "write CAST(NULL AS STRING), or the type that it should have");
}

static bool add_expression(struct selection *selection, const struct tree_item *item)
{
    struct output_column column = {.tree = item->expr};
    if (!expr_build(&selection->names, item->expr, &column.expr, selection->error)) return false;
    if (!check_null(selection, &column)) return false;
    bool named = item->alias.name.data != NULL;
    int32_t key = key_of(selection, &column);
    bool made_key = key >= 0 && item->expr->kind != TREE_COLUMN; /* an expression of PARTITION BY */
    if (named)
        column.name = item->alias.name;
    else if (made_key && item->expr->kind == TREE_FIELD)
        column.name = selection->analysis->rekeyed.columns[key].name;
    else
        column.name = namer_name(&selection->namer, item->expr);
    if (!check_reserved(selection, column.name, named ? item->alias.span : item->span)) return false;
    push(selection, column);
    return true;
}

static bool add_item(struct selection *selection, const struct tree_item *item)
{
    switch (item->kind) {
    case TREE_ITEM_ALL: return expand_all(selection, item->span), true;
    case TREE_ITEM_SOURCE_ALL: return expand_source_all(selection, item);
    case TREE_ITEM_STRUCT_ALL: return expand_struct_all(selection, item);
    case TREE_ITEM_EXPR: break;
    }
    return add_expression(selection, item);
}

static bool check_duplicates(const struct selection *selection)
{
    struct map seen = {0};
    const struct output *output = &selection->analysis->output;
    bool ok = true;
    for (uint32_t i = 0; i < output->n && ok; i++)
        if (map_put(&seen, output->items[i].name, &seen)) {
            ok = error_set(selection->error, ERROR_STATEMENT, output->items[i].tree->span,
                           "the result would have two columns " TEXT_FMT, TEXT_ARG(output->items[i].name));
            error_hint(selection->error, "give one of them another name with AS");
        }
    map_free(&seen);
    return ok;
}

static bool key_twice(const struct selection *selection, uint32_t key, const struct output_column *a,
                      const struct output_column *b)
{
    error_set(selection->error, ERROR_STATEMENT, b->tree->span,
              "the key column " TEXT_FMT " is selected twice, as " TEXT_FMT " and as " TEXT_FMT,
              TEXT_ARG(selection->analysis->rekeyed.columns[key].name), TEXT_ARG(a->name), TEXT_ARG(b->name));
    return error_hint(selection->error, "AS_VALUE(" TEXT_FMT ") copies a key into a value column",
                      TEXT_ARG(selection->analysis->rekeyed.columns[key].name));
}

/* The output column that is this key, or NULL; an error if there are two. */
static bool find_key(const struct selection *selection, uint32_t key, const struct output_column **found)
{
    const struct output *output = &selection->analysis->output;
    *found = NULL;
    for (uint32_t i = 0; i < output->n; i++) {
        const struct output_column *column = &output->items[i];
        if (column->role != COLUMN_KEY || key_of(selection, column) != (int32_t)key) continue;
        if (*found) return key_twice(selection, key, *found, column);
        *found = column;
    }
    return true;
}

static bool check_keys(const struct selection *selection, const struct tree_query *query)
{
    const struct analysis *analysis = selection->analysis;
    bool optional = settings_bool(selection->analyzer->settings, OPTION_KEYS_OPTIONAL);
    for (uint32_t i = 0; i < analysis->rekeyed.n; i++) {
        if (analysis->rekeyed.columns[i].role != COLUMN_KEY) continue;
        const struct output_column *found;
        if (!find_key(selection, i, &found)) return false;
        if (found || optional) continue;
        struct text name = analysis->rekeyed.columns[i].name;
        error_set(selection->error, ERROR_STATEMENT, query->items.items[0]->span,
                  "the result lacks the key column " TEXT_FMT, TEXT_ARG(name));
        return error_hint(selection->error, "add it to SELECT; PARTITION BY NULL makes a stream without a key");
    }
    for (uint32_t i = 0; i < analysis->output.n; i++)
        if (analysis->output.items[i].role == COLUMN_VALUE) return true;
    return error_set(selection->error, ERROR_STATEMENT, query->items.items[0]->span,
                     "the result has key columns only: it needs at least one value column");
}

/* Keys to the front: in the order of the key that they come from, or as selected where any set of keys may be. */
static void sort_keys(struct selection *selection)
{
    struct analysis *analysis = selection->analysis;
    struct output sorted = {0}, *output = &analysis->output;
    struct arena *arena = selection->analyzer->arena;
    bool as_selected = settings_bool(selection->analyzer->settings, OPTION_KEYS_OPTIONAL);
    for (uint32_t key = 0; key < analysis->rekeyed.n && !as_selected; key++)
        for (uint32_t i = 0; i < output->n && analysis->rekeyed.columns[key].role == COLUMN_KEY; i++)
            if (output->items[i].role == COLUMN_KEY && expr_column(output->items[i].expr) == (int32_t)key)
                LIST_PUSH(arena, &sorted, output->items[i]);
    for (uint32_t i = 0; i < output->n && as_selected; i++)
        if (output->items[i].role == COLUMN_KEY) LIST_PUSH(arena, &sorted, output->items[i]);
    for (uint32_t i = 0; i < output->n; i++)
        if (output->items[i].role != COLUMN_KEY) LIST_PUSH(arena, &sorted, output->items[i]);
    *output = sorted;
}

static bool select_items(struct selection *selection, const struct tree_query *query)
{
    for (uint32_t i = 0; i < query->items.n; i++)
        if (!add_item(selection, query->items.items[i])) return false;
    if (!check_duplicates(selection)) return false;
    if (!is_persistent(selection->analysis)) return true;
    if (!check_keys(selection, query)) return false;
    sort_keys(selection);
    return true;
}

bool analyze_select(const struct analyzer *analyzer, const struct tree_query *query, struct analysis *analysis,
                    struct error *error)
{
    const struct tree_expr **keys = ARENA_ARRAY(analyzer->arena, const struct tree_expr *, analysis->partition_by.n);
    for (uint32_t i = 0; i < analysis->partition_by.n; i++) keys[i] = analysis->partition_by.items[i].tree;
    struct selection selection = {.analyzer = analyzer, .analysis = analysis, .error = error};
    selection.scope = (struct query_scope){.analyzer = analyzer,
                                           .schema = &analysis->rekeyed,
                                           .alias = analysis->alias,
                                           .clause = "SELECT",
                                           .keys = keys,
                                           .n_keys = analysis->has_partition_by ? analysis->partition_by.n : 0};
    selection.names = scope_of(&selection.scope);
    namer_init(&selection.namer, analyzer->arena, &analysis->from->schema);
    bool ok = select_items(&selection, query);
    namer_fini(&selection.namer);
    scope_fini(&selection.scope);
    return ok;
}
