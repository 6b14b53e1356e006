/* args.c - the words of the command line against the table of options. */
#include "cli/args.h"
#include "cli/datagen/datagen.h"
#include "engine/base/buffer.h"
#include <stdio.h>
#include <stdlib.h>

enum argument_id {
#define ARGUMENT(id, letter, name, value, commands, help) ARGUMENT_##id,
#include "cli/args.def"
#undef ARGUMENT
    ARGUMENT_COUNT,
};

/* Commands that an option goes with. */
enum {
    SHELL = 1 << SUBCOMMAND_SHELL,
    RUN = 1 << SUBCOMMAND_RUN,
    DATAGEN = 1 << SUBCOMMAND_DATAGEN,
    TEST = 1 << SUBCOMMAND_TEST,
    ALL = SHELL | RUN | DATAGEN | TEST,
};

struct argument {
    char letter;
    const char *name;
    const char *value;
    int commands;
    const char *help;
};

static const struct argument arguments[] = {
#define ARGUMENT(id, letter, name, value, commands, help) [ARGUMENT_##id] = {letter, name, value, commands, help},
#include "cli/args.def"
#undef ARGUMENT
};

static const char *const commands[] = {
    [SUBCOMMAND_RUN] = "run", [SUBCOMMAND_DATAGEN] = "datagen", [SUBCOMMAND_TEST] = "test"};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

static const char *const modes[] = {[OUTPUT_TABLE] = "table", [OUTPUT_JSON] = "json", [OUTPUT_CSV] = "csv"};

/* The words that are left, and what is filled from them. */
struct parse {
    struct arena *arena;
    struct args *args;
    struct error *error;
    char *const *at; /* the next word; NULL at the end */
    bool commanded;  /* a command was given */
    bool given[ARGUMENT_COUNT];
};

/* ---- values */

bool args_output_mode(struct text name, enum output_mode *mode, struct error *error)
{
    struct text names[] = {TEXT("table"), TEXT("json"), TEXT("csv"), TEXT("tabular")};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (!text_equal_nocase(name, names[i])) continue;
        *mode = i < 3 ? (enum output_mode)i : OUTPUT_TABLE;
        return true;
    }
    error_set(error, ERROR_INPUT, NO_SPAN, "there is no output '" TEXT_FMT "'", TEXT_ARG(name));
    return error_hint(error, "output is table, json or csv");
}

const char *args_output_name(enum output_mode mode)
{
    return modes[mode];
}

/* name=value; the name is not empty. */
static bool assign(struct parse *parse, const char *word, const char *option, struct assignment_list *list)
{
    const char *equals = strchr(word, '=');
    if (!equals || equals == word) {
        error_set(parse->error, ERROR_INPUT, NO_SPAN, "%s wants NAME=VALUE, not '%s'", option, word);
        return error_hint(parse->error, "for example %s",
                          !strcmp(option, "-d") ? "-d topic=orders" : "-o commit.interval.ms=500");
    }
    struct assignment assignment = {{word, (size_t)(equals - word)}, text_of(equals + 1)};
    LIST_PUSH(parse->arena, list, assignment);
    return true;
}

static bool set_timeout(struct parse *parse, const char *value)
{
    char *end;
    long seconds = strtol(value, &end, 10);
    parse->args->timeout_s = (int)seconds;
    if (*value && !*end && seconds >= 1 && seconds <= 86400) return true;
    return error_set(parse->error, ERROR_INPUT, NO_SPAN, "--timeout wants a number of seconds, not '%s'", value);
}

/* One option with its value (NULL where it has none). */
static bool keep(struct parse *parse, enum argument_id id, const char *value)
{
    struct args *args = parse->args;
    parse->given[id] = true;
    switch (id) {
    case ARGUMENT_EXECUTE: LIST_PUSH(parse->arena, &args->pieces, ((struct piece){.sql = text_of(value)})); return true;
    case ARGUMENT_FILE: LIST_PUSH(parse->arena, &args->pieces, ((struct piece){.file = value})); return true;
    case ARGUMENT_DATA: args->data = value; return true;
    case ARGUMENT_CONFIG: LIST_PUSH(parse->arena, &args->configs, value); return true;
    case ARGUMENT_OPTION: return assign(parse, value, "-o", &args->options);
    case ARGUMENT_DEFINE: return assign(parse, value, "-d", &args->variables);
    case ARGUMENT_OUTPUT: return args_output_mode(text_of(value), &args->output, parse->error);
    case ARGUMENT_BROKER: args->broker = value; return true;
    case ARGUMENT_RESTART: return args->restart_everywhere = true;
    case ARGUMENT_TIMEOUT: return set_timeout(parse, value);
    case ARGUMENT_VERBOSE: return args->verbose = true;
    case ARGUMENT_QUIET: return args->quiet = true;
    case ARGUMENT_HELP: return args->help = true;
    case ARGUMENT_VERSION: return args->version = true;
    case ARGUMENT_COUNT: break;
    }
    return false;
}

