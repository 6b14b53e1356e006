/* in.c - value [NOT] IN (a, b, ...).
 *
 *     A IN (1, 2, 3)       constants: looked up, in a hash table when there are more than a few
 *     A IN (B, C + 1, 5)   else: A = B OR A = C + 1 OR A = 5
 *
 * The value and the list are brought to one type (coerce.c). NULLs in the list match nothing, and neither does a null
 * value.
 */
#include "engine/expr/compile.h"

enum { FEW = 8 };

struct in {
    struct expr expr; /* operand: the value */
    const struct value *values;
    const int64_t *integers; /* the same, for types whose values are integers; else NULL */
    uint32_t n;
    uint32_t *slots; /* NULL where they are few; index + 1 of a value, 0: empty */
    uint32_t mask;
};

/* ---- evaluating */

static uint32_t hash_integer(int64_t value)
{
    return (uint32_t)((uint64_t)value * 0x9e3779b97f4a7c15u >> 32);
}

static bool is_among(const struct in *in, const struct type *type, const struct value *value)
{
    if (!in->slots) {
        for (uint32_t i = 0; i < in->n; i++)
            if (value_equal(type, &in->values[i], value)) return true;
        return false;
    }
    for (uint32_t slot = (uint32_t)value_hash(type, value) & in->mask; in->slots[slot]; slot = (slot + 1) & in->mask)
        if (value_equal(type, &in->values[in->slots[slot] - 1], value)) return true;
    return false;
}

static bool is_integer_among(const struct in *in, int64_t value)
{
    bool found = false;
    if (!in->slots) {
        for (uint32_t i = 0; i < in->n; i++) found |= in->integers[i] == value;
        return found;
    }
    for (uint32_t slot = hash_integer(value) & in->mask; in->slots[slot]; slot = (slot + 1) & in->mask)
        if (in->integers[in->slots[slot] - 1] == value) return true;
    return false;
}

static uint32_t select_values(const struct in *in, const struct column *column, uint32_t *rows, uint32_t n)
{
    uint32_t n_out = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = rows[i];
        struct value value = column_get(column, row);
        rows[n_out] = row;
        n_out += is_among(in, column->type, &value);
    }
    return n_out;
}

static uint32_t select_integers(const struct in *in, const struct column *column, uint32_t *rows, uint32_t n)
{
    bool narrow = column_width(column->type->kind) == sizeof(int32_t);
    uint32_t n_out = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = rows[i], slot = row & column->mask;
        int64_t value = narrow ? COLUMN_DATA(column, int32_t)[slot] : COLUMN_DATA(column, int64_t)[slot];
        rows[n_out] = row;
        n_out += is_integer_among(in, value);
    }
    return n_out;
}

static uint32_t in_select(const struct expr *expr, struct evaluation *evaluation, uint32_t *out)
{
    const struct column *column = node_eval(expr->operands[0], evaluation);
    uint32_t n = eval_select_valid(column, evaluation->rows, evaluation->n_rows, out);
    const struct in *in = (const struct in *)expr;
    n = in->integers ? select_integers(in, column, out, n) : select_values(in, column, out, n);
    eval_give(evaluation, expr->operands[0], column);
    return n;
}

static const struct expr_class in_class = {"in", .eval = node_eval_selected, .select = in_select};

/* ---- making */

static bool is_twin(const struct in *in, const struct type *type, uint32_t a, uint32_t b)
{
    return in->integers ? in->integers[a] == in->integers[b] : value_equal(type, &in->values[a], &in->values[b]);
}

static void fill_slots(struct arena *arena, struct in *in, const struct type *type)
{
    uint32_t n_slots = 32;
    while (n_slots < 2 * in->n) n_slots *= 2;
    in->slots = ARENA_ARRAY(arena, uint32_t, n_slots);
    in->mask = n_slots - 1;
    for (uint32_t i = 0; i < in->n; i++) {
        uint64_t hash = in->integers ? hash_integer(in->integers[i]) : value_hash(type, &in->values[i]);
        uint32_t slot = (uint32_t)hash & in->mask;
        while (in->slots[slot] && !is_twin(in, type, in->slots[slot] - 1, i)) slot = (slot + 1) & in->mask;
        in->slots[slot] = i + 1;
    }
}

/* The values as integers, if they are. */
static const int64_t *integers_of(struct arena *arena, const struct type *type, const struct value *values, uint32_t n)
{
    bool narrow = type->kind == TYPE_INTEGER || type->kind == TYPE_DATE || type->kind == TYPE_TIME;
    if (!narrow && type->kind != TYPE_BIGINT && type->kind != TYPE_TIMESTAMP) return NULL;
    int64_t *integers = ARENA_ARRAY(arena, int64_t, n + 1);
    for (uint32_t i = 0; i < n; i++) integers[i] = narrow ? values[i].integer : values[i].bigint;
    return integers;
}

/* All list elements constant: their values; NULL if one is not. */
static struct value *constants(struct arena *arena, const struct expr **exprs, uint32_t n, uint32_t *n_values)
{
    struct value *values = ARENA_ARRAY(arena, struct value, n);
    *n_values = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!node_value(exprs[i], &values[*n_values])) return NULL;
        if (!values[*n_values].is_null) ++*n_values;
    }
    return values;
}

static const struct expr *make_in(struct arena *arena, const struct expr *value, const struct value *values, uint32_t n)
{
    struct in *in = NODE_MAKE(arena, struct in, &in_class, &type_boolean, NODE_OPERANDS(arena, value), 1);
    in->values = values;
    in->n = n;
    in->integers = integers_of(arena, value->type, values, n);
    if (n > FEW) fill_slots(arena, in, value->type);
    return &in->expr;
}

/* value = a OR value = b ... */
static bool make_comparisons(struct compiler *compiler, const struct tree_expr *tree, const struct expr **exprs,
                             const struct expr **expr)
{
    const struct expr **terms = ARENA_ARRAY(compiler->arena, const struct expr *, tree->items.n);
    for (uint32_t i = 0; i < tree->items.n; i++) {
        const struct tree_expr *item = tree->items.items[i];
        if (!comparison_make(compiler, tree, TREE_EQUAL, tree->a, exprs[0], item, exprs[i + 1], &terms[i]))
            return false;
    }
    *expr = logic_or(compiler->arena, terms, tree->items.n);
    return true;
}

bool compile_in(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    uint32_t n = tree->items.n + 1, n_values;
    const struct expr **exprs = ARENA_ARRAY(compiler->arena, const struct expr *, n);
    struct tree_expr **trees = ARENA_ARRAY(compiler->arena, struct tree_expr *, n);
    const struct type *type;
    trees[0] = tree->a;
    memcpy(trees + 1, tree->items.items, tree->items.n * sizeof *trees);
    for (uint32_t i = 0; i < n; i++)
        if (!compile_tree(compiler, trees[i], &exprs[i])) return false;
    if (!coerce_list(compiler, "IN list", trees, exprs, n, &type)) return false;
    if (type->kind == TYPE_NULL)
        return compile_error(compiler, tree, "%s: all of it is NULL", compile_text(compiler, tree));
    const struct value *values = constants(compiler->arena, exprs + 1, n - 1, &n_values);
    if (values)
        *expr = make_in(compiler->arena, exprs[0], values, n_values);
    else if (!make_comparisons(compiler, tree, exprs, expr))
        return false;
    if (tree->negated) *expr = logic_not(compiler->arena, *expr);
    return true;
}
