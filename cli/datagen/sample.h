/* sample.h - a kind of sample events, and one event.
 *
 * A sample is a record like an operator's: `open` makes its state, `next` fills the next event, which has happened at
 * event->time_ms. Events are functions of the seed and the times alone. Each sample exports one const record; samples[]
 * in options.c lists them.
 */
#pragma once
#include "cli/datagen/random.h"
#include "engine/base/list.h"
#include "engine/base/text.h"

struct buffer;

enum field_kind { FIELD_TEXT, FIELD_INTEGER, FIELD_BIGINT, FIELD_DOUBLE, FIELD_GROUP };

/* A field of an event. Only its kind's member is set. */
struct field {
    const char *name;
    enum field_kind kind;
    struct text text;
    int64_t number;             /* INTEGER, BIGINT */
    double real;                /* DOUBLE, with two digits behind the point */
    const struct field *fields; /* GROUP: a struct */
    uint32_t n;
};

struct event {
    struct arena *arena; /* of this event, for its texts */
    int64_t time_ms;
    LIST_OF(struct field);
};

struct sample {
    const char *name;
    const char *help;
    const char *key; /* the field that is the key unless told otherwise */
    void *(*open)(struct arena *arena, struct random *random, uint32_t n_things);
    void (*next)(void *state, struct random *random, struct event *event);
};

extern const struct sample sample_ppe, sample_orders, sample_users, sample_pageviews;

/* Appends a field. Texts are borrowed; event_printf makes one. */
void event_text(struct event *event, const char *name, struct text text);
void event_printf(struct event *event, const char *name, const char *format, ...) PRINTF_LIKE(3, 4);
void event_integer(struct event *event, const char *name, int64_t number);
void event_bigint(struct event *event, const char *name, int64_t number);
void event_double(struct event *event, const char *name, double real);
void event_time(struct event *event, const char *name, int64_t ms); /* as text: 2024-05-01T07:00:00.000 */
void event_group(struct event *event, const char *name, const struct field *fields, uint32_t n);

const struct field *event_find(const struct event *event, struct text name);

/* The fields as a JSON object, and as a line of comma-separated values with groups laid flat. */
void event_print_json(struct buffer *out, const struct field *fields, uint32_t n);
void event_print_delimited(struct buffer *out, const struct field *fields, uint32_t n);
/* One field as the bytes of a key (KAFKA format), and as text. */
void field_encode_key(struct buffer *out, const struct field *field);
void field_print(struct buffer *out, const struct field *field);
