/* lexer_scan.h - the parts of the lexer that run to an end mark: quoted things and comments. */
#pragma once
#include "engine/base/text.h"

/* Both start with *at behind the opening mark and leave it behind the closing one, or at the end of the text if there
 * is none. scan_quoted gives `code`, or the code of what is left open or empty; scan_comment 0, or TOKEN_OPEN_COMMENT.
 */
int scan_quoted(struct text text, size_t *at, char quote, int code);
int scan_comment(struct text text, size_t *at);
