/* signature.c - the parser of signatures: recursive descent over the text, one function for each rule of its grammar.
 *
 *     signature = "(" [ parameter { "," parameter } ] ")" "->" type
 *     parameter = [ "CONSTANT" ] [ name ] [ "CONSTANT" ] type [ "NOT" "NULL" ] [ "..." ]
 *     type      = "ARRAY" "<" type ">" | "MAP" "<" type "," type ">" | "STRUCT" "<" [ NAME type { "," NAME type } ] ">"
 *               | "DECIMAL" [ "(" digits "," digits ")" ] | "INTERVALUNIT" | "ANY" | LETTER | the name of a scalar type
 *
 * It is not the SQL parser's language: it has letters, ANY and `...`, and this folder does not know the parser.
 */
#include "udf/signature.h"
#include "engine/base/list.h"
#include <stdio.h>

struct reader {
    struct arena *arena;
    struct text text;
    size_t at;
    struct error *error;
};

static bool wrong(struct reader *reader, const char *wanted)
{
    return error_set(reader->error, ERROR_INPUT, NO_SPAN, "the signature '" TEXT_FMT "' wants %s at its byte %zu",
                     TEXT_ARG(reader->text), wanted, reader->at + 1);
}

static void skip_space(struct reader *reader)
{
    while (reader->at < reader->text.len && reader->text.data[reader->at] == ' ') reader->at++;
}

static bool take(struct reader *reader, const char *token)
{
    skip_space(reader);
    size_t len = strlen(token);
    if (reader->text.len - reader->at < len || memcmp(reader->text.data + reader->at, token, len) != 0) return false;
    reader->at += len;
    return true;
}

static bool expect(struct reader *reader, const char *token)
{
    if (take(reader, token)) return true;
    char wanted[24];
    snprintf(wanted, sizeof wanted, "'%s'", token);
    return wrong(reader, wanted);
}

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The word that comes next, empty if none does; `reader` moves only when it is taken. */
static struct text peek_word(struct reader *reader)
{
    skip_space(reader);
    size_t end = reader->at;
    while (end < reader->text.len && is_word_byte(reader->text.data[end])) end++;
    return (struct text){reader->text.data + reader->at, end - reader->at};
}

static struct text take_word(struct reader *reader)
{
    struct text word = peek_word(reader);
    reader->at += word.len;
    return word;
}

static bool take_keyword(struct reader *reader, struct text keyword)
{
    if (!text_equal(peek_word(reader), keyword)) return false;
    reader->at += keyword.len;
    return true;
}

static bool take_number(struct reader *reader, int32_t *number)
{
    struct text digits = take_word(reader);
    *number = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9' || *number > 1000) return wrong(reader, "a number");
        *number = *number * 10 + (digits.data[i] - '0');
    }
    return digits.len > 0 || wrong(reader, "a number");
}

static bool parse_type(struct reader *reader, const struct udf_pattern **out);

/* DECIMAL, behind the word. */
static bool parse_decimal(struct reader *reader, struct udf_pattern *pattern)
{
    if (!take(reader, "(")) return true;
    if (!take_number(reader, &pattern->precision) || !expect(reader, ",") || !take_number(reader, &pattern->scale) ||
        !expect(reader, ")"))
        return false;
    if (pattern->precision < 1 || pattern->scale > pattern->precision)
        return wrong(reader, "a precision that is not below the scale");
    return true;
}

static bool parse_fields(struct reader *reader, struct udf_pattern *pattern)
{
    struct {
        LIST_OF(struct udf_field);
    } fields = {0};
    while (!take(reader, ">")) {
        struct udf_field field = {0};
        if (fields.n && !expect(reader, ",")) return false;
        field.name = take_word(reader);
        if (!field.name.len) return wrong(reader, "a field's name");
        if (!parse_type(reader, &field.pattern)) return false;
        LIST_PUSH(reader->arena, &fields, field);
    }
    pattern->fields = fields.items;
    pattern->n_fields = fields.n;
    return true;
}

/* ARRAY, MAP, STRUCT, behind the word. */
static bool parse_nested(struct reader *reader, struct udf_pattern *pattern)
{
    if (!expect(reader, "<")) return false;
    if (pattern->type == TYPE_STRUCT) return parse_fields(reader, pattern);
    if (pattern->type == TYPE_MAP && (!parse_type(reader, &pattern->key) || !expect(reader, ","))) return false;
    return parse_type(reader, &pattern->element) && expect(reader, ">");
}

