/* evolution.c - what CREATE OR REPLACE and ALTER may change of a stream or a table that exists.
 *
 * Queries go on reading the topic with the columns they know, so everything that says how bytes are read must stay: the
 * topic, the formats, the key, and each value column with its name, its type and its place. New value columns may
 * follow.
 */
#include "engine/catalog/catalog.h"

static bool refused(const struct source *now, struct span span, const char *what, struct error *error)
{
    return error_set(error, ERROR_STATEMENT, span, "the %s " TEXT_FMT " cannot be replaced: %s",
                     source_kind_name(now->kind), TEXT_ARG(now->name), what);
}

static bool same_serde(const struct serde_spec *a, const struct serde_spec *b)
{
    return a->format == b->format && a->unwrapped == b->unwrapped && a->delimiter == b->delimiter &&
           a->schema_id == b->schema_id && text_equal(a->schema_name, b->schema_name);
}

static bool same_column(const struct schema_column *a, const struct schema_column *b)
{
    return a->role == b->role && text_equal(a->name, b->name) && type_equal(a->type, b->type);
}

static bool check_columns(const struct source *now, const struct source *next, struct span span, struct error *error)
{
    for (uint32_t i = 0; i < now->schema.n; i++) {
        const struct schema_column *column = &now->schema.columns[i];
        if (i < next->schema.n && same_column(column, &next->schema.columns[i])) continue;
        bool key = column->role == COLUMN_KEY;
        return error_set(error, ERROR_STATEMENT, span,
                         "the %s " TEXT_FMT " cannot be replaced: %s column " TEXT_FMT
                         " must stay as it is, in its place (new columns go to the end)",
                         source_kind_name(now->kind), TEXT_ARG(now->name), key ? "key" : "value",
                         TEXT_ARG(column->name));
    }
    for (uint32_t i = now->schema.n; i < next->schema.n; i++)
        if (next->schema.columns[i].role == COLUMN_KEY) return refused(now, span, "its key would change", error);
    return true;
}

bool source_check_upgrade(const struct source *now, const struct source *next, struct span span, struct error *error)
{
    if (now->kind != next->kind)
        return refused(now, span,
                       now->kind == SOURCE_STREAM ? "it is a stream, not a table" : "it is a table, not a stream",
                       error);
    if (now->is_source || next->is_source)
        return refused(now, span, "sources that are read only cannot be changed", error);
    if (!text_equal(now->topic, next->topic)) return refused(now, span, "its topic would change", error);
    if (!same_serde(&now->key, &next->key)) return refused(now, span, "its key format would change", error);
    if (!same_serde(&now->value, &next->value)) return refused(now, span, "its value format would change", error);
    if (now->window != next->window || now->window_size_ms != next->window_size_ms)
        return refused(now, span, "its window would change", error);
    if (now->timestamp_column != next->timestamp_column || !text_equal(now->timestamp_format, next->timestamp_format))
        return refused(now, span, "its timestamp column would change", error);
    return check_columns(now, next, span, error);
}
