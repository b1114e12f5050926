#include "crawl/fingerprints.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { FIRST_CAPACITY = 64, KEPT_CAPACITY = 1024 };

void fingerprints_init(struct fingerprints *set)
{
    *set = (struct fingerprints){0};
}

void fingerprints_free(struct fingerprints *set)
{
    free(set->slots);
    fingerprints_init(set);
}

void fingerprints_clear(struct fingerprints *set)
{
    if (set->capacity > KEPT_CAPACITY)
        fingerprints_free(set);
    else if (set->count)
        memset(set->slots, 0, set->capacity * sizeof *set->slots);
    set->count = 0;
}

/* The slot that holds `fingerprint`, or the free one where it would go. There must be a free slot. */
static uint64_t *probe(const struct fingerprints *set, uint64_t fingerprint)
{
    size_t i = fingerprint & (set->capacity - 1);
    while (set->slots[i] && set->slots[i] != fingerprint)
        i = (i + 1) & (set->capacity - 1);
    return &set->slots[i];
}

static int grow(struct fingerprints *set)
{
    struct fingerprints bigger = {.capacity = set->capacity ? set->capacity * 2 : FIRST_CAPACITY, .count = set->count};
    bigger.slots = calloc(bigger.capacity, sizeof *bigger.slots);
    if (!bigger.slots)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < set->capacity; i++)
        if (set->slots[i])
            *probe(&bigger, set->slots[i]) = set->slots[i];
    free(set->slots);
    *set = bigger;
    return 0;
}

int fingerprints_add(struct fingerprints *set, uint64_t fingerprint)
{
    fingerprint = fingerprint ? fingerprint : 1;
    if ((set->count + 1) * 4 > set->capacity * 3) {
        int err = grow(set);
        if (err)
            return err;
    }
    uint64_t *slot = probe(set, fingerprint);
    if (*slot)
        return 0;
    *slot = fingerprint;
    set->count++;
    return 1;
}
