/* pace.h - how fast a crawl is, and how long it will go on.
 *
 * What is "now" is the mean of the last three seconds, so that answers that come in bursts do not make it jump. */
#ifndef UI_PACE_H
#define UI_PACE_H

#include "record/crawl_totals.h"
#include "ui/progress_line.h"

enum { PACE_SAMPLES = 30 };

struct pace_sample {
    nanoseconds at; /* since the crawl began */
    uint64_t done;
    uint64_t wire_bytes;
    uint64_t wanted; /* URLs to fetch that are known: done, in flight and queued */
};

/* All zero is a crawl that has not begun. */
struct pace {
    struct pace_sample samples[PACE_SAMPLES]; /* a ring */
    unsigned taken;
    double steady_rate; /* URLs a second, by a longer memory */
};

/* Takes a sample and fills `figures`. To be called ten times a second, or "now" is longer. `max_pages` is the most URLs
 * that are fetched in all; 0 for no limit. */
void pace_take(struct pace *pace, const struct crawl_totals *totals, uint64_t max_pages,
               struct progress_figures *figures);

#endif
