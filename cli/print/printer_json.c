/* printer_json.c - one JSON object a line, for programs.
 *
 *     {"ID":1,"NAME":"alice"}                      a row
 *     {"ID":1,"NAME":null,"@tombstone":true}       a table's row that was deleted
 *     {"@type":"streams","streams":[...]}          any other answer, as the REST API has it
 *     {"line":"rowtime: ..."}                      a line of PRINT
 */
#include "cli/print/output.h"

static void print_string(struct buffer *out, struct text text)
{
    struct value value = {.text = text};
    value_print_json(out, &type_string, &value);
}

static void entity(struct output *output, const struct entity *answer)
{
    entity_print_json(&output->text, answer, 0);
    buffer_append_char(&output->text, '\n');
}

static void row(struct output *output, const struct result_rows *result, uint32_t i)
{
    const struct schema *schema = result->schema;
    for (uint32_t j = 0; j < schema->n; j++) {
        buffer_append_char(&output->text, j ? ',' : '{');
        print_string(&output->text, schema->columns[j].name);
        buffer_append_char(&output->text, ':');
        value_print_json(&output->text, schema->columns[j].type, &result->values[(size_t)i * schema->n + j]);
    }
    if (result->tombstones && result->tombstones[i]) buffer_append_string(&output->text, ",\"@tombstone\":true");
    buffer_append_string(&output->text, "}\n");
}

static void rows(struct output *output, const struct result_rows *result)
{
    for (uint32_t i = 0; i < result->n_rows; i++) row(output, result, i);
}

static void line(struct output *output, struct text text)
{
    buffer_append_string(&output->text, "{\"line\":");
    print_string(&output->text, text);
    buffer_append_string(&output->text, "}\n");
}

const struct printer printer_json = {
    .entity = entity,
    .rows = rows,
    .line = line,
};
