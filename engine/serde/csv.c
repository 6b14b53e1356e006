/* csv.c - fields and quotes. */
#include "engine/serde/csv.h"
#include "engine/base/arena.h"
#include "engine/base/buffer.h"

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

bool csv_start(struct csv_reader *reader, struct text line, char separator)
{
    const char *at = line.data, *end = line.data + line.len;
    while (at < end && is_line_end(*at)) at++;
    *reader = (struct csv_reader){at, end, separator, at < end};
    return reader->more;
}

/* Behind the separator, if one is at hand; else the line is at its end. */
static void take_separator(struct csv_reader *reader)
{
    reader->more = reader->at < reader->end && *reader->at == reader->separator;
    reader->at += reader->more;
}

/* One quote for each two. */
static struct text undouble(struct arena *arena, struct text raw)
{
    char *copy = arena_alloc(arena, raw.len), *to = copy;
    for (size_t i = 0; i < raw.len; i++) {
        *to++ = raw.data[i];
        i += raw.data[i] == '"';
    }
    return (struct text){copy, (size_t)(to - copy)};
}

/* `at` is on the opening quote. */
static enum csv_status quoted_field(struct csv_reader *reader, struct arena *arena, struct text *field)
{
    const char *start = ++reader->at, *quote = start;
    bool doubled = false;
    for (;; quote += 2, doubled = true) {
        quote = memchr(quote, '"', (size_t)(reader->end - quote));
        if (!quote) return CSV_NO_END;
        if (quote + 1 == reader->end || quote[1] != '"') break;
    }
    *field = (struct text){start, (size_t)(quote - start)};
    if (doubled) *field = undouble(arena, *field);
    reader->at = quote + 1;
    while (reader->at < reader->end && *reader->at != reader->separator && !is_line_end(*reader->at)) {
        char c = *reader->at++;
        if (c != ' ' && c != '\t' && c != '\v' && c != '\f') return CSV_JUNK;
    }
    take_separator(reader);
    return CSV_FIELD;
}

enum csv_status csv_next(struct csv_reader *reader, struct arena *arena, struct text *field)
{
    if (reader->at < reader->end && *reader->at == '"') return quoted_field(reader, arena, field);
    const char *start = reader->at;
    while (reader->at < reader->end && *reader->at != reader->separator && !is_line_end(*reader->at)) reader->at++;
    *field = (struct text){start, (size_t)(reader->at - start)};
    take_separator(reader);
    return CSV_FIELD;
}

static bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool csv_wants_quotes(struct text field, bool first, char separator)
{
    if (!field.len) return first;
    if (first ? !is_letter_or_digit(field.data[0]) : (unsigned char)field.data[0] <= '#') return true;
    for (size_t i = 0; i < field.len; i++) {
        char c = field.data[i];
        if (c == separator || c == '"' || is_line_end(c)) return true;
    }
    return (unsigned char)field.data[field.len - 1] <= ' ';
}

void csv_append_quoted(struct buffer *out, struct text field)
{
    buffer_append_char(out, '"');
    for (size_t at = 0; at < field.len;) {
        const char *quote = memchr(field.data + at, '"', field.len - at);
        size_t n = quote ? (size_t)(quote - field.data) + 1 - at : field.len - at;
        buffer_append(out, field.data + at, n);
        if (quote) buffer_append_char(out, '"');
        at += n;
    }
    buffer_append_char(out, '"');
}
