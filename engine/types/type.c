/* type.c - SQL types: the constants, building, comparing and printing them.
 *
 * Scalars are constants of the program; DECIMAL and the nested types are made in an arena.
 */
#include "engine/types/type.h"
#include "engine/base/arena.h"
#include "engine/base/buffer.h"
#include "engine/base/map.h"
#include "engine/types/quoted.h"

enum { TYPE_TEXT_LIMIT = 1 << 20 };

const struct type type_null = {.kind = TYPE_NULL};
const struct type type_boolean = {.kind = TYPE_BOOLEAN};
const struct type type_integer = {.kind = TYPE_INTEGER};
const struct type type_bigint = {.kind = TYPE_BIGINT};
const struct type type_double = {.kind = TYPE_DOUBLE};
const struct type type_string = {.kind = TYPE_STRING};
const struct type type_bytes = {.kind = TYPE_BYTES};
const struct type type_date = {.kind = TYPE_DATE};
const struct type type_time = {.kind = TYPE_TIME};
const struct type type_timestamp = {.kind = TYPE_TIMESTAMP};

static const char *const kind_names[TYPE_KINDS] = {
    [TYPE_NULL] = "NULL",       [TYPE_BOOLEAN] = "BOOLEAN", [TYPE_INTEGER] = "INTEGER",     [TYPE_BIGINT] = "BIGINT",
    [TYPE_DECIMAL] = "DECIMAL", [TYPE_DOUBLE] = "DOUBLE",   [TYPE_STRING] = "STRING",       [TYPE_BYTES] = "BYTES",
    [TYPE_DATE] = "DATE",       [TYPE_TIME] = "TIME",       [TYPE_TIMESTAMP] = "TIMESTAMP", [TYPE_ARRAY] = "ARRAY",
    [TYPE_MAP] = "MAP",         [TYPE_STRUCT] = "STRUCT",
};

static const struct {
    struct text name;
    const struct type *type;
} named[] = {
    {{"BOOLEAN", 7}, &type_boolean}, {{"INT", 3}, &type_integer},         {{"INTEGER", 7}, &type_integer},
    {{"BIGINT", 6}, &type_bigint},   {{"DOUBLE", 6}, &type_double},       {{"STRING", 6}, &type_string},
    {{"VARCHAR", 7}, &type_string},  {{"BYTES", 5}, &type_bytes},         {{"DATE", 4}, &type_date},
    {{"TIME", 4}, &type_time},       {{"TIMESTAMP", 9}, &type_timestamp},
};

const struct type *type_decimal(struct arena *arena, int32_t precision, int32_t scale)
{
    struct type *type = ARENA_MAKE(arena, struct type);
    type->kind = TYPE_DECIMAL;
    type->precision = precision;
    type->scale = scale;
    return type;
}

/* Counts a member in. */
static void add_member(struct type *type, const struct type *member)
{
    uint64_t size = (uint64_t)type->size + 1 + member->size;
    type->size = size > TYPE_MAX_SIZE ? TYPE_MAX_SIZE + 1 : (uint32_t)size;
    if (type->depth <= member->depth) type->depth = member->depth + 1;
}

bool type_check_total(uint64_t size, struct span span, struct error *error)
{
    if (size <= TYPE_MAX_SIZE) return true;
    return error_set(error, ERROR_LIMIT, span, "these types have more than %d fields, keys and elements in all",
                     TYPE_MAX_SIZE);
}

bool type_check_size(const struct type *type, struct span span, struct error *error)
{
    if (type->depth <= TYPE_MAX_DEPTH) return type_check_total(type->size, span, error);
    return error_set(error, ERROR_LIMIT, span, "this type is nested deeper than %d levels", TYPE_MAX_DEPTH);
}

const struct type *type_array(struct arena *arena, const struct type *element)
{
    struct type *type = ARENA_MAKE(arena, struct type);
    type->kind = TYPE_ARRAY;
    type->element = element;
    add_member(type, element);
    return type;
}

const struct type *type_map(struct arena *arena, const struct type *key, const struct type *element)
{
    struct type *type = ARENA_MAKE(arena, struct type);
    type->kind = TYPE_MAP;
    type->key = key;
    type->element = element;
    add_member(type, key);
    add_member(type, element);
    return type;
}

const struct type *type_struct(struct arena *arena, const struct type_field *fields, uint32_t n)
{
    struct type *type = ARENA_MAKE(arena, struct type);
    type->kind = TYPE_STRUCT;
    type->fields = arena_copy(arena, fields, n * sizeof *fields);
    type->n_fields = n;
    for (uint32_t i = 0; i < n; i++) add_member(type, fields[i].type);
    return type;
}

static const struct type *copy_struct(struct arena *arena, const struct type *type)
{
    struct type_field *fields = ARENA_ARRAY(arena, struct type_field, type->n_fields);
    for (uint32_t i = 0; i < type->n_fields; i++) {
        fields[i].name = text_copy(arena, type->fields[i].name);
        fields[i].type = type_copy(arena, type->fields[i].type);
    }
    struct type *copy = ARENA_MAKE(arena, struct type);
    *copy = *type;
    copy->fields = fields;
    return copy;
}

