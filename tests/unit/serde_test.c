/* serde_test.c - the table of formats, what a statement may ask of them, KAFKA, NONE, and windowed keys. */
#include "tests/unit/serde_place.h"
#include <math.h>

static const struct schema_column id = {.name = {"ID", 2}, .type = &type_integer};
static const struct schema_column two[] = {
    {.name = {"A", 1}, .type = &type_integer},
    {.name = {"B", 1}, .type = &type_string},
};

static const struct format *find(const char *name)
{
    return format_find(text_of(name));
}

static struct serde_spec spec_of(const char *format, enum serde_part part, uint32_t n, int wrap)
{
    return (struct serde_spec){
        .format = find(format), .part = part, .unwrapped = serde_unwrapped(find(format), part, n, wrap)};
}

static void assert_check_refuses(struct serde_spec spec, const struct schema_column *columns, uint32_t n,
                                 const char *message)
{
    struct error error = {0};
    assert_false(serde_check(&spec, columns, n, &error));
    assert_string_equal(error.message, message);
}

static void assert_check_accepts(struct serde_spec spec, const struct schema_column *columns, uint32_t n)
{
    struct error error = {0};
    if (!serde_check(&spec, columns, n, &error)) fail_msg("%s", error.message);
}

static void formats_are_found_in_any_case(void **state)
{
    (void)state;
    assert_string_equal(find("json")->name, "JSON");
    assert_string_equal(find("Delimited")->name, "DELIMITED");
    assert_string_equal(find("PROTOBUF_NOSR")->name, "PROTOBUF_NOSR");
    assert_null(find("XML"));
}

static void all_formats_are_listed(void **state)
{
    (void)state;
    uint32_t n = 0;
    while (format_at(n)) n++;
    assert_int_equal(n, 8);
}

static void registry_formats_are_not_supported_yet(void **state)
{
    (void)state;
    static const char *const later[] = {"AVRO", "JSON_SR", "PROTOBUF", "PROTOBUF_NOSR"};
    for (size_t i = 0; i < 4; i++) {
        struct serde_spec spec = spec_of(later[i], SERDE_VALUE, 2, -1);
        struct error error = {0};
        assert_false(serde_check(&spec, two, 2, &error));
        assert_int_equal(error.code, ERROR_NOT_SUPPORTED);
        assert_non_null(strstr(error.message, "is not supported yet"));
    }
}

static void a_single_key_stands_bare(void **state)
{
    (void)state;
    assert_true(serde_unwrapped(find("JSON"), SERDE_KEY, 1, -1));
    assert_true(serde_unwrapped(find("KAFKA"), SERDE_KEY, 1, -1));
    assert_false(serde_unwrapped(find("JSON"), SERDE_KEY, 2, -1));
    assert_false(serde_unwrapped(find("NONE"), SERDE_KEY, 0, -1));
}

static void a_single_value_is_wrapped_where_the_format_can(void **state)
{
    (void)state;
    assert_false(serde_unwrapped(find("JSON"), SERDE_VALUE, 1, -1));
    assert_true(serde_unwrapped(find("JSON"), SERDE_VALUE, 1, 0));
    assert_true(serde_unwrapped(find("KAFKA"), SERDE_VALUE, 1, -1));
    assert_true(serde_unwrapped(find("DELIMITED"), SERDE_VALUE, 1, -1));
    assert_false(serde_unwrapped(find("DELIMITED"), SERDE_VALUE, 2, -1));
}

static void wrapping_must_fit_the_format_and_the_columns(void **state)
{
    (void)state;
    struct error error = {0};
    assert_check_refuses(spec_of("KAFKA", SERDE_VALUE, 1, 1), &id, 1, "WRAP_SINGLE_VALUE cannot be true for KAFKA");
    assert_check_refuses(spec_of("DELIMITED", SERDE_VALUE, 1, 1), &id, 1,
                         "WRAP_SINGLE_VALUE cannot be true for DELIMITED");
    assert_check_refuses(spec_of("JSON", SERDE_VALUE, 2, 0), two, 2,
                         "WRAP_SINGLE_VALUE is for a single value column, and there are 2");
    assert_check_accepts(spec_of("KAFKA", SERDE_VALUE, 1, 0), &id, 1);
    assert_check_accepts(spec_of("JSON", SERDE_VALUE, 1, 1), &id, 1);
    assert_check_accepts(spec_of("DELIMITED", SERDE_VALUE, 2, -1), two, 2);
    assert_false(serde_check_wrap(find("JSON"), 2, 1, &error));
    assert_true(serde_check_wrap(find("JSON"), 2, -1, &error));
}

static void delimiters_are_one_character_or_a_name(void **state)
{
    (void)state;
    struct error error = {0};
    char delimiter;
    assert_true(serde_delimiter(TEXT("|"), &delimiter, &error) && delimiter == '|');
    assert_true(serde_delimiter(TEXT("SPACE"), &delimiter, &error) && delimiter == ' ');
    assert_true(serde_delimiter(TEXT("TAB"), &delimiter, &error) && delimiter == '\t');
    assert_false(serde_delimiter(TEXT("<~>"), &delimiter, &error));
    assert_string_equal(error.message, "'<~>' cannot be a delimiter");
    assert_false(serde_delimiter(TEXT(""), &delimiter, &error));
    assert_false(serde_delimiter(TEXT(" "), &delimiter, &error));
    assert_false(serde_delimiter(TEXT("\""), &delimiter, &error));
}

