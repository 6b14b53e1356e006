/* local_test.c - what only the local log does: it outlives processes, however they end, and is shared by several of
 * them. */
#include "tests/unit/topic_place.h"
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static void open_log(struct place *place)
{
    assert_ok(broker_open(place->settings, text_of(place->folder), &place->broker, &error));
}

static int set_up(void **state)
{
    struct place *place = place_new();
    strcpy(place->folder, "/tmp/weir-local-XXXXXX");
    if (!mkdtemp(place->folder)) return -1;
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    clock_run();
    place_free(*state);
    return 0;
}

static char *path_of(struct place *place, const char *name)
{
    return arena_printf(place->arena, "%s/%s", place->folder, name);
}

/* The first column of the first row, as text, as the sqlite3 shell would show it. */
static struct text query(struct place *place, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(path_of(place, "topics.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    struct text found = text_copy(place->arena, text_of((const char *)sqlite3_column_text(statement, 0)));
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return found;
}

static void execute(struct place *place, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path_of(place, "topics.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void create_with(struct place *place, const char *name, const char *value, const char *name2, const char *value2)
{
    const struct topic_config configs[] = {{text_of(name), text_of(value)}, {text_of(name2), text_of(value2)}};
    struct topic_spec spec = {
        .name = place->topic, .n_partitions = 1, .replicas = -1, .configs = configs, .n_configs = name2 ? 2 : 1};
    assert_ok(broker_create_topics(place->broker, &spec, 1, false, &error));
}

/* ---- files */

static void what_was_flushed_is_there_when_the_log_is_opened_again(void **state)
{
    struct place *place = *state;
    open_log(place);
    create_topic(place, place->topic, 1);
    put(place, place->topic, "one");
    broker_close(place->broker);
    open_log(place);
    put(place, place->topic, "two");
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    struct seen_list list = read_to_end(place, reader);
    assert_int_equal(list.n, 2);
    assert_text(list.items[0].value, "one");
    assert_text(list.items[1].value, "two");
    assert_int_equal(list.items[1].offset, 1);
    reader_close(reader);
}

static void the_log_is_read_with_sqlite(void **state)
{
    struct place *place = *state;
    open_log(place);
    create_topic(place, place->topic, 2);
    struct writer *writer = open_writer(place);
    send_text(writer, place->topic, 1, "key", "first");
    send_text(writer, place->topic, 1, "key", "second");
    flush(writer);
    writer_close(writer);
    struct text row = query(
        place, "SELECT topic || ' ' || partition || ' ' || offset || ' ' || timestamp || ' ' || key || ' ' || value"
               " FROM messages ORDER BY offset DESC");
    assert_text(row, arena_printf(place->arena, TEXT_FMT " 1 1 1000 key second", TEXT_ARG(place->topic)));
}

static int rights_of(const char *path)
{
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    return info.st_mode & 0777;
}

static void files_are_for_their_owner_only(void **state)
{
    struct place *place = *state;
    remove_folder(place->folder);
    mode_t before = umask(0);
    open_log(place);
    create_topic(place, place->topic, 1);
    umask(before);
    assert_int_equal(rights_of(place->folder), 0700);
    assert_int_equal(rights_of(path_of(place, "topics.db")), 0600);
    assert_int_equal(rights_of(path_of(place, "topics.db-wal")), 0600);
    assert_int_equal(rights_of(path_of(place, "topics.bell")), 0600);
}

static void what_is_not_a_log_is_refused(void **state)
{
    struct place *place = *state;
    char *file = path_of(place, "file"), *log = path_of(place, "topics.db");
    FILE *out = fopen(file, "w");
    fputs("no folder", out);
    fclose(out);
    assert_error(broker_open(place->settings, text_of(file), &place->broker, &error), "is not a folder");
    assert_int_equal(rename(file, log), 0);
    assert_error(broker_open(place->settings, text_of(place->folder), &place->broker, &error),
                 "is not a log of weir's");
    unlink(log);
    execute(place, "CREATE TABLE other(a)");
    assert_error(broker_open(place->settings, text_of(place->folder), &place->broker, &error),
                 "is not a log of weir's");
    unlink(log);
    open_log(place);
    broker_close(place->broker);
    execute(place, "PRAGMA user_version = 2");
    assert_error(broker_open(place->settings, text_of(place->folder), &place->broker, &error), "newer weir");
    assert_error(broker_open(place->settings, TEXT("/nowhere/at/all"), &place->broker, &error),
                 "cannot make the data folder");
    place->broker = NULL;
}

/* ---- several processes */

/* Runs `work` in a process of its own, with a broker of its own; its descriptor `out` is the pipe's other end. */
static pid_t start(struct place *place, int out, void (*work)(struct place *place, int out))
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid > 0) return pid;
    open_log(place);
    work(place, out);
    _exit(0);
}

static void finish(pid_t pid)
{
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

enum { PER_WRITER = 1500, WRITERS = 3 };

static void write_many(struct place *place, int name)
{
    struct writer *writer = open_writer(place);
    for (int i = 0; i < PER_WRITER; i++) {
        char key[8], value[16];
        snprintf(key, sizeof key, "%d", name);
        snprintf(value, sizeof value, "%d", i);
        send_text(writer, place->topic, 0, key, value);
        if (i % 50 == 0) flush(writer);
        writer_poll(writer);
    }
    flush(writer);
    writer_close(writer);
}

static void processes_write_to_one_partition_without_gaps(void **state)
{
    struct place *place = *state;
    open_log(place);
    create_topic(place, place->topic, 1);
    pid_t pids[WRITERS];
    for (int i = 0; i < WRITERS; i++) pids[i] = start(place, i, write_many);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    struct seen_list list = read_records(place, reader, PER_WRITER * WRITERS);
    int next[WRITERS] = {0};
    for (uint32_t i = 0; i < list.n; i++) {
        assert_int_equal(list.items[i].offset, i);
        assert_int_equal(atoi(list.items[i].value.data), next[atoi(list.items[i].key.data)]++);
    }
    for (int i = 0; i < WRITERS; i++) finish(pids[i]);
    reader_close(reader);
}

static void write_late(struct place *place, int out)
{
    (void)out;
    usleep(100000);
    put(place, place->topic, "from afar");
}

static void another_processs_write_ends_the_wait(void **state)
{
    struct place *place = *state;
    open_log(place);
    create_topic(place, place->topic, 1);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    await_trouble(reader, TROUBLE_END);
    pid_t pid = start(place, 0, write_late);
    struct fetch *fetch;
    struct trouble trouble;
    assert_true(reader_poll(reader, PATIENCE_MS, &fetch, &trouble));
    assert_text(fetch->records[0].value, "from afar");
    fetch_release(fetch);
    finish(pid);
    reader_close(reader);
}

/* Numbers on from `base`, and tells each that is flushed. */
static void write_until_killed(struct place *place, int out)
{
    int64_t first, number;
    assert_ok(broker_offsets(place->broker, place->topic, 0, &first, &number, &error));
    struct writer *writer = open_writer(place);
    for (;; number++) {
        char value[24];
        snprintf(value, sizeof value, "%lld", (long long)number);
        send_text(writer, place->topic, 0, "k", value);
        writer_poll(writer);
        if (number % 5) continue;
        flush(writer);
        if (write(out, &number, sizeof number) < 0) _exit(1);
    }
}

static void a_killed_writer_loses_nothing_that_was_flushed(void **state)
{
    struct place *place = *state;
    open_log(place);
    create_topic(place, place->topic, 1);
    unsigned seed = 7;
    for (int round = 0; round < 25; round++) {
        int pipes[2];
        int64_t number, flushed = -1;
        assert_int_equal(pipe(pipes), 0);
        pid_t pid = start(place, pipes[1], write_until_killed);
        close(pipes[1]);
        assert_int_equal(read(pipes[0], &number, sizeof number), sizeof number);
        usleep((useconds_t)(rand_r(&seed) % 20000));
        kill(pid, SIGKILL);
        flushed = number;
        while (read(pipes[0], &number, sizeof number) == sizeof number) flushed = number;
        waitpid(pid, NULL, 0);
        close(pipes[0]);
        int64_t first, end;
        assert_ok(broker_offsets(place->broker, place->topic, 0, &first, &end, &error));
        assert_true(end > flushed);
    }
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    struct seen_list list = read_to_end(place, reader);
    for (uint32_t i = 0; i < list.n; i++) {
        assert_int_equal(list.items[i].offset, i);
        assert_int_equal(atoi(list.items[i].value.data), i);
    }
    reader_close(reader);
    assert_text(query(place, "PRAGMA integrity_check"), "ok");
}

/* ---- what leaves the log */

static int64_t count_records(struct place *place)
{
    return atoi(query(place, "SELECT count(*) FROM records").data);
}

static void a_compacted_topic_has_one_record_a_key(void **state)
{
    struct place *place = *state;
    open_log(place);
    create_with(place, "cleanup.policy", "compact", NULL, NULL);
    struct writer *writer = open_writer(place);
    for (int i = 0; i < 100; i++) {
        send_text(writer, place->topic, 0, i % 2 ? "odd" : "even", "v");
        if (i == 50) flush(writer);
    }
    flush(writer);
    assert_int_equal(count_records(place), 2);
    send_text(writer, place->topic, 0, NULL, "keyless");
    assert_error(writer_flush(writer, PATIENCE_MS, &error), "need keys");
    writer_close(writer);
}

/* Opens the log again and lets a sweep happen, which comes a second after that. */
static void sweep(struct place *place)
{
    broker_close(place->broker);
    open_log(place);
    struct writer *writer = open_writer(place);
    for (int i = 0; i < 15; i++) {
        usleep(100000);
        writer_poll(writer);
    }
    writer_close(writer);
}

static void records_past_their_retention_go_and_offsets_stay(void **state)
{
    struct place *place = *state;
    const int64_t start_ms = INT64_C(1700000000000);
    open_log(place);
    create_with(place, "retention.ms", "10000", NULL, NULL);
    clock_stop_at(start_ms);
    put(place, place->topic, "old");
    put(place, place->topic, "old");
    clock_stop_at(start_ms + 5000);
    put(place, place->topic, "young");
    clock_stop_at(start_ms + 14000);
    sweep(place);
    assert_int_equal(count_records(place), 3);
    clock_stop_at(start_ms + 16000 + 60000);
    put(place, place->topic, "new");
    sweep(place);
    int64_t first, end;
    assert_ok(broker_offsets(place->broker, place->topic, 0, &first, &end, &error));
    assert_int_equal(first, 3);
    assert_int_equal(end, 4);
    assert_int_equal(count_records(place), 1);
    struct reader *reader = open_reader(place);
    assign(reader, place->topic, 0, 1);
    await_trouble(reader, TROUBLE_NO_OFFSET);
    assign(reader, place->topic, 0, OFFSET_BEGINNING);
    assert_text(read_to_end(place, reader).items[0].value, "new");
    reader_close(reader);
}

static void tombstones_go_after_a_while(void **state)
{
    struct place *place = *state;
    const int64_t start_ms = INT64_C(1700000000000);
    open_log(place);
    create_with(place, "cleanup.policy", "compact", "delete.retention.ms", "10000");
    clock_stop_at(start_ms);
    struct writer *writer = open_writer(place);
    send_text(writer, place->topic, 0, "dead", NULL);
    send_text(writer, place->topic, 0, "alive", "v");
    flush(writer);
    clock_stop_at(start_ms + 20000);
    send_text(writer, place->topic, 0, "dead later", NULL);
    flush(writer);
    writer_close(writer);
    clock_stop_at(start_ms + 31000);
    sweep(place);
    assert_int_equal(count_records(place), 2);
    clock_stop_at(start_ms + 31000 + 60000);
    sweep(place);
    assert_int_equal(count_records(place), 1);
    assert_text(query(place, "SELECT key FROM messages"), "alive");
}

static void the_records_of_a_deleted_topic_go(void **state)
{
    struct place *place = *state;
    open_log(place);
    create_topic(place, place->topic, 3);
    struct writer *writer = open_writer(place);
    for (int i = 0; i < 12000; i++) send_text(writer, place->topic, i % 3, NULL, "v");
    flush(writer);
    writer_close(writer);
    delete_topic(place, place->topic);
    assert_int_equal(count_records(place), 0);
    assert_text(query(place, "SELECT count(*) FROM dropped"), "0");
    create_topic(place, place->topic, 3);
    int64_t first, end;
    assert_ok(broker_offsets(place->broker, place->topic, 0, &first, &end, &error));
    assert_int_equal(end, 0);
}

/* ---- slots */

static void count_slots(void *context, const int32_t *slots, uint32_t n)
{
    (void)slots;
    *(int *)context += (int)n;
}

static void uncount_slots(void *context, const int32_t *slots, uint32_t n, bool lost)
{
    (void)slots, (void)lost;
    *(int *)context -= (int)n;
}

static struct membership *join(struct place *place, int *n_held)
{
    struct membership *membership = NULL;
    struct membership_options options = {.group = TEXT("group/one"),
                                         .tasks_topic = TEXT("tasks"),
                                         .n_slots = 8,
                                         .context = n_held,
                                         .given = count_slots,
                                         .taken = uncount_slots};
    assert_ok(membership_open(place->broker, options, &membership, &error));
    return membership;
}

static void the_next_member_gets_the_slots_when_the_first_leaves(void **state)
{
    struct place *place = *state;
    open_log(place);
    int first_held = 0, second_held = 0;
    struct membership *first = join(place, &first_held), *second = join(place, &second_held);
    struct trouble trouble;
    membership_poll(first, 0, &trouble);
    assert_int_equal(first_held, 8);
    membership_poll(second, 120, &trouble);
    assert_int_equal(second_held, 0);
    membership_close(first);
    assert_int_equal(first_held, 0);
    membership_poll(second, 5000, &trouble);
    assert_int_equal(second_held, 8);
    membership_close(second);
}

static void hold_slots(struct place *place, int out)
{
    int held = 0;
    struct trouble trouble;
    struct membership *membership = join(place, &held);
    membership_poll(membership, 1000, &trouble);
    if (write(out, &held, sizeof held) < 0) _exit(1);
    for (;;) membership_poll(membership, 1000, &trouble);
}

static void the_slots_of_a_killed_process_are_taken_over(void **state)
{
    struct place *place = *state;
    open_log(place);
    int pipes[2], held = 0, theirs = 0;
    assert_int_equal(pipe(pipes), 0);
    pid_t pid = start(place, pipes[1], hold_slots);
    assert_int_equal(read(pipes[0], &theirs, sizeof theirs), sizeof theirs);
    assert_int_equal(theirs, 8);
    struct membership *membership = join(place, &held);
    struct trouble trouble;
    membership_poll(membership, 100, &trouble);
    assert_int_equal(held, 0);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    int64_t start_ms = clock_monotonic_ms();
    membership_poll(membership, 5000, &trouble);
    assert_int_equal(held, 8);
    assert_true(clock_monotonic_ms() - start_ms < 4000);
    membership_close(membership);
    close(pipes[0]);
    close(pipes[1]);
}

/* ---- costs */

static void a_thousand_idle_partitions_cost_nothing(void **state)
{
    struct place *place = *state;
    open_log(place);
    create_topic(place, place->topic, 1000);
    struct reader *reader = open_reader(place);
    for (int32_t p = 0; p < 1000; p++) assign(reader, place->topic, p, OFFSET_BEGINNING);
    for (int32_t p = 0; p < 1000; p++) await_trouble(reader, TROUBLE_END);
    struct timespec before, after;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    assert_quiet(reader, 1000);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    double used_ms = (double)(after.tv_sec - before.tv_sec) * 1e3 + (double)(after.tv_nsec - before.tv_nsec) / 1e6;
    assert_true(used_ms < 100);
    reader_close(reader);
}

#define LOG_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOG_TEST(what_was_flushed_is_there_when_the_log_is_opened_again),
        LOG_TEST(the_log_is_read_with_sqlite),
        LOG_TEST(files_are_for_their_owner_only),
        LOG_TEST(what_is_not_a_log_is_refused),
        LOG_TEST(processes_write_to_one_partition_without_gaps),
        LOG_TEST(another_processs_write_ends_the_wait),
        LOG_TEST(a_killed_writer_loses_nothing_that_was_flushed),
        LOG_TEST(a_compacted_topic_has_one_record_a_key),
        LOG_TEST(records_past_their_retention_go_and_offsets_stay),
        LOG_TEST(tombstones_go_after_a_while),
        LOG_TEST(the_records_of_a_deleted_topic_go),
        LOG_TEST(the_next_member_gets_the_slots_when_the_first_leaves),
        LOG_TEST(the_slots_of_a_killed_process_are_taken_over),
        LOG_TEST(a_thousand_idle_partitions_cost_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