const struct type *type_copy(struct arena *arena, const struct type *type)
{
    switch (type->kind) {
    case TYPE_DECIMAL: return type_decimal(arena, type->precision, type->scale);
    case TYPE_ARRAY: return type_array(arena, type_copy(arena, type->element));
    case TYPE_MAP: return type_map(arena, type_copy(arena, type->key), type_copy(arena, type->element));
    case TYPE_STRUCT: return copy_struct(arena, type);
    default: return arena_copy(arena, type, sizeof *type);
    }
}

static bool same_fields(const struct type *a, const struct type *b)
{
    if (a->n_fields != b->n_fields) return false;
    for (uint32_t i = 0; i < a->n_fields; i++) {
        if (!text_equal(a->fields[i].name, b->fields[i].name)) return false;
        if (!type_equal(a->fields[i].type, b->fields[i].type)) return false;
    }
    return true;
}

bool type_equal(const struct type *a, const struct type *b)
{
    if (a == b) return true;
    if (a->kind != b->kind) return false;
    switch (a->kind) {
    case TYPE_DECIMAL: return a->precision == b->precision && a->scale == b->scale;
    case TYPE_ARRAY: return type_equal(a->element, b->element);
    case TYPE_MAP: return type_equal(a->key, b->key) && type_equal(a->element, b->element);
    case TYPE_STRUCT: return same_fields(a, b);
    default: return true;
    }
}

const struct type *type_named(struct text name)
{
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (text_equal_nocase(named[i].name, name)) return named[i].type;
    return NULL;
}

/* A structure without fields shows as "STRUCT< >". */
static void print_fields(struct buffer *out, const struct type *type)
{
    if (!type->n_fields) buffer_append_char(out, ' ');
    for (uint32_t i = 0; i < type->n_fields; i++) {
        if (i) buffer_append_string(out, ", ");
        quoted_print(out, type->fields[i].name, '`');
        buffer_append_char(out, ' ');
        type_print(out, type->fields[i].type);
    }
}

void type_print(struct buffer *out, const struct type *type)
{
    buffer_append_string(out, kind_names[type->kind]);
    if (type->kind == TYPE_DECIMAL) buffer_printf(out, "(%d, %d)", type->precision, type->scale);
    if (!type_is_nested(type)) return;
    buffer_append_char(out, '<');
    if (type->kind == TYPE_STRUCT) print_fields(out, type);
    if (type->kind == TYPE_MAP) {
        type_print(out, type->key);
        buffer_append_string(out, ", ");
    }
    if (type->element) type_print(out, type->element);
    buffer_append_char(out, '>');
}

struct text type_text(struct arena *arena, const struct type *type)
{
    struct buffer out = BUFFER(TYPE_TEXT_LIMIT);
    type_print(&out, type);
    struct text text = text_copy(arena, buffer_text(&out));
    buffer_free(&out);
    return text;
}

const char *type_kind_name(enum type_kind kind)
{
    return kind_names[kind];
}

int32_t type_find_field(const struct type *type, struct text name)
{
    for (uint32_t i = 0; i < type->n_fields; i++)
        if (text_equal(type->fields[i].name, name)) return (int32_t)i;
    return -1;
}

int32_t type_find_twin(const struct type_field *fields, uint32_t n)
{
    struct map names = {0};
    uint32_t i = 0;
    while (i < n && !map_put(&names, fields[i].name, (void *)&fields[i])) i++;
    map_free(&names);
    return i < n ? (int32_t)i : -1;
}

bool type_is_numeric(const struct type *type)
{
    return type->kind >= TYPE_INTEGER && type->kind <= TYPE_DOUBLE;
}

bool type_is_time(const struct type *type)
{
    return type->kind >= TYPE_DATE && type->kind <= TYPE_TIMESTAMP;
}

bool type_is_nested(const struct type *type)
{
    return type->kind >= TYPE_ARRAY;
}

bool type_contains_map(const struct type *type)
{
    switch (type->kind) {
    case TYPE_MAP: return true;
    case TYPE_ARRAY: return type_contains_map(type->element);
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < type->n_fields; i++)
            if (type_contains_map(type->fields[i].type)) return true;
        return false;
    default: return false;
    }
}

const struct type *type_as_decimal(struct arena *arena, const struct type *type)
{
    if (type->kind == TYPE_INTEGER) return type_decimal(arena, 10, 0);
    if (type->kind == TYPE_BIGINT) return type_decimal(arena, 19, 0);
    return type;
}

/* Room for the digits before the point of either, and for those behind it. */
static const struct type *widest_decimal(struct arena *arena, const struct type *a, const struct type *b)
{
    int32_t scale = a->scale > b->scale ? a->scale : b->scale;
    int32_t a_left = a->precision - a->scale, b_left = b->precision - b->scale;
    return type_decimal(arena, (a_left > b_left ? a_left : b_left) + scale, scale);
}

const struct type *type_wider(struct arena *arena, const struct type *a, const struct type *b)
{
    const struct type *wider = a->kind > b->kind ? a : b;
    if (wider->kind != TYPE_DECIMAL) return wider;
    return widest_decimal(arena, type_as_decimal(arena, a), type_as_decimal(arena, b));
}