static void only_delimited_takes_a_delimiter(void **state)
{
    (void)state;
    struct serde_spec spec = spec_of("JSON", SERDE_VALUE, 2, -1);
    spec.delimiter = '|';
    assert_check_refuses(spec, two, 2, "VALUE_DELIMITER is for DELIMITED, and VALUE_FORMAT is JSON");
    spec.format = find("DELIMITED");
    assert_check_accepts(spec, two, 2);
}

static void registry_settings_need_a_registry_format(void **state)
{
    (void)state;
    struct serde_spec spec = spec_of("JSON", SERDE_KEY, 2, -1);
    spec.schema_id = 3;
    assert_check_refuses(spec, two, 2, "KEY_SCHEMA_ID is for formats of the schema registry, and KEY_FORMAT is JSON");
    spec.schema_id = 0;
    spec.schema_name = TEXT("com.x.Y");
    assert_check_refuses(spec, two, 2,
                         "KEY_SCHEMA_FULL_NAME is for formats with named schemas, and KEY_FORMAT is JSON");
}

static void types_must_fit_the_format(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const struct type *map = type_map(arena, &type_string, &type_integer),
                      *odd = type_map(arena, &type_integer, &type_string);
    struct schema_column column = {.name = TEXT("C"), .type = map};
    assert_check_refuses(spec_of("JSON", SERDE_KEY, 1, -1), &column, 1, "key column C holds a MAP, which no key can");
    assert_check_accepts(spec_of("JSON", SERDE_VALUE, 1, -1), &column, 1);
    column.type = type_array(arena, odd);
    assert_check_refuses(spec_of("JSON", SERDE_VALUE, 1, -1), &column, 1,
                         "JSON cannot hold column C: the keys of a MAP must be STRING, not INTEGER");
    assert_check_refuses(spec_of("DELIMITED", SERDE_VALUE, 1, -1), &column, 1,
                         "DELIMITED cannot hold column C, a value of type ARRAY");
    column.type = &type_boolean;
    assert_check_refuses(spec_of("KAFKA", SERDE_KEY, 1, -1), &column, 1,
                         "KAFKA cannot hold column C, a value of type BOOLEAN");
    assert_check_refuses(spec_of("KAFKA", SERDE_VALUE, 2, -1), two, 2, "KAFKA holds a single column, and there are 2");
    assert_check_refuses(spec_of("NONE", SERDE_KEY, 1, -1), &id, 1, "NONE holds no columns, and ID is one");
    arena_free(arena);
}

static void no_columns_are_fine_everywhere(void **state)
{
    (void)state;
    static const char *const now[] = {"JSON", "KAFKA", "DELIMITED", "NONE"};
    for (size_t i = 0; i < 4; i++) {
        struct place place;
        place_open(&place, now[i], SERDE_KEY);
        struct error error = {0};
        assert_true(place_check(&place, &error));
        place_start(&place);
        assert_reads(&place, "whatever stands here", "");
        assert_writes(&place, NULL);
        place_close(&place);
    }
}

/* ---- KAFKA */

static void open_kafka(struct place *place, const struct type *type)
{
    place_open(place, "KAFKA", SERDE_KEY);
    place_add(place, "K", type);
    place_start(place);
}

static void kafka_integers_are_big_endian(void **state)
{
    (void)state;
    struct place place;
    open_kafka(&place, &type_integer);
    assert_reads_bytes(&place, TEXT("\x00\x00\x01\x02"), "258");
    assert_reads_bytes(&place, TEXT("\xff\xff\xff\xfe"), "-2");
    assert_int_equal(place_encode(&place), ENCODED);
    assert_memory_equal(place.text.data, "\xff\xff\xff\xfe", 4);
    place_close(&place);
    open_kafka(&place, &type_bigint);
    assert_reads_bytes(&place, TEXT("\x80\x00\x00\x00\x00\x00\x00\x01"), "-9223372036854775807");
    assert_int_equal(place_encode(&place), ENCODED);
    assert_int_equal(place.text.len, 8);
    assert_memory_equal(place.text.data, "\x80\x00\x00\x00\x00\x00\x00\x01", 8);
    place_close(&place);
}

static void kafka_doubles_are_ieee_bits(void **state)
{
    (void)state;
    struct place place;
    open_kafka(&place, &type_double);
    assert_reads_bytes(&place, TEXT("\x3f\xf8\x00\x00\x00\x00\x00\x00"), "1.5");
    place_put(&place, (struct value){.real = -INFINITY});
    assert_int_equal(place_encode(&place), ENCODED);
    assert_memory_equal(place.text.data, "\xff\xf0\x00\x00\x00\x00\x00\x00", 8);
    place_close(&place);
}

