/* json_test.c - the format JSON: what is read, what is refused and why, and the bytes that are written. */
#include "tests/unit/serde_place.h"
#include <math.h>
#include <pthread.h>

static void open_json(struct place *place)
{
    place_open(place, "JSON", SERDE_VALUE);
}

/* A bare value of one type. */
static void open_bare(struct place *place, const struct type *type)
{
    open_json(place);
    place->spec.unwrapped = true;
    place_add(place, "V", type);
    place_start(place);
}

static void open_decimal(struct place *place, int32_t precision, int32_t scale)
{
    open_json(place);
    place->spec.unwrapped = true;
    place_add(place, "V", type_decimal(place->arena, precision, scale));
    place_start(place);
}

static void open_two(struct place *place)
{
    open_json(place);
    place_add(place, "A", &type_bigint);
    place_add(place, "NAME", &type_string);
    place_start(place);
}

/* ---- records and fields */

static void fields_are_found_in_any_order_and_case(void **state)
{
    (void)state;
    struct place place;
    open_two(&place);
    assert_reads(&place, "{\"A\":1,\"NAME\":\"x\"}", "1|x");
    assert_reads(&place, "{\"name\":\"y\",\"a\":2}", "2|y");
    assert_reads(&place, " {\n\t\"Name\" : \"z\" ,\r\n \"A\" :3 } ", "3|z");
    place_close(&place);
}

static void missing_fields_are_null_and_others_ignored(void **state)
{
    (void)state;
    struct place place;
    open_two(&place);
    assert_reads(&place, "{\"A\":1}", "1|null");
    assert_reads(&place, "{}", "null|null");
    assert_reads(&place, "{ }", "null|null");
    assert_reads(&place, "{\"B\":{\"A\":[1,{\"A\":5}]},\"NAME\":null,\"C\":\"}\\\"\",\"D\":-1.5e3,\"E\":true,\"A\":7}",
                 "7|null");
    place_close(&place);
}

static void a_null_record_has_null_columns(void **state)
{
    (void)state;
    struct place place;
    open_two(&place);
    assert_reads(&place, "null", "null|null");
    place_close(&place);
}

static void the_last_of_two_fields_counts(void **state)
{
    (void)state;
    struct place place;
    open_two(&place);
    assert_reads(&place, "{\"A\":1,\"A\":2}", "2|null");
    assert_reads(&place, "{\"a\":1,\"a\":2}", "2|null");
    assert_reads(&place, "{\"A\":1,\"A\":null}", "null|null");
    place_close(&place);
}

static void the_exact_name_beats_the_others(void **state)
{
    (void)state;
    struct place place;
    open_two(&place);
    assert_reads(&place, "{\"A\":1,\"a\":2}", "1|null");
    assert_reads(&place, "{\"a\":2,\"A\":1}", "1|null");
    place_close(&place);
}

static void quoted_names_match_only_exactly(void **state)
{
    (void)state;
    struct place place;
    open_json(&place);
    place_add(&place, "with.dot", &type_integer);
    place_add(&place, "id", &type_integer);
    place_add(&place, "ID", &type_integer);
    place_start(&place);
    assert_reads(&place, "{\"with.dot\":1,\"WITH.DOT\":2,\"id\":3,\"ID\":4}", "1|3|4");
    assert_reads(&place, "{\"With.dot\":1,\"Id\":5}", "null|null|5");
    place_close(&place);
}

static void names_may_be_escaped_and_long(void **state)
{
    (void)state;
    static const char long_name[] = "A_NAME_THAT_IS_LONGER_THAN_ANY_SPELLING_THAT_IS_KEPT_FOR_LATER_RECORDS";
    struct place place;
    open_json(&place);
    place_add(&place, "A", &type_integer);
    place_add(&place, long_name, &type_integer);
    place_add(&place, "\xc3\xa9", &type_integer);
    place_start(&place);
    char record[200];
    snprintf(record, sizeof record, "{\"\\u0041\":1,\"%s\":2,\"\\u00e9\":3}", long_name);
    for (int i = 0; i < 3; i++) assert_reads(&place, record, "1|2|3");
    place_close(&place);
}

static void records_may_change_their_shape(void **state)
{
    (void)state;
    struct place place;
    open_json(&place);
    static char names[8][16];
    for (int i = 0; i < 8; i++) {
        snprintf(names[i], sizeof names[i], "F%d", i);
        place_add(&place, names[i], &type_integer);
    }
    place_start(&place);
    for (int i = 0; i < 5; i++) {
        assert_reads(&place, "{\"f0\":0,\"f1\":1,\"f2\":2,\"x\":9,\"f3\":3,\"f4\":4,\"f5\":5,\"f6\":6,\"f7\":7}",
                     "0|1|2|3|4|5|6|7");
        assert_reads(&place, "{\"f0\":0,\"f2\":2,\"f3\":3,\"f7\":7}", "0|null|2|3|null|null|null|7");
        assert_reads(&place, "{\"F7\":0,\"f6\":1,\"f55\":8,\"f5\":2,\"y\":[],\"f4\":3}", "null|null|null|null|3|2|1|0");
    }
    place_close(&place);
}

