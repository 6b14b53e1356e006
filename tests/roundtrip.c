/* roundtrip.c - checks over any corpus that printing and parsing again gives the same tree and the same text.
 *
 *     roundtrip < STATEMENTS          each statement ended by a NUL byte
 *     roundtrip -v < STATEMENTS       prints each canonical text
 *     roundtrip -t < STATEMENTS       prints each tree
 *
 * Counts the statements that do not parse and says why; exits 1 if one that does changes in printing.
 */
#include "engine/base/buffer.h"
#include "parser/parse.h"
#include "parser/print.h"
#include <stdio.h>

struct counts {
    unsigned same, changed, refused;
};

static void show(struct text text)
{
    fwrite(text.data, 1, text.len, stdout);
}

static void show_error(const struct error *error, struct text sql)
{
    struct buffer out = BUFFER(1 << 16);
    error_print(error, sql, &out);
    show(buffer_text(&out));
    buffer_free(&out);
}

/* True if the printed text parses, to the same tree, and prints as itself. */
static bool is_fixed(struct arena *arena, struct text printed, struct text tree)
{
    struct tree_statement *statement;
    struct error error = {0};
    struct buffer again = BUFFER(1 << 24), tree_again = BUFFER(1 << 24);
    if (printed.len > PARSE_MAX_STATEMENT) return true; /* longer than its source, and too long to be parsed */
    bool parsed = parse_statement(arena, printed, &statement, &error);
    if (parsed) {
        print_statement(&again, statement);
        print_tree(&tree_again, statement);
    } else {
        show_error(&error, printed);
    }
    bool fixed = parsed && text_equal(printed, buffer_text(&again)) && text_equal(tree, buffer_text(&tree_again));
    if (!fixed)
        printf("printed: " TEXT_FMT "\nagain:   " TEXT_FMT "\n", TEXT_ARG(printed), TEXT_ARG(buffer_text(&again)));
    buffer_free(&again);
    buffer_free(&tree_again);
    return fixed;
}

static void check(struct arena *arena, struct text sql, char option, struct counts *counts)
{
    struct tree_statement *statement;
    struct error error = {0};
    if (!parse_statement(arena, sql, &statement, &error)) {
        counts->refused++;
        show_error(&error, sql);
        return;
    }
    struct buffer printed = BUFFER(1 << 24), tree = BUFFER(1 << 24);
    print_statement(&printed, statement);
    print_tree(&tree, statement);
    if (is_fixed(arena, buffer_text(&printed), buffer_text(&tree)))
        counts->same++;
    else
        counts->changed++;
    if (option == 'v') printf(TEXT_FMT "\n", TEXT_ARG(buffer_text(&printed)));
    if (option == 't') show(buffer_text(&tree));
    buffer_free(&printed);
    buffer_free(&tree);
}

int main(int argc, char **argv)
{
    struct buffer in = BUFFER(1 << 28);
    struct arena *arena = arena_new();
    struct counts counts = {0};
    char *room;
    size_t got = 1;
    while (got && (room = buffer_reserve(&in, 1 << 16))) in.len += got = fread(room, 1, 1 << 16, stdin);
    struct text left = buffer_text(&in);
    for (const char *end; left.len && (end = memchr(left.data, 0, left.len));) {
        size_t len = (size_t)(end - left.data);
        check(arena, (struct text){left.data, len}, argc > 1 ? argv[1][1] : 0, &counts);
        arena_reset(arena);
        left = (struct text){end + 1, left.len - len - 1};
    }
    printf("%u the same, %u changed, %u refused\n", counts.same, counts.changed, counts.refused);
    arena_free(arena);
    buffer_free(&in);
    return counts.changed > 0;
}
