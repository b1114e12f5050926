/* resolver_cache.h - answers and failures of the name servers, for as long as they hold.
 *
 * Holds a bounded number of names; the oldest makes room for a new one. */
#ifndef HTTP_RESOLVER_CACHE_H
#define HTTP_RESOLVER_CACHE_H

#include <stddef.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/slice.h"
#include "base/table.h"
#include "http/resolver.h"

struct resolver_cache {
    struct table table; /* fingerprint of the name to its entry */
    struct list by_age; /* entries, oldest first */
    size_t limit;       /* names */
};

/* An empty cache for at most `limit` names (at least 1); nothing is allocated. */
void resolver_cache_init(struct resolver_cache *cache, size_t limit);

void resolver_cache_free(struct resolver_cache *cache);

/* What is known of `name` (normalised) at the time `now`: 0 and `*answer`; the error that it failed with; or
 * ERR_NOT_FOUND when nothing is known, or not any more. */
int resolver_cache_get(struct resolver_cache *cache, struct slice name, nanoseconds now,
                       struct resolver_answer *answer);

/* Keeps that `name` has `answer` (error 0) or fails with `error` (the answer's addresses do not count then), until
 * answer->expires. What was known of the name before is replaced. Without memory, nothing is kept. */
void resolver_cache_put(struct resolver_cache *cache, struct slice name, int error,
                        const struct resolver_answer *answer);

#endif
