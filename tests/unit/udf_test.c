/* udf_test.c - signatures, the choice of overloads, the registry, plug-ins, and the example of every built-in function.
 */
#include "tests/unit/test.h"

#include "engine/expr/expr.h"
#include "parser/parse.h"
#include "udf/functions.h"
#include <unistd.h>

/* ---- signatures */

static void accepted(const char *text, uint32_t n, int32_t variadic, uint32_t n_letters)
{
    struct arena *arena = arena_new();
    struct udf_signature signature;
    struct error error = {0};
    if (!signature_parse(arena, text_of(text), &signature, &error)) fail_msg("%s", error.message);
    assert_int_equal(signature.n, n);
    assert_int_equal(signature.variadic, variadic);
    assert_int_equal(signature.n_letters, n_letters);
    arena_free(arena);
}

static void refused(const char *text, const char *message)
{
    struct arena *arena = arena_new();
    struct udf_signature signature;
    struct error error = {0};
    assert_false(signature_parse(arena, text_of(text), &signature, &error));
    assert_string_equal(error.message, message);
    arena_free(arena);
}

static void a_signature_is_read_from_text(void **state)
{
    (void)state;
    accepted("() -> DOUBLE", 0, -1, 0);
    accepted("(ARRAY<T>, T) -> BOOLEAN", 2, -1, 2);
    accepted("(first T, others T...) -> T", 2, 1, 2);
    accepted("(BIGINT, STRING..., CONSTANT INT, constant_ CONSTANT INT) -> BIGINT", 4, 1, 0);
    accepted("(unit INTERVALUNIT, n INT NOT NULL, d DATE) -> DATE", 3, -1, 0);
    accepted("(MAP<STRING, ARRAY<T>>, STRUCT<A INT, B BYTES>) -> MAP<T, DECIMAL(4, 2)>", 2, -1, 1);
}

static void a_wrong_signature_says_where(void **state)
{
    (void)state;
    refused("INT -> INT", "the signature 'INT -> INT' wants '(' at its byte 1");
    refused("(INT) INT", "the signature '(INT) INT' wants '->' at its byte 7");
    refused("(INTEGR) -> INT", "the signature '(INTEGR) -> INT' wants a type at its byte 2");
    refused("(INT..., INT...) -> INT", "the signature '(INT..., INT...) -> INT' wants one '...' only at its byte 16");
    refused("(INT) -> INT x", "the signature '(INT) -> INT x' wants nothing more at its byte 14");
    refused("(DECIMAL(2, 3)) -> INT",
            "the signature '(DECIMAL(2, 3)) -> INT' wants a precision that is not below the scale at its byte 15");
    refused("(INT NOT) -> INT", "the signature '(INT NOT) -> INT' wants NULL at its byte 9");
}

/* ---- the choice of an overload */

static bool nothing(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call, (void)arguments, (void)result;
    return true;
}

struct choice {
    struct function_registry *registry;
    struct arena *arena;
};

static int make_choice(void **state)
{
    struct choice *choice = HEAP_MAKE(struct choice);
    choice->registry = functions_new();
    choice->arena = arena_new();
    *state = choice;
    return 0;
}

static int free_choice(void **state)
{
    struct choice *choice = *state;
    functions_free(choice->registry);
    arena_free(choice->arena);
    free(choice);
    return 0;
}

static void add(struct choice *choice, const char *signature)
{
    static const struct weir_function row = {.name = "F", .row = nothing};
    struct weir_function *copy = ARENA_MAKE(choice->arena, struct weir_function);
    struct error error = {0};
    *copy = row;
    copy->signature = signature;
    struct weir_plugin plugin = {WEIR_PLUGIN, .name = "test", .functions = copy, .n_functions = 1};
    if (!udf_register(choice->registry, &plugin, &error)) fail_msg("%s", error.message);
}

/* The signature that is chosen for types written with semicolons ("INT;NULL"), and what it gives; or the error's
 * message. */
