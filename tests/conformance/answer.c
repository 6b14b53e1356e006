/* answer.c - what came out of a case: records, topics, sources, and what SELECTs gave.
 *
 *     {"outcome": "ok", "records": [...], "topics": [...], "sources": [...], "responses": [...]}
 */
#include "tests/conformance/answer.h"
#include "engine/base/entity.h"
#include "engine/types/base64.h"

/* ---- JSON */

static void open_item(struct buffer *out)
{
    char last = out->len ? out->data[out->len - 1] : '[';
    if (last != '[' && last != '{') buffer_append_char(out, ',');
}

static void put_name(struct buffer *out, const char *name)
{
    open_item(out);
    buffer_printf(out, "\"%s\":", name);
}

static void put_text(struct buffer *out, const char *name, struct text text)
{
    put_name(out, name);
    if (text.data)
        json_print_string(out, text);
    else
        buffer_append_string(out, "null");
}

static void put_integer(struct buffer *out, const char *name, int64_t integer)
{
    put_name(out, name);
    buffer_printf(out, "%lld", (long long)integer);
}

static void put_bytes(struct buffer *out, const char *name, struct text bytes)
{
    put_name(out, name);
    buffer_append_string(out, bytes.data ? "\"" : "null");
    if (bytes.data) base64_print(out, bytes);
    if (bytes.data) buffer_append_char(out, '"');
}

/* ---- what a SELECT gives */

static void put_header(void *context, struct text query_id, const struct schema *schema)
{
    (void)query_id;
    struct buffer *out = &((struct response *)context)->items, columns = BUFFER(1 << 20);
    schema_print(&columns, schema);
    open_item(out);
    buffer_append_string(out, "{\"header\":{");
    put_text(out, "schema", buffer_text(&columns));
    buffer_append_string(out, "}}");
    buffer_free(&columns);
}

static void put_row(struct buffer *out, const struct result_rows *rows, uint32_t row)
{
    uint32_t n = rows->schema->n;
    open_item(out);
    buffer_append_string(out, "{\"row\":{\"columns\":[");
    for (uint32_t i = 0; i < n; i++) {
        if (i) buffer_append_char(out, ',');
        value_print_json(out, rows->schema->columns[i].type, &rows->values[row * n + i]);
    }
    buffer_append_string(out, rows->tombstones && rows->tombstones[row] ? "],\"tombstone\":true}}" : "]}}");
}

static void put_rows(void *context, const struct result_rows *rows)
{
    for (uint32_t i = 0; i < rows->n_rows; i++) put_row(&((struct response *)context)->items, rows, i);
}

static void put_end(void *context, const char *how)
{
    struct buffer *out = &((struct response *)context)->items;
    open_item(out);
    buffer_append_char(out, '{');
    put_text(out, "finalMessage", text_of(how));
    buffer_append_char(out, '}');
}

struct client response_client(struct response *response)
{
    response->items = BUFFER(1 << 28);
    return (struct client){.context = response, .header = put_header, .rows = put_rows, .finished = put_end};
}

static void put_responses(struct buffer *out, const struct response *responses, uint32_t n)
{
    put_name(out, "responses");
    buffer_append_char(out, '[');
    for (uint32_t i = 0; i < n; i++) {
        buffer_append_string(out, i ? ",{\"query\":[" : "{\"query\":[");
        buffer_append_text(out, buffer_text(&responses[i].items));
        buffer_append_string(out, "]}");
    }
    buffer_append_char(out, ']');
}

/* ---- records */

static void put_headers(struct buffer *out, struct headers headers)
{
    put_name(out, "headers");
    buffer_append_char(out, '[');
    for (uint32_t i = 0; i < headers.n; i++) {
        buffer_append_string(out, i ? ",{" : "{");
        put_text(out, "KEY", headers.items[i].key);
        put_bytes(out, "VALUE", headers.items[i].value);
        buffer_append_char(out, '}');
    }
    buffer_append_char(out, ']');
}

static void put_window(struct buffer *out, const struct source *source, struct text key)
{
    struct window window;
    if (!source || source->window == WINDOW_NONE || !key.data) return;
    if (!windowed_key_split(&key, source->window == WINDOW_SESSION ? 0 : source->window_size_ms, &window)) return;
    put_name(out, "window");
    buffer_append_char(out, '{');
    put_integer(out, "start", window.start_ms);
    put_integer(out, "end", window.end_ms);
    buffer_append_char(out, '}');
}

