/* random.h - numbers that look random and are the same for the same seed: splitmix64 (Steele, Lea, Flood 2014). */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

static inline uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* A whole number from low to high, both included. */
static inline int64_t random_between(struct random *random, int64_t low, int64_t high)
{
    return low + (int64_t)(random_next(random) % (uint64_t)(high - low + 1));
}

/* True once in n times. */
static inline bool random_once_in(struct random *random, unsigned n)
{
    return random_next(random) % n == 0;
}

#define RANDOM_OF(random, array) ((array)[random_next(random) % (sizeof(array) / sizeof *(array))])
