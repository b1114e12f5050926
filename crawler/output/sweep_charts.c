#include "output/sweep_charts.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"

static const size_t FIT_POINTS = 97;

/* The columns of a table with a row a step, and those of the fitted curve. */
enum column { AT_ONCE, RATE, RATE_LOW, RATE_HIGH, P50, P99, COLUMNS };

static double *column(const struct sweep_charts *charts, const struct sweep *sweep, enum column column)
{
    return charts->values + (size_t)column * sweep->count;
}

static void fill_steps(struct sweep_charts *charts, const struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->count; i++) {
        const struct sweep_step *step = &sweep->steps[i];
        const struct histogram *latency = &step->latency;
        column(charts, sweep, AT_ONCE)[i] = step->concurrency;
        column(charts, sweep, RATE)[i] = step->rate;
        column(charts, sweep, RATE_LOW)[i] = fmax(0, step->rate - step->slice_rate.half_width);
        column(charts, sweep, RATE_HIGH)[i] = step->rate + step->slice_rate.half_width;
        column(charts, sweep, P50)[i] = latency->total ? (double)histogram_percentile(latency, 50) : NAN;
        column(charts, sweep, P99)[i] = latency->total ? (double)histogram_percentile(latency, 99) : NAN;
    }
}

/* At even steps of the logarithmic axis. */
static void fill_fit(double *at_once, double *rate, const struct sweep *sweep)
{
    double first = sweep->steps[0].concurrency, last = sweep->steps[sweep->count - 1].concurrency;
    for (size_t i = 0; i < FIT_POINTS; i++) {
        at_once[i] = first * pow(last / first, (double)i / (double)(FIT_POINTS - 1));
        rate[i] = usl_rate(&sweep->fit, at_once[i]);
    }
}

static struct chart_series steps_series(const struct sweep_charts *charts, const struct sweep *sweep, const char *name,
                                        const char *colour, enum column y)
{
    return (struct chart_series){.name = name,
                                 .colour = colour,
                                 .style = CHART_MARKERS,
                                 .x = column(charts, sweep, AT_ONCE),
                                 .y = column(charts, sweep, y),
                                 .count = sweep->count};
}

static void lay_out_rates(struct sweep_charts *charts, const struct sweep *sweep)
{
    double *at_once = column(charts, sweep, COLUMNS), *rate = at_once + FIT_POINTS;
    struct chart_series *measured = &charts->rates[0];
    if (sweep->fit.is_valid) {
        fill_fit(at_once, rate, sweep);
        charts->rates[1] = (struct chart_series){.name = "scalability law",
                                                 .colour = "c2",
                                                 .style = CHART_FITTED,
                                                 .x = at_once,
                                                 .y = rate,
                                                 .count = FIT_POINTS};
    }
    *measured = steps_series(charts, sweep, "measured", "c1", RATE);
    measured->low = column(charts, sweep, RATE_LOW);
    measured->high = column(charts, sweep, RATE_HIGH);
}

/* What both charts have in common. */
static struct chart over_concurrency(const struct sweep_charts *charts)
{
    return (struct chart){
        .x_scale = AXIS_LOG2, .x_unit = UNIT_COUNT, .x_label = "requests at once", .mark = &charts->mark};
}

int sweep_charts_init(struct sweep_charts *charts, const struct sweep *sweep)
{
    *charts = (struct sweep_charts){.values = calloc(COLUMNS * sweep->count + 2 * FIT_POINTS, sizeof(double))};
    if (!charts->values)
        return ERR_NO_MEMORY;
    unsigned knee = sweep->steps[sweep->knee].concurrency;
    snprintf(charts->words, sizeof charts->words, "knee: %u at once", knee);
    charts->mark = (struct chart_mark){knee, charts->words};
    fill_steps(charts, sweep);
    lay_out_rates(charts, sweep);
    charts->latencies[0] = steps_series(charts, sweep, "p99", "c2", P99);
    charts->latencies[1] = steps_series(charts, sweep, "p50", "c1", P50);
    charts->rate = charts->latency = over_concurrency(charts);
    charts->rate.title = "Throughput";
    charts->rate.description = "Requests a second by how many were on their way at once, with 95 % confidence "
                               "intervals, and the curve of the Universal Scalability Law that fits best.";
    charts->rate.y_label = "requests a second";
    charts->rate.series = charts->rates;
    charts->rate.count = sweep->fit.is_valid ? 2 : 1;
    charts->latency.title = "Latency";
    charts->latency.description = "Median and 99th percentile of the latency by how many requests were on their way at "
                                  "once, on a logarithmic scale.";
    charts->latency.y_label = "from request to the answer's end";
    charts->latency.y_unit = UNIT_MICROSECONDS;
    charts->latency.y_scale = AXIS_LOG10;
    charts->latency.series = charts->latencies;
    charts->latency.count = 2;
    return 0;
}

void sweep_charts_free(struct sweep_charts *charts)
{
    free(charts->values);
    charts->values = NULL;
}
