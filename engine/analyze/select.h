/* select.h - the select list. Private to engine/analyze. */
#pragma once
#include "engine/analyze/analyze.h"

/* Fills analysis->output: stars expanded, names given, keys found; checks what a persistent query's projection must
 * hold. */
MUST_CHECK bool analyze_select(const struct analyzer *analyzer, const struct tree_query *query,
                               struct analysis *analysis, struct error *error);
