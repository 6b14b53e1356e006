/* options.c - the words behind `weir datagen` against the table of its options. */
#include "cli/datagen/datagen.h"
#include "cli/datagen/sample.h"
#include "engine/base/buffer.h"
#include "engine/base/clock.h"
#include "engine/time/datetime.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const struct sample *const samples[] = {&sample_ppe, &sample_orders, &sample_users, &sample_pageviews};
enum { N_SAMPLES = sizeof samples / sizeof *samples, DEFAULT_RATE = 10 };

enum word {
#define DATAGEN_OPTION(id, name, value, help) WORD_##id,
#include "cli/datagen/options.def"
#undef DATAGEN_OPTION
    N_WORDS,
};

static const struct {
    const char *name, *value, *help;
} table[] = {
#define DATAGEN_OPTION(id, name, value, help) [WORD_##id] = {name, value, help},
#include "cli/datagen/options.def"
#undef DATAGEN_OPTION
};

/* The index of an option's name, or N_WORDS. */
static enum word find(struct text name)
{
    unsigned i = 0;
    while (i < N_WORDS && !text_equal(name, text_of(table[i].name))) i++;
    return (enum word)i;
}

bool datagen_knows(struct text name)
{
    return find(name) != N_WORDS;
}

bool datagen_wants_value(struct text name)
{
    enum word id = find(name);
    return id != N_WORDS && table[id].value;
}

void datagen_print_help(struct buffer *out)
{
    buffer_append_string(out, "Samples:\n");
    for (unsigned i = 0; i < N_SAMPLES; i++)
        buffer_printf(out, "  %-28s  %s; key %s\n", samples[i]->name, samples[i]->help, samples[i]->key);
    buffer_append_string(out, "\nWhat it may be told:\n");
    for (unsigned i = 0; i < N_WORDS; i++) {
        bool bare = !table[i].value;
        char name[40];
        snprintf(name, sizeof name, "%s%s%s%s", bare ? "--" : "", table[i].name, bare ? "" : "=",
                 bare ? "" : table[i].value);
        buffer_printf(out, "  %-28s  %s\n", name, table[i].help);
    }
    buffer_append_char(out, '\n');
}

/* ---- values */

static bool refuse(enum word id, struct text value, struct error *error)
{
    error_set(error, ERROR_INPUT, NO_SPAN, "datagen: '" TEXT_FMT "' is no %s", TEXT_ARG(value), table[id].name);
    return error_hint(error, "%s=%s: %s", table[id].name, table[id].value, table[id].help);
}

/* A whole number; it reads to the end of the word, which argv ends with NUL. */
static bool whole(enum word id, struct text value, int64_t low, int64_t high, int64_t *out, struct error *error)
{
    char *end;
    errno = 0;
    long long n = strtoll(value.data, &end, 10);
    if (!value.len || *end || errno || n < low || n > high) return refuse(id, value, error);
    *out = n;
    return true;
}

/* 10, 0.5, 10/s. */
static bool set_rate(struct datagen_options *options, struct text value, struct error *error)
{
    char *end;
    options->rate = strtod(value.data, &end);
    bool sound = end > value.data && (!*end || !strcmp(end, "/s")) && options->rate > 0 && options->rate <= 1e9;
    return sound || refuse(WORD_RATE, value, error);
}

static bool set_format(struct datagen_options *options, struct text value, struct error *error)
{
    if (text_equal_nocase(value, TEXT("json"))) options->format = DATAGEN_JSON;
    else if (text_equal_nocase(value, TEXT("delimited"))) options->format = DATAGEN_DELIMITED;
    else return refuse(WORD_FORMAT, value, error);
    return true;
}

