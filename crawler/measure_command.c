/* crawler measure: finds the URLs of a site, or takes them from a file, and fetches them step by step. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "confine.h"
#include "measure/baseline.h"
#include "measure/sweep.h"
#include "option_table.h"
#include "output/output.h"
#include "output/roots_text.h"
#include "program.h"
#include "web/root.h"

enum { MOST_STEPS = 64, MOST_URLS = 10000, HOST_LIMIT = 8 };

static const char DEFAULT_SWEEP[] = "1,2,4,..256";
static const char GENTLE_SWEEP[] = "1,2,4,8";

struct measuring {
    struct program *program;
    struct observer finder;
    struct text_list urls; /* to be fetched */
    struct buf site;       /* where they come from, for people */
    struct outputs *outputs;
    json_t *baseline;
    struct comparison comparison;
    unsigned steps[MOST_STEPS];
    size_t step_count; /* 0: an open loop */
    struct sweep_plan plan;
    struct sweep *sweep;
};

/* --- which URLs --------------------------------------------------------------------------------------------------- */

static int take_url(void *context, const struct fetch_statistic *stat)
{
    struct measuring *measuring = context;
    return stat->status == 200 && !stat->error ? text_list_add(&measuring->urls, stat->url) : 0;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* An order that does not depend on who answered first, and in which pages of all parts of the site are mixed: the same
 * in each run. */
static void shuffle(struct text_list *urls)
{
    uint64_t state = 1;
    if (urls->count)
        qsort(urls->items, urls->count, sizeof(char *), compare_texts);
    for (size_t i = urls->count; i > 1; i--) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        size_t other = (size_t)((state >> 33) % i);
        char *url = urls->items[i - 1];
        urls->items[i - 1] = urls->items[other];
        urls->items[other] = url;
    }
}

static int discover(struct measuring *measuring)
{
    struct program *program = measuring->program;
    measuring->finder = (struct observer){.fetched = take_url, .context = measuring};
    crawler_add_observer(program->crawler, &measuring->finder);
    int err = program_crawl(program);
    shuffle(&measuring->urls);
    if (crawler_hit_limit(program->crawler))
        log_warning(
            "a limit left out a part of the site: the %zu URLs that were answered with 200 are measured (-n says how "
            "many are fetched)",
            measuring->urls.count);
    return err;
}

/* The URLs as they were given, in that order. */
static int take_given(struct measuring *measuring, struct text_list *urls)
{
    const struct text_list *given = &measuring->program->options.roots;
    struct buf storage;
    buf_init(&storage, URL_MAX_LENGTH);
    int err = 0;
    for (size_t i = 0; i < given->count && !err; i++) {
        struct url url;
        err = root_parse(slice_of(given->items[i]), &url, &storage);
        if (!err) {
            url_strip_credentials(&url, &storage);
            err = text_list_add(urls, url_without_fragment(&url));
        }
        if (err)
            program_fail(given->items[i], err);
    }
    buf_free(&storage);
    return err;
}

/* --- what may be done to whom ------------------------------------------------------------------------------------- */

/* The first host that is not this machine; empty when all are. */
static struct slice foreign_host(const struct text_list *urls)
{
    for (size_t i = 0; i < urls->count; i++) {
        struct url url;
        url_of_serialised(&url, slice_of(urls->items[i]));
        if (!url_is_loopback(&url))
            return url_host(&url);
    }
    return (struct slice){0};
}

static int usage(const char *option, const char *why)
{
    log_error("%s: %s", option, why);
    return ERR_SYNTAX;
}

static int refuse(struct slice host, const char *what)
{
    log_error("%.*s is not this machine: %s at most %d requests at once, unless --unthrottled", SLICE_ARGS(host), what,
              HOST_LIMIT);
    return ERR_SYNTAX;
}

/* Which steps to take, of what was asked for and what the hosts of `urls` are. */
static int plan_steps(struct measuring *measuring, const struct text_list *urls)
{
    const struct options *options = &measuring->program->options;
    struct slice foreign = foreign_host(urls);
    if (options->unthrottled)
        foreign.length = 0;
    if (options->open_rate)
        return foreign.length ? refuse(foreign, "an open loop has no limit; a sweep takes") : 0;
    const char *sweep = foreign.length ? GENTLE_SWEEP : DEFAULT_SWEEP;
    if (options->sweep)
        sweep = options->sweep;
    int count = sweep_parse(sweep, measuring->steps, MOST_STEPS);
    if (count < 0)
        return usage("--sweep", "not a list of ascending numbers such as 1,2,4,..256");
    if (foreign.length && measuring->steps[count - 1] > HOST_LIMIT)
        return refuse(foreign, "--sweep may take");
    measuring->step_count = (size_t)count;
    return 0;
}

/* What is wrong is told before anything is fetched; a site may still lead to hosts that its roots do not show. */
static int check_steps(struct measuring *measuring)
{
    struct text_list roots = {0};
    int err = take_given(measuring, &roots);
    if (!err)
        err = plan_steps(measuring, &roots);
    text_list_free(&roots);
    return err;
}

static int name_site(struct measuring *measuring)
{
    const struct options *options = &measuring->program->options;
    enum { AND_MORE = 64 };
    buf_init(&measuring->site, URL_MAX_LENGTH + AND_MORE);
    if (options->input_files.count)
        return buf_append_slice(&measuring->site, slice_of(measuring->urls.items[0]));
    return roots_text(&measuring->site, options);
}

