/* kafka_test.c - what only Kafka does: settings, servers that share slots, fences, brokers that go away and come back.
 *
 * Without WEIR_TEST_KAFKA (its address) most tests are skipped; those that stop and start the broker also want
 * WEIR_TEST_KAFKA_CLUSTER and WEIR_TEST_KAFKA_DIR. `tests/kafka/run COMMAND` provides all three. */
#include "tests/unit/topic_place.h"
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

static int set_up(void **state)
{
    settings_use_client_check(broker_check_client_setting);
    *state = place_new();
    return 0;
}

static int tear_down(void **state)
{
    place_free(*state);
    return 0;
}

static void set(struct place *place, const char *name, const char *value)
{
    assert_ok(settings_set(place->settings, text_of(name), text_of(value), SETTING_AT_START, &error));
}

static void open_broker(struct place *place)
{
    if (!getenv("WEIR_TEST_KAFKA")) skip();
    set(place, "bootstrap.servers", getenv("WEIR_TEST_KAFKA"));
    assert_ok(broker_open(place->settings, TEXT("/nowhere"), &place->broker, &error));
}

static void cluster(const char *command)
{
    char line[1024];
    const char *script = getenv("WEIR_TEST_KAFKA_CLUSTER"), *folder = getenv("WEIR_TEST_KAFKA_DIR");
    if (!script || !folder) skip();
    snprintf(line, sizeof line, "'%s' %s '%s' >/dev/null", script, command, folder);
    assert_int_equal(system(line), 0);
}

/* ---- settings */

