/* latency_charts.h - how latencies are distributed, as charts and a table. */
#ifndef OUTPUT_LATENCY_CHARTS_H
#define OUTPUT_LATENCY_CHARTS_H

#include <stdio.h>

#include "measure/histogram.h"
#include "output/chart.h"

/* One distribution under a name. */
struct latency {
    const struct histogram *histogram;
    const char *name;
    const char *colour; /* see chart.h */
};

/* Curves of percentiles, up to the one beyond which only one value is left. */
enum { LATENCY_CURVES = 8 };
struct latency_curves {
    struct chart chart;

    struct latency_curve *curves; /* what it is made of */
    struct chart_series series[LATENCY_CURVES];
};

/* Lays out a chart of at most LATENCY_CURVES distributions, whose names outlive it; it must not move then. Errors:
 * ERR_NO_MEMORY. */
int latency_curves_init(struct latency_curves *curves, const struct latency *latencies, size_t count);
void latency_curves_free(struct latency_curves *curves);

/* Writes it as a figure. Errors: ERR_NO_MEMORY. */
int latency_curves_write(FILE *file, const struct latency *latencies, size_t count);

/* Writes a figure with the share of values in each of some ranges, which are of equal width on a logarithmic scale. */
void latency_shares_write(FILE *file, const struct histogram *histogram);

/* Writes a table with a row for each that holds values: count, percentiles and mean. `what` is the heading of the
 * names. */
void latency_table_write(FILE *file, const char *what, const struct latency *latencies, size_t count);

#endif
