/* kernel_compare.c - comparisons that shorten a list of rows.
 *
 *     BIGINT < constant:    out[k] = row; k += data[row] < c;        no branch, so no misprediction
 *
 * One function for each type and operator, with a loop for a constant at the right and one for everything else. Texts
 * compare by UTF-16 unit (value_compare), numbers as C does, but for NaN: it is neither =, <> nor beside anything.
 */
#include "engine/expr/kernel.h"

#define COMPARE(name, c_type, expression)                                                                              \
    static uint32_t name(const struct column *a, const struct column *b, const uint32_t *rows, uint32_t n,             \
                         uint32_t *out)                                                                                \
    {                                                                                                                  \
        const c_type *left = a->data, *right = b->data;                                                                \
        uint32_t n_out = 0, a_mask = a->mask, b_mask = b->mask;                                                        \
        if (b_mask == 0) {                                                                                             \
            const c_type y = right[0];                                                                                 \
            for (uint32_t i = 0; i < n; i++) {                                                                         \
                uint32_t row = rows[i];                                                                                \
                const c_type x = left[row & a_mask];                                                                   \
                out[n_out] = row;                                                                                      \
                n_out += (expression);                                                                                 \
            }                                                                                                          \
            return n_out;                                                                                              \
        }                                                                                                              \
        for (uint32_t i = 0; i < n; i++) {                                                                             \
            uint32_t row = rows[i];                                                                                    \
            const c_type x = left[row & a_mask], y = right[row & b_mask];                                              \
            out[n_out] = row;                                                                                          \
            n_out += (expression);                                                                                     \
        }                                                                                                              \
        return n_out;                                                                                                  \
    }

