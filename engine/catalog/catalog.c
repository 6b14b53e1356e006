/* catalog.c - the maps of what there is, and the rules of who may go. */
#include "engine/catalog/catalog.h"
#include <stdio.h>
#include <stdlib.h>

struct source *source_new(void)
{
    struct arena *arena = arena_new();
    struct source *source = ARENA_MAKE(arena, struct source);
    source->arena = arena;
    atomic_init(&source->references, 1);
    source->timestamp_column = -1;
    return source;
}

struct source *source_retain(struct source *source)
{
    atomic_fetch_add_explicit(&source->references, 1, memory_order_relaxed);
    return source;
}

void source_release(struct source *source)
{
    if (!source || atomic_fetch_sub_explicit(&source->references, 1, memory_order_acq_rel) != 1) return;
    arena_free(source->arena);
}

const char *source_kind_name(enum source_kind kind)
{
    return kind == SOURCE_STREAM ? "stream" : "table";
}

const char *source_kind_keyword(enum source_kind kind)
{
    return kind == SOURCE_STREAM ? "STREAM" : "TABLE";
}

void catalog_init(struct catalog *catalog)
{
    *catalog = (struct catalog){0};
}

void catalog_fini(struct catalog *catalog)
{
    void *item;
    for (uint32_t i = 0; map_at(&catalog->sources, i, NULL, &item); i++) source_release(item);
    for (uint32_t i = 0; map_at(&catalog->types, i, NULL, &item); i++) arena_free(((struct named_type *)item)->arena);
    map_free(&catalog->sources);
    map_free(&catalog->types);
    map_free(&catalog->queries);
}

struct source *catalog_find(const struct catalog *catalog, struct text name)
{
    return map_get(&catalog->sources, name);
}

const struct type *catalog_find_type(const struct catalog *catalog, struct text name)
{
    const struct named_type *named = map_get(&catalog->types, name);
    return named ? named->type : NULL;
}

bool catalog_no_source(const struct catalog *catalog, struct tree_name name, struct error *error)
{
    error_set(error, ERROR_STATEMENT, name.span, "there is no stream or table " TEXT_FMT, TEXT_ARG(name.name));
    struct text other;
    for (uint32_t i = 0; map_at(&catalog->sources, i, &other, NULL); i++)
        if (text_equal_nocase(other, name.name))
            return error_hint(
                error, "there is one called " TEXT_FMT ": names in quotes keep their case, others are upper-cased",
                TEXT_ARG(other));
    unsigned best = (unsigned)(name.name.len / 3) + 1;
    for (uint32_t i = 0; map_at(&catalog->sources, i, &other, NULL); i++) {
        unsigned distance = text_distance(name.name, other, best);
        if (distance >= best) continue;
        best = distance;
        error_hint(error, "the nearest name is " TEXT_FMT, TEXT_ARG(other));
    }
    return false;
}

void catalog_put(struct catalog *catalog, struct source *source)
{
    source_release(map_put(&catalog->sources, source->name, source));
}

/* "CSAS_A_1, CSAS_B_2": the queries that read (or write) a source, but for `except`. */
static bool users(const struct catalog *catalog, struct text name, bool writers, struct text except, struct buffer *out)
{
    void *item;
    bool any = false;
    for (uint32_t i = 0; map_at(&catalog->queries, i, NULL, &item); i++) {
        const struct query_entry *query = item;
        bool uses = writers && text_equal(query->sink, name);
        for (uint32_t j = 0; j < query->n_reads && !writers; j++) uses |= text_equal(query->reads[j], name);
        if (!uses || (except.data && text_equal(query->id, except))) continue;
        buffer_printf(out, "%s" TEXT_FMT, any ? ", " : "", TEXT_ARG(query->id));
        any = true;
    }
    return any;
}

bool catalog_check_drop(const struct catalog *catalog, const struct source *source, struct span span,
                        struct error *error)
{
    struct buffer readers = BUFFER(900), writers = BUFFER(900);
    bool read = users(catalog, source->name, false, NO_TEXT, &readers);
    bool written = users(catalog, source->name, true, source->created_by, &writers);
    if (read || written) {
        struct text r = buffer_text(&readers), w = buffer_text(&writers);
        error_set(error, ERROR_STATEMENT, span, TEXT_FMT " is in use%s" TEXT_FMT "%s" TEXT_FMT, TEXT_ARG(source->name),
                  read ? "; read by " : "", TEXT_ARG(r), written ? "; written by " : "", TEXT_ARG(w));
        error_hint(error, "TERMINATE these queries first");
    }
    buffer_free(&readers);
    buffer_free(&writers);
    return !read && !written;
}

void catalog_remove(struct catalog *catalog, struct text name)
{
    source_release(map_remove(&catalog->sources, name));
}

static void free_type(struct named_type *named)
{
    if (named) arena_free(named->arena);
}

void catalog_put_type(struct catalog *catalog, struct text name, const struct type *type)
{
    struct arena *arena = arena_new();
    struct named_type *named = ARENA_MAKE(arena, struct named_type);
    *named = (struct named_type){arena, text_copy(arena, name), type_copy(arena, type)};
    free_type(map_put(&catalog->types, named->name, named));
}

bool catalog_remove_type(struct catalog *catalog, struct text name)
{
    struct named_type *named = map_remove(&catalog->types, name);
    free_type(named);
    return named != NULL;
}

void catalog_put_query(struct catalog *catalog, struct query_entry *query)
{
    map_put(&catalog->queries, query->id, query);
}

void catalog_remove_query(struct catalog *catalog, struct text id)
{
    map_remove(&catalog->queries, id);
}

bool catalog_topic_is_shared(const struct catalog *catalog, const struct source *source)
{
    void *item;
    for (uint32_t i = 0; map_at(&catalog->sources, i, NULL, &item); i++) {
        const struct source *other = item;
        if (other != source && text_equal(other->topic, source->topic)) return true;
    }
    return false;
}
