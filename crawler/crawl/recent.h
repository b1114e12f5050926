/* recent.h - fingerprints met of late: exactly those of this page, and many of those of the pages before.
 *
 * Most links of a page stand in it twice or in one of the last pages too; for them nobody has to ask the store. Each
 * fingerprint carries a bit of its owner's. */
#ifndef CRAWL_RECENT_H
#define CRAWL_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct recent_bucket;

struct recent {
    struct recent_bucket *buckets; /* NULL until the first page */
    size_t count;                  /* of buckets; a power of two */
    uint32_t page;                 /* number of this page, from 1 */
    uint32_t last;                 /* place of the fingerprint that was met last */
};

enum recent_verdict { RECENT_NEW, RECENT_KNOWN, RECENT_REPEATED };

/* An empty set; nothing is allocated. */
void recent_init(struct recent *recent);
void recent_free(struct recent *recent);

/* Begins the next page. Errors: ERR_NO_MEMORY. */
int recent_next_page(struct recent *recent);

/* Meets a fingerprint on this page. Returns RECENT_REPEATED when that happened before on this page, RECENT_KNOWN when
 * it did on an earlier one, RECENT_NEW otherwise (which is also said of one that was forgotten), or ERR_NO_MEMORY. */
int recent_meet(struct recent *recent, uint64_t fingerprint);

/* Where the fingerprint that was met last stands for now, which is a hint for recent_meet_at. */
static inline uint32_t recent_place(const struct recent *recent)
{
    return recent->last;
}

/* As recent_meet; quicker for one that still stands where the hint has it. Any hint is good. */
int recent_meet_at(struct recent *recent, uint64_t fingerprint, uint32_t place);

/* The bit of the fingerprint that was met last; false in a new one. */
bool recent_bit(const struct recent *recent);
void recent_set_bit(struct recent *recent, bool bit);

#endif
