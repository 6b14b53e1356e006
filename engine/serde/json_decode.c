/* json_decode.c - from JSON text to columns, only those that are needed.
 *
 *     {"camera_id":"cam-17","start_time":1700000000000,"note":{"by":"x"},"status":"No Alarm"}
 *      skipped              BIGINT                      skipped           STRING, borrowed from the record
 *
 * What a SQL type is read from; null gives null everywhere, and so does a field that is missing:
 *
 *     BOOLEAN                  true, false
 *     INTEGER, BIGINT          a number, its fraction dropped, or a string of an integer; out of range is an error
 *     DATE, TIME, TIMESTAMP    the same: days, milliseconds of the day, milliseconds
 *     DOUBLE                   a number (-0.0 is 0.0, as the peer's exact numbers have no other zero), or a string
 *                              that Java's parseDouble takes, NaN, Infinity and -0.0 among them
 *     DECIMAL                  a number or a string of one, that fits without rounding
 *     STRING                   anything, see json_text.h
 *     BYTES                    base64 with its padding; white space between groups of four is skipped
 *     ARRAY / MAP, STRUCT      an array / an object
 *
 * A name that comes twice: the last one counts, but one spelled exactly as the column is beats others (json_shape.h).
 * Bytes behind the value are ignored, as the peer does. A value that is not read is skipped without being checked
 * further than its brackets and quotes. The text null is a row of nulls. An error names the path: "$.ITEMS[2].PRICE:
 * ...", and shows none of the data.
 */
#include "engine/serde/json.h"
#include "engine/base/arena.h"
#include "engine/base/hash.h"
#include "engine/types/base64.h"
#include "engine/serde/json_number.h"
#include "engine/serde/json_shape.h"
#include "engine/serde/json_string.h"
#include "engine/serde/json_text.h"
#include "engine/time/datetime.h"
#include "engine/number/number.h"
#include <stdio.h>

/* A type, compiled. */
struct node {
    const struct type *type;
    enum type_kind kind;
    struct json_shape *shape;   /* STRUCT */
    const struct node *fields;  /* STRUCT */
    const struct node *element; /* ARRAY, MAP */
};

struct json_decoder {
    struct decoder base;
    bool unwrapped;
    uint32_t n;
    const int32_t *targets;
    uint8_t *widths;    /* of each column's slots */
    uint64_t needed;    /* a bit for each of the first 64 that has a target */
    struct node record; /* of the columns; unwrapped: only the first of its fields is used */
};

enum { MESSAGE = 128, PATH = 128 };

/* The reading of one record. */
struct reading {
    const char *start, *end;
    struct arena *arena;
    uint32_t path_at; /* the path is written from the end of `path` towards its beginning */
    char message[MESSAGE];
    char path[PATH];
};

/* ---- errors: a message where it happens, the path on the way back. All return NULL. */

static const char *fail(struct reading *reading, const char *format, ...) PRINTF_LIKE(2, 3);
static const char *fail(struct reading *reading, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reading->message, sizeof reading->message, format, arguments);
    va_end(arguments);
    return NULL;
}

static const char *fail_syntax(struct reading *reading, const char *at, const char *expected)
{
    const char *where = at >= reading->end ? "at the end" : "";
    if (*where) return fail(reading, "not JSON: %s is missing at the end", expected);
    return fail(reading, "not JSON: %s was expected at byte %zu", expected, (size_t)(at - reading->start) + 1);
}

static const char *fail_value(struct reading *reading, const char *at)
{
    return fail_syntax(reading, at, "a well-formed value");
}

static const char *what_stands_at(const char *at, const char *end)
{
    switch (json_peek(at, end)) {
    case '"': return "a string";
    case '{': return "an object";
    case '[': return "an array";
    case 't':
    case 'f': return "a boolean";
    default: return "a number";
    }
}

/* The value is none that this type is read from. */
static const char *fail_type(struct reading *reading, const struct node *node, const char *at)
{
    if (!json_skip(at, reading->end)) return fail_value(reading, at);
    return fail(reading, "%s cannot be read as %s", what_stands_at(at, reading->end), type_kind_name(node->kind));
}

/* It is, but this one cannot be. */
static const char *fail_content(struct reading *reading, const struct node *node, const char *at)
{
    return fail(reading, "this %s is no %s", *at == '"' ? "string" : "number", type_kind_name(node->kind));
}