#define COMPARE_ALL(name, c_type)                                                                                      \
    COMPARE(name##_equal, c_type, x == y)                                                                              \
    COMPARE(name##_not_equal, c_type, x != y)                                                                          \
    COMPARE(name##_less, c_type, x < y)                                                                                \
    COMPARE(name##_less_or_equal, c_type, x <= y)                                                                      \
    COMPARE(name##_greater, c_type, x > y)                                                                             \
    COMPARE(name##_greater_or_equal, c_type, x >= y)

#define KERNELS(name)                                                                                                  \
    {                                                                                                                  \
        [TREE_EQUAL] = name##_equal, [TREE_NOT_EQUAL] = name##_not_equal, [TREE_LESS] = name##_less,                   \
        [TREE_LESS_OR_EQUAL] = name##_less_or_equal, [TREE_GREATER] = name##_greater,                                  \
        [TREE_GREATER_OR_EQUAL] = name##_greater_or_equal,                                                             \
    }

COMPARE_ALL(integer, int32_t)
COMPARE_ALL(bigint, int64_t)
COMPARE_ALL(small, int128)
COMPARE(real_equal, double, x == y)
COMPARE(real_not_equal, double, (x < y) | (x > y))
COMPARE(real_less, double, x < y)
COMPARE(real_less_or_equal, double, x <= y)
COMPARE(real_greater, double, x > y)
COMPARE(real_greater_or_equal, double, x >= y)
COMPARE(boolean_equal, uint8_t, x == y)
COMPARE(boolean_not_equal, uint8_t, x != y)

/* ---- text: equal by bytes, ordered by value_compare */

static inline int order_texts(struct text a, struct text b)
{
    struct value x = {.text = a}, y = {.text = b};
    return value_compare(&type_string, &x, &y);
}

COMPARE(text_is_equal, struct text, text_equal(x, y))
COMPARE(text_is_not_equal, struct text, !text_equal(x, y))
COMPARE(text_is_less, struct text, order_texts(x, y) < 0)
COMPARE(text_is_less_or_equal, struct text, order_texts(x, y) <= 0)
COMPARE(text_is_greater, struct text, order_texts(x, y) > 0)
COMPARE(text_is_greater_or_equal, struct text, order_texts(x, y) >= 0)

/* ---- everything else, slot by slot: bytes, nested values, DECIMALs of more than 38 digits */

#define COMPARE_VALUES(name, expression)                                                                               \
    static uint32_t name(const struct column *a, const struct column *b, const uint32_t *rows, uint32_t n,             \
                         uint32_t *out)                                                                                \
    {                                                                                                                  \
        const struct type *type = a->type;                                                                             \
        uint32_t n_out = 0;                                                                                            \
        for (uint32_t i = 0; i < n; i++) {                                                                             \
            uint32_t row = rows[i];                                                                                    \
            struct value x = column_get(a, row), y = column_get(b, row);                                               \
            out[n_out] = row;                                                                                          \
            n_out += (expression);                                                                                     \
        }                                                                                                              \
        return n_out;                                                                                                  \
    }

COMPARE_VALUES(any_equal, value_equal(type, &x, &y))
COMPARE_VALUES(any_not_equal, !value_equal(type, &x, &y))
COMPARE_VALUES(any_less, value_compare(type, &x, &y) < 0)
COMPARE_VALUES(any_less_or_equal, value_compare(type, &x, &y) <= 0)
COMPARE_VALUES(any_greater, value_compare(type, &x, &y) > 0)
COMPARE_VALUES(any_greater_or_equal, value_compare(type, &x, &y) >= 0)

/* ---- a DECIMAL with a DOUBLE, at either side */

enum { UNORDERED = 2 };

static int order_mixed(const struct column *a, const struct column *b, uint32_t row)
{
    bool flipped = a->type->kind == TYPE_DOUBLE;
    const struct column *decimals = flipped ? b : a, *reals = flipped ? a : b;
    double real = COLUMN_DATA(reals, double)[row & reals->mask];
    if (real != real) return UNORDERED;
    int order =
        decimal_compare_double(decimals->type, COLUMN_DATA(decimals, struct decimal)[row & decimals->mask], real);
    return flipped ? -order : order;
}

#define COMPARE_MIXED(name, expression)                                                                                \
    static uint32_t name(const struct column *a, const struct column *b, const uint32_t *rows, uint32_t n,             \
                         uint32_t *out)                                                                                \
    {                                                                                                                  \
        uint32_t n_out = 0;                                                                                            \
        for (uint32_t i = 0; i < n; i++) {                                                                             \
            uint32_t row = rows[i];                                                                                    \
            int order = order_mixed(a, b, row);                                                                        \
            out[n_out] = row;                                                                                          \
            n_out += (expression);                                                                                     \
        }                                                                                                              \
        return n_out;                                                                                                  \
    }

COMPARE_MIXED(mixed_equal, order == 0)
COMPARE_MIXED(mixed_not_equal, order == -1 || order == 1)
COMPARE_MIXED(mixed_less, order == -1)
COMPARE_MIXED(mixed_less_or_equal, order == -1 || order == 0)
COMPARE_MIXED(mixed_greater, order == 1)
COMPARE_MIXED(mixed_greater_or_equal, order == 0 || order == 1)

enum { OPERATORS = TREE_IS_NOT_DISTINCT + 1 };

compare_kernel *compare_kernel_find(const struct type *type, enum tree_operator op)
{
    static compare_kernel *const integers[OPERATORS] = KERNELS(integer), *const bigints[OPERATORS] = KERNELS(bigint),
                                 *const reals[OPERATORS] = KERNELS(real), *const smalls[OPERATORS] = KERNELS(small),
                                 *const texts[OPERATORS] = KERNELS(text_is), *const values[OPERATORS] = KERNELS(any);
    bool equality = op == TREE_EQUAL || op == TREE_NOT_EQUAL;
    switch (type->kind) {
    case TYPE_BOOLEAN: return op == TREE_EQUAL ? boolean_equal : op == TREE_NOT_EQUAL ? boolean_not_equal : NULL;
    case TYPE_INTEGER:
    case TYPE_DATE:
    case TYPE_TIME: return integers[op];
    case TYPE_BIGINT:
    case TYPE_TIMESTAMP: return bigints[op];
    case TYPE_DOUBLE: return reals[op];
    case TYPE_DECIMAL: return decimal_is_big(type) ? values[op] : smalls[op];
    case TYPE_STRING: return texts[op];
    case TYPE_BYTES: return values[op];
    default: return equality ? values[op] : NULL;
    }
}

compare_kernel *compare_kernel_find_mixed(enum tree_operator op)
{
    static compare_kernel *const mixed[OPERATORS] = KERNELS(mixed);
    return mixed[op];
}
