/* crawl_totals.h - a crawl in numbers. */
#ifndef RECORD_CRAWL_TOTALS_H
#define RECORD_CRAWL_TOTALS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

/* discovered = fetched + failed + filtered + pending, at every moment at which no task is between two of them. */
struct crawl_totals {
    uint64_t discovered; /* distinct canonical URLs, by 64-bit fingerprint */
    uint64_t fetched;    /* answered, whatever the status */
    uint64_t failed;     /* no whole answer after all tries */
    uint64_t filtered;   /* not fetched, for a reason */
    uint64_t queued;     /* wait in the frontier */
    uint64_t in_flight;  /* at a task */
    uint64_t bytes;      /* decoded body bytes */
    uint64_t wire_bytes;
    uint32_t max_tasks;
    nanoseconds elapsed; /* since the crawl began, up to its end */
    uint64_t connections_opened;
    uint64_t connections_reused; /* exchanges on a connection that had served before */
    bool is_stopping;            /* only what is in flight is still finished */
};

#endif
