#include "ui/progress.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "ui/pace.h"
#include "ui/progress_line.h"
#include "ui/terminal.h"

static const nanoseconds INTERVAL = MILLISECONDS(100);
static const char CLEAR_LINE[] = "\r\033[K";
static const char CLEAR_REST[] = "\033[K";

/* What goes to the terminal in one piece; room for a log line and the progress line below it. */
struct frame {
    size_t length;
    char bytes[LOG_LINE_LIMIT + PROGRESS_LINE_SIZE + 16];
};

struct progress {
    struct loop *loop;
    struct loop_timer timer;
    const struct options *options;
    progress_source source;
    void *context;
    struct pace pace;
    nanoseconds next; /* the earliest time for the next drawing */
    struct frame frame;
};

/* Whether an output is standard output, in a format of lines. The text report is written when the line is gone. */
static bool streams_out(const char *output)
{
    const char *colon = strrchr(output, ':');
    return colon && strcmp(colon, ":-") == 0 && strcmp(output, "text:-") != 0;
}

/* Whether records go to a terminal while the crawl goes on: they would run into the line. */
static bool is_shared(const struct options *options)
{
    bool streams = options->skipped && strcmp(options->skipped, "-") == 0;
    for (size_t i = 0; i < options->outputs.count; i++)
        streams |= streams_out(options->outputs.items[i]);
    return streams && isatty(STDOUT_FILENO);
}

static bool is_wanted(const struct options *options)
{
    if (options->progress != PROGRESS_AUTO)
        return options->progress == PROGRESS_BAR;
    return terminal_is_capable(STDERR_FILENO) && !is_shared(options);
}

static void add(struct frame *frame, const char *text)
{
    size_t length = strlen(text), room = sizeof frame->bytes - frame->length;
    length = length < room ? length : room;
    memcpy(frame->bytes + frame->length, text, length);
    frame->length += length;
}

static void show(struct frame *frame)
{
    terminal_write(STDERR_FILENO, frame->bytes, frame->length);
    frame->length = 0;
}

static void add_drawing(struct progress *progress)
{
    struct crawl_totals totals;
    struct progress_figures figures;
    char line[PROGRESS_LINE_SIZE];
    progress->source(progress->context, &totals);
    pace_take(&progress->pace, &totals, progress->options->max_pages, &figures);
    /* The last column stays free: a cursor behind it may stand on the next line already. */
    progress_line(line, &figures, terminal_columns(STDERR_FILENO) - 1);
    add(&progress->frame, line);
    add(&progress->frame, CLEAR_REST);
    progress->next = clock_after(INTERVAL);
    loop_call_at(progress->loop, &progress->timer, progress->next);
}

static void draw(void *context)
{
    struct progress *progress = context;
    add(&progress->frame, "\r");
    add_drawing(progress);
    if (terminal_is_others(STDERR_FILENO))
        progress->frame.length = 0;
    show(&progress->frame);
}

/* A log line takes the progress line's place, which comes back below it, though not more often than it may be drawn. */
static void write_log(void *context, enum log_level level, const char *line)
{
    struct progress *progress = context;
    (void)level;
    bool is_ours = !terminal_is_others(STDERR_FILENO);
    if (is_ours)
        add(&progress->frame, CLEAR_LINE);
    add(&progress->frame, line);
    add(&progress->frame, "\n");
    if (is_ours && clock_now() >= progress->next)
        add_drawing(progress);
    show(&progress->frame);
}

int progress_start(struct progress **out, struct loop *loop, const struct options *options, progress_source source,
                   void *context)
{
    *out = NULL;
    if (!is_wanted(options))
        return 0;
    struct progress *progress = calloc(1, sizeof *progress);
    if (!progress)
        return ERR_NO_MEMORY;
    progress->loop = loop;
    progress->options = options;
    progress->source = source;
    progress->context = context;
    progress->next = clock_after(INTERVAL);
    loop_timer_init(&progress->timer, draw, progress);
    loop_call_at(loop, &progress->timer, progress->next);
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
    if (!terminal_is_others(STDERR_FILENO)) {
        add(&progress->frame, CLEAR_LINE);
        show(&progress->frame);
    }
    free(progress);
}
