#include "crawl/crawler.h"

#include <assert.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/log.h"
#include "base/path.h"
#include "crawl/worker.h"
#include "store/durable_store.h"
#include "store/memory_store.h"

enum { FIRST_WORKERS = 16, STARTED_IN_A_PASS = 256 };

void crawler_fail(struct crawler *crawler, int err)
{
    if (err && !crawler->error) {
        crawler->error = err;
        frontier_close(crawler->frontier);
    }
}

void crawler_tell_skipped(void *context, struct slice url, enum reason reason, struct slice referrer)
{
    struct crawler *crawler = context;
    log_debug("skipped %.*s: %s", SLICE_ARGS(url), reason_text(reason));
    list_for_each(node, &crawler->observers)
        crawler_fail(crawler, observer_tell_skipped(container_of(node, struct observer, node), url, reason, referrer));
}

int crawler_tell_left(void *context, struct slice url, struct slice referrer)
{
    struct crawler *crawler = context;
    enum reason reason = frontier_hit_limit(crawler->frontier) && !crawler->stopped ? REASON_MAX_PAGES : REASON_STOPPED;
    list_for_each(node, &crawler->observers)
        crawler_fail(crawler, observer_tell_left(container_of(node, struct observer, node), url, reason, referrer));
    return 0;
}

void crawler_tell_fetched(struct crawler *crawler, const struct fetch_statistic *stat)
{
    list_for_each(node, &crawler->observers)
        crawler_fail(crawler, observer_tell_fetched(container_of(node, struct observer, node), stat));
}

void crawler_count(struct crawler *crawler, const struct fetch_statistic *stat)
{
    crawler->fetched += fetch_statistic_is_whole(stat);
    crawler->failed += !fetch_statistic_is_whole(stat);
    crawler->bytes += fetch_statistic_received(stat);
    crawler->wire_bytes += stat->wire_size;
    crawler->reached_a_root |= !stat->referrer.length && stat->status;
}

/* Telling of millions of URLs takes a while: only if somebody listens. */
static bool somebody_wants_left(const struct crawler *crawler)
{
    list_for_each(node, &crawler->observers) if (container_of(node, struct observer, node)->left) return true;
    return false;
}

static void on_room(void *context)
{
    const struct crawler *crawler = context;
    frontier_wake(crawler->frontier);
}

static void on_state_failed(void *context, int error)
{
    crawler_fail(context, error);
}

/* --- what is told to the state ------------------------------------------------------------------------------------ */

static int tell_links(void *context, uint64_t page, struct slice fingerprints, uint64_t followed)
{
    const struct crawler *crawler = context;
    return state_send(crawler->state, &(struct journal_entry){
                                          .kind = JOURNAL_LINKS, .id = page, .number = followed, .text = fingerprints});
}

static int tell_nearer(void *context, uint64_t fingerprint, uint32_t depth, uint32_t redirects)
{
    const struct crawler *crawler = context;
    return state_send(
        crawler->state,
        &(struct journal_entry){.kind = JOURNAL_NEARER, .number = fingerprint, .depth = depth, .redirects = redirects});
}

void crawler_set_memory(struct crawler *crawler, bool has_all)
{
    bool keeps_links = crawler_keeps_links(crawler->options);
    const struct intake_memory memory = {
        .links = keeps_links ? tell_links : NULL,
        .nearer = keeps_links ? NULL : tell_nearer,
        .context = crawler,
        .wants_empty = crawler->visited,
        .has_all = has_all,
    };
    intake_set_memory(crawler->intake, &memory);
}

/* What doesn't fit into memory lies beside the state file, if there is one. */
static int create_memory_store(struct crawler *crawler)
{
    const struct options *options = crawler->options;
    const uint32_t at_once = servers_first_at_once(options);
    struct buf folder;
    buf_init(&folder, PATH_LIMIT);
    int err = options->state ? path_append_folder(&folder, options->state) : 0;
    if (!err)
        err = memory_store_create(&crawler->store, at_once, options->memory, options->state ? buf_text(&folder) : NULL);
    buf_free(&folder);
    return err;
}

