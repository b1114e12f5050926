#include "output/svg.h"

#include <errno.h>

#include "base/error.h"
#include "output/assets.h"
#include "output/html_text.h"
#include "output/latency_charts.h"
#include "output/roots_text.h"
#include "output/sweep_charts.h"
#include "web/url.h"

enum { MORE = 64 /* bytes behind a URL */ };

/* All in pixels. */
enum {
    WIDTH = 880,
    MARGIN = 32,
    LEFT = 96, /* of the charts' boxes: figures stand before them */
    HEAD = 88,
    PANEL = 340, /* a chart with its title and the names below it */
    PANEL_HEAD = 56,
    BOX = 220,
    CHARACTER = 7 /* in a legend, about */
};

static void write_text(FILE *file, const char *class, int x, int y, const char *text)
{
    fprintf(file, "<text class=\"%s\" x=\"%d\" y=\"%d\">", class, x, y);
    html_escape_text(file, text);
    fputs("</text>\n", file);
}

/* From the right edge, the last series first. */
static void write_legend(FILE *file, const struct chart *chart, int y)
{
    int x = WIDTH - MARGIN;
    for (size_t i = chart->count; chart->count > 1 && i-- > 0;) {
        const struct chart_series *series = &chart->series[i];
        x -= (int)strlen(series->name) * CHARACTER;
        write_text(file, "legend-name", x, y, series->name);
        fprintf(file, "<g class=\"series %s\"><line class=\"line%s\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/></g>\n",
                series->colour, series->style == CHART_FITTED ? " fitted" : "", x - 26, x - 8, y - 4, y - 4);
        x -= 48;
    }
}

static void write_panel(FILE *file, const struct chart *chart, int top)
{
    char place[96];
    snprintf(place, sizeof place, "x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"", LEFT, top + PANEL_HEAD,
             WIDTH - LEFT - MARGIN, BOX);
    write_text(file, "panel-title", MARGIN, top + 12, chart->title);
    write_text(file, "panel-label", MARGIN, top + 32, chart->y_label);
    write_legend(file, chart, top + 12);
    chart_write(file, chart, place);
}

static void begin(FILE *file, const struct sweep *sweep, const char *what, size_t panels)
{
    int height = HEAD + (int)panels * PANEL;
    fprintf(
        file,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n",
        WIDTH, height, WIDTH, height);
    fputs("<title>Throughput of ", file);
    html_escape_text(file, what);
    fputs("</title>\n<style>", file);
    fwrite(ASSET_CHART_CSS.data, 1, ASSET_CHART_CSS.length, file); /* in which nothing is markup to XML */
    fputs("</style>\n<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n", file);
    write_text(file, "heading", MARGIN, 44, sweep->is_open ? "Latency at a fixed rate" : "Throughput by concurrency");
    write_text(file, "panel-label", MARGIN, 68, what);
}

static int write_closed(FILE *file, const struct sweep *sweep, const char *what)
{
    struct sweep_charts charts;
    int err = sweep_charts_init(&charts, sweep);
    if (err)
        return err;
    begin(file, sweep, what, 2);
    write_panel(file, &charts.rate, HEAD + 16);
    write_panel(file, &charts.latency, HEAD + 16 + PANEL);
    sweep_charts_free(&charts);
    return 0;
}

static int write_open(FILE *file, const struct sweep *sweep, const char *what)
{
    const struct latency latencies[] = {{&sweep->steps[0].latency, "whole answer", "c1"},
                                        {&sweep->steps[0].first_byte, "first byte", "c2"}};
    struct latency_curves curves;
    int err = latency_curves_init(&curves, latencies, 2);
    if (err)
        return err;
    begin(file, sweep, what, 1);
    write_panel(file, &curves.chart, HEAD + 16);
    latency_curves_free(&curves);
    return 0;
}

static int write_panels(FILE *file, const struct sweep *sweep, const char *what)
{
    if (sweep->count)
        return sweep->is_open ? write_open(file, sweep, what) : write_closed(file, sweep, what);
    begin(file, sweep, what, 0);
    return 0;
}

int svg_write_sweep(FILE *file, const struct measurement *measurement)
{
    struct buf what;
    buf_init(&what, URL_MAX_LENGTH + MORE);
    int err = roots_text(&what, measurement->options);
    if (!err)
        err = write_panels(file, measurement->sweep, buf_text(&what));
    buf_free(&what);
    if (err)
        return err;
    fputs("</svg>\n", file);
    return fflush(file) || ferror(file) ? error_from_errno(errno) : 0;
}

const struct output_format OUTPUT_SVG = {
    .name = "svg",
    .suffix = ".svg",
    .help = "picture of the curves",
    .write_measurement = svg_write_sweep,
};
