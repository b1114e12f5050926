#include "crawl/worker.h"

#include "base/error.h"
#include "base/log.h"
#include "base/random.h"
#include "crawl/politeness.h"

static const nanoseconds FIRST_BACKOFF = MILLISECONDS(250);
static const nanoseconds LONGEST_BACKOFF = SECONDS(10);

void worker_look_up_reach(const struct worker *worker, uint32_t *depth, uint32_t *redirects)
{
    *depth = worker->claim.depth;
    *redirects = worker->claim.redirects;
    intake_look_up(worker->crawler->intake, worker->fingerprint, depth, redirects);
}

static bool is_redirect(int status)
{
    return status == 300 || status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static bool is_html(const struct mime *mime)
{
    return mime_document_kind(mime) == DOCUMENT_HTML ||
           slice_equal(slice_of(mime->type), SLICE("application/xhtml+xml"));
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

static bool will_try_again(struct worker *worker)
{
    worker->crowded = is_crowded(worker);
    if (worker->crowded)
        return true;
    return http_error_is_transient(worker->response.error) && worker->tries < worker->crawler->options->max_tries &&
           !worker->crawler->stopped;
}

static void count(struct worker *worker, const struct fetch_statistic *stat)
{
    struct crawler *crawler = worker->crawler;
    crawler->fetched += is_whole(&worker->response);
    crawler->failed += !is_whole(&worker->response);
    crawler->bytes += stat->size;
    crawler->wire_bytes += stat->wire_size;
    crawler->reached_a_root |= !worker->claim.referrer && stat->status;
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

void worker_conclude(struct worker *worker, struct fetch_statistic *stat, int err)
{
    if (err)
        lose_document(worker, stat, err);
    count(worker, stat);
    worker->settled = true;
    crawler_tell_fetched(worker->crawler, stat);
    crawler_fail(worker->crawler, err == ERR_NO_MEMORY ? err : 0);
    crawler_fail(worker->crawler, frontier_done(worker->crawler->frontier, &worker->claim, STORE_FETCHED, stat));
}

/* The transfer is over for good. */
static void settle(struct worker *worker)
{
    struct fetch_statistic stat;
    worker_fill_statistic(worker, &stat);
    int err = 0;
    if (is_whole(&worker->response)) {
        struct slice location = {0};
        if (is_redirect(stat.status))
            location = http_response_header(&worker->response, "Location", 0);
        if (location.data)
            err = harvest_redirect(worker, &stat, location);
        else
            err = harvest_links(worker, &stat);
    } else {
        tell_failure(worker, &stat);
    }
    worker_conclude(worker, &stat, err);
}

static int begin_body(void *context, const struct http_response *response)
{
    struct worker *worker = context;
    return page_begin(worker->page, response);
}

static int take_body(void *context, struct slice bytes)
{
    struct worker *worker = context;
    return page_feed(worker->page, bytes);
}

static void finish_body(void *context, const struct http_response *response)
{
    struct worker *worker = context;
    if (response->error != ERR_CANCELLED && !will_try_again(worker)) {
        worker->is_slow = is_whole(response) && page_is_large(worker->page);
        if (worker->is_slow)
            return; /* harvest_slowly goes on */
        settle(worker);
    }
    page_reset(worker->page);
}

static nanoseconds backoff(uint32_t tries)
{
    nanoseconds longest = tries < 16 ? FIRST_BACKOFF << (tries - 1) : LONGEST_BACKOFF;
    longest = longest < LONGEST_BACKOFF ? longest : LONGEST_BACKOFF;
    return longest / 2 + (nanoseconds)random_below((uint64_t)longest / 2);
}

/* The URL waits for its next try, and the task goes on with others. A try that lacked a descriptor doesn't count, for
 * nothing was asked of the server, and waits for nothing but the gate. */
static void try_later(struct worker *worker)
{
    struct crawler *crawler = worker->crawler;
    nanoseconds when = 0;
    if (!worker->crowded) {
        log_info("try %u for %s raised %s", worker->tries, buf_text(&worker->claim.url),
                 error_text(worker->response.error));
        worker->claim.tries = worker->tries;
        when = clock_after(backoff(worker->tries));
    }
    int err = frontier_later(crawler->frontier, &worker->claim, when);
    if (err)
        crawler_tell_left(crawler, buf_slice(&worker->claim.url), referrer_text(worker->claim.referrer));
    crawler_fail(crawler, err);
}

/* Tries the claimed URL once. Returns 0 when it has its record or waits for another try, or ERR_CANCELLED. */
static int fetch(struct worker *worker)
{
    const struct http_sink sink = {begin_body, take_body, finish_body, worker};
    const struct http_request request = {.url = buf_text(&worker->claim.url)};
    worker->settled = false;
    worker->tries = worker->claim.tries + 1;
    worker->started = clock_now();
    int err = http_fetch(worker->crawler->client, &request, &sink, &worker->response);
    if (worker->is_slow && harvest_slowly(worker) && !worker->settled)
        return ERR_CANCELLED;
    if (worker->settled && worker->tries > 1 && !err)
        log_info("try %u for %s success", worker->tries, request.url);
    if (worker->settled)
        return 0;
    if (err == ERR_CANCELLED)
        return err;
    try_later(worker);
    return 0;
}

/* The same, when there is room for one more. */
static int fetch_in_turn(struct worker *worker)
{
    struct gate *gate = &worker->crawler->gate;
    int err = gate_enter(gate);
    if (!err)
        err = fetch(worker);
    gate_leave(gate);
    return err;
}

static void take_claim(struct worker *worker)
{
    struct crawler *crawler = worker->crawler;
    struct store_pace pace;
    url_of_serialised(&worker->url, buf_slice(&worker->claim.url));
    worker->fingerprint = url_fingerprint(&worker->url);
    if (politeness_claimed(crawler->options, &worker->url, &worker->claim, &pace))
        frontier_set_pace(crawler->frontier, &worker->claim, &pace);
}

/* What each task of the pool does until the frontier is exhausted. */
static int work(void *argument)
{
    struct worker *worker = argument;
    struct crawler *crawler = worker->crawler;
    int err;
    while (!(err = frontier_next(crawler->frontier, &worker->claim))) {
        take_claim(worker);
        err = fetch_in_turn(worker);
        if (err) {
            crawler_tell_left(crawler, buf_slice(&worker->claim.url), referrer_text(worker->claim.referrer));
            crawler_fail(crawler, frontier_done(crawler->frontier, &worker->claim, STORE_GIVEN_UP, NULL));
            break;
        }
    }
    return err == ERR_FINISHED ? 0 : err;
}

int worker_start(struct worker *worker, struct crawler *crawler)
{
    worker->crawler = crawler;
    claim_init(&worker->claim);
    http_response_init(&worker->response);
    int err = page_create(&worker->page, crawler->options, &crawler->extractors);
    return err ? err : task_create(&worker->task, crawler->loop, "crawler", work, worker);
}

void worker_free(struct worker *worker)
{
    task_free(worker->task);
    page_free(worker->page);
    claim_free(&worker->claim);
    http_response_free(&worker->response);
}
