/* keyword.h - which words are keywords, and which of these may not be identifiers. */
#pragma once
#include "engine/base/text.h"

/* The grammar's token of a word in any case, or 0 if it is not a keyword. */
int keyword_find(struct text word);

/* The word of a token, in capitals, or NO_TEXT if the token is not a keyword. */
struct text keyword_text(int token);

/* True if the keyword may not be an identifier. */
bool keyword_is_reserved(int token);

/* True if the keyword may be an identifier, but means something else in some place where an identifier can stand: ARRAY
 * in an expression, EMIT behind a source. Printing quotes such a name. */
bool keyword_competes(int token);

/* The keyword whose spelling is nearest among the `wanted` ones (flags by token), or NO_TEXT if none is near. */
struct text keyword_nearest(struct text word, const bool *wanted);
