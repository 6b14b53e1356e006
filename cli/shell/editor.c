/* editor.c - libedit: the prompt, keys, Tab, Ctrl-C.
 *
 * Characters are read by get_character, not by libedit, because a signal must end the line wherever it arrives.
 */
#include "cli/shell/editor.h"
#include "cli/print/display.h"
#include "cli/interrupt.h"
#include <errno.h>
#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MAX_ENTRIES = 2000, MAX_LISTED = 200 };

struct editor {
    EditLine *line;
    History *past;
    const char *prompt;
    editor_complete *complete;
    void *context;
};

static struct editor *editor_of(EditLine *line)
{
    void *editor = NULL;
    el_get(line, EL_CLIENTDATA, &editor);
    return editor;
}

static char *prompt(EditLine *line)
{
    return (char *)editor_of(line)->prompt;
}

/* ---- characters */

static volatile sig_atomic_t resized;

/* That it is handled ends the wait for a character. */
static void wake(int signal)
{
    if (signal == SIGWINCH) resized = 1;
    interrupt_poke();
}

static unsigned terminal_columns(void)
{
    struct winsize size = {0};
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    return size.ws_col ? size.ws_col : 80;
}

/* Rows below the prompt's on which the cursor stands. */
static unsigned rows_before_cursor(EditLine *line)
{
    const LineInfo *info = el_line(line);
    struct text before = {info->buffer, (size_t)(info->cursor - info->buffer)};
    unsigned rows = 0, used = display_width(text_of(editor_of(line)->prompt));
    for (const char *end; (end = memchr(before.data, '\n', before.len)); used = 0) {
        struct text first = {before.data, (size_t)(end - before.data)};
        rows += (used + display_width(first)) / terminal_columns() + 1;
        before = (struct text){end + 1, before.len - first.len - 1};
    }
    return rows + (used + display_width(before)) / terminal_columns();
}

/* Clears what was typed off the screen, of which a terminal that has another width now has laid the lines anew. */
static void clear_typed(EditLine *line)
{
    unsigned rows = rows_before_cursor(line);
    if (rows) printf("\033[%uA", rows);
    printf("\r\033[J");
    fflush(stdout);
}

/* After a signal: the terminal has another size, or the program was stopped and goes on. */
static void redraw(void *line)
{
    el_set(line, EL_PREP_TERM, 1);
    if (resized) clear_typed(line);
    resized = 0;
    el_resize(line);
    el_set(line, EL_REFRESH);
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = wake, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGWINCH, &action, NULL);
    sigaction(SIGCONT, &action, NULL);
}

