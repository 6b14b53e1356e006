/* bind.c - the overload that a call means, and its types.
 *
 *     LEAST(INT, BIGINT)      without casts: none; with: BIGINT, DECIMAL and DOUBLE fit, none is closer -> an error
 *     LEAST(DATE, '2024-01')  without casts: none; with: only DATE -> that
 *
 * A fit is closer than another if it is not variadic and the other is, then by having more parameters, then by having
 * fewer with letters. One that a plug-in's `bind` refuses is an error and not a reason to try another.
 */
#include "engine/base/arena.h"
#include "engine/base/buffer.h"
#include "udf/host.h"
#include "udf/udf.h"
#include <stdio.h>

enum { MESSAGE_CEILING = 900, HINT_CEILING = 250 };

struct request {
    struct function_registry *registry;
    struct arena *arena;
    struct text name;
    const struct udf_argument *arguments;
    uint32_t n;
    struct error *error;
};

/* The parameter that takes argument i of n. */
static const struct udf_parameter *parameter_at(const struct udf_signature *signature, uint32_t i, uint32_t n)
{
    if (signature->variadic < 0 || i < (uint32_t)signature->variadic) return &signature->parameters[i];
    uint32_t behind = signature->n - (uint32_t)signature->variadic - 1;
    if (i < n - behind) return &signature->parameters[signature->variadic];
    return &signature->parameters[signature->n - (n - i)];
}

static bool count_fits(const struct udf_signature *signature, uint32_t n)
{
    return signature->variadic < 0 ? n == signature->n : n + 1 >= signature->n;
}

static bool argument_fits(const struct udf_parameter *parameter, const struct udf_argument *argument, bool casts,
                          struct udf_letters *letters)
{
    if (parameter->constant && !argument->constant) return false;
    if (parameter->pattern->kind == PATTERN_UNIT || argument->is_unit)
        return parameter->pattern->kind == PATTERN_UNIT && argument->is_unit;
    return signature_accepts(parameter->pattern, argument->type, casts, letters);
}

static bool fits(const struct request *request, const struct udf_function *function, bool casts,
                 struct udf_letters *letters)
{
    *letters = (struct udf_letters){0};
    if (!count_fits(function->signature, request->n)) return false;
    for (uint32_t i = 0; i < request->n; i++) {
        const struct udf_parameter *parameter = parameter_at(function->signature, i, request->n);
        if (!argument_fits(parameter, &request->arguments[i], casts, letters)) return false;
    }
    return true;
}

/* >0 if a is closer than b. */
static int compare_fits(const struct udf_signature *a, const struct udf_signature *b)
{
    if ((a->variadic < 0) != (b->variadic < 0)) return a->variadic < 0 ? 1 : -1;
    if (a->n != b->n) return a->n > b->n ? 1 : -1;
    return (int)b->n_letters - (int)a->n_letters;
}

/* The closest of those that fit, or NULL; `ties` counts the others that are as close. */
static const struct udf_function *closest(const struct request *request, const struct udf_function *const *overloads,
                                          uint32_t n_overloads, bool casts, uint32_t *ties)
{
    const struct udf_function *best = NULL;
    struct udf_letters letters;
    *ties = 0;
    for (uint32_t i = 0; i < n_overloads; i++) {
        if (!fits(request, overloads[i], casts, &letters)) continue;
        int order = best ? compare_fits(overloads[i]->signature, best->signature) : 1;
        if (order > 0) *ties = 0;
        if (order == 0) ++*ties;
        if (order > 0) best = overloads[i];
    }
    return best;
}

/* ---- messages */

static void print_call(const struct request *request, struct buffer *out)
{
    buffer_append_text(out, request->name);
    buffer_append_char(out, '(');
    for (uint32_t i = 0; i < request->n; i++) {
        if (i) buffer_append_string(out, ", ");
        if (request->arguments[i].is_unit)
            buffer_append_string(out, "INTERVALUNIT");
        else
            type_print(out, request->arguments[i].type);
    }
    buffer_append_char(out, ')');
}

static void hint_overloads(const struct request *request, const struct udf_function *const *overloads, uint32_t n)
{
    struct buffer out = BUFFER(HINT_CEILING);
    for (uint32_t i = 0; i < n && !out.overflow; i++) {
        struct text text = overloads[i]->signature->text;
        buffer_append_string(&out, i ? ", " : "");
        buffer_append_text(&out, text);
    }
    error_hint(request->error, "it takes " TEXT_FMT "%s", TEXT_ARG(buffer_text(&out)), out.overflow ? ", ..." : "");
    buffer_free(&out);
}

/* Those that fit, and as closely as `best`. */
static const struct udf_function *const *as_close(const struct request *request,
                                                  const struct udf_function *const *overloads, uint32_t n, bool casts,
                                                  const struct udf_function *best, uint32_t *n_close)
{
    const struct udf_function **close = ARENA_ARRAY(request->arena, const struct udf_function *, n);
    struct udf_letters letters;
    *n_close = 0;
    for (uint32_t i = 0; i < n; i++)
        if (fits(request, overloads[i], casts, &letters) && compare_fits(overloads[i]->signature, best->signature) == 0)
            close[(*n_close)++] = overloads[i];
    return close;
}

