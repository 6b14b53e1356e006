/* call.c - running a bound scalar over columns: nulls by the row's policy, then the row's own function.
 *
 *     rows [0 1 2 3]   argument 1 null at 2, NOT NULL and null at 3   ->   2 is null, 3 fails, the function sees [0 1]
 *
 * A function of one row is called in a loop here; its arguments are taken out of the columns for it.
 */
#include "engine/base/arena.h"
#include "udf/host.h"
#include "udf/udf.h"
#include <stdio.h>

enum { ARGUMENTS_ON_STACK = 8 };

struct rows {
    const uint32_t *items;
    uint32_t n;
};

static bool fails_on_null(const struct udf_binding *binding, uint32_t argument)
{
    if (binding->function->nulls == WEIR_NULL_FAILS) return true;
    return binding->not_null >> (argument < 63 ? argument : 63) & 1;
}

/* The rows without those where the column is null; they are set to null, and fail if `fails`. */
static struct rows without_nulls(struct host_call *host, const struct column *column, uint32_t argument, bool fails,
                                 struct rows rows)
{
    uint32_t *left = ARENA_ARRAY(host->arena, uint32_t, rows.n + 1), n = 0;
    for (uint32_t i = 0; i < rows.n; i++) {
        uint32_t row = rows.items[i];
        if (!column_is_null(column, row)) {
            left[n++] = row;
            continue;
        }
        column_set_null(host->result, row);
        if (!fails) continue;
        char why[64];
        snprintf(why, sizeof why, "argument %u is NULL", argument + 1);
        host->frame->fail(host->frame->context, row, why);
    }
    return (struct rows){left, n};
}

static struct rows apply_null_policy(struct host_call *host, const struct udf_binding *binding,
                                     const struct column *arguments, struct rows rows)
{
    for (uint32_t i = 0; i < binding->n; i++) {
        bool fails = fails_on_null(binding, i);
        if (!arguments[i].valid || (binding->function->nulls == WEIR_NULL_PASSED && !fails)) continue;
        rows = without_nulls(host, &arguments[i], i, fails, rows);
    }
    return rows;
}

static void call_by_row(struct host_call *host, const struct weir_function *function, const struct column *arguments,
                        struct rows rows)
{
    struct value on_stack[ARGUMENTS_ON_STACK], *values = on_stack;
    uint32_t n = host->call.n_arguments;
    if (n > ARGUMENTS_ON_STACK) values = ARENA_ARRAY(host->arena, struct value, n);
    for (uint32_t i = 0; i < rows.n; i++) {
        struct weir_value out = {0};
        uint32_t row = host->call.row = rows.items[i];
        for (uint32_t k = 0; k < n; k++) values[k] = column_get(&arguments[k], row);
        if (!function->row(&host->call, (const struct weir_value *)values, &out)) {
            host->frame->fail(host->frame->context, row, "the function gave no reason");
            out.is_null = true;
        }
        struct value result = host_value_of(&out);
        column_set(host->result, row, &result);
    }
}

void udf_call(const struct udf_binding *binding, const struct udf_frame *frame, const struct column *arguments,
              const uint32_t *rows, uint32_t n_rows, struct column *result)
{
    const struct weir_function *function = binding->function->scalar;
    struct host_call host = {.call = {.host = &udf_host,
                                      .n_arguments = binding->n,
                                      .types = (const struct weir_type *const *)binding->parameters,
                                      .result_type = host_type(binding->result_type),
                                      .state = binding->state},
                             .arena = frame->arena,
                             .frame = frame,
                             .result = result};
    struct rows left = apply_null_policy(&host, binding, arguments, (struct rows){rows, n_rows});
    if (!left.n) return;
    if (function->row)
        call_by_row(&host, function, arguments, left);
    else
        function->columns(&host.call, (const struct weir_column *)arguments, left.items, left.n,
                          (struct weir_column *)result);
}
