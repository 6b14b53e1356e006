/* decimal_test.c - exact decimals, small and big. */
#include "tests/unit/test.h"
#include "engine/types/decimal.h"
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

static struct decimal read_as(const struct type *type, const char *text)
{
    struct decimal value = {.small = 0};
    assert_true(decimal_parse(arena, type, text_of(text), DECIMAL_EXACT, &value));
    return value;
}

static struct text printed(const struct type *type, struct decimal value)
{
    struct buffer out = BUFFER(1 << 16);
    decimal_print(&out, type, value);
    struct text text = text_copy(arena, buffer_text(&out));
    buffer_free(&out);
    return text;
}

/* "12.30 DECIMAL(4, 2)" for the type of each operand and of the result. */
static struct text calculated(char op, const struct type *a_type, const char *a, const struct type *b_type,
                              const char *b)
{
    const struct type *type = decimal_result_type(arena, op, a_type, b_type);
    struct decimal result;
    if (!decimal_arithmetic(arena, op, a_type, read_as(a_type, a), b_type, read_as(b_type, b), type, &result))
        return TEXT("none");
    return printed(type, result);
}

static const struct type *decimal(int32_t precision, int32_t scale)
{
    return type_decimal(arena, precision, scale);
}

static struct text literal_type(const char *text)
{
    return type_text(arena, decimal_literal_type(arena, text_of(text)));
}

static void a_literal_has_the_type_of_its_digits(void **state)
{
    (void)state;
    assert_text(literal_type("2.345"), "DECIMAL(4, 3)");
    assert_text(literal_type("12.30"), "DECIMAL(4, 2)");
    assert_text(literal_type("007.50"), "DECIMAL(3, 2)");
    assert_text(literal_type("100."), "DECIMAL(3, 0)");
    assert_text(literal_type("1.00"), "DECIMAL(3, 2)");
}

static void a_literal_below_one_counts_the_zero_before_the_point(void **state)
{
    (void)state;
    assert_text(literal_type("0.05"), "DECIMAL(3, 2)");
    assert_text(literal_type(".5"), "DECIMAL(2, 1)");
    assert_text(literal_type("0.0"), "DECIMAL(2, 1)");
    assert_text(literal_type("0."), "DECIMAL(1, 0)");
}

static struct text result_type(char op, const struct type *a, const struct type *b)
{
    return type_text(arena, decimal_result_type(arena, op, a, b));
}

static void results_have_room_for_every_digit(void **state)
{
    (void)state;
    const struct type *a = decimal(4, 2), *b = decimal(6, 1);
    assert_text(result_type('+', a, b), "DECIMAL(8, 2)");
    assert_text(result_type('-', a, b), "DECIMAL(8, 2)");
    assert_text(result_type('*', a, b), "DECIMAL(11, 3)");
    assert_text(result_type('/', a, b), "DECIMAL(12, 9)");
    assert_text(result_type('%', a, b), "DECIMAL(4, 2)");
    assert_text(result_type('+', a, &type_integer), "DECIMAL(13, 2)");
    assert_text(result_type('*', &type_bigint, a), "DECIMAL(24, 2)");
    assert_text(result_type('*', decimal(38, 5), decimal(38, 5)), "DECIMAL(77, 10)");
}

static void a_text_reads_and_prints_with_the_scale_of_the_type(void **state)
{
    (void)state;
    const struct type *type = decimal(6, 4);
    assert_text(printed(type, read_as(type, "10")), "10.0000");
    assert_text(printed(type, read_as(type, "-0.1")), "-0.1000");
    assert_text(printed(type, read_as(type, "+.0001")), "0.0001");
    assert_text(printed(type, read_as(type, "1.5e1")), "15.0000");
    assert_text(printed(type, read_as(type, "00012.5E-1")), "1.2500");
    assert_text(printed(type, read_as(type, "-0")), "0.0000");
    assert_text(printed(decimal(3, 3), read_as(decimal(3, 3), "0.25")), "0.250");
    assert_text(printed(decimal(3, 0), read_as(decimal(3, 0), "120")), "120");
}

static void a_text_that_is_no_number_or_does_not_fit_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",    ".",   "-",     "1e",   "1e+",     "abc", "1 ",   " 1",    "1.2.3",
                                        "100", "1,5", "1e999", "0x10", "1.00001", "NaN", "1e5x", "1e-99", "--1"};
    struct decimal value;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (decimal_parse(arena, decimal(6, 4), text_of(wrong[i]), DECIMAL_EXACT, &value))
            fail_msg("'%s' was read", wrong[i]);
}