static enum type_kind nested_kind(struct text word)
{
    if (text_equal(word, TEXT("ARRAY"))) return TYPE_ARRAY;
    if (text_equal(word, TEXT("MAP"))) return TYPE_MAP;
    if (text_equal(word, TEXT("STRUCT"))) return TYPE_STRUCT;
    return TYPE_NULL;
}

static bool parse_type(struct reader *reader, const struct udf_pattern **out)
{
    struct udf_pattern *pattern = ARENA_MAKE(reader->arena, struct udf_pattern);
    *out = pattern;
    struct text word = peek_word(reader);
    reader->at += word.len;
    if (word.len == 1 && word.data[0] >= 'A' && word.data[0] <= 'Z') {
        pattern->kind = PATTERN_LETTER;
        pattern->letter = word.data[0];
        return true;
    }
    if (text_equal(word, TEXT("ANY")) || text_equal(word, TEXT("INTERVALUNIT"))) {
        pattern->kind = word.len == 3 ? PATTERN_ANY : PATTERN_UNIT;
        return true;
    }
    pattern->type = nested_kind(word);
    if (pattern->type != TYPE_NULL) return parse_nested(reader, pattern);
    if (text_equal(word, TEXT("DECIMAL"))) {
        pattern->type = TYPE_DECIMAL;
        return parse_decimal(reader, pattern);
    }
    const struct type *named = type_named(word);
    if (!named) {
        reader->at -= word.len;
        return wrong(reader, "a type");
    }
    pattern->type = named->kind;
    return true;
}

static bool parse_parameter(struct reader *reader, struct udf_parameter *parameter, bool *variadic)
{
    parameter->constant = take_keyword(reader, TEXT("CONSTANT"));
    struct text word = peek_word(reader);
    if (word.len && word.data[0] >= 'a' && word.data[0] <= 'z') parameter->name = take_word(reader);
    parameter->constant |= take_keyword(reader, TEXT("CONSTANT"));
    if (!parse_type(reader, &parameter->pattern)) return false;
    if (take_keyword(reader, TEXT("NOT"))) {
        if (!take_keyword(reader, TEXT("NULL"))) return wrong(reader, "NULL");
        parameter->not_null = true;
    }
    *variadic = take(reader, "...");
    return true;
}

static bool has_letter(const struct udf_pattern *pattern)
{
    if (!pattern) return false;
    if (pattern->kind == PATTERN_LETTER || pattern->kind == PATTERN_ANY) return true;
    for (uint32_t i = 0; i < pattern->n_fields; i++)
        if (has_letter(pattern->fields[i].pattern)) return true;
    return has_letter(pattern->key) || has_letter(pattern->element);
}

static bool parse_parameters(struct reader *reader, struct udf_signature *signature)
{
    struct {
        LIST_OF(struct udf_parameter);
    } parameters = {0};
    while (!take(reader, ")")) {
        struct udf_parameter parameter = {0};
        bool variadic = false;
        if (parameters.n && !expect(reader, ",")) return false;
        if (!parse_parameter(reader, &parameter, &variadic)) return false;
        if (variadic && signature->variadic >= 0) return wrong(reader, "one '...' only");
        if (variadic) signature->variadic = (int32_t)parameters.n;
        signature->n_letters += has_letter(parameter.pattern);
        LIST_PUSH(reader->arena, &parameters, parameter);
    }
    signature->parameters = parameters.items;
    signature->n = parameters.n;
    return true;
}

bool signature_parse(struct arena *arena, struct text text, struct udf_signature *signature, struct error *error)
{
    struct reader reader = {.arena = arena, .text = text, .error = error};
    *signature = (struct udf_signature){.text = text, .variadic = -1};
    if (!expect(&reader, "(") || !parse_parameters(&reader, signature) || !expect(&reader, "->")) return false;
    if (!parse_type(&reader, &signature->result)) return false;
    skip_space(&reader);
    return reader.at == text.len || wrong(&reader, "nothing more");
}

const struct type *signature_type(struct arena *arena, struct text text)
{
    struct reader reader = {.arena = arena, .text = text};
    const struct udf_pattern *pattern;
    if (!parse_type(&reader, &pattern)) return NULL;
    skip_space(&reader);
    return reader.at == text.len ? signature_resolve(arena, pattern, NULL, &(struct udf_letters){0}) : NULL;
}