static bool refuse(const struct request *request, const struct udf_function *const *overloads, uint32_t n,
                   const char *reason)
{
    struct buffer out = BUFFER(MESSAGE_CEILING);
    print_call(request, &out);
    error_set(request->error, ERROR_STATEMENT, NO_SPAN, TEXT_FMT " %s", TEXT_ARG(buffer_text(&out)), reason);
    buffer_free(&out);
    hint_overloads(request, overloads, n);
    return false;
}

/* ---- binding */

static const struct type *parameter_type(const struct request *request, const struct udf_parameter *parameter,
                                         uint32_t i, const struct udf_letters *letters)
{
    const struct type *given = request->arguments[i].type;
    const struct type *type = signature_resolve(request->arena, parameter->pattern, given, letters);
    if (type || given->kind != TYPE_NULL) return type;
    /* The literal NULL where any DECIMAL or any type at all would do: no one will look at more than that it is null. */
    if (parameter->pattern->kind == PATTERN_ANY) return &type_string;
    return parameter->pattern->type == TYPE_DECIMAL ? type_decimal(request->arena, 1, 0) : NULL;
}

/* A DECIMAL of any precision in the result is that of the first DECIMAL parameter. */
static const struct type *result_type(const struct request *request, const struct udf_binding *binding,
                                      const struct udf_letters *letters)
{
    const struct udf_pattern *pattern = binding->function->signature->result;
    const struct type *given = NULL;
    for (uint32_t i = 0; i < binding->n && !given; i++)
        if (pattern->type == TYPE_DECIMAL && binding->parameters[i]->kind == TYPE_DECIMAL)
            given = binding->parameters[i];
    return signature_resolve(request->arena, pattern, given, letters);
}

static weir_bind_function *bind_function(const struct udf_function *function)
{
    switch (function->kind) {
    case UDF_SCALAR: return function->scalar->bind;
    case UDF_AGGREGATE: return function->aggregate->bind;
    default: return function->table->bind;
    }
}

/* Lets the row itself have its say. */
static bool ask_row(const struct request *request, struct udf_binding *binding)
{
    weir_bind_function *bind = bind_function(binding->function);
    if (!bind) return true;
    const struct weir_type **types = ARENA_ARRAY(request->arena, const struct weir_type *, request->n + 1);
    const struct weir_value **constants = ARENA_ARRAY(request->arena, const struct weir_value *, request->n + 1);
    for (uint32_t i = 0; i < request->n; i++) {
        types[i] = host_type(binding->parameters[i]);
        bool same = type_equal(binding->parameters[i], request->arguments[i].type) || request->arguments[i].is_unit;
        if (same) constants[i] = (const struct weir_value *)request->arguments[i].constant;
    }
    struct host_bind host = {.bind = {.host = &udf_host,
                                      .n_arguments = request->n,
                                      .types = types,
                                      .constants = constants,
                                      .result_type = host_type(binding->result_type)},
                             .arena = request->arena};
    if (!bind(&host.bind))
        return error_set(request->error, ERROR_STATEMENT, NO_SPAN, TEXT_FMT ": %.255s", TEXT_ARG(request->name),
                         host.bind.why);
    binding->result_type = host_type_of(host.bind.result_type);
    binding->state = host.bind.state;
    return true;
}

static bool bind_to(const struct request *request, const struct udf_function *function, bool casts,
                    struct udf_binding *binding)
{
    struct udf_letters letters;
    if (!fits(request, function, casts, &letters)) return false;
    *binding = (struct udf_binding){.function = function, .n = request->n};
    binding->parameters = ARENA_ARRAY(request->arena, const struct type *, request->n + 1);
    for (uint32_t i = 0; i < request->n; i++) {
        const struct udf_parameter *parameter = parameter_at(function->signature, i, request->n);
        binding->parameters[i] = parameter_type(request, parameter, i, &letters);
        if (!binding->parameters[i]) return refuse(request, &function, 1, "says nothing of the type of NULL: cast it");
        if (parameter->not_null) binding->not_null |= (uint64_t)1 << (i < 63 ? i : 63);
    }
    binding->result_type = result_type(request, binding, &letters);
    if (!ask_row(request, binding)) return false;
    return binding->result_type || refuse(request, &function, 1, "says nothing of the type of its result");
}

bool udf_bind(struct function_registry *registry, struct arena *arena, struct text name,
              const struct udf_argument *arguments, uint32_t n, struct udf_binding *binding, struct error *error)
{
    struct request request = {registry, arena, name, arguments, n, error};
    uint32_t n_overloads, ties = 0;
    const struct udf_function *const *overloads = udf_overloads(registry, name, &n_overloads);
    if (!overloads) return udf_unknown(registry, name, error);
    for (int casts = 0; casts < 2; casts++) {
        const struct udf_function *function = closest(&request, overloads, n_overloads, casts, &ties);
        if (function && ties) {
            overloads = as_close(&request, overloads, n_overloads, casts, function, &n_overloads);
            return refuse(&request, overloads, n_overloads, "may mean more than one of its forms: cast the arguments");
        }
        if (function) return bind_to(&request, function, casts, binding);
    }
    return refuse(&request, overloads, n_overloads, "is not how it is called");
}
