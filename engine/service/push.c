/* push.c - a push query: tasks without slots over all partitions of its source, whose rows go to the one who asked.
 *
 * It shares feeds with whatever else reads the topic at its position. It commits nothing, and ends at its LIMIT, when
 * the client has enough, or when the engine closes.
 */
#include "engine/service/push.h"
#include "engine/service/call.h"
#include <stdlib.h>

enum { TAKE_MS = 50 };

static void deliver(void *context, const struct batch *batch);

static bool analyze(struct session *session, struct arena *arena, const struct tree_query *query,
                    struct analysis **analysis, struct error *error)
{
    struct engine *engine = session->engine;
    pthread_mutex_lock(&engine->lock);
    struct analyzer analyzer = {arena, &engine->catalog, session->settings};
    bool ok = analyze_query(&analyzer, query, QUERY_PUSH, analysis, error);
    pthread_mutex_unlock(&engine->lock);
    return ok;
}

/* The statement lives as long as the call; the plan's expressions borrow from its tree, so it is parsed again into the
 * plan's arena. */
static bool parse_again(struct arena *arena, const struct tree_statement *statement, struct tree_statement **copy,
                        struct error *error)
{
    return parse_statement(arena, text_copy(arena, statement->sql), copy, error);
}

/* Places in the copy are those behind the start of the statement. */
static void shift_span(struct span *span, uint32_t start)
{
    if (!span->end) return;
    span->start += start;
    span->end += start;
}

bool push_prepare(struct session *session, const struct tree_statement *statement, struct push *push,
                  struct error *error)
{
    struct engine *engine = session->engine;
    struct arena *arena = arena_new();
    struct tree_statement *copy;
    struct analysis *analysis;
    if (!parse_again(arena, statement, &copy, error) || !analyze(session, arena, copy->query, &analysis, error)) {
        shift_span(&error->span, statement->span.start);
        arena_free(arena);
        return false;
    }
    unsigned long long n = atomic_fetch_add(&engine->n_transient, 1) + 1;
    struct text id = text_printf(arena, "transient_" TEXT_FMT "_%llu", TEXT_ARG(analysis->from->name), n);
    struct plan *plan = plan_build(arena, analysis, id, session->settings);
    struct query *query = query_new(QUERY_TRANSIENT, plan, settings_copy(session->settings), NULL);
    query->sql = copy->sql;
    query->log = engine->log;
    query->deliver = deliver;
    *push = (struct push){.query = query, .rows = rows_new(&plan->result)};
    query->deliver_context = push;
    return true;
}

void push_fini(struct push *push)
{
    rows_free(push->rows);
    query_free(push->query);
}

/* ---- the worker's side */

static void deliver(void *context, const struct batch *batch)
{
    struct push *push = context;
    if (rows_put(push->rows, batch)) return;
    atomic_store(&push->query->is_full, true);
}

/* ---- the client's side */

bool push_is_at_limit(const struct push *push)
{
    return push->query->plan->has_limit && push->n_given >= (uint64_t)push->query->plan->limit;
}

bool push_give(struct push *push, const struct client *client, const struct row_chunk *chunk)
{
    const struct plan *plan = push->query->plan;
    uint64_t left = plan->has_limit ? (uint64_t)plan->limit - push->n_given : UINT64_MAX;
    struct result_rows rows = {
        .schema = &plan->result,
        .n_rows = chunk->n_rows < left ? chunk->n_rows : (uint32_t)left,
        .values = chunk->values,
        .tombstones = chunk->tombstones,
    };
    push->n_given += rows.n_rows;
    if (rows.n_rows && client->rows) client->rows(client->context, &rows);
    return !push_is_at_limit(push);
}

static int64_t start_of(const struct session *session)
{
    bool latest = text_equal_nocase(settings_text(session->settings, OPTION_AUTO_OFFSET_RESET), TEXT("latest"));
    return latest ? OFFSET_END : OFFSET_BEGINNING;
}

