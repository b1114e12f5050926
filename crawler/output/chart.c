#include "output/chart.h"

#include <math.h>

#include "output/html_text.h"

/* Lines are drawn in a box of this size, which is stretched over the chart. */
enum { BOX = 1000 };

enum { X_TICKS = 5, Y_TICKS = 4 };

/* A chart with its axes laid out. */
struct drawing {
    FILE *file;
    const struct chart *chart;
    struct axis x, y;
};

struct range {
    double least, most; /* least above most: nothing yet */
};

static void widen(struct range *range, double value)
{
    if (!isfinite(value))
        return;
    range->least = fmin(range->least, value);
    range->most = fmax(range->most, value);
}

static void widen_by(struct range *range, enum axis_scale scale, const double *values, size_t count)
{
    bool is_log = scale == AXIS_LOG2 || scale == AXIS_LOG10;
    for (size_t i = 0; values && i < count; i++)
        if (!is_log || values[i] > 0)
            widen(range, values[i]);
}

static void lay_out(struct drawing *drawing, FILE *file, const struct chart *chart)
{
    struct range x = {INFINITY, -INFINITY}, y = x;
    for (size_t i = 0; i < chart->count; i++) {
        const struct chart_series *series = &chart->series[i];
        widen_by(&x, chart->x_scale, series->x, series->count);
        widen_by(&y, chart->y_scale, series->y, series->count);
        widen_by(&y, chart->y_scale, series->low, series->count);
        widen_by(&y, chart->y_scale, series->high, series->count);
    }
    if (chart->x_least < chart->x_most) {
        widen(&x, chart->x_least);
        widen(&x, chart->x_most);
    }
    *drawing = (struct drawing){.file = file,
                                .chart = chart,
                                .x = {.scale = chart->x_scale, .unit = chart->x_unit},
                                .y = {.scale = chart->y_scale, .unit = chart->y_unit}};
    axis_fit(&drawing->x, x.least, x.most, false);
    axis_fit(&drawing->y, y.least, y.most, true);
}

/* Per cent from the left and from above; NAN where there is nothing to show. */
static double left_of(const struct drawing *drawing, double x)
{
    return 100 * axis_place(&drawing->x, isfinite(x) ? x : NAN);
}

static double top_of(const struct drawing *drawing, double y)
{
    return 100 * (1 - axis_place(&drawing->y, isfinite(y) ? y : NAN));
}

static void draw_grid(const struct drawing *drawing)
{
    struct ticks ticks;
    axis_ticks(&drawing->y, Y_TICKS, &ticks);
    for (size_t i = 0; i < ticks.count; i++) {
        double top = top_of(drawing, ticks.at[i]);
        fprintf(drawing->file,
                "<line class=\"grid\" x1=\"0\" x2=\"100%%\" y1=\"%.2f%%\" y2=\"%.2f%%\"/>"
                "<text class=\"tick y\" x=\"-8\" y=\"%.2f%%\" dy=\".32em\">",
                top, top, top);
        html_escape_text(drawing->file, figure_short(drawing->y.unit, ticks.at[i]).text);
        fputs("</text>\n", drawing->file);
    }
}

/* Every other tick is one that a narrow chart can do without, when there are many. */
static void draw_x_ticks(const struct drawing *drawing)
{
    struct ticks ticks;
    axis_ticks(&drawing->x, X_TICKS, &ticks);
    for (size_t i = 0; i < ticks.count; i++) {
        double left = left_of(drawing, ticks.at[i]);
        bool is_spare = ticks.count > X_TICKS && i % 2;
        fprintf(drawing->file,
                "<g%s><line class=\"grid\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"0\" y2=\"100%%\"/>"
                "<text class=\"tick x\" x=\"%.2f%%\" y=\"100%%\" dy=\"18\">",
                is_spare ? " class=\"spare\"" : "", left, left, left);
        html_escape_text(drawing->file, figure_short(drawing->x.unit, ticks.at[i]).text);
        fputs("</text></g>\n", drawing->file);
    }
    fputs("<line class=\"base\" x1=\"0\" x2=\"100%\" y1=\"100%\" y2=\"100%\"/>\n"
          "<text class=\"tick label\" x=\"100%\" y=\"100%\" dy=\"36\">",
          drawing->file);
    html_escape_text(drawing->file, drawing->chart->x_label);
    fputs("</text>\n", drawing->file);
}

