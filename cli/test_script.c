/* test_script.c - splitting a script into steps. A directive is added by a row here and by what it does in test_run.c
 * or test_check.c. */
#include "cli/test_script.h"
#include "engine/base/buffer.h"
#include "parser/parse.h"

struct directive {
    const char *name;
    enum { STEP, HEAD, CHECK } place;
};

static const struct directive test_directives[] = {
    [TEST_STATEMENT] = {"", STEP},       [TEST_SEND] = {"send", STEP},       [TEST_EXPECT] = {"expect", STEP},
    [TEST_SETTLE] = {"settle", STEP},    [TEST_RESTART] = {"restart", STEP}, [TEST_ADVANCE] = {"advance", STEP},
    [TEST_CLOCK] = {"clock", STEP},      [TEST_LOG] = {"log", STEP},         [TEST_OPTION] = {"option", HEAD},
    [TEST_ONLY] = {"only", HEAD},        [TEST_ERROR] = {"error", CHECK},    [TEST_ANSWER] = {"answer", CHECK},
    [TEST_TEXT] = {"text", CHECK},       [TEST_HEADER] = {"header", CHECK},  [TEST_ROW] = {"row", CHECK},
    [TEST_DELETED] = {"deleted", CHECK}, [TEST_LINE] = {"line", CHECK},      [TEST_ENDS] = {"ends", CHECK},
    [TEST_NOTICE] = {"notice", CHECK},
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
    if (word == TEST_STATEMENT) return refuse(&before, "there is no such directive");
    if (!check_place(&before, word)) return false;
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
