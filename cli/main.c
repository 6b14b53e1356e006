/* main.c - the program weir: what the command line asks for.
 *
 *     args_parse ─→ setup_settings ─→ setup_engine ─┬─ shell_run        no command
 *                                                   ├─ run_pieces       -e, -f
 *                                  │                └─ run_files        run
 *                                  ├→ broker_open ──── datagen_write    datagen
 *                                  └─→ test_files                       test
 *
 * Exit status: 0 all went well, 1 something failed, 2 the command line is wrong, 130 interrupted. The locale is left
 * alone but for the editor: nothing else depends on it.
 */
#include "cli/args.h"
#include "cli/datagen/datagen.h"
#include "cli/interrupt.h"
#include "cli/run.h"
#include "cli/script.h"
#include "cli/setup.h"
#include "cli/shell/shell.h"
#include "cli/test/test.h"
#include "engine/topic/topic.h"
#include <stdio.h>
#include <unistd.h>

enum { FAILED = 1, MISUSED = 2, INTERRUPTED = 130 };

static int fail(struct output *output, const struct error *error, int status)
{
    output_error(output, error, NO_TEXT, status == MISUSED ? "weir" : NULL);
    return status;
}

/* ---- -e and -f */

static bool run_piece(struct script_context *context, const struct piece *piece)
{
    struct error error = {0};
    struct buffer content = BUFFER(SCRIPT_MAX);
    bool ok;
    context->file = piece->file;
    context->may_lack_semicolon = !piece->file;
    if (!piece->file)
        ok = script_execute(context, piece->sql);
    else if (script_read(piece->file, &content, &error))
        ok = script_execute(context, buffer_text(&content));
    else
        ok = fail(context->output, &error, FAILED) == 0;
    buffer_free(&content);
    return ok;
}

/* Queries that were made here run as long as a server is there; this one ends now. */
static void say_what_stops(struct setup *setup, struct output *output)
{
    if (engine_runs_alone(setup->engine))
        output_notice(output, TEXT("the queries stop with this command, and go on with `weir run`"));
}

static int run_pieces(struct setup *setup, struct output *output, const struct piece_list *pieces)
{
    struct script_context context = {.session = setup->session, .output = output};
    for (uint32_t i = 0; i < pieces->n; i++)
        if (!run_piece(&context, &pieces->items[i])) return interrupt_seen() ? INTERRUPTED : FAILED;
    say_what_stops(setup, output);
    return 0;
}

/* ---- datagen */

static struct output *printed_to;

static bool print_lines(struct text lines)
{
    buffer_append_text(&printed_to->text, lines);
    output_flush(printed_to);
    return !printed_to->broken;
}

static bool is_printed_enough(void)
{
    return interrupt_seen() || output_is_broken(printed_to);
}

/* Events without end are not waited for in silence. */
static void say_where(struct setup *setup, struct output *output, const struct datagen_options *options)
{
    struct text kafka = settings_text(setup->settings, OPTION_BOOTSTRAP_SERVERS);
    struct text place = kafka.len ? kafka : setup->data;
    output_notice(output, text_printf(setup->arena,
                                      "%g events a second go to the topic " TEXT_FMT " %s " TEXT_FMT "; Ctrl-C ends it",
                                      options->rate, TEXT_ARG(options->topic), kafka.len ? "of Kafka at" : "in",
                                      TEXT_ARG(place)));
}

static bool write_events(struct setup *setup, struct output *output, const struct datagen_options *options,
                         struct error *error)
{
    struct broker *broker;
    uint64_t n;
    setup_folder(setup);
    if (!broker_open(setup->settings, setup->data, &broker, error)) return false;
    if (options->count < 0) say_where(setup, output, options);
    bool ok = datagen_write(options, broker, interrupt_seen, &n, error);
    broker_close(broker);
    if (ok || n)
        output_notice(output, text_printf(setup->arena, "%llu event%s written to " TEXT_FMT, (unsigned long long)n,
                                          n == 1 ? "" : "s", TEXT_ARG(options->topic)));
    return ok;
}

static int generate(struct setup *setup, struct output *output, const struct args *args)
{
    struct error error = {0};
    struct datagen_options options;
    if (!datagen_parse(setup->arena, args->words.items, args->words.n, &options, &error))
        return fail(output, &error, MISUSED);
    interrupt_install(false);
    printed_to = output;
    if (options.print)
        datagen_print(&options, is_printed_enough, print_lines);
    else if (!write_events(setup, output, &options, &error))
        return fail(output, &error, FAILED);
    return 0;
}

/* ---- */

static int run_engine(struct setup *setup, struct output *output, const struct args *args)
{
    struct error error = {0};
    if (args->command == SUBCOMMAND_RUN) return run_files(setup, output, args);
    interrupt_install(false);
    if (!setup_engine(setup, args, false, &error)) return fail(output, &error, FAILED);
    return args->pieces.n ? run_pieces(setup, output, &args->pieces) : shell_run(setup, output);
}

static int run_command(struct output *output, const struct args *args)
{
    struct setup setup;
    struct error error = {0};
    int status;
    if (!setup_settings(&setup, args, &error))
        status = fail(output, &error, MISUSED);
    else if (args->command == SUBCOMMAND_DATAGEN)
        status = generate(&setup, output, args);
    else if (args->command == SUBCOMMAND_TEST)
        status = test_files(&setup, output, args);
    else
        status = run_engine(&setup, output, args);
    setup_close(&setup);
    return status;
}

static int answer(struct output *output, const struct args *args)
{
    if (args->version)
        buffer_append_string(&output->text, "weir " WEIR_VERSION "\n");
    else
        args_print_help(args, &output->text);
    if (!args->version && args->command == SUBCOMMAND_TEST) test_print_manual(&output->text);
    output_flush(output);
    return 0;
}

int main(int argc, char **argv)
{
    struct arena *arena = arena_new();
    struct args args;
    struct error error = {0};
    struct output output;
    int status;
    bool understood = args_parse(arena, argc, argv, &args, &error);
    output_init(&output, args.output, args.quiet);
    if (!understood)
        status = fail(&output, &error, MISUSED);
    else if (args.help || args.version)
        status = answer(&output, &args);
    else
        status = run_command(&output, &args);
    output_fini(&output);
    arena_free(arena);
    return status;
}
