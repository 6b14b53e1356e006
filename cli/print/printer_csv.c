/* printer_csv.c - rows and lists as comma-separated values, a line of names first.
 *
 *     ID,NAME                  fields as csv.h has them
 *     1,"Doe, ""J"""           a deleted row of a table has its key and nothing else
 *
 * Other answers have no rows: what they say goes to the standard error, descriptions of sources as their fields.
 */
#include "cli/print/cell.h"
#include "cli/print/csv.h"
#include "cli/print/describe.h"
#include "cli/print/entities.h"
#include "cli/print/output.h"
#include <ctype.h>

enum { MAX_CELL = 1 << 28 };

/* ---- rows */

static void header(struct output *output, const struct schema *schema)
{
    for (uint32_t i = 0; i < schema->n; i++) csv_field(&output->text, schema->columns[i].name, i == 0);
    buffer_append_char(&output->text, '\n');
}

static void value(struct output *output, const struct type *type, const struct value *cell, bool first)
{
    if (cell->is_null) {
        csv_field(&output->text, NO_TEXT, first);
        return;
    }
    struct buffer text = BUFFER(MAX_CELL);
    cell_print(&text, type, cell);
    csv_field(&output->text, text.len ? buffer_text(&text) : TEXT(""), first);
    buffer_free(&text);
}

static void rows(struct output *output, const struct result_rows *result)
{
    const struct schema *schema = result->schema;
    for (uint32_t i = 0; i < result->n_rows; i++) {
        for (uint32_t j = 0; j < schema->n; j++)
            value(output, schema->columns[j].type, &result->values[(size_t)i * schema->n + j], j == 0);
        buffer_append_char(&output->text, '\n');
    }
}

/* ---- entities */

/* "Key format" as key_format: a name for programs, and one of a kind. */
static void print_name(struct buffer *out, const char *title, bool first)
{
    char name[64];
    size_t len = 0;
    for (; title[len] && len < sizeof name; len++)
        name[len] = title[len] == ' ' ? '_' : (char)tolower((unsigned char)title[len]);
    csv_field(out, (struct text){name, len}, first);
}

static void list(struct output *output, const struct entity_layout *layout, const struct entity *items)
{
    struct text name;
    const struct entity *row;
    uint32_t n = entity_layout_width(layout);
    for (uint32_t j = 0; j < n; j++) print_name(&output->text, layout->columns[j].title, j == 0);
    buffer_append_char(&output->text, '\n');
    for (uint32_t i = 0; (row = entity_row(items, i, &name)); i++) {
        for (uint32_t j = 0; j < n; j++) {
            struct buffer text = BUFFER(MAX_CELL);
            bool printed = entity_print_cell(&text, &layout->columns[j], row, name);
            csv_field(&output->text, !printed ? NO_TEXT : text.len ? buffer_text(&text) : TEXT(""), j == 0);
            buffer_free(&text);
        }
        buffer_append_char(&output->text, '\n');
    }
}

/* Says in words on the standard error what is no list. */
static void aside(struct output *output, const struct entity *answer)
{
    struct output words = {.text = BUFFER(1 << 26), .spool = -1};
    describe(&words, answer);
    output_notice(output, text_trim(buffer_text(&words.text)));
    buffer_free(&words.text);
}

static void entity(struct output *output, const struct entity *answer)
{
    struct text type = entity_text(answer, "@type");
    const struct entity_layout *layout = entity_layout_find(type);
    const struct entity *source = entity_get(answer, "sourceDescription");
    if (layout)
        list(output, layout, entity_get(answer, layout->list));
    else if (source)
        list(output, entity_layout_find(TEXT("sourceDescription.fields")), entity_get(source, "fields"));
    else
        aside(output, answer);
}

static void line(struct output *output, struct text text)
{
    csv_field(&output->text, text, true);
    buffer_append_char(&output->text, '\n');
}

const struct printer printer_csv = {
    .entity = entity,
    .header = header,
    .rows = rows,
    .line = line,
};
