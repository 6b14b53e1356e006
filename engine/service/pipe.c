/* pipe.c - see pipe.h: one task for each sub-topology, fed by hand; what goes to a repartition topic is read
 * back from the broker and fed to the sub-topology behind it, until nothing comes any more.
 */
#include "engine/service/pipe.h"
#include "engine/service/push.h"
#include "engine/run/task.h"
#include <stdlib.h>

struct pipe {
    struct engine *engine;
    struct query *query;
    struct task **tasks;     /* one for each sub-topology */
    struct intake **intakes; /* of their first inputs */
    uint32_t n_tasks;
    struct reader *reader; /* repartition topics; NULL if there are none */
    struct writer *writer;
    struct arena *scratch;
    struct push push;            /* push queries */
    const struct client *client; /* NULL for persistent ones */
    bool at_limit;
};

/* ---- a fetch of records that are borrowed from the caller */

struct given_fetch {
    struct fetch fetch;
    const struct headers *headers;
    struct record records[];
};

static struct headers given_headers(const struct fetch *fetch, uint32_t i, struct arena *arena)
{
    (void)arena;
    return ((const struct given_fetch *)fetch)->headers[i];
}

static void given_release(struct fetch *fetch)
{
    free(fetch);
}

static const struct fetch_class given_class = {given_headers, given_release};

static struct fetch *given_fetch(struct text topic, const struct record *records, const struct headers *headers,
                                 uint32_t n)
{
    struct given_fetch *given = heap_alloc(sizeof *given + n * sizeof *records);
    memcpy(given->records, records, n * sizeof *records);
    given->headers = headers;
    given->fetch = (struct fetch){.class = &given_class,
                                  .topic = topic,
                                  .n = n,
                                  .records = given->records,
                                  .next_offset = records[n - 1].offset + 1};
    return &given->fetch;
}

/* ---- opening */

bool pipe_query_at(struct engine *engine, uint32_t i, struct arena *arena, struct text *id)
{
    struct text key;
    if (!map_at(&engine->queries, i, &key, NULL)) return false;
    *id = text_copy(arena, key);
    return true;
}

static bool make_internal_topics(struct pipe *pipe, struct error *error)
{
    const struct plan *plan = pipe->query->plan;
    if (!plan->n_internal_topics) return true;
    if (!reader_open(pipe->engine->broker, &pipe->reader, error)) return false;
    for (uint32_t i = 0; i < plan->n_internal_topics; i++) {
        struct topic_spec spec = {.name = plan->internal_topics[i].name, .n_partitions = 1, .replicas = 1};
        if (!broker_create_topics(pipe->engine->broker, &spec, 1, true, error)) return false;
        if (!reader_assign(pipe->reader, spec.name, 0, OFFSET_BEGINNING, error)) return false;
    }
    return true;
}

static void send_failed(void *context, void *owner, const struct error *error)
{
    (void)context;
    if (owner) task_fail(owner, error);
}

static bool open_tasks(struct pipe *pipe, struct error *error)
{
    const struct plan *plan = pipe->query->plan;
    struct writer_options options = {.failed = send_failed};
    if (!make_internal_topics(pipe, error) || !writer_open(pipe->engine->broker, options, &pipe->writer, error))
        return false;
    pipe->scratch = arena_new();
    pipe->tasks = heap_zalloc(plan->n_subtopologies * sizeof *pipe->tasks);
    pipe->intakes = heap_zalloc(plan->n_subtopologies * sizeof *pipe->intakes);
    for (uint32_t i = 0; i < plan->n_subtopologies; i++) {
        pipe->tasks[i] = query_task(pipe->query, i, 0);
        pipe->intakes[i] = intake_new(&plan->subtopologies[i].inputs[0]);
        pipe->n_tasks++;
        if (!task_open(pipe->tasks[i], (struct task_place){pipe->writer, pipe->scratch}, error)) return false;
    }
    return true;
}

bool pipe_open(struct engine *engine, struct text query_id, struct pipe **result, struct error *error)
{
    struct placed_query *placed = map_get(&engine->queries, query_id);
    if (!placed) return error_set(error, ERROR_STATEMENT, NO_SPAN, "there is no query " TEXT_FMT, TEXT_ARG(query_id));
    struct pipe *pipe = HEAP_MAKE(struct pipe);
    pipe->engine = engine;
    pipe->query = placed->query;
    if (open_tasks(pipe, error)) {
        *result = pipe;
        return true;
    }
    pipe_close(pipe);
    return false;
}

