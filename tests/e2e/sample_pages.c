/* sample_pages.c - pages of a crawl and of measurements that never took place: sample_pages DIR writes crawl.html,
 * many.html (more URLs than a table takes), empty.html, sweep.html, sweep.svg, open.html and open.svg. All that a
 * server can choose is as bad as it gets. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/random.h"
#include "output/html.h"
#include "output/svg.h"

enum { URLS = 1500, MANY = 60000, SECONDS_LONG = 90, STEPS = 9 };

static const char *const HOSTILE[] = {
    "http://sample.test/<script>window.hacked=1</script>",
    "http://sample.test/\"onmouseover=\"window.hacked=1",
    "javascript:window.hacked=1",
    "JaVaScRiPt:window.hacked=1",
    "data:text/html,<script>window.hacked=1</script>",
    "http://sample.test/'><img src=x onerror=window.hacked=1>",
    "http://sample.test/\x1b[2J\x07 and \xc2\x9b \xff\xfe",
    "http://sample.test/</td></tr></table><script>window.hacked=1</script><!--",
    "https://sample.test/&lt;b&gt;&amp;",
};
enum { HOSTILE_COUNT = sizeof HOSTILE / sizeof *HOSTILE };

static void stop_on(int err, const char *what)
{
    if (!err)
        return;
    fprintf(stderr, "%s: %s\n", what, error_text(err));
    exit(EXIT_FAILURE);
}

/* The same sequence in each run. */
static double chance(void)
{
    static uint64_t state = 1;
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(state >> 11) / 9007199254740992.0;
}

/* Most are near `middle`; some take much longer. */
static uint64_t skewed(double middle)
{
    double bell = chance() + chance() + chance() + chance() - 2;
    double tail = chance() < 0.03 ? 1 + 12 * chance() : 1;
    return (uint64_t)(middle * exp(0.9 * bell) * tail);
}

static void make_kind(struct fetch_statistic *stat, unsigned i)
{
    static const char *const types[] = {"text/html",     "image/png",      "text/css", "application/javascript",
                                        "image/svg+xml", "application/pdf"};
    stat->content_type = types[i % 4 ? 0 : i / 4 % 6];
    stat->is_html = stat->content_type == types[0];
    stat->num_urls = stat->is_html ? 4 + i % 60 : 0;
    stat->num_new_urls = stat->is_html ? i % 7 : 0;
    stat->status = i % 41 == 7 ? 404 : i % 97 == 5 ? 503 : i % 29 == 3 ? 301 : 200;
    if (stat->status == 301)
        stat->next_url = SLICE("https://sample.test/elsewhere");
    if (i % 113 == 11) {
        stat->status = 0;
        stat->error = i % 2 ? ERR_CONNECT_REFUSED : ERR_TIMED_OUT;
        stat->error_detail = "<b>after</b> 3 tries";
    }
}

/* The record of the `i`th URL, whose text goes to `url`. */
static struct fetch_statistic make_record(unsigned i, char *url, size_t size)
{
    struct fetch_statistic stat = {
        .error_detail = "", .content_type = "", .encoding = "", .remote_address = "", .depth = i % 9, .tries = 1};
    snprintf(url, size, "http://sample.test/%s/%s-%u.html", i % 3 ? "docs" : "library/reference",
             i % 5 ? "page" : "chapter", i);
    stat.url = slice_of(i < HOSTILE_COUNT ? HOSTILE[i] : url);
    stat.referrer = i ? slice_of(HOSTILE[i % 50 ? 8 : i / 50 % HOSTILE_COUNT]) : (struct slice){0};
    make_kind(&stat, i);
    if (i < HOSTILE_COUNT) {
        stat.status = i % 2 ? 404 : 200;
        stat.error = 0;
        stat.content_type = "text/<i>x</i>\"'";
        stat.next_url = i % 3 == 2 ? slice_of(HOSTILE[i]) : (struct slice){0};
    }
    stat.size = skewed(18000);
    stat.wire_size = stat.size / 4;
    stat.reused = i >= 16;
    stat.version = i % 9 ? HTTP_2 : HTTP_1_1;
    nanoseconds wait = MICROSECONDS(skewed(300)), connect = stat.reused ? 0 : wait + MICROSECONDS(skewed(900));
    stat.timings = (struct http_timings){.begun = wait, .connected = connect};
    stat.timings.secured = connect ? connect + MICROSECONDS(skewed(2100)) : 0;
    stat.timings.first_byte = wait + MICROSECONDS(skewed(5200));
    stat.timings.total = stat.timings.first_byte + MICROSECONDS(skewed(900));
    return stat;
}

