/* number_powers_make.c - a program of the build: prints the table that number_powers.h declares, as C.
 *
 * Exact integers of 1280 bits: 10^k by repeated multiplication for k >= 0, and floor(2^1279 / 10^-k) by repeated
 * division for k < 0 (a floor of a floor loses nothing here). Of each the 128 bits behind and including the highest one
 * are kept.
 */
#include "engine/number/number_powers.h"
#include <stdbool.h>
#include <stdio.h>

enum { LIMBS = 40, TABLE_SIZE = NUMBER_POWER_MAX - NUMBER_POWER_MIN + 1 };

/* 32 bits a limb, least significant first. */
struct wide {
    uint32_t limbs[LIMBS];
};

static void multiply_by_10(struct wide *number)
{
    uint64_t carry = 0;
    for (int i = 0; i < LIMBS; i++) {
        carry += (uint64_t)number->limbs[i] * 10;
        number->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

static void divide_by_10(struct wide *number)
{
    uint64_t rest = 0;
    for (int i = LIMBS - 1; i >= 0; i--) {
        rest = rest << 32 | number->limbs[i];
        number->limbs[i] = (uint32_t)(rest / 10);
        rest %= 10;
    }
}

static bool bit(const struct wide *number, int i)
{
    return i >= 0 && (number->limbs[i / 32] >> i % 32 & 1);
}

static struct number_power top_bits(const struct wide *number)
{
    int top = LIMBS * 32 - 1;
    while (!bit(number, top)) top--;
    struct number_power power = {0, 0};
    for (int i = 0; i < 64; i++) {
        power.high = power.high << 1 | bit(number, top - i);
        power.low = power.low << 1 | bit(number, top - 64 - i);
    }
    return power;
}

static struct number_power rounded_up(struct number_power power)
{
    power.low++;
    power.high += power.low == 0;
    return power;
}

int main(void)
{
    static struct number_power table[TABLE_SIZE];
    struct wide number = {{1}};
    for (int k = 0; k <= NUMBER_POWER_MAX; k++, multiply_by_10(&number))
        table[k - NUMBER_POWER_MIN] = top_bits(&number);
    number = (struct wide){{[LIMBS - 1] = 0x80000000u}};
    for (int k = -1; k >= NUMBER_POWER_MIN; k--) {
        divide_by_10(&number);
        table[k - NUMBER_POWER_MIN] = rounded_up(top_bits(&number));
    }
    printf("#include \"engine/number/number_powers.h\"\n\nconst struct number_power number_powers[%d] = {\n",
           TABLE_SIZE);
    for (int i = 0; i < TABLE_SIZE; i++)
        printf("    {0x%016llxu, 0x%016llxu},\n", (unsigned long long)table[i].high, (unsigned long long)table[i].low);
    printf("};\n");
    return 0;
}
