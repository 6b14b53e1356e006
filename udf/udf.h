/* udf.h - the functions that SQL may call: found by name and argument types, bound to a statement, called on columns.
 *
 *     struct udf_argument arguments[] = {{.type = &type_string}, {.type = &type_integer}};
 *     struct udf_binding binding;
 *     udf_bind(udf_registry(), arena, TEXT("SUBSTRING"), arguments, 2, &binding, &error)
 *     ... the caller casts each argument to binding.parameters[i] ...
 *     udf_call(&binding, &frame, columns, rows, n_rows, &result);
 *
 * The rows are those of weir_udf.h, for built-ins and plug-ins alike. There is one registry a process; it only grows,
 * so what it gave out stays valid, and it may be read by any thread while another loads a plug-in.
 */
#pragma once
#include "engine/types/column.h"
#include "udf/signature.h"
#include "udf/weir_udf.h"

struct function_registry;

enum udf_kind { UDF_SCALAR, UDF_AGGREGATE, UDF_TABLE };

/* One overload. */
struct udf_function {
    struct text name;
    enum udf_kind kind;
    const struct udf_signature *signature;
    struct text plugin;                          /* the plug-in that it came from; NO_TEXT: built in */
    struct text category, help, example, result; /* NO_TEXT where there is none */
    uint32_t flags;                              /* enum weir_flags */
    enum weir_nulls nulls;
    const struct weir_function *scalar; /* the row, by kind */
    const struct weir_aggregate *aggregate;
    const struct weir_table *table;
};

/* ---- the registry */

/* The process's registry; made, with the built-ins in it, when it is first asked for. */
struct function_registry *udf_registry(void);

/* Adds every row of the plug-in, which is not copied; none where one is wrong. The error names the row whose name or
 * signature is wrong or taken. */
MUST_CHECK bool udf_register(struct function_registry *registry, const struct weir_plugin *plugin, struct error *error);

/* Loads a shared library and registers what it offers. It is never unloaded. The error says what is wrong with the
 * file. */
MUST_CHECK bool udf_load(struct function_registry *registry, struct text file, struct error *error);

/* The n-th name in alphabetical order, for SHOW FUNCTIONS; false beyond the last. */
bool udf_name_at(struct function_registry *registry, uint32_t n, struct text *name);

/* All overloads of a name (any case), in the order of their registration; NULL if there are none. */
const struct udf_function *const *udf_overloads(struct function_registry *registry, struct text name, uint32_t *n);

/* Fills the error for a name that has no function: not supported yet if the dialect has one of that name, else unknown,
 * with a hint where one is near. Returns false. */
bool udf_unknown(struct function_registry *registry, struct text name, struct error *error);

/* ---- binding */

struct udf_argument {
    const struct type *type;      /* &type_null for the literal NULL; &type_bigint for a unit */
    const struct value *constant; /* NULL if it is not known before the rows are */
    bool is_unit;                 /* a word such as DAYS; `constant` is its milliseconds */
};

struct udf_binding {
    const struct udf_function *function;
    const struct type **parameters; /* what each argument must be cast to */
    uint32_t n;
    uint64_t not_null; /* bit i: a null argument i fails the row; the last bit stands for all beyond it */
    const struct type *result_type;
    const void *state;
};

/* Chooses the overload, and binds it. The error (without a span) says which overloads there are. */
MUST_CHECK bool udf_bind(struct function_registry *registry, struct arena *arena, struct text name,
                         const struct udf_argument *arguments, uint32_t n, struct udf_binding *binding,
                         struct error *error);

/* True if an argument of type `from` is cast to `to` without being asked: 15.4 of the reference. Neither is nested. */
bool udf_converts(enum type_kind from, enum type_kind to);

/* ---- calling a scalar */

struct udf_frame {
    struct arena *arena;                                        /* for the result's texts and nested values */
    void (*fail)(void *context, uint32_t row, const char *why); /* `why` may go when it returns */
    void *context;
};

/* result: a vector with a slot for each row there can be, and a bitmap with all bits set. Rows that fail are told to
 * the frame, and null. The arguments have the types of binding->parameters. */
void udf_call(const struct udf_binding *binding, const struct udf_frame *frame, const struct column *arguments,
              const uint32_t *rows, uint32_t n_rows, struct column *result);
