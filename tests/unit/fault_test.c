/* fault_test.c - the n-th call to the log fails, for every n: each error path is walked, and nothing is lost on any.
 *
 *     for n = 1, 2, ...   a service runs its queries on a log in memory; the n-th call that may fail does, once
 *                         the user tries a statement again that failed; the server is started again in the middle
 *                         then every alarm is in the sinks, and nothing else
 *     until n is more than there are calls
 *
 * Each n is a process of its own, some at a time: they mostly wait for the engine to try again.
 */
#include "engine/service/engine.h"
#include "engine/topic/maker.h"
#include "tests/unit/topic_place.h"
#include <stdatomic.h>
#include <sys/wait.h>

enum { AT_A_TIME = 16, MANY = 9, NO_SUCH_CALL = 77, N_RECORDS = 40, ALARM_EVERY = 4, MOST_TRIES = 2 * MANY };

/* ---- a broker whose n-th call fails */

static struct {
    atomic_int n_calls;
    int first, n; /* which calls fail */
    struct broker_class broker, broker_class;
    struct reader_class reader, reader_class;
    struct writer_class writer, writer_class;
} fault;

static _Thread_local bool is_spared; /* calls of the test itself */

static bool is_hit(struct error *error)
{
    if (is_spared) return false;
    int call = atomic_fetch_add(&fault.n_calls, 1) + 1;
    if (call < fault.first || call >= fault.first + fault.n) return false;
    error_set(error, ERROR_WORLD, NO_SPAN, "a failure made for a test");
    return true;
}

static bool create_topics_or_fail(struct broker *broker, const struct topic_spec *specs, uint32_t n, bool exists_ok,
                                  struct error *error)
{
    return !is_hit(error) && fault.broker.create_topics(broker, specs, n, exists_ok, error);
}

static bool delete_topic_or_fail(struct broker *broker, struct text name, struct error *error)
{
    return !is_hit(error) && fault.broker.delete_topic(broker, name, error);
}

static bool describe_topic_or_fail(struct broker *broker, struct arena *arena, struct text name,
                                   struct topic_info *info, struct error *error)
{
    return !is_hit(error) && fault.broker.describe_topic(broker, arena, name, info, error);
}

static bool topic_config_or_fail(struct broker *broker, struct arena *arena, struct text name, struct text config,
                                 struct text *value, struct error *error)
{
    return !is_hit(error) && fault.broker.topic_config(broker, arena, name, config, value, error);
}

static bool list_topics_or_fail(struct broker *broker, struct arena *arena, struct topic_list *list,
                                struct error *error)
{
    return !is_hit(error) && fault.broker.list_topics(broker, arena, list, error);
}

static bool offsets_or_fail(struct broker *broker, struct offset_range *ranges, uint32_t n, struct error *error)
{
    return !is_hit(error) && fault.broker.offsets(broker, ranges, n, error);
}

static bool open_membership_or_fail(struct broker *broker, const struct membership_options *options,
                                    struct membership **membership, struct error *error)
{
    return !is_hit(error) && fault.broker.membership_open(broker, options, membership, error);
}

static bool assign_or_fail(struct reader *reader, struct text topic, int32_t partition, int64_t offset,
                           struct error *error)
{
    return !is_hit(error) && fault.reader.assign(reader, topic, partition, offset, error);
}

static bool open_reader_or_fail(struct broker *broker, struct reader **reader, struct error *error)
{
    if (is_hit(error) || !fault.broker.reader_open(broker, reader, error)) return false;
    (*reader)->class = &fault.reader_class;
    return true;
}

static bool send_or_fail(struct writer *writer, const struct send *send, struct error *error)
{
    struct error why = {0};
    if (!is_hit(&why)) return fault.writer.send(writer, send, error);
    writer_fail(writer, send->owner, &why);
    return true;
}

static bool flush_or_fail(struct writer *writer, int timeout_ms, struct error *error)
{
    return !is_hit(error) && fault.writer.flush(writer, timeout_ms, error);
}

static bool open_writer_or_fail(struct broker *broker, const struct writer_options *options, struct writer **writer,
                                struct error *error)
{
    if (is_hit(error) || !fault.broker.writer_open(broker, options, writer, error)) return false;
    (*writer)->class = &fault.writer_class;
    return true;
}