/* ---- options */

static bool unknown(struct parse *parse, struct text name)
{
    struct text names[ARGUMENT_COUNT];
    for (unsigned i = 0; i < ARGUMENT_COUNT; i++) names[i] = text_of(arguments[i].name);
    struct text nearest = text_nearest(name, names, ARGUMENT_COUNT);
    error_set(parse->error, ERROR_INPUT, NO_SPAN, "there is no option '--" TEXT_FMT "'", TEXT_ARG(name));
    if (nearest.data) return error_hint(parse->error, "did you mean --" TEXT_FMT "?", TEXT_ARG(nearest));
    return error_hint(parse->error, "weir --help lists the options; settings are given as -o name=value");
}

/* An option with what was written behind it in the same word, or NULL: then its value is the next word. */
static bool take_option(struct parse *parse, enum argument_id id, const char *written)
{
    const struct argument *argument = &arguments[id];
    if (!argument->value) {
        if (!written) return keep(parse, id, NULL);
        return error_set(parse->error, ERROR_INPUT, NO_SPAN, "--%s takes no value", argument->name);
    }
    const char *value = written ? written : *parse->at;
    if (!value) {
        error_set(parse->error, ERROR_INPUT, NO_SPAN, "--%s wants a value", argument->name);
        return error_hint(parse->error, "--%s %s: %s", argument->name, argument->value, argument->help);
    }
    if (!written) parse->at++;
    return keep(parse, id, value);
}

/* The index of a name, or ARGUMENT_COUNT. */
static enum argument_id find_long(struct text name)
{
    unsigned i = 0;
    while (i < ARGUMENT_COUNT && !text_equal(name, text_of(arguments[i].name))) i++;
    return (enum argument_id)i;
}

/* --name, --name=value, --name value; of datagen's own, --name=value or --name value. */
static bool parse_long(struct parse *parse, const char *word)
{
    const char *equals = strchr(word, '=');
    struct text name = {word, equals ? (size_t)(equals - word) : strlen(word)};
    enum argument_id id = find_long(name);
    if (id != ARGUMENT_COUNT) return take_option(parse, id, equals ? equals + 1 : NULL);
    if (parse->args->command != SUBCOMMAND_DATAGEN || !datagen_knows(name)) return unknown(parse, name);
    bool paired = !equals && datagen_wants_value(name) && *parse->at;
    const char *pair = paired ? arena_printf(parse->arena, "%s=%s", word, *parse->at++) : word;
    LIST_PUSH(parse->arena, &parse->args->words, pair);
    return true;
}

/* -e SQL, -eSQL, -qe SQL: letters without a value may be followed by others. */
static bool parse_letters(struct parse *parse, const char *letters)
{
    for (; *letters; letters++) {
        unsigned i = 0;
        while (i < ARGUMENT_COUNT && arguments[i].letter != *letters) i++;
        if (i == ARGUMENT_COUNT) {
            error_set(parse->error, ERROR_INPUT, NO_SPAN, "there is no option '-%c'", *letters);
            return error_hint(parse->error, "weir --help lists the options");
        }
        if (arguments[i].value) return take_option(parse, (enum argument_id)i, letters[1] ? letters + 1 : NULL);
        if (!keep(parse, (enum argument_id)i, NULL)) return false;
    }
    return true;
}

/* ---- the rest */

static bool unknown_command(const char *word, struct error *error)
{
    static const struct text names[] = {TEXT("run"), TEXT("datagen"), TEXT("test"), TEXT("help")};
    struct text nearest = text_nearest(text_of(word), names, sizeof names / sizeof *names);
    error_set(error, ERROR_INPUT, NO_SPAN, "there is no command '%s'", word);
    if (text_ends_with(text_of(word), TEXT(".sql")))
        return error_hint(error, "weir -f %s runs its statements and ends; weir run %s goes on", word, word);
    if (strchr(word, ' ')) return error_hint(error, "weir -e '...' runs a statement");
    if (nearest.data) return error_hint(error, "did you mean " TEXT_FMT "?", TEXT_ARG(nearest));
    return error_hint(error, "the commands are run, datagen and test; without one weir is a shell");
}

static bool parse_command(struct parse *parse, const char *word)
{
    for (unsigned i = SUBCOMMAND_RUN; i < N_COMMANDS; i++) {
        if (strcmp(word, commands[i])) continue;
        parse->args->command = (enum subcommand)i;
        return parse->commanded = true;
    }
    if (!strcmp(word, "help")) return parse->args->help = true;
    return unknown_command(word, parse->error);
}

