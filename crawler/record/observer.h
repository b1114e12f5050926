/* observer.h - those who want to know what a crawl does: reports, outputs, progress.
 *
 * The crawl calls them in the order in which they were added, on the loop's stack. They copy what they keep. One that
 * failed lacks something from then on, and is told nothing more. */
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
    int error; /* the first that one of them returned */
};

/* Tell an observer, if it wants to know. Return its error. */
static inline int observer_tell_fetched(struct observer *observer, const struct fetch_statistic *stat)
{
    if (!observer->error && observer->fetched)
        observer->error = observer->fetched(observer->context, stat);
    return observer->error;
}

static inline int observer_tell_skipped(struct observer *observer, struct slice url, enum reason reason,
                                        struct slice referrer)
{
    if (!observer->error && observer->skipped)
        observer->error = observer->skipped(observer->context, url, reason, referrer);
    return observer->error;
}

static inline int observer_tell_left(struct observer *observer, struct slice url, enum reason reason,
                                     struct slice referrer)
{
    if (!observer->error && observer->left)
        observer->error = observer->left(observer->context, url, reason, referrer);
    return observer->error;
}

#endif
