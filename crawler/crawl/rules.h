/* rules.h - the robots.txt of an origin, fetched (RFC 9309, section 2.3). */
#ifndef CRAWL_RULES_H
#define CRAWL_RULES_H

#include "crawl/keeper.h"
#include "http/fetch.h"
#include "web/robots.h"
#include "web/url.h"

enum rules_answer {
    RULES_GIVEN,       /* there is a file */
    RULES_NONE,        /* there is none, or it can't be had for good: all is allowed (2.3.1.3); more than five redirects
                          are the same (2.3.1.2) */
    RULES_UNAVAILABLE, /* the server says that it can't now, by 429 or 5xx: nothing is allowed (2.3.1.4) */
    RULES_UNREACHABLE  /* no whole answer; response->error says why */
};

/* Asks the origin of `url` for the rules of `product` (robots.h), following redirects to wherever they lead. `*rules`
 * is the caller's with RULES_GIVEN, else NULL, and `text`, which takes ROBOTS_MOST + 2 bytes, gets the file. `response`
 * is that of the last request, `keeper` gets all. Must be called in a task. Returns an enum rules_answer,
 * ERR_CANCELLED, ERR_NO_MEMORY or keeper->error. */
int rules_ask(struct http_client *client, struct keeper *keeper, const struct url *url, struct slice product,
              struct http_response *response, struct robots **rules, struct buf *text);

#endif
