/* map.h - from a text to a pointer, iterated in the order of insertion.
 *
 *     struct map streams = {0};
 *     map_put(&streams, name, stream);                  // the key is borrowed: keep it alive while it is in the map
 *     for (uint32_t i = 0; map_at(&streams, i, &key, &value); i++) ...
 *     map_free(&streams);
 *
 * Open addressing over an array of entries; a removed entry leaves the order of the others as it was.
 */
#pragma once
#include "engine/base/text.h"

struct map_entry {
    struct text key;
    uint64_t hash;
    void *value;
};

struct map {
    struct map_entry *entries; /* in order of insertion, heap */
    uint32_t n;
    uint32_t capacity;
    uint32_t *slots; /* entry index + 1, or 0; a power of two of them */
    uint32_t n_slots;
};

void map_free(struct map *map);
void map_clear(struct map *map);

/* NULL if the key is not there. */
void *map_get(const struct map *map, struct text key);

/* Adds or replaces; returns the value that was there before, or NULL. */
void *map_put(struct map *map, struct text key, void *value);

/* Takes the entry out and returns its value, or NULL if there was none. Costs as much as the map is long. */
void *map_remove(struct map *map, struct text key);

/* The i-th entry; false beyond the last. Either pointer may be NULL. */
bool map_at(const struct map *map, uint32_t i, struct text *key, void **value);
