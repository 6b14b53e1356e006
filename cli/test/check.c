/* check.c - what a script expects of an answer, against what came. */
#include "cli/test/answer.h"
#include "cli/test/json.h"
#include <stdio.h>

enum { CEILING = 16 << 20, SHOWN_LINES = 6 };

/* A check at work: which entity, row, line and notice is the next to be looked at. */
struct checker {
    const struct test_answer *answer;
    uint32_t entity, row, line, notice;
    struct buffer *out;
};

static bool differ(struct checker *checker, struct text expected, struct text came)
{
    buffer_printf(checker->out, "  expected  " TEXT_FMT "\n  came      " TEXT_FMT "\n", TEXT_ARG(expected),
                  TEXT_ARG(came));
    return false;
}

static struct text take(const struct test_lines *lines, uint32_t *next)
{
    uint32_t at = (*next)++;
    return at < lines->n ? lines->items[at] : TEXT("nothing more");
}

/* Of several answers (RUN SCRIPT) each check takes the next; a single one may be looked at by many. */
static struct text take_entity(struct checker *checker)
{
    const struct test_lines *entities = &checker->answer->entities;
    if (entities->n == 1) return entities->items[0];
    return take(entities, &checker->entity);
}

static bool has(struct text all, struct text part)
{
    return memmem(all.data, all.len, part.data, part.len) != NULL;
}

/* In one line each, whatever white space stands between tokens. */
static bool same_json(struct arena *arena, struct text a, struct text b)
{
    struct buffer x = BUFFER(CEILING), y = BUFFER(CEILING);
    struct test_json *json;
    bool ok = test_json_parse(arena, &a, &json, NULL);
    if (ok) test_json_print(&x, json);
    ok = ok && test_json_parse(arena, &b, &json, NULL);
    if (ok) test_json_print(&y, json);
    ok = ok && text_equal(buffer_text(&x), buffer_text(&y));
    buffer_free(&x);
    buffer_free(&y);
    return ok;
}

/* Not the next of the lines, but this one; what stands behind it tells more. */
static bool differ_in(struct checker *checker, struct text expected, const struct test_lines *lines, uint32_t at)
{
    differ(checker, expected, at < lines->n ? lines->items[at] : TEXT("nothing more"));
    for (uint32_t i = at + 1; i < lines->n && i < at + SHOWN_LINES; i++)
        buffer_printf(checker->out, "  then      " TEXT_FMT "\n", TEXT_ARG(lines->items[i]));
    return false;
}

static bool check_row(struct checker *checker, const struct test_check *check)
{
    struct text came = take(&checker->answer->rows, &checker->row), columns = came;
    bool deleted = text_starts_with(came, TEXT("deleted "));
    if (deleted) columns.data += 8, columns.len -= 8;
    if (deleted == (check->word == TEST_DELETED) && same_json(checker->answer->arena, check->rest, columns))
        return true;
    return differ_in(checker, check->rest, &checker->answer->rows, checker->row - 1);
}

static bool check_contains(struct checker *checker, const struct test_lines *lines, uint32_t *next,
                           const struct test_check *check)
{
    return has(take(lines, next), check->rest) || differ_in(checker, check->rest, lines, *next - 1);
}

static bool check_equal(struct checker *checker, struct text came, const struct test_check *check)
{
    return text_equal(came, check->rest) || differ(checker, check->rest, came);
}

static bool check_answer(struct checker *checker, const struct test_check *check)
{
    struct arena *arena = checker->answer->arena;
    struct text came = take_entity(checker), rest = check->rest, all = came;
    struct test_json *part, *whole;
    struct error error;
    if (!test_json_parse(arena, &rest, &part, &error)) {
        buffer_printf(checker->out, "  what is expected is %s\n", error.message);
        return false;
    }
    if (!test_json_parse(arena, &all, &whole, NULL)) return differ(checker, check->rest, came);
    struct buffer where = BUFFER(CEILING);
    bool ok = test_json_covers(part, whole, &where);
    if (!ok) buffer_printf(checker->out, "  the answer's " TEXT_FMT "\n", TEXT_ARG(buffer_text(&where)));
    if (!ok) differ(checker, check->rest, came);
    buffer_free(&where);
    return ok;
}

