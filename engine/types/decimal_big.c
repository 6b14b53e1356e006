/* decimal_big.c - decimals beyond 38 digits, on GMP's integers.
 *
 * Every function loads its operands into GMP's own integers, computes, and stores the result into the arena in the form
 * that its type asks for. Powers of ten are never made before it is known that the value has digits for them, so that
 * an exponent in a text cannot ask for more memory than the type has digits.
 */
#include "engine/types/decimal_big.h"
#include "engine/base/arena.h"
#include "engine/base/buffer.h"
#include <gmp.h>
#include <stdlib.h>

_Static_assert(GMP_LIMB_BITS == 64 && GMP_NAIL_BITS == 0, "limbs are copied as they are");

static void load(mpz_t number, const struct type *type, struct decimal value)
{
    if (decimal_is_big(type)) {
        size_t n = (size_t)abs(value.big->n_limbs);
        mpz_init(number);
        mpz_import(number, n, -1, sizeof(uint64_t), 0, 0, value.big->limbs);
        if (value.big->n_limbs < 0) mpz_neg(number, number);
        return;
    }
    unsigned __int128 magnitude = value.small < 0 ? 0 - (unsigned __int128)value.small : (unsigned __int128)value.small;
    uint64_t limbs[2] = {(uint64_t)magnitude, (uint64_t)(magnitude >> 64)};
    mpz_init(number);
    mpz_import(number, 2, -1, sizeof *limbs, 0, 0, limbs);
    if (value.small < 0) mpz_neg(number, number);
}

/* number * 10^n */
static void scale_up(mpz_t number, uint32_t n)
{
    mpz_t power;
    mpz_init(power);
    mpz_ui_pow_ui(power, 10, n);
    mpz_mul(number, number, power);
    mpz_clear(power);
}

static void round_half_up(mpz_t number, const mpz_t rest, const mpz_t unit)
{
    mpz_t twice;
    mpz_init(twice);
    mpz_mul_2exp(twice, rest, 1);
    bool away = mpz_cmpabs(twice, unit) >= 0;
    if (away && mpz_sgn(rest) < 0) mpz_sub_ui(number, number, 1);
    if (away && mpz_sgn(rest) > 0) mpz_add_ui(number, number, 1);
    mpz_clear(twice);
}

/* number / 10^n, rounded; false if digits would be lost under DECIMAL_EXACT. */
static bool scale_down(mpz_t number, uint64_t n, enum decimal_rounding rounding)
{
    if (n > mpz_sizeinbase(number, 10)) {
        bool exact = mpz_sgn(number) == 0;
        mpz_set_ui(number, 0);
        return exact || rounding != DECIMAL_EXACT;
    }
    mpz_t unit, rest;
    mpz_inits(unit, rest, NULL);
    mpz_ui_pow_ui(unit, 10, (unsigned long)n);
    mpz_tdiv_qr(number, rest, number, unit);
    bool done = mpz_sgn(rest) == 0 || rounding != DECIMAL_EXACT;
    if (rounding == DECIMAL_HALF_UP) round_half_up(number, rest, unit);
    mpz_clears(unit, rest, NULL);
    return done;
}

/* |number| < 10^precision. mpz_sizeinbase is right or one too much. */
static bool fits(const mpz_t number, int32_t precision)
{
    size_t n_digits = mpz_sizeinbase(number, 10);
    if (n_digits <= (size_t)precision) return true;
    if (n_digits > (size_t)precision + 1) return false;
    mpz_t limit;
    mpz_init(limit);
    mpz_ui_pow_ui(limit, 10, (unsigned long)precision);
    bool below = mpz_cmpabs(number, limit) < 0;
    mpz_clear(limit);
    return below;
}

static struct decimal make_big(struct arena *arena, const mpz_t number)
{
    size_t n = mpz_size(number);
    struct decimal_big *big = arena_alloc(arena, sizeof *big + n * sizeof *big->limbs);
    big->n_limbs = mpz_sgn(number) < 0 ? -(int32_t)n : (int32_t)n;
    if (n) memcpy(big->limbs, mpz_limbs_read(number), n * sizeof *big->limbs);
    return (struct decimal){.big = big};
}