static const char *chosen(struct choice *choice, const char *types)
{
    struct udf_argument arguments[8] = {0};
    struct udf_binding binding;
    struct error error = {0};
    char copy[128], *rest = copy;
    uint32_t n = 0;
    snprintf(copy, sizeof copy, "%s", types);
    for (char *word; (word = strsep(&rest, ";")) != NULL && *word;) {
        const struct type *type = strcmp(word, "NULL") == 0 ? &type_null : signature_type(choice->arena, text_of(word));
        arguments[n++].type = type;
    }
    if (!udf_bind(choice->registry, choice->arena, TEXT("F"), arguments, n, &binding, &error))
        return arena_printf(choice->arena, "%s", error.message);
    return arena_printf(choice->arena, TEXT_FMT " = %s", TEXT_ARG(binding.function->signature->text),
                        type_text(choice->arena, binding.result_type).data);
}

static void an_exact_match_comes_before_a_cast(void **state)
{
    struct choice *choice = *state;
    add(choice, "(BIGINT, STRING) -> STRING");
    add(choice, "(INT, STRING) -> STRING");
    assert_string_equal(chosen(choice, "INT;STRING"), "(INT, STRING) -> STRING = STRING");
    assert_string_equal(chosen(choice, "BIGINT;STRING"), "(BIGINT, STRING) -> STRING = STRING");
    assert_string_equal(chosen(choice, "DOUBLE;STRING"), "F(DOUBLE, STRING) is not how it is called");
}

static void casts_go_up_and_text_becomes_a_time(void **state)
{
    struct choice *choice = *state;
    add(choice, "(DOUBLE, DATE) -> STRING");
    assert_string_equal(chosen(choice, "DECIMAL(4, 2);STRING"), "(DOUBLE, DATE) -> STRING = STRING");
    assert_string_equal(chosen(choice, "INT;TIMESTAMP"), "F(INTEGER, TIMESTAMP) is not how it is called");
}

static void what_is_not_variadic_comes_first_then_more_parameters_then_fewer_letters(void **state)
{
    struct choice *choice = *state;
    add(choice, "(BIGINT...) -> STRING");
    add(choice, "(BIGINT, BIGINT) -> STRING");
    add(choice, "(BIGINT, BIGINT, BIGINT...) -> STRING");
    add(choice, "(T) -> STRING");
    add(choice, "(INT) -> STRING");
    assert_string_equal(chosen(choice, "BIGINT;BIGINT"), "(BIGINT, BIGINT) -> STRING = STRING");
    assert_string_equal(chosen(choice, "BIGINT;BIGINT;BIGINT"), "(BIGINT, BIGINT, BIGINT...) -> STRING = STRING");
    assert_string_equal(chosen(choice, "BIGINT"), "(T) -> STRING = STRING");
    assert_string_equal(chosen(choice, "INT"), "(INT) -> STRING = STRING");
    assert_string_equal(chosen(choice, ""), "(BIGINT...) -> STRING = STRING");
}

static void a_tie_is_an_error(void **state)
{
    struct choice *choice = *state;
    add(choice, "(BIGINT, BIGINT) -> STRING");
    add(choice, "(DOUBLE, DOUBLE) -> STRING");
    assert_string_equal(chosen(choice, "INT;BIGINT"),
                        "F(INTEGER, BIGINT) may mean more than one of its forms: cast the arguments");
    assert_string_equal(chosen(choice, "NULL;NULL"),
                        "F(NULL, NULL) may mean more than one of its forms: cast the arguments");
    assert_string_equal(chosen(choice, "NULL;DOUBLE"), "(DOUBLE, DOUBLE) -> STRING = STRING");
}

