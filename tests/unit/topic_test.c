/* topic_test.c - the makers of topics are alike: one list of behaviours, run on memory, on a local log, and on Kafka
 * where the environment variable WEIR_TEST_KAFKA names its address. What only one of them does is in local_test.c and
 * kafka_test.c. */
#include "tests/unit/topic_place.h"
#include "engine/base/hash.h"
#include <pthread.h>
#include <time.h>

/* ---- records */

static void a_record_comes_back_as_it_was_sent(struct place *place)
{
    create_topic(place, place->topic, 1);
    struct writer *writer = open_writer(place);
    struct send send = {
        .topic = place->topic, .partition = 0, .key = TEXT("k\0y"), .value = TEXT("value"), .timestamp_ms = 1234};
    assert_ok(writer_send(writer, &send, &error));
    flush(writer);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    struct seen_list list = read_records(place, reader, 1);
    assert_true(text_equal(list.items[0].key, TEXT("k\0y")));
    assert_text(list.items[0].value, "value");
    assert_int_equal(list.items[0].timestamp_ms, 1234);
    assert_int_equal(list.items[0].offset, 0);
    assert_int_equal(list.next_offset, 1);
    reader_close(reader);
    writer_close(writer);
}

static void null_is_not_empty(struct place *place)
{
    create_topic(place, place->topic, 1);
    struct writer *writer = open_writer(place);
    send_text(writer, place->topic, 0, NULL, NULL);
    send_text(writer, place->topic, 0, "", "");
    flush(writer);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, 0);
    struct seen_list list = read_records(place, reader, 2);
    assert_null(list.items[0].key.data);
    assert_null(list.items[0].value.data);
    assert_non_null(list.items[1].key.data);
    assert_non_null(list.items[1].value.data);
    assert_int_equal(list.items[1].value.len, 0);
    reader_close(reader);
    writer_close(writer);
}

static void headers_come_back_in_order(struct place *place)
{
    create_topic(place, place->topic, 1);
    const struct header items[] = {{TEXT("a"), TEXT("1")}, {TEXT("b"), NO_TEXT}, {TEXT("a"), TEXT("")}};
    struct send send = {
        .topic = place->topic, .partition = 0, .value = TEXT("v"), .timestamp_ms = 1, .headers = {items, 3}};
    struct writer *writer = open_writer(place);
    assert_ok(writer_send(writer, &send, &error));
    send_text(writer, place->topic, 0, NULL, "none");
    flush(writer);
    writer_close(writer);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    struct fetch *fetch = NULL;
    struct trouble trouble;
    for (int i = 0; i < 100 && !fetch; i++) reader_poll(reader, 100, &fetch, &trouble);
    assert_non_null(fetch);
    struct headers headers = fetch_headers(fetch, 0, place->arena);
    assert_int_equal(headers.n, 3);
    assert_text(headers.items[0].key, "a");
    assert_text(headers.items[0].value, "1");
    assert_null(headers.items[1].value.data);
    assert_text(headers.items[2].key, "a");
    assert_non_null(headers.items[2].value.data);
    if (fetch->n > 1) assert_int_equal(fetch_headers(fetch, 1, place->arena).n, 0);
    fetch_release(fetch);
    reader_close(reader);
}

static void a_key_chooses_its_partition_by_murmur2(struct place *place)
{
    create_topic(place, place->topic, 5);
    struct writer *writer = open_writer(place);
    char keys[20][8];
    for (int i = 0; i < 20; i++) {
        snprintf(keys[i], sizeof keys[i], "key%d", i);
        send_text(writer, place->topic, -1, i ? keys[i] : "", "v");
    }
    flush(writer);
    struct reader *reader = open_reader(place);
    for (int32_t p = 0; p < 5; p++) assign(reader, place->topic, p, OFFSET_BEGINNING);
    struct seen_list list = read_records(place, reader, 20);
    for (uint32_t i = 0; i < list.n; i++)
        assert_int_equal(list.items[i].partition, hash_partition(list.items[i].key.data, list.items[i].key.len, 5));
    reader_close(reader);
    writer_close(writer);
}

static void a_partition_that_is_given_wins_over_the_key(struct place *place)
{
    create_topic(place, place->topic, 3);
    struct writer *writer = open_writer(place);
    for (int32_t p = 0; p < 3; p++) send_text(writer, place->topic, p, "same", "v");
    flush(writer);
    struct reader *reader = open_reader(place);
    for (int32_t p = 0; p < 3; p++) {
        assign(reader, place->topic, p, OFFSET_BEGINNING);
        assert_int_equal(read_records(place, reader, 1).items[0].partition, p);
    }
    reader_close(reader);
    writer_close(writer);
}

