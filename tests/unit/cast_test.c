/* cast_test.c - the CAST matrix, cell by cell, and what is converted without being asked. */
#include "tests/unit/test.h"
#include "engine/types/cast.h"
#include <math.h>

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static char why[CAST_WHY];

/* The text of the cast value; "refused" with the reason in `why` if it cannot be cast. */
static struct text cast_value(const struct type *from, struct value value, const struct type *to)
{
    const struct cast *cast = cast_find(arena, from, to);
    assert_non_null(cast);
    struct value result;
    if (!cast->apply(cast, arena, &value, &result, why)) return TEXT("refused");
    struct buffer out = BUFFER(1 << 16);
    value_print(&out, to, &result);
    struct text text = text_copy(arena, buffer_text(&out));
    buffer_free(&out);
    return text;
}

static struct text cast_string(const char *text, const struct type *to)
{
    return cast_value(&type_string, (struct value){.text = text_of(text)}, to);
}

static struct text cast_integer(int32_t number, const struct type *to)
{
    return cast_value(&type_integer, (struct value){.integer = number}, to);
}

static struct text cast_bigint(int64_t number, const struct type *to)
{
    return cast_value(&type_bigint, (struct value){.bigint = number}, to);
}

static struct text cast_double(double number, const struct type *to)
{
    return cast_value(&type_double, (struct value){.real = number}, to);
}

static struct text cast_decimal(const char *digits, const struct type *from, const struct type *to)
{
    struct value value = {.boolean = false};
    assert_true(decimal_parse(arena, from, text_of(digits), DECIMAL_EXACT, &value.decimal));
    return cast_value(from, value, to);
}

static const struct type *decimal(int32_t precision, int32_t scale)
{
    return type_decimal(arena, precision, scale);
}

static void the_matrix_has_these_casts_and_no_others(void **state)
{
    (void)state;
    static const char matrix[][11] = {
        /*            B I L D d S b D T t */
        [0] /* BOOLEAN   */ = "x....x....", [1] /* INTEGER   */ = ".xxxxx....", [2] /* BIGINT    */ = ".xxxxx....",
        [3] /* DECIMAL   */ = ".xxxxx....", [4] /* DOUBLE    */ = ".xxxxx....", [5] /* STRING    */ = "xxxxxxxxxx",
        [6] /* BYTES     */ = "......x...", [7] /* DATE      */ = ".....x.x.x", [8] /* TIME      */ = ".....x..x.",
        [9] /* TIMESTAMP */ = ".....x.xxx",
    };
    const struct type *types[] = {&type_boolean, &type_integer, &type_bigint, decimal(5, 2), &type_double,
                                  &type_string,  &type_bytes,   &type_date,   &type_time,    &type_timestamp};
    for (int from = 0; from < 10; from++) {
        for (int to = 0; to < 10; to++) {
            bool found = cast_find(arena, types[from], types[to]) != NULL;
            if (found != (matrix[from][to] == 'x'))
                fail_msg("%s to %s: %d", type_kind_name(types[from]->kind), type_kind_name(types[to]->kind), found);
        }
    }
}

static void numbers_become_wider_and_narrower(void **state)
{
    (void)state;
    assert_text(cast_integer(-1, &type_bigint), "-1");
    assert_text(cast_integer(3, &type_double), "3.0");
    assert_text(cast_bigint(2147483648, &type_integer), "-2147483648");
    assert_text(cast_bigint(INT64_MAX, &type_double), "9.223372036854776E18");
    assert_text(cast_integer(10, decimal(4, 1)), "10.0");
    assert_text(cast_integer(10, decimal(2, 1)), "refused");
    assert_string_equal(why, "10 does not fit DECIMAL(2, 1)");
    assert_text(cast_bigint(INT64_MIN, decimal(40, 2)), "-9223372036854775808.00");
}

