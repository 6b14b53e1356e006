/* schema.h - the columns of a stream, a table, or of what flows between two operators.
 *
 * Order: key columns, value columns (header columns among them, as declared), then in an operator's schema the pseudo
 * columns.
 */
#pragma once
#include "engine/types/type.h"

struct map;

enum column_role {
    COLUMN_KEY,
    COLUMN_VALUE,
    COLUMN_HEADERS, /* ARRAY<STRUCT<KEY STRING, VALUE BYTES>>, all headers of the record */
    COLUMN_HEADER,  /* BYTES, the last header with header_key */
    COLUMN_PSEUDO,  /* ROWTIME, ROWPARTITION, ROWOFFSET, WINDOWSTART, WINDOWEND */
};

enum pseudo_column {
    PSEUDO_NONE,
    PSEUDO_ROWTIME,
    PSEUDO_ROWPARTITION,
    PSEUDO_ROWOFFSET,
    PSEUDO_WINDOWSTART,
    PSEUDO_WINDOWEND
};

struct schema_column {
    struct text name;
    const struct type *type;
    enum column_role role;
    struct text header_key;
    enum pseudo_column pseudo;
};

struct schema {
    const struct schema_column *columns;
    uint32_t n;
};

/* Index of the column with that exact name, or -1. */
int32_t schema_find(const struct schema *schema, struct text name);

/* The same, for who looks up many names: fills an empty map from names to columns, to be freed with map_free; the
 * schema must outlive it. */
void schema_index(const struct schema *schema, struct map *names);
int32_t schema_index_find(const struct schema *schema, const struct map *names, struct text name);

/* The number of columns of a role. */
uint32_t schema_count(const struct schema *schema, enum column_role role);

/* A deep copy. */
struct schema schema_copy(struct arena *arena, const struct schema *schema);

/* "`ID` BIGINT KEY, `NAME` STRING": all but the pseudo columns. */
void schema_print(struct buffer *out, const struct schema *schema);

/* The pseudo column of that name in any case, or PSEUDO_NONE. */
enum pseudo_column pseudo_column_find(struct text name);
