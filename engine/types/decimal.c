/* decimal.c - decimals of up to 38 digits as 128-bit integers; the rest is handed to decimal_big.c.
 *
 *     DECIMAL(5, 2)  12.34  is the integer 1234
 *
 * A step whose intermediate result does not fit 128 bits is done again with big integers: the result may fit after all.
 */
#include "engine/types/decimal.h"
#include "engine/base/arena.h"
#include "engine/base/buffer.h"
#include "engine/base/hash.h"
#include "engine/types/decimal_big.h"
#include "engine/number/number.h"
#include "engine/number/number_digits.h"
#include <stdlib.h>

typedef unsigned __int128 uint128;

enum { CHUNK_DIGITS = 19, SMALL_TEXT = 48, EXPONENT_LIMIT = 1000000000 };

/* 10^n for n from 0 to 38. */
static int128 power_of_10(int32_t n)
{
    return n <= CHUNK_DIGITS ? (int128)number_powers_of_10[n]
                             : (int128)number_powers_of_10[CHUNK_DIGITS] * number_powers_of_10[n - CHUNK_DIGITS];
}

static uint128 magnitude_of(int128 value)
{
    return value < 0 ? 0 - (uint128)value : (uint128)value;
}

static bool fits(const struct type *type, int128 value)
{
    return magnitude_of(value) < (uint128)power_of_10(type->precision);
}

static bool store(const struct type *type, int128 value, struct decimal *out)
{
    out->small = value;
    return fits(type, value);
}

/* value * 10^n; false if it does not fit 128 bits. */
static bool scale_up(int128 value, int32_t n, int128 *out)
{
    if (n == 0 || value == 0) {
        *out = value;
        return true;
    }
    return n <= DECIMAL_SMALL_DIGITS && !__builtin_mul_overflow(value, power_of_10(n), out);
}

/* value / 10^n, rounded; false if digits would be lost under DECIMAL_EXACT. */
static bool scale_down(int128 value, int32_t n, enum decimal_rounding rounding, int128 *out)
{
    if (n > DECIMAL_SMALL_DIGITS) {
        *out = 0;
        return value == 0 || rounding != DECIMAL_EXACT;
    }
    int128 unit = power_of_10(n), rest = value % unit;
    *out = value / unit;
    if (rest == 0 || rounding == DECIMAL_DOWN) return true;
    if (rounding == DECIMAL_EXACT) return false;
    if (magnitude_of(rest) >= (uint128)unit - magnitude_of(rest)) *out += value < 0 ? -1 : 1;
    return true;
}

/* BigDecimal counts no leading zeros, so that the peer gives numbers below one a digit for the zero before the point.
 */
const struct type *decimal_literal_type(struct arena *arena, struct text digits)
{
    int32_t precision = 0, scale = 0, left = 0;
    bool behind = false;
    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.data[i];
        if (c == '.') behind = true;
        if (c < '0' || c > '9') continue;
        scale += behind;
        precision += precision || c != '0';
        left += !behind && (left || c != '0');
    }
    return type_decimal(arena, left ? precision : scale + 1, scale);
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Sums of precisions are kept within what a type can say; values so long do not exist. */
static const struct type *make_type(struct arena *arena, int64_t precision, int64_t scale)
{
    return type_decimal(arena, (int32_t)smaller(precision, INT32_MAX), (int32_t)smaller(scale, INT32_MAX));
}

const struct type *decimal_result_type(struct arena *arena, char op, const struct type *a, const struct type *b)
{
    a = type_as_decimal(arena, a);
    b = type_as_decimal(arena, b);
    int64_t p1 = a->precision, s1 = a->scale, p2 = b->precision, s2 = b->scale, scale = larger(s1, s2);
    switch (op) {
    case '*': return make_type(arena, p1 + p2 + 1, s1 + s2);
    case '/': scale = larger(6, s1 + p2 + 1); return make_type(arena, p1 - s1 + s2 + scale, scale);
    case '%': return make_type(arena, smaller(p1 - s1, p2 - s2) + scale, scale);
    default: return make_type(arena, larger(p1 - s1, p2 - s2) + scale + 1, scale);
    }
}

