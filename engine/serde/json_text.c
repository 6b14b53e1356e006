/* json_text.c - values as text. Objects and arrays are copied token by token by functions that call each other, one
 * level of nesting a call, at most JSON_MAX_DEPTH deep. */
#include "engine/serde/json_text.h"
#include "engine/base/arena.h"
#include "engine/base/buffer.h"
#include "engine/serde/json_string.h"

/* ---- numbers */

struct number_parts {
    const char *digits; /* integer part, and the fraction's behind the point */
    size_t n_integer, n_fraction;
    int64_t exponent;
    bool negative;
};

static struct number_parts take_apart(struct text number)
{
    struct number_parts parts = {.negative = number.data[0] == '-'};
    const char *at = number.data + parts.negative, *end = number.data + number.len;
    parts.digits = at;
    while (at < end && *at >= '0' && *at <= '9') at++;
    parts.n_integer = (size_t)(at - parts.digits);
    if (at < end && *at == '.') {
        const char *fraction = ++at;
        while (at < end && *at >= '0' && *at <= '9') at++;
        parts.n_fraction = (size_t)(at - fraction);
    }
    if (at == end) return parts;
    bool negative = at[1] == '-';
    at += 1 + (at[1] == '-' || at[1] == '+');
    for (; at < end && parts.exponent < INT32_MAX; at++) parts.exponent = parts.exponent * 10 + (*at - '0');
    if (negative) parts.exponent = -parts.exponent;
    return parts;
}

static char digit_at(const struct number_parts *parts, size_t i)
{
    return i < parts->n_integer ? parts->digits[i] : parts->digits[i + 1];
}

static void append_digits(struct buffer *out, const struct number_parts *parts, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) buffer_append_char(out, digit_at(parts, i));
}

bool json_append_number(struct buffer *out, struct text number)
{
    struct number_parts parts = take_apart(number);
    if (parts.exponent >= INT32_MAX || parts.exponent <= -INT32_MAX) return false;
    size_t n = parts.n_integer + parts.n_fraction, first = 0;
    while (first + 1 < n && digit_at(&parts, first) == '0') first++;
    if (parts.negative && digit_at(&parts, first) != '0') buffer_append_char(out, '-');
    int64_t scale = (int64_t)parts.n_fraction - parts.exponent, n_digits = (int64_t)(n - first);
    int64_t leading = n_digits - 1 - scale; /* the first digit's power of ten */
    if (scale < 0 || leading < -6) {
        append_digits(out, &parts, first, first + 1);
        if (n_digits > 1) buffer_append_char(out, '.');
        append_digits(out, &parts, first + 1, n);
        if (leading) buffer_printf(out, "E%+lld", (long long)leading);
        return true;
    }
    if (leading < 0)
        buffer_append_char(out, '0');
    else
        append_digits(out, &parts, first, first + (size_t)leading + 1);
    if (!scale) return true;
    buffer_append_char(out, '.');
    for (int64_t i = leading; i < -1; i++) buffer_append_char(out, '0');
    append_digits(out, &parts, leading < 0 ? first : first + (size_t)leading + 1, n);
    return true;
}

/* ---- objects and arrays */

struct copying {
    struct arena *arena;
    const char *end;
    struct buffer *out;
};

static const char *copy_value(struct copying *copying, const char *at, uint32_t depth);
static const char *list_value(struct copying *copying, const char *at, uint32_t depth);

/* `at` is on the first byte of a string. */
static const char *take_string(struct copying *copying, const char *at, struct text *out)
{
    unsigned flags = 0;
    const char *quote = json_string_end(at + 1, copying->end, &flags);
    if (!quote) return NULL;
    struct text raw = {at + 1, (size_t)(quote - at) - 1};
    return json_string_text(copying->arena, raw, flags, out) ? quote + 1 : NULL;
}

static bool starts_number(char c)
{
    return c == '-' || (c >= '0' && c <= '9');
}

/* Whether BigDecimal.toString would write the number as it stands. False also for a few that it would: -0.5. */
static bool stands_for_itself(struct text number, bool integer)
{
    if (number.data[0] == '-' && number.data[1] == '0') return false;
    if (integer) return true;
    for (size_t i = 0; i < number.len; i++)
        if ((number.data[i] | 0x20) == 'e') return false;
    return !text_starts_with(number, TEXT("0.000000"));
}

/* `*as_is` is whether the text of the number is what stands there. */
static const char *take_number(struct copying *copying, const char *at, struct text *out, bool *as_is)
{
    bool integer;
    const char *behind = json_number_end(at, copying->end, &integer);
    *out = (struct text){at, behind ? (size_t)(behind - at) : 0};
    *as_is = behind && stands_for_itself(*out, integer);
    return behind;
}

