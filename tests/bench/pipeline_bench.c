/* pipeline_bench.c - what the engine itself costs a record, from fetch to sent, without a client library or a network.
 *
 *     topic in memory ─→ fetch ─→ decode ─→ filter, project ─→ encode, send ─→ topic in memory
 *
 * Findings (finding.h) go through queries as a worker would run them: feeds, intakes, tasks, one writer, batches of
 * 1,024, on one thread. Above the queries stand the stages that they have in common, each with all that comes before
 * it; what a query costs beyond `decode` is its operators and what it writes. Processor time, the best of some rounds.
 *
 *     bench-pipeline NUMBER      one of the `cases` alone, for longer: for perf
 */
#include "engine/run/feed.h"
#include "engine/service/engine_inside.h"
#include "tests/bench/finding.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RECORDS = 100 * BATCH_MAX_ROWS, ROUNDS = 7, PERF_ROUNDS = 100, MOST_QUERIES = 20 };

static const char source_sql[] =
    "SET 'auto.offset.reset'='earliest';"
    "CREATE STREAM FINDINGS (CAMERA_ID STRING, START_TIME BIGINT, END_TIME BIGINT, PREVIOUS_STATUS STRING,"
    " STATUS STRING, WORKERS INT, HARD_HATS INT, TRUCKS INT, EXCAVATORS INT, CONFIDENCE DOUBLE, DETAIL STRING)"
    " WITH (KAFKA_TOPIC='findings', PARTITIONS=1, VALUE_FORMAT='JSON');";

#define THREE  "START_TIME, END_TIME, PREVIOUS_STATUS FROM FINDINGS"
#define ALARMS "WHERE PREVIOUS_STATUS LIKE '%ALARM%'"

static const struct bench_case {
    const char *name, *select;
    uint32_t n_queries;
} cases[] = {
    {"no record passes", THREE " WHERE PREVIOUS_STATUS LIKE '%FIRE%'", 1},
    {"one in ten passes, 3 columns", THREE " " ALARMS, 1},
    {"all pass, 3 columns", THREE, 1},
    {"all pass, 11 columns", "* FROM FINDINGS", 1},
    {"one in ten passes, with another key", "* FROM FINDINGS " ALARMS " PARTITION BY CAMERA_ID", 1},
    {"20 queries, one in ten passes each", THREE " " ALARMS, MOST_QUERIES},
};

enum { CASES = sizeof cases / sizeof *cases };

/* The engine's threads wait for commands in `broker`; records go through another one, where no one waits to be woken.
 */
struct bench {
    struct broker *broker, *records;
    struct settings *settings;
    struct engine *engine;
    struct session *session;
    struct arena *scratch;
};

static void check(bool ok, const struct error *error)
{
    if (ok) return;
    fprintf(stderr, "%s\n", error->message);
    exit(1);
}

/* ---- setting up */

static void execute(struct bench *bench, struct text sql)
{
    struct error error = {0};
    static const struct client client;
    check(session_execute_script(bench->session, sql, &client, &error), &error);
}

static struct writer *open_writer(struct bench *bench)
{
    struct writer *writer;
    struct error error = {0};
    check(writer_open(bench->records, (struct writer_options){0}, &writer, &error), &error);
    return writer;
}

static void make_topic(struct bench *bench, struct text name)
{
    struct error error = {0};
    struct topic_spec spec = {.name = name, .n_partitions = 1, .replicas = 1};
    check(broker_create_topics(bench->records, &spec, 1, false, &error), &error);
}

/* What was written goes, so that each round finds the same memory. */
static void empty_sinks(struct bench *bench, uint32_t n)
{
    struct error error = {0};
    for (uint32_t i = 0; i < n; i++) {
        struct text name = text_printf(bench->scratch, "OUT_%u", i);
        check(broker_delete_topic(bench->records, name, &error), &error);
        make_topic(bench, name);
    }
    arena_reset(bench->scratch);
}

static void send_findings(struct bench *bench)
{
    struct writer *writer = open_writer(bench);
    struct findings findings = findings_start();
    struct finding finding;
    struct error error = {0};
    for (int i = 0; i < RECORDS; i++) {
        findings_next(&findings, &finding);
        struct send send = {.topic = TEXT("findings"),
                            .partition = 0,
                            .key = {finding.key, finding.key_len},
                            .value = {finding.value, finding.value_len},
                            .timestamp_ms = finding.timestamp_ms};
        check(writer_send(writer, &send, &error), &error);
    }
    writer_close(writer);
}

static struct bench open_bench(void)
{
    struct bench bench = {.broker = broker_open_memory(),
                          .records = broker_open_memory(),
                          .settings = settings_new(NULL),
                          .scratch = arena_new()};
    struct error error = {0};
    struct engine_options options = {.settings = bench.settings, .broker = bench.broker};
    check(engine_open(&options, &bench.engine, &error), &error);
    bench.session = session_new(bench.engine);
    execute(&bench, text_of(source_sql));
    make_topic(&bench, TEXT("findings"));
    send_findings(&bench);
    empty_sinks(&bench, MOST_QUERIES);
    return bench;
}

