/* load.h - one step of a sweep: requests at a fixed concurrency or at a fixed rate, for a fixed time. */
#ifndef MEASURE_LOAD_H
#define MEASURE_LOAD_H

#include "async/future.h"
#include "http/fetch.h"
#include "measure/sweep.h"
#include "measure/timeseries.h"

struct load_plan {
    const char *const *urls; /* fetched in turn */
    size_t url_count;
    unsigned concurrency; /* closed loop: tasks; 0 for an open loop */
    double rate;          /* open loop: requests due a second */
    nanoseconds warmup;
    nanoseconds duration;
    nanoseconds grace; /* open loop: how long what was due may still take when the time is over */
};

/* Loads the server, fills `step`, whose histograms are there and empty, and adds to `series`. Ends early when `stop`
 * completes. Must be called in a task, which nobody cancels. Errors: ERR_CANCELLED (it was stopped, and the step is not
 * whole), ERR_NO_MEMORY. */
int load_run(struct loop *loop, struct http_client *client, const struct load_plan *plan, struct future *stop,
             struct sweep_step *step, struct timeseries *series);

#endif
