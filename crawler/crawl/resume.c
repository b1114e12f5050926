/* A crawl that goes on where an earlier process left it. The store and the intake take in again, in the same order, all
 * URLs that were met, and the observers all records, so that outputs are those of one crawl. */
#include "base/error.h"
#include "base/log.h"
#include "crawl/worker.h"
#include "store/durable_store.h"
#include "web/root.h"

/* What came of taking in a URL again. */
static int tell(const struct crawler *crawler, struct slice url, int err)
{
    log_error("%s: going on fails at %.*s: %s", crawler->options->state, SLICE_ARGS(url), error_text(err));
    return err;
}

struct resumption {
    struct crawler *crawler;
    uint64_t left;
};

/* Marks a root's server, whose sitemaps may not all have been read. */
static int mark_server(struct crawler *crawler, struct slice root)
{
    struct buf storage;
    struct url url;
    buf_init(&storage, URL_MAX_LENGTH);
    int err = root_parse(root, &url, &storage);
    if (!err)
        url_strip_credentials(&url, &storage);
    struct server *server = err ? NULL : servers_find(crawler->servers, &url);
    if (server)
        server->has_root = true;
    else if (!err)
        err = ERR_NO_MEMORY;
    buf_free(&storage);
    return err;
}

static int restore_roots(struct crawler *crawler)
{
    const struct text_list *roots = &crawler->options->roots;
    int err = 0;
    for (size_t i = 0; i < roots->count && !err; i++) {
        err = intake_restore_root(crawler->intake, slice_of(roots->items[i]));
        if (!err)
            err = mark_server(crawler, slice_of(roots->items[i]));
        if (err)
            tell(crawler, slice_of(roots->items[i]), err);
    }
    return err;
}

static int restore_url(void *context, const struct state_url *url)
{
    struct resumption *resumption = context;
    resumption->left += !url->is_done && url->reason == REASON_NONE;
    int err = intake_restore(resumption->crawler->intake, url);
    return err ? tell(resumption->crawler, url->url, err) : 0;
}

static int restore_record(void *context, const struct fetch_statistic *stat)
{
    const struct resumption *resumption = context;
    struct crawler *crawler = resumption->crawler;
    nanoseconds ended = fetch_statistic_end(stat);
    crawler->earlier = ended > crawler->earlier ? ended : crawler->earlier;
    crawler_count(crawler, stat);
    crawler_tell_fetched(crawler, stat);
    return crawler->error ? tell(crawler, stat->url, crawler->error) : 0;
}

static int restore_earlier(void *context, uint64_t id, const struct fetch_statistic *record)
{
    const struct resumption *resumption = context;
    struct crawler *crawler = resumption->crawler;
    int err = earlier_visit_add(crawler->visited, id, record);
    return err ? tell(crawler, SLICE("a record"), err) : 0;
}

/* What the visit before found at the URLs that wait, when this isn't the first. */
static int restore_visited(struct crawler *crawler, struct state_file *file, struct resumption *resumption)
{
    int64_t number = 1;
    int found = state_file_number(file, "visit", &number);
    if (found < 0 || number < 2)
        return found < 0 ? found : 0;
    int err = earlier_visit_create(&crawler->visited);
    return err ? tell(crawler, SLICE("the visit before"), err)
               : state_file_for_each_earlier(file, restore_earlier, resumption);
}

int crawler_begin(struct crawler *crawler)
{
    durable_store_begin(crawler->store);
    return state_send(crawler->state, &(struct journal_entry){.kind = JOURNAL_BEGIN});
}

int crawler_resume(struct crawler *crawler, struct state_file *file)
{
    struct resumption resumption = {.crawler = crawler};
    int err = restore_roots(crawler);
    if (!err)
        err = state_file_for_each_url(file, restore_url, &resumption);
    if (!err)
        err = state_file_for_each_record(file, restore_record, &resumption);
    if (!err)
        err = restore_visited(crawler, file, &resumption);
    if (err)
        return err;
    durable_store_begin(crawler->store);
    log_warning("%s: %s: %llu URLs have their record, %llu wait", crawler->options->state,
                crawler->visited ? "visiting again" : "going on",
                (unsigned long long)(crawler->fetched + crawler->failed), (unsigned long long)resumption.left);
    return 0;
}
