/* describe.c - answers as text for people: tables of lists, and blocks of "name: value" lines with tables below.
 *
 *     Name         : ORDERS
 *     Type         : STREAM
 *     Topic        : orders
 *
 *      Field | Type
 *     -------+--------------
 *      ID    | BIGINT (key)
 *
 * How a description is laid out is one function here and a row in `descriptions`.
 */
#include "cli/print/describe.h"
#include "cli/print/display.h"
#include "cli/print/entities.h"
#include "cli/print/table.h"
#include <stdlib.h>

enum { MAX_CELL = 1 << 26 };

/* ---- tables of lists */

static struct cell make_cell(struct arena *arena, const struct entity_column *column, const struct entity *row,
                             struct text name)
{
    struct buffer text = BUFFER(MAX_CELL), shown = BUFFER(MAX_CELL);
    bool printed = entity_print_cell(&text, column, row, name);
    display_escape(&shown, buffer_text(&text));
    struct cell cell = {printed ? text_copy(arena, buffer_text(&shown)) : TEXT("null"), !printed};
    if (printed && !cell.text.data) cell.text = TEXT("");
    buffer_free(&text);
    buffer_free(&shown);
    return cell;
}

static bool is_number(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((text.data[i] < '0' || text.data[i] > '9') && !(i == 0 && text.data[i] == '-')) return false;
    return text.len > 0;
}

/* Measures the rows; a column of numbers only stands to the right. */
static void measure(struct table *table, struct cell *const *rows, uint32_t n_rows)
{
    for (uint32_t i = 0; i < table->n; i++) table->columns[i].right = n_rows > 0;
    for (uint32_t row = 0; row < n_rows; row++) {
        table_measure(table, rows[row]);
        for (uint32_t i = 0; i < table->n; i++) table->columns[i].right &= is_number(rows[row][i].text);
    }
}

static void print_table(struct output *output, struct table *table, struct cell *const *rows, uint32_t n_rows)
{
    measure(table, rows, n_rows);
    table->colour = output->colour;
    bool records = !table_fit(table, output_width(output), false) || output->vertical;
    if (!records) table_print_header(table, &output->text);
    for (uint32_t row = 0; row < n_rows; row++) {
        if (records) table_print_record(table, rows[row], row + 1, &output->text);
        else table_print_row(table, rows[row], &output->text);
    }
}

static void print_list(struct output *output, const struct entity_layout *layout, const struct entity *list)
{
    struct arena *arena = arena_new();
    struct { LIST_OF(struct cell *); } rows = {0};
    struct table *table = table_make(arena, entity_layout_width(layout));
    struct text name;
    const struct entity *row;
    for (uint32_t i = 0; i < table->n; i++) table->columns[i].title = text_of(layout->columns[i].title);
    for (uint32_t i = 0; (row = entity_row(list, i, &name)); i++) {
        struct cell *cells = ARENA_ARRAY(arena, struct cell, table->n);
        for (uint32_t j = 0; j < table->n; j++) cells[j] = make_cell(arena, &layout->columns[j], row, name);
        LIST_PUSH(arena, &rows, cells);
    }
    print_table(output, table, rows.items, rows.n);
    arena_free(arena);
}

/* A list inside a description, with a line above it; nothing if it is empty. */
static void print_part(struct output *output, const char *heading, const char *layout, const struct entity *list)
{
    struct text unused;
    if (!entity_row(list, 0, &unused)) return;
    buffer_append_char(&output->text, '\n');
    if (heading) buffer_printf(&output->text, "%s:\n", heading);
    print_list(output, entity_layout_find(text_of(layout)), list);
}

/* ---- lines of a description */

/* One "title : value" line; nothing if there is no value, or an empty one. */
static void print_value(struct output *output, const char *title, const struct entity *value)
{
    struct buffer text = BUFFER(MAX_CELL);
    entity_print_plain(&text, value);
    if (text.len) {
        buffer_printf(&output->text, "%-13s: ", title);
        display_escape(&output->text, buffer_text(&text));
        buffer_append_char(&output->text, '\n');
    }
    buffer_free(&text);
}

