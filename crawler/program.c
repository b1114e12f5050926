#include "program.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "async/stack.h"
#include "base/error.h"
#include "base/log.h"
#include "option_table.h"
#include "ui/progress.h"
#include "web/root.h"

int program_fail(const char *what, int err)
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
        log_warning("interrupted: %s; once more stops now", program->options.command == COMMAND_MEASURE
                                                                ? "dropping the step at hand, telling those before"
                                                                : "finishing what is in flight");
        crawler_stop(program->crawler);
    } else {
        crawler_abort(program->crawler);
    }
    if (program->stop)
        program->stop(program->stop_context);
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

/* Checks the roots and notes their origins and hosts. */
static int collect_origins(struct program *program)
{
    struct buf storage, origin;
    buf_init(&storage, URL_MAX_LENGTH);
    buf_init(&origin, URL_MAX_LENGTH);
    bool some_are_https = false;
    int err = 0;
    for (size_t i = 0; i < program->options.roots.count && !err; i++) {
        const char *root = program->options.roots.items[i];
        struct url url;
        buf_clear(&origin);
        err = root_parse(slice_of(root), &url, &storage);
        if (!err)
            err = take_credentials(&program->options, &url);
        if (!err)
            err = url_append_origin(&url, &origin);
        if (!err)
            err = text_list_add(&program->origins, buf_slice(&origin));
        if (!err)
            err = text_list_add(&program->hosts, url_host(&url));
        if (err)
            program_fail(root, err);
        else
            some_are_https |= slice_equal(url_scheme(&url), SLICE("https"));
    }
    if (!err && program->options.certificate && !some_are_https)
        log_warning("--cert: no root is https://, so that the certificate is shown to nobody");
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
        /* An archive is to have what was sent: HTTP/2 sends no lines. */
        .version = options->warc && options->http_version == HTTP_ANY ? HTTP_1_1 : options->http_version,
        .family = options->family,
        .resolve = (const char *const *)options->resolve.items,
        .connect_to = (const char *const *)options->connect_to.items,
        .dns_servers = options->dns_servers,
        .allow_private = options->allow_private,
        .named_hosts = (const char *const *)program->hosts.items,
        .connect_timeout = options->connect_timeout,
        .total_timeout = options->timeout,
        .idle_timeout = options->idle_timeout,
        .minimum_rate = options->minimum_rate,
        .max_body = options->max_body,
        .max_ratio = 1000,
    };
}

static int open_program(struct program *program)
{
    http_options_of(program, &program->http);
    int err = loop_create(&program->loop, program->options.selector);
    if (err)
        return program_fail(program->options.selector ? program->options.selector : "event loop", err);
    err = watch_signals(program);
    if (err)
        return program_fail("signals", err);
    err = http_client_create(&program->client, program->loop, &program->http);
    if (err)
        return program_fail("HTTP client", err);
    err = summary_create(&program->summary);
    if (err)
        return program_fail("figures", err);
    err = crawler_create(&program->crawler, program->loop, program->client, &program->options, program->state.state);
    if (err)
        return program_fail("crawl", err);
    crawler_add_observer(program->crawler, &program->summary->observer);
    return 0;
}

/* The process that writes the state file must have none of our descriptors: it is started first. */
enum exit_code program_open(struct program *program)
{
    enum exit_code code = crawl_state_open(&program->state, &program->options);
    if (code != EXIT_OK)
        return code;
    int err = collect_origins(program);
    if (err)
        return err == ERR_NO_MEMORY ? EXIT_RUNTIME : EXIT_USAGE;
    err = open_program(program);
    if (err)
        return err == ERR_SYNTAX || err == ERR_INVALID ? EXIT_USAGE : EXIT_RUNTIME;
    return EXIT_OK;
}

enum exit_code program_begin(struct program *program)
{
    const bool goes_on = program->state.earlier != NULL; /* then the roots have been right, whatever fails */
    int err = crawl_state_begin(&program->state, program->crawler, program->summary, &program->options);
    if (!err)
        return EXIT_OK;
    return !goes_on && (err == ERR_SYNTAX || err == ERR_INVALID) ? EXIT_USAGE : EXIT_RUNTIME;
}

void program_close(struct program *program)
{
    crawler_free(program->crawler);
    warc_close(program->warc, program->warc_is_done);
    summary_free(program->summary);
    http_client_free(program->client);
    crawl_state_close(&program->state);
    if (program->loop) {
        loop_unwatch_signal(program->loop, &program->interrupt);
        loop_unwatch_signal(program->loop, &program->terminate);
    }
    loop_free(program->loop);
    stack_cache_drain();
    text_list_free(&program->origins);
    text_list_free(&program->hosts);
    options_free(&program->options);
}

/* Gives everything up: the loop can't tell any more what happens. */
static void give_up(struct program *program, struct task *task)
{
    if (program->crawler)
        crawler_abort(program->crawler);
    if (program->stop)
        program->stop(program->stop_context);
    (void)loop_wind_up(program->loop, task_future(task));
}

int program_run_task(struct program *program, task_body body, void *argument)
{
    struct task *task;
    int err = task_create(&task, program->loop, "main", body, argument);
    if (err)
        return program_fail("task", err);
    err = loop_run_until_complete(program->loop, task_future(task));
    if (err)
        give_up(program, task);
    else
        err = future_result(task_future(task), NULL);
    task_free(task);
    return err ? program_fail(program->options.command == COMMAND_MEASURE ? "measure" : "crawl", err) : 0;
}

static void figures(void *context, struct crawl_totals *totals)
{
    crawler_totals(context, totals);
}

static int crawl(void *argument)
{
    return crawler_run(argument);
}

static void tell_stalls(const struct stalls *stalls)
{
    log_debug("events waited for %.1f ms at worst, in 999 of 1000 cases for %.2f ms at most",
              (double)stalls->longest / MILLISECONDS(1), (double)stalls_percentile(stalls, 0.999) / MILLISECONDS(1));
}

int program_crawl(struct program *program)
{
    struct progress *progress;
    progress_start(&progress, program->loop, &program->options, figures, program->crawler);
    int err = program_run_task(program, crawl, program->crawler);
    progress_stop(progress);
    tell_stalls(loop_stalls(program->loop));
    return err;
}
