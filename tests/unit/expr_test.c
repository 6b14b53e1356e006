/* expr_test.c - expressions as SQL text, over rows, to values or errors as text.
 *
 * Each expression is evaluated over the row below alone, over a row of nulls alone, and over a batch in which the two
 * alternate and some rows are not selected; all must agree, in values and in what is reported.
 */
#include "tests/unit/test.h"

#include "engine/base/settings.h"
#include "engine/expr/expr.h"
#include "engine/expr/pattern.h"
#include "parser/parse.h"

enum { ROWS = 150 };

struct column_spec {
    const char *name;
    const char *type;
    const char *value; /* SQL; for expr_build_value */
};

static const struct column_spec specs[] = {
    {"I", "INT", "7"},
    {"B", "BIGINT", "5000000000"},
    {"D", "DOUBLE", "2.5"},
    {"P", "DECIMAL(4, 2)", "10.50"},
    {"Q", "DECIMAL(5, 3)", "10.501"},
    {"S", "STRING", "'hello'"},
    {"PATTERN", "STRING", "'h!%_'"},
    {"T", "BOOLEAN", "TRUE"},
    {"F", "BOOLEAN", "FALSE"},
    {"N", "INT", "NULL"},
    {"NS", "STRING", "NULL"},
    {"NT", "BOOLEAN", "NULL"},
    {"ZERO", "INT", "0"},
    {"DAY", "DATE", "'2024-05-31'"},
    {"CLOCK", "TIME", "'10:20:30'"},
    {"MOMENT", "TIMESTAMP", "'2024-05-31T10:20:30.123'"},
    {"Y", "BYTES", "'aGVsbG8='"},
    {"A", "ARRAY<INT>", "ARRAY[10, 20, 30]"},
    {"AA", "ARRAY<ARRAY<INT>>", "ARRAY[ARRAY[1, 2], ARRAY[3]]"},
    {"AB", "ARRAY<BIGINT>", "ARRAY[10, 20, 30]"},
    {"M", "MAP<STRING, INT>", "MAP('a' := 1, 'b' := 2)"},
    {"R", "STRUCT<ID INT, NAME STRING, INNER_ STRUCT<X DOUBLE>>",
     "STRUCT(ID := 3, NAME := 'rose', INNER_ := STRUCT(X := 0.5))"},
    {"ROWTIME", "BIGINT", "1717150830123"},
    {"TEXTDAY", "STRING", "'2024-05-31'"},
    {"SMALLEST", "INT", "-2147483648"},
    {"NUMBER", "STRING", "' 42 '"},
};

enum { COLUMNS = sizeof specs / sizeof *specs };

struct world {
    struct arena *arena;
    struct settings *settings;
    const struct type *types[COLUMNS];
    struct value values[COLUMNS];
    struct expr_scope scope;
};

static bool resolve(void *context, const struct tree_expr *tree, uint32_t *index, const struct type **type,
                    struct error *error)
{
    const struct world *world = context;
    for (uint32_t i = 0; i < COLUMNS; i++) {
        if (!text_equal(tree->name.name, text_of(specs[i].name))) continue;
        *index = i;
        *type = world->types[i];
        return true;
    }
    return error_set(error, ERROR_STATEMENT, tree->span, "there is no column " TEXT_FMT, TEXT_ARG(tree->name.name));
}

static struct tree_expr *parse(struct arena *arena, const char *sql)
{
    struct tree_expr *tree = NULL;
    struct error error = {0};
    if (!parse_expression(arena, text_of(sql), &tree, &error)) fail_msg("%s: %s", sql, error.message);
    return tree;
}

static const struct type *type_of(struct world *world, const char *sql)
{
    struct tree_type *tree = NULL;
    const struct type *type = NULL;
    struct error error = {0};
    if (!parse_type(world->arena, text_of(sql), &tree, &error) ||
        !expr_resolve_type(&world->scope, tree, &type, &error))
        fail_msg("%s: %s", sql, error.message);
    return type;
}

static int set_up(void **state)
{
    struct world *world = HEAP_MAKE(struct world);
    world->arena = arena_new();
    world->settings = settings_new(NULL);
    world->scope = (struct expr_scope){.arena = world->arena, .settings = world->settings, .context = world};
    for (uint32_t i = 0; i < COLUMNS; i++) {
        struct error error = {0};
        world->types[i] = type_of(world, specs[i].type);
        if (!expr_build_value(&world->scope, parse(world->arena, specs[i].value), world->types[i], &world->values[i],
                              &error))
            fail_msg("%s: %s", specs[i].name, error.message);
    }
    world->scope.resolve = resolve;
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    settings_free(world->settings);
    arena_free(world->arena);
    free(world);
    return 0;
}

/* ---- batches */

/* n rows of the values, or of nulls where `is_null` says so; what is not selected holds rubbish. */
static struct batch *make_batch(struct world *world, uint32_t n, bool (*is_null)(uint32_t row),
                                bool (*is_selected)(uint32_t row))
{
    struct batch *batch = ARENA_MAKE(world->arena, struct batch);
    batch->arena = world->arena;
    batch->n_rows = n;
    batch->n_columns = COLUMNS;
    batch->columns = ARENA_ARRAY(world->arena, struct column, COLUMNS);
    batch->selection = ARENA_ARRAY(world->arena, uint32_t, n);
    for (uint32_t i = 0; i < COLUMNS; i++) {
        batch->columns[i] = column_make(world->arena, world->types[i], n);
        memset(batch->columns[i].data, 0xa5, column_width(world->types[i]->kind) * n);
        for (uint32_t row = 0; row < n; row++) {
            if (is_selected(row)) column_set(&batch->columns[i], row, is_null(row) ? &NULL_VALUE : &world->values[i]);
        }
    }
    for (uint32_t row = 0; row < n; row++)
        if (is_selected(row)) batch->selection[batch->n_selected++] = row;
    return batch;
}

static bool always(uint32_t row)
{
    (void)row;
    return true;
}

static bool never(uint32_t row)
{
    (void)row;
    return false;
}

static bool odd(uint32_t row)
{
    return row % 2 == 1;
}

static bool not_every_seventh(uint32_t row)
{
    return row % 7 != 3;
}

/* What was reported in one evaluation. */
struct reports {
    unsigned n;
    uint32_t last_row;
    char why[200];
};

static void report(void *context, const struct batch *batch, uint32_t row, const char *why)
{
    struct reports *reports = context;
    (void)batch;
    reports->n++;
    reports->last_row = row;
    snprintf(reports->why, sizeof reports->why, "%s", why);
}

static const char *text_at(struct world *world, const struct column *column, uint32_t row)
{
    struct buffer out = BUFFER(1 << 16);
    struct value value = column_get(column, row);
    value_print(&out, column->type, &value);
    char *text = arena_printf(world->arena, TEXT_FMT, TEXT_ARG(buffer_text(&out)));
    buffer_free(&out);
    return text;
}

/* The value for a batch of one row, as text. */
static const char *alone(struct world *world, const struct expr *expr, bool (*is_null)(uint32_t row),
                         struct reports *reports)
{
    struct batch *batch = make_batch(world, 1, is_null, always);
    struct evaluation evaluation = evaluation_of(batch);
    evaluation.report = report;
    evaluation.context = reports;
    return text_at(world, expr_eval(expr, &evaluation), 0);
}

static void check_batch(struct world *world, const char *sql, const struct expr *expr, const char *of_row,
                        unsigned row_reports, const char *of_nulls, unsigned null_reports)
{
    struct batch *batch = make_batch(world, ROWS, odd, not_every_seventh);
    struct evaluation evaluation = evaluation_of(batch);
    struct reports reports = {0};
    evaluation.report = report;
    evaluation.context = &reports;
    const struct column *column = expr_eval(expr, &evaluation);
    unsigned expected_reports = 0;
    for (uint32_t i = 0; i < batch->n_selected; i++) {
        uint32_t row = batch->selection[i];
        const char *expected = odd(row) ? of_nulls : of_row, *found = text_at(world, column, row);
        expected_reports += odd(row) ? null_reports : row_reports;
        if (strcmp(found, expected) != 0) fail_msg("%s: row %u of a batch is %s and not %s", sql, row, found, expected);
    }
    if (reports.n != expected_reports)
        fail_msg("%s: %u failures reported in a batch, not %u", sql, reports.n, expected_reports);
}

