/* functions.c - the table of all functions, by name.
 *
 *     names:  ABS -> [ABS (INT), ABS (BIGINT), ...]   CEIL -> [...]     overloads, in the order of registration
 *     sorted: [ABS, CEIL, ...]                                         for SHOW FUNCTIONS
 *
 * Adding takes the lock for writing. A list of overloads is replaced, never changed, so that a reader may keep what it
 * was given without a lock. Everything lives in one arena until the process ends.
 */
#include "udf/functions.h"
#include "engine/base/arena.h"
#include "engine/base/map.h"
#include <pthread.h>
#include <stdlib.h>

enum { LONGEST_NAME = 128 };

struct overloads {
    struct text name;
    const struct udf_function **items;
    uint32_t n;
};

struct function_registry {
    pthread_rwlock_t lock;
    struct arena *arena;
    struct map names;          /* capitals -> struct overloads */
    struct overloads **sorted; /* heap */
    uint32_t n_sorted;
};

struct function_registry *functions_new(void)
{
    struct function_registry *registry = HEAP_MAKE(struct function_registry);
    pthread_rwlock_init(&registry->lock, NULL);
    registry->arena = arena_new();
    return registry;
}

void functions_free(struct function_registry *registry)
{
    if (!registry) return;
    map_free(&registry->names);
    free(registry->sorted);
    arena_free(registry->arena);
    pthread_rwlock_destroy(&registry->lock);
    free(registry);
}

void *functions_keep(struct function_registry *registry, size_t size)
{
    pthread_rwlock_wrlock(&registry->lock);
    void *memory = arena_zalloc(registry->arena, size);
    pthread_rwlock_unlock(&registry->lock);
    return memory;
}

