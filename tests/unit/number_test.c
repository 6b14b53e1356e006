/* number_test.c - numbers as Java writes and reads them. */
#include "tests/unit/test.h"
#include "engine/number/number.h"
#include <math.h>

static struct text printed_double(double value)
{
    static char text[NUMBER_MAX_TEXT];
    return (struct text){text, number_print_double(text, value)};
}

static struct text printed_bigint(int64_t value)
{
    static char text[NUMBER_MAX_TEXT];
    return (struct text){text, number_print_bigint(text, value)};
}

static double parsed_double(const char *text)
{
    double value = -12345;
    assert_true(number_parse_double(text_of(text), &value));
    return value;
}

static void doubles_print_plainly_between_a_thousandth_and_ten_millions(void **state)
{
    (void)state;
    assert_text(printed_double(0.0), "0.0");
    assert_text(printed_double(-0.0), "-0.0");
    assert_text(printed_double(1), "1.0");
    assert_text(printed_double(-1.5), "-1.5");
    assert_text(printed_double(100), "100.0");
    assert_text(printed_double(0.1), "0.1");
    assert_text(printed_double(0.001), "0.001");
    assert_text(printed_double(0.0123), "0.0123");
    assert_text(printed_double(9999999), "9999999.0");
    assert_text(printed_double(1234567.875), "1234567.875");
    assert_text(printed_double(0.1 + 0.2), "0.30000000000000004");
}

static void other_doubles_print_with_an_exponent(void **state)
{
    (void)state;
    assert_text(printed_double(10000000), "1.0E7");
    assert_text(printed_double(0.00099), "9.9E-4");
    assert_text(printed_double(-1.25e-10), "-1.25E-10");
    assert_text(printed_double(123456789012.0), "1.23456789012E11");
    assert_text(printed_double(1.7976931348623157e308), "1.7976931348623157E308");
    assert_text(printed_double(2.2250738585072014e-308), "2.2250738585072014E-308");
}

static void the_shortest_text_has_two_digits_at_least(void **state)
{
    (void)state;
    assert_text(printed_double(4.9e-324), "4.9E-324");
    assert_text(printed_double(1e-323), "9.9E-324");
    assert_text(printed_double(2e23), "2.0E23");
    assert_text(printed_double(1e23), "1.0E23");
    assert_text(printed_double(5.684341886080802e-14), "5.684341886080802E-14");
}

static void what_is_no_number_has_a_name(void **state)
{
    (void)state;
    assert_text(printed_double(NAN), "NaN");
    assert_text(printed_double(-NAN), "NaN");
    assert_text(printed_double(INFINITY), "Infinity");
    assert_text(printed_double(-INFINITY), "-Infinity");
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed * 0x2545f4914f6cdd1du;
}

/* The decimal of n digits nearest to the value, or the next one above it if only that reads back. "" if neither does.
 */
static void decimal_of(char *out, size_t size, double value, int n_digits)
{
    snprintf(out, size, "%.*e", n_digits - 1, value);
    if (strtod(out, NULL) == value) return;
    long double unit = powl(10, atoi(strchr(out, 'e') + 1) - n_digits + 1);
    snprintf(out, size, "%.*Le", n_digits - 1, (long double)value + unit / 2);
    if (strtod(out, NULL) != value) *out = 0;
}

/* Compares with a search through all lengths by printf and strtod. Long doubles tell decimals of 17 digits apart. */
static void printed_doubles_are_the_shortest_that_read_back(void **state)
{
    (void)state;
    uint64_t seed = 20240229;
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = next_random(&seed) & 0x7fffffffffffffffu;
        if (i % 4 == 0) bits &= 0x7ff0000000000000u;
        if (i % 4 == 1) bits &= 0x000fffffffffffffu;
        double value;
        memcpy(&value, &bits, sizeof value);
        if (i % 4 == 2) value = (double)(bits % 10000000000000u) / pow(10, i % 11);
        if (i % 8 == 2) value = nextafter(value, 0);
        if (!isfinite(value) || value == 0) continue;
        char shortest[64] = "", ours[64];
        for (int n = 2; n <= 17 && !*shortest; n++) decimal_of(shortest, sizeof shortest, value, n);
        struct text text = printed_double(value);
        snprintf(ours, sizeof ours, TEXT_FMT, TEXT_ARG(text));
        if (strtold(ours, NULL) != strtold(shortest, NULL)) fail_msg("%s is not %s", ours, shortest);
    }
}

