/* A crawl that goes on where an earlier process left it. The store and the intake take in again, in the same order, all
 * URLs that were met, and the observers all records, so that outputs are those of one crawl. */
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "crawl/server_memory.h"
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
    struct buf fingerprints; /* of all URLs by their number, from 1, where links are kept */
};

enum { KNOWN_AT_ONCE = 8192 };

/* --- what was met ------------------------------------------------------------------------------------------------- */

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

/* The writer has to know by their fingerprints, which are new, URLs that were reached by redirects. */
static int note_fingerprint(struct resumption *resumption, const struct state_url *url, uint64_t fingerprint)
{
    const struct slice text = {(const char *)&fingerprint, sizeof fingerprint};
    const struct crawler *crawler = resumption->crawler;
    if (crawler_keeps_links(crawler->options))
        return buf_append_slice(&resumption->fingerprints, text);
    return url->redirects
               ? state_send(crawler->state, &(struct journal_entry){.kind = JOURNAL_KNOWN, .id = url->id, .text = text})
               : 0;
}

static int restore_url(void *context, const struct state_url *url)
{
    struct resumption *resumption = context;
    uint64_t fingerprint;
    int err = intake_restore(resumption->crawler->intake, url, &fingerprint);
    if (!err)
        err = note_fingerprint(resumption, url, fingerprint);
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

/* --- what led where ----------------------------------------------------------------------------------------------- */

static uint64_t fingerprint_of(const struct resumption *resumption, uint64_t id)
{
    uint64_t fingerprint = 0;
    if (id && id <= resumption->fingerprints.length / sizeof fingerprint)
        memcpy(&fingerprint, resumption->fingerprints.data + (id - 1) * sizeof fingerprint, sizeof fingerprint);
    return fingerprint;
}

static int restore_links(void *context, uint64_t id, const uint64_t *targets, size_t count)
{
    const struct resumption *resumption = context;
    struct crawler *crawler = resumption->crawler;
    int err = 0;
    for (size_t i = 0; i < count && !err; i++)
        err = intake_restore_link(crawler->intake, fingerprint_of(resumption, id),
                                  fingerprint_of(resumption, targets[i]));
    return err ? tell(crawler, SLICE("links"), err) : 0;
}

static int restore_redirect(void *context, const struct fetch_statistic *stat)
{
    const struct resumption *resumption = context;
    struct crawler *crawler = resumption->crawler;
    int err = stat->next_url.length ? intake_restore_redirect(crawler->intake, stat->url, stat->next_url) : 0;
    return err ? tell(crawler, stat->url, err) : 0;
}

/* Tells the writer the fingerprints of all URLs. */
static int tell_fingerprints(const struct resumption *resumption)
{
    struct state *state = resumption->crawler->state;
    struct slice rest = buf_slice(&resumption->fingerprints);
    int err = state_send(state, &(struct journal_entry){.kind = JOURNAL_GRAPH});
    for (uint64_t id = 1; rest.length && !err; id += KNOWN_AT_ONCE) {
        const size_t most = KNOWN_AT_ONCE * sizeof(uint64_t), length = rest.length < most ? rest.length : most;
        err = state_send(state, &(struct journal_entry){.kind = JOURNAL_KNOWN, .id = id, .text = {rest.data, length}});
        rest = (struct slice){rest.data + length, rest.length - length};
    }
    return err;
}

/* All distances become what they were, whatever the order in which things were met. */
static int restore_ways(struct resumption *resumption, struct state_file *file)
{
    bool keeps_links = crawler_keeps_links(resumption->crawler->options);
    int err = keeps_links ? tell_fingerprints(resumption) : 0;
    if (!err && keeps_links)
        err = state_file_for_each_links(file, restore_links, resumption);
    return err ? err : state_file_for_each_record(file, restore_redirect, resumption);
}

/* --- the visit before --------------------------------------------------------------------------------------------- */

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
    bool keeps_links = crawler_keeps_links(crawler->options);
    durable_store_begin(crawler->store);
    crawler_set_memory(crawler, false);
    int err = state_send(crawler->state, &(struct journal_entry){.kind = JOURNAL_BEGIN});
    if (!err && keeps_links)
        err = state_send(crawler->state, &(struct journal_entry){.kind = JOURNAL_GRAPH});
    return err ? err
               : state_send(crawler->state, &(struct journal_entry){
                                                .kind = JOURNAL_NOTE, .text = SLICE("graph"), .number = keeps_links});
}

static int restore(struct resumption *resumption, struct state_file *file)
{
    struct crawler *crawler = resumption->crawler;
    int64_t has_all = 0;
    int err = state_file_number(file, "graph", &has_all);
    if (err < 0)
        return err;
    crawler_set_memory(crawler, has_all);
    err = restore_roots(crawler);
    if (!err)
        err = server_memory_restore(crawler, file);
    if (!err)
        err = state_file_for_each_url(file, restore_url, resumption);
    if (!err)
        err = state_file_for_each_record(file, restore_record, resumption);
    if (err)
        return err;
    durable_store_begin(crawler->store);
    err = restore_ways(resumption, file);
    if (!err)
        err = restore_visited(crawler, file, resumption);
    crawler_set_memory(crawler, has_all);
    return err;
}

int crawler_resume(struct crawler *crawler, struct state_file *file)
{
    struct resumption resumption = {.crawler = crawler};
    struct store_stats stats;
    buf_init(&resumption.fingerprints, SIZE_MAX / 4);
    int err = restore(&resumption, file);
    buf_free(&resumption.fingerprints);
    if (err)
        return err;
    store_stats(crawler->store, &stats);
    log_warning("%s: %s: %llu URLs have their record, %llu wait", crawler->options->state,
                crawler->visited ? "visiting again" : "going on",
                (unsigned long long)(crawler->fetched + crawler->failed), (unsigned long long)stats.pending);
    return 0;
}