static void doubles_are_cut_and_held_at_the_ends(void **state)
{
    (void)state;
    assert_text(cast_double(1.99, &type_integer), "1");
    assert_text(cast_double(-1.99, &type_bigint), "-1");
    assert_text(cast_double(1e20, &type_integer), "2147483647");
    assert_text(cast_double(-1e20, &type_bigint), "-9223372036854775808");
    assert_text(cast_double(9.3e18, &type_bigint), "9223372036854775807");
    assert_text(cast_double(NAN, &type_bigint), "0");
    assert_text(cast_double(0.99, decimal(2, 1)), "1.0");
    assert_text(cast_double(9.99, decimal(2, 1)), "refused");
    assert_text(cast_double(NAN, decimal(2, 1)), "refused");
}

static void decimals_become_other_numbers(void **state)
{
    (void)state;
    assert_text(cast_decimal("-10.99", decimal(4, 2), &type_integer), "-10");
    assert_text(cast_decimal("10.01", decimal(4, 2), &type_bigint), "10");
    assert_text(cast_decimal("10.01", decimal(4, 2), &type_double), "10.01");
    assert_text(cast_decimal("10.12", decimal(4, 2), decimal(5, 3)), "10.120");
    assert_text(cast_decimal("10.15", decimal(4, 2), decimal(3, 1)), "10.2");
    assert_text(cast_decimal("10.15", decimal(4, 2), decimal(3, 2)), "refused");
    assert_string_equal(why, "10.15 does not fit DECIMAL(3, 2)");
}

static void everything_but_bytes_has_a_text(void **state)
{
    (void)state;
    assert_text(cast_value(&type_boolean, (struct value){.boolean = true}, &type_string), "true");
    assert_text(cast_integer(-7, &type_string), "-7");
    assert_text(cast_bigint(INT64_MIN, &type_string), "-9223372036854775808");
    assert_text(cast_double(0.1, &type_string), "0.1");
    assert_text(cast_decimal("0.00", decimal(4, 2), &type_string), "0.00");
    assert_text(cast_decimal("-0.00000000000000000000000000000000000001", decimal(38, 38), &type_string),
                "-0.00000000000000000000000000000000000001");
    assert_text(cast_decimal("1", decimal(50, 45), &type_string), "1.000000000000000000000000000000000000000000000");
    assert_text(cast_value(&type_date, (struct value){.integer = 4}, &type_string), "1970-01-05");
    assert_text(cast_value(&type_time, (struct value){.integer = 4999}, &type_string), "00:00:04");
    assert_text(cast_value(&type_timestamp, (struct value){.bigint = 4}, &type_string), "1970-01-01T00:00:00.004");
}

static void texts_become_numbers_without_the_space_around_them(void **state)
{
    (void)state;
    assert_text(cast_string(" 12 ", &type_integer), "12");
    assert_text(cast_string("-9223372036854775808", &type_bigint), "-9223372036854775808");
    assert_text(cast_string("\t1.5e3", &type_double), "1500.0");
    assert_text(cast_string(" 1.005 ", decimal(3, 2)), "1.01");
    assert_text(cast_string("1.5", &type_integer), "refused");
    assert_string_equal(why, "'1.5' is not a valid INTEGER");
    assert_text(cast_string("2147483648", &type_integer), "refused");
    assert_text(cast_string("ten", decimal(3, 2)), "refused");
    assert_string_equal(why, "'ten' is not a valid DECIMAL");
    assert_text(cast_string("1000", decimal(3, 2)), "refused");
    assert_string_equal(why, "1000 does not fit DECIMAL(3, 2)");
}

static void a_reason_shows_the_beginning_of_a_long_text(void **state)
{
    (void)state;
    assert_text(cast_string("12345678901234567890123456789012345678\xc3\xa9\xc3\xa9 and more", &type_integer),
                "refused");
    assert_string_equal(why, "'12345678901234567890123456789012345678\xc3\xa9...' is not a valid INTEGER");
}

