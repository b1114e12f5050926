#include "crawl/crawler.h"

#include <assert.h>
#include <stdlib.h>

#include "async/task.h"
#include "base/error.h"
#include "base/log.h"
#include "base/random.h"
#include "crawl/frontier.h"
#include "crawl/gate.h"
#include "crawl/growth.h"
#include "crawl/intake.h"
#include "crawl/page.h"
#include "crawl/politeness.h"
#include "store/memory_store.h"

static const nanoseconds FIRST_BACKOFF = MILLISECONDS(250);
static const nanoseconds LONGEST_BACKOFF = SECONDS(10);

enum { FIRST_WORKERS = 16 };

/* One task of the pool and what it works with; all is reused from one URL to the next. */
struct worker {
    struct crawler *crawler;
    struct task *task;
    struct page *page;
    struct claim claim;
    struct http_response response;
    struct url url; /* the claimed one */
    uint64_t fingerprint;
    uint32_t tries; /* the one that is going on included */
    nanoseconds started;
    bool settled; /* the URL has its record */
    bool crowded; /* the try failed for want of descriptors, and fewer tasks may help */
    bool is_slow; /* its links are still to be taken in, by and by */
};

/* The links of a large page on their way in, on its worker's stack. */
struct gathering {
    struct worker *worker;
    struct intake_links *links; /* NULL before the first of them */
    struct fetch_statistic stat;
    struct loop_callback next;
    struct future over;
};

struct crawler {
    struct loop *loop;
    struct http_client *client;
    const struct options *options;
    struct store *store;
    struct frontier *frontier;
    struct intake *intake;
    struct list observers;
    struct worker *workers; /* room for max_tasks */
    uint32_t worker_count;  /* started */
    struct growth growth;
    struct gate gate;
    struct extractor_pool extractors;
    struct buf next_text; /* scratch: where a redirect leads */
    uint64_t fetched;
    uint64_t failed;
    uint64_t bytes;
    uint64_t wire_bytes;
    nanoseconds started;
    nanoseconds ended; /* 0 while it runs */
    bool stopped;
    bool reached_a_root;
    int error;
};

/* The first error ends the crawl; what is in flight is still finished. */
static void fail(struct crawler *crawler, int err)
{
    if (err && !crawler->error) {
        crawler->error = err;
        frontier_close(crawler->frontier);
    }
}

static void tell_skipped(void *context, struct slice url, enum reason reason, struct slice referrer)
{
    struct crawler *crawler = context;
    log_debug("skipped %.*s: %s", SLICE_ARGS(url), reason_text(reason));
    list_for_each(node, &crawler->observers)
    {
        const struct observer *observer = container_of(node, struct observer, node);
        if (observer->skipped)
            fail(crawler, observer->skipped(observer->context, url, reason, referrer));
    }
}

/* Tells of a URL that still waits though the crawl ends. */
static int tell_left(void *context, struct slice url, struct slice referrer)
{
    struct crawler *crawler = context;
    enum reason reason = frontier_hit_limit(crawler->frontier) && !crawler->stopped ? REASON_MAX_PAGES : REASON_STOPPED;
    list_for_each(node, &crawler->observers)
    {
        const struct observer *observer = container_of(node, struct observer, node);
        if (observer->left)
            fail(crawler, observer->left(observer->context, url, reason, referrer));
    }
    return 0;
}

/* Telling of millions of URLs takes a while: only if somebody listens. */
static bool somebody_wants_left(const struct crawler *crawler)
{
    list_for_each(node, &crawler->observers) if (container_of(node, struct observer, node)->left) return true;
    return false;
}

int crawler_create(struct crawler **out, struct loop *loop, struct http_client *client, const struct options *options)
{
    struct crawler *crawler = calloc(1, sizeof *crawler);
    if (!crawler)
        return ERR_NO_MEMORY;
    crawler->loop = loop;
    crawler->client = client;
    crawler->options = options;
    gate_init(&crawler->gate, loop);
    list_init(&crawler->observers);
    buf_init(&crawler->next_text, URL_MAX_LENGTH);
    int err = memory_store_create(&crawler->store, politeness_first_at_once(options));
    if (!err)
        err = frontier_create(&crawler->frontier, loop, crawler->store, options->max_pages);
    if (!err)
        err = intake_create(&crawler->intake, options, crawler->frontier, tell_skipped, crawler);
    if (err) {
        crawler_free(crawler);
        return err;
    }
    *out = crawler;
    return 0;
}

