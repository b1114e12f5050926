#include "output/sweep_page.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "output/html_page.h"
#include "output/html_text.h"
#include "output/latency_charts.h"
#include "output/roots_text.h"
#include "output/sweep_charts.h"
#include "output/sweep_text.h"
#include "output/time_charts.h"
#include "output/units.h"
#include "web/url.h"

enum { NOTE_SIZE = 160 };

static double seconds_of(const struct sweep_step *step)
{
    return fmax((double)step->duration / SECONDS(1), 1e-9);
}

static struct figure percentile(const struct histogram *histogram, double percent)
{
    return figure(UNIT_MICROSECONDS, histogram->total ? (double)histogram_percentile(histogram, percent) : NAN);
}

/* --- head --------------------------------------------------------------------------------------------------------- */

static int begin(FILE *file, const struct measurement *measurement)
{
    const struct sweep *sweep = measurement->sweep;
    struct buf title;
    char words[NOTE_SIZE];
    double warmup = (double)sweep->warmup / SECONDS(1);
    double duration = sweep->count ? seconds_of(&sweep->steps[0]) : 0;
    buf_init(&title, URL_MAX_LENGTH + NOTE_SIZE);
    int err = roots_text(&title, measurement->options);
    snprintf(words, sizeof words, "%s URL%s · %.3g s of warm-up and %.3g s measured%s%s",
             figure_count(sweep->url_count).text, sweep->url_count == 1 ? "" : "s", warmup, duration,
             sweep->is_open ? " · open loop" : " at each step",
             sweep->was_interrupted ? " · interrupted: steps are missing" : "");
    if (!err)
        html_page_begin(file, "Throughput measurement", buf_text(&title), words);
    buf_free(&title);
    return err;
}

static void write_rate_card(FILE *file, const char *name, const struct sweep_step *step, const char *where)
{
    char note[NOTE_SIZE];
    snprintf(note, sizeof note, "± %s%s", figure(UNIT_COUNT, step->slice_rate.half_width).text, where);
    html_card(file, "", name, figure(UNIT_COUNT, step->rate).text, note);
}

static void write_failure_card(FILE *file, const struct sweep *sweep)
{
    char note[NOTE_SIZE];
    uint64_t failed = 0, done = 0;
    for (size_t i = 0; i < sweep->count; i++) {
        failed += sweep->steps[i].failed;
        done += sweep->steps[i].done;
    }
    snprintf(note, sizeof note, "of %s requests", figure_count(done).text);
    html_card(file, failed ? "bad" : "good", "Failed", figure_count(failed).text, note);
}

/* The first step where the client itself is the limit. */
static void write_limit_card(FILE *file, const struct sweep *sweep)
{
    char note[NOTE_SIZE];
    double most = 0;
    for (size_t i = 0; i < sweep->count; i++) {
        const struct sweep_step *step = &sweep->steps[i];
        most = fmax(most, step->cpu);
        if (step->cpu < CLIENT_IS_BUSY)
            continue;
        snprintf(note, sizeof note, "at %u at once: it is the limit there", step->concurrency);
        html_card(file, "warn", "Client's CPU", figure(UNIT_PERCENT, 100 * step->cpu).text, note);
        return;
    }
    html_card(file, "", "Client's CPU", figure(UNIT_PERCENT, 100 * most).text, "of a core at most: not the limit");
}

static void write_closed_cards(FILE *file, const struct sweep *sweep)
{
    char note[NOTE_SIZE];
    const struct sweep_step *best = &sweep->steps[sweep->best], *knee = &sweep->steps[sweep->knee];
    snprintf(note, sizeof note, ", %u at once", best->concurrency);
    write_rate_card(file, "Best rate", best, note);
    snprintf(note, sizeof note, "%s requests a second there", figure(UNIT_COUNT, knee->rate).text);
    html_card(file, "", "Knee", figure_count(knee->concurrency).text, note);
    snprintf(note, sizeof note, "p99 %s", percentile(&knee->latency, 99).text);
    html_card(file, "", "Latency at the knee", percentile(&knee->latency, 50).text, note);
    snprintf(note, sizeof note, "%s on the wire",
             figure(UNIT_BYTES_SECOND, (double)best->wire_bytes / seconds_of(best)).text);
    html_card(file, "", "Best bandwidth", figure(UNIT_BYTES_SECOND, (double)best->bytes / seconds_of(best)).text, note);
}

