/* driver.c - the conformance driver: a case a line in, its answer a line out. ../shared/conformance/README.md says what
 * they are.
 *
 *     {"id": ..., "statements": [...], "inputs": [...]}      →     {"outcome": "ok", "records": [...], ...}
 *
 * A case runs by hand, on an engine that serves no queries itself: statements first; push queries are opened; each
 * persistent query, in the order of creation, is fed its inputs one by one, or with `--batched` together (feed.c); then
 * the push queries are; then pull queries are executed. A crash is not caught: the runner must see it.
 */
#include "parser/parse.h"
#include "tests/conformance/answer.h"
#include "udf/udf.h"
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A statement that begins with SELECT. */
struct selection {
    int statement; /* its index in the case */
    struct tree_statement *tree;
    struct pipe *pipe; /* NULL: a pull query */
    struct client client;
    struct response response;
};

/* A persistent query and the statement that made it. */
struct creator {
    struct text query_id;
    int statement;
};

struct run {
    struct bench bench;
    struct conformance_case given;
    struct selection *selections;
    struct response *responses;
    uint32_t n_selections;
    struct {
        LIST_OF(struct creator);
    } creators;
    int at; /* the statement at work, to be named where something fails */
};

/* ---- statements */

static bool is_select(struct text sql)
{
    sql = text_trim(sql);
    return sql.len > 6 && text_equal_nocase((struct text){sql.data, 6}, TEXT("SELECT"));
}

/* -1 where no statement was noted. */
static int creator_of(const struct run *run, struct text query_id)
{
    for (uint32_t i = 0; i < run->creators.n; i++)
        if (text_equal(run->creators.items[i].query_id, query_id)) return run->creators.items[i].statement;
    return -1;
}

static void note_queries(struct run *run)
{
    struct creator creator = {.statement = run->at};
    for (uint32_t i = 0; pipe_query_at(run->bench.engine, i, run->bench.arena, &creator.query_id); i++)
        if (creator_of(run, creator.query_id) < 0) LIST_PUSH(run->bench.arena, &run->creators, creator);
}

static bool execute_statements(struct run *run, struct error *error)
{
    for (uint32_t i = 0; i < run->given.statements.n; i++) {
        run->at = (int)i;
        if (is_select(run->given.statements.items[i])) continue;
        if (!bench_execute(&run->bench, run->given.statements.items[i], error)) return false;
        note_queries(run);
    }
    return true;
}

static bool open_selection(struct run *run, struct selection *selection, struct error *error)
{
    struct text sql = run->given.statements.items[selection->statement];
    run->at = selection->statement;
    if (!parse_statement(run->bench.arena, sql, &selection->tree, error)) return false;
    selection->client = response_client(&selection->response);
    if (selection->tree->kind != STATEMENT_QUERY || selection->tree->query->emit == EMIT_NONE) return true;
    return pipe_open_push(run->bench.session, selection->tree, &selection->client, &selection->pipe, error);
}

static bool open_selections(struct run *run, struct error *error)
{
    run->selections = ARENA_ARRAY(run->bench.arena, struct selection, run->given.statements.n);
    for (uint32_t i = 0; i < run->given.statements.n; i++) {
        if (!is_select(run->given.statements.items[i])) continue;
        struct selection *selection = &run->selections[run->n_selections++];
        selection->statement = (int)i;
        if (!open_selection(run, selection, error)) return false;
    }
    return true;
}

/* ---- records */

static bool feed_persistent(struct run *run, struct error *error)
{
    struct text id;
    for (uint32_t i = 0; pipe_query_at(run->bench.engine, i, run->bench.arena, &id); i++) {
        struct pipe *pipe;
        run->at = creator_of(run, id);
        if (!pipe_open(run->bench.engine, id, &pipe, error)) return false;
        bool ok = bench_feed(&run->bench, pipe, &run->given.inputs, error);
        pipe_close(pipe);
        if (!ok) return false;
    }
    return true;
}

static bool finish_selection(struct run *run, struct selection *selection, struct error *error)
{
    run->at = selection->statement;
    if (!selection->pipe) return session_execute(run->bench.session, selection->tree, &selection->client, error);
    bool ok = bench_feed(&run->bench, selection->pipe, &run->given.inputs, error);
    pipe_close(selection->pipe);
    selection->pipe = NULL;
    return ok;
}

static bool finish_selections(struct run *run, struct error *error)
{
    for (uint32_t i = 0; i < run->n_selections; i++)
        if (!finish_selection(run, &run->selections[i], error)) return false;
    return true;
}

/* ---- cases */

static bool answer(struct run *run, struct buffer *out, struct error *error)
{
    struct response *responses = ARENA_ARRAY(run->bench.arena, struct response, run->n_selections);
    for (uint32_t i = 0; i < run->n_selections; i++) responses[i] = run->selections[i].response;
    return answer_print(out, &run->bench, responses, run->n_selections, error);
}

static void close_run(struct run *run)
{
    for (uint32_t i = 0; i < run->n_selections; i++) {
        pipe_close(run->selections[i].pipe);
        buffer_free(&run->selections[i].response.items);
    }
    bench_close(&run->bench);
}

static void run_case(struct arena *arena, struct text line, struct text data, bool batched, struct buffer *out)
{
    struct run run = {.at = -1};
    struct error error = {0};
    if (!case_read(arena, line, &run.given, &error)) {
        answer_print_rejection(out, -1, &error);
        return;
    }
    bool ok = bench_open(&run.bench, data, &run.given, &error);
    run.bench.batched = batched;
    ok = ok && execute_statements(&run, &error) && open_selections(&run, &error) && feed_persistent(&run, &error) &&
         finish_selections(&run, &error) && answer(&run, out, &error);
    if (!ok) buffer_clear(out);
    if (!ok) answer_print_rejection(out, run.at, &error);
    close_run(&run);
}

/* ---- the process */

/* The functions that cases call lie beside the program. */
static bool load_functions(struct error *error)
{
    char path[4096];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 64);
    if (len < 0) return error_set(error, ERROR_WORLD, NO_SPAN, "the driver does not find itself");
    path[len] = 0;
    strcpy(strrchr(path, '/') + 1, "conformance-functions.so");
    return udf_load(udf_registry(), text_of(path), error);
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
    (void)info, (void)type, (void)ftw;
    return remove(path);
}

static void run_cases(struct text data, bool batched)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;
    while ((len = getline(&line, &capacity, stdin)) > 0) {
        struct arena *arena = arena_new();
        struct buffer out = BUFFER(1 << 30);
        run_case(arena, (struct text){line, (size_t)len}, data, batched, &out);
        printf(TEXT_FMT "\n", TEXT_ARG(buffer_text(&out)));
        fflush(stdout);
        buffer_free(&out);
        arena_free(arena);
    }
    free(line);
}

int main(int argc, char **argv)
{
    char data[] = "/tmp/weir-conformance-XXXXXX";
    struct error error = {0};
    if (!load_functions(&error) || !mkdtemp(data)) {
        fprintf(stderr, "conformance-driver: %s\n",
                error.message[0] ? error.message : "no temporary folder can be made");
        return 2;
    }
    run_cases(text_of(data), argc > 1 && !strcmp(argv[1], "--batched"));
    nftw(data, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}
