/* intake.c - decoding a fetch, row by row into columns, then event time, headers and pseudo columns column by column.
 */
#include "engine/run/intake.h"
#include "engine/time/datetime.h"
#include <stdio.h>
#include <stdlib.h>

struct intake {
    struct arena *own;   /* schema and layout: plans come and go */
    struct arena *arena; /* the decoders; made anew when another column is needed */
    struct source *definition;
    struct schema schema;
    const int32_t *layout;
    bool *needed;                /* heap; columns of the schema */
    struct decoder *key, *value; /* NULL: none of the part's columns is needed */
    const struct datetime_pattern *time_pattern;
    bool stale; /* `needed` has grown since the decoders were made */
};

/* What one call of intake_decode works on. */
struct decoding {
    struct intake *intake;
    const struct fetch *fetch;
    struct intake_batch *result;
    struct batch *batch;
    struct {
        LIST_OF(struct bad_row);
    } bad;
    uint8_t *kinds;
    int64_t *timestamps;
    struct window *windows;
    struct text *keys;
};

/* Source row of a batch: headers are asked of the fetch. */
struct fetch_rows {
    struct row_source source;
    const struct fetch *fetch;
};

static struct headers headers_of(const struct row_source *source, uint32_t row, struct arena *arena)
{
    return fetch_headers(((const struct fetch_rows *)source)->fetch, row, arena);
}

static const struct row_source_class fetch_rows_class = {headers_of};

struct intake *intake_new(const struct plan_input *input)
{
    struct intake *intake = HEAP_MAKE(struct intake);
    intake->own = arena_new();
    intake->arena = arena_new();
    intake->definition = source_retain(input->definition);
    intake->schema = schema_copy(intake->own, &input->schema);
    intake->layout = arena_copy(intake->own, input->layout, input->definition->schema.n * sizeof *input->layout);
    intake->needed = heap_zalloc(input->schema.n);
    intake_need(intake, input->needed);
    int32_t time = input->definition->timestamp_column;
    if (time >= 0) intake->needed[input->layout[time]] = true;
    intake->stale = true;
    return intake;
}

void intake_free(struct intake *intake)
{
    if (!intake) return;
    arena_free(intake->arena);
    arena_free(intake->own);
    source_release(intake->definition);
    free(intake->needed);
    free(intake);
}

bool intake_fits(const struct intake *intake, const struct plan_input *input)
{
    return intake->definition == input->definition && !input->internal;
}

bool intake_is_exact(const struct intake *intake, const struct plan_input *input)
{
    int32_t time = input->definition->timestamp_column;
    for (uint32_t i = 0; i < intake->schema.n; i++) {
        bool is_time = time >= 0 && input->layout[time] == (int32_t)i;
        if (intake->needed[i] != (input->needed[i] || is_time)) return false;
    }
    return true;
}

void intake_need(struct intake *intake, const bool *needed)
{
    for (uint32_t i = 0; i < intake->schema.n; i++) {
        intake->stale |= needed[i] && !intake->needed[i];
        intake->needed[i] |= needed[i];
    }
}

/* ---- decoders */

static struct decoder *make_decoder(struct intake *intake, const struct serde_spec *spec, enum column_role role)
{
    const struct schema *schema = &intake->definition->schema;
    struct schema_column *columns = ARENA_ARRAY(intake->arena, struct schema_column, schema->n);
    int32_t *targets = ARENA_ARRAY(intake->arena, int32_t, schema->n);
    uint32_t n = 0;
    bool any = false;
    for (uint32_t i = 0; i < schema->n; i++) {
        if (schema->columns[i].role != role) continue;
        bool needed = intake->needed[intake->layout[i]];
        columns[n] = schema->columns[i];
        targets[n++] = needed ? intake->layout[i] : -1;
        any |= needed;
    }
    return any ? spec->format->decoder(intake->arena, spec, columns, n, targets) : NULL;
}

static void compile(struct intake *intake)
{
    const struct source *definition = intake->definition;
    arena_reset(intake->arena);
    intake->key = make_decoder(intake, &definition->key, COLUMN_KEY);
    intake->value = make_decoder(intake, &definition->value, COLUMN_VALUE);
    intake->time_pattern = NULL;
    struct error error;
    bool parsed = !definition->timestamp_format.data ||
                  datetime_pattern_compile(intake->arena, definition->timestamp_format, &intake->time_pattern, &error);
    if (!parsed) intake->time_pattern = NULL; /* it compiled when the source was made */
    intake->stale = false;
}

/* ---- rows */

static void reject(struct decoding *decoding, uint32_t row, enum log_type type, const char *why)
{
    struct arena *arena = decoding->batch->arena;
    struct bad_row bad = {.row = row, .type = type, .why = arena_printf(arena, "%s", why)};
    LIST_PUSH(arena, &decoding->bad, bad);
}

static void set_nulls(struct decoding *decoding, enum column_role role, uint32_t row)
{
    const struct intake *intake = decoding->intake;
    for (uint32_t i = 0; i < intake->definition->schema.n; i++) {
        struct column *column = &decoding->batch->columns[intake->layout[i]];
        if (intake->definition->schema.columns[i].role == role && column->data) column_set_null(column, row);
    }
}

