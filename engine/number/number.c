/* number.c - integers to text, two digits at a time, and back. For doubles see number_print.c and number_parse.c. */
#include "engine/number/number.h"
#include "engine/number/number_digits.h"

size_t number_print_bigint(char *out, int64_t value)
{
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    *out = '-';
    out += value < 0;
    size_t n = number_count_digits(magnitude);
    number_write_digits(out, magnitude, n);
    return n + (value < 0);
}

/* Digits are added on the negative side, which reaches one further. */
bool number_parse_bigint(struct text text, int64_t *out)
{
    size_t at = text.len && (text.data[0] == '-' || text.data[0] == '+');
    if (at == text.len) return false;
    int64_t value = 0;
    for (size_t i = at; i < text.len; i++) {
        unsigned digit = (unsigned char)text.data[i] - '0';
        if (digit > 9) return false;
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, (int64_t)digit, &value))
            return false;
    }
    bool negative = at && text.data[0] == '-';
    if (!negative && value == INT64_MIN) return false;
    *out = negative ? value : -value;
    return true;
}

bool number_parse_integer(struct text text, int32_t *out)
{
    int64_t value;
    if (!number_parse_bigint(text, &value) || value < INT32_MIN || value > INT32_MAX) return false;
    *out = (int32_t)value;
    return true;
}
