/* base_test.c - arena, text, buffer, error, map, hash. */
#include "tests/unit/test.h"
#include "engine/base/hash.h"
#include "engine/base/list.h"
#include "engine/base/map.h"
#include "engine/base/properties.h"

static int released[3], n_released;

static void note_release(void *number)
{
    released[n_released++] = *(int *)number;
}

static void an_arena_releases_what_was_deferred_last_in_first_out(void **state)
{
    (void)state;
    static int numbers[] = {1, 2, 3};
    struct arena *arena = arena_new();
    n_released = 0;
    for (int i = 0; i < 3; i++) arena_defer(arena, note_release, &numbers[i]);
    arena_reset(arena);
    assert_int_equal(n_released, 3);
    assert_int_equal(released[0], 3);
    assert_int_equal(released[2], 1);
    arena_free(arena);
    assert_int_equal(n_released, 3);
}

static void an_arena_gives_aligned_memory_of_any_size(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (size_t size = 0; size < 200000; size = size * 3 + 1) {
        char *data = arena_alloc(arena, size);
        assert_int_equal((uintptr_t)data % 16, 0);
        memset(data, 1, size);
    }
    arena_reset(arena);
    assert_true(arena_size(arena) <= 65536 + 64);
    arena_free(arena);
}

static void a_buffer_refuses_what_passes_its_ceiling(void **state)
{
    (void)state;
    struct buffer buffer = BUFFER(10);
    buffer_append_string(&buffer, "12345678");
    buffer_append_string(&buffer, "9ab");
    assert_true(buffer.overflow);
    assert_text(buffer_text(&buffer), "12345678");
    buffer_free(&buffer);
}

static void an_error_shows_its_line_column_and_caret(void **state)
{
    (void)state;
    struct error error = {0};
    struct text sql = TEXT("SELECT *\nFRM x;");
    assert_false(error_set(&error, ERROR_SYNTAX, (struct span){9, 12}, "FROM expected"));
    error_hint(&error, "did you mean FROM?");
    struct buffer out = BUFFER(4096);
    error_print(&error, sql, &out);
    assert_text(buffer_text(&out), "line 2:1: FROM expected\n  FRM x;\n  ^~~\nHint: did you mean FROM?\n");
    buffer_free(&out);
}

static void a_map_keeps_the_order_of_insertion(void **state)
{
    (void)state;
    struct map map = {0};
    struct arena *arena = arena_new();
    for (int i = 0; i < 1000; i++) assert_null(map_put(&map, text_printf(arena, "k%d", i), (void *)(intptr_t)(i + 1)));
    for (int i = 0; i < 1000; i += 2) assert_non_null(map_remove(&map, text_printf(arena, "k%d", i)));
    assert_null(map_get(&map, TEXT("k0")));
    assert_int_equal((intptr_t)map_get(&map, TEXT("k999")), 1000);
    struct text key;
    for (uint32_t i = 0; map_at(&map, i, &key, NULL); i++) {
        char expected[16];
        snprintf(expected, sizeof expected, "k%u", i * 2 + 1);
        assert_text(key, expected);
    }
    assert_int_equal(map.n, 500);
    map_free(&map);
    arena_free(arena);
}

/* Values of Apache Kafka's own test of Utils.murmur2. */
static void murmur2_is_kafkas(void **state)
{
    (void)state;
    assert_int_equal((int32_t)hash_murmur2("21", 2), -973932308);
    assert_int_equal((int32_t)hash_murmur2("foobar", 6), -790332482);
    assert_int_equal((int32_t)hash_murmur2("a-little-bit-long-string", 24), -985981536);
    assert_int_equal((int32_t)hash_murmur2("a-little-bit-longer-string", 26), -1486304829);
    assert_int_equal((int32_t)hash_murmur2("abc", 3), 479470107);
}

static void utf8_is_valid_up_to_the_first_ill_formed_sequence(void **state)
{
    (void)state;
    assert_int_equal(text_valid_utf8(TEXT("h\xc3\xa9llo, \xe2\x82\xac \xf0\x9f\x9a\xa7")), 16);
    assert_int_equal(text_valid_utf8(TEXT("abcdefgh\xc0\x80")), 8);
    assert_int_equal(text_valid_utf8(TEXT("\xed\xa0\x80")), 0);
    assert_int_equal(text_valid_utf8(TEXT("\xf5\x80\x80\x80")), 0);
    assert_int_equal(text_valid_utf8(TEXT("ab\xe2\x82")), 2);
}

static void the_nearest_text_is_found_by_its_distance(void **state)
{
    (void)state;
    const struct text names[] = {TEXT("STREAMS"), TEXT("TABLES"), TEXT("TOPICS")};
    assert_text(text_nearest(TEXT("streems"), names, 3), "STREAMS");
    assert_null(text_nearest(TEXT("xyz"), names, 3).data);
}

static void assert_entries(const char *file, const char *expected)
{
    struct properties properties = {.rest = text_of(file)};
    struct arena *arena = arena_new();
    struct buffer entries = BUFFER(1 << 10);
    struct text name, value;
    while (properties_next(&properties, arena, &name, &value))
        buffer_printf(&entries, "%u:" TEXT_FMT "=" TEXT_FMT "%s|", properties.line, TEXT_ARG(name), TEXT_ARG(value),
                      value.data ? "" : "(none)");
    assert_text(buffer_text(&entries), expected);
    buffer_free(&entries);
    arena_free(arena);
}

static void properties_are_javas(void **state)
{
    (void)state;
    assert_entries("a=1\nb : 2\r\n\tc 3\rd\n", "1:a=1|2:b=2|3:c=3|4:d=(none)|");
    assert_entries("# x\n\n  ! y=1 \\\na=\n b==c\n", "4:a=|5:b==c|");
    assert_entries("a=1\\\n   0\\\n\t0\nb=2", "1:a=100|4:b=2|");
    assert_entries("a=x\\\\\nb=y\\", "1:a=x\\|2:b=y|");
    assert_entries("a\\=b\\:c\\ d = \\t\\u00e4\\q\\u5de5\\u12", "1:a=b:c d=\t\xc3\xa4q\xe5\xb7\xa5u12|");
    assert_entries("", "");
    assert_entries("\\", "1:=(none)|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arena_releases_what_was_deferred_last_in_first_out),
        cmocka_unit_test(an_arena_gives_aligned_memory_of_any_size),
        cmocka_unit_test(a_buffer_refuses_what_passes_its_ceiling),
        cmocka_unit_test(an_error_shows_its_line_column_and_caret),
        cmocka_unit_test(a_map_keeps_the_order_of_insertion),
        cmocka_unit_test(murmur2_is_kafkas),
        cmocka_unit_test(utf8_is_valid_up_to_the_first_ill_formed_sequence),
        cmocka_unit_test(properties_are_javas),
        cmocka_unit_test(the_nearest_text_is_found_by_its_distance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
