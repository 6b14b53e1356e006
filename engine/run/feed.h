/* feed.h - what a worker reads: each partition at one position once, for all tasks that stand there.
 *
 *     partition orders/0   ........................................................
 *     feed 1 (main reader)                          ^ 5,000,120   tasks A, B, C
 *     feed 2 (catch-up reader)        ^ 3,100,000                 task D, which began at the beginning
 *
 * A fetch is decoded once for all tasks of the feed that read it through the same definition, and handed to each in
 * turn. A task whose position no feed has gets a feed of its own, on another reader, since a reader has one position in
 * a partition. When feed 2 comes to where feed 1 stands, its last fetch is cut there, and its tasks join feed 1. A feed
 * that is less than MERGE_DISTANCE records ahead of another waits for it, so that queries that are started one after
 * the other read together.
 *
 * A task that can take no more (task_input_is_full) leaves its feed for one of its own, which is paused until it can.
 *
 * All functions but feeds_wake are called in the worker's thread.
 */
#pragma once
#include "engine/run/task.h"

struct feeds;

MUST_CHECK bool feeds_open(struct broker *broker, struct feeds **feeds, struct error *error);
/* All inputs must be detached. */
void feeds_close(struct feeds *feeds);

/* Reads for the input from its position on; OFFSET_BEGINNING is resolved. */
MUST_CHECK bool feeds_attach(struct feeds *feeds, struct task_input *input, struct error *error);
void feeds_detach(struct feeds *feeds, struct task_input *input);

/* Waits at most timeout_ms, and runs what was fetched through the tasks. True if there was something. Tasks whose error
 * is set afterwards are to be detached by the caller. */
bool feeds_poll(struct feeds *feeds, int timeout_ms);

/* Lets inputs go on that were full. */
void feeds_release_held(struct feeds *feeds);

/* True once the brokers are known to be away; false after the next record or end of a partition. `why` is valid until
 * the next poll. */
bool feeds_in_trouble(const struct feeds *feeds, const struct error **why);

void feeds_wake(struct feeds *feeds);
