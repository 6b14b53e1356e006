/* datagen.h - sample events for trying things out: written to a topic, or printed.
 *
 *     weir datagen ppe topic=video_analysis rate=5/s
 *     weir datagen orders count=1000 seed=7 --print
 *
 *     datagen_parse(arena, words, n, &options, &error);
 *     datagen_write(&options, broker, stop, &error);
 *
 * Knows topics only, no SQL: the events of a topic are the same whoever reads them. Numbers of a KAFKA key are
 * big-endian bytes, as KEY_FORMAT='KAFKA' has them; the value holds all fields, the key's too.
 */
#pragma once
#include "engine/base/error.h"
#include "engine/base/list.h"

struct broker;
struct sample;

enum datagen_format { DATAGEN_JSON, DATAGEN_DELIMITED };

struct datagen_options {
    const struct sample *sample;
    struct text topic;
    enum datagen_format format;
    double rate;       /* events a second; 0: as fast as can be */
    int64_t count;     /* -1: without end */
    struct text key;   /* the field's name; NO_TEXT: keys are null */
    int32_t partitions;
    uint32_t n_things;
    int64_t start_ms;  /* of the first event, since 1970 */
    uint64_t seed;
    bool print;
};

/* Options are rows of options.def, for the command line to tell its own from these. */
bool datagen_knows(struct text name);
bool datagen_wants_value(struct text name);

/* What the samples and options are, for --help. */
void datagen_print_help(struct buffer *out);

/* "ppe", "rate=5/s", "print". The sample comes first and may be left out: ppe. */
MUST_CHECK bool datagen_parse(struct arena *arena, const char *const *words, uint32_t n,
                              struct datagen_options *options, struct error *error);

/* Writes events until there are `count`, or stop() says so; *n_written is kept up to date. Creates the topic if it is
 * not there. */
MUST_CHECK bool datagen_write(const struct datagen_options *options, struct broker *broker, bool (*stop)(void),
                              uint64_t *n_written, struct error *error);

/* The same events as lines, key, tab, value, given to `print`; false from it ends them. */
void datagen_print(const struct datagen_options *options, bool (*stop)(void), bool (*print)(struct text lines));
