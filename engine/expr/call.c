/* call.c - NAME(argument, ...), and || which is CONCAT.
 *
 * The registry (udf/) chooses the function by the types of the arguments and says what they must be cast to. An
 * argument that fails is null, and the function is called all the same; with ksql.nested.error.set.null off it fails
 * the whole.
 */
#include "engine/expr/compile.h"
#include "udf/udf.h"

enum { COLUMNS_ON_STACK = 8 };

struct call {
    struct expr expr; /* operands: the arguments */
    struct udf_binding binding;
    const char *text; /* as written, for messages */
};

/* ---- evaluating */

struct caller {
    struct evaluation *evaluation;
    const struct call *call;
};

static void fail(void *context, uint32_t row, const char *why)
{
    const struct caller *caller = context;
    eval_fail(caller->evaluation, row, arena_printf(caller->evaluation->arena, "%s: %s", caller->call->text, why));
}

static const struct column *call_eval(const struct expr *expr, struct evaluation *evaluation)
{
    const struct call *call = (const struct call *)expr;
    const struct column *given_on_stack[COLUMNS_ON_STACK], **given = given_on_stack;
    struct column on_stack[COLUMNS_ON_STACK], *arguments = on_stack;
    if (expr->n_operands > COLUMNS_ON_STACK) {
        arguments = ARENA_ARRAY(evaluation->arena, struct column, expr->n_operands);
        given = ARENA_ARRAY(evaluation->arena, const struct column *, expr->n_operands);
    }
    for (uint32_t i = 0; i < expr->n_operands; i++) {
        given[i] = node_eval(expr->operands[i], evaluation);
        arguments[i] = *given[i];
    }
    struct column *result = eval_take_valid(evaluation, expr->type);
    struct caller caller = {evaluation, call};
    struct udf_frame frame = {.arena = evaluation->arena, .fail = fail, .context = &caller};
    uint32_t before = evaluation->n_failed;
    udf_call(&call->binding, &frame, arguments, evaluation->rows, evaluation->n_rows, result);
    if (evaluation->n_failed != before) eval_drop_failed(evaluation);
    for (uint32_t i = 0; i < expr->n_operands; i++) eval_give(evaluation, expr->operands[i], given[i]);
    return result;
}

static const struct expr_class call_class = {"call", .eval = call_eval, .fallible = true};

/* ---- arguments */

/* What the call is made of while it is compiled. */
struct arguments {
    struct tree_expr *const *trees;
    const struct expr **exprs;
    struct udf_argument *types;
    struct value *constants;
    uint32_t n;
};

/* DAYS -> 86400000. */
static bool unit_argument(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    static const struct {
        struct text name;
        int64_t ms;
    } units[] = {{{"MILLISECONDS", 12}, 1},
                 {{"SECONDS", 7}, 1000},
                 {{"MINUTES", 7}, 60000},
                 {{"HOURS", 5}, 3600000},
                 {{"DAYS", 4}, 86400000}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (!text_equal_nocase(tree->text, units[i].name)) continue;
        *expr = node_constant(compiler->arena, &type_bigint, &(struct value){.bigint = units[i].ms});
        return true;
    }
    compile_error(compiler, tree, TEXT_FMT " is not a unit of a fixed length", TEXT_ARG(tree->text));
    return error_hint(compiler->error, "use DAYS, HOURS, MINUTES, SECONDS or MILLISECONDS");
}

static bool compile_arguments(struct compiler *compiler, struct arguments *arguments)
{
    struct arena *arena = compiler->arena;
    arguments->exprs = ARENA_ARRAY(arena, const struct expr *, arguments->n + 1);
    arguments->types = ARENA_ARRAY(arena, struct udf_argument, arguments->n + 1);
    arguments->constants = ARENA_ARRAY(arena, struct value, arguments->n + 1);
    for (uint32_t i = 0; i < arguments->n; i++) {
        const struct tree_expr *tree = arguments->trees[i];
        bool is_unit = tree->kind == TREE_UNIT;
        if (is_unit ? !unit_argument(compiler, tree, &arguments->exprs[i])
                    : !compile_tree(compiler, tree, &arguments->exprs[i]))
            return false;
        bool known = node_value(arguments->exprs[i], &arguments->constants[i]);
        arguments->types[i] =
            (struct udf_argument){arguments->exprs[i]->type, known ? &arguments->constants[i] : NULL, is_unit};
    }
    return true;
}

/* A call, a field of a struct, and what had to be converted are guarded (as is a CAST, by itself); what fails in
 * arithmetic or a CASE fails the call. So COALESCE(LEN(a) + 1, 5) is null where a is, and COALESCE(LEN(a), 5) is 5. */
