/* cli_test.c - what the program weir does without an engine: arguments, tables, CSV, answers as text, completion,
 * history, datagen. */
#include "tests/unit/test.h"
#include "cli/args.h"
#include "cli/print/cell.h"
#include "cli/shell/complete.h"
#include "cli/print/csv.h"
#include "cli/datagen/datagen.h"
#include "cli/datagen/sample.h"
#include "cli/print/describe.h"
#include "cli/print/display.h"
#include "cli/print/entities.h"
#include "cli/shell/help.h"
#include "cli/shell/history_file.h"
#include "cli/print/table.h"
#include "engine/topic/topic.h"
#include <sys/stat.h>
#include <unistd.h>

enum { ROOM = 1 << 20 };

static struct arena *arena;
static struct buffer out;
static struct error error;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    out = BUFFER(ROOM);
    error_clear(&error);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buffer_free(&out);
    arena_free(arena);
    return 0;
}

#define assert_out(expected) assert_text(buffer_text(&out), expected)

/* ---- the command line */

/* Up to 10 words behind the program's name. */
#define PARSE(args, ...) parse((const char *[12]){"weir", __VA_ARGS__}, args)

static bool parse(const char **words, struct args *args)
{
    int n = 0;
    while (words[n]) n++;
    return args_parse(arena, n, (char *const *)words, args, &error);
}

static void options_stand_before_and_behind_the_command(void **state)
{
    (void)state;
    struct args args;
    assert_true(PARSE(&args, "--data=/d", "run", "a.sql", "-o", "x=1", "-oy=2", "b.sql", "-qd", "name=v=w"));
    assert_int_equal(args.command, SUBCOMMAND_RUN);
    assert_string_equal(args.data, "/d");
    assert_int_equal(args.words.n, 2);
    assert_string_equal(args.words.items[1], "b.sql");
    assert_int_equal(args.options.n, 2);
    assert_text(args.options.items[1].name, "y");
    assert_text(args.variables.items[0].value, "v=w");
    assert_true(args.quiet);
}

static void pieces_keep_their_order(void **state)
{
    (void)state;
    struct args args;
    assert_true(PARSE(&args, "-e", "SHOW STREAMS", "-f", "x.sql", "--execute=SHOW TABLES", "--output", "CSV"));
    assert_int_equal(args.pieces.n, 3);
    assert_text(args.pieces.items[0].sql, "SHOW STREAMS");
    assert_string_equal(args.pieces.items[1].file, "x.sql");
    assert_text(args.pieces.items[2].sql, "SHOW TABLES");
    assert_int_equal(args.output, OUTPUT_CSV);
}

static void words_of_datagen_are_handed_on(void **state)
{
    (void)state;
    struct args args;
    assert_true(PARSE(&args, "datagen", "ppe", "--count", "5", "rate=2/s", "--print", "--seed=3", "-q"));
    assert_int_equal(args.words.n, 5);
    assert_string_equal(args.words.items[1], "count=5");
    assert_string_equal(args.words.items[3], "print");
    assert_string_equal(args.words.items[4], "seed=3");
}

static void a_wrong_command_line_gets_a_hint(void **state)
{
    (void)state;
    struct args args;
    assert_false(PARSE(&args, "--outptu", "json"));
    assert_string_equal(error.hint, "did you mean --output?");
    assert_false(PARSE(&args, "alerts.sql"));
    assert_non_null(strstr(error.hint, "weir run alerts.sql"));
    assert_false(PARSE(&args, "SHOW STREAMS;"));
    assert_non_null(strstr(error.hint, "-e"));
    assert_false(PARSE(&args, "-e"));
    assert_string_equal(error.message, "--execute wants a value");
    assert_false(PARSE(&args, "-o", "x"));
    assert_string_equal(error.message, "-o wants NAME=VALUE, not 'x'");
    assert_false(PARSE(&args, "--quiet=yes"));
    assert_false(PARSE(&args, "run", "a.sql", "-e", "SHOW STREAMS"));
    assert_false(PARSE(&args, "--output", "xml"));
    assert_false(PARSE(&args, "-z"));
}

