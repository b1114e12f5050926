/* host_queues.h - URLs that wait, in a queue for each origin (scheme, host, port).
 *
 * The origins take turns, those with the fewest claims first, so that none holds more than its share of the tasks while
 * another waits, and each at its own pace. Within an origin first come, first served. The same calls in the same order
 * give the same URLs in the same order, whatever the budget of memory. A URL takes its path and at most 35 bytes. */
#ifndef STORE_HOST_QUEUES_H
#define STORE_HOST_QUEUES_H

#include "store/store.h"

struct host_queues;

/* At most `at_once` URLs of an origin are claimed at once as long as its pace is not set; 0 for no limit. `budget` and
 * `folder` as in url_memory_create. Errors: ERR_NO_MEMORY. */
int host_queues_create(struct host_queues **out, uint32_t at_once, uint64_t budget, const char *folder);

/* NULL is allowed. */
void host_queues_free(struct host_queues *queues);

/* Adds a URL. `referrer`, that of the source, is held on its own. Errors: ERR_NO_MEMORY. */
int host_queues_add(struct host_queues *queues, const struct store_url *url, struct referrer *referrer,
                    const struct store_source *source);

/* Takes the next URL. Returns 1, 0 when none may be claimed at `now`, ERR_NO_MEMORY, those of spill_get, or, once and
 * not at NEVER, the error with which spilling ended; nothing is lost then. */
int host_queues_take(struct host_queues *queues, nanoseconds now, struct claim *claim);

/* See store_set_pace and store_next_time. */
void host_queues_set_pace(struct host_queues *queues, const struct claim *claim, const struct store_pace *pace);
nanoseconds host_queues_next_time(const struct host_queues *queues);

/* A claim has ended. */
void host_queues_done(struct host_queues *queues, struct claim *claim);

/* A claim has ended, and its URL waits again: see STORE_LATER. Errors: ERR_NO_MEMORY; then it has just ended. */
int host_queues_later(struct host_queues *queues, struct claim *claim, nanoseconds not_before);

uint64_t host_queues_count(const struct host_queues *queues); /* URLs that wait */

#endif
