/* politeness.h - how hard an origin (scheme, host, port) is asked, and what it made of that.
 *
 * Origins that are not this machine get few requests at once, and how many is found out: one more after each window of
 * good answers, one less when they take twice as long as the quickest window did, half when the server refuses
 * (politeness_is_refusal) or doesn't answer. When even one at once is too much, the requests are spaced, by up to 10 s.
 * An origin that says when to come back (Retry-After) is left alone until then; one that is not this machine and
 * doesn't answer is left alone for a while that doubles each time. The user's wishes narrow all that down. */
#ifndef CRAWL_POLITENESS_H
#define CRAWL_POLITENESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "http/fetch.h"
#include "options.h"
#include "web/url.h"

/* The state of one origin. */
struct politeness {
    const struct options *options;
    uint32_t at_once;       /* requests, for now; 0 for no limit */
    uint32_t most;          /* at_once at its best; 0 for no limit */
    bool adapts;            /* at_once is found out */
    nanoseconds delay;      /* between two requests, as the user or the site wants it */
    nanoseconds spacing;    /* the same, found out */
    nanoseconds not_before; /* no request before this moment */
    nanoseconds reduced;    /* when it was last found that less is to be asked */
    uint32_t failures;      /* requests in a row that no answer came to */
    nanoseconds silent;     /* since when */
    uint32_t answers;       /* in this window */
    nanoseconds waited;     /* for them, together */
    nanoseconds quickest;   /* mean of the quickest window; 0 before the first */
};

/* `options` lives as long as the state. */
void politeness_init(struct politeness *politeness, const struct options *options, const struct url *url);

/* The site wants so much time between two requests (Crawl-delay): 60 s at most are granted. */
void politeness_heed_delay(struct politeness *politeness, nanoseconds delay);

/* A request goes out `now`. */
void politeness_asked(struct politeness *politeness, nanoseconds now);

/* The request that went out at `asked` came back `now`, or failed, as try number `tries` of its URL. Of those that were
 * on their way together the first that is refused, or not answered, has less asked for; the others don't do so
 * again. */
void politeness_answered(struct politeness *politeness, const struct http_response *response, uint32_t tries,
                         nanoseconds asked, nanoseconds now);

/* Whether so many requests in a row, or for so long, had no answer that the next ones won't have one either: 40, or 10
 * and for a minute since the first. */
bool politeness_has_lost(const struct politeness *politeness, nanoseconds now);

/* Whether the answer says that another try could help: 408, 429, 502, 503, 504. */
bool politeness_is_refusal(int status);

/* Has nothing asked for before `when`. */
void politeness_hold(struct politeness *politeness, nanoseconds when);

/* How long a URL waits after so many tries: a quarter of a second at first, then twice as long each time, up to 10 s;
 * less a random part of up to half of it. */
nanoseconds politeness_backoff(uint32_t tries);

#endif
