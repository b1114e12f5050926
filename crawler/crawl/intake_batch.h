/* intake_batch.h - what the parts of the intake share: URLs that are judged, handed to the store in batches, and what
 * becomes of them by its answers.
 *
 * What is in a batch is copied to one place, since a resolver shows one link at a time; the next batch is written over
 * it. */
#ifndef CRAWL_INTAKE_BATCH_H
#define CRAWL_INTAKE_BATCH_H

#include "base/table.h"
#include "crawl/intake.h"
#include "crawl/link_walk.h"
#include "crawl/reach.h"
#include "crawl/traps.h"

enum { BATCH = 64, BATCH_TEXT = 16 * 1024 };

/* A place where URLs are found, while they are taken in. */
struct visit {
    struct discovery found;
    struct store_source source;
    struct intake_count count;
    struct link_walk *walk; /* over its links; NULL when it is one URL */
    struct buf *graph;      /* fingerprints of the links so far; NULL when nobody wants them */
    uint64_t followed;      /* of them, those before the first that is not to be followed */
};

/* What is judged and goes to the store next. */
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

/* Links of a walk, until the store is asked for them. */
struct held_links {
    struct link_mark marks[BATCH];
    struct store_question questions[BATCH];
    size_t count;
};

struct intake {
    struct scope *scope;
    struct traps *traps;
    struct reach *reach;
    struct table nofollow; /* struct set_aside by fingerprint: in scope, and only links with nofollow led there yet */
    struct frontier *frontier;
    struct link_walk walk;
    struct batch batch;
    struct held_links held;
    const struct options *canonical; /* NULL: URLs are taken as they are */
    struct buf canonical_text;
    struct intake_memory memory;
    struct buf graph; /* for one visit after another */
    intake_skipped skipped;
    void *context;
    uint64_t filtered;
    uint64_t restored_id;               /* of the page that led to what was restored last; 0 for none */
    struct referrer *restored_referrer; /* the same, held; NULL for none */
};

/* Whether a URL may be fetched. */
struct judgement {
    enum reason reason;
    struct traps_ticket ticket;
};

/* A place where something was found, and a URL as the store takes it; `url` is NULL for one that can't be parsed. */
struct visit intake_visit_of(const struct discovery *found, struct link_walk *walk);
struct store_url intake_entry_of(const struct url *url, struct slice raw, uint64_t fingerprint);

/* Puts the URL in the place of those that are the same page for the user; `*url` may be NULL. Valid up to the next.
 * Errors: ERR_NO_MEMORY. */
int intake_make_canonical(struct intake *intake, const struct url **url, struct url *made, uint64_t *fingerprint);

/* Begins with a visit, with an empty batch. */
void batch_begin(struct intake *intake, struct visit *visit);

/* Judges a URL, NULL for one that can't be parsed; it counts for what others are refused by. Errors: ERR_NO_MEMORY. */
int batch_judge(struct intake *intake, const struct url *url, uint64_t fingerprint, struct judgement *judgement);

/* Puts a URL that was judged into the batch, which is handed to the store when it is full. Errors: those of
 * frontier_add. */
int batch_offer(struct intake *intake, struct store_url entry, const struct judgement *judgement);

/* Hands the batch to the store. Errors: as batch_offer. */
int batch_flush(struct intake *intake);

/* The same, unless there was an error, and ends the visit. Returns the first error. */
int batch_finish(struct intake *intake, int err);

/* Brings in a URL that was set aside: for reach. */
int intake_release_near(void *context, const struct set_aside *near, uint32_t depth, uint32_t redirects);

#endif