static void write_open_cards(FILE *file, const struct sweep_step *step)
{
    char note[NOTE_SIZE];
    snprintf(note, sizeof note, " of %s wanted", figure(UNIT_COUNT, step->wanted_rate).text);
    write_rate_card(file, "Requests a second", step, note);
    snprintf(note, sizeof note, "p99 %s", percentile(&step->latency, 99).text);
    html_card(file, "", "Median latency", percentile(&step->latency, 50).text, note);
    snprintf(note, sizeof note, "%s", figure(UNIT_BYTES_SECOND, (double)step->bytes / seconds_of(step)).text);
    html_card(file, "", "Most at once", figure_count(step->concurrency).text, note);
    html_card(file, step->late ? "bad" : "good", "Late", figure_count(step->late).text, "had no answer in the end");
}

static void write_cards(FILE *file, const struct sweep *sweep)
{
    html_cards_begin(file, 6);
    if (sweep->is_open)
        write_open_cards(file, &sweep->steps[0]);
    else
        write_closed_cards(file, sweep);
    write_failure_card(file, sweep);
    write_limit_card(file, sweep);
    html_cards_end(file);
}

/* --- curves ------------------------------------------------------------------------------------------------------- */

static int write_curves(FILE *file, const struct sweep *sweep)
{
    struct sweep_charts charts;
    int err = sweep_charts_init(&charts, sweep);
    if (err)
        return err;
    html_section_begin(file, "curve", "By concurrency");
    fputs("<div class=\"pair\">\n", file);
    chart_write_figure(file, &charts.rate);
    chart_write_figure(file, &charts.latency);
    fputs("</div>\n<p>The <strong>knee</strong> is the first step with at least 95 % of the best rate: beyond it, more "
          "requests at once only wait longer. Bars show 95 % confidence intervals.</p>\n",
          file);
    html_section_end(file);
    sweep_charts_free(&charts);
    return 0;
}

/* --- the law ------------------------------------------------------------------------------------------------------ */

static void write_parameter(FILE *file, const char *symbol, const char *name, const char *value, const char *meaning)
{
    fprintf(file, "<tr><th scope=\"row\"><i>%s</i> %s</th><td class=\"n\">%s</td><td>%s</td></tr>\n", symbol, name,
            value, meaning);
}

static void write_verdict(FILE *file, const struct usl_fit *fit)
{
    fprintf(file,
            "<p>The law explains %s of the differences between the steps (R² = %.3f); the step that is farthest from "
            "it is off by %s.%s</p>\n",
            figure(UNIT_PERCENT, 100 * fmax(fit->r_squared, 0)).text, fit->r_squared,
            figure(UNIT_PERCENT, 100 * fit->worst_residual).text,
            fit->r_squared < 0.9 ? " It fits poorly: little should be concluded from it." : "");
}

static void write_law(FILE *file, const struct usl_fit *fit)
{
    char peak[NOTE_SIZE] = "each pair of requests costs nothing noticeable: the rate only flattens";
    char kappa[32];
    if (!fit->is_valid)
        return;
    snprintf(kappa, sizeof kappa, "%.3g", fit->kappa);
    if (fit->peak > 0)
        snprintf(peak, sizeof peak, "what each pair of requests costs: the rate falls beyond %s at once",
                 figure(UNIT_COUNT, round(fit->peak)).text);
    html_section_begin(file, "law", "Scalability law");
    fputs("<p>The Universal Scalability Law, <i>X</i>(<i>n</i>) = <i>λn</i> / (1 + <i>σ</i>(<i>n</i> − 1) + "
          "<i>κn</i>(<i>n</i> − 1)), fitted to the steps:</p>\n<div class=\"scroll\"><table class=\"figures "
          "words\"><tbody>\n",
          file);
    write_parameter(file, "λ", "alone", figure(UNIT_COUNT, fit->lambda).text, "requests a second with one at once");
    write_parameter(file, "σ", "contention", figure(UNIT_PERCENT, 100 * fit->sigma).text,
                    "the share of the work that waits in one line");
    write_parameter(file, "κ", "coherency", kappa, peak);
    fputs("</tbody></table></div>\n", file);
    write_verdict(file, fit);
    html_section_end(file);
}

/* --- the table of steps ------------------------------------------------------------------------------------------- */