/* A number's text taken apart: (whole digits)(digits behind the point) * 10^exponent. */
struct scanned {
    uint128 magnitude; /* valid up to 38 significant digits */
    int32_t n_significant;
    int64_t n_behind;
    int64_t exponent;
    bool negative;
};

static const char *scan_digits(struct scanned *scanned, const char *at, const char *end)
{
    uint64_t chunk = 0;
    int32_t n = 0;
    for (; at < end && *at >= '0' && *at <= '9'; at++) {
        unsigned digit = (unsigned)(*at - '0');
        scanned->n_significant += scanned->n_significant || digit;
        chunk = chunk * 10 + digit;
        if (++n < CHUNK_DIGITS) continue;
        scanned->magnitude = scanned->magnitude * number_powers_of_10[CHUNK_DIGITS] + chunk;
        chunk = 0;
        n = 0;
    }
    scanned->magnitude = scanned->magnitude * number_powers_of_10[n] + chunk;
    return at;
}

static bool scan_exponent(struct text text, int64_t *exponent)
{
    bool negative = text.len && text.data[0] == '-';
    size_t at = negative || (text.len && text.data[0] == '+');
    if (at == text.len) return false;
    int64_t value = 0;
    for (; at < text.len; at++) {
        if (text.data[at] < '0' || text.data[at] > '9') return false;
        if (value < EXPONENT_LIMIT) value = value * 10 + (text.data[at] - '0');
    }
    *exponent = negative ? -value : value;
    return true;
}

static bool scan(struct text text, struct scanned *scanned)
{
    const char *at = text.data, *end = text.data + text.len;
    *scanned = (struct scanned){.negative = at < end && *at == '-'};
    if (at < end && (*at == '-' || *at == '+')) at++;
    const char *start = at;
    at = scan_digits(scanned, at, end);
    int64_t n_digits = at - start;
    if (at < end && *at == '.') {
        start = ++at;
        at = scan_digits(scanned, at, end);
        scanned->n_behind = at - start;
        n_digits += scanned->n_behind;
    }
    if (!n_digits) return false;
    if (at == end) return true;
    if ((*at | 0x20) != 'e') return false;
    return scan_exponent((struct text){at + 1, (size_t)(end - at - 1)}, &scanned->exponent);
}

/* All digits without the point, for numbers too long for `magnitude`. */
static bool parse_big(struct arena *arena, const struct type *type, struct text text, const struct scanned *scanned,
                      enum decimal_rounding rounding, struct decimal *out)
{
    char *digits = heap_alloc(text.len);
    size_t n = 0;
    for (size_t i = 0; i < text.len && (text.data[i] | 0x20) != 'e'; i++)
        if (text.data[i] >= '0' && text.data[i] <= '9') digits[n++] = text.data[i];
    struct decimal_digits all = {{digits, n}, scanned->exponent - scanned->n_behind, scanned->negative};
    bool done = decimal_big_parse(arena, type, &all, rounding, out);
    free(digits);
    return done;
}

bool decimal_parse(struct arena *arena, const struct type *type, struct text text, enum decimal_rounding rounding,
                   struct decimal *out)
{
    struct scanned scanned;
    if (!scan(text, &scanned)) return false;
    if (decimal_is_big(type) || scanned.n_significant > DECIMAL_SMALL_DIGITS)
        return parse_big(arena, type, text, &scanned, rounding, out);
    int64_t shift = type->scale - scanned.n_behind + scanned.exponent;
    int128 value = scanned.negative ? -(int128)scanned.magnitude : (int128)scanned.magnitude;
    if (shift > DECIMAL_SMALL_DIGITS + 1) shift = DECIMAL_SMALL_DIGITS + 1;
    if (shift < -DECIMAL_SMALL_DIGITS - 1) shift = -DECIMAL_SMALL_DIGITS - 1;
    bool done =
        shift >= 0 ? scale_up(value, (int32_t)shift, &value) : scale_down(value, (int32_t)-shift, rounding, &value);
    return done && store(type, value, out);
}

