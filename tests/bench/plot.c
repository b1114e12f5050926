#include "plot.h"

#include <math.h>
#include <stdio.h>

/* All in pixels. */
enum {
    WIDTH = 920,
    MARGIN = 24,
    COLUMN = (WIDTH - 3 * MARGIN) / 2,
    TITLE_HEIGHT = 60,
    BARS_HEIGHT = 150, /* of one site */
    BAR = 18,
    BAR_STEP = 24,
    NAME_WIDTH = 96,
    NUMBER_WIDTH = 70,
    CURVE_HEIGHT = 330, /* of one panel, titles included */
    CURVE_TOP = 58,     /* above the axes' box */
    CURVE_BOTTOM = 40,  /* below it */
    AXIS_WIDTH = 40,
    LINES = 4 /* of the grid */
};

static const char style[] =
    "<style>\n"
    "svg { color-scheme: light dark; font: 13px system-ui, sans-serif; --page: #ffffff; --ink: #1f2328; --faint: "
    "#59636e;"
    " --grid: #d8dee4; --ours: #0969da; --theirs: #a5aeb8; }\n"
    "@media (prefers-color-scheme: dark) { svg { --page: #0d1117; --ink: #e6edf3; --faint: #9198a1;"
    " --grid: #30363d; --ours: #4493f8; --theirs: #6e7781; } }\n"
    ".page { fill: var(--page) } text { fill: var(--ink) } .faint { fill: var(--faint); font-size: 12px }\n"
    ".title { font-size: 18px; font-weight: 600 } .head { font-weight: 600 } .end { text-anchor: end }"
    " .middle { text-anchor: middle }\n"
    ".bar { fill: var(--theirs) } .ours.bar, .ours.dot { fill: var(--ours) } .dot { fill: var(--theirs) }\n"
    ".grid { stroke: var(--grid) } .line { stroke: var(--theirs); stroke-width: 2; fill: none }"
    " .ours.line { stroke: var(--ours) } text.ours { fill: var(--ours); font-weight: 600 }\n"
    "</style>\n";

static void bar(FILE *out, double x, double y, const char *name, bool is_ours, double value, double most)
{
    double full = COLUMN - NAME_WIDTH - NUMBER_WIDTH, width = most > 0 ? full * value / most : 0;
    const char *mark = is_ours ? "ours" : "";
    fprintf(out, "<text class='%s end' x='%.0f' y='%.0f'>%s</text>\n", mark, x + NAME_WIDTH - 8, y + BAR - 4, name);
    fprintf(out, "<rect class='%s bar' x='%.0f' y='%.0f' width='%.1f' height='%d' rx='2'/>\n", mark, x + NAME_WIDTH, y,
            width, BAR);
    fprintf(out, "<text class='%s' x='%.1f' y='%.0f'>%.1f</text>\n", mark, x + NAME_WIDTH + width + 6, y + BAR - 4,
            value);
}

static void site_bars(FILE *out, const struct figures *figures, const char *site, double x, double y)
{
    static const char *const clients[][2] = {
        {"wrk", "wrk"}, {"bare", "bare libcurl"}, {"ours", "crawler"}, {"wget2", "wget2"}};
    enum { CLIENTS = sizeof clients / sizeof *clients, OURS = 2 };
    double most = 0, urls = figures_fact_number(figures, site, "urls");
    for (size_t i = 0; i < CLIENTS; i++)
        most = fmax(most, figures_median(figures, site, clients[i][0], run_cpu_per_page));
    fprintf(out, "<text class='head' x='%.0f' y='%.0f'>%s</text>\n", x, y + 14, site);
    fprintf(out, "<text class='faint end' x='%.0f' y='%.0f'>%.0f URLs of %.1f KB; wget2 / crawler %.2f</text>\n",
            x + COLUMN, y + 14, urls, figures_fact_number(figures, site, "bytes") / urls / 1000,
            figures_ratio(figures, site, "wget2", "ours"));
    for (size_t i = 0; i < CLIENTS; i++)
        bar(out, x, y + 26 + (double)i * BAR_STEP, clients[i][1], i == OURS,
            figures_median(figures, site, clients[i][0], run_cpu_per_page), most);
}

static double sites_panel(FILE *out, const struct figures *figures, double y)
{
    fprintf(out,
            "<text class='faint' x='%d' y='%.0f'>User and system time for each URL fetched, in µs; medians of runs "
            "taken in turns</text>\n",
            MARGIN, y);
    y += MARGIN;
    for (size_t i = 0; part_subjects[SITES][i]; i++)
        site_bars(out, figures, part_subjects[SITES][i], i % 2 ? 2 * MARGIN + COLUMN : MARGIN,
                  y + (i < 2 ? 0 : BARS_HEIGHT));
    return y + 2 * BARS_HEIGHT;
}