static void worker_free(struct worker *worker)
{
    task_free(worker->task);
    page_free(worker->page);
    claim_free(&worker->claim);
    http_response_free(&worker->response);
}

void crawler_free(struct crawler *crawler)
{
    if (!crawler)
        return;
    for (uint32_t i = 0; i < crawler->worker_count; i++)
        worker_free(&crawler->workers[i]);
    free(crawler->workers);
    extractor_pool_free(&crawler->extractors);
    intake_free(crawler->intake);
    frontier_free(crawler->frontier);
    store_free(crawler->store);
    buf_free(&crawler->next_text);
    free(crawler);
}

void crawler_add_observer(struct crawler *crawler, struct observer *observer)
{
    list_append(&crawler->observers, &observer->node);
}

int crawler_add_root(struct crawler *crawler, struct slice text)
{
    return intake_add_root(crawler->intake, text);
}

/* The depth and redirects that the worker's URL has by now, the claim's or better. */
static void look_up_reach(const struct worker *worker, uint32_t *depth, uint32_t *redirects)
{
    *depth = worker->claim.depth;
    *redirects = worker->claim.redirects;
    intake_look_up(worker->crawler->intake, worker->fingerprint, depth, redirects);
}

static int end_page(struct worker *worker, struct fetch_statistic *stat)
{
    int err = page_end(worker->page);
    if (!err && page_charset(worker->page))
        stat->encoding = charset_name(page_charset(worker->page));
    return err;
}

static struct discovery links_of(const struct worker *worker, const struct fetch_statistic *stat)
{
    return (struct discovery){.page = stat->url, .from = worker->fingerprint, .depth = stat->depth + 1};
}

static void note_count(struct fetch_statistic *stat, const struct intake_count *count)
{
    stat->num_urls = count->allowed;
    stat->num_new_urls = count->fresh;
    if (count->allowed)
        log_info("got %u distinct urls from %.*s", count->allowed, SLICE_ARGS(stat->url));
}

static int parse_links(struct worker *worker, struct fetch_statistic *stat)
{
    int err = end_page(worker, stat);
    if (err)
        return err;
    const struct discovery found = links_of(worker, stat);
    struct intake_count count;
    err = intake_add_links(worker->crawler->intake, worker->page, &worker->url, &found, &count);
    note_count(stat, &count);
    return err;
}

static bool is_redirect(int status)
{
    return status == 300 || status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Records where the answer redirects to, and brings that into the frontier. A Location that is no URL is refused for
 * that reason and the answer counts as any other. */
static int follow_redirect(struct worker *worker, struct fetch_statistic *stat, struct slice location)
{
    struct crawler *crawler = worker->crawler;
    struct url next;
    int err = url_parse(&next, location, &worker->url, NULL, &crawler->next_text);
    if (err == ERR_NO_MEMORY)
        return err;
    uint32_t depth, redirects;
    look_up_reach(worker, &depth, &redirects);
    const struct discovery found = {
        .page = stat->url, .from = worker->fingerprint, .depth = depth, .redirects = redirects + 1};
    const struct url *target = err ? NULL : &next;
    if (target) {
        url_strip_credentials(&next, &crawler->next_text);
        stat->next_url = url_without_fragment(target);
    } else {
        log_warning("%.*s redirects to a malformed URL: %.*s", SLICE_ARGS(stat->url), SLICE_ARGS(location));
    }
    struct intake_count count;
    err = intake_add_url(crawler->intake, target, location, &found, &count);
    if (count.fresh)
        log_info("redirect to %.*s from %.*s", SLICE_ARGS(stat->next_url), SLICE_ARGS(stat->url));
    return err;
}

static bool is_html(const struct mime *mime)
{
    return mime_document_kind(mime) == DOCUMENT_HTML ||
           slice_equal(slice_of(mime->type), SLICE("application/xhtml+xml"));
}

static void fill_statistic(const struct worker *worker, struct fetch_statistic *stat)
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
    look_up_reach(worker, &stat->depth, &redirects);
}

