/* run.c - the steps of a script, one after the other, up to the first that fails.
 *
 *     statement   executed; must succeed, unless its checks say otherwise      (check.c)
 *     send        encoded in the format of the source over the topic, written  (record.c, log.c)
 *     expect      the next record of one of the topic's partitions; waited for while the engine has not settled
 *
 * In the end no topic that something was expected on may hold more than that.
 */
#include "cli/test/run.h"
#include "cli/test/answer.h"
#include "cli/test/log.h"
#include "engine/base/clock.h"
#include "engine/number/number.h"
#include <stdlib.h>

enum { SHOWN_RECORDS = 5, SETTLE_ROUNDS = 2 };

struct runner {
    const struct test_options *options;
    struct test_place place;
    struct test_log log;
    bool settled;         /* nothing was done since the engine settled */
    struct buffer logged; /* lines of the engine's log that the script did not ask for */
    struct buffer *out;   /* what is wrong */
    unsigned line;        /* where; 0: nowhere in particular */
};

static bool fail(struct runner *runner, const struct error *error)
{
    buffer_printf(runner->out, "  %s\n", error->message);
    if (error->hint[0]) buffer_printf(runner->out, "  %s\n", error->hint);
    return false;
}

static bool refuse(struct runner *runner, const char *why)
{
    buffer_printf(runner->out, "  %s\n", why);
    return false;
}

/* ---- statements */

/* Topics that statements made are the script's own. */
static void claim_topics(struct runner *runner)
{
    void *source;
    for (uint32_t i = 0; map_at(&engine_catalog(runner->place.engine)->sources, i, NULL, &source); i++) {
        bool ours = test_place_claim(&runner->place, ((const struct source *)source)->topic, NULL);
        (void)ours; /* those of others are read, and left as they are */
    }
}

static bool expects_error(const struct test_checks *checks)
{
    for (uint32_t i = 0; i < checks->n; i++)
        if (checks->items[i].word == TEST_ERROR) return true;
    return false;
}

/* The error with its line in the script. */
static bool fail_at(struct runner *runner, const struct test_step *step, struct error *error)
{
    error->lines_before = step->line - 1;
    error_print(error, step->text, runner->out);
    return false;
}

static bool execute(struct runner *runner, const struct test_step *step)
{
    struct test_answer answer = {.arena = runner->place.arena,
                                 .enough = test_answer_wanted(&step->checks),
                                 .deadline_ms = clock_monotonic_ms() + runner->options->timeout_ms};
    struct client client = test_answer_client(&answer);
    struct error error = {0};
    if (!test_log_flush(&runner->log, &error)) return fail(runner, &error);
    bool ok = session_execute_script(runner->place.session, step->text, &client, &error);
    runner->settled = false;
    claim_topics(runner);
    if (ok) test_place_note(&runner->place, step->text);
    if (!ok && !expects_error(&step->checks)) return fail_at(runner, step, &error);
    return test_answer_check(&answer, &step->checks, ok ? NULL : &error, &runner->line, runner->out);
}

/* ---- topics */

/* The first word; what follows it is left in *text. */
static struct text take_word(struct text *text)
{
    size_t len = 0;
    while (len < text->len && text->data[len] > ' ') len++;
    struct text word = {text->data, len};
    *text = text_trim((struct text){text->data + len, text->len - len});
    return word;
}

static const struct source *source_over(struct runner *runner, struct text topic)
{
    void *source;
    for (uint32_t i = 0; map_at(&engine_catalog(runner->place.engine)->sources, i, NULL, &source); i++)
        if (text_equal(((const struct source *)source)->topic, topic)) return source;
    return NULL;
}

static bool settle(struct runner *runner)
{
    struct error error = {0};
    if (!test_log_flush(&runner->log, &error)) return fail(runner, &error);
    if (!runner->settled && !engine_settle(runner->place.engine, runner->options->timeout_ms))
        return refuse(runner, "the queries did not come to the end of their topics in time");
    runner->settled = true;
    return true;
}

