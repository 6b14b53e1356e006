/* intake.h - records to batches: what a fetch of a topic is, seen through the definition of a stream or a table.
 *
 *     record   key bytes, value bytes, time, offset, headers
 *     batch    the definition's columns (those that are needed), pseudo columns, event times
 *
 * Tasks that read the same partition through the same definition share an intake, which decodes the columns that any of
 * them needs, once. Where a row is refused, each of them looks for itself (feed.c): a column that only another query
 * reads must not take a row from this one. Rows that do not decode, or whose event time cannot be read, are left out of
 * the selection and listed.
 */
#pragma once
#include "engine/op/op.h"

struct intake;

/* A row that is left out, and why. */
struct bad_row {
    uint32_t row;
    enum log_type type;
    bool is_time; /* its event time is the trouble: ksql.timestamp.throw.on.invalid decides */
    const char *why;
};

struct intake_batch {
    struct batch batch; /* to be copied by who shortens the selection */
    const struct bad_row *bad;
    uint32_t n_bad;
};

/* For the inputs of plans that have this definition and schema. */
struct intake *intake_new(const struct plan_input *input);
void intake_free(struct intake *intake);

/* Whether the input can share the intake. */
bool intake_fits(const struct intake *intake, const struct plan_input *input);

/* Whether it decodes just what the input needs, and nothing for others. */
bool intake_is_exact(const struct intake *intake, const struct plan_input *input);

/* From now on decodes these columns too. */
void intake_need(struct intake *intake, const bool *needed);

/* Decodes into the arena. The fetch must live as long as the arena's content. */
struct intake_batch *intake_decode(struct intake *intake, const struct fetch *fetch, struct arena *arena);
