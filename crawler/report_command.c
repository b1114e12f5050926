/* crawler report FILE: the outputs of a crawl that is in a state file, as if it had just ended. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "confine.h"
#include "option_table.h"
#include "output/output.h"
#include "program.h"

/* A crawl that is told of to the observers of a report. */
struct telling {
    struct list observers;
    struct crawl_totals totals;
};

static void add_observer(void *context, struct observer *observer)
{
    struct telling *telling = context;
    list_append(&telling->observers, &observer->node);
}

/* Each of the observers is told; ends with the first error. */
#define TELL(telling, what, ...)                                                                     \
    do {                                                                                             \
        list_for_each(node, &(telling)->observers)                                                   \
        {                                                                                            \
            int told = observer_tell_##what(container_of(node, struct observer, node), __VA_ARGS__); \
            if (told)                                                                                \
                return told;                                                                         \
        }                                                                                            \
    } while (0)

static int tell_url(void *context, const struct state_url *url)
{
    struct telling *telling = context;
    telling->totals.discovered++;
    if (url->reason != REASON_NONE) {
        telling->totals.filtered++;
        TELL(telling, skipped, url->url, url->reason, url->referrer);
    } else if (!url->is_done) {
        telling->totals.queued++;
        TELL(telling, left, url->url, REASON_STOPPED, url->referrer);
    }
    return 0;
}

static int tell_record(void *context, const struct fetch_statistic *stat)
{
    struct telling *telling = context;
    struct crawl_totals *totals = &telling->totals;
    nanoseconds ended = fetch_statistic_end(stat);
    totals->fetched += fetch_statistic_is_whole(stat);
    totals->failed += !fetch_statistic_is_whole(stat);
    totals->bytes += fetch_statistic_received(stat);
    totals->wire_bytes += stat->wire_size;
    totals->elapsed = ended > totals->elapsed ? ended : totals->elapsed;
    totals->connections_reused += stat->reused;
    totals->connections_opened += !stat->reused && stat->remote_address[0];
    TELL(telling, fetched, stat);
    return 0;
}

static int tell_all(struct telling *telling, struct state_file *file)
{
    int err = state_file_for_each_url(file, tell_url, telling);
    return err ? err : state_file_for_each_record(file, tell_record, telling);
}

static int report(struct program *program, struct state_file *file, struct outputs *outputs)
{
    struct telling telling = {.totals = {.max_tasks = program->options.max_tasks}};
    list_init(&telling.observers);
    list_append(&telling.observers, &program->summary->observer.node);
    outputs_for_each_observer(outputs, add_observer, &telling);
    int err = tell_all(&telling, file);
    timeseries_close(&program->summary->series, telling.totals.elapsed);
    const struct crawl_end end = {.totals = &telling.totals, .summary = program->summary, .options = &program->options};
    return err ? err : outputs_finish(outputs, &end);
}

/* The roots are the crawl's, not what the command line names. */
static int take_roots(struct program *program, struct state_file *file)
{
    text_list_free(&program->options.roots);
    int err = crawl_state_take_roots(file, &program->options);
    return err == ERR_SYNTAX ? program_fail("no crawl in it", err) : err;
}

static enum exit_code write_report(struct program *program, struct state_file *file)
{
    struct outputs *outputs = NULL;
    int err = take_roots(program, file);
    if (!err)
        err = summary_create(&program->summary);
    if (!err)
        err = state_file_for_each_end(file, summary_add_end, program->summary);
    if (!err && (err = outputs_open(&outputs, &program->options)) == ERR_SYNTAX)
        return EXIT_USAGE;
    if (!err) {
        confine_crawl(&program->options, outputs);
        err = report(program, file, outputs);
    }
    outputs_free(outputs);
    return err ? EXIT_RUNTIME : EXIT_OK;
}

enum exit_code report_command(struct program *program)
{
    struct state_file *file;
    if (program->options.roots.count != 1) {
        log_error("crawler report takes one state file");
        return EXIT_USAGE;
    }
    if (state_file_open(&file, program->options.roots.items[0]))
        return EXIT_RUNTIME;
    enum exit_code code = write_report(program, file);
    state_file_close(file);
    return code;
}