/* The member at a path of names with points between them. */
static const struct test_json *find_member(const struct test_json *json, struct text path)
{
    char name[128];
    while (json && path.len) {
        const char *point = memchr(path.data, '.', path.len);
        size_t len = point ? (size_t)(point - path.data) : path.len;
        snprintf(name, sizeof name, "%.*s", (int)len, path.data);
        json = test_json_get(json, name);
        path = (struct text){path.data + len + (point != NULL), path.len - len - (point != NULL)};
    }
    return json;
}

/* Line by line, as a script would have it, so that it can be pasted there. */
static void print_block(struct buffer *out, struct text text)
{
    while (text.len) {
        const char *end = memchr(text.data, '\n', text.len);
        size_t len = end ? (size_t)(end - text.data) : text.len;
        buffer_printf(out, len ? "--| %.*s\n" : "--|\n", (int)len, text.data);
        text = (struct text){text.data + len + (end != NULL), text.len - len - (end != NULL)};
    }
}

static bool check_text(struct checker *checker, const struct test_check *check)
{
    struct text came = take_entity(checker), all = came;
    struct test_json *json;
    if (!test_json_parse(checker->answer->arena, &all, &json, NULL)) return differ(checker, check->rest, came);
    const struct test_json *member = find_member(json, check->rest);
    if (!member) return differ(checker, check->rest, came);
    struct text text = test_json_text(member);
    if (text_equal(text_trim(text), text_trim(check->block))) return true;
    buffer_append_string(checker->out, "  expected\n");
    print_block(checker->out, check->block);
    buffer_append_string(checker->out, "  came\n");
    print_block(checker->out, text);
    return false;
}

static bool check_error(struct checker *checker, const struct test_check *check, const struct error *failure)
{
    if (!failure) return differ(checker, check->rest, TEXT("no error"));
    struct text message = text_of(failure->message), hint = text_of(failure->hint);
    if (has(message, check->rest) || has(hint, check->rest)) return true;
    return differ(checker, check->rest,
                  text_printf(checker->answer->arena, "%s (%s)", failure->message, failure->hint));
}

static bool run_check(struct checker *checker, const struct test_check *check, const struct error *failure)
{
    switch (check->word) {
    case TEST_ERROR: return check_error(checker, check, failure);
    case TEST_ANSWER: return check_answer(checker, check);
    case TEST_TEXT: return check_text(checker, check);
    case TEST_HEADER: return check_equal(checker, checker->answer->header, check);
    case TEST_ROW:
    case TEST_DELETED: return check_row(checker, check);
    case TEST_LINE: return check_contains(checker, &checker->answer->lines, &checker->line, check);
    case TEST_ENDS: return check_equal(checker, checker->answer->ends, check);
    default: return check_contains(checker, &checker->answer->notices, &checker->notice, check);
    }
}

/* Where rows or lines are looked at, there may be no others. */
static bool check_rest(struct checker *checker)
{
    const struct test_answer *answer = checker->answer;
    if (checker->row && checker->row < answer->rows.n)
        return differ_in(checker, TEXT("no further row"), &answer->rows, checker->row);
    if (checker->line && checker->line < answer->lines.n)
        return differ_in(checker, TEXT("no further line"), &answer->lines, checker->line);
    if (!answer->late) return true;
    buffer_append_string(checker->out, "  the query did not end in time\n");
    return false;
}

bool test_answer_check(const struct test_answer *answer, const struct test_checks *checks, const struct error *failure,
                       unsigned *line, struct buffer *out)
{
    struct checker checker = {.answer = answer, .out = out};
    for (uint32_t i = 0; i < checks->n; i++) {
        *line = checks->items[i].line;
        if (!run_check(&checker, &checks->items[i], failure)) return false;
    }
    return check_rest(&checker);
}