static const char *prepend_path(struct reading *reading, const char *part, size_t len)
{
    if (len > reading->path_at) len = reading->path_at;
    reading->path_at -= (uint32_t)len;
    memcpy(reading->path + reading->path_at, part, len);
    return NULL;
}

static const char *fail_in_field(struct reading *reading, struct text name)
{
    prepend_path(reading, name.data, name.len);
    return prepend_path(reading, ".", 1);
}

static const char *fail_in_element(struct reading *reading, uint32_t i)
{
    char part[16];
    return prepend_path(reading, part, (size_t)snprintf(part, sizeof part, "[%u]", i));
}

/* ---- scalars: `at` is on the first byte, the position behind is returned */

static const char *unescape(struct reading *reading, struct text raw, unsigned flags, struct text *out)
{
    if (json_string_text(reading->arena, raw, flags, out)) return raw.data + raw.len + 1;
    return fail(reading, "not JSON: a string has an unknown escape or is not UTF-8");
}

/* The text of a string whose opening quote is at `at`. */
static inline const char *take_string(struct reading *reading, const char *at, struct text *out)
{
    unsigned flags = 0;
    const char *quote = json_string_end(at + 1, reading->end, &flags);
    if (!quote) return fail(reading, "not JSON: a string has no end or holds a control character");
    struct text raw = {at + 1, (size_t)(quote - at) - 1};
    if (flags) return unescape(reading, raw, flags, out);
    *out = raw;
    return quote + 1;
}

/* The text of a number, or of a string that should hold one. `*integer`: a number has no fraction and no exponent. */
static const char *take_number(struct reading *reading, const struct node *node, const char *at, struct text *out,
                               bool *integer)
{
    char c = json_peek(at, reading->end);
    *integer = true;
    if (c == '"') return take_string(reading, at, out);
    if (c != '-' && (c < '0' || c > '9')) return fail_type(reading, node, at);
    const char *behind = json_number_end(at, reading->end, integer);
    if (!behind) return fail_value(reading, at);
    *out = (struct text){at, (size_t)(behind - at)};
    return behind;
}

/* An integer in whatever way it is written: 2.0, 2.7, 1e3. */
static bool integer_of(struct arena *arena, struct text number, int64_t *out)
{
    static const struct type widest = {.kind = TYPE_DECIMAL, .precision = DECIMAL_SMALL_DIGITS};
    struct decimal decimal;
    if (!decimal_parse(arena, &widest, number, DECIMAL_DOWN, &decimal)) return false;
    *out = (int64_t)decimal.small;
    return *out == decimal.small;
}

static const char *read_integer(struct reading *reading, const struct node *node, const char *at, int64_t *out)
{
    struct text number;
    bool integer;
    const char *behind = json_short_integer(at, reading->end, out);
    if (behind) return behind;
    behind = take_number(reading, node, at, &number, &integer);
    if (!behind) return NULL;
    if (integer ? number_parse_bigint(number, out) : integer_of(reading->arena, number, out)) return behind;
    return *at == '"' ? fail_content(reading, node, at) : fail(reading, "the number is out of range");
}

static const char *read_integer_within(struct reading *reading, const struct node *node, const char *at, int32_t *out)
{
    int64_t low = node->kind == TYPE_TIME ? 0 : INT32_MIN, high = node->kind == TYPE_TIME ? MS_PER_DAY : INT32_MAX;
    int64_t value;
    at = read_integer(reading, node, at, &value);
    if (!at) return NULL;
    if (value < low || value > high) return fail(reading, "the number is out of range");
    *out = (int32_t)value;
    return at;
}

/* No digit but zeros before an exponent; -1e-400 is something else. */
static bool is_zero(struct text number)
{
    for (size_t i = 0; i < number.len && (number.data[i] | 0x20) != 'e'; i++)
        if (number.data[i] >= '1' && number.data[i] <= '9') return false;
    return true;
}

static const char *read_double(struct reading *reading, const struct node *node, const char *at, double *out)
{
    struct text number;
    bool integer;
    const char *behind = json_short_double(at, reading->end, out);
    if (behind) return behind;
    behind = take_number(reading, node, at, &number, &integer);
    if (!behind) return NULL;
    if (!number_parse_double(number, out)) return fail_content(reading, node, at);
    if (*at != '"' && *out == 0 && is_zero(number)) *out = 0;
    return behind;
}

