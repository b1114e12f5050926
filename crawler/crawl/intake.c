/* The links of a page go to the store in batches. What is in a batch is copied to one place, since a resolver shows one
 * link at a time; the next batch is written over it. */
#include "crawl/intake.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/log.h"
#include "crawl/link_walk.h"
#include "crawl/reach.h"
#include "crawl/scope.h"
#include "web/root.h"

enum { BATCH = 64, BATCH_TEXT = 16 * 1024, SLICE_LINKS = 4096 };

/* A place where URLs are found, while they are taken in. */
struct visit {
    struct discovery found;
    struct store_source source;
    struct intake_count count;
    struct link_walk *walk; /* over its links; NULL when it is one URL */
};

struct batch {
    struct visit *visit;
    struct store_url urls[BATCH];
    enum reason reasons[BATCH]; /* REASON_NONE for those in scope */
    size_t filled;
    size_t text_used;
    char text[BATCH_TEXT];
};

struct intake {
    struct scope *scope;
    struct reach *reach;
    struct frontier *frontier;
    struct link_walk walk;
    struct batch batch;
    intake_skipped skipped;
    void *context;
    uint64_t filtered;
};

/* A page of its own has a walk of its own, since other pages come in between. */
struct intake_links {
    struct intake *intake;
    struct visit visit;
    struct link_walk walk;
};

static int release_set_aside(void *context, struct slice text, struct referrer *referrer, uint32_t depth,
                             uint32_t redirects)
{
    struct intake *intake = context;
    struct url url;
    url_of_serialised(&url, text);
    struct store_url entry = {.text = text, .origin_length = url.path_start, .wish = STORE_RELEASE};
    struct store_source source = {.referrer = referrer, .depth = depth, .redirects = redirects};
    int err = frontier_add(intake->frontier, &entry, 1, &source);
    if (!err)
        intake->filtered--;
    return err;
}

int intake_create(struct intake **out, const struct options *options, struct frontier *frontier, intake_skipped skipped,
                  void *context)
{
    struct intake *intake = calloc(1, sizeof *intake);
    if (!intake)
        return ERR_NO_MEMORY;
    intake->frontier = frontier;
    intake->skipped = skipped;
    intake->context = context;
    link_walk_init(&intake->walk);
    const struct reach_limits near = {.max_depth = options->max_depth, .max_redirects = options->max_redirects};
    int err = scope_create(&intake->scope, options);
    if (!err)
        err = reach_create(&intake->reach, &near, release_set_aside, intake);
    if (err) {
        intake_free(intake);
        return err;
    }
    *out = intake;
    return 0;
}

void intake_free(struct intake *intake)
{
    if (!intake)
        return;
    reach_free(intake->reach);
    scope_free(intake->scope);
    link_walk_free(&intake->walk);
    free(intake);
}

static struct visit visit_of(const struct discovery *found, struct link_walk *walk)
{
    return (struct visit){
        .found = *found,
        .source = {.page = found->page, .depth = found->depth, .redirects = found->redirects},
        .walk = walk,
    };
}

static void begin(struct intake *intake, struct visit *visit)
{
    struct batch *batch = &intake->batch;
    batch->visit = visit;
    batch->filled = 0;
    batch->text_used = 0;
}

/* A URL in scope, after the store has said whether it is new. */
static int note_reached(struct intake *intake, const struct store_url *url)
{
    struct visit *visit = intake->batch.visit;
    if (!url->is_new && !reach_heeds(intake->reach, url->fingerprint))
        return 0;
    const struct reach_step step = {
        .from = visit->found.from,
        .to = url->fingerprint,
        .depth = visit->found.depth,
        .redirects = visit->found.redirects,
        .is_new = url->is_new,
    };
    enum reach_verdict verdict;
    int err = reach_report(intake->reach, &step, url->text, &visit->source, &verdict);
    visit->count.fresh += url->is_new;
    if (err || verdict == REACH_WITHIN)
        return err;
    intake->filtered++;
    if (verdict == REACH_TOO_MANY_REDIRECTS)
        log_error("redirect limit reached for %.*s from %.*s", SLICE_ARGS(url->text), SLICE_ARGS(visit->found.page));
    return 0;
}

