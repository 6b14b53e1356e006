/* number_parse.c - text to double, exact, as Java's Double.parseDouble reads it.
 *
 *     [white] [+-] ( NaN | Infinity | digits[.digits][e[+-]digits][dDfF] | 0x hex[.hex]p[+-]digits[dDfF] ) [white]
 *
 * Three ways, from the fastest: an integer below 2^53 times or over a power of ten up to 10^22, which are exact doubles
 * (William Clinger, "How to read floating point numbers accurately"); up to 19 digits times a 128-bit power of ten,
 * where the product shows that no error of it can change the rounding (Daniel Lemire, "Number parsing at a gigabyte per
 * second"); and strtod.
 */
#include "engine/number/number.h"
#include "engine/number/number_powers.h"
#include "engine/base/arena.h"
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

typedef unsigned __int128 uint128;

enum { MAX_EXACT_DIGITS = 19, EXPONENT_LIMIT = 100000, STACK_TEXT = 128 };

struct decimal_text {
    uint64_t digits;
    int64_t exponent;
    int32_t n_digits; /* significant ones; beyond MAX_EXACT_DIGITS `digits` is not the number */
    bool negative;
};

static locale_t c_locale;

static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* The text has been checked; strtod wants a NUL behind it, and knows no suffix. */
static double slowly(struct text text)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_c_locale);
    char small[STACK_TEXT];
    char *copy = text.len < sizeof small ? small : heap_alloc(text.len + 1);
    memcpy(copy, text.data, text.len);
    copy[text.len] = 0;
    double value = strtod_l(copy, NULL, c_locale);
    if (copy != small) free(copy);
    return value;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits into `number`; returns how many there were. */
static size_t scan_digits(struct decimal_text *number, const char **at, const char *end)
{
    const char *start = *at;
    for (; *at < end && is_digit(**at); ++*at) {
        unsigned digit = (unsigned)(**at - '0');
        number->n_digits += number->n_digits || digit;
        if (number->n_digits <= MAX_EXACT_DIGITS) number->digits = number->digits * 10 + digit;
    }
    return (size_t)(*at - start);
}

/* Where the digits end, or NULL if `at` does not stand on any. */
static const char *scan_exponent(const char *at, const char *end, int64_t *exponent)
{
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+')) at++;
    const char *start = at;
    int64_t value = 0;
    for (; at < end && is_digit(*at); at++)
        if (value < EXPONENT_LIMIT) value = value * 10 + (*at - '0');
    if (at == start) return NULL;
    *exponent += negative ? -value : value;
    return at;
}

/* The whole text must be a decimal number. */
static bool scan(struct text text, struct decimal_text *number)
{
    const char *at = text.data, *end = text.data + text.len;
    *number = (struct decimal_text){.negative = at < end && *at == '-'};
    if (at < end && (*at == '-' || *at == '+')) at++;
    size_t n = scan_digits(number, &at, end);
    if (at < end && *at == '.') {
        at++;
        size_t behind = scan_digits(number, &at, end);
        number->exponent -= (int64_t)behind;
        n += behind;
    }
    if (!n) return false;
    if (at < end && (*at | 0x20) == 'e') at = scan_exponent(at + 1, end, &number->exponent);
    return at == end;
}

/* digits * 10^exponent by one operation on exact doubles. */
static bool by_exact_doubles(const struct decimal_text *number, double *out)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (number->digits >> 53 || number->exponent < -22 || number->exponent > 22) return false;
    double digits = (double)number->digits;
    *out = number->exponent < 0 ? digits / powers[-number->exponent] : digits * powers[number->exponent];
    return true;
}

/* digits * 10^exponent through the table. The product of 64 by 128 bits is off by less than one in its middle word: if
 * that word is neither all zeros nor all ones, the bits above it and the direction of rounding are certain. Only normal
 * doubles. */
static bool by_power_table(const struct decimal_text *number, double *out)
{
    if (!number->digits || number->exponent < NUMBER_POWER_MIN || number->exponent > 308) return false;
    int32_t k = (int32_t)number->exponent;
    int zeros = __builtin_clzll(number->digits);
    uint64_t digits = number->digits << zeros;
    struct number_power g = number_powers[k - NUMBER_POWER_MIN];
    uint128 low = (uint128)digits * g.low;
    uint128 product = (uint128)digits * g.high + (uint64_t)(low >> 64);
    uint64_t high = (uint64_t)(product >> 64), middle = (uint64_t)product;
    if (middle == 0 || middle == UINT64_MAX) return false;
    int top = (int)(high >> 63);
    int32_t exponent = number_log2_of_power(k) + 63 - zeros + top;
    if (exponent < -1022 || exponent > 1022) return false;
    /* 53 bits of the double and the one that decides on rounding. There is no tie: something stands in `middle`. */
    uint64_t mantissa = high >> (9 + top);
    mantissa = (mantissa >> 1) + (mantissa & 1);
    /* The mantissa's own highest bit adds one to the exponent, and a second one if rounding carried into it. */
    uint64_t bits = ((uint64_t)(exponent + 1022) << 52) + mantissa;
    memcpy(out, &bits, sizeof bits);
    return true;
}

static bool parse_decimal(struct text text, double *out)
{
    struct decimal_text number;
    if (!scan(text, &number)) return false;
    if (number.n_digits > MAX_EXACT_DIGITS || (!by_exact_doubles(&number, out) && !by_power_table(&number, out))) {
        *out = slowly(text);
        return true;
    }
    if (number.negative) *out = -*out;
    return true;
}

static size_t skip_hex(struct text text, size_t at)
{
    while (at < text.len &&
           (is_digit(text.data[at]) || ((text.data[at] | 0x20) >= 'a' && (text.data[at] | 0x20) <= 'f')))
        at++;
    return at;
}

/* [+-]0x hex[.hex]p[+-]digits: unlike in C the exponent must be there. */
static bool parse_hexadecimal(struct text text, size_t at, double *out)
{
    size_t start = at + 2, end = skip_hex(text, start), digits = end - start;
    if (end < text.len && text.data[end] == '.') {
        size_t behind = skip_hex(text, end + 1);
        digits += behind - (end + 1);
        end = behind;
    }
    int64_t exponent = 0;
    if (!digits || end == text.len || (text.data[end] | 0x20) != 'p') return false;
    if (scan_exponent(text.data + end + 1, text.data + text.len, &exponent) != text.data + text.len) return false;
    *out = slowly(text);
    return true;
}

static bool parse_name(struct text text, size_t sign, double *out)
{
    struct text name = {text.data + sign, text.len - sign};
    if (text_equal(name, TEXT("NaN")))
        *out = NAN;
    else if (text_equal(name, TEXT("Infinity")))
        *out = sign && text.data[0] == '-' ? -INFINITY : INFINITY;
    else
        return false;
    return true;
}

bool number_parse_double(struct text text, double *out)
{
    text = text_trim(text);
    if (parse_decimal(text, out)) return true;
    size_t sign = text.len && (text.data[0] == '-' || text.data[0] == '+');
    if (text.len < sign + 2) return false;
    if (parse_name(text, sign, out)) return true;
    char last = text.data[text.len - 1] | 0x20;
    if (last == 'd' || last == 'f') text.len--;
    bool is_hex = text.len > sign + 2 && text.data[sign] == '0' && (text.data[sign + 1] | 0x20) == 'x';
    return is_hex ? parse_hexadecimal(text, sign, out) : parse_decimal(text, out);
}