static void a_letter_is_one_type_and_the_result_has_it(void **state)
{
    struct choice *choice = *state;
    add(choice, "(ARRAY<T>, MAP<K, T>) -> STRUCT<A K, B ARRAY<T>>");
    assert_string_equal(chosen(choice, "ARRAY<INT>;MAP<STRING, INT>"),
                        "(ARRAY<T>, MAP<K, T>) -> STRUCT<A K, B ARRAY<T>> = STRUCT<`A` STRING, `B` ARRAY<INTEGER>>");
    assert_string_equal(chosen(choice, "ARRAY<INT>;MAP<STRING, BIGINT>"),
                        "F(ARRAY<INTEGER>, MAP<STRING, BIGINT>) is not how it is called");
    assert_string_equal(chosen(choice, "ARRAY<INT>;NULL"),
                        "F(ARRAY<INTEGER>, NULL) says nothing of the type of NULL: cast it");
}

static void decimals_keep_their_precision(void **state)
{
    struct choice *choice = *state;
    add(choice, "(DECIMAL) -> DECIMAL");
    assert_string_equal(chosen(choice, "DECIMAL(9, 3)"), "(DECIMAL) -> DECIMAL = DECIMAL(9, 3)");
    assert_string_equal(chosen(choice, "INT"), "(DECIMAL) -> DECIMAL = DECIMAL(10, 0)");
    add(choice, "(DECIMAL(4, 2), INT) -> DECIMAL(5, 2)");
    assert_string_equal(chosen(choice, "DECIMAL(3, 1);INT"), "(DECIMAL(4, 2), INT) -> DECIMAL(5, 2) = DECIMAL(5, 2)");
    assert_string_equal(chosen(choice, "DECIMAL(4, 3);INT"), "F(DECIMAL(4, 3), INTEGER) is not how it is called");
}

static void variadics_may_stand_in_the_middle(void **state)
{
    struct choice *choice = *state;
    add(choice, "(BIGINT, STRING..., INT) -> BIGINT");
    assert_string_equal(chosen(choice, "BIGINT;INT"), "(BIGINT, STRING..., INT) -> BIGINT = BIGINT");
    assert_string_equal(chosen(choice, "BIGINT;STRING;STRING;INT"), "(BIGINT, STRING..., INT) -> BIGINT = BIGINT");
    assert_string_equal(chosen(choice, "BIGINT;STRING;STRING"), "F(BIGINT, STRING, STRING) is not how it is called");
    assert_string_equal(chosen(choice, "BIGINT"), "F(BIGINT) is not how it is called");
}

/* ---- the registry */

static void a_row_is_refused_where_there_is_one_like_it(void **state)
{
    struct choice *choice = *state;
    static const struct weir_function rows[] = {{.name = "F", .signature = "(INT) -> INT", .row = nothing}};
    static const struct weir_function empty[] = {{.name = "G", .signature = "(INT) -> INT"}};
    struct weir_plugin plugin = {WEIR_PLUGIN, .name = "test", WEIR_FUNCTIONS(rows)};
    struct error error = {0};
    assert_true(udf_register(choice->registry, &plugin, &error));
    assert_false(udf_register(choice->registry, &plugin, &error));
    assert_string_equal(error.message, "function F: there is a function F(INT) -> INT already");
    plugin.functions = empty;
    assert_false(udf_register(choice->registry, &plugin, &error));
    assert_string_equal(error.message, "function G: it has nothing to call");
    plugin.abi = 99;
    assert_false(udf_register(choice->registry, &plugin, &error));
    assert_string_equal(error.message, "it was made for version 99 of weir_udf.h, and this is version 1");
}