/* The digits of up to 39 digits; returns how many. */
static size_t write_magnitude(char *out, uint128 magnitude)
{
    if (magnitude <= UINT64_MAX) {
        size_t n = number_count_digits((uint64_t)magnitude);
        number_write_digits(out, (uint64_t)magnitude, n);
        return n;
    }
    size_t n = write_magnitude(out, magnitude / number_powers_of_10[CHUNK_DIGITS]);
    number_write_digits(out + n, (uint64_t)(magnitude % number_powers_of_10[CHUNK_DIGITS]), CHUNK_DIGITS);
    return n + CHUNK_DIGITS;
}

void decimal_print(struct buffer *out, const struct type *type, struct decimal value)
{
    if (decimal_is_big(type)) {
        decimal_big_print(out, type, value);
        return;
    }
    char *text = buffer_reserve(out, SMALL_TEXT);
    if (!text) return;
    char digits[SMALL_TEXT], *at = text;
    size_t n = write_magnitude(digits, magnitude_of(value.small)), scale = (size_t)type->scale, whole = 1;
    *at = '-';
    at += value.small < 0;
    *at = '0';
    if (n > scale) memcpy(at, digits, whole = n - scale);
    at += whole;
    if (scale) {
        size_t behind = n < scale ? n : scale;
        *at++ = '.';
        memset(at, '0', scale);
        memcpy(at + scale - behind, digits + n - behind, behind);
        at += scale;
    }
    out->len += (size_t)(at - text);
}

bool decimal_from_bigint(struct arena *arena, const struct type *type, int64_t value, struct decimal *out)
{
    static const struct type bigint = {.kind = TYPE_DECIMAL, .precision = 19};
    return decimal_rescale(arena, &bigint, (struct decimal){.small = value}, type, DECIMAL_EXACT, out);
}

bool decimal_from_double(struct arena *arena, const struct type *type, double value, struct decimal *out)
{
    char text[NUMBER_MAX_TEXT];
    size_t len = number_print_double(text, value);
    return decimal_parse(arena, type, (struct text){text, len}, DECIMAL_HALF_UP, out);
}

int64_t decimal_to_bigint(const struct type *type, struct decimal value)
{
    if (decimal_is_big(type)) return decimal_big_to_bigint(type, value);
    return (int64_t)(value.small / power_of_10(type->scale));
}

/* Both operands of the division are exact doubles, so its result is the nearest one; else by way of the text. */
double decimal_to_double(const struct type *type, struct decimal value)
{
    enum { EXACT_POWERS = 22 };
    if (!decimal_is_big(type) && magnitude_of(value.small) >> 53 == 0 && type->scale <= EXACT_POWERS)
        return (double)(int64_t)value.small / (double)power_of_10(type->scale);
    struct buffer text = BUFFER(SIZE_MAX);
    decimal_print(&text, type, value);
    double number = 0;
    if (!number_parse_double(buffer_text(&text), &number)) number = 0;
    buffer_free(&text);
    return number;
}

bool decimal_rescale(struct arena *arena, const struct type *from, struct decimal value, const struct type *to,
                     enum decimal_rounding rounding, struct decimal *out)
{
    if (decimal_is_big(from) || decimal_is_big(to)) return decimal_big_rescale(arena, from, value, to, rounding, out);
    int32_t up = to->scale - from->scale;
    int128 scaled;
    bool done = up >= 0 ? scale_up(value.small, up, &scaled) : scale_down(value.small, -up, rounding, &scaled);
    return done && store(to, scaled, out);
}

enum outcome { DONE, IMPOSSIBLE, TOO_LARGE };

/* Brings a result of scale `from` to that of the result type, without losing digits. */
static enum outcome finish(int128 value, int32_t from, int32_t to, int128 *out)
{
    if (to >= from) return scale_up(value, to - from, out) ? DONE : TOO_LARGE;
    return scale_down(value, from - to, DECIMAL_EXACT, out) ? DONE : IMPOSSIBLE;
}

