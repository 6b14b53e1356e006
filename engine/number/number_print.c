/* number_print.c - the shortest decimal of a double.
 *
 * A double v = c * 2^q stands for all numbers between the middles to its neighbours. Of the decimals in there the one
 * with the fewest digits is printed, and of several the nearest to v; but never fewer than two digits are looked for,
 * as Java has it: the smallest double is 4.9E-324, though 5E-324 would do.
 *
 * Most doubles in data came from decimals with a few digits. Below ten millions, one with at most six digits behind the
 * point has at most 13 in all, and no two decimals of up to 15 digits are the same double: if dividing such an integer
 * gives v, its digits are the shortest.
 *
 * Method for the others: Raffaello Giulietti, "The Schubfach way to render doubles" (2020). With k = floor(log10 of
 * the distance of neighbours), the candidates are the multiples of 10^k and 10^(k+1) next to v, at most four. v and the
 * two middles are scaled by 10^-k in integers (four times the value, the lowest bit sticky), with one multiplication of
 * 64 by 128 bits each.
 */
#include "engine/number/number.h"
#include "engine/number/number_digits.h"
#include "engine/number/number_powers.h"

typedef unsigned __int128 uint128;

enum {
    FRACTION_BITS = 52,
    EXPONENT_MASK = 0x7ff,
    SMALLEST_EXPONENT = -1074, /* of the unit of a subnormal */
};

/* digits * 10^exponent */
struct shortest {
    uint64_t digits;
    int32_t exponent;
};

/* floor(log10(2^e)), and of three quarters of it, for |e| <= 1500. */
static int32_t log10_of(int32_t e)
{
    return (int32_t)(((int64_t)e * 1262611) >> 22);
}

static int32_t log10_of_three_quarters(int32_t e)
{
    return (int32_t)(((int64_t)e * 1262611 - 524031) >> 22);
}

/* The high 64 bits of g * c, the lowest of them set if anything but rounding noise stands below. */
static uint64_t scaled(struct number_power g, uint64_t c)
{
    uint128 low = (uint128)g.low * c;
    uint128 sum = (uint128)g.high * c + (uint64_t)(low >> 64);
    return (uint64_t)(sum >> 64) | ((uint64_t)sum > 1);
}

/* The method wants the power above the exact one, also where the table has it rounded down. */
static struct number_power power_above(int32_t k)
{
    struct number_power g = number_powers[k - NUMBER_POWER_MIN];
    g.low += k >= 0;
    g.high += k >= 0 && g.low == 0;
    return g;
}

static struct shortest nearest_of(uint64_t below, uint64_t low, uint64_t value, uint64_t high, int32_t k)
{
    uint64_t above = below + 1;
    bool below_in = low <= below << 2, above_in = above << 2 <= high;
    if (below_in != above_in) return (struct shortest){below_in ? below : above, k};
    uint64_t middle = (below + above) << 1;
    bool take_below = value < middle || (value == middle && !(below & 1));
    return (struct shortest){take_below ? below : above, k};
}

/* c * 2^q, where `even` is whether the double's own fraction is even: then the middles belong to it. */
static struct shortest shorten(uint64_t c, int32_t q, bool even, int32_t shift)
{
    bool irregular = c == (uint64_t)1 << FRACTION_BITS && q > SMALLEST_EXPONENT;
    int32_t k = irregular ? log10_of_three_quarters(q) : log10_of(q);
    int32_t h = q + number_log2_of_power(-k) + 1;
    struct number_power g = power_above(-k);
    uint64_t value = scaled(g, c << 2 << h);
    uint64_t low = scaled(g, ((c << 2) - (irregular ? 1 : 2)) << h) + !even;
    uint64_t high = scaled(g, ((c << 2) + 2) << h) - !even;
    uint64_t below = value >> 2;
    if (below >= 100) {
        uint64_t tens = below / 10 * 10;
        bool below_in = low <= tens << 2, above_in = (tens + 10) << 2 <= high;
        if (below_in != above_in) return (struct shortest){below_in ? tens : tens + 10, k - shift};
    }
    return nearest_of(below, low, value, high, k - shift);
}

