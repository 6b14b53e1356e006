/* value.c - values compared, hashed and copied. Printing is in value_print.c.
 *
 * The order of strings is that of their UTF-16 code units, as Java has it. It is the order of the UTF-8 bytes but for
 * one case: characters beyond U+FFFF (lead bytes F0 to F4) are surrogates in UTF-16, and stand before U+E000 to U+FFFF
 * (lead bytes EE, EF).
 */
#include "engine/types/value.h"
#include "engine/base/arena.h"
#include "engine/base/hash.h"
#include <stdlib.h>

enum { LINEAR_SEARCH = 16 };

struct nested *nested_make(struct arena *arena, uint32_t n)
{
    struct nested *nested = arena_alloc(arena, sizeof *nested + n * sizeof *nested->items);
    nested->n = n;
    return nested;
}

/* Index of the first byte that differs, or n. */
static size_t first_difference(const char *a, const char *b, size_t n)
{
    size_t i = 0;
    for (uint64_t x, y; i + 8 <= n; i += 8) {
        memcpy(&x, a + i, 8);
        memcpy(&y, b + i, 8);
        if (x != y) break;
    }
    while (i < n && a[i] == b[i]) i++;
    return i;
}

static int compare_strings(struct text a, struct text b)
{
    size_t n = a.len < b.len ? a.len : b.len, i = first_difference(a.data, b.data, n);
    if (i == n) return a.len < b.len ? -1 : a.len > b.len;
    unsigned char x = (unsigned char)a.data[i], y = (unsigned char)b.data[i];
    int order = x < y ? -1 : 1;
    bool surrogate_against_bmp = x >= 0xee && y >= 0xee && (x >= 0xf0) != (y >= 0xf0);
    return surrogate_against_bmp ? -order : order;
}

static int compare_doubles(double a, double b)
{
    if (a < b) return -1;
    if (a > b) return 1;
    if (a == b && a != 0) return 0;
    /* What is left: zeros of either sign, and NaN, which all count as one. */
    int a_rank = a != a ? 2 : !__builtin_signbit(a), b_rank = b != b ? 2 : !__builtin_signbit(b);
    if (a_rank != 2 && b_rank != 2) return a_rank - b_rank;
    return (a_rank == 2) - (b_rank == 2);
}

static int compare_integers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

int value_compare(const struct type *type, const struct value *a, const struct value *b)
{
    switch (type->kind) {
    case TYPE_BOOLEAN: return (int)a->boolean - (int)b->boolean;
    case TYPE_INTEGER:
    case TYPE_DATE:
    case TYPE_TIME: return compare_integers(a->integer, b->integer);
    case TYPE_BIGINT:
    case TYPE_TIMESTAMP: return compare_integers(a->bigint, b->bigint);
    case TYPE_DECIMAL: return decimal_compare(type, a->decimal, type, b->decimal);
    case TYPE_DOUBLE: return compare_doubles(a->real, b->real);
    case TYPE_STRING: return compare_strings(a->text, b->text);
    case TYPE_BYTES: return text_compare(a->text, b->text);
    default: return 0;
    }
}

static bool equal_arrays(const struct type *element, const struct nested *a, const struct nested *b)
{
    if (a->n != b->n) return false;
    for (uint32_t i = 0; i < a->n; i++)
        if (!value_same(element, &a->items[i], &b->items[i])) return false;
    return true;
}

static bool equal_structs(const struct type *type, const struct nested *a, const struct nested *b)
{
    for (uint32_t i = 0; i < type->n_fields; i++)
        if (!value_same(type->fields[i].type, &a->items[i], &b->items[i])) return false;
    return true;
}

/* Index of the key's item, or n. Looks from item `from` on, round the end. */
static uint32_t find_key(const struct type *type, const struct nested *map, const struct value *key, uint32_t from)
{
    uint32_t i = from;
    do {
        if (value_same(type->key, &map->items[i], key)) return i;
        i += 2;
        if (i == map->n) i = 0;
    } while (i != from);
    return map->n;
}

/* Open addressing over the item numbers of a map's keys; 0 is empty, else the number plus 1. */
struct key_index {
    const struct type *type;
    const struct nested *map;
    uint32_t *slots;
    uint32_t mask;
};

static uint32_t *slot_of(const struct key_index *index, const struct value *key)
{
    uint32_t i = (uint32_t)value_hash(index->type->key, key) & index->mask;
    for (;; i = (i + 1) & index->mask) {
        uint32_t *slot = &index->slots[i];
        if (!*slot || value_same(index->type->key, &index->map->items[*slot - 1], key)) return slot;
    }
}

static void index_keys(struct key_index *index, const struct type *type, const struct nested *map)
{
    uint32_t n_slots = 64;
    while (n_slots < map->n) n_slots *= 2;
    *index = (struct key_index){type, map, heap_zalloc(n_slots * sizeof *index->slots), n_slots - 1};
    for (uint32_t i = 0; i < map->n; i += 2) *slot_of(index, &map->items[i]) = i + 1;
}