/* What the classes of memory are is seen on a broker, a reader and a writer of it. */
static struct broker *open_faulty_broker(void)
{
    struct broker *broker = broker_open_memory();
    struct reader *reader;
    struct writer *writer;
    assert_ok(reader_open(broker, &reader, &error));
    assert_ok(writer_open(broker, (struct writer_options){0}, &writer, &error));
    fault.broker = fault.broker_class = *broker->class;
    fault.reader = fault.reader_class = *reader->class;
    fault.writer = fault.writer_class = *writer->class;
    reader_close(reader);
    writer_close(writer);
    fault.broker_class.create_topics = create_topics_or_fail;
    fault.broker_class.delete_topic = delete_topic_or_fail;
    fault.broker_class.describe_topic = describe_topic_or_fail;
    fault.broker_class.topic_config = topic_config_or_fail;
    fault.broker_class.list_topics = list_topics_or_fail;
    fault.broker_class.offsets = offsets_or_fail;
    fault.broker_class.reader_open = open_reader_or_fail;
    fault.broker_class.writer_open = open_writer_or_fail;
    fault.broker_class.membership_open = open_membership_or_fail;
    fault.reader_class.assign = assign_or_fail;
    fault.writer_class.send = send_or_fail;
    fault.writer_class.flush = flush_or_fail;
    broker->class = &fault.broker_class;
    return broker;
}

/* ---- a service and its user */

struct service {
    struct place *place;
    struct engine *engine;
    struct session *session;
};

static void start(struct service *service)
{
    struct engine_options options = {
        .settings = service->place->settings, .broker = service->place->broker, .serve = true};
    struct error error = {0};
    bool ok = false;
    for (int i = 0; i < MOST_TRIES && !ok; i++) ok = engine_open(&options, &service->engine, &error);
    if (!ok) fail_msg("the engine does not open: %s", error.message);
    service->session = session_new(service->engine);
}

static void stop(struct service *service)
{
    session_free(service->session);
    engine_close(service->engine);
}

/* A statement that failed is tried again; what it left behind must not be in the way. */
static void execute(struct service *service, const char *sql)
{
    static const struct client client;
    struct script_options options = {.repeatable = true};
    struct error error = {0};
    bool ok = false;
    for (int i = 0; i < MOST_TRIES && !ok; i++)
        ok = session_run_script(service->session, text_of(sql), options, &client, &error);
    if (!ok) fail_msg("%s: %s", sql, error.message);
}

static void send_findings(struct place *place, int from, int n)
{
    struct writer *writer;
    assert_ok(writer_open(place->broker, (struct writer_options){0}, &writer, &error));
    for (int i = from; i < from + n; i++) {
        struct send send = {.topic = TEXT("findings"), .partition = -1, .timestamp_ms = i};
        send.key = text_printf(place->arena, "camera-%d", i % 7);
        send.value = text_printf(place->arena, "{\"N\":%d,\"CAMERA\":%d,\"STATUS\":\"%s\"}", i, i % 7,
                                 i % ALARM_EVERY ? "quiet" : "ALARM");
        assert_ok(writer_send(writer, &send, &error));
    }
    assert_ok(writer_flush(writer, PATIENCE_MS, &error));
    writer_close(writer);
}

static void note_alarms(const struct fetch *fetch, bool *seen, int n_records)
{
    for (uint32_t i = 0; i < fetch->n; i++) {
        int number = -1;
        assert_int_equal(sscanf(fetch->records[i].value.data, "{\"N\":%d", &number), 1);
        assert_in_range(number, 0, n_records - 1);
        assert_int_equal(number % ALARM_EVERY, 0);
        seen[number] = true;
    }
}

static int first_missing(const bool *seen, int n_records)
{
    int number = 0;
    while (number < n_records && seen[number]) number += ALARM_EVERY;
    return number;
}

/* Each alarm at least once, and nothing but alarms. */
static void await_alarms(struct place *place, struct text topic, int n_records)
{
    struct topic_info info;
    struct reader *reader;
    struct fetch *fetch;
    struct trouble trouble;
    bool seen[2 * N_RECORDS] = {0};
    int64_t deadline_ms = clock_monotonic_ms() + PATIENCE_MS;
    assert_ok(broker_describe_topic(place->broker, place->arena, topic, &info, &error));
    assert_ok(reader_open(place->broker, &reader, &error));
    for (int32_t i = 0; i < info.n_partitions; i++)
        assert_ok(reader_assign(reader, topic, i, OFFSET_BEGINNING, &error));
    while (first_missing(seen, n_records) < n_records) {
        if (reader_poll(reader, 100, &fetch, &trouble)) note_alarms(fetch, seen, n_records);
        fetch_release(fetch);
        if (clock_monotonic_ms() < deadline_ms) continue;
        fail_msg("alarm %d is not in " TEXT_FMT, first_missing(seen, n_records), TEXT_ARG(topic));
    }
    reader_close(reader);
}

