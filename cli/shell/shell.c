/* shell.c - the loop, from a terminal or a pipe. */
#include "cli/shell/shell.h"
#include "cli/shell/commands.h"
#include "cli/interrupt.h"
#include "cli/script.h"
#include "cli/shell/vocabulary.h"
#include "engine/base/clock.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char prompt[] = "weir> ", more_prompt[] = "    > ";

/* ---- lines */

bool shell_execute(struct shell *shell, struct text sql, const char *file)
{
    struct script_context context = {.session = shell->setup->session,
                                     .output = shell->output,
                                     .file = file,
                                     .lines_before = file ? 0 : shell->lines_before,
                                     .may_lack_semicolon = !shell->editor,
                                     .timing = shell->timing};
    return script_execute(&context, sql);
}

static void remember(struct shell *shell, struct text entry)
{
    entry = text_trim(entry);
    if (!shell->editor || !entry.len) return;
    editor_remember(shell->editor, entry);
    history_file_add(&shell->history, entry);
}

static unsigned count_lines(struct text text)
{
    unsigned n = 0;
    for (size_t i = 0; i < text.len; i++) n += text.data[i] == '\n';
    return n;
}

/* Takes the first bytes of the pending lines away. */
static void take_pending(struct shell *shell, size_t len)
{
    struct buffer *pending = &shell->pending;
    if (!shell->editor) shell->lines_before += count_lines((struct text){pending->data, len});
    memmove(pending->data, pending->data + len, pending->len - len);
    pending->len -= len;
    pending->overflow = false;
    shell->scan = (struct parse_scan){0};
}

static void drop_pending(struct shell *shell)
{
    take_pending(shell, shell->pending.len);
    buffer_clear(&shell->entry);
}

/* Carries out the statements that the pending lines end, and keeps what is behind them. */
static bool execute_pending(struct shell *shell)
{
    struct text text = buffer_text(&shell->pending), statements = {text.data, 0};
    while (parse_scan_end(&shell->scan, text)) statements.len = shell->scan.at;
    if (!statements.len) return true;
    bool ok = shell_execute(shell, statements, NULL);
    take_pending(shell, statements.len);
    return ok;
}

static bool add_line(struct shell *shell, struct text line)
{
    buffer_append_text(&shell->pending, line);
    buffer_append_char(&shell->pending, '\n');
    buffer_append_text(&shell->entry, line);
    buffer_append_char(&shell->entry, '\n');
    if (!shell->pending.overflow) return true;
    struct error error = {0};
    error_set(&error, ERROR_LIMIT, NO_SPAN, "a statement of more than %d bytes was dropped", SHELL_MAX_PENDING);
    output_error(shell->output, &error, NO_TEXT, NULL);
    drop_pending(shell);
    return false;
}

/* Whether the line is a command: words at the start of a statement only, backslashes also between its lines. */
static bool is_command(const struct shell *shell, struct text line)
{
    if (!shell->pending.len) return command_is_meant(line);
    return text_starts_with(line, TEXT("\\")) && !shell->scan.open;
}

static bool run_command(struct shell *shell, struct text line)
{
    struct text argument;
    struct error error = {0};
    const struct command *command = command_find(line, &argument, &error);
    remember(shell, line);
    if (!shell->pending.len && !shell->editor) shell->lines_before++;
    if (command) return command_run(command, shell, argument);
    output_error(shell->output, &error, NO_TEXT, NULL);
    return false;
}

/* Someone who wants to get out of a statement that waits for its semicolon is told how. */
static void help_out(const struct shell *shell, struct text line)
{
    static const struct text words[] = {TEXT("exit"), TEXT("quit"), TEXT("help")};
    if (!shell->editor || !shell->pending.len) return;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_equal_nocase(text_trim(line), words[i]))
            output_notice(shell->output,
                          TEXT("This goes on with the statement above: a semicolon ends it, Ctrl-C drops "
                               "it, \\q leaves, \\? helps."));
}

bool shell_line(struct shell *shell, struct text line)
{
    output_spool_text(shell->output, text_of(shell->pending.len ? more_prompt : prompt));
    output_spool_text(shell->output, line);
    output_spool_text(shell->output, TEXT("\n"));
    if (is_command(shell, line)) return run_command(shell, line);
    help_out(shell, line);
    if (!add_line(shell, line)) return false;
    bool ok = execute_pending(shell);
    if (script_word(buffer_text(&shell->pending)).len) return ok;
    remember(shell, buffer_text(&shell->entry));
    drop_pending(shell);
    return ok;
}