static void texts_read_as_the_nearest_double(void **state)
{
    (void)state;
    assert_true(parsed_double("0") == 0 && parsed_double("-0") == 0 && signbit(parsed_double("-0")));
    assert_true(parsed_double("1.5") == 1.5);
    assert_true(parsed_double("  +.5 ") == 0.5);
    assert_true(parsed_double("5.") == 5);
    assert_true(parsed_double("1e3") == 1000);
    assert_true(parsed_double("1E-3") == 0.001);
    assert_true(parsed_double("9007199254740993") == 9007199254740992.0);
    assert_true(parsed_double("9007199254740993.00000000000000000000000000001") == 9007199254740994.0);
    assert_true(parsed_double("2.2250738585072011e-308") == 2.2250738585072011e-308);
    assert_true(parsed_double("1e400") == INFINITY);
    assert_true(parsed_double("-1e99999999999") == -INFINITY);
    assert_true(parsed_double("1e-400") == 0);
    assert_true(parsed_double("0e99999999999") == 0);
}

static void java_reads_suffixes_names_and_hexadecimal(void **state)
{
    (void)state;
    assert_true(parsed_double("1d") == 1);
    assert_true(parsed_double("1.f") == 1);
    assert_true(parsed_double("1e3F") == 1000);
    assert_true(isnan(parsed_double("NaN")));
    assert_true(parsed_double("-Infinity") == -INFINITY);
    assert_true(parsed_double("0x1p3") == 8);
    assert_true(parsed_double("-0X1.8P-1d") == -0.75);
}

static void what_is_not_a_double_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",      " ",   ".",   "-",   "e5",       "1e",    "1e+",
                                        "1.2.3", "1,5", "nan", "inf", "0x1",      "0x.p1", "0x1p",
                                        "1dd",   "1 2", "d",   "--1", "infinity", "1e5.5"};
    double value;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (number_parse_double(text_of(wrong[i]), &value)) fail_msg("'%s' was read as %g", wrong[i], value);
    }
}

static void random_texts_read_as_strtod_reads_them(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (int i = 0; i < 50000; i++) {
        char text[64];
        uint64_t digits = next_random(&seed) >> next_random(&seed) % 60;
        snprintf(text, sizeof text, "%llue%d", (unsigned long long)digits, (int)(next_random(&seed) % 660) - 340);
        assert_true(parsed_double(text) == strtod(text, NULL));
    }
}

static void integers_print_and_read_back_to_their_ends(void **state)
{
    (void)state;
    static const int64_t values[] = {0, 9, 10, 99, 100, -1, -10, INT32_MAX, INT64_MAX, INT64_MIN, 1000000000000000000};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char expected[32];
        snprintf(expected, sizeof expected, "%lld", (long long)values[i]);
        assert_text(printed_bigint(values[i]), expected);
        int64_t back;
        assert_true(number_parse_bigint(text_of(expected), &back));
        assert_int_equal(back, values[i]);
    }
}

static void integers_that_do_not_fit_or_are_none_are_refused(void **state)
{
    (void)state;
    int64_t bigint;
    int32_t integer;
    assert_false(number_parse_bigint(TEXT("9223372036854775808"), &bigint));
    assert_false(number_parse_bigint(TEXT("-9223372036854775809"), &bigint));
    assert_false(number_parse_bigint(TEXT(""), &bigint));
    assert_false(number_parse_bigint(TEXT("+"), &bigint));
    assert_false(number_parse_bigint(TEXT("1.0"), &bigint));
    assert_false(number_parse_bigint(TEXT(" 1"), &bigint));
    assert_false(number_parse_integer(TEXT("2147483648"), &integer));
    assert_true(number_parse_integer(TEXT("-2147483648"), &integer));
    assert_int_equal(integer, INT32_MIN);
    assert_true(number_parse_integer(TEXT("+0007"), &integer));
    assert_int_equal(integer, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles_print_plainly_between_a_thousandth_and_ten_millions),
        cmocka_unit_test(other_doubles_print_with_an_exponent),
        cmocka_unit_test(the_shortest_text_has_two_digits_at_least),
        cmocka_unit_test(what_is_no_number_has_a_name),
        cmocka_unit_test(printed_doubles_are_the_shortest_that_read_back),
        cmocka_unit_test(texts_read_as_the_nearest_double),
        cmocka_unit_test(java_reads_suffixes_names_and_hexadecimal),
        cmocka_unit_test(what_is_not_a_double_is_refused),
        cmocka_unit_test(random_texts_read_as_strtod_reads_them),
        cmocka_unit_test(integers_print_and_read_back_to_their_ends),
        cmocka_unit_test(integers_that_do_not_fit_or_are_none_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
