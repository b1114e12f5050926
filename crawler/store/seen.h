/* seen.h - which URLs are known?
 *
 * A set of keyed fingerprints, about 10 bytes a URL from 10^6 URLs on. In the place of the lowest of its 64 bits each
 * carries a bit of its owner's. Two of 10^9 URLs collide with a probability of 5 %, and then one is taken for known.
 * The set is split into segments that grow one by one: with 10^7 URLs that takes half a millisecond, with 10^8 a
 * few. */
#ifndef STORE_SEEN_H
#define STORE_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seen;

/* Errors: ERR_NO_MEMORY. */
int seen_create(struct seen **out);
void seen_free(struct seen *seen);

/* Asks the cache for the place of `fingerprint`, some time before the others do. */
void seen_prefetch(const struct seen *seen, uint64_t fingerprint);

/* Adds `fingerprint` with its bit. Returns 1 when it is new, 0 when it was there, and keeps the bit it has, or
 * ERR_NO_MEMORY. */
int seen_add(struct seen *seen, uint64_t fingerprint, bool bit);

/* Whether it is there, and its bit; false where it isn't. */
bool seen_has(const struct seen *seen, uint64_t fingerprint, bool *bit);

/* Changes the bit of a fingerprint that is there. */
void seen_set_bit(struct seen *seen, uint64_t fingerprint, bool bit);

size_t seen_count(const struct seen *seen);

/* Bytes that the set has for itself; those of pages that were never touched count. */
size_t seen_bytes(const struct seen *seen);

#endif