/* A BOOLEAN as a filter over the same batch. */
static void check_filter(struct world *world, const char *sql, const struct expr *expr, const char *of_row,
                         const char *of_nulls)
{
    struct batch *batch = make_batch(world, ROWS, odd, not_every_seventh);
    struct evaluation evaluation = evaluation_of(batch);
    uint32_t n = expr_filter(expr, &evaluation, batch->selection, batch->n_selected), at = 0;
    for (uint32_t row = 0; row < ROWS; row++) {
        bool expected = not_every_seventh(row) && strcmp(odd(row) ? of_nulls : of_row, "true") == 0;
        bool found = at < n && batch->selection[at] == row;
        if (found != expected) fail_msg("%s: as a filter it %s row %u", sql, found ? "keeps" : "drops", row);
        at += found;
    }
    assert_int_equal(at, n);
}

/* The text of the expression over the row; over nulls in `of_nulls` if that is not NULL. */
static const char *evaluate(struct world *world, const char *sql, const char **of_nulls, struct reports *reports)
{
    const struct expr *expr = NULL;
    struct error error = {0};
    struct reports null_reports = {0};
    if (!expr_build(&world->scope, parse(world->arena, sql), &expr, &error))
        return arena_printf(world->arena, "! %s%s%s", error.message, error.hint[0] ? " | " : "", error.hint);
    const char *row = alone(world, expr, never, reports), *nulls = alone(world, expr, always, &null_reports);
    check_batch(world, sql, expr, row, reports->n, nulls, null_reports.n);
    if (expr_type(expr)->kind == TYPE_BOOLEAN) check_filter(world, sql, expr, row, nulls);
    if (of_nulls) *of_nulls = nulls;
    return row;
}

struct expectation {
    const char *sql;
    const char *of_row;   /* or "! message | hint" */
    const char *of_nulls; /* NULL: not looked at */
    unsigned failures;    /* reported for the row */
};

static void check_all(struct world *world, const struct expectation *expectations, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct expectation *expectation = &expectations[i];
        struct reports reports = {0};
        const char *of_nulls = NULL, *of_row = evaluate(world, expectation->sql, &of_nulls, &reports);
        if (strcmp(of_row, expectation->of_row) != 0)
            fail_msg("%s\n  gives  %s\n  not    %s", expectation->sql, of_row, expectation->of_row);
        if (expectation->of_nulls && strcmp(of_nulls, expectation->of_nulls) != 0)
            fail_msg("%s\n  of nulls gives  %s\n  not             %s", expectation->sql, of_nulls,
                     expectation->of_nulls);
        if (reports.n != expectation->failures)
            fail_msg("%s: %u failures (%s), not %u", expectation->sql, reports.n, reports.why, expectation->failures);
    }
}

#define GIVES(sql, row)                                                                                                \
    {                                                                                                                  \
        sql, row, NULL, 0                                                                                              \
    } /* over the row */
#define BOTH(sql, row, nulls)                                                                                          \
    {                                                                                                                  \
        sql, row, nulls, 0                                                                                             \
    } /* over the row, and over the row of nulls */
#define FAILS(sql, row, nulls)                                                                                         \
    {                                                                                                                  \
        sql, row, nulls, 1                                                                                             \
    } /* the same, and one failure is reported for the row */
#define REFUSED(sql, message)                                                                                          \
    {                                                                                                                  \
        sql, "! " message, NULL, 0                                                                                     \
    }

#define CHECK(state, ...)                                                                                              \
    do {                                                                                                               \
        static const struct expectation expectations[] = {__VA_ARGS__};                                                \
        check_all(*(state), expectations, sizeof expectations / sizeof *expectations);                                 \
    } while (0)

/* ---- literals and names */

static void literals_have_the_types_that_their_text_says(void **state)
{
    CHECK(state, GIVES("5", "5"), GIVES("5000000000", "5000000000"), GIVES("2.50", "2.50"), GIVES(".5", "0.5"),
          GIVES("1e3", "1000.0"), GIVES("'it''s'", "it's"), GIVES("TRUE", "true"), GIVES("-5", "-5"),
          FAILS("-N", "null", "null"), GIVES("- I", "-7"), GIVES("+ D", "2.5"), GIVES("-P", "-10.50"),
          GIVES("- SMALLEST", "-2147483648"), GIVES("`DECIMAL` '1.50'", "1.50"),
          REFUSED("`DATE` '2024-01-01'", "DATE cannot be put in front of a literal | write CAST('2024-01-01' AS DATE)"),
          GIVES("1.7976931348623157E308", "1.7976931348623157E308"), GIVES("-4.9E-324", "-4.9E-324"));
}

static void a_name_that_is_not_known_is_an_error_at_its_place(void **state)
{
    struct world *world = *state;
    struct error error = {0};
    const struct expr *expr;
    assert_false(expr_build(&world->scope, parse(world->arena, "I + NOWHERE"), &expr, &error));
    assert_string_equal(error.message, "there is no column NOWHERE");
    assert_int_equal(error.span.start, 4);
    assert_int_equal(error.span.end, 11);
}

static void columns_are_borrowed_and_marked(void **state)
{
    struct world *world = *state;
    struct error error = {0};
    const struct expr *expr;
    bool used[COLUMNS] = {false};
    assert_true(expr_build(&world->scope, parse(world->arena, "B"), &expr, &error));
    assert_int_equal(expr_column(expr), 1);
    struct batch *batch = make_batch(world, 3, never, always);
    struct evaluation evaluation = evaluation_of(batch);
    assert_ptr_equal(expr_eval(expr, &evaluation), &batch->columns[1]);
    assert_true(
        expr_build(&world->scope, parse(world->arena, "CASE WHEN I > 3 THEN LEN(S) ELSE A[1] END"), &expr, &error));
    assert_int_equal(expr_column(expr), -1);
    expr_mark_columns(expr, used);
    for (uint32_t i = 0; i < COLUMNS; i++) {
        bool expected = i == 0 || strcmp(specs[i].name, "S") == 0 || strcmp(specs[i].name, "A") == 0;
        assert_int_equal(used[i], expected);
    }
}

/* ---- arithmetic */

static void integers_take_the_wider_type_and_wrap_around(void **state)
{
    CHECK(state, BOTH("I + 1", "8", "null"), GIVES("I + B", "5000000007"), GIVES("I * 2 + B", "5000000014"),
          GIVES("2147483647 + 1", "-2147483648"), GIVES("9223372036854775807 + I", "-9223372036854775802"),
          GIVES("I / 2", "3"), GIVES("-I / 2", "-3"), GIVES("I % 4", "3"), GIVES("-I % 4", "-3"),
          GIVES("SMALLEST / -1", "-2147483648"), GIVES("SMALLEST % -1", "0"), GIVES("I - B", "-4999999993"),
          GIVES("2 * 3 + 4", "10"), GIVES("10 - 2 + 5", "13"));
}

static void a_division_by_zero_fails_the_row_but_not_for_doubles(void **state)
{
    CHECK(state, FAILS("I / ZERO", "null", "null"), FAILS("I % ZERO", "null", "null"), FAILS("P / 0", "null", "null"),
          FAILS("1 / 0", "null", "null"), GIVES("D / 0", "Infinity"), GIVES("D % 0", "NaN"),
          GIVES("-D / 0", "-Infinity"));
}

static void arithmetic_on_null_fails_the_row(void **state)
{
    CHECK(state, FAILS("N + 1", "null", "null"), FAILS("-N", "null", "null"), FAILS("N * 2 + I", "null", "null"),
          FAILS("I + N * 2", "null", "null"), FAILS("N + N / ZERO", "null", "null"));
}

