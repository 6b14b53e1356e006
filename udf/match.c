/* match.c - a pattern against a type, and a pattern made into a type.
 *
 *     ARRAY<T>  accepts  ARRAY<INT>                     and from then on T is INT
 *     T         accepts  BIGINT, once T is INT:  no     (letters are not cast)
 *     DECIMAL   accepts  INT with casts: yes            and becomes DECIMAL(10, 0)
 */
#include "engine/base/arena.h"
#include "udf/udf.h"

bool udf_converts(enum type_kind from, enum type_kind to)
{
    switch (from) {
    case TYPE_INTEGER: return to == TYPE_BIGINT || to == TYPE_DECIMAL || to == TYPE_DOUBLE;
    case TYPE_BIGINT: return to == TYPE_DECIMAL || to == TYPE_DOUBLE;
    case TYPE_DECIMAL: return to == TYPE_DOUBLE;
    case TYPE_STRING: return to == TYPE_DATE || to == TYPE_TIME || to == TYPE_TIMESTAMP || to == TYPE_BYTES;
    default: return false;
    }
}

static bool accepts_letter(char letter, const struct type *type, struct udf_letters *letters)
{
    const struct type **known = &letters->types[letter - 'A'];
    if (*known) return type_equal(*known, type);
    *known = type;
    return true;
}

static bool accepts_struct(const struct udf_pattern *pattern, const struct type *type, bool casts,
                           struct udf_letters *letters)
{
    if (type->n_fields != pattern->n_fields) return false;
    for (uint32_t i = 0; i < type->n_fields; i++) {
        if (!text_equal(pattern->fields[i].name, type->fields[i].name)) return false;
        if (!signature_accepts(pattern->fields[i].pattern, type->fields[i].type, casts, letters)) return false;
    }
    return true;
}

static bool accepts_scalar(const struct udf_pattern *pattern, const struct type *type, bool casts)
{
    if (type->kind != pattern->type) return casts && udf_converts(type->kind, pattern->type);
    if (type->kind != TYPE_DECIMAL || !pattern->precision) return true;
    if (type->precision == pattern->precision && type->scale == pattern->scale) return true;
    return casts && type->scale <= pattern->scale &&
           type->precision - type->scale <= pattern->precision - pattern->scale;
}

bool signature_accepts(const struct udf_pattern *pattern, const struct type *type, bool casts,
                       struct udf_letters *letters)
{
    if (pattern->kind == PATTERN_UNIT) return false;
    if (type->kind == TYPE_NULL || pattern->kind == PATTERN_ANY) return true;
    if (pattern->kind == PATTERN_LETTER) return accepts_letter(pattern->letter, type, letters);
    if (pattern->type != type->kind || !type_is_nested(type)) return accepts_scalar(pattern, type, casts);
    switch (type->kind) {
    case TYPE_ARRAY: return signature_accepts(pattern->element, type->element, casts, letters);
    case TYPE_MAP:
        return signature_accepts(pattern->key, type->key, casts, letters) &&
               signature_accepts(pattern->element, type->element, casts, letters);
    default: return accepts_struct(pattern, type, casts, letters);
    }
}

static const struct type *resolve_decimal(struct arena *arena, const struct udf_pattern *pattern,
                                          const struct type *given)
{
    if (pattern->precision) return type_decimal(arena, pattern->precision, pattern->scale);
    return given && type_is_numeric(given) && given->kind != TYPE_DOUBLE ? type_as_decimal(arena, given) : NULL;
}

static const struct type *resolve_struct(struct arena *arena, const struct udf_pattern *pattern,
                                         const struct type *given, const struct udf_letters *letters)
{
    struct type_field *fields = ARENA_ARRAY(arena, struct type_field, pattern->n_fields);
    for (uint32_t i = 0; i < pattern->n_fields; i++) {
        const struct type *inside = given ? given->fields[i].type : NULL;
        fields[i] = (struct type_field){pattern->fields[i].name,
                                        signature_resolve(arena, pattern->fields[i].pattern, inside, letters)};
        if (!fields[i].type) return NULL;
    }
    return type_struct(arena, fields, pattern->n_fields);
}

static const struct type *scalar_type(enum type_kind kind)
{
    static const struct type *const types[TYPE_KINDS] = {
        [TYPE_BOOLEAN] = &type_boolean, [TYPE_INTEGER] = &type_integer, [TYPE_BIGINT] = &type_bigint,
        [TYPE_DOUBLE] = &type_double,   [TYPE_STRING] = &type_string,   [TYPE_BYTES] = &type_bytes,
        [TYPE_DATE] = &type_date,       [TYPE_TIME] = &type_time,       [TYPE_TIMESTAMP] = &type_timestamp,
    };
    return types[kind];
}

const struct type *signature_resolve(struct arena *arena, const struct udf_pattern *pattern, const struct type *given,
                                     const struct udf_letters *letters)
{
    if (pattern->kind == PATTERN_LETTER) return letters->types[pattern->letter - 'A'];
    if (pattern->kind == PATTERN_UNIT) return &type_bigint;
    if (given && given->kind == TYPE_NULL) given = NULL;
    if (pattern->kind == PATTERN_ANY) return given;
    if (pattern->type == TYPE_DECIMAL) return resolve_decimal(arena, pattern, given);
    if (given && given->kind != pattern->type) given = NULL;
    if (pattern->type == TYPE_STRUCT) return resolve_struct(arena, pattern, given, letters);
    if (pattern->type != TYPE_ARRAY && pattern->type != TYPE_MAP) return scalar_type(pattern->type);
    const struct type *key = NULL, *element;
    if (pattern->key && !(key = signature_resolve(arena, pattern->key, given ? given->key : NULL, letters)))
        return NULL;
    element = signature_resolve(arena, pattern->element, given ? given->element : NULL, letters);
    if (!element) return NULL;
    return key ? type_map(arena, key, element) : type_array(arena, element);
}

/* ---- a pattern against a pattern */

static bool same_pattern(const struct udf_pattern *a, const struct udf_pattern *b)
{
    if (!a || !b) return a == b;
    if (a->kind != b->kind || a->type != b->type || a->letter != b->letter || a->n_fields != b->n_fields) return false;
    if (a->precision != b->precision || a->scale != b->scale) return false;
    for (uint32_t i = 0; i < a->n_fields; i++)
        if (!text_equal(a->fields[i].name, b->fields[i].name) ||
            !same_pattern(a->fields[i].pattern, b->fields[i].pattern))
            return false;
    return same_pattern(a->key, b->key) && same_pattern(a->element, b->element);
}

bool signature_takes_same(const struct udf_signature *a, const struct udf_signature *b)
{
    if (a->n != b->n || a->variadic != b->variadic) return false;
    for (uint32_t i = 0; i < a->n; i++)
        if (!same_pattern(a->parameters[i].pattern, b->parameters[i].pattern)) return false;
    return true;
}
