/* syntax_error.c - from the tokens that would have fitted to a sentence and, where there is one, a hint.
 *
 *     SELECT A B C FROM S          expected FROM or ',', but found C
 *     SELECT * FORM S              expected FROM or ',', but found FORM
 *                                  Hint: did you mean FROM instead of FORM?
 *     CREATE STREAM S (TO INT)     expected a name, but found TO
 *                                  Hint: TO is a reserved word: as a name, write `TO`
 *
 * The grammar gives a set of tokens. Sets that mean one thing are said as one ("an expression"), operators are left out
 * unless they are all there is, and no more than a handful is named.
 */
#include "parser/syntax_error.h"
#include "grammar.h"
#include "engine/base/buffer.h"
#include "parser/keyword.h"

enum { HANDFUL = 6 };

/* Tokens that mean one thing where `sign` and `also` are both expected; the tokens are then not named one by one. */
struct group {
    const char *name;
    int sign, also;
    int tokens[24]; /* ends with 0 */
};

static const struct group groups[] = {
    {"a statement",
     TOKEN_SELECT,
     TOKEN_CREATE,
     {TOKEN_SELECT, TOKEN_CREATE, TOKEN_INSERT, TOKEN_DROP, TOKEN_ALTER, TOKEN_SHOW, TOKEN_LIST, TOKEN_DESCRIBE,
      TOKEN_PRINT, TOKEN_SET, TOKEN_UNSET, TOKEN_DEFINE, TOKEN_UNDEFINE, TOKEN_ASSERT, TOKEN_RUN, TOKEN_TERMINATE,
      TOKEN_PAUSE, TOKEN_RESUME, TOKEN_EXPLAIN}},
    {"an expression",
     TOKEN_IDENTIFIER,
     TOKEN_INTEGER_VALUE,
     {TOKEN_IDENTIFIER, TOKEN_INTEGER_VALUE, TOKEN_DECIMAL_VALUE, TOKEN_DOUBLE_VALUE, TOKEN_STRING_VALUE, TOKEN_NULL,
      TOKEN_TRUE, TOKEN_FALSE, TOKEN_LPAREN, TOKEN_PLUS, TOKEN_MINUS, TOKEN_NOT, TOKEN_CASE, TOKEN_CAST, TOKEN_ARRAY,
      TOKEN_MAP, TOKEN_STRUCT}},
    {"a literal",
     TOKEN_INTEGER_VALUE,
     TOKEN_STRING_VALUE,
     {TOKEN_INTEGER_VALUE, TOKEN_DECIMAL_VALUE, TOKEN_DOUBLE_VALUE, TOKEN_STRING_VALUE, TOKEN_NULL, TOKEN_TRUE,
      TOKEN_FALSE, TOKEN_MINUS}},
    {"a number",
     TOKEN_DECIMAL_VALUE,
     TOKEN_INTEGER_VALUE,
     {TOKEN_INTEGER_VALUE, TOKEN_DECIMAL_VALUE, TOKEN_DOUBLE_VALUE}},
    {"a whole number", TOKEN_INTEGER_VALUE, TOKEN_INTEGER_VALUE, {TOKEN_INTEGER_VALUE, TOKEN_MINUS}},
    {"a type",
     TOKEN_IDENTIFIER,
     TOKEN_DECIMAL,
     {TOKEN_IDENTIFIER, TOKEN_DECIMAL, TOKEN_ARRAY, TOKEN_MAP, TOKEN_STRUCT}},
    {"a unit such as SECONDS or DAYS",
     TOKEN_SECONDS,
     TOKEN_DAYS,
     {TOKEN_MILLISECOND, TOKEN_MILLISECONDS, TOKEN_SECOND, TOKEN_SECONDS, TOKEN_MINUTE, TOKEN_MINUTES, TOKEN_HOUR,
      TOKEN_HOURS, TOKEN_DAY, TOKEN_DAYS, TOKEN_YEARS, TOKEN_MONTHS}},
    {"JOIN", TOKEN_JOIN, TOKEN_INNER, {TOKEN_JOIN, TOKEN_INNER, TOKEN_LEFT, TOKEN_RIGHT, TOKEN_FULL}},
    {"a name", TOKEN_IDENTIFIER, TOKEN_IDENTIFIER, {TOKEN_IDENTIFIER}},
    {"a text in single quotes", TOKEN_STRING_VALUE, TOKEN_STRING_VALUE, {TOKEN_STRING_VALUE}},
};