static bool parse_word(struct parse *parse, const char *word)
{
    if (!parse->commanded) return parse_command(parse, word);
    LIST_PUSH(parse->arena, &parse->args->words, word);
    return true;
}

static bool goes_with(enum argument_id id, enum subcommand command)
{
    return arguments[id].commands & 1 << command;
}

/* An option that the command does not have. */
static bool misplaced(struct parse *parse, enum argument_id id)
{
    const char *command = commands[parse->args->command];
    error_set(parse->error, ERROR_INPUT, NO_SPAN, "--%s does not go with %s%s", arguments[id].name,
              command ? "the command " : "", command ? command : "the shell and its statements");
    for (unsigned i = SUBCOMMAND_RUN; i < N_COMMANDS; i++)
        if (!command && goes_with(id, (enum subcommand)i))
            return error_hint(parse->error, "it belongs to weir %s", commands[i]);
    if (parse->args->command == SUBCOMMAND_RUN && arguments[id].commands == SHELL)
        return error_hint(parse->error, "weir run takes its statements from files");
    return error_hint(parse->error, "weir %s --help lists its options", command);
}

/* What does not go together. */
static bool check(struct parse *parse)
{
    const struct args *args = parse->args;
    if (args->help || args->version) return true;
    for (unsigned i = 0; i < ARGUMENT_COUNT; i++)
        if (parse->given[i] && !goes_with((enum argument_id)i, args->command))
            return misplaced(parse, (enum argument_id)i);
    if (args->words.n) return true;
    if (args->command == SUBCOMMAND_TEST) {
        error_set(parse->error, ERROR_INPUT, NO_SPAN, "test wants a script, or a folder of them");
        return error_hint(parse->error, "weir test alerts.test; weir test --help says how one is written");
    }
    return true;
}

bool args_parse(struct arena *arena, int argc, char *const *argv, struct args *args, struct error *error)
{
    *args = (struct args){0};
    struct parse parse = {.arena = arena, .args = args, .error = error, .at = argc ? argv + 1 : argv};
    bool options = true;
    while (*parse.at) {
        const char *word = *parse.at++;
        bool ok = true;
        if (options && !strcmp(word, "--"))
            options = false;
        else if (options && word[0] == '-' && word[1] == '-')
            ok = parse_long(&parse, word + 2);
        else if (options && word[0] == '-' && word[1])
            ok = parse_letters(&parse, word + 1);
        else
            ok = parse_word(&parse, word);
        if (!ok) return false;
    }
    return check(&parse);
}

/* ---- help */

static const char *const usages[] = {
    [SUBCOMMAND_SHELL] = "weir: SQL over streams in Kafka, or in a folder\n\n"
                         "  weir [options]                         a shell\n"
                         "  weir [options] -e SQL | -f FILE        run statements and end\n"
                         "  weir [options] run [FILE...]           run scripts, and their queries until stopped\n"
                         "  weir [options] datagen [SAMPLE] ...    write sample events to a topic\n"
                         "  weir [options] test FILE...            run test scripts\n\n",
    [SUBCOMMAND_RUN] =
        "weir [options] run [FILE...]\n\n"
        "Runs the statements of the files, if there are any, and then all queries that there are, until SIGINT or\n"
        "SIGTERM. It may be run again: what is there already with the same text is left as it is. The last statement "
        "of\n"
        "the last file may be a SELECT or a PRINT, whose rows are printed as they come.\n\n",
    [SUBCOMMAND_DATAGEN] = "weir [options] datagen [SAMPLE] [name=value | --name value ...]\n\n",
    [SUBCOMMAND_TEST] = "weir [options] test FILE|FOLDER...\n\n"
                        "Runs scripts of SQL, records sent and records expected: files, and all *.test of folders.\n\n",
};

static void print_options(enum subcommand command, struct buffer *out)
{
    buffer_append_string(out, "Options:\n");
    for (unsigned i = 0; i < ARGUMENT_COUNT; i++) {
        const struct argument *argument = &arguments[i];
        char name[48];
        if (!goes_with((enum argument_id)i, command)) continue;
        snprintf(name, sizeof name, "--%s %s", argument->name, argument->value ? argument->value : "");
        if (argument->letter)
            buffer_printf(out, "  -%c, %-24s  %s\n", argument->letter, name, argument->help);
        else
            buffer_printf(out, "      %-24s  %s\n", name, argument->help);
    }
}

void args_print_help(const struct args *args, struct buffer *out)
{
    buffer_append_string(out, usages[args->command]);
    if (args->command == SUBCOMMAND_DATAGEN) datagen_print_help(out);
    print_options(args->command, out);
    if (args->command == SUBCOMMAND_SHELL)
        buffer_append_string(out, "\nweir COMMAND --help says more of a command; inside the shell, so does help.\n");
}
