/* hash.c - MurmurHash2 by Austin Appleby (public domain algorithm), and a multiply-and-fold hash for tables. */
#include "engine/base/hash.h"
#include <string.h>

uint32_t hash_murmur2(const void *data, size_t len)
{
    const uint32_t m = 0x5bd1e995;
    const unsigned char *bytes = data;
    uint32_t h = 0x9747b28cu ^ (uint32_t)len;
    size_t left = len;
    for (; left >= 4; left -= 4, bytes += 4) {
        uint32_t k = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
        k *= m;
        k ^= k >> 24;
        h = h * m ^ k * m;
    }
    if (left == 3) h ^= (uint32_t)bytes[2] << 16;
    if (left >= 2) h ^= (uint32_t)bytes[1] << 8;
    if (left >= 1) h = (h ^ bytes[0]) * m;
    h = (h ^ h >> 13) * m;
    return h ^ h >> 15;
}

int32_t hash_partition(const void *key, size_t len, int32_t n_partitions)
{
    return (int32_t)(hash_murmur2(key, len) & 0x7fffffff) % n_partitions;
}

static uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load(const unsigned char *bytes, size_t len)
{
    uint64_t word = 0;
    memcpy(&word, bytes, len < 8 ? len : 8);
    return word;
}

uint64_t hash_bytes(const void *data, size_t len)
{
    const uint64_t k0 = 0x9e3779b97f4a7c15u, k1 = 0xe7037ed1a0b428dbu;
    const unsigned char *bytes = data;
    uint64_t h = k0 ^ len;
    size_t left = len;
    for (; left > 16; left -= 16, bytes += 16) h = fold(load(bytes, 8) ^ k1, load(bytes + 8, 8) ^ h);
    uint64_t a = left ? load(bytes, left) : 0, b = left > 8 ? load(bytes + 8, left - 8) : 0;
    return fold(a ^ k1, b ^ h) ^ k0;
}