static struct text rounded(const char *text, enum decimal_rounding rounding)
{
    struct decimal value;
    const struct type *type = decimal(3, 1);
    return decimal_parse(arena, type, text_of(text), rounding, &value) ? printed(type, value) : TEXT("none");
}

static void rounding_is_half_away_from_zero_or_towards_it(void **state)
{
    (void)state;
    assert_text(rounded("0.05", DECIMAL_HALF_UP), "0.1");
    assert_text(rounded("-0.05", DECIMAL_HALF_UP), "-0.1");
    assert_text(rounded("0.0499999999999999999999999999999999999999999999", DECIMAL_HALF_UP), "0.0");
    assert_text(rounded("0.05", DECIMAL_EXACT), "none");
    assert_text(rounded("-0.19", DECIMAL_DOWN), "-0.1");
    assert_text(rounded("99.95", DECIMAL_HALF_UP), "none");
    assert_text(rounded("1e-999999999999", DECIMAL_HALF_UP), "0.0");
    assert_text(rounded("0e999999999999", DECIMAL_EXACT), "0.0");
}

static void arithmetic_is_exact(void **state)
{
    (void)state;
    const struct type *type = decimal(4, 2);
    assert_text(calculated('+', type, "10.01", type, "5.1"), "15.11");
    assert_text(calculated('-', type, "10.10", type, "-5.0"), "15.10");
    assert_text(calculated('*', type, "10.01", type, "-0.5"), "-5.0050");
    assert_text(calculated('/', type, "10.1", type, "2"), "5.0500000");
    assert_text(calculated('/', type, "10.1", type, "-2"), "-5.0500000");
    assert_text(calculated('%', type, "-10.1", type, "3"), "-1.10");
    assert_text(calculated('%', type, "10.1", type, "-3"), "1.10");
    assert_text(calculated('+', decimal(19, 0), "9223372036854775807", type, "0.01"), "9223372036854775807.01");
}

static void a_division_by_zero_or_with_a_rest_has_no_result(void **state)
{
    (void)state;
    const struct type *type = decimal(4, 2);
    assert_text(calculated('/', type, "1", type, "0"), "none");
    assert_text(calculated('%', type, "1", type, "0"), "none");
    assert_text(calculated('/', type, "1", type, "3"), "none");
}

static void beyond_38_digits_nothing_changes_but_the_room(void **state)
{
    (void)state;
    const struct type *type = decimal(38, 4), *big = decimal(60, 10);
    const char *large = "9999999999999999999999999999999999.9999";
    assert_text(calculated('+', type, large, type, "0.0001"), "10000000000000000000000000000000000.0000");
    assert_text(calculated('*', type, large, type, large),
                "99999999999999999999999999999999999998000000000000000000000000000000.00000001");
    assert_text(calculated('-', big, "1", big, "1.0000000001"), "-0.0000000001");
    assert_text(calculated('/', big, "1", big, "8"),
                "0.12500000000000000000000000000000000000000000000000000000000000000000000");
    assert_text(calculated('/', big, "1", big, "0"), "none");
}

static void an_intermediate_result_may_be_larger_than_the_operands(void **state)
{
    (void)state;
    const struct type *wide = decimal(38, 0), *fine = decimal(38, 38);
    assert_text(calculated('%', wide, "99999999999999999999999999999999999999", fine, "0.3"),
                "0.00000000000000000000000000000000000000");
    assert_true(
        decimal_compare(wide, read_as(wide, "1"), fine, read_as(fine, "0.99999999999999999999999999999999999999")) > 0);
}

static void values_compare_over_different_scales(void **state)
{
    (void)state;
    const struct type *a = decimal(4, 2), *b = decimal(50, 30);
    assert_int_equal(decimal_compare(a, read_as(a, "10.01"), b, read_as(b, "10.01")), 0);
    assert_true(decimal_compare(a, read_as(a, "10.01"), b, read_as(b, "10.0100000000000000000000000001")) < 0);
    assert_true(decimal_compare(a, read_as(a, "-1"), a, read_as(a, "-1.01")) > 0);
}

