/* json.c - the format JSON.
 *
 *     CREATE STREAM s (id INT KEY, tags ARRAY<STRING>) WITH (kafka_topic='s', format='JSON');
 *     key    7                        a single key column stands bare
 *     value  {"TAGS":["a","b"]}       value columns are fields, unless WRAP_SINGLE_VALUE=false
 *
 * Reading is json_decode.c, writing json_encode.c; both say what each SQL type is in JSON.
 */
#include "engine/serde/json.h"
#include "engine/base/arena.h"

/* The first MAP inside a type whose keys are no strings, or NULL. */
static const struct type *find_odd_map(const struct type *type)
{
    switch (type->kind) {
    case TYPE_ARRAY: return find_odd_map(type->element);
    case TYPE_MAP: return type->key->kind == TYPE_STRING ? find_odd_map(type->element) : type;
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < type->n_fields; i++) {
            const struct type *odd = find_odd_map(type->fields[i].type);
            if (odd) return odd;
        }
        return NULL;
    default: return NULL;
    }
}

bool json_check(const struct serde_spec *spec, const struct schema_column *columns, uint32_t n, struct error *error)
{
    for (uint32_t i = 0; i < n; i++) {
        const struct type *odd = find_odd_map(columns[i].type);
        if (!odd) continue;
        error_set(error, ERROR_STATEMENT, NO_SPAN,
                  "%s cannot hold column " TEXT_FMT ": the keys of a MAP must be STRING, not %s", spec->format->name,
                  TEXT_ARG(columns[i].name), type_kind_name(odd->key->kind));
        return error_hint(error, "cast the keys: MAP(CAST(k AS STRING) := v)");
    }
    return true;
}

static bool is_null(struct text bytes)
{
    return bytes.len >= 4 && bytes.len <= 64 && text_equal(text_trim(bytes), TEXT("null"));
}

const struct format json_format = {
    .name = "JSON",
    .flags = FORMAT_WRAPS | FORMAT_UNWRAPS,
    .check = json_check,
    .decoder = json_decoder_make,
    .encoder = json_encoder_make,
    .is_null = is_null,
};