static void a_partition_keeps_the_order_of_sends(struct place *place)
{
    enum { N = 20000, PARTITIONS = 3 };
    create_topic(place, place->topic, PARTITIONS);
    struct writer *writer = open_writer(place);
    for (int i = 0; i < N; i++) {
        char value[16];
        snprintf(value, sizeof value, "%d", i);
        send_text(writer, place->topic, i % PARTITIONS, NULL, value);
        if (i % 777 == 0) writer_poll(writer);
    }
    flush(writer);
    struct reader *reader = open_reader(place);
    for (int32_t p = 0; p < PARTITIONS; p++) assign(reader, place->topic, p, OFFSET_BEGINNING);
    struct seen_list list = read_records(place, reader, N);
    int next[PARTITIONS] = {0, 1, 2};
    for (uint32_t i = 0; i < N; i++) {
        const struct seen *seen = &list.items[i];
        assert_int_equal(atoi(seen->value.data), next[seen->partition]);
        assert_int_equal(seen->offset, next[seen->partition] / PARTITIONS);
        next[seen->partition] += PARTITIONS;
    }
    reader_close(reader);
    writer_close(writer);
}

static void what_is_written_while_a_reader_waits_arrives(struct place *place)
{
    create_topic(place, place->topic, 1);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    assert_int_equal(read_to_end(place, reader).n, 0);
    put(place, place->topic, "late");
    assert_text(read_records(place, reader, 1).items[0].value, "late");
    reader_close(reader);
}

/* ---- positions */

static void put_numbers(struct place *place, int n)
{
    struct writer *writer = open_writer(place);
    for (int i = 0; i < n; i++) {
        char value[16];
        snprintf(value, sizeof value, "%d", i);
        struct send send = {
            .topic = place->topic, .partition = 0, .value = text_of(value), .timestamp_ms = 1000 + i * 10};
        assert_ok(writer_send(writer, &send, &error));
    }
    flush(writer);
    writer_close(writer);
}

static void reading_begins_where_it_was_assigned(struct place *place)
{
    create_topic(place, place->topic, 1);
    put_numbers(place, 10);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, 7);
    assert_text(read_to_end(place, reader).items[0].value, "7");
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    assert_int_equal(read_to_end(place, reader).n, 10);
    assign(reader, place->topic, 0, 9);
    assert_text(read_to_end(place, reader).items[0].value, "9");
    assign(reader, place->topic, 0, OFFSET_END);
    assert_int_equal(read_to_end(place, reader).n, 0);
    put(place, place->topic, "new");
    assert_text(read_to_end(place, reader).items[0].value, "new");
    reader_close(reader);
}

static void assigning_again_drops_what_was_read_ahead(struct place *place)
{
    create_topic(place, place->topic, 1);
    put_numbers(place, 5000);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    for (int i = 0; i < 20; i++) {
        struct fetch *fetch = NULL;
        struct trouble trouble;
        for (int j = 0; j < 100 && !fetch; j++) reader_poll(reader, 100, &fetch, &trouble);
        assert_non_null(fetch);
        assert_int_equal(fetch->records[0].offset, i * 10);
        fetch_release(fetch);
        assign(reader, place->topic, 0, (i + 1) * 10);
    }
    reader_close(reader);
}

static void the_end_is_told_each_time_it_is_reached(struct place *place)
{
    create_topic(place, place->topic, 2);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    assign(reader, place->topic, 1, OFFSET_BEGINNING);
    int32_t first = await_trouble(reader, TROUBLE_END).partition;
    assert_int_equal(await_trouble(reader, TROUBLE_END).partition, 1 - first);
    assert_quiet(reader, 50);
    put(place, place->topic, "more");
    struct seen_list list = read_to_end(place, reader);
    assert_int_equal(list.n, 1);
    assert_quiet(reader, 50);
    reader_close(reader);
}

static void an_offset_beyond_the_log_is_a_trouble(struct place *place)
{
    create_topic(place, place->topic, 1);
    put_numbers(place, 3);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, 17);
    struct trouble trouble = await_trouble(reader, TROUBLE_NO_OFFSET);
    assert_true(text_equal(trouble.topic, place->topic));
    assert_int_equal(trouble.partition, 0);
    assign(reader, place->topic, 0, 2);
    assert_text(read_records(place, reader, 1).items[0].value, "2");
    reader_close(reader);
}

static void offsets_are_first_and_end(struct place *place)
{
    create_topic(place, place->topic, 2);
    put_numbers(place, 3);
    int64_t first = -1, end = -1;
    assert_ok(broker_offsets(place->broker, place->topic, 0, &first, &end, &error));
    assert_int_equal(first, 0);
    assert_int_equal(end, 3);
    assert_ok(broker_offsets(place->broker, place->topic, 1, &first, &end, &error));
    assert_int_equal(end, 0);
    assert_error(broker_offsets(place->broker, place->topic, 2, &first, &end, &error), "no partition 2");
    assert_error(broker_offsets(place->broker, TEXT("no-such-topic"), 0, &first, &end, &error),
                 "no topic 'no-such-topic'");
}

