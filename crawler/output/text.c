#include "output/text.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/escape.h"
#include "output/report.h"
#include "output/sweep_text.h"

enum { URL_LIMIT = 1 << 23 };

struct text_output {
    struct output output;
    struct report *report;
};

static int create(struct output **out, struct output_file *file, const struct options *options)
{
    (void)file;
    (void)options;
    struct text_output *text = calloc(1, sizeof *text);
    if (!text)
        return ERR_NO_MEMORY;
    int err = report_create(&text->report);
    if (err) {
        free(text);
        return err;
    }
    text->output.observer = *report_observer(text->report);
    *out = &text->output;
    return 0;
}

static void destroy(struct output *output)
{
    struct text_output *text = container_of(output, struct text_output, output);
    report_free(text->report);
    free(text);
}

static void write_phase(FILE *file, const char *title, const struct histogram *histogram)
{
    if (!histogram->total)
        return;
    fprintf(file, "%-20s", title);
    for (unsigned i = 0; i < HISTOGRAM_PERCENTILE_COUNT; i++)
        fprintf(file, " %9.3f", (double)histogram_percentile(histogram, HISTOGRAM_PERCENTILES[i]) / 1000);
    fputc('\n', file);
}

static void write_phases(FILE *file, const struct summary *summary)
{
    if (!summary->phases[PHASE_TOTAL].total)
        return;
    fprintf(file, "%-20s", "Milliseconds");
    for (unsigned i = 0; i < HISTOGRAM_PERCENTILE_COUNT; i++)
        fprintf(file, " %9s", histogram_percentile_name(i));
    fputc('\n', file);
    for (unsigned i = 0; i < PHASE_COUNT; i++)
        write_phase(file, phase_title(i), &summary->phases[i]);
}

/* What was left out as endless. */
static void write_traps(FILE *file, const struct tallies *skipped)
{
    const char *gap = "Endless:";
    for (int reason = REASON_TRAPS_BEGIN; reason < REASON_TRAPS_END; reason++) {
        uint64_t count = tallies_count(skipped, reason_name((enum reason)reason));
        if (count) {
            fprintf(file, "%s %" PRIu64 " %s", gap, count, reason_name((enum reason)reason));
            gap = ",";
        }
    }
    if (*gap == ',')
        fputs(" left out\n", file);
}

static double per_second(uint64_t amount, const struct crawl_totals *totals)
{
    return totals->elapsed > 0 ? (double)amount / ((double)totals->elapsed / SECONDS(1)) : 0;
}

static void write_rates(FILE *file, const struct crawl_totals *totals)
{
    uint64_t done = totals->fetched + totals->failed;
    fprintf(file, "Speed: %.1f urls/s, %.3f MB/s on the wire, %.3f MB/s decoded\n", per_second(done, totals),
            per_second(totals->wire_bytes, totals) / 1e6, per_second(totals->bytes, totals) / 1e6);
}

static void write_connections(FILE *file, const struct summary *summary, const struct crawl_totals *totals)
{
    fprintf(file, "Connections: %" PRIu64 " opened, %" PRIu64 " times reused", totals->connections_opened,
            totals->connections_reused);
    for (size_t i = 0; i < summary->versions.count; i++)
        fprintf(file, "%s %s %" PRIu64, i ? "," : ";", summary->versions.items[i].name,
                summary->versions.items[i].count);
    fputc('\n', file);
}

/* URLs come from the network: they are escaped. */
static int write_slowest(FILE *file, const struct summary *summary)
{
    enum { SHOWN = 5 };
    struct buf url;
    int err = 0;
    buf_init(&url, URL_LIMIT);
    for (size_t i = 0; i < summary->slowest.count && i < SHOWN && !err; i++) {
        const struct top_item *item = &summary->slowest.items[i];
        buf_clear(&url);
        err = escape_for_terminal(&url, slice_of(item->url));
        fprintf(file, "%s%9.3f ms %s\n", i ? "" : "Slowest:\n", (double)item->value / 1000, buf_text(&url));
    }
    buf_free(&url);
    return err;
}

/* What became of every URL that is known. */
static void write_accounts(FILE *file, const struct crawl_totals *totals)
{
    fprintf(file,
            "\nURLs: %" PRIu64 " discovered = %" PRIu64 " fetched + %" PRIu64 " failed + %" PRIu64
            " filtered + %" PRIu64 " pending\n",
            totals->discovered, totals->fetched, totals->failed, totals->filtered, totals->queued + totals->in_flight);
}

static int finish(struct output *output, const struct crawl_end *end)
{
    struct text_output *text = container_of(output, struct text_output, output);
    FILE *file = output_file_stream(output->file);
    int err = report_write(text->report, end->totals, file);
    if (err)
        return err;
    write_accounts(file, end->totals);
    write_traps(file, &end->summary->skipped);
    write_rates(file, end->totals);
    write_phases(file, end->summary);
    write_connections(file, end->summary, end->totals);
    return write_slowest(file, end->summary);
}

static int write_measurement(FILE *file, const struct measurement *measurement)
{
    sweep_write_text(file, measurement->sweep);
    if (measurement->comparison)
        comparison_write_text(file, measurement->comparison);
    return 0;
}

const struct output_format OUTPUT_TEXT = {
    .name = "text",
    .suffix = ".txt",
    .help = "report for people",
    .create = create,
    .finish = finish,
    .free = destroy,
    .write_measurement = write_measurement,
};