struct line {
    const char *title, *field;
};

static void print_lines(struct output *output, const struct entity *object, const struct line *lines)
{
    for (; lines->title; lines++) print_value(output, lines->title, entity_get(object, lines->field));
}

/* A text of several lines as it is, but for its control characters. */
static void print_block(struct output *output, const char *heading, struct text text)
{
    if (!text.len) return;
    buffer_printf(&output->text, "\n%s:\n", heading);
    while (text.len) {
        const char *end = memchr(text.data, '\n', text.len);
        struct text line = {text.data, end ? (size_t)(end - text.data) : text.len};
        display_escape(&output->text, line);
        buffer_append_char(&output->text, '\n');
        size_t taken = line.len + (end != NULL);
        text.data += taken, text.len -= taken;
    }
}

/* ---- descriptions */

static void describe_offsets(struct output *output, const struct entity *source)
{
    struct text unused;
    const struct entity *group, *topic;
    for (uint32_t i = 0; (group = entity_row(entity_get(source, "queryOffsetSummaries"), i, &unused)); i++)
        for (uint32_t j = 0; (topic = entity_row(entity_get(group, "topicSummaries"), j, &unused)); j++) {
            struct text name = entity_text(topic, "kafkaTopic"), id = entity_text(group, "groupId");
            char *heading = arena_printf(source->arena, "Offsets of " TEXT_FMT " in " TEXT_FMT, TEXT_ARG(id),
                                         TEXT_ARG(name));
            print_part(output, heading, "sourceDescription.offsets", entity_get(topic, "offsets"));
        }
}

static void describe_source(struct output *output, const struct entity *source)
{
    static const struct line lines[] = {
        {"Name", "name"},           {"Type", "type"},                {"Topic", "topic"},
        {"Key format", "keyFormat"}, {"Value format", "valueFormat"}, {"Window", "windowType"},
        {"Timestamp", "timestamp"}, {NULL, NULL},
    };
    static const struct line more[] = {
        {"Partitions", "partitions"}, {"Replication", "replication"}, {"Made from it", "sourceConstraints"}, {NULL, NULL},
    };
    const struct entity *extended = entity_get(source, "extended");
    print_lines(output, source, lines);
    if (extended && extended->boolean) print_lines(output, source, more);
    print_part(output, NULL, "sourceDescription.fields", entity_get(source, "fields"));
    if (!extended || !extended->boolean) return;
    print_block(output, "Statement", entity_text(source, "statement"));
    print_part(output, "Queries that read it", "sourceDescription.queries", entity_get(source, "readQueries"));
    print_part(output, "Queries that write it", "sourceDescription.queries", entity_get(source, "writeQueries"));
    print_block(output, "Statistics", entity_text(source, "statistics"));
    print_block(output, "Errors", entity_text(source, "errorStats"));
    describe_offsets(output, source);
}

static void describe_tasks(struct output *output, const struct entity *tasks)
{
    struct text unused;
    const struct entity *task;
    for (uint32_t i = 0; (task = entity_row(tasks, i, &unused)); i++) {
        struct text id = entity_text(task, "taskId"), error = entity_text(task, "error");
        char *heading = arena_printf(tasks->arena, "Task " TEXT_FMT, TEXT_ARG(id));
        print_part(output, heading, "queryDescription.positions", entity_get(task, "topicOffsets"));
        if (error.len) print_value(output, "Error", entity_get(task, "error"));
    }
}