/* A URL out of scope; told of when it is new. */
static void note_refused(struct intake *intake, const struct store_url *url, enum reason reason)
{
    if (!url->is_new)
        return;
    intake->filtered++;
    intake->skipped(intake->context, url->text, reason, intake->batch.visit->found.page);
}

/* Hands the batch to the store. */
static int flush(struct intake *intake)
{
    struct batch *batch = &intake->batch;
    int err = frontier_add(intake->frontier, batch->urls, batch->filled, &batch->visit->source);
    for (size_t i = 0; i < batch->filled && !err; i++) {
        if (batch->reasons[i] == REASON_NONE)
            err = note_reached(intake, &batch->urls[i]);
        else
            note_refused(intake, &batch->urls[i], batch->reasons[i]);
    }
    batch->filled = 0;
    batch->text_used = 0;
    return err;
}

static int finish(struct intake *intake, int err)
{
    if (!err)
        err = flush(intake);
    store_source_free(&intake->batch.visit->source);
    return err;
}

/* Puts a URL into the batch. `reason` is why it is out of scope, if it is. */
static int offer(struct intake *intake, struct store_url entry, enum reason reason)
{
    struct batch *batch = &intake->batch;
    bool fits = entry.text.length <= BATCH_TEXT;
    if (batch->filled == BATCH || !fits || entry.text.length > BATCH_TEXT - batch->text_used) {
        int err = flush(intake);
        if (err)
            return err;
    }
    if (fits) {
        char *text = batch->text + batch->text_used;
        memcpy(text, entry.text.data, entry.text.length);
        batch->text_used += entry.text.length;
        entry.text.data = text;
    }
    struct visit *visit = batch->visit;
    visit->count.allowed += reason == REASON_NONE;
    bool is_near = reach_judge(intake->reach, visit->found.depth, visit->found.redirects) == REACH_WITHIN;
    entry.wish = reason == REASON_NONE && is_near ? STORE_ENQUEUE : STORE_REMEMBER;
    batch->reasons[batch->filled] = reason;
    batch->urls[batch->filled++] = entry;
    return fits ? 0 : flush(intake);
}

static struct store_url entry_of(const struct url *url, uint64_t fingerprint)
{
    return (struct store_url){
        .text = url_without_fragment(url), .origin_length = url->path_start, .fingerprint = fingerprint};
}

static int offer_link(struct intake *intake)
{
    struct link_walk *walk = intake->batch.visit->walk;
    const struct url *url = link_walk_url(walk);
    enum reason reason = url ? scope_url_allowed(intake->scope, url) : REASON_MALFORMED;
    int err = link_walk_allow(walk, reason == REASON_NONE);
    if (err)
        return err;
    return offer(intake,
                 url ? entry_of(url, walk->fingerprint)
                     : (struct store_url){.text = walk->raw, .fingerprint = walk->fingerprint},
                 reason);
}

/* Takes in the next links of the visit that was begun, at most `most` of them. Returns 1 when there may be more, 0 at
 * their end, or an error. */
static int take_links(struct intake *intake, size_t most)
{
    struct visit *visit = intake->batch.visit;
    struct link_walk *walk = visit->walk;
    /* A page can't make a URL matter to the reach that did not before. */
    bool some_matter = reach_heeds_any(intake->reach);
    int err = 0, met = 0;
    for (; most && !err && (met = link_walk_next(walk)) != LINK_WALK_END; most--) {
        if (met == LINK_WALK_KNOWN && !(some_matter && reach_heeds(intake->reach, walk->fingerprint)))
            visit->count.allowed += link_walk_is_allowed(walk);
        else
            err = met < 0 ? met : offer_link(intake);
    }
    return err ? err : met != LINK_WALK_END;
}