/* ---- text on a terminal */

static void width_counts_columns_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(display_width(TEXT("caf\xc3\xa9")), 4);
    assert_int_equal(display_width(TEXT("\xe5\xb7\xa5\xe5\x9c\xb0")), 4);
    assert_int_equal(display_width(TEXT("e\xcc\x81")), 1);
    assert_int_equal(display_width(TEXT("\xf0\x9f\x9a\xa7!")), 3);
    unsigned used;
    assert_int_equal(display_fit(TEXT("\xe5\xb7\xa5\xe5\x9c\xb0"), 3, &used), 3);
    assert_int_equal(used, 2);
    assert_int_equal(display_fit(TEXT("\xe5\xb7\xa5"), 1, &used), 3);
}

static void control_characters_never_reach_the_terminal(void **state)
{
    (void)state;
    display_escape(&out, TEXT("a\x1b[31mb\n\t\x7f\xff\xc2\x9b\xe2\x80\xae\xc3\xa9"));
    assert_out("a\\x1b[31mb\\n\\t\\x7f\xef\xbf\xbd\\x9b\\u202e\xc3\xa9");
    assert_true(display_is_odd(TEXT("a\x1b")));
    assert_true(display_is_odd(TEXT("\xff")));
    assert_false(display_is_odd(TEXT("caf\xc3\xa9")));
}

static void folded_text_stands_on_one_line(void **state)
{
    (void)state;
    display_fold(&out, TEXT("  SELECT *\n\n   FROM x;\n"));
    assert_out("SELECT * FROM x;");
}

/* ---- tables */

static const struct cell people[][3] = {
    {{.text = {"1", 1}}, {.text = {"alice", 5}}, {.text = {"likes long walks in the dunes", 29}}},
    {{.text = {"12", 2}}, {.text = {"null", 4}, .faint = true}, {.text = {"", 0}}},
};

static struct table *people_table(void)
{
    struct table *table = table_make(arena, 3);
    table->columns[0] = (struct table_column){.title = TEXT("ID"), .right = true};
    table->columns[1] = (struct table_column){.title = TEXT("NAME"), .elastic = true};
    table->columns[2] = (struct table_column){.title = TEXT("NOTE")};
    for (int i = 0; i < 2; i++) table_measure(table, people[i]);
    return table;
}

static void print_people(const struct table *table)
{
    table_print_header(table, &out);
    for (int i = 0; i < 2; i++) table_print_row(table, people[i], &out);
}

static void a_column_is_as_wide_as_its_content(void **state)
{
    (void)state;
    struct table *table = people_table();
    assert_true(table_fit(table, 80, false));
    print_people(table);
    assert_out(" ID | NAME  | NOTE\n"
               "----+-------+-------------------------------\n"
               "  1 | alice | likes long walks in the dunes\n"
               " 12 | null  |\n");
}

static void the_widest_column_gives_way_and_breaks_at_spaces(void **state)
{
    (void)state;
    struct table *table = people_table();
    assert_true(table_fit(table, 30, false));
    print_people(table);
    assert_out(" ID | NAME  | NOTE\n"
               "----+-------+----------------\n"
               "  1 | alice | likes long\n"
               "    |       | walks in the\n"
               "    |       | dunes\n"
               " 12 | null  |\n");
}

static void columns_that_cannot_stand_side_by_side_are_refused(void **state)
{
    (void)state;
    assert_false(table_fit(people_table(), 20, false));
    struct table *table = people_table();
    assert_true(table_fit(table, 21, false));
    assert_int_equal(table->columns[1].width, 5);
    assert_int_equal(table->columns[2].width, 5);
}

