/* list.c - the one function behind LIST_PUSH. */
#include "engine/base/list.h"

void *list_grow(struct arena *arena, const void *items, size_t item_size, uint32_t *capacity)
{
    uint32_t grown = *capacity ? *capacity * 2 : 4;
    void *moved = arena_alloc(arena, grown * item_size);
    if (*capacity) memcpy(moved, items, *capacity * item_size);
    *capacity = grown;
    return moved;
}