static void offsets_of_many_partitions_are_asked_for_at_once(struct place *place)
{
    create_topic(place, place->topic, 3);
    put_numbers(place, 3); /* into partition 0 */
    struct offset_range ranges[] = {{place->topic, 2, -1, -1}, {place->topic, 0, -1, -1}, {place->topic, 2, -1, -1}};
    assert_ok(broker_offset_ranges(place->broker, ranges, 3, &error));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ranges[i].first, 0);
        assert_int_equal(ranges[i].end, i == 1 ? 3 : 0);
    }
    assert_ok(broker_offset_ranges(place->broker, ranges, 0, &error));
    ranges[2].partition = 3;
    assert_error(broker_offset_ranges(place->broker, ranges, 3, &error), "no partition 3");
}

static void a_reader_that_is_sent_to_the_end_sees_what_comes_then(struct place *place)
{
    create_topic(place, place->topic, 1);
    put_numbers(place, 3);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_END);
    put(place, place->topic, "new");
    struct seen_list list = read_records(place, reader, 1);
    assert_text(list.items[0].value, "new");
    reader_close(reader);
}

static void an_offset_is_found_by_time(struct place *place)
{
    create_topic(place, place->topic, 1);
    put_numbers(place, 5); /* at 1000, 1010, ... 1040 */
    const int64_t times[] = {0, 1000, 1001, 1040, 1041}, expected[] = {0, 0, 1, 4, 5};
    for (int i = 0; i < 5; i++) {
        int64_t offset = -1;
        assert_ok(broker_offset_at(place->broker, place->topic, 0, times[i], &offset, &error));
        assert_int_equal(offset, expected[i]);
    }
}

static void a_paused_partition_gives_nothing_and_loses_nothing(struct place *place)
{
    create_topic(place, place->topic, 1);
    put_numbers(place, 3000);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    struct fetch *fetch = NULL;
    struct trouble trouble;
    for (int i = 0; i < 100 && !fetch; i++) reader_poll(reader, 100, &fetch, &trouble);
    assert_non_null(fetch);
    int64_t next = fetch->next_offset;
    fetch_release(fetch);
    reader_pause(reader, place->topic, 0);
    assert_quiet(reader, 100);
    reader_resume(reader, place->topic, 0);
    struct seen_list list = read_records(place, reader, (uint32_t)(3000 - next));
    assert_int_equal(list.items[0].offset, next);
    assert_int_equal(list.items[list.n - 1].offset, 2999);
    reader_close(reader);
}

static void a_paused_partition_leaves_the_others_alone(struct place *place)
{
    create_topic(place, place->topic, 2);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    assign(reader, place->topic, 1, OFFSET_BEGINNING);
    await_trouble(reader, TROUBLE_END);
    await_trouble(reader, TROUBLE_END);
    reader_pause(reader, place->topic, 0);
    struct writer *writer = open_writer(place);
    send_text(writer, place->topic, 0, NULL, "held");
    send_text(writer, place->topic, 1, NULL, "through");
    flush(writer);
    assert_text(read_records(place, reader, 1).items[0].value, "through");
    await_trouble(reader, TROUBLE_END);
    assert_quiet(reader, 50);
    reader_resume(reader, place->topic, 0);
    assert_text(read_records(place, reader, 1).items[0].value, "held");
    writer_close(writer);
    reader_close(reader);
}

static void what_arrives_during_a_pause_at_the_end_is_read(struct place *place)
{
    create_topic(place, place->topic, 1);
    put_numbers(place, 3);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_END);
    assert_int_equal(read_to_end(place, reader).n, 0);
    reader_pause(reader, place->topic, 0);
    put(place, place->topic, "meanwhile");
    assert_quiet(reader, 100);
    reader_resume(reader, place->topic, 0);
    assert_text(read_records(place, reader, 1).items[0].value, "meanwhile");
    reader_close(reader);
}

static void an_unassigned_partition_is_not_read(struct place *place)
{
    create_topic(place, place->topic, 2);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    assign(reader, place->topic, 1, OFFSET_BEGINNING);
    await_trouble(reader, TROUBLE_END);
    await_trouble(reader, TROUBLE_END);
    reader_unassign(reader, place->topic, 0);
    reader_unassign(reader, place->topic, 0);
    put(place, place->topic, "unseen");
    assert_quiet(reader, 100);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    assert_text(read_records(place, reader, 1).items[0].value, "unseen");
    reader_close(reader);
}

static void two_readers_stand_where_they_stand(struct place *place)
{
    create_topic(place, place->topic, 1);
    put_numbers(place, 4);
    struct reader *one = open_reader(place), *two = open_reader(place);
    assign(one, place->topic, 0, OFFSET_BEGINNING);
    assign(two, place->topic, 0, 3);
    assert_int_equal(read_to_end(place, one).n, 4);
    assert_int_equal(read_to_end(place, two).n, 1);
    reader_close(one);
    reader_close(two);
}

static void a_thousand_partitions_are_assigned_at_once(struct place *place)
{
    enum { N = 1000 };
    create_topic(place, place->topic, N);
    put(place, place->topic, "x");
    struct reader *reader = open_reader(place);
    int64_t start = clock_monotonic_ms();
    for (int32_t p = 0; p < N; p++) assign(reader, place->topic, p, 0);
    int ends = 0, records = 0;
    while (ends < N && clock_monotonic_ms() - start < PATIENCE_MS) {
        struct fetch *fetch;
        struct trouble trouble;
        records += reader_poll(reader, 100, &fetch, &trouble);
        ends += trouble.kind == TROUBLE_END;
        fetch_release(fetch);
    }
    assert_int_equal(ends, N);
    assert_int_equal(records, 1);
    reader_close(reader);
}

