/* counts.h - figures by fingerprint, in at most 12 MB.
 *
 * A hundred thousand keys are all remembered, and of half a million 99 in 100. Where there is no room, a new key takes
 * the place of one with a small figure, of which nothing is known any more: a figure may fall, but is never too
 * high. */
#ifndef CRAWL_COUNTS_H
#define CRAWL_COUNTS_H

#include <stddef.h>
#include <stdint.h>

struct counts_bucket;

struct counts {
    struct counts_bucket *buckets; /* NULL until the first figure */
    size_t count;                  /* of buckets; a power of two */
};

/* Nothing is allocated; all figures are 0. */
void counts_init(struct counts *counts);
void counts_free(struct counts *counts);

/* The figure of `key`, a keyed fingerprint (hash.h); 0 for one that has none. */
uint32_t counts_get(const struct counts *counts, uint64_t key);

/* Sets the figure of `key`; 0 forgets it. Errors: ERR_NO_MEMORY. */
int counts_set(struct counts *counts, uint64_t key, uint32_t figure);

#endif