static void a_word_is_not_broken_while_others_can_give_way(void **state)
{
    (void)state;
    struct table *table = table_make(arena, 2);
    static const struct cell cells[] = {{.text = {"2024-05-01T07:00:00.000", 23}}, {.text = {"one two three four five", 23}}};
    table->columns[0].title = TEXT("TIME");
    table->columns[1].title = TEXT("NOTE");
    table_measure(table, cells);
    assert_true(table_fit(table, 40, false));
    table_print_row(table, cells, &out);
    assert_out(" 2024-05-01T07:00:00.000 | one two\n"
               "                         | three four\n"
               "                         | five\n");
}

static void without_a_width_nothing_is_broken(void **state)
{
    (void)state;
    struct table *table = people_table();
    assert_true(table_fit(table, 0, true));
    static const struct cell longer[] = {{.text = {"3", 1}}, {.text = {"a longer name", 13}}, {.text = {"x", 1}}};
    table_print_row(table, longer, &out);
    assert_out("  3 | a longer name | x\n");
}

static void slack_goes_to_elastic_columns(void **state)
{
    (void)state;
    struct table *table = people_table();
    assert_true(table_fit(table, 80, true));
    assert_int_equal(table->columns[0].width, 2);
    assert_int_equal(table->columns[1].width, 40);
    assert_int_equal(table->columns[2].width, 29);
}

static void a_row_may_be_a_block(void **state)
{
    (void)state;
    table_print_record(people_table(), people[0], 7, &out);
    assert_out("--- row 7\nID   | 1\nNAME | alice\nNOTE | likes long walks in the dunes\n");
}

static void a_very_long_cell_is_cut(void **state)
{
    (void)state;
    struct table *table = table_make(arena, 1);
    char *text = arena_alloc(arena, 10000);
    memset(text, 'x', 10000);
    struct cell cell = {.text = {text, 10000}};
    table->columns[0].title = TEXT("X");
    table_measure(table, &cell);
    assert_true(table_fit(table, 43, false));
    table_print_row(table, &cell, &out);
    unsigned lines = 0;
    for (size_t i = 0; i < out.len; i++) lines += out.data[i] == '\n';
    assert_int_equal(lines, TABLE_MAX_LINES);
    assert_true(text_ends_with(buffer_text(&out), TEXT(" ...\n")));
}

/* ---- values and CSV */

static void values_are_shown_without_the_quotes_of_json(void **state)
{
    (void)state;
    struct value name = {.text = TEXT("it's \"x\"")}, day = {.integer = 0}, n = {.bigint = -5};
    cell_print(&out, &type_string, &name);
    buffer_append_char(&out, '|');
    cell_print(&out, &type_date, &day);
    buffer_append_char(&out, '|');
    cell_print(&out, &type_bigint, &n);
    assert_out("it's \"x\"|1970-01-01|-5");
    assert_text(cell_make(arena, &type_string, &NULL_VALUE).text, "null");
    assert_true(cell_make(arena, &type_string, &NULL_VALUE).faint);
}

static void a_csv_field_is_quoted_where_it_must_be(void **state)
{
    (void)state;
    csv_field(&out, TEXT("plain"), true);
    csv_field(&out, NO_TEXT, false);
    csv_field(&out, TEXT(""), false);
    csv_field(&out, TEXT("a,b"), false);
    csv_field(&out, TEXT("say \"x\""), false);
    csv_field(&out, TEXT("two\nlines"), false);
    csv_field(&out, TEXT(" x"), false);
    assert_out("plain,,\"\",\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\" x\"");
}

/* ---- answers */

static struct entity *streams(void)
{
    struct entity *answer = entity_object(arena);
    entity_set_string(answer, "@type", "streams");
    struct entity *row = entity_push_object(entity_set_list(answer, "streams"));
    entity_set_string(row, "name", "ORDERS");
    entity_set_string(row, "topic", "orders");
    entity_set_string(row, "keyFormat", "KAFKA");
    entity_set_text(row, "valueFormat", NO_TEXT);
    entity_set_boolean(row, "isWindowed", false);
    return answer;
}

/* What is shown of an answer in table mode, on no terminal. */
static void show(const struct entity *answer)
{
    struct output output = {.text = BUFFER(ROOM), .spool = -1};
    describe(&output, answer);
    buffer_append_text(&out, buffer_text(&output.text));
    buffer_free(&output.text);
}

