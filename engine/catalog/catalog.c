/* catalog.c - the maps of what there is, and the rules of who may go. */
#include "engine/catalog/catalog.h"
#include "engine/base/buffer.h"
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

/* The key nearest to the name; NO_TEXT if none is near. */
static struct text nearest_key(const struct map *map, struct text name)
{
    unsigned best = (unsigned)(name.len / 3) + 1;
    struct text key, nearest = NO_TEXT;
    for (uint32_t i = 0; map_at(map, i, &key, NULL); i++) {
        unsigned distance = text_distance(name, key, best);
        if (distance >= best) continue;
        best = distance;
        nearest = key;
    }
    return nearest;
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
    other = nearest_key(&catalog->sources, name.name);
    return other.data ? error_hint(error, "the nearest name is " TEXT_FMT, TEXT_ARG(other)) : false;
}

bool catalog_no_query(const struct catalog *catalog, struct tree_name id, struct error *error)
{
    error_set(error, ERROR_STATEMENT, id.span, "there is no query " TEXT_FMT, TEXT_ARG(id.name));
    struct text other = nearest_key(&catalog->queries, id.name);
    if (other.data) return error_hint(error, "the nearest is " TEXT_FMT, TEXT_ARG(other));
    return error_hint(error, "SHOW QUERIES lists them");
}

void catalog_put(struct catalog *catalog, struct source *source)
{
    source_release(map_put(&catalog->sources, source->name, source));
}

/* ---- DROP */

static bool reads(const struct text *names, uint32_t n, struct text name)
{
    for (uint32_t i = 0; i < n; i++)
        if (text_equal(names[i], name)) return true;
    return false;
}

static void list(struct buffer *out, struct text name)
{
    buffer_printf(out, "%s" TEXT_FMT, out->len ? ", " : "", TEXT_ARG(name));
}

/* "CSAS_A_1, CSAS_B_2": the queries that read (or write) a source, but for `except`. */
static void list_queries(const struct catalog *catalog, struct text name, bool writers, struct text except,
                         struct buffer *out)
{
    void *item;
    for (uint32_t i = 0; map_at(&catalog->queries, i, NULL, &item); i++) {
        const struct query_entry *query = item;
        bool uses = writers ? text_equal(query->sink, name) : reads(query->reads, query->n_reads, name);
        if (uses && !(except.data && text_equal(query->id, except))) list(out, query->id);
    }
}

const struct source *catalog_next_made_from(const struct catalog *catalog, const struct source *source, uint32_t *at)
{
    void *item;
    while (map_at(&catalog->sources, (*at)++, NULL, &item)) {
        const struct source *other = item;
        if (other != source && reads(other->reads, other->n_reads, source->name)) return other;
    }
    return NULL;
}

bool catalog_is_made_from(const struct catalog *catalog, const struct source *source, struct text name)
{
    if (text_equal(source->name, name)) return true;
    for (uint32_t i = 0; i < source->n_reads; i++) {
        const struct source *read = catalog_find(catalog, source->reads[i]);
        if (read && catalog_is_made_from(catalog, read, name)) return true;
    }
    return false;
}

static void in_use(const struct source *source, const struct buffer uses[3], struct span span, struct error *error)
{
    static const char *const how[] = {"read by ", "written by ", "made from it: "};
    struct buffer text = BUFFER(900);
    for (int i = 0; i < 3; i++)
        if (uses[i].len)
            buffer_printf(&text, "; %s" TEXT_FMT "%s", how[i], TEXT_ARG(buffer_text(&uses[i])),
                          uses[i].overflow ? ", and more" : "");
    error_set(error, ERROR_STATEMENT, span, TEXT_FMT " is in use" TEXT_FMT, TEXT_ARG(source->name),
              TEXT_ARG(buffer_text(&text)));
    error_hint(error, uses[2].len ? "DROP what is made from it first" : "TERMINATE these queries first");
    buffer_free(&text);
}

bool catalog_check_drop(const struct catalog *catalog, const struct source *source, struct span span,
                        struct error *error)
{
    struct buffer uses[3] = {BUFFER(280), BUFFER(280), BUFFER(280)};
    list_queries(catalog, source->name, false, NO_TEXT, &uses[0]);
    list_queries(catalog, source->name, true, source->created_by, &uses[1]);
    const struct source *made;
    for (uint32_t at = 0; (made = catalog_next_made_from(catalog, source, &at));) list(&uses[2], made->name);
    bool used = uses[0].len || uses[1].len || uses[2].len;
    if (used) in_use(source, uses, span, error);
    for (int i = 0; i < 3; i++) buffer_free(&uses[i]);
    return !used;
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

const struct query_entry *catalog_find_query(const struct catalog *catalog, struct text id)
{
    return map_get(&catalog->queries, id);
}

uint32_t catalog_writers(const struct catalog *catalog, struct text name, const struct query_entry **query)
{
    void *item;
    uint32_t n = 0;
    for (uint32_t i = 0; map_at(&catalog->queries, i, NULL, &item); i++)
        if (text_equal(((struct query_entry *)item)->sink, name)) *query = item, n++;
    return n;
}

const struct source *catalog_find_over(const struct catalog *catalog, struct text topic, const struct source *except)
{
    void *item;
    for (uint32_t i = 0; map_at(&catalog->sources, i, NULL, &item); i++) {
        const struct source *other = item;
        if (other != except && text_equal(other->topic, topic)) return other;
    }
    return NULL;
}
