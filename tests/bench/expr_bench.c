/* expr_bench.c - nanoseconds a row of the expressions that queries have most.
 *
 * Batches of 1000 rows, all selected, as filters and as projections; the columns have no nulls, or one in ten. Texts
 * are 18 bytes as a camera's status is, one in five with ALARM. Each figure is the best of several rounds.
 */
#include "engine/base/clock.h"
#include "engine/expr/expr.h"
#include "parser/parse.h"
#include <stdio.h>

enum { ROWS = 1000, BATCHES = 2000, ROUNDS = 7 };

static const struct {
    const char *name;
    const struct type *type;
} columns[] = {
    {"PREVIOUS_STATUS", &type_string},
    {"A", &type_bigint},
    {"B", &type_bigint},
    {"I", &type_integer},
    {"D", &type_double},
};

enum { COLUMNS = sizeof columns / sizeof *columns };

static bool resolve(void *context, const struct tree_expr *tree, uint32_t *index, const struct type **type,
                    struct error *error)
{
    (void)context;
    for (uint32_t i = 0; i < COLUMNS; i++) {
        if (!text_equal(tree->name.name, text_of(columns[i].name))) continue;
        *index = i;
        *type = columns[i].type;
        return true;
    }
    return error_set(error, ERROR_STATEMENT, tree->span, "no such column");
}

static uint32_t draw(uint32_t n)
{
    static uint64_t seed = 42;
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

static struct value draw_value(const struct type *type)
{
    static const char *const statuses[] = {"NORMAL OPERATION 1", "ALARM NO HELMET 42", "TRUCK AT THE GATE ",
                                           "ZONE B HAS WORKERS", "HARD HATS COMPLETE"};
    switch (type->kind) {
    case TYPE_STRING: return (struct value){.text = text_of(statuses[draw(5)])};
    case TYPE_BIGINT: return (struct value){.bigint = draw(1000)};
    case TYPE_INTEGER: return (struct value){.integer = (int32_t)draw(1000)};
    default: return (struct value){.real = draw(1000) / 8.0};
    }
}

static struct batch *make_batch(struct arena *arena, uint32_t one_null_in)
{
    struct batch *batch = ARENA_MAKE(arena, struct batch);
    *batch = (struct batch){.n_rows = ROWS, .n_selected = ROWS, .n_columns = COLUMNS};
    batch->columns = ARENA_ARRAY(arena, struct column, COLUMNS);
    batch->selection = ARENA_ARRAY(arena, uint32_t, ROWS);
    for (uint32_t i = 0; i < COLUMNS; i++) {
        batch->columns[i] = column_make(arena, columns[i].type, ROWS);
        for (uint32_t row = 0; row < ROWS; row++) {
            struct value value = draw_value(columns[i].type);
            if (one_null_in && draw(one_null_in) == 0) value = NULL_VALUE;
            column_set(&batch->columns[i], row, &value);
        }
        if (!one_null_in) batch->columns[i].valid = NULL;
    }
    for (uint32_t row = 0; row < ROWS; row++) batch->selection[row] = row;
    return batch;
}

/* Nanoseconds for one batch; how many rows a filter keeps in *kept. */
static double run(const struct expr *expr, struct batch *batch, bool filter, uint32_t *kept)
{
    static uint32_t rows[ROWS];
    batch->arena = arena_new();
    int64_t start = clock_monotonic_ns();
    for (int i = 0; i < BATCHES; i++) {
        struct evaluation evaluation = evaluation_of(batch);
        memcpy(rows, batch->selection, sizeof rows);
        if (filter)
            *kept = expr_filter(expr, &evaluation, rows, ROWS);
        else
            (void)expr_eval(expr, &evaluation);
        arena_reset(batch->arena);
    }
    double ns = (double)(clock_monotonic_ns() - start) / BATCHES;
    arena_free(batch->arena);
    return ns;
}

static double best(const struct expr *expr, struct batch *batch, bool filter, uint32_t *kept)
{
    double least = 1e18;
    for (int i = 0; i < ROUNDS; i++) {
        double ns = run(expr, batch, filter, kept);
        if (ns < least) least = ns;
    }
    return least / ROWS;
}

static void measure(struct arena *arena, const char *sql)
{
    struct expr_scope scope = {.arena = arena, .resolve = resolve};
    struct tree_expr *tree;
    const struct expr *expr;
    struct error error = {0};
    uint32_t kept = 0;
    if (!parse_expression(arena, text_of(sql), &tree, &error) || !expr_build(&scope, tree, &expr, &error)) {
        printf("%s: %s\n", sql, error.message);
        return;
    }
    bool filter = expr_type(expr)->kind == TYPE_BOOLEAN;
    double full = best(expr, make_batch(arena, 0), filter, &kept),
           sparse = best(expr, make_batch(arena, 10), filter, &kept);
    printf("%-52s %6.2f %6.2f\n", sql, full, sparse);
}

int main(void)
{
    static const char *const expressions[] = {
        "PREVIOUS_STATUS LIKE '%ALARM%'",
        "PREVIOUS_STATUS LIKE 'ALARM%'",
        "PREVIOUS_STATUS LIKE '%ALARM_NO%'",
        "PREVIOUS_STATUS = 'TRUCK AT THE GATE '",
        "A > 500",
        "I > 500",
        "D > 60.5",
        "A > B",
        "A BETWEEN 100 AND 500",
        "A > 500 AND B < 500",
        "A > 500 OR B < 500",
        "NOT A > 500",
        "A IN (1, 2, 3)",
        "A IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)",
        "A * 2 + B",
        "I * 2 + I",
        "D * 2e0 + D",
        "A * 2 + B > 700",
        "A / 7",
        "I + B",
        "CASE WHEN A > 500 THEN A ELSE B END",
        "COALESCE(A, B)",
        "UCASE(PREVIOUS_STATUS)",
        "LEN(PREVIOUS_STATUS)",
        "SQRT(D)",
        "CAST(A AS STRING)",
    };
    struct arena *arena = arena_new();
    printf("%-52s %6s %6s\n", "ns a row", "full", "nulls");
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) measure(arena, expressions[i]);
    arena_free(arena);
    return 0;
}
