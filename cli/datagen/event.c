/* event.c - the fields of an event, and their bytes. */
#include "cli/datagen/sample.h"
#include "engine/base/buffer.h"
#include "engine/serde/csv.h"
#include "engine/serde/json_string.h"
#include "engine/time/datetime.h"
#include <endian.h>
#include <stdlib.h>

static void add(struct event *event, struct field field)
{
    LIST_PUSH(event->arena, event, field);
}

void event_text(struct event *event, const char *name, struct text text)
{
    add(event, (struct field){.name = name, .kind = FIELD_TEXT, .text = text});
}

void event_printf(struct event *event, const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    event_text(event, name, text_of(arena_vprintf(event->arena, format, arguments)));
    va_end(arguments);
}

void event_integer(struct event *event, const char *name, int64_t number)
{
    add(event, (struct field){.name = name, .kind = FIELD_INTEGER, .number = number});
}

void event_bigint(struct event *event, const char *name, int64_t number)
{
    add(event, (struct field){.name = name, .kind = FIELD_BIGINT, .number = number});
}

void event_double(struct event *event, const char *name, double real)
{
    add(event, (struct field){.name = name, .kind = FIELD_DOUBLE, .real = real});
}

void event_time(struct event *event, const char *name, int64_t ms)
{
    struct buffer text = BUFFER(64);
    timestamp_print(&text, ms);
    event_text(event, name, text_copy(event->arena, buffer_text(&text)));
    buffer_free(&text);
}

void event_group(struct event *event, const char *name, const struct field *fields, uint32_t n)
{
    struct field *kept = arena_copy(event->arena, fields, n * sizeof *fields);
    add(event, (struct field){.name = name, .kind = FIELD_GROUP, .fields = kept, .n = n});
}

const struct field *event_find(const struct event *event, struct text name)
{
    for (uint32_t i = 0; i < event->n; i++)
        if (text_equal_nocase(text_of(event->items[i].name), name)) return &event->items[i];
    return NULL;
}

/* ---- bytes */

void field_print(struct buffer *out, const struct field *field)
{
    switch (field->kind) {
    case FIELD_TEXT: buffer_append_text(out, field->text); return;
    case FIELD_INTEGER:
    case FIELD_BIGINT: buffer_printf(out, "%lld", (long long)field->number); return;
    case FIELD_DOUBLE: buffer_printf(out, "%.2f", field->real); return;
    case FIELD_GROUP: event_print_json(out, field->fields, field->n); return;
    }
}

void event_print_json(struct buffer *out, const struct field *fields, uint32_t n)
{
    buffer_append_char(out, '{');
    for (uint32_t i = 0; i < n; i++) {
        buffer_printf(out, "%s\"%s\":", i ? "," : "", fields[i].name);
        if (fields[i].kind == FIELD_TEXT) json_append_string(out, fields[i].text);
        else field_print(out, &fields[i]);
    }
    buffer_append_char(out, '}');
}

static void print_flat(struct buffer *out, const struct field *field, bool first)
{
    if (field->kind == FIELD_GROUP) {
        event_print_delimited(out, field->fields, field->n);
        return;
    }
    if (field->kind == FIELD_TEXT && csv_wants_quotes(field->text, first, ',')) csv_append_quoted(out, field->text);
    else field_print(out, field);
}

void event_print_delimited(struct buffer *out, const struct field *fields, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (i) buffer_append_char(out, ',');
        print_flat(out, &fields[i], i == 0);
    }
}

void field_encode_key(struct buffer *out, const struct field *field)
{
    uint32_t integer = htobe32((uint32_t)field->number);
    uint64_t bigint = htobe64((uint64_t)field->number), real;
    memcpy(&real, &field->real, sizeof real);
    real = htobe64(real);
    switch (field->kind) {
    case FIELD_INTEGER: buffer_append(out, &integer, sizeof integer); return;
    case FIELD_BIGINT: buffer_append(out, &bigint, sizeof bigint); return;
    case FIELD_DOUBLE: buffer_append(out, &real, sizeof real); return;
    case FIELD_TEXT:
    case FIELD_GROUP: field_print(out, field); return;
    }
}
