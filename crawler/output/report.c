#include "output/report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/escape.h"
#include "output/number_text.h"
#include "output/sorted_lines.h"

enum {
    LINES_IN_MEMORY = 32 * 1024 * 1024,
    BROKEN_IN_MEMORY = 4 * 1024 * 1024,
    LINE_LIMIT = 1 << 23,
    MAX_COUNTERS = 256
};

struct counter {
    char name[48];
    uint64_t value;
};

struct report {
    struct observer observer;
    struct sorted_lines *urls;
    struct sorted_lines *broken;
    uint64_t broken_count;
    struct counter counters[MAX_COUNTERS];
    size_t counter_count;
    struct buf line; /* scratch */
    int line_error;
};

static int take_record(void *context, const struct fetch_statistic *stat);

int report_create(struct report **out)
{
    struct report *report = calloc(1, sizeof *report);
    if (!report)
        return ERR_NO_MEMORY;
    report->observer.fetched = take_record;
    report->observer.context = report;
    buf_init(&report->line, LINE_LIMIT);
    int err = sorted_lines_create(&report->urls, LINES_IN_MEMORY);
    if (!err)
        err = sorted_lines_create(&report->broken, BROKEN_IN_MEMORY);
    if (err) {
        report_free(report);
        return err;
    }
    *out = report;
    return 0;
}

void report_free(struct report *report)
{
    if (!report)
        return;
    sorted_lines_free(report->urls);
    sorted_lines_free(report->broken);
    buf_free(&report->line);
    free(report);
}

struct observer *report_observer(struct report *report)
{
    return &report->observer;
}

/* Adds to the counter of a name. Kinds and statuses are few; a server that sends hundreds of odd ones shares the last
 * counter. */
static void count(struct report *report, const char *name, uint64_t value)
{
    size_t i = 0;
    while (i < report->counter_count && strcmp(report->counters[i].name, name) != 0)
        i++;
    if (i == MAX_COUNTERS)
        i--;
    struct counter *counter = &report->counters[i];
    if (i == report->counter_count) {
        report->counter_count++;
        snprintf(counter->name, sizeof counter->name, "%s", i == MAX_COUNTERS - 1 ? "more" : name);
    }
    counter->value += value;
}

static void count_status(struct report *report, int status)
{
    char name[48];
    if (status == 200) { /* nearly all are: no need to print the name */
        count(report, "status_200", 1);
        return;
    }
    snprintf(name, sizeof name, "status_%03d", status);
    count(report, name, 1);
}

static void count_failure(struct report *report, int error)
{
    char name[48];
    snprintf(name, sizeof name, "fail_%s", error_kind(error));
    count(report, "fail", 1);
    count(report, name, 1);
}

static void count_record(struct report *report, const struct fetch_statistic *stat)
{
    if (!fetch_statistic_is_whole(stat)) {
        count_failure(report, stat->error);
        return;
    }
    count_status(report, stat->status);
    if (stat->is_unchanged)
        count(report, "unchanged", 1);
    if (stat->next_url.length) {
        count(report, "redirect", 1);
    } else if (fetch_statistic_status(stat) != 200) {
        count(report, "error", 1);
        count(report, "error_bytes", stat->size);
    } else {
        count(report, stat->is_html ? "html" : "other", 1);
        count(report, stat->is_html ? "html_bytes" : "other_bytes", stat->size);
    }
}

static const char *or_dash(const char *text)
{
    return text[0] ? text : "-";
}

static int append_error(struct buf *line, const struct fetch_statistic *stat)
{
    int err = buf_printf(line, " error %s", error_text(stat->error));
    if (!err && stat->error_detail[0])
        err = buf_printf(line, " (%s)", stat->error_detail);
    return err;
}

/* Puts text behind the line; the first error stays. A page's line goes without printf, which would cost as much as all
 * its links. */
static void put(struct report *report, const char *text)
{
    if (!report->line_error)
        report->line_error = buf_append(&report->line, text, strlen(text));
}

static void put_number(struct report *report, uint64_t number)
{
    if (!report->line_error)
        report->line_error = number_append(&report->line, number);
}

/* " STATUS TYPE ENCODING SIZE NEW/ALL" */
static int append_document(struct report *report, const struct fetch_statistic *stat)
{
    report->line_error = 0;
    put(report, " ");
    put_number(report, (uint64_t)stat->status);
    put(report, " ");
    put(report, or_dash(stat->content_type));
    put(report, " ");
    put(report, or_dash(stat->encoding));
    put(report, " ");
    put_number(report, stat->size);
    if (stat->is_html) {
        put(report, " ");
        put_number(report, stat->num_new_urls);
        put(report, "/");
        put_number(report, stat->num_urls);
    }
    return report->line_error;
}

