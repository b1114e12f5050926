#include "crawl/worker.h"

#include <stdio.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/log.h"
#include "crawl/server_memory.h"

void worker_look_up_reach(const struct worker *worker, uint32_t *depth, uint32_t *redirects)
{
    *depth = worker->claim.depth;
    *redirects = worker->claim.redirects;
    intake_look_up(worker->crawler->intake, worker->fingerprint, depth, redirects);
}

static bool is_html(const struct mime *mime)
{
    return mime_document_kind(mime) == DOCUMENT_HTML ||
           slice_equal(slice_of(mime->type), SLICE("application/xhtml+xml"));
}

/* Another visit can ask with those of a whole answer only. */
static void note_validators(const struct http_response *response, struct fetch_statistic *stat)
{
    if (response->status != 200 || response->error)
        return;
    const struct validators validators = validators_of(response);
    stat->entity_tag = validators.tag;
    stat->last_modified = validators.date;
}

void worker_fill_statistic(const struct worker *worker, struct fetch_statistic *stat)
{
    const struct http_response *response = &worker->response;
    const struct mime *mime = page_mime(worker->page);
    uint32_t redirects;
    *stat = (struct fetch_statistic){
        .url = buf_slice(&worker->claim.url),
        .referrer = referrer_text(worker->claim.referrer),
        .status = response->status,
        .error = response->error,
        .error_detail = response->error_detail,
        .content_type = response->status ? mime->type : "",
        .encoding = response->status ? page_header_encoding(worker->page) : "",
        .is_html = response->status == 200 && is_html(mime),
        .truncated = response->truncated,
        .is_accepted = status_set_has(&worker->crawler->options->accept, response->status),
        .size = response->decoded_size,
        .wire_size = response->wire_size,
        .tries = worker->tries,
        .started = worker->started - worker->crawler->started,
        .timings = response->timings,
        .version = response->version,
        .reused = response->reused,
        .remote_address = response->remote_address,
    };
    if (worker->digest && response->decoded_size)
        stat->digest = digest_end(worker->digest);
    if (worker->crawler->state)
        note_validators(response, stat);
    earlier_visit_compare(worker->crawler->visited, worker->claim.id, worker->is_conditional, stat);
    worker_look_up_reach(worker, &stat->depth, &redirects);
}

static bool is_whole(const struct http_response *response)
{
    return !response->error || response->truncated;
}

/* Whether the last try lacked a descriptor while others hold some: then fewer must do from now on. */
static bool is_crowded(struct worker *worker)
{
    struct crawler *crawler = worker->crawler;
    bool was_narrow = gate_is_narrow(&crawler->gate);
    if (worker->response.error != ERR_TOO_MANY_FILES || crawler->stopped || !gate_narrow(&crawler->gate))
        return false;
    if (!was_narrow)
        log_warning("too many open files: fewer fetches at once from now on");
    return true;
}

/* Whether another try could help: the network failed, or the server wants to be asked later. */
static bool could_help(const struct http_response *response)
{
    return http_error_is_transient(response->error) || (!response->error && politeness_is_refusal(response->status));
}

bool worker_will_try_again(struct worker *worker)
{
    worker->crowded = is_crowded(worker);
    if (worker->crowded)
        return true;
    return could_help(&worker->response) && worker->tries < worker->crawler->options->max_tries &&
           !worker->crawler->stopped;
}

static void tell_failure(const struct worker *worker, const struct fetch_statistic *stat)
{
    log_error("%.*s failed after %u tries: %s", SLICE_ARGS(stat->url), worker->tries, error_text(stat->error));
}

/* A document that can't be read, such as one for which a library is missing, is lost for that. */
static void lose_document(struct worker *worker, struct fetch_statistic *stat, int err)
{
    worker->response.error = stat->error = err;
    worker->response.truncated = stat->truncated = false;
    tell_failure(worker, stat);
}

static struct archive_answer answer_of(const struct worker *worker)
{
    return (struct archive_answer){.url = buf_slice(&worker->claim.url),
                                   .referrer = referrer_text(worker->claim.referrer),
                                   .depth = worker->claim.depth,
                                   .tries = worker->tries,
                                   .response = &worker->response};
}

int worker_keep(struct worker *worker, const struct fetch_statistic *stat)
{
    struct archive_answer answer = answer_of(worker);
    answer.depth = stat->depth;
    return keeper_step(&worker->keeper, &answer) > 0;
}

/* The claim comes to nothing. */
static void give_up(struct worker *worker, int err)
{
    struct crawler *crawler = worker->crawler;
    crawler_tell_left(crawler, buf_slice(&worker->claim.url), referrer_text(worker->claim.referrer));
    if (err != ERR_CANCELLED)
        crawler_fail(crawler, err);
    crawler_fail(crawler, frontier_done(crawler->frontier, &worker->claim, STORE_GIVEN_UP, NULL));
}

