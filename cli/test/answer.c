/* answer.c - collecting what a statement answers, as text. */
#include "cli/test/answer.h"
#include "engine/base/clock.h"

enum { CEILING = 16 << 20 };

static void keep(struct test_answer *answer, struct test_lines *lines, struct text line)
{
    LIST_PUSH(answer->arena, lines, text_copy(answer->arena, line));
}

static void on_entity(void *context, const struct entity *entity)
{
    struct test_answer *answer = context;
    struct buffer json = BUFFER(CEILING);
    entity_print_json(&json, entity, 0);
    keep(answer, &answer->entities, buffer_text(&json));
    buffer_free(&json);
}

static void on_header(void *context, struct text query_id, const struct schema *schema)
{
    struct test_answer *answer = context;
    struct buffer columns = BUFFER(CEILING);
    (void)query_id;
    schema_print(&columns, schema);
    answer->header = text_copy(answer->arena, buffer_text(&columns));
    buffer_free(&columns);
}

static void print_row(struct buffer *out, const struct result_rows *rows, uint32_t row)
{
    uint32_t n = rows->schema->n;
    if (rows->tombstones && rows->tombstones[row]) buffer_append_string(out, "deleted ");
    buffer_append_char(out, '[');
    for (uint32_t i = 0; i < n; i++) {
        if (i) buffer_append_char(out, ',');
        value_print_json(out, rows->schema->columns[i].type, &rows->values[row * n + i]);
    }
    buffer_append_char(out, ']');
}

static void on_rows(void *context, const struct result_rows *rows)
{
    struct test_answer *answer = context;
    struct buffer row = BUFFER(CEILING);
    for (uint32_t i = 0; i < rows->n_rows; i++) {
        buffer_clear(&row);
        print_row(&row, rows, i);
        keep(answer, &answer->rows, buffer_text(&row));
    }
    buffer_free(&row);
}

static void on_line(void *context, struct text line)
{
    struct test_answer *answer = context;
    keep(answer, &answer->lines, line);
}

static void on_finished(void *context, const char *how)
{
    struct test_answer *answer = context;
    answer->ends = text_copy(answer->arena, text_of(how));
}

static void on_notice(void *context, struct text text)
{
    struct test_answer *answer = context;
    keep(answer, &answer->notices, text);
}

static bool is_cancelled(void *context)
{
    struct test_answer *answer = context;
    answer->late = clock_monotonic_ms() > answer->deadline_ms;
    return answer->late || (answer->enough && answer->rows.n + answer->lines.n >= answer->enough);
}

struct client test_answer_client(struct test_answer *answer)
{
    return (struct client){.context = answer,
                           .entity = on_entity,
                           .header = on_header,
                           .rows = on_rows,
                           .line = on_line,
                           .finished = on_finished,
                           .notice = on_notice,
                           .cancelled = is_cancelled};
}

uint32_t test_answer_wanted(const struct test_checks *checks)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < checks->n; i++) {
        enum test_word word = checks->items[i].word;
        n += word == TEST_ROW || word == TEST_DELETED || word == TEST_LINE;
    }
    return n;
}