static const int operators[] = {
    TOKEN_PLUS, TOKEN_MINUS, TOKEN_STAR, TOKEN_SLASH, TOKEN_PERCENT, TOKEN_CONCAT,   TOKEN_EQ,   TOKEN_NE,
    TOKEN_LT,   TOKEN_LE,    TOKEN_GT,   TOKEN_GE,    TOKEN_IS,      TOKEN_IN,       TOKEN_LIKE, TOKEN_BETWEEN,
    TOKEN_NOT,  TOKEN_AND,   TOKEN_OR,   TOKEN_AT,    TOKEN_ARROW,   TOKEN_LBRACKET, 0,
};

/* What may also stand behind a name in an expression: nobody who writes something else there meant one of these. */
static const int behind_names[] = {TOKEN_STRING_VALUE, TOKEN_LPAREN, TOKEN_DOT, TOKEN_LAMBDA, TOKEN_ESCAPE, 0};

/* Those that are not said by their keyword. */
static const char *const symbols[] = {
    [TOKEN_GROUP] = "GROUP BY",
    [TOKEN_PARTITION] = "PARTITION BY",
    [0] = "';'",
    [TOKEN_LPAREN] = "'('",
    [TOKEN_RPAREN] = "')'",
    [TOKEN_LBRACKET] = "'['",
    [TOKEN_RBRACKET] = "']'",
    [TOKEN_COMMA] = "','",
    [TOKEN_DOT] = "'.'",
    [TOKEN_STAR] = "'*'",
    [TOKEN_SLASH] = "'/'",
    [TOKEN_PERCENT] = "'%'",
    [TOKEN_PLUS] = "'+'",
    [TOKEN_MINUS] = "'-'",
    [TOKEN_CONCAT] = "'||'",
    [TOKEN_EQ] = "'='",
    [TOKEN_NE] = "'<>'",
    [TOKEN_LT] = "'<'",
    [TOKEN_LE] = "'<='",
    [TOKEN_GT] = "'>'",
    [TOKEN_GE] = "'>='",
    [TOKEN_ARROW] = "'->'",
    [TOKEN_LAMBDA] = "'=>'",
    [TOKEN_ASSIGN] = "':='",
    [TOKEN_SEMICOLON] = "';'",
};

/* Words that go on with the query: where an expression is expected, they stand by intent and not as a name. */
static const int clauses[] = {
    TOKEN_FROM, TOKEN_WHERE, TOKEN_GROUP, TOKEN_HAVING,  TOKEN_AS,   TOKEN_ON,     TOKEN_WINDOW,
    TOKEN_AND,  TOKEN_OR,    TOKEN_THEN,  TOKEN_WHEN,    TOKEN_ELSE, TOKEN_SELECT, TOKEN_IS,
    TOKEN_IN,   TOKEN_BY,    TOKEN_LIKE,  TOKEN_BETWEEN, 0,
};

static const int comparisons[] = {
    TOKEN_EQ, TOKEN_NE, TOKEN_LT, TOKEN_LE, TOKEN_GT, TOKEN_GE, TOKEN_IS, TOKEN_IN, TOKEN_LIKE, TOKEN_BETWEEN, 0,
};

/* Words that begin a statement and nothing else. */
static const int starts[] = {
    TOKEN_SELECT, TOKEN_CREATE, TOKEN_INSERT, TOKEN_DROP, TOKEN_DESCRIBE, TOKEN_PRINT, TOKEN_TERMINATE,
    TOKEN_LIST,   TOKEN_SHOW,   TOKEN_UNSET,  0,
};

/* What is said first, in this order: the clauses as they are written, and what continues a list. */
static const int first_said[] = {
    TOKEN_AS,     TOKEN_FROM, TOKEN_ON,    TOKEN_WINDOW, TOKEN_WHERE, TOKEN_GROUP, TOKEN_PARTITION,
    TOKEN_HAVING, TOKEN_EMIT, TOKEN_LIMIT, TOKEN_RPAREN, TOKEN_COMMA, 0,
};

