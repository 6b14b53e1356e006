/* expr_fuzz.c - any text that parses as an expression is built, or refused with a message, and gives the same for a
 * batch as for its rows one by one. */
#include "engine/base/arena.h"
#include "engine/base/buffer.h"
#include "engine/expr/expr.h"
#include "parser/parse.h"
#include <math.h>
#include <stdlib.h>

enum { ROWS = 5 };

static const struct type integers = {.kind = TYPE_ARRAY, .element = &type_integer};
static const struct type counts = {.kind = TYPE_MAP, .key = &type_string, .element = &type_integer};
static const struct type_field fields[] = {{{"X", 1}, &type_integer}, {{"Y", 1}, &type_string}};
static const struct type pair = {.kind = TYPE_STRUCT, .fields = fields, .n_fields = 2};
static const struct type price = {.kind = TYPE_DECIMAL, .precision = 9, .scale = 2};

static const struct {
    const char *name;
    const struct type *type;
} columns[] = {
    {"I", &type_integer}, {"B", &type_bigint},       {"D", &type_double}, {"P", &price},
    {"S", &type_string},  {"T", &type_boolean},      {"Y", &type_bytes},  {"DAY", &type_date},
    {"C", &type_time},    {"M", &type_timestamp},    {"A", &integers},    {"N", &counts},
    {"R", &pair},         {"ROWTIME", &type_bigint},
};

enum { COLUMNS = sizeof columns / sizeof *columns };

static bool resolve(void *context, const struct tree_expr *tree, uint32_t *index, const struct type **type,
                    struct error *error)
{
    (void)context;
    for (uint32_t i = 0; i < COLUMNS; i++) {
        if (!text_equal(tree->name.name, text_of(columns[i].name))) continue;
        *index = i;
        *type = columns[i].type;
        return true;
    }
    return error_set(error, ERROR_STATEMENT, tree->span, "no such column");
}

/* Row 4 has what is smallest, and NaN. */
enum { EXTREME = 4 };

static struct value make_value(struct arena *arena, const struct type *type, uint32_t row)
{
    static const char *const texts[] = {"", "hello", "2024-05-31", "42", "a%b_c"};
    struct value value = {.is_null = row == 3};
    struct nested *nested = nested_make(arena, 2);
    nested->items[0] =
        type->kind == TYPE_MAP ? (struct value){.text = TEXT("a")} : (struct value){.integer = (int32_t)row};
    nested->items[1] =
        type->kind == TYPE_STRUCT ? (struct value){.text = text_of(texts[row])} : (struct value){.integer = 7};
    switch (type->kind) {
    case TYPE_STRING:
    case TYPE_BYTES: value.text = text_of(texts[row]); break;
    case TYPE_BOOLEAN: value.boolean = row % 2; break;
    case TYPE_DOUBLE: value.real = row == EXTREME ? NAN : row / 2.0 - 1; break;
    case TYPE_DECIMAL: value.decimal.small = (int128)row * 150 - 200; break;
    case TYPE_INTEGER:
    case TYPE_DATE: value.integer = row == EXTREME ? INT32_MIN : (int32_t)row * 1000; break;
    case TYPE_TIME: value.integer = (int32_t)row * 1000; break;
    case TYPE_BIGINT:
    case TYPE_TIMESTAMP: value.bigint = row == EXTREME ? INT64_MIN : (int64_t)row * 3000000000 - 1; break;
    default: value.nested = nested;
    }
    return value;
}

static struct batch *make_batch(struct arena *arena)
{
    struct batch *batch = ARENA_MAKE(arena, struct batch);
    *batch = (struct batch){.arena = arena, .n_rows = ROWS, .n_columns = COLUMNS};
    batch->columns = ARENA_ARRAY(arena, struct column, COLUMNS);
    for (uint32_t i = 0; i < COLUMNS; i++) {
        batch->columns[i] = column_make(arena, columns[i].type, ROWS);
        for (uint32_t row = 0; row < ROWS; row++) {
            struct value value = make_value(arena, columns[i].type, row);
            column_set(&batch->columns[i], row, &value);
        }
    }
    return batch;
}

static void evaluate(const struct expr *expr, struct batch *batch, const uint32_t *rows, uint32_t n, struct text *out)
{
    struct evaluation evaluation = {.batch = batch, .arena = batch->arena, .rows = rows, .n_rows = n};
    const struct column *column = expr_eval(expr, &evaluation);
    for (uint32_t i = 0; i < n; i++) {
        struct buffer text = BUFFER(1 << 20);
        struct value value = column_get(column, rows[i]);
        value_print(&text, column->type, &value);
        out[i] = text_copy(batch->arena, buffer_text(&text));
        buffer_free(&text);
    }
}

static bool mentions(struct text sql, const char *word)
{
    char upper[4096];
    size_t n = sql.len < sizeof upper ? sql.len : sizeof upper;
    for (size_t i = 0; i < n; i++)
        upper[i] = sql.data[i] >= 'a' && sql.data[i] <= 'z' ? (char)(sql.data[i] - 32) : sql.data[i];
    return memmem(upper, n, word, strlen(word)) != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t rows[ROWS] = {0, 1, 2, 3, 4};
    struct arena *arena = arena_new();
    struct text sql = {(const char *)data, size}, together[ROWS], alone;
    struct expr_scope scope = {.arena = arena, .resolve = resolve};
    struct tree_expr *tree;
    const struct expr *expr;
    struct error error = {0};
    if (size < 4096 && parse_expression(arena, sql, &tree, &error)) {
        error = (struct error){0};
        bool built = expr_build(&scope, tree, &expr, &error);
        if (!built && (error.code == ERROR_NONE || !error.message[0])) abort();
        struct batch *batch = make_batch(arena);
        if (built) evaluate(expr, batch, rows, ROWS, together);
        bool differs = mentions(sql, "RANDOM") || mentions(sql, "UNIX_");
        for (uint32_t i = 0; built && !differs && i < ROWS; i++) {
            evaluate(expr, batch, &rows[i], 1, &alone);
            if (!text_equal(alone, together[i])) abort();
        }
    }
    arena_free(arena);
    return 0;
}
