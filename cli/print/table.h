/* table.h - cells in columns, fitted to a width.
 *
 *      ID | NAME                table = table_make(arena, 2);
 *     ----+----------------     table->columns[0] = (struct table_column){.title = TEXT("ID"), .right = true};
 *       1 | alice               table_measure(table, cells);       for every row that is known
 *      12 | a name that is      table_fit(table, 26, false);       decides the widths
 *         | too long            table_print_header(table, out);    and table_print_row for each row
 *
 * Each column is as wide as its widest cell. Where that is too much, the widest give way first, all to the same
 * width, but none to less than its longest word (up to TABLE_WORD columns of it); cells go on in the next line, broken
 * at spaces. A cell of more lines than TABLE_MAX_LINES is cut. Without a width (0: not a terminal) nothing is broken or
 * cut: a cell wider than its column pushes the rest of its row aside.
 */
#pragma once
#include "engine/base/buffer.h"

enum { TABLE_MAX_LINES = 40, TABLE_WORD = 24 };

/* One line of text, no control characters in it. */
struct cell {
    struct text text;
    bool faint; /* null and its like: dim where there is colour */
};

struct table_column {
    struct text title;
    bool right;       /* numbers */
    bool elastic;     /* takes room that is left, for what may come: strings of a stream */
    unsigned natural; /* columns that the widest cell seen takes, at least the title's */
    unsigned word;    /* columns that its longest word takes, at most TABLE_WORD */
    unsigned width;   /* what it was given */
};

struct table {
    uint32_t n;
    bool wrap;  /* there was a width to fit */
    bool colour;
    struct table_column columns[];
};

struct table *table_make(struct arena *arena, uint32_t n);

/* Widens columns to what the row's cells take. */
void table_measure(struct table *table, const struct cell *cells);

/* Decides the columns' widths; `width` 0: no limit. `slack`: elastic columns share what is left, up to some. False if
 * the columns cannot stand side by side in the width: show records. */
MUST_CHECK bool table_fit(struct table *table, unsigned width, bool slack);

void table_print_header(const struct table *table, struct buffer *out);
void table_print_row(const struct table *table, const struct cell *cells, struct buffer *out);

/* A row as a block, `number` from 1:
 *
 *     --- row 1
 *     ID   | 1
 *     NAME | alice
 */
void table_print_record(const struct table *table, const struct cell *cells, uint64_t number, struct buffer *out);
