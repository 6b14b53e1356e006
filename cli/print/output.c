/* output.c - from the engine's callbacks to the printer of the mode, and from its text to the standard output. */
#include "cli/print/output.h"
#include "cli/print/display.h"
#include "cli/interrupt.h"
#include "cli/print/sheet.h"
#include "engine/base/clock.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MAX_TEXT = 1 << 30 };

static const char red[] = "\033[31m", faint[] = "\033[2m", plain[] = "\033[0m";

static bool has_colour(int fd)
{
    const char *terminal = getenv("TERM");
    return isatty(fd) && !getenv("NO_COLOR") && terminal && strcmp(terminal, "dumb") != 0;
}

void output_init(struct output *output, enum output_mode mode, bool quiet)
{
    *output = (struct output){.mode = mode,
                              .quiet = quiet,
                              .text = BUFFER(MAX_TEXT),
                              .spool = -1,
                              .colour = has_colour(STDOUT_FILENO),
                              .error_colour = has_colour(STDERR_FILENO)};
}

void output_fini(struct output *output)
{
    sheet_free(output->sheet);
    if (output->spool >= 0) close(output->spool);
    buffer_free(&output->text);
}

unsigned output_width(const struct output *output)
{
    struct winsize size;
    (void)output;
    if (!isatty(STDOUT_FILENO)) return 0;
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : 80;
}

/* ---- writing */

static bool write_all(int fd, struct text text)
{
    while (text.len) {
        ssize_t n = write(fd, text.data, text.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        text.data += n;
        text.len -= (size_t)n;
    }
    return true;
}

void output_spool_text(struct output *output, struct text text)
{
    if (output->spool >= 0 && !write_all(output->spool, text)) {
        close(output->spool);
        output->spool = -1;
    }
}

/* A reader that has gone away has what it wanted; a full disk is to be told. */
static void break_off(struct output *output, int why)
{
    struct error error = {0};
    output->broken = true;
    buffer_clear(&output->text);
    if (why == EPIPE) return;
    error_set(&error, ERROR_WORLD, NO_SPAN, "cannot write the output: %s", strerror(why));
    output_error(output, &error, NO_TEXT, NULL);
}

void output_flush(struct output *output)
{
    struct text text = buffer_text(&output->text);
    bool written = output->broken || write_all(STDOUT_FILENO, text);
    int why = errno;
    output_spool_text(output, text);
    buffer_clear(&output->text);
    if (!written) break_off(output, why);
}

bool output_is_broken(struct output *output)
{
    struct pollfd reader = {.fd = STDOUT_FILENO};
    if (poll(&reader, 1, 0) == 1 && reader.revents & (POLLERR | POLLHUP)) output->broken = true;
    return output->broken;
}

void output_print(struct output *output, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct arena *arena = arena_new();
    buffer_append_string(&output->text, arena_vprintf(arena, format, arguments));
    arena_free(arena);
    va_end(arguments);
    output_flush(output);
}

/* Line by line: what a message quotes may have control characters in it. */
static void escape_lines(struct buffer *out, struct text text)
{
    while (text.len) {
        const char *end = memchr(text.data, '\n', text.len);
        struct text line = {text.data, end ? (size_t)(end - text.data) : text.len};
        display_escape(out, line);
        if (end) buffer_append_char(out, '\n');
        size_t taken = line.len + (end != NULL);
        text.data += taken, text.len -= taken;
    }
}

static void print_aside(struct output *output, struct buffer *text, const char *style)
{
    struct buffer shown = BUFFER(MAX_TEXT);
    output_flush(output);
    if (output->error_colour) buffer_append_string(&shown, style);
    escape_lines(&shown, buffer_text(text));
    if (output->error_colour) buffer_append_string(&shown, plain);
    bool written = write_all(STDERR_FILENO, buffer_text(&shown));
    (void)written; /* where errors cannot be said, there is no one to tell */
    output_spool_text(output, buffer_text(text));
    buffer_free(&shown);
}

void output_error(struct output *output, const struct error *error, struct text sql, const char *file)
{
    struct buffer text = BUFFER(MAX_TEXT);
    bool placed = sql.data && error->span.end > 0;
    if (file) buffer_printf(&text, "%s%s", file, placed ? ", " : ": ");
    error_print(error, sql, &text);
    print_aside(output, &text, red);
    buffer_free(&text);
}

static void print_text_aside(struct output *output, struct text text, const char *style)
{
    struct buffer line = BUFFER(MAX_TEXT);
    buffer_append_text(&line, text);
    buffer_append_char(&line, '\n');
    print_aside(output, &line, style);
    buffer_free(&line);
}

void output_notice(struct output *output, struct text text)
{
    if (!output->quiet) print_text_aside(output, text, faint);
}

void output_warning(struct output *output, struct text text)
{
    print_text_aside(output, text, red);
}

bool output_spool(struct output *output, const char *path, struct error *error)
{
    if (output->spool >= 0) close(output->spool);
    output->spool = -1;
    if (!path) return true;
    output->spool = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (output->spool < 0) return error_set(error, ERROR_INPUT, NO_SPAN, "cannot write %s: %s", path, strerror(errno));
    return true;
}

/* ---- the engine's callbacks */

static const struct printer *printer_of(const struct output *output)
{
    static const struct printer *const printers[] = {&printer_table, &printer_json, &printer_csv};
    return printers[output->mode];
}

static void entity(void *context, const struct entity *answer)
{
    struct output *output = context;
    if (printer_of(output)->entity) printer_of(output)->entity(output, answer);
    output_flush(output);
}

static void header(void *context, struct text query_id, const struct schema *schema)
{
    struct output *output = context;
    (void)query_id;
    output->n_rows = 0;
    output->query_since_ms = clock_monotonic_ms();
    if (printer_of(output)->header) printer_of(output)->header(output, schema);
    output_flush(output);
}

static void rows(void *context, const struct result_rows *result)
{
    struct output *output = context;
    output->n_rows += result->n_rows;
    if (printer_of(output)->rows) printer_of(output)->rows(output, result);
    output_flush(output);
}

static void line(void *context, struct text text)
{
    struct output *output = context;
    output->n_rows++;
    if (printer_of(output)->line) printer_of(output)->line(output, text);
    output_flush(output);
}

static void finished(void *context, const char *how)
{
    struct output *output = context;
    if (printer_of(output)->finished) printer_of(output)->finished(output, how);
    output->query_since_ms = 0;
    output_flush(output);
}

static void notice(void *context, struct text text)
{
    output_notice(context, text);
}

static bool cancelled(void *context)
{
    struct output *output = context;
    if (printer_of(output)->tick) printer_of(output)->tick(output);
    output_flush(output);
    if (output->idle) output->idle(output->idle_context);
    return output_is_broken(output) || interrupt_seen();
}

void output_begin(struct output *output)
{
    output->n_rows = 0;
    output->query_since_ms = 0;
}

void output_end(struct output *output)
{
    if (printer_of(output)->abandon) printer_of(output)->abandon(output);
    output->query_since_ms = 0;
    output_flush(output);
}

struct client output_client(struct output *output)
{
    return (struct client){
        .context = output,
        .entity = entity,
        .header = header,
        .rows = rows,
        .line = line,
        .finished = finished,
        .notice = notice,
        .cancelled = cancelled,
    };
}
