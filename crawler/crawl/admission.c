/* What comes between a claim and its fetch: the rules of its server, its sitemaps, whether it may be fetched at all. */
#include <stdio.h>

#include "async/task.h"
#include "base/error.h"
#include "base/log.h"
#include "crawl/rules.h"
#include "crawl/server_memory.h"
#include "crawl/worker.h"

enum { ADMITTED = 1 };

/* What is done with a worker on the loop's stack, which has room. */
struct hop {
    struct worker *worker;
    void (*step)(struct worker *worker);
    struct loop_callback soon;
    struct future over;
};

static void land(void *context)
{
    struct hop *hop = context;
    hop->step(hop->worker);
    future_set_result(&hop->over, NULL);
}

/* Returns 0, or ERR_CANCELLED: then the step was not taken. */
static int on_loop(struct worker *worker, void (*step)(struct worker *worker))
{
    struct hop hop = {.worker = worker, .step = step};
    future_init(&hop.over, worker->crawler->loop, "admission");
    loop_callback_init(&hop.soon, land, &hop);
    loop_call_soon(worker->crawler->loop, &hop.soon);
    int err = await(&hop.over, NULL);
    if (err && future_is_complete(&hop.over))
        err = 0;
    loop_callback_cancel(&hop.soon);
    future_destroy(&hop.over);
    return err;
}

/* Puts the claim back, to be the first of its origin at `when`. */
static int put_back(struct worker *worker, nanoseconds when)
{
    worker_put_back(worker, when);
    return 0;
}

/* --- robots.txt --------------------------------------------------------------------------------------------------- */

/* Errors that come at once, and tell of each URL why: to ask again costs nothing. */
static bool is_cheap(int error)
{
    return error == ERR_ADDRESS_REFUSED || error == ERR_NAME_NOT_FOUND;
}

/* The claim fails with what became of robots.txt, of whose answer its record says nothing else. */
static int fail(struct worker *worker)
{
    struct http_response *response = &worker->response;
    response->status = 0;
    response->decoded_size = response->wire_size = 0;
    if (!response->error_detail[0])
        snprintf(response->error_detail, sizeof response->error_detail, "robots.txt");
    if (!is_cheap(response->error))
        server_go_down(worker->server, response->error, clock_now());
    worker_set_pace(worker);
    return on_loop(worker, worker_fail);
}

/* The server's other URLs lack the rules as much as this one, and would ask for them in its place: all of them wait. Of
 * a server that is down nothing is asked again. */
static int ask_again_later(struct worker *worker)
{
    nanoseconds when = worker_next_try(worker);
    if (!server_is_down(worker->server, clock_now()))
        politeness_hold(&worker->server->politeness, when);
    worker_set_pace(worker);
    return put_back(worker, 0);
}

/* No answer that means anything came. */
static int lack_rules(struct worker *worker, enum rules_answer answer)
{
    struct server *server = worker->server;
    bool tries_again = answer == RULES_UNREACHABLE ? worker_will_try_again(worker)
                                                   : worker->tries < worker->crawler->options->max_tries;
    if (server->rules != SERVER_RULES_KNOWN && tries_again && !worker->crawler->stopped)
        return ask_again_later(worker);
    if (server->rules != SERVER_RULES_KNOWN && answer == RULES_UNREACHABLE)
        return fail(worker);
    server_lack_rules(server, clock_now());
    return ADMITTED;
}

static int take_rules(struct worker *worker, struct robots *rules, enum rules_answer answer)
{
    struct server *server = worker->server;
    if (answer == RULES_UNAVAILABLE || answer == RULES_UNREACHABLE)
        return lack_rules(worker, answer);
    if (server->rules == SERVER_RULES_UNKNOWN)
        worker->claim.tries = 0; /* those were for the rules */
    server_set_rules(server, rules, clock_now());
    server_heed_delay(server, worker->crawler->options);
    log_info("robots.txt for %s: status %d", buf_text(&worker->claim.url), worker->response.status);
    return ADMITTED;
}

/* The request for the rules was one too: where requests are spaced, the page waits for the next. */
static int go_on_or_wait(struct worker *worker, nanoseconds more)
{
    const struct politeness *politeness = &worker->server->politeness;
    nanoseconds now = clock_now();
    worker_set_pace(worker);
    return politeness->not_before > now ? put_back(worker, more ? politeness->not_before + more : 0) : ADMITTED;
}

static int ask_for_rules(struct worker *worker)
{
    struct crawler *crawler = worker->crawler;
    struct server *server = worker->server;
    struct robots *rules;
    struct buf text;
    buf_init(&text, ROBOTS_MOST + 2);
    worker_begin_try(worker);
    server->is_asked = true;
    politeness_asked(&server->politeness, worker->started);
    int answer = rules_ask(crawler->client, &worker->keeper, &worker->url,
                           robots_product(slice_of(crawler->options->user_agent)), &worker->response, &rules, &text);
    server->is_asked = false;
    if (answer == RULES_GIVEN || answer == RULES_NONE)
        crawler_fail(crawler, server_memory_rules(worker, rules ? buf_slice(&text) : SLICE("")));
    buf_free(&text);
    if (answer < 0)
        return answer;
    worker_note_answer(worker);
    int admitted = take_rules(worker, rules, (enum rules_answer)answer);
    return admitted == ADMITTED ? go_on_or_wait(worker, 0) : admitted;
}

