/* random.h - random numbers for keys and jitter.
 *
 * Seeded once from the system; not for secrets that outlive the process. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

/* 64 random bits. */
uint64_t random_bits(void);

/* A number from 0 up to but without `bound`, all equally likely. `bound` is at least 1. */
uint64_t random_below(uint64_t bound);

#endif
