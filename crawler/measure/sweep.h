/* sweep.h - fetch throughput step by step: what a sweep over concurrency, or an open loop, has measured.
 *
 * In a closed loop N tasks fetch one URL after the other, so that a slow server is asked less. In an open loop requests
 * are due at a fixed rate, whatever becomes of those before, and latency counts from when a request was due: a server
 * that stands still for a second is seen by all that would have come in that second (no coordinated omission). Its rate
 * is the one that was reached all the same: of what ended within the time, whenever it was due. */
#ifndef MEASURE_SWEEP_H
#define MEASURE_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "async/future.h"
#include "base/clock.h"
#include "http/fetch.h"
#include "measure/histogram.h"
#include "measure/tallies.h"
#include "measure/timeseries.h"
#include "measure/usl.h"

enum { SWEEP_SLICES = 10 }; /* of a step's duration, whose spread gives the confidence interval */

/* How long what was due in an open loop may still take when the time is over. */
#define SWEEP_GRACE SECONDS(10)

/* A figure of each slice. */
struct spread {
    double mean;
    double half_width; /* of the 95 % confidence interval (Student's t); 0 when `count` is below 2 */
    unsigned count;    /* slices that have it: all have a rate, and a latency those in which something ended well */
};

struct sweep_step {
    unsigned concurrency;     /* requests at once; in an open loop the most there were */
    double wanted_rate;       /* open loop: requests due a second; 0 in a closed loop */
    nanoseconds duration;     /* measured, warm-up excluded */
    uint64_t done;            /* exchanges that ended within it (open loop: due within it and ended), well or not */
    uint64_t failed;          /* of them: without a whole answer, or with a status of 400 and above */
    uint64_t late;            /* open loop: due within it, and not ended SWEEP_GRACE after it */
    uint64_t bytes;           /* decoded bodies of what ended within it */
    uint64_t wire_bytes;      /* the same as sent */
    double rate;              /* exchanges a second that ended within it, and well */
    double cpu;               /* of this process, user and system: 1 is a core */
    uint64_t opened;          /* connections, warm-up included */
    struct histogram latency; /* of those `done` that ended well; microseconds */
    struct histogram first_byte;
    struct tallies errors;
    struct tallies statuses;
    struct spread slice_rate; /* of `rate` */
    struct spread slice_p50;  /* microseconds */
    struct spread slice_p99;
};

struct sweep {
    struct sweep_step *steps; /* in the order of the run */
    size_t count;
    bool is_open;       /* an open loop: one step */
    size_t best;        /* the step with the highest rate */
    size_t knee;        /* the first step with at least 95 % of it: more concurrency only makes waiting longer */
    struct usl_fit fit; /* of the closed loop */
    size_t url_count;   /* fetched in turn */
    const char *site;   /* the root where they were found, or the first of them; outlives the sweep */
    nanoseconds warmup;
    struct timeseries series; /* of all steps, warm-up included */
    bool was_interrupted;     /* steps are missing: all that are here are whole */
    struct future stop;       /* pending until sweep_stop */
};

struct sweep_plan {
    const struct http_options *http; /* a client is made for each step */
    const char *const *urls;         /* fetched in turn, each step beginning with the first */
    size_t url_count;                /* at least 1 */
    const char *site;                /* what is measured, for people */
    const unsigned *steps;           /* concurrency of each */
    size_t step_count;               /* 0: an open loop */
    double open_rate;                /* requests due a second; open loop only */
    nanoseconds warmup;              /* of each step, not measured */
    nanoseconds duration;            /* of each step; above 0 */
};

/* Called when a step is over. */
typedef void (*sweep_told)(void *context, const struct sweep_step *step);

/* An empty sweep. Errors: ERR_NO_MEMORY. */
int sweep_create(struct sweep **out, struct loop *loop, const struct sweep_plan *plan);
void sweep_free(struct sweep *sweep);

/* Runs the steps. Must be called in a task, which nobody cancels: sweep_stop is for that. `plan` is the one of
 * sweep_create. Errors: ERR_NO_MEMORY, those of http_client_create. */
int sweep_run(struct sweep *sweep, const struct sweep_plan *plan, sweep_told told, void *context);

/* Ends the sweep: the step at hand is dropped, which is no error. */
void sweep_stop(struct sweep *sweep);

/* Reads "1,2,4,..256": numbers from 1 to MOST_TASKS in ascending order; ".." before one stands for doubling up to it.
 * At most `room` are written to `steps`. Returns how many, or ERR_SYNTAX. */
int sweep_parse(const char *text, unsigned *steps, size_t room);

/* The site as the document has it: text, whatever its bytes. NULL when memory is out. */
json_t *sweep_site_json(const struct sweep *sweep);

/* The document of `crawler measure -o json:`, which a later run takes for its baseline. NULL when memory is out. */
json_t *sweep_json(const struct sweep *sweep);

#endif
