/* sweep.h - fetch throughput step by step: what a sweep over concurrency, or an open loop, has measured.
 *
 * In a closed loop N tasks fetch one URL after the other, so that a slow server is asked less. In an open loop requests are due
 * at a fixed rate, whatever becomes of those before, and latency counts from when a request was due: a server that stands
 * still for a second is seen by all that would have come in that second (no coordinated omission). */
#ifndef MEASURE_SWEEP_H
#define MEASURE_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "measure/histogram.h"
#include "measure/summary.h"
#include "measure/timeseries.h"
#include "measure/usl.h"

enum { SWEEP_SLICES = 10 }; /* of a step's duration, whose spread gives the confidence interval */

/* A figure of each slice. */
struct spread {
    double mean;
    double half_width; /* of the 95 % confidence interval (Student's t) */
};

struct sweep_step {
    unsigned concurrency;  /* most requests at once */
    double wanted_rate;    /* open loop: requests due a second; 0 in a closed loop */
    nanoseconds duration;  /* measured, warm-up excluded */
    uint64_t done;         /* exchanges that ended within it, well or not */
    uint64_t failed;       /* of them: without a whole answer, or with a status of 400 and above */
    uint64_t late;         /* open loop: due within it, and not ended when it was over */
    uint64_t bytes;        /* decoded bodies */
    uint64_t wire_bytes;   /* bodies as sent */
    double rate;           /* exchanges a second that ended well */
    double cpu;            /* of this process, user and system: 1 is a core */
    uint64_t opened;       /* connections, warm-up included */
    struct histogram latency;    /* of those that ended well; microseconds */
    struct histogram first_byte;
    struct tallies errors;
    struct tallies statuses;
    struct spread slice_rate;    /* of `rate` */
    struct spread slice_p50;     /* microseconds */
    struct spread slice_p99;
};

struct sweep {
    struct sweep_step *steps; /* in the order of the run */
    size_t count;
    bool is_open;         /* an open loop: one step */
    size_t best;          /* the step with the highest rate */
    size_t knee;          /* the first step with at least 95 % of it: more concurrency only makes waiting longer */
    struct usl_fit fit;   /* of the closed loop */
    size_t url_count;     /* fetched in turn */
    const char *first_url;
    nanoseconds warmup;
    struct timeseries series; /* of all steps, warm-up included */
    bool was_interrupted;     /* the last steps are missing */
};

#endif