static int create_store(struct crawler *crawler)
{
    int err = create_memory_store(crawler);
    if (err || !crawler->state)
        return err;
    struct store *memory = crawler->store;
    crawler->store = NULL;
    return durable_store_create(&crawler->store, memory, crawler->state);
}

static int attach_state(struct crawler *crawler)
{
    const struct state_listener listener = {on_room, on_state_failed, crawler};
    return crawler->state ? state_attach(crawler->state, crawler->loop, &listener) : 0;
}

int crawler_create(struct crawler **out, struct loop *loop, struct http_client *client, const struct options *options,
                   struct state *state)
{
    struct crawler *crawler = calloc(1, sizeof *crawler);
    if (!crawler)
        return ERR_NO_MEMORY;
    crawler->loop = loop;
    crawler->client = client;
    crawler->options = options;
    crawler->state = state;
    crawler->follows_links = !sitemaps_are_all(options);
    gate_init(&crawler->gate, loop);
    list_init(&crawler->observers);
    buf_init(&crawler->next_text, URL_MAX_LENGTH);
    int err = create_store(crawler);
    if (!err)
        err = frontier_create(&crawler->frontier, loop, crawler->store, options->max_pages);
    if (!err)
        err = intake_create(&crawler->intake, options, crawler->frontier, crawler_tell_skipped, crawler);
    if (!err)
        err = servers_create(&crawler->servers, options);
    if (!err)
        err = sitemaps_create(&crawler->sitemaps, options, client, crawler->intake, state);
    if (!err)
        err = attach_state(crawler);
    if (err) {
        crawler_free(crawler);
        return err;
    }
    *out = crawler;
    return 0;
}

void crawler_free(struct crawler *crawler)
{
    if (!crawler)
        return;
    for (uint32_t i = 0; i < crawler->worker_count; i++)
        worker_free(&crawler->workers[i]);
    free(crawler->workers);
    extractor_pool_free(&crawler->extractors);
    sitemaps_free(crawler->sitemaps);
    earlier_visit_free(crawler->visited);
    servers_free(crawler->servers);
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

void crawler_set_archive(struct crawler *crawler, struct archive *archive)
{
    crawler->archive = archive;
    if (crawler->state)
        durable_store_set_archive(crawler->store, archive);
}

int crawler_add_root(struct crawler *crawler, struct slice text)
{
    return intake_add_root(crawler->intake, text);
}

/* Starts workers until there are `wanted`. With some at least the crawl goes on, if slower. */
static int start_workers(struct crawler *crawler, uint32_t wanted)
{
    while (crawler->worker_count < wanted) {
        struct worker *worker = &crawler->workers[crawler->worker_count];
        int err = worker_start(worker, crawler);
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

/* Four times as many, some in each pass of the loop, so that the others don't wait for all of them to begin. */
static bool start_more_workers(void *context)
{
    struct crawler *crawler = context;
    uint32_t most = crawler->options->max_tasks, count = crawler->worker_count;
    if (crawler->stopped || crawler->error)
        return false;
    if (count >= crawler->workers_wanted)
        crawler->workers_wanted = count < most / 4 ? 4 * count : most;
    uint32_t left = crawler->workers_wanted - count;
    crawler_fail(crawler, start_workers(crawler, count + (left < STARTED_IN_A_PASS ? left : STARTED_IN_A_PASS)));
    if (crawler->worker_count == most)
        growth_stop(&crawler->growth);
    return crawler->worker_count < crawler->workers_wanted;
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
    crawler->started = clock_now() - crawler->earlier;
    crawler_fail(crawler, start_pool(crawler));
    for (uint32_t i = 0; i < crawler->worker_count; i++) {
        int err = await(task_future(crawler->workers[i].task), NULL);
        if (err && err != ERR_CANCELLED)
            crawler_fail(crawler, err);
    }
    if (gate_is_narrow(&crawler->gate))
        log_warning("too many open files: only %u fetches at once in the end", crawler->gate.limit);
    growth_stop(&crawler->growth);
    crawler->ended = clock_now();
    intake_tell_set_aside(crawler->intake);
    check_accounts(crawler);
    if (somebody_wants_left(crawler))
        crawler_fail(crawler, frontier_tell_left(crawler->frontier, crawler_tell_left, crawler));
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
        .filtered = intake_filtered(crawler->intake) + crawler->filtered,
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
