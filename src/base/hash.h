/* hash.h - keyed 64-bit fingerprints.
 *
 * XXH3 with a secret that is drawn anew for each process, so that no one outside can choose inputs that collide. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

#include "base/slice.h"

/* The fingerprint of some bytes: equal bytes, equal fingerprint, within one process. */
uint64_t hash_bytes(struct slice bytes);

/* A digest of bytes that come in pieces: XXH3 without a key, so that it is the same in every process and not safe
 * against those who look for two texts with the same one. */
struct digest;

/* NULL when memory is out. */
struct digest *digest_create(void);
void digest_free(struct digest *digest);
void digest_begin(struct digest *digest);
void digest_add(struct digest *digest, struct slice bytes);
uint64_t digest_end(const struct digest *digest);

/* The fingerprint of two things in this order, made of theirs. */
static inline uint64_t hash_pair(uint64_t first, uint64_t second)
{
    return first * 0x9e3779b97f4a7c15u ^ second;
}

#endif