bool pipe_open_push(struct session *session, const struct tree_statement *statement, const struct client *client,
                    struct pipe **result, struct error *error)
{
    struct pipe *pipe = HEAP_MAKE(struct pipe);
    pipe->engine = session->engine;
    pipe->client = client;
    if (!push_prepare(session, statement, &pipe->push, error)) {
        free(pipe);
        return false;
    }
    pipe->query = pipe->push.query;
    if (!open_tasks(pipe, error)) {
        pipe_close(pipe);
        return false;
    }
    if (client->header) client->header(client->context, pipe->query->id, &pipe->query->plan->result);
    pipe->at_limit = push_is_at_limit(&pipe->push);
    if (pipe->at_limit && client->finished) client->finished(client->context, "Limit Reached");
    *result = pipe;
    return true;
}

bool pipe_reads(const struct pipe *pipe, struct text topic)
{
    const struct plan *plan = pipe->query->plan;
    for (uint32_t i = 0; i < plan->n_subtopologies; i++) {
        const struct plan_input *input = &plan->subtopologies[i].inputs[0];
        if (!input->internal && text_equal(input->topic, topic)) return true;
    }
    return false;
}

/* ---- feeding */

static void release_fetch(void *fetch)
{
    fetch_release(fetch);
}

static void offer(struct pipe *pipe, uint32_t subtopology, struct fetch *fetch)
{
    struct shared_batch *shared = HEAP_MAKE(struct shared_batch);
    shared->arena = arena_new();
    shared->references = 1;
    shared->next_offset = fetch->next_offset;
    arena_defer(shared->arena, release_fetch, fetch);
    shared->decoded = intake_decode(pipe->intakes[subtopology], fetch, shared->arena);
    task_offer(&pipe->tasks[subtopology]->inputs[0], shared);
    shared_batch_release(shared);
}

static bool check_tasks(const struct pipe *pipe, struct error *error)
{
    for (uint32_t i = 0; i < pipe->n_tasks; i++) {
        if (pipe->tasks[i]->error.code == ERROR_NONE) continue;
        *error = pipe->tasks[i]->error;
        return false;
    }
    return true;
}

static int32_t subtopology_of(const struct pipe *pipe, struct text topic)
{
    for (uint32_t i = 0; i < pipe->n_tasks; i++)
        if (text_equal(pipe->tasks[i]->inputs[0].plan->topic, topic)) return (int32_t)i;
    return -1;
}

/* What went into repartition topics goes on, until nothing more comes. */
static bool drain(struct pipe *pipe, struct error *error)
{
    struct fetch *fetch;
    struct trouble trouble;
    if (!writer_flush(pipe->writer, 10000, error)) return false;
    while (pipe->reader && reader_poll(pipe->reader, 0, &fetch, &trouble)) {
        int32_t sub = subtopology_of(pipe, fetch->topic);
        if (sub >= 0)
            offer(pipe, (uint32_t)sub, fetch);
        else
            fetch_release(fetch);
        if (!writer_flush(pipe->writer, 10000, error)) return false;
    }
    return true;
}

static void give_rows(struct pipe *pipe)
{
    struct row_chunk *chunk;
    bool resume;
    while (!pipe->at_limit && (chunk = rows_take(pipe->push.rows, 0, &resume))) {
        pipe->at_limit = !push_give(&pipe->push, pipe->client, chunk);
        arena_free(chunk->arena);
        if (pipe->at_limit && pipe->client->finished) pipe->client->finished(pipe->client->context, "Limit Reached");
    }
}

bool pipe_feed(struct pipe *pipe, struct text topic, const struct record *records, const struct headers *headers,
               uint32_t n, struct error *error)
{
    int32_t sub = subtopology_of(pipe, topic);
    error->code = ERROR_NONE;
    if (pipe->at_limit) return false;
    if (sub < 0)
        return error_set(error, ERROR_STATEMENT, NO_SPAN, "the query does not read " TEXT_FMT, TEXT_ARG(topic));
    offer(pipe, (uint32_t)sub, given_fetch(topic, records, headers, n));
    bool ok = drain(pipe, error) && check_tasks(pipe, error);
    if (ok && pipe->client) give_rows(pipe);
    return ok && !pipe->at_limit;
}

void pipe_close(struct pipe *pipe)
{
    if (!pipe) return;
    if (pipe->client && !pipe->at_limit && pipe->client->finished)
        pipe->client->finished(pipe->client->context, "Query Completed");
    for (uint32_t i = 0; i < pipe->n_tasks; i++) {
        task_free(pipe->tasks[i]);
        intake_free(pipe->intakes[i]);
    }
    free(pipe->tasks);
    free(pipe->intakes);
    reader_close(pipe->reader);
    writer_close(pipe->writer);
    arena_free(pipe->scratch);
    if (pipe->client) push_fini(&pipe->push);
    free(pipe);
}
