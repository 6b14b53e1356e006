/* rows.c - see rows.h. */
#include "engine/run/rows.h"
#include "engine/base/arena.h"
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { MOST_ROWS = 10000, ROOM_AGAIN = 2000 };

struct rows {
    const struct schema *schema;
    pthread_mutex_t lock;
    pthread_cond_t there;
    struct row_chunk *head, *tail;
    uint32_t n_waiting;
    bool was_full;
};

struct rows *rows_new(const struct schema *schema)
{
    struct rows *rows = HEAP_MAKE(struct rows);
    rows->schema = schema;
    pthread_mutex_init(&rows->lock, NULL);
    pthread_cond_init(&rows->there, NULL);
    return rows;
}

void rows_free(struct rows *rows)
{
    if (!rows) return;
    while (rows->head) {
        struct row_chunk *chunk = rows->head;
        rows->head = chunk->next;
        arena_free(chunk->arena);
    }
    pthread_cond_destroy(&rows->there);
    pthread_mutex_destroy(&rows->lock);
    free(rows);
}

static struct row_chunk *copy(const struct rows *rows, const struct batch *batch)
{
    struct arena *arena = arena_new();
    struct row_chunk *chunk = ARENA_MAKE(arena, struct row_chunk);
    uint32_t n_columns = rows->schema->n;
    *chunk = (struct row_chunk){.arena = arena, .n_rows = batch->n_selected};
    chunk->values = ARENA_ARRAY(arena, struct value, (size_t)batch->n_selected * n_columns);
    chunk->tombstones = ARENA_ARRAY(arena, bool, batch->n_selected);
    for (uint32_t i = 0; i < batch->n_selected; i++) {
        uint32_t row = batch->selection[i];
        chunk->tombstones[i] = batch_kind(batch, row) == ROW_TOMBSTONE;
        for (uint32_t j = 0; j < n_columns; j++) {
            struct value value = column_get(&batch->columns[j], row);
            chunk->values[(size_t)i * n_columns + j] =
                value.is_null ? value : value_copy(arena, rows->schema->columns[j].type, &value);
        }
    }
    return chunk;
}

bool rows_put(struct rows *rows, const struct batch *batch)
{
    struct row_chunk *chunk = copy(rows, batch);
    pthread_mutex_lock(&rows->lock);
    if (rows->tail)
        rows->tail->next = chunk;
    else
        rows->head = chunk;
    rows->tail = chunk;
    rows->n_waiting += chunk->n_rows;
    if (rows->n_waiting >= MOST_ROWS) rows->was_full = true;
    bool room = !rows->was_full;
    pthread_cond_signal(&rows->there);
    pthread_mutex_unlock(&rows->lock);
    return room;
}

static void wait(struct rows *rows, int timeout_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    int64_t ns = until.tv_nsec + (int64_t)timeout_ms * 1000000;
    until.tv_sec += ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    while (!rows->head && pthread_cond_timedwait(&rows->there, &rows->lock, &until) == 0) continue;
}

struct row_chunk *rows_take(struct rows *rows, int timeout_ms, bool *resume)
{
    pthread_mutex_lock(&rows->lock);
    if (!rows->head && timeout_ms > 0) wait(rows, timeout_ms);
    struct row_chunk *chunk = rows->head;
    if (chunk) {
        rows->head = chunk->next;
        if (!rows->head) rows->tail = NULL;
        rows->n_waiting -= chunk->n_rows;
    }
    *resume = rows->was_full && rows->n_waiting <= ROOM_AGAIN;
    if (*resume) rows->was_full = false;
    pthread_mutex_unlock(&rows->lock);
    return chunk;
}
