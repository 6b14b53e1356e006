/* script.c - splitting a script into steps. A directive is added by a row here and by what it does in run.c
 * or check.c. */
#include "cli/test/script.h"
#include "engine/base/buffer.h"
#include "parser/parse.h"

enum place { STEP, HEAD, CHECK };

struct directive {
    const char *name;
    enum place place;
    const char *rest; /* what stands behind it */
    const char *does;
};

static const struct directive test_directives[] = {
    [TEST_STATEMENT] = {"", STEP, "", ""},
    [TEST_SEND] = {"send", STEP, "TOPIC RECORD", "writes a record"},
    [TEST_EXPECT] = {"expect", STEP, "TOPIC RECORD|nothing", "the topic's next record is this; waits for it"},
    [TEST_SETTLE] = {"settle", STEP, "", "waits until the queries have read all there is"},
    [TEST_RESTART] = {"restart", STEP, "", "closes the engine and opens it again"},
    [TEST_ADVANCE] = {"advance", STEP, "N seconds|minutes|...", "moves the clock on"},
    [TEST_CLOCK] = {"clock", STEP, "MILLISECONDS", "stops the clock at that time since 1970"},
    [TEST_LOG] = {"log", STEP, "TEXT", "the engine has logged this; what it logs else fails the script"},
    [TEST_OPTION] = {"option", HEAD, "NAME=VALUE", "a setting that the engine starts with"},
    [TEST_ONLY] = {"only", HEAD, "memory|local|kafka", "the script is for these brokers"},
    [TEST_ERROR] = {"error", CHECK, "TEXT", "it fails, with the text in its message or hint"},
    [TEST_ANSWER] = {"answer", CHECK, "JSON", "the answer has all of this, and may have more"},
    [TEST_TEXT] = {"text", CHECK, "PATH", "the text there in the answer is the lines below, each behind --|"},
    [TEST_HEADER] = {"header", CHECK, "COLUMNS", "the query's columns, such as `ID` INTEGER, `ITEM` STRING"},
    [TEST_ROW] = {"row", CHECK, "JSON", "the next row is this array"},
    [TEST_DELETED] = {"deleted", CHECK, "JSON", "the next row says that this was deleted"},
    [TEST_LINE] = {"line", CHECK, "TEXT", "the next line of PRINT has this in it"},
    [TEST_ENDS] = {"ends", CHECK, "TEXT", "how the query ended: Limit Reached"},
    [TEST_NOTICE] = {"notice", CHECK, "TEXT", "the next remark has this in it"},
};

enum { N_WORDS = sizeof test_directives / sizeof *test_directives };

struct splitter {
    struct arena *arena;
    struct text all;
    size_t at;
    struct test_script *script;
    struct error *error;
};

static struct text rest_of(const struct splitter *splitter)
{
    return (struct text){splitter->all.data + splitter->at, splitter->all.len - splitter->at};
}

static unsigned line_at(const struct splitter *splitter)
{
    unsigned line, column;
    error_locate(splitter->all, (uint32_t)splitter->at, &line, &column);
    return line;
}

static void print_directives(struct buffer *out, const char *heading, enum place place)
{
    buffer_printf(out, "%s:\n", heading);
    for (int word = TEST_STATEMENT + 1; word < N_WORDS; word++) {
        const struct directive *directive = &test_directives[word];
        if (directive->place != place) continue;
        int width = 32 - (int)strlen(directive->name);
        buffer_printf(out, "  --@ %s %-*s  %s\n", directive->name, width, directive->rest, directive->does);
    }
}

void test_script_print_directives(struct buffer *out)
{
    print_directives(out, "Between statements", STEP);
    print_directives(out, "Behind a statement", CHECK);
    print_directives(out, "Before all else", HEAD);
}

static bool refuse(const struct splitter *splitter, const char *why)
{
    struct span span = {(uint32_t)splitter->at, (uint32_t)splitter->at + 1};
    return error_set(splitter->error, ERROR_INPUT, span, "%s", why);
}

/* The line at hand, without its end; the splitter moves behind it. */
static struct text take_line(struct splitter *splitter)
{
    struct text rest = rest_of(splitter);
    const char *end = memchr(rest.data, '\n', rest.len);
    struct text line = {rest.data, end ? (size_t)(end - rest.data) : rest.len};
    splitter->at += line.len + (end != NULL);
    return line;
}

/* ---- directives */

/* Lines that begin with --|, one under the other. */
static struct text take_block(struct splitter *splitter)
{
    struct buffer block = BUFFER(1 << 20);
    while (text_starts_with(rest_of(splitter), TEXT("--|"))) {
        struct text line = take_line(splitter);
        size_t prefix = line.len > 3 && line.data[3] == ' ' ? 4 : 3;
        buffer_append(&block, line.data + prefix, line.len - prefix);
        buffer_append_char(&block, '\n');
    }
    struct text text = text_copy(splitter->arena, buffer_text(&block));
    buffer_free(&block);
    return text;
}