int intake_add_links(struct intake *intake, struct page *page, const struct url *document,
                     const struct discovery *found, struct intake_count *count)
{
    struct visit visit = visit_of(found, &intake->walk);
    int err = link_walk_begin(visit.walk, page, document);
    if (!err) {
        begin(intake, &visit);
        err = finish(intake, take_links(intake, SIZE_MAX));
    }
    *count = visit.count;
    return err;
}

int intake_links_create(struct intake_links **out, struct intake *intake, struct page *page, const struct url *document,
                        const struct discovery *found)
{
    struct intake_links *links = calloc(1, sizeof *links);
    if (!links)
        return ERR_NO_MEMORY;
    links->intake = intake;
    links->visit = visit_of(found, &links->walk);
    link_walk_init(&links->walk);
    int err = link_walk_begin(&links->walk, page, document);
    if (err) {
        intake_links_free(links);
        return err;
    }
    *out = links;
    return 0;
}

void intake_links_free(struct intake_links *links)
{
    if (!links)
        return;
    store_source_free(&links->visit.source);
    link_walk_free(&links->walk);
    free(links);
}

int intake_links_take(struct intake_links *links, uint32_t depth, struct intake_count *count)
{
    struct intake *intake = links->intake;
    links->visit.found.depth = links->visit.source.depth = depth;
    begin(intake, &links->visit);
    int more = take_links(intake, SLICE_LINKS);
    int err = more < 0 ? more : flush(intake);
    *count = links->visit.count;
    return err ? err : more;
}

int intake_add_url(struct intake *intake, const struct url *url, struct slice raw, const struct discovery *found,
                   struct intake_count *count)
{
    struct visit visit = visit_of(found, NULL);
    begin(intake, &visit);
    int err = url ? offer(intake, entry_of(url, url_fingerprint(url)), scope_url_allowed(intake->scope, url))
                  : offer(intake, (struct store_url){.text = raw, .fingerprint = hash_bytes(raw)}, REASON_MALFORMED);
    err = finish(intake, err);
    *count = visit.count;
    return err;
}

/* A root is named by the user, so that only its host matters, which it brings into scope itself. */
static int add_parsed_root(struct intake *intake, const struct url *url)
{
    struct visit visit = {0};
    int err = scope_add_root(intake->scope, url);
    if (err)
        return err;
    begin(intake, &visit);
    return finish(intake, offer(intake, entry_of(url, url_fingerprint(url)), REASON_NONE));
}

int intake_add_root(struct intake *intake, struct slice text)
{
    struct buf storage;
    buf_init(&storage, URL_MAX_LENGTH);
    struct url url;
    int err = root_parse(text, &url, &storage);
    if (!err) {
        url_strip_credentials(&url, &storage);
        err = add_parsed_root(intake, &url);
    }
    buf_free(&storage);
    return err;
}

enum reason intake_url_allowed(struct intake *intake, const struct url *url)
{
    return scope_url_allowed(intake->scope, url);
}

void intake_look_up(const struct intake *intake, uint64_t fingerprint, uint32_t *depth, uint32_t *redirects)
{
    reach_look_up(intake->reach, fingerprint, depth, redirects);
}

static int tell_set_aside(void *context, struct slice url, struct referrer *referrer, enum reach_verdict why)
{
    const struct intake *intake = context;
    intake->skipped(intake->context, url, why == REACH_TOO_DEEP ? REASON_DEPTH : REASON_REDIRECTS,
                    referrer_text(referrer));
    return 0;
}

void intake_tell_too_far(struct intake *intake)
{
    reach_for_each_set_aside(intake->reach, tell_set_aside, intake);
}

uint64_t intake_filtered(const struct intake *intake)
{
    return intake->filtered;
}
