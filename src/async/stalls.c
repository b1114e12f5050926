#include "async/stalls.h"

enum { PER_OCTAVE = 4, PER_OCTAVE_BITS = 2 };

/* The first placees are a microsecond each; then the two bits behind the highest one tell four in each octave. */
static unsigned class_of(uint64_t microseconds)
{
    if (microseconds < PER_OCTAVE)
        return (unsigned)microseconds;
    unsigned octave = 63 - (unsigned)__builtin_clzll(microseconds) - PER_OCTAVE_BITS;
    unsigned place = (octave + 1) * PER_OCTAVE + (unsigned)(microseconds >> octave) % PER_OCTAVE;
    return place < STALL_CLASSES ? place : STALL_CLASSES - 1;
}

/* The first microsecond that belongs to a later class. */
static uint64_t end_of(unsigned place)
{
    place++;
    if (place < PER_OCTAVE)
        return place;
    return (uint64_t)(PER_OCTAVE + place % PER_OCTAVE) << (place / PER_OCTAVE - 1);
}

void stalls_add(struct stalls *stalls, nanoseconds stall)
{
    if (stall > stalls->longest)
        stalls->longest = stall;
    stalls->counts[class_of(stall > 0 ? (uint64_t)(stall / MICROSECONDS(1)) : 0)]++;
}

nanoseconds stalls_percentile(const struct stalls *stalls, double share)
{
    uint64_t total = 0, below = 0;
    unsigned place = 0;
    for (unsigned i = 0; i < STALL_CLASSES; i++)
        total += stalls->counts[i];
    if (!total)
        return 0;
    while (place < STALL_CLASSES - 1 && (double)(below += stalls->counts[place]) < share * (double)total)
        place++;
    nanoseconds end = (nanoseconds)end_of(place) * MICROSECONDS(1);
    return end < stalls->longest ? end : stalls->longest;
}
