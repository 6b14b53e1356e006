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
    int tokens[32]; /* ends with 0 */
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
     {TOKEN_IDENTIFIER,   TOKEN_INTEGER_VALUE, TOKEN_DECIMAL_VALUE,
      TOKEN_DOUBLE_VALUE, TOKEN_STRING_VALUE,  TOKEN_NULL,
      TOKEN_TRUE,         TOKEN_FALSE,         TOKEN_LPAREN,
      TOKEN_PLUS,         TOKEN_MINUS,         TOKEN_NOT,
      TOKEN_CASE,         TOKEN_CAST,          TOKEN_ARRAY,
      TOKEN_MAP,          TOKEN_STRUCT,        /* and, as an argument, a unit */ TOKEN_YEARS,
      TOKEN_MONTHS,       TOKEN_DAYS,          TOKEN_HOURS,
      TOKEN_MINUTES,      TOKEN_SECONDS,       TOKEN_MILLISECONDS,
      TOKEN_MILLISECOND}},
    {"a constant such as 'text' or 5",
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
    [TOKEN_OR] = "OR REPLACE",
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
    TOKEN_AS,      TOKEN_FROM,   TOKEN_ON,     TOKEN_WINDOW,  TOKEN_WHERE, TOKEN_GROUP,  TOKEN_PARTITION,
    TOKEN_HAVING,  TOKEN_EMIT,   TOKEN_LIMIT,  TOKEN_RPAREN,  TOKEN_COMMA, TOKEN_STREAM, TOKEN_TABLE,
    TOKEN_STREAMS, TOKEN_TABLES, TOKEN_TOPICS, TOKEN_QUERIES, 0,
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
    bool joined = left[TOKEN_AND] || left[TOKEN_CONCAT], and_only = left[TOKEN_AND] && !left[TOKEN_OR];
    if (joined && !left[TOKEN_INTEGER_VALUE]) drop(left, behind_names);
    if (left[TOKEN_ARRAY] && !left[TOKEN_IDENTIFIER]) left[TOKEN_LPAREN] = false;
    if (left[0]) say(sentence, symbols[0]);
    left[0] = false;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        if (!left[groups[i].sign] || !left[groups[i].also]) continue;
        say(sentence, groups[i].name);
        drop(left, groups[i].tokens);
    }
    if (joined) drop(left, operators);
    left[TOKEN_AND] = and_only;
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
        bool keyword = candidates[i].code != TOKEN_IDENTIFIER, name = i == 1 || build->expected[TOKEN_IDENTIFIER];
        if (!is_word(build, candidates[i]) || (keyword && name)) continue;
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

/* ---- hints for what other dialects have */

static struct text word_of(const struct build *build, struct token token)
{
    return is_word(build, token) ? build_text(build, token) : NO_TEXT;
}

/* Words that mean nothing here; the grammar may have taken them for a name. */
static const struct {
    const char *word, *hint;
} absent[] = {
    {"ORDER", "this dialect has no ORDER BY"},
    {"DISTINCT", "this dialect has no DISTINCT: use GROUP BY, or COUNT_DISTINCT"},
    {"UNION", "this dialect has no UNION: use INSERT INTO"},
    {"INTERSECT", "this dialect has no INTERSECT: use JOIN"},
    {"EXCEPT", "this dialect has no EXCEPT"},
    {"OFFSET", "this dialect has no OFFSET"},
    {"OVER", "this dialect has no OVER"},
    {"QUALIFY", "this dialect has no QUALIFY"},
    {"USING", "this dialect has no USING: write ON a.x = b.x"},
    {"EXISTS", "this dialect has no subqueries"},
    {"ANALYZE", "this dialect has no EXPLAIN ANALYZE"},
};

static const char *absent_word(const struct build *build, struct token token)
{
    struct text word = word_of(build, token);
    for (size_t i = 0; i < sizeof absent / sizeof *absent && word.data; i++)
        if (text_equal_nocase(word, text_of(absent[i].word))) return absent[i].hint;
    return NULL;
}

/* FROM a CROSS JOIN b: the grammar has taken CROSS for a's alias and waits for ON. */
static const char *absent_join(const struct build *build)
{
    const struct tree_query *query = build->query;
    if (!query || query->from.n < 2) return NULL;
    struct text alias = query->from.items[query->from.n - 2]->alias.name;
    if (text_equal(alias, TEXT("CROSS"))) return "this dialect has no CROSS JOIN";
    return text_equal(alias, TEXT("NATURAL")) ? "this dialect has no NATURAL JOIN: write JOIN b ON a.x = b.x" : NULL;
}

