/* growth.h - when is more at once of use?
 *
 * As long as the crawler itself is the bottleneck, more transfers at once take only memory and cache. So the pool of
 * tasks begins small and grows fourfold whenever all of it has been busy while the loop had nothing to do for half of
 * the time. */
#ifndef CRAWL_GROWTH_H
#define CRAWL_GROWTH_H

#include <stdbool.h>

#include "async/loop.h"

struct growth {
    struct loop *loop;
    bool (*is_wanted)(void *context);
    bool (*grow)(void *context);
    void *context;

    /* The rest is growth's own. */
    struct loop_timer timer;
    nanoseconds pause; /* between two looks */
    nanoseconds looked;
    nanoseconds idle; /* of the loop, at the last look */
    bool goes_on;
};

/* Looks now and then, a thousand times a second at most, fifty times where nothing changes: while `is_wanted` and the
 * loop is idle enough, `grow` is called on the loop's stack, and in the loop's next passes again while it says that it
 * isn't done. `growth` must not move until it is stopped. */
void growth_start(struct growth *growth, struct loop *loop, bool (*is_wanted)(void *context),
                  bool (*grow)(void *context), void *context);

/* Nothing happens while it doesn't run. May be called from `grow`. */
void growth_stop(struct growth *growth);

#endif