static void a_list_is_a_table(void **state)
{
    (void)state;
    show(streams());
    assert_out(" Stream | Topic  | Key format | Value format | Windowed\n"
               "--------+--------+------------+--------------+----------\n"
               " ORDERS | orders | KAFKA      | null         | false\n");
}

static struct entity *add_schema(struct entity *object, const char *name, const char *type)
{
    struct entity *schema = entity_set_object(object, name);
    entity_set_string(schema, "type", type);
    return schema;
}

static void a_schema_reads_as_sql(void **state)
{
    (void)state;
    struct entity *schema = entity_object(arena);
    entity_set_string(schema, "type", "STRUCT");
    struct entity *fields = entity_set_list(schema, "fields"), *price = entity_push_object(fields), *tags;
    entity_set_string(price, "name", "PRICE");
    struct entity *parameters = entity_set_object(add_schema(price, "schema", "DECIMAL"), "parameters");
    entity_set_integer(parameters, "precision", 4);
    entity_set_integer(parameters, "scale", 2);
    tags = entity_push_object(fields);
    entity_set_string(tags, "name", "TAGS");
    add_schema(add_schema(add_schema(tags, "schema", "MAP"), "memberSchema", "ARRAY"), "memberSchema", "STRING");
    entity_print_schema(&out, schema);
    assert_out("STRUCT<PRICE DECIMAL(4, 2), TAGS MAP<STRING, ARRAY<STRING>>>");
}

static void a_source_is_described_with_its_fields(void **state)
{
    (void)state;
    struct entity *answer = entity_object(arena), *source, *fields, *field;
    entity_set_string(answer, "@type", "sourceDescription");
    source = entity_set_object(answer, "sourceDescription");
    entity_set_string(source, "name", "ORDERS");
    entity_set_string(source, "type", "STREAM");
    entity_set_boolean(source, "extended", false);
    entity_set_string(source, "statement", "CREATE ...");
    fields = entity_set_list(source, "fields");
    field = entity_push_object(fields);
    entity_set_string(field, "name", "ID");
    add_schema(field, "schema", "BIGINT");
    entity_set_string(field, "type", "KEY");
    field = entity_push_object(fields);
    entity_set_string(field, "name", "TRACE");
    add_schema(field, "schema", "BYTES");
    entity_set_string(field, "type", "HEADER");
    entity_set_string(field, "headerKey", "trace");
    entity_push_object(entity_set_list(answer, "warnings"));
    entity_set_string(entity_get(answer, "warnings")->items.items[0], "message", "look out");
    show(answer);
    assert_out("Name         : ORDERS\n"
               "Type         : STREAM\n"
               "\n"
               " Field | Type\n"
               "-------+-------------------------\n"
               " ID    | BIGINT (key)\n"
               " TRACE | BYTES (header('trace'))\n"
               "Warning: look out\n");
}

static void a_status_is_its_message(void **state)
{
    (void)state;
    struct entity *answer = entity_object(arena);
    entity_set_string(answer, "@type", "currentStatus");
    entity_set_string(entity_set_object(answer, "commandStatus"), "message", "Stream created");
    show(answer);
    assert_out("Stream created\n");
}

static void an_answer_of_an_unknown_type_is_json(void **state)
{
    (void)state;
    struct entity *answer = entity_object(arena);
    entity_set_string(answer, "@type", "news");
    show(answer);
    assert_non_null(strstr(out.data, "\"@type\" : \"news\""));
}

/* ---- completion and help */

