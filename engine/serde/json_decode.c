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
 *     DOUBLE                   a number, or a string that Java's parseDouble takes, NaN and Infinity among them
 *     DECIMAL                  a number or a string of one, that fits without rounding
 *     STRING                   anything, see json_text.h
 *     BYTES                    base64
 *     ARRAY / MAP, STRUCT      an array / an object
 *
 * A name that comes twice: the last one counts, but one spelled exactly as the column is beats others (json_names.h). Bytes
 * behind the value are ignored, as the peer does. A value that is not read is skipped without being checked further than its
 * brackets and quotes. An error names the path: "$.ITEMS[2].PRICE: ...", and shows none of the data.
 */
#include "engine/serde/json.h"
#include "engine/base/arena.h"
#include "engine/base/hash.h"
#include "engine/types/base64.h"
#include "engine/serde/json_names.h"
#include "engine/serde/json_string.h"
#include "engine/serde/json_text.h"
#include "engine/types/datetime.h"
#include "engine/types/number.h"
#include <stdio.h>

/* A type, compiled. */
struct node {
    const struct type *type;
    enum type_kind kind;
    struct json_names *names;   /* STRUCT */
    const struct node *fields;  /* STRUCT */
    const struct node *element; /* ARRAY, MAP */
};

struct json_decoder {
    struct decoder base;
    bool unwrapped;
    uint32_t n;
    const int32_t *targets;
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

/* The text of a string whose opening quote is at `at`. */
static const char *take_string(struct reading *reading, const char *at, struct text *out)
{
    unsigned flags = 0;
    const char *quote = json_string_end(at + 1, reading->end, &flags);
    if (!quote) return fail(reading, "not JSON: a string has no end or holds a control character");
    struct text raw = {at + 1, (size_t)(quote - at) - 1};
    if (!flags) *out = raw;
    else if (!json_string_text(reading->arena, raw, flags, out))
        return fail(reading, "not JSON: a string has an unknown escape or is not UTF-8");
    return quote + 1;
}

/* The text of a number, or of a string that should hold one. `*integer` is whether a number has no fraction or exponent. */
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
    const char *behind = take_number(reading, node, at, &number, &integer);
    if (!behind) return NULL;
    if (integer ? number_parse_bigint(number, out) : integer_of(reading->arena, number, out)) return behind;
    return *at == '"' ? fail_content(reading, node, at) : fail(reading, "the number is out of range");
}

static const char *read_integer_within(struct reading *reading, const struct node *node, const char *at, int32_t *out)
{
    int64_t low = node->kind == TYPE_TIME ? 0 : INT32_MIN, high = node->kind == TYPE_TIME ? MS_PER_DAY : INT32_MAX, value;
    at = read_integer(reading, node, at, &value);
    if (!at) return NULL;
    if (value < low || value > high) return fail(reading, "the number is out of range");
    *out = (int32_t)value;
    return at;
}

static const char *read_double(struct reading *reading, const struct node *node, const char *at, double *out)
{
    struct text number;
    bool integer;
    const char *behind = take_number(reading, node, at, &number, &integer);
    if (!behind) return NULL;
    return number_parse_double(number, out) ? behind : fail_content(reading, node, at);
}

