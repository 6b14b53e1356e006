/* run_test.c - tasks, feeds and positions, on a log in memory, without threads. */
#include "tests/unit/test.h"
#include "engine/base/clock.h"
#include "engine/base/settings.h"
#include "engine/run/feed.h"
#include "engine/run/positions.h"
#include "engine/run/query.h"
#include "engine/topic/topic.h"

enum { MOST_SEEN = 4096 };

/* What a task gave on, in order: topic's first letter, offset, time. */
struct seen {
    uint32_t n;
    struct {
        int64_t offset, time_ms;
        int32_t input; /* by the name of its topic: "a" is 0 */
    } rows[MOST_SEEN];
    bool full;
};

/* A plan whose inputs go straight to the client: what SQL makes of SELECT, without the SELECT. */
struct fixture {
    struct arena *arena;
    struct broker *broker;
    struct plan plan;
    struct plan_subtopology subtopology;
    struct plan_input inputs[2];
    struct plan_op op;
    bool needed[4];
    struct arena *scratch;
};

static const struct schema_column columns[] = {{.name = {"V", 1}, .type = &type_bigint, .role = COLUMN_VALUE}};
static const struct schema_column with_pseudo[] = {{.name = {"V", 1}, .type = &type_bigint, .role = COLUMN_VALUE}};
static const int32_t layout[] = {0};

static struct source *definition_of(const char *topic)
{
    struct source *source = source_new();
    source->name = source->topic = text_copy(source->arena, text_of(topic));
    source->schema = (struct schema){columns, 1};
    source->key = (struct serde_spec){.format = format_find(TEXT("NONE")), .part = SERDE_KEY};
    source->value = (struct serde_spec){.format = format_find(TEXT("KAFKA")), .part = SERDE_VALUE, .unwrapped = true};
    return source;
}

static void make_topic(struct fixture *fixture, const char *name, int32_t n_partitions)
{
    struct error error = {0};
    struct topic_spec spec = {.name = text_of(name), .n_partitions = n_partitions, .replicas = 1};
    assert_true(broker_create_topics(fixture->broker, &spec, 1, true, &error));
}

static void setup(struct fixture *fixture, uint32_t n_inputs)
{
    *fixture = (struct fixture){.arena = arena_new(), .broker = broker_open_memory(), .scratch = arena_new()};
    fixture->needed[0] = true;
    fixture->op = (struct plan_op){.kind = PLAN_DELIVER, .name = "deliver", .schema = {columns, 1}};
    static const char *const topics[] = {"a", "b"};
    for (uint32_t i = 0; i < n_inputs; i++) {
        make_topic(fixture, topics[i], 1);
        fixture->inputs[i] = (struct plan_input){.topic = text_of(topics[i]),
                                                 .definition = definition_of(topics[i]),
                                                 .schema = {with_pseudo, 1},
                                                 .layout = layout,
                                                 .needed = fixture->needed,
                                                 .first = &fixture->op};
    }
    fixture->subtopology = (struct plan_subtopology){fixture->inputs, n_inputs};
    fixture->plan =
        (struct plan){.query_id = TEXT("Q_1"), .subtopologies = &fixture->subtopology, .n_subtopologies = 1};
}

static void teardown(struct fixture *fixture)
{
    for (int i = 0; i < 2; i++) source_release(fixture->inputs[i].definition);
    broker_close(fixture->broker);
    arena_free(fixture->scratch);
    arena_free(fixture->arena);
}

static void report(void *context, const struct task *task, enum log_type type, const struct batch *batch, uint32_t row,
                   const char *why)
{
    (void)context, (void)task, (void)type, (void)batch, (void)row;
    fail_msg("a row failed: %s", why);
}

static void deliver(void *context, const struct batch *batch)
{
    struct seen *seen = context;
    for (uint32_t i = 0; i < batch->n_selected; i++) {
        uint32_t row = batch->selection[i];
        struct value value = column_get(&batch->columns[0], row);
        seen->rows[seen->n].offset = batch->offsets[row];
        seen->rows[seen->n].time_ms = batch->timestamps[row];
        seen->rows[seen->n++].input = (int32_t)(value.bigint / 1000000);
    }
}

static bool is_full(void *context)
{
    return ((struct seen *)context)->full;
}

static struct task *task_of(struct fixture *fixture, struct seen *seen, struct task_settings settings)
{
    struct task_owner owner = {.context = seen, .report = report, .deliver = deliver, .is_blocked = is_full};
    struct task *task = task_new(&fixture->plan, 0, 0, owner, settings);
    struct error error = {0};
    assert_true(task_open(task, (struct task_place){NULL, fixture->scratch}, &error));
    return task;
}

