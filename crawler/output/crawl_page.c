#include "output/crawl_page.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "output/chart.h"
#include "output/html_page.h"
#include "output/html_text.h"
#include "output/latency_charts.h"
#include "output/roots_text.h"
#include "output/time_charts.h"
#include "output/units.h"
#include "web/url.h"

enum { NOTE_SIZE = 160, BARS_SHOWN = 12 };

int crawl_page_init(struct crawl_page *page)
{
    *page = (struct crawl_page){0};
    int err = url_rows_open(&page->urls);
    if (!err)
        err = url_rows_open(&page->broken);
    if (err)
        crawl_page_free(page);
    return err;
}

void crawl_page_free(struct crawl_page *page)
{
    url_rows_close(&page->urls);
    url_rows_close(&page->broken);
}

int crawl_page_add(struct crawl_page *page, const struct fetch_statistic *stat)
{
    int err = url_rows_add(&page->urls, stat);
    if (!err && fetch_statistic_is_broken(stat))
        err = url_rows_add_broken(&page->broken, stat);
    return err;
}

/* --- head --------------------------------------------------------------------------------------------------------- */

static int begin(FILE *file, const struct crawl_end *end)
{
    struct buf title;
    char words[NOTE_SIZE];
    buf_init(&title, URL_MAX_LENGTH + NOTE_SIZE);
    int err = roots_text(&title, end->options);
    snprintf(words, sizeof words, "took %s%s%s",
             figure(UNIT_MICROSECONDS, (double)end->totals->elapsed / (double)MICROSECONDS(1)).text,
             end->was_interrupted ? " · interrupted: not all URLs were fetched" : "",
             end->hit_limit ? " · ended by a limit: not all URLs were fetched" : "");
    if (!err)
        html_page_begin(file, "Crawl report", buf_text(&title), words);
    buf_free(&title);
    return err;
}

/* --- cards -------------------------------------------------------------------------------------------------------- */

static double seconds_of(const struct crawl_totals *totals)
{
    return fmax((double)totals->elapsed / SECONDS(1), 1e-9);
}

static void write_url_cards(FILE *file, const struct crawl_totals *totals, uint64_t broken)
{
    char note[NOTE_SIZE];
    uint64_t done = totals->fetched + totals->failed, pending = totals->queued + totals->in_flight;
    snprintf(note, sizeof note, "%s skipped", figure_count(totals->filtered).text);
    if (pending)
        snprintf(note, sizeof note, "%s skipped, %s not done", figure_count(totals->filtered).text,
                 figure_count(pending).text);
    html_card(file, "", "URLs", figure_count(done).text, note);
    snprintf(note, sizeof note, "%s of all", figure(UNIT_PERCENT, done ? 100 * (double)broken / (double)done : 0).text);
    html_card(file,
              broken ? "bad"
              : done ? "good"
                     : "",
              "Broken", figure_count(broken).text,
              broken ? note
              : done ? "all is well"
                     : "");
    snprintf(note, sizeof note, "at most %s at once", figure_count(totals->max_tasks).text);
    html_card(file, "", "URLs a second", figure(UNIT_COUNT, (double)done / seconds_of(totals)).text, note);
}

static void write_byte_cards(FILE *file, const struct crawl_totals *totals)
{
    char note[NOTE_SIZE];
    double seconds = seconds_of(totals);
    snprintf(note, sizeof note, "%s on the wire", figure(UNIT_BYTES_SECOND, (double)totals->wire_bytes / seconds).text);
    html_card(file, "", "Bandwidth", figure(UNIT_BYTES_SECOND, (double)totals->bytes / seconds).text, note);
    snprintf(note, sizeof note, "%s on the wire", figure(UNIT_BYTES, (double)totals->wire_bytes).text);
    html_card(file, "", "Received", figure(UNIT_BYTES, (double)totals->bytes).text, note);
}

/* "HTTP/1.1 98 %, HTTP/2 2 %" */
static void write_version_card(FILE *file, const struct tallies *versions)
{
    char value[NOTE_SIZE] = "–", note[NOTE_SIZE] = "";
    uint64_t all = 0;
    const struct tally *most = NULL;
    for (size_t i = 0; i < versions->count; i++) {
        all += versions->items[i].count;
        if (!most || versions->items[i].count > most->count)
            most = &versions->items[i];
    }
    if (most)
        snprintf(value, sizeof value, "%s", most->name);
    if (most && most->count < all)
        snprintf(note, sizeof note, "%s of answers",
                 figure(UNIT_PERCENT, 100 * (double)most->count / (double)all).text);
    html_card(file, "", "Protocol", value, note);
}

static void write_cards(FILE *file, const struct crawl_end *end)
{
    char note[NOTE_SIZE];
    const struct histogram *total = &end->summary->phases[PHASE_TOTAL];
    html_cards_begin(file, 8);
    write_url_cards(file, end->totals, end->summary->broken);
    write_byte_cards(file, end->totals);
    snprintf(note, sizeof note, "p99 %s", figure(UNIT_MICROSECONDS, (double)histogram_percentile(total, 99)).text);
    html_card(file, "", "Median latency",
              figure(UNIT_MICROSECONDS, total->total ? (double)histogram_percentile(total, 50) : (double)NAN).text,
              total->total ? note : "");
    snprintf(note, sizeof note, "reused %s times", figure_count(end->totals->connections_reused).text);
    html_card(file, "", "Connections", figure_count(end->totals->connections_opened).text, note);
    write_version_card(file, &end->summary->versions);
    html_cards_end(file);
}

