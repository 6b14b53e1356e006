/* host.c - the functions that weir lends to functions: memory, failure, types, decimals. One table, for every plug-in.
 *
 * The shapes in weir_udf.h are those of engine/types under other names; what must hold for that is asserted here.
 */
#include "udf/host.h"
#include "engine/base/arena.h"
#include "engine/base/buffer.h"

_Static_assert(sizeof(struct weir_text) == sizeof(struct text), "text");
_Static_assert(sizeof(struct weir_value) == sizeof(struct value), "value");
_Static_assert(offsetof(struct weir_value, is_null) == offsetof(struct value, is_null), "value");
_Static_assert(offsetof(struct weir_nested, items) == offsetof(struct nested, items), "nested");
_Static_assert(sizeof(struct weir_decimal) == sizeof(struct decimal), "decimal");
_Static_assert(sizeof(struct weir_column) == sizeof(struct column), "column");
_Static_assert(offsetof(struct weir_column, mask) == offsetof(struct column, mask), "column");
_Static_assert((int)WEIR_STRUCT == (int)TYPE_STRUCT && (int)WEIR_DATE == (int)TYPE_DATE &&
                   (int)WEIR_INT == (int)TYPE_INTEGER,
               "kinds");

enum { PRINT_CEILING = 64 << 20 };

static void *allocate(struct weir_call *call, size_t size)
{
    return arena_alloc(((struct host_call *)call)->arena, size);
}

static void *keep(struct weir_bind *bind, size_t size)
{
    return arena_zalloc(((struct host_bind *)bind)->arena, size);
}

static void fail(struct weir_call *call, uint32_t row, const char *why)
{
    struct host_call *inside = (struct host_call *)call;
    column_set_null(inside->result, row);
    inside->frame->fail(inside->frame->context, row, why);
}

static enum weir_kind kind(const struct weir_type *type)
{
    return (enum weir_kind)host_type_of(type)->kind;
}

static const struct weir_type *element(const struct weir_type *type)
{
    return host_type(host_type_of(type)->element);
}

static const struct weir_type *key(const struct weir_type *type)
{
    return host_type(host_type_of(type)->key);
}

static uint32_t n_fields(const struct weir_type *type)
{
    return host_type_of(type)->n_fields;
}

static const struct weir_type *field(const struct weir_type *type, uint32_t i, struct weir_text *name)
{
    const struct type *inside = host_type_of(type);
    if (i >= inside->n_fields) return NULL;
    if (name) *name = (struct weir_text){inside->fields[i].name.data, inside->fields[i].name.len};
    return host_type(inside->fields[i].type);
}

static int32_t precision(const struct weir_type *type)
{
    return host_type_of(type)->precision;
}

static int32_t scale(const struct weir_type *type)
{
    return host_type_of(type)->scale;
}

static const struct weir_type *named(struct weir_bind *bind, const char *text)
{
    return host_type(signature_type(((struct host_bind *)bind)->arena, text_of(text)));
}

static const struct weir_type *make_array(struct weir_bind *bind, const struct weir_type *inner)
{
    return host_type(type_array(((struct host_bind *)bind)->arena, host_type_of(inner)));
}

static const struct weir_type *make_map(struct weir_bind *bind, const struct weir_type *of_key,
                                        const struct weir_type *inner)
{
    return host_type(type_map(((struct host_bind *)bind)->arena, host_type_of(of_key), host_type_of(inner)));
}

static bool equal(const struct weir_type *type, const struct weir_value *a, const struct weir_value *b)
{
    struct value x = host_value_of(a), y = host_value_of(b);
    return value_equal(host_type_of(type), &x, &y);
}

static struct weir_text print(struct weir_call *call, const struct weir_type *type, const struct weir_value *value)
{
    struct buffer out = BUFFER(PRINT_CEILING);
    struct value inside = host_value_of(value);
    value_print(&out, host_type_of(type), &inside);
    struct text copy = text_copy(((struct host_call *)call)->arena, buffer_text(&out));
    buffer_free(&out);
    return (struct weir_text){copy.data, copy.len};
}

static struct weir_text decimal_text(struct weir_call *call, const struct weir_type *type, struct weir_decimal value)
{
    struct weir_value wrapped = {.decimal = value};
    return print(call, type, &wrapped);
}

static bool parse_decimal(struct weir_call *call, const struct weir_type *type, struct weir_text text,
                          struct weir_decimal *out)
{
    struct decimal parsed;
    struct text digits = {text.data, text.len};
    if (!decimal_parse(((struct host_call *)call)->arena, host_type_of(type), digits, DECIMAL_EXACT, &parsed))
        return false;
    memcpy(out, &parsed, sizeof *out);
    return true;
}

const struct weir_host udf_host = {
    .size = sizeof(struct weir_host),
    .abi = WEIR_ABI,
    .alloc = allocate,
    .keep = keep,
    .fail = fail,
    .type_kind = kind,
    .type_element = element,
    .type_key = key,
    .type_fields = n_fields,
    .type_field = field,
    .type_precision = precision,
    .type_scale = scale,
    .type_named = named,
    .type_array = make_array,
    .type_map = make_map,
    .decimal_text = decimal_text,
    .decimal_parse = parse_decimal,
    .equal = equal,
    .print = print,
};
