/* lexer.re - SQL text to tokens (re2c).
 *
 *     FROM "Orders" -- open ones      FROM  IDENTIFIER
 *     WHERE total >= 1.5e3;           WHERE  IDENTIFIER  GE  DOUBLE_VALUE  SEMICOLON
 *
 * A name begins with a letter or _ and goes on with letters, digits, _ and @; one that begins with a digit has two
 * characters or more. 'text' is a string; "name" and `name` are names; the closing quote is written twice to stand for
 * itself, and all three may span lines. Comments are -- to the end of the line (also the directives --@word of test
 * scripts) and, not nested, between slash-star and star-slash. There is no sign in a number: -5 is two tokens.
 *
 * It does not look into strings (variables.c does) and does not know keywords (keyword.c does).
 */
#include "parser/lexer.h"
#include "grammar.h"
#include "parser/lexer_scan.h"

struct token lexer_next(struct lexer *lexer)
{
    const unsigned char *text = (const unsigned char *)lexer->text.data;
    size_t at = lexer->at, end = lexer->text.len, marker = at, start;
    int code;

again:
    start = at;
    /*!re2c
    re2c:api = custom;
    re2c:api:style = free-form;
    re2c:define:YYCTYPE = "unsigned char";
    re2c:define:YYPEEK = "(at < end ? text[at] : 0)";
    re2c:define:YYSKIP = "++at;";
    re2c:define:YYBACKUP = "marker = at;";
    re2c:define:YYRESTORE = "at = marker;";
    re2c:yyfill:enable = 0;

    digit = [0-9];
    letter = [A-Za-z_];
    tail = [A-Za-z0-9_@];
    exponent = [eE] [+-]? digit+;

    [ \t\r\n\f\v]+              { goto again; }
    "--" [^\n\x00]*             { goto again; }
    "/*"                        { code = scan_comment(lexer->text, &at); if (!code) goto again; goto done; }

    "'"                         { code = scan_quoted(lexer->text, &at, '\'', TOKEN_STRING_VALUE); goto done; }
    "`"                         { code = scan_quoted(lexer->text, &at, '`', TOKEN_IDENTIFIER); goto done; }
    ["]                         { code = scan_quoted(lexer->text, &at, '"', TOKEN_IDENTIFIER); goto done; }

    digit+                      { code = TOKEN_INTEGER_VALUE; goto done; }
    digit+ "." digit* | "." digit+ { code = TOKEN_DECIMAL_VALUE; goto done; }
    (digit+ | digit+ "." digit* | "." digit+) exponent { code = TOKEN_DOUBLE_VALUE; goto done; }
    letter tail* | digit tail+  { code = TOKEN_IDENTIFIER; goto done; }
    "${" letter tail* "}"       { code = TOKEN_VARIABLE; goto done; }

    "("                         { code = TOKEN_LPAREN; goto done; }
    ")"                         { code = TOKEN_RPAREN; goto done; }
    "["                         { code = TOKEN_LBRACKET; goto done; }
    "]"                         { code = TOKEN_RBRACKET; goto done; }
    ","                         { code = TOKEN_COMMA; goto done; }
    "."                         { code = TOKEN_DOT; goto done; }
    ";"                         { code = TOKEN_SEMICOLON; goto done; }
    "*"                         { code = TOKEN_STAR; goto done; }
    "/"                         { code = TOKEN_SLASH; goto done; }
    "%"                         { code = TOKEN_PERCENT; goto done; }
    "+"                         { code = TOKEN_PLUS; goto done; }
    "-"                         { code = TOKEN_MINUS; goto done; }
    "||"                        { code = TOKEN_CONCAT; goto done; }
    "="                         { code = TOKEN_EQ; goto done; }
    "<>" | "!="                 { code = TOKEN_NE; goto done; }
    "<"                         { code = TOKEN_LT; goto done; }
    "<="                        { code = TOKEN_LE; goto done; }
    ">"                         { code = TOKEN_GT; goto done; }
    ">="                        { code = TOKEN_GE; goto done; }
    "->"                        { code = TOKEN_ARROW; goto done; }
    "=>"                        { code = TOKEN_LAMBDA; goto done; }
    ":="                        { code = TOKEN_ASSIGN; goto done; }

    "\x00"                      { if (start >= end) { at = end; code = 0; } else code = TOKEN_UNKNOWN; goto done; }
    [\x80-\xff]                 { while (at < end && (text[at] & 0xc0) == 0x80) at++; code = TOKEN_UNKNOWN; goto done; }
    *                           { code = TOKEN_UNKNOWN; goto done; }
    */
done:
    lexer->at = at;
    if (!code) start = at;
    return (struct token){code, {(uint32_t)start, (uint32_t)at}};
}