static void complete(const char *line)
{
    struct vocabulary vocabulary = {0};
    struct completion completion;
    static const struct text sources[] = {TEXT("ORDERS"), TEXT("ORDER_ITEMS"), TEXT("Mixed")},
                             strings[] = {TEXT("orders-raw.v1"), TEXT("auto.offset.reset"), TEXT("JSON")},
                             phrases[] = {TEXT("\\d"), TEXT("\\d+"), TEXT("history"), TEXT("help select")};
    for (int i = 0; i < 3; i++) LIST_PUSH(arena, &vocabulary.names.sources, sources[i]);
    for (int i = 0; i < 3; i++) LIST_PUSH(arena, &vocabulary.strings, strings[i]);
    for (int i = 0; i < 4; i++) LIST_PUSH(arena, &vocabulary.phrases, phrases[i]);
    LIST_PUSH(arena, &vocabulary.names.others, TEXT("ORDERED_AT"));
    LIST_PUSH(arena, &vocabulary.keywords, TEXT("VALUE_FORMAT"));
    complete_word(arena, text_of(line), &vocabulary, &completion);
    buffer_clear(&out);
    buffer_printf(&out, "%zu", completion.start);
    for (uint32_t i = 0; i < completion.matches.n; i++)
        buffer_printf(&out, " " TEXT_FMT, TEXT_ARG(completion.matches.items[i]));
}

static void a_word_is_completed_by_keywords_and_names(void **state)
{
    (void)state;
    complete("SELECT * FROM ORDER");
    assert_out("14 ORDERED_AT ORDERS ORDER_ITEMS");
    complete("select * from order_");
    assert_out("14 order_items");
    complete("x=mix");
    assert_out("2 `Mixed`");
    complete("sho");
    assert_out("0 show");
    complete("with (value_f");
    assert_out("6 value_format");
    complete("desc");
    assert_out("0 describe");
    complete("\\d");
    assert_out("0 \\d \\d+");
    complete("his");
    assert_out("0 history");
    complete("SELECT his");
    assert_out("7");
    complete("SELECT * FROM ");
    assert_out("14 ORDERS ORDER_ITEMS `Mixed`");
    complete("describe ");
    assert_out("9 `Mixed` order_items orders");
    complete("\\d ");
    assert_out("3 `Mixed` order_items orders");
    complete("select ");
    assert_out("7");
    complete("help sel");
    assert_out("0 help select");
    complete("");
    assert_out("0");
}

static void a_word_in_quotes_is_completed_by_what_stands_there(void **state)
{
    (void)state;
    complete("SET 'auto");
    assert_out("5 auto.offset.reset");
    complete("SET 'auto.offset.reset' = '");
    assert_out("27 JSON auto.offset.reset orders-raw.v1");
    complete("WITH (VALUE_FORMAT='js");
    assert_out("20 JSON");
    complete("print ord");
    assert_out("6 'orders-raw.v1'");
    complete("print 'orders-raw.v1' fr");
    assert_out("22 from");
    complete("print 'orders-r");
    assert_out("7 orders-raw.v1");
    complete("SELECT `m");
    assert_out("8 Mixed");
    assert_true(complete_wants_strings(TEXT("PRINT o")));
    assert_true(complete_wants_strings(TEXT("SET 'o")));
    assert_false(complete_wants_strings(TEXT("SET 'o' = o")));
    assert_false(complete_wants_strings(TEXT("SELECT `o")));
}

static void matches_share_what_they_begin_with(void **state)
{
    (void)state;
    struct name_list names = {0};
    LIST_PUSH(arena, &names, TEXT("ORDERS"));
    LIST_PUSH(arena, &names, TEXT("ORDER_ITEMS"));
    assert_int_equal(complete_common(&names), 5);
}

static void help_finds_topics_by_their_beginning(void **state)
{
    (void)state;
    assert_true(help_print(TEXT("create stream"), &out, &error));
    assert_non_null(strstr(out.data, "KAFKA_TOPIC"));
    assert_non_null(strstr(out.data, "AS SELECT"));
    assert_false(help_print(TEXT("selekt"), &out, &error));
    assert_string_equal(error.hint, "did you mean select?");
}

/* ---- history */

