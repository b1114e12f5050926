/* main.c - puts the rooms together: options, loop, HTTP client, crawl, report, exit code. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "async/loop.h"
#include "async/stack.h"
#include "async/task.h"
#include "base/error.h"
#include "base/log.h"
#include "crawl/crawler.h"
#include "crawl/root.h"
#include "http/fetch.h"
#include "inspect/inspect.h"
#include "option_table.h"
#include "options.h"
#include "output/report.h"
#include "ui/progress.h"

/* The first that holds is returned; see --help. */
enum exit_code {
    EXIT_OK = 0,
    EXIT_RUNTIME = 1,
    EXIT_USAGE = 2,
    EXIT_CONFIG = 3,
    EXIT_LIMIT = 5,
    EXIT_INTERRUPTED = 130
};

struct program {
    struct options options;
    struct text_list origins; /* of the roots: where credentials may go */
    struct loop *loop;
    struct http_client *client;
    struct crawler *crawler;
    struct report *report;
    struct progress *progress;
    struct loop_signal interrupt;
    struct loop_signal terminate;
    unsigned interruptions;
};

static int fail(const char *what, int err)
{
    log_error("%s: %s", what, error_text(err));
    return err;
}

/* Once: finish what is in flight and report. Twice: report what there is. */
static void on_signal(void *context, int number)
{
    struct program *program = context;
    (void)number;
    if (program->interruptions++ == 0) {
        log_warning("interrupted: finishing what is in flight; once more stops now");
        crawler_stop(program->crawler);
    } else {
        crawler_abort(program->crawler);
    }
}

static int watch_signals(struct program *program)
{
    loop_signal_init(&program->interrupt, on_signal, program);
    loop_signal_init(&program->terminate, on_signal, program);
    int err = loop_watch_signal(program->loop, &program->interrupt, SIGINT);
    return err ? err : loop_watch_signal(program->loop, &program->terminate, SIGTERM);
}

/* Credentials in a root count as --user, unless that is given. */
static int take_credentials(struct options *options, const struct url *root)
{
    struct buf text;
    buf_init(&text, URL_MAX_LENGTH);
    int err = options->user ? 0 : root_credentials(root, &text);
    if (!err && text.length && !(options->user = strdup(buf_text(&text))))
        err = ERR_NO_MEMORY;
    buf_free(&text);
    return err;
}

/* Checks the roots and notes their origins. */
static int collect_origins(struct program *program)
{
    struct buf storage, origin;
    buf_init(&storage, URL_MAX_LENGTH);
    buf_init(&origin, URL_MAX_LENGTH);
    int err = 0;
    for (size_t i = 0; i < program->options.roots.count && !err; i++) {
        const char *root = program->options.roots.items[i];
        struct url url;
        buf_clear(&origin);
        err = root_parse(slice_of(root), &url, &storage);
        if (err)
            fail(root, err);
        else
            err = take_credentials(&program->options, &url);
        if (!err)
            err = url_append_origin(&url, &origin);
        if (!err)
            err = text_list_add(&program->origins, buf_slice(&origin));
    }
    buf_free(&storage);
    buf_free(&origin);
    return err;
}

static void http_options_of(const struct program *program, struct http_options *http)
{
    const struct options *options = &program->options;
    *http = (struct http_options){
        .user_agent = options->user_agent,
        .headers = (const char *const *)options->headers.items,
        .user = options->user,
        .auth_origins = (const char *const *)program->origins.items,
        .cookie = options->cookie,
        .cookie_jar = options->cookie_jar,
        .keep_cookies = true,
        .proxy = options->proxy,
        .proxy_from_environment = options->proxy_from_environment,
        .ca_file = options->ca_file,
        .certificate = options->certificate,
        .key = options->key,
        .insecure = options->insecure,
        .version = options->http_version,
        .family = options->family,
        .resolve = (const char *const *)options->resolve.items,
        .connect_to = (const char *const *)options->connect_to.items,
        .dns_servers = options->dns_servers,
        .connect_timeout = options->connect_timeout,
        .total_timeout = options->timeout,
        .idle_timeout = options->idle_timeout,
        .minimum_rate = options->minimum_rate,
        .max_body = options->max_body,
        .max_ratio = 1000,
    };
}

static int add_roots(struct program *program)
{
    for (size_t i = 0; i < program->options.roots.count; i++) {
        const char *root = program->options.roots.items[i];
        int err = crawler_add_root(program->crawler, slice_of(root));
        if (err)
            return fail(root, err);
    }
    return 0;
}

