/* cell.h - a SQL value as the text that people, and programs that read CSV, get to see. */
#pragma once
#include "cli/print/table.h"
#include "engine/types/value.h"

/* As value_print_json has it, but strings, dates, times and bytes without quotes; nested values stay JSON. Null appends
 * nothing. */
void cell_print(struct buffer *out, const struct type *type, const struct value *value);

/* A cell of a table, its text in the arena: control characters made visible, null as a faint "null". */
struct cell cell_make(struct arena *arena, const struct type *type, const struct value *value);
