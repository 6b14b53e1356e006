/* guess.c - see guess.h. The formats are a table: how each is known, and how it is printed. */
#include "engine/service/guess.h"
#include "engine/base/buffer.h"
#include "engine/serde/json_scan.h"
#include "engine/number/number.h"
#include <string.h>

enum base { JSON, STRING, INT, BIGINT, DOUBLE, BYTES, BASES };
enum window { NO_WINDOW, SESSION, STARTS, WINDOWS };

static const char *const base_names[] = {"JSON", "KAFKA_STRING", "KAFKA_INT", "KAFKA_BIGINT", "KAFKA_DOUBLE", "bytes"};
static const size_t window_sizes[] = {0, 16, 8};

/* ---- what bytes can be */

static int64_t big_endian(const char *bytes, size_t len)
{
    uint64_t n = 0;
    for (size_t i = 0; i < len; i++) n = n << 8 | (unsigned char)bytes[i];
    return (int64_t)n;
}

static bool is_readable(struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') return false;
    }
    return text.len && text_valid_utf8(text) == text.len;
}

static bool is_json(struct text text)
{
    const char *end = text.data + text.len, *at = json_skip(json_space(text.data, end), end);
    return at && json_space(at, end) == end;
}

/* A bit for each base. */
static uint32_t bases_of(struct text bytes)
{
    uint32_t bases = 0;
    if (is_readable(bytes)) bases |= 1u << STRING | (is_json(bytes) ? 1u << JSON : 0);
    if (bytes.len == 4) bases |= 1u << INT;
    if (bytes.len == 8) bases |= 1u << BIGINT | 1u << DOUBLE;
    return bases;
}

/* A time up to the year 2248. */
static bool is_time(const char *bytes)
{
    return big_endian(bytes, 8) >= 0 && big_endian(bytes, 8) < (int64_t)1 << 43;
}

static bool has_window(struct text bytes, enum window window)
{
    size_t size = window_sizes[window];
    if (window == NO_WINDOW) return true;
    if (bytes.len <= size) return false;
    const char *times = bytes.data + bytes.len - size;
    return is_time(times) &&
           (window == STARTS || (is_time(times + 8) && big_endian(times, 8) >= big_endian(times + 8, 8)));
}

static struct text without_window(struct text bytes, enum window window)
{
    return (struct text){bytes.data, bytes.len - window_sizes[window]};
}

/* Bits of all formats: those of a window behind those of the one before it. */
static uint32_t formats_of(struct text bytes, bool is_key)
{
    uint32_t formats = 1u << BYTES;
    for (enum window window = NO_WINDOW; window < (is_key ? WINDOWS : SESSION); window++)
        if (has_window(bytes, window)) formats |= bases_of(without_window(bytes, window)) << (window * BASES);
    return formats;
}

/* ---- narrowing */

/* An exponent between 2^-64 and 2^64: a whole number would be one of 19 digits. */
static bool looks_double(int64_t n)
{
    int exponent = (int)((uint64_t)n >> 52 & 0x7ff) - 1023;
    return exponent >= -64 && exponent <= 64;
}

static void decide_eight(struct guess *guess, struct text bytes)
{
    for (enum window window = NO_WINDOW; window < WINDOWS && !guess->is_decided; window++) {
        if (bytes.len != 8 + window_sizes[window] || big_endian(bytes.data, 8) == 0) continue;
        guess->is_decided = true;
        guess->is_double = looks_double(big_endian(bytes.data, 8));
    }
}

void guess_see(struct guess *guess, struct text bytes)
{
    if (!bytes.len) return;
    uint32_t formats = formats_of(bytes, guess->is_key), left = guess->possible & formats;
    bool known = left & ~(1u << BYTES) || guess->possible == 1u << BYTES;
    guess->possible = known ? left : formats;
    decide_eight(guess, bytes);
}

/* ---- printing */

static bool is_possible(const struct guess *guess, enum window window, enum base base)
{
    return guess->possible >> (window * BASES + base) & 1;
}

/* The i-th base in the order in which they are tried. */
static enum base base_at(const struct guess *guess, int i)
{
    bool swapped = guess->is_double && (i == (int)BIGINT || i == (int)DOUBLE);
    return (enum base)(swapped ? BIGINT + DOUBLE - i : i);
}

static void print_name(struct buffer *out, const char *window, enum base base)
{
    if (out->len) buffer_append_string(out, " or ");
    buffer_printf(out, window ? "%s(%s)" : "%s%s", window ? window : "", base_names[base]);
}

void guess_print_formats(const struct guess *guess, struct buffer *out)
{
    struct buffer names = BUFFER(400);
    for (enum window window = NO_WINDOW; window < WINDOWS; window++)
        for (int i = 0; i < BYTES; i++) {
            enum base base = base_at(guess, i);
            if (!is_possible(guess, window, base)) continue;
            if (window == STARTS) print_name(&names, "TUMBLING", base);
            print_name(&names, window == STARTS ? "HOPPING" : window == SESSION ? "SESSION" : NULL, base);
        }
    if (!names.len && guess->possible) print_name(&names, NULL, BYTES);
    buffer_append_text(out, buffer_text(&names));
    buffer_free(&names);
}

static void print_double(struct buffer *out, int64_t bits)
{
    double value;
    char digits[NUMBER_MAX_TEXT];
    memcpy(&value, &bits, sizeof value);
    buffer_append(out, digits, number_print_double(digits, value));
}

static void print_base(enum base base, struct text bytes, struct buffer *out)
{
    if (base == INT)
        buffer_printf(out, "%d", (int32_t)big_endian(bytes.data, 4));
    else if (base == BIGINT)
        buffer_printf(out, "%lld", (long long)big_endian(bytes.data, 8));
    else if (base == DOUBLE)
        print_double(out, big_endian(bytes.data, 8));
    else if (base != BYTES || is_readable(bytes))
        buffer_append_text(out, bytes);
    else
        for (size_t i = 0; i < bytes.len; i++) buffer_printf(out, "\\x%02X", (unsigned char)bytes.data[i]);
}

static void print_windowed(enum window window, enum base base, struct text bytes, struct buffer *out)
{
    struct text key = without_window(bytes, window);
    const char *times = key.data + key.len;
    buffer_append_char(out, '[');
    print_base(base, key, out);
    if (window == STARTS)
        buffer_printf(out, "@%lld/-]", (long long)big_endian(times, 8));
    else
        buffer_printf(out, "@%lld/%lld]", (long long)big_endian(times + 8, 8), (long long)big_endian(times, 8));
}

void guess_print_value(const struct guess *guess, struct text bytes, struct buffer *out)
{
    if (!bytes.data) {
        buffer_append_string(out, "<null>");
        return;
    }
    for (enum window window = NO_WINDOW; window < WINDOWS; window++)
        for (int i = 0; i < BYTES; i++) {
            enum base base = base_at(guess, i);
            if (!is_possible(guess, window, base)) continue;
            if (window == NO_WINDOW)
                print_base(base, bytes, out);
            else
                print_windowed(window, base, bytes, out);
            return;
        }
    print_base(BYTES, bytes, out);
}
