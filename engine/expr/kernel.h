/* kernel.h - the loops at the bottom: one function for each operator and type, chosen when the expression is built. */
#pragma once
#include "engine/types/column.h"
#include "parser/tree.h"

/* Writes the rows for which `a op b` is true to `out`, which may be `rows`; neither is null on them. */
typedef uint32_t compare_kernel(const struct column *a, const struct column *b, const uint32_t *rows, uint32_t n,
                                uint32_t *out);

/* Both of the type (DECIMALs of one scale). NULL if the operator has no meaning for it. */
compare_kernel *compare_kernel_find(const struct type *type, enum tree_operator op);

/* One is a DECIMAL and the other a DOUBLE. */
compare_kernel *compare_kernel_find_mixed(enum tree_operator op);

/* out[row] = a[row] op b[row] for rows[0..n), where neither is null; ints wrap around, a divisor is not 0. `dense`: the
 * rows have no gap. */
typedef void arithmetic_kernel(const struct column *a, const struct column *b, const uint32_t *rows, uint32_t n,
                               bool dense, struct column *out);

/* INTEGER, BIGINT and DOUBLE; NULL for others. */
arithmetic_kernel *arithmetic_kernel_find(enum type_kind kind, enum tree_operator op);
