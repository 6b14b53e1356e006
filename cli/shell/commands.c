/* commands.c - the functions behind commands.def. */
#include "cli/shell/commands.h"
#include "cli/shell/help.h"
#include "cli/interrupt.h"
#include "cli/script.h"
#include <stdio.h>

typedef bool command_function(struct shell *shell, struct text argument);

static command_function help, leave, describe_name, describe_more, streams, tables, functions, queries, topics,
    vertical, set_output, timing, run_script, spool, list_history, clear_screen, print_version;

struct command {
    const char *names;
    const char *argument;
    command_function *run;
    const char *does;
};

static const struct command commands[] = {
#define COMMAND(names, argument, run, does) {names, argument, run, does},
#include "cli/shell/commands.def"
#undef COMMAND
};

enum { N_COMMANDS = sizeof commands / sizeof *commands };

/* ---- finding one */

/* The i-th of names that | separates; false beyond the last. */
static bool name_at(const char *names, unsigned i, struct text *name)
{
    while (i-- > 0) {
        names = strchr(names, '|');
        if (!names) return false;
        names++;
    }
    *name = (struct text){names, strcspn(names, "|")};
    return true;
}

static bool is_called(struct text line, struct text name)
{
    struct text head = {line.data, name.len};
    if (line.len < name.len || !text_equal_nocase(head, name)) return false;
    return line.len == name.len || line.data[name.len] == ' ' || line.data[name.len] == '\t' ||
           line.data[name.len] == ';';
}

static struct text without_semicolon(struct text text)
{
    text = text_trim(text);
    if (text.len && text.data[text.len - 1] == ';') text.len--;
    return text_trim(text);
}

/* The command that the line calls, by which of its names; NULL if there is none. */
static const struct command *find(struct text line, struct text *name)
{
    for (unsigned i = 0; i < N_COMMANDS; i++)
        for (unsigned j = 0; name_at(commands[i].names, j, name); j++)
            if (is_called(line, *name)) return &commands[i];
    return NULL;
}

bool command_is_meant(struct text line)
{
    struct text name;
    line = text_trim(line);
    return text_starts_with(line, TEXT("\\")) || text_starts_with(line, TEXT(".")) || find(line, &name);
}

/* `.tables` of another shell is near to nothing here, `.help` is near to help. */
static void refuse(struct text line, struct error *error)
{
    struct text names[3 * N_COMMANDS], word = {line.data, 0};
    size_t n = 0;
    while (word.len < line.len && line.data[word.len] > ' ' && line.data[word.len] != ';') word.len++;
    for (unsigned i = 0; i < N_COMMANDS; i++)
        for (unsigned j = 0; j < 3 && name_at(commands[i].names, j, &names[n]); j++) n++;
    struct text nearest = text_nearest(word, names, n);
    error_set(error, ERROR_INPUT, NO_SPAN, "there is no command '" TEXT_FMT "'", TEXT_ARG(word));
    if (nearest.data)
        error_hint(error, "did you mean " TEXT_FMT "?", TEXT_ARG(nearest));
    else
        error_hint(error, "help lists the commands, SHOW STREAMS; and its like what there is");
}

const struct command *command_find(struct text line, struct text *argument, struct error *error)
{
    struct text name;
    line = text_trim(line);
    const struct command *command = find(line, &name);
    if (command)
        *argument = without_semicolon((struct text){line.data + name.len, line.len - name.len});
    else
        refuse(line, error);
    return command;
}

bool command_run(const struct command *command, struct shell *shell, struct text argument)
{
    return command->run(shell, argument);
}

void command_names(struct arena *arena, struct name_list *names)
{
    struct text name;
    for (unsigned i = 0; i < N_COMMANDS; i++)
        for (unsigned j = 0; name_at(commands[i].names, j, &name); j++) LIST_PUSH(arena, names, name);
}

void command_print_list(struct buffer *out)
{
    for (unsigned i = 0; i < N_COMMANDS; i++) {
        char names[64];
        snprintf(names, sizeof names, "%s %s", commands[i].names, commands[i].argument);
        for (char *bar = strchr(names, '|'); bar && bar < names + strlen(commands[i].names); bar = strchr(bar, '|'))
            *bar = ' ';
        buffer_printf(out, "  %-30s  %s\n", names, commands[i].does);
    }
}

/* ---- what they share */

static bool fail(struct shell *shell, const struct error *error)
{
    output_error(shell->output, error, NO_TEXT, NULL);
    return false;
}

/* A statement made of words and the command's argument. */
static bool execute(struct shell *shell, const char *words, struct text argument)
{
    struct buffer sql = BUFFER(SHELL_MAX_PENDING);
    buffer_printf(&sql, "%s" TEXT_FMT ";", words, TEXT_ARG(argument));
    bool ok = shell_execute(shell, buffer_text(&sql), NULL);
    buffer_free(&sql);
    return ok;
}