static int make_plan(struct measuring *measuring)
{
    const struct options *options = &measuring->program->options;
    if (!measuring->urls.count) {
        log_error("no URL was answered with 200: there is nothing to measure");
        return ERR_NOT_FOUND;
    }
    int err = plan_steps(measuring, &measuring->urls);
    if (err)
        return err;
    err = name_site(measuring);
    if (err)
        return program_fail("measure", err);
    measuring->plan = (struct sweep_plan){
        .http = &measuring->program->http,
        .urls = (const char *const *)measuring->urls.items,
        .url_count = measuring->urls.count,
        .site = buf_text(&measuring->site),
        .steps = measuring->steps,
        .step_count = measuring->step_count,
        .open_rate = options->open_rate,
        .warmup = options->warmup,
        .duration = options->duration,
    };
    return 0;
}

/* --- the measurement ---------------------------------------------------------------------------------------------- */

static void tell_step(void *context, const struct sweep_step *step)
{
    const struct measuring *measuring = context;
    bool is_watched = measuring->program->options.progress != PROGRESS_NONE && isatty(STDERR_FILENO);
    if (is_watched || log_enabled(LOG_INFO))
        fprintf(stderr, "%u at once: %.1f requests/s, p50 %.3f ms, p99 %.3f ms\n", step->concurrency, step->rate,
                (double)histogram_percentile(&step->latency, 50) / 1000,
                (double)histogram_percentile(&step->latency, 99) / 1000);
}

static int run_sweep(void *argument)
{
    struct measuring *measuring = argument;
    return sweep_run(measuring->sweep, &measuring->plan, tell_step, measuring);
}

static void stop(void *context)
{
    const struct measuring *measuring = context;
    if (measuring->sweep)
        sweep_stop(measuring->sweep);
}

static int sweep(struct measuring *measuring)
{
    struct program *program = measuring->program;
    int err = sweep_create(&measuring->sweep, program->loop, &measuring->plan);
    if (err)
        return program_fail("measure", err);
    return program_run_task(program, run_sweep, measuring);
}

static int compare(struct measuring *measuring)
{
    if (!measuring->baseline || measuring->sweep->was_interrupted)
        return 0;
    return baseline_compare(&measuring->comparison, measuring->baseline, measuring->sweep,
                            measuring->program->options.threshold);
}

static int write_outputs(struct measuring *measuring)
{
    const struct measurement measurement = {
        .sweep = measuring->sweep,
        .comparison = measuring->comparison.count ? &measuring->comparison : NULL,
        .options = &measuring->program->options,
    };
    return outputs_finish_measurement(measuring->outputs, &measurement);
}

/* Whether anything went well; else why not is told. */
static int check_success(const struct sweep *sweep)
{
    uint64_t done = 0, late = 0;
    for (size_t i = 0; i < sweep->count; i++) {
        if (sweep->steps[i].latency.total)
            return 0;
        done += sweep->steps[i].done;
        late += sweep->steps[i].late;
    }
    if (done)
        log_error("nothing was measured: all %" PRIu64 " requests failed (the text output says how)", done);
    else if (late)
        log_error("nothing was measured: none of %" PRIu64 " requests that were due had its answer in time", late);
    else
        log_error("nothing was measured: no request ended within the time (--duration)");
    return ERR_TIMED_OUT;
}

static enum exit_code measure(struct measuring *measuring)
{
    struct program *program = measuring->program;
    int err = check_steps(measuring);
    if (!err)
        err = program->options.input_files.count ? take_given(measuring, &measuring->urls) : discover(measuring);
    if (program->interruptions)
        return EXIT_INTERRUPTED;
    if (!err)
        err = make_plan(measuring);
    if (err)
        return err == ERR_SYNTAX ? EXIT_USAGE : EXIT_RUNTIME;
    err = sweep(measuring);
    if (err)
        return EXIT_RUNTIME;
    err = compare(measuring);
    int output_err = write_outputs(measuring);
    if (program->interruptions)
        return EXIT_INTERRUPTED;
    if (!err && !output_err)
        err = check_success(measuring->sweep);
    if (err || output_err)
        return EXIT_RUNTIME;
    return measuring->comparison.regressions ? EXIT_WORSE : EXIT_OK;
}

static enum exit_code open_measuring(struct measuring *measuring)
{
    struct options *options = &measuring->program->options;
    if (options->baseline && baseline_load(&measuring->baseline, options->baseline))
        return EXIT_RUNTIME;
    if (!options->max_pages)
        options->max_pages = MOST_URLS;
    enum exit_code code = program_open(measuring->program);
    int err = code == EXIT_OK ? outputs_open(&measuring->outputs, options) : 0;
    if (err)
        code = err == ERR_SYNTAX ? EXIT_USAGE : EXIT_RUNTIME;
    if (code == EXIT_OK)
        code = program_begin(measuring->program);
    if (code == EXIT_OK)
        confine_crawl(options, measuring->outputs);
    return code;
}

enum exit_code measure_command(struct program *program)
{
    static struct measuring measuring; /* the program points to it */
    measuring.program = program;
    program->stop = stop;
    program->stop_context = &measuring;
    enum exit_code code = open_measuring(&measuring);
    if (code == EXIT_OK)
        code = measure(&measuring);
    program->stop = NULL;
    sweep_free(measuring.sweep);
    comparison_free(&measuring.comparison);
    json_decref(measuring.baseline);
    outputs_free(measuring.outputs);
    text_list_free(&measuring.urls);
    buf_free(&measuring.site);
    return code;
}