/* `n` records whose values say which topic they are of. */
static void send_records(struct fixture *fixture, const char *topic, const int64_t *times, uint32_t n)
{
    struct writer *writer;
    struct error error = {0};
    assert_true(writer_open(fixture->broker, (struct writer_options){0}, &writer, &error));
    for (uint32_t i = 0; i < n; i++) {
        char bytes[8] = {0};
        int64_t value = topic[0] == 'b' ? 1000000 : 0;
        for (int j = 0; j < 8; j++) bytes[j] = (char)(value >> (56 - 8 * j));
        struct send send = {
            .topic = text_of(topic), .partition = 0, .value = {bytes, 8}, .timestamp_ms = times ? times[i] : i};
        assert_true(writer_send(writer, &send, &error));
    }
    assert_true(writer_flush(writer, 1000, &error));
    writer_close(writer);
}

static void poll_until_quiet(struct feeds *feeds)
{
    int quiet = 0;
    while (quiet < 3) quiet = feeds_poll(feeds, 0) ? 0 : quiet + 1;
}

static void attach(struct feeds *feeds, struct task *task, int64_t position)
{
    struct error error = {0};
    for (uint32_t i = 0; i < task->n_inputs; i++) {
        task->inputs[i].position = position;
        assert_true(feeds_attach(feeds, &task->inputs[i], &error));
    }
}

static void end(struct feeds *feeds, struct task *task)
{
    for (uint32_t i = 0; i < task->n_inputs; i++) feeds_detach(feeds, &task->inputs[i]);
    task_free(task);
}

static void assert_all_offsets(const struct seen *seen, int64_t first, int64_t last)
{
    assert_int_equal(seen->n, last - first + 1);
    for (uint32_t i = 0; i < seen->n; i++) assert_int_equal(seen->rows[i].offset, first + i);
}

static void rows_of_two_inputs_come_in_the_order_of_their_time(void **state)
{
    (void)state;
    struct fixture fixture;
    struct feeds *feeds;
    struct error error = {0};
    static struct seen seen;
    setup(&fixture, 2);
    seen = (struct seen){0};
    send_records(&fixture, "a", (int64_t[]){1, 5, 6, 9}, 4);
    send_records(&fixture, "b", (int64_t[]){2, 3, 7, 7, 20}, 5);
    assert_true(feeds_open(fixture.broker, &feeds, &error));
    struct task *task = task_of(&fixture, &seen, (struct task_settings){0});
    attach(feeds, task, OFFSET_BEGINNING);
    poll_until_quiet(feeds);
    static const int64_t times[] = {1, 2, 3, 5, 6, 7, 7, 9, 20};
    static const int32_t inputs[] = {0, 1, 1, 0, 0, 1, 1, 0, 1};
    assert_int_equal(seen.n, 9);
    for (int i = 0; i < 9; i++) {
        assert_int_equal(seen.rows[i].time_ms, times[i]);
        assert_int_equal(seen.rows[i].input, inputs[i]);
    }
    assert_int_equal(task->inputs[0].position, 4);
    assert_int_equal(task->inputs[1].position, 5);
    end(feeds, task);
    feeds_close(feeds);
    teardown(&fixture);
}

static void an_input_that_may_still_have_rows_is_waited_for(void **state)
{
    (void)state;
    struct fixture fixture;
    struct feeds *feeds;
    struct error error = {0};
    static struct seen seen;
    setup(&fixture, 2);
    seen = (struct seen){0};
    send_records(&fixture, "a", (int64_t[]){10, 11}, 2);
    assert_true(feeds_open(fixture.broker, &feeds, &error));
    struct task *task = task_of(&fixture, &seen, (struct task_settings){.max_idle_ms = 60000});
    attach(feeds, task, OFFSET_BEGINNING);
    poll_until_quiet(feeds);
    assert_int_equal(seen.n, 0);
    assert_int_equal(task->inputs[0].position, 0); /* what waits is not behind us */
    send_records(&fixture, "b", (int64_t[]){5, 30}, 2);
    poll_until_quiet(feeds);
    assert_int_equal(seen.n, 3);
    assert_int_equal(seen.rows[0].time_ms, 5);
    assert_int_equal(seen.rows[2].time_ms, 11);
    assert_int_equal(task->inputs[0].position, 2);
    assert_int_equal(task->inputs[1].position, 1);
    end(feeds, task);
    feeds_close(feeds);
    teardown(&fixture);
}