static void describe_query(struct output *output, const struct entity *query)
{
    static const struct line lines[] = {
        {"Query", "id"}, {"Type", "queryType"}, {"Status", "state"}, {"Reads", "sources"}, {"Writes", "sinks"},
        {"Window", "windowType"}, {"Group", "consumerGroupId"}, {"Runs on", "ksqlHostQueryStatus"},
        {"Settings", "overriddenProperties"}, {NULL, NULL},
    };
    print_lines(output, query, lines);
    print_block(output, "Statement", entity_text(query, "statementText"));
    print_part(output, NULL, "sourceDescription.fields", entity_get(query, "fields"));
    print_block(output, "Syntax tree", entity_text(query, "tree"));
    print_block(output, "Execution plan", entity_text(query, "executionPlan"));
    print_block(output, "Topology", entity_text(query, "topology"));
    describe_tasks(output, entity_get(query, "tasksMetadata"));
    print_part(output, "Errors", "queryDescription.errors", entity_get(query, "queryErrors"));
}

/* "(value INT, digits INT) -> INT" of the arguments one by one, where the signature is not there as one text. */
static void print_arguments(struct output *output, const struct entity *variant)
{
    struct text unused, result = entity_text(variant, "returnType");
    const struct entity *argument, *arguments = entity_get(variant, "arguments");
    buffer_append_char(&output->text, '(');
    for (uint32_t i = 0; (argument = entity_row(arguments, i, &unused)); i++) {
        const struct entity *variadic = entity_get(argument, "isVariadic");
        struct text title = entity_text(argument, "name"), type = entity_text(argument, "type");
        buffer_printf(&output->text, "%s" TEXT_FMT "%s" TEXT_FMT "%s", i ? ", " : "", TEXT_ARG(title),
                      title.len ? " " : "", TEXT_ARG(type), variadic && variadic->boolean ? "..." : "");
    }
    buffer_printf(&output->text, ") -> " TEXT_FMT, TEXT_ARG(result));
}

/*
 *     ABS(value INT) -> INT
 *       the value without its sign
 *       ABS(-5) is 5
 */
static void describe_variant(struct output *output, struct text name, const struct entity *variant)
{
    struct text signature = entity_text(variant, "signature"), what = entity_text(variant, "description");
    struct text example = entity_text(variant, "example"), result = entity_text(variant, "result");
    buffer_printf(&output->text, "\n" TEXT_FMT, TEXT_ARG(name));
    if (signature.len) buffer_append_text(&output->text, signature);
    else print_arguments(output, variant);
    buffer_append_char(&output->text, '\n');
    if (what.len) buffer_printf(&output->text, "  " TEXT_FMT "\n", TEXT_ARG(what));
    if (example.len) buffer_printf(&output->text, "  " TEXT_FMT " is " TEXT_FMT "\n", TEXT_ARG(example), TEXT_ARG(result));
}

static void describe_function(struct output *output, const struct entity *function)
{
    static const struct line lines[] = {
        {"Name", "name"},     {"Type", "type"},       {"Category", "category"},        {"Author", "author"},
        {"Version", "version"}, {"From", "path"}, {"What it does", "description"}, {NULL, NULL},
    };
    struct text unused;
    const struct entity *variant;
    print_lines(output, function, lines);
    for (uint32_t i = 0; (variant = entity_row(entity_get(function, "functions"), i, &unused)); i++)
        describe_variant(output, entity_text(function, "name"), variant);
}

static void describe_connector(struct output *output, const struct entity *connector)
{
    static const struct line lines[] = {{"Class", "connectorClass"}, {"Topics", "topics"}, {NULL, NULL}},
                             state[] = {{"Name", "name"}, {"Type", "type"}, {NULL, NULL}};
    const struct entity *status = entity_get(connector, "status");
    print_lines(output, status, state);
    print_lines(output, connector, lines);
    print_value(output, "Status", entity_get(entity_get(status, "connector"), "state"));
    print_part(output, NULL, "connector_description.tasks", entity_get(status, "tasks"));
}

static void describe_status(struct output *output, const struct entity *status)
{
    struct text message = entity_text(entity_get(status, "commandStatus"), "message");
    display_escape(&output->text, message);
    buffer_append_char(&output->text, '\n');
}

static void describe_message(struct output *output, const struct entity *answer)
{
    display_escape(&output->text, entity_text(answer, "message"));
    buffer_append_char(&output->text, '\n');
}