/* --- crawls ------------------------------------------------------------------------------------------------------- */

static struct output *open_page(const char *name, struct output_file **file, const struct options *options)
{
    struct output *output;
    stop_on(output_file_open(file, name, false), name);
    stop_on(OUTPUT_HTML.create(&output, *file, options), name);
    output->format = &OUTPUT_HTML;
    output->file = *file;
    return output;
}

static void take(struct observer *observer, const struct fetch_statistic *stat)
{
    stop_on(observer->fetched(observer->context, stat), "record");
}

/* In the summary's own time all of this happens at once: the seconds are filled by hand. */
static void fill_series(struct timeseries *series, unsigned urls)
{
    for (unsigned second = 0; second < SECONDS_LONG; second++) {
        double load = 0.6 + 0.3 * sin(second / 7.0) + 0.2 * chance();
        for (unsigned i = 0; i < (unsigned)(load * urls / SECONDS_LONG); i++)
            timeseries_add(series, series->start + SECONDS(second) + i,
                           &(struct sample){.failed = chance() < 0.02,
                                            .bytes = skewed(18000),
                                            .wire_bytes = skewed(4500),
                                            .microseconds = skewed(5200 / load)});
    }
    timeseries_close(series, series->start + SECONDS(SECONDS_LONG) - 1);
}

static void write_crawl(const char *name, unsigned urls, struct options *options)
{
    struct output_file *file;
    struct output *output = open_page(name, &file, options);
    struct summary *summary;
    struct crawl_totals totals = {.discovered = urls + 321,
                                  .filtered = 300,
                                  .queued = urls ? 21 : 0,
                                  .max_tasks = 64,
                                  .elapsed = urls ? SECONDS(SECONDS_LONG) : 0,
                                  .connections_opened = urls ? 16 : 0,
                                  .connections_reused = urls ? urls - 16 : 0};
    stop_on(summary_create(&summary), "summary");
    for (unsigned i = 0; i < urls; i++) {
        char url[128];
        struct fetch_statistic stat = make_record(i, url, sizeof url);
        take(&summary->observer, &stat);
        take(&output->observer, &stat);
        totals.fetched += !stat.error;
        totals.failed += stat.error != 0;
        totals.bytes += stat.size;
        totals.wire_bytes += stat.wire_size;
    }
    for (unsigned i = 0; i < 300 && urls; i++)
        summary->observer.skipped(summary->observer.context, SLICE("http://x/"), i % 7 ? REASON_HOST : REASON_EXCLUDED,
                                  SLICE("http://sample.test/"));
    if (urls) {
        timeseries_free(&summary->series);
        stop_on(timeseries_init(&summary->series, 0), "series");
        fill_series(&summary->series, urls * 10);
    }
    stop_on(OUTPUT_HTML.finish(output, &(struct crawl_end){&totals, summary, options, urls == MANY, false}), name);
    stop_on(output_file_commit(file), name);
    OUTPUT_HTML.free(output);
    output_file_free(file);
    summary_free(summary);
}

/* --- measurements ------------------------------------------------------------------------------------------------- */

static struct spread spread_of(double mean, double share)
{
    return (struct spread){mean, mean * share, SWEEP_SLICES};
}