static const char *read_decimal(struct reading *reading, const struct node *node, const char *at, struct decimal *out)
{
    struct text number;
    bool integer;
    const char *behind = take_number(reading, node, at, &number, &integer);
    if (!behind) return NULL;
    double rough;
    if (decimal_parse(reading->arena, node->type, number, DECIMAL_EXACT, out)) return behind;
    if (!number_parse_double(number, &rough)) return fail_content(reading, node, at);
    return fail(reading, "the number does not fit DECIMAL(%d, %d)", node->type->precision, node->type->scale);
}

static const char *read_boolean(struct reading *reading, const struct node *node, const char *at, bool *out)
{
    *out = json_peek(at, reading->end) == 't';
    const char *behind = json_literal(at, reading->end, *out ? TEXT("true") : TEXT("false"));
    return behind ? behind : fail_type(reading, node, at);
}

static const char *read_string(struct reading *reading, const char *at, struct text *out)
{
    if (json_peek(at, reading->end) == '"') return take_string(reading, at, out);
    const char *behind = json_value_text(reading->arena, at, reading->end, out);
    return behind ? behind : fail_value(reading, at);
}

/* Without the line ends that some programs put between groups of four digits. */
static struct text join_groups(struct arena *arena, struct text text)
{
    size_t at = 0, n = 0;
    while (at < text.len && (unsigned char)text.data[at] > ' ') at++;
    if (at == text.len) return text;
    char *copy = arena_alloc(arena, text.len);
    for (at = 0; at < text.len; at++)
        if (n % 4 || (unsigned char)text.data[at] > ' ') copy[n++] = text.data[at];
    return (struct text){copy, n};
}

static const char *read_bytes(struct reading *reading, const struct node *node, const char *at, struct text *out)
{
    if (json_peek(at, reading->end) != '"') return fail_type(reading, node, at);
    struct text text;
    const char *behind = take_string(reading, at, &text);
    if (!behind) return NULL;
    text = join_groups(reading->arena, text);
    bool ok = text.len % 4 == 0 && base64_parse(reading->arena, text, out);
    return ok ? behind : fail(reading, "the string is not base64");
}

/* ---- nested values */

static const char *read_value(struct reading *reading, const struct node *node, const char *at, struct value *out);

/* Values whose number is not known yet. They start on the stack of the function that reads them. */
struct items {
    struct value *values;
    uint32_t n, capacity;
};

enum { FIRST_ITEMS = 16 };

static struct value *add_item(struct arena *arena, struct items *items)
{
    if (items->n == items->capacity) {
        struct value *more = arena_alloc(arena, sizeof *more * items->capacity * 2);
        memcpy(more, items->values, sizeof *more * items->n);
        items->values = more;
        items->capacity *= 2;
    }
    return &items->values[items->n++];
}

static const struct nested *finish_items(struct arena *arena, const struct items *items)
{
    struct nested *nested = nested_make(arena, items->n);
    memcpy(nested->items, items->values, sizeof *items->values * items->n);
    return nested;
}

/* Behind the separator, or the closing bracket (`*more` false), that follows a value. */
static const char *read_separator(struct reading *reading, const char *at, char closing, bool *more)
{
    at = json_space(at, reading->end);
    char c = json_peek(at, reading->end);
    *more = c == ',';
    if (c == ',' || c == closing) return at + 1;
    return fail_syntax(reading, at, closing == '}' ? "a comma or }" : "a comma or ]");
}

/* `at` is behind an opening bracket: true, and `*at` behind the closing one, if nothing stands in between. */
static bool is_empty(const struct reading *reading, const char **at, char closing)
{
    *at = json_space(*at, reading->end);
    if (json_peek(*at, reading->end) != closing) return false;
    ++*at;
    return true;
}

static const char *read_array(struct reading *reading, const struct node *node, const char *at,
                              const struct nested **out)
{
    if (json_peek(at, reading->end) != '[') return fail_type(reading, node, at);
    struct value first[FIRST_ITEMS];
    struct items items = {first, 0, FIRST_ITEMS};
    at++;
    bool more = !is_empty(reading, &at, ']');
    while (more) {
        struct value *item = add_item(reading->arena, &items);
        at = read_value(reading, node->element, json_space(at, reading->end), item);
        if (!at) return fail_in_element(reading, items.n - 1);
        at = read_separator(reading, at, ']', &more);
        if (!at) return NULL;
    }
    *out = finish_items(reading->arena, &items);
    return at;
}

