/* canonical.h - one URL for those that the user says are the same page: without some parameters, in one order. */
#ifndef CRAWL_CANONICAL_H
#define CRAWL_CANONICAL_H

#include <stdbool.h>

#include "base/buf.h"
#include "options.h"
#include "web/url.h"

/* Whether any URL is to be changed (--strip-query, --sort-query). */
bool canonical_is_wanted(const struct options *options);

/* Makes `*url` the URL that stands for it, written to `storage`: its query less the parameters of --strip-query, whose
 * names are compared as they are written and may end in '*' for all that begin so; and, with --sort-query, by their
 * names in byte order, those of one name as they stood. Fragments are dropped when anything changes. Returns 1 when it
 * changed, 0 when not, or ERR_NO_MEMORY. */
int canonical_apply(const struct options *options, struct url *url, struct buf *storage);

#endif
