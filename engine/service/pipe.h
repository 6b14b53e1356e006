/* pipe.h - queries run by hand, a batch at a time, on a broker in memory: for tests that must see every step.
 *
 *     struct engine *engine ...                            // broker_open_memory(), not serving: nothing runs by itself
 *     session_execute_script(session, "CREATE STREAM ...; CREATE STREAM out AS SELECT ...;", ...);
 *     struct pipe *pipe = pipe_open(engine, query_id, &error);
 *     pipe_feed(pipe, topic, records, headers, n, &error); // through filter, repartition topics, to the sink topic
 *     pipe_close(pipe);
 *
 * Every sub-topology runs as one task, on partition 0, however many partitions the topics have. What a query writes is
 * read from the broker with a reader. Nothing is committed.
 */
#pragma once
#include "engine/catalog/catalog.h"
#include "engine/service/engine.h"
#include "engine/topic/topic.h"

struct pipe;

/* The id of the i-th persistent query in the order of creation; false beyond the last. */
bool pipe_query_at(struct engine *engine, uint32_t i, struct arena *arena, struct text *id);

MUST_CHECK bool pipe_open(struct engine *engine, struct text query_id, struct pipe **pipe, struct error *error);

/* The same for a push query; its header, rows and end go to the client (which must outlive the pipe). */
MUST_CHECK bool pipe_open_push(struct session *session, const struct tree_statement *statement,
                               const struct client *client, struct pipe **pipe, struct error *error);

/* Whether the query reads this topic as a source (repartition topics do not count). */
bool pipe_reads(const struct pipe *pipe, struct text topic);

/* Records of a source topic, 1 to BATCH_MAX_ROWS, as one batch, followed through to their end. False if the query failed
 * on one (see ksql.fail.on...), or a push query's limit is reached (error->code is ERROR_NONE then). Their offsets are what
 * ROWOFFSET shows. */
MUST_CHECK bool pipe_feed(struct pipe *pipe, struct text topic, const struct record *records,
                          const struct headers *headers, uint32_t n, struct error *error);

/* A push query that is not at its limit ends with "Query Completed". NULL is allowed. */
void pipe_close(struct pipe *pipe);

/* What there is, for looking at while nothing else uses the engine. */
const struct catalog *engine_catalog(const struct engine *engine);
struct broker *engine_broker(const struct engine *engine);