static void client_settings_are_checked_without_a_broker(void **state)
{
    struct place *place = *state;
    static const struct {
        const char *name, *value, *message; /* NULL: it is well */
    } cases[] = {
        {"security.protocol", "SASL_SSL", NULL},
        {"sasl.mechanism", "PLAIN", NULL},
        {"fetch.min.bytes", "100", NULL},
        {"consumer.fetch.min.bytes", "100", NULL},
        {"ksql.streams.producer.compression.type", "lz4", NULL},
        {"max.request.size", "2000000", NULL},
        {"producer.acks", "all", NULL},
        {"sasl.jaas.config", "org.x.PlainLoginModule required username=\"me\" password=\"it\";", NULL},
        {"sasl.jaas.config", "org.x.Krb5LoginModule required;", "needs username"},
        {"security.protocol", "WHISPER", "security.protocol"},
        {"fetch.min.bytes", "many", "fetch.min.bytes"},
        {"producer.acks", "1", "weir relies on"},
        {"group.id", "mine", "set by weir itself"},
        {"consumer.isolation.level", "read_uncommitted", "weir relies on"},
        {"plugin.library.paths", "/tmp/evil.so", "set by weir itself"},
        {"no.such.setting", "1", "no setting 'no.such.setting'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text name = text_of(cases[i].name), value = text_of(cases[i].value);
        if (!cases[i].message)
            assert_ok(settings_set(place->settings, name, value, SETTING_AT_START, &error));
        else
            assert_error(settings_set(place->settings, name, value, SETTING_AT_START, &error), cases[i].message);
    }
}

static void a_broker_that_is_not_there_is_named_in_the_error(void **state)
{
    struct place *place = *state;
    set(place, "bootstrap.servers", "127.0.0.1:1");
    assert_ok(broker_open(place->settings, TEXT("/nowhere"), &place->broker, &error));
    assert_string_equal(broker_kind(place->broker), "kafka");
    assert_text(broker_place(place->broker, place->arena), "Kafka at 127.0.0.1:1");
    struct topic_info info;
    int64_t start_ms = clock_monotonic_ms();
    assert_coded_error(broker_describe_topic(place->broker, place->arena, TEXT("any"), &info, &error), ERROR_WORLD,
                       "cannot reach Kafka at 127.0.0.1:1: ");
    assert_true(clock_monotonic_ms() - start_ms < 8000);
    assert_error(broker_delete_topic(place->broker, TEXT("any"), &error), "refused");
}

/* ---- topics */

static bool is_listed(struct place *place, struct text name)
{
    struct topic_list list;
    assert_ok(broker_list_topics(place->broker, place->arena, &list, &error));
    for (uint32_t i = 0; i < list.n; i++)
        if (text_equal(list.items[i].name, name)) return true;
    return false;
}

static void looking_at_a_topic_does_not_make_it(void **state)
{
    struct place *place = *state;
    open_broker(place);
    struct topic_info info;
    assert_ok(broker_describe_topic(place->broker, place->arena, place->topic, &info, &error));
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    struct writer *writer = open_writer(place);
    send_text(writer, place->topic, -1, "k", "v");
    assert_false(writer_flush(writer, PATIENCE_MS, NULL));
    await_trouble(reader, TROUBLE_NO_TOPIC);
    writer_close(writer);
    reader_close(reader);
    assert_false(is_listed(place, place->topic));
}

static void many_topics_are_made_by_one_call(void **state)
{
    enum { N = 300 };
    struct place *place = *state;
    open_broker(place);
    struct topic_spec *specs = ARENA_ARRAY(place->arena, struct topic_spec, N);
    for (int i = 0; i < N; i++)
        specs[i] = (struct topic_spec){.name = text_printf(place->arena, TEXT_FMT ".%d", TEXT_ARG(place->topic), i),
                                       .n_partitions = 1,
                                       .replicas = -1};
    assert_ok(broker_create_topics(place->broker, specs, N, false, &error));
    for (int i = 0; i < N; i += 50) assert_true(is_listed(place, specs[i].name));
    assert_error(broker_create_topics(place->broker, specs, N, false, &error), "already");
    assert_ok(broker_create_topics(place->broker, specs, N, true, &error));
}

static void a_setting_that_the_broker_refuses_is_the_statements_error(void **state)
{
    struct place *place = *state;
    open_broker(place);
    const struct topic_config config = {TEXT("no.such.config"), TEXT("1")};
    struct topic_spec spec = {
        .name = place->topic, .n_partitions = 1, .replicas = -1, .configs = &config, .n_configs = 1};
    assert_coded_error(broker_create_topics(place->broker, &spec, 1, false, &error), ERROR_STATEMENT, "no.such.config");
}

/* ---- reading */

/* A client of librdkafka 2.0 falls asleep for a second whenever its queue was full; see engine/topic/kafka/refill.c. */
static void a_reader_that_is_slower_than_the_broker_is_not_starved(void **state)
{
    enum { N = 30000 };
    struct place *place = *state;
    set(place, "consumer.queued.min.messages", "2000");
    open_broker(place);
    create_topic(place, place->topic, 1);
    struct writer *writer = open_writer(place);
    for (int i = 0; i < N; i++)
        send_text(writer, place->topic, 0, NULL, "a value of some bytes, so that it takes a few fetches");
    flush(writer);
    writer_close(writer);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    int64_t start_ms = clock_monotonic_ms();
    for (int n = 0; n < N;) {
        struct fetch *fetch;
        struct trouble trouble;
        if (!reader_poll(reader, 100, &fetch, &trouble)) continue;
        n += (int)fetch->n;
        usleep(10000);
        fetch_release(fetch);
    }
    assert_true(clock_monotonic_ms() - start_ms < 4000);
    reader_close(reader);
}

static void an_open_transaction_holds_up_what_comes_after_it(void **state)
{
    struct place *place = *state;
    open_broker(place);
    create_topic(place, place->topic, 1);
    struct writer *writer = NULL;
    assert_ok(writer_open(place->broker, (struct writer_options){.transactional_id = place->topic}, &writer, &error));
    assert_ok(writer_begin(writer, &error));
    send_text(writer, place->topic, 0, NULL, "first");
    flush(writer);
    put(place, place->topic, "second");
    int64_t first, end;
    assert_ok(broker_offsets(place->broker, place->topic, 0, &first, &end, &error));
    assert_int_equal(end, 0);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    assert_int_equal(read_to_end(place, reader).n, 0);
    assert_ok(writer_commit(writer, NULL, &error));
    struct seen_list list = read_records(place, reader, 2);
    assert_text(list.items[0].value, "first");
    reader_close(reader);
    writer_close(writer);
}

/* ---- writers that are replaced */

static void a_writer_whose_transactional_id_was_taken_over_is_done_for(void **state)
{
    struct place *place = *state;
    open_broker(place);
    create_topic(place, place->topic, 1);
    struct writer *older = NULL, *newer = NULL;
    struct writer_options options = {.transactional_id = place->topic};
    assert_ok(writer_open(place->broker, options, &older, &error));
    assert_ok(writer_begin(older, &error));
    send_text(older, place->topic, 0, NULL, "of the older");
    flush(older);
    assert_ok(writer_open(place->broker, options, &newer, &error));
    assert_ok(writer_begin(newer, &error));
    assert_coded_error(writer_commit(older, NULL, &error), ERROR_FATAL, "");
    send_text(newer, place->topic, 0, NULL, "of the newer");
    assert_ok(writer_commit(newer, NULL, &error));
    writer_close(older);
    writer_close(newer);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    struct seen_list list = read_to_end(place, reader);
    assert_int_equal(list.n, 1);
    assert_text(list.items[0].value, "of the newer");
    reader_close(reader);
}

/* ---- servers that share slots */

enum { SLOTS = 16 };

struct server {
    struct membership *membership;
    struct writer *writer; /* its transaction is committed when slots are taken; NULL: none */
    bool held[SLOTS];
    int n_held, n_lost;
};

static void note_given(void *context, const int32_t *slots, uint32_t n)
{
    struct server *server = context;
    for (uint32_t i = 0; i < n; i++) {
        assert_false(server->held[slots[i]]);
        server->held[slots[i]] = true;
        server->n_held++;
    }
}

static void note_taken(void *context, const int32_t *slots, uint32_t n, bool lost)
{
    struct server *server = context;
    if (server->writer) assert_ok(writer_commit(server->writer, server->membership, &error));
    server->writer = NULL;
    for (uint32_t i = 0; i < n; i++) {
        assert_true(server->held[slots[i]]);
        server->held[slots[i]] = false;
        server->n_held--;
        server->n_lost += lost;
    }
}

static void join(struct place *place, struct server *server)
{
    *server = (struct server){0};
    struct membership_options options = {.group = place->topic,
                                         .tasks_topic = place->topic,
                                         .n_slots = SLOTS,
                                         .context = server,
                                         .given = note_given,
                                         .taken = note_taken};
    assert_ok(membership_open(place->broker, options, &server->membership, &error));
}

/* Polls both, the second may be NULL, until they hold that many. */
static void await_slots(struct server *one, int n_one, struct server *two, int n_two)
{
    int64_t deadline_ms = clock_monotonic_ms() + PATIENCE_MS;
    struct trouble trouble;
    while ((one->n_held != n_one || (two && two->n_held != n_two)) && clock_monotonic_ms() < deadline_ms) {
        membership_poll(one->membership, 20, &trouble);
        if (two) membership_poll(two->membership, 20, &trouble);
    }
    assert_int_equal(one->n_held, n_one);
    if (two) assert_int_equal(two->n_held, n_two);
}

static void servers_share_the_slots_and_take_over_from_who_leaves(void **state)
{
    struct place *place = *state;
    open_broker(place);
    create_topic(place, place->topic, SLOTS);
    struct server one, two;
    join(place, &one);
    await_slots(&one, SLOTS, NULL, 0);
    join(place, &two);
    await_slots(&one, SLOTS / 2, &two, SLOTS / 2);
    for (int i = 0; i < SLOTS; i++) assert_true(one.held[i] != two.held[i]);
    int64_t start_ms = clock_monotonic_ms();
    membership_close(one.membership);
    assert_true(clock_monotonic_ms() - start_ms < 5000);
    assert_int_equal(one.n_held, 0);
    assert_int_equal(one.n_lost, 0);
    await_slots(&two, SLOTS, NULL, 0);
    assert_true(clock_monotonic_ms() - start_ms < 9000);
    membership_close(two.membership);
}

static void a_transaction_is_committed_by_who_has_the_slots(void **state)
{
    struct place *place = *state;
    open_broker(place);
    create_topic(place, place->topic, SLOTS);
    struct server server;
    join(place, &server);
    struct writer *writer = NULL;
    assert_ok(writer_open(place->broker, (struct writer_options){.transactional_id = place->topic}, &writer, &error));
    assert_ok(writer_begin(writer, &error));
    send_text(writer, place->topic, 0, NULL, "too early");
    assert_error(writer_commit(writer, server.membership, &error), "no slots");
    assert_ok(writer_abort(writer, &error));
    await_slots(&server, SLOTS, NULL, 0);
    assert_ok(writer_begin(writer, &error));
    send_text(writer, place->topic, 0, NULL, "in time");
    assert_ok(writer_commit(writer, server.membership, &error));
    assert_ok(writer_begin(writer, &error));
    send_text(writer, place->topic, 0, NULL, "when leaving");
    server.writer = writer;
    membership_close(server.membership);
    assert_null(server.writer);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    struct seen_list list = read_to_end(place, reader);
    assert_int_equal(list.n, 2);
    assert_text(list.items[0].value, "in time");
    assert_text(list.items[1].value, "when leaving");
    reader_close(reader);
    writer_close(writer);
}

/* A server that does not poll for too long is put out of the group: what it would commit then is refused. */
static void who_was_put_out_of_the_group_cannot_commit(void **state)
{
    struct place *place = *state;
    set(place, "consumer.session.timeout.ms", "6000");
    set(place, "consumer.max.poll.interval.ms", "6000");
    open_broker(place);
    create_topic(place, place->topic, SLOTS);
    struct server asleep, awake;
    join(place, &asleep);
    await_slots(&asleep, SLOTS, NULL, 0);
    struct writer *writer = NULL;
    assert_ok(writer_open(place->broker, (struct writer_options){.transactional_id = place->topic}, &writer, &error));
    assert_ok(writer_begin(writer, &error));
    send_text(writer, place->topic, 0, NULL, "too late");
    join(place, &awake);
    await_slots(&awake, SLOTS, NULL, 0);
    assert_error(writer_commit(writer, asleep.membership, &error), "");
    assert_ok(writer_abort(writer, &error));
    await_slots(&asleep, SLOTS / 2, &awake, SLOTS / 2);
    assert_int_equal(asleep.n_lost, SLOTS);
    writer_close(writer);
    membership_close(asleep.membership);
    membership_close(awake.membership);
}

static void hold_slots(struct place *place, int out)
{
    struct server server;
    struct trouble trouble;
    open_broker(place);
    join(place, &server);
    await_slots(&server, SLOTS, NULL, 0);
    if (write(out, "x", 1) < 0) _exit(1);
    for (;;) membership_poll(server.membership, 1000, &trouble);
}

static void the_slots_of_a_killed_server_are_taken_over(void **state)
{
    struct place *place = *state;
    if (!getenv("WEIR_TEST_KAFKA")) skip();
    set(place, "consumer.session.timeout.ms", "6000");
    int pipes[2];
    char started;
    assert_int_equal(pipe(pipes), 0);
    pid_t maker = fork(); /* librdkafka does not survive a fork, so this process makes its first client after it */
    if (maker == 0) {
        open_broker(place);
        create_topic(place, place->topic, SLOTS);
        _exit(0);
    }
    waitpid(maker, NULL, 0);
    pid_t pid = fork();
    if (pid == 0) hold_slots(place, pipes[1]);
    assert_int_equal(read(pipes[0], &started, 1), 1);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(pipes[0]);
    close(pipes[1]);
    open_broker(place);
    struct server server;
    join(place, &server);
    await_slots(&server, SLOTS, NULL, 0);
    membership_close(server.membership);
}

/* ---- brokers that go away */

static double processor_ms(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec * 1e3 + (double)used.tv_nsec / 1e6;
}

/* Reading, writing and the membership through a time without a broker; then all goes on by itself. */
static void go_without(struct place *place, const char *away, const char *back, bool is_told)
{
    open_broker(place);
    create_topic(place, place->topic, SLOTS);
    struct reader *reader = open_reader(place);
    struct writer *writer = open_writer(place);
    struct server server;
    struct trouble trouble;
    join(place, &server);
    await_slots(&server, SLOTS, NULL, 0);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    send_text(writer, place->topic, 0, NULL, "before");
    flush(writer);
    read_records(place, reader, 1);
    cluster(away);
    send_text(writer, place->topic, 0, NULL, "during");
    assert_error(writer_flush(writer, 1000, &error), is_told ? "cannot reach Kafka" : "no answer from Kafka");
    if (is_told) assert_non_null(strstr(await_trouble(reader, TROUBLE_BROKER).error.message, "cannot reach Kafka"));
    double before_ms = processor_ms();
    int64_t start_ms = clock_monotonic_ms();
    struct fetch *fetch;
    while (clock_monotonic_ms() - start_ms < 3000) {
        assert_false(reader_poll(reader, 500, &fetch, &trouble));
        membership_poll(server.membership, 500, &trouble);
        writer_poll(writer);
    }
    assert_true(processor_ms() - before_ms < 1000);
    cluster(back);
    flush(writer);
    send_text(writer, place->topic, 0, NULL, "after");
    flush(writer);
    struct seen_list list = {0};
    while (list.n < 2 && clock_monotonic_ms() - start_ms < 2 * PATIENCE_MS) {
        if (reader_poll(reader, 100, &fetch, &trouble)) see(place, &list, fetch);
        fetch_release(fetch);
    }
    assert_int_equal(list.n, 2);
    assert_text(list.items[0].value, "during");
    assert_text(list.items[1].value, "after");
    await_slots(&server, SLOTS, NULL, 0);
    membership_close(server.membership);
    writer_close(writer);
    reader_close(reader);
}

static void a_broker_that_dies_is_waited_for(void **state)
{
    go_without(*state, "kill", "start", true);
}

static void a_broker_that_stands_still_is_waited_for(void **state)
{
    go_without(*state, "pause", "continue", false);
}

#define KAFKA_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KAFKA_TEST(the_slots_of_a_killed_server_are_taken_over), /* first: it forks */
        KAFKA_TEST(client_settings_are_checked_without_a_broker),
        KAFKA_TEST(a_broker_that_is_not_there_is_named_in_the_error),
        KAFKA_TEST(looking_at_a_topic_does_not_make_it),
        KAFKA_TEST(many_topics_are_made_by_one_call),
        KAFKA_TEST(a_setting_that_the_broker_refuses_is_the_statements_error),
        KAFKA_TEST(a_reader_that_is_slower_than_the_broker_is_not_starved),
        KAFKA_TEST(an_open_transaction_holds_up_what_comes_after_it),
        KAFKA_TEST(a_writer_whose_transactional_id_was_taken_over_is_done_for),
        KAFKA_TEST(servers_share_the_slots_and_take_over_from_who_leaves),
        KAFKA_TEST(a_transaction_is_committed_by_who_has_the_slots),
        KAFKA_TEST(who_was_put_out_of_the_group_cannot_commit),
        KAFKA_TEST(a_broker_that_dies_is_waited_for),
        KAFKA_TEST(a_broker_that_stands_still_is_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