static void put_record(struct buffer *out, struct text topic, const struct source *source,
                       const struct record_seen *seen)
{
    open_item(out);
    buffer_append_char(out, '{');
    put_text(out, "topic", topic);
    put_bytes(out, "key", seen->record.key);
    put_bytes(out, "value", seen->record.value);
    put_integer(out, "timestamp", seen->record.timestamp_ms);
    put_window(out, source, seen->record.key);
    put_headers(out, seen->headers);
    buffer_append_char(out, '}');
}

/* The engine's own topics hold nothing that a case asks for. */
static bool put_records(struct buffer *out, struct bench *bench, const struct topic_list *topics, struct error *error)
{
    put_name(out, "records");
    buffer_append_char(out, '[');
    for (uint32_t i = 0; i < topics->n; i++) {
        struct text name = topics->items[i].name;
        struct record_list records;
        if (text_starts_with(name, TEXT("_weir_"))) continue;
        if (!bench_read(bench, name, &records, error)) return false;
        for (uint32_t j = 0; j < records.n; j++) put_record(out, name, bench_source(bench, name), &records.items[j]);
    }
    buffer_append_char(out, ']');
    return true;
}

/* ---- topics and sources */

static void put_formats(struct buffer *out, const struct source *source)
{
    put_text(out, "key_format", source ? text_of(source->key.format->name) : NO_TEXT);
    put_text(out, "value_format", source ? text_of(source->value.format->name) : NO_TEXT);
}

static void put_topics(struct buffer *out, const struct bench *bench, const struct topic_list *topics)
{
    put_name(out, "topics");
    buffer_append_char(out, '[');
    for (uint32_t i = 0; i < topics->n; i++) {
        open_item(out);
        buffer_append_char(out, '{');
        put_text(out, "name", topics->items[i].name);
        put_integer(out, "partitions", topics->items[i].n_partitions);
        put_formats(out, bench_source(bench, topics->items[i].name));
        buffer_append_char(out, '}');
    }
    buffer_append_char(out, ']');
}

static void put_source(struct buffer *out, const struct source *source)
{
    static const char *const windows[] = {NULL, "TUMBLING", "HOPPING", "SESSION"};
    struct buffer columns = BUFFER(1 << 20);
    schema_print(&columns, &source->schema);
    open_item(out);
    buffer_append_char(out, '{');
    put_text(out, "name", source->name);
    put_text(out, "type", text_of(source_kind_name(source->kind)));
    put_text(out, "schema", buffer_text(&columns));
    put_formats(out, source);
    put_text(out, "window_type", text_of(windows[source->window]));
    if (source->window_size_ms) put_integer(out, "window_size", source->window_size_ms);
    put_name(out, "is_source");
    buffer_append_string(out, source->is_source ? "true}" : "false}");
    buffer_free(&columns);
}

static void put_sources(struct buffer *out, const struct bench *bench)
{
    void *source;
    put_name(out, "sources");
    buffer_append_char(out, '[');
    for (uint32_t i = 0; map_at(&engine_catalog(bench->engine)->sources, i, NULL, &source); i++)
        put_source(out, source);
    buffer_append_char(out, ']');
}

bool answer_print(struct buffer *out, struct bench *bench, const struct response *responses, uint32_t n_responses,
                  struct error *error)
{
    struct topic_list topics;
    if (!broker_list_topics(bench->broker, bench->arena, &topics, error)) return false;
    buffer_append_string(out, "{\"outcome\":\"ok\"");
    if (!put_records(out, bench, &topics, error)) return false;
    put_topics(out, bench, &topics);
    put_sources(out, bench);
    put_responses(out, responses, n_responses);
    buffer_append_char(out, '}');
    return true;
}

void answer_print_rejection(struct buffer *out, int statement, const struct error *error)
{
    buffer_append_string(out, "{\"outcome\":\"rejected\"");
    if (statement >= 0) put_integer(out, "statement", statement);
    put_text(out, "message", text_of(error->message));
    buffer_append_char(out, '}');
}