/* The first name that does not stand before `name`. */
static uint32_t place_of(const struct function_registry *registry, struct text name)
{
    uint32_t low = 0, high = registry->n_sorted;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (text_compare(registry->sorted[middle]->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct overloads *add_name(struct function_registry *registry, struct text name)
{
    struct overloads *overloads = ARENA_MAKE(registry->arena, struct overloads);
    overloads->name = name;
    map_put(&registry->names, name, overloads);
    uint32_t place = place_of(registry, name);
    registry->sorted = heap_realloc(registry->sorted, (registry->n_sorted + 1) * sizeof *registry->sorted);
    memmove(registry->sorted + place + 1, registry->sorted + place,
            (registry->n_sorted - place) * sizeof *registry->sorted);
    registry->sorted[place] = overloads;
    registry->n_sorted++;
    return overloads;
}

static bool taken(const struct overloads *overloads, const struct udf_function *function, struct error *error)
{
    for (uint32_t i = 0; overloads && i < overloads->n; i++) {
        const struct udf_function *other = overloads->items[i];
        if (other->kind == function->kind && !signature_takes_same(other->signature, function->signature)) continue;
        error_set(error, ERROR_INPUT, NO_SPAN, "there is a function " TEXT_FMT TEXT_FMT " already",
                  TEXT_ARG(other->name), TEXT_ARG(other->signature->text));
        return true;
    }
    return false;
}

static bool add(struct function_registry *registry, const struct udf_function *function, struct error *error)
{
    struct overloads *overloads = map_get(&registry->names, function->name);
    if (taken(overloads, function, error)) return false;
    if (!overloads) overloads = add_name(registry, function->name);
    const struct udf_function **items = ARENA_ARRAY(registry->arena, const struct udf_function *, overloads->n + 1);
    if (overloads->n) memcpy(items, overloads->items, overloads->n * sizeof *items);
    items[overloads->n] = function;
    overloads->items = items;
    overloads->n++;
    return true;
}

/* As it can stand in SQL without quotes; its letters are capitals by now. */
static bool check_name(struct text name, struct error *error)
{
    bool ok = name.len && name.len <= LONGEST_NAME && !(name.data[0] >= '0' && name.data[0] <= '9');
    for (size_t i = 0; ok && i < name.len; i++) {
        char c = name.data[i];
        ok = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }
    return ok || error_set(error, ERROR_INPUT, NO_SPAN,
                           "a name is letters, digits and _, at most %d, and no digit first", LONGEST_NAME);
}

struct function_registry *functions_copy(struct function_registry *registry)
{
    struct function_registry *copy = functions_new();
    pthread_rwlock_rdlock(&registry->lock);
    for (uint32_t i = 0; i < registry->n_sorted; i++) {
        struct overloads *overloads = add_name(copy, registry->sorted[i]->name);
        overloads->items = registry->sorted[i]->items;
        overloads->n = registry->sorted[i]->n;
    }
    pthread_rwlock_unlock(&registry->lock);
    return copy;
}

bool functions_add(struct function_registry *registry, const struct udf_function *row, const char *signature,
                   struct error *error)
{
    pthread_rwlock_wrlock(&registry->lock);
    struct udf_function *function = ARENA_MAKE(registry->arena, struct udf_function);
    struct udf_signature *parsed = ARENA_MAKE(registry->arena, struct udf_signature);
    *function = *row;
    function->name = text_upper(registry->arena, row->name);
    function->signature = parsed;
    bool ok = check_name(function->name, error) &&
              signature_parse(registry->arena, text_of(signature), parsed, error) && add(registry, function, error);
    pthread_rwlock_unlock(&registry->lock);
    return ok ||
           error_prefix(error, "function " TEXT_FMT ": ", TEXT_ARG(function->name.len ? function->name : TEXT("?")));
}

/* ---- reading */

bool udf_name_at(struct function_registry *registry, uint32_t n, struct text *name)
{
    pthread_rwlock_rdlock(&registry->lock);
    bool found = n < registry->n_sorted;
    if (found) *name = registry->sorted[n]->name;
    pthread_rwlock_unlock(&registry->lock);
    return found;
}

const struct udf_function *const *udf_overloads(struct function_registry *registry, struct text name, uint32_t *n)
{
    char upper[LONGEST_NAME];
    *n = 0;
    if (name.len > sizeof upper) return NULL;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        upper[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    pthread_rwlock_rdlock(&registry->lock);
    const struct overloads *overloads = map_get(&registry->names, (struct text){upper, name.len});
    const struct udf_function *const *items = overloads ? overloads->items : NULL;
    if (overloads) *n = overloads->n;
    pthread_rwlock_unlock(&registry->lock);
    return items;
}

/* What other dialects call a function of this one. */
static const char *usual_name(struct text name)
{
    static const struct {
        const char *theirs, *ours;
    } names[] = {
        {"CEILING", "CEIL"},
        {"CHAR_LENGTH", "LEN"},
        {"CARDINALITY", "ARRAY_LENGTH"},
        {"LENGTH", "LEN"},
        {"LOWER", "LCASE"},
        {"NOW", "UNIX_TIMESTAMP"},
        {"NVL", "IFNULL"},
        {"POSITION", "INSTR"},
        {"POW", "POWER"},
        {"SUBSTR", "SUBSTRING"},
        {"TO_CHAR", "FORMAT_TIMESTAMP"},
        {"UPPER", "UCASE"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_equal_nocase(name, text_of(names[i].theirs))) return names[i].ours;
    return NULL;
}

static struct text nearest(struct function_registry *registry, struct arena *arena, struct text name)
{
    pthread_rwlock_rdlock(&registry->lock);
    struct text *names = ARENA_ARRAY(arena, struct text, registry->n_sorted);
    for (uint32_t i = 0; i < registry->n_sorted; i++) names[i] = registry->sorted[i]->name;
    struct text near = text_nearest(name, names, registry->n_sorted);
    pthread_rwlock_unlock(&registry->lock);
    return near;
}

/* Functions of the dialect that have no row yet. */
static bool is_missing(struct text name)
{
    static const char *const missing[] = {
#define MISSING(name) #name,
#include "udf/missing.def"
#undef MISSING
    };
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        if (text_equal_nocase(name, text_of(missing[i]))) return true;
    return false;
}

bool udf_unknown(struct function_registry *registry, struct text name, struct error *error)
{
    if (is_missing(name))
        return error_set(error, ERROR_NOT_SUPPORTED, NO_SPAN, "the function " TEXT_FMT " is not supported yet",
                         TEXT_ARG(name));
    error_set(error, ERROR_STATEMENT, NO_SPAN, "there is no function " TEXT_FMT, TEXT_ARG(name));
    const char *usual = usual_name(name);
    if (usual) return error_hint(error, "here it is called %s", usual);
    struct arena *arena = arena_new();
    struct text near = nearest(registry, arena, name);
    if (near.data)
        error_hint(error, "did you mean " TEXT_FMT "?", TEXT_ARG(near));
    else
        error_hint(error, "SHOW FUNCTIONS lists those that there are");
    arena_free(arena);
    return false;
}