static void more_names_come_than_can_be_kept(void **state)
{
    (void)state;
    struct place place;
    open_two(&place);
    for (int i = 0; i < 300; i++) {
        char record[64];
        snprintf(record, sizeof record, "{\"n%d\":1,\"a\":%d,\"m%d\":{},\"name\":\"x\"}", i, i, i % 7);
        char row[16];
        snprintf(row, sizeof row, "%d|x", i);
        assert_reads(&place, record, row);
    }
    place_close(&place);
}

static void exact_names_count_beyond_the_64th_column(void **state)
{
    (void)state;
    struct place place;
    open_json(&place);
    static char names[70][16];
    for (int i = 0; i < 70; i++) {
        snprintf(names[i], sizeof names[i], "F%d", i);
        place_add(&place, names[i], &type_integer);
        if (i != 66) place.targets[i] = -1;
    }
    place_start(&place);
    assert_true(place_decode(&place, TEXT("{\"F66\":1,\"f66\":2,\"f65\":3}")));
    assert_int_equal(COLUMN_DATA(&place.data[66], int32_t)[0], 1);
    assert_true(place_decode(&place, TEXT("{\"F65\":3}")));
    assert_true(column_is_null(&place.data[66], 0));
    place_close(&place);
}

static void columns_that_are_not_needed_are_not_read(void **state)
{
    (void)state;
    struct place place;
    open_json(&place);
    place_add(&place, "A", &type_integer);
    place_add(&place, "B", &type_integer);
    place.targets[0] = -1;
    place_start(&place);
    assert_reads(&place, "{\"A\":\"no number at all\",\"B\":2}", "|2");
    place_close(&place);
}

static void what_follows_the_value_is_ignored(void **state)
{
    (void)state;
    struct place place;
    open_two(&place);
    assert_reads(&place, "{\"A\":1}]} and more", "1|null");
    place_close(&place);
    open_bare(&place, &type_integer);
    assert_reads(&place, "1 and more", "1");
    assert_refuses(&place, "1,", "$: not JSON: the end was expected at byte 2");
    place_close(&place);
}

static void a_byte_order_mark_is_skipped(void **state)
{
    (void)state;
    struct place place;
    open_two(&place);
    assert_reads(&place, "\xef\xbb\xbf{\"A\":1}", "1|null");
    place_close(&place);
}

static void a_row_is_null_again_before_it_is_read(void **state)
{
    (void)state;
    struct place place;
    open_two(&place);
    assert_reads(&place, "{\"A\":1,\"NAME\":\"x\"}", "1|x");
    assert_reads(&place, "{\"A\":2}", "2|null");
    place_close(&place);
}

/* ---- what is not JSON */

static void broken_records_are_refused(void **state)
{
    (void)state;
    struct place place;
    open_two(&place);
    assert_refuses(&place, "", "$: not JSON: there is no value");
    assert_refuses(&place, "  ", "$: not JSON: there is no value");
    assert_refuses(&place, "{", "$: not JSON: a name in quotes is missing at the end");
    assert_refuses(&place, "{\"A\"", "$: not JSON: a colon is missing at the end");
    assert_refuses(&place, "{\"A\":", "$.A: not JSON: a well-formed value is missing at the end");
    assert_refuses(&place, "{\"A\":1", "$: not JSON: a comma or } is missing at the end");
    assert_refuses(&place, "{\"A\":1,}", "$: not JSON: a name in quotes was expected at byte 8");
    assert_refuses(&place, "{\"A\":1 \"B\":2}", "$: not JSON: a comma or } was expected at byte 8");
    assert_refuses(&place, "{A:1}", "$: not JSON: a name in quotes was expected at byte 2");
    assert_refuses(&place, "{\"A\" 1}", "$: not JSON: a colon was expected at byte 6");
    assert_refuses(&place, "{\"X\":", "$: not JSON: a well-formed value is missing at the end");
    assert_refuses(&place, "{\"X\":x}", "$: not JSON: a well-formed value was expected at byte 6");
    assert_refuses(&place, "{\"X\":\"abc", "$: not JSON: a well-formed value was expected at byte 6");
    assert_refuses(&place, "{\"X\":[1,{\"Y\":2]}", "$: not JSON: a well-formed value was expected at byte 6");
    assert_refuses(&place, "{\"NAME\":\"abc", "$.NAME: not JSON: a string has no end or holds a control character");
    assert_refuses(&place, "{\"NAME\":\"a\tb\"}", "$.NAME: not JSON: a string has no end or holds a control character");
    assert_refuses(&place, "{\"NAME\":\"\\x\"}", "$.NAME: not JSON: a string has an unknown escape or is not UTF-8");
    assert_refuses(&place, "{\"NAME\":\"\\u12\"}", "$.NAME: not JSON: a string has an unknown escape or is not UTF-8");
    assert_refuses(&place, "{\"NAME\":\"\xff\"}", "$.NAME: not JSON: a string has an unknown escape or is not UTF-8");
    assert_refuses(&place, "nul", "$: not JSON: a well-formed value was expected at byte 1");
    place_close(&place);
}