static void rows_that_take_the_same_are_alike_whatever_their_words(void **state)
{
    struct choice *choice = *state;
    static const struct weir_function
        rows[] = {{.name = "F", .signature = "(a INT, b ARRAY<T>) -> INT", .row = nothing}},
        same[] = {{.name = "f", .signature = "(INT NOT NULL,ARRAY<T>)->STRING", .row = nothing}},
        others[] = {{.name = "F", .signature = "(INT, ARRAY<T>...) -> INT", .row = nothing},
                    {.name = "F", .signature = "(INT, ARRAY<INT>) -> INT", .row = nothing}};
    struct weir_plugin plugin = {WEIR_PLUGIN, .name = "test", WEIR_FUNCTIONS(rows)};
    struct error error = {0};
    assert_true(udf_register(choice->registry, &plugin, &error));
    plugin.functions = same;
    assert_false(udf_register(choice->registry, &plugin, &error));
    assert_string_equal(error.message, "function F: there is a function F(a INT, b ARRAY<T>) -> INT already");
    plugin.functions = others;
    plugin.n_functions = 2;
    assert_true(udf_register(choice->registry, &plugin, &error));
}

static void a_plug_in_is_registered_as_a_whole_or_not_at_all(void **state)
{
    struct choice *choice = *state;
    static const struct weir_function rows[] = {{.name = "GOOD", .signature = "(INT) -> INT", .row = nothing},
                                                {.name = "B AD", .signature = "(INT) -> INT", .row = nothing}};
    struct weir_plugin plugin = {WEIR_PLUGIN, .name = "test", WEIR_FUNCTIONS(rows)};
    struct error error = {0};
    uint32_t n;
    assert_false(udf_register(choice->registry, &plugin, &error));
    assert_string_equal(error.message,
                        "function B AD: a name is letters, digits and _, at most 128, and no digit first");
    assert_null(udf_overloads(choice->registry, TEXT("GOOD"), &n));
    plugin.n_functions = 1;
    assert_true(udf_register(choice->registry, &plugin, &error));
    assert_non_null(udf_overloads(choice->registry, TEXT("GOOD"), &n));
}

static void a_row_without_a_name_or_a_signature_is_refused(void **state)
{
    struct choice *choice = *state;
    static const struct weir_function nameless[] = {{.signature = "(INT) -> INT", .row = nothing}},
                                      unsigned_[] = {{.name = "F", .row = nothing}};
    struct weir_plugin plugin = {WEIR_PLUGIN, .name = "test", WEIR_FUNCTIONS(nameless)};
    struct error error = {0};
    assert_false(udf_register(choice->registry, &plugin, &error));
    assert_string_equal(error.message, "function ?: a name is letters, digits and _, at most 128, and no digit first");
    plugin.functions = unsigned_;
    assert_false(udf_register(choice->registry, &plugin, &error));
    assert_string_equal(error.message, "function F: the signature '' wants '(' at its byte 1");
}

static void a_plug_in_with_shorter_rows_still_reads(void **state)
{
    struct choice *choice = *state;
    enum { SHORT = offsetof(struct weir_function, category) };
    static char rows[2][SHORT];
    struct weir_function row = {.name = "OLD", .signature = "(INT) -> INT", .row = nothing};
    struct error error = {0};
    uint32_t n;
    memcpy(rows[0], &row, SHORT);
    row.name = "OLDER";
    memcpy(rows[1], &row, SHORT);
    struct weir_plugin plugin = {WEIR_PLUGIN, .name = "test", .functions = (const void *)rows, .n_functions = 2};
    plugin.function_size = SHORT;
    assert_true(udf_register(choice->registry, &plugin, &error));
    const struct udf_function *const *found = udf_overloads(choice->registry, TEXT("older"), &n);
    assert_int_equal(n, 1);
    assert_text(found[0]->category, "OTHER");
    assert_null(found[0]->help.data);
}

