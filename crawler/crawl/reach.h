/* reach.h - which URLs lie within the limits on depth and redirects, whatever the timing?
 *
 * A crawl meets URLs in the order in which servers happen to answer, and so may find one on a long way first and on a
 * short one later. The set that is crawled must not depend on that: a URL's depth is the least of all ways, and so is
 * the number of redirects in a row that lead to it. A URL met again on a shorter way is therefore taken up again: what
 * was found through it gets nearer too, and URLs that had been set aside as too far come into reach.
 *
 * Only what needs it is remembered: with a limit on depth every URL and link, without one only URLs that were reached
 * by redirects. */
#ifndef CRAWL_REACH_H
#define CRAWL_REACH_H

#include <stdbool.h>
#include <stdint.h>

#include "crawl/set_aside.h"
#include "store/store.h"

struct reach;

struct reach_limits {
    uint32_t max_depth; /* UINT32_MAX for no limit */
    uint32_t max_redirects;
};

/* Takes a URL that had been set aside and has come into reach. Returns 0, or a negative error that is passed on. */
typedef int (*reach_release)(void *context, const struct set_aside *near, uint32_t depth, uint32_t redirects);

/* Errors: ERR_NO_MEMORY. */
int reach_create(struct reach **out, const struct reach_limits *limits, reach_release release, void *context);
void reach_free(struct reach *reach);

/* A way to a URL. */
struct reach_step {
    uint64_t from;      /* fingerprint of the page or redirect that leads there; 0 for a root */
    uint64_t to;        /* fingerprint of the URL */
    uint64_t id;        /* its number in the store, when it is new */
    uint32_t depth;     /* of `to` on this way */
    uint32_t redirects; /* in a row on this way; 0 for a link */
    bool is_new;        /* `to` was never met before */
};

enum reach_verdict { REACH_WITHIN, REACH_TOO_DEEP, REACH_TOO_MANY_REDIRECTS };

/* What a new URL's depth and redirects mean for it. */
enum reach_verdict reach_judge(const struct reach *reach, uint32_t depth, uint32_t redirects);

/* Whether a way to a URL that was met before has to be reported, and whether one to any of them has. */
bool reach_heeds(const struct reach *reach, uint64_t fingerprint);
bool reach_heeds_any(const struct reach *reach);

/* Reports a way to a URL in scope. For a new URL the verdict says whether it is to be fetched; if not, the URL is kept
 * (and the referrer of `source` held) until a shorter way shows up. For one met again the verdict is REACH_WITHIN, and
 * URLs that this way brings into reach are released before the call returns. Errors: ERR_NO_MEMORY, or what `release`
 * returned; `*verdict` is untouched then. */
int reach_report(struct reach *reach, const struct reach_step *step, struct slice url, struct store_source *source,
                 enum reach_verdict *verdict);

/* A way that an earlier process knew: a link or a redirect from one URL to another, which both have been reported by
 * now as they were met first. Ways that don't matter are passed over. Errors: as reach_report. */
int reach_restore(struct reach *reach, uint64_t from, uint64_t to, bool is_redirect);

/* The least depth and number of redirects known for a URL: `*depth` and `*redirects` are lowered where something better
 * than they are is known. */
void reach_look_up(const struct reach *reach, uint64_t fingerprint, uint32_t *depth, uint32_t *redirects);

/* Walks over the URLs that were never released. */
typedef int (*reach_visit)(void *context, struct slice url, struct referrer *referrer, enum reach_verdict why);
int reach_for_each_set_aside(const struct reach *reach, reach_visit visit, void *context);

#endif