static void close_bench(struct bench *bench)
{
    session_free(bench->session);
    engine_close(bench->engine);
    broker_close(bench->broker);
    broker_close(bench->records);
    settings_free(bench->settings);
    arena_free(bench->scratch);
}

static struct query *find_query(const struct bench *bench, uint32_t i)
{
    void *placed;
    return map_at(&bench->engine->queries, i, NULL, &placed) ? ((struct placed_query *)placed)->query : NULL;
}

/* The queries write into streams and topics OUT_0, OUT_1, ...; `TERMINATE` comes with the DROP. */
static void create_queries(struct bench *bench, const struct bench_case *it)
{
    for (uint32_t i = 0; i < it->n_queries; i++)
        execute(bench, text_printf(bench->scratch, "CREATE STREAM OUT_%u AS SELECT %s;", i, it->select));
    arena_reset(bench->scratch);
}

static void drop_queries(struct bench *bench, const struct bench_case *it)
{
    for (uint32_t i = 0; i < it->n_queries; i++)
        execute(bench, text_printf(bench->scratch, "DROP STREAM OUT_%u DELETE TOPIC;", i));
    arena_reset(bench->scratch);
}

/* ---- a round of each kind: nanoseconds of processor time for all records */

static double processor_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Fetches, and decodes them if there is an intake. */
static double read_all(struct bench *bench, struct intake *intake)
{
    struct reader *reader;
    struct fetch *fetch;
    struct trouble trouble;
    struct error error = {0};
    check(reader_open(bench->records, &reader, &error), &error);
    check(reader_assign(reader, TEXT("findings"), 0, 0, &error), &error);
    uint32_t n = 0;
    double start = processor_ns();
    while (reader_poll(reader, 0, &fetch, &trouble)) {
        n += fetch->n;
        if (intake) intake_decode(intake, fetch, bench->scratch);
        fetch_release(fetch);
        arena_reset(bench->scratch);
    }
    double ns = processor_ns() - start;
    check(n == RECORDS, &error);
    reader_close(reader);
    return ns;
}

static struct task *start_task(struct bench *bench, struct query *query, struct feeds *feeds, struct writer *writer)
{
    struct error error = {0};
    struct task *task = query_task(query, 0, 0);
    check(task_open(task, (struct task_place){writer, bench->scratch}, &error), &error);
    check(feeds_attach(feeds, &task->inputs[0], &error), &error);
    return task;
}

static double run_queries(struct bench *bench, uint32_t n)
{
    struct task *tasks[MOST_QUERIES];
    struct feeds *feeds;
    struct error error = {0};
    struct writer *writer = open_writer(bench);
    check(feeds_open(bench->records, &feeds, &error), &error);
    for (uint32_t i = 0; i < n; i++) tasks[i] = start_task(bench, find_query(bench, i), feeds, writer);
    double start = processor_ns();
    while (feeds_poll(feeds, 0)) writer_poll(writer);
    double ns = processor_ns() - start;
    for (uint32_t i = 0; i < n; i++) {
        if (tasks[i]->n_consumed != RECORDS) check(false, &tasks[i]->error);
        feeds_detach(feeds, &tasks[i]->inputs[0]);
        task_free(tasks[i]);
    }
    feeds_close(feeds);
    writer_close(writer);
    empty_sinks(bench, n);
    return ns;
}

/* ---- the table */

static void report(const char *name, double ns)
{
    ns /= RECORDS;
    printf("%-40s %8.1f ns a record %8.2f M records/s\n", name, ns, 1e3 / ns);
    fflush(stdout);
}

static void measure_reading(struct bench *bench, bool decode)
{
    double best = 0;
    create_queries(bench, &cases[1]);
    struct intake *intake = decode ? intake_new(&find_query(bench, 0)->plan->subtopologies[0].inputs[0]) : NULL;
    for (int i = 0; i < ROUNDS; i++) {
        double ns = read_all(bench, intake);
        if (i == 0 || ns < best) best = ns;
    }
    intake_free(intake);
    drop_queries(bench, &cases[1]);
    report(decode ? "fetch and decode 3 of 11 columns" : "fetch", best);
}

static void measure_case(struct bench *bench, const struct bench_case *it, int rounds)
{
    double best = 0;
    create_queries(bench, it);
    for (int i = 0; i < rounds; i++) {
        double ns = run_queries(bench, it->n_queries);
        if (i == 0 || ns < best) best = ns;
    }
    drop_queries(bench, it);
    report(it->name, best);
}

int main(int argc, char **argv)
{
    struct bench bench = open_bench();
    int only = argc > 1 ? atoi(argv[1]) : 0;
    if (only > 0 && only <= CASES) {
        measure_case(&bench, &cases[only - 1], PERF_ROUNDS);
    } else {
        measure_reading(&bench, false);
        measure_reading(&bench, true);
        for (size_t i = 0; i < CASES; i++) measure_case(&bench, &cases[i], ROUNDS);
    }
    close_bench(&bench);
    return 0;
}