static void a_record_must_be_an_object(void **state)
{
    (void)state;
    struct place place;
    open_two(&place);
    assert_refuses(&place, "1", "$: a number cannot be read as STRUCT");
    assert_refuses(&place, "[1]", "$: an array cannot be read as STRUCT");
    assert_refuses(&place, "\"x\"", "$: a string cannot be read as STRUCT");
    place_close(&place);
}

static void every_cut_of_a_record_is_refused(void **state)
{
    (void)state;
    static const char record[] =
        "{\"A\":12,\"skip\":{\"x\":[1,\"\\\"]\",{}]},\"flag\":true,\"NAME\":\"caf\\u00e9 \\ud83d\\ude00 and more\"}";
    struct place place;
    open_two(&place);
    for (size_t len = 0; len < sizeof record - 1; len++) assert_false(place_decode(&place, (struct text){record, len}));
    assert_reads(&place, record, "12|caf\u00e9 \U0001f600 and more");
    place_close(&place);
}

static void depth_is_limited(void **state)
{
    (void)state;
    struct place place;
    open_two(&place);
    char record[2100];
    for (int depth = 998; depth <= 1002; depth++) {
        size_t n = (size_t)snprintf(record, sizeof record, "{\"X\":");
        memset(record + n, '[', (size_t)depth);
        memset(record + n + depth, ']', (size_t)depth);
        snprintf(record + n + 2 * depth, 4, "}");
        assert_int_equal(place_decode(&place, text_of(record)), depth <= 1000);
        memcpy(record, "{\"NAME\":", 8);
        n = 8;
        memset(record + n, '[', (size_t)depth);
        memset(record + n + depth, ']', (size_t)depth);
        snprintf(record + n + 2 * depth, 4, "}");
        assert_int_equal(place_decode(&place, text_of(record)), depth <= 1000);
    }
    place_close(&place);
}

/* ---- scalars */

static void booleans_are_words(void **state)
{
    (void)state;
    struct place place;
    open_bare(&place, &type_boolean);
    assert_keeps(&place, "true", "true");
    assert_keeps(&place, " false ", "false");
    assert_keeps(&place, "null", NULL);
    assert_refuses(&place, "\"true\"", "$: a string cannot be read as BOOLEAN");
    assert_refuses(&place, "1", "$: a number cannot be read as BOOLEAN");
    assert_refuses(&place, "truex", "$: not JSON: a well-formed value was expected at byte 1");
    place_close(&place);
}

static void integers_come_from_numbers_and_strings(void **state)
{
    (void)state;
    struct place place;
    open_bare(&place, &type_integer);
    assert_keeps(&place, "0", "0");
    assert_keeps(&place, "-2147483648", "-2147483648");
    assert_keeps(&place, "2147483647", "2147483647");
    assert_keeps(&place, "-0", "0");
    assert_keeps(&place, "2.0", "2");
    assert_keeps(&place, "-2.7", "-2");
    assert_keeps(&place, "1.2e2", "120");
    assert_keeps(&place, "1e-400", "0");
    assert_keeps(&place, "\"17\"", "17");
    assert_keeps(&place, "\"+17\"", "17");
    assert_refuses(&place, "2147483648", "$: the number is out of range");
    assert_refuses(&place, "1e400", "$: the number is out of range");
    assert_refuses(&place, "99999999999999999999", "$: the number is out of range");
    assert_refuses(&place, "\"1.5\"", "$: this string is no INTEGER");
    assert_refuses(&place, "\" 1\"", "$: this string is no INTEGER");
    assert_refuses(&place, "\"\"", "$: this string is no INTEGER");
    assert_refuses(&place, "true", "$: a boolean cannot be read as INTEGER");
    assert_refuses(&place, "{}", "$: an object cannot be read as INTEGER");
    place_close(&place);
}

