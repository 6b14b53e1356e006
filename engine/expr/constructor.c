/* constructor.c - ARRAY[A, B], MAP('a' := A), STRUCT(NAME := A, AGE := B).
 *
 * Elements of an ARRAY, keys and values of a MAP are brought to one type (coerce.c). An element that fails is null, and
 * the rest stands. Of two entries with the same key the later counts. Where all is literal, so is the whole.
 */
#include "engine/expr/compile.h"

enum {
    COLUMNS_ON_STACK = 16,
    FEW_ITEMS = 32, /* of a MAP's; up to here a scan is as quick as a hash */
};

/* ---- evaluating */

/* A value for the row from each operand, in their order. */
static struct nested *collect(const struct expr *expr, const struct column *const *columns, struct arena *arena,
                              uint32_t row)
{
    struct nested *nested = nested_make(arena, expr->n_operands);
    for (uint32_t i = 0; i < expr->n_operands; i++) nested->items[i] = column_get(columns[i], row);
    return nested;
}

/* A hash over the entries kept so far: index of the key + 1, or 0. NULL where they are few. */
struct kept {
    uint32_t *slots, mask, n;
};

static struct kept kept_make(struct arena *arena, uint32_t n_items)
{
    uint32_t n_slots = 1;
    if (n_items <= FEW_ITEMS) return (struct kept){0};
    while (n_slots < n_items) n_slots *= 2;
    return (struct kept){ARENA_ARRAY(arena, uint32_t, n_slots), n_slots - 1, 0};
}

/* Where the key stands, or else where it is to be put. */
static uint32_t kept_place(struct kept *kept, const struct type *type, const struct nested *map,
                           const struct value *key)
{
    uint32_t place = 0;
    if (!kept->slots) {
        while (place < kept->n && !value_same(type, &map->items[place], key)) place += 2;
        return place;
    }
    uint32_t slot = (uint32_t)value_hash(type, key) & kept->mask;
    for (; kept->slots[slot]; slot = (slot + 1) & kept->mask)
        if (value_same(type, &map->items[kept->slots[slot] - 1], key)) return kept->slots[slot] - 1;
    kept->slots[slot] = kept->n + 1;
    return kept->n;
}

/* Moves a later entry with an earlier one's key to the earlier's place. */
static void drop_duplicate_keys(struct arena *arena, const struct type *type, struct nested *map)
{
    struct kept kept = kept_make(arena, map->n);
    for (uint32_t i = 0; i < map->n; i += 2) {
        uint32_t place = kept_place(&kept, type->key, map, &map->items[i]);
        map->items[place] = map->items[i];
        map->items[place + 1] = map->items[i + 1];
        if (place == kept.n) kept.n += 2;
    }
    map->n = kept.n;
}

static const struct column *constructor_eval(const struct expr *expr, struct evaluation *evaluation)
{
    const struct column *on_stack[COLUMNS_ON_STACK], **columns = on_stack;
    if (expr->n_operands > COLUMNS_ON_STACK)
        columns = ARENA_ARRAY(evaluation->arena, const struct column *, expr->n_operands);
    for (uint32_t i = 0; i < expr->n_operands; i++) columns[i] = node_eval(expr->operands[i], evaluation);
    struct column *out = eval_take_vector(evaluation, expr->type);
    for (uint32_t i = 0; i < evaluation->n_rows; i++) {
        uint32_t row = evaluation->rows[i];
        struct nested *nested = collect(expr, columns, evaluation->arena, row);
        if (expr->type->kind == TYPE_MAP) drop_duplicate_keys(evaluation->arena, expr->type, nested);
        COLUMN_DATA(out, const struct nested *)[row] = nested;
    }
    for (uint32_t i = 0; i < expr->n_operands; i++) eval_give(evaluation, expr->operands[i], columns[i]);
    return out;
}

static const struct expr_class constructor_class = {"constructor", .eval = constructor_eval};

/* ---- making */

static const struct expr *make(struct compiler *compiler, const struct type *type, const struct expr **operands,
                               uint32_t n)
{
    bool literal = true;
    for (uint32_t i = 0; i < n; i++) {
        literal &= operands[i]->literal;
        if (compiler->guards) operands[i] = eval_guard(compiler->arena, operands[i]);
    }
    struct expr *expr = node_make(compiler->arena, sizeof *expr, &constructor_class, type, operands, n);
    expr->literal = literal;
    expr->constant |= n == 0;
    return expr;
}

