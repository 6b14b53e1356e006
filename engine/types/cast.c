/* cast.c - finds the cast between two types, and casts nested values item by item.
 *
 *     CAST(a AS ARRAY<STRING>)               every element, by the cast of the elements
 *     CAST(s AS STRUCT<`B` INT, `C` INT>)    the fields of the target, by name: one that s lacks is null, others of s
 * are dropped
 *
 * An item that cannot be cast fails the whole value. Map keys that become equal by the cast stay entries of their own.
 */
#include "engine/types/cast.h"
#include "engine/base/arena.h"
#include "engine/types/cast_scalar.h"

typedef const struct cast *find_function(struct arena *arena, const struct type *from, const struct type *to);

static bool cast_item(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                      char *why)
{
    if (!in->is_null) return cast->apply(cast, arena, in, out, why);
    *out = NULL_VALUE;
    return true;
}

static bool cast_array(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                       char *why)
{
    struct nested *items = nested_make(arena, in->nested->n);
    for (uint32_t i = 0; i < items->n; i++)
        if (!cast_item(cast->element, arena, &in->nested->items[i], &items->items[i], why)) return false;
    *out = (struct value){.nested = items};
    return true;
}

static bool cast_map(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out, char *why)
{
    struct nested *items = nested_make(arena, in->nested->n);
    for (uint32_t i = 0; i < items->n; i++) {
        const struct cast *of_item = i % 2 ? cast->element : cast->key;
        if (!cast_item(of_item, arena, &in->nested->items[i], &items->items[i], why)) return false;
    }
    *out = (struct value){.nested = items};
    return true;
}

static bool cast_struct(const struct cast *cast, struct arena *arena, const struct value *in, struct value *out,
                        char *why)
{
    struct nested *items = nested_make(arena, cast->to->n_fields);
    for (uint32_t i = 0; i < items->n; i++) {
        items->items[i] = NULL_VALUE;
        if (cast->field_index[i] < 0) continue;
        const struct value *field = &in->nested->items[cast->field_index[i]];
        if (!cast_item(cast->fields[i], arena, field, &items->items[i], why)) return false;
    }
    *out = (struct value){.nested = items};
    return true;
}

static const struct cast *make(struct arena *arena, const struct type *from, const struct type *to,
                               cast_function *apply)
{
    if (!apply) return NULL;
    struct cast *cast = ARENA_MAKE(arena, struct cast);
    *cast = (struct cast){.apply = apply, .from = from, .to = to};
    return cast;
}

static const struct cast *find_for_elements(struct arena *arena, const struct type *from, const struct type *to,
                                            find_function *find)
{
    struct cast *cast = ARENA_MAKE(arena, struct cast);
    *cast = (struct cast){.apply = from->kind == TYPE_MAP ? cast_map : cast_array, .from = from, .to = to};
    cast->element = find(arena, from->element, to->element);
    cast->key = from->kind == TYPE_MAP ? find(arena, from->key, to->key) : cast->element;
    return cast->element && cast->key ? cast : NULL;
}

static const struct cast *find_for_fields(struct arena *arena, const struct type *from, const struct type *to,
                                          find_function *find)
{
    const struct cast **fields = ARENA_ARRAY(arena, const struct cast *, to->n_fields);
    int32_t *field_index = ARENA_ARRAY(arena, int32_t, to->n_fields);
    for (uint32_t i = 0; i < to->n_fields; i++) {
        field_index[i] = type_find_field(from, to->fields[i].name);
        if (field_index[i] < 0) continue;
        fields[i] = find(arena, from->fields[field_index[i]].type, to->fields[i].type);
        if (!fields[i]) return NULL;
    }
    struct cast *cast = ARENA_MAKE(arena, struct cast);
    *cast = (struct cast){.apply = cast_struct, .from = from, .to = to, .fields = fields, .field_index = field_index};
    return cast;
}

static const struct cast *find_nested(struct arena *arena, const struct type *from, const struct type *to,
                                      find_function *find)
{
    if (from->kind == TYPE_STRUCT) return find_for_fields(arena, from, to, find);
    return find_for_elements(arena, from, to, find);
}

const struct cast *cast_find(struct arena *arena, const struct type *from, const struct type *to)
{
    if (from->kind == TYPE_NULL || type_equal(from, to)) return make(arena, from, to, cast_identity);
    if (type_is_nested(from) && from->kind == to->kind) return find_nested(arena, from, to, cast_find);
    return make(arena, from, to, cast_scalar_find(from->kind, to->kind));
}

/* Every value of a DECIMAL, INT or BIGINT is one of the target, digit for digit. */
static bool holds(const struct type *decimal, struct arena *arena, const struct type *from)
{
    from = type_as_decimal(arena, from);
    return from->kind == TYPE_DECIMAL && decimal->scale >= from->scale &&
           decimal->precision - decimal->scale >= from->precision - from->scale;
}

static bool is_implicit(struct arena *arena, const struct type *from, const struct type *to)
{
    if (from->kind == TYPE_STRING) return type_is_time(to) || to->kind == TYPE_BYTES;
    if (!type_is_numeric(from) || !type_is_numeric(to)) return false;
    return to->kind == TYPE_DECIMAL ? holds(to, arena, from) : from->kind < to->kind;
}

static bool loses_field(const struct type *from, const struct type *to)
{
    for (uint32_t i = 0; i < from->n_fields; i++)
        if (type_find_field(to, from->fields[i].name) < 0) return true;
    return false;
}

const struct cast *cast_find_implicit(struct arena *arena, const struct type *from, const struct type *to)
{
    if (from->kind == TYPE_NULL || type_equal(from, to)) return make(arena, from, to, cast_identity);
    if (type_is_nested(from)) {
        if (from->kind != to->kind || loses_field(from, to)) return NULL;
        return find_nested(arena, from, to, cast_find_implicit);
    }
    return is_implicit(arena, from, to) ? make(arena, from, to, cast_scalar_find(from->kind, to->kind)) : NULL;
}
