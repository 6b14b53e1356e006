/* batch.c - the start of a projection, and headers on demand. */
#include "engine/types/batch.h"
#include "engine/base/arena.h"

struct headers batch_headers(const struct batch *batch, uint32_t row)
{
    if (!batch->source) return (struct headers){NULL, 0};
    return batch->source->class->headers(batch->source, row, batch->arena);
}

struct batch *batch_derive(const struct batch *batch, uint32_t n_columns)
{
    struct batch *derived = arena_copy(batch->arena, batch, sizeof *batch);
    derived->columns = ARENA_ARRAY(batch->arena, struct column, n_columns);
    derived->n_columns = n_columns;
    derived->selection = arena_copy(batch->arena, batch->selection, batch->n_selected * sizeof *batch->selection);
    return derived;
}
