/* frontier.h - URLs that wait to be fetched.
 *
 * A queue for each origin (scheme, host, port) over chunks of memory; the origins take turns, those with the fewest
 * fetches going on first, so that none holds more than its share of the tasks while another waits. Within an origin
 * first come, first served. The same calls in the same order give the same URLs in the same order. */
#ifndef CRAWL_FRONTIER_H
#define CRAWL_FRONTIER_H

#include <stdbool.h>
#include <stdint.h>

#include "async/future.h"
#include "base/buf.h"
#include "base/slice.h"

struct frontier;
struct frontier_host;
struct referrer;

/* A URL that a task has claimed. Its text is in buffers of the claim's own. */
struct claim {
    struct buf url;
    struct referrer *referrer; /* held; NULL for a root */
    struct frontier_host *host;
    uint32_t depth;
    uint32_t redirects; /* followed in a row to get here */
};

void claim_init(struct claim *claim);
void claim_free(struct claim *claim);

/* The text of a referrer; empty for NULL. Valid while held. */
struct slice referrer_text(const struct referrer *referrer);

/* A referrer that is held once, to be released. Errors: NULL when memory is out. */
struct referrer *referrer_create(struct slice url);
struct referrer *referrer_hold(struct referrer *referrer);
void referrer_release(struct referrer *referrer);

struct frontier_limits {
    uint32_t per_host;  /* most claims at once on one origin; 0 for no limit */
    uint64_t max_pages; /* most claims in all; 0 for no limit */
};

/* Errors: ERR_NO_MEMORY. */
int frontier_create(struct frontier **out, struct loop *loop, const struct frontier_limits *limits);
void frontier_free(struct frontier *frontier);

/* Adds the URL `origin` followed by `rest` (path and query) and wakes a task that waits. `referrer` is held on its
 * own. Errors: ERR_NO_MEMORY. */
int frontier_add(struct frontier *frontier, struct slice origin, struct slice rest, struct referrer *referrer,
                 uint32_t depth, uint32_t redirects);

/* Takes a URL whose host may be fetched now, waiting for one. Must be called in a task. Returns 0 and fills `claim`,
 * to be handed back by frontier_done; ERR_FINISHED when nothing is left and nothing claimed, or the frontier is closed;
 * ERR_CANCELLED; ERR_NO_MEMORY. */
int frontier_next(struct frontier *frontier, struct claim *claim);

/* Reports the end of a claim. */
void frontier_done(struct frontier *frontier, struct claim *claim);

/* No more URLs are handed out; those that wait stay counted. Tasks that wait get ERR_FINISHED. */
void frontier_close(struct frontier *frontier);

uint64_t frontier_pending(const struct frontier *frontier);
uint64_t frontier_claimed(const struct frontier *frontier); /* handed out and not yet done */

/* Whether max_pages ended the crawl while URLs still waited. */
bool frontier_hit_limit(const struct frontier *frontier);

#endif
