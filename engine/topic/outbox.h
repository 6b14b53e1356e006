/* outbox.h - sends that wait to be written, copied: those of a transaction, or those between two commits. */
#pragma once
#include "engine/topic/topic.h"

struct outbox {
    struct arena *arena; /* NULL while nothing was ever added */
    struct send *items;  /* heap; what they point to is in the arena */
    uint32_t n;
    uint32_t capacity;
    size_t bytes; /* of all of them, as send_size has it */
};

/* The send with all that it points to copied into the arena, but for its topic's name. */
struct send send_copy(struct arena *arena, const struct send *send);

/* Copies the send and all that it points to. */
void outbox_add(struct outbox *outbox, const struct send *send);

/* Empties it, keeps some memory for the next ones. */
void outbox_clear(struct outbox *outbox);
void outbox_free(struct outbox *outbox);
