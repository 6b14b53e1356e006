/* script_test.c - scripts of `weir test`: how they are split, how records are written, compared and shown. */
#include "tests/unit/test.h"
#include "cli/test/answer.h"
#include "cli/test/record.h"
#include "cli/test/script.h"

static const struct schema_column columns[] = {
    {.name = {"ID", 2}, .type = &type_integer, .role = COLUMN_KEY},
    {.name = {"ITEM", 4}, .type = &type_string, .role = COLUMN_VALUE},
};

/* A source with an INT key in KAFKA and values in that format. */
static struct source make_source(const char *value_format)
{
    struct source source = {.schema = {columns, 2}};
    source.key.format = format_find(TEXT("KAFKA"));
    source.value.format = format_find(text_of(value_format));
    return source;
}

static struct text encode(struct arena *arena, const struct source *source, const char *written,
                          struct test_image *image)
{
    struct test_record record;
    struct error error = {0};
    if (!test_record_parse(arena, text_of(written), &record, &error) ||
        !test_record_encode(arena, source, &record, image, &error))
        return text_copy(arena, text_of(error.message));
    struct buffer out = BUFFER(1 << 20);
    test_record_print(&out, source, image);
    struct text text = text_copy(arena, buffer_text(&out));
    buffer_free(&out);
    return text;
}

static void assert_shown(const char *value_format, const char *written, const char *shown)
{
    struct arena *arena = arena_new();
    struct source source = make_source(value_format);
    struct test_image image;
    assert_text(encode(arena, &source, written, &image), shown);
    arena_free(arena);
}

static void a_record_is_shown_as_it_is_written(void **state)
{
    (void)state;
    assert_shown("JSON", "key=1 {\"A\": 1.50} timestamp=5", "key=1 {\"A\":1.50} timestamp=5");
    assert_shown("JSON", "timestamp=5 {\"A\":\"\\u00e9\"} key=-7", "key=-7 {\"A\":\"\xc3\xa9\"} timestamp=5");
    assert_shown("JSON", "timestamp=5", "key=null null timestamp=5");
    assert_shown("DELIMITED", "key=1 1,lamp timestamp=5", "key=1 1,lamp timestamp=5");
    assert_shown("DELIMITED", "key=1 \"1,a lamp\" timestamp=5", "key=1 \"1,a lamp\" timestamp=5");
    assert_shown("JSON", "null timestamp=5 headers={\"a\": \"b\", \"a\": null}",
                 "key=null null timestamp=5 headers={\"a\": \"b\", \"a\": null}");
}

static void raw_bytes_are_taken_as_they_are(void **state)
{
    (void)state;
    assert_shown("JSON", "rawkey=0x0102 raw=\"{not json\" timestamp=5", "key=0x0102 \"{not json\" timestamp=5");
    assert_shown("JSON", "raw=0xff00 timestamp=5", "key=null 0xff00 timestamp=5");
}

static void a_record_that_cannot_be_is_refused(void **state)
{
    (void)state;
    assert_shown("JSON", "key=one {}", "one cannot be written as INTEGER in KAFKA");
    assert_shown("JSON", "lamp", "lamp is not JSON; a text needs quotes");
    assert_shown("JSON", "{} {}", "a record has one value, and '{}' would be another");
    assert_shown("JSON", "colour=1", "'colour=1' is no part of a record");
}

static void what_is_not_written_is_not_compared(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct source source = make_source("JSON");
    struct test_image came, expected;
    struct test_record record;
    encode(arena, &source, "key=1 {\"A\":1} timestamp=5 headers={\"a\": \"b\"}", &came);
    static const struct {
        const char *written;
        bool matches;
    } expectations[] = {
        {"{ \"A\" : 1 }", true}, {"key=1", true},     {"key=1 {\"A\": 1} timestamp=5 headers={\"a\": \"b\"}", true},
        {"{\"A\": 1.0}", false}, {"key=2", false},    {"timestamp=6", false},
        {"null", false},         {"key=null", false}, {"headers={}", false},
    };
    for (size_t i = 0; i < sizeof expectations / sizeof *expectations; i++) {
        encode(arena, &source, expectations[i].written, &expected);
        assert_true(test_record_parse(arena, text_of(expectations[i].written), &record, NULL));
        assert_int_equal(test_record_matches(&source, &record, &expected, &came), expectations[i].matches);
    }
    arena_free(arena);
}

/* ---- scripts */

