/* printer_table.c - answers for people: rows in a sheet, entities described. */
#include "cli/print/describe.h"
#include "cli/print/display.h"
#include "cli/print/output.h"
#include "cli/print/sheet.h"

static void header(struct output *output, const struct schema *schema)
{
    sheet_free(output->sheet);
    output->sheet = sheet_new(output, schema);
}

static void rows(struct output *output, const struct result_rows *result)
{
    if (output->sheet) sheet_add(output->sheet, output, result);
}

static void tick(struct output *output)
{
    if (output->sheet) sheet_tick(output->sheet, output);
}

static void line(struct output *output, struct text text)
{
    display_escape(&output->text, text);
    buffer_append_char(&output->text, '\n');
}

static void abandon(struct output *output)
{
    if (output->sheet) sheet_end(output->sheet, output);
    sheet_free(output->sheet);
    output->sheet = NULL;
}

/* "Limit Reached (3 rows)"; how it ended is said where that is no matter of course. */
static void finished(struct output *output, const char *how)
{
    abandon(output);
    if (!output->interactive || output->quiet) return;
    bool plain = !strcmp(how, "Query Completed");
    buffer_printf(&output->text, "%s%s(%llu row%s)\n", plain ? "" : how, plain ? "" : " ",
                  (unsigned long long)output->n_rows, output->n_rows == 1 ? "" : "s");
}

const struct printer printer_table = {
    .entity = describe,
    .header = header,
    .rows = rows,
    .line = line,
    .finished = finished,
    .tick = tick,
    .abandon = abandon,
};
