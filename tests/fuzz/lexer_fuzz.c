/* lexer_fuzz.c - any bytes: the lexer goes forward, stays inside, and comes to the end. */
#include "engine/base/attributes.h"
#include "parser/lexer.h"
#include "parser/parse.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = {(const char *)data, size};
    struct lexer lexer = {.text = text};
    struct token token;
    uint32_t end = 0;
    while ((token = lexer_next(&lexer)).code) {
        struct text found = {text.data + token.span.start, token.span.end - token.span.start};
        struct error error;
        if (token.span.start < end || token.span.end <= token.span.start || token.span.end > size) abort();
        if (!lexer_explain(token, found, &error) && error.code != ERROR_SYNTAX) abort();
        end = token.span.end;
    }
    if (lexer.at != size || parse_statement_end(text) > size) abort();
    return 0;
}