static struct shortest shortest_of(uint64_t fraction, int32_t exponent)
{
    uint64_t c = exponent ? fraction | (uint64_t)1 << FRACTION_BITS : fraction;
    int32_t q = exponent ? exponent - 1 + SMALLEST_EXPONENT : SMALLEST_EXPONENT;
    bool is_whole = q <= 0 && q > -53 && !(c & (((uint64_t)1 << -q) - 1));
    if (is_whole) return (struct shortest){c >> -q, 0};
    /* The two smallest doubles have one digit before the point of candidates: ten times as much gives them a second. */
    bool tiny = c < 3;
    return shorten(tiny ? c * 10 : c, q, !(c & 1), tiny);
}

/* 12.0, 0.00123 */
static size_t plain(char *out, const char *digits, int32_t n, int32_t point)
{
    char *start = out;
    if (point <= 0) {
        memcpy(out, "0.000", 5);
        out += 2 - point;
        memcpy(out, digits, (size_t)n);
        return (size_t)(out + n - start);
    }
    int32_t whole = n < point ? n : point;
    memcpy(out, digits, (size_t)whole);
    memset(out + whole, '0', (size_t)(point - whole));
    out += point;
    *out++ = '.';
    if (n <= point) *out++ = '0';
    memcpy(out, digits + whole, (size_t)(n - whole));
    return (size_t)(out + (n - whole) - start);
}

/* 1.23E-5 */
static size_t scientific(char *out, const char *digits, int32_t n, int32_t exponent)
{
    char *start = out;
    *out++ = digits[0];
    *out++ = '.';
    if (n == 1) *out++ = '0';
    memcpy(out, digits + 1, (size_t)(n - 1));
    out += n - 1;
    *out++ = 'E';
    return (size_t)(out - start) + number_print_bigint(out, exponent);
}

static size_t lay_out(char *out, struct shortest shortest)
{
    char digits[20];
    size_t n = number_count_digits(shortest.digits);
    number_write_digits(digits, shortest.digits, n);
    int32_t point = (int32_t)n + shortest.exponent;
    while (n > 1 && digits[n - 1] == '0') n--;
    if (point > -3 && point <= 7) return plain(out, digits, (int32_t)n, point);
    return scientific(out, digits, (int32_t)n, point - 1);
}

static size_t copy_string(char *out, const char *string)
{
    size_t len = strlen(string);
    memcpy(out, string, len);
    return len;
}

/* A number of at least 0.001 and below 10^7 with up to six digits behind the point; 0 if it is another. */
static size_t few_digits(char *out, double value)
{
    if (!(value >= 1e-3 && value < 1e7)) return 0;
    uint64_t millionths = (uint64_t)(value * 1e6 + 0.5);
    if ((double)millionths / 1e6 != value) return 0;
    uint64_t whole = millionths / 1000000;
    size_t n = number_count_digits(whole), len = n + 7;
    number_write_digits(out, whole, n);
    out[n] = '.';
    number_write_digits(out + n + 1, millionths % 1000000, 6);
    while (len > n + 2 && out[len - 1] == '0') len--;
    return len;
}

size_t number_print_double(char *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint64_t fraction = bits & (((uint64_t)1 << FRACTION_BITS) - 1);
    int32_t exponent = (int32_t)(bits >> FRACTION_BITS & EXPONENT_MASK);
    if (exponent == EXPONENT_MASK && fraction) return copy_string(out, "NaN");
    size_t sign = bits >> 63;
    out[0] = '-';
    if (exponent == EXPONENT_MASK) return sign + copy_string(out + sign, "Infinity");
    if (!exponent && !fraction) return sign + copy_string(out + sign, "0.0");
    size_t len = few_digits(out + sign, sign ? -value : value);
    if (len) return sign + len;
    return sign + lay_out(out + sign, shortest_of(fraction, exponent));
}
