/* lexer_scan.c - strings, quoted names and comments, and what is said of tokens that cannot be one. */
#include "parser/lexer_scan.h"
#include "grammar.h"
#include "parser/lexer.h"
#include <string.h>

int scan_quoted(struct text text, size_t *at, char quote, int code)
{
    const char *start = text.data + *at, *end = text.data + text.len, *p = start;
    for (;;) {
        p = p < end ? memchr(p, quote, (size_t)(end - p)) : NULL;
        if (!p) {
            *at = text.len;
            return quote == '\'' ? TOKEN_OPEN_STRING : TOKEN_OPEN_NAME;
        }
        if (p + 1 == end || p[1] != quote) break;
        p += 2;
    }
    *at = (size_t)(p + 1 - text.data);
    return p == start && quote != '\'' ? TOKEN_EMPTY_NAME : code;
}

int scan_comment(struct text text, size_t *at)
{
    const char *end = text.data + text.len, *star = text.data + *at;
    while (star < end && (star = memchr(star, '*', (size_t)(end - star))) && !(star + 1 < end && star[1] == '/'))
        star++;
    bool closed = star && star < end;
    *at = closed ? (size_t)(star + 2 - text.data) : text.len;
    return closed ? 0 : TOKEN_OPEN_COMMENT;
}

/* Characters that other languages have, or that come with text from other programs. */
static const char *const unknown[][2] = {
    {"!", "not equal is written <> or !=, not is written NOT"},
    {"&", "write AND; || joins strings"},
    {"|", "write OR; || joins strings"},
    {"$", "a variable is written ${name}"},
    {":", "an entry is written key := value, a conversion CAST(value AS type)"},
    {"{", "a map is written MAP('a' := 1), a struct STRUCT(a := 1)"},
    {"#", "a comment is written -- to the end of the line, or /* */"},
    {"\xe2\x80\x98", "a text is written in plain single quotes: 'text'"},
    {"\xe2\x80\x99", "a text is written in plain single quotes: 'text'"},
    {"\xe2\x80\x9c", "a name is written in plain double quotes or back-quotes"},
    {"\xe2\x80\x9d", "a name is written in plain double quotes or back-quotes"},
    {"\xc2\xa0", "it looks like a space: write a plain one"},
    {"\xe2\x80\x8b", "it cannot be seen: take it out"},
    {"\xef\xbb\xbf", "it cannot be seen: take it out"},
};

static bool explain_unknown(struct token token, struct text text, struct error *error)
{
    unsigned char c = (unsigned char)text.data[0];
    if (c < ' ' || c == 0x7f)
        return error_set(error, ERROR_SYNTAX, token.span, "a control character (code %u) cannot stand here", c);
    error_set(error, ERROR_SYNTAX, token.span, "the character " TEXT_FMT " cannot stand here", TEXT_ARG(text));
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        if (text_equal(text, text_of(unknown[i][0]))) return error_hint(error, "%s", unknown[i][1]);
    if (c >= 0x80) error_hint(error, "a name with other characters than letters, digits and _ is written `name`");
    return false;
}

bool lexer_explain(struct token token, struct text text, struct error *error)
{
    struct span opening = {token.span.start, token.span.start + 1};
    switch (token.code) {
    case TOKEN_UNKNOWN: return explain_unknown(token, text, error);
    case TOKEN_OPEN_STRING:
        error_set(error, ERROR_SYNTAX, opening, "this string has no closing quote");
        return error_hint(error, "a quote inside a string is written twice: 'it''s'");
    case TOKEN_OPEN_NAME:
        return error_set(error, ERROR_SYNTAX, opening, "this quoted name has no closing %c", *text.data);
    case TOKEN_EMPTY_NAME: return error_set(error, ERROR_SYNTAX, token.span, "a name cannot be empty");
    case TOKEN_OPEN_COMMENT:
        opening.end++;
        return error_set(error, ERROR_SYNTAX, opening, "this comment has no closing */");
    default: return true;
    }
}
