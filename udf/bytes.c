/* bytes.c - BYTES: LEN, SUBSTRING, LPAD, RPAD, TO_BYTES, FROM_BYTES. Places are counted in bytes, from 1. */
#include "engine/base/buffer.h"
#include "engine/types/base64.h"
#include "udf/builtin.h"

enum { LONGEST = 16 << 20 };

static bool len(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call;
    result->integer = (int32_t)arguments[0].text.len;
    return true;
}

static bool substring(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    struct text bytes = builtin_text_of(arguments);
    int64_t from = arguments[1].integer, total = (int64_t)bytes.len,
            n = call->n_arguments > 2 ? arguments[2].integer : total;
    int64_t start = from < 0 ? total + from : from - 1;
    if (start < 0) start = 0;
    if (start > total) start = total;
    if (n < 0) n = 0;
    if (n > total - start) n = total - start;
    return builtin_give_text(result, (struct text){bytes.data + start, (size_t)n});
}

static bool pad(struct weir_call *call, const struct weir_value *arguments, bool left, struct weir_value *result)
{
    struct text bytes = builtin_text_of(arguments), padding = builtin_text_of(arguments + 2);
    int64_t wanted = arguments[1].integer;
    if (wanted < 0 || !padding.len) return builtin_give_null(result);
    if ((size_t)wanted <= bytes.len) return builtin_give_text(result, (struct text){bytes.data, (size_t)wanted});
    if (wanted > LONGEST) return builtin_fail(call, "the value would have more than %d bytes", LONGEST);
    size_t missing = (size_t)wanted - bytes.len;
    char *out = arena_alloc(builtin_arena(call), (size_t)wanted), *filled = left ? out : out + bytes.len;
    for (size_t i = 0; i < missing; i++) filled[i] = padding.data[i % padding.len];
    if (bytes.len) memcpy(left ? out + missing : out, bytes.data, bytes.len);
    return builtin_give_text(result, (struct text){out, (size_t)wanted});
}

static bool lpad(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    return pad(call, arguments, true, result);
}

static bool rpad(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    return pad(call, arguments, false, result);
}

/* ---- encodings */

enum encoding { HEX, UTF8, ASCII, BASE64, UNKNOWN };

static enum encoding encoding_of(struct text name)
{
    static const struct text names[] = {
        [HEX] = {"hex", 3}, [UTF8] = {"utf8", 4}, [ASCII] = {"ascii", 5}, [BASE64] = {"base64", 6}};
    for (enum encoding i = HEX; i < UNKNOWN; i++)
        if (text_equal_nocase(name, names[i])) return i;
    return UNKNOWN;
}

/* A constant that names no encoding is refused when the statement is compiled. */
static bool bind_encoding(struct weir_bind *bind)
{
    const struct weir_value *name = bind->constants[1];
    if (!name || name->is_null || encoding_of(builtin_text_of(name)) != UNKNOWN) return true;
    return builtin_refuse(bind, "'%.*s' is not an encoding: there are hex, utf8, ascii and base64", (int)name->text.len,
                          name->text.data);
}

