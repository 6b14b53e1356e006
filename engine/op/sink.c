/* sink.c - rows to records of a topic: key and value encoded, sent to the writer.
 *
 * A row without a value is a record with a null value. The record's time is the row's, or that of the TIMESTAMP column.
 * Headers go on with the row. Where the key did not change it is sent on byte for byte (plan_sink's forwards_key).
 *
 * A row that cannot be encoded is logged, and stops the query if ksql.fail.on.production.error says so; one whose
 * TIMESTAMP column holds no time is logged and left out, or stops it under ksql.timestamp.throw.on.invalid.
 */
#include "engine/op/rows.h"
#include "engine/time/datetime.h"
#include <stdio.h>

struct sink {
    struct op op;
    struct encoder *key, *value;
    struct buffer key_bytes, value_bytes;
    const struct datetime_pattern *timestamp_pattern; /* NULL: the column is a BIGINT or a TIMESTAMP */
};

enum { MAX_KEY = 1 << 20, MAX_VALUE = 64 << 20 };

static bool open_sink(struct op *op, struct arena *arena, struct error *error)
{
    struct sink *sink = (struct sink *)op;
    const struct plan_sink *plan = &op->plan->sink;
    sink->key_bytes = BUFFER(MAX_KEY);
    sink->value_bytes = BUFFER(MAX_VALUE);
    if (plan->n_keys)
        sink->key = plan->key.format->encoder(arena, &plan->key, plan->key_columns, plan->n_keys, plan->key_sources);
    sink->value =
        plan->value.format->encoder(arena, &plan->value, plan->value_columns, plan->n_values, plan->value_sources);
    if (plan->timestamp_column < 0 || !plan->timestamp_format.data) return true;
    return datetime_pattern_compile(arena, plan->timestamp_format, &sink->timestamp_pattern, error);
}

/* A row that cannot be written: logged, and the end of the task where the settings say so. */
static void refuse(struct sink *sink, const struct batch *batch, uint32_t row, enum log_type type, const char *why)
{
    const struct op_context *context = sink->op.context;
    context->report(context->task, type, batch, row, why);
    if (!(type == LOG_SERIALIZATION ? context->fail_on_production : context->throw_on_timestamp)) return;
    struct error error;
    error_set(&error, ERROR_FATAL, NO_SPAN, "a row cannot be written to " TEXT_FMT ": %s",
              TEXT_ARG(sink->op.plan->sink.topic), why);
    context->fail(context->task, &error);
}

static bool encode(struct encoder *encoder, const struct batch *batch, uint32_t row, struct buffer *buffer,
                   struct text *bytes, char *why)
{
    buffer_clear(buffer);
    enum encoded encoded = encoder_encode(encoder, batch, row, buffer, why);
    *bytes = encoded == ENCODED ? buffer_text(buffer) : NO_TEXT;
    if (!buffer->overflow) return encoded != ENCODE_FAILED;
    snprintf(why, SERDE_WHY, "it is larger than %zu bytes", buffer->ceiling);
    return false;
}

static bool encode_key(struct sink *sink, const struct batch *batch, uint32_t row, struct text *key, char *why)
{
    const struct plan_sink *plan = &sink->op.plan->sink;
    *key = NO_TEXT;
    if (!plan->n_keys || (plan->null_key_stays && batch->keys && !batch->keys[row].data)) return true;
    if (plan->forwards_key && batch->keys) {
        *key = batch->keys[row];
        return true;
    }
    if (!encode(sink->key, batch, row, &sink->key_bytes, key, why)) return false;
    if (plan->window == WINDOW_NONE || !key->data) return true;
    windowed_key_append(&sink->key_bytes, plan->window == WINDOW_SESSION, batch->windows[row]);
    *key = buffer_text(&sink->key_bytes);
    return true;
}

/* The time of the record, from the row or from its TIMESTAMP column. */
static bool timestamp_of(const struct sink *sink, const struct batch *batch, uint32_t row, int64_t *ms)
{
    const struct plan_sink *plan = &sink->op.plan->sink;
    *ms = batch->timestamps[row];
    if (plan->timestamp_column < 0 || batch_kind(batch, row) == ROW_TOMBSTONE) return true;
    const struct column *column = &batch->columns[plan->timestamp_column];
    if (column_is_null(column, row)) return false;
    struct value value = column_get(column, row);
    if (sink->timestamp_pattern)
        return datetime_pattern_parse(sink->timestamp_pattern, value.text, NULL, ms) && *ms >= 0;
    *ms = value.bigint;
    return *ms >= 0;
}

static bool send_row(struct sink *sink, const struct batch *batch, uint32_t row, struct error *error)
{
    const struct op_context *context = sink->op.context;
    char why[SERDE_WHY] = "";
    struct send send = {.topic = sink->op.plan->sink.topic, .partition = -1, .owner = context->task};
    bool has_value = batch_kind(batch, row) != ROW_TOMBSTONE;
    if (!timestamp_of(sink, batch, row, &send.timestamp_ms))
        return refuse(sink, batch, row, LOG_PROCESSING, "its TIMESTAMP column holds no valid time"), true;
    if (!encode_key(sink, batch, row, &send.key, why)) return refuse(sink, batch, row, LOG_SERIALIZATION, why), true;
    if (has_value && !encode(sink->value, batch, row, &sink->value_bytes, &send.value, why))
        return refuse(sink, batch, row, LOG_SERIALIZATION, why), true;
    send.headers = batch_headers(batch, row);
    return writer_send(context->writer, &send, error);
}

static void process(struct op *op, struct batch *batch)
{
    struct sink *sink = (struct sink *)op;
    struct error error;
    for (uint32_t i = 0; i < batch->n_selected; i++) {
        if (send_row(sink, batch, batch->selection[i], &error)) continue;
        op->context->fail(op->context->task, &error);
        return;
    }
}

static void close_sink(struct op *op)
{
    struct sink *sink = (struct sink *)op;
    buffer_free(&sink->key_bytes);
    buffer_free(&sink->value_bytes);
}

const struct op_class sink_class = {
    .name = "sink", .size = sizeof(struct sink), .open = open_sink, .process = process, .close = close_sink};
