/* What an earlier process met is taken in again. */
#include "base/error.h"
#include "base/hash.h"
#include "crawl/intake_batch.h"

/* The store's URL for one that was met before. Its text is a serialisation, unless it was malformed. */
static int entry_restored(const struct state_url *met, struct url *url, struct buf *storage, struct store_url *entry)
{
    bool is_malformed = met->reason == REASON_MALFORMED;
    int err = is_malformed ? 0 : url_parse(url, met->url, NULL, NULL, storage);
    if (err)
        return err;
    *entry = intake_entry_of(is_malformed ? NULL : url, met->url,
                             is_malformed ? hash_bytes(met->url) : url_fingerprint(url));
    entry->id = met->id;
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

/* What a page led to is restored in a row, and has its text once as it had before. */
static void share_referrer(struct intake *intake, struct store_source *source)
{
    if (source->id && source->id == intake->restored_id)
        source->referrer = referrer_hold(intake->restored_referrer);
}

static void keep_referrer(struct intake *intake, const struct store_source *source)
{
    if (!source->referrer || source->id == intake->restored_id)
        return;
    referrer_release(intake->restored_referrer);
    intake->restored_referrer = referrer_hold(source->referrer);
    intake->restored_id = source->id;
}

static int restore(struct intake *intake, const struct state_url *met, uint64_t from, struct buf *storage,
                   uint64_t *fingerprint)
{
    const struct discovery found = {
        .id = met->referrer_id, .page = met->referrer, .from = from, .depth = met->depth, .redirects = met->redirects};
    struct visit visit = intake_visit_of(&found, NULL);
    struct judgement judgement = {.reason = is_distance(met->reason) ? REASON_NONE : met->reason};
    struct store_url entry = {0};
    struct url url;
    int err = entry_restored(met, &url, storage, &entry);
    *fingerprint = entry.fingerprint;
    batch_begin(intake, &visit);
    if (!err && met->reason == REASON_NONE) {
        enum reason refused; /* it was not then, whatever others have used up since */
        err = traps_count(intake->traps, &url, entry.fingerprint, &judgement.ticket, &refused);
    }
    if (err)
        return err;
    share_referrer(intake, &visit.source);
    err = batch_offer(intake, entry, &judgement);
    if (!err)
        err = batch_flush(intake);
    keep_referrer(intake, &visit.source);
    store_source_free(&visit.source);
    return err;
}

int intake_restore(struct intake *intake, const struct state_url *met, uint64_t *fingerprint)
{
    struct buf storage;
    uint64_t from = 0;
    buf_init(&storage, URL_MAX_LENGTH);
    int err = intake->memory.has_all ? 0 : fingerprint_of(met->referrer, &storage, &from);
    if (!err)
        err = restore(intake, met, from, &storage, fingerprint);
    buf_free(&storage);
    return err;
}

int intake_restore_link(struct intake *intake, uint64_t from, uint64_t to)
{
    return reach_restore(intake->reach, from, to, false);
}

int intake_restore_redirect(struct intake *intake, struct slice from, struct slice to)
{
    struct buf storage;
    uint64_t page, target;
    buf_init(&storage, URL_MAX_LENGTH);
    int err = fingerprint_of(from, &storage, &page);
    if (!err)
        err = fingerprint_of(to, &storage, &target);
    if (!err)
        err = reach_restore(intake->reach, page, target, true);
    buf_free(&storage);
    return err;
}
