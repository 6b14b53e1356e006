/* coerce.c - the common type of a list: IN (...), ARRAY[...], MAP(...).
 *
 *     A IN (1, 2.5, '4.000', B)      with A INT, B BIGINT: DECIMAL; the text is a literal, and a number
 *     ARRAY[NULL, 10, '2e1', A, B]   DECIMAL(19, 0)
 *     S IN (TRUE, 10, 'x')           with S STRING: STRING; literals become texts
 *     ARRAY[STRUCT(A := 1), STRUCT(B := 2)]   STRUCT<A INT, B INT>
 *
 * The first element that is not NULL says which family it is: numbers, texts, times and so on. Literals, and
 * constructors of nothing but literals, are then bent to it by their value; other expressions only by what is done
 * without being asked.
 */
#include "engine/base/buffer.h"
#include "engine/expr/compile.h"
#include "engine/types/cast.h"
#include "engine/number/number.h"
#include <stdio.h>

enum { PRINTED_CEILING = 1 << 20, SHOWN_DIGITS = 40 };

/* ---- what a text literal means */

/* Counts the digits of a number from the first that is not 0, and those behind the point less the exponent. */
static bool count_digits(struct text text, int32_t *digits, int32_t *scale)
{
    bool behind_point = false;
    int32_t exponent = 0;
    *digits = *scale = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        bool is_digit = c >= '0' && c <= '9';
        if (c == 'e' || c == 'E') {
            if (!number_parse_integer((struct text){text.data + i + 1, text.len - i - 1}, &exponent)) return false;
            break;
        }
        if (c == '.') behind_point = true;
        *digits += is_digit && (*digits || c != '0');
        *scale += is_digit && behind_point;
    }
    if (*digits > DECIMAL_SMALL_DIGITS || exponent > DECIMAL_SMALL_DIGITS || exponent < -DECIMAL_SMALL_DIGITS)
        return false;
    *scale -= exponent;
    return true;
}

/* The type of a number in a text: "7" INT, "2e1" DECIMAL(2, 0), "4.000" DECIMAL(4, 3); NULL if it is none. */
static const struct type *number_type(struct arena *arena, struct text text)
{
    int32_t integer, precision, scale;
    int64_t bigint;
    text = text_trim(text);
    if (number_parse_integer(text, &integer)) return &type_integer;
    if (number_parse_bigint(text, &bigint)) return &type_bigint;
    if (!count_digits(text, &precision, &scale)) return NULL;
    if (precision == 0) precision = 1;
    if (scale < 0) {
        precision -= scale;
        scale = 0;
    }
    if (precision < scale) precision = scale;
    struct decimal parsed;
    const struct type *type = type_decimal(arena, precision, scale);
    return decimal_parse(arena, type, text, DECIMAL_EXACT, &parsed) ? type : NULL;
}

/* A prefix of true, false, yes, no in any case. */
static bool boolean_of(struct text text, bool *out)
{
    static const struct text words[] = {{"true", 4}, {"yes", 3}, {"false", 5}, {"no", 2}};
    for (size_t i = 0; i < sizeof words / sizeof *words && text.len; i++) {
        if (text.len > words[i].len || !text_equal_nocase(text, (struct text){words[i].data, text.len})) continue;
        *out = i < 2;
        return true;
    }
    return false;
}

/* ---- a value in another type */

static bool coerce_items(struct arena *arena, const struct type *from, const struct nested *items,
                         const struct type *to, struct value *out, char *why)
{
    struct nested *copy = nested_make(arena, items->n);
    for (uint32_t i = 0; i < items->n; i++) {
        bool is_key = from->kind == TYPE_MAP && i % 2 == 0;
        if (!coerce_value(arena, is_key ? from->key : from->element, &items->items[i], is_key ? to->key : to->element,
                          &copy->items[i], why))
            return false;
    }
    *out = (struct value){.nested = copy};
    return true;
}

/* By the names of the fields; those that are missing are null, those that are not wanted are dropped. */
static bool coerce_fields(struct arena *arena, const struct type *from, const struct nested *fields,
                          const struct type *to, struct value *out, char *why)
{
    struct nested *copy = nested_make(arena, to->n_fields);
    for (uint32_t i = 0; i < to->n_fields; i++) {
        int32_t index = type_find_field(from, to->fields[i].name);
        copy->items[i] = NULL_VALUE;
        if (index < 0) continue;
        if (!coerce_value(arena, from->fields[index].type, &fields->items[index], to->fields[i].type, &copy->items[i],
                          why))
            return false;
    }
    *out = (struct value){.nested = copy};
    return true;
}