static const char *read_decimal(struct reading *reading, const struct node *node, const char *at, struct decimal *out)
{
    struct text number;
    bool integer;
    const char *behind = take_number(reading, node, at, &number, &integer);
    if (!behind) return NULL;
    if (decimal_parse(reading->arena, node->type, number, DECIMAL_EXACT, out)) return behind;
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

static const char *read_bytes(struct reading *reading, const struct node *node, const char *at, struct text *out)
{
    if (json_peek(at, reading->end) != '"') return fail_type(reading, node, at);
    struct text text;
    const char *behind = take_string(reading, at, &text);
    if (!behind) return NULL;
    return base64_parse(reading->arena, text, out) ? behind : fail(reading, "the string is not base64");
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

static void finish_items(struct arena *arena, const struct items *items, struct value *out)
{
    struct nested *nested = nested_make(arena, items->n);
    memcpy(nested->items, items->values, sizeof *items->values * items->n);
    out->nested = nested;
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

static const char *read_array(struct reading *reading, const struct node *node, const char *at, struct value *out)
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
    finish_items(reading->arena, &items, out);
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

static const char *read_map(struct reading *reading, const struct node *node, const char *at, struct value *out)
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
    finish_items(reading->arena, &items, out);
    return at;
}

/* ---- objects with known fields: a STRUCT, and the record itself */

/* Takes the value of field i, at `at`. */
struct sink {
    const char *(*take)(struct reading *reading, struct sink *sink, uint32_t i, const char *at);
};

/* The fields that came under their exact name: a bit each, 64 in `first`. */
struct exact_fields {
    uint64_t first;
    uint64_t *rest;
};

static bool is_beaten(struct arena *arena, struct exact_fields *fields, uint32_t n, struct json_name name)
{
    uint32_t i = (uint32_t)name.field;
    uint64_t bit = (uint64_t)1 << (i & 63);
    if (i >= 64 && !fields->rest) fields->rest = ARENA_ARRAY(arena, uint64_t, n / 64 + 1);
    uint64_t *word = i < 64 ? &fields->first : &fields->rest[i >> 6];
    if (!name.exact) return *word & bit;
    *word |= bit;
    return false;
}

/* `at` is behind the opening bracket. */
static const char *read_fields(struct reading *reading, const struct node *node, const char *at, struct sink *sink)
{
    struct exact_fields exact = {0};
    uint16_t last = 0;
    bool more = !is_empty(reading, &at, '}');
    while (more) {
        struct json_name name;
        at = read_quote(reading, at);
        if (!at) return NULL;
        const char *behind = json_names_match(node->names, &last, at + 1, reading->end, &name);
        if (!behind) return fail_syntax(reading, at, "a name in quotes");
        at = read_colon(reading, behind);
        if (!at) return NULL;
        if (name.field < 0 || is_beaten(reading->arena, &exact, node->type->n_fields, name)) {
            const char *value = at;
            at = json_skip(at, reading->end);
            if (!at) return fail_value(reading, value);
        } else {
            at = sink->take(reading, sink, (uint32_t)name.field, at);
            if (!at) return NULL;
        }
        at = read_separator(reading, at, '}', &more);
        if (!at) return NULL;
    }
    return at;
}

struct struct_sink {
    struct sink base;
    const struct node *node;
    struct nested *nested;
};

static const char *take_field(struct reading *reading, struct sink *sink, uint32_t i, const char *at)
{
    struct struct_sink *self = (struct struct_sink *)sink;
    at = read_value(reading, &self->node->fields[i], at, &self->nested->items[i]);
    return at ? at : fail_in_field(reading, self->node->type->fields[i].name);
}

static const char *read_struct(struct reading *reading, const struct node *node, const char *at, struct value *out)
{
    if (json_peek(at, reading->end) != '{') return fail_type(reading, node, at);
    struct struct_sink sink = {{take_field}, node, nested_make(reading->arena, node->type->n_fields)};
    for (uint32_t i = 0; i < node->type->n_fields; i++) sink.nested->items[i] = NULL_VALUE;
    out->nested = sink.nested;
    return read_fields(reading, node, at + 1, &sink.base);
}

static const char *read_value(struct reading *reading, const struct node *node, const char *at, struct value *out)
{
    out->is_null = json_peek(at, reading->end) == 'n';
    if (out->is_null) {
        const char *behind = json_literal(at, reading->end, TEXT("null"));
        return behind ? behind : fail_value(reading, at);
    }
    switch (node->kind) {
    case TYPE_BOOLEAN: return read_boolean(reading, node, at, &out->boolean);
    case TYPE_INTEGER:
    case TYPE_DATE:
    case TYPE_TIME: return read_integer_within(reading, node, at, &out->integer);
    case TYPE_BIGINT:
    case TYPE_TIMESTAMP: return read_integer(reading, node, at, &out->bigint);
    case TYPE_DOUBLE: return read_double(reading, node, at, &out->real);
    case TYPE_DECIMAL: return read_decimal(reading, node, at, &out->decimal);
    case TYPE_STRING: return read_string(reading, at, &out->text);
    case TYPE_BYTES: return read_bytes(reading, node, at, &out->text);
    case TYPE_ARRAY: return read_array(reading, node, at, out);
    case TYPE_MAP: return read_map(reading, node, at, out);
    case TYPE_STRUCT: return read_struct(reading, node, at, out);
    default: return fail(reading, "the type cannot be read");
    }
}

/* ---- records */

struct row_sink {
    struct sink base;
    const struct json_decoder *decoder;
    struct batch *batch;
    uint32_t row;
};

static const char *take_column(struct reading *reading, struct sink *sink, uint32_t i, const char *at)
{
    struct row_sink *self = (struct row_sink *)sink;
    int32_t target = self->decoder->targets[i];
    const char *behind;
    if (target < 0) {
        behind = json_skip(at, reading->end);
        return behind ? behind : fail_value(reading, at);
    }
    struct value value;
    behind = read_value(reading, &self->decoder->record.fields[i], at, &value);
    if (!behind) return fail_in_field(reading, self->decoder->record.type->fields[i].name);
    column_set(&self->batch->columns[target], self->row, &value);
    return behind;
}

static const char *read_record(struct reading *reading, struct row_sink *sink)
{
    const struct json_decoder *decoder = sink->decoder;
    const char *at = json_space(reading->start, reading->end);
    if (json_peek(at, reading->end) == 'n') return json_literal(at, reading->end, TEXT("null"));
    if (json_peek(at, reading->end) != '{') {
        if (at == reading->end) return fail(reading, "not JSON: there is no value");
        return fail_type(reading, &decoder->record, at);
    }
    return read_fields(reading, &decoder->record, at + 1, &sink->base);
}

static const char *read_bare(struct reading *reading, struct row_sink *sink)
{
    const struct json_decoder *decoder = sink->decoder;
    const struct node *node = &decoder->record.fields[0];
    struct value value = {.text = {reading->start, 0}};
    const char *at = json_space(reading->start, reading->end);
    if (at < reading->end) at = read_value(reading, node, at, &value);
    else if (node->kind != TYPE_STRING) return fail(reading, "not JSON: there is no value");
    if (at && decoder->targets[0] >= 0) column_set(&sink->batch->columns[decoder->targets[0]], sink->row, &value);
    return at;
}

static bool decode(const struct decoder *base, struct text bytes, struct batch *batch, uint32_t row, char *why)
{
    const struct json_decoder *decoder = (const struct json_decoder *)base;
    struct row_sink sink = {{take_column}, decoder, batch, row};
    for (uint32_t i = 0; i < decoder->n; i++)
        if (decoder->targets[i] >= 0) column_set_null(&batch->columns[decoder->targets[i]], row);
    if (decoder->n == 0) return true;
    if (bytes.len >= 3 && memcmp(bytes.data, "\xef\xbb\xbf", 3) == 0) bytes = (struct text){bytes.data + 3, bytes.len - 3};
    struct reading reading;
    reading.start = bytes.data;
    reading.end = bytes.data + bytes.len;
    reading.arena = batch->arena;
    reading.path_at = PATH;
    reading.message[0] = 0;
    const char *at = decoder->unwrapped ? read_bare(&reading, &sink) : read_record(&reading, &sink);
    if (at) return true;
    if (!reading.message[0]) fail_value(&reading, reading.start);
    snprintf(why, SERDE_WHY, "$%.*s: %s", (int)(PATH - reading.path_at), reading.path + reading.path_at, reading.message);
    return false;
}

/* ---- compiling */

static struct node compile(struct arena *arena, const struct type *type);

static const struct node *compile_one(struct arena *arena, const struct type *type)
{
    struct node *node = ARENA_MAKE(arena, struct node);
    *node = compile(arena, type);
    return node;
}

static void compile_fields(struct arena *arena, struct node *node)
{
    uint32_t n = node->type->n_fields;
    struct node *fields = ARENA_ARRAY(arena, struct node, n);
    struct text *names = ARENA_ARRAY(arena, struct text, n);
    for (uint32_t i = 0; i < n; i++) {
        fields[i] = compile(arena, node->type->fields[i].type);
        names[i] = node->type->fields[i].name;
    }
    node->fields = fields;
    node->names = json_names_make(arena, names, n);
}

static struct node compile(struct arena *arena, const struct type *type)
{
    struct node node = {.type = type, .kind = type->kind};
    if (type->kind == TYPE_STRUCT) compile_fields(arena, &node);
    if (type->kind == TYPE_ARRAY || type->kind == TYPE_MAP) node.element = compile_one(arena, type->element);
    return node;
}

struct decoder *json_decoder_make(struct arena *arena, const struct serde_spec *spec, const struct schema_column *columns,
                                  uint32_t n, const int32_t *targets)
{
    struct json_decoder *decoder = ARENA_MAKE(arena, struct json_decoder);
    struct type_field *fields = ARENA_ARRAY(arena, struct type_field, n);
    for (uint32_t i = 0; i < n; i++)
        fields[i] = (struct type_field){text_copy(arena, columns[i].name), type_copy(arena, columns[i].type)};
    decoder->base.decode = decode;
    decoder->unwrapped = spec->unwrapped;
    decoder->n = n;
    decoder->targets = arena_copy(arena, targets, sizeof *targets * n);
    decoder->record = compile(arena, type_struct(arena, fields, n));
    return &decoder->base;
}
