#include "async/task.h"
#include "base/error.h"
#include "base/log.h"
#include "crawl/worker.h"

/* The links of a large page on their way in, or a large answer on its way into the archive, on its worker's stack. */
struct gathering {
    struct worker *worker;
    struct intake_links *links; /* NULL before the first of them */
    bool is_harvested;
    int error; /* of harvesting */
    struct fetch_statistic stat;
    struct loop_callback next;
    struct future over;
};

static int end_page(struct worker *worker, struct fetch_statistic *stat)
{
    int err = page_end(worker->page);
    if (!err && page_charset(worker->page))
        stat->encoding = charset_name(page_charset(worker->page));
    return err;
}

static struct discovery links_of(const struct worker *worker, const struct fetch_statistic *stat)
{
    return (struct discovery){
        .id = worker->claim.id, .page = stat->url, .from = worker->fingerprint, .depth = stat->depth + 1};
}

static void note_count(struct fetch_statistic *stat, const struct intake_count *count)
{
    stat->num_urls = count->allowed;
    stat->num_new_urls = count->fresh;
    if (count->allowed)
        log_info("got %u distinct urls from %.*s", count->allowed, SLICE_ARGS(stat->url));
}

int harvest_links(struct worker *worker, struct fetch_statistic *stat)
{
    int err = end_page(worker, stat);
    if (err || !worker->crawler->follows_links)
        return err;
    const struct discovery found = links_of(worker, stat);
    struct intake_count count;
    err = intake_add_links(worker->crawler->intake, worker->page, &worker->url, &found, &count);
    note_count(stat, &count);
    return err;
}

int harvest_redirect(struct worker *worker, struct fetch_statistic *stat, struct slice location)
{
    struct crawler *crawler = worker->crawler;
    struct url next;
    int err = url_parse(&next, location, &worker->url, NULL, &crawler->next_text);
    if (err == ERR_NO_MEMORY)
        return err;
    uint32_t depth, redirects;
    worker_look_up_reach(worker, &depth, &redirects);
    const struct discovery found = {.id = worker->claim.id,
                                    .page = stat->url,
                                    .from = worker->fingerprint,
                                    .depth = depth,
                                    .redirects = redirects + 1};
    const struct url *target = err ? NULL : &next;
    if (target) {
        url_strip_credentials(&next, &crawler->next_text);
        stat->next_url = url_without_fragment(target);
    } else {
        log_warning("%.*s redirects to a malformed URL: %.*s", SLICE_ARGS(stat->url), SLICE_ARGS(location));
    }
    struct intake_count count;
    err = intake_add_url(crawler->intake, target, location, &found, &count);
    if (!err)
        err = intake_add_no_links(crawler->intake, worker->claim.id);
    if (count.fresh)
        log_info("redirect to %.*s from %.*s", SLICE_ARGS(stat->next_url), SLICE_ARGS(stat->url));
    return err;
}

static int begin_gathering(struct gathering *gathering)
{
    struct worker *worker = gathering->worker;
    worker_fill_statistic(worker, &gathering->stat);
    int err = end_page(worker, &gathering->stat);
    if (err)
        return err;
    const struct discovery found = links_of(worker, &gathering->stat);
    return intake_links_create(&gathering->links, worker->crawler->intake, worker->page, &worker->url, &found);
}

/* Takes in some of the links. Returns 1 when more are left, 0, or an error. The page may have become nearer
 * meanwhile. */
static int take_links(struct gathering *gathering)
{
    struct worker *worker = gathering->worker;
    struct fetch_statistic *stat = &gathering->stat;
    struct intake_count count = {0};
    uint32_t redirects;
    int more = gathering->links ? 0 : begin_gathering(gathering);
    if (!more) {
        worker_look_up_reach(worker, &stat->depth, &redirects);
        more = intake_links_take(gathering->links, stat->depth + 1, &count);
    }
    if (more <= 0)
        note_count(stat, &count);
    return more;
}

/* Does some of what is to be done. Returns whether there is more. */
static bool gather_some(struct gathering *gathering)
{
    struct worker *worker = gathering->worker;
    if (!gathering->is_harvested) {
        int more = worker_has_many_links(worker) ? take_links(gathering) : worker_harvest(worker, &gathering->stat);
        gathering->is_harvested = more <= 0;
        gathering->error = more;
        return true;
    }
    return !worker_gives_up(worker, gathering->error) && worker_keep(worker, &gathering->stat);
}

static void gather(void *context)
{
    struct gathering *gathering = context;
    struct worker *worker = gathering->worker;
    if (gather_some(gathering)) {
        loop_call_soon(worker->crawler->loop, &gathering->next);
        return;
    }
    worker_conclude(worker, &gathering->stat, gathering->error);
    future_set_result(&gathering->over, NULL);
}

int harvest_slowly(struct worker *worker)
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
    if (!worker->settled)
        keeper_drop(&worker->keeper);
    page_reset(worker->page);
    return err;
}