static bool print_value(struct arena *arena, const struct type *from, const struct value *value, struct value *out)
{
    struct buffer text = BUFFER(PRINTED_CEILING);
    value_print(&text, from, value);
    *out = (struct value){.text = text_copy(arena, buffer_text(&text))};
    bool whole = !text.overflow;
    buffer_free(&text);
    return whole;
}

/* Numbers to narrower ones: only where nothing is lost. */
static bool number_from_text(struct arena *arena, struct text text, const struct type *to, struct value *out)
{
    *out = (struct value){0};
    switch (to->kind) {
    case TYPE_INTEGER: return number_parse_integer(text_trim(text), &out->integer);
    case TYPE_BIGINT: return number_parse_bigint(text_trim(text), &out->bigint);
    case TYPE_DOUBLE: return number_parse_double(text, &out->real);
    default: return decimal_parse(arena, to, text_trim(text), DECIMAL_EXACT, &out->decimal);
    }
}

static bool coerce_text(struct arena *arena, struct text text, const struct type *to, struct value *out, char *why)
{
    bool boolean = false;
    (void)cast_not_valid(why, text, to);
    if (type_is_numeric(to)) return number_from_text(arena, text, to, out);
    if (to->kind == TYPE_BOOLEAN) {
        *out = (struct value){0};
        bool known = boolean_of(text, &boolean);
        out->boolean = boolean;
        return known;
    }
    const struct value value = {.text = text};
    const struct cast *cast = type_is_nested(to) ? NULL : cast_find(arena, &type_string, to);
    return cast && cast->apply(cast, arena, &value, out, why);
}

/* A number in a type that does not hold all of its own's: where nothing is lost. */
static bool narrow(struct arena *arena, const struct type *from, const struct value *value, const struct type *to,
                   struct value *out, char *why)
{
    struct value text;
    bool is_range = to->kind == TYPE_DECIMAL || from->kind < TYPE_DECIMAL;
    if (print_value(arena, from, value, &text) && number_from_text(arena, text.text, to, out)) return true;
    const char *target = type_text(arena, to).data;
    bool is_long = text.text.len > SHOWN_DIGITS;
    if (is_range)
        snprintf(why, CAST_WHY, "%.*s%s does not fit %s", is_long ? SHOWN_DIGITS : (int)text.text.len, text.text.data,
                 is_long ? "..." : "", target);
    else
        snprintf(why, CAST_WHY, "%s is not %s", type_text(arena, from).data, target);
    return false;
}

bool coerce_value(struct arena *arena, const struct type *from, const struct value *value, const struct type *to,
                  struct value *out, char *why)
{
    *out = value->is_null ? NULL_VALUE : *value;
    if (value->is_null || type_equal(from, to)) return true;
    if (from->kind == to->kind && from->kind == TYPE_STRUCT)
        return coerce_fields(arena, from, value->nested, to, out, why);
    if (from->kind == to->kind && type_is_nested(from)) return coerce_items(arena, from, value->nested, to, out, why);
    if (from->kind == TYPE_STRING) return coerce_text(arena, value->text, to, out, why);
    if (to->kind == TYPE_STRING && !type_is_nested(from)) return print_value(arena, from, value, out);
    const struct cast *cast = cast_find_implicit(arena, from, to);
    if (cast) return cast->apply(cast, arena, value, out, why);
    if (type_is_numeric(from) && type_is_numeric(to)) return narrow(arena, from, value, to, out, why);
    snprintf(why, CAST_WHY, "%s is not %s", type_text(arena, from).data, type_text(arena, to).data);
    return false;
}

/* ---- where two types meet */

/* What is known of an element: its type, and its value where it is a literal. */
struct element {
    const struct type *type;
    const struct value *literal; /* NULL: not a literal */
};

/* The common type, widened so that it takes in the element; NULL if it cannot. */
static const struct type *meet(struct arena *arena, const struct type *common, struct element element);

/* All items of an array, or every second one of a map, met with one type. */
static const struct type *meet_items(struct arena *arena, const struct type *common, const struct type *type,
                                     const struct value *literal, uint32_t first, uint32_t step)
{
    if (!literal || literal->is_null) return meet(arena, common, (struct element){type, NULL});
    for (uint32_t i = first; common && i < literal->nested->n; i += step)
        common = meet(arena, common, (struct element){type, &literal->nested->items[i]});
    return common;
}