static bool unknown_encoding(struct weir_call *call, struct text name)
{
    return builtin_fail(call, "'" TEXT_FMT "' is not an encoding: there are hex, utf8, ascii and base64",
                        TEXT_ARG(name));
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool parse_hex(struct arena *arena, struct text text, struct text *bytes)
{
    if (text.len % 2) return false;
    char *out = arena_alloc(arena, text.len / 2);
    for (size_t i = 0; i < text.len; i += 2) {
        int high = hex_digit(text.data[i]), low = hex_digit(text.data[i + 1]);
        if (high < 0 || low < 0) return false;
        out[i / 2] = (char)(high << 4 | low);
    }
    *bytes = (struct text){out, text.len / 2};
    return true;
}

static bool print_hex(struct arena *arena, struct text bytes, struct weir_value *result)
{
    char *out = arena_alloc(arena, bytes.len * 2);
    for (size_t i = 0; i < bytes.len; i++) {
        out[2 * i] = "0123456789abcdef"[(unsigned char)bytes.data[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[(unsigned char)bytes.data[i] & 15];
    }
    return builtin_give_text(result, (struct text){out, bytes.len * 2});
}

/* What is not ASCII becomes a question mark: a byte, or a whole character. */
static bool to_ascii(struct arena *arena, struct text text, bool by_character, struct weir_value *result)
{
    char *out = arena_alloc(arena, text.len);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (by_character && (byte & 0xc0) == 0x80) continue;
        out[n++] = byte < 0x80 ? (char)byte : '?';
    }
    return builtin_give_text(result, (struct text){out, n});
}

static bool to_bytes(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    struct text text = builtin_text_of(arguments), name = builtin_text_of(arguments + 1), bytes = text;
    struct arena *arena = builtin_arena(call);
    enum encoding encoding = encoding_of(name);
    if (encoding == UNKNOWN) return unknown_encoding(call, name);
    if (encoding == ASCII) return to_ascii(arena, text, true, result);
    if ((encoding == HEX && !parse_hex(arena, text, &bytes)) ||
        (encoding == BASE64 && !base64_parse(arena, text, &bytes)))
        return builtin_fail(call, "the text is not " TEXT_FMT, TEXT_ARG(name));
    return builtin_give_text(result, bytes);
}

static bool from_bytes(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    struct text bytes = builtin_text_of(arguments), name = builtin_text_of(arguments + 1);
    struct buffer out = BUFFER(LONGEST);
    switch (encoding_of(name)) {
    case HEX: return print_hex(builtin_arena(call), bytes, result);
    case ASCII: return to_ascii(builtin_arena(call), bytes, false, result);
    case UTF8:
        if (text_valid_utf8(bytes) != bytes.len) return builtin_fail(call, "the bytes are not UTF-8");
        return builtin_give_text(result, bytes);
    case BASE64:
        base64_print(&out, bytes);
        builtin_give_text(result, text_copy(builtin_arena(call), buffer_text(&out)));
        buffer_free(&out);
        return !out.overflow || builtin_fail(call, "the text would have more than %d bytes", LONGEST);
    default: return unknown_encoding(call, name);
    }
}

static const struct weir_function functions[] = {
    {.name = "FROM_BYTES",
     .signature = "(bytes BYTES, encoding STRING) -> STRING",
     .bind = bind_encoding,
     .row = from_bytes,
     .category = "STRING",
     .help = "bytes as text: hex, utf8, ascii or base64",
     .example = "FROM_BYTES(TO_BYTES('weir', 'utf8'), 'hex')",
     .result = "77656972"},
    {.name = "LEN",
     .signature = "(bytes BYTES) -> INT",
     .row = len,
     .category = "STRING",
     .help = "how many bytes there are",
     .example = "LEN(TO_BYTES('weir', 'utf8'))",
     .result = "4"},
    {.name = "LPAD",
     .signature = "(bytes BYTES, length INT, padding BYTES) -> BYTES",
     .row = lpad,
     .category = "STRING",
     .help = "the bytes filled up at their left, or cut, to exactly the length",
     .example = "FROM_BYTES(LPAD(TO_BYTES('7', 'utf8'), 3, TO_BYTES('0', 'utf8')), 'utf8')",
     .result = "007"},
    {.name = "RPAD",
     .signature = "(bytes BYTES, length INT, padding BYTES) -> BYTES",
     .row = rpad,
     .category = "STRING",
     .help = "the bytes filled up at their right, or cut, to exactly the length",
     .example = "FROM_BYTES(RPAD(TO_BYTES('7', 'utf8'), 3, TO_BYTES('0', 'utf8')), 'utf8')",
     .result = "700"},
    {.name = "SUBSTRING",
     .signature = "(bytes BYTES, position INT) -> BYTES",
     .row = substring,
     .category = "STRING",
     .help = "from a position to the end; a negative one counts from the end",
     .example = "FROM_BYTES(SUBSTRING(TO_BYTES('stream', 'utf8'), -3), 'utf8')",
     .result = "eam"},
    {.name = "SUBSTRING",
     .signature = "(bytes BYTES, position INT, length INT) -> BYTES",
     .row = substring,
     .category = "STRING",
     .help = "from a position, so many bytes",
     .example = "FROM_BYTES(SUBSTRING(TO_BYTES('stream', 'utf8'), 2, 3), 'utf8')",
     .result = "tre"},
    {.name = "TO_BYTES",
     .signature = "(text STRING, encoding STRING) -> BYTES",
     .bind = bind_encoding,
     .row = to_bytes,
     .category = "STRING",
     .help = "bytes from text: hex, utf8, ascii or base64",
     .example = "FROM_BYTES(TO_BYTES('d2Vpcg==', 'base64'), 'utf8')",
     .result = "weir"},
};

BUILTINS(builtin_bytes, functions);
