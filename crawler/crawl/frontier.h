/* frontier.h - tasks that wait for URLs, and the store that has them. */
#ifndef CRAWL_FRONTIER_H
#define CRAWL_FRONTIER_H

#include <stdbool.h>
#include <stdint.h>

#include "async/loop.h"
#include "store/store.h"

struct frontier;

/* `store` lives as long as the frontier. At most `max_pages` claims are made in all; 0 for no limit. Errors:
 * ERR_NO_MEMORY. */
int frontier_create(struct frontier **out, struct loop *loop, struct store *store, uint64_t max_pages);
void frontier_free(struct frontier *frontier);

/* store_enqueue_batch, and tasks that wait are woken. */
int frontier_add(struct frontier *frontier, struct store_url *urls, size_t count, struct store_source *source);

/* store_look_up_batch. */
void frontier_look_up(const struct frontier *frontier, struct store_question *questions, size_t count);

/* Takes a URL that may be fetched now, waiting for one. Must be called in a task. Returns 0 and fills `claim`, to be
 * handed back by frontier_done; ERR_FINISHED when nothing is left and nothing claimed, or the frontier is closed;
 * ERR_CANCELLED; ERR_NO_MEMORY. */
int frontier_next(struct frontier *frontier, struct claim *claim);

/* Reports the end of a claim by STORE_FETCHED, with its record, or STORE_GIVEN_UP, without one. Errors: those of
 * store_done_batch. */
int frontier_done(struct frontier *frontier, struct claim *claim, enum store_outcome outcome,
                  const struct fetch_statistic *stat);

/* The same with STORE_FILTERED, for `reason`. */
int frontier_filtered(struct frontier *frontier, struct claim *claim, enum reason reason);

/* Ends a claim with STORE_LATER: its URL is the first of its origin that is handed out again, `not_before` that moment
 * (0 for at once). Neither such a claim nor one that ended with STORE_FILTERED counts for max_pages. Errors: as
 * frontier_done. */
int frontier_later(struct frontier *frontier, struct claim *claim, nanoseconds not_before);

/* Sets the pace of the claim's origin, and wakes tasks that may go on by it. */
void frontier_set_pace(struct frontier *frontier, const struct claim *claim, const struct store_pace *pace);

/* No more URLs are handed out; those that wait stay counted. Tasks that wait get ERR_FINISHED. */
void frontier_close(struct frontier *frontier);

/* The store may hand out URLs again. */
void frontier_wake(struct frontier *frontier);

/* Told of a URL that still waits. Returns 0, or a negative error that ends the walk. */
typedef int (*frontier_left)(void *context, struct slice url, struct slice referrer);

/* Tells of all URLs that still wait when the crawl is over, and gives them up. Errors: that of `left`,
 * ERR_NO_MEMORY. */
int frontier_tell_left(struct frontier *frontier, frontier_left left, void *context);

/* Whether max_pages ended the crawl while URLs still waited. */
bool frontier_hit_limit(const struct frontier *frontier);

#endif