static void history_keeps_entries_of_many_lines(void **state)
{
    (void)state;
    char path[] = "/tmp/weir-history-XXXXXX";
    close(mkstemp(path));
    unlink(path);
    struct history_file history;
    history_file_open(&history, path);
    history_file_add(&history, TEXT("SELECT 'a\\n'\nFROM x;"));
    history_file_add(&history, TEXT("SELECT 'a\\n'\nFROM x;"));
    history_file_close(&history);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    history_file_open(&history, path);
    assert_int_equal(history.n, 1);
    assert_text(history.items[0], "SELECT 'a\\n'\nFROM x;");
    for (int i = 0; i < 2 * HISTORY_FILE_KEEP; i++) history_file_add(&history, text_printf(arena, "%d", i));
    history_file_close(&history);
    history_file_open(&history, path);
    assert_int_equal(history.n, HISTORY_FILE_KEEP);
    assert_text(history.items[HISTORY_FILE_KEEP - 1], "1999");
    history_file_close(&history);
    unlink(path);
}

/* ---- datagen */

static struct buffer printed;

static bool keep_printed(struct text lines)
{
    buffer_append_text(&printed, lines);
    return true;
}

static bool never(void)
{
    return false;
}

#define GENERATE(...) generate((const char *[]){__VA_ARGS__}, sizeof(const char *[]){__VA_ARGS__} / sizeof(char *))

static void generate(const char *const *words, size_t n)
{
    struct datagen_options options;
    buffer_clear(&printed);
    if (!datagen_parse(arena, words, (uint32_t)n, &options, &error)) fail_msg("%s", error.message);
    datagen_print(&options, never, keep_printed);
}

static void the_same_seed_and_start_give_the_same_events(void **state)
{
    (void)state;
    printed = BUFFER(ROOM);
    GENERATE("ppe", "count=50", "seed=7", "start=2024-05-01T07:00:00");
    struct text first = text_copy(arena, buffer_text(&printed));
    GENERATE("ppe", "count=50", "seed=7", "start=2024-05-01T07:00:00");
    assert_true(text_equal(first, buffer_text(&printed)));
    GENERATE("ppe", "count=50", "seed=8", "start=2024-05-01T07:00:00");
    assert_false(text_equal(first, buffer_text(&printed)));
    buffer_free(&printed);
}

static void samples_have_formats_and_keys(void **state)
{
    (void)state;
    printed = BUFFER(ROOM);
    GENERATE("users", "count=1", "seed=1", "start=1970-01-01T00:00:01", "format=delimited", "key=none");
    assert_true(text_starts_with(buffer_text(&printed), TEXT("\t1000,User_")));
    GENERATE("orders", "count=2", "seed=1", "start=1970-01-01");
    assert_true(text_starts_with(buffer_text(&printed), TEXT("0\t{\"ordertime\":0,\"orderid\":0,\"userid\":\"User_")));
    assert_non_null(strstr(printed.data, "\"address\":{\"city\":\""));
    GENERATE("pageviews", "count=1", "key=PAGEID");
    assert_true(text_starts_with(buffer_text(&printed), TEXT("Page_")));
    buffer_free(&printed);
}

static void the_stretches_of_a_camera_follow_each_other(void **state)
{
    (void)state;
    enum { N = 5000, CAMERAS = 10 };
    struct random random = {.state = 42};
    void *site = sample_ppe.open(arena, &random, CAMERAS);
    struct text status[CAMERAS] = {0}, until[CAMERAS] = {0};
    unsigned alarms = 0;
    for (int i = 0; i < N; i++) {
        struct event event = {.arena = arena, .time_ms = 1000 + i * 1000};
        sample_ppe.next(site, &random, &event);
        int camera = atoi(event_find(&event, TEXT("camera_id"))->text.data + 4) - 1;
        struct text now = event_find(&event, TEXT("status"))->text,
                    before = event_find(&event, TEXT("previous_status"))->text;
        if (until[camera].data) {
            assert_true(text_equal(event_find(&event, TEXT("start_time"))->text, until[camera]));
            assert_true(text_equal(before, status[camera]));
        }
        int64_t workers = event_find(&event, TEXT("workers"))->number,
                hats = event_find(&event, TEXT("hard_hats"))->number;
        assert_int_equal(text_equal(now, TEXT("ALARM: no hard hat")), hats < workers);
        alarms += text_starts_with(before, TEXT("ALARM: "));
        status[camera] = now;
        until[camera] = event_find(&event, TEXT("end_time"))->text;
    }
    assert_in_range(alarms, N / 10 - 100, N / 10 + 100);
}