static int utf8_length(unsigned char first)
{
    return first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* 1 and a character, 0 at the end of the input, -1 on a signal. */
static int get_character(EditLine *line, wchar_t *c)
{
    unsigned char bytes[4];
    int n = 0;
    do {
        if (!interrupt_await_input(STDIN_FILENO, redraw, line)) return -1;
        ssize_t got = read(STDIN_FILENO, bytes + n, 1);
        if (got <= 0) return (int)got;
        n++;
    } while (n < utf8_length(bytes[0]));
    if (mbrtowc(c, (char *)bytes, (size_t)n, &(mbstate_t){0}) > (size_t)n) *c = L'\xfffd';
    return 1;
}

/* ---- completion */

/* The matches in columns, below the line. */
static void list_matches(const struct name_list *matches)
{
    struct buffer out = BUFFER(1 << 20);
    unsigned widest = 0, used = 0;
    for (uint32_t i = 0; i < matches->n; i++) {
        unsigned width = display_width(matches->items[i]);
        if (width > widest) widest = width;
    }
    unsigned columns = terminal_columns() / (widest + 2);
    buffer_append_char(&out, '\n');
    for (uint32_t i = 0; i < matches->n && i < MAX_LISTED; i++) {
        if (i) buffer_append_char(&out, columns < 2 || i % columns == 0 ? '\n' : ' ');
        if (columns > 1 && i && i % columns) display_pad(&out, widest + 1 - used);
        used = display_width(matches->items[i]);
        buffer_append_text(&out, matches->items[i]);
    }
    if (matches->n > MAX_LISTED) buffer_printf(&out, "\nand %u more", matches->n - MAX_LISTED);
    buffer_append_char(&out, '\n');
    fwrite(out.data, 1, out.len, stdout);
    buffer_free(&out);
}

static int count_characters(struct text text)
{
    int n = 0;
    for (size_t i = 0; i < text.len; i++) n += ((unsigned char)text.data[i] & 0xc0) != 0x80;
    return n;
}

/* Puts `text` in the place of the word that ends at the cursor. */
static void replace(EditLine *line, struct text word, struct text text, const char *behind)
{
    char *inserted = NULL;
    if (asprintf(&inserted, TEXT_FMT "%s", TEXT_ARG(text), behind) < 0) return;
    el_deletestr(line, count_characters(word));
    el_insertstr(line, inserted);
    free(inserted);
}

static unsigned char complete(EditLine *line, int key)
{
    struct editor *editor = editor_of(line);
    const LineInfo *info = el_line(line);
    struct arena *arena = arena_new();
    struct text before = text_copy(arena, (struct text){info->buffer, (size_t)(info->cursor - info->buffer)});
    struct completion completion;
    unsigned char result = CC_REFRESH;
    (void)key;
    editor->complete(editor->context, arena, before, &completion);
    struct text word = {before.data + completion.start, before.len - completion.start};
    struct text common = {completion.matches.n ? completion.matches.items[0].data : "",
                          complete_common(&completion.matches)};
    if (completion.matches.n == 1) {
        replace(line, word, common, completion.behind);
    } else if (common.len > word.len) {
        replace(line, word, common, "");
    } else if (completion.matches.n) {
        list_matches(&completion.matches);
        result = CC_REDISPLAY;
    } else {
        result = CC_ERROR;
    }
    arena_free(arena);
    return result;
}

/* ---- opening */

static void bind_keys(EditLine *line)
{
    static const char *const keys[][2] = {
        {"^I", "weir-complete"},       {"^R", "em-inc-search-prev"},
        {"^W", "ed-delete-prev-word"}, {"\033[3~", "ed-delete-next-char"},
        {"\033[H", "ed-move-to-beg"},  {"\033[F", "ed-move-to-end"},
        {"\033[1~", "ed-move-to-beg"}, {"\033[4~", "ed-move-to-end"},
        {"\033[1;5C", "em-next-word"}, {"\033[1;5D", "ed-prev-word"},
    };
    el_wset(line, EL_ADDFN, L"weir-complete", L"complete the word", complete); /* el_set would leak both texts */
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) el_set(line, EL_BIND, keys[i][0], keys[i][1], NULL);
}

static void use_utf8(void)
{
    if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0) setlocale(LC_CTYPE, "C.UTF-8");
}

struct editor *editor_open(editor_complete *completer, void *context)
{
    HistEvent event;
    use_utf8();
    EditLine *line = el_init("weir", stdin, stdout, stderr);
    if (!line) return NULL;
    struct editor *editor = HEAP_MAKE(struct editor);
    *editor =
        (struct editor){.line = line, .past = history_init(), .prompt = "", .complete = completer, .context = context};
    history(editor->past, &event, H_SETSIZE, MAX_ENTRIES);
    history(editor->past, &event, H_SETUNIQUE, 1);
    el_set(line, EL_CLIENTDATA, editor);
    el_set(line, EL_PROMPT, prompt);
    el_set(line, EL_SIGNAL, 0);
    el_set(line, EL_EDITOR, "emacs");
    el_set(line, EL_HIST, history, editor->past);
    el_set(line, EL_GETCFN, get_character);
    bind_keys(line);
    catch_signals();
    el_source(line, NULL);
    return editor;
}

void editor_close(struct editor *editor)
{
    if (!editor) return;
    el_end(editor->line);
    history_end(editor->past);
    free(editor);
}

enum editor_result editor_read(struct editor *editor, const char *text, struct text *line)
{
    int n = 0;
    editor->prompt = text;
    if (resized) el_resize(editor->line); /* while a statement ran */
    resized = 0;
    el_set(editor->line, EL_PREP_TERM, 1); /* before the prompt is seen, or a quick Ctrl-D would be lost */
    const char *got = el_gets(editor->line, &n);
    if (interrupt_seen()) return EDITOR_INTERRUPTED;
    if (!got || n <= 0) return EDITOR_END;
    *line = text_of(got);
    while (line->len && (line->data[line->len - 1] == '\n' || line->data[line->len - 1] == '\r')) line->len--;
    return EDITOR_LINE;
}

void editor_remember(struct editor *editor, struct text entry)
{
    HistEvent event;
    char *copy = heap_strndup(entry.data, entry.len);
    history(editor->past, &event, H_ENTER, copy);
    free(copy);
}
