/* type_tree.c - a type as written, to a type: INT, DECIMAL(10, 2), ARRAY<MAP<STRING, ADDRESS>>. */
#include "engine/expr/compile.h"

static bool resolve(const struct expr_scope *scope, const struct tree_type *tree, const struct type **type,
                    struct error *error)
{
    return expr_resolve_type(scope, tree, type, error);
}

/* Every value of a DECIMAL may take this many digits of memory. */
enum { MOST_DIGITS = 1000 };

static bool decimal(const struct expr_scope *scope, const struct tree_type *tree, const struct type **type,
                    struct error *error)
{
    if (tree->parameters.n != 2)
        return error_set(error, ERROR_STATEMENT, tree->span,
                         "DECIMAL has two parameters, precision and scale: DECIMAL(10, 2)");
    int64_t precision = tree->parameters.items[0], scale = tree->parameters.items[1];
    if (precision < 1 || precision > MOST_DIGITS)
        return error_set(error, ERROR_STATEMENT, tree->span, "a DECIMAL's precision is from 1 to %d", MOST_DIGITS);
    if (scale < 0 || scale > precision)
        return error_set(error, ERROR_STATEMENT, tree->span, "a DECIMAL's scale is from 0 up to its precision");
    *type = type_decimal(scope->arena, (int32_t)precision, (int32_t)scale);
    return true;
}

static bool named(const struct expr_scope *scope, const struct tree_type *tree, const struct type **type,
                  struct error *error)
{
    struct text name = tree->name.name;
    if (text_equal_nocase(name, TEXT("DECIMAL"))) return decimal(scope, tree, type, error);
    *type = type_named(name);
    if (!*type && scope->named_type) *type = scope->named_type(scope->context, name);
    if (*type) return true;
    error_set(error, ERROR_STATEMENT, tree->span, "there is no type " TEXT_FMT, TEXT_ARG(name));
    static const struct text names[] = {{"BOOLEAN", 7},   {"INTEGER", 7}, {"BIGINT", 6}, {"DOUBLE", 6},
                                        {"STRING", 6},    {"VARCHAR", 7}, {"BYTES", 5},  {"DATE", 4},
                                        {"TIMESTAMP", 9}, {"TIME", 4},    {"INT", 3},    {"DECIMAL", 7}};
    struct text near = text_nearest(name, names, sizeof names / sizeof *names);
    return near.data ? error_hint(error, "did you mean " TEXT_FMT "?", TEXT_ARG(near)) : false;
}

static bool structure(const struct expr_scope *scope, const struct tree_type *tree, const struct type **type,
                      struct error *error)
{
    struct type_field *fields = ARENA_ARRAY(scope->arena, struct type_field, tree->fields.n);
    for (uint32_t i = 0; i < tree->fields.n; i++) {
        const struct tree_field *field = tree->fields.items[i];
        fields[i].name = text_copy(scope->arena, field->name.name);
        if (!resolve(scope, field->type, &fields[i].type, error)) return false;
    }
    int32_t twin = type_find_twin(fields, tree->fields.n);
    if (twin >= 0)
        return error_set(error, ERROR_STATEMENT, tree->fields.items[twin]->name.span,
                         "the STRUCT has two fields " TEXT_FMT, TEXT_ARG(fields[twin].name));
    *type = type_struct(scope->arena, fields, tree->fields.n);
    return true;
}

static bool array(const struct expr_scope *scope, const struct tree_type *tree, const struct type **type,
                  struct error *error)
{
    const struct type *element;
    if (!resolve(scope, tree->element, &element, error)) return false;
    *type = type_array(scope->arena, element);
    return true;
}

static bool map(const struct expr_scope *scope, const struct tree_type *tree, const struct type **type,
                struct error *error)
{
    const struct type *key, *element;
    if (!resolve(scope, tree->key, &key, error) || !resolve(scope, tree->element, &element, error)) return false;
    *type = type_map(scope->arena, key, element);
    return true;
}

bool expr_resolve_type(const struct expr_scope *scope, const struct tree_type *tree, const struct type **type,
                       struct error *error)
{
    static bool (*const resolvers[])(const struct expr_scope *, const struct tree_type *, const struct type **,
                                     struct error *) = {
        [TREE_TYPE_NAMED] = named, [TREE_TYPE_ARRAY] = array, [TREE_TYPE_MAP] = map, [TREE_TYPE_STRUCT] = structure};
    return resolvers[tree->kind](scope, tree, type, error) && type_check_size(*type, tree->span, error);
}
