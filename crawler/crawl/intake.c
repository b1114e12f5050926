/* The links of a page go to the store in batches. What is in a batch is copied to one place, since a resolver shows one
 * link at a time; the next batch is written over it. */
#include "crawl/intake.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/table.h"
#include "crawl/canonical.h"
#include "crawl/link_walk.h"
#include "crawl/reach.h"
#include "crawl/scope.h"
#include "crawl/set_aside.h"
#include "crawl/traps.h"
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
    enum reason reasons[BATCH]; /* REASON_NONE for those that are allowed and may be followed */
    struct traps_ticket tickets[BATCH];
    size_t filled;
    bool is_counted; /* some tickets may have to be taken back */
    size_t text_used;
    char text[BATCH_TEXT];
};

struct intake {
    struct scope *scope;
    struct traps *traps;
    struct reach *reach;
    struct table nofollow; /* struct set_aside by fingerprint: in scope, and only links with nofollow led there yet */
    struct frontier *frontier;
    struct link_walk walk;
    struct batch batch;
    const struct options *canonical; /* NULL: URLs are taken as they are */
    struct buf canonical_text;
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

/* Whether other URLs had used up what there is. */
static bool is_rationed(enum reason reason)
{
    return reason == REASON_QUERY_VARIANTS || reason == REASON_CALENDAR || reason == REASON_HOST_BUDGET;
}

static bool depends_on_others(enum reason reason)
{
    return is_rationed(reason) || reason == REASON_SESSION_ID;
}

/* A URL that is not to be fetched, for a reason that is final. */
static void skip(struct intake *intake, struct slice text, enum reason reason, struct slice referrer)
{
    if (is_rationed(reason)) {
        struct url url;
        url_of_serialised(&url, text);
        traps_note_refused(intake->traps, &url, reason);
    }
    intake->skipped(intake->context, text, reason, referrer);
}

/* A URL that was set aside is to be fetched after all. Only now it counts. */
static int release(struct intake *intake, struct slice text, uint64_t id, struct store_source *source)
{
    struct url url;
    struct traps_ticket ticket;
    enum reason reason;
    url_of_serialised(&url, text);
    int counted = traps_count(intake->traps, &url, url_fingerprint(&url), &ticket, &reason);
    if (counted)
        return counted;
    struct store_url entry = {.text = text,
                              .origin_length = url.path_start,
                              .wish = reason == REASON_NONE ? STORE_RELEASE : STORE_REFUSE,
                              .reason = reason,
                              .id = id};
    int err = frontier_add(intake->frontier, &entry, 1, source);
    if (!err && reason == REASON_NONE)
        intake->filtered--;
    else if (!err)
        skip(intake, text, reason, source->page);
    return err;
}

static int release_near(void *context, const struct set_aside *near, uint32_t depth, uint32_t redirects)
{
    struct store_source source = {
        .page = referrer_text(near->referrer), .referrer = near->referrer, .depth = depth, .redirects = redirects};
    return release(context, set_aside_url(near), near->id, &source);
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
    intake->canonical = canonical_is_wanted(options) ? options : NULL;
    buf_init(&intake->canonical_text, URL_MAX_LENGTH);
    link_walk_init(&intake->walk);
    table_init(&intake->nofollow);
    const struct reach_limits near = {.max_depth = options->max_depth, .max_redirects = options->max_redirects};
    int err = scope_create(&intake->scope, options);
    if (!err)
        err = traps_create(&intake->traps, options);
    if (!err)
        err = reach_create(&intake->reach, &near, release_near, intake);
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
    traps_free(intake->traps);
    table_for_each(slot, &intake->nofollow) set_aside_free(slot->value);
    table_free(&intake->nofollow);
    scope_free(intake->scope);
    buf_free(&intake->canonical_text);
    link_walk_free(&intake->walk);
    free(intake);
}

static struct visit visit_of(const struct discovery *found, struct link_walk *walk)
{
    return (struct visit){
        .found = *found,
        .source = {.id = found->id, .page = found->page, .depth = found->depth, .redirects = found->redirects},
        .walk = walk,
    };
}

static void begin(struct intake *intake, struct visit *visit)
{
    struct batch *batch = &intake->batch;
    batch->visit = visit;
    batch->filled = 0;
    batch->text_used = 0;
    batch->is_counted = false;
}

/* Takes a URL out of those that only links with nofollow led to, and returns its number; 0 when it was none. */
static uint64_t take_nofollow(struct intake *intake, uint64_t fingerprint)
{
    struct set_aside *set_aside = table_remove(&intake->nofollow, fingerprint);
    uint64_t id = set_aside ? set_aside->id : 0;
    set_aside_free(set_aside);
    return id;
}

/* A URL in scope, after the store has said whether it is new. One that only links with nofollow led to is as good as
 * new, but known to the store and filtered. */
static int note_reached(struct intake *intake, const struct store_url *url)
{
    struct visit *visit = intake->batch.visit;
    uint64_t was_nofollow = url->is_new ? 0 : take_nofollow(intake, url->fingerprint);
    bool is_new = url->is_new || was_nofollow;
    if (!is_new && !reach_heeds(intake->reach, url->fingerprint))
        return 0;
    const struct reach_step step = {
        .from = visit->found.from,
        .to = url->fingerprint,
        .id = url->is_new ? url->id : was_nofollow,
        .depth = visit->found.depth,
        .redirects = visit->found.redirects,
        .is_new = is_new,
    };
    enum reach_verdict verdict;
    int err = reach_report(intake->reach, &step, url->text, &visit->source, &verdict);
    visit->count.fresh += is_new;
    if (err)
        return err;
    if (verdict == REACH_WITHIN)
        return was_nofollow ? release(intake, url->text, was_nofollow, &visit->source) : 0;
    intake->filtered += !was_nofollow;
    if (verdict == REACH_TOO_MANY_REDIRECTS)
        log_error("redirect limit reached for %.*s from %.*s", SLICE_ARGS(url->text), SLICE_ARGS(visit->found.page));
    return 0;
}

/* A URL in scope to which a link with nofollow leads; set aside when it is new. */
static int note_nofollow(struct intake *intake, const struct store_url *url)
{
    struct set_aside *set_aside;
    if (!url->is_new)
        return 0;
    int err = set_aside_create(&set_aside, url->text, url->id, &intake->batch.visit->source);
    if (err)
        return err;
    err = table_put(&intake->nofollow, url->fingerprint, set_aside);
    if (err) {
        set_aside_free(set_aside);
        return err;
    }
    intake->filtered++;
    return 0;
}

/* A URL that is refused; told of when it is new. */
static void note_refused(struct intake *intake, const struct store_url *url, enum reason reason)
{
    if (!url->is_new)
        return;
    intake->filtered++;
    skip(intake, url->text, reason, intake->batch.visit->found.page);
}

/* Those that are known were counted when they were new. */
static void uncount_known(struct intake *intake)
{
    struct batch *batch = &intake->batch;
    for (size_t i = 0; i < batch->filled && batch->is_counted; i++)
        if (!batch->urls[i].is_new)
            traps_uncount(intake->traps, &batch->tickets[i]);
    batch->is_counted = false;
}

/* Whether reach has to know of the way to a URL: also to one that is set aside and now refused, which is told then. */
static bool is_way(enum reason reason, bool is_new)
{
    return reason == REASON_NONE || (!is_new && depends_on_others(reason));
}

/* Hands the batch to the store. */
static int flush(struct intake *intake)
{
    struct batch *batch = &intake->batch;
    int err = frontier_add(intake->frontier, batch->urls, batch->filled, &batch->visit->source);
    if (!err)
        uncount_known(intake);
    for (size_t i = 0; i < batch->filled && !err; i++) {
        if (is_way(batch->reasons[i], batch->urls[i].is_new))
            err = note_reached(intake, &batch->urls[i]);
        else if (batch->reasons[i] == REASON_NOFOLLOW)
            err = note_nofollow(intake, &batch->urls[i]);
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

/* Whether a URL may be fetched. */
struct judgement {
    enum reason reason;
    struct traps_ticket ticket;
};

/* Why what is found now is too far; REASON_NONE when it isn't. */
static enum reason reason_of_distance(const struct intake *intake)
{
    static const enum reason reasons[] = {
        [REACH_WITHIN] = REASON_NONE, [REACH_TOO_DEEP] = REASON_DEPTH, [REACH_TOO_MANY_REDIRECTS] = REASON_REDIRECTS};
    const struct discovery *found = &intake->batch.visit->found;
    return reasons[reach_judge(intake->reach, found->depth, found->redirects)];
}

static enum reason judge_alone(struct intake *intake, const struct url *url)
{
    enum reason reason = scope_url_allowed(intake->scope, url);
    return reason == REASON_NONE ? traps_url_allowed(intake->traps, url) : reason;
}

/* Counts a URL that is to be fetched. Before it is refused, known ones in the batch give back what they took. */
static int count(struct intake *intake, const struct url *url, uint64_t fingerprint, struct judgement *judgement)
{
    struct traps_ticket *ticket = &judgement->ticket;
    int err = traps_count(intake->traps, url, fingerprint, ticket, &judgement->reason);
    if (err || !is_rationed(judgement->reason) || !intake->batch.is_counted)
        return err;
    err = flush(intake);
    return err ? err : traps_count(intake->traps, url, fingerprint, ticket, &judgement->reason);
}

/* `url` is NULL for one that can't be parsed. Errors: ERR_NO_MEMORY. */
static int judge(struct intake *intake, const struct url *url, uint64_t fingerprint, struct judgement *judgement)
{
    const struct link_walk *walk = intake->batch.visit->walk;
    *judgement = (struct judgement){.reason = url ? judge_alone(intake, url) : REASON_MALFORMED};
    if (judgement->reason == REASON_NONE && walk && walk->is_nofollow)
        judgement->reason = REASON_NOFOLLOW;
    bool counts = judgement->reason == REASON_NONE && reason_of_distance(intake) == REASON_NONE;
    return counts ? count(intake, url, fingerprint, judgement) : 0;
}

static bool is_empty(const struct traps_ticket *ticket)
{
    for (unsigned i = 0; i < SHARE_COUNT; i++)
        if (ticket->shares[i])
            return false;
    return true;
}

/* Puts a URL that was judged into the batch. */
static int offer(struct intake *intake, struct store_url entry, const struct judgement *judgement)
{
    struct batch *batch = &intake->batch;
    bool fits = entry.text.length <= BATCH_TEXT, allowed = judgement->reason == REASON_NONE;
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
    batch->visit->count.allowed += allowed;
    entry.reason = allowed ? reason_of_distance(intake) : judgement->reason;
    if (entry.reason != REASON_NONE)
        entry.wish = STORE_REMEMBER;
    batch->reasons[batch->filled] = judgement->reason;
    batch->tickets[batch->filled] = judgement->ticket;
    batch->is_counted |= !is_empty(&judgement->ticket);
    batch->urls[batch->filled++] = entry;
    return fits ? 0 : flush(intake);
}

static struct store_url entry_of(const struct url *url, struct slice raw, uint64_t fingerprint)
{
    if (!url)
        return (struct store_url){.text = raw, .fingerprint = fingerprint};
    return (struct store_url){
        .text = url_without_fragment(url), .origin_length = url->path_start, .fingerprint = fingerprint};
}

/* Puts the URL in the place of those that are the same page for the user; `*url` may be NULL. Valid up to the next. */
static int make_canonical(struct intake *intake, const struct url **url, struct url *made, uint64_t *fingerprint)
{
    if (!intake->canonical || !*url || !url_is_http(*url))
        return 0;
    *made = **url;
    int changed = canonical_apply(intake->canonical, made, &intake->canonical_text);
    if (changed <= 0)
        return changed;
    *url = made;
    *fingerprint = url_fingerprint(made);
    return 0;
}

static int offer_link(struct intake *intake)
{
    struct link_walk *walk = intake->batch.visit->walk;
    const struct url *url = link_walk_url(walk);
    uint64_t fingerprint = walk->fingerprint;
    struct judgement judgement = {.reason = REASON_NONE};
    struct url made;
    int err = make_canonical(intake, &url, &made, &fingerprint);
    if (!err)
        err = judge(intake, url, fingerprint, &judgement);
    if (!err)
        err = link_walk_allow(walk, judgement.reason == REASON_NONE || judgement.reason == REASON_NOFOLLOW);
    return err ? err : offer(intake, entry_of(url, walk->raw, fingerprint), &judgement);
}

/* Whether the link that was come to is more than one more way to a URL that an earlier page had, and whether any that is
 * still to come is. A page can't make a URL matter that did not before. */
static bool matters(const struct intake *intake, const struct link_walk *walk)
{
    return intake->canonical || walk->is_nofollow || reach_heeds(intake->reach, walk->fingerprint) ||
           table_get(&intake->nofollow, walk->fingerprint);
}

static bool some_matter(const struct intake *intake, const struct link_walk *walk)
{
    return intake->canonical || walk->is_nofollow || walk->later.length || reach_heeds_any(intake->reach) ||
           intake->nofollow.count;
}

/* Takes in the next links of the visit that was begun, at most `most` of them. Returns 1 when there may be more, 0 at
 * their end, or an error. */
static int take_links(struct intake *intake, size_t most)
{
    struct visit *visit = intake->batch.visit;
    struct link_walk *walk = visit->walk;
    bool some_do = some_matter(intake, walk);
    int err = 0, met = 0;
    for (; most && !err && (met = link_walk_next(walk)) != LINK_WALK_END; most--) {
        if (met == LINK_WALK_KNOWN && !(some_do && matters(intake, walk)))
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

/* Takes one URL into the visit. */
static int add_url(struct intake *intake, struct visit *visit, const struct url *url, struct slice raw)
{
    struct judgement judgement;
    struct url made;
    uint64_t fingerprint = url ? url_fingerprint(url) : hash_bytes(raw);
    /* A redirect to the same page as the user sees it, which the server doesn't, leads on. */
    int err = visit->found.redirects ? 0 : make_canonical(intake, &url, &made, &fingerprint);
    if (err)
        return err;
    begin(intake, visit);
    err = judge(intake, url, fingerprint, &judgement);
    if (!err)
        err = offer(intake, entry_of(url, raw, fingerprint), &judgement);
    return err ? err : flush(intake);
}

int intake_add_url(struct intake *intake, const struct url *url, struct slice raw, const struct discovery *found,
                   struct intake_count *count)
{
    struct visit visit = visit_of(found, NULL);
    int err = add_url(intake, &visit, url, raw);
    store_source_free(&visit.source);
    *count = visit.count;
    return err;
}

struct intake_list {
    struct intake *intake;
    struct visit visit;
};

int intake_list_create(struct intake_list **out, struct intake *intake, const struct discovery *found)
{
    *out = malloc(sizeof **out);
    if (!*out)
        return ERR_NO_MEMORY;
    **out = (struct intake_list){.intake = intake, .visit = visit_of(found, NULL)};
    return 0;
}

void intake_list_free(struct intake_list *list)
{
    if (!list)
        return;
    store_source_free(&list->visit.source);
    free(list);
}

int intake_list_add(struct intake_list *list, const struct url *url, struct slice raw)
{
    return add_url(list->intake, &list->visit, url, raw);
}

/* A root is named by the user, so that only its host matters, which it brings into scope itself. It counts, though. */
static int enqueue_root(struct intake *intake, const struct url *url)
{
    struct visit visit = {0};
    struct judgement judgement;
    uint64_t fingerprint = url_fingerprint(url);
    begin(intake, &visit);
    int err = traps_count(intake->traps, url, fingerprint, &judgement.ticket, &judgement.reason);
    if (err)
        return err;
    judgement.reason = REASON_NONE;
    return finish(intake, offer(intake, entry_of(url, (struct slice){0}, fingerprint), &judgement));
}

static int add_host(struct intake *intake, const struct url *root)
{
    int err = scope_add_root(intake->scope, root);
    return err ? err : traps_add_root(intake->traps, root);
}

static int add_root(struct intake *intake, struct slice text, bool is_restored)
{
    struct buf storage;
    buf_init(&storage, URL_MAX_LENGTH);
    struct url url;
    int err = root_parse(text, &url, &storage);
    if (!err) {
        url_strip_credentials(&url, &storage);
        err = add_host(intake, &url);
    }
    if (!err && !is_restored)
        err = enqueue_root(intake, &url);
    buf_free(&storage);
    return err;
}

int intake_add_root(struct intake *intake, struct slice text)
{
    return add_root(intake, text, false);
}

int intake_restore_root(struct intake *intake, struct slice text)
{
    return add_root(intake, text, true);
}

/* The store's URL for one that was met before. Its text is a serialisation, unless it was malformed. */
static int entry_restored(const struct state_url *met, struct url *url, struct buf *storage, struct store_url *entry)
{
    bool is_malformed = met->reason == REASON_MALFORMED;
    int err = is_malformed ? 0 : url_parse(url, met->url, NULL, NULL, storage);
    if (err)
        return err;
    *entry = entry_of(is_malformed ? NULL : url, met->url, is_malformed ? hash_bytes(met->url) : url_fingerprint(url));
    entry->wish = met->is_done ? STORE_REMEMBER : STORE_ENQUEUE;
    return 0;
}

static int fingerprint_of(struct slice text, struct buf *storage, uint64_t *fingerprint)
{
    struct url url;
    *fingerprint = 0;
    int err = text.length ? url_parse(&url, text, NULL, NULL, storage) : 0;
    if (!err && text.length)
        *fingerprint = url_fingerprint(&url);
    return err;
}

/* Distance is judged anew, and found to be what it was. */
static bool is_distance(enum reason reason)
{
    return reason == REASON_DEPTH || reason == REASON_REDIRECTS;
}

static int restore(struct intake *intake, const struct state_url *met, uint64_t from, struct buf *storage)
{
    const struct discovery found = {
        .id = met->referrer_id, .page = met->referrer, .from = from, .depth = met->depth, .redirects = met->redirects};
    struct visit visit = visit_of(&found, NULL);
    struct judgement judgement = {.reason = is_distance(met->reason) ? REASON_NONE : met->reason};
    struct store_url entry;
    struct url url;
    int err = entry_restored(met, &url, storage, &entry);
    begin(intake, &visit);
    if (!err && met->reason == REASON_NONE) {
        enum reason refused; /* it was not then, whatever others have used up since */
        err = traps_count(intake->traps, &url, entry.fingerprint, &judgement.ticket, &refused);
    }
    return err ? err : finish(intake, offer(intake, entry, &judgement));
}

int intake_restore(struct intake *intake, const struct state_url *met)
{
    struct buf storage;
    uint64_t from;
    buf_init(&storage, URL_MAX_LENGTH);
    int err = fingerprint_of(met->referrer, &storage, &from);
    if (!err)
        err = restore(intake, met, from, &storage);
    buf_free(&storage);
    return err;
}

enum reason intake_url_allowed(struct intake *intake, const struct url *url)
{
    return judge_alone(intake, url);
}

bool intake_may_refuse(const struct intake *intake, const struct url *url, enum reason reason)
{
    return traps_may_refuse(intake->traps, url, reason);
}

bool intake_hit_budget(const struct intake *intake)
{
    return traps_hit_budget(intake->traps);
}

void intake_look_up(const struct intake *intake, uint64_t fingerprint, uint32_t *depth, uint32_t *redirects)
{
    reach_look_up(intake->reach, fingerprint, depth, redirects);
}

static int tell_too_far(void *context, struct slice url, struct referrer *referrer, enum reach_verdict why)
{
    const struct intake *intake = context;
    intake->skipped(intake->context, url, why == REACH_TOO_DEEP ? REASON_DEPTH : REASON_REDIRECTS,
                    referrer_text(referrer));
    return 0;
}

void intake_tell_set_aside(struct intake *intake)
{
    reach_for_each_set_aside(intake->reach, tell_too_far, intake);
    table_for_each(slot, &intake->nofollow)
    {
        const struct set_aside *kept = slot->value;
        intake->skipped(intake->context, set_aside_url(kept), REASON_NOFOLLOW, referrer_text(kept->referrer));
    }
}

uint64_t intake_filtered(const struct intake *intake)
{
    return intake->filtered;
}
