/* vector.c - vectors and lists of rows that an evaluation uses again.
 *
 *     evaluation.spare[width] -> vector -> vector         1, 4, 8 and 16 bytes a slot
 *
 * A vector is made in the evaluation's arena, with its bitmap beside it, for the number of rows of the batch. What a
 * node borrowed (a column of the batch, a constant) is not given back.
 */
#include "engine/expr/eval.h"

struct vector {
    struct column column; /* first: a column that was made here is one of these */
    struct vector *next;
    uint64_t *bits;
};

static struct vector **spare_of(struct evaluation *evaluation, size_t width)
{
    return &evaluation->spare[width == 1 ? 0 : width == 4 ? 1 : width == 8 ? 2 : 3];
}

static struct vector *take(struct evaluation *evaluation, size_t width)
{
    struct vector **spare = spare_of(evaluation, width), *vector = *spare;
    if (vector) {
        *spare = vector->next;
        return vector;
    }
    uint32_t n = evaluation->batch->n_rows;
    vector = ARENA_MAKE(evaluation->arena, struct vector);
    vector->column.data = arena_alloc(evaluation->arena, width * n);
    vector->bits = arena_alloc(evaluation->arena, (size_t)(n + 63) / 64 * sizeof *vector->bits);
    return vector;
}

struct column *eval_take_vector(struct evaluation *evaluation, const struct type *type)
{
    struct vector *vector = take(evaluation, column_width(type->kind));
    vector->column = (struct column){.type = type, .data = vector->column.data, .mask = ~(uint32_t)0};
    return &vector->column;
}

static struct column *take_with_bits(struct evaluation *evaluation, const struct type *type, int byte)
{
    struct column *column = eval_take_vector(evaluation, type);
    column->valid = ((struct vector *)column)->bits;
    memset(column->valid, byte, (size_t)(evaluation->batch->n_rows + 63) / 64 * sizeof *column->valid);
    return column;
}

struct column *eval_take_nulls(struct evaluation *evaluation, const struct type *type)
{
    return take_with_bits(evaluation, type, 0);
}

struct column *eval_take_valid(struct evaluation *evaluation, const struct type *type)
{
    return take_with_bits(evaluation, type, 0xff);
}

static void give(struct evaluation *evaluation, struct vector *vector, size_t width)
{
    struct vector **spare = spare_of(evaluation, width);
    vector->next = *spare;
    *spare = vector;
}

/* A guard that has made a column with nulls over one that is borrowed does not give it back: that costs memory only on
 * a batch with failures. */
static bool is_borrowed(const struct expr *expr)
{
    while (expr->class->passes) expr = expr->operands[0];
    return expr->class->borrows;
}

void eval_give(struct evaluation *evaluation, const struct expr *expr, const struct column *column)
{
    if (is_borrowed(expr)) return;
    give(evaluation, (struct vector *)column, column_width(column->type->kind));
}

/* ---- lists of rows */

struct row_list {
    struct row_list *next;
    uint32_t rows[];
};

uint32_t *eval_take_list(struct evaluation *evaluation)
{
    struct row_list *list = evaluation->lists;
    if (list)
        evaluation->lists = list->next;
    else
        list = arena_alloc(evaluation->arena, sizeof *list + evaluation->batch->n_rows * sizeof *list->rows);
    return list->rows;
}

void eval_give_list(struct evaluation *evaluation, uint32_t *rows)
{
    struct row_list *list = (struct row_list *)(void *)((char *)rows - offsetof(struct row_list, rows));
    list->next = evaluation->lists;
    evaluation->lists = list;
}

uint32_t eval_subtract(const struct evaluation *evaluation, uint32_t *rows, uint32_t n, const uint32_t *others,
                       uint32_t n_others)
{
    uint32_t left = 0, other = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = rows[i];
        if (other < n_others && others[other] == row)
            other++;
        else if (!eval_has_failed(evaluation, row))
            rows[left++] = row;
    }
    return left;
}

uint32_t eval_select_valid(const struct column *column, const uint32_t *rows, uint32_t n, uint32_t *out)
{
    if (!column->valid) {
        if (out != rows) memcpy(out, rows, n * sizeof *rows);
        return n;
    }
    uint32_t left = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = rows[i];
        out[left] = row;
        left += !column_is_null(column, row);
    }
    return left;
}

/* ---- copying */

#define COPY(c_type)                                                                                                   \
    for (uint32_t i = 0; i < evaluation->n_rows; i++) {                                                                \
        uint32_t row = evaluation->rows[i];                                                                            \
        ((c_type *)to->data)[row] = ((const c_type *)from->data)[row & from->mask];                                    \
    }                                                                                                                  \
    break

static void copy_slots(const struct evaluation *evaluation, const struct column *from, struct column *to)
{
    switch (column_width(to->type->kind)) {
    case 1: COPY(uint8_t);
    case 4: COPY(uint32_t);
    case 8: COPY(uint64_t);
    default: COPY(struct text);
    }
}

void eval_copy(const struct evaluation *evaluation, const struct column *from, struct column *to)
{
    if (from->data) copy_slots(evaluation, from, to);
    for (uint32_t i = 0; i < evaluation->n_rows; i++) {
        uint32_t row = evaluation->rows[i];
        if (column_is_null(from, row))
            column_set_null(to, row);
        else
            column_set_valid(to, row);
    }
}
