/* outbox.c - an array of sends over an arena. Most go where the one before went, so they share its topic's name. */
#include "engine/topic/outbox.h"
#include "engine/topic/maker.h"
#include <stdlib.h>

enum { KEEP = 4096 }; /* sends for which memory is kept when the outbox is emptied */

static struct text copy_bytes(struct arena *arena, struct text text)
{
    if (!text.data) return NO_TEXT;
    return (struct text){text.len ? arena_copy(arena, text.data, text.len) : "", text.len};
}

static struct headers copy_headers(struct arena *arena, struct headers headers)
{
    if (!headers.n) return (struct headers){0};
    struct header *items = ARENA_ARRAY(arena, struct header, headers.n);
    for (uint32_t i = 0; i < headers.n; i++) {
        items[i].key = copy_bytes(arena, headers.items[i].key);
        items[i].value = copy_bytes(arena, headers.items[i].value);
    }
    return (struct headers){items, headers.n};
}

struct send send_copy(struct arena *arena, const struct send *send)
{
    struct send copy = *send;
    copy.key = copy_bytes(arena, send->key);
    copy.value = copy_bytes(arena, send->value);
    copy.headers = copy_headers(arena, send->headers);
    return copy;
}

static struct text copy_topic(struct outbox *outbox, struct text topic)
{
    if (outbox->n && text_equal(outbox->items[outbox->n - 1].topic, topic)) return outbox->items[outbox->n - 1].topic;
    return copy_bytes(outbox->arena, topic);
}

void outbox_add(struct outbox *outbox, const struct send *send)
{
    if (!outbox->arena) outbox->arena = arena_new();
    if (outbox->n == outbox->capacity) {
        outbox->capacity = outbox->capacity ? outbox->capacity * 2 : 64;
        outbox->items = heap_realloc(outbox->items, outbox->capacity * sizeof *outbox->items);
    }
    struct send copy = send_copy(outbox->arena, send);
    copy.topic = copy_topic(outbox, send->topic);
    outbox->items[outbox->n++] = copy;
    outbox->bytes += send_size(send);
}

void outbox_clear(struct outbox *outbox)
{
    outbox->n = 0;
    outbox->bytes = 0;
    if (outbox->arena) arena_reset(outbox->arena);
    if (outbox->capacity <= KEEP) return;
    outbox->capacity = KEEP;
    outbox->items = heap_realloc(outbox->items, KEEP * sizeof *outbox->items);
}

void outbox_free(struct outbox *outbox)
{
    arena_free(outbox->arena);
    free(outbox->items);
    *outbox = (struct outbox){0};
}
