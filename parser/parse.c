/* parse.c - cuts a text into statements and drives the grammar over each.
 *
 * A statement's text is found first: it ends at the first semicolon token. That text is copied into the arena, so that
 * names and strings of the tree can point into it, and lexed again for the grammar. So an error never makes the parser
 * lose its place, and variables are replaced before the grammar sees anything.
 *
 * What cannot be told by the grammar is checked here: length, nesting, encoding, and the semicolon itself.
 */
#include "parser/parse.h"
#include "grammar.h"
#include "parser/grammar_api.h"
#include "parser/keyword.h"
#include "parser/syntax_error.h"
#include "parser/variables.h"
#include <stdlib.h>

enum { MAX_STACK = PARSE_MAX_NESTING * 12 }; /* no nesting that is allowed needs more; a row of NOT or ARRAY< does */

/* ---- one statement, expression or type */

/* The next token, its keyword told, its place as a span. */
static struct token next_token(const struct build *build, struct lexer *lexer)
{
    struct token token = lexer_next(lexer);
    if (token.code == TOKEN_IDENTIFIER) {
        int keyword =
            keyword_find((struct text){lexer->text.data + token.span.start, token.span.end - token.span.start});
        if (keyword) token.code = keyword;
    }
    token.span.start += build->base;
    token.span.end += build->base;
    return token;
}

static int nesting_change(int token)
{
    switch (token) {
    case TOKEN_LPAREN:
    case TOKEN_LBRACKET:
    case TOKEN_CASE: return 1;
    case TOKEN_RPAREN:
    case TOKEN_RBRACKET:
    case TOKEN_END: return -1;
    default: return 0;
    }
}

/* Refuses a token that no grammar should see. */
static bool check_token(struct build *build, struct token token, int nesting)
{
    struct error error = {0};
    if (!lexer_explain(token, build_text(build, token), &error)) {
        build_fail(build, error.code, error.span, "%s", error.message);
        return error_hint(build->error, "%s", error.hint);
    }
    if (token.code == TOKEN_VARIABLE)
        return build_fail(build, ERROR_SYNTAX, token.span, "variables are not replaced here");
    if (nesting > PARSE_MAX_NESTING)
        return build_fail(build, ERROR_LIMIT, token.span, "nested deeper than %d levels", PARSE_MAX_NESTING);
    return true;
}

/* What would have fitted in place of the last token, which did not. The parser that met it has acted on rules before it
 * saw that, and has left the state in which more would have: another is led to the same place. */
static void find_expected(struct build *build, int start, struct token last)
{
    struct build again = *build;
    again.error = NULL;
    again.statement = ARENA_MAKE(build->arena, struct tree_statement);
    struct lexer lexer = {.text = build->sql};
    struct token token = {start, NO_SPAN};
    void *parser = grammarAlloc(heap_alloc, &again);
    do {
        grammar(parser, token.code, token);
        again.end = token.span.end;
        token = next_token(build, &lexer);
    } while (token.span.start < last.span.start);
    grammar_expected(parser, build->expected);
    grammarFree(parser, free);
}

static void feed(struct build *build, void *parser, int start)
{
    struct lexer lexer = {.text = build->sql};
    struct token previous = {0}, token;
    int nesting = 0;
    do {
        token = next_token(build, &lexer);
        nesting += nesting_change(token.code);
        if (!check_token(build, token, nesting)) return;
        grammar(parser, token.code, token);
        if (build->unexpected) {
            find_expected(build, start, token);
            syntax_error_report(build, previous, token);
        }
        if (grammar_stack(parser) > MAX_STACK)
            build_fail(build, ERROR_LIMIT, token.span, "nested deeper than %d levels", PARSE_MAX_NESTING);
        build->end = token.span.end;
        previous = token;
    } while (token.code && !build->failed);
}

/* Parses build->sql from the token that says what it is. */
static bool run(struct build *build, int start)
{
    void *parser = grammarAlloc(heap_alloc, build);
    grammar(parser, start, (struct token){0});
    feed(build, parser, start);
    grammarFree(parser, free);
    if (!build->failed && build->too_large) build_fail_range(build, build->too_large->span);
    return !build->failed;
}

static bool check_text(struct text sql, uint32_t base, struct error *error)
{
    if (sql.len > PARSE_MAX_STATEMENT)
        return error_set(error, ERROR_LIMIT, (struct span){base, base + 1},
                         "a statement may have %d bytes, this one has %zu", PARSE_MAX_STATEMENT, sql.len);
    uint32_t valid = (uint32_t)text_valid_utf8(sql);
    if (valid < sql.len)
        return error_set(error, ERROR_SYNTAX, (struct span){base + valid, base + valid + 1},
                         "the text is not valid UTF-8");
    return true;
}

static bool run_text(struct build *build, struct text sql, int start)
{
    if (!check_text(sql, 0, build->error)) return false;
    build->sql = text_copy(build->arena, sql);
    return run(build, start);
}

bool parse_expression(struct arena *arena, struct text sql, struct tree_expr **expr, struct error *error)
{
    struct build build = {.arena = arena, .error = error};
    bool parsed = run_text(&build, sql, TOKEN_START_EXPRESSION);
    *expr = parsed ? build.expr : NULL;
    return parsed;
}