static void texts_become_booleans_by_prefix(void **state)
{
    (void)state;
    static const char *const true_texts[] = {"true", "TRUE", "t", "Tru", "y", "yes", " YE "};
    static const char *const false_texts[] = {"false", "no", "", " ", "truely", "1", "yess", "x"};
    for (int i = 0; i < 7; i++) assert_text(cast_string(true_texts[i], &type_boolean), "true");
    for (int i = 0; i < 8; i++) assert_text(cast_string(false_texts[i], &type_boolean), "false");
}

static void texts_become_dates_times_and_bytes(void **state)
{
    (void)state;
    assert_text(cast_string(" 1970-01 ", &type_date), "1970-01-01");
    assert_text(cast_string("10:20", &type_time), "10:20");
    assert_text(cast_string("2022-04-28T21:44:47.943Z", &type_timestamp), "2022-04-28T21:44:47.943");
    assert_text(cast_string("aGVsbG8=", &type_bytes), "aGVsbG8=");
    assert_text(cast_string("foo", &type_date), "refused");
    assert_text(cast_string("25:00", &type_time), "refused");
    assert_text(cast_string("foo", &type_timestamp), "refused");
    assert_text(cast_string("a", &type_bytes), "refused");
    assert_string_equal(why, "'a' is not base64");
}

static void timestamps_fall_apart_into_date_and_time(void **state)
{
    (void)state;
    assert_text(cast_value(&type_timestamp, (struct value){.bigint = -2000}, &type_date), "1969-12-31");
    assert_text(cast_value(&type_timestamp, (struct value){.bigint = -2000}, &type_time), "23:59:58");
    assert_text(cast_value(&type_timestamp, (struct value){.bigint = 86400000}, &type_time), "00:00");
    assert_text(cast_value(&type_date, (struct value){.integer = -1}, &type_timestamp), "1969-12-31T00:00:00.000");
    assert_text(cast_value(&type_timestamp, (struct value){.bigint = INT64_MAX}, &type_date), "refused");
}

static struct value numbers(uint32_t n, int64_t first)
{
    struct nested *array = nested_make(arena, n);
    for (uint32_t i = 0; i < n; i++) array->items[i] = (struct value){.bigint = first + i};
    return (struct value){.nested = array};
}

static void arrays_are_cast_by_element(void **state)
{
    (void)state;
    const struct type *from = type_array(arena, &type_bigint), *to = type_array(arena, &type_string);
    struct value array = numbers(3, 2147483647);
    assert_text(cast_value(from, array, to), "[2147483647, 2147483648, 2147483649]");
    assert_text(cast_value(from, array, &type_string), "[2147483647, 2147483648, 2147483649]");
    ((struct nested *)array.nested)->items[1] = NULL_VALUE;
    assert_text(cast_value(from, array, type_array(arena, &type_integer)), "[2147483647, null, -2147483647]");
    assert_text(cast_value(from, array, type_array(arena, decimal(2, 0))), "refused");
    assert_null(cast_find(arena, from, type_array(arena, &type_date)));
    assert_null(cast_find(arena, &type_string, to));
    assert_null(cast_find(arena, from, type_map(arena, &type_string, &type_bigint)));
}

static void maps_are_cast_by_key_and_element(void **state)
{
    (void)state;
    const struct type *from = type_map(arena, &type_bigint, &type_bigint),
                      *to = type_map(arena, &type_string, &type_integer);
    assert_text(cast_value(from, numbers(4, 2147483647), to), "{2147483647=-2147483648, 2147483649=-2147483646}");
    assert_null(cast_find(arena, from, type_map(arena, &type_boolean, &type_bigint)));
}

static const struct type *structure(const char *a, const struct type *a_type, const char *b, const struct type *b_type)
{
    const struct type_field fields[] = {{text_of(a), a_type}, {text_of(b), b_type}};
    return type_struct(arena, fields, 2);
}

static void structures_are_cast_by_name(void **state)
{
    (void)state;
    const struct type *from = structure("A", &type_bigint, "B", &type_bigint);
    struct value value = numbers(2, 5);
    assert_text(cast_value(from, value, structure("B", &type_string, "C", &type_string)), "Struct{B=6}");
    assert_text(cast_value(from, value, structure("b", &type_string, "A", &type_double)), "Struct{A=5.0}");
    assert_null(cast_find(arena, from, structure("A", &type_date, "B", &type_bigint)));
}

