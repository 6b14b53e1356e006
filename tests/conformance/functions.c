/* functions.c - a plug-in with the functions that conformance cases call and that are not built in.
 *
 *     TEST_UDF(7, 'x')  →  doStuffIntString        which overload was chosen
 *     BAD_UDF(7)        →  null, and an entry in the processing log
 *
 * ../shared/conformance/README.md lists them. It knows nothing of weir but udf/weir_udf.h, as a user's plug-in does.
 */
#include "udf/weir_udf.h"

static bool give_text(struct weir_value *result, const char *text)
{
    result->text = (struct weir_text){text, strlen(text)};
    return true;
}

static bool fail(struct weir_call *call, const char *why)
{
    call->host->fail(call, call->row, why);
    return false;
}

/* ---- TEST_UDF */

static bool int_string(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call, (void)arguments;
    return give_text(result, "doStuffIntString");
}

static bool long_string(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call, (void)arguments;
    return give_text(result, "doStuffLongString");
}

static bool long_long_string(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call, (void)arguments;
    return give_text(result, "doStuffLongLongString");
}

static bool longs(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call, (void)arguments;
    return give_text(result, "doStuffLongVarargs");
}

static bool field_a(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call;
    if (arguments[0].is_null)
        result->is_null = true;
    else
        *result = arguments[0].nested->items[0];
    return true;
}

/* STRUCT<A STRING> with that value. */
static bool give_struct(struct weir_call *call, struct weir_value a, struct weir_value *result)
{
    struct weir_nested *nested = call->host->alloc(call, sizeof *nested + sizeof a);
    nested->n = 1;
    nested->items[0] = a;
    result->nested = nested;
    return true;
}

static bool struct_of_foo(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)arguments;
    struct weir_value foo = {.is_null = false};
    give_text(&foo, "foo");
    return give_struct(call, foo, result);
}

static bool to_struct(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    return give_struct(call, arguments[0], result);
}

/* ---- BAD_UDF */

static bool bad_int(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)arguments, (void)result;
    return fail(call, "this function always fails");
}

static bool bad_boolean(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    if (!arguments[0].is_null && arguments[0].boolean) return fail(call, "this function fails on true");
    result->integer = 0;
    return true;
}

/* Counts the calls of one query. */
static bool bind_counter(struct weir_bind *bind)
{
    bind->state = memset(bind->host->keep(bind, sizeof(unsigned)), 0, sizeof(unsigned));
    return true;
}

static bool bad_string(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    unsigned *n_calls = (unsigned *)call->state; /* made by bind_counter, for us alone: a case runs in one thread */
    *result = arguments[0];
    if ((*n_calls)++ % 2 == 0) result->is_null = true;
    return true;
}

/* ---- WHENCONDITION, WHENRESULT */

static bool second_must_hold(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    if (!arguments[1].is_null && !arguments[1].boolean) return fail(call, "this was not to be evaluated");
    *result = arguments[0];
    return true;
}

static const struct weir_function functions[] = {
    {.name = "TEST_UDF", .signature = "(INT, STRING) -> STRING", .nulls = WEIR_NULL_PASSED, .row = int_string},
    {.name = "TEST_UDF", .signature = "(BIGINT, STRING) -> STRING", .nulls = WEIR_NULL_PASSED, .row = long_string},
    {.name = "TEST_UDF",
     .signature = "(BIGINT, BIGINT, STRING) -> STRING",
     .nulls = WEIR_NULL_PASSED,
     .row = long_long_string},
    {.name = "TEST_UDF", .signature = "(BIGINT...) -> STRING", .nulls = WEIR_NULL_PASSED, .row = longs},
    {.name = "TEST_UDF", .signature = "(STRUCT<A STRING>) -> STRING", .nulls = WEIR_NULL_PASSED, .row = field_a},
    {.name = "TEST_UDF", .signature = "() -> STRUCT<A STRING>", .row = struct_of_foo},
    {.name = "TOSTRUCT", .signature = "(STRING) -> STRUCT<A STRING>", .nulls = WEIR_NULL_PASSED, .row = to_struct},
    {.name = "BAD_UDF", .signature = "(INT) -> INT", .nulls = WEIR_NULL_PASSED, .row = bad_int},
    {.name = "BAD_UDF", .signature = "(BOOLEAN) -> INT", .nulls = WEIR_NULL_PASSED, .row = bad_boolean},
    {.name = "BAD_UDF",
     .signature = "(STRING) -> STRING",
     .nulls = WEIR_NULL_PASSED,
     .bind = bind_counter,
     .row = bad_string,
     .flags = WEIR_NOT_DETERMINISTIC},
    {.name = "WHENCONDITION",
     .signature = "(BOOLEAN, BOOLEAN) -> BOOLEAN",
     .nulls = WEIR_NULL_PASSED,
     .row = second_must_hold},
    {.name = "WHENRESULT", .signature = "(INT, BOOLEAN) -> INT", .nulls = WEIR_NULL_PASSED, .row = second_must_hold},
};

static const struct weir_plugin plugin = {WEIR_PLUGIN, .name = "conformance", WEIR_FUNCTIONS(functions)};

WEIR_EXPORT const struct weir_plugin *weir_plugin(const struct weir_host *host)
{
    (void)host;
    return &plugin;
}
