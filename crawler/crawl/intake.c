#include "crawl/intake.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/hash.h"
#include "crawl/canonical.h"
#include "crawl/intake_batch.h"
#include "crawl/intake_graph.h"
#include "crawl/scope.h"
#include "crawl/set_aside.h"
#include "web/root.h"

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
    buf_init(&intake->graph, INTAKE_GRAPH_LIMIT);
    link_walk_init(&intake->walk);
    table_init(&intake->nofollow);
    const struct reach_limits near = {.max_depth = options->max_depth, .max_redirects = options->max_redirects};
    int err = scope_create(&intake->scope, options);
    if (!err)
        err = traps_create(&intake->traps, options);
    if (!err)
        err = reach_create(&intake->reach, &near, intake_release_near, intake);
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
    referrer_release(intake->restored_referrer);
    buf_free(&intake->canonical_text);
    buf_free(&intake->graph);
    link_walk_free(&intake->walk);
    free(intake);
}

void intake_set_memory(struct intake *intake, const struct intake_memory *memory)
{
    intake->memory = *memory;
}

int intake_make_canonical(struct intake *intake, const struct url **url, struct url *made, uint64_t *fingerprint)
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

/* Takes one URL into the visit. */
static int add_url(struct intake *intake, struct visit *visit, const struct url *url, struct slice raw)
{
    struct judgement judgement;
    struct url made;
    uint64_t fingerprint = url ? url_fingerprint(url) : hash_bytes(raw);
    /* A redirect to the same page as the user sees it, which the server doesn't, leads on. */
    int err = visit->found.redirects ? 0 : intake_make_canonical(intake, &url, &made, &fingerprint);
    if (err)
        return err;
    batch_begin(intake, visit);
    err = batch_judge(intake, url, fingerprint, &judgement);
    if (!err)
        err = batch_offer(intake, intake_entry_of(url, raw, fingerprint), &judgement);
    return err ? err : batch_flush(intake);
}

int intake_add_url(struct intake *intake, const struct url *url, struct slice raw, const struct discovery *found,
                   struct intake_count *count)
{
    struct visit visit = intake_visit_of(found, NULL);
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
    **out = (struct intake_list){.intake = intake, .visit = intake_visit_of(found, NULL)};
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
    batch_begin(intake, &visit);
    int err = traps_count(intake->traps, url, fingerprint, &judgement.ticket, &judgement.reason);
    if (err)
        return err;
    judgement.reason = REASON_NONE;
    return batch_finish(intake, batch_offer(intake, intake_entry_of(url, (struct slice){0}, fingerprint), &judgement));
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
