/* run.c - scripts that go on.
 *
 *     CREATE STREAM video_analysis (...) WITH (...);
 *     CREATE STREAM alerts AS SELECT ... FROM video_analysis WHERE ... EMIT CHANGES;
 *     SELECT * FROM alerts EMIT CHANGES;           may be the last of all: prints alerts as they come
 *
 * All files are read and looked through before anything runs: a SELECT or PRINT that does not end would keep what
 * stands behind it from ever running, so it is refused anywhere but at the very end. Statements that are there already
 * with the same text are no error, so that the same command line starts and restarts. What makes queries fail is
 * written to the standard error.
 */
#include "cli/run.h"
#include "cli/interrupt.h"
#include "cli/script.h"
#include "engine/base/clock.h"

enum { LOG_EVERY_MS = 1000, AGAIN_MS = 1000 };

struct files {
    uint32_t n;
    struct buffer *texts; /* n of them */
};

static bool read_files(const struct args *args, struct files *files, struct output *output)
{
    struct error error = {0};
    for (uint32_t i = 0; i < files->n; i++) {
        files->texts[i] = BUFFER(SCRIPT_MAX);
        if (script_read(args->words.items[i], &files->texts[i], &error)) continue;
        output_error(output, &error, NO_TEXT, NULL);
        return false;
    }
    return true;
}

static bool prints(struct text word)
{
    return text_equal_nocase(word, TEXT("SELECT")) || text_equal_nocase(word, TEXT("PRINT"));
}

/* Refuses a SELECT or PRINT that has a statement behind it in this text, or, unless it is the last file, at all. */
static bool check_text(struct text sql, bool last, struct error *error)
{
    for (size_t at = 0; at < sql.len;) {
        struct text rest = {sql.data + at, sql.len - at}, word = script_word(rest);
        at += script_first(rest);
        struct text behind = {sql.data + at, sql.len - at};
        if (!prints(word) || (last && !script_word(behind).len)) continue;
        uint32_t start = (uint32_t)(word.data - sql.data);
        error_set(error, ERROR_STATEMENT, (struct span){start, start + (uint32_t)word.len},
                  TEXT_FMT " may only be the last statement of the last script, because it does not end",
                  TEXT_ARG(word));
        return error_hint(error, "move it to the end, or look from a shell while `weir run` goes on");
    }
    return true;
}

static bool check_files(const struct args *args, const struct files *files, struct output *output)
{
    struct error error = {0};
    for (uint32_t i = 0; i < files->n; i++) {
        struct text sql = buffer_text(&files->texts[i]);
        if (check_text(sql, i + 1 == files->n, &error)) continue;
        output_error(output, &error, sql, args->words.items[i]);
        return false;
    }
    return true;
}

/* ---- while it runs */

struct log {
    const struct setup *setup;
    struct output *output;
    int64_t next_ms;
};

static void write_log(void *context)
{
    struct log *log = context;
    int64_t now = clock_monotonic_ms();
    if (now < log->next_ms) return;
    log->next_ms = now + LOG_EVERY_MS;
    setup_print_log(log->setup, log->output);
}

static bool execute(struct setup *setup, struct output *output, const struct args *args, const struct files *files)
{
    struct script_context context = {
        .session = setup->session, .output = output, .repeatable = true, .may_lack_semicolon = true};
    for (uint32_t i = 0; i < files->n; i++) {
        context.file = args->words.items[i];
        if (!script_execute(&context, buffer_text(&files->texts[i]))) return false;
    }
    return true;
}

static int run(struct setup *setup, struct output *output, const struct args *args, const struct files *files)
{
    struct log log = {.setup = setup, .output = output};
    output->idle = write_log;
    output->idle_context = &log;
    struct text place = engine_place(setup->engine, setup->arena);
    output_notice(output, text_printf(setup->arena, "weir runs on " TEXT_FMT "; Ctrl-C ends it", TEXT_ARG(place)));
    bool ok = execute(setup, output, args, files) || interrupt_ending();
    while (ok && !interrupt_ending() && !output->broken) {
        interrupt_wait(LOG_EVERY_MS);
        write_log(&log);
    }
    setup_stop(setup);
    setup_print_log(setup, output);
    return ok && !output->broken ? 0 : 1;
}

/* A broker that is away may come yet: it is waited for, and why is said once. */
static bool open_engine(struct setup *setup, struct output *output, const struct args *args)
{
    struct error error = {0};
    for (bool told = false; !setup_engine(setup, args, true, &error); told = true) {
        if (!told) output_error(output, &error, NO_TEXT, NULL);
        if (error.code != ERROR_WORLD || !settings_text(setup->settings, OPTION_BOOTSTRAP_SERVERS).len) return false;
        if (!told) output_notice(output, TEXT("trying again until it answers; Ctrl-C ends that"));
        interrupt_wait(AGAIN_MS);
        if (interrupt_ending()) return false;
        error = (struct error){0};
    }
    return true;
}

int run_files(struct setup *setup, struct output *output, const struct args *args)
{
    struct files files = {args->words.n, ARENA_ARRAY(setup->arena, struct buffer, args->words.n)};
    int status = 1;
    interrupt_install(true);
    if (read_files(args, &files, output) && check_files(args, &files, output)) {
        if (open_engine(setup, output, args)) status = run(setup, output, args, &files);
    }
    for (uint32_t i = 0; i < files.n; i++) buffer_free(&files.texts[i]);
    return status;
}