static void kafka_strings_are_utf8_and_repaired(void **state)
{
    (void)state;
    struct place place;
    open_kafka(&place, &type_string);
    assert_reads(&place, "caf\xc3\xa9", "caf\xc3\xa9");
    assert_writes(&place, "caf\xc3\xa9");
    assert_reads(&place, "", "");
    assert_writes(&place, "");
    assert_reads(&place, "a\xff\x62\xe2\x82|\xed\xa0\x80|\xf0\x9f\x98", "a\ufffdb\ufffd|\ufffd|\ufffd");
    place_close(&place);
}

static void kafka_bytes_are_themselves(void **state)
{
    (void)state;
    struct place place;
    open_kafka(&place, &type_bytes);
    assert_true(place_decode(&place, TEXT("\x00\xff")));
    assert_int_equal(place_encode(&place), ENCODED);
    assert_int_equal(place.text.len, 2);
    assert_memory_equal(place.text.data, "\x00\xff", 2);
    place_close(&place);
}

static void kafka_refuses_other_lengths(void **state)
{
    (void)state;
    struct place place;
    open_kafka(&place, &type_integer);
    assert_refuses(&place, "12345", "INTEGER takes 4 bytes, and there are 5");
    assert_refuses(&place, "", "INTEGER takes 4 bytes, and there are 0");
    place_close(&place);
    open_kafka(&place, &type_double);
    assert_refuses(&place, "1234", "DOUBLE takes 8 bytes, and there are 4");
    place_close(&place);
}

static void kafka_writes_null_as_a_null_record(void **state)
{
    (void)state;
    struct place place;
    open_kafka(&place, &type_bigint);
    place_put(&place, NULL_VALUE);
    assert_writes(&place, NULL);
    place_close(&place);
}

static void a_value_beyond_the_ceiling_fails_and_leaves_the_buffer_usable(void **state)
{
    (void)state;
    struct place place;
    open_kafka(&place, &type_string);
    place_put(&place, (struct value){.text = TEXT("0123456789")});
    struct buffer out = BUFFER(8);
    buffer_append(&out, "abc", 3);
    assert_int_equal(encoder_encode(place.encoder, &place.batch, 0, &out, place.why), ENCODE_FAILED);
    assert_string_equal(place.why, "the record would be larger than 8 bytes");
    assert_text(buffer_text(&out), "abc");
    assert_false(out.overflow);
    buffer_free(&out);
    place_close(&place);
}

/* ---- windowed keys */

static void a_time_window_is_its_start_behind_the_key(void **state)
{
    (void)state;
    struct buffer out = BUFFER(64);
    buffer_append_string(&out, "k1");
    windowed_key_append(&out, false, (struct window){1000, 2000});
    assert_int_equal(out.len, 10);
    assert_memory_equal(out.data + 2, "\x00\x00\x00\x00\x00\x00\x03\xe8", 8);
    struct text key = buffer_text(&out);
    struct window window;
    assert_true(windowed_key_split(&key, 500, &window));
    assert_text(key, "k1");
    assert_true(window.start_ms == 1000 && window.end_ms == 1500);
    buffer_free(&out);
}

static void a_session_is_end_and_start_behind_the_key(void **state)
{
    (void)state;
    struct buffer out = BUFFER(64);
    windowed_key_append(&out, true, (struct window){-1, 7});
    assert_memory_equal(out.data, "\x00\x00\x00\x00\x00\x00\x00\x07\xff\xff\xff\xff\xff\xff\xff\xff", 16);
    struct text key = buffer_text(&out);
    struct window window;
    assert_true(windowed_key_split(&key, 0, &window));
    assert_int_equal(key.len, 0);
    assert_true(window.start_ms == -1 && window.end_ms == 7);
    assert_false(windowed_key_split(&key, 0, &window));
    buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_are_found_in_any_case),
        cmocka_unit_test(all_formats_are_listed),
        cmocka_unit_test(registry_formats_are_not_supported_yet),
        cmocka_unit_test(a_single_key_stands_bare),
        cmocka_unit_test(a_single_value_is_wrapped_where_the_format_can),
        cmocka_unit_test(wrapping_must_fit_the_format_and_the_columns),
        cmocka_unit_test(delimiters_are_one_character_or_a_name),
        cmocka_unit_test(only_delimited_takes_a_delimiter),
        cmocka_unit_test(registry_settings_need_a_registry_format),
        cmocka_unit_test(types_must_fit_the_format),
        cmocka_unit_test(no_columns_are_fine_everywhere),
        cmocka_unit_test(kafka_integers_are_big_endian),
        cmocka_unit_test(kafka_doubles_are_ieee_bits),
        cmocka_unit_test(kafka_strings_are_utf8_and_repaired),
        cmocka_unit_test(kafka_bytes_are_themselves),
        cmocka_unit_test(kafka_refuses_other_lengths),
        cmocka_unit_test(kafka_writes_null_as_a_null_record),
        cmocka_unit_test(a_value_beyond_the_ceiling_fails_and_leaves_the_buffer_usable),
        cmocka_unit_test(a_time_window_is_its_start_behind_the_key),
        cmocka_unit_test(a_session_is_end_and_start_behind_the_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
