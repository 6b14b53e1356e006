/* record.c - reading, encoding, comparing and printing records as scripts write them. */
#include "cli/test/record.h"
#include "engine/base/entity.h"
#include "engine/base/clock.h"
#include "engine/number/number.h"

/* ---- reading */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct test_json *make_word(struct arena *arena, struct text word)
{
    struct test_json *json;
    struct text rest = word;
    if (test_json_parse(arena, &rest, &json, NULL) && !rest.len) return json;
    json = ARENA_MAKE(arena, struct test_json);
    *json = (struct test_json){.kind = TEST_JSON_WORD, .raw = word};
    return json;
}

/* A JSON value, or a word up to the next white space. */
static bool take_value(struct arena *arena, struct text *text, struct test_json **json, struct error *error)
{
    if (text->len && strchr("{[\"", text->data[0])) return test_json_parse(arena, text, json, error);
    size_t len = 0;
    while (len < text->len && !is_space(text->data[len])) len++;
    *json = make_word(arena, (struct text){text->data, len});
    text->data += len;
    text->len -= len;
    return true;
}

static bool read_window(struct text text, struct test_record *record)
{
    const char *dots = memmem(text.data, text.len, "..", 2);
    if (!dots) return false;
    struct text start = {text.data, (size_t)(dots - text.data)}, end = {dots + 2, text.len - start.len - 2};
    record->has_window = true;
    return number_parse_bigint(start, &record->window.start_ms) && number_parse_bigint(end, &record->window.end_ms);
}

static bool read_headers(struct arena *arena, const struct test_json *json, struct test_record *record)
{
    struct header *items = ARENA_ARRAY(arena, struct header, json->items.n);
    for (uint32_t i = 0; i < json->items.n; i++) {
        const struct test_json *value = json->items.items[i];
        items[i].key = value->name;
        items[i].value = value->kind == TEST_JSON_NULL ? NO_TEXT : test_json_text(value);
    }
    record->headers = (struct headers){items, json->items.n};
    record->has_headers = true;
    return json->kind == TEST_JSON_OBJECT;
}

/* The part called `name`; no name: the value. False if it cannot be that. */
static bool set_part(struct arena *arena, struct text name, const struct test_json *json, struct test_record *record)
{
    bool raw = text_starts_with(name, TEXT("raw"));
    if (text_equal(name, TEXT("key")) || text_equal(name, TEXT("rawkey")))
        record->key = json, record->key_is_raw = raw;
    else if (!name.len || text_equal(name, TEXT("raw")))
        record->value = json, record->value_is_raw = raw;
    else if (text_equal(name, TEXT("timestamp"))) {
        record->has_timestamp = true;
        return number_parse_bigint(json->raw, &record->timestamp_ms);
    } else if (text_equal(name, TEXT("partition"))) {
        record->has_partition = true;
        return number_parse_integer(json->raw, &record->partition);
    } else if (text_equal(name, TEXT("headers")))
        return read_headers(arena, json, record);
    else
        return text_equal(name, TEXT("window")) && read_window(json->raw, record);
    return true;
}

/* The name in front of a = sign, with the sign taken off; empty where the text begins with a value. */
static struct text take_name(struct text *text)
{
    size_t len = 0;
    while (len < text->len && text->data[len] >= 'a' && text->data[len] <= 'z') len++;
    if (!len || len == text->len || text->data[len] != '=') return TEXT("");
    struct text name = {text->data, len};
    text->data += len + 1;
    text->len -= len + 1;
    return name;
}

bool test_record_parse(struct arena *arena, struct text text, struct test_record *record, struct error *error)
{
    *record = (struct test_record){0};
    for (text = text_trim(text); text.len; text = text_trim(text)) {
        struct text name = take_name(&text);
        struct test_json *json;
        if (!name.len && record->value)
            return error_set(error, ERROR_INPUT, NO_SPAN, "a record has one value, and '%.*s' would be another",
                             text.len < 30 ? (int)text.len : 30, text.data);
        if (!take_value(arena, &text, &json, error)) return false;
        if (set_part(arena, name, json, record)) continue;
        error_set(error, ERROR_INPUT, NO_SPAN, "'" TEXT_FMT "=" TEXT_FMT "' is no part of a record", TEXT_ARG(name),
                  TEXT_ARG(json->raw));
        return error_hint(error, "parts are key, rawkey, raw, timestamp, partition, headers and window=START..END");
    }
    return true;
}

/* ---- encoding */

static unsigned hex_digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

static bool is_hex(struct text text)
{
    if (text.len % 2 || !text_starts_with(text, TEXT("0x"))) return false;
    return strspn(text.data + 2, "0123456789abcdefABCDEF") >= text.len - 2;
}

