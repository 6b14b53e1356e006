/* parser_bench.c - statements parsed a second, each in an arena of its own that is reset after it. */
#include "engine/base/clock.h"
#include "engine/base/buffer.h"
#include "parser/parse.h"
#include "parser/print.h"
#include <stdio.h>

static const char alarm[] =
    "CREATE STREAM VIDEO_ANALYSIS_ALERTS AS SELECT START_TIME, END_TIME, PREVIOUS_STATUS FROM VIDEO_ANALYSIS "
    "WHERE PREVIOUS_STATUS LIKE '%ALARM%' EMIT CHANGES;";

/* Parses `n` times and prints how long one took. */
static void measure(const char *name, struct text sql, unsigned n)
{
    struct arena *arena = arena_new();
    int64_t start = clock_monotonic_ns();
    for (unsigned i = 0; i < n; i++) {
        struct tree_statement *statement;
        struct error error = {0};
        if (!parse_statement(arena, sql, &statement, &error)) printf("%s: %s\n", name, error.message);
        arena_reset(arena);
    }
    double seconds = (double)(clock_monotonic_ns() - start) / 1e9;
    printf("%-10s %8zu bytes %12.2f us a statement %10.0f statements/s %7.1f MB/s\n", name, sql.len, seconds / n * 1e6,
           n / seconds, (double)sql.len * n / seconds / 1e6);
    arena_free(arena);
}

/* head, `item` n times with commas between, tail */
static void measure_list(const char *name, const char *head, const char *item, unsigned n, const char *tail)
{
    struct buffer sql = BUFFER(PARSE_MAX_STATEMENT + 1024);
    buffer_append_string(&sql, head);
    for (unsigned i = 0; i < n; i++) {
        if (i) buffer_append_char(&sql, ',');
        buffer_append_string(&sql, item);
    }
    buffer_append_string(&sql, tail);
    measure(name, buffer_text(&sql), 10);
    buffer_free(&sql);
}

int main(void)
{
    measure("alarm", TEXT(alarm), 300000);
    measure_list("IN", "SELECT * FROM S WHERE A IN (", "1", 500000, ");");
    measure_list("items", "SELECT ", "A + B AS C", 80000, " FROM S;");
    measure_list("columns", "CREATE STREAM S (", "NAME ARRAY<STRUCT<A INT>>", 38000, ") WITH (A=1);");
    return 0;
}