/* --- sections ----------------------------------------------------------------------------------------------------- */

static int write_time(FILE *file, const struct crawl_end *end)
{
    if (!time_charts_are_possible(&end->summary->series))
        return 0;
    html_section_begin(file, "time", "Over time");
    int err = time_charts_write(file, &end->summary->series, end->totals->elapsed, "URLs a second");
    html_section_end(file);
    return err;
}

static int write_latency(FILE *file, const struct summary *summary)
{
    struct latency phases[PHASE_COUNT];
    const struct latency total = {&summary->phases[PHASE_TOTAL], "total", "c1"};
    if (!total.histogram->total)
        return 0;
    for (enum phase_kind phase = 0; phase < PHASE_COUNT; phase++)
        phases[phase] = (struct latency){&summary->phases[phase], phase_title(phase), "c1"};
    html_section_begin(file, "latency", "Latency");
    fputs("<div class=\"pair\">\n", file);
    latency_shares_write(file, total.histogram);
    int err = latency_curves_write(file, &total, 1);
    fputs("</div>\n", file);
    latency_table_write(file, "Phase", phases, PHASE_COUNT);
    html_section_end(file);
    return err;
}

static const char *status_colour(const char *status)
{
    switch (status[0]) {
    case '2':
        return "c3";
    case '3':
        return "c1";
    case '4':
        return "c2";
    case '5':
        return "c4";
    default:
        return "c6";
    }
}

static int compare_tallies(const void *a, const void *b)
{
    uint64_t left = ((const struct tally *)a)->count, right = ((const struct tally *)b)->count;
    return (left < right) - (left > right);
}

/* The largest kinds; the others are added up. `colour` is NULL for that of a status. */
static void write_tallies(FILE *file, const char *title, const struct tallies *tallies, const char *colour)
{
    struct tallies sorted = *tallies;
    struct chart_bar bars[BARS_SHOWN] = {0};
    if (!sorted.count)
        return;
    qsort(sorted.items, sorted.count, sizeof *sorted.items, compare_tallies);
    size_t shown = sorted.count < BARS_SHOWN ? sorted.count : BARS_SHOWN;
    for (size_t i = 0; i < sorted.count; i++) {
        const struct tally *tally = &sorted.items[i];
        struct chart_bar *bar = &bars[i < shown ? i : shown - 1];
        bar->name = i < shown ? tally->name : "others";
        bar->colour = colour ? colour : status_colour(tally->name);
        bar->note = "";
        bar->value += (double)tally->count;
    }
    chart_write_bars(file, title, bars, shown);
}

static void write_kinds(FILE *file, const struct summary *summary)
{
    if (!summary->statuses.count && !summary->errors.count && !summary->skipped.count)
        return;
    html_section_begin(file, "kinds", "What came back");
    fputs("<div class=\"bar-tables\">\n", file);
    write_tallies(file, "Status", &summary->statuses, NULL);
    write_tallies(file, "Media type", &summary->types, "c1");
    write_tallies(file, "No answer, by reason", &summary->errors, "c4");
    write_tallies(file, "Skipped, by reason", &summary->skipped, "c6");
    fputs("</div>\n", file);
    html_section_end(file);
}

static int write_broken(FILE *file, struct crawl_page *page)
{
    if (!page->broken.count)
        return 0;
    html_section_begin(file, "broken", "Broken links");
    int err = url_rows_write_broken(&page->broken, file);
    html_section_end(file);
    return err;
}

static void write_top(FILE *file, const char *title, const struct top *top, enum unit unit)
{
    fprintf(file, "<div class=\"scroll\"><table class=\"top\"><caption>%s</caption><tbody>\n", title);
    for (size_t i = 0; i < top->count; i++) {
        fprintf(file, "<tr><td class=\"n\">%s</td><td>", figure(unit, (double)top->items[i].value).text);
        html_url(file, slice_of(top->items[i].url));
        fputs("</td></tr>\n", file);
    }
    fputs("</tbody></table></div>\n", file);
}

static void write_tops(FILE *file, const struct summary *summary)
{
    if (!summary->slowest.count)
        return;
    html_section_begin(file, "extremes", "Slowest and largest");
    fputs("<div class=\"pair\">\n", file);
    write_top(file, "Slowest", &summary->slowest, UNIT_MICROSECONDS);
    write_top(file, "Largest", &summary->largest, UNIT_BYTES);
    fputs("</div>\n", file);
    html_section_end(file);
}

static int write_urls(FILE *file, struct crawl_page *page)
{
    html_section_begin(file, "urls", "All URLs");
    int err = 0;
    if (page->urls.count)
        err = url_rows_write(&page->urls, file);
    else
        fputs("<p>None was fetched.</p>\n", file);
    html_section_end(file);
    return err;
}

int crawl_page_write(struct crawl_page *page, const struct crawl_end *end, FILE *file)
{
    int err = begin(file, end);
    if (err)
        return err;
    write_cards(file, end);
    err = write_time(file, end);
    if (!err)
        err = write_latency(file, end->summary);
    write_kinds(file, end->summary);
    if (!err)
        err = write_broken(file, page);
    write_tops(file, end->summary);
    if (!err)
        err = write_urls(file, page);
    int end_err = html_page_end(file);
    return err ? err : end_err;
}
