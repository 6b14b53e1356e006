/* entities.c - the table of entities.def, and how its forms read. */
#include "cli/print/entities.h"
#include "cli/print/display.h"
#include "engine/time/datetime.h"

static const struct entity_layout layouts[] = {
#define ENTITY(type, list, ...) {type, list, {__VA_ARGS__}},
#define COLUMN(title, field, form) {title, field, FORM_##form}
#include "cli/print/entities.def"
#undef COLUMN
#undef ENTITY
};

const struct entity_layout *entity_layout_find(struct text type)
{
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
        if (text_equal(type, text_of(layouts[i].type))) return &layouts[i];
    return NULL;
}

uint32_t entity_layout_width(const struct entity_layout *layout)
{
    uint32_t n = 0;
    while (n < ENTITY_MAX_COLUMNS && layout->columns[n].title) n++;
    return n;
}

static struct text name_of(const struct entity_field *field)
{
    return field->name ? text_of(field->name) : field->dynamic_name;
}

const struct entity *entity_row(const struct entity *list, uint32_t i, struct text *name)
{
    *name = NO_TEXT;
    if (!list) return NULL;
    if (list->kind == ENTITY_LIST) return i < list->items.n ? list->items.items[i] : NULL;
    if (list->kind != ENTITY_OBJECT || i >= list->fields.n) return NULL;
    *name = name_of(&list->fields.items[i]);
    return list->fields.items[i].value;
}

/* ---- schemas */

static void print_parameters(struct buffer *out, const struct entity *parameters)
{
    if (!parameters || parameters->kind != ENTITY_OBJECT || !parameters->fields.n) return;
    for (uint32_t i = 0; i < parameters->fields.n; i++) {
        buffer_append_string(out, i ? ", " : "(");
        entity_print_plain(out, parameters->fields.items[i].value);
    }
    buffer_append_char(out, ')');
}

static void print_fields(struct buffer *out, const struct entity *fields)
{
    struct text unused;
    const struct entity *field;
    buffer_append_char(out, '<');
    for (uint32_t i = 0; (field = entity_row(fields, i, &unused)); i++) {
        if (i) buffer_append_string(out, ", ");
        buffer_append_text(out, entity_text(field, "name"));
        buffer_append_char(out, ' ');
        entity_print_schema(out, entity_get(field, "schema"));
    }
    buffer_append_char(out, '>');
}

void entity_print_schema(struct buffer *out, const struct entity *schema)
{
    if (!schema) return;
    if (schema->kind != ENTITY_OBJECT) {
        entity_print_plain(out, schema);
        return;
    }
    struct text type = entity_text(schema, "type"), whole = entity_text(schema, "text");
    if (whole.len) {
        buffer_append_text(out, whole);
        return;
    }
    const struct entity *member = entity_get(schema, "memberSchema"), *fields = entity_get(schema, "fields");
    buffer_append_text(out, type);
    print_parameters(out, entity_get(schema, "parameters"));
    if (fields && fields->kind == ENTITY_LIST) print_fields(out, fields);
    if (!member || member->kind != ENTITY_OBJECT) return;
    buffer_append_string(out, text_equal(type, TEXT("MAP")) ? "<STRING, " : "<");
    entity_print_schema(out, member);
    buffer_append_char(out, '>');
}

/* The schema and what the field is beside a value: "STRING (key)", "BYTES (header('trace'))". */
static void print_field_type(struct buffer *out, const struct entity *field)
{
    struct text type = entity_text(field, "type"), header = entity_text(field, "headerKey");
    entity_print_schema(out, entity_get(field, "schema"));
    if (text_equal(type, TEXT("KEY"))) buffer_append_string(out, " (key)");
    if (text_equal(type, TEXT("HEADER")) && header.data)
        buffer_printf(out, " (header('" TEXT_FMT "'))", TEXT_ARG(header));
    else if (text_equal(type, TEXT("HEADER"))) buffer_append_string(out, " (headers)");
}

/* ---- cells */

static void print_joined(struct buffer *out, const struct entity *list)
{
    struct text name;
    const struct entity *row;
    for (uint32_t i = 0; (row = entity_row(list, i, &name)); i++) {
        if (i) buffer_append_string(out, ", ");
        if (name.data) buffer_printf(out, TEXT_FMT ": ", TEXT_ARG(name));
        entity_print_plain(out, row);
    }
}

void entity_print_plain(struct buffer *out, const struct entity *value)
{
    switch (value ? value->kind : ENTITY_NULL) {
    case ENTITY_NULL: return;
    case ENTITY_BOOLEAN: buffer_append_string(out, value->boolean ? "true" : "false"); return;
    case ENTITY_INTEGER: buffer_printf(out, "%lld", (long long)value->integer); return;
    case ENTITY_TEXT: buffer_append_text(out, value->text); return;
    case ENTITY_LIST:
    case ENTITY_OBJECT: print_joined(out, value); return;
    }
}

static void print_count(struct buffer *out, const struct entity *value)
{
    uint32_t n = value->kind == ENTITY_LIST ? value->items.n : value->kind == ENTITY_OBJECT ? value->fields.n : 1;
    buffer_printf(out, "%u", n);
}

/* "topicPartitionEntity.topic": a field of a field. */
static const struct entity *get_path(const struct entity *row, const char *path)
{
    const char *dot = strchr(path, '.');
    char name[64];
    if (!dot) return entity_get(row, path);
    size_t len = (size_t)(dot - path);
    if (len >= sizeof name) return NULL;
    memcpy(name, path, len);
    name[len] = 0;
    return get_path(entity_get(row, name), dot + 1);
}

bool entity_print_cell(struct buffer *out, const struct entity_column *column, const struct entity *row,
                       struct text name)
{
    struct text unused;
    const struct entity *value = column->field ? get_path(row, column->field) : row;
    if (column->form == FORM_NAME) {
        buffer_append_text(out, name);
        return true;
    }
    if (!value || value->kind == ENTITY_NULL) return false;
    switch (column->form) {
    case FORM_COUNT: print_count(out, value); break;
    case FORM_FIRST: entity_print_plain(out, entity_row(value, 0, &unused)); break;
    case FORM_SQL: display_fold(out, value->text); break;
    case FORM_TIME: timestamp_print(out, value->integer); break;
    case FORM_SCHEMA: entity_print_schema(out, value); break;
    case FORM_FIELD_TYPE: print_field_type(out, value); break;
    case FORM_NAME:
    case FORM_TEXT: entity_print_plain(out, value); break;
    }
    return true;
}
