/* timeseries.h - what happened in each second.
 *
 * A row a second, or, when a crawl lasts longer than its rows, two, four...: rows are joined in pairs then, so that an
 * endless crawl takes no more memory. */
#ifndef MEASURE_TIMESERIES_H
#define MEASURE_TIMESERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include "base/clock.h"
#include "measure/histogram.h"

enum { TIMESERIES_ROWS = 4096 };

struct timeseries_row {
    uint64_t done;       /* exchanges that ended, well or not */
    uint64_t failed;     /* of them: without an answer, or with a status of 400 and above */
    uint64_t bytes;      /* decoded bodies */
    uint64_t wire_bytes; /* bodies as sent */
    uint32_t p50;        /* microseconds from request to end; of joined rows, the largest of theirs */
    uint32_t p99;
    uint32_t most;
};

/* One exchange. */
struct sample {
    bool failed;
    uint64_t bytes;
    uint64_t wire_bytes;
    uint64_t microseconds;
};

struct timeseries {
    nanoseconds start;
    nanoseconds interval; /* of a row */
    nanoseconds second;   /* the present second's start */
    struct timeseries_row *rows;
    size_t count;               /* rows, the one being filled included */
    struct timeseries_row open; /* the present second's figures */
    struct histogram latency;   /* of the present second */
};

/* An empty series that begins at `start`. Errors: ERR_NO_MEMORY. */
int timeseries_init(struct timeseries *series, nanoseconds start);
void timeseries_free(struct timeseries *series);

/* Adds what ended at `now`; what ended before the present second counts in that. */
void timeseries_add(struct timeseries *series, nanoseconds now, const struct sample *sample);

/* Fills up to `now`: seconds in which nothing ended are rows too. To be called before rows are read. */
void timeseries_close(struct timeseries *series, nanoseconds now);

/* [{"second", "seconds", "done", "failed", "bytes", "wire_bytes", "p50_us", "p99_us", "max_us"}, ...]: when a row
 * begins, and how long it is. NULL when memory is out. */
json_t *timeseries_json(const struct timeseries *series);

/* The same as CSV (RFC 4180) with a line of names. Whether that went well shows in ferror. */
void timeseries_write_csv(const struct timeseries *series, FILE *file);

#endif