/* A panel with one logarithmic axis of subjects, at equal steps, and one of microseconds. */
struct panel {
    FILE *out;
    double x, y; /* of its upper left corner */
    double most; /* at the upper edge of the box */
    size_t steps;
};

static double box_x(const struct panel *panel, size_t step)
{
    double left = panel->x + AXIS_WIDTH, width = COLUMN - AXIS_WIDTH - MARGIN;
    return left + width * ((double)step + 0.25) / ((double)panel->steps - 0.5);
}

static double box_y(const struct panel *panel, double value)
{
    double height = CURVE_HEIGHT - CURVE_TOP - CURVE_BOTTOM;
    return panel->y + CURVE_TOP + height * (1 - value / panel->most);
}

/* The least round number that is not below `value` and has round quarters. */
static double round_up(double value)
{
    static const double steps[] = {1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10};
    double step = value / LINES, power = pow(10, floor(log10(step)));
    size_t i = 0;
    while (i + 1 < sizeof steps / sizeof *steps && steps[i] * power < step)
        i++;
    return steps[i] * power * LINES;
}

static void axes(const struct panel *panel, enum part part, const char *title, const char *below)
{
    FILE *out = panel->out;
    fprintf(out, "<text class='head' x='%.0f' y='%.0f'>%s</text>\n", panel->x, panel->y + 14, title);
    for (int i = 0; i <= LINES; i++) {
        double value = panel->most * i / LINES, y = box_y(panel, value);
        fprintf(out, "<line class='grid' x1='%.0f' x2='%.0f' y1='%.1f' y2='%.1f'/>\n", panel->x + AXIS_WIDTH,
                panel->x + COLUMN, y, y);
        fprintf(out, "<text class='faint end' x='%.0f' y='%.1f'>%g</text>\n", panel->x + AXIS_WIDTH - 6, y + 4, value);
    }
    for (size_t i = 0; i < panel->steps; i++)
        fprintf(out, "<text class='faint middle' x='%.1f' y='%.1f'>%s</text>\n", box_x(panel, i), box_y(panel, 0) + 18,
                part_subjects[part][i]);
    fprintf(out, "<text class='faint middle' x='%.1f' y='%.1f'>%s</text>\n", panel->x + AXIS_WIDTH / 2.0 + COLUMN / 2.0,
            box_y(panel, 0) + 36, below);
}

/* What to draw of a subject; NAN: nothing. */
typedef double curve(const struct figures *figures, const char *subject);

static double ours_in_flight(const struct figures *figures, const char *subject)
{
    return figures_cost_without_start(figures, subject, "ours", subject);
}

static double bare_in_flight(const struct figures *figures, const char *subject)
{
    return figures_cost_without_start(figures, subject, "bare", subject);
}

static double ours_by_size(const struct figures *figures, const char *subject)
{
    return figures_cost_without_start(figures, subject, "ours", "start");
}

static double highest(const struct figures *figures, enum part part, curve *of)
{
    double most = 0;
    for (size_t i = 0; part_subjects[part][i]; i++)
        most = fmax(most, of(figures, part_subjects[part][i]));
    return most;
}

/* A point above the box is drawn on its edge, with an arrow. The number stands above its point, but below it where the
 * other curve is higher. */
static void draw_point(const struct panel *panel, size_t step, double value, bool is_ours, bool above)
{
    FILE *out = panel->out;
    double x = box_x(panel, step), y = box_y(panel, fmin(value, panel->most));
    fprintf(out, "<circle class='%s dot' cx='%.1f' cy='%.1f' r='4'/>\n", is_ours ? "ours" : "", x, y);
    fprintf(out, "<text class='%s middle' x='%.1f' y='%.1f'>%.1f%s</text>\n", is_ours ? "ours" : "faint", x,
            above ? y - 10 : y + 20, value, value > panel->most ? " ↑" : "");
}

static void draw(const struct panel *panel, const struct figures *figures, enum part part, curve *of, curve *other,
                 bool is_ours)
{
    FILE *out = panel->out;
    fprintf(out, "<polyline class='%s line' points='", is_ours ? "ours" : "");
    for (size_t i = 0; i < panel->steps; i++)
        fprintf(out, "%.1f,%.1f ", box_x(panel, i),
                box_y(panel, fmin(of(figures, part_subjects[part][i]), panel->most)));
    fputs("'/>\n", out);
    for (size_t i = 0; i < panel->steps; i++) {
        const char *subject = part_subjects[part][i];
        double value = of(figures, subject);
        draw_point(panel, i, value, is_ours, !other || value >= other(figures, subject));
    }
}