static void a_decimal_compares_with_the_digits_of_a_double(void **state)
{
    (void)state;
    const struct type *fine = decimal(20, 18), *whole = decimal(20, 0), *big = decimal(1000, 500);
    assert_int_equal(decimal_compare_double(fine, read_as(fine, "0.1"), 0.1), 0);
    assert_int_equal(decimal_compare_double(fine, read_as(fine, "0.100000000000000001"), 0.1), 1);
    assert_int_equal(decimal_compare_double(fine, read_as(fine, "-0.100000000000000001"), -0.1), -1);
    assert_int_equal(decimal_compare_double(whole, read_as(whole, "9007199254740993"), 9007199254740992.0), 1);
    assert_int_equal(decimal_compare_double(whole, read_as(whole, "100"), 1e2), 0);
    assert_int_equal(decimal_compare_double(whole, read_as(whole, "0"), -0.0), 0);
    assert_int_equal(decimal_compare_double(big, read_as(big, "1e-400"), 0), 1);
    assert_int_equal(decimal_compare_double(big, read_as(big, "-1e-400"), 0), -1);
    assert_int_equal(decimal_compare_double(big, read_as(big, "1e400"), INFINITY), -1);
    assert_int_equal(decimal_compare_double(big, read_as(big, "-1e400"), -INFINITY), 1);
    assert_int_equal(decimal_compare_double(big, read_as(big, "1e300"), 1e300), 0);
}

static struct text rescaled(const struct type *from, const char *text, const struct type *to,
                            enum decimal_rounding rounding)
{
    struct decimal value;
    return decimal_rescale(arena, from, read_as(from, text), to, rounding, &value) ? printed(to, value) : TEXT("none");
}

static void rescaling_rounds_and_refuses_what_does_not_fit(void **state)
{
    (void)state;
    assert_text(rescaled(decimal(4, 2), "10.12", decimal(5, 3), DECIMAL_EXACT), "10.120");
    assert_text(rescaled(decimal(4, 2), "10.15", decimal(3, 1), DECIMAL_HALF_UP), "10.2");
    assert_text(rescaled(decimal(4, 2), "10.15", decimal(3, 1), DECIMAL_EXACT), "none");
    assert_text(rescaled(decimal(4, 2), "10.15", decimal(2, 1), DECIMAL_HALF_UP), "none");
    assert_text(rescaled(decimal(45, 2), "10.15", decimal(3, 1), DECIMAL_DOWN), "10.1");
    assert_text(rescaled(decimal(3, 1), "-10.1", decimal(45, 40), DECIMAL_EXACT),
                "-10.1000000000000000000000000000000000000000");
}

static void doubles_become_decimals_through_their_shortest_text(void **state)
{
    (void)state;
    struct decimal value;
    const struct type *type = decimal(3, 1);
    assert_true(decimal_from_double(arena, type, 0.99, &value));
    assert_text(printed(type, value), "1.0");
    assert_true(decimal_from_double(arena, type, 0.05, &value)); /* a little above 0.05, but its text is not */
    assert_text(printed(type, value), "0.1");
    assert_true(decimal_from_double(arena, type, -1e-300, &value));
    assert_text(printed(type, value), "0.0");
    assert_false(decimal_from_double(arena, type, 1e10, &value));
    assert_false(decimal_from_double(arena, type, NAN, &value));
    assert_false(decimal_from_double(arena, type, INFINITY, &value));
}

static void decimals_become_the_nearest_double(void **state)
{
    (void)state;
    assert_true(decimal_to_double(decimal(4, 2), read_as(decimal(4, 2), "10.01")) == 10.01);
    assert_true(decimal_to_double(decimal(38, 20), read_as(decimal(38, 20), "0.1")) == 0.1);
    assert_true(decimal_to_double(decimal(60, 20), read_as(decimal(60, 20), "-123456789.123456789")) ==
                -123456789.123456789);
}

static void decimals_become_integers_by_their_low_bits(void **state)
{
    (void)state;
    assert_int_equal(decimal_to_bigint(decimal(4, 2), read_as(decimal(4, 2), "-10.99")), -10);
    assert_int_equal(decimal_to_bigint(decimal(20, 0), read_as(decimal(20, 0), "18446744073709551617")), 1);
    assert_int_equal(decimal_to_bigint(decimal(41, 1), read_as(decimal(41, 1), "-18446744073709551617.9")), -1);
}

