/* script.c - cutting a text into statements, carrying them out, and showing where one failed. */
#include "cli/script.h"
#include "cli/interrupt.h"
#include "engine/base/clock.h"
#include "parser/lexer.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

bool script_read(const char *path, struct buffer *content, struct error *error)
{
    enum { STEP = 1 << 16 };
    bool standard = !strcmp(path, "-");
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : 1;
    while (n > 0) {
        char *end = buffer_reserve(content, STEP);
        if (!end) break;
        n = read(fd, end, STEP);
        if (n > 0) content->len += (size_t)n;
    }
    int why = errno;
    if (fd >= 0 && !standard) close(fd);
    if (content->overflow)
        return error_set(error, ERROR_LIMIT, NO_SPAN, "%s has more than %d MiB", path, SCRIPT_MAX >> 20);
    if (n < 0) return error_set(error, ERROR_INPUT, NO_SPAN, "cannot read %s: %s", path, strerror(why));
    return true;
}

size_t script_first(struct text sql)
{
    size_t len = parse_statement_end(sql);
    return len ? len : sql.len;
}

struct text script_word(struct text sql)
{
    struct lexer lexer = {.text = sql};
    struct token token = lexer_next(&lexer);
    if (!token.code) return TEXT("");
    return (struct text){sql.data + token.span.start, token.span.end - token.span.start};
}

/* The error's place is in the statement, and shown in the whole text. */
static void show_error(const struct script_context *context, struct text sql, struct text statement,
                       struct error *error)
{
    uint32_t offset = (uint32_t)(statement.data - sql.data);
    if (error->span.end > 0) {
        error->span = (struct span){error->span.start + offset, error->span.end + offset};
        error->lines_before = context->lines_before;
    }
    output_error(context->output, error, sql, context->file);
}

static void print_time(struct output *output, int64_t ns)
{
    struct buffer line = BUFFER(64);
    buffer_printf(&line, "Time: %.3f ms", (double)ns / 1e6);
    output_notice(output, buffer_text(&line));
    buffer_free(&line);
}

static bool execute(const struct script_context *context, struct text sql, struct text statement)
{
    struct client client = output_client(context->output);
    struct script_options options = {context->repeatable, context->may_lack_semicolon};
    struct error error = {0};
    int64_t start = clock_monotonic_ns();
    output_begin(context->output);
    bool ok = session_run_script(context->session, statement, options, &client, &error);
    output_end(context->output);
    if (!ok) show_error(context, sql, statement, &error);
    if (context->timing) print_time(context->output, clock_monotonic_ns() - start);
    return ok;
}

bool script_execute(const struct script_context *context, struct text sql)
{
    for (size_t at = 0; at < sql.len;) {
        struct text statement = {sql.data + at, sql.len - at};
        statement.len = script_first(statement);
        if (script_word(statement).len && !execute(context, sql, statement)) return false;
        if (interrupt_seen() || context->output->broken) return false;
        at += statement.len;
    }
    return true;
}