/* on, off, or nothing: the other of the two. */
static bool toggle(struct shell *shell, const char *what, struct text argument, bool *flag)
{
    struct error error = {0};
    if (!argument.len)
        *flag = !*flag;
    else if (text_equal_nocase(argument, TEXT("on")))
        *flag = true;
    else if (text_equal_nocase(argument, TEXT("off")))
        *flag = false;
    else {
        error_set(&error, ERROR_INPUT, NO_SPAN, "%s is on or off, not '" TEXT_FMT "'", what, TEXT_ARG(argument));
        return fail(shell, &error);
    }
    output_print(shell->output, "%s is %s.\n", what, *flag ? "on" : "off");
    return true;
}

/* A file's name: quotes taken off. NUL-terminated, in the shell's arena. */
static const char *path_of(struct shell *shell, struct text argument)
{
    bool quoted = argument.len > 1 && argument.data[0] == '\'' && argument.data[argument.len - 1] == '\'';
    if (quoted) argument = (struct text){argument.data + 1, argument.len - 2};
    return text_copy(shell->setup->arena, argument).data;
}

/* ---- the commands */

static bool help(struct shell *shell, struct text argument)
{
    struct error error = {0};
    bool known = help_print(argument, &shell->output->text, &error);
    output_flush(shell->output);
    return known || fail(shell, &error);
}

static bool leave(struct shell *shell, struct text argument)
{
    (void)argument;
    return shell->leaving = true;
}

static bool describe_name(struct shell *shell, struct text argument)
{
    if (argument.len) return execute(shell, "DESCRIBE ", argument);
    return execute(shell, "SHOW STREAMS; SHOW TABLES", NO_TEXT);
}

static bool describe_more(struct shell *shell, struct text argument)
{
    if (!argument.len) return execute(shell, "SHOW STREAMS EXTENDED; SHOW TABLES EXTENDED", NO_TEXT);
    struct text extended = text_printf(shell->setup->arena, TEXT_FMT " EXTENDED", TEXT_ARG(argument));
    return execute(shell, "DESCRIBE ", extended);
}

static bool streams(struct shell *shell, struct text argument)
{
    (void)argument;
    return execute(shell, "SHOW STREAMS", NO_TEXT);
}

static bool tables(struct shell *shell, struct text argument)
{
    (void)argument;
    return execute(shell, "SHOW TABLES", NO_TEXT);
}

static bool functions(struct shell *shell, struct text argument)
{
    return execute(shell, argument.len ? "DESCRIBE FUNCTION " : "SHOW FUNCTIONS", argument);
}

static bool queries(struct shell *shell, struct text argument)
{
    return execute(shell, argument.len ? "EXPLAIN " : "SHOW QUERIES", argument);
}

static bool topics(struct shell *shell, struct text argument)
{
    (void)argument;
    return execute(shell, "SHOW TOPICS", NO_TEXT);
}

static bool vertical(struct shell *shell, struct text argument)
{
    return toggle(shell, "Vertical display", argument, &shell->output->vertical);
}

static bool timing(struct shell *shell, struct text argument)
{
    return toggle(shell, "Timing", argument, &shell->timing);
}

static bool set_output(struct shell *shell, struct text argument)
{
    struct error error = {0};
    if (argument.len && !args_output_mode(argument, &shell->output->mode, &error)) return fail(shell, &error);
    output_print(shell->output, "Output is %s.\n", args_output_name(shell->output->mode));
    return true;
}

static bool run_script(struct shell *shell, struct text argument)
{
    struct error error = {0};
    struct buffer content = BUFFER(SCRIPT_MAX);
    const char *path = path_of(shell, argument);
    bool read = false, ok = false;
    if (!argument.len)
        error_set(&error, ERROR_INPUT, NO_SPAN, "\\i wants the name of a file");
    else
        read = script_read(path, &content, &error);
    if (read)
        ok = shell_execute(shell, buffer_text(&content), path);
    else
        fail(shell, &error);
    buffer_free(&content);
    return ok;
}

static bool spool(struct shell *shell, struct text argument)
{
    struct error error = {0};
    bool off = text_equal_nocase(argument, TEXT("off"));
    if (!argument.len) {
        error_set(&error, ERROR_INPUT, NO_SPAN, "spool wants the name of a file, or off");
        return fail(shell, &error);
    }
    const char *path = off ? NULL : path_of(shell, argument);
    if (!output_spool(shell->output, path, &error)) return fail(shell, &error);
    if (off)
        output_print(shell->output, "Nothing is copied to a file any more.\n");
    else
        output_print(shell->output, "What is typed and printed is copied to %s; spool off ends it.\n", path);
    return true;
}

static bool list_history(struct shell *shell, struct text argument)
{
    (void)argument;
    for (uint32_t i = 0; i < shell->history.n; i++)
        output_print(shell->output, "%5u  " TEXT_FMT "\n", i + 1, TEXT_ARG(shell->history.items[i]));
    return true;
}

static bool clear_screen(struct shell *shell, struct text argument)
{
    (void)argument;
    if (output_width(shell->output)) output_print(shell->output, "\033[H\033[2J");
    return true;
}

static bool print_version(struct shell *shell, struct text argument)
{
    (void)argument;
    struct text place = engine_place(shell->setup->engine, shell->setup->arena);
    output_print(shell->output, "weir " WEIR_VERSION ", " TEXT_FMT "\n", TEXT_ARG(place));
    return true;
}
