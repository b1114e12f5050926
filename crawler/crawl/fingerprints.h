/* fingerprints.h - a small set of fingerprints that is filled and emptied over and over: those of one page. */
#ifndef CRAWL_FINGERPRINTS_H
#define CRAWL_FINGERPRINTS_H

#include <stddef.h>
#include <stdint.h>

struct fingerprints {
    uint64_t *slots; /* 0 marks a free one */
    size_t capacity; /* a power of two, or 0 */
    size_t count;
};

/* An empty set; nothing is allocated. */
void fingerprints_init(struct fingerprints *set);
void fingerprints_free(struct fingerprints *set);

/* Empties the set; memory beyond what a usual page needs is given back. */
void fingerprints_clear(struct fingerprints *set);

/* Returns 1 when `fingerprint` is new, 0 when it was there, or ERR_NO_MEMORY. */
int fingerprints_add(struct fingerprints *set, uint64_t fingerprint);

#endif