static void in_flight_panel(FILE *out, const struct figures *figures, double x, double y)
{
    /* The bare loop may leave the box at 10,000. */
    struct panel panel = {
        .out = out, .x = x, .y = y, .most = round_up(1.6 * highest(figures, IN_FLIGHT, ours_in_flight)), .steps = 4};
    axes(&panel, IN_FLIGHT, "µs a page by what is in flight", "fetches in flight on one host");
    fprintf(out,
            "<text class='faint' x='%.0f' y='%.0f'>pages of %.1f KB after %g s; %.1f KiB of memory a connection at "
            "10,000</text>\n",
            x, y + 32, figures_fact_number(figures, "machine", "page_size") / 1000,
            figures_fact_number(figures, "machine", "delay_ms") / 1000, in_flight_rss_per_connection(figures, "10000"));
    fprintf(out,
            "<text class='ours' x='%.0f' y='%.0f'>crawler</text><text class='faint' x='%.0f' y='%.0f'>bare libcurl, "
            "one multi handle</text>\n",
            x + AXIS_WIDTH, y + 50, x + AXIS_WIDTH + 64, y + 50);
    draw(&panel, figures, IN_FLIGHT, bare_in_flight, ours_in_flight, false);
    draw(&panel, figures, IN_FLIGHT, ours_in_flight, bare_in_flight, true);
}

static void size_panel(FILE *out, const struct figures *figures, double x, double y)
{
    struct panel panel = {
        .out = out, .x = x, .y = y, .most = round_up(highest(figures, SIZE, ours_by_size) * 1.2), .steps = 4};
    axes(&panel, SIZE, "µs a page by the size of the crawl", "distinct URLs known");
    fprintf(out,
            "<text class='faint' x='%.0f' y='%.0f'>%.1f KB pages, %s links, %s of them new; %.1f bytes a "
            "fingerprint</text>\n",
            x, y + 32, figures_fact_number(figures, "1000000", "page_bytes") / 1000,
            figures_fact(figures, "machine", "links"), figures_fact(figures, "machine", "new_links"),
            size_bytes_per_fingerprint(figures, "10000000"));
    draw(&panel, figures, SIZE, ours_by_size, NULL, true);
}

static void machine_line(FILE *out, const struct figures *parts)
{
    for (enum part part = 0; part < PARTS; part++) {
        const char *processor = figures_fact(&parts[part], "machine", "processor");
        const char *version = figures_fact(&parts[part], "machine", "crawler");
        if (!processor || !version)
            continue;
        fprintf(out, "<text class='faint' x='%d' y='%d'>%s, one core; %s</text>\n", MARGIN, MARGIN + 28, processor,
                version);
        return;
    }
}

int plot_write(const struct figures *parts, const char *path)
{
    bool curves = parts[IN_FLIGHT].run_count || parts[SIZE].run_count;
    int sites_height = parts[SITES].run_count ? 2 * BARS_HEIGHT + 2 * MARGIN : 0;
    int height = TITLE_HEIGHT + sites_height + (curves ? CURVE_HEIGHT : 0) + MARGIN;
    FILE *out = fopen(path, "we");
    if (!out)
        return -1;
    fprintf(out, "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' width='%d' height='%d'>\n%s", WIDTH,
            height, WIDTH, height, style);
    fprintf(out, "<rect class='page' width='%d' height='%d'/>\n", WIDTH, height);
    fprintf(out, "<text class='title' x='%d' y='%d'>What a page costs</text>\n", MARGIN, MARGIN + 6);
    machine_line(out, parts);
    double y = TITLE_HEIGHT + MARGIN / 2.0;
    if (parts[SITES].run_count)
        y = sites_panel(out, &parts[SITES], y) + MARGIN / 2.0;
    if (parts[IN_FLIGHT].run_count)
        in_flight_panel(out, &parts[IN_FLIGHT], MARGIN, y);
    if (parts[SIZE].run_count)
        size_panel(out, &parts[SIZE], parts[IN_FLIGHT].run_count ? 2 * MARGIN + COLUMN : MARGIN, y);
    fputs("</svg>\n", out);
    int failed = ferror(out);
    return fclose(out) || failed ? -1 : 0;
}
