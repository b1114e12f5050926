/* A cache with buckets of eight, from which what was met longest ago goes first. A bucket that holds fingerprints of
 * this page only can't take one more: then there must be more buckets. */
#include "crawl/recent.h"

#include <stdlib.h>

#include "base/error.h"

enum { WAYS = 8, BUCKETS = 1024, BUCKETS_KEPT = 8 * BUCKETS, MARK_SHIFT = 1, PAGES = INT32_MAX };

struct recent_bucket {
    uint64_t fingerprints[WAYS];
    uint32_t marks[WAYS]; /* the page where it was met last, and the bit below that; 0 for a free place */
};

void recent_init(struct recent *recent)
{
    *recent = (struct recent){0};
}

void recent_free(struct recent *recent)
{
    free(recent->buckets);
    recent_init(recent);
}

int recent_next_page(struct recent *recent)
{
    if (recent->count > BUCKETS_KEPT || recent->page == PAGES)
        recent_free(recent);
    if (!recent->buckets) {
        recent->buckets = calloc(BUCKETS, sizeof *recent->buckets);
        if (!recent->buckets)
            return ERR_NO_MEMORY;
        recent->count = BUCKETS;
    }
    recent->page++;
    return 0;
}

static struct recent_bucket *bucket_of(const struct recent *recent, uint64_t fingerprint)
{
    return &recent->buckets[fingerprint & (recent->count - 1)];
}

/* The place whose fingerprint was met longest ago. */
static unsigned oldest(const struct recent_bucket *bucket)
{
    unsigned found = 0;
    for (unsigned i = 1; i < WAYS; i++)
        if (bucket->marks[i] < bucket->marks[found])
            found = i;
    return found;
}

/* Copies a bucket into a table with twice as many, where it always fits. */
static void spread(struct recent *bigger, const struct recent_bucket *bucket)
{
    for (unsigned i = 0; i < WAYS; i++) {
        if (!bucket->marks[i])
            continue;
        struct recent_bucket *to = bucket_of(bigger, bucket->fingerprints[i]);
        unsigned place = oldest(to);
        to->fingerprints[place] = bucket->fingerprints[i];
        to->marks[place] = bucket->marks[i];
    }
}

static int grow(struct recent *recent)
{
    struct recent bigger = {.count = recent->count * 2, .page = recent->page};
    bigger.buckets = calloc(bigger.count, sizeof *bigger.buckets);
    if (!bigger.buckets)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < recent->count; i++)
        spread(&bigger, &recent->buckets[i]);
    free(recent->buckets);
    *recent = bigger;
    return 0;
}

static uint32_t place_of(const struct recent *recent, const struct recent_bucket *bucket, unsigned way)
{
    return (uint32_t)(bucket - recent->buckets) * WAYS + way;
}

static uint32_t *mark_at(const struct recent *recent, uint32_t place)
{
    return &recent->buckets[place / WAYS].marks[place % WAYS];
}

static int add(struct recent *recent, uint64_t fingerprint)
{
    for (;;) {
        struct recent_bucket *bucket = bucket_of(recent, fingerprint);
        unsigned way = oldest(bucket);
        if (bucket->marks[way] >> MARK_SHIFT != recent->page) {
            bucket->fingerprints[way] = fingerprint;
            bucket->marks[way] = recent->page << MARK_SHIFT;
            recent->last = place_of(recent, bucket, way);
            return RECENT_NEW;
        }
        int err = grow(recent);
        if (err)
            return err;
    }
}

/* Meets the fingerprint at `place`, which was met before. */
static inline int meet_again(struct recent *recent, uint32_t *mark, uint32_t place)
{
    uint32_t page = *mark >> MARK_SHIFT;
    *mark = recent->page << MARK_SHIFT | (*mark & 1);
    recent->last = place;
    return page == recent->page ? RECENT_REPEATED : RECENT_KNOWN;
}

int recent_meet(struct recent *recent, uint64_t fingerprint)
{
    struct recent_bucket *bucket = bucket_of(recent, fingerprint);
    for (unsigned i = 0; i < WAYS; i++)
        if (bucket->fingerprints[i] == fingerprint && bucket->marks[i])
            return meet_again(recent, &bucket->marks[i], place_of(recent, bucket, i));
    return add(recent, fingerprint);
}

int recent_meet_at(struct recent *recent, uint64_t fingerprint, uint32_t place)
{
    if (place / WAYS < recent->count) {
        struct recent_bucket *bucket = &recent->buckets[place / WAYS];
        if (bucket->fingerprints[place % WAYS] == fingerprint && bucket->marks[place % WAYS])
            return meet_again(recent, &bucket->marks[place % WAYS], place);
    }
    return recent_meet(recent, fingerprint);
}

bool recent_bit(const struct recent *recent)
{
    return *mark_at(recent, recent->last) & 1;
}

void recent_set_bit(struct recent *recent, bool bit)
{
    uint32_t *mark = mark_at(recent, recent->last);
    *mark = (*mark & ~1u) | bit;
}