/* The opening quote of a name. */
static const char *read_quote(struct reading *reading, const char *at)
{
    at = json_space(at, reading->end);
    return json_peek(at, reading->end) == '"' ? at : fail_syntax(reading, at, "a name in quotes");
}

/* Where the value is that belongs to the name before `at`. */
static const char *read_colon(struct reading *reading, const char *at)
{
    at = json_space(at, reading->end);
    if (json_peek(at, reading->end) != ':') return fail_syntax(reading, at, "a colon");
    return json_space(at + 1, reading->end);
}

/* The index of the entry with the key in a table of indexes + 1, where it is put if there is none. */
static uint32_t place_key(const struct items *items, uint32_t *table, uint32_t mask, uint32_t entry)
{
    struct text key = items->values[entry * 2].text;
    for (uint32_t i = (uint32_t)hash_bytes(key.data, key.len);; i++) {
        uint32_t *slot = &table[i & mask];
        if (!*slot) return (*slot = entry + 1) - 1;
        if (text_equal(items->values[(*slot - 1) * 2].text, key)) return *slot - 1;
    }
}

/* Keeps one entry of each key, where the first was, with the value of the last. */
static void drop_duplicates(struct arena *arena, struct items *items)
{
    uint32_t n = items->n / 2, size = 16, kept = 0;
    if (n < 2) return;
    while (size < n * 2) size *= 2;
    uint32_t *table = ARENA_ARRAY(arena, uint32_t, size);
    for (uint32_t i = 0; i < n; i++) {
        items->values[kept * 2] = items->values[i * 2];
        uint32_t place = place_key(items, table, size - 1, kept);
        items->values[place * 2 + 1] = items->values[i * 2 + 1];
        if (place == kept) kept++;
    }
    items->n = kept * 2;
}

static const char *read_entry(struct reading *reading, const struct node *node, const char *at, struct items *items)
{
    struct value *key = add_item(reading->arena, items);
    key->is_null = false;
    at = read_quote(reading, at);
    if (at) at = take_string(reading, at, &key->text);
    if (at) at = read_colon(reading, at);
    if (!at) return NULL;
    struct text name = key->text;
    at = read_value(reading, node->element, at, add_item(reading->arena, items));
    return at ? at : fail_in_field(reading, name);
}

static const char *read_map(struct reading *reading, const struct node *node, const char *at, const struct nested **out)
{
    if (json_peek(at, reading->end) != '{') return fail_type(reading, node, at);
    struct value first[FIRST_ITEMS];
    struct items items = {first, 0, FIRST_ITEMS};
    at++;
    bool more = !is_empty(reading, &at, '}');
    while (more) {
        at = read_entry(reading, node, at, &items);
        if (at) at = read_separator(reading, at, '}', &more);
        if (!at) return NULL;
    }
    drop_duplicates(reading->arena, &items);
    *out = finish_items(reading->arena, &items);
    return at;
}

/* ---- objects with known fields: a STRUCT, and the record itself */

/* Where the reading of an object is. */
struct walk {
    struct json_gap *last; /* the gap before the value at hand */
    struct json_name name; /* of that value */
    bool inside;           /* not at the opening bracket any more */
    bool ended;            /* behind the closing one */
};

/* Which fields came under their exact names. */
struct exact {
    uint64_t first; /* a bit for each of the first 64 */
    uint64_t *more; /* the same for the others, NULL while there is none */
};

static uint64_t *more_exact(struct reading *reading, const struct node *node, struct exact *exact, uint32_t i)
{
    if (!exact->more) exact->more = ARENA_ARRAY(reading->arena, uint64_t, node->type->n_fields / 64 + 1);
    return &exact->more[i >> 6];
}

/* Whether the name is another spelling of one that came exactly. Remembers the exact ones. */
static inline bool is_beaten(struct reading *reading, const struct node *node, struct exact *exact,
                             struct json_name name)
{
    uint32_t i = (uint32_t)name.field;
    uint64_t bit = (uint64_t)1 << (i & 63);
    uint64_t *word = i < 64 ? &exact->first : more_exact(reading, node, exact, i);
    if (!name.exact) return *word & bit;
    *word |= bit;
    return false;
}