static void null_and_the_same_type_need_no_work(void **state)
{
    (void)state;
    assert_non_null(cast_find(arena, &type_null, type_array(arena, &type_integer)));
    const struct type *type = type_array(arena, &type_bigint);
    struct value array = numbers(1, 1), same;
    const struct cast *cast = cast_find(arena, type, type_array(arena, &type_bigint));
    assert_true(cast->apply(cast, arena, &array, &same, why));
    assert_ptr_equal(same.nested, array.nested);
}

static bool is_implicit(const struct type *from, const struct type *to)
{
    return cast_find_implicit(arena, from, to) != NULL;
}

static void only_widening_is_implicit(void **state)
{
    (void)state;
    assert_true(is_implicit(&type_integer, &type_bigint));
    assert_true(is_implicit(&type_integer, decimal(12, 2)));
    assert_true(is_implicit(&type_bigint, &type_double));
    assert_true(is_implicit(decimal(4, 2), &type_double));
    assert_true(is_implicit(decimal(4, 2), decimal(6, 3)));
    assert_true(is_implicit(&type_null, &type_string));
    assert_true(is_implicit(&type_string, &type_timestamp));
    assert_true(is_implicit(&type_string, &type_bytes));
    assert_false(is_implicit(&type_bigint, &type_integer));
    assert_false(is_implicit(&type_bigint, decimal(12, 2)));
    assert_false(is_implicit(&type_double, decimal(38, 10)));
    assert_false(is_implicit(decimal(4, 2), decimal(4, 3)));
    assert_false(is_implicit(&type_integer, &type_string));
    assert_false(is_implicit(&type_string, &type_integer));
    assert_false(is_implicit(&type_boolean, &type_string));
    assert_false(is_implicit(&type_date, &type_timestamp));
}

static void implicit_casts_reach_into_nested_types_but_lose_no_field(void **state)
{
    (void)state;
    const struct type *narrow = structure("A", &type_integer, "B", &type_integer);
    const struct type_field fields[] = {
        {TEXT("C"), &type_string}, {TEXT("B"), &type_bigint}, {TEXT("A"), &type_double}};
    const struct type *wide = type_struct(arena, fields, 3);
    assert_true(is_implicit(type_array(arena, narrow), type_array(arena, wide)));
    assert_false(is_implicit(wide, narrow));
    assert_true(is_implicit(type_map(arena, &type_string, &type_integer), type_map(arena, &type_string, &type_bigint)));
    assert_false(is_implicit(type_array(arena, &type_integer), type_array(arena, &type_string)));
    assert_false(is_implicit(type_array(arena, &type_integer), &type_string));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_matrix_has_these_casts_and_no_others),
        cmocka_unit_test(numbers_become_wider_and_narrower),
        cmocka_unit_test(doubles_are_cut_and_held_at_the_ends),
        cmocka_unit_test(decimals_become_other_numbers),
        cmocka_unit_test(everything_but_bytes_has_a_text),
        cmocka_unit_test(texts_become_numbers_without_the_space_around_them),
        cmocka_unit_test(a_reason_shows_the_beginning_of_a_long_text),
        cmocka_unit_test(texts_become_booleans_by_prefix),
        cmocka_unit_test(texts_become_dates_times_and_bytes),
        cmocka_unit_test(timestamps_fall_apart_into_date_and_time),
        cmocka_unit_test(arrays_are_cast_by_element),
        cmocka_unit_test(maps_are_cast_by_key_and_element),
        cmocka_unit_test(structures_are_cast_by_name),
        cmocka_unit_test(null_and_the_same_type_need_no_work),
        cmocka_unit_test(only_widening_is_implicit),
        cmocka_unit_test(implicit_casts_reach_into_nested_types_but_lose_no_field),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
