/* sweep_charts.h - the charts of a measurement. */
#ifndef OUTPUT_SWEEP_CHARTS_H
#define OUTPUT_SWEEP_CHARTS_H

#include <stdio.h>

#include "measure/sweep.h"
#include "output/chart.h"

/* Throughput and latency over concurrency, of a closed loop; the knee is marked in both. */
struct sweep_charts {
    struct chart rate;    /* with confidence intervals, and the curve of the law where it fits */
    struct chart latency; /* p50 and p99 */

    double *values; /* what they are made of */
    struct chart_series rates[2];
    struct chart_series latencies[2];
    struct chart_mark mark;
    char words[64];
};

/* Lays them out; they must not move then. `sweep` has at least one step and outlives them. Errors: ERR_NO_MEMORY. */
int sweep_charts_init(struct sweep_charts *charts, const struct sweep *sweep);
void sweep_charts_free(struct sweep_charts *charts);

#endif
