/* print.h - syntax tree to canonical text.
 *
 * Keywords in capitals, one space between words, identifiers back-quoted only where they must be, parentheses around
 * every compound operand. Printing, parsing and printing again gives the same text.
 */
#pragma once
#include "parser/tree.h"

struct buffer;

void print_statement(struct buffer *out, const struct tree_statement *statement);
void print_query(struct buffer *out, const struct tree_query *query);
void print_expression(struct buffer *out, const struct tree_expr *expr);
void print_type(struct buffer *out, const struct tree_type *type);

/* An identifier, back-quoted (with ` doubled) where it cannot stand bare. */
void print_identifier(struct buffer *out, struct text name);

/* A string literal with its quotes, ' doubled. */
void print_string(struct buffer *out, struct text text);

/* The tree itself, one node a line, indented: for EXPLAIN and golden files. */
void print_tree(struct buffer *out, const struct tree_statement *statement);
