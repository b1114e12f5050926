/* observer.h - those who want to know what a crawl does: reports, outputs, progress.
 *
 * The crawl calls them in the order in which they were added, on the loop's stack. They copy what they keep. */
#ifndef RECORD_OBSERVER_H
#define RECORD_OBSERVER_H

#include "base/list.h"
#include "record/fetch_statistic.h"
#include "record/reason.h"

struct observer {
    struct list_node node;
    /* The fetch of a URL has ended. Returns 0, or a negative error that ends the crawl. May be NULL. */
    int (*fetched)(void *context, const struct fetch_statistic *stat);
    /* A URL was found that will not be fetched; told once a URL. Returns as above. May be NULL. */
    int (*skipped)(void *context, struct slice url, enum reason reason, struct slice referrer);
    /* A URL was still waiting when the crawl ended. Returns as above. May be NULL. */
    int (*left)(void *context, struct slice url, enum reason reason, struct slice referrer);
    void *context;
};

#endif
