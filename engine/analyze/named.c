/* named.c - statements about one thing by its name: DROP STREAM and TABLE, CREATE and DROP TYPE, TERMINATE, PAUSE,
 * RESUME.
 *
 *     DROP STREAM orders DELETE TOPIC;
 *     CREATE TYPE address AS STRUCT<street STRING, city STRING>;
 *     PAUSE CSAS_ALERTS_3;
 */
#include "engine/analyze/analyze.h"

/* ---- DROP */

static bool check_topic_goes(const struct analyzer *analyzer, const struct tree_statement *statement,
                             const struct source *source, struct error *error)
{
    struct span span = statement->name.span;
    if (!statement->delete_topic) return true;
    if (source->is_source)
        return error_set(error, ERROR_STATEMENT, span, TEXT_FMT " is read only: its topic is not deleted with it",
                         TEXT_ARG(source->name));
    const struct source *other = catalog_find_over(analyzer->catalog, source->topic, source);
    if (!other) return true;
    return error_set(error, ERROR_STATEMENT, span, TEXT_FMT " is over the topic " TEXT_FMT " too: it is not deleted",
                     TEXT_ARG(other->name), TEXT_ARG(source->topic));
}

bool analyze_drop(const struct analyzer *analyzer, const struct tree_statement *statement, struct source **result,
                  struct error *error)
{
    enum source_kind kind = statement->kind == STATEMENT_DROP_TABLE ? SOURCE_TABLE : SOURCE_STREAM;
    struct source *source = catalog_find(analyzer->catalog, statement->name.name);
    *result = source;
    if (!source) return statement->if_exists || catalog_no_source(analyzer->catalog, statement->name, error);
    if (source->kind != kind)
        return error_set(error, ERROR_STATEMENT, statement->name.span, TEXT_FMT " is a %s: write DROP %s",
                         TEXT_ARG(source->name), source_kind_name(source->kind), source_kind_keyword(source->kind));
    return check_topic_goes(analyzer, statement, source, error) &&
           catalog_check_drop(analyzer->catalog, source, statement->name.span, error);
}

/* ---- types */

static const struct type *named_type(void *context, struct text name)
{
    const struct analyzer *analyzer = context;
    return catalog_find_type(analyzer->catalog, name);
}

/* A name that the language has a type for would never be looked up. */
static bool is_built_in(struct text name)
{
    return type_named(name) || text_equal_nocase(name, TEXT("DECIMAL"));
}

bool analyze_create_type(const struct analyzer *analyzer, const struct tree_statement *statement,
                         const struct type **type, struct error *error)
{
    struct tree_name name = statement->name;
    struct expr_scope scope = {
        .arena = analyzer->arena, .clause = "CREATE TYPE", .context = (void *)analyzer, .named_type = named_type};
    const struct type *now = catalog_find_type(analyzer->catalog, name.name);
    *type = NULL;
    if (now && statement->if_not_exists) return true;
    if (now) {
        struct text text = type_text(analyzer->arena, now);
        error_set(error, ERROR_STATEMENT, name.span, "there is a type " TEXT_FMT " already: " TEXT_FMT,
                  TEXT_ARG(name.name), TEXT_ARG(text));
        return error_hint(error, "DROP TYPE takes it away; what was made with it stays as it is");
    }
    if (is_built_in(name.name))
        return error_set(error, ERROR_STATEMENT, name.span, TEXT_FMT " is a type of the language", TEXT_ARG(name.name));
    return expr_resolve_type(&scope, statement->type, type, error);
}

bool analyze_drop_type(const struct analyzer *analyzer, const struct tree_statement *statement, bool *exists,
                       struct error *error)
{
    struct tree_name name = statement->name;
    *exists = catalog_find_type(analyzer->catalog, name.name) != NULL;
    if (*exists || statement->if_exists) return true;
    error_set(error, ERROR_STATEMENT, name.span, "there is no type " TEXT_FMT, TEXT_ARG(name.name));
    return error_hint(error, "SHOW TYPES lists them");
}

/* ---- queries */

bool analyze_query_id(const struct analyzer *analyzer, const struct tree_statement *statement, struct error *error)
{
    if (statement->all || catalog_find_query(analyzer->catalog, statement->name.name)) return true;
    return catalog_no_query(analyzer->catalog, statement->name, error);
}
