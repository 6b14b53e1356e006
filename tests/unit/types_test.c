/* types_test.c - types, values, columns, batches, schemas. */
#include "tests/unit/test.h"
#include "engine/types/base64.h"
#include "engine/types/batch.h"
#include "engine/types/schema.h"
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

static struct value string(const char *text)
{
    return (struct value){.text = text_of(text)};
}

static struct value integer(int32_t number)
{
    return (struct value){.integer = number};
}

/* A nested value of the items. */
static struct value nested(uint32_t n, const struct value *items)
{
    struct nested *tree = nested_make(arena, n);
    for (uint32_t i = 0; i < n; i++) tree->items[i] = items[i];
    return (struct value){.nested = tree};
}

#define NESTED(...) nested(sizeof((struct value[]){__VA_ARGS__}) / sizeof(struct value), (struct value[]){__VA_ARGS__})

static const struct type *person(void)
{
    const struct type_field fields[] = {{TEXT("ID"), &type_integer}, {TEXT("na`me"), &type_string}};
    return type_struct(arena, fields, 2);
}

static void types_beyond_the_limits_are_refused(void **state)
{
    (void)state;
    struct error error = {0};
    const struct type *deep = &type_integer, *wide = &type_integer;
    for (int i = 0; i < TYPE_MAX_DEPTH; i++) deep = type_array(arena, deep);
    assert_true(type_check_size(deep, NO_SPAN, &error));
    assert_false(type_check_size(type_array(arena, deep), NO_SPAN, &error));
    for (int i = 0; i < 17; i++) wide = type_map(arena, wide, wide);
    assert_int_equal(wide->size, (1 << 18) - 2);
    assert_true(type_check_size(wide, NO_SPAN, &error));
    for (int i = 0; i < 100; i++) wide = type_map(arena, wide, wide);
    assert_int_equal(wide->size, TYPE_MAX_SIZE + 1);
    assert_false(type_check_size(wide, NO_SPAN, &error));
    assert_int_equal(error.code, ERROR_LIMIT);
}

static struct text printed(const struct type *type, struct value value)
{
    struct buffer out = BUFFER(1 << 16);
    value_print(&out, type, &value);
    struct text text = text_copy(arena, buffer_text(&out));
    buffer_free(&out);
    return text;
}

static struct text printed_sql(const struct type *type, struct value value)
{
    struct buffer out = BUFFER(1 << 16);
    value_print_sql(&out, type, &value);
    struct text text = text_copy(arena, buffer_text(&out));
    buffer_free(&out);
    return text;
}

/* ---- types */

static void types_print_as_sql(void **state)
{
    (void)state;
    assert_text(type_text(arena, &type_integer), "INTEGER");
    assert_text(type_text(arena, type_decimal(arena, 4, 2)), "DECIMAL(4, 2)");
    assert_text(type_text(arena, type_array(arena, type_map(arena, &type_string, &type_bigint))),
                "ARRAY<MAP<STRING, BIGINT>>");
    assert_text(type_text(arena, person()), "STRUCT<`ID` INTEGER, `na``me` STRING>");
    assert_text(type_text(arena, type_struct(arena, NULL, 0)), "STRUCT< >");
}

static void a_type_has_several_names_in_any_case(void **state)
{
    (void)state;
    assert_ptr_equal(type_named(TEXT("int")), &type_integer);
    assert_ptr_equal(type_named(TEXT("Varchar")), &type_string);
    assert_ptr_equal(type_named(TEXT("TIMESTAMP")), &type_timestamp);
    assert_null(type_named(TEXT("DECIMAL")));
    assert_null(type_named(TEXT("SMALLINT")));
}

static void types_are_equal_by_what_they_say(void **state)
{
    (void)state;
    const struct type_field other[] = {{TEXT("id"), &type_integer}, {TEXT("na`me"), &type_string}};
    assert_true(type_equal(person(), person()));
    assert_false(type_equal(person(), type_struct(arena, other, 2)));
    assert_false(type_equal(type_decimal(arena, 4, 2), type_decimal(arena, 4, 1)));
    assert_false(type_equal(type_array(arena, &type_integer), type_array(arena, &type_bigint)));
    assert_true(type_equal(type_map(arena, &type_string, person()), type_map(arena, &type_string, person())));
}