static void tell_fetched(struct crawler *crawler, const struct fetch_statistic *stat)
{
    list_for_each(node, &crawler->observers)
    {
        const struct observer *observer = container_of(node, struct observer, node);
        if (observer->fetched)
            fail(crawler, observer->fetched(observer->context, stat));
    }
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

/* The links are in the frontier, or taking them in ended with `err`: then the document is lost, and where memory is out
 * the crawl ends. The record goes to the observers, and only then the URL is done: a store that outlives the process
 * loses nothing in this order. */
static void conclude(struct worker *worker, struct fetch_statistic *stat, int err)
{
    if (err)
        lose_document(worker, stat, err);
    count(worker, stat);
    worker->settled = true;
    tell_fetched(worker->crawler, stat);
    fail(worker->crawler, err == ERR_NO_MEMORY ? err : 0);
    fail(worker->crawler, frontier_done(worker->crawler->frontier, &worker->claim, STORE_FETCHED, stat));
}

/* The transfer is over for good. */
static void settle(struct worker *worker)
{
    struct fetch_statistic stat;
    fill_statistic(worker, &stat);
    int err = 0;
    if (is_whole(&worker->response)) {
        struct slice location = {0};
        if (is_redirect(stat.status))
            location = http_response_header(&worker->response, "Location", 0);
        if (location.data)
            err = follow_redirect(worker, &stat, location);
        else
            err = parse_links(worker, &stat);
    } else {
        tell_failure(worker, &stat);
    }
    conclude(worker, &stat, err);
}

static int begin_gathering(struct gathering *gathering)
{
    struct worker *worker = gathering->worker;
    fill_statistic(worker, &gathering->stat);
    int err = end_page(worker, &gathering->stat);
    if (err)
        return err;
    const struct discovery found = links_of(worker, &gathering->stat);
    return intake_links_create(&gathering->links, worker->crawler->intake, worker->page, &worker->url, &found);
}

/* Takes in some of the links, and the next ones in the loop's next turn. The page may have become nearer meanwhile. */
static void gather(void *context)
{
    struct gathering *gathering = context;
    struct worker *worker = gathering->worker;
    struct fetch_statistic *stat = &gathering->stat;
    struct intake_count count = {0};
    uint32_t redirects;
    int more = gathering->links ? 0 : begin_gathering(gathering);
    if (!more) {
        look_up_reach(worker, &stat->depth, &redirects);
        more = intake_links_take(gathering->links, stat->depth + 1, &count);
    }
    if (more > 0) {
        loop_call_soon(worker->crawler->loop, &gathering->next);
        return;
    }
    note_count(stat, &count);
    conclude(worker, stat, more);
    future_set_result(&gathering->over, NULL);
}

/* Takes in the links of a large page while other work goes on. Returns 0, or ERR_CANCELLED: then the page may not be
 * done, and what came in is in. */
static int gather_slowly(struct worker *worker)
{
    struct gathering gathering = {.worker = worker};
    future_init(&gathering.over, worker->crawler->loop, "links");
    loop_callback_init(&gathering.next, gather, &gathering);
    loop_call_soon(worker->crawler->loop, &gathering.next);
    int err = await(&gathering.over, NULL);
    loop_callback_cancel(&gathering.next);
    intake_links_free(gathering.links);
    future_destroy(&gathering.over);
    worker->is_slow = false;
    page_reset(worker->page);
    return err;
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
            return; /* gather_slowly goes on */
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
        tell_left(crawler, buf_slice(&worker->claim.url), referrer_text(worker->claim.referrer));
    fail(crawler, err);
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
    if (worker->is_slow && gather_slowly(worker) && !worker->settled)
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
            tell_left(crawler, buf_slice(&worker->claim.url), referrer_text(worker->claim.referrer));
            fail(crawler, frontier_done(crawler->frontier, &worker->claim, STORE_GIVEN_UP, NULL));
            break;
        }
    }
    return err == ERR_FINISHED ? 0 : err;
}

static int start_worker(struct crawler *crawler, struct worker *worker)
{
    worker->crawler = crawler;
    claim_init(&worker->claim);
    http_response_init(&worker->response);
    int err = page_create(&worker->page, crawler->options, &crawler->extractors);
    return err ? err : task_create(&worker->task, crawler->loop, "crawler", work, worker);
}

/* Starts workers until there are `wanted`. With some at least the crawl goes on, if slower. */
static int start_workers(struct crawler *crawler, uint32_t wanted)
{
    while (crawler->worker_count < wanted) {
        struct worker *worker = &crawler->workers[crawler->worker_count];
        int err = start_worker(crawler, worker);
        crawler->worker_count += !err;
        if (!err)
            continue;
        worker_free(worker);
        growth_stop(&crawler->growth);
        if (!crawler->worker_count)
            return err;
        log_warning("only %u of %u tasks could be started: %s", crawler->worker_count, crawler->options->max_tasks,
                    error_text(err));
        break;
    }
    return 0;
}