static void events_are_written_to_a_topic_that_is_made(void **state)
{
    (void)state;
    struct broker *broker = broker_open_memory();
    struct datagen_options options;
    const char *words[] = {"orders", "topic=shop", "count=25", "partitions=3"};
    uint64_t n;
    assert_true(datagen_parse(arena, words, 4, &options, &error));
    assert_true(datagen_write(&options, broker, never, &n, &error));
    assert_int_equal(n, 25);
    struct topic_info info;
    assert_true(broker_describe_topic(broker, arena, TEXT("shop"), &info, &error));
    assert_int_equal(info.n_partitions, 3);
    int64_t sum = 0, first, end;
    for (int32_t p = 0; p < 3; p++) {
        assert_true(broker_offsets(broker, TEXT("shop"), p, &first, &end, &error));
        sum += end - first;
    }
    assert_int_equal(sum, 25);
    broker_close(broker);
}

static void an_integer_key_is_big_endian_bytes(void **state)
{
    (void)state;
    field_encode_key(&out, &(struct field){.kind = FIELD_INTEGER, .number = 258});
    field_encode_key(&out, &(struct field){.kind = FIELD_BIGINT, .number = -1});
    assert_int_equal(out.len, 12);
    assert_memory_equal(out.data, "\0\0\1\2\xff\xff\xff\xff\xff\xff\xff\xff", 12);
}

static void datagen_refuses_what_it_does_not_know(void **state)
{
    (void)state;
    struct datagen_options options;
    const char *const wrong[][2] = {{"pppe", "ppe"}, {"rte=5", "rate"}, {"rate=x", "rate=N"}, {"count=-1", "count=N"},
                                    {"key=camera", "camera_id"}, {"format=xml", "json"}, {"start=noon", "start=TIME"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(datagen_parse(arena, &wrong[i][0], 1, &options, &error));
        if (!strstr(error.hint, wrong[i][1])) fail_msg("'%s' is not in the hint '%s'", wrong[i][1], error.hint);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(options_stand_before_and_behind_the_command, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pieces_keep_their_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(words_of_datagen_are_handed_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wrong_command_line_gets_a_hint, set_up, tear_down),
        cmocka_unit_test_setup_teardown(width_counts_columns_not_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(control_characters_never_reach_the_terminal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(folded_text_stands_on_one_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_column_is_as_wide_as_its_content, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_widest_column_gives_way_and_breaks_at_spaces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(columns_that_cannot_stand_side_by_side_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_word_is_not_broken_while_others_can_give_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_width_nothing_is_broken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(slack_goes_to_elastic_columns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_row_may_be_a_block, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_very_long_cell_is_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values_are_shown_without_the_quotes_of_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_csv_field_is_quoted_where_it_must_be, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_list_is_a_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_schema_reads_as_sql, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_source_is_described_with_its_fields, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_status_is_its_message, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_answer_of_an_unknown_type_is_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_word_is_completed_by_keywords_and_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_word_in_quotes_is_completed_by_what_stands_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(matches_share_what_they_begin_with, set_up, tear_down),
        cmocka_unit_test_setup_teardown(help_finds_topics_by_their_beginning, set_up, tear_down),
        cmocka_unit_test_setup_teardown(history_keeps_entries_of_many_lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_seed_and_start_give_the_same_events, set_up, tear_down),
        cmocka_unit_test_setup_teardown(samples_have_formats_and_keys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_stretches_of_a_camera_follow_each_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(events_are_written_to_a_topic_that_is_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_integer_key_is_big_endian_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(datagen_refuses_what_it_does_not_know, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
