/* test.c - `weir test`: which scripts, on which broker, and how many passed.
 *
 *     weir test tests/scripts                            every *.test in the folder, topics in memory
 *     weir test --broker local --restart-everywhere a.test
 *     weir test --broker kafka -o bootstrap.servers=host:9092 tests/scripts
 */
#include "cli/test.h"
#include "cli/test_run.h"
#include "engine/base/clock.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { MAX_SCRIPT = 16 << 20, DEFAULT_TIMEOUT_MS = 20000 };

static const char usage[] =
    "usage: weir test [options] FILE|FOLDER...\n"
    "\n"
    "Runs scripts of SQL, records sent and records expected.\n"
    "\n"
    "  --broker memory|local|kafka  where topics are; kafka: at -o bootstrap.servers, or $WEIR_TEST_KAFKA\n"
    "  -o NAME=VALUE                a setting for the engine\n"
    "  --restart-everywhere         restart the engine after every record sent\n"
    "  --timeout SECONDS            how long a record, a row or an end is waited for (20)\n"
    "  -v                           say how long each script took\n";

struct files {
    LIST_OF(char *);
};

struct command_line {
    struct arena *arena;
    struct settings *settings;
    struct test_options options;
    struct files files;
    bool verbose;
};

/* ---- arguments */

static bool set_option(struct command_line *line, const char *text, struct error *error)
{
    const char *equals = strchr(text, '=');
    if (!equals) return error_set(error, ERROR_INPUT, NO_SPAN, "-o needs NAME=VALUE, not '%s'", text);
    struct text name = {text, (size_t)(equals - text)};
    return settings_set(line->settings, name, text_of(equals + 1), SETTING_AT_START, error);
}

static bool set_broker(struct command_line *line, const char *name, struct error *error)
{
    static const char *const names[] = {"memory", "local", "kafka"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(name, names[i])) continue;
        line->options.broker = (enum test_broker)i;
        return true;
    }
    return error_set(error, ERROR_INPUT, NO_SPAN, "--broker is memory, local or kafka, not '%s'", name);
}

static int compare_files(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The scripts of a folder, in the order of their names. */
static bool add_folder(struct command_line *line, const char *path, struct error *error)
{
    uint32_t first = line->files.n;
    DIR *folder = opendir(path);
    if (!folder) return error_set(error, ERROR_INPUT, NO_SPAN, "%s: %m", path);
    for (struct dirent *entry; (entry = readdir(folder));)
        if (text_ends_with(text_of(entry->d_name), TEXT(".test")))
            LIST_PUSH(line->arena, &line->files, arena_printf(line->arena, "%s/%s", path, entry->d_name));
    closedir(folder);
    if (line->files.n == first) return error_set(error, ERROR_INPUT, NO_SPAN, "%s holds no *.test", path);
    qsort(line->files.items + first, line->files.n - first, sizeof *line->files.items, compare_files);
    return true;
}

static bool add_path(struct command_line *line, char *path, struct error *error)
{
    struct stat info;
    if (stat(path, &info)) return error_set(error, ERROR_INPUT, NO_SPAN, "%s: %m", path);
    if (S_ISDIR(info.st_mode)) return add_folder(line, path, error);
    LIST_PUSH(line->arena, &line->files, path);
    return true;
}

/* One option with its value; returns how many arguments it took, 0 if it is wrong. */
static int take_option(struct command_line *line, int n, char **arguments, struct error *error)
{
    const char *option = arguments[0], *value = n > 1 ? arguments[1] : NULL;
    if (!strcmp(option, "-v"))
        line->verbose = true;
    else if (!strcmp(option, "--restart-everywhere"))
        line->options.restart_everywhere = true;
    else if (!value)
        return error_set(error, ERROR_INPUT, NO_SPAN, "'%s' is unknown, or something is missing behind it", option);
    else if (!strcmp(option, "-o"))
        return set_option(line, value, error) ? 2 : 0;
    else if (!strcmp(option, "--broker"))
        return set_broker(line, value, error) ? 2 : 0;
    else if (!strcmp(option, "--timeout"))
        return (line->options.timeout_ms = atoi(value) * 1000) > 0 ? 2 : 0;
    else
        return error_set(error, ERROR_INPUT, NO_SPAN, "there is no option '%s'", option);
    return 1;
}

static bool read_arguments(struct command_line *line, int argc, char **argv, struct error *error)
{
    for (int i = 1, n; i < argc; i += n) {
        n = 1;
        if (argv[i][0] != '-') {
            if (!add_path(line, argv[i], error)) return false;
        } else if (!(n = take_option(line, argc - i, argv + i, error)))
            return error->code || error_set(error, ERROR_INPUT, NO_SPAN, "--timeout is a number of seconds, 1 or more");
    }
    if (!line->files.n) return error_set(error, ERROR_INPUT, NO_SPAN, "which scripts?");
    return true;
}

/* Kafka's address from the environment where the command line has none. */
static bool find_kafka(struct command_line *line, struct error *error)
{
    const char *address = getenv("WEIR_TEST_KAFKA");
    if (line->options.broker != TEST_KAFKA || settings_text(line->settings, OPTION_BOOTSTRAP_SERVERS).data) return true;
    if (address)
        return settings_set(line->settings, TEXT("bootstrap.servers"), text_of(address), SETTING_AT_START, error);
    return error_set(error, ERROR_INPUT, NO_SPAN,
                     "--broker kafka needs -o bootstrap.servers=HOST:PORT, or $WEIR_TEST_KAFKA");
}

/* ---- scripts */

static bool read_file(const char *path, struct buffer *text)
{
    FILE *file = fopen(path, "r");
    if (!file) return false;
    char chunk[1 << 14];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file));) buffer_append(text, chunk, n);
    bool ok = !ferror(file) && !text->overflow;
    fclose(file);
    return ok;
}

