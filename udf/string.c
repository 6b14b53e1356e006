/* string.c - texts as characters: UCASE, LCASE, INITCAP, LEN, SUBSTRING, TRIM, REPLACE, INSTR, LPAD, RPAD.
 *
 * Places and lengths are counted in UTF-16 units (utf16.h), and places from 1.
 */
#include "udf/builtin.h"
#include "udf/utf16.h"
#include <locale.h>
#include <pthread.h>
#include <wctype.h>

enum { LONGEST = 16 << 20 }; /* bytes of a text that is made here */

/* ---- case */

static locale_t unicode;

static void open_unicode(void)
{
    unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
}

/* By Unicode's simple mapping, which the C library's UTF-8 locale has; ASCII only where there is no such locale. */
static uint32_t change_case(uint32_t code, bool upper)
{
    if (!unicode) return code;
    return (uint32_t)(upper ? towupper_l((wint_t)code, unicode) : towlower_l((wint_t)code, unicode));
}

static char change_ascii(char c, bool upper)
{
    bool changes = upper ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z';
    return changes ? (char)(c ^ 0x20) : c;
}

/* The capitals of a letter that has more than one, which simple mapping does not know; NULL for others. */
static const char *many_capitals(uint32_t code)
{
    static const char *const ligatures[] = {"FF", "FI", "FL", "FFI", "FFL", "ST", "ST"};
    if (code == 0xdf) return "SS";
    return code >= 0xfb00 && code <= 0xfb06 ? ligatures[code - 0xfb00] : NULL;
}

static size_t put_character(char *out, uint32_t code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, code >>= 6) out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)((0xf0 << (4 - n) & 0xff) | code);
    return n;
}

static size_t put_changed(char *out, uint32_t code, bool upper)
{
    const char *capitals = upper ? many_capitals(code) : NULL;
    if (!capitals) return put_character(out, change_case(code, upper));
    memcpy(out, capitals, strlen(capitals));
    return strlen(capitals);
}

/* `capitals`: the first letter of each word is upper-case, whatever `upper` says. */
static bool map_case(struct weir_call *call, struct text text, bool upper, bool capitals, struct weir_value *result)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_unicode);
    char *out = arena_alloc(builtin_arena(call), text.len * 4 + 1); /* a mapped character may have more bytes */
    size_t n = 0;
    bool starts_word = true;
    for (size_t at = 0; at < text.len;) {
        uint32_t code = (unsigned char)text.data[at];
        bool to_upper = upper || (capitals && starts_word);
        if (code < 0x80) {
            out[n++] = change_ascii(text.data[at++], to_upper);
        } else {
            at += utf16_character(text, at, &code);
            n += put_changed(out + n, code, to_upper);
        }
        starts_word = code == ' ' || (code >= '\t' && code <= '\r');
    }
    return builtin_give_text(result, (struct text){out, n});
}

static bool ucase(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    return map_case(call, builtin_text_of(arguments), true, false, result);
}

static bool lcase(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    return map_case(call, builtin_text_of(arguments), false, false, result);
}

static bool initcap(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    struct text text = builtin_text_of(arguments);
    while (text.len && (text.data[0] == ' ' || (text.data[0] >= '\t' && text.data[0] <= '\r'))) text.data++, text.len--;
    return map_case(call, text, false, true, result);
}

/* ---- parts */

static bool len(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call;
    result->integer = (int32_t)utf16_len(builtin_text_of(arguments));
    return true;
}

/* From `from` (below 0: from the end) up to `n` units, each brought into the text. */
static struct text part(struct text text, int64_t from, int64_t n)
{
    int64_t units = (int64_t)utf16_len(text), start = from < 0 ? units + from : from - 1;
    if (start < 0) start = 0;
    if (start > units) start = units;
    if (n < 0) n = 0;
    int64_t end = n < units - start ? start + n : units;
    size_t first = utf16_offset(text, (size_t)start), last = utf16_offset(text, (size_t)end);
    return (struct text){text.data + first, last - first};
}

static bool substring(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    int64_t n = call->n_arguments > 2 ? arguments[2].integer : INT32_MAX;
    return builtin_give_text(result, part(builtin_text_of(arguments), arguments[1].integer, n));
}

static bool trim(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    (void)call;
    return builtin_give_text(result, text_trim(builtin_text_of(arguments)));
}

/* ---- searching */

