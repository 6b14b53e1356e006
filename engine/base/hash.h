/* hash.h - the two hashes: Kafka's, which places records, and ours, which fills tables. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* MurmurHash2 (32 bits, seed 0x9747b28c) as Apache Kafka's default partitioner computes it over a serialised key. */
uint32_t hash_murmur2(const void *data, size_t len);

/* The partition that Kafka's default partitioner gives to a key: toPositive(murmur2(key)) % n. */
int32_t hash_partition(const void *key, size_t len, int32_t n_partitions);

/* For hash tables in memory; not stable between versions, never to be stored. */
uint64_t hash_bytes(const void *data, size_t len);
