/* batch.h - up to BATCH_MAX_ROWS rows on their way through the operators of a task.
 *
 *     rows      0      1      2      3      4         n_rows = 5
 *     columns   one vector for each column of the schema; data NULL where no one needs it
 *     selection [0, 2, 3]                             rows that are still alive, ascending
 *
 * A filter shortens the selection. A projection makes a batch with other columns over the same rows. Only an operator that changes
 * the number of rows (a table function, an aggregate) makes new row arrays. What a row is made of beside its columns (timestamp,
 * offset, key bytes, headers, kind) is shared by all batches that came from one fetch.
 *
 * Everything a batch points to lives until its arena is reset: the messages themselves are released then (arena_defer).
 */
#pragma once
#include "engine/types/column.h"
#include "engine/types/schema.h"

enum { BATCH_MAX_ROWS = 1024 };

enum row_kind {
    ROW_VALUE,     /* an event, or a table's new row */
    ROW_TOMBSTONE, /* the record's value was null: a table's deletion; a stream passes it on, with null columns */
    ROW_RETRACT,   /* a table's row as it was before the change that follows */
};

struct header {
    struct text key;
    struct text value; /* NO_TEXT: null */
};

struct headers {
    const struct header *items;
    uint32_t n;
};

struct window {
    int64_t start_ms; /* inclusive */
    int64_t end_ms;   /* exclusive; for a session the time of its last event */
};

/* Where rows came from, for what is fetched only when it is needed. */
struct row_source;
struct row_source_class {
    /* The headers of a row of the fetch. Lives as long as the batch. */
    struct headers (*headers)(const struct row_source *source, uint32_t row, struct arena *arena);
};
struct row_source {
    const struct row_source_class *class;
};

struct batch {
    struct arena *arena;
    struct column *columns;
    uint32_t n_columns;
    uint32_t n_rows;
    uint32_t *selection;
    uint32_t n_selected;
    int32_t partition;
    const int64_t *timestamps; /* ms, event time */
    const int64_t *offsets;
    const struct text *keys;   /* the key as it came; NO_TEXT for a null key */
    const uint8_t *kinds;      /* enum row_kind; NULL: all ROW_VALUE */
    const struct window *windows; /* NULL: not windowed */
    const struct row_source *source; /* NULL: no headers */
};

static inline enum row_kind batch_kind(const struct batch *batch, uint32_t row)
{
    return batch->kinds ? (enum row_kind)batch->kinds[row] : ROW_VALUE;
}

struct headers batch_headers(const struct batch *batch, uint32_t row);

/* The same rows and selection (copied), no columns: the start of a projection. */
struct batch *batch_derive(const struct batch *batch, uint32_t n_columns);