static bool keep(struct datagen_options *options, enum word id, struct text value, struct error *error)
{
    int64_t n = 0;
    bool ok = true;
    switch (id) {
    case WORD_TOPIC: options->topic = value; break;
    case WORD_FORMAT: return set_format(options, value, error);
    case WORD_RATE: return set_rate(options, value, error);
    case WORD_COUNT: return whole(id, value, 0, INT64_MAX, &options->count, error);
    case WORD_KEY: options->key = value; break;
    case WORD_PARTITIONS: ok = whole(id, value, 1, 10000, &n, error), options->partitions = (int32_t)n; break;
    case WORD_THINGS: ok = whole(id, value, 1, 1000000, &n, error), options->n_things = (uint32_t)n; break;
    case WORD_START: return timestamp_parse(value, &options->start_ms) || refuse(id, value, error);
    case WORD_SEED: ok = whole(id, value, 0, INT64_MAX, &n, error), options->seed = (uint64_t)n; break;
    case WORD_PRINT: options->print = true; break;
    case N_WORDS: break;
    }
    return ok;
}

/* ---- words */

static bool unknown(struct text name, struct error *error)
{
    struct text names[N_WORDS + N_SAMPLES];
    unsigned n = 0;
    while (n < N_WORDS) names[n] = text_of(table[n].name), n++;
    for (unsigned i = 0; i < N_SAMPLES; i++) names[n++] = text_of(samples[i]->name);
    struct text nearest = text_nearest(name, names, n);
    error_set(error, ERROR_INPUT, NO_SPAN, "datagen does not know '" TEXT_FMT "'", TEXT_ARG(name));
    if (nearest.data) return error_hint(error, "did you mean " TEXT_FMT "?", TEXT_ARG(nearest));
    return error_hint(error, "weir datagen --help lists what it knows");
}

static const struct sample *find_sample(struct text name)
{
    for (unsigned i = 0; i < N_SAMPLES; i++)
        if (text_equal(name, text_of(samples[i]->name))) return samples[i];
    return NULL;
}

static bool parse_word(struct datagen_options *options, const char *word, struct error *error)
{
    const char *equals = strchr(word, '=');
    struct text name = {word, equals ? (size_t)(equals - word) : strlen(word)};
    const struct sample *sample = equals ? NULL : find_sample(name);
    if (sample) options->sample = sample;
    if (sample) return true;
    enum word id = find(name);
    if (id == N_WORDS) return unknown(name, error);
    if (table[id].value && !equals) {
        error_set(error, ERROR_INPUT, NO_SPAN, "datagen: %s wants a value", table[id].name);
        return error_hint(error, "%s=%s: %s", table[id].name, table[id].value, table[id].help);
    }
    return keep(options, id, text_of(equals ? equals + 1 : ""), error);
}

/* The key must be one of the fields: the first event tells. */
static bool check_key(struct arena *arena, const struct datagen_options *options, struct error *error)
{
    if (!options->key.data) return true;
    struct random random = {options->seed};
    struct event event = {.arena = arena, .time_ms = options->start_ms};
    options->sample->next(options->sample->open(arena, &random, options->n_things), &random, &event);
    if (event_find(&event, options->key)) return true;
    struct text names[32];
    for (uint32_t i = 0; i < event.n && i < 32; i++) names[i] = text_of(event.items[i].name);
    struct text nearest = text_nearest(options->key, names, event.n < 32 ? event.n : 32);
    error_set(error, ERROR_INPUT, NO_SPAN, "datagen: %s has no field '" TEXT_FMT "'", options->sample->name,
              TEXT_ARG(options->key));
    return error_hint(error, "did you mean " TEXT_FMT "?",
                      TEXT_ARG(nearest.data ? nearest : text_of(options->sample->key)));
}

bool datagen_parse(struct arena *arena, const char *const *words, uint32_t n, struct datagen_options *options,
                   struct error *error)
{
    *options = (struct datagen_options){.sample = &sample_ppe,
                                        .count = -1,
                                        .partitions = 1,
                                        .n_things = 10,
                                        .rate = -1,
                                        .key = TEXT(""),
                                        .start_ms = clock_wall_ms(),
                                        .seed = (uint64_t)clock_monotonic_ns()};
    for (uint32_t i = 0; i < n; i++)
        if (!parse_word(options, words[i], error)) return false;
    if (!options->topic.data) options->topic = text_of(options->sample->name);
    if (options->rate < 0) options->rate = options->count < 0 ? DEFAULT_RATE : 0;
    if (!options->key.len) options->key = text_of(options->sample->key);
    if (text_equal(options->key, TEXT("none"))) options->key = NO_TEXT;
    return check_key(arena, options, error);
}