bool worker_gives_up(const struct worker *worker, int err)
{
    return err == ERR_NO_MEMORY || (err && worker->crawler->error);
}

/* A crawl that goes on fetches the URL again and finds its links. */
static void lose(struct worker *worker, int err)
{
    keeper_drop(&worker->keeper);
    give_up(worker, err);
}

/* Between the archive and the store nothing else is done: where the archive ends is put down with the record. */
void worker_conclude(struct worker *worker, struct fetch_statistic *stat, int err)
{
    worker->settled = true;
    if (worker_gives_up(worker, err)) {
        lose(worker, err);
        return;
    }
    while (worker_keep(worker, stat))
        continue;
    if (worker->keeper.error) {
        give_up(worker, worker->keeper.error);
        return;
    }
    if (err)
        lose_document(worker, stat, err);
    crawler_count(worker->crawler, stat);
    crawler_tell_fetched(worker->crawler, stat);
    crawler_fail(worker->crawler, frontier_done(worker->crawler->frontier, &worker->claim, STORE_FETCHED, stat));
}

int worker_harvest(struct worker *worker, struct fetch_statistic *stat)
{
    worker_fill_statistic(worker, stat);
    if (!is_whole(&worker->response)) {
        tell_failure(worker, stat);
        return 0;
    }
    struct slice location = {0};
    if (http_is_redirect(stat->status))
        location = http_response_header(&worker->response, "Location", 0);
    if (location.data)
        return harvest_redirect(worker, stat, location);
    return stat->is_not_modified ? 0 : harvest_links(worker, stat); /* its links are all in the crawl */
}

static void settle(struct worker *worker)
{
    struct fetch_statistic stat;
    int err = worker_harvest(worker, &stat);
    worker_conclude(worker, &stat, err);
}

static int begin_body(void *context, const struct http_response *response)
{
    struct worker *worker = context;
    if (worker->digest)
        digest_begin(worker->digest);
    return page_begin(worker->page, response);
}

static int take_body(void *context, struct slice bytes)
{
    struct worker *worker = context;
    if (worker->digest)
        digest_add(worker->digest, bytes);
    return page_feed(worker->page, bytes);
}

bool worker_has_many_links(const struct worker *worker)
{
    return is_whole(&worker->response) && page_is_large(worker->page) && worker->crawler->follows_links;
}

static void finish_body(void *context, const struct http_response *response)
{
    struct worker *worker = context;
    worker_note_answer(worker);
    if (response->error != ERR_CANCELLED && !worker_will_try_again(worker)) {
        worker->is_slow = worker_has_many_links(worker) || keeper_is_slow(&worker->keeper);
        if (worker->is_slow)
            return; /* harvest_slowly goes on */
        settle(worker);
    }
    page_reset(worker->page);
}

void worker_put_back(struct worker *worker, nanoseconds when)
{
    struct crawler *crawler = worker->crawler;
    int err = frontier_later(crawler->frontier, &worker->claim, when);
    if (err)
        crawler_tell_left(crawler, buf_slice(&worker->claim.url), referrer_text(worker->claim.referrer));
    crawler_fail(crawler, err);
}

static void log_try(const struct worker *worker)
{
    const struct http_response *response = &worker->response;
    const char *url = buf_text(&worker->claim.url);
    if (response->error)
        log_info("try %u for %s raised %s", worker->tries, url, error_text(response->error));
    else
        log_info("try %u for %s: status %d", worker->tries, url, response->status);
}

/* A try that lacked a descriptor doesn't count, for nothing was asked of the server, and waits for nothing but the
 * gate. */
nanoseconds worker_next_try(struct worker *worker)
{
    if (worker->crowded)
        return 0;
    log_try(worker);
    worker->claim.tries = worker->tries;
    return clock_after(politeness_backoff(worker->tries));
}

void worker_try_later(struct worker *worker)
{
    worker_put_back(worker, worker_next_try(worker));
}

void worker_begin_try(struct worker *worker)
{
    worker->settled = worker->crowded = false;
    worker->tries = worker->claim.tries + 1;
    worker->started = clock_now();
}

void worker_set_pace(struct worker *worker)
{
    struct server *server = worker->server;
    /* Until the rules are known they are asked for, by one alone. */
    uint32_t at_once = server->rules == SERVER_RULES_UNKNOWN ? 1 : server->politeness.at_once;
    const struct store_pace pace = {at_once, server->politeness.not_before};
    if (pace.at_once == server->pace.at_once && pace.not_before == server->pace.not_before)
        return;
    server->pace = pace;
    frontier_set_pace(worker->crawler->frontier, &worker->claim, &pace);
}