bool parse_type(struct arena *arena, struct text sql, struct tree_type **type, struct error *error)
{
    struct build build = {.arena = arena, .error = error};
    bool parsed = run_text(&build, sql, TOKEN_START_TYPE);
    *type = parsed ? build.type : NULL;
    return parsed;
}

/* ---- scripts */

/* Where a statement stands in a text. */
struct extent {
    size_t start, end; /* from its first token to its last, without the semicolon; equal if there is no statement */
    size_t next;       /* behind the semicolon, or the end of the text */
    bool ended;        /* there is a semicolon */
    bool variables;
};

static bool has_variables(struct text text, struct token token)
{
    if (token.code != TOKEN_STRING_VALUE) return token.code == TOKEN_VARIABLE;
    return variables_in_string((struct text){text.data + token.span.start, token.span.end - token.span.start});
}

static struct extent find_extent(struct text text, size_t at)
{
    struct lexer lexer = {.text = text, .at = at};
    struct extent extent = {0};
    struct token token;
    while ((token = lexer_next(&lexer)).code && token.code != TOKEN_SEMICOLON) {
        if (extent.start == extent.end) extent.start = token.span.start;
        extent.end = token.span.end;
        extent.variables |= has_variables(text, token);
    }
    extent.next = lexer.at;
    extent.ended = token.code == TOKEN_SEMICOLON;
    return extent;
}

size_t parse_statement_end(struct text text)
{
    struct extent extent = find_extent(text, 0);
    return extent.ended ? extent.next : 0;
}

static bool is_open(int code)
{
    return code == TOKEN_OPEN_STRING || code == TOKEN_OPEN_NAME || code == TOKEN_OPEN_COMMENT;
}

bool parse_scan_end(struct parse_scan *scan, struct text text)
{
    struct lexer lexer = {.text = text, .at = scan->at};
    struct token token;
    scan->open = false;
    while ((token = lexer_next(&lexer)).code) {
        scan->open = is_open(token.code);
        if (scan->open) return false;
        scan->at = lexer.at;
        if (token.code == TOKEN_SEMICOLON) return true;
    }
    return false;
}

void script_init(struct script *script, struct text text, struct parse_options options)
{
    bool marked = text.len >= 3 && !memcmp(text.data, "\xef\xbb\xbf", 3); /* a byte order mark, as some editors write */
    *script = (struct script){.text = text, .place = text, .at = marked ? 3 : 0, .options = options};
}

/* The text to parse, in the arena, and what its spans are to be increased by. */
static bool prepare(struct script *script, struct build *build, const struct extent *extent)
{
    struct text written = {script->text.data + extent->start, extent->end - extent->start};
    build->base = (uint32_t)extent->start;
    if (!check_text(written, build->base, build->error)) return false;
    if (!extent->variables || !script->options.variables) {
        build->sql = text_copy(build->arena, written);
        return true;
    }
    struct replacements *replaced = ARENA_MAKE(build->arena, struct replacements);
    if (!variables_substitute(build->arena, script->options.variables, written, build->base, &build->sql, replaced,
                              build->error))
        return false;
    build->base = 0;
    script->place = build->sql;
    script->replaced = replaced;
    return true;
}

static bool parse_extent(struct script *script, struct arena *arena, const struct extent *extent,
                         struct tree_statement **statement, struct error *error)
{
    struct build build = {.arena = arena, .error = error, .statement = ARENA_MAKE(arena, struct tree_statement)};
    if (!prepare(script, &build, extent)) return false;
    uint32_t end = build.base + (uint32_t)build.sql.len;
    if (!run(&build, TOKEN_START_STATEMENT)) return false;
    if (!extent->ended && !script->options.end_may_lack_semicolon)
        return error_set(error, ERROR_SYNTAX, (struct span){end, end}, "the statement's closing semicolon is missing");
    build.statement->sql = build.sql;
    build.statement->span = (struct span){build.base, end};
    *statement = build.statement;
    return true;
}

bool script_next(struct script *script, struct arena *arena, struct tree_statement **statement, struct error *error)
{
    struct extent extent;
    *statement = NULL;
    script->place = script->text;
    script->replaced = NULL;
    if (script->text.len > UINT32_MAX) {
        script->at = script->text.len;
        return error_set(error, ERROR_LIMIT, NO_SPAN, "a script may have 4 GiB");
    }
    do {
        extent = find_extent(script->text, script->at);
        script->at = extent.next;
    } while (extent.ended && extent.start == extent.end);
    if (extent.start == extent.end) return true;
    return parse_extent(script, arena, &extent, statement, error);
}

void script_locate(struct script *script, struct error *error)
{
    if (script->replaced && error->span.end > 0) error->span = variables_place(script->replaced, error->span);
    script->place = script->text;
    script->replaced = NULL;
}

bool parse_statement(struct arena *arena, struct text sql, struct tree_statement **statement, struct error *error)
{
    struct script script;
    struct tree_statement *another = NULL;
    script_init(&script, sql, (struct parse_options){.end_may_lack_semicolon = true});
    if (!script_next(&script, arena, statement, error)) return false;
    if (!*statement) return error_set(error, ERROR_SYNTAX, NO_SPAN, "there is no statement");
    if (!script_next(&script, arena, &another, error)) return false;
    if (another) return error_set(error, ERROR_SYNTAX, another->span, "one statement is expected, and here is another");
    return true;
}
