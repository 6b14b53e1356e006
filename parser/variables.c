/* variables.c - replaces ${name} by its value.
 *
 *     DEFINE topic = '''orders''';
 *     CREATE STREAM ${name} WITH (KAFKA_TOPIC=${topic}, VALUE_DELIMITER='${d}');
 *
 * A value cannot change what the statement is. Outside of strings it must be one name or one literal, and it is set
 * apart from its neighbours by spaces, so that it does not grow together with them (the minus of -5 with one before it
 * makes a comment); a keyword as a name is quoted. Inside a string its quotes are doubled. A value is not searched for
 * variables in its turn.
 */
#include "parser/variables.h"
#include "grammar.h"
#include "engine/base/arena.h"
#include "engine/base/buffer.h"
#include "engine/base/map.h"
#include "parser/keyword.h"
#include "parser/lexer.h"
#include "parser/parse.h"

struct substitution {
    struct arena *arena;
    const struct map *variables;
    struct text sql;
    uint32_t base;
    struct buffer out;
    struct replacements *replaced;
    struct error *error;
};

/* Notes that the text, a part of `sql`, became what stands in `out` from `start` on. */
static void note(struct substitution *s, struct text text, size_t start)
{
    uint32_t at = s->base + (uint32_t)(text.data - s->sql.data);
    struct replacement replacement = {{at, at + (uint32_t)text.len}, {(uint32_t)start, (uint32_t)s->out.len}};
    LIST_PUSH(s->arena, s->replaced, replacement);
}

static uint32_t place_of_start(const struct replacements *replaced, uint32_t start)
{
    uint32_t i = replaced->n - 1;
    while (i > 0 && replaced->items[i].after.start > start) i--;
    struct replacement at = replaced->items[i];
    return start < at.after.end ? at.before.start : start - at.after.end + at.before.end;
}

static uint32_t place_of_end(const struct replacements *replaced, uint32_t end)
{
    uint32_t i = replaced->n - 1;
    while (i > 0 && replaced->items[i].after.start >= end) i--;
    struct replacement at = replaced->items[i];
    return end <= at.after.end ? at.before.end : end - at.after.end + at.before.end;
}

struct span variables_place(const struct replacements *replaced, struct span span)
{
    return (struct span){place_of_start(replaced, span.start), place_of_end(replaced, span.end)};
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/* The length of `${name}` at the start of the text, or 0. */
static size_t variable_length(struct text text)
{
    if (text.len < 4 || text.data[0] != '$' || text.data[1] != '{' || !is_letter(text.data[2])) return 0;
    size_t at = 3;
    while (at < text.len &&
           (is_letter(text.data[at]) || text.data[at] == '@' || (text.data[at] >= '0' && text.data[at] <= '9')))
        at++;
    return at < text.len && text.data[at] == '}' ? at + 1 : 0;
}

bool variables_in_string(struct text string)
{
    return memmem(string.data, string.len, "${", 2) != NULL;
}

static struct text find(struct substitution *s, struct text variable)
{
    struct text name = {variable.data + 2, variable.len - 3};
    const char *value = map_get(s->variables, name);
    if (!value) value = map_get(s->variables, text_upper(s->arena, name));
    return text_of(value);
}

static void append_quoted(struct buffer *out, struct text text, char quote)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == quote) buffer_append_char(out, quote);
        buffer_append_char(out, text.data[i]);
    }
}

static void replace_in_string(struct substitution *s, struct text string)
{
    while (string.len) {
        bool escaped = string.len > 1 && string.data[0] == '$' && string.data[1] == '$';
        size_t skip = escaped ? 1 : 0;
        size_t len = variable_length((struct text){string.data + skip, string.len - skip});
        struct text variable = {string.data + skip, len}, value = len && !escaped ? find(s, variable) : NO_TEXT;
        size_t used = len ? len + skip : 1, start = s->out.len;
        if (value.data)
            append_quoted(&s->out, value, '\'');
        else if (len)
            buffer_append_text(&s->out, variable);
        else
            buffer_append_char(&s->out, string.data[0]);
        if (len) note(s, (struct text){string.data, used}, start);
        string = (struct text){string.data + used, string.len - used};
    }
}

static struct text token_text(struct text text, struct token token)
{
    return (struct text){text.data + token.span.start, token.span.end - token.span.start};
}

static bool is_number(int token)
{
    return token == TOKEN_INTEGER_VALUE || token == TOKEN_DECIMAL_VALUE || token == TOKEN_DOUBLE_VALUE;
}

