/* seen.h - which URLs are known?
 *
 * A set of 64-bit keyed fingerprints, about 10 bytes a URL from 10^6 URLs on. Two of 10^9 URLs collide with a
 * probability of 3 %, and then one is taken for known. It is split into segments that grow one by one: with 10^7 URLs
 * that takes half a millisecond, with 10^8 a few. */
#ifndef STORE_SEEN_H
#define STORE_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seen;

/* Errors: ERR_NO_MEMORY. */
int seen_create(struct seen **out);
void seen_free(struct seen *seen);

/* Asks the cache for the place of `fingerprint`, some time before seen_add. */
void seen_prefetch(const struct seen *seen, uint64_t fingerprint);

/* Adds `fingerprint`. Returns 1 when it is new, 0 when it was there, or ERR_NO_MEMORY. */
int seen_add(struct seen *seen, uint64_t fingerprint);

bool seen_has(const struct seen *seen, uint64_t fingerprint);

size_t seen_count(const struct seen *seen);

/* Bytes mapped for the set; those of pages that were never touched count. */
size_t seen_bytes(const struct seen *seen);

#endif
