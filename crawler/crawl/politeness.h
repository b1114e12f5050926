/* politeness.h - how hard a host may be asked.
 *
 * Hosts that are not this machine get few requests at once; the user's wishes narrow that down for all. Paces belong to origins (scheme,
 * host, port), which the store keeps apart. */
#ifndef CRAWL_POLITENESS_H
#define CRAWL_POLITENESS_H

#include "base/clock.h"
#include "options.h"
#include "store/store.h"
#include "web/url.h"

/* Most requests at once to an origin of which nothing is known yet. */
uint32_t politeness_first_at_once(const struct options *options);

/* A URL was claimed just now: whether the pace of its origin changes by that, and to what. */
bool politeness_claimed(const struct options *options, const struct url *url, const struct claim *claim,
                        struct store_pace *pace);

#endif