/* ---- waiting */

static void *wake_soon(void *reader)
{
    usleep(50000);
    reader_wake(reader);
    return NULL;
}

static void a_wake_ends_the_wait(struct place *place)
{
    create_topic(place, place->topic, 1);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    await_trouble(reader, TROUBLE_END);
    pthread_t thread;
    pthread_create(&thread, NULL, wake_soon, reader);
    struct fetch *fetch;
    struct trouble trouble;
    int64_t start = clock_monotonic_ms();
    assert_false(reader_poll(reader, 10000, &fetch, &trouble));
    assert_true(clock_monotonic_ms() - start < 5000);
    pthread_join(thread, NULL);
    reader_wake(reader);
    start = clock_monotonic_ms();
    assert_false(reader_poll(reader, 10000, &fetch, &trouble));
    assert_true(clock_monotonic_ms() - start < 5000);
    reader_close(reader);
}

static int64_t processor_ms(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (int64_t)used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

static void waiting_costs_no_processor_time(struct place *place)
{
    create_topic(place, place->topic, 10);
    struct reader *reader = open_reader(place);
    for (int32_t p = 0; p < 10; p++) assign(reader, place->topic, p, OFFSET_BEGINNING);
    for (int32_t p = 0; p < 10; p++) await_trouble(reader, TROUBLE_END);
    reader_assign(reader, TEXT("no-such-topic"), 0, 0, NULL) ? (void)0 : fail();
    await_trouble(reader, TROUBLE_NO_TOPIC);
    int64_t before = processor_ms();
    assert_quiet(reader, 1000);
    assert_true(processor_ms() - before < 400);
    reader_close(reader);
}

/* ---- topics */

static void a_topic_is_described(struct place *place)
{
    struct topic_info info;
    assert_ok(broker_describe_topic(place->broker, place->arena, place->topic, &info, &error));
    assert_int_equal(info.n_partitions, 0);
    create_topic(place, place->topic, 3);
    assert_ok(broker_describe_topic(place->broker, place->arena, place->topic, &info, &error));
    assert_int_equal(info.n_partitions, 3);
    assert_int_equal(info.replicas, 1);
    assert_false(info.internal);
    delete_topic(place, place->topic);
    delete_topic(place, place->topic);
    assert_ok(broker_describe_topic(place->broker, place->arena, place->topic, &info, &error));
    assert_int_equal(info.n_partitions, 0);
    assert_ok(broker_describe_topic(place->broker, place->arena, TEXT("not a name"), &info, &error));
    assert_int_equal(info.n_partitions, 0);
}

static void topics_are_listed_by_name(struct place *place)
{
    struct text b = text_printf(place->arena, TEXT_FMT ".b", TEXT_ARG(place->topic));
    struct text a = text_printf(place->arena, TEXT_FMT ".a", TEXT_ARG(place->topic));
    const struct topic_spec specs[] = {{.name = b, .n_partitions = 2, .replicas = 1},
                                       {.name = a, .n_partitions = 1, .replicas = -1}};
    assert_ok(broker_create_topics(place->broker, specs, 2, false, &error));
    struct topic_list list;
    assert_ok(broker_list_topics(place->broker, place->arena, &list, &error));
    uint32_t at = 0;
    while (at < list.n && !text_equal(list.items[at].name, a)) at++;
    assert_true(at + 1 < list.n);
    assert_true(text_equal(list.items[at + 1].name, b));
    assert_int_equal(list.items[at + 1].n_partitions, 2);
}

static void a_topic_that_is_there_is_not_made_twice(struct place *place)
{
    create_topic(place, place->topic, 2);
    struct text other = text_printf(place->arena, TEXT_FMT ".other", TEXT_ARG(place->topic));
    const struct topic_spec specs[] = {{.name = place->topic, .n_partitions = 2, .replicas = -1},
                                       {.name = other, .n_partitions = 1, .replicas = -1}};
    char *expected = arena_printf(place->arena, "a topic '" TEXT_FMT "' already", TEXT_ARG(place->topic));
    assert_error(broker_create_topics(place->broker, specs, 2, false, &error), expected);
    assert_ok(broker_create_topics(place->broker, specs, 2, true, &error));
    struct topic_info info;
    assert_ok(broker_describe_topic(place->broker, place->arena, other, &info, &error));
    assert_int_equal(info.n_partitions, 1);
}

static void ill_formed_topics_are_refused(struct place *place)
{
    static const struct {
        const char *name;
        int32_t n_partitions;
        const char *message;
    } cases[] = {
        {"", 1, "needs a name"},
        {"..", 1, "'..' cannot be"},
        {"a b", 1, "'a b' cannot be"},
        {"fine", 0, "0 partitions"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct topic_spec spec = {
            .name = text_of(cases[i].name), .n_partitions = cases[i].n_partitions, .replicas = -1};
        assert_error(broker_create_topics(place->broker, &spec, 1, true, &error), cases[i].message);
    }
    char *name = arena_alloc(place->arena, 250);
    memset(name, 'x', 250);
    struct topic_spec spec = {.name = {name, 250}, .n_partitions = 1, .replicas = -1};
    assert_error(broker_create_topics(place->broker, &spec, 1, true, &error), "250 bytes");
    spec.name = place->topic;
    const struct topic_spec twice[] = {spec, spec};
    assert_error(broker_create_topics(place->broker, twice, 2, true, &error), "twice");
}

static void a_setting_of_a_topic_is_kept(struct place *place)
{
    const struct topic_config configs[] = {{TEXT("retention.ms"), TEXT("86400000")},
                                           {TEXT("cleanup.policy"), TEXT("compact")}};
    struct topic_spec spec = {
        .name = place->topic, .n_partitions = 1, .replicas = -1, .configs = configs, .n_configs = 2};
    assert_ok(broker_create_topics(place->broker, &spec, 1, false, &error));
    struct text value;
    assert_ok(broker_topic_config(place->broker, place->arena, place->topic, TEXT("retention.ms"), &value, &error));
    assert_text(value, "86400000");
    assert_ok(broker_topic_config(place->broker, place->arena, place->topic, TEXT("segment.ms"), &value, &error));
    assert_null(value.data);
    assert_error(
        broker_topic_config(place->broker, place->arena, TEXT("no-such-topic"), TEXT("retention.ms"), &value, &error),
        "no topic");
}

static void a_compacted_topic_keeps_the_last_record_of_a_key(struct place *place)
{
    const struct topic_config configs[] = {{TEXT("cleanup.policy"), TEXT("compact")}};
    struct topic_spec spec = {
        .name = place->topic, .n_partitions = 1, .replicas = -1, .configs = configs, .n_configs = 1};
    assert_ok(broker_create_topics(place->broker, &spec, 1, false, &error));
    struct writer *writer = open_writer(place);
    for (int i = 0; i < 100; i++) {
        char key[8], value[8];
        snprintf(key, sizeof key, "k%d", i % 7);
        snprintf(value, sizeof value, "%d", i);
        send_text(writer, place->topic, 0, key, value);
        if (i == 50) flush(writer);
    }
    flush(writer);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    struct seen_list list = read_to_end(place, reader);
    assert_true(list.n >= 7);
    bool found[7] = {0};
    for (uint32_t i = 0; i < list.n; i++)
        for (int k = 0; k < 7; k++) found[k] |= list.items[i].offset == 93 + k;
    for (int k = 0; k < 7; k++) assert_true(found[k]);
    assert_int_equal(list.next_offset, 100);
    reader_close(reader);
    writer_close(writer);
}

static void a_compacted_topic_refuses_a_record_without_a_key(struct place *place)
{
    const struct topic_config configs[] = {{TEXT("cleanup.policy"), TEXT("compact")}};
    struct topic_spec spec = {
        .name = place->topic, .n_partitions = 1, .replicas = -1, .configs = configs, .n_configs = 1};
    assert_ok(broker_create_topics(place->broker, &spec, 1, false, &error));
    struct writer *writer = open_writer(place);
    send_text(writer, place->topic, 0, NULL, "keyless");
    struct error error = {0};
    assert_false(writer_flush(writer, PATIENCE_MS, &error));
    assert_int_equal(place->n_lost, 1);
    assert_text(place->lost[0], "keyless");
    writer_close(writer);
}

static void a_topic_that_is_missing_is_said_once_until_it_is_made(struct place *place)
{
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    struct trouble trouble = await_trouble(reader, TROUBLE_NO_TOPIC);
    assert_true(text_equal(trouble.topic, place->topic));
    assert_quiet(reader, 1500);
    create_topic(place, place->topic, 1);
    put(place, place->topic, "at last");
    assert_text(read_records(place, reader, 1).items[0].value, "at last");
    reader_close(reader);
}

static void a_partition_beyond_the_topic_is_missing(struct place *place)
{
    create_topic(place, place->topic, 2);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 2, OFFSET_BEGINNING);
    assert_int_equal(await_trouble(reader, TROUBLE_NO_TOPIC).partition, 2);
    reader_close(reader);
}

static void a_topic_that_is_deleted_while_it_is_read_is_said_once(struct place *place)
{
    create_topic(place, place->topic, 1);
    put_numbers(place, 5);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    assert_int_equal(read_to_end(place, reader).n, 5);
    delete_topic(place, place->topic);
    await_trouble(reader, TROUBLE_NO_TOPIC);
    assert_quiet(reader, 1500);
    create_topic(place, place->topic, 1);
    put(place, place->topic, "anew");
    await_trouble(reader, TROUBLE_NO_OFFSET);
    assert_quiet(reader, 50);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    assert_text(read_records(place, reader, 1).items[0].value, "anew");
    reader_close(reader);
}

/* ---- writing */

static void a_record_that_cannot_be_written_finds_its_owner(struct place *place)
{
    create_topic(place, place->topic, 1);
    struct writer *writer = open_writer(place);
    send_text(writer, TEXT("no-such-topic"), -1, "k", "lost");
    send_text(writer, place->topic, 0, "k", "kept");
    struct error error = {0};
    assert_false(writer_flush(writer, PATIENCE_MS, &error));
    assert_non_null(strstr(error.message, "no-such-topic"));
    assert_int_equal(place->n_lost, 1);
    assert_text(place->lost[0], "lost");
    assert_non_null(strstr(place->why[0].message, "no-such-topic"));
    flush(writer);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    assert_text(read_to_end(place, reader).items[0].value, "kept");
    reader_close(reader);
    writer_close(writer);
}

static void a_record_that_is_too_large_finds_its_owner(struct place *place)
{
    create_topic(place, place->topic, 1);
    struct writer *writer = open_writer(place);
    size_t size = 2 << 20;
    struct send send = {.topic = place->topic,
                        .partition = 0,
                        .value = {arena_zalloc(place->arena, size), size},
                        .timestamp_ms = 1,
                        .owner = (void *)(uintptr_t) "large"};
    assert_ok(writer_send(writer, &send, &error));
    struct error error = {0};
    assert_false(writer_flush(writer, PATIENCE_MS, &error));
    assert_int_equal(error.code, ERROR_LIMIT);
    assert_text(place->lost[0], "large");
    flush(writer);
    writer_close(writer);
}

static void a_time_before_1970_is_refused(struct place *place)
{
    create_topic(place, place->topic, 1);
    struct writer *writer = open_writer(place);
    struct send send = {.topic = place->topic, .partition = 0, .value = TEXT("v"), .timestamp_ms = -5};
    assert_ok(writer_send(writer, &send, &error));
    assert_error(writer_flush(writer, PATIENCE_MS, &error), "before 1970");
    assert_int_equal(place->n_lost, 1);
    writer_close(writer);
}

static void a_topic_made_again_can_be_written_again(struct place *place)
{
    create_topic(place, place->topic, 1);
    struct writer *writer = open_writer(place);
    send_text(writer, place->topic, 0, NULL, "before");
    flush(writer);
    delete_topic(place, place->topic);
    send_text(writer, place->topic, 0, NULL, "lost");
    struct error error = {0};
    assert_false(writer_flush(writer, PATIENCE_MS, &error));
    assert_int_equal(place->n_lost, 1);
    create_topic(place, place->topic, 1);
    send_text(writer, place->topic, 0, NULL, "after");
    flush(writer);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    assert_text(read_to_end(place, reader).items[0].value, "after");
    reader_close(reader);
    writer_close(writer);
}

/* ---- transactions */

static struct writer *open_transactional(struct place *place)
{
    struct writer *writer = NULL;
    struct writer_options options = {.transactional_id = place->topic, .failed = note_lost, .context = place};
    assert_ok(writer_open(place->broker, options, &writer, &error));
    return writer;
}

static void a_transaction_is_seen_when_it_is_committed(struct place *place)
{
    create_topic(place, place->topic, 2);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    assign(reader, place->topic, 1, OFFSET_BEGINNING);
    await_trouble(reader, TROUBLE_END);
    await_trouble(reader, TROUBLE_END);
    struct writer *writer = open_transactional(place);
    assert_ok(writer_begin(writer, &error));
    send_text(writer, place->topic, 0, NULL, "one");
    send_text(writer, place->topic, 1, NULL, "two");
    flush(writer);
    assert_quiet(reader, 100);
    assert_ok(writer_commit(writer, NULL, &error));
    read_records(place, reader, 2);
    writer_close(writer);
    reader_close(reader);
}

static void an_aborted_transaction_is_never_seen(struct place *place)
{
    create_topic(place, place->topic, 1);
    struct writer *writer = open_transactional(place);
    assert_ok(writer_begin(writer, &error));
    send_text(writer, place->topic, 0, NULL, "dropped");
    assert_ok(writer_abort(writer, &error));
    assert_ok(writer_begin(writer, &error));
    send_text(writer, place->topic, 0, NULL, "kept");
    assert_ok(writer_commit(writer, NULL, &error));
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    struct seen_list list = read_to_end(place, reader);
    assert_int_equal(list.n, 1);
    assert_text(list.items[0].value, "kept");
    writer_close(writer);
    reader_close(reader);
}

static void a_transactional_writer_sends_in_transactions_only(struct place *place)
{
    create_topic(place, place->topic, 1);
    struct writer *writer = open_transactional(place), *plain = open_writer(place);
    struct send send = {.topic = place->topic, .partition = 0, .value = TEXT("v"), .timestamp_ms = 1};
    assert_error(writer_send(writer, &send, &error), "within a transaction");
    assert_error(writer_commit(writer, NULL, &error), "no transaction");
    assert_error(writer_begin(plain, &error), "without transactions");
    writer_close(plain);
    writer_close(writer);
}

/* ---- threads */

enum { PER_THREAD = 2000, THREADS = 3 };

static void *write_and_read(void *context)
{
    struct place place = *(struct place *)context;
    place.arena = arena_new();
    struct writer *writer = open_writer(&place);
    struct reader *reader = open_reader(&place);
    assign(reader, place.topic, 0, OFFSET_BEGINNING);
    for (int i = 0; i < PER_THREAD; i++) {
        send_text(writer, place.topic, 0, NULL, "v");
        if (i % 100 == 0) writer_poll(writer);
    }
    flush(writer);
    struct seen_list list = read_records(&place, reader, PER_THREAD * THREADS);
    for (uint32_t i = 0; i < list.n; i++) assert_int_equal(list.items[i].offset, i);
    reader_close(reader);
    writer_close(writer);
    arena_free(place.arena);
    return NULL;
}

static void threads_share_a_broker(struct place *place)
{
    create_topic(place, place->topic, 1);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, write_and_read, place);
    struct text other = text_printf(place->arena, TEXT_FMT ".other", TEXT_ARG(place->topic));
    for (int i = 0; i < 5; i++) {
        create_topic(place, other, 2);
        delete_topic(place, other);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
}

/* ---- membership */

struct slots {
    bool held[16];
    int n_held, n_lost;
};

static void note_given(void *context, const int32_t *numbers, uint32_t n)
{
    struct slots *slots = context;
    for (uint32_t i = 0; i < n; i++) {
        assert_false(slots->held[numbers[i]]);
        slots->held[numbers[i]] = true;
        slots->n_held++;
    }
}

static void note_taken(void *context, const int32_t *numbers, uint32_t n, bool lost)
{
    struct slots *slots = context;
    for (uint32_t i = 0; i < n; i++) {
        assert_true(slots->held[numbers[i]]);
        slots->held[numbers[i]] = false;
        slots->n_held--;
        slots->n_lost += lost;
    }
}

static struct membership *join(struct place *place, struct slots *slots, int32_t n_slots)
{
    struct membership *membership = NULL;
    struct membership_options options = {.group = place->topic,
                                         .tasks_topic = place->topic,
                                         .n_slots = n_slots,
                                         .context = slots,
                                         .given = note_given,
                                         .taken = note_taken};
    assert_ok(membership_open(place->broker, options, &membership, &error));
    return membership;
}

static void await_slots(struct membership *membership, const struct slots *slots, int n)
{
    int64_t deadline = clock_monotonic_ms() + PATIENCE_MS;
    struct trouble trouble;
    while (slots->n_held != n && clock_monotonic_ms() < deadline) membership_poll(membership, 50, &trouble);
    assert_int_equal(slots->n_held, n);
}

static void one_member_has_all_slots_until_it_leaves(struct place *place)
{
    create_topic(place, place->topic, 16);
    struct slots slots = {0};
    struct membership *membership = join(place, &slots, 16);
    assert_int_equal(slots.n_held, 0);
    await_slots(membership, &slots, 16);
    struct trouble trouble;
    membership_wake(membership);
    int64_t start = clock_monotonic_ms();
    membership_poll(membership, 10000, &trouble);
    assert_true(clock_monotonic_ms() - start < 5000);
    membership_close(membership);
    assert_int_equal(slots.n_held, 0);
    assert_int_equal(slots.n_lost, 0);
    membership = join(place, &slots, 16);
    await_slots(membership, &slots, 16);
    membership_close(membership);
}

static uint32_t count_members(struct place *place)
{
    uint32_t n;
    assert_ok(broker_count_members(place->broker, place->topic, &n, &error));
    return n;
}

static void members_of_a_group_are_counted(struct place *place)
{
    create_topic(place, place->topic, 4);
    assert_int_equal(count_members(place), 0);
    struct slots slots = {0};
    struct membership *membership = join(place, &slots, 4);
    await_slots(membership, &slots, 4);
    assert_int_equal(count_members(place), 1);
    membership_close(membership);
    assert_int_equal(count_members(place), 0);
}

/* ---- the makers */

struct maker {
    const char *name;
    void (*open)(struct place *place);
};

static void open_memory(struct place *place)
{
    place->broker = broker_open_memory();
}

static void open_local(struct place *place)
{
    strcpy(place->folder, "/tmp/weir-topic-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    assert_ok(broker_open(place->settings, text_of(place->folder), &place->broker, &error));
}

static void open_kafka(struct place *place)
{
    struct text address = text_of(getenv("WEIR_TEST_KAFKA"));
    assert_ok(settings_set(place->settings, TEXT("bootstrap.servers"), address, SETTING_AT_START, &error));
    assert_ok(broker_open(place->settings, TEXT("/nowhere"), &place->broker, &error));
}

static const struct maker makers[] = {{"memory", open_memory}, {"local", open_local}, {"kafka", open_kafka}};

typedef void behaviour(struct place *place);
#define BEHAVIOUR(function)                                                                                            \
    {                                                                                                                  \
#function, function                                                                                            \
    }
static const struct {
    const char *name;
    behaviour *run;
} behaviours[] = {
    BEHAVIOUR(a_record_comes_back_as_it_was_sent),
    BEHAVIOUR(null_is_not_empty),
    BEHAVIOUR(headers_come_back_in_order),
    BEHAVIOUR(a_key_chooses_its_partition_by_murmur2),
    BEHAVIOUR(a_partition_that_is_given_wins_over_the_key),
    BEHAVIOUR(a_partition_keeps_the_order_of_sends),
    BEHAVIOUR(what_is_written_while_a_reader_waits_arrives),
    BEHAVIOUR(reading_begins_where_it_was_assigned),
    BEHAVIOUR(assigning_again_drops_what_was_read_ahead),
    BEHAVIOUR(the_end_is_told_each_time_it_is_reached),
    BEHAVIOUR(an_offset_beyond_the_log_is_a_trouble),
    BEHAVIOUR(offsets_are_first_and_end),
    BEHAVIOUR(offsets_of_many_partitions_are_asked_for_at_once),
    BEHAVIOUR(a_reader_that_is_sent_to_the_end_sees_what_comes_then),
    BEHAVIOUR(an_offset_is_found_by_time),
    BEHAVIOUR(a_paused_partition_gives_nothing_and_loses_nothing),
    BEHAVIOUR(a_paused_partition_leaves_the_others_alone),
    BEHAVIOUR(what_arrives_during_a_pause_at_the_end_is_read),
    BEHAVIOUR(an_unassigned_partition_is_not_read),
    BEHAVIOUR(two_readers_stand_where_they_stand),
    BEHAVIOUR(a_thousand_partitions_are_assigned_at_once),
    BEHAVIOUR(a_wake_ends_the_wait),
    BEHAVIOUR(waiting_costs_no_processor_time),
    BEHAVIOUR(a_topic_is_described),
    BEHAVIOUR(topics_are_listed_by_name),
    BEHAVIOUR(a_topic_that_is_there_is_not_made_twice),
    BEHAVIOUR(ill_formed_topics_are_refused),
    BEHAVIOUR(a_setting_of_a_topic_is_kept),
    BEHAVIOUR(a_compacted_topic_keeps_the_last_record_of_a_key),
    BEHAVIOUR(a_compacted_topic_refuses_a_record_without_a_key),
    BEHAVIOUR(a_topic_that_is_missing_is_said_once_until_it_is_made),
    BEHAVIOUR(a_partition_beyond_the_topic_is_missing),
    BEHAVIOUR(a_topic_that_is_deleted_while_it_is_read_is_said_once),
    BEHAVIOUR(a_record_that_cannot_be_written_finds_its_owner),
    BEHAVIOUR(a_record_that_is_too_large_finds_its_owner),
    BEHAVIOUR(a_time_before_1970_is_refused),
    BEHAVIOUR(a_topic_made_again_can_be_written_again),
    BEHAVIOUR(a_transaction_is_seen_when_it_is_committed),
    BEHAVIOUR(an_aborted_transaction_is_never_seen),
    BEHAVIOUR(a_transactional_writer_sends_in_transactions_only),
    BEHAVIOUR(threads_share_a_broker),
    BEHAVIOUR(one_member_has_all_slots_until_it_leaves),
    BEHAVIOUR(members_of_a_group_are_counted),
};

enum { N_BEHAVIOURS = sizeof behaviours / sizeof *behaviours, N_MAKERS = sizeof makers / sizeof *makers };

/* A behaviour on a maker; the initial state of one cmocka test. */
struct trial {
    const struct maker *maker;
    behaviour *run;
    char name[128];
};

static void run_trial(void **state)
{
    const struct trial *trial = *state;
    if (!strcmp(trial->maker->name, "kafka") && !getenv("WEIR_TEST_KAFKA")) skip();
    struct place *place = place_new();
    trial->maker->open(place);
    trial->run(place);
    delete_topic(place, place->topic); /* a broker that serves many runs would fill up */
    place_free(place);
}

/* Arguments: words that a test's name must contain. */
static bool is_wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!strstr(name, argv[i])) return false;
    return true;
}

int main(int argc, char **argv)
{
    static struct trial trials[N_MAKERS * N_BEHAVIOURS];
    static struct CMUnitTest tests[N_MAKERS * N_BEHAVIOURS];
    size_t n = 0;
    for (int m = 0; m < N_MAKERS; m++)
        for (int b = 0; b < N_BEHAVIOURS; b++) {
            struct trial *trial = &trials[n];
            trial->maker = &makers[m];
            trial->run = behaviours[b].run;
            snprintf(trial->name, sizeof trial->name, "%s: %s", makers[m].name, behaviours[b].name);
            if (!is_wanted(trial->name, argc, argv)) continue;
            tests[n++] = (struct CMUnitTest){trial->name, run_trial, NULL, NULL, trial};
        }
    return _cmocka_run_group_tests("topic", tests, n, NULL, NULL);
}
