/* json_scan_test.c - the scanner of JSON against loops that look at one byte after the other, over texts drawn at
 * random.
 *
 * json_scan_words_test.c runs the same over the scanner's other way, without SSE2.
 */
#include "engine/serde/json_number.h"
#include "engine/serde/json_scan.h"
#include "engine/number/number.h"
#include "tests/unit/test.h"
#include <stdlib.h>

enum { LONGEST = 70, ROUNDS = 20000 };

static uint32_t draw(uint32_t n)
{
    static uint64_t seed = 7;
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

/* Up to LONGEST bytes of the alphabet in a block of their own, so that a sanitizer sees a look behind them. */
static struct text draw_text(struct arena *arena, const char *alphabet)
{
    size_t len = draw(LONGEST);
    char *bytes = arena_alloc(arena, len);
    for (size_t i = 0; i < len; i++) bytes[i] = alphabet[draw((uint32_t)strlen(alphabet))];
    return (struct text){bytes, len};
}

/* ---- one byte after the other */

static const char *slow_string_end(const char *at, const char *end, unsigned *flags)
{
    for (; at < end && *at != '"'; at++) {
        if ((unsigned char)*at < 0x20) return NULL;
        if ((unsigned char)*at >= 0x80) *flags |= JSON_NOT_ASCII;
        if (*at != '\\') continue;
        *flags |= JSON_ESCAPED;
        if (++at == end) return NULL;
    }
    return at < end ? at : NULL;
}

/* `at` is behind `opening`. Every kind of bracket is counted for itself; the text holds few enough of them. */
static const char *slow_skip_nested(const char *at, const char *end, char opening)
{
    char open[LONGEST + 1] = {opening};
    int depth = 1;
    for (; at < end; at++) {
        unsigned flags;
        if (*at == '"') at = slow_string_end(at + 1, end, &flags);
        if (!at) return NULL;
        if (*at == '{' || *at == '[') open[depth++] = *at;
        if (*at != '}' && *at != ']') continue;
        if (open[--depth] != (*at == '}' ? '{' : '[')) return NULL;
        if (!depth) return at + 1;
    }
    return NULL;
}

/* ---- tests */

static void strings_end_where_a_slow_look_ends_them(void **state)
{
    (void)state;
    static const char *const alphabets[] = {"abcdefghijklmnopq\"", "abcdefghijklmn\xc3\xa9", "ab\\\"",
                                            "abcdefghijklmnop\\\x01 \"\x80"};
    struct arena *arena = arena_new();
    for (int i = 0; i < ROUNDS; i++) {
        struct text text = draw_text(arena, alphabets[i % 4]);
        const char *end = text.data + text.len;
        unsigned flags = 0, expected_flags = 0;
        const char *expected = slow_string_end(text.data, end, &expected_flags);
        assert_ptr_equal(json_string_end(text.data, end, &flags), expected);
        assert_ptr_equal(json_skip_string(text.data, end), expected);
        if (expected) assert_int_equal(flags, expected_flags);
        arena_reset(arena);
    }
    arena_free(arena);
}

static void nested_values_end_at_their_bracket(void **state)
{
    (void)state;
    static const char *const alphabets[] = {"[]{}", "aaaaaaaaaaaaaa[]\"", "ab:,1{}\"",
                                            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa[]"};
    struct arena *arena = arena_new();
    for (int i = 0; i < ROUNDS; i++) {
        struct text text = draw_text(arena, alphabets[i % 4]);
        char opening = i & 4 ? '{' : '[';
        const char *end = text.data + text.len;
        assert_ptr_equal(json_skip_nested(text.data, end, opening), slow_skip_nested(text.data, end, opening));
        arena_reset(arena);
    }
    arena_free(arena);
}

static void numbers_that_nobody_needs_end_at_another_byte(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (int i = 0; i < ROUNDS; i++) {
        struct text text = draw_text(arena, i & 1 ? "0123456789012345678901234567890+-.eE,/" : "0123456789}] \x7f\xff");
        const char *at = text.data, *end = text.data + text.len;
        while (at < end && strchr("0123456789+-.eE", *at) && *at) at++;
        assert_ptr_equal(json_skip_number(text.data, end), at);
        arena_reset(arena);
    }
    arena_free(arena);
}

static void short_integers_are_those_of_the_long_way(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (int i = 0; i < ROUNDS; i++) {
        struct text text =
            draw_text(arena, i & 1 ? "0123456789012345678901234567890123456789012345678-, " : "0123456789012345,.");
        const char *end = text.data + text.len;
        int64_t value = 0, expected = 0;
        const char *behind = json_short_integer(text.data, end, &value);
        bool integer;
        if (behind) {
            assert_ptr_equal(behind, json_number_end(text.data, end, &integer));
            assert_true(integer);
            assert_true(number_parse_bigint((struct text){text.data, (size_t)(behind - text.data)}, &expected));
            assert_int_equal(value, expected);
        }
        arena_reset(arena);
    }
    arena_free(arena);
}

static void short_integers_have_up_to_18_digits(void **state)
{
    (void)state;
    char text[32];
    int64_t value;
    for (int n = 1; n <= 20; n++) {
        for (int i = 0; i < n; i++) text[i] = (char)('1' + i % 9);
        text[n] = ',';
        const char *behind = json_short_integer(text, text + n + 1, &value);
        if (n > 18)
            assert_null(behind);
        else
            assert_ptr_equal(behind, text + n);
    }
    static const char *const others[] = {"1.5", "12345678e1", "01", "-", "\"1\"", "", "12x", "+1"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_null(json_short_integer(others[i], others[i] + strlen(others[i]), &value));
}

static void short_doubles_are_those_of_the_long_way(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    int n_read = 0;
    for (int i = 0; i < ROUNDS; i++) {
        struct text text = draw_text(arena, i & 1 ? "01234567890123456789012345678901234567890.-," : "01234567.,");
        const char *end = text.data + text.len;
        double value = 0, expected = 0;
        const char *behind = json_short_double(text.data, end, &value);
        bool integer;
        if (behind) {
            assert_ptr_equal(behind, json_number_end(text.data, end, &integer));
            assert_true(number_parse_double((struct text){text.data, (size_t)(behind - text.data)}, &expected));
            assert_true(value == expected);
            n_read++;
        }
        arena_reset(arena);
    }
    assert_true(n_read > ROUNDS / 20);
    arena_free(arena);
}

static void short_doubles_have_up_to_15_digits(void **state)
{
    (void)state;
    static const char *const shorts[] = {"0", "-0", "1.5", "123456789012345", "-0.12345678901234", "1234567.12345678"};
    static const char *const others[] = {
        "1.", ".5", "1e5", "01", "-", "\"1\"", "", "1.5x", "1.2.3", "+1", "0.123456789012345", "12345678901234567"};
    double value;
    for (size_t i = 0; i < sizeof shorts / sizeof *shorts; i++) {
        const char *end = shorts[i] + strlen(shorts[i]);
        assert_ptr_equal(json_short_double(shorts[i], end, &value), end);
        assert_true(value == strtod(shorts[i], NULL));
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_null(json_short_double(others[i], others[i] + strlen(others[i]), &value));
}

static void brackets_are_followed_a_thousand_deep(void **state)
{
    (void)state;
    char text[2 * JSON_MAX_DEPTH + 2];
    for (int depth = JSON_MAX_DEPTH; depth <= JSON_MAX_DEPTH + 1; depth++) {
        for (int i = 0; i < depth; i++) {
            text[i] = i % 3 ? '[' : '{';
            text[2 * depth - 1 - i] = i % 3 ? ']' : '}';
        }
        const char *end = json_skip_nested(text + 1, text + 2 * depth, '{');
        if (depth == JSON_MAX_DEPTH)
            assert_ptr_equal(end, text + 2 * depth);
        else
            assert_null(end);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_end_where_a_slow_look_ends_them),
        cmocka_unit_test(nested_values_end_at_their_bracket),
        cmocka_unit_test(numbers_that_nobody_needs_end_at_another_byte),
        cmocka_unit_test(short_integers_are_those_of_the_long_way),
        cmocka_unit_test(short_integers_have_up_to_18_digits),
        cmocka_unit_test(short_doubles_are_those_of_the_long_way),
        cmocka_unit_test(short_doubles_have_up_to_15_digits),
        cmocka_unit_test(brackets_are_followed_a_thousand_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