/* " STATUS ...": what the chapter's report says of a URL behind its name. */
static int append_outcome(struct report *report, const struct fetch_statistic *stat)
{
    struct buf *line = &report->line;
    if (!fetch_statistic_is_whole(stat))
        return append_error(line, stat);
    if (stat->next_url.length)
        return buf_printf(line, " %d redirect %.*s", stat->status, SLICE_ARGS(stat->next_url));
    int err = append_document(report, stat);
    if (!err && stat->truncated)
        err = buf_printf(line, " truncated (%s)", error_text(stat->error));
    return err;
}

static int add_url_line(struct report *report, const struct fetch_statistic *stat)
{
    buf_clear(&report->line);
    int err = buf_append_slice(&report->line, stat->url);
    if (!err)
        err = append_outcome(report, stat);
    return err ? err : sorted_lines_add(report->urls, buf_slice(&report->line));
}

static int add_broken_line(struct report *report, const struct fetch_statistic *stat)
{
    buf_clear(&report->line);
    int err = fetch_statistic_is_whole(stat)
                  ? buf_printf(&report->line, "%d %.*s", stat->status, SLICE_ARGS(stat->url))
                  : buf_printf(&report->line, "%s %.*s", error_text(stat->error), SLICE_ARGS(stat->url));
    if (!err && stat->referrer.length)
        err = buf_printf(&report->line, " linked from %.*s", SLICE_ARGS(stat->referrer));
    report->broken_count++;
    return err ? err : sorted_lines_add(report->broken, buf_slice(&report->line));
}

static int take_record(void *context, const struct fetch_statistic *stat)
{
    struct report *report = context;
    count_record(report, stat);
    int err = add_url_line(report, stat);
    if (!err && fetch_statistic_is_broken(stat))
        err = add_broken_line(report, stat);
    return err;
}

/* Where lines go: escaped, since URLs and types come from the network. */
struct writer {
    FILE *file;
    struct buf escaped;
};

static int write_line(void *context, struct slice line)
{
    struct writer *writer = context;
    buf_clear(&writer->escaped);
    int err = escape_for_terminal(&writer->escaped, line);
    if (err)
        return err;
    if (fprintf(writer->file, "%s\n", buf_text(&writer->escaped)) < 0)
        return error_from_errno(errno);
    return 0;
}

static int compare_counters(const void *a, const void *b)
{
    return strcmp(((const struct counter *)a)->name, ((const struct counter *)b)->name);
}

static void write_counters(struct report *report, FILE *file)
{
    if (report->counter_count)
        qsort(report->counters, report->counter_count, sizeof report->counters[0], compare_counters);
    for (size_t i = 0; i < report->counter_count; i++)
        fprintf(file, "%10" PRIu64 " %s\n", report->counters[i].value, report->counters[i].name);
}

static void write_date(FILE *file)
{
    char text[64];
    time_t now = time(NULL);
    struct tm local;
    if (localtime_r(&now, &local) && strftime(text, sizeof text, "%a %b %e %H:%M:%S %Y", &local))
        fprintf(file, "Date: %s local time\n", text);
}

static void write_totals(struct report *report, const struct crawl_totals *totals, FILE *file)
{
    uint64_t done = totals->fetched + totals->failed;
    double seconds = (double)totals->elapsed / SECONDS(1);
    double speed = seconds > 0 ? (double)done / seconds / totals->max_tasks : 0;
    fprintf(file, "Finished %" PRIu64 " urls in %.3f secs (max_tasks=%u) (%.3f urls/sec/task)\n", done, seconds,
            totals->max_tasks, speed);
    write_counters(report, file);
    fprintf(file, "Todo: %" PRIu64 "\n", totals->queued + totals->in_flight);
    fprintf(file, "Done: %" PRIu64 "\n", done);
    write_date(file);
}

static int write_broken(struct report *report, struct writer *writer)
{
    if (!report->broken_count)
        return 0;
    fprintf(writer->file, "\nBroken: %" PRIu64 "\n", report->broken_count);
    return sorted_lines_walk(report->broken, write_line, writer);
}

int report_write(struct report *report, const struct crawl_totals *totals, FILE *file)
{
    struct writer writer = {.file = file};
    buf_init(&writer.escaped, (size_t)LINE_LIMIT * 4);
    fprintf(file, "*** Report ***\n");
    int err = sorted_lines_walk(report->urls, write_line, &writer);
    if (!err)
        write_totals(report, totals, file);
    if (!err)
        err = write_broken(report, &writer);
    if (!err && (fflush(file) || ferror(file)))
        err = error_from_errno(errno);
    buf_free(&writer.escaped);
    return err;
}