static void a_copied_type_outlives_its_arena(void **state)
{
    (void)state;
    struct arena *shorter = arena_new();
    struct type_field field = {text_copy(shorter, TEXT("F")), type_array(shorter, type_decimal(shorter, 9, 3))};
    const struct type *original = type_map(shorter, &type_string, type_struct(shorter, &field, 1));
    const struct type *copy = type_copy(arena, original);
    arena_free(shorter);
    assert_text(type_text(arena, copy), "MAP<STRING, STRUCT<`F` ARRAY<DECIMAL(9, 3)>>>");
    assert_int_equal(type_find_field(copy->element, TEXT("F")), 0);
    assert_int_equal(type_find_field(copy->element, TEXT("f")), -1);
}

static void kinds_fall_into_groups(void **state)
{
    (void)state;
    assert_true(type_is_numeric(&type_double) && type_is_numeric(type_decimal(arena, 1, 0)));
    assert_false(type_is_numeric(&type_boolean) || type_is_numeric(&type_string));
    assert_true(type_is_time(&type_date) && type_is_time(&type_time) && type_is_time(&type_timestamp));
    assert_true(type_is_nested(person()));
    assert_false(type_is_nested(&type_timestamp));
    assert_true(type_contains_map(type_array(arena, type_map(arena, &type_string, &type_string))));
    assert_false(type_contains_map(person()));
}

static void the_wider_of_two_numbers_holds_both(void **state)
{
    (void)state;
    assert_text(type_text(arena, type_wider(arena, &type_integer, &type_bigint)), "BIGINT");
    assert_text(type_text(arena, type_wider(arena, type_decimal(arena, 4, 2), &type_integer)), "DECIMAL(12, 2)");
    assert_text(type_text(arena, type_wider(arena, type_decimal(arena, 4, 2), type_decimal(arena, 4, 3))),
                "DECIMAL(5, 3)");
    assert_text(type_text(arena, type_wider(arena, &type_double, type_decimal(arena, 4, 3))), "DOUBLE");
}

/* ---- values */

static void values_print_as_java_prints_them(void **state)
{
    (void)state;
    const struct type *array = type_array(arena, &type_integer), *map = type_map(arena, &type_string, &type_integer);
    assert_text(printed(&type_boolean, (struct value){.boolean = true}), "true");
    assert_text(printed(&type_double, (struct value){.real = 1e10}), "1.0E10");
    assert_text(printed(&type_string, NULL_VALUE), "null");
    assert_text(printed(&type_bytes, (struct value){.text = TEXT("hello")}), "aGVsbG8=");
    assert_text(printed(&type_timestamp, (struct value){.bigint = 10}), "1970-01-01T00:00:00.010");
    assert_text(printed(array, NESTED(integer(1), NULL_VALUE, integer(3))), "[1, null, 3]");
    assert_text(printed(map, NESTED(string("this"), integer(1), string("b"), NULL_VALUE)), "{this=1, b=null}");
    assert_text(printed(array, nested(0, NULL)), "[]");
}

static void a_structure_prints_without_its_null_fields(void **state)
{
    (void)state;
    assert_text(printed(person(), NESTED(integer(1), string("Ann"))), "Struct{ID=1,na`me=Ann}");
    assert_text(printed(person(), NESTED(NULL_VALUE, string("Ann"))), "Struct{na`me=Ann}");
    assert_text(printed(person(), NESTED(NULL_VALUE, NULL_VALUE)), "Struct{}");
}