static bool decode_key(struct decoding *decoding, uint32_t row)
{
    const struct intake *intake = decoding->intake;
    struct text key = decoding->fetch->records[row].key;
    char why[SERDE_WHY];
    decoding->keys[row] = key;
    if (!key.data) return set_nulls(decoding, COLUMN_KEY, row), true;
    if (decoding->windows && !windowed_key_split(&key, intake->definition->window_size_ms, &decoding->windows[row]))
        return reject(decoding, row, LOG_DESERIALIZATION, "the key is too short to hold a window"), false;
    if (!intake->key || decoder_decode(intake->key, key, decoding->batch, row, why)) return true;
    char message[SERDE_WHY + 16];
    snprintf(message, sizeof message, "key: %s", why);
    return reject(decoding, row, LOG_DESERIALIZATION, message), false;
}

static void mark_tombstone(struct decoding *decoding, uint32_t row)
{
    if (!decoding->kinds) {
        decoding->kinds = arena_zalloc(decoding->batch->arena, decoding->fetch->n);
        decoding->batch->kinds = decoding->kinds;
    }
    decoding->kinds[row] = ROW_TOMBSTONE;
}

static bool decode_value(struct decoding *decoding, uint32_t row)
{
    const struct intake *intake = decoding->intake;
    struct text value = decoding->fetch->records[row].value;
    char why[SERDE_WHY];
    bool (*is_null)(struct text bytes) = intake->definition->value.format->is_null;
    if (!value.data || (is_null && is_null(value))) {
        mark_tombstone(decoding, row);
        return set_nulls(decoding, COLUMN_VALUE, row), true;
    }
    if (!intake->value || decoder_decode(intake->value, value, decoding->batch, row, why)) return true;
    return reject(decoding, row, LOG_DESERIALIZATION, why), false;
}

/* The time in the TIMESTAMP column; a record without a value keeps its own. */
static bool event_time(struct decoding *decoding, uint32_t row)
{
    const struct intake *intake = decoding->intake;
    int32_t time = intake->definition->timestamp_column;
    if (time < 0) return true;
    bool is_key = intake->definition->schema.columns[time].role == COLUMN_KEY;
    if (!is_key && batch_kind(decoding->batch, row) == ROW_TOMBSTONE) return true;
    const struct column *column = &decoding->batch->columns[intake->layout[time]];
    int64_t *ms = &decoding->timestamps[row];
    bool ok = !column_is_null(column, row);
    if (ok && column->type->kind == TYPE_STRING)
        ok = intake->time_pattern &&
             datetime_pattern_parse(intake->time_pattern, COLUMN_DATA(column, struct text)[row], NULL, ms);
    else if (ok)
        *ms = COLUMN_DATA(column, int64_t)[row];
    if (ok && *ms >= 0) return true;
    reject(decoding, row, LOG_PROCESSING, "its TIMESTAMP column holds no valid time");
    decoding->bad.items[decoding->bad.n - 1].is_time = true;
    return false;
}

static bool decode_row(struct decoding *decoding, uint32_t row)
{
    const struct record *record = &decoding->fetch->records[row];
    decoding->timestamps[row] = record->timestamp_ms;
    if (!decode_key(decoding, row) || !decode_value(decoding, row) || !event_time(decoding, row)) return false;
    bool table = decoding->intake->definition->kind == SOURCE_TABLE;
    if (table && !record->key.data)
        return reject(decoding, row, LOG_PROCESSING, "a table's record must have a key"), false;
    return true;
}

static void decode_rows(struct decoding *decoding)
{
    struct batch *batch = decoding->batch;
    for (uint32_t row = 0; row < decoding->fetch->n; row++) {
        batch->selection[batch->n_selected] = row;
        batch->n_selected += decode_row(decoding, row);
    }
}

/* ---- columns that are not in the bytes */

static struct value header_value(struct arena *arena, const struct schema_column *column, struct headers headers)
{
    if (column->role == COLUMN_HEADER) {
        for (uint32_t i = headers.n; i-- > 0;)
            if (text_equal(headers.items[i].key, column->header_key))
                return (struct value){.text = headers.items[i].value, .is_null = !headers.items[i].value.data};
        return NULL_VALUE;
    }
    struct nested *list = nested_make(arena, headers.n);
    for (uint32_t i = 0; i < headers.n; i++) {
        struct nested *pair = nested_make(arena, 2);
        pair->items[0] = (struct value){.text = headers.items[i].key};
        pair->items[1] = (struct value){.text = headers.items[i].value, .is_null = !headers.items[i].value.data};
        list->items[i] = (struct value){.nested = pair};
    }
    return (struct value){.nested = list};
}

