/* syntax_error.h - what is said when a token does not fit. */
#pragma once
#include "parser/build.h"

/* Fills build->error from build->expected; `previous` has code 0 at the start, `token` at the end. */
void syntax_error_report(struct build *build, struct token previous, struct token token);
