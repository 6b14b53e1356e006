/* delimited_test.c - the format DELIMITED: cutting lines, quoting fields, types. */
#include "tests/unit/serde_place.h"

/* STRING columns A, B, ... */
static void open_strings(struct place *place, uint32_t n, char delimiter)
{
    static const char *const names[] = {"A", "B", "C", "D"};
    place_open(place, "DELIMITED", SERDE_VALUE);
    place->spec.delimiter = delimiter;
    for (uint32_t i = 0; i < n; i++) place_add(place, names[i], &type_string);
    place_start(place);
}

static void open_one(struct place *place, const struct type *type)
{
    place_open(place, "DELIMITED", SERDE_VALUE);
    place_add(place, "A", type);
    place_start(place);
}

static void fields_are_cut_at_commas(void **state)
{
    (void)state;
    struct place place;
    open_strings(&place, 3, 0);
    assert_reads(&place, "a,b,c", "a|b|c");
    assert_reads(&place, "a b , c,#", "a b | c|#");
    assert_reads(&place, ",,", "null|null|null");
    assert_reads(&place, "a,,", "a|null|null");
    place_close(&place);
}

static void quotes_hold_anything(void **state)
{
    (void)state;
    struct place place;
    open_strings(&place, 2, 0);
    assert_reads(&place, "\"a\",\"b\"", "a|b");
    assert_reads(&place, "\"a,b\",\"c\nd\"", "a,b|c\nd");
    assert_reads(&place, "\"a\"\"b\",\"\"\"\"", "a\"b|\"");
    assert_reads(&place, "\"a\" \t,b", "a|b");
    assert_reads(&place, "\"\",b", "null|b");
    assert_reads(&place, "a\"b,c\"", "a\"b|c\"");
    assert_reads(&place, " \"a\",b", " \"a\"|b");
    place_close(&place);
}

static void only_the_first_line_that_is_not_empty_counts(void **state)
{
    (void)state;
    struct place place;
    open_strings(&place, 2, 0);
    assert_reads(&place, "\r\n\na,b\r\nc,d,e", "a|b");
    assert_reads(&place, "a,b\n", "a|b");
    assert_reads(&place, "a,\"b\"\r", "a|b");
    assert_refuses(&place, "a\rb,c", "2 fields were expected, and there are 1");
    place_close(&place);
}

static void the_number_of_fields_must_fit(void **state)
{
    (void)state;
    struct place place;
    open_strings(&place, 2, 0);
    assert_refuses(&place, "a", "2 fields were expected, and there are 1");
    assert_refuses(&place, "a,b,c", "2 fields were expected, and there are 3");
    assert_refuses(&place, "", "2 fields were expected, and there are 0");
    assert_refuses(&place, "\n\n", "2 fields were expected, and there are 0");
    place_close(&place);
}

static void broken_quotes_are_refused(void **state)
{
    (void)state;
    struct place place;
    open_strings(&place, 2, 0);
    assert_refuses(&place, "a,\"b", "field 2 has no closing quote");
    assert_refuses(&place, "\"a\"\",b", "field 1 has no closing quote");
    assert_refuses(&place, "\"a\"x,b", "field 1 goes on behind its closing quote");
    assert_refuses(&place, "\"", "field 1 has no closing quote");
    place_close(&place);
}

static void the_delimiter_may_be_another(void **state)
{
    (void)state;
    struct place place;
    open_strings(&place, 3, '|');
    assert_keeps(&place, "a|b,c|d", "a|b,c|d");
    place_close(&place);
    open_strings(&place, 3, '\t');
    assert_keeps(&place, "0\tzero\t0", "0\tzero\t0");
    assert_reads(&place, "0\t\"z\" \t1", "0|z|1");
    place_close(&place);
    open_strings(&place, 3, ' ');
    assert_keeps(&place, "0 zero 0", "0 zero 0");
    assert_reads(&place, "0 \"z\" 1", "0|z|1");
    assert_reads(&place, "0  1", "0|null|1");
    place_close(&place);
}

static void scalars_are_read_and_written(void **state)
{
    (void)state;
    struct place place;
    place_open(&place, "DELIMITED", SERDE_VALUE);
    place_add(&place, "I", &type_integer);
    place_add(&place, "L", &type_bigint);
    place_add(&place, "D", &type_double);
    place_add(&place, "P", type_decimal(place.arena, 6, 4));
    place_add(&place, "B", &type_boolean);
    place_add(&place, "T", &type_time);
    place_add(&place, "DAY", &type_date);
    place_add(&place, "TS", &type_timestamp);
    place_add(&place, "RAW", &type_bytes);
    place_start(&place);
    assert_keeps(&place,
                 "+7,-8,1e10,12.0,TRUE,10,-3,1700000000000,ew==", "7,-8,1.0E10,12.0000,true,10,-3,1700000000000,ew==");
    assert_keeps(&place, ",,,,,,,,", ",,,,,,,,");
    assert_keeps(&place, "0,0,NaN,0.0001,no,86400000,0,0,ew", "0,0,NaN,0.0001,false,86400000,0,0,ew==");
    place_close(&place);
}

