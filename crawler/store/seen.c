/* Each segment is an array of fingerprints in ascending order with gaps: the home of one is its value scaled to the
 * array's size, so that order is kept by the homes themselves and a search ends at the first greater fingerprint. That
 * keeps misses short even when nine slots in ten are taken, and growing copies from left to right. An overhang behind
 * the last home takes what the end of the array pushes over.
 *
 * Arrays are whole pages of their own, since a heap from which arrays of ever larger sizes are taken keeps a fifth of
 * it for itself in gaps that fit nothing. Those of a small crawl, which take less than a page and double when they are
 * full, do come from it: 256 pages cost more than all that is put into them. */
#include "store/seen.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/error.h"

enum {
    SEGMENT_BITS = 8,
    SEGMENTS = 1 << SEGMENT_BITS,
    PAGE = 4096 / sizeof(uint64_t), /* slots; where pages are larger, so is what the arrays take */
    FIRST_OVERHANG = 8,
    FULL = 90, /* percent */
};

static const uint64_t OWNERS_BIT = 1;

struct segment {
    uint64_t *slots; /* `size` homes and `overhang` slots behind them, the owner's bit lowest; 0 marks a free one */
    uint32_t size;
    uint32_t overhang;
    uint32_t count;
};

struct seen {
    size_t count;
    size_t slots;
    struct segment segments[SEGMENTS];
};

int seen_create(struct seen **out)
{
    *out = calloc(1, sizeof **out);
    return *out ? 0 : ERR_NO_MEMORY;
}