static void names_are_listed_in_order_and_rows_of_all_kinds_are_kept(void **state)
{
    struct choice *choice = *state;
    static const struct weir_aggregate aggregates[] = {
        {.name = "TOTAL", .signature = "(BIGINT) -> BIGINT", .state_type = "BIGINT"}};
    static const struct weir_table tables[] = {{.name = "EACH", .signature = "(ARRAY<T>) -> T"}};
    struct weir_plugin plugin = {WEIR_PLUGIN, .name = "test", WEIR_AGGREGATES(aggregates), WEIR_TABLES(tables)};
    struct error error = {0};
    struct text name;
    uint32_t n;
    assert_true(udf_register(choice->registry, &plugin, &error));
    add(choice, "(INT) -> INT");
    assert_true(udf_name_at(choice->registry, 0, &name));
    assert_text(name, "EACH");
    assert_true(udf_name_at(choice->registry, 1, &name));
    assert_text(name, "F");
    assert_true(udf_name_at(choice->registry, 2, &name));
    assert_text(name, "TOTAL");
    assert_false(udf_name_at(choice->registry, 3, &name));
    assert_int_equal(udf_overloads(choice->registry, TEXT("total"), &n)[0]->kind, UDF_AGGREGATE);
    assert_int_equal(udf_overloads(choice->registry, TEXT("each"), &n)[0]->kind, UDF_TABLE);
    assert_null(udf_overloads(choice->registry, TEXT("none"), &n));
}

/* ---- through SQL */

static const char *failure;

static void report(void *context, const struct batch *batch, uint32_t row, const char *why)
{
    (void)batch, (void)row;
    failure = arena_printf(context, "%s", why);
}

/* The value of an expression without columns, as text; "! message" where it is refused. */
static const char *evaluated(struct arena *arena, const char *sql)
{
    struct expr_scope scope = {.arena = arena};
    struct tree_expr *tree;
    const struct expr *expr;
    struct error error = {0};
    const uint32_t row = 0;
    if (!parse_expression(arena, text_of(sql), &tree, &error) || !expr_build(&scope, tree, &expr, &error))
        return arena_printf(arena, "! %s", error.message);
    struct batch batch = {.arena = arena, .n_rows = 1};
    struct evaluation evaluation = {
        .batch = &batch, .arena = arena, .rows = &row, .n_rows = 1, .report = report, .context = arena};
    failure = "";
    const struct column *column = expr_eval(expr, &evaluation);
    struct value value = column_get(column, 0);
    struct buffer out = BUFFER(1 << 16);
    value_print(&out, column->type, &value);
    const char *text = arena_printf(arena, TEXT_FMT, TEXT_ARG(buffer_text(&out)));
    buffer_free(&out);
    return text;
}

static void every_built_in_has_an_example_that_is_right(void **state)
{
    (void)state;
    struct text name;
    unsigned n_rows = 0;
    for (uint32_t i = 0; udf_name_at(udf_registry(), i, &name); i++) {
        uint32_t n;
        const struct udf_function *const *overloads = udf_overloads(udf_registry(), name, &n);
        for (uint32_t k = 0; k < n; k++, n_rows++) {
            struct arena *arena = arena_new();
            const struct udf_function *function = overloads[k];
            if (function->plugin.data) continue;
            if (!function->help.data || !function->example.data)
                fail_msg(TEXT_FMT " has no help or no example", TEXT_ARG(name));
            const char *found = evaluated(arena, function->example.data);
            bool right = function->result.data ? strcmp(found, function->result.data) == 0 : found[0] != '!';
            if (!right) fail_msg("%s gives %s and not %s", function->example.data, found, function->result.data);
            arena_free(arena);
        }
    }
    assert_true(n_rows > 80);
}

static void what_is_missing_is_not_there(void **state)
{
    (void)state;
    static const char *const names[] = {
#define MISSING(name) #name,
#include "udf/missing.def"
#undef MISSING
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        uint32_t n;
        struct error error = {0};
        if (udf_overloads(udf_registry(), text_of(names[i]), &n)) fail_msg("%s is missing and is there", names[i]);
        assert_false(udf_unknown(udf_registry(), text_of(names[i]), &error));
        assert_int_equal(error.code, ERROR_NOT_SUPPORTED);
    }
}