static bool compile_items(struct compiler *compiler, const struct tree_expr *tree, const struct expr ***operands)
{
    *operands = ARENA_ARRAY(compiler->arena, const struct expr *, tree->items.n + 1);
    for (uint32_t i = 0; i < tree->items.n; i++)
        if (!compile_tree(compiler, tree->items.items[i], &(*operands)[i])) return false;
    return true;
}

static bool needs_cast(struct compiler *compiler, const struct tree_expr *tree, const char *what)
{
    compile_error(compiler, tree, "%s, so that its type cannot be told", what);
    return error_hint(compiler->error, "write CAST(NULL AS STRING), or whatever type it is to have");
}

static bool compile_array(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    const struct expr **operands;
    const struct type *type;
    if (!tree->items.n) return compile_error(compiler, tree, "ARRAY[] needs an element, so that its type can be told");
    if (!compile_items(compiler, tree, &operands)) return false;
    if (!coerce_list(compiler, "ARRAY", tree->items.items, operands, tree->items.n, &type)) return false;
    if (type->kind == TYPE_NULL) return needs_cast(compiler, tree, "all elements of the ARRAY are NULL");
    *expr = make(compiler, type_array(compiler->arena, type), operands, tree->items.n);
    return true;
}

/* Every second item, from the first-th on, brought to one type. */
static bool coerce_half(struct compiler *compiler, const struct tree_expr *tree, const struct expr **operands,
                        uint32_t first, const struct type **type)
{
    uint32_t n = tree->items.n / 2;
    const struct expr **half = ARENA_ARRAY(compiler->arena, const struct expr *, n);
    struct tree_expr **trees = ARENA_ARRAY(compiler->arena, struct tree_expr *, n);
    for (uint32_t i = 0; i < n; i++) {
        half[i] = operands[2 * i + first];
        trees[i] = tree->items.items[2 * i + first];
    }
    if (!coerce_list(compiler, first ? "MAP's values" : "MAP's keys", trees, half, n, type)) return false;
    if ((*type)->kind == TYPE_NULL)
        return needs_cast(compiler, tree, first ? "all values of the MAP are NULL" : "all keys of the MAP are NULL");
    for (uint32_t i = 0; i < n; i++) operands[2 * i + first] = half[i];
    return true;
}

static bool compile_map(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    const struct expr **operands;
    const struct type *key, *value;
    if (!tree->items.n) return compile_error(compiler, tree, "MAP() needs an entry, so that its type can be told");
    if (!compile_items(compiler, tree, &operands)) return false;
    if (!coerce_half(compiler, tree, operands, 0, &key) || !coerce_half(compiler, tree, operands, 1, &value))
        return false;
    *expr = make(compiler, type_map(compiler->arena, key, value), operands, tree->items.n);
    return true;
}

static bool compile_struct(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    const struct expr **operands;
    struct type_field *fields = ARENA_ARRAY(compiler->arena, struct type_field, tree->items.n);
    if (!compile_items(compiler, tree, &operands)) return false;
    for (uint32_t i = 0; i < tree->items.n; i++) {
        if (operands[i]->type->kind == TYPE_NULL)
            return needs_cast(compiler, tree->items.items[i], "the field is NULL");
        fields[i] = (struct type_field){text_copy(compiler->arena, tree->names.items[i].name), operands[i]->type};
    }
    int32_t twin = type_find_twin(fields, tree->items.n);
    if (twin >= 0)
        return error_set(compiler->error, ERROR_STATEMENT, tree->names.items[twin].span,
                         "the STRUCT has two fields " TEXT_FMT, TEXT_ARG(fields[twin].name));
    *expr = make(compiler, type_struct(compiler->arena, fields, tree->items.n), operands, tree->items.n);
    return true;
}

bool compile_constructor(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    bool made = tree->kind == TREE_ARRAY ? compile_array(compiler, tree, expr)
                : tree->kind == TREE_MAP ? compile_map(compiler, tree, expr)
                                         : compile_struct(compiler, tree, expr);
    return made && type_check_size((*expr)->type, tree->span, compiler->error);
}
