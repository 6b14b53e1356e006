/* functions.h - inside of the registry: for plugin.c, which fills it, and for tests, which want one of their own. */
#pragma once
#include "udf/udf.h"

/* An empty one. */
struct function_registry *functions_new(void);
void functions_free(struct function_registry *registry);

/* A registry with the same functions, which are borrowed: to try on what is to be added. */
struct function_registry *functions_copy(struct function_registry *registry);

/* Adds one overload: `row` with all but its signature, which is parsed from the text. Both texts are borrowed for ever.
 */
MUST_CHECK bool functions_add(struct function_registry *registry, const struct udf_function *row, const char *signature,
                              struct error *error);

/* Cleared memory that lives as long as the registry. */
void *functions_keep(struct function_registry *registry, size_t size);
