/* processing_log.h - what went wrong with data: counted, kept for people, and written to a topic where the settings say
 * so.
 *
 * An entry is a JSON object as the peer's processing log has it:
 *
 *     {"level": "ERROR", "logger": "processing.CSAS_A_1.0_3", "time": 1700000000000,
 *      "message": {"type": 0, "deserializationError": {"target": "value", "errorMessage": "...", "topic": "...", ...}}}
 *
 * The data of the record is shown only under ksql.logging.processing.rows.include. One log for an engine; safe from any
 * thread.
 */
#pragma once
#include "engine/run/task.h"

struct processing_log;
struct query;

/* Nothing is opened until there is something to write. Settings and broker are borrowed. */
struct processing_log *processing_log_new(struct broker *broker, const struct settings *settings);
void processing_log_free(struct processing_log *log);

/* The topic's name by the settings, in the arena. */
struct text processing_log_topic(const struct settings *settings, struct arena *arena);

/* A row of a task that has failed. */
void processing_log_row(struct processing_log *log, const struct query *query, const struct task *task,
                        enum log_type type, const struct batch *batch, uint32_t row, const char *why);

/* What has come over a task as a whole, and what it did: it "stopped", or "goes on". */
void processing_log_task(struct processing_log *log, const struct query *query, const struct task *task,
                         const char *did, const struct error *error);

/* A line for people that is of no query: the brokers are away. */
void processing_log_say(struct processing_log *log, const char *line);

/* Lines for people since the last call; at most a few a second, and how many were left out. */
void processing_log_drain(struct processing_log *log, struct buffer *out);

/* Writes out what waits for the topic. */
void processing_log_flush(struct processing_log *log);
