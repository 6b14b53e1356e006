/* test.c - `weir test`: which scripts, on which broker, and how many passed.
 *
 *     weir test tests/scripts                            every *.test in the folder, topics in memory
 *     weir test --broker local --restart-everywhere a.test
 *     weir test --broker kafka -o bootstrap.servers=host:9092 tests/scripts
 */
#include "cli/test/test.h"
#include "cli/interrupt.h"
#include "cli/script.h"
#include "cli/test/run.h"
#include "cli/test/script.h"
#include "engine/base/clock.h"
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { DEFAULT_TIMEOUT_S = 20 };

static const char example[] =
    "\n"
    "A script is SQL with directives in comments:\n"
    "\n"
    "  CREATE STREAM orders (id INT KEY, item STRING, price DOUBLE)\n"
    "    WITH (KAFKA_TOPIC='orders', PARTITIONS=1, VALUE_FORMAT='JSON');\n"
    "  CREATE STREAM dear AS SELECT id, item FROM orders WHERE price > 10;\n"
    "\n"
    "  --@ send orders key=1 {\"item\": \"lamp\", \"price\": 12.5}\n"
    "  --@ send orders key=2 {\"item\": \"pin\", \"price\": 0.1}\n"
    "  --@ expect DEAR key=1 {\"ITEM\": \"lamp\"}\n"
    "\n"
    "  SELECT item FROM dear EMIT CHANGES LIMIT 1;\n"
    "  --@ row [\"lamp\"]\n"
    "\n"
    "A statement must succeed unless --@ error stands behind it, and queries read from the first record on. In the end "
    "no\n"
    "topic that something was expected on may hold more. A record is key=, what stands alone (the value), timestamp=,\n"
    "partition=, headers={\"name\": \"text\"}, window=START..END, raw= and rawkey= (bytes as text or 0x00ff); what is "
    "left\n"
    "out is null when sent, and is not looked at when expected.\n"
    "\n";

struct files {
    LIST_OF(const char *);
};

struct run {
    struct setup *setup;
    struct output *output;
    struct test_options options;
    struct files files;
    bool verbose;
};

/* ---- what was asked for */

static bool set_broker(struct run *run, const char *name, struct error *error)
{
    static const char *const names[] = {[TEST_MEMORY] = "memory", [TEST_LOCAL] = "local", [TEST_KAFKA] = "kafka"};
    for (unsigned i = 0; name && i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i])) continue;
        run->options.broker = (enum test_broker)i;
        return true;
    }
    return !name || error_set(error, ERROR_INPUT, NO_SPAN, "--broker is memory, local or kafka, not '%s'", name);
}

static int compare_files(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The scripts of a folder, in the order of their names. */
static bool add_folder(struct run *run, const char *path, struct error *error)
{
    struct arena *arena = run->setup->arena;
    uint32_t first = run->files.n;
    DIR *folder = opendir(path);
    if (!folder) return error_set(error, ERROR_INPUT, NO_SPAN, "%s: %m", path);
    for (struct dirent *entry; (entry = readdir(folder));)
        if (text_ends_with(text_of(entry->d_name), TEXT(".test")))
            LIST_PUSH(arena, &run->files, arena_printf(arena, "%s/%s", path, entry->d_name));
    closedir(folder);
    if (run->files.n == first) return error_set(error, ERROR_INPUT, NO_SPAN, "%s holds no *.test", path);
    qsort(run->files.items + first, run->files.n - first, sizeof *run->files.items, compare_files);
    return true;
}

static bool add_path(struct run *run, const char *path, struct error *error)
{
    struct stat info;
    if (stat(path, &info)) return error_set(error, ERROR_INPUT, NO_SPAN, "%s: %m", path);
    if (S_ISDIR(info.st_mode)) return add_folder(run, path, error);
    LIST_PUSH(run->setup->arena, &run->files, path);
    return true;
}

/* Kafka's address from the environment where the command line has none. */
static bool find_kafka(struct run *run, struct error *error)
{
    const char *address = getenv("WEIR_TEST_KAFKA");
    struct settings *settings = run->setup->settings;
    if (run->options.broker != TEST_KAFKA || settings_text(settings, OPTION_BOOTSTRAP_SERVERS).data) return true;
    if (address) return settings_set(settings, TEXT("bootstrap.servers"), text_of(address), SETTING_AT_START, error);
    error_set(error, ERROR_INPUT, NO_SPAN, "--broker kafka needs the address of a broker");
    return error_hint(error, "-o bootstrap.servers=HOST:PORT, or $WEIR_TEST_KAFKA");
}

static bool prepare(struct run *run, const struct args *args, struct error *error)
{
    run->verbose = args->verbose;
    run->options = (struct test_options){
        .settings = run->setup->settings,
        .restart_everywhere = args->restart_everywhere,
        .timeout_ms = (args->timeout_s ? args->timeout_s : DEFAULT_TIMEOUT_S) * 1000,
    };
    for (uint32_t i = 0; i < args->words.n; i++)
        if (!add_path(run, args->words.items[i], error)) return false;
    return set_broker(run, args->broker, error) && find_kafka(run, error);
}

/* ---- scripts */

static enum test_outcome run_text(const struct run *run, const char *path, struct buffer *wrong)
{
    struct buffer text = BUFFER(SCRIPT_MAX);
    struct error error = {0};
    enum test_outcome outcome = TEST_FAILED;
    if (script_read(path, &text, &error))
        outcome = test_run(text_of(path), buffer_text(&text), &run->options, wrong);
    else
        buffer_printf(wrong, "%s\n", error.message);
    buffer_free(&text);
    return outcome;
}

static enum test_outcome run_file(const struct run *run, const char *path)
{
    static const char *const outcomes[] = {"passed", "FAILED", "skipped"};
    struct buffer wrong = BUFFER(SCRIPT_MAX);
    int64_t start_ms = clock_monotonic_ms();
    enum test_outcome outcome = run_text(run, path, &wrong);
    long long took_ms = (long long)(clock_monotonic_ms() - start_ms);
    if (run->verbose) output_print(run->output, "%-8s%s, %lld ms\n", outcomes[outcome], path, took_ms);
    if (wrong.len) output_print(run->output, "FAILED  " TEXT_FMT, TEXT_ARG(buffer_text(&wrong)));
    buffer_free(&wrong);
    return outcome;
}

static int run_all(const struct run *run)
{
    unsigned counts[3] = {0};
    for (uint32_t i = 0; i < run->files.n; i++) counts[run_file(run, run->files.items[i])]++;
    output_print(run->output, "%u passed, %u failed", counts[TEST_PASSED], counts[TEST_FAILED]);
    if (counts[TEST_SKIPPED]) output_print(run->output, ", %u skipped", counts[TEST_SKIPPED]);
    output_print(run->output, "\n");
    return counts[TEST_FAILED] ? 1 : 0;
}

int test_files(struct setup *setup, struct output *output, const struct args *args)
{
    struct run run = {.setup = setup, .output = output};
    struct error error = {0};
    if (prepare(&run, args, &error)) return run_all(&run);
    output_error(output, &error, NO_TEXT, "weir");
    return 2;
}

void test_print_manual(struct buffer *out)
{
    buffer_append_string(out, example);
    test_script_print_directives(out);
}