static bool restart(struct runner *runner)
{
    struct error error = {0};
    runner->settled = false;
    if (!test_log_flush(&runner->log, &error)) return fail(runner, &error);
    test_place_stop(&runner->place);
    engine_drain_log(runner->place.engine, &runner->logged);
    return test_place_restart(&runner->place, &error) || fail(runner, &error);
}

static bool send_record(struct runner *runner, const struct test_step *step)
{
    struct text text = step->text, topic = take_word(&text);
    const struct source *source = source_over(runner, topic);
    struct test_record record;
    struct test_image image;
    struct error error = {0};
    bool ok = test_place_claim(&runner->place, topic, &error) &&
              test_record_parse(runner->place.arena, text, &record, &error) &&
              test_record_encode(runner->place.arena, source, &record, &image, &error) &&
              test_log_send(&runner->log, topic, &image, record.has_partition ? record.partition : -1, &error);
    runner->settled = false;
    if (!ok) return fail(runner, &error);
    return !runner->options->restart_everywhere || restart(runner);
}

/* ---- records expected */

struct expectation {
    struct text topic;
    const struct source *source;
    struct test_record record;
    struct test_image image; /* the record, encoded */
};

static bool read_expectation(struct runner *runner, const struct test_step *step, struct expectation *expectation)
{
    struct text text = step->text;
    struct error error = {0};
    expectation->topic = take_word(&text);
    expectation->source = source_over(runner, expectation->topic);
    return (test_record_parse(runner->place.arena, text, &expectation->record, &error) &&
            test_record_encode(runner->place.arena, expectation->source, &expectation->record, &expectation->image,
                               &error)) ||
           fail(runner, &error);
}

/* Whether the next record of one of the partitions is the one; it is taken, then. */
static bool take_match(const struct expectation *expectation, struct test_tail *tail)
{
    for (int32_t i = 0; i < tail->n_partitions; i++) {
        struct test_partition *partition = &tail->partitions[i];
        if (partition->taken == partition->images.n) continue;
        if (expectation->record.has_partition && expectation->record.partition != i) continue;
        const struct test_image *next = &partition->images.items[partition->taken];
        if (!test_record_matches(expectation->source, &expectation->record, &expectation->image, next)) continue;
        partition->taken++;
        return true;
    }
    return false;
}

static void show_waiting(struct runner *runner, const struct source *source, const struct test_tail *tail)
{
    uint32_t n = test_tail_waiting(tail);
    if (!n) buffer_append_string(runner->out, "  came      nothing more\n");
    for (uint32_t i = 0; i < n && i < SHOWN_RECORDS; i++) {
        int32_t partition;
        const struct test_image *image = test_tail_at(tail, i, &partition);
        buffer_append_string(runner->out, i ? "  then      " : "  came      ");
        test_record_print(runner->out, source, image);
        if (tail->n_partitions > 1) buffer_printf(runner->out, " partition=%d", partition);
        buffer_append_char(runner->out, '\n');
    }
    if (n > SHOWN_RECORDS) buffer_printf(runner->out, "  and %u more\n", n - SHOWN_RECORDS);
}

/* What one query writes another may read: settling once is not enough for a chain of them. */
static bool expect_record(struct runner *runner, const struct expectation *expectation, struct text written)
{
    struct test_tail *tail = NULL;
    struct error error = {0};
    for (int round = 0; round < SETTLE_ROUNDS; round++) {
        if (!settle(runner)) return false;
        if (!test_log_read(&runner->log, expectation->topic, &tail, &error)) return fail(runner, &error);
        if (take_match(expectation, tail)) return true;
        runner->settled = false;
    }
    buffer_printf(runner->out, "  expected  " TEXT_FMT "\n", TEXT_ARG(written));
    show_waiting(runner, expectation->source, tail);
    return false;
}

