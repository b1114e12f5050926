/* chart.h - charts as SVG: lines over an axis, and bars in a table.
 *
 * A chart is as wide as the place where it stands, and its text keeps its size. It has no script and no style of its
 * own: chart.css tells how its classes look, in light and in dark. Values that are not finite leave gaps. */
#ifndef OUTPUT_CHART_H
#define OUTPUT_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "output/axis.h"

enum chart_style {
    CHART_LINE,
    CHART_AREA,    /* a line, and what lies below it tinted */
    CHART_MARKERS, /* a line, and each point marked and named by its values */
    CHART_FITTED   /* a thin broken line */
};

/* Points in ascending order of x. Everything is the caller's and lives as long as the chart. */
struct chart_series {
    const char *name;
    const char *colour; /* class of chart.css: "c1" to "c6", or "r0" to "r7" for what has an order */
    enum chart_style style;
    const double *x;
    const double *y;
    const double *low; /* of a bar from low to high at each point; NULL for none */
    const double *high;
    size_t count;
};

/* A vertical line with words. */
struct chart_mark {
    double x;
    const char *words;
};

struct chart {
    const char *title;
    const char *description; /* for those who don't see it; "" for none */
    enum axis_scale x_scale, y_scale;
    enum unit x_unit, y_unit;
    const char *x_label, *y_label; /* what is measured */
    double x_least, x_most;        /* shown even if no point is there; equal when only points count */
    const struct chart_series *series;
    size_t count;
    const struct chart_mark *mark; /* NULL for none */
};

/* Writes the <svg> element. `attributes` go into it as they are: "" on a page, the place within another SVG. Whether
 * that went well shows in ferror, here and below. */
void chart_write(FILE *file, const struct chart *chart, const char *attributes);

/* Writes a <figure> with title, legend (of more than one series) and chart. */
void chart_write_figure(FILE *file, const struct chart *chart);

/* One row of bars. */
struct chart_bar {
    const char *name;
    const char *colour; /* as above */
    const char *note;   /* behind the figure, faint; "" for none */
    double value;
};

/* Writes a table with a bar a row, as long as its share of the largest; `title` is its caption. */
void chart_write_bars(FILE *file, const char *title, const struct chart_bar *bars, size_t count);

#endif