static bool wants_rules(const struct server *server)
{
    nanoseconds now = clock_now();
    if (server->rules == SERVER_RULES_UNKNOWN)
        return !server_is_down(server, now);
    return !server->is_asked && server->rules_expire <= now;
}

/* --- sitemaps ----------------------------------------------------------------------------------------------------- */

static void list_sitemaps(struct worker *worker)
{
    struct server *server = worker->server;
    crawler_fail(worker->crawler,
                 sitemaps_list(worker->crawler->sitemaps, &server->sitemaps, &worker->url, server->robots));
}

/* Whether the claim shows that the server's sitemaps are to be read: it is a root, or was one that had its turn when an
 * earlier process read them. */
static bool brings_sitemaps(const struct worker *worker)
{
    const struct server *server = worker->server;
    return (!worker->claim.referrer || server->has_root) && !server->is_listed && server->rules == SERVER_RULES_KNOWN &&
           sitemaps_are_read(worker->crawler->options);
}

/* Reads one sitemap. As long as any is left the claim comes back for it, so that none is left when the pages are over;
 * where requests are spaced, a page of another claim goes in between. */
static int read_sitemap(struct worker *worker, struct sitemap *sitemap)
{
    struct crawler *crawler = worker->crawler;
    struct server *server = worker->server;
    worker_begin_try(worker);
    politeness_asked(&server->politeness, worker->started);
    worker_set_pace(worker);
    int over = sitemaps_read(crawler->sitemaps, &worker->keeper, &server->sitemaps, sitemap, &worker->response);
    if (over < 0)
        return over;
    worker_note_answer(worker);
    if (!over)
        return put_back(worker, sitemap->not_before);
    if (list_is_empty(&server->sitemaps.waiting))
        return go_on_or_wait(worker, 0);
    int admitted = go_on_or_wait(worker, server->politeness.delay);
    return admitted == ADMITTED ? put_back(worker, 0) : admitted;
}

static int read_sitemaps(struct worker *worker)
{
    if (brings_sitemaps(worker)) {
        worker->server->is_listed = true;
        if (on_loop(worker, list_sitemaps))
            return ERR_CANCELLED;
    }
    if (list_is_empty(&worker->server->sitemaps.waiting))
        return ADMITTED;
    struct sitemap *sitemap = sitemaps_take(&worker->server->sitemaps, clock_now());
    return sitemap ? read_sitemap(worker, sitemap) : ADMITTED;
}

/* --- what is not fetched ------------------------------------------------------------------------------------------ */

/* Path and query. */
static struct slice path_of(const struct url *url)
{
    struct slice text = url_without_fragment(url);
    return (struct slice){text.data + url->path_start, text.length - url->path_start};
}

/* The file itself may always be fetched (RFC 9309, section 2.2.2). */
static enum reason reason_against(const struct worker *worker)
{
    const struct server *server = worker->server;
    struct slice path = path_of(&worker->url);
    if (slice_equal(path, SLICE("/robots.txt")))
        return REASON_NONE;
    if (server->rules == SERVER_RULES_UNAVAILABLE)
        return REASON_ROBOTS_UNAVAILABLE;
    return server->robots && !robots_allows(server->robots, path) ? REASON_ROBOTS : REASON_NONE;
}

static void filter(struct worker *worker)
{
    struct crawler *crawler = worker->crawler;
    enum reason reason = reason_against(worker);
    if (!worker->claim.referrer)
        log_warning("%s is left out: %s (see --no-robots)", buf_text(&worker->claim.url), reason_text(reason));
    crawler_tell_skipped(crawler, buf_slice(&worker->claim.url), reason, referrer_text(worker->claim.referrer));
    crawler->filtered++;
    crawler_fail(crawler, frontier_filtered(crawler->frontier, &worker->claim, reason));
}

/* A crawl that goes on may know of a server that it is to be left alone, and the store does not yet. */
static bool has_to_wait(const struct server *server)
{
    nanoseconds moment = server->politeness.not_before;
    return moment > server->pace.not_before && moment > clock_now();
}

int admission_pass(struct worker *worker)
{
    const struct server *server = worker->server;
    if (has_to_wait(server)) {
        worker_set_pace(worker);
        return put_back(worker, 0);
    }
    int admitted = wants_rules(server) ? ask_for_rules(worker) : ADMITTED;
    if (admitted == ADMITTED && !server_is_down(server, clock_now()))
        admitted = read_sitemaps(worker);
    if (admitted != ADMITTED)
        return admitted;
    if (server_is_down(server, clock_now()))
        return on_loop(worker, worker_fail_unasked);
    return reason_against(worker) == REASON_NONE ? ADMITTED : on_loop(worker, filter);
}