/* The test's own calls do not fail. */
static void send_and_await(struct service *service, int from)
{
    is_spared = true;
    send_findings(service->place, from, N_RECORDS);
    await_alarms(service->place, TEXT("ALARMS"), from + N_RECORDS);
    await_alarms(service->place, TEXT("MOVED"), from + N_RECORDS);
    is_spared = false;
}

static void set(struct place *place, const char *name, const char *value)
{
    assert_ok(settings_set(place->settings, text_of(name), text_of(value), SETTING_AT_START, &error));
}

/* Everything a query goes through, with n calls failing from this one on. Returns whether there were so many calls. */
static bool run(int first, int n)
{
    struct place *place = place_new();
    struct service service = {.place = place};
    fault.first = first;
    fault.n = n;
    set(place, "auto.offset.reset", "earliest");
    set(place, "commit.interval.ms", "20");
    set(place, "ksql.query.retry.backoff.initial.ms", "50");
    place->broker = open_faulty_broker();
    start(&service);
    execute(&service, "CREATE STREAM FINDINGS (N INT, CAMERA INT, STATUS STRING) "
                      "WITH (KAFKA_TOPIC='findings', PARTITIONS=3, VALUE_FORMAT='JSON');");
    execute(&service, "CREATE STREAM ALARMS AS SELECT * FROM FINDINGS WHERE STATUS = 'ALARM';");
    execute(&service, "SET 'topology.optimization'='none';"
                      "CREATE STREAM MOVED AS SELECT * FROM ALARMS PARTITION BY CAMERA;");
    send_and_await(&service, 0);
    stop(&service);
    start(&service);
    execute(&service, "PAUSE ALL; RESUME ALL;");
    send_and_await(&service, N_RECORDS);
    execute(&service, "TERMINATE ALL; DROP STREAM IF EXISTS MOVED DELETE TOPIC;");
    stop(&service);
    bool was_hit = atomic_load(&fault.n_calls) >= first;
    place_free(place);
    return was_hit;
}

/* ---- all n */

/* Whether all of the processes that began with `from` still had a call to fail. */
static bool run_some(int from, int n)
{
    pid_t children[AT_A_TIME];
    bool more = true;
    fflush(NULL);
    for (int i = 0; i < AT_A_TIME; i++)
        if ((children[i] = fork()) == 0) exit(run(from + i, n) ? 0 : NO_SUCH_CALL);
    for (int i = 0; i < AT_A_TIME; i++) {
        int status;
        waitpid(children[i], &status, 0);
        if (WIFEXITED(status) && WEXITSTATUS(status) == NO_SUCH_CALL)
            more = false;
        else if (!WIFEXITED(status) || WEXITSTATUS(status))
            fail_msg("with %d calls failing from call %d on", n, from + i);
    }
    return more;
}

static void run_all(int n)
{
    int from = 1;
    while (run_some(from, n)) from += AT_A_TIME;
}

static void whatever_call_fails_nothing_is_lost(void **state)
{
    (void)state;
    run_all(1);
}

static void whenever_the_log_is_away_for_some_calls_nothing_is_lost(void **state)
{
    (void)state;
    run_all(MANY);
}

static int only_first, only_n;

static void nothing_is_lost_if_these_calls_fail(void **state)
{
    (void)state;
    if (!run(only_first, only_n)) print_message("there are %d calls\n", atomic_load(&fault.n_calls));
}

/* FIRST N: these calls alone fail, in this process, for a debugger. */
int main(int argc, char **argv)
{
    const struct CMUnitTest all[] = {cmocka_unit_test(whatever_call_fails_nothing_is_lost),
                                     cmocka_unit_test(whenever_the_log_is_away_for_some_calls_nothing_is_lost)};
    const struct CMUnitTest one[] = {cmocka_unit_test(nothing_is_lost_if_these_calls_fail)};
    if (argc < 3) return cmocka_run_group_tests(all, NULL, NULL);
    only_first = atoi(argv[1]);
    only_n = atoi(argv[2]);
    return cmocka_run_group_tests(one, NULL, NULL);
}