/* A name and whether something is so. */
static void print_fact(struct output *output, const struct entity *name, const struct entity *fact, const char *yes,
                       const char *no)
{
    entity_print_plain(&output->text, name);
    buffer_printf(&output->text, " %s\n", fact && fact->boolean ? yes : no);
}

static void describe_terminated(struct output *output, const struct entity *answer)
{
    print_fact(output, entity_get(answer, "queryId"), entity_get(answer, "wasTerminated"), "was terminated",
               "was not running");
}

static void describe_topic_asserted(struct output *output, const struct entity *answer)
{
    print_fact(output, entity_get(answer, "topicName"), entity_get(answer, "exists"), "exists", "does not exist");
}

static void describe_schema_asserted(struct output *output, const struct entity *answer)
{
    const struct entity *subject = entity_get(answer, "subject"), *id = entity_get(answer, "id");
    bool named = subject && subject->kind == ENTITY_TEXT;
    buffer_append_string(&output->text, "Schema ");
    print_fact(output, named ? subject : id, entity_get(answer, "exists"), "exists", "does not exist");
}

static void describe_connector_created(struct output *output, const struct entity *answer)
{
    print_fact(output, entity_get(answer, "name"), NULL, "", "was created");
}

static void describe_connector_dropped(struct output *output, const struct entity *answer)
{
    print_fact(output, entity_get(answer, "connectorName"), NULL, "", "was dropped");
}

static const struct description {
    const char *type;
    const char *part; /* the field that is described, or a list of which each item is; NULL: the answer itself */
    void (*describe)(struct output *output, const struct entity *object);
} descriptions[] = {
    {"sourceDescription", "sourceDescription", describe_source},
    {"source_descriptions", "sourceDescriptions", describe_source},
    {"queryDescription", "queryDescription", describe_query},
    {"query_descriptions", "queryDescriptions", describe_query},
    {"describe_function", NULL, describe_function},
    {"connector_description", NULL, describe_connector},
    {"connector_info", NULL, describe_connector_created},
    {"drop_connector", NULL, describe_connector_dropped},
    {"currentStatus", NULL, describe_status},
    {"warning_entity", NULL, describe_message},
    {"terminate_query", NULL, describe_terminated},
    {"assert_topic", NULL, describe_topic_asserted},
    {"assert_schema", NULL, describe_schema_asserted},
};

static void describe_parts(struct output *output, const struct description *description, const struct entity *part)
{
    struct text unused;
    const struct entity *item;
    if (!part || part->kind != ENTITY_LIST) {
        if (part) description->describe(output, part);
        return;
    }
    for (uint32_t i = 0; (item = entity_row(part, i, &unused)); i++) {
        if (i) buffer_append_char(&output->text, '\n');
        description->describe(output, item);
    }
}

static bool describe_one(struct output *output, const struct entity *entity, struct text type)
{
    for (size_t i = 0; i < sizeof descriptions / sizeof *descriptions; i++) {
        const struct description *description = &descriptions[i];
        if (!text_equal(type, text_of(description->type))) continue;
        describe_parts(output, description, description->part ? entity_get(entity, description->part) : entity);
        return true;
    }
    return false;
}

static void print_warnings(struct output *output, const struct entity *warnings)
{
    struct text unused;
    const struct entity *warning;
    for (uint32_t i = 0; (warning = entity_row(warnings, i, &unused)); i++) {
        buffer_append_string(&output->text, "Warning: ");
        display_escape(&output->text, warning->kind == ENTITY_TEXT ? warning->text : entity_text(warning, "message"));
        buffer_append_char(&output->text, '\n');
    }
}

void describe(struct output *output, const struct entity *entity)
{
    struct text type = entity_text(entity, "@type");
    const struct entity_layout *layout = entity_layout_find(type);
    if (layout) {
        print_list(output, layout, entity_get(entity, layout->list));
    } else if (!describe_one(output, entity, type)) {
        entity_print_json(&output->text, entity, 2);
        buffer_append_char(&output->text, '\n');
    }
    print_warnings(output, entity_get(entity, "warnings"));
}