static const char *copy_number(struct copying *copying, const char *at)
{
    struct text number;
    bool as_is;
    at = take_number(copying, at, &number, &as_is);
    if (!at) return NULL;
    if (as_is) buffer_append_text(copying->out, number);
    return as_is || json_append_number(copying->out, number) ? at : NULL;
}

/* true, false, null. */
static const char *copy_word(struct copying *copying, const char *at)
{
    char c = json_peek(at, copying->end);
    struct text word = c == 't' ? TEXT("true") : c == 'f' ? TEXT("false") : TEXT("null");
    const char *behind = json_literal(at, copying->end, word);
    if (behind) buffer_append_text(copying->out, word);
    return behind;
}

static const char *copy_scalar(struct copying *copying, const char *at)
{
    return starts_number(json_peek(at, copying->end)) ? copy_number(copying, at) : copy_word(copying, at);
}

/* `at` is behind the opening bracket. Appends what `item` makes of each element, and `separator` between them. */
static const char *copy_items(struct copying *copying, const char *at, uint32_t depth, const char *separator,
                              const char *(*item)(struct copying *, const char *, uint32_t))
{
    const char *end = copying->end;
    buffer_append_char(copying->out, '[');
    at = json_space(at, end);
    bool empty = json_peek(at, end) == ']';
    while (!empty) {
        at = item(copying, json_space(at, end), depth);
        if (!at) return NULL;
        at = json_space(at, end);
        if (json_peek(at, end) != ',') break;
        buffer_append_string(copying->out, separator);
        at++;
    }
    buffer_append_char(copying->out, ']');
    return json_peek(at, end) == ']' ? at + 1 : NULL;
}

static const char *copy_member(struct copying *copying, const char *at, uint32_t depth)
{
    const char *end = copying->end;
    struct text name;
    at = json_space(at, end);
    if (json_peek(at, end) != '"') return NULL;
    at = take_string(copying, at, &name);
    if (!at) return NULL;
    json_append_string_whole(copying->out, name);
    at = json_space(at, end);
    if (json_peek(at, end) != ':') return NULL;
    buffer_append_char(copying->out, ':');
    return copy_value(copying, json_space(at + 1, end), depth);
}

static const char *copy_object(struct copying *copying, const char *at, uint32_t depth)
{
    const char *end = copying->end;
    buffer_append_char(copying->out, '{');
    at = json_space(at, end);
    bool empty = json_peek(at, end) == '}';
    while (!empty) {
        at = copy_member(copying, at, depth);
        if (!at) return NULL;
        at = json_space(at, end);
        if (json_peek(at, end) != ',') break;
        buffer_append_char(copying->out, ',');
        at++;
    }
    buffer_append_char(copying->out, '}');
    return json_peek(at, end) == '}' ? at + 1 : NULL;
}

static const char *copy_value(struct copying *copying, const char *at, uint32_t depth)
{
    char c = json_peek(at, copying->end);
    if (c == '"') {
        struct text text;
        at = take_string(copying, at, &text);
        if (at) json_append_string_whole(copying->out, text);
        return at;
    }
    if (c != '{' && c != '[') return copy_scalar(copying, at);
    if (depth == JSON_MAX_DEPTH) return NULL;
    return c == '{' ? copy_object(copying, at + 1, depth + 1) : copy_items(copying, at + 1, depth + 1, ",", copy_value);
}

/* An element of an array that is itself the column, or stands in one: as a STRING of its own. */
static const char *list_value(struct copying *copying, const char *at, uint32_t depth)
{
    char c = json_peek(at, copying->end);
    if (c == '"') {
        struct text text;
        at = take_string(copying, at, &text);
        if (at) buffer_append_text(copying->out, text);
        return at;
    }
    if (c != '[') return copy_value(copying, at, depth);
    return depth == JSON_MAX_DEPTH ? NULL : copy_items(copying, at + 1, depth + 1, ", ", list_value);
}

/* What is not in the record as it is to be. */
static const char *copied_text(struct copying *copying, const char *at, struct text *out)
{
    /* The text is at most twice as long as the JSON: 1e-6 becomes 0.000001, [1,2] becomes [1, 2]. */
    struct buffer buffer = BUFFER((size_t)(copying->end - at) * 2 + 64);
    copying->out = &buffer;
    const char *behind = list_value(copying, at, 0);
    if (buffer.overflow) behind = NULL;
    if (behind) *out = (struct text){arena_copy(copying->arena, buffer.data, buffer.len), buffer.len};
    buffer_free(&buffer);
    return behind;
}

const char *json_value_text(struct arena *arena, const char *at, const char *end, struct text *out)
{
    struct copying copying = {arena, end, NULL};
    char c = json_peek(at, end);
    if (c == '"') return take_string(&copying, at, out);
    if (starts_number(c)) {
        bool as_is;
        const char *behind = take_number(&copying, at, out, &as_is);
        if (!behind || as_is) return behind;
    }
    return copied_text(&copying, at, out);
}
