/* map.c - open addressing with linear probing; the slots hold indexes into the entries. */
#include "engine/base/map.h"
#include "engine/base/arena.h"
#include "engine/base/hash.h"
#include <stdlib.h>

void map_free(struct map *map)
{
    free(map->entries);
    free(map->slots);
    *map = (struct map){0};
}

void map_clear(struct map *map)
{
    map->n = 0;
    if (map->slots) memset(map->slots, 0, map->n_slots * sizeof *map->slots);
}

/* The slot of the key, or the empty one where it would go. */
static uint32_t *slot_of(const struct map *map, struct text key, uint64_t hash)
{
    uint32_t i = (uint32_t)hash & (map->n_slots - 1);
    for (;; i = (i + 1) & (map->n_slots - 1)) {
        uint32_t *slot = &map->slots[i];
        if (!*slot) return slot;
        const struct map_entry *entry = &map->entries[*slot - 1];
        if (entry->hash == hash && text_equal(entry->key, key)) return slot;
    }
}

static void index_again(struct map *map)
{
    memset(map->slots, 0, map->n_slots * sizeof *map->slots);
    for (uint32_t i = 0; i < map->n; i++) *slot_of(map, map->entries[i].key, map->entries[i].hash) = i + 1;
}

static void grow(struct map *map)
{
    map->capacity = map->capacity ? map->capacity * 2 : 8;
    map->n_slots = map->capacity * 2;
    map->entries = heap_realloc(map->entries, map->capacity * sizeof *map->entries);
    map->slots = heap_realloc(map->slots, map->n_slots * sizeof *map->slots);
    index_again(map);
}

void *map_get(const struct map *map, struct text key)
{
    if (!map->n) return NULL;
    uint32_t slot = *slot_of(map, key, hash_bytes(key.data, key.len));
    return slot ? map->entries[slot - 1].value : NULL;
}

void *map_put(struct map *map, struct text key, void *value)
{
    if (map->n == map->capacity) grow(map);
    uint64_t hash = hash_bytes(key.data, key.len);
    uint32_t *slot = slot_of(map, key, hash);
    if (*slot) {
        struct map_entry *entry = &map->entries[*slot - 1];
        void *before = entry->value;
        entry->key = key;
        entry->value = value;
        return before;
    }
    map->entries[map->n++] = (struct map_entry){key, hash, value};
    *slot = map->n;
    return NULL;
}

void *map_remove(struct map *map, struct text key)
{
    if (!map->n) return NULL;
    uint32_t slot = *slot_of(map, key, hash_bytes(key.data, key.len));
    if (!slot) return NULL;
    void *value = map->entries[slot - 1].value;
    map->n--;
    memmove(&map->entries[slot - 1], &map->entries[slot], (map->n - (slot - 1)) * sizeof *map->entries);
    index_again(map);
    return value;
}

bool map_at(const struct map *map, uint32_t i, struct text *key, void **value)
{
    if (i >= map->n) return false;
    if (key) *key = map->entries[i].key;
    if (value) *value = map->entries[i].value;
    return true;
}