static void a_script_is_statements_directives_and_checks(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct test_script script;
    struct text text = TEXT("--@ option a=b\n"
                            "-- a comment; with a semicolon\n"
                            "SELECT ';' FROM s; SHOW\n STREAMS; /* and; */\n"
                            "--@ row [1]\n"
                            "--@ text a.b\n"
                            "--| one\n"
                            "--|\n"
                            "--@ send s key=1 {}\n");
    assert_true(test_script_parse(arena, text, &script, NULL));
    assert_int_equal(script.n, 4);
    assert_int_equal(script.items[0].word, TEST_OPTION);
    assert_text(script.items[1].text, "SELECT ';' FROM s;");
    assert_text(script.items[2].text, "SHOW\n STREAMS;");
    assert_int_equal(script.items[2].line, 3);
    assert_int_equal(script.items[2].checks.n, 2);
    assert_text(script.items[2].checks.items[1].rest, "a.b");
    assert_text(script.items[2].checks.items[1].block, "one\n\n");
    assert_text(script.items[3].text, "s key=1 {}");
    assert_int_equal(script.items[3].line, 9);
    arena_free(arena);
}

static void assert_refused(const char *text, const char *message)
{
    struct arena *arena = arena_new();
    struct test_script script;
    struct error error = {0};
    assert_false(test_script_parse(arena, text_of(text), &script, &error));
    assert_string_equal(error.message, message);
    arena_free(arena);
}

static void a_directive_out_of_place_is_refused(void **state)
{
    (void)state;
    assert_refused("--@ jump\n", "there is no such directive");
    assert_refused("--@ row [1]\n", "this looks at the answer of a statement, and none stands before it");
    assert_refused("SHOW STREAMS;\n--@ option a=b\n", "this must stand before the first statement");
    assert_refused("SHOW STREAMS\n--@ row [1]\n;",
                   "a directive stands within this statement: a semicolon is missing before it");
    assert_refused("SHOW STREAMS\n", "this statement does not end: a semicolon is missing");
}

/* ---- answers */

static void assert_check(const char *directive, bool passes, const char *shown)
{
    struct arena *arena = arena_new();
    struct test_answer answer = {.arena = arena, .header = TEXT("`ID` INTEGER"), .ends = TEXT("Limit Reached")};
    LIST_PUSH(arena, &answer.entities, TEXT("{\"streams\":[{\"name\":\"S\",\"n\":1}],\"text\":\"a\\nb\"}"));
    LIST_PUSH(arena, &answer.rows, TEXT("[1,\"a\"]"));
    struct test_script script;
    struct buffer out = BUFFER(1 << 20);
    unsigned line = 0;
    assert_true(test_script_parse(arena, text_printf(arena, "X;\n%s\n", directive), &script, NULL));
    assert_int_equal(test_answer_check(&answer, &script.items[0].checks, NULL, &line, &out), passes);
    assert_int_equal(line, 2);
    assert_text(buffer_text(&out), shown);
    buffer_free(&out);
    arena_free(arena);
}

static void an_answer_is_checked_for_what_the_script_names(void **state)
{
    (void)state;
    assert_check("--@ answer {\"streams\": [{\"name\": \"S\"}]}", true, "");
    assert_check("--@ answer {\"streams\": [{\"name\": \"T\"}]}", false,
                 "  the answer's .streams[0].name is \"S\"\n"
                 "  expected  {\"streams\": [{\"name\": \"T\"}]}\n"
                 "  came      {\"streams\":[{\"name\":\"S\",\"n\":1}],\"text\":\"a\\nb\"}\n");
    assert_check("--@ row [1, \"a\"]", true, "");
    assert_check("--@ row [1.0, \"a\"]", false, "  expected  [1.0, \"a\"]\n  came      [1,\"a\"]\n");
    assert_check("--@ deleted [1, \"a\"]", false, "  expected  [1, \"a\"]\n  came      [1,\"a\"]\n");
    assert_check("--@ header `ID` INTEGER", true, "");
    assert_check("--@ ends Limit Reached", true, "");
    assert_check("--@ error no such stream", false, "  expected  no such stream\n  came      no error\n");
    assert_check("--@ text text\n--| a\n--| b", true, "");
    assert_check("--@ text text\n--| a", false, "  expected\n--| a\n  came\n--| a\n--| b\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_shown_as_it_is_written),
        cmocka_unit_test(raw_bytes_are_taken_as_they_are),
        cmocka_unit_test(a_record_that_cannot_be_is_refused),
        cmocka_unit_test(what_is_not_written_is_not_compared),
        cmocka_unit_test(a_script_is_statements_directives_and_checks),
        cmocka_unit_test(a_directive_out_of_place_is_refused),
        cmocka_unit_test(an_answer_is_checked_for_what_the_script_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