static void values_print_as_literals(void **state)
{
    (void)state;
    const struct type *map = type_map(arena, &type_string, type_array(arena, &type_integer));
    assert_text(printed_sql(&type_string, string("it's")), "'it''s'");
    assert_text(printed_sql(&type_double, (struct value){.real = 1.5}), "1.5E0");
    assert_text(printed_sql(&type_double, (struct value){.real = 1e10}), "1.0E10");
    assert_text(printed_sql(&type_double, (struct value){.real = NAN}), "CAST('NaN' AS DOUBLE)");
    assert_text(printed_sql(type_decimal(arena, 4, 0), (struct value){.decimal = {.small = 12}}), "12.");
    assert_text(printed_sql(&type_bytes, (struct value){.text = TEXT("hi")}), "CAST('aGk=' AS BYTES)");
    assert_text(printed_sql(&type_time, (struct value){.integer = 36000123}), "CAST('10:00:00.123' AS TIME)");
    assert_text(printed_sql(map, NESTED(string("a"), NESTED(integer(1), NULL_VALUE))), "MAP('a' := ARRAY[1, NULL])");
    assert_text(printed_sql(person(), NESTED(integer(1), string("x"))), "STRUCT(`ID` := 1, `na``me` := 'x')");
}

static int order(const struct type *type, struct value a, struct value b)
{
    int there = value_compare(type, &a, &b), back = value_compare(type, &b, &a);
    assert_true((there > 0) == (back < 0) && (there < 0) == (back > 0));
    return (there > 0) - (there < 0);
}

static struct value real(double number)
{
    return (struct value){.real = number};
}

static void doubles_are_ordered_as_java_orders_them(void **state)
{
    (void)state;
    assert_int_equal(order(&type_double, real(1), real(2)), -1);
    assert_int_equal(order(&type_double, real(-0.0), real(0.0)), -1);
    assert_int_equal(order(&type_double, real(NAN), real(INFINITY)), 1);
    assert_int_equal(order(&type_double, real(NAN), real(-NAN)), 0);
    assert_int_equal(order(&type_double, real(0), real(0)), 0);
}

static void strings_are_ordered_by_utf16_code_units(void **state)
{
    (void)state;
    assert_int_equal(order(&type_string, string("a"), string("b")), -1);
    assert_int_equal(order(&type_string, string("abcdefghij"), string("abcdefghi")), 1);
    assert_int_equal(order(&type_string, string("abcdefgh1"), string("abcdefgh2")), -1);
    assert_int_equal(order(&type_string, string("\xc3\xa9"), string("z")), 1);
    /* U+10000 is a surrogate pair, and stands before U+FF21, but behind U+D7FF. */
    assert_int_equal(order(&type_string, string("\xf0\x90\x80\x80"), string("\xef\xbc\xa1")), -1);
    assert_int_equal(order(&type_string, string("\xf0\x90\x80\x80"), string("\xed\x9f\xbf")), 1);
    assert_int_equal(order(&type_string, string("\xf0\x90\x80\x80"), string("\xf0\x90\x80\x81")), -1);
}

static void bytes_are_ordered_without_sign(void **state)
{
    (void)state;
    assert_int_equal(order(&type_bytes, string("\x80"), string("\x7f")), 1);
}

static void integers_are_ordered_to_their_ends(void **state)
{
    (void)state;
    assert_int_equal(order(&type_integer, integer(INT32_MIN), integer(INT32_MAX)), -1);
    struct value low = {.bigint = INT64_MIN}, high = {.bigint = INT64_MAX};
    assert_int_equal(order(&type_bigint, low, high), -1);
}

static void assert_same(const struct type *type, struct value a, struct value b, bool expected)
{
    assert_int_equal(value_same(type, &a, &b), expected);
    if (expected) assert_true(value_hash(type, &a) == value_hash(type, &b));
}

static void null_is_the_same_as_null_but_equal_to_nothing(void **state)
{
    (void)state;
    struct value null = NULL_VALUE, one = integer(1);
    assert_false(value_equal(&type_integer, &null, &null));
    assert_false(value_equal(&type_integer, &null, &one));
    assert_same(&type_integer, NULL_VALUE, NULL_VALUE, true);
    assert_same(&type_integer, NULL_VALUE, integer(0), false);
}

