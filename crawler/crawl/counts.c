/* Buckets of eight. One that is full has the table doubled, which splits it in two, as long as that is allowed. */
#include "crawl/counts.h"

#include <stdlib.h>

#include "base/error.h"

enum { WAYS = 8, FIRST_BUCKETS = 16, MOST_BUCKETS = 1 << 17 };

struct counts_bucket {
    uint64_t keys[WAYS];
    uint32_t figures[WAYS]; /* 0 for a free place */
};

void counts_init(struct counts *counts)
{
    *counts = (struct counts){0};
}

void counts_free(struct counts *counts)
{
    free(counts->buckets);
    counts_init(counts);
}

static struct counts_bucket *bucket_of(const struct counts *counts, uint64_t key)
{
    return &counts->buckets[key & (counts->count - 1)];
}

/* Where `key` stands; NULL when it has no figure. */
static uint32_t *find(const struct counts *counts, uint64_t key)
{
    if (!counts->buckets)
        return NULL;
    struct counts_bucket *bucket = bucket_of(counts, key);
    for (unsigned i = 0; i < WAYS; i++)
        if (bucket->keys[i] == key && bucket->figures[i])
            return &bucket->figures[i];
    return NULL;
}

uint32_t counts_get(const struct counts *counts, uint64_t key)
{
    const uint32_t *place = find(counts, key);
    return place ? *place : 0;
}

/* The place with the smallest figure, a free one if there is one. */
static unsigned smallest(const struct counts_bucket *bucket)
{
    unsigned found = 0;
    for (unsigned i = 1; i < WAYS; i++)
        if (bucket->figures[i] < bucket->figures[found])
            found = i;
    return found;
}

static void put(struct counts_bucket *bucket, unsigned place, uint64_t key, uint32_t figure)
{
    bucket->keys[place] = key;
    bucket->figures[place] = figure;
}

static int grow(struct counts *counts)
{
    struct counts bigger = {.count = counts->count ? counts->count * 2 : FIRST_BUCKETS};
    bigger.buckets = calloc(bigger.count, sizeof *bigger.buckets);
    if (!bigger.buckets)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < counts->count; i++) {
        const struct counts_bucket *from = &counts->buckets[i];
        for (unsigned way = 0; way < WAYS; way++) {
            struct counts_bucket *to = bucket_of(&bigger, from->keys[way]);
            if (from->figures[way])
                put(to, smallest(to), from->keys[way], from->figures[way]);
        }
    }
    free(counts->buckets);
    *counts = bigger;
    return 0;
}

static int add(struct counts *counts, uint64_t key, uint32_t figure)
{
    for (;;) {
        struct counts_bucket *bucket = counts->buckets ? bucket_of(counts, key) : NULL;
        unsigned place = bucket ? smallest(bucket) : 0;
        if (bucket && (!bucket->figures[place] || counts->count == MOST_BUCKETS)) {
            put(bucket, place, key, figure);
            return 0;
        }
        int err = grow(counts);
        if (err)
            return err;
    }
}

int counts_set(struct counts *counts, uint64_t key, uint32_t figure)
{
    uint32_t *place = find(counts, key);
    if (place)
        *place = figure;
    return place || !figure ? 0 : add(counts, key, figure);
}
