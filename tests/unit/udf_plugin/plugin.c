/* plugin.c - a plug-in that uses every part of the hook: columns, rows, bind, state, types, decimals, nested values,
 * failures. */
#include "weir_udf.h"
#include <stdio.h>

/* Over columns: mask, bitmap, rows. */
static void twice(struct weir_call *call, const struct weir_column *arguments, const uint32_t *rows, uint32_t n_rows,
                  struct weir_column *result)
{
    const int64_t *in = arguments[0].data;
    int64_t *out = result->data;
    for (uint32_t i = 0; i < n_rows; i++) {
        uint32_t row = rows[i];
        int64_t value = in[row & arguments[0].mask];
        if (value == 13)
            call->host->fail(call, row, "13 brings bad luck");
        else if (value == 0)
            weir_set_null(result, row);
        else
            out[row] = value * 2;
    }
}

/* A text of its own. */
static bool shout(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    size_t len = arguments[0].text.len;
    char *out = call->host->alloc(call, len + 1);
    memcpy(out, arguments[0].text.data, len);
    out[len] = '!';
    result->text = (struct weir_text){out, len + 1};
    return true;
}

/* Struct in, struct out. */
static bool swap(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    struct weir_nested *pair = call->host->alloc(call, sizeof *pair + 2 * sizeof *pair->items);
    pair->n = 2;
    pair->items[0] = arguments[0].nested->items[1];
    pair->items[1] = arguments[0].nested->items[0];
    result->nested = pair;
    return true;
}

/* The type of the result, and a state, by bind. */
static bool bind_hundredths(struct weir_bind *bind)
{
    const struct weir_host *host = bind->host;
    char type[40];
    if (!bind->constants[1] || bind->constants[1]->integer < 1) {
        snprintf(bind->why, sizeof bind->why, "the divisor must be a literal above 0");
        return false;
    }
    int32_t *divisor = host->keep(bind, sizeof *divisor);
    *divisor = bind->constants[1]->integer;
    bind->state = divisor;
    snprintf(type, sizeof type, "DECIMAL(%d, 2)", host->type_precision(bind->types[0]) + 2);
    bind->result_type = host->type_named(bind, type);
    return bind->result_type != NULL;
}

static bool hundredths(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    const struct weir_host *host = call->host;
    struct weir_text text = host->decimal_text(call, call->types[0], arguments[0].decimal);
    char copy[64];
    snprintf(copy, sizeof copy, "%.*s.%02d", (int)text.len, text.data, *(const int32_t *)call->state);
    return host->decimal_parse(call, call->result_type, (struct weir_text){copy, strlen(copy)}, &result->decimal);
}

/* Any types, described. */
static bool describe(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    static const char *const names[] = {"null",  "boolean", "int",  "bigint",    "decimal", "double", "string",
                                        "bytes", "date",    "time", "timestamp", "array",   "map",    "struct"};
    char *out = call->host->alloc(call, 64 * (call->n_arguments + 1));
    size_t len = 0;
    for (uint32_t i = 0; i < call->n_arguments; i++) {
        struct weir_text text = call->host->print(call, call->types[i], &arguments[i]);
        len += (size_t)snprintf(out + len, 64, "%s%s:%.*s", i ? " " : "", names[call->host->type_kind(call->types[i])],
                                (int)text.len, text.data);
    }
    result->text = (struct weir_text){out, len};
    return true;
}

static bool never(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call, (void)arguments, (void)result;
    return false;
}

static const struct weir_function functions[] = {
    {.name = "TWICE",
     .signature = "(number BIGINT) -> BIGINT",
     .columns = twice,
     .help = "twice the number",
     .example = "TWICE(4)",
     .result = "8"},
    {.name = "SHOUT", .signature = "(text STRING) -> STRING", .row = shout, .category = "STRING"},
    {.name = "SWAP", .signature = "(pair STRUCT<A INT, B INT>) -> STRUCT<A INT, B INT>", .row = swap},
    {.name = "HUNDREDTHS",
     .signature = "(number DECIMAL, CONSTANT INT) -> DECIMAL",
     .bind = bind_hundredths,
     .row = hundredths},
    {.name = "DESCRIBE_ALL", .signature = "(values ANY...) -> STRING", .nulls = WEIR_NULL_PASSED, .row = describe},
    {.name = "NEVER",
     .signature = "(first INT, others STRING..., last INT) -> INT",
     .nulls = WEIR_NULL_FAILS,
     .row = never},
};

static const struct weir_plugin plugin = {WEIR_PLUGIN, .name = "test", .version = "1", WEIR_FUNCTIONS(functions)};

const struct weir_plugin *weir_plugin(const struct weir_host *host)
{
    return host->abi == WEIR_ABI && host->size >= sizeof *host ? &plugin : NULL;
}