static void integers_become_decimals_if_they_fit(void **state)
{
    (void)state;
    struct decimal value;
    assert_true(decimal_from_bigint(arena, decimal(3, 1), -10, &value));
    assert_text(printed(decimal(3, 1), value), "-10.0");
    assert_false(decimal_from_bigint(arena, decimal(2, 1), 10, &value));
    assert_true(decimal_from_bigint(arena, decimal(40, 20), INT64_MIN, &value));
    assert_text(printed(decimal(40, 20), value), "-9223372036854775808.00000000000000000000");
}

static void assert_bytes(const struct type *type, const char *text, const char *bytes, size_t len)
{
    struct decimal value = read_as(type, text), back;
    struct text actual = decimal_to_bytes(arena, type, value);
    assert_int_equal(actual.len, len);
    assert_memory_equal(actual.data, bytes, len);
    assert_true(decimal_from_bytes(arena, type, actual, &back));
    assert_int_equal(decimal_compare(type, value, type, back), 0);
    assert_true(decimal_hash(type, value) == decimal_hash(type, back));
}

static void bytes_are_the_shortest_twos_complement(void **state)
{
    (void)state;
    const struct type *small = decimal(10, 2), *big = decimal(40, 2);
    for (int i = 0; i < 2; i++) {
        const struct type *type = i ? big : small;
        assert_bytes(type, "0", "\0", 1);
        assert_bytes(type, "1.27", "\x7f", 1);
        assert_bytes(type, "1.28", "\0\x80", 2);
        assert_bytes(type, "-1.28", "\x80", 1);
        assert_bytes(type, "-1.29", "\xff\x7f", 2);
        assert_bytes(type, "-0.01", "\xff", 1);
    }
    assert_bytes(big, "1208925819614629174706.88", "\x19\x99\x99\x99\x99\x99\x99\x99\x99\xe0", 10);
}

static void bytes_of_a_number_too_large_are_refused(void **state)
{
    (void)state;
    struct decimal value;
    assert_true(decimal_from_bytes(arena, decimal(2, 0), (struct text){"\0\0\0\x63", 4}, &value));
    assert_false(decimal_from_bytes(arena, decimal(2, 0), (struct text){"\x64", 1}, &value));
    assert_false(decimal_from_bytes(arena, decimal(2, 0), (struct text){"", 0}, &value));
    static const char long_negative[20] = {-128};
    assert_false(decimal_from_bytes(arena, decimal(38, 0), (struct text){long_negative, 20}, &value));
}

static void negating_and_copying_keep_the_digits(void **state)
{
    (void)state;
    const struct type *big = decimal(45, 5);
    struct decimal value = read_as(big, "-1234567890123456789012345678901234567890.12345");
    struct decimal copy = decimal_copy(arena, big, decimal_negate(arena, big, value));
    assert_text(printed(big, copy), "1234567890123456789012345678901234567890.12345");
    assert_text(printed(decimal(3, 1), decimal_negate(arena, decimal(3, 1), read_as(decimal(3, 1), "0"))), "0.0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_literal_has_the_type_of_its_digits),
        cmocka_unit_test(a_literal_below_one_counts_the_zero_before_the_point),
        cmocka_unit_test(results_have_room_for_every_digit),
        cmocka_unit_test(a_text_reads_and_prints_with_the_scale_of_the_type),
        cmocka_unit_test(a_text_that_is_no_number_or_does_not_fit_is_refused),
        cmocka_unit_test(rounding_is_half_away_from_zero_or_towards_it),
        cmocka_unit_test(arithmetic_is_exact),
        cmocka_unit_test(a_division_by_zero_or_with_a_rest_has_no_result),
        cmocka_unit_test(beyond_38_digits_nothing_changes_but_the_room),
        cmocka_unit_test(an_intermediate_result_may_be_larger_than_the_operands),
        cmocka_unit_test(values_compare_over_different_scales),
        cmocka_unit_test(a_decimal_compares_with_the_digits_of_a_double),
        cmocka_unit_test(rescaling_rounds_and_refuses_what_does_not_fit),
        cmocka_unit_test(doubles_become_decimals_through_their_shortest_text),
        cmocka_unit_test(decimals_become_the_nearest_double),
        cmocka_unit_test(decimals_become_integers_by_their_low_bits),
        cmocka_unit_test(integers_become_decimals_if_they_fit),
        cmocka_unit_test(bytes_are_the_shortest_twos_complement),
        cmocka_unit_test(bytes_of_a_number_too_large_are_refused),
        cmocka_unit_test(negating_and_copying_keep_the_digits),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
