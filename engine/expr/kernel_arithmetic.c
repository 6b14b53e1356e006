/* kernel_arithmetic.c - + - * / % over columns of numbers.
 *
 * Rows without a gap, which is the usual thing, are a plain loop over the slots that the compiler makes vectors of;
 * other lists of rows are followed one by one. Integers wrap around as Java's do: they are added as unsigned, and the
 * smallest divided by -1 is itself.
 */
#include "engine/expr/kernel.h"
#include <math.h>

#define LOOP(c_type, x_slot, y_slot, expression)                                                                       \
    do {                                                                                                               \
        if (dense) {                                                                                                   \
            uint32_t end = rows[0] + n;                                                                                \
            for (uint32_t row = rows[0]; row < end; row++) {                                                           \
                const c_type x = left[x_slot], y = right[y_slot];                                                      \
                result[row] = (expression);                                                                            \
            }                                                                                                          \
            break;                                                                                                     \
        }                                                                                                              \
        for (uint32_t i = 0; i < n; i++) {                                                                             \
            uint32_t row = rows[i];                                                                                    \
            const c_type x = left[x_slot], y = right[y_slot];                                                          \
            result[row] = (expression);                                                                                \
        }                                                                                                              \
    } while (0)

/* A constant at either side is a loop of its own: `row & mask` would keep the compiler from making vectors. */
#define ARITHMETIC(name, c_type, expression)                                                                           \
    static void name(const struct column *a, const struct column *b, const uint32_t *rows, uint32_t n, bool dense,     \
                     struct column *out)                                                                               \
    {                                                                                                                  \
        const c_type *restrict left = a->data, *restrict right = b->data;                                              \
        c_type *restrict result = out->data;                                                                           \
        if (b->mask == 0 && a->mask)                                                                                   \
            LOOP(c_type, row, 0, expression);                                                                          \
        else if (a->mask == 0 && b->mask)                                                                              \
            LOOP(c_type, 0, row, expression);                                                                          \
        else if (a->mask)                                                                                              \
            LOOP(c_type, row, row, expression);                                                                        \
        else                                                                                                           \
            LOOP(c_type, 0, 0, expression);                                                                            \
    }

#define ARITHMETIC_INTEGERS(name, c_type, unsigned_type)                                                               \
    ARITHMETIC(name##_add, c_type, (c_type)((unsigned_type)x + (unsigned_type)y))                                      \
    ARITHMETIC(name##_subtract, c_type, (c_type)((unsigned_type)x - (unsigned_type)y))                                 \
    ARITHMETIC(name##_multiply, c_type, (c_type)((unsigned_type)x * (unsigned_type)y))                                 \
    ARITHMETIC(name##_divide, c_type, y == -1 ? (c_type)(0 - (unsigned_type)x) : x / y)                                \
    ARITHMETIC(name##_modulo, c_type, y == -1 ? 0 : x % y)

ARITHMETIC_INTEGERS(integer, int32_t, uint32_t)
ARITHMETIC_INTEGERS(bigint, int64_t, uint64_t)
ARITHMETIC(real_add, double, x + y)
ARITHMETIC(real_subtract, double, x - y)
ARITHMETIC(real_multiply, double, x *y)
ARITHMETIC(real_divide, double, x / y)
ARITHMETIC(real_modulo, double, fmod(x, y))

#define KERNELS(name)                                                                                                  \
    {                                                                                                                  \
        [TREE_ADD] = name##_add, [TREE_SUBTRACT] = name##_subtract, [TREE_MULTIPLY] = name##_multiply,                 \
        [TREE_DIVIDE] = name##_divide, [TREE_MODULO] = name##_modulo,                                                  \
    }

arithmetic_kernel *arithmetic_kernel_find(enum type_kind kind, enum tree_operator op)
{
    static arithmetic_kernel *const integers[] = KERNELS(integer), *const bigints[] = KERNELS(bigint),
                                    *const reals[] = KERNELS(real);
    if (op > TREE_MODULO) return NULL;
    switch (kind) {
    case TYPE_INTEGER: return integers[op];
    case TYPE_BIGINT: return bigints[op];
    case TYPE_DOUBLE: return reals[op];
    default: return NULL;
    }
}
