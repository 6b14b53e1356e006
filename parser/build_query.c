/* build_query.c - constructors of SELECT and its clauses, which all write into build->query. See build.h. */
#include "parser/build.h"
#include "engine/base/list.h"

void build_query_start(struct build *build, struct token start)
{
    build->query = ARENA_MAKE(build->arena, struct tree_query);
    build->query->span.start = start.span.start;
}

void build_query_end(struct build *build)
{
    build->query->span.end = build->end;
    build->statement->query = build->query;
}

static struct tree_item *push_item(struct build *build, enum tree_item_kind kind, uint32_t start)
{
    struct tree_item *item = ARENA_MAKE(build->arena, struct tree_item);
    item->kind = kind;
    item->span = (struct span){start, build->end};
    LIST_PUSH(build->arena, &build->query->items, item);
    return item;
}

void build_item(struct build *build, struct tree_expr *expr, struct tree_name alias)
{
    struct tree_item *item = push_item(build, TREE_ITEM_EXPR, expr->span.start);
    item->expr = expr;
    item->alias = alias;
}

void build_item_all(struct build *build, struct token star)
{
    push_item(build, TREE_ITEM_ALL, star.span.start);
}

void build_item_source_all(struct build *build, struct tree_name qualifier)
{
    push_item(build, TREE_ITEM_SOURCE_ALL, qualifier.span.start)->qualifier = qualifier;
}

void build_item_struct_all(struct build *build, struct tree_expr *expr)
{
    push_item(build, TREE_ITEM_STRUCT_ALL, expr->span.start)->expr = expr;
}

static struct tree_from *last_source(struct build *build)
{
    return build->query->from.items[build->query->from.n - 1];
}

void build_source(struct build *build, struct tree_name source, struct tree_name alias)
{
    struct tree_from *from = ARENA_MAKE(build->arena, struct tree_from);
    from->source = source;
    from->alias = alias;
    from->span = (struct span){source.span.start, build->end};
    LIST_PUSH(build->arena, &build->query->from, from);
}

void build_within(struct build *build, struct tree_duration before, struct tree_duration after)
{
    last_source(build)->before = before;
    last_source(build)->after = after;
}

void build_within_grace(struct build *build, struct tree_duration grace)
{
    last_source(build)->grace = grace;
}

void build_join(struct build *build, enum tree_join_kind kind, struct tree_expr *on)
{
    struct tree_from *from = last_source(build);
    from->join = kind;
    from->on = on;
    from->span.end = build->end;
}

void build_window(struct build *build, enum tree_window_kind kind, struct token start, struct tree_duration size)
{
    struct tree_window *window = &build->query->window;
    window->kind = kind;
    window->size = size;
    window->span = (struct span){start.span.start, build->end};
}

void build_group_by(struct build *build, struct tree_exprs *exprs)
{
    build->query->has_group_by = true;
    if (exprs) build->query->group_by = *exprs;
}

void build_partition_by(struct build *build, struct tree_exprs *exprs)
{
    build->query->has_partition_by = true;
    if (exprs) build->query->partition_by = *exprs;
}

void build_limit(struct build *build, struct tree_expr *number)
{
    build->query->has_limit = true;
    build->query->limit = number->integer;
    build->query->limit_span = number->span;
}

struct tree_duration build_duration(struct build *build, struct tree_expr *number, enum tree_unit unit)
{
    return (struct tree_duration){number->integer, unit, {number->span.start, build->end}};
}