static void decimals_are_exact(void **state)
{
    CHECK(state, GIVES("P + Q", "21.001"), GIVES("P - 1", "9.50"), GIVES("P * P", "110.2500"),
          GIVES("P / 4", "2.6250000000000"), FAILS("1.0 / 3", "null", "null"), GIVES("P % 3", "1.50"),
          GIVES("P + D", "13.0"), GIVES("P + B", "5000000010.50"));
}

static void the_digits_of_a_chain_have_a_ceiling(void **state)
{
    struct world *world = *state;
    struct buffer sql = BUFFER(1 << 20);
    struct error error = {0};
    const struct expr *expr;
    struct tree_expr *tree = NULL;
    for (int i = 0; i < 200; i++) buffer_printf(&sql, "%sCAST(I AS DECIMAL(1000, 10))", i ? " * " : "");
    assert_true(parse_expression(world->arena, buffer_text(&sql), &tree, &error));
    buffer_free(&sql);
    assert_false(expr_build(&world->scope, tree, &expr, &error));
    assert_non_null(strstr(error.message, "may have more than 100000 digits"));
    assert_string_equal(error.hint, "CAST its operands to a DECIMAL with fewer, or to DOUBLE");
}

static void two_texts_are_joined_and_a_null_shows(void **state)
{
    CHECK(state, BOTH("S + '!'", "hello!", "null!"), BOTH("S || '!' || NS || S", "hello!hello", "!"),
          REFUSED("'a' || 5", "|| joins texts, and 5 is INTEGER | write CAST(5 AS STRING)"),
          REFUSED("S + I", "S + I: there is no STRING + INTEGER | "
                           "CAST(... AS STRING) makes a text of anything, and || or CONCAT joins texts"),
          REFUSED("S * 2", "S * 2: there is no STRING * INTEGER | "
                           "CAST(... AS STRING) makes a text of anything, and || or CONCAT joins texts"),
          REFUSED("T + 1", "T + 1: there is no BOOLEAN + INTEGER"),
          REFUSED("-S", "-S: - stands before numbers only, and S is STRING"));
}

