/* list.h - a typed, growing array in an arena.
 *
 *     struct statement_list { LIST_OF(struct statement *); };
 *     LIST_PUSH(arena, &list, statement);
 *     for (uint32_t i = 0; i < list.n; i++) use(list.items[i]);
 *
 * Growing leaves the old array in the arena, so lists are for things whose number is moderate.
 */
#pragma once
#include "engine/base/arena.h"
#include <string.h>

#define LIST_OF(type)                                                                                                  \
    type *items;                                                                                                       \
    uint32_t n;                                                                                                        \
    uint32_t capacity

#define LIST_PUSH(arena, list, item)                                                                                   \
    do {                                                                                                               \
        if ((list)->n == (list)->capacity)                                                                             \
            (list)->items = list_grow((arena), (list)->items, sizeof *(list)->items, &(list)->capacity);               \
        (list)->items[(list)->n++] = (item);                                                                           \
    } while (0)

/* Doubles the capacity (from 4) and moves the items. */
void *list_grow(struct arena *arena, const void *items, size_t item_size, uint32_t *capacity);
