/* sheet.c - holding rows back, deciding widths, printing. */
#include "cli/print/sheet.h"
#include "cli/print/cell.h"
#include "cli/print/output.h"
#include "cli/print/table.h"
#include "engine/base/clock.h"
#include <stdlib.h>

enum {
    MAX_WAIT_MS = 150,
    MAX_HELD = 1000,
};

struct sheet {
    struct arena *arena;   /* of the query: schema, table, held rows */
    struct arena *scratch; /* cells of one call */
    struct schema schema;
    struct table *table;
    struct { LIST_OF(struct cell *); } held; /* until it is laid out */
    int64_t since_ms;
    unsigned width;     /* that it was laid out for */
    bool laid_out;
    bool records;       /* rows as blocks */
    uint64_t n_printed;
};

/* The width that a type wants for rows that were not seen; on a terminal strings get what is left. */
static unsigned expected_width(const struct type *type, bool terminal)
{
    switch (type->kind) {
    case TYPE_BOOLEAN: return 5;
    case TYPE_DATE: return 10;
    case TYPE_TIME: return 8;
    case TYPE_TIMESTAMP: return 23;
    case TYPE_STRING: return terminal ? 12 : 24;
    default: return 6;
    }
}

struct sheet *sheet_new(struct output *output, const struct schema *schema)
{
    struct sheet *sheet = HEAP_MAKE(struct sheet);
    sheet->arena = arena_new();
    sheet->scratch = arena_new();
    sheet->schema = schema_copy(sheet->arena, schema);
    sheet->table = table_make(sheet->arena, schema->n);
    sheet->table->colour = output->colour;
    sheet->since_ms = clock_monotonic_ms();
    for (uint32_t i = 0; i < schema->n; i++) {
        const struct type *type = sheet->schema.columns[i].type;
        sheet->table->columns[i] = (struct table_column){
            .title = sheet->schema.columns[i].name,
            .right = type_is_numeric(type),
            .elastic = type->kind == TYPE_STRING || type_is_nested(type),
        };
    }
    return sheet;
}

void sheet_free(struct sheet *sheet)
{
    if (!sheet) return;
    arena_free(sheet->scratch);
    arena_free(sheet->arena);
    free(sheet);
}

/* ---- layout */

static void print(struct sheet *sheet, struct output *output, const struct cell *cells)
{
    if (sheet->records) table_print_record(sheet->table, cells, ++sheet->n_printed, &output->text);
    else table_print_row(sheet->table, cells, &output->text);
}

/* Decides the widths for what was measured and prints the header. */
static void lay_out(struct sheet *sheet, struct output *output, bool streaming)
{
    sheet->width = output_width(output);
    for (uint32_t i = 0; streaming && i < sheet->table->n; i++) {
        struct table_column *column = &sheet->table->columns[i];
        unsigned expected = expected_width(sheet->schema.columns[i].type, sheet->width > 0);
        if (column->natural < expected) column->natural = expected;
        if (column->word < expected && !column->elastic) column->word = expected;
    }
    bool fits = table_fit(sheet->table, sheet->width, streaming);
    sheet->records = output->vertical || !fits;
    sheet->laid_out = true;
    if (!sheet->records) table_print_header(sheet->table, &output->text);
}

static void release(struct sheet *sheet, struct output *output, bool streaming)
{
    if (sheet->laid_out) return;
    lay_out(sheet, output, streaming);
    for (uint32_t i = 0; i < sheet->held.n; i++) print(sheet, output, sheet->held.items[i]);
    sheet->held.n = 0;
}

/* Where no one watches, the header waits for the first row, whose widths are better than guesses. */
void sheet_tick(struct sheet *sheet, struct output *output)
{
    if (sheet->laid_out) return;
    if (!sheet->held.n && !output_width(output)) sheet->since_ms = clock_monotonic_ms();
    else if (clock_monotonic_ms() - sheet->since_ms >= MAX_WAIT_MS) release(sheet, output, true);
}

void sheet_end(struct sheet *sheet, struct output *output)
{
    release(sheet, output, false);
}

/* ---- rows */

static bool is_gone(const struct sheet *sheet, const struct result_rows *rows, uint32_t row, uint32_t column)
{
    const struct value *value = &rows->values[(size_t)row * rows->schema->n + column];
    return rows->tombstones && rows->tombstones[row] && value->is_null &&
           sheet->schema.columns[column].role != COLUMN_KEY;
}

static void fill(const struct sheet *sheet, struct arena *arena, const struct result_rows *rows, uint32_t row,
                 struct cell *cells)
{
    const struct value *values = &rows->values[(size_t)row * rows->schema->n];
    for (uint32_t i = 0; i < sheet->schema.n; i++) {
        if (is_gone(sheet, rows, row, i)) cells[i] = (struct cell){TEXT("<TOMBSTONE>"), true};
        else cells[i] = cell_make(arena, sheet->schema.columns[i].type, &values[i]);
    }
}

static void hold(struct sheet *sheet, const struct result_rows *rows, uint32_t row)
{
    struct cell *cells = ARENA_ARRAY(sheet->arena, struct cell, sheet->schema.n);
    fill(sheet, sheet->arena, rows, row, cells);
    table_measure(sheet->table, cells);
    LIST_PUSH(sheet->arena, &sheet->held, cells);
}

void sheet_add(struct sheet *sheet, struct output *output, const struct result_rows *rows)
{
    struct cell cells[sheet->schema.n];
    if (sheet->laid_out && output_width(output) != sheet->width) lay_out(sheet, output, true);
    for (uint32_t row = 0; row < rows->n_rows; row++) {
        if (!sheet->laid_out && sheet->held.n == MAX_HELD) release(sheet, output, true);
        if (!sheet->laid_out) {
            hold(sheet, rows, row);
            continue;
        }
        fill(sheet, sheet->scratch, rows, row, cells);
        print(sheet, output, cells);
        arena_reset(sheet->scratch);
    }
    sheet_tick(sheet, output);
}
