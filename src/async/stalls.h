/* stalls.h - how long events had to wait because the loop was at work, counted in classes four of which double the
 * time. */
#ifndef ASYNC_STALLS_H
#define ASYNC_STALLS_H

#include <stdint.h>

#include "base/clock.h"

enum { STALL_CLASSES = 100 }; /* up to 33 s, and all above in the last */

/* All zero in the beginning. */
struct stalls {
    nanoseconds longest;
    uint64_t counts[STALL_CLASSES];
};

void stalls_add(struct stalls *stalls, nanoseconds stall);

/* The time that `share` (0 to 1) of all stalls stayed below, by the upper end of its class: at most a quarter too long.
 * 0 when there were none. */
nanoseconds stalls_percentile(const struct stalls *stalls, double share);

#endif
