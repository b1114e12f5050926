/* time_charts.h - charts of what happened in each second. */
#ifndef OUTPUT_TIME_CHARTS_H
#define OUTPUT_TIME_CHARTS_H

#include <stdbool.h>
#include <stdio.h>

#include "measure/timeseries.h"

/* Whether there are enough rows for a chart. */
bool time_charts_are_possible(const struct timeseries *series);

/* Writes figures of exchanges, latency and bytes over time. `elapsed` is what the closed series covers, so that its
 * last row may be shorter than the others; `what` is what was fetched: "URLs". Errors: ERR_NO_MEMORY. */
int time_charts_write(FILE *file, const struct timeseries *series, nanoseconds elapsed, const char *what);

#endif