static void a_task_that_begins_behind_another_joins_it_and_sees_each_row_once(void **state)
{
    (void)state;
    struct fixture fixture;
    struct feeds *feeds;
    struct error error = {0};
    static struct seen first, second;
    setup(&fixture, 1);
    first = second = (struct seen){0};
    send_records(&fixture, "a", NULL, 3000);
    assert_true(feeds_open(fixture.broker, &feeds, &error));
    struct task *ahead = task_of(&fixture, &first, (struct task_settings){0});
    attach(feeds, ahead, 2500);
    struct task *behind = task_of(&fixture, &second, (struct task_settings){0});
    attach(feeds, behind, OFFSET_BEGINNING);
    assert_ptr_not_equal(ahead->inputs[0].feed, behind->inputs[0].feed);
    poll_until_quiet(feeds);
    assert_ptr_equal(ahead->inputs[0].feed, behind->inputs[0].feed);
    assert_all_offsets(&first, 2500, 2999);
    assert_all_offsets(&second, 0, 2999);
    end(feeds, ahead);
    end(feeds, behind);
    feeds_close(feeds);
    teardown(&fixture);
}

static void a_task_that_is_full_stops_alone_and_goes_on_where_it_was(void **state)
{
    (void)state;
    struct fixture fixture;
    struct feeds *feeds;
    struct error error = {0};
    static struct seen slow, other;
    setup(&fixture, 1);
    slow = other = (struct seen){0};
    send_records(&fixture, "a", NULL, 3000);
    assert_true(feeds_open(fixture.broker, &feeds, &error));
    struct task *slow_task = task_of(&fixture, &slow, (struct task_settings){0});
    struct task *other_task = task_of(&fixture, &other, (struct task_settings){0});
    attach(feeds, slow_task, OFFSET_BEGINNING);
    attach(feeds, other_task, OFFSET_BEGINNING);
    slow.full = true;
    poll_until_quiet(feeds);
    assert_all_offsets(&other, 0, 2999);
    assert_true(slow.n > 0 && slow.n < 3000); /* the batch that was under way */
    slow.full = false;
    feeds_release_held(feeds);
    poll_until_quiet(feeds);
    assert_all_offsets(&slow, 0, 2999);
    assert_ptr_equal(slow_task->inputs[0].feed, other_task->inputs[0].feed);
    end(feeds, slow_task);
    end(feeds, other_task);
    feeds_close(feeds);
    teardown(&fixture);
}

static int n_gaps;

static void note_gap(void *context, const struct task *task, const struct error *error)
{
    (void)context, (void)task;
    n_gaps++;
    assert_non_null(strstr(error->message, "a/0 ends at offset 10, before 50"));
}

static void a_position_that_is_gone_is_told_and_reading_goes_on(void **state)
{
    (void)state;
    struct fixture fixture;
    struct feeds *feeds;
    struct error error = {0};
    static struct seen seen;
    setup(&fixture, 1);
    seen = (struct seen){0};
    n_gaps = 0;
    send_records(&fixture, "a", NULL, 10);
    assert_true(feeds_open(fixture.broker, &feeds, &error));
    struct task *task = task_of(&fixture, &seen, (struct task_settings){0});
    task->owner.gap = note_gap;
    attach(feeds, task, 50);
    poll_until_quiet(feeds);
    assert_int_equal(n_gaps, 1);
    assert_int_equal(task->error.code, ERROR_NONE);
    assert_all_offsets(&seen, 0, 9);
    end(feeds, task);
    feeds_close(feeds);
    teardown(&fixture);
}

static void a_topic_that_is_deleted_fails_the_tasks_that_read_it(void **state)
{
    (void)state;
    struct fixture fixture;
    struct feeds *feeds;
    struct error error = {0};
    static struct seen seen;
    setup(&fixture, 1);
    seen = (struct seen){0};
    send_records(&fixture, "a", NULL, 10);
    assert_true(feeds_open(fixture.broker, &feeds, &error));
    struct task *task = task_of(&fixture, &seen, (struct task_settings){0});
    attach(feeds, task, OFFSET_BEGINNING);
    poll_until_quiet(feeds);
    assert_true(broker_delete_topic(fixture.broker, TEXT("a"), &error));
    for (int i = 0; i < 100 && task->error.code == ERROR_NONE; i++) feeds_poll(feeds, 10);
    assert_int_not_equal(task->error.code, ERROR_NONE);
    assert_non_null(strstr(task->error.message, "a"));
    end(feeds, task);
    feeds_close(feeds);
    teardown(&fixture);
}

/* Detached as a worker does with a task that failed, and attached where it stood. */
static void attach_again(struct feeds *feeds, struct task *task)
{
    int64_t position = task->inputs[0].position;
    feeds_detach(feeds, &task->inputs[0]);
    task->error = (struct error){0};
    attach(feeds, task, position);
    poll_until_quiet(feeds);
}