/* Bytes as they stand, or 0x and their digits. */
static struct text raw_bytes(struct arena *arena, const struct test_json *json)
{
    struct text text = test_json_text(json);
    if (json->kind == TEST_JSON_NULL) return NO_TEXT;
    struct text copy = text_copy(arena, text);
    if (!is_hex(copy)) return copy;
    char *bytes = arena_alloc(arena, text.len / 2);
    for (size_t i = 2; i < text.len; i += 2)
        bytes[i / 2 - 1] = (char)(hex_digit(text.data[i]) << 4 | hex_digit(text.data[i + 1]));
    return (struct text){bytes, text.len / 2 - 1};
}

static bool encode_part(struct arena *arena, struct test_part part, const struct test_json *json, bool raw,
                        struct text *bytes, struct error *error)
{
    if (!json || !raw) return test_bytes_encode(arena, part, json, bytes, error);
    *bytes = raw_bytes(arena, json);
    return true;
}

static struct text with_window(struct arena *arena, struct text key, bool session, struct window window)
{
    struct buffer bytes = BUFFER(1 << 20);
    buffer_append_text(&bytes, key);
    windowed_key_append(&bytes, session, window);
    struct text result = text_copy(arena, buffer_text(&bytes));
    buffer_free(&bytes);
    return result;
}

bool test_record_encode(struct arena *arena, const struct source *source, const struct test_record *record,
                        struct test_image *image, struct error *error)
{
    *image = (struct test_image){.timestamp_ms = record->has_timestamp ? record->timestamp_ms : clock_wall_ms(),
                                 .headers = record->headers};
    struct test_part key = test_part_of(source, SERDE_KEY), value = test_part_of(source, SERDE_VALUE);
    if (!encode_part(arena, key, record->key, record->key_is_raw, &image->key, error)) return false;
    if (record->has_window && image->key.data)
        image->key = with_window(arena, image->key, source && source->window == WINDOW_SESSION, record->window);
    return encode_part(arena, value, record->value, record->value_is_raw, &image->value, error);
}

/* ---- comparing */

static bool same_headers(struct headers a, struct headers b)
{
    if (a.n != b.n) return false;
    for (uint32_t i = 0; i < a.n; i++) {
        struct text x = a.items[i].value, y = b.items[i].value;
        if (!text_equal(a.items[i].key, b.items[i].key) || !x.data != !y.data || !text_equal(x, y)) return false;
    }
    return true;
}

/* Key without window where the script says nothing of a window. */
static bool same_key(const struct source *source, const struct test_record *record, const struct test_image *expected,
                     struct text key)
{
    struct window window;
    bool windowed = source && source->window != WINDOW_NONE && key.data;
    if (windowed && !record->has_window)
        windowed = windowed_key_split(&key, source->window == WINDOW_SESSION ? 0 : source->window_size_ms, &window);
    return test_bytes_same(test_part_of(source, SERDE_KEY), expected->key, key);
}

bool test_record_matches(const struct source *source, const struct test_record *record,
                         const struct test_image *expected, const struct test_image *image)
{
    if (record->key && !same_key(source, record, expected, image->key)) return false;
    if (record->value && !test_bytes_same(test_part_of(source, SERDE_VALUE), expected->value, image->value))
        return false;
    if (record->has_timestamp && record->timestamp_ms != image->timestamp_ms) return false;
    return !record->has_headers || same_headers(record->headers, image->headers);
}

/* ---- printing */

static void print_headers(struct buffer *out, struct headers headers)
{
    buffer_append_string(out, " headers={");
    for (uint32_t i = 0; i < headers.n; i++) {
        if (i) buffer_append_string(out, ", ");
        json_print_string(out, headers.items[i].key);
        buffer_append_string(out, ": ");
        if (headers.items[i].value.data)
            json_print_string(out, headers.items[i].value);
        else
            buffer_append_string(out, "null");
    }
    buffer_append_char(out, '}');
}

void test_record_print(struct buffer *out, const struct source *source, const struct test_image *image)
{
    struct text key = image->key;
    struct window window;
    bool windowed = source && source->window != WINDOW_NONE && key.data &&
                    windowed_key_split(&key, source->window == WINDOW_SESSION ? 0 : source->window_size_ms, &window);
    buffer_append_string(out, "key=");
    test_bytes_print(out, test_part_of(source, SERDE_KEY), key);
    buffer_append_char(out, ' ');
    test_bytes_print(out, test_part_of(source, SERDE_VALUE), image->value);
    buffer_printf(out, " timestamp=%lld", (long long)image->timestamp_ms);
    if (windowed) buffer_printf(out, " window=%lld..%lld", (long long)window.start_ms, (long long)window.end_ms);
    if (image->headers.n) print_headers(out, image->headers);
}
