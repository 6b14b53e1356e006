/* column.c - making vectors and constants, and reaching one slot in its generic form. */
#include "engine/types/column.h"
#include "engine/base/arena.h"

static const uint8_t widths[TYPE_KINDS] = {
    [TYPE_BOOLEAN] = sizeof(bool),           [TYPE_INTEGER] = sizeof(int32_t),
    [TYPE_BIGINT] = sizeof(int64_t),         [TYPE_DECIMAL] = sizeof(struct decimal),
    [TYPE_DOUBLE] = sizeof(double),          [TYPE_STRING] = sizeof(struct text),
    [TYPE_BYTES] = sizeof(struct text),      [TYPE_DATE] = sizeof(int32_t),
    [TYPE_TIME] = sizeof(int32_t),           [TYPE_TIMESTAMP] = sizeof(int64_t),
    [TYPE_ARRAY] = sizeof(struct nested *),  [TYPE_MAP] = sizeof(struct nested *),
    [TYPE_STRUCT] = sizeof(struct nested *),
};

size_t column_width(enum type_kind kind)
{
    return widths[kind];
}

static uint64_t *make_bitmap(struct arena *arena, uint32_t n)
{
    return ARENA_ARRAY(arena, uint64_t, (n + 63) / 64);
}

struct column column_make(struct arena *arena, const struct type *type, uint32_t n)
{
    return (struct column){
        .type = type,
        .data = arena_alloc(arena, widths[type->kind] * (size_t)n),
        .valid = make_bitmap(arena, n),
        .mask = ~(uint32_t)0,
    };
}

struct column column_constant(struct arena *arena, const struct type *type, const struct value *value)
{
    struct column column = column_make(arena, type, 1);
    column_set(&column, 0, value);
    if (!value->is_null) column.valid = NULL;
    column.mask = 0;
    return column;
}

struct value column_get(const struct column *column, uint32_t row)
{
    if (column_is_null(column, row)) return NULL_VALUE;
    uint32_t slot = column_slot(column, row);
    switch (column->type->kind) {
    case TYPE_BOOLEAN: return (struct value){.boolean = COLUMN_DATA(column, bool)[slot]};
    case TYPE_INTEGER:
    case TYPE_DATE:
    case TYPE_TIME: return (struct value){.integer = COLUMN_DATA(column, int32_t)[slot]};
    case TYPE_BIGINT:
    case TYPE_TIMESTAMP: return (struct value){.bigint = COLUMN_DATA(column, int64_t)[slot]};
    case TYPE_DECIMAL: return (struct value){.decimal = COLUMN_DATA(column, struct decimal)[slot]};
    case TYPE_DOUBLE: return (struct value){.real = COLUMN_DATA(column, double)[slot]};
    case TYPE_STRING:
    case TYPE_BYTES: return (struct value){.text = COLUMN_DATA(column, struct text)[slot]};
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_STRUCT: return (struct value){.nested = COLUMN_DATA(column, const struct nested *)[slot]};
    default: return NULL_VALUE;
    }
}

void column_set(struct column *column, uint32_t row, const struct value *value)
{
    if (value->is_null) {
        column_set_null(column, row);
        return;
    }
    /* All members of the value's union start at its first byte, so the slot is a copy of the first `width` bytes. */
    size_t width = widths[column->type->kind];
    memcpy((char *)column->data + row * width, value, width);
    column_set_valid(column, row);
}