static enum outcome divide(int128 a, int128 b, int32_t up, int128 *out)
{
    if (b == 0) return IMPOSSIBLE;
    if (!scale_up(a, up > 0 ? up : 0, &a) || !scale_up(b, up < 0 ? -up : 0, &b)) return TOO_LARGE;
    *out = a / b;
    return a % b == 0 ? DONE : IMPOSSIBLE;
}

static enum outcome add_or_remainder(char op, int128 a, int128 b, int128 *out)
{
    if (op == '+') return __builtin_add_overflow(a, b, out) ? TOO_LARGE : DONE;
    if (op == '-') return __builtin_sub_overflow(a, b, out) ? TOO_LARGE : DONE;
    if (b == 0) return IMPOSSIBLE;
    *out = a % b;
    return DONE;
}

static enum outcome calculate(char op, const struct type *a_type, int128 a, const struct type *b_type, int128 b,
                              const struct type *type, int128 *out)
{
    int32_t s1 = a_type->scale, s2 = b_type->scale, scale = (int32_t)larger(s1, s2);
    int128 result;
    if (op == '/') return divide(a, b, type->scale + s2 - s1, out);
    if (op == '*') {
        if (__builtin_mul_overflow(a, b, &result)) return TOO_LARGE;
        return finish(result, s1 + s2, type->scale, out);
    }
    if (!scale_up(a, scale - s1, &a) || !scale_up(b, scale - s2, &b)) return TOO_LARGE;
    enum outcome outcome = add_or_remainder(op, a, b, &result);
    return outcome == DONE ? finish(result, scale, type->scale, out) : outcome;
}

bool decimal_arithmetic(struct arena *arena, char op, const struct type *a_type, struct decimal a,
                        const struct type *b_type, struct decimal b, const struct type *type, struct decimal *out)
{
    bool big = decimal_is_big(a_type) || decimal_is_big(b_type) || decimal_is_big(type);
    int128 result = 0;
    enum outcome outcome = big ? TOO_LARGE : calculate(op, a_type, a.small, b_type, b.small, type, &result);
    if (outcome == TOO_LARGE) return decimal_big_arithmetic(arena, op, a_type, a, b_type, b, type, out);
    return outcome == DONE && store(type, result, out);
}

struct decimal decimal_negate(struct arena *arena, const struct type *type, struct decimal value)
{
    if (decimal_is_big(type)) return decimal_big_negate(arena, value);
    return (struct decimal){.small = -value.small};
}

int decimal_compare(const struct type *a_type, struct decimal a, const struct type *b_type, struct decimal b)
{
    int128 x, y;
    int32_t up = b_type->scale - a_type->scale;
    if (decimal_is_big(a_type) || decimal_is_big(b_type) || !scale_up(a.small, up > 0 ? up : 0, &x) ||
        !scale_up(b.small, up < 0 ? -up : 0, &y))
        return decimal_big_compare(a_type, a, b_type, b);
    return (x > y) - (x < y);
}

/* A number as 0.digits * 10^exponent, without zeros at either end; no digits for zero. */
struct normal {
    struct text digits;
    int64_t exponent;
};

/* From plain or scientific text without its sign; the digits are moved to the beginning of the text. */
static struct normal normalize(char *text, size_t len)
{
    struct normal normal = {{text, 0}, 0};
    bool behind_point = false;
    for (size_t i = 0; i < len; i++) {
        int32_t shift = 0;
        if (text[i] == 'E' && number_parse_integer((struct text){text + i + 1, len - i - 1}, &shift)) {
            normal.exponent += shift;
            break;
        }
        behind_point |= text[i] == '.';
        if (text[i] < '0' || text[i] > '9') continue;
        bool leading = !normal.digits.len && text[i] == '0';
        if (!leading) text[normal.digits.len++] = text[i];
        normal.exponent += !behind_point && !leading;
        normal.exponent -= behind_point && leading;
    }
    while (normal.digits.len && text[normal.digits.len - 1] == '0') normal.digits.len--;
    return normal;
}