static void fill_headers(struct decoding *decoding)
{
    const struct intake *intake = decoding->intake;
    struct batch *batch = decoding->batch;
    for (uint32_t i = 0; i < intake->definition->schema.n; i++) {
        const struct schema_column *column = &intake->definition->schema.columns[i];
        struct column *target = &batch->columns[intake->layout[i]];
        if ((column->role != COLUMN_HEADERS && column->role != COLUMN_HEADER) || !target->data) continue;
        for (uint32_t j = 0; j < batch->n_selected; j++) {
            uint32_t row = batch->selection[j];
            struct value value = header_value(batch->arena, column, batch_headers(batch, row));
            column_set(target, row, &value);
        }
    }
}

static struct column window_column(struct decoding *decoding, bool start)
{
    uint32_t n = decoding->fetch->n;
    int64_t *data = arena_alloc(decoding->batch->arena, n * sizeof *data);
    for (uint32_t i = 0; i < n; i++) data[i] = start ? decoding->windows[i].start_ms : decoding->windows[i].end_ms;
    return (struct column){.type = &type_bigint, .data = data, .mask = ~0u};
}

static struct column pseudo_column(struct decoding *decoding, enum pseudo_column pseudo)
{
    struct batch *batch = decoding->batch;
    struct value partition = {.integer = batch->partition};
    switch (pseudo) {
    case PSEUDO_ROWTIME: return (struct column){.type = &type_bigint, .data = decoding->timestamps, .mask = ~0u};
    case PSEUDO_ROWOFFSET: return (struct column){.type = &type_bigint, .data = (void *)batch->offsets, .mask = ~0u};
    case PSEUDO_ROWPARTITION: return column_constant(batch->arena, &type_integer, &partition);
    case PSEUDO_WINDOWSTART:
    case PSEUDO_WINDOWEND: return window_column(decoding, pseudo == PSEUDO_WINDOWSTART);
    case PSEUDO_NONE: break;
    }
    return (struct column){0};
}

/* A pseudo column that came through a repartition topic is among the decoded ones. */
static bool is_decoded(const struct intake *intake, uint32_t column)
{
    for (uint32_t i = 0; i < intake->definition->schema.n; i++)
        if (intake->layout[i] == (int32_t)column) return true;
    return false;
}

static void make_columns(struct decoding *decoding)
{
    const struct intake *intake = decoding->intake;
    struct batch *batch = decoding->batch;
    batch->n_columns = intake->schema.n;
    batch->columns = ARENA_ARRAY(batch->arena, struct column, batch->n_columns);
    for (uint32_t i = 0; i < batch->n_columns; i++) {
        const struct schema_column *column = &intake->schema.columns[i];
        if (!intake->needed[i]) continue;
        if (column->role == COLUMN_PSEUDO && !is_decoded(intake, i)) continue;
        batch->columns[i] = column_make(batch->arena, column->type, decoding->fetch->n);
    }
}

static void fill_pseudo(struct decoding *decoding)
{
    const struct intake *intake = decoding->intake;
    for (uint32_t i = 0; i < intake->schema.n; i++) {
        struct column *column = &decoding->batch->columns[i];
        if (intake->schema.columns[i].role == COLUMN_PSEUDO && intake->needed[i] && !column->data)
            *column = pseudo_column(decoding, intake->schema.columns[i].pseudo);
    }
}

static void make_rows(struct decoding *decoding, struct arena *arena)
{
    const struct fetch *fetch = decoding->fetch;
    struct batch *batch = decoding->batch;
    int64_t *offsets = arena_alloc(arena, fetch->n * sizeof *offsets);
    for (uint32_t i = 0; i < fetch->n; i++) offsets[i] = fetch->records[i].offset;
    decoding->timestamps = arena_alloc(arena, fetch->n * sizeof *decoding->timestamps);
    decoding->keys = arena_alloc(arena, fetch->n * sizeof *decoding->keys);
    if (decoding->intake->definition->window != WINDOW_NONE)
        decoding->windows = ARENA_ARRAY(arena, struct window, fetch->n);
    struct fetch_rows *rows = ARENA_MAKE(arena, struct fetch_rows);
    *rows = (struct fetch_rows){{&fetch_rows_class}, fetch};
    *batch = (struct batch){
        .arena = arena,
        .n_rows = fetch->n,
        .selection = arena_alloc(arena, fetch->n * sizeof *batch->selection),
        .partition = fetch->partition,
        .timestamps = decoding->timestamps,
        .offsets = offsets,
        .keys = decoding->keys,
        .windows = decoding->windows,
        .source = &rows->source,
    };
}

struct intake_batch *intake_decode(struct intake *intake, const struct fetch *fetch, struct arena *arena)
{
    if (intake->stale) compile(intake);
    struct intake_batch *result = ARENA_MAKE(arena, struct intake_batch);
    struct decoding decoding = {.intake = intake, .fetch = fetch, .result = result, .batch = &result->batch};
    make_rows(&decoding, arena);
    make_columns(&decoding);
    decode_rows(&decoding);
    fill_headers(&decoding);
    fill_pseudo(&decoding);
    result->bad = decoding.bad.items;
    result->n_bad = decoding.bad.n;
    return result;
}