/* The fields of both: those of the first, then those that only the second has. */
static const struct type *meet_structs(struct arena *arena, const struct type *common, struct element element)
{
    uint32_t n = common->n_fields;
    struct type_field *fields = ARENA_ARRAY(arena, struct type_field, n + element.type->n_fields);
    memcpy(fields, common->fields, n * sizeof *fields);
    for (uint32_t i = 0; i < element.type->n_fields; i++) {
        const struct type_field *field = &element.type->fields[i];
        bool has_value = element.literal && !element.literal->is_null;
        struct element inside = {field->type, has_value ? &element.literal->nested->items[i] : NULL};
        int32_t index = type_find_field(common, field->name);
        if (index < 0) {
            fields[n++] = *field;
            continue;
        }
        fields[index].type = meet(arena, fields[index].type, inside);
        if (!fields[index].type) return NULL;
    }
    return type_struct(arena, fields, n);
}

static const struct type *meet_nested(struct arena *arena, const struct type *common, struct element element)
{
    if (common->kind == TYPE_STRUCT) return meet_structs(arena, common, element);
    bool is_map = common->kind == TYPE_MAP;
    const struct type *inner =
        meet_items(arena, common->element, element.type->element, element.literal, is_map, 1 + is_map);
    if (!is_map || !inner) return inner ? type_array(arena, inner) : NULL;
    const struct type *key = meet_items(arena, common->key, element.type->key, element.literal, 0, 2);
    return key ? type_map(arena, key, inner) : NULL;
}

static const struct type *meet_literal(struct arena *arena, const struct type *common, struct element element)
{
    struct value ignored;
    char why[CAST_WHY];
    if (element.type->kind == TYPE_STRING && type_is_numeric(common)) {
        const struct type *number = number_type(arena, element.literal->text);
        return number ? type_wider(arena, common, number) : NULL;
    }
    return coerce_value(arena, element.type, element.literal, common, &ignored, why) ? common : NULL;
}

static const struct type *meet(struct arena *arena, const struct type *common, struct element element)
{
    if (element.type->kind == TYPE_NULL || (element.literal && element.literal->is_null)) return common;
    if (common->kind == TYPE_NULL) return element.type;
    if (type_is_numeric(common) && type_is_numeric(element.type)) return type_wider(arena, common, element.type);
    if (common->kind == element.type->kind && type_is_nested(common)) return meet_nested(arena, common, element);
    if (common->kind == element.type->kind) return common;
    return element.literal && !type_is_nested(common) && !type_is_nested(element.type)
               ? meet_literal(arena, common, element)
               : NULL;
}

/* ---- lists */

static struct element element_of(const struct expr *expr, struct value *value)
{
    return (struct element){expr->type, expr->literal && node_value(expr, value) ? value : NULL};
}

static bool does_not_fit(struct compiler *compiler, const char *what, const struct tree_expr *tree,
                         const struct expr *expr, const struct type *type)
{
    return compile_error(compiler, tree, "%s is %s, and the elements of the %s are %s", compile_text(compiler, tree),
                         type_text(compiler->arena, expr->type).data, what, type_text(compiler->arena, type).data);
}

/* Converted to the list's type: a literal by its value, and what comes of it is a literal still. */
static const struct expr *convert(struct compiler *compiler, const struct expr *expr, const struct type *type)
{
    struct value value, out;
    char why[CAST_WHY];
    if (type_equal(expr->type, type)) return expr;
    if (!expr->literal || !node_value(expr, &value)) {
        const struct expr *converted = compile_convert(compiler, expr, type);
        return converted ? compile_fold(compiler, converted) : NULL;
    }
    if (!coerce_value(compiler->arena, expr->type, &value, type, &out, why)) return NULL;
    struct expr *literal = (struct expr *)node_constant(compiler->arena, type, &out);
    literal->literal = true;
    return literal;
}

bool coerce_list(struct compiler *compiler, const char *what, struct tree_expr *const *trees, const struct expr **exprs,
                 uint32_t n, const struct type **type)
{
    const struct type *common = &type_null;
    struct value value;
    for (uint32_t i = 0; i < n; i++) {
        const struct type *met = meet(compiler->arena, common, element_of(exprs[i], &value));
        if (!met) return does_not_fit(compiler, what, trees[i], exprs[i], common);
        common = met;
    }
    for (uint32_t i = 0; i < n && common->kind != TYPE_NULL; i++) {
        const struct expr *converted = convert(compiler, exprs[i], common);
        if (!converted) return does_not_fit(compiler, what, trees[i], exprs[i], common);
        exprs[i] = converted;
    }
    *type = common;
    return true;
}
