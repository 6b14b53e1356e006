/* parser_fuzz.c - any script: each statement is refused with a reason, or prints as a text that parses to the same
 * tree.
 *
 * The variables have values, so that `${a}` is replaced. A printed text may be longer than what is printed, so one that
 * passes the parser's limit is not parsed again.
 */
#include "engine/base/buffer.h"
#include "engine/base/map.h"
#include "parser/parse.h"
#include "parser/print.h"
#include "parser/walk.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum walk check_span(void *end, const struct tree_expr *expr)
{
    if (expr->span.start >= expr->span.end || expr->span.end > *(const size_t *)end || expr->depth > TREE_MAX_DEPTH)
        abort();
    return WALK_ON;
}

static void check_place(struct script *script, struct error *error)
{
    if (error->span.end > script->place.len + 1) abort();
    script_locate(script, error);
    if (error->span.start > error->span.end || error->span.end > script->text.len + 1) abort();
}

static void check_printing(struct arena *arena, const struct tree_statement *statement)
{
    struct buffer first = BUFFER(1 << 24), second = BUFFER(1 << 24), tree = BUFFER(1 << 24), same = BUFFER(1 << 24);
    struct tree_statement *again;
    struct error error = {0};
    print_statement(&first, statement);
    print_tree(&tree, statement);
    if (first.len <= PARSE_MAX_STATEMENT) {
        if (!parse_statement(arena, buffer_text(&first), &again, &error)) abort();
        print_statement(&second, again);
        print_tree(&same, again);
        if (!text_equal(buffer_text(&first), buffer_text(&second))) abort();
        if (!text_equal(buffer_text(&tree), buffer_text(&same))) abort();
    }
    buffer_free(&first);
    buffer_free(&second);
    buffer_free(&tree);
    buffer_free(&same);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct map variables = {0};
    struct script script;
    struct arena *arena = arena_new();
    struct tree_statement *statement = NULL;
    map_put(&variables, TEXT("a"), "name");
    map_put(&variables, TEXT("b"), "'it''s'");
    map_put(&variables, TEXT("c"), "-5");
    map_put(&variables, TEXT("d"), "1; DROP STREAM s");
    script_init(&script, (struct text){(const char *)data, size}, (struct parse_options){&variables, true});
    do {
        struct error error = {0};
        bool parsed = script_next(&script, arena, &statement, &error);
        if (!parsed && (!error.code || !error.message[0])) abort();
        if (!parsed) check_place(&script, &error);
        if (parsed && statement) {
            size_t end = script.place.len;
            walk_statement(statement, check_span, &end);
            check_printing(arena, statement);
        }
    } while (script.at < size);
    arena_free(arena);
    map_free(&variables);
    return 0;
}
