/* bench.h - the workbench that a case is run on: an engine over topics in memory, and what was seen on the way.
 *
 *     bench_open(bench, properties)  →  bench_execute each statement  →  bench_feed the queries  →  answer_print  →
 * bench_close
 */
#pragma once
#include "engine/service/pipe.h"
#include "tests/conformance/case.h"

struct source_list {
    LIST_OF(struct source *);
};

struct record_seen {
    struct record record;
    struct headers headers;
};
struct record_list {
    LIST_OF(struct record_seen);
};

struct bench {
    struct arena *arena;
    struct settings *settings;
    struct broker *broker;
    struct engine *engine;
    struct session *session;
    bool batched;               /* inputs of a topic that follow each other go in together, not one by one */
    struct source_list sources; /* all that there ever were, in the order of their creation, retained */
};

/* `data` is a folder for the engine. What the case sets and the engine does not know is passed over. The bench must be
 * closed also where this fails. */
MUST_CHECK bool bench_open(struct bench *bench, struct text data, const struct conformance_case *given,
                           struct error *error);
void bench_close(struct bench *bench);

/* Creates the topics that the text's statements name and that are not there, then executes it. */
MUST_CHECK bool bench_execute(struct bench *bench, struct text sql, struct error *error);

/* The source over a topic that was created first, or NULL. */
const struct source *bench_source(const struct bench *bench, struct text topic);

/* All records of a topic in the order in which they were written; they live in the bench's arena. */
MUST_CHECK bool bench_read(struct bench *bench, struct text topic, struct record_list *records, struct error *error);

/* Feeds what the query reads: the case's inputs for its topics, and where the case has none for a topic, what stands
 * there. */
MUST_CHECK bool bench_feed(struct bench *bench, struct pipe *pipe, const struct input_list *inputs,
                           struct error *error);
