/* json.c - a recursive descent over RFC 8259 that keeps each value's text. */
#include "cli/test/json.h"
#include "engine/base/entity.h"
#include "engine/base/buffer.h"

enum { MAX_NESTING = 500 };

struct scan {
    struct arena *arena;
    struct text text; /* what is left */
    unsigned depth;
    struct error *error;
};

static struct test_json *read_value(struct scan *scan);

static struct test_json *refuse(struct scan *scan, const char *why)
{
    int shown = scan->text.len < 30 ? (int)scan->text.len : 30;
    error_set(scan->error, ERROR_INPUT, NO_SPAN, "not JSON: %s at '%.*s'", why, shown, scan->text.data);
    return NULL;
}

static void skip_space(struct text *text)
{
    while (text->len && strchr(" \t\r\n", text->data[0])) text->data++, text->len--;
}

/* The next character that is no white space, or 0. */
static char peek(struct scan *scan)
{
    skip_space(&scan->text);
    return scan->text.len ? scan->text.data[0] : 0;
}

static void drop(struct scan *scan, size_t n)
{
    scan->text.data += n;
    scan->text.len -= n;
}

/* ---- strings */

static bool read_unit(struct text text, unsigned *unit)
{
    *unit = 0;
    if (text.len < 4) return false;
    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef";
        const char *digit = strchr(digits, text.data[i] | (text.data[i] >= 'A' ? 0x20 : 0));
        if (!text.data[i] || !digit) return false;
        *unit = *unit * 16 + (unsigned)(digit - digits);
    }
    return true;
}

static void append_utf8(struct buffer *out, unsigned point)
{
    if (point < 0x80) {
        buffer_append_char(out, (char)point);
        return;
    }
    int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    static const unsigned char firsts[] = {0, 0xc0, 0xe0, 0xf0};
    buffer_append_char(out, (char)(firsts[more] | point >> (6 * more)));
    while (more--) buffer_append_char(out, (char)(0x80 | (point >> (6 * more) & 0x3f)));
}

/* The escape behind a backslash; returns the bytes it takes, 0 if it is none. */
static size_t read_escape(struct text text, struct buffer *out)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    const char *name = text.len && text.data[0] ? strchr(names, text.data[0]) : NULL;
    if (name) {
        buffer_append_char(out, values[name - names]);
        return 1;
    }
    unsigned high, low;
    if (!text.len || text.data[0] != 'u' || !read_unit((struct text){text.data + 1, text.len - 1}, &high)) return 0;
    bool pair = high >> 10 == 0x36 && text.len >= 11 && !memcmp(text.data + 5, "\\u", 2) &&
                read_unit((struct text){text.data + 7, text.len - 7}, &low) && low >> 10 == 0x37;
    append_utf8(out, pair ? 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff) : high);
    return pair ? 11 : 5;
}

/* From the opening quote to behind the closing one. */
static bool read_string(struct scan *scan, struct text *string)
{
    struct buffer out = BUFFER(1 << 30);
    bool closed = false;
    for (drop(scan, 1); scan->text.len && !closed;) {
        char c = scan->text.data[0];
        size_t n = 1;
        if (c == '"')
            closed = true;
        else if (c != '\\')
            buffer_append_char(&out, c);
        else if ((n = read_escape((struct text){scan->text.data + 1, scan->text.len - 1}, &out)))
            n++;
        else
            break;
        drop(scan, n);
    }
    *string = text_copy(scan->arena, buffer_text(&out));
    buffer_free(&out);
    return closed || refuse(scan, "a string is not closed, or an escape is unknown");
}

/* ---- values */

static struct test_json *make(struct scan *scan, enum test_json_kind kind, const char *start)
{
    struct test_json *json = ARENA_MAKE(scan->arena, struct test_json);
    json->kind = kind;
    json->raw = (struct text){start, (size_t)(scan->text.data - start)};
    return json;
}

static struct test_json *read_literal(struct scan *scan)
{
    static const struct text words[] = {TEXT("null"), TEXT("true"), TEXT("false")};
    const char *start = scan->text.data;
    for (int i = 0; i < 3; i++) {
        if (!text_starts_with(scan->text, words[i])) continue;
        drop(scan, words[i].len);
        return make(scan, i ? TEST_JSON_BOOLEAN : TEST_JSON_NULL, start);
    }
    while (scan->text.len && scan->text.data[0] && strchr("+-.0123456789eE", scan->text.data[0])) drop(scan, 1);
    if (scan->text.data == start || strchr("+.eE", *start)) return refuse(scan, "no value begins so");
    return make(scan, TEST_JSON_NUMBER, start);
}

static struct test_json *read_member(struct scan *scan)
{
    struct text name;
    if (peek(scan) != '"') return refuse(scan, "a member needs a name in quotes");
    if (!read_string(scan, &name)) return NULL;
    if (peek(scan) != ':') return refuse(scan, "a colon is missing");
    drop(scan, 1);
    struct test_json *member = read_value(scan);
    if (member) member->name = name;
    return member;
}