static uint64_t *map_slots(size_t count)
{
    if (count < PAGE)
        return calloc(count, sizeof(uint64_t));
    void *slots = mmap(NULL, count * sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return slots == MAP_FAILED ? NULL : slots;
}

static void unmap_slots(uint64_t *slots, size_t count)
{
    if (count < PAGE)
        free(slots);
    else if (slots)
        munmap(slots, count * sizeof *slots);
}

static uint32_t slots_of(const struct segment *segment)
{
    return segment->size + segment->overhang;
}

void seen_free(struct seen *seen)
{
    if (!seen)
        return;
    for (int i = 0; i < SEGMENTS; i++)
        unmap_slots(seen->segments[i].slots, slots_of(&seen->segments[i]));
    free(seen);
}

/* What stands in a slot, with the owner's bit clear. 0 marks a free slot, so that the fingerprint 0 counts as 2. */
static uint64_t mark(uint64_t fingerprint)
{
    fingerprint &= ~OWNERS_BIT;
    return fingerprint ? fingerprint : 2;
}

static bool is_same(uint64_t slot, uint64_t fingerprint)
{
    return (slot & ~OWNERS_BIT) == fingerprint;
}

static size_t segment_of(uint64_t fingerprint)
{
    return fingerprint >> (64 - SEGMENT_BITS);
}

/* The home of a fingerprint: the bits below the segment's number, scaled to the size. */
static uint32_t home(const struct segment *segment, uint64_t fingerprint)
{
    uint64_t fraction = (fingerprint << SEGMENT_BITS) >> 32;
    return (uint32_t)((fraction * segment->size) >> 32);
}

/* The place of the first fingerprint that is not below `fingerprint`, or of a free slot before that. */
static uint32_t find(const struct segment *segment, uint64_t fingerprint)
{
    uint32_t i = home(segment, fingerprint), end = slots_of(segment);
    while (i < end && segment->slots[i] && segment->slots[i] < fingerprint)
        i++;
    return i;
}

/* Puts `fingerprint` at `at`, moving those behind it up to the next free slot. Returns whether there was one. */
static bool place(struct segment *segment, uint32_t at, uint64_t fingerprint)
{
    uint32_t hole = at, end = slots_of(segment);
    while (hole < end && segment->slots[hole])
        hole++;
    if (hole == end)
        return false;
    memmove(segment->slots + at + 1, segment->slots + at, (hole - at) * sizeof *segment->slots);
    segment->slots[at] = fingerprint;
    segment->count++;
    return true;
}

/* Copies all of `from` to `to`; false when the overhang of `to` is too short. */
static bool refill(struct segment *to, const struct segment *from)
{
    uint32_t next = 0;
    for (uint32_t i = 0; from->slots && i < slots_of(from); i++) {
        uint64_t fingerprint = from->slots[i];
        if (!fingerprint)
            continue;
        uint32_t at = home(to, fingerprint);
        at = at < next ? next : at;
        if (at >= slots_of(to))
            return false;
        to->slots[at] = fingerprint;
        next = at + 1;
    }
    to->count = from->count;
    return true;
}

/* The slots of an array that has `wanted` at least: whole pages, or a part of one that halving it gives. */
static uint32_t array_size(uint32_t wanted)
{
    uint32_t size = PAGE;
    while (size / 2 >= wanted)
        size /= 2;
    return size < wanted ? (wanted + PAGE - 1) / PAGE * PAGE : size;
}

/* Moves a segment to an array of at least `size` homes; the overhang grows until what the end pushes over fits in. */
static int resize(struct seen *seen, struct segment *segment, uint32_t size, uint32_t overhang)
{
    struct segment bigger;
    for (;; overhang *= 2) {
        uint32_t slots = array_size(size + overhang);
        bigger = (struct segment){.slots = map_slots(slots), .size = slots - overhang, .overhang = overhang};
        if (!bigger.slots)
            return ERR_NO_MEMORY;
        if (refill(&bigger, segment))
            break;
        unmap_slots(bigger.slots, slots);
    }
    seen->slots += slots_of(&bigger);
    seen->slots -= slots_of(segment);
    unmap_slots(segment->slots, slots_of(segment));
    *segment = bigger;
    return 0;
}

/* Grows a segment that is full by an eighth at least. */
static int make_room(struct seen *seen, struct segment *segment)
{
    if (!segment->slots)
        return resize(seen, segment, 1, FIRST_OVERHANG);
    if ((uint64_t)(segment->count + 1) * 100 <= (uint64_t)segment->size * FULL)
        return 0;
    return resize(seen, segment, segment->size + segment->size / 8 + 1, segment->overhang);
}

void seen_prefetch(const struct seen *seen, uint64_t fingerprint)
{
    fingerprint = mark(fingerprint);
    const struct segment *segment = &seen->segments[segment_of(fingerprint)];
    if (segment->slots)
        __builtin_prefetch(&segment->slots[home(segment, fingerprint)]);
}

/* Where `fingerprint`, as in slots, stands; NULL when it doesn't. */
static uint64_t *slot_of(const struct seen *seen, uint64_t fingerprint)
{
    const struct segment *segment = &seen->segments[segment_of(fingerprint)];
    if (!segment->slots)
        return NULL;
    uint32_t at = find(segment, fingerprint);
    return at < slots_of(segment) && is_same(segment->slots[at], fingerprint) ? &segment->slots[at] : NULL;
}

int seen_add(struct seen *seen, uint64_t fingerprint, bool bit)
{
    fingerprint = mark(fingerprint);
    if (slot_of(seen, fingerprint))
        return 0;
    struct segment *segment = &seen->segments[segment_of(fingerprint)];
    int err = make_room(seen, segment);
    if (err)
        return err;
    while (!place(segment, find(segment, fingerprint), fingerprint | bit)) {
        err = resize(seen, segment, segment->size, segment->overhang * 2);
        if (err)
            return err;
    }
    seen->count++;
    return 1;
}

bool seen_has(const struct seen *seen, uint64_t fingerprint, bool *bit)
{
    const uint64_t *slot = slot_of(seen, mark(fingerprint));
    *bit = slot && *slot & OWNERS_BIT;
    return slot;
}

void seen_set_bit(struct seen *seen, uint64_t fingerprint, bool bit)
{
    uint64_t *slot = slot_of(seen, mark(fingerprint));
    if (slot)
        *slot = (*slot & ~OWNERS_BIT) | bit;
}

size_t seen_count(const struct seen *seen)
{
    return seen->count;
}

size_t seen_bytes(const struct seen *seen)
{
    return sizeof *seen + seen->slots * sizeof(uint64_t);
}
