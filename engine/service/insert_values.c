/* insert_values.c - INSERT INTO ... VALUES: one row encoded as the target's sink would, and written at once.
 *
 * The record is in the log when the statement returns. It is in no transaction, and no query has to run.
 */
#include "engine/service/call.h"
#include <stdlib.h>

enum { FLUSH_MS = 10000, MOST_KEY = 1 << 20, MOST_VALUE = 64 << 20 };

/* A batch of the one row, with the columns of the target's schema. */
static struct batch one_row(struct arena *arena, const struct insert_row *row)
{
    const struct schema *schema = &row->target->schema;
    struct column *columns = ARENA_ARRAY(arena, struct column, schema->n);
    for (uint32_t i = 0; i < schema->n; i++) {
        columns[i] = column_make(arena, schema->columns[i].type, 1);
        column_set(&columns[i], 0, &row->values[i]);
    }
    uint32_t *selection = ARENA_ARRAY(arena, uint32_t, 1);
    return (struct batch){.arena = arena,
                          .columns = columns,
                          .n_columns = schema->n,
                          .n_rows = 1,
                          .selection = selection,
                          .n_selected = 1};
}

static bool encode_part(struct arena *arena, const struct batch *batch, const struct schema *schema,
                        const struct serde_spec *spec, struct buffer *buffer, struct text *bytes, struct error *error)
{
    enum column_role role = spec->part == SERDE_KEY ? COLUMN_KEY : COLUMN_VALUE;
    struct schema_column *columns = ARENA_ARRAY(arena, struct schema_column, schema->n);
    uint32_t *sources = ARENA_ARRAY(arena, uint32_t, schema->n), n = 0;
    char why[SERDE_WHY];
    for (uint32_t i = 0; i < schema->n; i++)
        if (schema->columns[i].role == role) sources[n] = i, columns[n++] = schema->columns[i];
    *bytes = NO_TEXT;
    if (!n && spec->part == SERDE_KEY) return true;
    struct encoder *encoder = spec->format->encoder(arena, spec, columns, n, sources);
    enum encoded encoded = encoder_encode(encoder, batch, 0, buffer, why);
    if (encoded == ENCODE_FAILED || buffer->overflow)
        return error_set(error, ERROR_STATEMENT, NO_SPAN, "the %s cannot be written as %s: %s",
                         spec->part == SERDE_KEY ? "key" : "value", spec->format->name,
                         buffer->overflow ? "it is too long" : why);
    if (encoded == ENCODED) *bytes = buffer_text(buffer);
    return true;
}

/* One writer for all sessions, opened by the first. */
static bool write_record(struct engine *engine, const struct send *send, struct error *error)
{
    pthread_mutex_lock(&engine->workers_lock);
    bool ok = engine->inserts || writer_open(engine->broker, (struct writer_options){0}, &engine->inserts, error);
    ok = ok && writer_send(engine->inserts, send, error) && writer_flush(engine->inserts, FLUSH_MS, error);
    pthread_mutex_unlock(&engine->workers_lock);
    return ok;
}

static bool check_topic(struct call *call, const struct source *target, struct error *error)
{
    if (!topic_is_listed(call->engine->settings, OPTION_READONLY_TOPICS, target->topic)) return true;
    return error_set(error, ERROR_STATEMENT, call->statement->name.span,
                     "the topic " TEXT_FMT " is read only (ksql.readonly.topics)", TEXT_ARG(target->topic));
}

bool call_insert_values(struct call *call, struct error *error)
{
    struct insert_row row;
    struct buffer key = BUFFER(MOST_KEY), value = BUFFER(MOST_VALUE);
    struct analyzer analyzer = call_analyzer(call, call->arena);
    pthread_mutex_lock(&call->engine->lock);
    bool ok = analyze_insert(&analyzer, call->statement, &row, error);
    pthread_mutex_unlock(&call->engine->lock);
    if (!ok || !check_topic(call, row.target, error)) return false;
    struct batch batch = one_row(call->arena, &row);
    struct send send = {.topic = row.target->topic, .partition = -1, .timestamp_ms = row.rowtime_ms};
    ok = (!row.has_key ||
          encode_part(call->arena, &batch, &row.target->schema, &row.target->key, &key, &send.key, error)) &&
         encode_part(call->arena, &batch, &row.target->schema, &row.target->value, &value, &send.value, error) &&
         write_record(call->engine, &send, error);
    if (!ok && !error->span.end) error->span = call->statement->name.span;
    buffer_free(&key);
    buffer_free(&value);
    return ok;
}