static void what_failed_is_named(void **state)
{
    static const struct {
        const char *sql, *why;
    } cases[] = {
        {"I + N", "I + N: an operand is NULL"},
        {"-N", "-N: the operand is NULL"},
        {"I / ZERO", "I / ZERO: division by zero"},
        {"P / ZERO", "P / ZERO: division by zero"},
        {"P % 0.0", "P % 0.0: division by zero"},
        {"1.0 / 3", "1.0 / 3: the result has more digits than DECIMAL(13, 12) holds"},
        {"CAST(S AS INT)", "CAST(S AS INT): 'hello' is not a valid INTEGER"},
        {"T AND NT", "NT: it is NULL, which is neither true nor false"},
        {"ELT(N, 'a')", "ELT(N, 'a'): argument 1 is NULL"},
        {"S LIKE S || '!' ESCAPE '!'", "S LIKE (S || '!') ESCAPE '!': the pattern ends with its escape character"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reports reports = {0};
        evaluate(*state, cases[i].sql, NULL, &reports);
        if (strcmp(reports.why, cases[i].why) != 0) fail_msg("%s: reported is %s", cases[i].sql, reports.why);
    }
}

/* ---- comparison */

static void numbers_compare_after_widening(void **state)
{
    CHECK(state, BOTH("I = 7", "true", "false"), BOTH("I <> 7", "false", "false"), GIVES("I < B", "true"),
          GIVES("B > I", "true"), GIVES("I >= 7", "true"), GIVES("I <= 6", "false"), GIVES("D = 2.5", "true"),
          GIVES("D > I", "false"), GIVES("P = 10.5", "true"), GIVES("P < Q", "true"), GIVES("P = 10.50001", "false"),
          GIVES("7 = I", "true"), BOTH("8 > I", "true", "false"), GIVES("6 >= I", "false"), GIVES("P > I", "true"),
          GIVES("D < P", "true"), GIVES("B = 5e9", "true"), GIVES("SQRT(-1) = SQRT(-1)", "false"),
          GIVES("SQRT(-1) <> D", "false"), GIVES("SQRT(-1) IS DISTINCT FROM D", "true"), GIVES("0e0 = -0e0", "true"));
}

static void a_decimal_and_a_double_compare_by_their_digits(void **state)
{
    CHECK(state, BOTH("P > D", "true", "false"), BOTH("D <= P", "true", "false"), GIVES("P = 10.5e0", "true"),
          GIVES("0.1 = 1e-1", "true"), GIVES("0.100000000000000001 = 1e-1", "false"),
          GIVES("1e-1 < 0.100000000000000001", "true"), GIVES("P BETWEEN 1e1 AND 2e1", "true"),
          BOTH("P IS NOT DISTINCT FROM 10.5e0", "true", "false"), GIVES("P = SQRT(-1)", "false"),
          GIVES("P <> SQRT(-1)", "false"), GIVES("P < 1e0 / 0", "true"));
}

static void texts_compare_by_utf16_unit(void **state)
{
    CHECK(state, BOTH("S = 'hello'", "true", "false"), GIVES("S < 'help'", "true"), GIVES("S > 'Zebra'", "true"),
          BOTH("S <> 'hello'", "false", "false"), GIVES("'😀' < '\xef\xbc\xa1'", "true"), GIVES("S >= 'hello'", "true"),
          GIVES("'b10' < 'b2'", "true"));
}

static void a_comparison_with_null_is_false_and_its_opposite_true(void **state)
{
    CHECK(state, GIVES("N = 5", "false"), GIVES("N <> 5", "false"), GIVES("NOT (N = 5)", "true"),
          GIVES("NOT N > 5", "true"), GIVES("N = N", "false"), GIVES("N BETWEEN 1 AND 5", "false"),
          GIVES("N NOT BETWEEN 1 AND 5", "true"), GIVES("N IN (1, 2)", "false"), GIVES("N NOT IN (1, 2)", "true"));
}

static void like_of_null_is_null(void **state)
{
    CHECK(state, GIVES("NS LIKE '%'", "null"), GIVES("NS NOT LIKE 'a'", "null"), GIVES("S LIKE NS", "null"),
          GIVES("S NOT LIKE NS", "null"), FAILS("NOT (NS LIKE 'a')", "null", "null"),
          FAILS("NS LIKE 'a' OR TRUE", "null", "null"), GIVES("TRUE OR NS LIKE 'a'", "true"),
          FAILS("NS LIKE 'a' AND TRUE", "null", "null"), GIVES("FALSE AND NS LIKE 'a'", "false"),
          GIVES("(NS LIKE 'a') IS NULL", "true"), GIVES("S LIKE CAST(NULL AS STRING)", "null"));
}

static void comparing_with_the_literal_null_is_refused(void **state)
{
    CHECK(
        state,
        REFUSED(
            "I = NULL",
            "I = NULL compares with NULL, which is neither equal nor unequal to anything | use IS NULL or IS NOT NULL"),
        REFUSED(
            "NULL < I",
            "NULL < I compares with NULL, which is neither equal nor unequal to anything | use IS NULL or IS NOT NULL"),
        BOTH("I IS DISTINCT FROM NULL", "true", "false"), BOTH("NULL IS NOT DISTINCT FROM I", "false", "true"),
        GIVES("NULL IS NULL", "true"));
}

static void is_null_and_distinct_know_null(void **state)
{
    CHECK(state, BOTH("I IS NULL", "false", "true"), BOTH("I IS NOT NULL", "true", "false"),
          BOTH("N IS NULL", "true", "true"), BOTH("I IS DISTINCT FROM N", "true", "false"),
          BOTH("I IS NOT DISTINCT FROM 7", "true", "false"), BOTH("I IS DISTINCT FROM 7", "false", "true"),
          REFUSED("N IS NOT DISTINCT FROM NS", "N (INTEGER) and NS (STRING) cannot be compared with IS NOT DISTINCT "
                                               "FROM | CAST one of them to the type of the other"),
          BOTH("N IS DISTINCT FROM B", "true", "false"), BOTH("A IS DISTINCT FROM ARRAY[10, 20, 30]", "false", "true"),
          BOTH("S IS DISTINCT FROM NS", "true", "false"));
}

static void times_compare_with_each_other_and_with_text(void **state)
{
    CHECK(state, BOTH("DAY = '2024-05-31'", "true", "false"), GIVES("DAY > '2024-05'", "true"),
          GIVES("DAY < MOMENT", "true"), GIVES("MOMENT >= DAY", "true"),
          GIVES("MOMENT = '2024-05-31T10:20:30.123'", "true"), GIVES("CLOCK = '10:20:30'", "true"),
          BOTH("CLOCK BETWEEN '10:00' AND '11:00'", "true", "false"), BOTH("DAY = TEXTDAY", "true", "false"),
          FAILS("DAY = S", "null", "false"), GIVES("'2024' < DAY", "true"),
          REFUSED("DAY = 'tomorrow'", "'tomorrow' is not a valid DATE"),
          REFUSED("CLOCK < DAY", "CLOCK (TIME) and DAY (DATE) cannot be compared with <"),
          REFUSED("DAY = 5", "DAY (DATE) and 5 (INTEGER) cannot be compared with ="));
}

static void a_literal_beside_rowtime_is_a_time(void **state)
{
    CHECK(
        state, BOTH("ROWTIME > '2024-05-31'", "true", "false"), GIVES("ROWTIME > '2025'", "false"),
        GIVES("'2024-05-31T12:20:30.123+0200' = ROWTIME", "true"),
        GIVES("ROWTIME BETWEEN '2024-05-31T10:20:30.123' AND '2024-05-31T10:20:30.123Z'", "true"),
        GIVES("ROWTIME > 1717150830122", "true"),
        REFUSED("ROWTIME > 'noon'",
                "'noon' is not a time | write 2024-05-31T14:30:00, or the beginning of it, and perhaps +02:00"),
        REFUSED("B > '100'",
                "B (BIGINT) and '100' (STRING) cannot be compared with > | CAST one of them to the type of the other"));
}

static void booleans_and_nested_values_know_only_equality(void **state)
{
    CHECK(state, BOTH("T = TRUE", "true", "false"), GIVES("T <> F", "true"),
          REFUSED("T < F", "T (BOOLEAN) and F (BOOLEAN) cannot be compared with < | BOOLEAN values have no order: = "
                           "and <> are what there is for them"),
          GIVES("A = ARRAY[10, 20, 30]", "true"), GIVES("A <> ARRAY[10]", "true"), GIVES("A = AB", "true"),
          GIVES("AB = A", "true"), GIVES("M = MAP('b' := 2, 'a' := 1)", "true"),
          GIVES("R->INNER_ = STRUCT(X := 0.5e0)", "true"),
          REFUSED("A < A", "A (ARRAY<INTEGER>) and A (ARRAY<INTEGER>) cannot be compared with < | ARRAY values have no "
                           "order: = and <> are what there is for them"),
          REFUSED("I = S",
                  "I (INTEGER) and S (STRING) cannot be compared with = | CAST one of them to the type of the other"),
          REFUSED("T = 1", "T (BOOLEAN) and 1 (INTEGER) cannot be compared with ="),
          GIVES("Y = TO_BYTES('hello', 'utf8')", "true"), GIVES("Y < TO_BYTES('help', 'utf8')", "true"));
}

static void between_includes_its_ends(void **state)
{
    CHECK(state, BOTH("I BETWEEN 7 AND 7", "true", "false"), GIVES("I BETWEEN 1 AND 6", "false"),
          BOTH("I NOT BETWEEN 1 AND 6", "true", "true"), GIVES("I BETWEEN 2 AND 7.5", "true"),
          GIVES("D BETWEEN I AND 10", "false"), GIVES("S BETWEEN 'a' AND 'i'", "true"),
          GIVES("5 BETWEEN 1 AND I", "true"), GIVES("I + 2 BETWEEN B / 1000000000 AND I * 2", "true"),
          GIVES("I BETWEEN N AND 9", "false"));
}

/* ---- logic */

static void and_and_or_stop_where_they_are_decided(void **state)
{
    CHECK(state, BOTH("I > 5 AND S = 'hello'", "true", "false"), GIVES("I > 5 AND I < 6", "false"),
          BOTH("I < 5 OR S = 'hello'", "true", "false"), BOTH("I = 7 OR I / ZERO = 1", "true", "null"),
          BOTH("I = 8 AND I / ZERO = 1", "false", "false"), BOTH("NOT I = 7", "false", "true"),
          GIVES("NOT NOT I = 7", "true"), GIVES("TRUE OR FALSE AND TRUE", "true"), BOTH("T AND NOT F", "true", "null"),
          BOTH("I = 1 OR I = 2 OR I = 3 OR I = 7", "true", "false"));
}

static void a_null_operand_of_logic_fails_the_row(void **state)
{
    CHECK(state, FAILS("NT AND T", "null", "null"), FAILS("NOT NT", "null", "null"), FAILS("NT OR T", "null", "null"),
          BOTH("T OR NT", "true", "null"), BOTH("F AND NT", "false", "null"), FAILS("NOT (N + 1 > 5)", "null", "null"),
          FAILS("NULL AND T", "null", "null"));
}

static void logic_wants_booleans(void **state)
{
    CHECK(state, REFUSED("I AND T", "I is INTEGER, and must be BOOLEAN here"),
          REFUSED("NOT S", "S is STRING, and must be BOOLEAN here"));
}

/* ---- LIKE */

static void like_matches_the_whole_text(void **state)
{
    CHECK(state, BOTH("S LIKE '%ell%'", "true", "null"), GIVES("S LIKE 'hel%'", "true"), GIVES("S LIKE '%llo'", "true"),
          GIVES("S LIKE 'hello'", "true"), GIVES("S LIKE 'hell'", "false"), GIVES("S LIKE 'h%o'", "true"),
          GIVES("S LIKE 'h_l_o'", "true"), GIVES("S LIKE '_____'", "true"), GIVES("S LIKE '____'", "false"),
          BOTH("S LIKE '%'", "true", "null"), GIVES("S LIKE ''", "false"), GIVES("'' LIKE ''", "true"),
          GIVES("'' LIKE '%%'", "true"), GIVES("S LIKE '%l%l%'", "true"), GIVES("S LIKE '%l%l%l%'", "false"),
          BOTH("S NOT LIKE 'x%'", "true", "null"), GIVES("'a%b' LIKE 'a!%b' ESCAPE '!'", "true"),
          GIVES("'axb' LIKE 'a!%b' ESCAPE '!'", "false"), GIVES("'h%' LIKE PATTERN ESCAPE '!'", "false"),
          GIVES("'h%x' LIKE PATTERN ESCAPE '!'", "true"), GIVES("'hxx' LIKE PATTERN ESCAPE '!'", "false"),
          GIVES("'äöü' LIKE 'ä_ü'", "true"), GIVES("'äöü' LIKE '___'", "true"), GIVES("'日本語' LIKE '%本_'", "true"),
          BOTH("S LIKE S", "true", "null"), GIVES("'100%' LIKE '%!%' ESCAPE '!'", "true"),
          GIVES("'a!' LIKE 'a!!' ESCAPE '!'", "true"),
          REFUSED("S LIKE 'a!' ESCAPE '!'", "the pattern 'a!' ends with its escape character, which escapes nothing "
                                            "there | write it twice where it is to stand for itself"),
          FAILS("S LIKE S || '!' ESCAPE '!'", "null", "null"), GIVES("'aaab' LIKE '%a_b'", "true"),
          REFUSED("S LIKE 5", "LIKE takes STRINGs, and 5 is INTEGER"));
}

/* Each text in memory of exactly its length, so that a byte read beyond it is found by the sanitizer. */
static void a_text_is_found_in_texts_of_every_length(void **state)
{
    static const char letters[] = "abcab";
    (void)state;
    srand(7);
    for (size_t len = 0; len < 80; len++) {
        char *text = heap_alloc(len);
        for (int round = 0; round < 200; round++) {
            char needle[40];
            size_t needle_len = (size_t)rand() % (round % 2 ? 4 : 34);
            for (size_t i = 0; i < len; i++) text[i] = letters[rand() % 5];
            for (size_t i = 0; i < needle_len; i++) needle[i] = letters[rand() % 5];
            if (round % 4 == 3 && needle_len <= len) memcpy(needle, text + rand() % (len - needle_len + 1), needle_len);
            bool expected = memmem(text, len, needle, needle_len) != NULL;
            bool found = pattern_contains((struct text){text, len}, (struct text){needle, needle_len});
            if (found != expected) fail_msg("%.*s in %.*s: %d", (int)needle_len, needle, (int)len, text, found);
        }
        free(text);
    }
}

/* What LIKE means, written as plainly as can be. */
static bool matches_plainly(const char *pattern, const char *text)
{
    if (!*pattern) return !*text;
    if (*pattern == '%') return matches_plainly(pattern + 1, text) || (*text && matches_plainly(pattern, text + 1));
    return *text && (*pattern == '_' || *pattern == *text) && matches_plainly(pattern + 1, text + 1);
}

static void patterns_match_as_their_definition_says(void **state)
{
    struct world *world = *state;
    srand(11);
    for (int round = 0; round < 20000; round++) {
        char pattern[10] = "", text[12] = "";
        for (int i = rand() % 8; i > 0; i--) pattern[i - 1] = "ab%_%"[rand() % 5];
        for (int i = rand() % 11; i > 0; i--) text[i - 1] = "ab"[rand() % 2];
        bool expected = matches_plainly(pattern, text);
        struct pattern compiled = pattern_compile(world->arena, text_of(pattern), TEXT(""));
        if (pattern_matches(&compiled, text_of(text)) != expected) fail_msg("'%s' LIKE '%s'", text, pattern);
    }
}

/* ---- IN */

static void in_brings_its_list_to_one_type(void **state)
{
    CHECK(state, BOTH("I IN (1, 7)", "true", "false"), BOTH("I NOT IN (1, 7)", "false", "true"),
          GIVES("I IN (1, 2.0, '7.000')", "true"), GIVES("I IN (7.1)", "false"),
          BOTH("I IN (B, I * 1)", "true", "null"), GIVES("I IN (1, '2147483648')", "false"),
          GIVES("S IN ('x', 'hello')", "true"), GIVES("S IN (TRUE, 10, 10.30)", "false"),
          GIVES("'10.30' IN (S, 10.30)", "true"), GIVES("I IN (N, 7)", "true"), GIVES("I IN (NULL, 7)", "true"),
          GIVES("T IN (TRUE, 'no')", "true"), GIVES("D IN (I, 2.5)", "true"),
          GIVES("A IN (ARRAY[1], ARRAY[10, 20, 30])", "true"), GIVES("AB IN (ARRAY['3', NULL], A)", "true"),
          GIVES("AB IN (ARRAY['10', '20', 30])", "true"), GIVES("M IN (MAP('a' := 1, 'b' := '2'))", "true"),
          GIVES("R->INNER_ IN (STRUCT(X := 1), STRUCT(X := 0.5))", "true"), GIVES("DAY IN ('2024-05-31')", "true"),
          BOTH("I IN (10, 11, 12, 13, 14, 15, 16, 17, 18, 7)", "true", "false"),
          BOTH("S IN ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'hello', 'k')", "true", "false"),
          GIVES("D IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 2.5)", "true"));
}

static void in_refuses_what_has_no_common_type(void **state)
{
    CHECK(state, REFUSED("I IN (10, 'ten')", "'ten' is STRING, and the elements of the IN list are INTEGER"),
          REFUSED("I IN (10, S)", "S is STRING, and the elements of the IN list are INTEGER"),
          REFUSED("P IN (10, TRUE)", "TRUE is BOOLEAN, and the elements of the IN list are DECIMAL(12, 2)"),
          REFUSED("T IN (TRUE, 'maybe')", "'maybe' is STRING, and the elements of the IN list are BOOLEAN"),
          REFUSED("A IN (ARRAY[T])", "ARRAY[T] is ARRAY<BOOLEAN>, and the elements of the IN list are ARRAY<INTEGER>"),
          REFUSED("AB IN (ARRAY['10', 'not 10'])",
                  "ARRAY['10', 'not 10'] is ARRAY<STRING>, and the elements of the IN list are ARRAY<BIGINT>"),
          REFUSED("M IN (10)", "10 is INTEGER, and the elements of the IN list are MAP<STRING, INTEGER>"),
          REFUSED("NULL IN (NULL)", "NULL IN (NULL): all of it is NULL"));
}

/* ---- CASE */

static void case_takes_the_first_branch_that_holds(void **state)
{
    CHECK(state, BOTH("CASE WHEN I > 10 THEN 'large' WHEN I > 5 THEN 'medium' ELSE 'small' END", "medium", "small"),
          BOTH("CASE WHEN I > 10 THEN 'large' END", "null", "null"),
          BOTH("CASE I WHEN 7 THEN 'seven' WHEN 8 THEN 'eight' END", "seven", "null"),
          BOTH("CASE WHEN I > 5 THEN NULL ELSE 'x' END", "null", "x"),
          BOTH("CASE WHEN I > 5 THEN I / 1 ELSE I / ZERO END", "7", "null"),
          BOTH("CASE WHEN I = 1 THEN I / ZERO WHEN I = 7 THEN 1 END", "1", "null"),
          FAILS("CASE WHEN I / ZERO = 1 THEN 1 ELSE 2 END", "null", "null"),
          FAILS("CASE WHEN NT THEN 1 ELSE 2 END", "null", "null"),
          BOTH("CASE S WHEN 'hello' THEN A[1] ELSE A[2] END", "10", "null"),
          BOTH("CASE WHEN T THEN R->NAME ELSE S END", "rose", "null"));
}

static void case_refuses_branches_of_different_types(void **state)
{
    CHECK(
        state,
        REFUSED("CASE WHEN T THEN 1 ELSE 'x' END",
                "the results of a CASE have one type, and 'x' is STRING where 1 is INTEGER | CAST them to one type"),
        REFUSED("CASE WHEN T THEN NULL ELSE NULL END", "every result of the CASE is NULL, so that it has no type | "
                                                       "write CAST(NULL AS STRING), or whatever type it is to have"),
        REFUSED("CASE WHEN I THEN 1 END", "I is INTEGER, and must be BOOLEAN here"),
        REFUSED("CASE I WHEN 'x' THEN 1 END",
                "I (INTEGER) and 'x' (STRING) cannot be compared with = | CAST one of them to the type of the other"));
}

/* ---- CAST */

static void casts_follow_the_matrix(void **state)
{
    CHECK(state, BOTH("CAST(I AS STRING)", "7", "null"), GIVES("CAST(I AS DOUBLE)", "7.0"),
          GIVES("CAST(B AS INT)", "705032704"), GIVES("CAST(NUMBER AS INT)", "42"),
          FAILS("CAST(S AS INT)", "null", "null"), GIVES("CAST(D AS INT)", "2"),
          GIVES("CAST(P AS DECIMAL(3, 1))", "10.5"), FAILS("CAST(1000 AS DECIMAL(2, 1))", "null", "null"),
          GIVES("CAST('true' AS BOOLEAN)", "true"), GIVES("CAST(DAY AS STRING)", "2024-05-31"),
          GIVES("CAST(MOMENT AS DATE)", "2024-05-31"), GIVES("CAST(MOMENT AS TIME)", "10:20:30"),
          GIVES("CAST(A AS ARRAY<STRING>)", "[10, 20, 30]"), GIVES("CAST(A AS STRING)", "[10, 20, 30]"),
          GIVES("CAST(R->INNER_ AS STRING)", "Struct{X=0.5}"), GIVES("CAST(NULL AS INT)", "null"),
          GIVES("CAST(NULL AS ARRAY<INT>)", "null"), GIVES("CAST(Y AS BYTES)", "aGVsbG8="),
          GIVES("CAST(TEXTDAY AS TIMESTAMP)", "2024-05-31T00:00:00.000"),
          FAILS("CAST(I + N AS STRING)", "null", "null"), GIVES("CAST(CAST(I AS BIGINT) AS DOUBLE) * 2", "14.0"),
          REFUSED("CAST(S AS ARRAY<INT>)", "S is STRING, and there is no cast from that to ARRAY<INTEGER>"),
          REFUSED("CAST(I AS NOTYPE)", "there is no type NOTYPE"),
          REFUSED("CAST(I AS STRNG)", "there is no type STRNG | did you mean STRING?"),
          REFUSED("CAST(I AS DECIMAL(2, 3))", "a DECIMAL's scale is from 0 up to its precision"));
}

static void a_cast_that_fails_is_null_for_what_stands_around_it(void **state)
{
    CHECK(state, FAILS("CAST(S AS INT) IS NULL", "true", "true"), FAILS("CAST(S AS INT) = 5", "false", "false"),
          FAILS("CASE WHEN CAST(S AS INT) > 5 THEN 'a' ELSE 'b' END", "b", "b"),
          FAILS("CAST(S AS DATE) IN (DAY)", "false", "false"),
          FAILS("CAST(I / ZERO AS STRING) IS NULL", "true", "true"),
          FAILS("CAST(I / ZERO AS BIGINT) IS NULL", "true", "true"),
          FAILS("CAST(I / ZERO AS INT) IS NULL", "true", "true"), FAILS("DAY = S", "null", "false"));
}

static void a_cast_of_null_to_text_is_a_text_where_the_setting_says_so(void **state)
{
    struct world *world = *state;
    struct error error = {0};
    assert_true(settings_set(world->settings, TEXT("ksql.cast.strings.preserve.nulls"), TEXT("false"),
                             SETTING_IN_SESSION, &error));
    CHECK(state, BOTH("CAST(N AS STRING) = 'null'", "true", "true"),
          BOTH("CAST(NULL AS STRING) = 'null'", "true", "true"), BOTH("CAST(I AS STRING)", "7", "null"));
}

/* ---- nested values */

static void parts_of_nested_values_are_found_or_null(void **state)
{
    CHECK(state, BOTH("A[1]", "10", "null"), GIVES("A[-1]", "30"), GIVES("A[0]", "null"), GIVES("A[4]", "null"),
          GIVES("A[-4]", "null"), GIVES("A[I - 5]", "20"), BOTH("AA[1][2]", "2", "null"), GIVES("AA[3][1]", "null"),
          BOTH("M['a']", "1", "null"), GIVES("M['z']", "null"), GIVES("M[NS]", "null"), BOTH("R->NAME", "rose", "null"),
          BOTH("R->INNER_->X", "0.5", "null"), BOTH("IFNULL(AA[2][2], -1)", "-1", "-1"), GIVES("A[N]", "null"),
          REFUSED("R->NAM",
                  "R has no field NAM: it is STRUCT<`ID` INTEGER, `NAME` STRING, `INNER_` STRUCT<`X` DOUBLE>> | "
                  "did you mean NAME?"),
          REFUSED("S->X", "S has no fields: it is STRING"), REFUSED("I[1]", "I has no elements: it is INTEGER"),
          REFUSED("A['x']", "'x' is STRING, and the subscript of A must be INTEGER"),
          REFUSED("M[1]", "1 is INTEGER, and the subscript of M must be STRING"));
}

static void constructors_find_one_type(void **state)
{
    CHECK(state, BOTH("ARRAY[I, 3]", "[7, 3]", "[null, 3]"),
          GIVES("ARRAY[NULL, 10, '2e1', I, B]", "[null, 10, 20, 7, 5000000000]"), GIVES("ARRAY[1, 2.5]", "[1.0, 2.5]"),
          GIVES("ARRAY['a', 1, TRUE, 2.50]", "[a, 1, true, 2.50]"),
          GIVES("ARRAY[STRUCT(A := 1), STRUCT(B := 'x')]", "[Struct{A=1}, Struct{B=x}]"),
          GIVES("ARRAY[ARRAY[1], ARRAY['2']]", "[[1], [2]]"),
          BOTH("MAP('a' := I, 'b' := I * 2)", "{a=7, b=14}", "{a=null, b=null}"),
          GIVES("MAP(S := T, 'k' := 'true', 10 := 'no')", "{hello=true, k=true, 10=false}"),
          GIVES("MAP('a' := 1, 'a' := 2)", "{a=2}"), GIVES("MAP('k' := NULL, 'l' := 1)", "{k=null, l=1}"),
          GIVES("MAP(S := 1, NULL := 2)", "{hello=1, null=2}"),
          GIVES("STRUCT(X := I, Y := STRUCT(Z := S))", "Struct{X=7,Y=Struct{Z=hello}}"), GIVES("STRUCT()", "Struct{}"),
          GIVES("STRUCT(X := CAST(NULL AS INT))->X", "null"));
}

static void the_last_of_entries_with_one_key_counts_however_many_there_are(void **state)
{
    CHECK(state, GIVES("MAP('a' := 1, 'b' := 2, 'a' := 3)", "{a=3, b=2}"),
          GIVES("MAP('a' := 0, 'b' := 1, 'c' := 2, 'd' := 3, 'e' := 4, 'f' := 5, 'g' := 6, 'h' := 7, 'i' := 8, 'j' := "
                "9, 'k' := 10, 'l' := 11, 'm' := 12, 'n' := 13, 'o' := 14, 'p' := 15, 'q' := 16, 'r' := 17, 's' := 18, "
                "'t' := 19, 'c' := 99, 't' := 98)",
                "{a=0, b=1, c=99, d=3, e=4, f=5, g=6, h=7, i=8, j=9, k=10, l=11, m=12, n=13, o=14, p=15, q=16, r=17, "
                "s=18, t=98}"));
}

static void an_element_that_fails_is_null_and_the_rest_stands(void **state)
{
    CHECK(state, FAILS("ARRAY[1, I / ZERO]", "[1, null]", "[1, null]"),
          FAILS("STRUCT(X := 'moo', Y := CAST(S AS INT))", "Struct{X=moo}", "Struct{X=moo}"),
          FAILS("MAP('a' := N + 1, 'b' := 3)", "{a=null, b=3}", "{a=null, b=3}"));
}

static void constructors_refuse_what_has_no_type(void **state)
{
    CHECK(state, REFUSED("ARRAY[]", "ARRAY[] needs an element, so that its type can be told"),
          REFUSED("MAP()", "MAP() needs an entry, so that its type can be told"),
          REFUSED("ARRAY[NULL]", "all elements of the ARRAY are NULL, so that its type cannot be told | "
                                 "write CAST(NULL AS STRING), or whatever type it is to have"),
          REFUSED("MAP(NULL := 1)", "all keys of the MAP are NULL, so that its type cannot be told | "
                                    "write CAST(NULL AS STRING), or whatever type it is to have"),
          REFUSED("ARRAY[1, 'one']", "'one' is STRING, and the elements of the ARRAY are INTEGER"),
          REFUSED("MAP('a' := I, 'b' := 'x')", "'x' is STRING, and the elements of the MAP's values are INTEGER"),
          REFUSED("STRUCT(X := 1, X := 2)", "the STRUCT has two fields X"));
}

/* ---- functions */

static void functions_are_called_with_what_they_want(void **state)
{
    CHECK(state, BOTH("UCASE(S)", "HELLO", "null"), BOTH("SQRT(I + 2)", "3.0", "null"),
          BOTH("GREATEST(P, Q)", "10.501", "null"), BOTH("LEN(S) + 1", "6", "null"),
          BOTH("CONCAT(S, NS, '!')", "hello!", "!"), BOTH("DATEADD(DAYS, I, DAY)", "2024-06-07", "null"),
          BOTH("GREATEST(DAY, '2025-01-01')", "2025-01-01", "2025-01-01"),
          BOTH("ARRAY_CONTAINS(A, 20)", "true", "false"), FAILS("ELT(N, 'a', 'b')", "null", "null"),
          GIVES("ELT(2, 'a', 'b')", "b"), GIVES("ABS(P - 11)", "0.50"), BOTH("COALESCE(N, I, 5)", "7", "5"),
          BOTH("IFNULL(S, 'none')", "hello", "none"), BOTH("INSTR(S, 'l', -1)", "4", "0"),
          BOTH("NULLIF(I, 7)", "null", "null"));
}

static void an_argument_that_is_a_call_a_field_or_a_cast_and_fails_is_null(void **state)
{
    CHECK(state, FAILS("COALESCE(N + 1, 5)", "null", "null"), FAILS("COALESCE(LEN(S) + N, 5)", "null", "null"),
          FAILS("COALESCE(ABS(N + 1), 5)", "5", "5"), FAILS("CONCAT(S || CAST(N + 1 AS STRING), 'b')", "hellob", "b"),
          FAILS("CONCAT('a', CAST(I / ZERO AS STRING), 'b')", "ab", "ab"),
          FAILS("IFNULL(CAST(PARSE_DATE(S, 'yyyy-MM-dd') AS STRING), '1900-01-01')", "1900-01-01", "1900-01-01"),
          FAILS("UCASE(CAST(I / ZERO AS STRING))", "null", "null"));
}

static void a_failing_argument_fails_the_whole_where_the_setting_says_so(void **state)
{
    struct world *world = *state;
    struct error error = {0};
    assert_true(
        settings_set(world->settings, TEXT("ksql.nested.error.set.null"), TEXT("false"), SETTING_IN_SESSION, &error));
    CHECK(state, FAILS("COALESCE(N + 1, 5)", "null", "null"), FAILS("ARRAY[1, I / ZERO]", "null", "null"),
          BOTH("COALESCE(I + 1, 5)", "8", "null"), FAILS("STRUCT(X := 1, Y := N + 1)", "null", "null"),
          FAILS("CAST(S AS INT) IS NULL", "null", "true"));
}

static void wrong_calls_are_told_what_would_be_right(void **state)
{
    CHECK(state, REFUSED("ABSS(I)", "there is no function ABSS | did you mean ABS?"),
          REFUSED("UPPER(S)", "there is no function UPPER | here it is called UCASE"),
          REFUSED("EXTRACTJSONFIELD(S, '$.a')", "the function EXTRACTJSONFIELD is not supported yet"),
          REFUSED("UCASE(I)", "UCASE(INTEGER) is not how it is called | it takes (text STRING) -> STRING"),
          REFUSED("COALESCE()", "COALESCE() is not how it is called | it takes (first T, others T...) -> T"),
          REFUSED("COALESCE(I, S)",
                  "COALESCE(INTEGER, STRING) is not how it is called | it takes (first T, others T...) -> T"),
          REFUSED("DATEADD(DAY, 5, DAY)", "DATEADD(DATE, INTEGER, DATE) is not how it is called | "
                                          "it takes (unit INTERVALUNIT, n INT, moment DATE) -> DATE"),
          REFUSED(
              "COALESCE(NULL, NULL)",
              "COALESCE(NULL, NULL) says nothing of the type of NULL: cast it | it takes (first T, others T...) -> T"),
          REFUSED("ABS(*)", "only COUNT can be called with *"),
          REFUSED("DAY = DATEADD(DAYS, 1, 'soon')", "'soon' cannot be made DATE, which DATEADD wants"),
          REFUSED("TRANSFORM(A, X => X + 1)", "lambda arguments are not supported yet"),
          REFUSED("MOMENT AT TIME ZONE 'UTC'", "AT TIME ZONE can be written but has no meaning in this dialect | "
                                               "CONVERT_TZ moves a TIMESTAMP from one zone to another"),
          REFUSED("FORMAT_DATE(DAY, 'bb')", "FORMAT_DATE: unknown letter at character 1 of the pattern 'bb'"),
          REFUSED("GREATEST(I, B)",
                  "GREATEST(INTEGER, BIGINT) may mean more than one of its forms: cast the arguments | "
                  "it takes (first BIGINT, others BIGINT...) -> BIGINT, (first DOUBLE, others DOUBLE...) -> DOUBLE, "
                  "(first DECIMAL, others DECIMAL...) -> DECIMAL"));
}

static void what_is_not_deterministic_is_computed_for_each_row(void **state)
{
    struct world *world = *state;
    struct error error = {0};
    const struct expr *expr;
    assert_true(expr_build(&world->scope, parse(world->arena, "RANDOM()"), &expr, &error));
    struct batch *batch = make_batch(world, 2, never, always);
    struct evaluation evaluation = evaluation_of(batch);
    const struct column *column = expr_eval(expr, &evaluation);
    assert_true(column_get(column, 0).real != column_get(column, 1).real);
}

/* ---- the ways in */

static void a_predicate_must_be_boolean(void **state)
{
    struct world *world = *state;
    struct error error = {0};
    const struct expr *expr;
    world->scope.clause = "HAVING";
    assert_false(expr_build_predicate(&world->scope, parse(world->arena, "'x'"), &expr, &error));
    assert_string_equal(error.message, "the HAVING clause must be BOOLEAN, and 'x' is STRING");
    assert_false(expr_build_predicate(&world->scope, parse(world->arena, "NULL"), &expr, &error));
    assert_string_equal(error.message, "the HAVING clause must be BOOLEAN, and NULL has no type");
    assert_true(expr_build_predicate(&world->scope, parse(world->arena, "T"), &expr, &error));
}

static void a_filter_reports_the_rows_that_fail(void **state)
{
    struct world *world = *state;
    struct error error = {0};
    struct reports reports = {0};
    const struct expr *expr;
    assert_true(expr_build_predicate(&world->scope, parse(world->arena, "I + 1 > 5"), &expr, &error));
    struct batch *batch = make_batch(world, 6, odd, always);
    struct evaluation evaluation = evaluation_of(batch);
    evaluation.report = report;
    evaluation.context = &reports;
    assert_int_equal(expr_filter(expr, &evaluation, batch->selection, 6), 3);
    assert_int_equal(batch->selection[2], 4);
    assert_int_equal(reports.n, 3);
    assert_int_equal(reports.last_row, 5);
    assert_string_equal(reports.why, "I + 1: an operand is NULL");
    reports.n = 0; /* the same evaluation again: nothing is left of the last one */
    assert_int_equal(expr_filter(expr, &evaluation, batch->selection, 3), 3);
    assert_int_equal(reports.n, 0);
}

static bool is_a(void *context, const struct tree_expr *tree, uint32_t *index, const struct type **type)
{
    const struct world *world = context;
    if (tree->kind != TREE_CALL || !text_equal(tree->name.name, TEXT("SUM"))) return false;
    *index = 1;
    *type = world->types[1];
    return true;
}

static void a_sub_expression_may_be_a_column(void **state)
{
    struct world *world = *state;
    world->scope.substitute = is_a;
    CHECK(state, BOTH("SUM(I) + 1", "5000000001", "null"));
}

static void a_conversion_is_refused_where_it_would_lose(void **state)
{
    struct world *world = *state;
    const struct expr *column = expr_make_column(world->arena, 0, &type_integer);
    assert_ptr_equal(expr_convert(world->arena, column, &type_integer), column);
    assert_true(type_equal(expr_type(expr_convert(world->arena, column, &type_double)), &type_double));
    assert_null(expr_convert(world->arena, column, &type_string));
    assert_null(expr_convert(world->arena, expr_make_column(world->arena, 1, &type_bigint), &type_integer));
}

static void ten_thousand_terms_need_neither_depth_nor_memory(void **state)
{
    struct world *world = *state;
    struct buffer sql = BUFFER(1 << 20);
    struct error error = {0};
    const struct expr *expr;
    for (int i = 0; i < 10000; i++) buffer_printf(&sql, "%sI + 0 = %d", i ? " OR " : "", i + 100);
    buffer_append_string(&sql, " OR I = 7");
    struct tree_expr *tree = NULL;
    assert_true(parse_expression(world->arena, buffer_text(&sql), &tree, &error));
    buffer_free(&sql);
    assert_true(expr_build_predicate(&world->scope, tree, &expr, &error));
    struct batch *batch = make_batch(world, 1024, never, always);
    batch->arena = arena_new();
    struct evaluation evaluation = evaluation_of(batch);
    assert_int_equal(expr_filter(expr, &evaluation, batch->selection, batch->n_selected), 1024);
    assert_true(arena_size(batch->arena) < 256 * 1024);
    arena_free(batch->arena);
}

/* ---- INSERT VALUES */

static const char *inserted(struct world *world, const char *sql, const char *type_text_)
{
    struct error error = {0};
    struct value value = NULL_VALUE;
    const struct type *type = type_of(world, type_text_);
    struct buffer out = BUFFER(1 << 16);
    if (!expr_build_value(&world->scope, parse(world->arena, sql), type, &value, &error))
        return arena_printf(world->arena, "! %s", error.message);
    value_print(&out, type, &value);
    char *text = arena_printf(world->arena, TEXT_FMT, TEXT_ARG(buffer_text(&out)));
    buffer_free(&out);
    return text;
}

static void values_to_insert_are_read_leniently(void **state)
{
    static const struct {
        const char *sql, *type, *expected;
    } cases[] = {
        {"10", "BIGINT", "10"},
        {"3", "DOUBLE", "3.0"},
        {"'42'", "INT", "42"},
        {"'4.5'", "DOUBLE", "4.5"},
        {"10", "STRING", "10"},
        {"TRUE", "STRING", "true"},
        {"1.50", "STRING", "1.50"},
        {"'2024-05-31'", "DATE", "2024-05-31"},
        {"'10:20:30'", "TIME", "10:20:30"},
        {"'2024-05'", "TIMESTAMP", "2024-05-01T00:00:00.000"},
        {"'aGVsbG8='", "BYTES", "aGVsbG8="},
        {"'yes'", "BOOLEAN", "true"},
        {"0.00", "DECIMAL(12, 2)", "0.00"},
        {"2", "DECIMAL(2, 1)", "2.0"},
        {"1.5", "DECIMAL(4, 2)", "1.50"},
        {"NULL", "ARRAY<INT>", "null"},
        {"-1", "INT", "-1"},
        {"1 + 1", "BIGINT", "2"},
        {"ARRAY[1, 1 + 1, 3]", "ARRAY<INT>", "[1, 2, 3]"},
        {"ARRAY[ARRAY[1]]", "ARRAY<ARRAY<BIGINT>>", "[[1]]"},
        {"STRUCT(FOO := 2, BAR := ARRAY[2], EXTRA := 'x')", "STRUCT<FOO BIGINT, BAR ARRAY<DOUBLE>, MISSING STRING>",
         "Struct{FOO=2,BAR=[2.0]}"},
        {"STRUCT()", "STRUCT<A INT>", "Struct{}"},
        {"MAP('a' := 1)", "MAP<STRING, BIGINT>", "{a=1}"},
        {"ARRAY[CAST(NULL AS INT)]", "ARRAY<INT>", "[null]"},
        {"UCASE('a')", "STRING", "A"},
        {"5e0", "INT", "! 5e0 is not a value for a column of type INTEGER: DOUBLE is not INTEGER"},
        {"'ten'", "INT", "! 'ten' is not a value for a column of type INTEGER: 'ten' is not a valid INTEGER"},
        {"5000000000", "INT",
         "! 5000000000 is not a value for a column of type INTEGER: 5000000000 does not fit INTEGER"},
        {"1.55", "DECIMAL(2, 1)",
         "! 1.55 is not a value for a column of type DECIMAL(2, 1): 1.55 does not fit DECIMAL(2, 1)"},
        {"ARRAY[1]", "INT", "! ARRAY[1] is not a value for a column of type INTEGER: ARRAY<INTEGER> is not INTEGER"},
        {"1 / 0", "INT", "! 1 / 0: division by zero"},
        {"COALESCE(1 / 0, 5)", "INT", "! 1 / 0: division by zero"},
        {"CAST('x' AS INT)", "INT", "! CAST('x' AS INT): 'x' is not a valid INTEGER"},
        {"I", "INT", "! no column can be named here, and I is a column's name"},
    };
    struct world *world = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *found = inserted(world, cases[i].sql, cases[i].type);
        if (strcmp(found, cases[i].expected) != 0)
            fail_msg("%s as %s: %s and not %s", cases[i].sql, cases[i].type, found, cases[i].expected);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(literals_have_the_types_that_their_text_says),
        TEST(a_name_that_is_not_known_is_an_error_at_its_place),
        TEST(columns_are_borrowed_and_marked),
        TEST(integers_take_the_wider_type_and_wrap_around),
        TEST(a_division_by_zero_fails_the_row_but_not_for_doubles),
        TEST(arithmetic_on_null_fails_the_row),
        TEST(decimals_are_exact),
        TEST(the_digits_of_a_chain_have_a_ceiling),
        TEST(two_texts_are_joined_and_a_null_shows),
        TEST(what_failed_is_named),
        TEST(numbers_compare_after_widening),
        TEST(a_decimal_and_a_double_compare_by_their_digits),
        TEST(texts_compare_by_utf16_unit),
        TEST(a_comparison_with_null_is_false_and_its_opposite_true),
        TEST(comparing_with_the_literal_null_is_refused),
        TEST(is_null_and_distinct_know_null),
        TEST(times_compare_with_each_other_and_with_text),
        TEST(a_literal_beside_rowtime_is_a_time),
        TEST(booleans_and_nested_values_know_only_equality),
        TEST(between_includes_its_ends),
        TEST(and_and_or_stop_where_they_are_decided),
        TEST(a_null_operand_of_logic_fails_the_row),
        TEST(logic_wants_booleans),
        TEST(like_of_null_is_null),
        TEST(like_matches_the_whole_text),
        TEST(a_text_is_found_in_texts_of_every_length),
        TEST(patterns_match_as_their_definition_says),
        TEST(in_brings_its_list_to_one_type),
        TEST(in_refuses_what_has_no_common_type),
        TEST(case_takes_the_first_branch_that_holds),
        TEST(case_refuses_branches_of_different_types),
        TEST(casts_follow_the_matrix),
        TEST(a_cast_that_fails_is_null_for_what_stands_around_it),
        TEST(a_cast_of_null_to_text_is_a_text_where_the_setting_says_so),
        TEST(parts_of_nested_values_are_found_or_null),
        TEST(constructors_find_one_type),
        TEST(the_last_of_entries_with_one_key_counts_however_many_there_are),
        TEST(an_element_that_fails_is_null_and_the_rest_stands),
        TEST(constructors_refuse_what_has_no_type),
        TEST(functions_are_called_with_what_they_want),
        TEST(an_argument_that_is_a_call_a_field_or_a_cast_and_fails_is_null),
        TEST(a_failing_argument_fails_the_whole_where_the_setting_says_so),
        TEST(wrong_calls_are_told_what_would_be_right),
        TEST(what_is_not_deterministic_is_computed_for_each_row),
        TEST(a_predicate_must_be_boolean),
        TEST(a_filter_reports_the_rows_that_fail),
        TEST(a_sub_expression_may_be_a_column),
        TEST(a_conversion_is_refused_where_it_would_lose),
        TEST(ten_thousand_terms_need_neither_depth_nor_memory),
        TEST(values_to_insert_are_read_leniently),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