static const char *absent_query(const struct build *build, struct token previous, struct token token)
{
    const bool *expected = build->expected;
    if (expected[TOKEN_CREATE] && token.code == TOKEN_WITH)
        return "this dialect has no WITH before SELECT: name the inner query by CREATE STREAM ... AS";
    bool source = previous.code == TOKEN_FROM || previous.code == TOKEN_JOIN;
    if (token.code == TOKEN_LPAREN && source)
        return "this dialect has no subqueries: name the inner one by CREATE STREAM ... AS";
    bool operand = expected[TOKEN_IDENTIFIER] && !expected[0];
    return token.code == TOKEN_SELECT && operand ? "this dialect has no subqueries" : NULL;
}

static const char *foreign(const struct build *build, struct token previous, struct token token)
{
    bool change = token.code == TOKEN_DELETE || text_equal_nocase(word_of(build, token), TEXT("UPDATE"));
    if (build->expected[TOKEN_CREATE] && change)
        return "records cannot be changed: INSERT INTO a table replaces the row with the same key";
    const char *hint = build->expected[TOKEN_ON] ? absent_join(build) : NULL;
    if (!hint) hint = absent_query(build, previous, token);
    if (!hint) hint = absent_word(build, token);
    bool name = previous.code == TOKEN_IDENTIFIER || (previous.code && !keyword_is_reserved(previous.code));
    return hint || !name ? hint : absent_word(build, previous);
}

/* ---- hints for mistakes that can be told from the token and the one before it */

static const int clauses_of_query[] = {
    TOKEN_JOIN,      TOKEN_LEFT,   TOKEN_RIGHT, TOKEN_FULL,  TOKEN_INNER, TOKEN_WINDOW, TOKEN_WHERE, TOKEN_GROUP,
    TOKEN_PARTITION, TOKEN_HAVING, TOKEN_EMIT,  TOKEN_LIMIT, 0,
};

/* A part of the statement that would be right in another place. */
static const char *wrong_order(const struct build *build, struct token previous, struct token token)
{
    const bool *expected = build->expected;
    if (expected[0] && build->query && is_one_of(token.code, clauses_of_query))
        return "the order of a query is FROM, JOIN, WINDOW, WHERE, GROUP BY, PARTITION BY, HAVING, EMIT, LIMIT";
    if (expected[TOKEN_JOIN] && token.code == TOKEN_OUTER) return "write LEFT, RIGHT or FULL OUTER JOIN";
    if (expected[0] && build->query && token.code == TOKEN_WITHIN) return "WITHIN stands before ON";
    if (expected[0] && build->query && token.code == TOKEN_WITH) return "WITH stands before AS SELECT";
    if (previous.code != TOKEN_RPAREN) return NULL;
    if (expected[TOKEN_WITH] && token.code == TOKEN_AS)
        return "the columns of AS SELECT are those of the query: leave the list of columns out";
    if (expected[TOKEN_VALUES] && token.code == TOKEN_SELECT)
        return "the names of the query's columns say where they go: leave the list of columns out";
    return NULL;
}

static const char *missing_start(const struct build *build, struct token token)
{
    if (!is_one_of(token.code, starts) || !build->expected[0]) return NULL;
    if (build->expected[TOKEN_AS] && !build->query) return "is AS missing before it?";
    return "a statement ends with a semicolon: is one missing before this?";
}

static const char *mistaken_dot(const bool *expected)
{
    if (expected[TOKEN_SAMPLE]) return "a topic's name with a dot or a minus is written in single quotes";
    if (expected[TOKEN_ARROW]) return "a field of a struct is taken with ->";
    return expected[0] ? "a name here has one part" : NULL;
}

static bool is_value(int token)
{
    return token == TOKEN_STRING_VALUE || token == TOKEN_INTEGER_VALUE || token == TOKEN_DECIMAL_VALUE ||
           token == TOKEN_DOUBLE_VALUE;
}

/* Quotes that are wrong or missing. */
static const char *mistaken_quotes(const struct build *build, struct token previous, struct token token)
{
    const bool *expected = build->expected;
    bool adjoins = previous.span.end == token.span.start && token.code;
    if (previous.code == TOKEN_STRING_VALUE && adjoins && is_word(build, token))
        return "is the closing quote of the text before it missing?";
    if (token.code == TOKEN_STRING_VALUE && expected[TOKEN_IDENTIFIER] && !expected[TOKEN_INTEGER_VALUE])
        return "single quotes are for texts: a name is written x or `x`";
    if (!expected[TOKEN_STRING_VALUE] || expected[TOKEN_IDENTIFIER] || expected[TOKEN_CONCAT]) return NULL;
    bool quoted = token.code == TOKEN_IDENTIFIER && build_text(build, token).data[0] == '"';
    if (quoted) return "double quotes are for names: a text is written in single quotes";
    return is_word(build, token) || is_value(token.code) ? "a text is written in single quotes" : NULL;
}