/* Ends are asked for before anything runs, so that what comes after the statement began is seen. */
static bool start_tasks(struct call *call, struct push *push, struct error *error)
{
    const struct plan_input *input = &push->query->plan->subtopologies[0].inputs[0];
    struct topic_info info;
    if (!broker_describe_topic(call->engine->broker, call->arena, input->topic, &info, error)) return false;
    if (!info.n_partitions)
        return error_set(error, ERROR_STATEMENT, call->statement->span, "the topic " TEXT_FMT " does not exist",
                         TEXT_ARG(input->topic));
    for (int32_t i = 0; i < info.n_partitions; i++) {
        struct worker *worker;
        if (!engine_worker(call->engine, (uint32_t)i, &worker, error)) return false;
        struct task *task = query_task(push->query, 0, i);
        task->inputs[0].position = start_of(call->session);
        worker_add(worker, push->query, &task, 1);
    }
    return true;
}

static void stop_tasks(struct call *call, struct push *push)
{
    for (uint32_t i = 0; i < call->engine->n_workers; i++) {
        struct worker *worker = engine_worker_if_started(call->engine, i);
        if (worker) worker_remove(worker, (struct task_filter){.query = push->query}, false);
    }
}

static void resume(struct call *call, struct push *push)
{
    atomic_store(&push->query->is_full, false);
    for (uint32_t i = 0; i < call->engine->n_workers; i++) {
        struct worker *worker = engine_worker_if_started(call->engine, i);
        if (worker) worker_wake(worker);
    }
}

/* Trouble that will not pass by itself ends the query, with the reason. */
static bool has_failed(struct query *query, struct error *error)
{
    bool failed = false;
    pthread_mutex_lock(&query->lock);
    for (uint32_t i = 0; i < query->n_notes && !failed; i++) {
        failed = query->notes[i].error != NULL;
        if (failed) error_set(error, ERROR_WORLD, NO_SPAN, "%s", query->notes[i].error);
    }
    pthread_mutex_unlock(&query->lock);
    return failed;
}

static bool serve(struct call *call, struct push *push, struct error *error)
{
    bool more = !push_is_at_limit(push);
    while (more && !call_cancelled(call)) {
        bool room;
        struct row_chunk *chunk = rows_take(push->rows, TAKE_MS, &room);
        if (chunk) more = push_give(push, call->client, chunk);
        if (chunk)
            arena_free(chunk->arena);
        else if (has_failed(push->query, error))
            return false;
        if (room) resume(call, push);
    }
    call_finished(call, more ? "Query terminated" : "Limit Reached");
    return true;
}

static bool check_emit(const struct call *call, struct error *error)
{
    if (call->statement->query->emit != EMIT_NONE) return true;
    error_set(error, ERROR_NOT_SUPPORTED, call->statement->span,
              "a SELECT that ends (a pull query) is not supported yet");
    return error_hint(
        error, "add EMIT CHANGES; SET 'auto.offset.reset' = 'earliest' shows what is there already, LIMIT ends it");
}

bool call_select(struct call *call, struct error *error)
{
    struct engine *engine = call->engine;
    struct push push;
    if (!check_emit(call, error) || !push_prepare(call->session, call->statement, &push, error)) return false;
    int64_t most = settings_int(engine->settings, OPTION_MAX_PUSH_QUERIES);
    bool ok = atomic_fetch_add(&engine->n_push, 1) < most ||
              error_set(error, ERROR_LIMIT, call->statement->span,
                        "%lld push queries are open, and no more are allowed (ksql.max.push.queries)", (long long)most);
    ok = ok && start_tasks(call, &push, error);
    if (ok && call->client->header)
        call->client->header(call->client->context, push.query->id, &push.query->plan->result);
    ok = ok && serve(call, &push, error);
    stop_tasks(call, &push);
    atomic_fetch_sub(&engine->n_push, 1);
    push_fini(&push);
    return ok;
}