/* The bracket or comma before a name, or the closing bracket. */
static const char *read_before_name(struct reading *reading, const char *at, struct walk *walk)
{
    const char *end = reading->end;
    at = json_space(at, end);
    bool separated = json_peek(at, end) == (walk->inside ? ',' : '{');
    if (separated) at = json_space(at + 1, end);
    walk->ended = json_peek(at, end) == '}' && !(walk->inside && separated);
    if (walk->ended) return at + 1;
    return separated ? read_quote(reading, at) : fail_syntax(reading, at, "a comma or }");
}

/* Reads what stands before a value or at the object's end as JSON; returns the position of the value or behind the
 * object. */
static const char *read_gap(struct reading *reading, const struct node *node, const char *at, struct walk *walk)
{
    const char *quote = read_before_name(reading, at, walk);
    if (!quote || walk->ended) return quote;
    struct json_gap_text gap = {.flags = 0};
    const char *closing = json_string_end(quote + 1, reading->end, &gap.flags);
    const char *value = closing ? read_colon(reading, closing + 1) : fail_syntax(reading, quote, "a name in quotes");
    if (!value) return NULL;
    gap.bytes = (struct text){at, (size_t)(value - at)};
    gap.name = (struct text){quote + 1, (size_t)(closing - quote) - 1};
    bool ok = json_shape_learn(node->shape, &walk->last, &gap, &walk->name);
    return ok ? value : fail_syntax(reading, quote, "a name in quotes");
}

/* The position of the next value, or behind the object (`walk->ended`). Mostly the gap before it is as guessed. */
static inline const char *next_value(struct reading *reading, const struct node *node, const char *at,
                                     struct walk *walk)
{
    struct json_gap *gap = json_shape_guess(node->shape, walk->last, at, reading->end);
    if (!gap) {
        struct walk slow = *walk; /* a copy, so that the other one can live in registers */
        at = read_gap(reading, node, at, &slow);
        *walk = slow;
        return at;
    }
    walk->last = gap;
    walk->name = (struct json_name){gap->field, gap->exact};
    return json_space(at + gap->len, reading->end);
}

/* Reads or skips the value of field i, at `at`. */
typedef const char *take_function(struct reading *reading, void *context, uint32_t i, const char *at);

/* `at` is on the opening bracket. Inlined, so that `take` is, too. */
static inline __attribute__((always_inline)) const char *read_fields(struct reading *reading, const struct node *node,
                                                                     const char *at, take_function *take, void *context)
{
    struct exact exact = {0};
    for (struct walk walk = {.last = node->shape->gaps};; walk.inside = true) {
        if (walk.inside && json_peek(at, reading->end) == '}') return at + 1;
        const char *value = next_value(reading, node, at, &walk);
        if (!value || walk.ended) return value;
        if (walk.name.field >= 0 && !is_beaten(reading, node, &exact, walk.name)) {
            at = take(reading, context, (uint32_t)walk.name.field, value);
            if (!at) return NULL;
        } else {
            at = json_skip(value, reading->end);
            if (!at) return fail_value(reading, value);
        }
    }
}

struct struct_target {
    const struct node *node;
    struct nested *nested;
};

static const char *take_field(struct reading *reading, void *context, uint32_t i, const char *at)
{
    const struct struct_target *target = context;
    at = read_value(reading, &target->node->fields[i], at, &target->nested->items[i]);
    return at ? at : fail_in_field(reading, target->node->type->fields[i].name);
}

static const char *read_struct(struct reading *reading, const struct node *node, const char *at,
                               const struct nested **out)
{
    if (json_peek(at, reading->end) != '{') return fail_type(reading, node, at);
    struct struct_target target = {node, nested_make(reading->arena, node->type->n_fields)};
    for (uint32_t i = 0; i < node->type->n_fields; i++) target.nested->items[i] = NULL_VALUE;
    *out = target.nested;
    return read_fields(reading, node, at, take_field, &target);
}