static struct decimal make_small(const mpz_t number)
{
    uint64_t limbs[2] = {0, 0};
    mpz_export(limbs, NULL, -1, sizeof *limbs, 0, 0, number);
    int128 magnitude = (int128)((unsigned __int128)limbs[1] << 64 | limbs[0]);
    return (struct decimal){.small = mpz_sgn(number) < 0 ? -magnitude : magnitude};
}

static bool store(struct arena *arena, const struct type *type, const mpz_t number, struct decimal *out)
{
    if (!fits(number, type->precision)) return false;
    *out = decimal_is_big(type) ? make_big(arena, number) : make_small(number);
    return true;
}

/* number * 10^shift, rounded where that takes digits away; false if it would have more digits than the type. */
static bool shift_by(mpz_t number, int64_t shift, const struct type *type, enum decimal_rounding rounding)
{
    if (shift < 0) return scale_down(number, (uint64_t)-shift, rounding);
    if (mpz_sgn(number) == 0) return true;
    if (shift > type->precision) return false;
    scale_up(number, (uint32_t)shift);
    return true;
}

bool decimal_big_parse(struct arena *arena, const struct type *type, const struct decimal_digits *digits,
                       enum decimal_rounding rounding, struct decimal *out)
{
    char *text = heap_strndup(digits->digits.data, digits->digits.len);
    mpz_t number;
    mpz_init_set_str(number, text, 10);
    free(text);
    if (digits->negative) mpz_neg(number, number);
    bool done = shift_by(number, type->scale + digits->exponent, type, rounding) && store(arena, type, number, out);
    mpz_clear(number);
    return done;
}

void decimal_big_print(struct buffer *out, const struct type *type, struct decimal value)
{
    mpz_t number;
    load(number, type, value);
    if (mpz_sgn(number) < 0) buffer_append_char(out, '-');
    mpz_abs(number, number);
    char *digits = heap_alloc(mpz_sizeinbase(number, 10) + 2);
    mpz_get_str(digits, 10, number);
    mpz_clear(number);
    size_t n = strlen(digits), scale = (size_t)type->scale, whole = n > scale ? n - scale : 0;
    buffer_append(out, whole ? digits : "0", whole ? whole : 1);
    if (scale) buffer_append_char(out, '.');
    for (size_t i = n; i < scale; i++) buffer_append_char(out, '0');
    buffer_append(out, digits + whole, n - whole);
    free(digits);
}

bool decimal_big_rescale(struct arena *arena, const struct type *from, struct decimal value, const struct type *to,
                         enum decimal_rounding rounding, struct decimal *out)
{
    mpz_t number;
    load(number, from, value);
    bool done = shift_by(number, (int64_t)to->scale - from->scale, to, rounding) && store(arena, to, number, out);
    mpz_clear(number);
    return done;
}

/* a / b * 10^up, if that is a whole number. */
static bool divide(mpz_t result, mpz_t a, mpz_t b, int32_t up)
{
    if (mpz_sgn(b) == 0) return false;
    if (up > 0) scale_up(a, (uint32_t)up);
    if (up < 0) scale_up(b, (uint32_t)-up);
    bool exact = mpz_divisible_p(a, b) != 0;
    if (exact) mpz_divexact(result, a, b);
    return exact;
}

/* The result at its natural scale, which is returned in `scale`. */
static bool calculate(char op, mpz_t result, mpz_t a, int32_t a_scale, mpz_t b, int32_t b_scale, int32_t *scale)
{
    if (op == '/') return divide(result, a, b, *scale + b_scale - a_scale);
    if (op == '*') {
        mpz_mul(result, a, b);
        *scale = a_scale + b_scale;
        return true;
    }
    if (b_scale > a_scale) scale_up(a, (uint32_t)(b_scale - a_scale));
    if (a_scale > b_scale) scale_up(b, (uint32_t)(a_scale - b_scale));
    *scale = a_scale > b_scale ? a_scale : b_scale;
    if (op == '+') mpz_add(result, a, b);
    if (op == '-') mpz_sub(result, a, b);
    if (op != '%') return true;
    if (mpz_sgn(b) == 0) return false;
    mpz_tdiv_r(result, a, b);
    return true;
}