static void make_step(struct sweep_step *step, unsigned at_once, double rate)
{
    *step = (struct sweep_step){.concurrency = at_once, .duration = SECONDS(10), .rate = rate};
    stop_on(histogram_init(&step->latency), "histogram");
    stop_on(histogram_init(&step->first_byte), "histogram");
    step->done = (uint64_t)(10 * rate);
    step->failed = at_once > 100 ? step->done / 400 : 0;
    step->bytes = step->done * 18000;
    step->wire_bytes = step->done * 4500;
    step->cpu = fmin(1.02, rate / 9800);
    step->opened = at_once;
    step->slice_rate = spread_of(rate, 0.02 + 0.04 * chance());
    for (unsigned i = 0; i < 20000; i++) {
        uint64_t latency = skewed(at_once / rate * 1e6);
        histogram_record(&step->latency, latency);
        histogram_record(&step->first_byte, latency * 4 / 5);
    }
    for (unsigned i = 0; i < step->failed; i++)
        tallies_add(i % 3 ? &step->errors : &step->statuses, i % 3 ? "connection-reset" : "503", 0);
}

static void make_sweep(struct sweep *sweep, struct sweep_step *steps)
{
    struct usl_point points[STEPS];
    *sweep = (struct sweep){
        .steps = steps, .count = STEPS, .url_count = 812, .site = "http://sample.test/", .warmup = SECONDS(1)};
    for (unsigned i = 0; i < STEPS; i++) {
        double n = 1u << i, rate = 640 * n / (1 + 0.052 * (n - 1) + 0.00009 * n * (n - 1)) * (0.97 + 0.06 * chance());
        make_step(&steps[i], 1u << i, rate);
        points[i] = (struct usl_point){n, rate};
        sweep->best = rate > steps[sweep->best].rate ? i : sweep->best;
    }
    while (steps[sweep->knee].rate < 0.95 * steps[sweep->best].rate)
        sweep->knee++;
    usl_fit(&sweep->fit, points, STEPS);
}

static void write_measurement(const char *name, const struct output_format *format,
                              const struct measurement *measurement)
{
    struct output_file *file;
    stop_on(output_file_open(&file, name, false), name);
    stop_on(format->write_measurement(output_file_stream(file), measurement), name);
    stop_on(output_file_commit(file), name);
    output_file_free(file);
}

static void write_measurements(const struct options *options)
{
    static struct sweep_step steps[STEPS];
    static struct compared compared[] = {{1, "requests/s", 655, 640, -0.5, 5.1, false},
                                         {64, "requests/s", 9400, 8750, 5.2, 8.6, true},
                                         {64, "p99", 21000, 21400, -2, 5.8, false}};
    static const struct comparison comparison = {compared, sizeof compared / sizeof *compared, 1};
    struct sweep sweep, open;
    make_sweep(&sweep, steps);
    stop_on(timeseries_init(&sweep.series, 0), "series");
    fill_series(&sweep.series, 40000);
    write_measurement("sweep.html", &OUTPUT_HTML, &(struct measurement){&sweep, &comparison, options});
    write_measurement("sweep.svg", &OUTPUT_SVG, &(struct measurement){&sweep, NULL, options});
    open = sweep;
    open.steps = &steps[5];
    open.count = 1;
    open.is_open = true;
    open.url_count = 1;
    steps[5].wanted_rate = 8000;
    steps[5].late = 17;
    write_measurement("open.html", &OUTPUT_HTML, &(struct measurement){&open, NULL, options});
    write_measurement("open.svg", &OUTPUT_SVG, &(struct measurement){&open, NULL, options});
    timeseries_free(&sweep.series);
    for (size_t i = 0; i < STEPS; i++) {
        histogram_free(&steps[i].latency);
        histogram_free(&steps[i].first_byte);
    }
}

int main(int argc, char **argv)
{
    static char root[] = "http://name:secret@sample.test/<script>", other[] = "sample.test";
    static char *roots[] = {root, other, other, NULL};
    struct options options = {.roots = {roots, 3}};
    if (argc != 2 || chdir(argv[1])) {
        fprintf(stderr, "usage: sample_pages DIR\n");
        return EXIT_FAILURE;
    }
    write_crawl("crawl.html", URLS, &options);
    write_crawl("many.html", MANY, &options);
    options.roots.count = 1;
    write_crawl("empty.html", 0, &options);
    write_measurements(&options);
    return EXIT_SUCCESS;
}