static void numbers_keep_to_the_grammar(void **state)
{
    (void)state;
    struct place place;
    open_bare(&place, &type_integer);
    static const char *const wrong[] = {"01", "-01",  "00", "-",   "--1", "+1", ".5",
                                        "1.", "1.e1", "1e", "1e+", "0x1", "1x", "NaN"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_false(place_decode(&place, text_of(wrong[i])));
    place_close(&place);
}

static void bigints_reach_both_ends(void **state)
{
    (void)state;
    struct place place;
    open_bare(&place, &type_bigint);
    assert_keeps(&place, "9223372036854775807", "9223372036854775807");
    assert_keeps(&place, "-9223372036854775808", "-9223372036854775808");
    assert_keeps(&place, "9.223372036854775807e18", "9223372036854775807");
    assert_keeps(&place, "1700000000000", "1700000000000");
    assert_keeps(&place, "12345678", "12345678");
    assert_keeps(&place, "123456789012345678", "123456789012345678");
    assert_keeps(&place, "1234567890123456789", "1234567890123456789");
    assert_refuses(&place, "9223372036854775808", "$: the number is out of range");
    assert_refuses(&place, "-9223372036854775809", "$: the number is out of range");
    assert_refuses(&place, "18446744073709551617", "$: the number is out of range");
    place_close(&place);
}

static void doubles_are_shortest_and_laid_out_as_java_does(void **state)
{
    (void)state;
    struct place place;
    open_bare(&place, &type_double);
    assert_keeps(&place, "1", "1.0");
    assert_keeps(&place, "1.5", "1.5");
    assert_keeps(&place, "-0.0", "0.0");
    assert_keeps(&place, "-0", "0.0");
    assert_keeps(&place, "-0.00e9", "0.0");
    assert_keeps(&place, "\"-0.0\"", "-0.0");
    assert_keeps(&place, "-1e-400", "-0.0");
    assert_keeps(&place, "1e10", "1.0E10");
    assert_keeps(&place, "0.002", "0.002");
    assert_keeps(&place, "0.0001", "1.0E-4");
    assert_keeps(&place, "3.8688222734507915", "3.8688222734507915");
    assert_keeps(&place, "12345678901234567890", "1.2345678901234567E19");
    assert_keeps(&place, "\"2.5\"", "2.5");
    assert_keeps(&place, "\" 1e3 \"", "1000.0");
    assert_refuses(&place, "\"x\"", "$: this string is no DOUBLE");
    place_close(&place);
}

static void doubles_that_are_no_numbers_are_strings(void **state)
{
    (void)state;
    struct place place;
    open_bare(&place, &type_double);
    assert_keeps(&place, "\"NaN\"", "\"NaN\"");
    assert_keeps(&place, "\"Infinity\"", "\"Infinity\"");
    assert_keeps(&place, "\"-Infinity\"", "\"-Infinity\"");
    assert_keeps(&place, "1e400", "\"Infinity\"");
    place_close(&place);
}

static void decimals_are_exact_and_keep_their_scale(void **state)
{
    (void)state;
    struct place place;
    open_decimal(&place, 6, 4);
    assert_keeps(&place, "10", "10.0000");
    assert_keeps(&place, "0.1", "0.1000");
    assert_keeps(&place, "-12.365", "-12.3650");
    assert_keeps(&place, "1.2e1", "12.0000");
    assert_keeps(&place, "\"12.0\"", "12.0000");
    assert_keeps(&place, "0", "0.0000");
    assert_refuses(&place, "0.00001", "$: the number does not fit DECIMAL(6, 4)");
    assert_refuses(&place, "100", "$: the number does not fit DECIMAL(6, 4)");
    assert_refuses(&place, "\"1e9\"", "$: the number does not fit DECIMAL(6, 4)");
    assert_refuses(&place, "\"x\"", "$: this string is no DECIMAL");
    assert_refuses(&place, "\"\"", "$: this string is no DECIMAL");
    assert_refuses(&place, "false", "$: a boolean cannot be read as DECIMAL");
    place_close(&place);
}

static void small_decimals_have_an_exponent_as_big_decimal_writes_it(void **state)
{
    (void)state;
    struct place place;
    open_decimal(&place, 20, 10);
    assert_keeps(&place, "0.0000000001", "1E-10");
    assert_keeps(&place, "-0.0000000012", "-1.2E-9");
    assert_keeps(&place, "0.0000012000", "0.0000012000");
    assert_keeps(&place, "0.0000001", "1.000E-7");
    assert_keeps(&place, "0", "0E-10");
    assert_keeps(&place, "1", "1.0000000000");
    place_close(&place);
}

static void decimals_go_beyond_38_digits(void **state)
{
    (void)state;
    struct place place;
    open_decimal(&place, 50, 5);
    assert_keeps(&place, "123456789012345678901234567890123456789012345.12345",
                 "123456789012345678901234567890123456789012345.12345");
    place_close(&place);
}

static void dates_and_times_are_numbers(void **state)
{
    (void)state;
    struct place place;
    open_bare(&place, &type_date);
    assert_reads(&place, "10", "1970-01-11");
    assert_keeps(&place, "-1", "-1");
    assert_keeps(&place, "\"7\"", "7");
    assert_refuses(&place, "\"1970-01-11\"", "$: this string is no DATE");
    place_close(&place);
    open_bare(&place, &type_time);
    assert_keeps(&place, "86400000", "86400000");
    assert_refuses(&place, "86400001", "$: the number is out of range");
    assert_refuses(&place, "-1", "$: the number is out of range");
    place_close(&place);
    open_bare(&place, &type_timestamp);
    assert_reads(&place, "10", "1970-01-01T00:00:00.010");
    assert_keeps(&place, "-1700000000000", "-1700000000000");
    place_close(&place);
}

static void bytes_are_base64(void **state)
{
    (void)state;
    struct place place;
    open_bare(&place, &type_bytes);
    assert_keeps(&place, "\"\"", "\"\"");
    assert_keeps(&place, "\"ew==\"", "\"ew==\"");
    assert_keeps(&place, "\"ewA=\"", "\"ewA=\"");
    assert_keeps(&place, "\"AQIDBAUG\"", "\"AQIDBAUG\"");
    assert_keeps(&place, "\"AQID\\r\\nBAUG\\n ew==\"", "\"AQIDBAUGew==\"");
    assert_refuses(&place, "\"ew\"", "$: the string is not base64");
    assert_refuses(&place, "\"AQ\\nID\"", "$: the string is not base64");
    assert_refuses(&place, "\"e\"", "$: the string is not base64");
    assert_refuses(&place, "\"ab-d\"", "$: the string is not base64");
    assert_refuses(&place, "\"e===\"", "$: the string is not base64");
    assert_refuses(&place, "1", "$: a number cannot be read as BYTES");
    place_close(&place);
}

/* ---- strings */

static void strings_are_unescaped(void **state)
{
    (void)state;
    struct place place;
    open_bare(&place, &type_string);
    assert_reads(&place, "\"\"", "");
    assert_reads(&place, "\"a\\\"b\\\\c\\/d\\b\\f\\n\\r\\t\"", "a\"b\\c/d\b\f\n\r\t");
    assert_reads(&place, "\"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00\"", "A\u00e9\u20ac\U0001f600");
    assert_reads(&place, "\"\\ud83d x\\ude00 \\ud83d\\u0041\"", "\ufffd x\ufffd \ufffdA");
    assert_reads(&place, "\"0123456789abcdef0123456789\\n0123456789abcdef\"",
                 "0123456789abcdef0123456789\n0123456789abcdef");
    assert_true(place_decode(&place, TEXT("\"\\u0000\"")));
    assert_int_equal(place_row(&place).len, 1);
    place_close(&place);
}

static void an_empty_bare_string_may_be_no_bytes_at_all(void **state)
{
    (void)state;
    struct place place;
    open_bare(&place, &type_string);
    assert_reads(&place, "", "");
    place_close(&place);
}

static void strings_are_escaped_as_the_peer_does(void **state)
{
    (void)state;
    struct place place;
    open_bare(&place, &type_string);
    place_put(&place, (struct value){.text = TEXT("a\"b\\c/d\x01\x1f\x7f\n\r\t\b\f\u00e9\u2028\U0001f600z")});
    assert_writes(&place, "\"a\\\"b\\\\c/d\\u0001\\u001F\x7f\\n\\r\\t\\b\\f\u00e9\u2028\\uD83D\\uDE00z\"");
    assert_keeps(&place, "\"caf\u00e9 au lait \u00e9\\n\u00e9\\\\\"", "\"caf\u00e9 au lait \u00e9\\n\u00e9\\\\\"");
    assert_keeps(&place, "\"0123456789abcdef 0123456789abcdef\"", "\"0123456789abcdef 0123456789abcdef\"");
    assert_keeps(&place, "\"0123456789abcde\\t0123456789abcdef\\u0000\"",
                 "\"0123456789abcde\\t0123456789abcdef\\u0000\"");
    assert_keeps(&place, "\"\"", "\"\"");
    place_close(&place);
}

static void strings_of_all_lengths_end_where_they_end(void **state)
{
    (void)state;
    struct place place;
    open_bare(&place, &type_string);
    char json[128], expected[64];
    for (int len = 0; len < 50; len++) {
        for (int i = 0; i < len; i++) expected[i] = (char)('a' + i % 26);
        expected[len] = 0;
        snprintf(json, sizeof json, "\"%s\"", expected);
        assert_reads(&place, json, expected);
        assert_writes(&place, json);
        snprintf(json, sizeof json, "\"%s\\n\" , xyz\"xyz\"xyz\"", expected);
        strcat(expected, "\n");
        assert_reads(&place, json, expected);
    }
    place_close(&place);
}

static void a_string_takes_any_value_as_text(void **state)
{
    (void)state;
    struct place place;
    open_bare(&place, &type_string);
    assert_reads(&place, "17", "17");
    assert_reads(&place, "-0", "0");
    assert_reads(&place, "1.50", "1.50");
    assert_reads(&place, "-0.0", "0.0");
    assert_reads(&place, "-0.5", "-0.5");
    assert_reads(&place, "-12.340", "-12.340");
    assert_reads(&place, "1e5", "1E+5");
    assert_reads(&place, "1.5e3", "1.5E+3");
    assert_reads(&place, "123e2", "1.23E+4");
    assert_reads(&place, "100e-2", "1.00");
    assert_reads(&place, "12345e-3", "12.345");
    assert_reads(&place, "0.000001", "0.000001");
    assert_reads(&place, "0.0000001", "1E-7");
    assert_reads(&place, "0.0000000", "0E-7");
    assert_reads(&place, "0.00000012", "1.2E-7");
    assert_reads(&place, "1E-10", "1E-10");
    assert_reads(&place, "0e5", "0E+5");
    assert_reads(&place, "1e0", "1");
    assert_reads(&place, "true", "true");
    assert_reads(&place, "{ \"b\" : 1, \"a\": [1, 2.50, 1e5, null, \"x\\/y\\u00e9\\u0001\"], \"c\": { } }",
                 "{\"b\":1,\"a\":[1,2.50,1E+5,null,\"x/y\u00e9\\u0001\"],\"c\":{}}");
    assert_reads(&place, "[1, \"a\", null, [true,[]], {\"x\": \"y\"}]", "[1, a, null, [true, []], {\"x\":\"y\"}]");
    assert_reads(&place, "[ ]", "[]");
    assert_refuses(&place, "{\"a\":}", "$: not JSON: a well-formed value was expected at byte 1");
    assert_refuses(&place, "[1,]", "$: not JSON: a well-formed value was expected at byte 1");
    assert_refuses(&place, "{\"a\" 1}", "$: not JSON: a well-formed value was expected at byte 1");
    place_close(&place);
}

/* ---- nested values */

static void arrays_hold_elements_and_nulls(void **state)
{
    (void)state;
    struct place place;
    open_json(&place);
    place_add(&place, "A", type_array(place.arena, type_array(place.arena, &type_integer)));
    place_start(&place);
    assert_reads(&place, "{\"A\":[[1,2.0],[],null,[null]]}", "[[1, 2], [], null, [null]]");
    assert_keeps(&place, "{\"A\": [ [ 1 , 2 ] , [ ] ] }", "{\"A\":[[1,2],[]]}");
    assert_keeps(&place, "{\"A\":[]}", "{\"A\":[]}");
    assert_keeps(
        &place,
        "{\"A\":[[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33]]}",
        "{\"A\":[[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33]]}");
    assert_refuses(&place, "{\"A\":[[1],[2,\"x\"]]}", "$.A[1][1]: this string is no INTEGER");
    assert_refuses(&place, "{\"A\":[1]}", "$.A[0]: a number cannot be read as ARRAY");
    assert_refuses(&place, "{\"A\":[[1,]]}", "$.A[0][1]: not JSON: a well-formed value was expected at byte 10");
    assert_refuses(&place, "{\"A\":[[1 2]]}", "$.A[0]: not JSON: a comma or ] was expected at byte 10");
    assert_refuses(&place, "{\"A\":{}}", "$.A: an object cannot be read as ARRAY");
    place_close(&place);
}

static void maps_hold_entries_and_nulls(void **state)
{
    (void)state;
    struct place place;
    open_json(&place);
    place_add(&place, "M", type_map(place.arena, &type_string, &type_double));
    place_start(&place);
    assert_keeps(&place, "{\"m\":{\"a\" : 1.5, \"b\":null, \"c\\n\":\"2\"}}",
                 "{\"M\":{\"a\":1.5,\"b\":null,\"c\\n\":2.0}}");
    assert_keeps(&place, "{\"m\":{}}", "{\"M\":{}}");
    assert_keeps(&place, "{\"m\":null}", "{\"M\":null}");
    assert_refuses(&place, "{\"m\":{\"a\":1,\"b\":\"x\"}}", "$.M.b: this string is no DOUBLE");
    assert_refuses(&place, "{\"m\":{1:1}}", "$.M: not JSON: a name in quotes was expected at byte 7");
    place_close(&place);
}

static void the_last_of_equal_map_keys_counts(void **state)
{
    (void)state;
    struct place place;
    open_json(&place);
    place_add(&place, "M", type_map(place.arena, &type_string, &type_integer));
    place_start(&place);
    assert_keeps(&place, "{\"M\":{\"a\":1,\"b\":2,\"a\":3}}", "{\"M\":{\"a\":3,\"b\":2}}");
    assert_keeps(&place, "{\"M\":{\"a\":1,\"\\u0061\":2,\"c\":4,\"a\":null,\"c\":5}}", "{\"M\":{\"a\":null,\"c\":5}}");
    place_close(&place);
}

static void structs_match_names_as_records_do(void **state)
{
    (void)state;
    struct place place;
    open_json(&place);
    struct type_field inner[] = {{TEXT("X"), &type_integer}, {TEXT("y"), &type_string}};
    const struct type *type = type_struct(place.arena, inner, 2);
    struct type_field outer[] = {{TEXT("IN"), type}, {TEXT("MANY"), type_array(place.arena, type)}};
    place_add(&place, "S", type_struct(place.arena, outer, 2));
    place_start(&place);
    assert_keeps(&place, "{\"s\":{\"in\":{\"x\":1,\"y\":\"a\",\"z\":0},\"many\":[{\"Y\":\"no\",\"X\":2},{},null]}}",
                 "{\"S\":{\"IN\":{\"X\":1,\"y\":\"a\"},\"MANY\":[{\"X\":2,\"y\":null},{\"X\":null,\"y\":null},null]}}");
    assert_keeps(&place, "{\"s\":{}}", "{\"S\":{\"IN\":null,\"MANY\":null}}");
    assert_refuses(&place, "{\"s\":{\"many\":[{},{\"x\":[]}]}}", "$.S.MANY[1].X: an array cannot be read as INTEGER");
    assert_refuses(&place, "{\"s\":[]}", "$.S: an array cannot be read as STRUCT");
    place_close(&place);
}

static void a_long_path_keeps_its_end(void **state)
{
    (void)state;
    struct place place;
    open_json(&place);
    const struct type *type = &type_integer;
    for (int i = 0; i < 20; i++) {
        struct type_field field = {TEXT("A_LONG_NAME"), type};
        type = type_struct(place.arena, &field, 1);
    }
    place_add(&place, "S", type);
    place_start(&place);
    char record[600] = "{\"S\":";
    for (int i = 0; i < 20; i++) strcat(record, "{\"A_LONG_NAME\":");
    strcat(record, "\"x\"");
    assert_false(place_decode(&place, text_of(record)));
    assert_non_null(strstr(place.why, ".A_LONG_NAME.A_LONG_NAME: this string is no INTEGER"));
    place_close(&place);
}

/* ---- writing records */

static void every_field_is_written_and_null_as_null(void **state)
{
    (void)state;
    struct place place;
    open_json(&place);
    place_add(&place, "ID", &type_bigint);
    place_add(&place, "a \"name\"", &type_string);
    place_add(&place, "OK", &type_boolean);
    place_start(&place);
    assert_keeps(&place, "{\"id\":7}", "{\"ID\":7,\"a \\\"name\\\"\":null,\"OK\":null}");
    assert_keeps(&place, "{}", "{\"ID\":null,\"a \\\"name\\\"\":null,\"OK\":null}");
    place_close(&place);
}

static void a_bare_null_is_a_null_record(void **state)
{
    (void)state;
    struct place place;
    open_bare(&place, &type_string);
    place_put(&place, NULL_VALUE);
    assert_writes(&place, NULL);
    place_close(&place);
}

static void a_key_of_several_columns_is_an_object_even_of_nulls(void **state)
{
    (void)state;
    struct place place;
    place_open(&place, "JSON", SERDE_KEY);
    place_add(&place, "K", &type_integer);
    place_add(&place, "K2", &type_integer);
    place_start(&place);
    assert_keeps(&place, "{\"K\":1,\"K2\":2}", "{\"K\":1,\"K2\":2}");
    assert_keeps(&place, "{\"K\":null,\"K2\":2}", "{\"K\":null,\"K2\":2}");
    assert_keeps(&place, "{}", "{\"K\":null,\"K2\":null}");
    place_close(&place);
}

static void a_record_beyond_the_ceiling_fails(void **state)
{
    (void)state;
    struct place place;
    open_two(&place);
    assert_reads(&place, "{\"A\":1,\"NAME\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}",
                 "1|xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    struct buffer out = BUFFER(60);
    buffer_append(&out, "abc", 3);
    assert_int_equal(encoder_encode(place.encoder, &place.batch, 0, &out, place.why), ENCODE_FAILED);
    assert_string_equal(place.why, "the record would be larger than 60 bytes");
    assert_text(buffer_text(&out), "abc");
    buffer_free(&out);
    place_close(&place);
}

/* ---- threads */

static void *read_shapes(void *argument)
{
    const struct place *shared = argument;
    static const char *const records[] = {
        "{\"a\":1,\"name\":\"x\",\"z1\":0}",
        "{\"z2\":[],\"NAME\":\"x\",\"A\":1}",
        "{\"Name\":\"x\",\"z3\":0,\"z4\":1,\"a\":1}",
    };
    struct place place = *shared;
    place.arena = arena_new();
    place.batch.arena = place.arena;
    place.batch.columns = place.data;
    for (uint32_t i = 0; i < place.n; i++) place.data[i] = column_make(place.arena, place.columns[i].type, 1);
    bool ok = true;
    for (int i = 0; i < 3000; i++) {
        ok = ok && decoder_decode(place.decoder, text_of(records[i % 3]), &place.batch, 0, place.why);
        ok = ok && COLUMN_DATA(&place.data[0], int64_t)[0] == 1 &&
             COLUMN_DATA(&place.data[1], struct text)[0].data[0] == 'x';
    }
    arena_free(place.arena);
    return ok ? NULL : (void *)1;
}

static void a_decoder_serves_many_threads(void **state)
{
    (void)state;
    struct place place;
    open_two(&place);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, read_shapes, &place);
    for (int i = 0; i < 4; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    place_close(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_found_in_any_order_and_case),
        cmocka_unit_test(missing_fields_are_null_and_others_ignored),
        cmocka_unit_test(a_null_record_has_null_columns),
        cmocka_unit_test(the_last_of_two_fields_counts),
        cmocka_unit_test(the_exact_name_beats_the_others),
        cmocka_unit_test(quoted_names_match_only_exactly),
        cmocka_unit_test(names_may_be_escaped_and_long),
        cmocka_unit_test(records_may_change_their_shape),
        cmocka_unit_test(more_names_come_than_can_be_kept),
        cmocka_unit_test(exact_names_count_beyond_the_64th_column),
        cmocka_unit_test(columns_that_are_not_needed_are_not_read),
        cmocka_unit_test(what_follows_the_value_is_ignored),
        cmocka_unit_test(a_byte_order_mark_is_skipped),
        cmocka_unit_test(a_row_is_null_again_before_it_is_read),
        cmocka_unit_test(broken_records_are_refused),
        cmocka_unit_test(a_record_must_be_an_object),
        cmocka_unit_test(every_cut_of_a_record_is_refused),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(booleans_are_words),
        cmocka_unit_test(integers_come_from_numbers_and_strings),
        cmocka_unit_test(numbers_keep_to_the_grammar),
        cmocka_unit_test(bigints_reach_both_ends),
        cmocka_unit_test(doubles_are_shortest_and_laid_out_as_java_does),
        cmocka_unit_test(doubles_that_are_no_numbers_are_strings),
        cmocka_unit_test(decimals_are_exact_and_keep_their_scale),
        cmocka_unit_test(small_decimals_have_an_exponent_as_big_decimal_writes_it),
        cmocka_unit_test(decimals_go_beyond_38_digits),
        cmocka_unit_test(dates_and_times_are_numbers),
        cmocka_unit_test(bytes_are_base64),
        cmocka_unit_test(strings_are_unescaped),
        cmocka_unit_test(an_empty_bare_string_may_be_no_bytes_at_all),
        cmocka_unit_test(strings_are_escaped_as_the_peer_does),
        cmocka_unit_test(strings_of_all_lengths_end_where_they_end),
        cmocka_unit_test(a_string_takes_any_value_as_text),
        cmocka_unit_test(arrays_hold_elements_and_nulls),
        cmocka_unit_test(maps_hold_entries_and_nulls),
        cmocka_unit_test(the_last_of_equal_map_keys_counts),
        cmocka_unit_test(structs_match_names_as_records_do),
        cmocka_unit_test(a_long_path_keeps_its_end),
        cmocka_unit_test(every_field_is_written_and_null_as_null),
        cmocka_unit_test(a_bare_null_is_a_null_record),
        cmocka_unit_test(a_key_of_several_columns_is_an_object_even_of_nulls),
        cmocka_unit_test(a_record_beyond_the_ceiling_fails),
        cmocka_unit_test(a_decoder_serves_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