static bool is_guarded(const struct compiler *compiler, const struct tree_expr *tree, bool converted)
{
    return compiler->guards &&
           (converted || tree->kind == TREE_CALL || tree->kind == TREE_CONCAT || tree->kind == TREE_FIELD);
}

/* Each argument as the function wants it. */
static bool convert_arguments(struct compiler *compiler, struct arguments *arguments, const struct udf_binding *binding)
{
    for (uint32_t i = 0; i < arguments->n; i++) {
        const struct expr *given = arguments->exprs[i],
                          *expr = compile_cast_to(compiler, given, binding->parameters[i]);
        struct value value;
        if (expr) expr = compile_fold(compiler, expr);
        if (!expr || (given->constant && expr != given && !node_value(expr, &value)))
            return compile_error(compiler, arguments->trees[i], "%s cannot be made %s, which " TEXT_FMT " wants",
                                 compile_text(compiler, arguments->trees[i]),
                                 type_text(compiler->arena, binding->parameters[i]).data,
                                 TEXT_ARG(binding->function->name));
        bool guarded = is_guarded(compiler, arguments->trees[i], expr != given);
        arguments->exprs[i] = guarded ? eval_guard(compiler->arena, expr) : expr;
    }
    return true;
}

/* ---- making */

static bool make_call(struct compiler *compiler, const struct tree_expr *tree, struct text name,
                      struct arguments *arguments, const struct expr **expr)
{
    struct arena *arena = compiler->arena;
    struct udf_binding binding;
    if (!udf_bind(udf_registry(), arena, name, arguments->types, arguments->n, &binding, compiler->error)) {
        compiler->error->span = tree->span;
        return false;
    }
    if (binding.function->kind != UDF_SCALAR)
        return compile_error(compiler, tree, "%s: " TEXT_FMT " is %s function, which cannot stand here",
                             compile_text(compiler, tree), TEXT_ARG(name),
                             binding.function->kind == UDF_TABLE ? "a table" : "an aggregate");
    if (!convert_arguments(compiler, arguments, &binding)) return false;
    if (binding.function->flags & WEIR_FIRST_NOT_NULL) {
        *expr = case_first_not_null(arena, binding.result_type, arguments->exprs, arguments->n);
        return true;
    }
    struct call *call = NODE_MAKE(arena, struct call, &call_class, binding.result_type, arguments->exprs, arguments->n);
    call->binding = binding;
    call->text = compile_text(compiler, tree);
    call->expr.constant = (call->expr.constant || !arguments->n) && !(binding.function->flags & WEIR_NOT_DETERMINISTIC);
    *expr = &call->expr;
    return true;
}

bool compile_call(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    if (tree->star && !text_equal_nocase(tree->name.name, TEXT("COUNT")))
        return compile_error(compiler, tree, "only COUNT can be called with *");
    struct arguments arguments = {.trees = tree->items.items, .n = tree->items.n};
    return compile_arguments(compiler, &arguments) && make_call(compiler, tree, tree->name.name, &arguments, expr);
}

/* What || joins is text, or bytes. */
static bool check_joined(struct compiler *compiler, const struct arguments *arguments)
{
    for (uint32_t i = 0; i < arguments->n; i++) {
        const struct type *type = arguments->exprs[i]->type;
        if (type->kind == TYPE_STRING || type->kind == TYPE_BYTES || type->kind == TYPE_NULL) continue;
        const char *text = compile_text(compiler, arguments->trees[i]);
        compile_error(compiler, arguments->trees[i], "|| joins texts, and %s is %s", text,
                      type_text(compiler->arena, type).data);
        return error_hint(compiler->error, "write CAST(%s AS STRING)", text);
    }
    return true;
}

/* a || b || c is one call: its left operands are one below the other. */
bool compile_concat(struct compiler *compiler, const struct tree_expr *tree, const struct expr **expr)
{
    uint32_t n = 1;
    for (const struct tree_expr *left = tree; left->kind == TREE_CONCAT; left = left->a) n++;
    struct tree_expr **trees = ARENA_ARRAY(compiler->arena, struct tree_expr *, n);
    const struct tree_expr *left = tree;
    for (uint32_t i = n - 1; i > 0; i--, left = left->a) trees[i] = left->b;
    trees[0] = (struct tree_expr *)left;
    struct arguments arguments = {.trees = trees, .n = n};
    return compile_arguments(compiler, &arguments) && check_joined(compiler, &arguments) &&
           make_call(compiler, tree, TEXT("CONCAT"), &arguments, expr);
}