/* An array or an object: what stands between the brackets, with commas. */
static struct test_json *read_nested(struct scan *scan, bool object)
{
    const char *start = scan->text.data;
    struct test_json *json = make(scan, object ? TEST_JSON_OBJECT : TEST_JSON_ARRAY, start);
    const char end = object ? '}' : ']';
    drop(scan, 1);
    for (bool first = true; peek(scan) != end; first = false) {
        if (!first && peek(scan) != ',') return refuse(scan, "a comma or the end is missing");
        if (!first) drop(scan, 1);
        struct test_json *item = object ? read_member(scan) : read_value(scan);
        if (!item) return NULL;
        LIST_PUSH(scan->arena, &json->items, item);
    }
    drop(scan, 1);
    json->raw.len = (size_t)(scan->text.data - start);
    return json;
}

static struct test_json *read_value(struct scan *scan)
{
    char c = peek(scan);
    const char *start = scan->text.data;
    if (c == '"') {
        struct text string;
        if (!read_string(scan, &string)) return NULL;
        struct test_json *json = make(scan, TEST_JSON_STRING, start);
        json->string = string;
        return json;
    }
    if (c != '{' && c != '[') return read_literal(scan);
    if (++scan->depth > MAX_NESTING) return refuse(scan, "nested too deep");
    struct test_json *json = read_nested(scan, c == '{');
    scan->depth--;
    return json;
}

bool test_json_parse(struct arena *arena, struct text *text, struct test_json **json, struct error *error)
{
    struct scan scan = {.arena = arena, .text = *text, .error = error};
    *json = read_value(&scan);
    if (*json) *text = scan.text;
    return *json != NULL;
}

const struct test_json *test_json_get(const struct test_json *json, const char *name)
{
    if (!json || json->kind != TEST_JSON_OBJECT) return NULL;
    for (uint32_t i = 0; i < json->items.n; i++)
        if (text_equal(json->items.items[i]->name, text_of(name))) return json->items.items[i];
    return NULL;
}

struct text test_json_text(const struct test_json *json)
{
    return json->kind == TEST_JSON_STRING ? json->string : json->raw;
}

/* ---- printing */

void test_json_print(struct buffer *out, const struct test_json *json)
{
    bool object = json->kind == TEST_JSON_OBJECT;
    if (json->kind == TEST_JSON_STRING) {
        json_print_string(out, json->string);
        return;
    }
    if (!object && json->kind != TEST_JSON_ARRAY) {
        buffer_append_text(out, json->raw);
        return;
    }
    buffer_append_char(out, object ? '{' : '[');
    for (uint32_t i = 0; i < json->items.n; i++) {
        if (i) buffer_append_char(out, ',');
        if (object) json_print_string(out, json->items.items[i]->name);
        if (object) buffer_append_char(out, ':');
        test_json_print(out, json->items.items[i]);
    }
    buffer_append_char(out, object ? '}' : ']');
}

/* ---- comparing: the path grows on the way down and is taken back where all is well */

static bool covers_object(const struct test_json *part, const struct test_json *all, struct buffer *where)
{
    size_t mark = where->len;
    for (uint32_t i = 0; i < part->items.n; i++) {
        const struct test_json *member = part->items.items[i], *found = NULL;
        for (uint32_t j = 0; j < all->items.n; j++)
            if (text_equal(all->items.items[j]->name, member->name)) found = all->items.items[j];
        buffer_printf(where, "." TEXT_FMT, TEXT_ARG(member->name));
        if (!found) buffer_append_string(where, " is not there");
        if (!found || !test_json_covers(member, found, where)) return false;
        where->len = mark;
    }
    return true;
}

static bool covers_array(const struct test_json *part, const struct test_json *all, struct buffer *where)
{
    size_t mark = where->len;
    if (part->items.n != all->items.n) {
        buffer_printf(where, " has %u elements, not %u", all->items.n, part->items.n);
        return false;
    }
    for (uint32_t i = 0; i < part->items.n; i++) {
        buffer_printf(where, "[%u]", i);
        if (!test_json_covers(part->items.items[i], all->items.items[i], where)) return false;
        where->len = mark;
    }
    return true;
}

bool test_json_covers(const struct test_json *part, const struct test_json *all, struct buffer *where)
{
    if (part->kind == all->kind && part->kind == TEST_JSON_OBJECT) return covers_object(part, all, where);
    if (part->kind == all->kind && part->kind == TEST_JSON_ARRAY) return covers_array(part, all, where);
    if (part->kind == all->kind && text_equal(test_json_text(part), test_json_text(all))) return true;
    buffer_append_string(where, " is ");
    test_json_print(where, all);
    return false;
}