bool decimal_big_arithmetic(struct arena *arena, char op, const struct type *a_type, struct decimal a,
                            const struct type *b_type, struct decimal b, const struct type *type, struct decimal *out)
{
    mpz_t x, y, result;
    load(x, a_type, a);
    load(y, b_type, b);
    mpz_init(result);
    int32_t scale = type->scale;
    bool done = calculate(op, result, x, a_type->scale, y, b_type->scale, &scale) &&
                shift_by(result, (int64_t)type->scale - scale, type, DECIMAL_EXACT) && store(arena, type, result, out);
    mpz_clears(x, y, result, NULL);
    return done;
}

int decimal_big_compare(const struct type *a_type, struct decimal a, const struct type *b_type, struct decimal b)
{
    mpz_t x, y;
    load(x, a_type, a);
    load(y, b_type, b);
    int32_t up = b_type->scale - a_type->scale;
    if (up > 0) scale_up(x, (uint32_t)up);
    if (up < 0) scale_up(y, (uint32_t)-up);
    int order = mpz_cmp(x, y);
    mpz_clears(x, y, NULL);
    return order;
}

int64_t decimal_big_to_bigint(const struct type *type, struct decimal value)
{
    mpz_t number;
    load(number, type, value);
    if (!scale_down(number, (uint64_t)type->scale, DECIMAL_DOWN)) mpz_set_ui(number, 0);
    uint64_t low = mpz_size(number) ? mpz_limbs_read(number)[0] : 0;
    if (mpz_sgn(number) < 0) low = 0 - low;
    mpz_clear(number);
    return (int64_t)low;
}

struct decimal decimal_big_negate(struct arena *arena, struct decimal value)
{
    size_t size = sizeof *value.big + (size_t)abs(value.big->n_limbs) * sizeof *value.big->limbs;
    struct decimal_big *big = arena_copy(arena, value.big, size);
    big->n_limbs = -big->n_limbs;
    return (struct decimal){.big = big};
}

/* A negative number x stands as 2^(8n) + x in n bytes, the fewest whose highest bit is then set. */
struct text decimal_big_to_bytes(struct arena *arena, const struct type *type, struct decimal value)
{
    mpz_t number, power;
    load(number, type, value);
    bool negative = mpz_sgn(number) < 0;
    if (negative) mpz_com(number, number); /* -x - 1 */
    size_t n = mpz_sgn(number) ? mpz_sizeinbase(number, 2) / 8 + 1 : 1;
    if (negative) {
        mpz_init_set_ui(power, 1);
        mpz_mul_2exp(power, power, 8 * n);
        mpz_sub_ui(power, power, 1);
        mpz_sub(number, power, number);
        mpz_clear(power);
    }
    char *bytes = arena_zalloc(arena, n);
    size_t len = mpz_sgn(number) ? (mpz_sizeinbase(number, 2) + 7) / 8 : 0;
    mpz_export(bytes + (n - len), NULL, 1, 1, 0, 0, number);
    mpz_clear(number);
    return (struct text){bytes, n};
}

bool decimal_big_from_bytes(struct arena *arena, const struct type *type, struct text bytes, struct decimal *out)
{
    mpz_t number;
    mpz_init(number);
    mpz_import(number, bytes.len, 1, 1, 0, 0, bytes.data);
    if (bytes.data[0] & 0x80) {
        mpz_t power;
        mpz_init_set_ui(power, 1);
        mpz_mul_2exp(power, power, 8 * bytes.len);
        mpz_sub(number, number, power);
        mpz_clear(power);
    }
    bool done = store(arena, type, number, out);
    mpz_clear(number);
    return done;
}
