/* conditional.c - COALESCE, IFNULL, NULLIF, AS_VALUE. */
#include "udf/builtin.h"

static bool as_value(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call;
    *result = arguments[0];
    return true;
}

static bool nullif(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    *result = arguments[0];
    if (!arguments[0].is_null && !arguments[1].is_null &&
        call->host->equal(call->types[0], &arguments[0], &arguments[1]))
        result->is_null = true;
    return true;
}

static const struct weir_function functions[] = {
    {.name = "AS_VALUE",
     .signature = "(value T) -> T",
     .nulls = WEIR_NULL_PASSED,
     .row = as_value,
     .category = "OTHER",
     .help = "its argument as it is: copies a key column into the value",
     .example = "AS_VALUE('k-1')",
     .result = "k-1"},
    {.name = "COALESCE",
     .signature = "(first T, others T...) -> T",
     .nulls = WEIR_NULL_PASSED,
     .flags = WEIR_FIRST_NOT_NULL,
     .category = "CONDITIONAL",
     .help = "the first argument that is not NULL; the ones behind it are not evaluated",
     .example = "COALESCE(CAST(NULL AS INT), 7, 8)",
     .result = "7"},
    {.name = "IFNULL",
     .signature = "(value T, otherwise T) -> T",
     .nulls = WEIR_NULL_PASSED,
     .flags = WEIR_FIRST_NOT_NULL,
     .category = "CONDITIONAL",
     .help = "the value, or the other where it is NULL",
     .example = "IFNULL(CAST(NULL AS STRING), 'none')",
     .result = "none"},
    {.name = "NULLIF",
     .signature = "(value T, unwanted T) -> T",
     .nulls = WEIR_NULL_PASSED,
     .row = nullif,
     .category = "CONDITIONAL",
     .help = "the value, or NULL where it is equal to the other",
     .example = "NULLIF(5, 5)",
     .result = "null"},
};

BUILTINS(builtin_conditional, functions);