static void a_topic_that_is_made_anew_is_read_from_its_beginning(void **state)
{
    (void)state;
    struct fixture fixture;
    struct seen seen = {0};
    struct feeds *feeds;
    struct error error = {0};
    const int64_t old[] = {1, 2, 3}, young[] = {clock_wall_ms() + 1000, clock_wall_ms() + 1001, clock_wall_ms() + 1002};
    setup(&fixture, 1);
    assert_true(feeds_open(fixture.broker, &feeds, &error));
    struct task *task = task_of(&fixture, &seen, (struct task_settings){0});
    send_records(&fixture, "a", old, 3);
    attach(feeds, task, OFFSET_BEGINNING);
    poll_until_quiet(feeds);
    assert_int_equal(seen.n, 3);

    assert_true(broker_delete_topic(fixture.broker, TEXT("a"), &error));
    poll_until_quiet(feeds);
    assert_true(task->error.code == ERROR_WORLD);
    make_topic(&fixture, "a", 1);
    send_records(&fixture, "a", young, 3);
    attach_again(feeds, task);
    assert_int_equal(seen.n, 6);
    assert_int_equal(seen.rows[3].offset, 0);
    assert_int_equal(task->inputs[0].missing_since_ms, 0);

    task->inputs[0].missing_since_ms = clock_wall_ms() + 60000; /* it seemed to be missing, and is the same log */
    attach_again(feeds, task);
    assert_int_equal(seen.n, 6);
    end(feeds, task);
    feeds_close(feeds);
    teardown(&fixture);
}

static void a_position_that_was_written_is_where_the_task_goes_on(void **state)
{
    (void)state;
    struct fixture fixture;
    struct error error = {0};
    struct positions positions;
    static struct seen seen;
    setup(&fixture, 2);
    make_topic(&fixture, "tasks", 4);
    struct task *task = task_of(&fixture, &seen, (struct task_settings){0});
    task->inputs[0].position = 17;
    task->inputs[1].position = 4000000000;
    struct buffer key = BUFFER(1000), value = BUFFER(1000);
    position_print(task, &key, &value);
    assert_text(buffer_text(&value), "1 RUNNING\na 0 17\nb 0 4000000000");
    struct writer *writer;
    assert_true(writer_open(fixture.broker, (struct writer_options){0}, &writer, &error));
    struct send send = {.topic = TEXT("tasks"), .partition = 2, .key = buffer_text(&key), .value = buffer_text(&value)};
    assert_true(writer_send(writer, &send, &error) && writer_flush(writer, 1000, &error));
    writer_close(writer);
    task->inputs[0].position = task->inputs[1].position = 0;
    positions_init(&positions);
    assert_true(positions_read(&positions, fixture.broker, TEXT("tasks"), (int32_t[]){0, 2}, 2, &error));
    assert_true(positions_apply(&positions, task));
    assert_int_equal(task->inputs[0].position, 17);
    assert_int_equal(task->inputs[1].committed, 4000000000);
    assert_text(positions_state(&positions, &fixture.plan, 0, 0), "RUNNING");
    fixture.plan.origin = 9; /* another query of the same id */
    assert_false(positions_apply(&positions, task));
    positions_fini(&positions);
    buffer_free(&key);
    buffer_free(&value);
    task_free(task);
    teardown(&fixture);
}

static void partitions_of_a_topic_spread_over_the_slots(void **state)
{
    (void)state;
    bool taken[64] = {false};
    for (int32_t i = 0; i < 64; i++) taken[slot_of(TEXT("orders"), i, 64, 64)] = true;
    for (int i = 0; i < 64; i++) assert_true(taken[i]);
    assert_int_not_equal(slot_of(TEXT("orders"), 0, 2, 64), slot_of(TEXT("orders"), 1, 2, 64));
    assert_int_equal(slot_of(TEXT("orders"), 5, 10, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_two_inputs_come_in_the_order_of_their_time),
        cmocka_unit_test(an_input_that_may_still_have_rows_is_waited_for),
        cmocka_unit_test(a_task_that_begins_behind_another_joins_it_and_sees_each_row_once),
        cmocka_unit_test(a_task_that_is_full_stops_alone_and_goes_on_where_it_was),
        cmocka_unit_test(a_position_that_is_gone_is_told_and_reading_goes_on),
        cmocka_unit_test(a_topic_that_is_deleted_fails_the_tasks_that_read_it),
        cmocka_unit_test(a_topic_that_is_made_anew_is_read_from_its_beginning),
        cmocka_unit_test(a_position_that_was_written_is_where_the_task_goes_on),
        cmocka_unit_test(partitions_of_a_topic_spread_over_the_slots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