static enum test_word find_word(struct text name)
{
    for (int word = TEST_STATEMENT + 1; word < N_WORDS; word++)
        if (text_equal(name, text_of(test_directives[word].name))) return (enum test_word)word;
    return TEST_STATEMENT;
}

static bool unknown(const struct splitter *splitter, struct text name)
{
    struct text names[N_WORDS];
    for (int word = 0; word < N_WORDS; word++) names[word] = text_of(test_directives[word].name);
    struct text nearest = text_nearest(name, names, N_WORDS);
    refuse(splitter, "there is no such directive");
    if (nearest.len) return error_hint(splitter->error, "did you mean --@ " TEXT_FMT "?", TEXT_ARG(nearest));
    return error_hint(splitter->error, "weir test --help lists them");
}

static bool lacking(const struct splitter *splitter, const struct directive *directive)
{
    refuse(splitter, "something is missing behind this");
    return error_hint(splitter->error, "--@ %s %s: %s", directive->name, directive->rest, directive->does);
}

static bool check_place(const struct splitter *splitter, enum test_word word)
{
    const struct test_script *script = splitter->script;
    const struct test_step *last = script->n ? &script->items[script->n - 1] : NULL;
    if (test_directives[word].place == CHECK && (!last || last->word != TEST_STATEMENT))
        return refuse(splitter, "this looks at the answer of a statement, and none stands before it");
    if (test_directives[word].place == HEAD && last && test_directives[last->word].place != HEAD)
        return refuse(splitter, "this must stand before the first statement");
    return true;
}

static bool take_directive(struct splitter *splitter)
{
    struct splitter before = *splitter;
    unsigned line = line_at(splitter);
    struct text text = text_trim(take_line(splitter));
    text = text_trim((struct text){text.data + 3, text.len - 3});
    size_t len = 0;
    while (len < text.len && text.data[len] > ' ') len++;
    enum test_word word = find_word((struct text){text.data, len});
    struct text rest = text_trim((struct text){text.data + len, text.len - len});
    if (word == TEST_STATEMENT) return unknown(&before, (struct text){text.data, len});
    if (!check_place(&before, word)) return false;
    if (!rest.len && *test_directives[word].rest) return lacking(&before, &test_directives[word]);
    if (test_directives[word].place != CHECK) {
        struct test_step step = {.word = word, .line = line, .text = rest};
        LIST_PUSH(splitter->arena, splitter->script, step);
        return true;
    }
    struct test_check check = {.word = word, .line = line, .rest = rest, .block = take_block(splitter)};
    if (check.block.len && word != TEST_TEXT)
        return refuse(&before, "lines that begin with --| belong behind --@ text");
    LIST_PUSH(splitter->arena, &splitter->script->items[splitter->script->n - 1].checks, check);
    return true;
}

/* ---- statements */

/* Moves over a comment of either kind; false if there is none. */
static bool skip_comment(struct splitter *splitter)
{
    struct text rest = rest_of(splitter);
    if (text_starts_with(rest, TEXT("--"))) {
        take_line(splitter);
        return true;
    }
    if (!text_starts_with(rest, TEXT("/*"))) return false;
    const char *end = memmem(rest.data, rest.len, "*/", 2);
    splitter->at = end ? (size_t)(end + 2 - splitter->all.data) : splitter->all.len;
    return true;
}

static bool take_statement(struct splitter *splitter)
{
    struct test_step step = {.word = TEST_STATEMENT, .line = line_at(splitter), .text = rest_of(splitter)};
    step.text.len = parse_statement_end(step.text);
    if (!step.text.len) return refuse(splitter, "this statement does not end: a semicolon is missing");
    if (memmem(step.text.data, step.text.len, "\n--@", 4))
        return refuse(splitter, "a directive stands within this statement: a semicolon is missing before it");
    splitter->at += step.text.len;
    LIST_PUSH(splitter->arena, splitter->script, step);
    return true;
}

static void skip_space(struct splitter *splitter)
{
    while (splitter->at < splitter->all.len && (unsigned char)splitter->all.data[splitter->at] <= ' ') splitter->at++;
}

bool test_script_parse(struct arena *arena, struct text text, struct test_script *script, struct error *error)
{
    struct splitter splitter = {.arena = arena, .all = text, .script = script, .error = error};
    *script = (struct test_script){0};
    for (skip_space(&splitter); splitter.at < text.len; skip_space(&splitter)) {
        if (text_starts_with(rest_of(&splitter), TEXT("--@"))) {
            if (!take_directive(&splitter)) return false;
        } else if (!skip_comment(&splitter) && !take_statement(&splitter))
            return false;
    }
    return true;
}