/* A value that is not null, into a slot: a column's, or the beginning of a struct value (value.h). */
static const char *read_slot(struct reading *reading, const struct node *node, const char *at, void *slot)
{
    switch (node->kind) {
    case TYPE_BOOLEAN: return read_boolean(reading, node, at, slot);
    case TYPE_INTEGER:
    case TYPE_DATE:
    case TYPE_TIME: return read_integer_within(reading, node, at, slot);
    case TYPE_BIGINT:
    case TYPE_TIMESTAMP: return read_integer(reading, node, at, slot);
    case TYPE_DOUBLE: return read_double(reading, node, at, slot);
    case TYPE_DECIMAL: return read_decimal(reading, node, at, slot);
    case TYPE_STRING: return read_string(reading, at, slot);
    case TYPE_BYTES: return read_bytes(reading, node, at, slot);
    case TYPE_ARRAY: return read_array(reading, node, at, slot);
    case TYPE_MAP: return read_map(reading, node, at, slot);
    case TYPE_STRUCT: return read_struct(reading, node, at, slot);
    default: return fail(reading, "the type cannot be read");
    }
}

static const char *read_null(struct reading *reading, const char *at)
{
    const char *behind = json_literal(at, reading->end, TEXT("null"));
    return behind ? behind : fail_value(reading, at);
}

static const char *read_value(struct reading *reading, const struct node *node, const char *at, struct value *out)
{
    out->is_null = json_peek(at, reading->end) == 'n';
    return out->is_null ? read_null(reading, at) : read_slot(reading, node, at, out);
}

/* ---- records */

struct row_target {
    const struct json_decoder *decoder;
    struct batch *batch;
    uint32_t row;
    uint64_t seen; /* a bit for each of the first 64 columns that came */
};

static const char *read_column(struct reading *reading, struct row_target *target, uint32_t i, const char *at)
{
    const struct json_decoder *decoder = target->decoder;
    struct column *column = &target->batch->columns[decoder->targets[i]];
    if (json_peek(at, reading->end) == 'n') {
        column_set_null(column, target->row);
        return read_null(reading, at);
    }
    void *slot = (char *)column->data + (size_t)target->row * decoder->widths[i];
    at = read_slot(reading, &decoder->record.fields[i], at, slot);
    if (at) column_set_valid(column, target->row);
    return at;
}

static const char *take_column(struct reading *reading, void *context, uint32_t i, const char *at)
{
    struct row_target *target = context;
    if (i < 64) target->seen |= (uint64_t)1 << i;
    at = read_column(reading, target, i, at);
    return at ? at : fail_in_field(reading, target->decoder->record.type->fields[i].name);
}

static const char *read_record(struct reading *reading, struct row_target *target)
{
    const struct node *record = &target->decoder->record;
    const char *at = json_space(reading->start, reading->end);
    char c = json_peek(at, reading->end);
    if (c == '{') return read_fields(reading, record, at, take_column, target);
    if (c == 'n') return json_literal(at, reading->end, TEXT("null"));
    return at < reading->end ? fail_type(reading, record, at) : fail(reading, "not JSON: there is no value");
}

/* No bytes, or only white space, are an empty STRING, as they are to the peer. */
static const char *read_nothing(const struct reading *reading, struct row_target *target)
{
    if (target->decoder->targets[0] < 0) return reading->end;
    struct column *column = &target->batch->columns[target->decoder->targets[0]];
    COLUMN_DATA(column, struct text)[target->row] = (struct text){reading->start, 0};
    column_set_valid(column, target->row);
    return reading->end;
}

/* A bare column that is not needed is read all the same: what is no value of it is refused. */
static const char *read_unneeded(struct reading *reading, struct row_target *target, const char *at)
{
    struct value value;
    return read_value(reading, &target->decoder->record.fields[0], at, &value);
}

static const char *read_bare(struct reading *reading, struct row_target *target)
{
    const char *at = json_space(reading->start, reading->end);
    char c = json_peek(at, reading->end);
    bool number = c == '-' || (c >= '0' && c <= '9');
    if (at == reading->end && target->decoder->record.fields[0].kind == TYPE_STRING)
        return read_nothing(reading, target);
    if (at == reading->end) return fail(reading, "not JSON: there is no value");
    bool needed = target->decoder->targets[0] >= 0;
    at = needed ? read_column(reading, target, 0, at) : read_unneeded(reading, target, at);
    if (number && at && at < reading->end && json_space(at, reading->end) == at)
        return fail_syntax(reading, at, "the end");
    return at;
}