static bool has_point(const struct drawing *drawing, const struct chart_series *series, size_t i)
{
    return i < series->count && !isnan(left_of(drawing, series->x[i])) && !isnan(top_of(drawing, series->y[i]));
}

/* The points from `first` up to `end` as "x,y", joined by L. */
static void draw_points(const struct drawing *drawing, const struct chart_series *series, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        fprintf(drawing->file, "%c%.1f,%.1f", i == first ? 'M' : 'L', left_of(drawing, series->x[i]) * BOX / 100,
                top_of(drawing, series->y[i]) * BOX / 100);
}

/* All stretches without gaps; those of an area are closed along the chart's bottom. */
static void draw_path(const struct drawing *drawing, const struct chart_series *series, const char *class,
                      bool is_closed)
{
    fprintf(drawing->file, "<path class=\"%s\" d=\"", class);
    for (size_t first = 0, end; first < series->count; first = end + 1) {
        for (end = first; has_point(drawing, series, end);)
            end++;
        draw_points(drawing, series, first, end);
        if (is_closed && end > first)
            fprintf(drawing->file, "V%dH%.1fZ", BOX, left_of(drawing, series->x[first]) * BOX / 100);
    }
    fputs("\"/>\n", drawing->file);
}

static void draw_lines(const struct drawing *drawing, const struct chart_series *series)
{
    fprintf(drawing->file,
            "<svg width=\"100%%\" height=\"100%%\" viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\">\n", BOX, BOX);
    if (series->style == CHART_AREA)
        draw_path(drawing, series, "area", true);
    draw_path(drawing, series, series->style == CHART_FITTED ? "line fitted" : "line", false);
    fputs("</svg>\n", drawing->file);
}

static void draw_whiskers(const struct drawing *drawing, const struct chart_series *series)
{
    for (size_t i = 0; series->low && series->high && i < series->count; i++) {
        double left = left_of(drawing, series->x[i]);
        double from = top_of(drawing, series->low[i]), to = top_of(drawing, series->high[i]);
        if (!isnan(left) && !isnan(from) && !isnan(to))
            fprintf(drawing->file,
                    "<line class=\"whisker\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%.2f%%\" y2=\"%.2f%%\"/>\n", left, left,
                    from, to);
    }
}

/* What stands alone between gaps makes no line, and is marked in any case. */
static bool is_marked(const struct drawing *drawing, const struct chart_series *series, size_t i)
{
    if (!has_point(drawing, series, i))
        return false;
    bool is_alone = (i == 0 || !has_point(drawing, series, i - 1)) && !has_point(drawing, series, i + 1);
    return is_alone || series->style == CHART_MARKERS;
}

static void draw_markers(const struct drawing *drawing, const struct chart_series *series)
{
    for (size_t i = 0; i < series->count; i++) {
        if (!is_marked(drawing, series, i))
            continue;
        fprintf(drawing->file, "<circle class=\"marker\" r=\"3.5\" cx=\"%.2f%%\" cy=\"%.2f%%\"><title>",
                left_of(drawing, series->x[i]), top_of(drawing, series->y[i]));
        html_escape_text(drawing->file, series->name);
        fputs(", ", drawing->file);
        html_escape_text(drawing->file, figure(drawing->x.unit, series->x[i]).text);
        fputs(": ", drawing->file);
        html_escape_text(drawing->file, figure(drawing->y.unit, series->y[i]).text);
        fputs("</title></circle>\n", drawing->file);
    }
}

/* An attribute with the text of each point that is drawn, for the script that shows them. */
static void write_points(const struct drawing *drawing, const struct chart_series *series, const char *attribute,
                         enum unit unit, const double *values)
{
    const char *between = "";
    fprintf(drawing->file, " %s=\"", attribute);
    for (size_t i = 0; i < series->count; i++) {
        if (!has_point(drawing, series, i))
            continue;
        fputs(between, drawing->file);
        html_escape_text(drawing->file, figure(unit, values[i]).text);
        between = "|";
    }
    fputs("\"", drawing->file);
}

static void draw_series(const struct drawing *drawing, const struct chart_series *series)
{
    fprintf(drawing->file, "<g class=\"series %s\" data-name=\"", series->colour);
    html_escape_text(drawing->file, series->name);
    fputs("\"", drawing->file);
    write_points(drawing, series, "data-x", drawing->x.unit, series->x);
    write_points(drawing, series, "data-y", drawing->y.unit, series->y);
    fputs(">\n", drawing->file);
    draw_whiskers(drawing, series);
    draw_lines(drawing, series);
    draw_markers(drawing, series);
    fputs("</g>\n", drawing->file);
}

