/* collection.c - ARRAYs and MAPs: ARRAY_LENGTH, ARRAY_CONTAINS, ARRAY_JOIN, SLICE, AS_MAP, MAP_KEYS, MAP_VALUES.
 *
 * Nulls count as elements, and two of them are equal. A MAP's entries stand in the order in which they came.
 */
#include "engine/base/buffer.h"
#include "udf/builtin.h"

enum { LONGEST = 16 << 20 };

static const struct nested *nested_of(const struct weir_value *value)
{
    return (const struct nested *)value->nested;
}

static bool give_nested(struct weir_value *result, const struct nested *nested)
{
    result->nested = (const struct weir_nested *)nested;
    return true;
}

/* ---- arrays */

static bool array_length(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call;
    result->integer = (int32_t)arguments[0].nested->n;
    return true;
}

static bool array_contains(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    if (arguments[0].is_null) return true;
    const struct nested *array = nested_of(arguments);
    const struct type *element = builtin_type(call, 0)->element;
    struct value wanted = host_value_of(arguments + 1);
    for (uint32_t i = 0; i < array->n && !result->boolean; i++)
        result->boolean = value_same(element, &array->items[i], &wanted);
    return true;
}

/* Elements that have a text of their own. */
static bool bind_scalars(struct weir_bind *bind)
{
    const struct type *element = host_type_of(bind->types[0])->element;
    if (!type_is_nested(element) && !type_is_time(element) && element->kind != TYPE_BYTES) return true;
    return builtin_refuse(bind, "it joins BOOLEANs, numbers and STRINGs, and these are %ss",
                          type_kind_name(element->kind));
}

static bool array_join(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    if (arguments[0].is_null) return builtin_give_null(result);
    const struct nested *array = nested_of(arguments);
    const struct type *element = builtin_type(call, 0)->element;
    struct text delimiter = TEXT(",");
    if (call->n_arguments > 1) delimiter = arguments[1].is_null ? TEXT("") : builtin_text_of(arguments + 1);
    struct buffer out = BUFFER(LONGEST);
    for (uint32_t i = 0; i < array->n; i++) {
        if (i) buffer_append_text(&out, delimiter);
        value_print(&out, element, &array->items[i]);
    }
    bool fits = !out.overflow;
    builtin_give_text(result, text_copy(builtin_arena(call), buffer_text(&out)));
    buffer_free(&out);
    return fits || builtin_fail(call, "the text would have more than %d bytes", LONGEST);
}

static bool slice(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    if (arguments[0].is_null) return builtin_give_null(result);
    const struct nested *array = nested_of(arguments);
    int64_t from = 1, to = array->n;
    if (!arguments[1].is_null) from = arguments[1].integer;
    if (!arguments[2].is_null) to = arguments[2].integer;
    if (from < 1 || to > array->n) return builtin_give_null(result);
    if (to < from - 1)
        return builtin_fail(call, "the end, %lld, is before the start, %lld", (long long)to, (long long)from);
    struct nested *part = nested_make(builtin_arena(call), (uint32_t)(to - from + 1));
    memcpy(part->items, array->items + (from - 1), part->n * sizeof *part->items);
    return give_nested(result, part);
}

/* ---- maps */

/* Keys without a value get NULL, values without a key are left out; of equal keys the last counts. */
static bool as_map(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    const struct nested *keys = nested_of(arguments), *values = nested_of(arguments + 1);
    const struct type *key_type = builtin_type(call, 0)->element;
    struct nested *map = nested_make(builtin_arena(call), keys->n * 2);
    uint32_t n = 0;
    for (uint32_t i = 0; i < keys->n; i++) {
        uint32_t place = 0;
        while (place < n && !value_same(key_type, &map->items[place], &keys->items[i])) place += 2;
        map->items[place] = keys->items[i];
        map->items[place + 1] = i < values->n ? values->items[i] : NULL_VALUE;
        if (place == n) n += 2;
    }
    map->n = n;
    return give_nested(result, map);
}

/* Every second item, from the first-th on. */
static bool half_of(struct weir_call *call, const struct nested *map, uint32_t first, struct weir_value *result)
{
    struct nested *half = nested_make(builtin_arena(call), map->n / 2);
    for (uint32_t i = 0; i < half->n; i++) half->items[i] = map->items[2 * i + first];
    return give_nested(result, half);
}

static bool map_keys(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    return half_of(call, nested_of(arguments), 0, result);
}

static bool map_values(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    return half_of(call, nested_of(arguments), 1, result);
}

static const struct weir_function functions[] = {
    {.name = "ARRAY_CONTAINS",
     .signature = "(array ARRAY<T>, value T) -> BOOLEAN",
     .nulls = WEIR_NULL_PASSED,
     .row = array_contains,
     .category = "ARRAY",
     .help = "whether the value is an element of the array",
     .example = "ARRAY_CONTAINS(ARRAY['red', 'blue'], 'blue')",
     .result = "true"},
    {.name = "ARRAY_JOIN",
     .signature = "(array ARRAY<T>) -> STRING",
     .nulls = WEIR_NULL_PASSED,
     .bind = bind_scalars,
     .row = array_join,
     .category = "ARRAY",
     .help = "the elements as one text, with commas",
     .example = "ARRAY_JOIN(ARRAY[1, NULL, 3])",
     .result = "1,null,3"},
    {.name = "ARRAY_JOIN",
     .signature = "(array ARRAY<T>, delimiter STRING) -> STRING",
     .nulls = WEIR_NULL_PASSED,
     .bind = bind_scalars,
     .row = array_join,
     .category = "ARRAY",
     .help = "the elements as one text, with the delimiter in between",
     .example = "ARRAY_JOIN(ARRAY['a', 'b'], ' - ')",
     .result = "a - b"},
    {.name = "ARRAY_LENGTH",
     .signature = "(array ARRAY<T>) -> INT",
     .row = array_length,
     .category = "ARRAY",
     .help = "how many elements there are",
     .example = "ARRAY_LENGTH(ARRAY[1, NULL, 3])",
     .result = "3"},
    {.name = "AS_MAP",
     .signature = "(keys ARRAY<STRING>, values ARRAY<T>) -> MAP<STRING, T>",
     .row = as_map,
     .category = "MAP",
     .help = "a map of keys and values that stand in two arrays",
     .example = "AS_MAP(ARRAY['a', 'b'], ARRAY[1, 2])",
     .result = "{a=1, b=2}"},
    {.name = "MAP_KEYS",
     .signature = "(map MAP<STRING, T>) -> ARRAY<STRING>",
     .row = map_keys,
     .category = "MAP",
     .help = "the keys of the map",
     .example = "MAP_KEYS(MAP('a' := 1, 'b' := 2))",
     .result = "[a, b]"},
    {.name = "MAP_VALUES",
     .signature = "(map MAP<STRING, T>) -> ARRAY<T>",
     .row = map_values,
     .category = "MAP",
     .help = "the values of the map",
     .example = "MAP_VALUES(MAP('a' := 1, 'b' := 2))",
     .result = "[1, 2]"},
    {.name = "SLICE",
     .signature = "(array ARRAY<T>, from INT, to INT) -> ARRAY<T>",
     .nulls = WEIR_NULL_PASSED,
     .row = slice,
     .category = "ARRAY",
     .help = "the elements from one place to another, both included; NULL: the first, the last",
     .example = "SLICE(ARRAY[10, 20, 30, 40], 2, 3)",
     .result = "[20, 30]"},
};

BUILTINS(builtin_collection, functions);
