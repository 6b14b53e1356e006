/* column.h - a vector of values of one type, with a bit for each that is not null.
 *
 *     data    slots of column_width(kind) bytes, see value.h
 *     valid   bit i set: slot i is not null; NULL: none is null
 *     mask    row & mask is the slot: ~0 for a vector, 0 for a constant, which has one slot for all rows
 *
 * So a loop reads `data[row & mask]` and never asks whether a column is constant.
 */
#pragma once
#include "engine/types/value.h"

struct column {
    const struct type *type;
    void *data;      /* NULL: the column is not needed here, and was not made */
    uint64_t *valid;
    uint32_t mask;
};

/* Bytes of a slot. */
size_t column_width(enum type_kind kind);

/* A vector for n rows, all null, data not cleared. */
struct column column_make(struct arena *arena, const struct type *type, uint32_t n);

/* One value for every row. */
struct column column_constant(struct arena *arena, const struct type *type, const struct value *value);

static inline uint32_t column_slot(const struct column *column, uint32_t row)
{
    return row & column->mask;
}

static inline bool column_is_null(const struct column *column, uint32_t row)
{
    uint32_t slot = column_slot(column, row);
    return column->valid && !(column->valid[slot >> 6] >> (slot & 63) & 1);
}

/* For columns that have a bitmap, as those of column_make do. */
static inline void column_set_valid(struct column *column, uint32_t row)
{
    column->valid[row >> 6] |= (uint64_t)1 << (row & 63);
}

static inline void column_set_null(struct column *column, uint32_t row)
{
    column->valid[row >> 6] &= ~((uint64_t)1 << (row & 63));
}

#define COLUMN_DATA(column, c_type) ((c_type *)(column)->data)

/* One slot in its generic form and back. column_set wants a vector with a bitmap. */
struct value column_get(const struct column *column, uint32_t row);
void column_set(struct column *column, uint32_t row, const struct value *value);
