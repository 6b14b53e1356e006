/* history_file.c - reading, cutting and appending. */
#include "cli/shell/history_file.h"
#include "engine/base/arena.h"
#include "engine/base/buffer.h"
#include <fcntl.h>
#include <unistd.h>

enum { MAX_FILE = 64 << 20 };

static void encode(struct buffer *out, struct text entry)
{
    for (size_t i = 0; i < entry.len; i++) {
        if (entry.data[i] == '\n') buffer_append_string(out, "\\n");
        else if (entry.data[i] == '\\') buffer_append_string(out, "\\\\");
        else buffer_append_char(out, entry.data[i]);
    }
    buffer_append_char(out, '\n');
}

static struct text decode(struct arena *arena, struct text line)
{
    char *entry = arena_alloc(arena, line.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < line.len; i++) {
        bool escape = line.data[i] == '\\' && i + 1 < line.len;
        if (escape) i++;
        entry[n++] = escape && line.data[i] == 'n' ? '\n' : line.data[i];
    }
    entry[n] = 0;
    return (struct text){entry, n};
}

static void read_all(int fd, struct buffer *content)
{
    enum { STEP = 1 << 16 };
    ssize_t n = 1;
    while (n > 0) {
        char *end = buffer_reserve(content, STEP);
        if (!end) return;
        n = read(fd, end, STEP);
        if (n > 0) content->len += (size_t)n;
    }
}

/* Keeps the last entries only; a shell beside this one may lose what it adds in this moment. */
static void cut(struct history_file *history)
{
    struct buffer kept = BUFFER(MAX_FILE);
    uint32_t first = history->n - HISTORY_FILE_KEEP;
    for (uint32_t i = first; i < history->n; i++) encode(&kept, history->items[i]);
    history->items += first;
    history->n -= first;
    history->capacity -= first;
    bool written = ftruncate(history->fd, 0) == 0 && write(history->fd, kept.data, kept.len) == (ssize_t)kept.len;
    (void)written; /* history is a comfort: a full disk is told by what matters more */
    buffer_free(&kept);
}

void history_file_open(struct history_file *history, const char *path)
{
    *history = (struct history_file){.arena = arena_new()};
    history->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (history->fd < 0) return;
    struct buffer content = BUFFER(MAX_FILE);
    read_all(history->fd, &content);
    struct text rest = buffer_text(&content);
    while (rest.len) {
        const char *end = memchr(rest.data, '\n', rest.len);
        struct text line = {rest.data, end ? (size_t)(end - rest.data) : rest.len};
        if (line.len) LIST_PUSH(history->arena, history, decode(history->arena, line));
        size_t taken = line.len + (end != NULL);
        rest.data += taken, rest.len -= taken;
    }
    buffer_free(&content);
    if (history->n > 2 * HISTORY_FILE_KEEP) cut(history);
}

void history_file_close(struct history_file *history)
{
    if (history->fd >= 0) close(history->fd);
    arena_free(history->arena);
}

void history_file_add(struct history_file *history, struct text entry)
{
    if (!entry.len || (history->n && text_equal(history->items[history->n - 1], entry))) return;
    LIST_PUSH(history->arena, history, text_copy(history->arena, entry));
    if (history->fd < 0) return;
    struct buffer line = BUFFER(MAX_FILE);
    encode(&line, entry);
    bool written = write(history->fd, line.data, line.len) == (ssize_t)line.len;
    (void)written; /* as in cut() */
    buffer_free(&line);
}