static enum test_outcome run_file(const struct command_line *line, const char *path)
{
    static const char *const outcomes[] = {"passed", "FAILED", "skipped"};
    struct buffer text = BUFFER(MAX_SCRIPT), out = BUFFER(MAX_SCRIPT);
    int64_t start_ms = clock_monotonic_ms();
    enum test_outcome outcome = TEST_FAILED;
    if (!read_file(path, &text))
        buffer_printf(&out, "%s: %s\n", path, text.overflow ? "too long" : strerror(errno));
    else
        outcome = test_run(text_of(path), buffer_text(&text), &line->options, &out);
    if (line->verbose)
        printf("%-8s%s, %lld ms\n", outcomes[outcome], path, (long long)(clock_monotonic_ms() - start_ms));
    if (out.len) printf("FAILED  " TEXT_FMT, TEXT_ARG(buffer_text(&out)));
    fflush(stdout);
    buffer_free(&text);
    buffer_free(&out);
    return outcome;
}

static int run_files(const struct command_line *line)
{
    unsigned counts[3] = {0};
    for (uint32_t i = 0; i < line->files.n; i++) counts[run_file(line, line->files.items[i])]++;
    printf("%u passed, %u failed", counts[TEST_PASSED], counts[TEST_FAILED]);
    if (counts[TEST_SKIPPED]) printf(", %u skipped", counts[TEST_SKIPPED]);
    printf("\n");
    return counts[TEST_FAILED] ? 1 : 0;
}

int test_command(int argc, char **argv)
{
    struct command_line line = {.arena = arena_new(), .settings = settings_new(NULL)};
    struct error error = {0};
    int status = 2;
    line.options = (struct test_options){.settings = line.settings, .timeout_ms = DEFAULT_TIMEOUT_MS};
    settings_use_client_check(broker_check_client_setting);
    if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
        fputs(usage, stdout);
        status = 0;
    } else if (read_arguments(&line, argc, argv, &error) && find_kafka(&line, &error))
        status = run_files(&line);
    else
        fprintf(stderr, "weir test: %s\n%s", error.message, usage);
    settings_free(line.settings);
    arena_free(line.arena);
    return status;
}
