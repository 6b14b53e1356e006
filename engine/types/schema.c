/* schema.c - finding, copying and printing a schema's columns. */
#include "engine/types/schema.h"
#include "engine/base/arena.h"
#include "engine/base/buffer.h"
#include "engine/base/map.h"
#include "engine/types/quoted.h"

int32_t schema_find(const struct schema *schema, struct text name)
{
    for (uint32_t i = 0; i < schema->n; i++)
        if (text_equal(schema->columns[i].name, name)) return (int32_t)i;
    return -1;
}

void schema_index(const struct schema *schema, struct map *names)
{
    for (uint32_t i = schema->n; i-- > 0;) map_put(names, schema->columns[i].name, (void *)&schema->columns[i]);
}

int32_t schema_index_find(const struct schema *schema, const struct map *names, struct text name)
{
    const struct schema_column *column = map_get(names, name);
    return column ? (int32_t)(column - schema->columns) : -1;
}

uint32_t schema_count(const struct schema *schema, enum column_role role)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < schema->n; i++) n += schema->columns[i].role == role;
    return n;
}

struct schema schema_copy(struct arena *arena, const struct schema *schema)
{
    struct schema_column *columns = arena_copy(arena, schema->columns, schema->n * sizeof *columns);
    for (uint32_t i = 0; i < schema->n; i++) {
        columns[i].name = text_copy(arena, columns[i].name);
        columns[i].type = type_copy(arena, columns[i].type);
        columns[i].header_key = text_copy(arena, columns[i].header_key);
    }
    return (struct schema){columns, schema->n};
}

static void print_column(struct buffer *out, const struct schema_column *column)
{
    quoted_print(out, column->name, '`');
    buffer_append_char(out, ' ');
    type_print(out, column->type);
    if (column->role == COLUMN_KEY) buffer_append_string(out, " KEY");
    if (column->role == COLUMN_HEADERS) buffer_append_string(out, " HEADERS");
    if (column->role != COLUMN_HEADER) return;
    buffer_append_string(out, " HEADER(");
    quoted_print(out, column->header_key, '\'');
    buffer_append_char(out, ')');
}

void schema_print(struct buffer *out, const struct schema *schema)
{
    const char *separator = "";
    for (uint32_t i = 0; i < schema->n; i++) {
        if (schema->columns[i].role == COLUMN_PSEUDO) continue;
        buffer_append_string(out, separator);
        print_column(out, &schema->columns[i]);
        separator = ", ";
    }
}

enum pseudo_column pseudo_column_find(struct text name)
{
    static const struct text names[] = {
        [PSEUDO_ROWTIME] = {"ROWTIME", 7},     [PSEUDO_ROWPARTITION] = {"ROWPARTITION", 12},
        [PSEUDO_ROWOFFSET] = {"ROWOFFSET", 9}, [PSEUDO_WINDOWSTART] = {"WINDOWSTART", 11},
        [PSEUDO_WINDOWEND] = {"WINDOWEND", 9},
    };
    for (enum pseudo_column i = PSEUDO_ROWTIME; i <= PSEUDO_WINDOWEND; i++)
        if (text_equal_nocase(names[i], name)) return i;
    return PSEUDO_NONE;
}