/* Things expected, as they are to be said. */
struct sentence {
    const char *parts[HANDFUL];
    unsigned n;
    bool more; /* there were more than a handful */
};

static void say(struct sentence *sentence, const char *part)
{
    if (sentence->n < HANDFUL)
        sentence->parts[sentence->n++] = part;
    else
        sentence->more = true;
}

static void drop(bool *left, const int *tokens)
{
    for (int i = 0; tokens[i]; i++) left[tokens[i]] = false;
}

static bool any(const bool *left)
{
    for (int i = 0; i < BUILD_TOKENS; i++)
        if (left[i]) return true;
    return false;
}

static void say_token(struct sentence *sentence, int token)
{
    const char *symbol = (size_t)token < sizeof symbols / sizeof *symbols ? symbols[token] : NULL;
    if (!symbol) symbol = keyword_text(token).data;
    if (symbol) say(sentence, symbol);
}

static void say_tokens(struct sentence *sentence, bool *left)
{
    for (int i = 0; first_said[i]; i++)
        if (left[first_said[i]]) say_token(sentence, first_said[i]);
    drop(left, first_said);
    for (int token = 1; token < BUILD_TOKENS; token++)
        if (left[token]) say_token(sentence, token);
}

static void compose(struct sentence *sentence, const bool *expected)
{
    bool left[BUILD_TOKENS];
    memcpy(left, expected, sizeof left);
    bool joined = left[TOKEN_OR] || left[TOKEN_EQ] || left[TOKEN_CONCAT];
    if (joined && !left[TOKEN_INTEGER_VALUE]) drop(left, behind_names);
    if (left[0]) say(sentence, symbols[0]);
    left[0] = false;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        if (!left[groups[i].sign] || !left[groups[i].also]) continue;
        say(sentence, groups[i].name);
        drop(left, groups[i].tokens);
    }
    if (joined) drop(left, operators);
    if (joined && !any(left) && !sentence->n) say(sentence, "an operator");
    say_tokens(sentence, left);
}

static void join(struct sentence *sentence, struct buffer *out)
{
    for (unsigned i = 0; i < sentence->n; i++) {
        bool last = i + 1 == sentence->n && !sentence->more;
        buffer_append_string(out, i == 0 ? "" : last ? " or " : ", ");
        buffer_append_string(out, sentence->parts[i]);
    }
    if (sentence->more) buffer_append_string(out, ", ...");
}

/* ---- hints */

