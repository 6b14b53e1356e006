/* grammar_api.h - what lemon makes of grammar.y, seen from C: a parser to which tokens are pushed.
 *
 *     void *parser = grammarAlloc(malloc, &build);
 *     grammar(parser, TOKEN_START_STATEMENT, token);      // what is to be parsed, then its tokens
 *     ...
 *     grammar(parser, 0, token);                          // the end
 *     grammarFree(parser, free);
 *
 * The actions leave their result in the struct build. When a token does not fit, build->unexpected is set, and the
 * parser must not be used again.
 */
#pragma once
#include "parser/build.h"

/* Names that lemon gives. */
void *grammarAlloc(void *(*allocate)(size_t), struct build *build);
void grammar(void *parser, int token, struct token value);
void grammarFree(void *parser, void (*release)(void *));

/* TOKEN_IDENTIFIER if the keyword may also be an identifier, else 0. */
int grammar_fallback(int token);

/* True if the token and TOKEN_IDENTIFIER lead to different things in some state. */
bool grammar_competes(int token);

/* Which tokens the parser, where it is, could take; without keywords as identifiers. BUILD_TOKENS of them. */
void grammar_expected(const void *parser, bool *expected);

/* How many things the parser has begun and not ended. */
size_t grammar_stack(const void *parser);