static bool expect_nothing(struct runner *runner, struct text topic)
{
    struct test_tail *tail;
    struct error error = {0};
    for (int round = runner->settled ? SETTLE_ROUNDS : 0; round < SETTLE_ROUNDS; round++) {
        runner->settled = false;
        if (!settle(runner)) return false;
    }
    if (!test_log_read(&runner->log, topic, &tail, &error)) return fail(runner, &error);
    if (!test_tail_waiting(tail)) return true;
    buffer_printf(runner->out, "  expected  nothing more on " TEXT_FMT "\n", TEXT_ARG(topic));
    show_waiting(runner, source_over(runner, topic), tail);
    return false;
}

static bool expect(struct runner *runner, const struct test_step *step)
{
    struct expectation expectation;
    struct text text = step->text, topic = take_word(&text);
    if (text_equal(text, TEXT("nothing"))) return expect_nothing(runner, topic);
    return read_expectation(runner, step, &expectation) && expect_record(runner, &expectation, text);
}

/* ---- time, and the engine's log */

/* "10 seconds" in milliseconds; -1 if it is none. */
static int64_t read_duration(struct text text)
{
    static const struct {
        struct text name;
        int64_t ms;
    } units[] = {
        {TEXT("ms"), 1},         {TEXT("second"), 1000},  {TEXT("minute"), 60000},
        {TEXT("hour"), 3600000}, {TEXT("day"), 86400000},
    };
    int64_t n = strtoll(take_word(&text).data, NULL, 10);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (text_starts_with(text, units[i].name)) return n * units[i].ms;
    return -1;
}

static bool advance(struct runner *runner, const struct test_step *step)
{
    int64_t ms = read_duration(step->text);
    if (ms < 0) return refuse(runner, "a time is a number and ms, seconds, minutes, hours or days");
    clock_stop_at(clock_wall_ms() + ms);
    return true;
}

static bool set_clock(struct runner *runner, const struct test_step *step)
{
    int64_t wall_ms;
    if (!number_parse_bigint(step->text, &wall_ms)) return refuse(runner, "a clock is set to milliseconds since 1970");
    clock_stop_at(wall_ms);
    return true;
}

/* Takes the lines that have the text in them off the log; false if there are none. */
static bool take_lines(struct buffer *logged, struct text part)
{
    struct text rest = buffer_text(logged);
    size_t kept = 0, all = logged->len;
    while (rest.len) {
        const char *end = memchr(rest.data, '\n', rest.len);
        size_t len = end ? (size_t)(end - rest.data) + 1 : rest.len;
        bool taken = memmem(rest.data, len, part.data, part.len);
        if (!taken) memmove(logged->data + kept, rest.data, len);
        if (!taken) kept += len;
        rest = (struct text){rest.data + len, rest.len - len};
    }
    logged->len = kept;
    return kept < all;
}

static bool check_log(struct runner *runner, const struct test_step *step)
{
    if (!settle(runner)) return false;
    engine_drain_log(runner->place.engine, &runner->logged);
    if (take_lines(&runner->logged, step->text)) return true;
    buffer_printf(runner->out, "  expected  " TEXT_FMT "\n  logged    " TEXT_FMT "\n", TEXT_ARG(step->text),
                  TEXT_ARG(buffer_text(&runner->logged)));
    return false;
}

/* ---- all of it */

static bool run_step(struct runner *runner, const struct test_step *step)
{
    runner->line = step->line;
    switch (step->word) {
    case TEST_STATEMENT: return execute(runner, step);
    case TEST_SEND: return send_record(runner, step);
    case TEST_EXPECT: return expect(runner, step);
    case TEST_SETTLE: return settle(runner);
    case TEST_RESTART: return restart(runner);
    case TEST_ADVANCE: return advance(runner, step);
    case TEST_CLOCK: return set_clock(runner, step);
    case TEST_LOG: return check_log(runner, step);
    default: return true; /* options, read before the engine was opened */
    }
}