static bool is_word(const struct build *build, struct token token)
{
    if (!token.code) return false;
    char c = build_text(build, token).data[0];
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/* The word, or the one before it (which the grammar took for a name), is nearly a keyword that would have fitted. */
static bool hint_near_miss(struct build *build, struct token previous, struct token token)
{
    const struct token candidates[] = {token, previous};
    for (int i = 0; i < 2; i++) {
        if (!is_word(build, candidates[i]) || candidates[i].code != TOKEN_IDENTIFIER) continue;
        struct text word = build_text(build, candidates[i]), near = keyword_nearest(word, build->expected);
        if (!near.data) continue;
        error_hint(build->error, "did you mean " TEXT_FMT " instead of " TEXT_FMT "?", TEXT_ARG(near), TEXT_ARG(word));
        return true;
    }
    return false;
}

static bool is_one_of(int token, const int *tokens)
{
    for (; *tokens; tokens++)
        if (*tokens == token) return true;
    return false;
}

static bool hint_reserved(struct build *build, struct token token)
{
    bool keyword = keyword_text(token.code).data && keyword_is_reserved(token.code);
    bool expression = build->expected[TOKEN_INTEGER_VALUE];
    if (!keyword || !build->expected[TOKEN_IDENTIFIER] || token.code == TOKEN_NULL) return false;
    if (expression && is_one_of(token.code, clauses)) return false;
    struct text word = keyword_text(token.code);
    error_hint(build->error, TEXT_FMT " is a reserved word: as a name, write `" TEXT_FMT "`", TEXT_ARG(word),
               TEXT_ARG(word));
    return true;
}

static struct text word_of(const struct build *build, struct token token)
{
    return is_word(build, token) ? build_text(build, token) : NO_TEXT;
}

/* What other dialects have and this one has not. `previous` may be a word that the grammar took for a name. */
static const char *foreign(const struct build *build, struct token previous, struct token token)
{
    static const struct {
        int token;
        const char *before, *hint;
    } phrases[] = {
        {TOKEN_BY, "ORDER", "this dialect has no ORDER BY"},
        {TOKEN_DISTINCT, "SELECT", "this dialect has no SELECT DISTINCT: use GROUP BY"},
        {TOKEN_SELECT, "UNION", "this dialect has no UNION: use INSERT INTO"},
        {TOKEN_JOIN, "CROSS", "this dialect has no CROSS JOIN"},
        {TOKEN_LPAREN, "USING", "this dialect has no USING: write ON a.x = b.x"},
        {TOKEN_LPAREN, "OVER", "this dialect has no OVER"},
        {TOKEN_LPAREN, "FROM", "this dialect has no subqueries: name the inner one by CREATE STREAM ... AS"},
        {TOKEN_LPAREN, "JOIN", "this dialect has no subqueries: name the inner one by CREATE STREAM ... AS"},
    };
    struct text before = word_of(build, previous);
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (token.code == phrases[i].token && text_equal_nocase(before, text_of(phrases[i].before)))
            return phrases[i].hint;
    bool starts_statement = build->expected[TOKEN_CREATE];
    if (starts_statement && (token.code == TOKEN_DELETE || text_equal_nocase(word_of(build, token), TEXT("UPDATE"))))
        return "records cannot be changed: INSERT INTO a table replaces the row with the same key";
    if (token.code == TOKEN_SELECT && build->expected[TOKEN_IDENTIFIER] && !build->expected[0])
        return "this dialect has no subqueries";
    return NULL;
}

/* Mistakes that can be told from the token and the one before it. */
static const char *known_mistake(struct build *build, struct token previous, struct token token)
{
    const bool *expected = build->expected;
    bool closes = token.code == TOKEN_RPAREN || token.code == TOKEN_FROM || token.code == TOKEN_RBRACKET;
    if (previous.code == TOKEN_COMMA && closes) return "is the comma before it too many?";
    if (previous.code == TOKEN_EQ && token.code == TOKEN_EQ) return "equality is written with one =";
    if (expected[0] && is_one_of(token.code, starts))
        return "a statement ends with a semicolon: is one missing before this?";
    if (token.code == TOKEN_DOT) return "a field of a struct is taken with ->";
    if (token.code == TOKEN_COMMA && expected[TOKEN_JOIN]) return "sources are joined: FROM a JOIN b ON a.x = b.x";
    if (expected[TOKEN_AND] && is_one_of(token.code, comparisons))
        return "comparisons cannot be chained: join them with AND";
    if (expected[TOKEN_STRING_VALUE] && token.code == TOKEN_IDENTIFIER && build_text(build, token).data[0] == '"')
        return "double quotes are for names: a text is written in single quotes";
    return NULL;
}

static void add_hint(struct build *build, struct token previous, struct token token)
{
    const char *mistake = foreign(build, previous, token);
    if (!mistake) mistake = known_mistake(build, previous, token);
    if (mistake)
        error_hint(build->error, "%s", mistake);
    else if (!hint_near_miss(build, previous, token))
        hint_reserved(build, token);
}

void syntax_error_report(struct build *build, struct token previous, struct token token)
{
    struct sentence sentence = {0};
    compose(&sentence, build->expected);
    struct buffer said = BUFFER(1000);
    join(&sentence, &said);
    struct text expected = buffer_text(&said), found = build_text(build, token);
    if (!token.code)
        build_fail(build, ERROR_SYNTAX, token.span, "expected " TEXT_FMT ", but the text ends here",
                   TEXT_ARG(expected));
    else
        build_fail(build, ERROR_SYNTAX, token.span, "expected " TEXT_FMT ", but found " TEXT_FMT, TEXT_ARG(expected),
                   TEXT_ARG(found));
    buffer_free(&said);
    if (build->error) add_hint(build, previous, token);
}
