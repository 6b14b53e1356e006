/* record.h - records as topics hold them, and a fetch: some of them, of one partition, borrowed from whoever read them. */
#pragma once
#include "engine/types/batch.h"

struct record {
    struct text key;   /* NO_TEXT: null */
    struct text value; /* NO_TEXT: null */
    int64_t timestamp_ms;
    int64_t offset;
};

struct fetch_class;

/* Records of one partition, ascending offsets, at most BATCH_MAX_ROWS. What the texts point to lives until fetch_release. */
struct fetch {
    const struct fetch_class *class;
    struct text topic;
    int32_t partition;
    uint32_t n;
    struct record *records;
    int64_t next_offset; /* where reading goes on: the last record's offset + 1, or beyond (compacted, control records) */
};

struct fetch_class {
    /* The headers of records[i]; what they point to lives until release. */
    struct headers (*headers)(const struct fetch *fetch, uint32_t i, struct arena *arena);
    void (*release)(struct fetch *fetch);
};

static inline struct headers fetch_headers(const struct fetch *fetch, uint32_t i, struct arena *arena)
{
    return fetch->class->headers(fetch, i, arena);
}

/* Gives back the fetch and all that it points to. NULL is allowed. */
static inline void fetch_release(struct fetch *fetch)
{
    if (fetch) fetch->class->release(fetch);
}
