/* rows.h - the rows of a push query between the worker that makes them and the thread that asked.
 *
 *     worker:   rows_put (copies, never waits; says when it is full)        client:   rows_take (waits)
 *
 * Bounded: from MOST_ROWS rows on rows_put says that the task must stop, and rows_take says when it may go on. Between
 * the two a batch may be more. One for a query, any number of workers.
 */
#pragma once
#include "engine/types/batch.h"

struct rows;

/* Columns are those of the schema, which is borrowed. */
struct rows *rows_new(const struct schema *schema);
void rows_free(struct rows *rows);

/* Copies the selected rows. False if the queue is full now: no more until rows_take has said so. */
bool rows_put(struct rows *rows, const struct batch *batch);

/* Some rows, copied out of the worker's batches. */
struct row_chunk {
    struct arena *arena; /* to be freed by who takes it; the chunk is in it */
    uint32_t n_rows;
    struct value *values; /* n_rows x columns */
    bool *tombstones;
    struct row_chunk *next;
};

/* The next rows, or NULL after timeout_ms. *resume: the queue was full and has room again. */
struct row_chunk *rows_take(struct rows *rows, int timeout_ms, bool *resume);