/* Where `part` stands at or behind byte `from`; SIZE_MAX if nowhere. */
static size_t find(struct text text, struct text wanted, size_t from)
{
    if (from > text.len) return SIZE_MAX;
    if (!wanted.len) return from;
    const char *at = memmem(text.data + from, text.len - from, wanted.data, wanted.len);
    return at ? (size_t)(at - text.data) : SIZE_MAX;
}

static size_t find_backwards(struct text text, struct text wanted, size_t from)
{
    if (wanted.len > text.len) return SIZE_MAX;
    size_t at = from < text.len - wanted.len ? from : text.len - wanted.len;
    for (;; at--) {
        if (memcmp(text.data + at, wanted.data, wanted.len) == 0) return at;
        if (at == 0) return SIZE_MAX;
    }
}

/* The byte of the n-th occurrence, looked for from unit `position`: from the front, or where it is negative from the
 * back. */
static size_t occurrence(struct text text, struct text wanted, int64_t position, int32_t n)
{
    int64_t units = (int64_t)utf16_len(text);
    bool backwards = position < 0;
    if (position == 0 || position > units || -position > units || n < 1) return SIZE_MAX;
    size_t at = utf16_offset(text, (size_t)(backwards ? units + position : position - 1));
    for (;;) {
        at = backwards ? find_backwards(text, wanted, at) : find(text, wanted, at);
        if (at == SIZE_MAX || --n == 0) return at;
        if (backwards && at == 0) return SIZE_MAX;
        at += backwards ? (size_t)-1 : 1;
    }
}

static bool instr(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    if (arguments[0].is_null || arguments[1].is_null) return true;
    struct text text = builtin_text_of(arguments);
    int64_t position = call->n_arguments > 2 ? arguments[2].integer : 1;
    int32_t n = call->n_arguments > 3 ? arguments[3].integer : 1;
    size_t at = occurrence(text, builtin_text_of(arguments + 1), position, n);
    if (at != SIZE_MAX) result->integer = (int32_t)utf16_len((struct text){text.data, at}) + 1;
    return true;
}

/* ---- new texts */

/* An empty text is found before every character and at the end, as the peer has it. */
static size_t count_matches(struct text text, struct text wanted)
{
    size_t n = 0;
    for (size_t at = find(text, wanted, 0); at != SIZE_MAX; at = find(text, wanted, at)) {
        n++;
        if (!wanted.len && at == text.len) break;
        at += wanted.len ? wanted.len : utf16_character(text, at, NULL);
    }
    return n;
}

static bool replace(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    struct text text = builtin_text_of(arguments), old = builtin_text_of(arguments + 1),
                new = builtin_text_of(arguments + 2);
    size_t n = count_matches(text, old), from = 0, len_out = 0;
    if (!n) return builtin_give_text(result, text);
    if (new.len && n > LONGEST / new.len) return builtin_fail(call, "the text would have more than %d bytes", LONGEST);
    char *out = arena_alloc(builtin_arena(call), text.len + n * new.len);
    for (size_t i = 0; i < n; i++) {
        size_t at = find(text, old, from);
        memcpy(out + len_out, text.data + from, at - from);
        memcpy(out + len_out + (at - from), new.data, new.len);
        len_out += at - from + new.len;
        from = at + old.len;
        if (old.len || from >= text.len) continue;
        size_t character = utf16_character(text, from, NULL);
        memcpy(out + len_out, text.data + from, character);
        len_out += character;
        from += character;
    }
    memcpy(out + len_out, text.data + from, text.len - from);
    return builtin_give_text(result, (struct text){out, len_out + text.len - from});
}

/* `padding` over and over, up to exactly `units`. */
static size_t put_padding(char *out, struct text padding, size_t units)
{
    size_t n = 0, each = utf16_len(padding);
    for (; units >= each; units -= each, n += padding.len) memcpy(out + n, padding.data, padding.len);
    size_t rest = utf16_offset(padding, units);
    memcpy(out + n, padding.data, rest);
    return n + rest;
}

static bool pad(struct weir_call *call, const struct weir_value *arguments, bool left, struct weir_value *result)
{
    struct text text = builtin_text_of(arguments), padding = builtin_text_of(arguments + 2);
    int64_t wanted = arguments[1].integer;
    size_t units = utf16_len(text);
    if (wanted < 0 || !padding.len) return builtin_give_null(result);
    if ((size_t)wanted <= units)
        return builtin_give_text(result, (struct text){text.data, utf16_offset(text, (size_t)wanted)});
    if (wanted > LONGEST / 4) return builtin_fail(call, "the text would have more than %d bytes", LONGEST);
    size_t missing = (size_t)wanted - units;
    char *out = arena_alloc(builtin_arena(call), text.len + (missing + 1) * 4);
    size_t n = left ? put_padding(out, padding, missing) : text.len;
    memcpy(left ? out + n : out, text.data, text.len);
    n = left ? n + text.len : n + put_padding(out + n, padding, missing);
    return builtin_give_text(result, (struct text){out, n});
}