static bool check_silence(struct runner *runner)
{
    engine_drain_log(runner->place.engine, &runner->logged);
    if (!runner->logged.len) return true;
    buffer_printf(runner->out, "  logged, and not asked for:\n" TEXT_FMT "\n", TEXT_ARG(buffer_text(&runner->logged)));
    return false;
}

static bool check_end(struct runner *runner)
{
    runner->line = 0;
    for (uint32_t i = 0; i < runner->log.tails.n; i++)
        if (!expect_nothing(runner, runner->log.tails.items[i]->topic)) return false;
    return check_silence(runner);
}

static bool run_steps(struct runner *runner, const struct test_script *script)
{
    for (uint32_t i = 0; i < script->n; i++)
        if (!run_step(runner, &script->items[i])) return false;
    return check_end(runner);
}

/* name=value */
static bool set_option(struct runner *runner, const struct test_step *step)
{
    const char *equals = memchr(step->text.data, '=', step->text.len);
    struct error error = {0};
    if (!equals) return refuse(runner, "an option is name=value");
    struct text name = {step->text.data, (size_t)(equals - step->text.data)};
    struct text value = {equals + 1, step->text.len - name.len - 1};
    runner->line = step->line;
    return settings_set(runner->place.settings, name, value, SETTING_AT_START, &error) || fail(runner, &error);
}

static bool set_options(struct runner *runner, const struct test_script *script)
{
    for (uint32_t i = 0; i < script->n; i++)
        if (script->items[i].word == TEST_OPTION && !set_option(runner, &script->items[i])) return false;
    return true;
}

/* `only memory local`: the brokers that the script is for. */
static bool is_meant(const struct test_script *script, enum test_broker broker)
{
    static const struct text names[] = {TEXT("memory"), TEXT("local"), TEXT("kafka")};
    for (uint32_t i = 0; i < script->n; i++) {
        if (script->items[i].word != TEST_ONLY) continue;
        struct text rest = script->items[i].text;
        while (rest.len)
            if (text_equal(take_word(&rest), names[broker])) return true;
        return false;
    }
    return true;
}

static struct text folder_of(struct text file)
{
    const char *slash = memrchr(file.data, '/', file.len);
    return slash ? (struct text){file.data, (size_t)(slash - file.data)} : TEXT(".");
}

static bool run_script(struct runner *runner, const struct test_script *script, struct text file)
{
    struct error error = {0};
    bool ok = test_place_open(&runner->place, runner->options->broker, runner->options->settings, &error);
    runner->place.script_folder = folder_of(file);
    runner->log.place = &runner->place;
    if (!ok) fail(runner, &error);
    ok = ok && set_options(runner, script);
    if (ok && !test_place_start(&runner->place, &error)) ok = fail(runner, &error);
    ok = ok && run_steps(runner, script);
    test_log_close(&runner->log);
    test_place_close(&runner->place);
    clock_run();
    return ok;
}

static enum test_outcome finish(const struct runner *runner, bool ok, struct text name, struct buffer *out)
{
    if (ok) return TEST_PASSED;
    buffer_append_text(out, name);
    if (runner->line) buffer_printf(out, ":%u", runner->line);
    buffer_printf(out, "\n" TEXT_FMT, TEXT_ARG(buffer_text(runner->out)));
    return TEST_FAILED;
}

enum test_outcome test_run(struct text name, struct text text, const struct test_options *options, struct buffer *out)
{
    struct arena *arena = arena_new();
    struct buffer wrong = BUFFER(4 << 20);
    struct runner runner = {.options = options, .logged = BUFFER(4 << 20), .out = &wrong};
    struct test_script script;
    struct error error = {0};
    enum test_outcome outcome = TEST_SKIPPED;
    if (!test_script_parse(arena, text, &script, &error)) {
        error_print(&error, text, &wrong);
        outcome = finish(&runner, false, name, out);
    } else if (is_meant(&script, options->broker))
        outcome = finish(&runner, run_script(&runner, &script, name), name, out);
    buffer_free(&wrong);
    buffer_free(&runner.logged);
    arena_free(arena);
    return outcome;
}