void worker_note_answer(struct worker *worker)
{
    struct server *server = worker->server;
    nanoseconds now = clock_now();
    nanoseconds before = server->politeness.not_before;
    politeness_answered(&server->politeness, &worker->response, worker->tries, worker->started, now);
    if (server->politeness.not_before > before && politeness_is_refusal(worker->response.status))
        crawler_fail(worker->crawler, server_memory_hold(worker));
    if (politeness_has_lost(&server->politeness, now) && !server_is_down(server, now))
        server_go_down(server, worker->response.error, now);
    worker_set_pace(worker);
}

void worker_fail(struct worker *worker)
{
    struct fetch_statistic stat;
    worker_fill_statistic(worker, &stat);
    tell_failure(worker, &stat);
    worker_conclude(worker, &stat, 0);
}

void worker_fail_unasked(struct worker *worker)
{
    struct http_response *response = &worker->response;
    http_response_free(response);
    http_response_init(response);
    response->error = worker->server->down;
    snprintf(response->error_detail, sizeof response->error_detail, "not asked: the server did not answer before");
    worker->tries = worker->claim.tries;
    worker->started = clock_now();
    worker_fail(worker);
}

/* What the visit before knows of the URL goes into the request. Errors: ERR_NO_MEMORY. */
static int set_conditions(struct worker *worker, const char *lines[VALIDATORS_LINES + 1])
{
    const struct validators known = earlier_visit_validators(worker->crawler->visited, worker->claim.id);
    worker->is_conditional = validators_are_there(&known);
    lines[0] = NULL;
    return worker->is_conditional ? validators_lines(&known, &worker->conditions, lines) : 0;
}

/* Tries the claimed URL once. Returns 0 when it has its record or waits for another try, or ERR_CANCELLED,
 * ERR_NO_MEMORY. */
static int fetch(struct worker *worker)
{
    const struct http_sink sink = {begin_body, take_body, finish_body, worker};
    const char *conditions[VALIDATORS_LINES + 1];
    const struct http_request request = {
        .url = buf_text(&worker->claim.url), .headers = conditions, .tap = keeper_tap(&worker->keeper)};
    int err = set_conditions(worker, conditions);
    if (err)
        return err;
    worker_begin_try(worker);
    politeness_asked(&worker->server->politeness, worker->started);
    worker_set_pace(worker);
    err = http_fetch(worker->crawler->client, &request, &sink, &worker->response);
    if (worker->is_slow && harvest_slowly(worker) && !worker->settled)
        return ERR_CANCELLED;
    if (worker->settled && worker->tries > 1 && !err)
        log_info("try %u for %s success", worker->tries, request.url);
    if (worker->settled)
        return 0;
    if (err == ERR_CANCELLED)
        return err;
    const struct archive_answer answer = answer_of(worker);
    err = keeper_keep(&worker->keeper, &answer);
    if (!err)
        worker_try_later(worker);
    return err;
}

/* The same with what comes before, when there is room for one more. */
static int serve(struct worker *worker)
{
    struct gate *gate = &worker->crawler->gate;
    int err = gate_enter(gate);
    if (!err) {
        int admitted = admission_pass(worker);
        err = admitted > 0 ? fetch(worker) : admitted;
    }
    gate_leave(gate);
    return err;
}

static int take_claim(struct worker *worker)
{
    url_of_serialised(&worker->url, buf_slice(&worker->claim.url));
    worker->fingerprint = url_fingerprint(&worker->url);
    worker->server = servers_find(worker->crawler->servers, &worker->url);
    return worker->server ? 0 : ERR_NO_MEMORY;
}

/* What each task of the pool does until the frontier is exhausted. */
static int work(void *argument)
{
    struct worker *worker = argument;
    int err;
    while (!(err = frontier_next(worker->crawler->frontier, &worker->claim))) {
        err = take_claim(worker);
        if (!err)
            err = serve(worker);
        if (err) {
            give_up(worker, err);
            break;
        }
    }
    if (err != ERR_FINISHED && err != ERR_CANCELLED)
        crawler_fail(worker->crawler, err); /* those who wait for a URL need not wait any longer */
    return err == ERR_FINISHED ? 0 : err;
}

int worker_start(struct worker *worker, struct crawler *crawler)
{
    worker->crawler = crawler;
    claim_init(&worker->claim);
    http_response_init(&worker->response);
    buf_init(&worker->conditions, VALIDATORS_TAG_MAX + 256);
    int err = page_create(&worker->page, crawler->options, &crawler->extractors);
    if (!err && crawler->state && !(worker->digest = digest_create()))
        err = ERR_NO_MEMORY;
    if (!err)
        err = keeper_open(&worker->keeper, crawler->loop, crawler->archive, crawler->state);
    return err ? err : task_create(&worker->task, crawler->loop, "crawler", work, worker);
}

void worker_free(struct worker *worker)
{
    task_free(worker->task);
    page_free(worker->page);
    keeper_close(&worker->keeper);
    digest_free(worker->digest);
    claim_free(&worker->claim);
    buf_free(&worker->conditions);
    http_response_free(&worker->response);
}