/* PRIMARY KEY (id) at the end of the columns, which reads as a column PRIMARY of the type KEY(...). */
static bool is_key_list(const struct build *build, struct token previous)
{
    if (previous.code != TOKEN_LPAREN || !build->expected[TOKEN_INTEGER_VALUE] || !build->expected[TOKEN_STRING])
        return false;
    struct text before = text_trim((struct text){build->sql.data, previous.span.start - build->base});
    return before.len > 11 && text_equal_nocase((struct text){before.data + before.len - 11, 11}, TEXT("PRIMARY KEY"));
}

static const char *mistaken_type(const struct build *build, struct token previous, struct token token)
{
    const bool *expected = build->expected;
    if (is_key_list(build, previous)) return "a key is marked at its column: id INT PRIMARY KEY";
    if (expected[TOKEN_PRIMARY] && token.code == TOKEN_NOT) return "every column may be NULL: there is no NOT NULL";
    if (expected[TOKEN_AS] && !expected[TOKEN_FROM] && !expected[0] && is_word(build, token))
        return "is AS missing before it?";
    if (!expected[TOKEN_LT] || expected[TOKEN_GT]) return NULL;
    if (token.code == TOKEN_LPAREN) return "the types inside a type stand between < and >: STRUCT<a INT, b STRING>";
    return token.code == TOKEN_NE ? "a type is missing between < and >" : NULL;
}

static const char *mistaken_operator(const struct build *build, struct token previous, struct token token)
{
    const bool *expected = build->expected;
    if (previous.code == TOKEN_EQ && token.code == TOKEN_EQ) return "equality is written with one =";
    if (expected[TOKEN_BETWEEN] && token.code == TOKEN_NULL && previous.code == TOKEN_NOT) return "write IS NOT NULL";
    if (expected[TOKEN_AND] && is_one_of(token.code, comparisons))
        return "comparisons cannot be chained: join them with AND";
    bool ended = expected[0] || expected[TOKEN_FROM];
    if (ended && token.code == TOKEN_RPAREN) return "there is no ( for this )";
    if (expected[TOKEN_ASSIGN]) return "an entry is written with := as in MAP('a' := 1) and STRUCT(a := 1)";
    bool array = token.code == TOKEN_LPAREN && previous.code == TOKEN_ARRAY;
    if (array || (token.code == TOKEN_LBRACKET && expected[TOKEN_INTEGER_VALUE]))
        return "an array is written ARRAY[1, 2]";
    return NULL;
}

static const char *mistaken_comma(const struct build *build, struct token previous, struct token token)
{
    const bool *expected = build->expected;
    bool closes = token.code == TOKEN_RPAREN || token.code == TOKEN_FROM || token.code == TOKEN_RBRACKET;
    if (previous.code == TOKEN_COMMA && closes) return "is the comma before it too many?";
    if (token.code != TOKEN_COMMA) return NULL;
    if (expected[TOKEN_JOIN]) return "sources are joined: FROM a JOIN b ON a.x = b.x";
    bool insert = text_equal_nocase((struct text){build->sql.data, 6}, TEXT("INSERT"));
    return insert && previous.code == TOKEN_RPAREN ? "an INSERT writes one row: write another one for the next" : NULL;
}

static const char *known_mistake(const struct build *build, struct token previous, struct token token)
{
    const char *hint = mistaken_comma(build, previous, token);
    if (!hint) hint = mistaken_operator(build, previous, token);
    if (!hint) hint = wrong_order(build, previous, token);
    if (!hint) hint = missing_start(build, token);
    if (!hint) hint = mistaken_type(build, previous, token);
    bool dot = token.code == TOKEN_DOT || (token.code == TOKEN_MINUS && build->expected[TOKEN_SAMPLE]);
    return !hint && dot ? mistaken_dot(build->expected) : hint;
}

/* What may be said where no word was nearly right. */
static const char *likely_mistake(const struct build *build, struct token previous, struct token token)
{
    const bool *expected = build->expected;
    bool item = token.code == TOKEN_IDENTIFIER || (expected[TOKEN_RPAREN] && is_value(token.code));
    if (expected[TOKEN_COMMA] && item && previous.code != TOKEN_STAR) return "is a comma missing before it?";
    return NULL;
}

static bool say_hint(struct build *build, const char *hint)
{
    if (hint) error_hint(build->error, "%s", hint);
    return hint;
}

static void add_hint(struct build *build, struct token previous, struct token token)
{
    if (say_hint(build, foreign(build, previous, token))) return;
    if (say_hint(build, known_mistake(build, previous, token))) return;
    if (hint_near_miss(build, previous, token)) return;
    if (say_hint(build, mistaken_quotes(build, previous, token))) return;
    if (!hint_reserved(build, token)) say_hint(build, likely_mistake(build, previous, token));
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