static bool lpad(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    return pad(call, arguments, true, result);
}

static bool rpad(struct weir_call *call, const struct weir_value *arguments, struct weir_value *result)
{
    return pad(call, arguments, false, result);
}

static const struct weir_function functions[] = {
    {.name = "INITCAP",
     .signature = "(text STRING) -> STRING",
     .row = initcap,
     .category = "STRING",
     .help = "each word with a capital letter and the rest of it in lower case",
     .example = "INITCAP('the qUICK fox')",
     .result = "The Quick Fox"},
    {.name = "INSTR",
     .signature = "(text STRING, part STRING) -> INT",
     .nulls = WEIR_NULL_PASSED,
     .row = instr,
     .category = "STRING",
     .help = "where the part stands in the text, 0 if nowhere",
     .example = "INSTR('corporate floor', 'or')",
     .result = "2"},
    {.name = "INSTR",
     .signature = "(text STRING, part STRING, position INT NOT NULL) -> INT",
     .nulls = WEIR_NULL_PASSED,
     .row = instr,
     .category = "STRING",
     .help = "looked for from a position on; a negative one counts from the end and looks backwards",
     .example = "INSTR('corporate floor', 'or', 3)",
     .result = "5"},
    {.name = "INSTR",
     .signature = "(text STRING, part STRING, position INT NOT NULL, occurrence INT NOT NULL) -> INT",
     .nulls = WEIR_NULL_PASSED,
     .row = instr,
     .category = "STRING",
     .help = "the n-th time that it is found",
     .example = "INSTR('corporate floor', 'or', -3, 2)",
     .result = "2"},
    {.name = "LCASE",
     .signature = "(text STRING) -> STRING",
     .row = lcase,
     .category = "STRING",
     .help = "the text in lower case",
     .example = "LCASE('ÄPFEL')",
     .result = "äpfel"},
    {.name = "LEN",
     .signature = "(text STRING) -> INT",
     .row = len,
     .category = "STRING",
     .help = "how long the text is, in UTF-16 units",
     .example = "LEN('tree')",
     .result = "4"},
    {.name = "LPAD",
     .signature = "(text STRING, length INT, padding STRING) -> STRING",
     .row = lpad,
     .category = "STRING",
     .help = "the text filled up at its left, or cut, to exactly the length",
     .example = "LPAD('7', 3, '0')",
     .result = "007"},
    {.name = "REPLACE",
     .signature = "(text STRING, old STRING, new STRING) -> STRING",
     .row = replace,
     .category = "STRING",
     .help = "every occurrence of the old replaced by the new",
     .example = "REPLACE('a-b-c', '-', '+')",
     .result = "a+b+c"},
    {.name = "RPAD",
     .signature = "(text STRING, length INT, padding STRING) -> STRING",
     .row = rpad,
     .category = "STRING",
     .help = "the text filled up at its right, or cut, to exactly the length",
     .example = "RPAD('ab', 5, '.-')",
     .result = "ab.-."},
    {.name = "SUBSTRING",
     .signature = "(text STRING, position INT) -> STRING",
     .row = substring,
     .category = "STRING",
     .help = "from a position to the end; a negative one counts from the end",
     .example = "SUBSTRING('stream', -3)",
     .result = "eam"},
    {.name = "SUBSTRING",
     .signature = "(text STRING, position INT, length INT) -> STRING",
     .row = substring,
     .category = "STRING",
     .help = "from a position, so many characters",
     .example = "SUBSTRING('stream', 2, 3)",
     .result = "tre"},
    {.name = "TRIM",
     .signature = "(text STRING) -> STRING",
     .row = trim,
     .category = "STRING",
     .help = "the text without white space at its ends",
     .example = "TRIM('  a b ')",
     .result = "a b"},
    {.name = "UCASE",
     .signature = "(text STRING) -> STRING",
     .row = ucase,
     .category = "STRING",
     .help = "the text in capitals",
     .example = "UCASE('äpfel')",
     .result = "ÄPFEL"},
};

BUILTINS(builtin_string, functions);