static void write_step_head(FILE *file, const struct sweep *sweep)
{
    static const char *const names[] = {"at once", "requests/s", "± 95 %", "bandwidth"};
    fputs("<div class=\"scroll\"><table class=\"figures\"><thead><tr>", file);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        fprintf(file, "<th scope=\"col\" class=\"n\">%s</th>", names[i]);
    for (unsigned i = 0; i < HISTOGRAM_PERCENTILE_COUNT; i++)
        fprintf(file, "<th scope=\"col\" class=\"n\">%s</th>", histogram_percentile_name(i));
    fprintf(file,
            "<th scope=\"col\" class=\"n\">failed</th>%s<th scope=\"col\" class=\"n\">CPU</th></tr></thead><tbody>\n",
            sweep->is_open ? "<th scope=\"col\" class=\"n\">late</th>" : "");
}

static void write_step(FILE *file, const struct sweep *sweep, const struct sweep_step *step)
{
    bool is_knee = !sweep->is_open && step == &sweep->steps[sweep->knee];
    bool is_limit = step->cpu >= CLIENT_IS_BUSY;
    fprintf(file,
            "<tr%s><th scope=\"row\" class=\"n\">%s%s</th><td class=\"n strong\">%s</td><td class=\"n faint\">%s</td>"
            "<td class=\"n\">%s</td>",
            is_knee ? " class=\"knee\"" : "", is_knee ? "<b class=\"tag\">knee</b> " : "",
            figure_count(step->concurrency).text, figure(UNIT_COUNT, step->rate).text,
            figure(UNIT_COUNT, step->slice_rate.half_width).text,
            figure(UNIT_BYTES_SECOND, (double)step->bytes / seconds_of(step)).text);
    for (unsigned i = 0; i < HISTOGRAM_PERCENTILE_COUNT; i++)
        fprintf(file, "<td class=\"n\">%s</td>", percentile(&step->latency, HISTOGRAM_PERCENTILES[i]).text);
    fprintf(file, "<td class=\"n%s\">%s</td>", step->failed ? " bad" : "", figure_count(step->failed).text);
    if (sweep->is_open)
        fprintf(file, "<td class=\"n%s\">%s</td>", step->late ? " bad" : "", figure_count(step->late).text);
    fprintf(file, "<td class=\"n%s\">%s%.0f %%</td></tr>\n", is_limit ? " warn" : "",
            is_limit ? "<b class=\"tag\">limit</b> " : "", 100 * step->cpu);
}

static void write_tally(FILE *file, const struct tally *tally)
{
    fprintf(file, " · %s × ", figure_count(tally->count).text);
    html_escape_text(file, tally->name);
}

/* What failed at a step, and how. */
static void write_failures(FILE *file, const struct sweep_step *step)
{
    if (!step->failed)
        return;
    fprintf(file, "<p class=\"bad\">Failed with %u at once", step->concurrency);
    for (size_t i = 0; i < step->errors.count; i++)
        write_tally(file, &step->errors.items[i]);
    for (size_t i = 0; i < step->statuses.count; i++)
        if (step->statuses.items[i].name[0] >= '4')
            write_tally(file, &step->statuses.items[i]);
    fputs("</p>\n", file);
}

static void write_steps(FILE *file, const struct sweep *sweep)
{
    html_section_begin(file, "steps", sweep->is_open ? "Figures" : "Steps");
    write_step_head(file, sweep);
    for (size_t i = 0; i < sweep->count; i++)
        write_step(file, sweep, &sweep->steps[i]);
    fputs("</tbody></table></div>\n<p class=\"faint\">Latency is that of requests that were answered well", file);
    fputs(sweep->is_open ? ", from the moment at which each was due" : "", file);
    fputs("; bandwidth is that of decoded bodies; CPU is this program's own, as a share of one core.</p>\n", file);
    for (size_t i = 0; i < sweep->count; i++)
        write_failures(file, &sweep->steps[i]);
    html_section_end(file);
}

/* --- distributions, time, baseline -------------------------------------------------------------------------------- */

