/* parse.h - SQL text to syntax tree.
 *
 *     struct script script;
 *     script_init(&script, text, options);
 *     while (script_next(&script, arena, &statement, &error) && statement) ...
 *     error_print(&error, script.place, out);
 *
 * A text may hold many statements, each ended by a semicolon. They are parsed one by one, so that what is defined by
 * one (a variable) is seen by the next, and an error in the tenth does not hide the nine before it.
 */
#pragma once
#include "parser/tree.h"

struct map;
struct replacements;

enum {
    PARSE_MAX_STATEMENT = 1 << 20, /* bytes of one statement */
    PARSE_MAX_NESTING = 500,       /* parentheses, brackets, CASE, function calls inside one another */
};

struct parse_options {
    const struct map *variables; /* name -> const char * value; NULL: ${name} is not substituted */
    bool end_may_lack_semicolon; /* as for `weir -e`: the last statement needs none */
};

struct script {
    struct text text;                    /* borrowed until the last call */
    struct text place;                   /* what the spans of the last statement, or of its error, point into */
    size_t at;                           /* bytes consumed */
    const struct replacements *replaced; /* of the last statement's variables; NULL where `place` is `text` */
    struct parse_options options;
};

void script_init(struct script *script, struct text text, struct parse_options options);

/* The next statement, or NULL (and true) at the end of the text; a semicolon without a statement is passed over. On an
 * error the script stands behind the statement that has it (at the next semicolon), so that the caller may go on. The
 * tree and its `sql` live in the arena. Spans, also the error's, are offsets into script->place: script->text, or where
 * variables were substituted, the statement's own `sql`; script_locate makes it script->text.
 *
 * ${name} stands for a name or a literal as a whole, or for a part of a string; $${name} in a string is ${name} itself.
 * A variable is found under its name as written, or else in capitals, as DEFINE keeps it. */
MUST_CHECK bool script_next(struct script *script, struct arena *arena, struct tree_statement **statement,
                            struct error *error);

/* Moves the place of an error that the last statement has, from the parser or from carrying it out, to where it stands
 * in script->text. The statement's arena must still be there. */
void script_locate(struct script *script, struct error *error);

/* Exactly one statement, with or without its semicolon. Spans are offsets into `sql`. */
MUST_CHECK bool parse_statement(struct arena *arena, struct text sql, struct tree_statement **statement,
                                struct error *error);

/* One expression, one type: for tests and for signatures. */
MUST_CHECK bool parse_expression(struct arena *arena, struct text sql, struct tree_expr **expr, struct error *error);
MUST_CHECK bool parse_type(struct arena *arena, struct text sql, struct tree_type **type, struct error *error);

/* The number of bytes up to and including the first semicolon that ends a statement (not one in a string, an identifier
 * or a comment), or 0 if the text does not end one: an editor asks for another line. */
size_t parse_statement_end(struct text text);

/* The same over a text that grows line by line, each looked at once: true where a statement ends, and then `at` is
 * behind its semicolon. Begin with {0}. */
struct parse_scan {
    size_t at; /* bytes looked through, whole tokens */
    bool open; /* the text ends within quotes or a comment */
};
bool parse_scan_end(struct parse_scan *scan, struct text text);

/* True if the word, in any case, is a keyword that may not be an identifier. */
bool parse_is_reserved(struct text name);

/* True if `name` may be written without quotes anywhere: letters, digits and _ only, no small ones, no digit first, and
 * not a keyword that is reserved or means something else in some place (ARRAY, EMIT). */
bool parse_is_plain_identifier(struct text name);

/* All keywords, sorted, for completion. */
const struct text *parse_keywords(size_t *n);