static bool could_use_more_workers(void *context)
{
    const struct crawler *crawler = context;
    struct store_stats stats;
    store_stats(crawler->store, &stats);
    return stats.pending && stats.claimed >= crawler->worker_count && !gate_is_narrow(&crawler->gate) &&
           !crawler->stopped && !crawler->error;
}

static void start_more_workers(void *context)
{
    struct crawler *crawler = context;
    uint32_t most = crawler->options->max_tasks, count = crawler->worker_count;
    uint32_t wanted = count < most / 2 ? 2 * count : most;
    if (wanted == most)
        growth_stop(&crawler->growth);
    fail(crawler, start_workers(crawler, wanted));
}

static int start_pool(struct crawler *crawler)
{
    uint32_t most = crawler->options->max_tasks;
    crawler->workers = calloc(most, sizeof *crawler->workers);
    if (!crawler->workers)
        return ERR_NO_MEMORY;
    if (most > FIRST_WORKERS)
        growth_start(&crawler->growth, crawler->loop, could_use_more_workers, start_more_workers, crawler);
    return start_workers(crawler, most < FIRST_WORKERS ? most : FIRST_WORKERS);
}

static void check_accounts(const struct crawler *crawler)
{
    struct crawl_totals totals;
    crawler_totals(crawler, &totals);
    assert(crawler->error ||
           totals.discovered == totals.fetched + totals.failed + totals.filtered + totals.queued + totals.in_flight);
}

int crawler_run(struct crawler *crawler)
{
    crawler->started = clock_now();
    fail(crawler, start_pool(crawler));
    for (uint32_t i = 0; i < crawler->worker_count; i++) {
        int err = await(task_future(crawler->workers[i].task), NULL);
        if (err && err != ERR_CANCELLED)
            fail(crawler, err);
    }
    if (gate_is_narrow(&crawler->gate))
        log_warning("too many open files: only %u fetches at once in the end", crawler->gate.limit);
    growth_stop(&crawler->growth);
    crawler->ended = clock_now();
    intake_tell_set_aside(crawler->intake);
    check_accounts(crawler);
    if (somebody_wants_left(crawler))
        fail(crawler, frontier_tell_left(crawler->frontier, tell_left, crawler));
    return crawler->error;
}

void crawler_stop(struct crawler *crawler)
{
    crawler->stopped = true;
    frontier_close(crawler->frontier);
}

void crawler_abort(struct crawler *crawler)
{
    crawler_stop(crawler);
    for (uint32_t i = 0; i < crawler->worker_count; i++)
        task_cancel(crawler->workers[i].task);
}

enum reason crawler_url_allowed(struct crawler *crawler, const struct url *url)
{
    return intake_url_allowed(crawler->intake, url);
}

bool crawler_may_refuse(const struct crawler *crawler, const struct url *url, enum reason reason)
{
    return intake_may_refuse(crawler->intake, url, reason);
}

bool crawler_was_stopped(const struct crawler *crawler)
{
    return crawler->stopped;
}

bool crawler_hit_limit(const struct crawler *crawler)
{
    return frontier_hit_limit(crawler->frontier) || intake_hit_budget(crawler->intake);
}

bool crawler_reached_a_root(const struct crawler *crawler)
{
    return crawler->reached_a_root;
}

void crawler_totals(const struct crawler *crawler, struct crawl_totals *totals)
{
    struct store_stats stats;
    store_stats(crawler->store, &stats);
    struct http_client_stats http;
    http_client_stats(crawler->client, &http);
    *totals = (struct crawl_totals){
        .discovered = stats.known,
        .fetched = crawler->fetched,
        .failed = crawler->failed,
        .filtered = intake_filtered(crawler->intake),
        .queued = stats.pending,
        .in_flight = stats.claimed,
        .bytes = crawler->bytes,
        .wire_bytes = crawler->wire_bytes,
        .max_tasks = crawler->options->max_tasks,
        .elapsed = (crawler->ended ? crawler->ended : clock_now()) - crawler->started,
        .connections_opened = http.connections_opened,
        .connections_reused = http.connections_reused,
        .is_stopping = crawler->stopped || crawler->error,
    };
}