static void values_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    struct place place;
    open_one(&place, &type_integer);
    assert_refuses(&place, "x", "field 1, A: the text is no INTEGER");
    assert_refuses(&place, " 1", "field 1, A: the text is no INTEGER");
    assert_refuses(&place, "1.0", "field 1, A: the text is no INTEGER");
    assert_refuses(&place, "2147483648", "field 1, A: the text is no INTEGER");
    place_close(&place);
    open_one(&place, &type_time);
    assert_refuses(&place, "-1", "field 1, A: the text is no TIME");
    assert_refuses(&place, "86400001", "field 1, A: the text is no TIME");
    place_close(&place);
    place_open(&place, "DELIMITED", SERDE_VALUE);
    place_add(&place, "A", type_decimal(place.arena, 4, 2));
    place_start(&place);
    assert_refuses(&place, "1.234", "field 1, A: the text is no DECIMAL");
    place_close(&place);
}

static void ill_formed_utf8_is_replaced(void **state)
{
    (void)state;
    struct place place;
    open_strings(&place, 2, 0);
    assert_reads(&place, "a\xff,\xc3\xa9", "a\ufffd|\u00e9");
    place_close(&place);
}

static void columns_that_are_not_needed_are_only_counted(void **state)
{
    (void)state;
    struct place place;
    place_open(&place, "DELIMITED", SERDE_VALUE);
    place_add(&place, "A", &type_integer);
    place_add(&place, "B", &type_integer);
    place.targets[0] = -1;
    place_start(&place);
    assert_reads(&place, "no number,2", "|2");
    assert_refuses(&place, "2", "2 fields were expected, and there are 1");
    place_close(&place);
}

static void assert_quoting(const char *first, const char *second, const char *line)
{
    struct place place;
    open_strings(&place, 2, 0);
    column_set(&place.data[0], 0, &(struct value){.text = text_of(first)});
    column_set(&place.data[1], 0, &(struct value){.text = text_of(second)});
    assert_writes(&place, line);
    place_close(&place);
}

static void quotes_are_written_where_they_are_needed(void **state)
{
    (void)state;
    assert_quoting("a", "b", "a,b");
    assert_quoting("a\"b", "c,d", "\"a\"\"b\",\"c,d\"");
    assert_quoting("e\nf", "g\rh", "\"e\nf\",\"g\rh\"");
    assert_quoting("a ", "b ", "\"a \",\"b \"");
    assert_quoting(" a", " b", "\" a\",\" b\"");
    assert_quoting("a b", "c d", "a b,c d");
    assert_quoting("#a", "#a", "\"#a\",\"#a\"");
    assert_quoting("$a", "$a", "\"$a\",$a");
    assert_quoting("-5", "-5", "\"-5\",-5");
    assert_quoting("_", "_", "\"_\",_");
    assert_quoting("\u00e9", "\u00e9", "\"\u00e9\",\u00e9");
    assert_quoting("", "", "\"\",");
    assert_quoting("0", "~", "0,~");
    assert_quoting("a\\b", "a;b", "a\\b,a;b");
}

static void a_negative_number_in_front_is_quoted_and_read_back(void **state)
{
    (void)state;
    struct place place;
    open_one(&place, &type_bigint);
    assert_keeps(&place, "-5", "\"-5\"");
    assert_keeps(&place, "\"-5\"", "\"-5\"");
    place_close(&place);
}

static void a_single_null_value_is_an_empty_line(void **state)
{
    (void)state;
    struct place place;
    open_one(&place, &type_string);
    place_put(&place, NULL_VALUE);
    assert_writes(&place, "");
    place_close(&place);
}

static void a_single_null_key_is_a_null_record(void **state)
{
    (void)state;
    struct place place;
    place_open(&place, "DELIMITED", SERDE_KEY);
    place_add(&place, "K1", &type_string);
    place_add(&place, "K2", &type_string);
    place.spec.delimiter = ';';
    place_start(&place);
    assert_keeps(&place, "foo,bar;baz", "foo,bar;baz");
    assert_keeps(&place, ";baz", ";baz");
    assert_keeps(&place, ";", ";");
    place_close(&place);
    place_open(&place, "DELIMITED", SERDE_KEY);
    place_add(&place, "K", &type_string);
    place_start(&place);
    place_put(&place, NULL_VALUE);
    assert_writes(&place, NULL);
    place_close(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_cut_at_commas),
        cmocka_unit_test(quotes_hold_anything),
        cmocka_unit_test(only_the_first_line_that_is_not_empty_counts),
        cmocka_unit_test(the_number_of_fields_must_fit),
        cmocka_unit_test(broken_quotes_are_refused),
        cmocka_unit_test(the_delimiter_may_be_another),
        cmocka_unit_test(scalars_are_read_and_written),
        cmocka_unit_test(values_that_do_not_fit_are_refused),
        cmocka_unit_test(ill_formed_utf8_is_replaced),
        cmocka_unit_test(columns_that_are_not_needed_are_only_counted),
        cmocka_unit_test(quotes_are_written_where_they_are_needed),
        cmocka_unit_test(a_negative_number_in_front_is_quoted_and_read_back),
        cmocka_unit_test(a_single_null_value_is_an_empty_line),
        cmocka_unit_test(a_single_null_key_is_a_null_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