/* At most LATENCY_CURVES steps, evenly from all. */
static int write_step_latencies(FILE *file, const struct sweep *sweep)
{
    static const char *const colours[] = {"r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7"};
    struct latency latencies[LATENCY_CURVES];
    char names[LATENCY_CURVES][32];
    size_t count = sweep->count < LATENCY_CURVES ? sweep->count : LATENCY_CURVES;
    for (size_t i = 0; i < count; i++) {
        size_t place = count > 1 ? i * (sweep->count - 1) / (count - 1) : 0;
        const struct sweep_step *step = &sweep->steps[place];
        snprintf(names[i], sizeof names[i], "%u at once", step->concurrency);
        latencies[i] = (struct latency){&step->latency, names[i], colours[count > 1 ? i * 7 / (count - 1) : 0]};
    }
    return latency_curves_write(file, latencies, count);
}

static int write_latencies(FILE *file, const struct sweep *sweep)
{
    const struct latency rows[] = {{&sweep->steps[0].latency, "whole answer", "c1"},
                                   {&sweep->steps[0].first_byte, "first byte", "c2"}};
    html_section_begin(file, "latency", "Latency");
    fputs(sweep->is_open ? "<div class=\"pair\">\n" : "<div class=\"wide\">\n", file);
    if (sweep->is_open)
        latency_shares_write(file, rows[0].histogram);
    int err = sweep->is_open ? latency_curves_write(file, rows, 2) : write_step_latencies(file, sweep);
    fputs("</div>\n", file);
    if (sweep->is_open)
        latency_table_write(file, "Phase", rows, 2);
    html_section_end(file);
    return err;
}

static int write_time(FILE *file, const struct sweep *sweep)
{
    const struct timeseries *series = &sweep->series;
    nanoseconds elapsed = 0, whole_rows = (nanoseconds)series->count * series->interval - series->interval;
    for (size_t i = 0; i < sweep->count; i++)
        elapsed += sweep->warmup + sweep->steps[i].duration;
    if (!time_charts_are_possible(series))
        return 0;
    html_section_begin(file, "time", "Over time");
    int err = time_charts_write(file, series, elapsed > whole_rows ? elapsed : whole_rows, "requests a second");
    html_section_end(file);
    return err;
}

static void write_compared(FILE *file, const struct compared *item)
{
    enum unit unit = item->figure[0] == 'p' ? UNIT_MICROSECONDS : UNIT_COUNT;
    fprintf(file,
            "<tr%s><th scope=\"row\" class=\"n\">%u</th><td>%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td>"
            "<td class=\"n\">%+.1f to %+.1f %%</td><td>%s</td></tr>\n",
            item->is_regression ? " class=\"bad\"" : "", item->concurrency, item->figure,
            figure(unit, item->before).text, figure(unit, item->after).text, item->worse_least, item->worse_most,
            item->is_regression ? "<b class=\"tag\">worse</b>" : "");
}

static void write_comparison(FILE *file, const struct comparison *comparison)
{
    if (!comparison)
        return;
    html_section_begin(file, "baseline", "Against the baseline");
    fputs("<div class=\"scroll\"><table class=\"figures\"><thead><tr><th scope=\"col\" class=\"n\">at once</th>"
          "<th scope=\"col\">figure</th><th scope=\"col\" class=\"n\">before</th><th scope=\"col\" class=\"n\">now</th>"
          "<th scope=\"col\" class=\"n\">worse by</th><th scope=\"col\"></th></tr></thead><tbody>\n",
          file);
    for (size_t i = 0; i < comparison->count; i++)
        write_compared(file, &comparison->items[i]);
    fputs("</tbody></table></div>\n<p class=\"faint\">Bounds of the 95 % confidence interval; negative is "
          "better.</p>\n",
          file);
    html_section_end(file);
}

static int write_sections(FILE *file, const struct measurement *measurement)
{
    const struct sweep *sweep = measurement->sweep;
    write_cards(file, sweep);
    int err = sweep->is_open ? 0 : write_curves(file, sweep);
    if (err)
        return err;
    write_steps(file, sweep);
    write_comparison(file, measurement->comparison);
    if (!sweep->is_open)
        write_law(file, &sweep->fit);
    err = write_latencies(file, sweep);
    return err ? err : write_time(file, sweep);
}

int html_write_sweep(FILE *file, const struct measurement *measurement)
{
    int err = begin(file, measurement);
    if (!err && measurement->sweep->count)
        err = write_sections(file, measurement);
    else if (!err)
        fputs("<p>Interrupted before the first step was over: there is nothing to show.</p>\n", file);
    int end_err = html_page_end(file);
    return err ? err : end_err;
}
