/* lexer.h - SQL text to tokens.
 *
 *     struct lexer lexer = {.text = text};
 *     do token = lexer_next(&lexer); while (token.code);
 *
 * Tokens carry no text of their own: span says where it is. Words are all TOKEN_IDENTIFIER here; keyword_find tells the
 * keywords. What cannot be a token has a code of its own (TOKEN_UNKNOWN, TOKEN_OPEN_STRING, ...), so that a scan for
 * the end of the statement goes on; lexer_explain says what is wrong with it.
 */
#pragma once
#include "engine/base/error.h"

struct token {
    int code; /* TOKEN_... of grammar.h; 0 at the end */
    struct span span;
};

struct lexer {
    struct text text; /* borrowed; need not end with NUL */
    size_t at;
};

struct token lexer_next(struct lexer *lexer);

/* Fills the error for a token that cannot be one; `text` is the token's. Returns false, or true if the token is sound.
 */
MUST_CHECK bool lexer_explain(struct token token, struct text text, struct error *error);