static bool report(struct reading *reading, char *why)
{
    if (!reading->message[0]) fail_value(reading, reading->start);
    snprintf(why, SERDE_WHY, "$%.*s: %s", (int)(PATH - reading->path_at), reading->path + reading->path_at,
             reading->message);
    return false;
}

static bool has_byte_order_mark(struct text bytes)
{
    return bytes.len >= 3 && bytes.data[0] == '\xef' && bytes.data[1] == '\xbb' && bytes.data[2] == '\xbf';
}

/* The columns that have no bit in `seen`, before the record is read. */
static void clear_late_columns(const struct json_decoder *decoder, struct batch *batch, uint32_t row)
{
    for (uint32_t i = 64; i < decoder->n; i++)
        if (decoder->targets[i] >= 0) column_set_null(&batch->columns[decoder->targets[i]], row);
}

/* The others, if they did not come. */
static void clear_missing(const struct row_target *target)
{
    const struct json_decoder *decoder = target->decoder;
    for (uint64_t missing = decoder->needed & ~target->seen; missing; missing &= missing - 1)
        column_set_null(&target->batch->columns[decoder->targets[__builtin_ctzll(missing)]], target->row);
}

static bool decode(const struct decoder *base, struct text bytes, struct batch *batch, uint32_t row, char *why)
{
    const struct json_decoder *decoder = (const struct json_decoder *)base;
    struct row_target target = {decoder, batch, row, 0};
    if (decoder->n == 0) return true;
    clear_late_columns(decoder, batch, row);
    if (has_byte_order_mark(bytes)) bytes = (struct text){bytes.data + 3, bytes.len - 3};
    struct reading reading;
    reading.start = bytes.data;
    reading.end = bytes.data + bytes.len;
    reading.arena = batch->arena;
    reading.path_at = PATH;
    reading.message[0] = 0;
    const char *at = decoder->unwrapped ? read_bare(&reading, &target) : read_record(&reading, &target);
    if (!at) return report(&reading, why);
    if (!decoder->unwrapped) clear_missing(&target);
    return true;
}

/* ---- compiling */

static struct node compile(struct arena *arena, const struct type *type, const bool *needed);

static void compile_fields(struct arena *arena, struct node *node, const bool *needed)
{
    uint32_t n = node->type->n_fields;
    struct node *fields = ARENA_ARRAY(arena, struct node, n);
    struct text *names = ARENA_ARRAY(arena, struct text, n);
    for (uint32_t i = 0; i < n; i++) {
        fields[i] = compile(arena, node->type->fields[i].type, NULL);
        names[i] = node->type->fields[i].name;
    }
    node->fields = fields;
    node->shape = json_shape_make(arena, names, needed, n);
}

/* `needed`: which of a STRUCT's fields are; NULL: all. */
static struct node compile(struct arena *arena, const struct type *type, const bool *needed)
{
    struct node node = {.type = type, .kind = type->kind};
    if (type->kind == TYPE_STRUCT) compile_fields(arena, &node, needed);
    if (type->kind == TYPE_ARRAY || type->kind == TYPE_MAP) {
        struct node element = compile(arena, type->element, NULL);
        node.element = arena_copy(arena, &element, sizeof element);
    }
    return node;
}

struct decoder *json_decoder_make(struct arena *arena, const struct serde_spec *spec,
                                  const struct schema_column *columns, uint32_t n, const int32_t *targets)
{
    struct json_decoder *decoder = ARENA_MAKE(arena, struct json_decoder);
    struct type_field *fields = ARENA_ARRAY(arena, struct type_field, n);
    bool *needed = ARENA_ARRAY(arena, bool, n);
    decoder->widths = ARENA_ARRAY(arena, uint8_t, n);
    for (uint32_t i = 0; i < n; i++) {
        fields[i] = (struct type_field){text_copy(arena, columns[i].name), type_copy(arena, columns[i].type)};
        decoder->widths[i] = (uint8_t)column_width(columns[i].type->kind);
        needed[i] = targets[i] >= 0;
        if (needed[i] && i < 64) decoder->needed |= (uint64_t)1 << i;
    }
    decoder->base.decode = decode;
    decoder->unwrapped = spec->unwrapped;
    decoder->n = n;
    decoder->targets = arena_copy(arena, targets, sizeof *targets * n);
    decoder->record = compile(arena, type_struct(arena, fields, n), needed);
    return &decoder->base;
}