static void nested_values_are_equal_item_by_item(void **state)
{
    (void)state;
    const struct type *array = type_array(arena, &type_integer);
    assert_same(array, NESTED(integer(1), NULL_VALUE), NESTED(integer(1), NULL_VALUE), true);
    assert_same(array, NESTED(integer(1), NULL_VALUE), NESTED(integer(1), integer(0)), false);
    assert_same(array, NESTED(integer(1)), NESTED(integer(1), integer(2)), false);
    assert_same(person(), NESTED(integer(1), string("a")), NESTED(integer(1), string("a")), true);
    assert_same(person(), NESTED(integer(1), string("a")), NESTED(integer(1), string("b")), false);
}

static void the_order_of_a_maps_entries_does_not_matter(void **state)
{
    (void)state;
    const struct type *map = type_map(arena, &type_string, &type_integer);
    struct value a = NESTED(string("a"), integer(1), string("b"), integer(2), string("c"), NULL_VALUE);
    assert_same(map, a, NESTED(string("c"), NULL_VALUE, string("a"), integer(1), string("b"), integer(2)), true);
    assert_same(map, a, NESTED(string("c"), NULL_VALUE, string("a"), integer(2), string("b"), integer(1)), false);
    assert_same(map, a, NESTED(string("a"), integer(1), string("b"), integer(2), string("d"), NULL_VALUE), false);
    assert_same(map, nested(0, NULL), nested(0, NULL), true);
}

/* A map of i to i * i for i below n, from `first` on and round the end. */
static struct value squares(uint32_t n, uint32_t first)
{
    struct nested *map = nested_make(arena, 2 * n);
    for (uint32_t i = 0; i < n; i++) {
        int32_t key = (int32_t)((first + i) % n);
        map->items[2 * i] = integer(key);
        map->items[2 * i + 1] = integer(key * key);
    }
    return (struct value){.nested = map};
}

static void large_maps_in_another_order_are_equal_too(void **state)
{
    (void)state;
    const struct type *map = type_map(arena, &type_integer, &type_integer);
    struct value a = squares(1000, 0), b = squares(1000, 333);
    assert_same(map, a, b, true);
    ((struct nested *)b.nested)->items[501].integer++;
    assert_same(map, a, b, false);
}

static void a_copied_value_outlives_its_arena(void **state)
{
    (void)state;
    struct arena *before = arena, *shorter = arena_new();
    const struct type *big = type_decimal(before, 40, 0);
    const struct type_field fields[] = {{TEXT("M"), type_map(before, &type_string, &type_bytes)}, {TEXT("D"), big}};
    const struct type *type = type_struct(before, fields, 2);
    struct decimal digits;
    assert_true(decimal_parse(shorter, big, TEXT("1234567890123456789012345678901234567890"), DECIMAL_EXACT, &digits));
    arena = shorter;
    struct value key = {.text = text_copy(shorter, TEXT("key"))}, bytes = {.text = text_copy(shorter, TEXT("hi"))};
    struct value value = NESTED(NESTED(key, bytes), (struct value){.decimal = digits});
    arena = before;
    struct value copy = value_copy(arena, type, &value);
    arena_free(shorter);
    assert_text(printed(type, copy), "Struct{M={key=aGk=},D=1234567890123456789012345678901234567890}");
    struct value null = NULL_VALUE;
    assert_true(value_copy(arena, type, &null).is_null);
}

static void base64_comes_back_as_it_was(void **state)
{
    (void)state;
    static const char *const encoded[] = {"", "AA==", "AAH/", "AAH/gA==", "AAH/gEA="};
    static const char bytes[] = "\0\1\xff\x80\x40";
    static const size_t lens[] = {0, 1, 3, 4, 5};
    for (int i = 0; i < 5; i++) {
        struct text decoded;
        assert_true(base64_parse(arena, text_of(encoded[i]), &decoded));
        assert_int_equal(decoded.len, lens[i]);
        assert_memory_equal(decoded.data, bytes, lens[i]);
        assert_text(printed(&type_bytes, (struct value){.text = decoded}), encoded[i]);
    }
}

