/* sheet.h - the rows of one query on their way to a table, whose widths must be decided before its rows are all there.
 *
 *     header ──→ rows are held back ──→ laid out: header printed, then rows as they come
 *                until 1,000 of them, 150 ms, or the query's end
 *
 * A query that ends at once gets a table that fits exactly. One that goes on shows its header soon, also without any
 * row; then string columns are given room to spare. When the terminal changes its width, the table is laid out anew and
 * the header printed again. Columns that cannot stand side by side make blocks of rows instead.
 */
#pragma once
#include "engine/service/engine.h"

struct output;
struct sheet;

struct sheet *sheet_new(struct output *output, const struct schema *schema);
void sheet_free(struct sheet *sheet);

void sheet_add(struct sheet *sheet, struct output *output, const struct result_rows *rows);

/* Lays it out if it has waited long enough. */
void sheet_tick(struct sheet *sheet, struct output *output);

/* All rows are there. */
void sheet_end(struct sheet *sheet, struct output *output);
