/* text.c - several texts: CONCAT, CONCAT_WS, SPLIT, ELT, FIELD. For BYTES too, where a byte is a byte. */
#include "udf/builtin.h"
#include "udf/utf16.h"

enum { LONGEST = 16 << 20 };

/* The arguments from the `first`-th on, nulls left out, with the separator in between. */
static bool join(struct weir_call *call, const struct weir_value *arguments, uint32_t first, struct text separator,
                 struct weir_value *result)
{
    size_t len = 0, n = 0;
    for (uint32_t i = first; i < call->n_arguments; i++)
        if (!arguments[i].is_null) len += arguments[i].text.len + separator.len;
    if (len > LONGEST) return builtin_fail(call, "the text would have more than %d bytes", LONGEST);
    char *out = arena_alloc(builtin_arena(call), len);
    bool behind_first = false;
    for (uint32_t i = first; i < call->n_arguments; i++) {
        if (arguments[i].is_null) continue;
        if (behind_first && separator.len) memcpy(out + n, separator.data, separator.len);
        n += behind_first ? separator.len : 0;
        if (arguments[i].text.len) memcpy(out + n, arguments[i].text.data, arguments[i].text.len);
        n += arguments[i].text.len;
        behind_first = true;
    }
    return builtin_give_text(result, (struct text){out, n});
}

static bool concat(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    return join(call, arguments, 0, TEXT(""), result);
}

static bool concat_ws(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    if (arguments[0].is_null) return builtin_give_null(result);
    return join(call, arguments, 1, builtin_text_of(arguments), result);
}

/* The end of the part that begins at `from`, and where the next begins (SIZE_MAX: there is none). */
static size_t part_end(struct text text, struct text delimiter, size_t from, bool by_character, size_t *next)
{
    if (!delimiter.len) {
        size_t len = from >= text.len ? 0 : by_character ? utf16_character(text, from, NULL) : 1;
        *next = from + len < text.len ? from + len : SIZE_MAX;
        return from + len;
    }
    const char *at = memmem(text.data + from, text.len - from, delimiter.data, delimiter.len);
    *next = at ? (size_t)(at - text.data) + delimiter.len : SIZE_MAX;
    return at ? (size_t)(at - text.data) : text.len;
}

static bool split(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    struct text text = builtin_text_of(arguments), delimiter = builtin_text_of(arguments + 1);
    bool by_character = builtin_type(call, 0)->kind == TYPE_STRING;
    uint32_t n = 0, i = 0;
    size_t next = 0;
    for (; next != SIZE_MAX; n++) (void)part_end(text, delimiter, next, by_character, &next);
    struct nested *parts = nested_make(builtin_arena(call), n);
    for (size_t from = 0; from != SIZE_MAX; from = next, i++) {
        size_t end = part_end(text, delimiter, from, by_character, &next);
        parts->items[i] = (struct value){.text = {text.data + from, end - from}};
    }
    result->nested = (const struct weir_nested *)parts;
    return true;
}

static bool elt(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    int32_t n = arguments[0].integer;
    if (n < 1 || (uint32_t)n >= call->n_arguments) return builtin_give_null(result);
    *result = arguments[n];
    return true;
}

static bool field(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    for (uint32_t i = 1; i < call->n_arguments && !arguments[0].is_null; i++) {
        if (arguments[i].is_null || !text_equal(builtin_text_of(arguments), builtin_text_of(arguments + i))) continue;
        result->integer = (int32_t)i;
        return true;
    }
    return true;
}

static const struct weir_function functions[] = {
    {.name = "CONCAT",
     .signature = "(texts STRING...) -> STRING",
     .nulls = WEIR_NULL_PASSED,
     .row = concat,
     .category = "STRING",
     .help = "the texts one behind the other, NULLs left out; as ||",
     .example = "CONCAT('a', NULL, 'b')",
     .result = "ab"},
    {.name = "CONCAT",
     .signature = "(parts BYTES...) -> BYTES",
     .nulls = WEIR_NULL_PASSED,
     .row = concat,
     .category = "STRING",
     .help = "the bytes one behind the other, NULLs left out",
     .example = "FROM_BYTES(CONCAT(TO_BYTES('a', 'utf8'), TO_BYTES('b', 'utf8')), 'utf8')",
     .result = "ab"},
    {.name = "CONCAT_WS",
     .signature = "(separator STRING, first STRING, others STRING...) -> STRING",
     .nulls = WEIR_NULL_PASSED,
     .row = concat_ws,
     .category = "STRING",
     .help = "the texts with the separator in between, NULLs left out",
     .example = "CONCAT_WS(', ', 'ann', NULL, 'bob')",
     .result = "ann, bob"},
    {.name = "CONCAT_WS",
     .signature = "(separator BYTES, first BYTES, others BYTES...) -> BYTES",
     .nulls = WEIR_NULL_PASSED,
     .row = concat_ws,
     .category = "STRING",
     .help = "the bytes with the separator in between, NULLs left out",
     .example = "FROM_BYTES(CONCAT_WS(TO_BYTES('-', 'utf8'), TO_BYTES('a', 'utf8'), TO_BYTES('b', 'utf8')), 'utf8')",
     .result = "a-b"},
    {.name = "ELT",
     .signature = "(n INT NOT NULL, texts STRING...) -> STRING",
     .nulls = WEIR_NULL_PASSED,
     .row = elt,
     .category = "STRING",
     .help = "the n-th of the texts, NULL where there is none",
     .example = "ELT(2, 'red', 'green')",
     .result = "green"},
    {.name = "FIELD",
     .signature = "(text STRING, texts STRING...) -> INT",
     .nulls = WEIR_NULL_PASSED,
     .row = field,
     .category = "STRING",
     .help = "which of the texts is the first one, 0 if none is",
     .example = "FIELD('green', 'red', 'green')",
     .result = "2"},
    {.name = "SPLIT",
     .signature = "(text STRING, delimiter STRING) -> ARRAY<STRING>",
     .row = split,
     .category = "STRING",
     .help = "the parts between the delimiters; an empty delimiter gives the characters",
     .example = "SPLIT('a,,b', ',')",
     .result = "[a, , b]"},
    {.name = "SPLIT",
     .signature = "(bytes BYTES, delimiter BYTES) -> ARRAY<BYTES>",
     .row = split,
     .category = "STRING",
     .help = "the parts between the delimiters; an empty delimiter gives the single bytes",
     .example = "ARRAY_LENGTH(SPLIT(TO_BYTES('a,b', 'utf8'), TO_BYTES(',', 'utf8')))",
     .result = "2"},
};

BUILTINS(builtin_text, functions);