static void functions_keep_to_their_edges(void **state)
{
    static const struct {
        const char *sql, *expected;
    } cases[] = {
        {"LEN('😀a')", "3"},
        {"SUBSTRING('😀abc', 3, 2)", "ab"},
        {"SUBSTRING('abc', 0, 2)", "ab"},
        {"SUBSTRING('abc', -9)", "abc"},
        {"SUBSTRING('abc', 9)", ""},
        {"SUBSTRING('abc', 2, -1)", ""},
        {"SUBSTRING('abc', NULL)", "null"},
        {"INITCAP('  a\tb')", "A\tB"},
        {"UCASE('straße ﬁn')", "STRASSE FIN"},
        {"INSTR('abc', '')", "1"},
        {"INSTR('abc', 'c', 9)", "0"},
        {"INSTR('abc', 'a', 0)", "0"},
        {"INSTR('ababab', 'ab', 1, 3)", "5"},
        {"INSTR('ababab', 'ab', 1, 4)", "0"},
        {"INSTR('ababab', 'ab', -1, 3)", "1"},
        {"REPLACE('ab', '', '-')", "-a-b-"},
        {"REPLACE('aaa', 'aa', 'b')", "ba"},
        {"REPLACE('abc', 'x', 'y')", "abc"},
        {"LPAD('foo', 7, 'Bar')", "BarBfoo"},
        {"RPAD('foo', 7, 'Bar')", "fooBarB"},
        {"LPAD('foo', 2, 'x')", "fo"},
        {"LPAD('foo', -1, 'x')", "null"},
        {"LPAD('foo', 5, '')", "null"},
        {"LPAD('é', 3, 'ü')", "üüé"},
        {"TRIM('\t a \n')", "a"},
        {"CONCAT_WS(',', 'a', NULL)", "a"},
        {"CONCAT_WS(NULL, 'a', 'b')", "null"},
        {"SPLIT('', ',')", "[]"},
        {"ARRAY_LENGTH(SPLIT('', ','))", "1"},
        {"SPLIT('äb', '')", "[ä, b]"},
        {"SPLIT('$a$$b', '$$')", "[$a, b]"},
        {"ELT(3, 'a', 'b')", "null"},
        {"FIELD(NULL, 'a')", "0"},
        {"FROM_BYTES(TO_BYTES('ff00', 'hex'), 'ascii')", "?\0"},
        {"ABS(-2147483648)", "-2147483648"},
        {"ABS(-9.5)", "9.5"},
        {"SQRT(-1)", "NaN"},
        {"LN(0)", "-Infinity"},
        {"LN(-1)", "NaN"},
        {"SIGN(0.0)", "0"},
        {"GREATEST(1.5, 22.25)", "22.25"},
        {"LEAST(1.5, 22.25)", "1.50"},
        {"GREATEST('b', NULL, 'a')", "b"},
        {"ROUND(-2.5)", "-2"},
        {"ROUND(-2.5e0)", "-2"},
        {"ROUND(-2.51)", "-3"},
        {"ROUND(1.005e0, 2)", "1.01"},
        {"ROUND(-1.005e0, 2)", "-1.0"},
        {"ROUND(15e0, -1)", "20.0"},
        {"ROUND(149e0, -2)", "100.0"},
        {"ROUND(4e0, -1)", "0.0"},
        {"ROUND(1234.5678, 2)", "1234.5700"},
        {"ROUND(1250.0, -2)", "1300.0"},
        {"ROUND(1e300)", "9223372036854775807"},
        {"ROUND(99.5)", "null"},
        {"ROUND(0.9e-5, 4)", "0.0"},
        {"ROUND(6e-4, 3)", "0.001"},
        {"TRUNC(-2.9e0)", "-2"},
        {"TRUNC(-1.999, 2)", "-1.990"},
        {"CEIL(9.5)", "null"},
        {"CEIL(-0.5e0)", "-0.0"},
        {"FLOOR(-9.1)", "null"},
        {"CEIL(1.0)", "1.0"},
        {"ROUND(0.05, 1)", "0.10"},
        {"SLICE(ARRAY[1, 2, 3], NULL, 2)", "[1, 2]"},
        {"SLICE(ARRAY[1, 2, 3], 2, NULL)", "[2, 3]"},
        {"SLICE(ARRAY[1, 2], 0, 1)", "null"},
        {"SLICE(ARRAY[1, 2], 1, 3)", "null"},
        {"AS_MAP(ARRAY['a', 'b', 'a'], ARRAY[1, 2, 3, 4])", "{a=3, b=2}"},
        {"AS_MAP(ARRAY['a', 'b'], ARRAY[1])", "{a=1, b=null}"},
        {"ARRAY_CONTAINS(ARRAY[1, NULL], NULL)", "true"},
        {"ARRAY_CONTAINS(CAST(NULL AS ARRAY<INT>), 1)", "false"},
        {"ARRAY_JOIN(ARRAY['a', 'b'], NULL)", "ab"},
        {"DATEADD(HOURS, -1, '1970-01-01')", "1970-01-01"},
        {"DATESUB(DAYS, 1, '1970-01-01')", "1969-12-31"},
        {"TIMEADD(HOURS, -1, '00:30:00')", "23:30"},
        {"PARSE_DATE('JAN-2022', 'MMM-yyyy')", "2022-01-01"},
        {"PARSE_DATE('2003-12-24-01-01', 'yyyy-MM-dd')", "2003-12-24"},
        {"FORMAT_TIMESTAMP('2018-05-11T21:58:33', 'HH:mm zzz', 'America/Los_Angeles')", "14:58 PDT"},
        {"ARRAY_JOIN(ARRAY[ARRAY[1]])", "! ARRAY_JOIN: it joins BOOLEANs, numbers and STRINGs, and these are ARRAYs"},
        {"TO_BYTES('a', 'latin1')", "! TO_BYTES: 'latin1' is not an encoding: there are hex, utf8, ascii and base64"},
        {"FORMAT_TIMESTAMP(FROM_UNIXTIME(0), 'yyyy', 'Nowhere')", "! FORMAT_TIMESTAMP: 'Nowhere' is not a time zone"},
        {"COUNT(1)", "! the function COUNT is not supported yet"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new();
        const char *found = evaluated(arena, cases[i].sql);
        if (strcmp(found, cases[i].expected) != 0)
            fail_msg("%s gives %s (%s) and not %s", cases[i].sql, found, failure, cases[i].expected);
        arena_free(arena);
    }
}

static void failures_say_why(void **state)
{
    static const struct {
        const char *sql, *why;
    } cases[] = {
        {"SLICE(ARRAY[1, 2, 3], 3, 1)", "the end, 1, is before the start, 3"},
        {"ELT(CAST(NULL AS INT), 'a')", "argument 1 is NULL"},
        {"STRINGTODATE(CAST(NULL AS STRING), 'yyyy')", "argument 1 is NULL"},
        {"PARSE_DATE('x', 'yyyy-MM-dd')", "'x' is not of the form 'yyyy-MM-dd'"},
        {"PARSE_DATE('2024 10', 'yyyy HH')", "'2024 10' has a time of the day"},
        {"FROM_BYTES(TO_BYTES('ff', 'hex'), 'utf8')", "the bytes are not UTF-8"},
        {"TO_BYTES('f', 'hex')", "the text is not hex"},
        {"LPAD('a', 2000000000, 'b')", "the text would have more than 16777216 bytes"},
        {"CEIL(9.5)", "the result does not fit DECIMAL(2, 1)"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new();
        assert_string_equal(evaluated(arena, cases[i].sql), "null");
        assert_string_equal(failure, arena_printf(arena, "%s: %s", cases[i].sql, cases[i].why));
        arena_free(arena);
    }
}

/* ---- plug-ins */

/* The file beside this program. */
static bool load(struct arena *arena, const char *file, struct error *error)
{
    char program[512];
    ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
    assert_true(len > 0);
    program[len] = 0;
    *strrchr(program, '/') = 0;
    return udf_load(udf_registry(), text_of(arena_printf(arena, "%s/udf_plugin/%s", program, file)), error);
}

static void a_plug_in_is_loaded_and_called(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error error = {0};
    if (!load(arena, "test-plugin.so", &error)) fail_msg("%s", error.message);
    assert_string_equal(evaluated(arena, "TWICE(21)"), "42");
    assert_string_equal(evaluated(arena, "TWICE(CAST(NULL AS BIGINT))"), "null");
    assert_string_equal(evaluated(arena, "TWICE(0)"), "null");
    assert_string_equal(evaluated(arena, "TWICE(13)"), "null");
    assert_string_equal(failure, "TWICE(13): 13 brings bad luck");
    assert_string_equal(evaluated(arena, "SHOUT('hey')"), "hey!");
    assert_string_equal(evaluated(arena, "SWAP(STRUCT(A := 1, B := 2))"), "Struct{A=2,B=1}");
    assert_string_equal(evaluated(arena, "HUNDREDTHS(7, 5)"), "7.05");
    assert_string_equal(evaluated(arena, "HUNDREDTHS(7, 0)"), "! HUNDREDTHS: the divisor must be a literal above 0");
    assert_string_equal(evaluated(arena, "DESCRIBE_ALL(1, 'a', NULL, ARRAY[TRUE])"),
                        "int:1 string:a string:null array:[true]");
    assert_string_equal(evaluated(arena, "NEVER(1, 'a', 'b', 2)"), "null");
    assert_string_equal(failure, "NEVER(1, 'a', 'b', 2): the function gave no reason");
    assert_string_equal(evaluated(arena, "NEVER(1, NULL, 2)"), "null");
    assert_string_equal(failure, "NEVER(1, NULL, 2): argument 2 is NULL");
    assert_false(load(arena, "test-plugin.so", &error));
    assert_non_null(strstr(error.message, "there is a function TWICE(number BIGINT) -> BIGINT already"));
    arena_free(arena);
}

static void a_file_that_is_no_plug_in_is_refused(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct error error = {0};
    assert_false(load(arena, "empty-plugin.so", &error));
    assert_non_null(strstr(error.message, "it has no function weir_plugin, so it is not a plug-in"));
    assert_false(load(arena, "nowhere.so", &error));
    assert_non_null(strstr(error.message, "cannot load"));
    arena_free(arena);
}

#define CHOICE(function) cmocka_unit_test_setup_teardown(function, make_choice, free_choice)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signature_is_read_from_text),
        cmocka_unit_test(a_wrong_signature_says_where),
        CHOICE(an_exact_match_comes_before_a_cast),
        CHOICE(casts_go_up_and_text_becomes_a_time),
        CHOICE(what_is_not_variadic_comes_first_then_more_parameters_then_fewer_letters),
        CHOICE(a_tie_is_an_error),
        CHOICE(a_letter_is_one_type_and_the_result_has_it),
        CHOICE(decimals_keep_their_precision),
        CHOICE(variadics_may_stand_in_the_middle),
        CHOICE(a_row_is_refused_where_there_is_one_like_it),
        CHOICE(rows_that_take_the_same_are_alike_whatever_their_words),
        CHOICE(a_plug_in_is_registered_as_a_whole_or_not_at_all),
        CHOICE(a_row_without_a_name_or_a_signature_is_refused),
        CHOICE(a_plug_in_with_shorter_rows_still_reads),
        CHOICE(names_are_listed_in_order_and_rows_of_all_kinds_are_kept),
        cmocka_unit_test(every_built_in_has_an_example_that_is_right),
        cmocka_unit_test(what_is_missing_is_not_there),
        cmocka_unit_test(functions_keep_to_their_edges),
        cmocka_unit_test(failures_say_why),
        cmocka_unit_test(a_plug_in_is_loaded_and_called),
        cmocka_unit_test(a_file_that_is_no_plug_in_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