static void what_is_not_base64_is_refused(void **state)
{
    (void)state;
    struct text decoded;
    assert_true(base64_parse(arena, TEXT("aGk"), &decoded));
    static const char *const wrong[] = {"a", "aGk==", "a===", "aG k", "aGk*", "=", "aG=k", "aaaaa"};
    for (int i = 0; i < 8; i++)
        if (base64_parse(arena, text_of(wrong[i]), &decoded)) fail_msg("'%s' was read", wrong[i]);
}

/* ---- columns and batches */

static void a_column_holds_every_kind(void **state)
{
    (void)state;
    const struct type *array = type_array(arena, &type_integer);
    const struct {
        const struct type *type;
        struct value value;
        const char *text;
    } rows[] = {
        {&type_boolean, {.boolean = true}, "true"},
        {&type_integer, {.integer = -5}, "-5"},
        {&type_bigint, {.bigint = INT64_MIN}, "-9223372036854775808"},
        {&type_double, {.real = 0.25}, "0.25"},
        {&type_string, string("text"), "text"},
        {&type_bytes, string("hi"), "aGk="},
        {&type_date, {.integer = 1}, "1970-01-02"},
        {&type_time, {.integer = 60000}, "00:01"},
        {&type_timestamp, {.bigint = -1}, "1969-12-31T23:59:59.999"},
        {type_decimal(arena, 4, 2), {.decimal = {.small = 1234}}, "12.34"},
        {array, NESTED(integer(7)), "[7]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct column column = column_make(arena, rows[i].type, 100);
        struct value null = NULL_VALUE;
        assert_true(column_get(&column, 99).is_null);
        column_set(&column, 99, &rows[i].value);
        assert_text(printed(rows[i].type, column_get(&column, 99)), rows[i].text);
        assert_true(column_is_null(&column, 98));
        column_set(&column, 99, &null);
        assert_true(column_is_null(&column, 99));
    }
}

static void a_constant_is_the_same_in_every_row(void **state)
{
    (void)state;
    struct value seven = integer(7), null = NULL_VALUE;
    struct column column = column_constant(arena, &type_integer, &seven);
    assert_int_equal(column_get(&column, 0).integer, 7);
    assert_int_equal(column_get(&column, 1023).integer, 7);
    column = column_constant(arena, &type_null, &null);
    assert_true(column_is_null(&column, 5));
}

struct few_headers {
    struct row_source source;
    uint32_t asked_for;
};

static struct headers give_header(const struct row_source *source, uint32_t row, struct arena *into)
{
    ((struct few_headers *)source)->asked_for = row;
    struct header *header = ARENA_MAKE(into, struct header);
    *header = (struct header){TEXT("k"), NO_TEXT};
    return (struct headers){header, 1};
}

static void a_derived_batch_has_the_rows_but_not_the_columns(void **state)
{
    (void)state;
    static const struct row_source_class class = {give_header};
    struct few_headers headers = {.source = {&class}};
    int64_t timestamps[] = {10, 20, 30};
    uint32_t selection[] = {0, 2};
    struct batch batch = {.arena = arena,
                          .n_rows = 3,
                          .selection = selection,
                          .n_selected = 2,
                          .timestamps = timestamps,
                          .source = &headers.source};
    struct batch *derived = batch_derive(&batch, 4);
    selection[1] = 1;
    assert_int_equal(derived->n_columns, 4);
    assert_null(derived->columns[3].data);
    assert_int_equal(derived->selection[1], 2);
    assert_int_equal(derived->timestamps[2], 30);
    assert_int_equal(batch_kind(derived, 2), ROW_VALUE);
    assert_text(batch_headers(derived, 2).items[0].key, "k");
    assert_int_equal(headers.asked_for, 2);
    batch.source = NULL;
    assert_int_equal(batch_headers(&batch, 0).n, 0);
}

/* ---- schemas */

static void a_schema_prints_what_the_user_declared(void **state)
{
    (void)state;
    const struct type_field header[] = {{TEXT("KEY"), &type_string}, {TEXT("VALUE"), &type_bytes}};
    const struct type *headers = type_array(arena, type_struct(arena, header, 2));
    const struct schema_column columns[] = {
        {.name = TEXT("ID"), .type = &type_bigint, .role = COLUMN_KEY},
        {.name = TEXT("na`me"), .type = &type_string, .role = COLUMN_VALUE},
        {.name = TEXT("H"), .type = headers, .role = COLUMN_HEADERS},
        {.name = TEXT("ONE"), .type = &type_bytes, .role = COLUMN_HEADER, .header_key = TEXT("it's")},
        {.name = TEXT("ROWTIME"), .type = &type_bigint, .role = COLUMN_PSEUDO, .pseudo = PSEUDO_ROWTIME},
    };
    struct schema schema = schema_copy(arena, &(struct schema){columns, 5});
    struct buffer out = BUFFER(1024);
    schema_print(&out, &schema);
    assert_text(buffer_text(&out),
                "`ID` BIGINT KEY, `na``me` STRING, `H` ARRAY<STRUCT<`KEY` STRING, `VALUE` BYTES>> HEADERS, "
                "`ONE` BYTES HEADER('it''s')");
    buffer_free(&out);
    assert_int_equal(schema_find(&schema, TEXT("ROWTIME")), 4);
    assert_int_equal(schema_find(&schema, TEXT("id")), -1);
    assert_int_equal(schema_count(&schema, COLUMN_VALUE), 1);
}

static void pseudo_columns_are_known_in_any_case(void **state)
{
    (void)state;
    assert_int_equal(pseudo_column_find(TEXT("RowTime")), PSEUDO_ROWTIME);
    assert_int_equal(pseudo_column_find(TEXT("WINDOWEND")), PSEUDO_WINDOWEND);
    assert_int_equal(pseudo_column_find(TEXT("ROWKEY")), PSEUDO_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_beyond_the_limits_are_refused),
        cmocka_unit_test(types_print_as_sql),
        cmocka_unit_test(a_type_has_several_names_in_any_case),
        cmocka_unit_test(types_are_equal_by_what_they_say),
        cmocka_unit_test(a_copied_type_outlives_its_arena),
        cmocka_unit_test(kinds_fall_into_groups),
        cmocka_unit_test(the_wider_of_two_numbers_holds_both),
        cmocka_unit_test(values_print_as_java_prints_them),
        cmocka_unit_test(a_structure_prints_without_its_null_fields),
        cmocka_unit_test(values_print_as_literals),
        cmocka_unit_test(doubles_are_ordered_as_java_orders_them),
        cmocka_unit_test(strings_are_ordered_by_utf16_code_units),
        cmocka_unit_test(bytes_are_ordered_without_sign),
        cmocka_unit_test(integers_are_ordered_to_their_ends),
        cmocka_unit_test(null_is_the_same_as_null_but_equal_to_nothing),
        cmocka_unit_test(nested_values_are_equal_item_by_item),
        cmocka_unit_test(the_order_of_a_maps_entries_does_not_matter),
        cmocka_unit_test(large_maps_in_another_order_are_equal_too),
        cmocka_unit_test(a_copied_value_outlives_its_arena),
        cmocka_unit_test(base64_comes_back_as_it_was),
        cmocka_unit_test(what_is_not_base64_is_refused),
        cmocka_unit_test(a_column_holds_every_kind),
        cmocka_unit_test(a_constant_is_the_same_in_every_row),
        cmocka_unit_test(a_derived_batch_has_the_rows_but_not_the_columns),
        cmocka_unit_test(a_schema_prints_what_the_user_declared),
        cmocka_unit_test(pseudo_columns_are_known_in_any_case),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
