#include "ui/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"

static const nanoseconds INTERVAL = MILLISECONDS(200);

/* The rate is that of the last three seconds, so that answers that come in bursts do not make it jump. */
enum { SAMPLES = 15 };
static const char CLEAR_LINE[] = "\r\033[K";

enum { DEFAULT_WIDTH = 80, LINE_SIZE = 256 };

struct progress {
    struct loop *loop;
    struct loop_timer timer;
    progress_figures figures;
    void *context;
    struct {
        uint64_t done;
        nanoseconds at;
    } samples[SAMPLES]; /* a ring: of the last drawings */
    unsigned drawings;
};

static bool is_wanted(enum progress_kind kind)
{
    if (kind != PROGRESS_AUTO)
        return kind == PROGRESS_BAR;
    const char *terminal = getenv("TERM");
    return isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
}

static size_t terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1)
        return size.ws_col - 1u;
    return DEFAULT_WIDTH - 1;
}

/* URLs a second since the oldest sample, which this one replaces. */
static double rate_of(struct progress *progress, uint64_t done)
{
    nanoseconds now = clock_now();
    unsigned slot = progress->drawings % SAMPLES;
    unsigned oldest = progress->drawings < SAMPLES ? 0 : slot;
    double seconds = (double)(now - progress->samples[oldest].at) / SECONDS(1);
    double rate = progress->drawings ? (double)(done - progress->samples[oldest].done) / seconds : 0;
    progress->samples[slot].done = done;
    progress->samples[slot].at = now;
    progress->drawings++;
    return rate;
}

static void draw(struct progress *progress)
{
    struct crawl_totals totals;
    progress->figures(progress->context, &totals);
    uint64_t done = totals.fetched + totals.failed;
    double rate = rate_of(progress, done);
    double elapsed = (double)totals.elapsed / SECONDS(1);
    char line[LINE_SIZE];
    snprintf(line, sizeof line,
             "%" PRIu64 " done  %" PRIu64 " in flight  %" PRIu64 " queued  %.0f/s  %.1f MB/s  %" PRIu64
             " failed  %.0f s",
             done, totals.in_flight, totals.queued, rate, elapsed > 0 ? (double)totals.wire_bytes / elapsed / 1e6 : 0,
             totals.failed, elapsed);
    size_t width = terminal_width();
    if (strlen(line) > width)
        line[width] = '\0';
    fprintf(stderr, "%s%s", CLEAR_LINE, line);
    fflush(stderr);
}

static void on_timer(void *context)
{
    struct progress *progress = context;
    draw(progress);
    loop_call_at(progress->loop, &progress->timer, clock_after(INTERVAL));
}

/* A log line takes the progress line's place, which comes back below it with the next drawing. */
static void write_log(void *context, enum log_level level, const char *line)
{
    (void)context;
    (void)level;
    fprintf(stderr, "%s%s\n", CLEAR_LINE, line);
}

int progress_start(struct progress **out, struct loop *loop, enum progress_kind kind, progress_figures figures,
                   void *context)
{
    *out = NULL;
    if (!is_wanted(kind))
        return 0;
    struct progress *progress = calloc(1, sizeof *progress);
    if (!progress)
        return ERR_NO_MEMORY;
    progress->loop = loop;
    progress->figures = figures;
    progress->context = context;
    loop_timer_init(&progress->timer, on_timer, progress);
    loop_call_at(loop, &progress->timer, clock_after(INTERVAL));
    log_set_sink(write_log, progress);
    *out = progress;
    return 0;
}

void progress_stop(struct progress *progress)
{
    if (!progress)
        return;
    loop_timer_cancel(progress->loop, &progress->timer);
    log_set_sink(NULL, NULL);
    fputs(CLEAR_LINE, stderr);
    fflush(stderr);
    free(progress);
}
