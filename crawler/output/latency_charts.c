#include "output/latency_charts.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "output/html_text.h"

enum { CURVE_POINTS = 96, SHARES = 48 };

struct latency_curve {
    double percent[CURVE_POINTS];
    double value[CURVE_POINTS];
    size_t count;
};

/* Steps are even on the axis; the last is the greatest value, which stands where one of all values is left. */
static void trace(struct latency_curve *curve, const struct histogram *histogram)
{
    double end = fmin(log10((double)histogram->total), 7);
    curve->count = histogram->total ? CURVE_POINTS : 0;
    for (size_t i = 0; i < curve->count; i++) {
        double left = pow(10, -end * (double)i / (CURVE_POINTS - 1));
        curve->percent[i] = 100 * (1 - left);
        curve->value[i] = (double)histogram_percentile(histogram, i + 1 < CURVE_POINTS ? curve->percent[i] : 100);
    }
}

int latency_curves_init(struct latency_curves *curves, const struct latency *latencies, size_t count)
{
    *curves = (struct latency_curves){
        .chart = {
            .title = "Percentiles",
            .description = "The latency that a share of all exchanges stayed within, on a logarithmic scale.",
            .x_scale = AXIS_PERCENTILE,
            .x_unit = UNIT_PERCENT,
            .x_label = "of all took no longer",
            .y_scale = AXIS_LOG10,
            .y_unit = UNIT_MICROSECONDS,
            .y_label = "latency by percentile",
            .series = curves->series,
            .count = count,
        }};
    curves->curves = calloc(LATENCY_CURVES, sizeof *curves->curves);
    if (!curves->curves)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        struct latency_curve *curve = &curves->curves[i];
        trace(curve, latencies[i].histogram);
        curves->series[i] = (struct chart_series){.name = latencies[i].name,
                                                  .colour = latencies[i].colour,
                                                  .x = curve->percent,
                                                  .y = curve->value,
                                                  .count = curve->count};
    }
    return 0;
}

void latency_curves_free(struct latency_curves *curves)
{
    free(curves->curves);
    curves->curves = NULL;
}

int latency_curves_write(FILE *file, const struct latency *latencies, size_t count)
{
    struct latency_curves curves;
    int err = latency_curves_init(&curves, latencies, count);
    if (err)
        return err;
    chart_write_figure(file, &curves.chart);
    latency_curves_free(&curves);
    return 0;
}

/* Ranges from the least value to the greatest. */
struct shares {
    double least;
    double ratio; /* of a range's end to its start */
    double of[SHARES];
};

static void share(struct shares *shares, const struct histogram *histogram)
{
    *shares = (struct shares){.least = fmax(1, (double)histogram->least)};
    double most = fmax((double)histogram->most, shares->least * 1.1);
    shares->ratio = pow(most / shares->least, 1.0 / SHARES);
    for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        if (!histogram->counts[bucket])
            continue;
        uint64_t from, to;
        histogram_bucket_range(bucket, &from, &to);
        double middle = fmax((double)(from + to) / 2, shares->least);
        int i = (int)(log(middle / shares->least) / log(shares->ratio));
        shares->of[i < SHARES ? i : SHARES - 1] += 100 * (double)histogram->counts[bucket] / (double)histogram->total;
    }
}

void latency_shares_write(FILE *file, const struct histogram *histogram)
{
    struct shares shares;
    double x[2 * SHARES], y[2 * SHARES];
    share(&shares, histogram);
    for (size_t i = 0; i < SHARES; i++) {
        x[2 * i] = shares.least * pow(shares.ratio, (double)i);
        x[2 * i + 1] = shares.least * pow(shares.ratio, (double)i + 1);
        y[2 * i] = y[2 * i + 1] = shares.of[i];
    }
    const struct chart_series series = {.name = "share",
                                        .colour = "c1",
                                        .style = CHART_AREA,
                                        .x = x,
                                        .y = y,
                                        .count = histogram->total ? 2 * SHARES : 0};
    chart_write_figure(file, &(struct chart){.title = "Distribution",
                                             .description = "The share of all exchanges by how long they took.",
                                             .x_scale = AXIS_LOG10,
                                             .x_unit = UNIT_MICROSECONDS,
                                             .x_label = "from request to the answer's end",
                                             .y_unit = UNIT_PERCENT,
                                             .y_label = "share of exchanges",
                                             .series = &series,
                                             .count = 1});
}

static void write_row(FILE *file, const struct latency *latency)
{
    const struct histogram *histogram = latency->histogram;
    fputs("<tr><th scope=\"row\">", file);
    html_escape_text(file, latency->name);
    fprintf(file, "</th><td class=\"n\">%s</td>", figure_count(histogram->total).text);
    for (unsigned i = 0; i < HISTOGRAM_PERCENTILE_COUNT; i++) {
        double value = (double)histogram_percentile(histogram, HISTOGRAM_PERCENTILES[i]);
        fprintf(file, "<td class=\"n\">%s</td>", figure(UNIT_MICROSECONDS, value).text);
    }
    fprintf(file, "<td class=\"n\">%s</td></tr>\n", figure(UNIT_MICROSECONDS, histogram_mean(histogram)).text);
}

void latency_table_write(FILE *file, const char *what, const struct latency *latencies, size_t count)
{
    fputs("<div class=\"scroll\"><table class=\"figures\"><thead><tr><th scope=\"col\">", file);
    html_escape_text(file, what);
    fputs("</th><th scope=\"col\" class=\"n\">count</th>", file);
    for (unsigned i = 0; i < HISTOGRAM_PERCENTILE_COUNT; i++)
        fprintf(file, "<th scope=\"col\" class=\"n\">%s</th>", histogram_percentile_name(i));
    fputs("<th scope=\"col\" class=\"n\">mean</th></tr></thead><tbody>\n", file);
    for (size_t i = 0; i < count; i++)
        if (latencies[i].histogram->total)
            write_row(file, &latencies[i]);
    fputs("</tbody></table></div>\n", file);
}