/* Of numbers without signs. */
static int compare_normal(struct normal a, struct normal b)
{
    if (!a.digits.len || !b.digits.len) return (a.digits.len > 0) - (b.digits.len > 0);
    if (a.exponent != b.exponent) return a.exponent < b.exponent ? -1 : 1;
    size_t len = a.digits.len < b.digits.len ? a.digits.len : b.digits.len;
    int order = memcmp(a.digits.data, b.digits.data, len);
    if (order) return order < 0 ? -1 : 1;
    return (a.digits.len > b.digits.len) - (a.digits.len < b.digits.len);
}

/* Of a decimal and the double nearest to it: by their digits. */
static int compare_digits(const struct type *type, struct decimal value, double nearest)
{
    char text[NUMBER_MAX_TEXT];
    struct buffer plain = BUFFER(SIZE_MAX);
    decimal_print(&plain, type, value);
    size_t len = number_print_double(text, nearest);
    bool negative = plain.data[0] == '-';
    int order = compare_normal(normalize(plain.data, plain.len), normalize(text, len));
    buffer_free(&plain);
    return negative ? -order : order;
}

/* No two decimals of 15 digits have the same nearest double, so that those are equal to theirs. */
int decimal_compare_double(const struct type *type, struct decimal value, double other)
{
    double nearest = decimal_to_double(type, value);
    if (nearest != other) return nearest < other ? -1 : 1;
    if (other - other != 0) return other > 0 ? -1 : 1;
    if (!decimal_is_big(type) && magnitude_of(value.small) < 1000000000000000) return 0;
    return compare_digits(type, value, other);
}

struct text decimal_to_bytes(struct arena *arena, const struct type *type, struct decimal value)
{
    if (decimal_is_big(type)) return decimal_big_to_bytes(arena, type, value);
    unsigned char bytes[16];
    for (int i = 0; i < 16; i++) bytes[i] = (unsigned char)((uint128)value.small >> (120 - 8 * i));
    size_t start = 0;
    unsigned char sign = value.small < 0 ? 0xff : 0;
    while (start < 15 && bytes[start] == sign && (bytes[start + 1] & 0x80) == (sign & 0x80)) start++;
    return (struct text){arena_copy(arena, bytes + start, 16 - start), 16 - start};
}

bool decimal_from_bytes(struct arena *arena, const struct type *type, struct text bytes, struct decimal *out)
{
    if (!bytes.len) return false;
    if (decimal_is_big(type)) return decimal_big_from_bytes(arena, type, bytes, out);
    const unsigned char *at = (const unsigned char *)bytes.data, *end = at + bytes.len;
    unsigned char sign = *at & 0x80 ? 0xff : 0;
    while (end - at > 16 && *at == sign) at++;
    if (end - at > 16) return false;
    uint128 value = sign ? ~(uint128)0 : 0;
    bool other_sign = bytes.len > 16 && (*at & 0x80) != (sign & 0x80);
    for (; at < end; at++) value = value << 8 | *at;
    return !other_sign && store(type, (int128)value, out);
}

uint64_t decimal_hash(const struct type *type, struct decimal value)
{
    if (!decimal_is_big(type)) return hash_bytes(&value.small, sizeof value.small);
    int32_t n = value.big->n_limbs;
    uint64_t hash = hash_bytes(value.big->limbs, (size_t)abs(n) * sizeof *value.big->limbs);
    return n < 0 ? ~hash : hash;
}

struct decimal decimal_copy(struct arena *arena, const struct type *type, struct decimal value)
{
    if (!decimal_is_big(type)) return value;
    size_t size = sizeof *value.big + (size_t)abs(value.big->n_limbs) * sizeof *value.big->limbs;
    return (struct decimal){.big = arena_copy(arena, value.big, size)};
}