/* Large maps in another order: a table, so that the cost does not grow with the square. */
static bool equal_large_maps(const struct type *type, const struct nested *a, const struct nested *b)
{
    struct key_index index;
    index_keys(&index, type, b);
    bool equal = true;
    for (uint32_t i = 0; equal && i < a->n; i += 2) {
        uint32_t slot = *slot_of(&index, &a->items[i]);
        equal = slot && value_same(type->element, &a->items[i + 1], &b->items[slot]);
    }
    free(index.slots);
    return equal;
}

static bool equal_maps(const struct type *type, const struct nested *a, const struct nested *b)
{
    if (a->n != b->n) return false;
    uint32_t i = 0;
    while (i < a->n && value_same(type->key, &a->items[i], &b->items[i])) {
        if (!value_same(type->element, &a->items[i + 1], &b->items[i + 1])) return false;
        i += 2;
    }
    if (a->n / 2 > LINEAR_SEARCH && i < a->n) return equal_large_maps(type, a, b);
    for (; i < a->n; i += 2) {
        uint32_t other = find_key(type, b, &a->items[i], i);
        if (other == b->n || !value_same(type->element, &a->items[i + 1], &b->items[other + 1])) return false;
    }
    return true;
}

bool value_equal(const struct type *type, const struct value *a, const struct value *b)
{
    if (a->is_null || b->is_null) return false;
    switch (type->kind) {
    case TYPE_STRING:
    case TYPE_BYTES: return text_equal(a->text, b->text);
    case TYPE_ARRAY: return equal_arrays(type->element, a->nested, b->nested);
    case TYPE_MAP: return equal_maps(type, a->nested, b->nested);
    case TYPE_STRUCT: return equal_structs(type, a->nested, b->nested);
    default: return value_compare(type, a, b) == 0;
    }
}

bool value_same(const struct type *type, const struct value *a, const struct value *b)
{
    if (a->is_null || b->is_null) return a->is_null == b->is_null;
    return value_equal(type, a, b);
}

static uint64_t hash_word(uint64_t word)
{
    return hash_bytes(&word, sizeof word);
}

static uint64_t hash_double(double value)
{
    uint64_t bits = UINT64_MAX; /* one hash for every NaN */
    if (value == value) memcpy(&bits, &value, sizeof bits);
    return hash_word(bits);
}

static uint64_t combine(uint64_t hash, uint64_t next)
{
    return hash_word(hash * 31 + next);
}

static uint64_t hash_nested(const struct type *type, const struct nested *nested)
{
    uint64_t hash = nested->n;
    for (uint32_t i = 0; i < nested->n; i++) {
        const struct type *item = type->kind == TYPE_STRUCT ? type->fields[i].type : type->element;
        hash = combine(hash, value_hash(item, &nested->items[i]));
    }
    return hash;
}

/* A sum, so that the order of the entries does not matter. */
static uint64_t hash_map(const struct type *type, const struct nested *map)
{
    uint64_t hash = map->n;
    for (uint32_t i = 0; i < map->n; i += 2)
        hash += combine(value_hash(type->key, &map->items[i]), value_hash(type->element, &map->items[i + 1]));
    return hash;
}

uint64_t value_hash(const struct type *type, const struct value *value)
{
    if (value->is_null) return 0x9e3779b97f4a7c15u;
    switch (type->kind) {
    case TYPE_BOOLEAN: return hash_word(value->boolean);
    case TYPE_INTEGER:
    case TYPE_DATE:
    case TYPE_TIME: return hash_word((uint64_t)value->integer);
    case TYPE_BIGINT:
    case TYPE_TIMESTAMP: return hash_word((uint64_t)value->bigint);
    case TYPE_DECIMAL: return decimal_hash(type, value->decimal);
    case TYPE_DOUBLE: return hash_double(value->real);
    case TYPE_STRING:
    case TYPE_BYTES: return hash_bytes(value->text.data, value->text.len);
    case TYPE_ARRAY:
    case TYPE_STRUCT: return hash_nested(type, value->nested);
    case TYPE_MAP: return hash_map(type, value->nested);
    default: return 0;
    }
}

/* The type of the i-th item of a nested value. */
static const struct type *item_type(const struct type *type, uint32_t i)
{
    if (type->kind == TYPE_STRUCT) return type->fields[i].type;
    return type->kind == TYPE_MAP && i % 2 == 0 ? type->key : type->element;
}

static const struct nested *copy_nested(struct arena *arena, const struct type *type, const struct nested *nested)
{
    struct nested *copy = nested_make(arena, nested->n);
    for (uint32_t i = 0; i < nested->n; i++) copy->items[i] = value_copy(arena, item_type(type, i), &nested->items[i]);
    return copy;
}

struct value value_copy(struct arena *arena, const struct type *type, const struct value *value)
{
    if (value->is_null) return NULL_VALUE;
    struct value copy = *value;
    if (type->kind == TYPE_STRING || type->kind == TYPE_BYTES) copy.text = text_copy(arena, value->text);
    if (type->kind == TYPE_DECIMAL) copy.decimal = decimal_copy(arena, type, value->decimal);
    if (type_is_nested(type)) copy.nested = copy_nested(arena, type, value->nested);
    return copy;
}
