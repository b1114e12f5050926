#include "crawl/intake_batch.h"

#include "base/error.h"
#include "base/log.h"
#include "crawl/scope.h"
#include "crawl/set_aside.h"

struct visit intake_visit_of(const struct discovery *found, struct link_walk *walk)
{
    return (struct visit){
        .found = *found,
        .source = {.id = found->id, .page = found->page, .depth = found->depth, .redirects = found->redirects},
        .walk = walk,
    };
}

struct store_url intake_entry_of(const struct url *url, struct slice raw, uint64_t fingerprint)
{
    if (!url)
        return (struct store_url){.text = raw, .fingerprint = fingerprint};
    return (struct store_url){
        .text = url_without_fragment(url), .origin_length = url->path_start, .fingerprint = fingerprint};
}

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
    uint64_t fingerprint = url_fingerprint(&url);
    int counted = traps_count(intake->traps, &url, fingerprint, &ticket, &reason);
    if (counted)
        return counted;
    struct store_url entry = {.text = text,
                              .origin_length = url.path_start,
                              .wish = reason == REASON_NONE ? STORE_RELEASE : STORE_REFUSE,
                              .fingerprint = fingerprint,
                              .reason = reason,
                              .id = id};
    int err = frontier_add(intake->frontier, &entry, 1, source);
    if (!err && reason == REASON_NONE)
        intake->filtered--;
    else if (!err)
        skip(intake, text, reason, source->page);
    return err;
}

int intake_release_near(void *context, const struct set_aside *near, uint32_t depth, uint32_t redirects)
{
    struct store_source source = {
        .page = referrer_text(near->referrer), .referrer = near->referrer, .depth = depth, .redirects = redirects};
    return release(context, set_aside_url(near), near->id, &source);
}

void batch_begin(struct intake *intake, struct visit *visit)
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

/* Tells of a way that is shorter than those known by now. */
static int tell_if_nearer(struct intake *intake, const struct reach_step *step)
{
    uint32_t depth = UINT32_MAX, redirects = UINT32_MAX;
    if (step->is_new || !intake->memory.nearer)
        return 0;
    reach_look_up(intake->reach, step->to, &depth, &redirects);
    if (step->depth >= depth && step->redirects >= redirects)
        return 0;
    return intake->memory.nearer(intake->memory.context, step->to, step->depth, step->redirects);
}

static enum reason reason_of(enum reach_verdict verdict)
{
    static const enum reason reasons[] = {
        [REACH_WITHIN] = REASON_NONE, [REACH_TOO_DEEP] = REASON_DEPTH, [REACH_TOO_MANY_REDIRECTS] = REASON_REDIRECTS};
    return reasons[verdict];
}

/* A URL that was set aside for nofollow may be followed, but is too far. */
static int note_other_reason(struct intake *intake, const struct store_url *url, uint64_t id,
                             enum reach_verdict verdict)
{
    struct store_url entry = *url;
    entry.wish = STORE_REFUSE;
    entry.reason = reason_of(verdict);
    entry.id = id;
    return frontier_add(intake->frontier, &entry, 1, &intake->batch.visit->source);
}

/* A URL in scope, after the store has said whether it is new. One that only links with nofollow led to is as good as
 * new, but known to the store and filtered. */
static int note_reached(struct intake *intake, const struct store_url *url)
{
    struct visit *visit = intake->batch.visit;
    uint64_t nofollow_id = url->is_new ? 0 : take_nofollow(intake, url->fingerprint);
    bool is_new = url->is_new || nofollow_id;
    if (!is_new && !reach_heeds(intake->reach, url->fingerprint))
        return 0;
    const struct reach_step step = {
        .from = visit->found.from,
        .to = url->fingerprint,
        .id = url->is_new ? url->id : nofollow_id,
        .depth = visit->found.depth,
        .redirects = visit->found.redirects,
        .is_new = is_new,
    };
    enum reach_verdict verdict;
    int err = tell_if_nearer(intake, &step);
    if (!err)
        err = reach_report(intake->reach, &step, url->text, &visit->source, &verdict);
    visit->count.fresh += is_new;
    if (err)
        return err;
    if (verdict == REACH_WITHIN)
        return nofollow_id ? release(intake, url->text, nofollow_id, &visit->source) : 0;
    if (nofollow_id && (err = note_other_reason(intake, url, nofollow_id, verdict)))
        return err;
    intake->filtered += !nofollow_id;
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

int batch_flush(struct intake *intake)
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

int batch_finish(struct intake *intake, int err)
{
    if (!err)
        err = batch_flush(intake);
    store_source_free(&intake->batch.visit->source);
    return err;
}

/* Why what is found now is too far; REASON_NONE when it isn't. */
static enum reason reason_of_distance(const struct intake *intake)
{
    const struct discovery *found = &intake->batch.visit->found;
    return reason_of(reach_judge(intake->reach, found->depth, found->redirects));
}

enum reason intake_url_allowed(struct intake *intake, const struct url *url)
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
    err = batch_flush(intake);
    return err ? err : traps_count(intake->traps, url, fingerprint, ticket, &judgement->reason);
}

int batch_judge(struct intake *intake, const struct url *url, uint64_t fingerprint, struct judgement *judgement)
{
    const struct link_walk *walk = intake->batch.visit->walk;
    *judgement = (struct judgement){.reason = url ? intake_url_allowed(intake, url) : REASON_MALFORMED};
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

int batch_offer(struct intake *intake, struct store_url entry, const struct judgement *judgement)
{
    struct batch *batch = &intake->batch;
    bool fits = entry.text.length <= BATCH_TEXT, allowed = judgement->reason == REASON_NONE;
    if (batch->filled == BATCH || !fits || entry.text.length > BATCH_TEXT - batch->text_used) {
        int err = batch_flush(intake);
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
    return fits ? 0 : batch_flush(intake);
}
