#include "output/time_charts.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "output/chart.h"

enum {
    LEAST_ROWS = 3,
    MOST_POINTS = 240 /* more are not to be told apart: neighbours are joined */
};

/* What is drawn of each stretch of time. */
struct points {
    size_t count;
    double at[MOST_POINTS]; /* the middle, in seconds */
    double done[MOST_POINTS], failed[MOST_POINTS];
    double bytes[MOST_POINTS], wire_bytes[MOST_POINTS];
    double p50[MOST_POINTS], p99[MOST_POINTS];
    bool has_failed;
};

bool time_charts_are_possible(const struct timeseries *series)
{
    return series->count >= LEAST_ROWS;
}

/* Adds the rows from `first` up to `end` as one point; `seconds` is how long they took. */
static void add_point(struct points *points, const struct timeseries *series, size_t first, size_t end, double seconds)
{
    struct timeseries_row all = {0};
    double weighted = 0;
    for (size_t i = first; i < end; i++) {
        const struct timeseries_row *row = &series->rows[i];
        all.done += row->done;
        all.failed += row->failed;
        all.bytes += row->bytes;
        all.wire_bytes += row->wire_bytes;
        all.p99 = row->p99 > all.p99 ? row->p99 : all.p99;
        weighted += (double)row->p50 * (double)row->done;
    }
    size_t i = points->count++;
    points->at[i] = (double)series->interval / SECONDS(1) * (double)first + seconds / 2;
    points->done[i] = (double)all.done / seconds;
    points->failed[i] = (double)all.failed / seconds;
    points->bytes[i] = (double)all.bytes / seconds;
    points->wire_bytes[i] = (double)all.wire_bytes / seconds;
    points->p50[i] = all.done ? weighted / (double)all.done : NAN;
    points->p99[i] = all.done ? (double)all.p99 : (double)NAN;
    points->has_failed |= all.failed > 0;
}

/* A last stretch that is short says little of a rate, and is left out. */
static void gather(struct points *points, const struct timeseries *series, nanoseconds elapsed)
{
    size_t width = (series->count + MOST_POINTS - 1) / MOST_POINTS;
    for (size_t first = 0; first < series->count; first += width) {
        size_t end = first + width < series->count ? first + width : series->count;
        nanoseconds from = (nanoseconds)first * series->interval, to = (nanoseconds)end * series->interval;
        nanoseconds duration = (to < elapsed ? to : elapsed) - from;
        if (duration * 2 >= series->interval * (nanoseconds)width)
            add_point(points, series, first, end, (double)duration / SECONDS(1));
    }
}

static struct chart_series line(const struct points *points, const char *name, const char *colour,
                                enum chart_style style, const double *y)
{
    return (struct chart_series){
        .name = name, .colour = colour, .style = style, .x = points->at, .y = y, .count = points->count};
}

static void write_chart(FILE *file, struct chart *chart, nanoseconds elapsed)
{
    chart->x_unit = UNIT_SECONDS;
    chart->x_label = "since the start";
    chart->x_most = (double)elapsed / SECONDS(1);
    chart_write_figure(file, chart);
}

static void write_charts(FILE *file, const struct points *points, nanoseconds elapsed, const char *what)
{
    const struct chart_series rates[] = {line(points, what, "c1", CHART_AREA, points->done),
                                         line(points, "failed", "c4", CHART_LINE, points->failed)};
    const struct chart_series latencies[] = {line(points, "p99", "c2", CHART_LINE, points->p99),
                                             line(points, "p50", "c1", CHART_LINE, points->p50)};
    const struct chart_series bytes[] = {line(points, "decoded", "c5", CHART_LINE, points->bytes),
                                         line(points, "on the wire", "c3", CHART_LINE, points->wire_bytes)};
    struct chart rate = {.title = "Throughput", .y_label = what, .series = rates, .count = points->has_failed ? 2 : 1};
    struct chart latency = {.title = "Latency",
                            .y_label = "from request to the answer's end",
                            .y_unit = UNIT_MICROSECONDS,
                            .y_scale = AXIS_LOG10,
                            .series = latencies,
                            .count = 2};
    struct chart bandwidth = {
        .title = "Bandwidth", .y_label = "bodies", .y_unit = UNIT_BYTES_SECOND, .series = bytes, .count = 2};
    rate.description = "How many exchanges ended in each second.";
    latency.description = "Median and 99th percentile of the latency in each second, on a logarithmic scale.";
    bandwidth.description = "Bytes of bodies in each second, as sent and decoded.";
    fputs("<div class=\"wide\">", file);
    write_chart(file, &rate, elapsed);
    fputs("</div>\n<div class=\"pair\">", file);
    write_chart(file, &latency, elapsed);
    write_chart(file, &bandwidth, elapsed);
    fputs("</div>\n", file);
}

int time_charts_write(FILE *file, const struct timeseries *series, nanoseconds elapsed, const char *what)
{
    struct points *points = calloc(1, sizeof *points);
    if (!points)
        return ERR_NO_MEMORY;
    gather(points, series, elapsed);
    write_charts(file, points, elapsed, what);
    free(points);
    return 0;
}
