/* table.c - measuring, sharing out the width, and printing. */
#include "cli/print/table.h"
#include "cli/print/display.h"
#include "engine/base/arena.h"

enum {
    GAP = 3,         /* " | " between columns, and the space at both ends */
    MOST_SLACK = 40, /* an elastic column is not stretched beyond this */
};

static const char faint[] = "\033[2m", bold[] = "\033[1m", plain[] = "\033[0m";

struct table *table_make(struct arena *arena, uint32_t n)
{
    struct table *table = arena_zalloc(arena, sizeof *table + n * sizeof *table->columns);
    table->n = n;
    return table;
}

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned larger(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

static void widen(struct table_column *column, struct text text)
{
    column->natural = larger(column->natural, display_width(text));
    while (text.len && column->word < TABLE_WORD) {
        const char *space = memchr(text.data, ' ', text.len);
        struct text word = {text.data, space ? (size_t)(space - text.data) : text.len};
        column->word = larger(column->word, smaller(display_width(word), TABLE_WORD));
        size_t taken = word.len + (space != NULL);
        text.data += taken, text.len -= taken;
    }
}

void table_measure(struct table *table, const struct cell *cells)
{
    for (uint32_t i = 0; i < table->n; i++) widen(&table->columns[i], cells[i].text);
}

/* ---- widths */

/* The width of a column when none is wider than the cap but for a long word. */
static unsigned capped(const struct table_column *column, unsigned cap)
{
    return smaller(column->natural, larger(column->word, cap));
}

static uint64_t total(const struct table *table, unsigned cap)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < table->n; i++) sum += capped(&table->columns[i], cap);
    return sum;
}

/* The largest cap at which the columns fit. */
static unsigned find_cap(const struct table *table, unsigned available)
{
    unsigned low = 0, high = available;
    while (low < high) {
        unsigned middle = low + (high - low + 1) / 2;
        if (total(table, middle) <= available) low = middle;
        else high = middle - 1;
    }
    return low;
}

/* Gives what is left to the elastic columns, one by one, so that they end up as even as can be. */
static void stretch(struct table *table, unsigned left)
{
    while (left) {
        struct table_column *narrowest = NULL;
        for (uint32_t i = 0; i < table->n; i++) {
            struct table_column *column = &table->columns[i];
            if (!column->elastic || column->width >= MOST_SLACK) continue;
            if (!narrowest || column->width < narrowest->width) narrowest = column;
        }
        if (!narrowest) return;
        narrowest->width++;
        left--;
    }
}

bool table_fit(struct table *table, unsigned width, bool slack)
{
    unsigned gaps = table->n * GAP, cap = UINT32_MAX;
    table->wrap = width > 0;
    for (uint32_t i = 0; i < table->n; i++) widen(&table->columns[i], table->columns[i].title);
    bool tight = width && gaps + total(table, UINT32_MAX) > width;
    if (tight && gaps + total(table, 0) > width) return false;
    if (tight) cap = find_cap(table, width - gaps);
    for (uint32_t i = 0; i < table->n; i++) table->columns[i].width = capped(&table->columns[i], cap);
    if (slack && !tight && width) stretch(table, width - gaps - (unsigned)total(table, UINT32_MAX));
    return true;
}

/* ---- rows */

/* Where a line of `len` bytes is better ended: at its last space, if that is in its second half; else 0. */
static size_t last_space(struct text text, size_t len)
{
    if (len == text.len) return 0;
    for (size_t at = len; at > len / 2; at--)
        if (text.data[at] == ' ') return at;
    return 0;
}

/* Takes the next line of a cell off its text: all of it where nothing is broken. */
static struct text take_line(struct text *rest, unsigned width, bool wrap, unsigned *used)
{
    struct text line = *rest;
    *used = display_width(line);
    if (wrap && *used > width) {
        line.len = display_fit(*rest, width, used);
        size_t space = last_space(*rest, line.len);
        if (space) line.len = space, *used = display_width((struct text){line.data, space});
    }
    rest->data += line.len;
    rest->len -= line.len;
    while (wrap && rest->len && *rest->data == ' ') rest->data++, rest->len--;
    return line;
}

static void print_styled(struct buffer *out, struct text text, const char *style)
{
    if (style) buffer_append_string(out, style);
    buffer_append_text(out, text);
    if (style) buffer_append_string(out, plain);
}

/* One line of one cell, padded unless it ends the row. */
static void print_line(const struct table *table, uint32_t i, struct text line, unsigned used, const char *style,
                       struct buffer *out)
{
    const struct table_column *column = &table->columns[i];
    unsigned pad = used < column->width ? column->width - used : 0;
    buffer_append_string(out, i ? " | " : " ");
    if (column->right) display_pad(out, pad);
    print_styled(out, line, line.len ? style : NULL);
    if (!column->right && i + 1 < table->n) display_pad(out, pad);
}

static void trim_spaces(struct buffer *out)
{
    while (out->len && out->data[out->len - 1] == ' ') out->len--;
}

/* Prints line after line until no cell has more. `rest` is used up. */
static void print_cells(const struct table *table, struct text *rest, const char *const *styles, struct buffer *out)
{
    bool more = true;
    for (unsigned n = 0; more && n < TABLE_MAX_LINES; n++) {
        more = false;
        for (uint32_t i = 0; i < table->n; i++) {
            unsigned used;
            struct text line = take_line(&rest[i], table->columns[i].width, table->wrap, &used);
            bool cut = rest[i].len && n + 1 == TABLE_MAX_LINES;
            if (cut) line = TEXT("..."), used = 3;
            print_line(table, i, line, used, styles[i], out);
            more |= rest[i].len > 0;
        }
        trim_spaces(out);
        buffer_append_char(out, '\n');
    }
}

void table_print_header(const struct table *table, struct buffer *out)
{
    struct text titles[table->n];
    const char *styles[table->n];
    for (uint32_t i = 0; i < table->n; i++) {
        titles[i] = table->columns[i].title;
        styles[i] = table->colour ? bold : NULL;
    }
    print_cells(table, titles, styles, out);
    for (uint32_t i = 0; i < table->n; i++) {
        if (i) buffer_append_char(out, '+');
        for (unsigned j = 0; j < table->columns[i].width + 2; j++) buffer_append_char(out, '-');
    }
    buffer_append_char(out, '\n');
}

void table_print_row(const struct table *table, const struct cell *cells, struct buffer *out)
{
    struct text texts[table->n];
    const char *styles[table->n];
    for (uint32_t i = 0; i < table->n; i++) {
        texts[i] = cells[i].text;
        styles[i] = table->colour && cells[i].faint ? faint : NULL;
    }
    print_cells(table, texts, styles, out);
}

void table_print_record(const struct table *table, const struct cell *cells, uint64_t number, struct buffer *out)
{
    unsigned widest = 0;
    for (uint32_t i = 0; i < table->n; i++) {
        unsigned width = display_width(table->columns[i].title);
        if (width > widest) widest = width;
    }
    buffer_printf(out, "--- row %llu\n", (unsigned long long)number);
    for (uint32_t i = 0; i < table->n; i++) {
        struct text title = table->columns[i].title;
        print_styled(out, title, table->colour ? bold : NULL);
        display_pad(out, widest - display_width(title));
        buffer_append_string(out, " | ");
        print_styled(out, cells[i].text, table->colour && cells[i].faint ? faint : NULL);
        trim_spaces(out);
        buffer_append_char(out, '\n');
    }
}
