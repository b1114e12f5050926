/* store.h - where a crawl lives: which URLs are known, which wait, which are being fetched.
 *
 * One interface, so that a crawl can live in memory or beyond its process. It is asked in batches, since a page has a
 * hundred links. Nothing is lost in this order: the links of a page are enqueued, its record goes to the outputs, and
 * only then is the page done. A URL that was enqueued and never done is pending. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/slice.h"
#include "record/fetch_statistic.h"
#include "record/reason.h"
#include "store/referrer.h"

/* What is to become of a URL. */
enum store_wish {
    STORE_ENQUEUE,  /* it is to be fetched, unless it is known */
    STORE_REMEMBER, /* it is not to be fetched, but known from now on */
    STORE_RELEASE,  /* it was only remembered, and is to be fetched after all */
    STORE_REFUSE,   /* it was only remembered, for another reason than it is from now on */
};

struct store_url {
    struct slice text; /* an http or https URL as serialised, without fragment; any text for STORE_REMEMBER */
    uint32_t origin_length;
    enum store_wish wish;
    uint64_t fingerprint; /* the lowest bit tells no two apart */
    enum reason reason;   /* of STORE_REMEMBER and STORE_REFUSE; else REASON_NONE */
    uint64_t id; /* its number: an answer when it is new and 0; to be given for STORE_RELEASE and STORE_REFUSE, and
                         * for what was met by an earlier process */
    bool is_new; /* answer: it was not known */
};

/* Where the URLs of a batch were found. */
struct store_source {
    uint64_t id;               /* the number of that page; 0 where it has none, as roots and sitemaps */
    struct slice page;         /* its URL; empty for roots */
    struct referrer *referrer; /* the same, held, once anybody has kept it; NULL before */
    uint32_t depth;            /* of the URLs */
    uint32_t redirects;        /* in a row, to get to them */
};

/* The referrer of a source, made when there is none. `*out` is NULL for roots; the source holds it. Errors:
 * ERR_NO_MEMORY. */
int store_source_referrer(struct store_source *source, struct referrer **out);
void store_source_free(struct store_source *source);

/* What the store has of a URL. */
enum store_standing {
    STANDING_NEW,    /* nothing */
    STANDING_KNOWN,  /* it is known */
    STANDING_REFUSED /* it is known, and the crawl refuses it for good (reason_is_refusal) */
};

struct store_question {
    uint64_t fingerprint;
    enum store_standing standing; /* answer */
};

/* A URL that is being fetched. The text is the claim's own; it is reused from one claim to the next. */
struct claim {
    struct buf url;
    uint64_t id;               /* its number: 1 for the first URL that became known, and so on */
    struct referrer *referrer; /* held; NULL for a root */
    uint32_t depth;
    uint32_t redirects;
    uint32_t tries;   /* made before */
    uint32_t at_once; /* of the origin's pace */
    void *place;      /* the store's; NULL when nothing is claimed */
};

void claim_init(struct claim *claim);
void claim_free(struct claim *claim);

/* What became of a claim. */
enum store_outcome {
    STORE_FETCHED,  /* it has a record */
    STORE_FILTERED, /* it turned out that it is not to be fetched */
    STORE_LATER, /* it is to be claimed again, first of its origin once its time has come, with the tries it has now */
    STORE_GIVEN_UP /* it is pending again, for another run */
};

/* The end of a claim. */
struct store_record {
    struct claim *claim;
    enum store_outcome outcome;
    const struct fetch_statistic *stat; /* STORE_FETCHED; else NULL */
    enum reason reason;                 /* STORE_FILTERED */
    nanoseconds not_before;             /* STORE_LATER: no claim before this moment; 0 for at once */
};

/* How fast the URLs of an origin may be claimed. */
struct store_pace {
    uint32_t at_once;       /* most claims at once; 0 for no limit */
    nanoseconds not_before; /* no claim before this moment */
};

struct store_stats {
    uint64_t known;   /* distinct URLs, remembered ones included */
    uint64_t pending; /* enqueued and neither claimed nor done */
    uint64_t claimed;
};

struct store;

struct store_operations {
    int (*enqueue_batch)(struct store *store, struct store_url *urls, size_t count, struct store_source *source);
    void (*look_up_batch)(const struct store *store, struct store_question *questions, size_t count);
    int (*claim)(struct store *store, nanoseconds now, struct claim *claim);
    int (*done_batch)(struct store *store, const struct store_record *records, size_t count);
    void (*set_pace)(struct store *store, const struct claim *claim, const struct store_pace *pace);
    nanoseconds (*next_time)(const struct store *store);
    void (*stats)(const struct store *store, struct store_stats *stats);
    bool (*finished)(const struct store *store);
    void (*free)(struct store *store);
};

/* What all stores begin with. */
struct store {
    const struct store_operations *operations;
};

/* Takes in URLs that were found in one place, and tells which of them are new. Errors: ERR_NO_MEMORY, those of
 * state_send; those before the one that failed are in. */
static inline int store_enqueue_batch(struct store *store, struct store_url *urls, size_t count,
                                      struct store_source *source)
{
    return store->operations->enqueue_batch(store, urls, count, source);
}

/* Answers questions, which cost less than to enqueue what is known. */
static inline void store_look_up_batch(const struct store *store, struct store_question *questions, size_t count)
{
    store->operations->look_up_batch(store, questions, count);
}

/* Takes a URL that may be fetched now. Returns 1 and fills `claim`, 0 when there is none, or an error: ERR_NO_MEMORY,
 * or, once, that with which the URLs beyond the budget of memory could not be written. */
static inline int store_claim(struct store *store, nanoseconds now, struct claim *claim)
{
    return store->operations->claim(store, now, claim);
}

/* Takes the ends of claims. Errors: ERR_NO_MEMORY, those of state_send; a claim that could not be kept for later is
 * given up then. */
static inline int store_done_batch(struct store *store, const struct store_record *records, size_t count)
{
    return store->operations->done_batch(store, records, count);
}

/* Sets the pace of the origin of `claim`, which is going on. Until then an origin has that of the store's beginning. */
static inline void store_set_pace(struct store *store, const struct claim *claim, const struct store_pace *pace)
{
    store->operations->set_pace(store, claim, pace);
}

/* When the first URL that only waits for its time may be claimed; NEVER when there is none. */
static inline nanoseconds store_next_time(const struct store *store)
{
    return store->operations->next_time(store);
}

static inline void store_stats(const struct store *store, struct store_stats *stats)
{
    store->operations->stats(store, stats);
}

/* Whether nothing is left to claim and nothing claimed. What was given up is left to another run. */
static inline bool store_finished(const struct store *store)
{
    return store->operations->finished(store);
}

/* NULL is allowed. */
static inline void store_free(struct store *store)
{
    if (store)
        store->operations->free(store);
}

#endif