/* ---- a terminal */

static void complete(void *context, struct arena *arena, struct text line, struct completion *completion)
{
    struct shell *shell = context;
    struct vocabulary vocabulary = {0};
    vocabulary_collect(shell->setup->engine, arena, line, !shell->pending.len, &vocabulary);
    complete_word(arena, line, &vocabulary, completion);
}

/* A push query that shows nothing is not hung: says so once, when nothing has come for a while. */
static void say_waiting(void *context)
{
    enum { PATIENCE_MS = 3000 };
    struct shell *shell = context;
    struct output *output = shell->output;
    bool silent =
        output->query_since_ms && !output->n_rows && clock_monotonic_ms() - output->query_since_ms > PATIENCE_MS;
    if (!silent) return;
    output->query_since_ms = 0;
    struct text from = settings_text(session_settings(shell->setup->session), OPTION_AUTO_OFFSET_RESET);
    if (!text_equal_nocase(from, TEXT("latest")))
        output_notice(output, TEXT("Waiting for rows; Ctrl-C stops the query."));
    else
        output_notice(output,
                      TEXT("Waiting for new rows; Ctrl-C stops the query. SET 'auto.offset.reset' = 'earliest'; shows\n"
                           "those that are there already."));
}

static void greet(struct shell *shell)
{
    struct text place = engine_place(shell->setup->engine, shell->setup->arena);
    if (!shell->output->quiet)
        output_print(shell->output, "weir " WEIR_VERSION ", " TEXT_FMT ". help says what can be done, \\q leaves.\n",
                     TEXT_ARG(place));
}

static void open_history(struct shell *shell)
{
    struct text data = shell->setup->data;
    history_file_open(&shell->history, arena_printf(shell->setup->arena, TEXT_FMT "/history", TEXT_ARG(data)));
    for (uint32_t i = 0; i < shell->history.n; i++) editor_remember(shell->editor, shell->history.items[i]);
}

static int run_terminal(struct shell *shell)
{
    struct text line;
    shell->output->interactive = true;
    shell->output->idle = say_waiting;
    shell->output->idle_context = shell;
    open_history(shell);
    greet(shell);
    while (!shell->leaving && !interrupt_ending()) {
        if (interrupt_seen()) drop_pending(shell); /* Ctrl-C came while a line was looked at */
        interrupt_clear();
        setup_print_log(shell->setup, shell->output);
        enum editor_result result = editor_read(shell->editor, shell->pending.len ? more_prompt : prompt, &line);
        if (result == EDITOR_END) break;
        if (result == EDITOR_INTERRUPTED) {
            if (!interrupt_ending()) output_print(shell->output, "^C\n");
            drop_pending(shell);
        } else {
            bool ok = shell_line(shell, line);
            (void)ok; /* the error was shown; the person decides */
        }
    }
    if (!shell->leaving) output_print(shell->output, "\n");
    history_file_close(&shell->history);
    return 0;
}

/* ---- a pipe */

static int run_pipe(struct shell *shell)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;
    bool ok = true;
    while (ok && !shell->leaving && (len = getline(&line, &capacity, stdin)) >= 0) {
        while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r')) len--;
        ok = shell_line(shell, (struct text){line, (size_t)len});
    }
    free(line);
    if (ok && !interrupt_seen()) ok = shell_execute(shell, buffer_text(&shell->pending), NULL);
    return interrupt_seen() ? 130 : ok ? 0 : 1;
}

int shell_run(struct setup *setup, struct output *output)
{
    struct shell shell = {
        .setup = setup, .output = output, .pending = BUFFER(SHELL_MAX_PENDING), .entry = BUFFER(SHELL_MAX_PENDING)};
    bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    if (terminal) shell.editor = editor_open(complete, &shell);
    int status = shell.editor ? run_terminal(&shell) : run_pipe(&shell);
    editor_close(shell.editor);
    buffer_free(&shell.pending);
    buffer_free(&shell.entry);
    return status;
}