/* The words stand above the chart, on that side of the line where there is more room. */
static void draw_mark(const struct drawing *drawing, const struct chart_mark *mark)
{
    double left = left_of(drawing, mark->x);
    fprintf(drawing->file,
            "<line class=\"mark\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"-12\" y2=\"100%%\"/>"
            "<text class=\"mark-words\" x=\"%.2f%%\" y=\"-4\" dx=\"%d\" text-anchor=\"%s\">",
            left, left, left, left > 50 ? -6 : 6, left > 50 ? "end" : "start");
    html_escape_text(drawing->file, mark->words);
    fputs("</text>\n", drawing->file);
}

static bool is_empty(const struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->chart->count; i++)
        for (size_t j = 0; j < drawing->chart->series[i].count; j++)
            if (has_point(drawing, &drawing->chart->series[i], j))
                return false;
    return true;
}

static void draw_words(const struct drawing *drawing)
{
    fputs("<title>", drawing->file);
    html_escape_text(drawing->file, drawing->chart->title);
    fputs("</title><desc>", drawing->file);
    html_escape_text(drawing->file, drawing->chart->description);
    fputs("</desc>\n", drawing->file);
}

void chart_write(FILE *file, const struct chart *chart, const char *attributes)
{
    struct drawing drawing;
    lay_out(&drawing, file, chart);
    fprintf(file, "<svg class=\"chart\" role=\"img\" overflow=\"visible\" %s>", attributes);
    draw_words(&drawing);
    draw_grid(&drawing);
    draw_x_ticks(&drawing);
    if (chart->mark && !isnan(left_of(&drawing, chart->mark->x)))
        draw_mark(&drawing, chart->mark);
    for (size_t i = 0; i < chart->count; i++)
        draw_series(&drawing, &chart->series[i]);
    if (is_empty(&drawing))
        fputs("<text class=\"nothing\" x=\"50%\" y=\"50%\">nothing was measured</text>", file);
    fputs("</svg>\n", file);
}

static void write_legend(FILE *file, const struct chart *chart)
{
    fputs("<ul class=\"legend\">", file);
    for (size_t i = 0; i < chart->count; i++) {
        fprintf(file, "<li class=\"%s%s\">", chart->series[i].colour,
                chart->series[i].style == CHART_FITTED ? " fitted" : "");
        html_escape_text(file, chart->series[i].name);
        fputs("</li>", file);
    }
    fputs("</ul>", file);
}

void chart_write_figure(FILE *file, const struct chart *chart)
{
    fputs("<figure><figcaption><h3>", file);
    html_escape_text(file, chart->title);
    fputs("</h3><p>", file);
    html_escape_text(file, chart->y_label);
    fputs("</p>", file);
    if (chart->count > 1)
        write_legend(file, chart);
    fputs("</figcaption>\n<div class=\"plot\">", file);
    chart_write(file, chart, "");
    fputs("</div></figure>\n", file);
}

static void write_bar(FILE *file, const struct chart_bar *bar, double most, double all)
{
    fputs("<tr><th scope=\"row\">", file);
    html_escape_text(file, bar->name);
    fprintf(
        file,
        "</th><td class=\"bar %s\"><svg aria-hidden=\"true\"><rect width=\"%.2f%%\" height=\"100%%\" rx=\"2\"/></svg>"
        "</td><td class=\"n\">%s</td><td class=\"n faint\">",
        bar->colour, most > 0 ? 100 * bar->value / most : 0, figure(UNIT_COUNT, bar->value).text);
    html_escape_text(file, bar->note[0] ? bar->note : figure(UNIT_PERCENT, all > 0 ? 100 * bar->value / all : 0).text);
    fputs("</td></tr>\n", file);
}

void chart_write_bars(FILE *file, const char *title, const struct chart_bar *bars, size_t count)
{
    double most = 0, all = 0;
    for (size_t i = 0; i < count; i++) {
        most = fmax(most, bars[i].value);
        all += bars[i].value;
    }
    fputs("<table class=\"bars\"><caption>", file);
    html_escape_text(file, title);
    fputs("</caption><tbody>\n", file);
    for (size_t i = 0; i < count; i++)
        write_bar(file, &bars[i], most, all);
    fputs("</tbody></table>\n", file);
}
