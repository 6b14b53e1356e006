/* print_part.h - what the printers share among themselves. */
#pragma once
#include "parser/tree.h"

struct buffer;

const char *print_operator(enum tree_operator operator);
void print_names(struct buffer *out, const struct tree_names *names);

/* As print_expression, in parentheses where the grammar wants a value and the expression is a condition. */
void print_value(struct buffer *out, const struct tree_expr *expr);

/* An operand that stands directly at a sign, [ or ->, where a negative literal would be taken apart. */
void print_close_operand(struct buffer *out, const struct tree_expr *expr);

/* "SECONDS" */
const char *print_unit(enum tree_unit unit);
