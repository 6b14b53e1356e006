/* access.c - ADDRESS->CITY, COLOURS[1], COLOURS[-1], PRICES['apple'].
 *
 * An index counts from 1, or from the end where it is negative. What is not there is null, and so is a part of a null;
 * neither is a failure.
 */
#include "engine/expr/compile.h"

struct field {
    struct expr expr;
    uint32_t index;
};

/* ---- evaluating */

static const struct column *field_eval(const struct expr *expr, struct evaluation *evaluation)
{
    const struct column *from = node_eval(expr->operands[0], evaluation);
    struct column *to = eval_take_nulls(evaluation, expr->type);
    uint32_t index = ((const struct field *)expr)->index;
    for (uint32_t i = 0; i < evaluation->n_rows; i++) {
        uint32_t row = evaluation->rows[i];
        if (column_is_null(from, row)) continue;
        column_set(to, row, &COLUMN_DATA(from, const struct nested *)[row & from->mask]->items[index]);
    }
    eval_give(evaluation, expr->operands[0], from);
    return to;
}

/* The element that an index means; NULL if there is none. */
static const struct value *element_at(const struct nested *array, int64_t index)
{
    if (index < 0) index += (int64_t)array->n + 1;
    return index >= 1 && index <= array->n ? &array->items[index - 1] : NULL;
}

static const struct value *entry_of(const struct type *type, const struct nested *map, const struct value *key)
{
    for (uint32_t i = 0; i < map->n; i += 2)
        if (value_same(type->key, &map->items[i], key)) return &map->items[i + 1];
    return NULL;
}

static const struct column *subscript_eval(const struct expr *expr, struct evaluation *evaluation)
{
    const struct column *from = node_eval(expr->operands[0], evaluation);
    const struct column *keys = node_eval(expr->operands[1], evaluation);
    struct column *to = eval_take_nulls(evaluation, expr->type);
    for (uint32_t i = 0; i < evaluation->n_rows; i++) {
        uint32_t row = evaluation->rows[i];
        if (column_is_null(from, row) || column_is_null(keys, row)) continue;
        const struct nested *nested = COLUMN_DATA(from, const struct nested *)[row & from->mask];
        struct value key = column_get(keys, row);
        const struct value *found =
            from->type->kind == TYPE_ARRAY ? element_at(nested, key.bigint) : entry_of(from->type, nested, &key);
        if (found) column_set(to, row, found);
    }
    eval_give(evaluation, expr->operands[1], keys);
    eval_give(evaluation, expr->operands[0], from);
    return to;
}

static const struct expr_class field_class = {"field", .eval = field_eval};
static const struct expr_class subscript_class = {"subscript", .eval = subscript_eval};

/* ---- making */

static bool no_field(struct compiler *compiler, const struct tree_expr *tree, const struct type *type)
{
    compile_error(compiler, tree, "%s has no field " TEXT_FMT ": it is %s", compile_text(compiler, tree->a),
                  TEXT_ARG(tree->name.name), type_text(compiler->arena, type).data);
    struct text *names = ARENA_ARRAY(compiler->arena, struct text, type->n_fields);
    for (uint32_t i = 0; i < type->n_fields; i++) names[i] = type->fields[i].name;
    struct text near = text_nearest(tree->name.name, names, type->n_fields);
    return near.data ? error_hint(compiler->error, "did you mean " TEXT_FMT "?", TEXT_ARG(near)) : false;
}

static bool compile_field(struct compiler *compiler, const struct tree_expr *tree, const struct expr *operand,
                          const struct expr **expr)
{
    const struct type *type = operand->type;
    if (type->kind != TYPE_STRUCT)
        return compile_error(compiler, tree, "%s has no fields: it is %s", compile_text(compiler, tree->a),
                             type_text(compiler->arena, type).data);
    int32_t index = type_find_field(type, tree->name.name);
    if (index < 0) return no_field(compiler, tree, type);
    struct field *field = NODE_MAKE(compiler->arena, struct field, &field_class, type->fields[index].type,
                                    NODE_OPERANDS(compiler->arena, operand), 1);
    field->index = (uint32_t)index;
    *expr = &field->expr;
    return true;
}

static bool compile_subscript(struct compiler *compiler, const struct tree_expr *tree, const struct expr *operand,
                              const struct expr **expr)
{
    const struct type *type = operand->type;
    const struct expr *key;
    if (!compile_tree(compiler, tree->b, &key)) return false;
    if (type->kind != TYPE_ARRAY && type->kind != TYPE_MAP)
        return compile_error(compiler, tree, "%s has no elements: it is %s", compile_text(compiler, tree->a),
                             type_text(compiler->arena, type).data);
    const struct type *wanted = type->kind == TYPE_ARRAY ? &type_bigint : type->key;
    const struct expr *converted = compile_convert(compiler, key, wanted);
    if (!converted)
        return compile_error(compiler, tree->b, "%s is %s, and the subscript of %s must be %s",
                             compile_text(compiler, tree->b), type_text(compiler->arena, key->type).data,
                             compile_text(compiler, tree->a),
                             type->kind == TYPE_ARRAY ? "INTEGER" : type_text(compiler->arena, wanted).data);
    *expr = node_make(compiler->arena, sizeof **expr, &subscript_class, type->element,
                      NODE_OPERANDS(compiler->arena, operand, compile_fold(compiler, converted)), 2);
    return true;
}

bool compile_access(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    const struct expr *operand;
    if (!compile_tree(compiler, tree->a, &operand)) return false;
    return tree->kind == TREE_FIELD ? compile_field(compiler, tree, operand, expr)
                                    : compile_subscript(compiler, tree, operand, expr);
}
