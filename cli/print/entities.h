/* entities.h - what of an answer is shown in which column: entities.def, and the text of one cell.
 *
 *     {"@type": "streams", "streams": [{"name": "ORDERS", "topic": "orders", ...}]}
 *     ENTITY("streams", "streams", COLUMN("Stream", "name", TEXT), COLUMN("Topic", "topic", TEXT), ...)
 *
 *      Stream | Topic                    titles are for people; CSV has the fields' own names
 *     --------+--------
 *      ORDERS | orders
 *
 * A list that is an object has a row for each of its fields.
 */
#pragma once
#include "engine/base/entity.h"

enum { ENTITY_MAX_COLUMNS = 8 };

enum entity_form {
    FORM_TEXT,       /* as it is; a list's items and an object's fields joined by commas */
    FORM_COUNT,      /* how many items the list has */
    FORM_FIRST,      /* its first item */
    FORM_SQL,        /* on one line */
    FORM_TIME,       /* milliseconds since 1970 as a timestamp */
    FORM_NAME,       /* the row's name, where the list is an object */
    FORM_SCHEMA,     /* the row, {type, fields, memberSchema, ...}, as a SQL type */
    FORM_FIELD_TYPE, /* the row's schema, and (key) or (headers) */
};

struct entity_column {
    const char *title;
    const char *field; /* a dot leads into an object; NULL: the row itself */
    enum entity_form form;
};

struct entity_layout {
    const char *type;
    const char *list;
    struct entity_column columns[ENTITY_MAX_COLUMNS]; /* up to one without a title */
};

/* NULL if no row has that type. */
const struct entity_layout *entity_layout_find(struct text type);
uint32_t entity_layout_width(const struct entity_layout *layout);

/* Row i of a list; where it is an object, its i-th field's value, and *name its name. NULL beyond the last. */
const struct entity *entity_row(const struct entity *list, uint32_t i, struct text *name);

/* Appends a row's text in a column; false, and nothing, if it is null. */
bool entity_print_cell(struct buffer *out, const struct entity_column *column, const struct entity *row,
                       struct text name);

/* A value in words: a text, a number, items joined by ", ". */
void entity_print_plain(struct buffer *out, const struct entity *value);

/* "DECIMAL(4, 2)", "STRUCT<ID BIGINT, TAGS ARRAY<STRING>>" of {type, fields, memberSchema, parameters}, or its {text}
 * where it has one. */
void entity_print_schema(struct buffer *out, const struct entity *schema);