/* True if a minus behind the token would be an operator and not a sign. */
static bool ends_operand(int token)
{
    bool closes = token == TOKEN_RPAREN || token == TOKEN_RBRACKET;
    return closes || token == TOKEN_IDENTIFIER || token == TOKEN_STRING_VALUE || token == TOKEN_VARIABLE ||
           is_number(token);
}

/* Appends the value, which must be one name or literal. `before` is the token before the variable. */
static bool append_value(struct substitution *s, struct text value, struct token before)
{
    struct lexer lexer = {.text = value};
    struct token first = lexer_next(&lexer), second = lexer_next(&lexer);
    bool negative = first.code == TOKEN_MINUS && is_number(second.code) && !ends_operand(before.code);
    struct token last = negative ? lexer_next(&lexer) : second;
    struct text text = token_text(value, first);
    int keyword = first.code == TOKEN_IDENTIFIER ? keyword_find(text) : 0;
    bool literal = keyword == TOKEN_NULL || keyword == TOKEN_TRUE || keyword == TOKEN_FALSE;
    bool reserved = keyword && !literal && keyword_is_reserved(keyword);
    bool sound =
        negative || first.code == TOKEN_IDENTIFIER || first.code == TOKEN_STRING_VALUE || is_number(first.code);
    if (!sound || reserved || last.code) return false;
    if (keyword && !literal) text = text_printf(s->arena, "`" TEXT_FMT "`", TEXT_ARG(text_upper(s->arena, text)));
    buffer_append_text(&s->out, text);
    if (negative) buffer_append_text(&s->out, token_text(value, second));
    return true;
}

/* A space, unless `c` keeps the value apart from what is beside it. */
static void append_space(struct substitution *s, char c)
{
    if (!strchr(" \t\r\n(),;=[]", c)) buffer_append_char(&s->out, ' ');
}

static bool hint_value(struct substitution *s, struct text value)
{
    if (parse_is_reserved(value))
        return error_hint(s->error,
                          TEXT_FMT " is a reserved word: as a name, it carries quotes: DEFINE x = '`" TEXT_FMT "`'",
                          TEXT_ARG(value), TEXT_ARG(value));
    return error_hint(s->error, "a text carries its own quotes: DEFINE x = '''text'''");
}

static bool replace_token(struct substitution *s, struct token token, struct token before)
{
    struct span place = {s->base + token.span.start, s->base + token.span.end};
    struct text variable = token_text(s->sql, token), value = find(s, variable);
    size_t start = s->out.len;
    if (!value.data) {
        error_set(s->error, ERROR_STATEMENT, place, "the variable " TEXT_FMT " is not defined", TEXT_ARG(variable));
        return error_hint(s->error, "DEFINE gives it a value, SHOW VARIABLES lists those that have one");
    }
    append_space(s, token.span.start ? s->sql.data[token.span.start - 1] : ' ');
    if (!append_value(s, value, before)) {
        error_set(s->error, ERROR_STATEMENT, place,
                  "the value of " TEXT_FMT " is not one name or one literal: " TEXT_FMT, TEXT_ARG(variable),
                  TEXT_ARG(value));
        return hint_value(s, text_trim(value));
    }
    append_space(s, token.span.end < s->sql.len ? s->sql.data[token.span.end] : ' ');
    note(s, variable, start);
    return true;
}

static bool replace_all(struct substitution *s)
{
    struct lexer lexer = {.text = s->sql};
    struct token before = {0}, token;
    size_t copied = 0;
    while ((token = lexer_next(&lexer)).code) {
        buffer_append(&s->out, s->sql.data + copied, token.span.start - copied);
        copied = token.span.end;
        if (token.code == TOKEN_VARIABLE) {
            if (!replace_token(s, token, before)) return false;
        } else if (token.code == TOKEN_STRING_VALUE) {
            replace_in_string(s, token_text(s->sql, token));
        } else {
            buffer_append_text(&s->out, token_text(s->sql, token));
        }
        before = token;
    }
    if (!s->out.overflow) return true;
    return error_set(s->error, ERROR_LIMIT, (struct span){s->base, s->base + 1},
                     "with its variables the statement is longer than %d bytes", PARSE_MAX_STATEMENT);
}

bool variables_substitute(struct arena *arena, const struct map *variables, struct text sql, uint32_t base,
                          struct text *out, struct replacements *replaced, struct error *error)
{
    struct substitution s = {arena, variables, sql, base, BUFFER(PARSE_MAX_STATEMENT), replaced, error};
    note(&s, (struct text){sql.data, 0}, 0);
    bool good = replace_all(&s);
    if (good) *out = text_copy(arena, buffer_text(&s.out));
    buffer_free(&s.out);
    return good;
}