static int open_program(struct program *program)
{
    struct http_options http;
    http_options_of(program, &http);
    int err = loop_create(&program->loop, program->options.selector);
    if (err)
        return fail(program->options.selector ? program->options.selector : "event loop", err);
    err = watch_signals(program);
    if (err)
        return fail("signals", err);
    err = http_client_create(&program->client, program->loop, &http);
    if (err)
        return fail("HTTP client", err);
    err = report_create(&program->report);
    if (err)
        return fail("report", err);
    err = crawler_create(&program->crawler, program->loop, program->client, &program->options);
    if (err)
        return fail("crawl", err);
    crawler_add_observer(program->crawler, report_observer(program->report));
    return 0;
}

static void close_program(struct program *program)
{
    progress_stop(program->progress);
    crawler_free(program->crawler);
    report_free(program->report);
    http_client_free(program->client);
    if (program->loop) {
        loop_unwatch_signal(program->loop, &program->interrupt);
        loop_unwatch_signal(program->loop, &program->terminate);
    }
    loop_free(program->loop);
    stack_cache_drain();
    text_list_free(&program->origins);
    options_free(&program->options);
}

static void figures(void *context, struct crawl_totals *totals)
{
    crawler_totals(context, totals);
}

static int crawl(void *argument)
{
    return crawler_run(argument);
}

/* Runs the crawl to its end. */
static int run(struct program *program)
{
    struct task *task;
    int err = task_create(&task, program->loop, "main", crawl, program->crawler);
    if (err)
        return fail("crawl", err);
    progress_start(&program->progress, program->loop, program->options.progress, figures, program->crawler);
    err = loop_run_until_complete(program->loop, task_future(task));
    if (!err)
        err = future_result(task_future(task), NULL);
    progress_stop(program->progress);
    program->progress = NULL;
    task_free(task);
    log_debug("events waited for %.1f ms at worst", (double)loop_longest_stall(program->loop) / MILLISECONDS(1));
    return err ? fail("crawl", err) : 0;
}

static int write_report(struct program *program)
{
    const char *name = program->options.output;
    bool to_file = name && strcmp(name, "-") != 0;
    FILE *file = to_file ? fopen(name, "we") : stdout;
    if (!file) {
        log_error("%s: %s", name, strerror(errno));
        return error_from_errno(errno);
    }
    struct crawl_totals totals;
    crawler_totals(program->crawler, &totals);
    int err = report_write(program->report, &totals, file);
    if (to_file && fclose(file) && !err)
        err = error_from_errno(errno);
    if (err)
        fail(to_file ? name : "standard output", err);
    return err;
}

static enum exit_code exit_code_of(const struct program *program, int err)
{
    if (program->interruptions)
        return EXIT_INTERRUPTED;
    if (err)
        return EXIT_RUNTIME;
    if (!crawler_reached_a_root(program->crawler)) {
        log_error("no root could be fetched");
        return EXIT_RUNTIME;
    }
    return crawler_hit_limit(program->crawler) ? EXIT_LIMIT : EXIT_OK;
}

static enum exit_code crawl_and_report(struct program *program)
{
    if (collect_origins(program))
        return EXIT_USAGE;
    int err = open_program(program);
    if (err)
        return err == ERR_SYNTAX || err == ERR_INVALID ? EXIT_USAGE : EXIT_RUNTIME;
    if (add_roots(program))
        return EXIT_USAGE;
    err = run(program);
    int report_err = write_report(program);
    return exit_code_of(program, err ? err : report_err);
}

/* As many descriptors as the system grants; not for select, which can't watch those beyond FD_SETSIZE. */
static void raise_descriptor_limit(const char *selector)
{
    struct rlimit files;
    if (selector && strcmp(selector, "select") == 0)
        return;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

static void set_log_level(int verbosity)
{
    static const enum log_level levels[] = {LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG};
    int index = verbosity + 1;
    log_set_level(levels[index < 0 ? 0 : index > 3 ? 3 : index]);
}

int main(int argc, char **argv)
{
    static struct program program;
    /* A reader that went away shows as a failed write. */
    signal(SIGPIPE, SIG_IGN);
    inspect_command inspect = argc > 1 ? inspect_find(argv[1]) : NULL;
    if (inspect)
        return inspect(argc - 1, argv + 1);
    enum exit_code code = EXIT_OK;
    switch (options_parse(&program.options, argc, argv, stdout, stderr)) {
    case OPTIONS_RUN:
        set_log_level(program.options.verbosity);
        raise_descriptor_limit(program.options.selector);
        code = crawl_and_report(&program);
        break;
    case OPTIONS_EXIT:
        break;
    case OPTIONS_USAGE:
        code = EXIT_USAGE;
        break;
    case OPTIONS_CONFIG:
        code = EXIT_CONFIG;
        break;
    case OPTIONS_NO_MEMORY:
        code = EXIT_RUNTIME;
        break;
    }
    close_program(&program);
    return code;
}
