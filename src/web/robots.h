/* robots.h - what a site asks crawlers not to fetch (RFC 9309, and the public cases of its authors where that is
 * silent).
 *
 * A file is read for one crawler. The groups that name it hold, or, when none does, those for "*". Of the rules that
 * match, the longest wins, and Allow wins a tie. Matching takes time linear in the rule and the path.
 *
 * In one thing the public cases contradict the RFC, and win: the escape of a character that needs none is not undone,
 * so that "/%62%61%7A" is not "/baz" (section 2.2.2). */
#ifndef WEB_ROBOTS_H
#define WEB_ROBOTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

enum {
    ROBOTS_MOST =
        512 *
        1024, /* bytes that are read, at least 500 KiB by RFC 9309, section 2.5; the rest is cut off at a line's end */
    ROBOTS_LINE = 16 * 1024, /* of a line; what is longer is cut */
    ROBOTS_WILDCARDS = 5000  /* rules with a '*' that are kept; each may have to look at all of a path */
};

struct robots;

/* Reads `text`, whatever it holds, for the crawler whose product token is `product` ("examplebot": section 2.2.1;
 * letters of either case are the same). Nothing of the arguments is kept. Errors: ERR_NO_MEMORY. */
int robots_create(struct robots **out, struct slice text, struct slice product);

/* NULL is allowed. */
void robots_free(struct robots *robots);

/* Whether a URL may be fetched. `path` is its path and query, percent-encoded, and begins with '/'. */
bool robots_allows(const struct robots *robots, struct slice path);

/* Seconds between requests that the group for this crawler asks for (Crawl-delay, no part of the RFC); 0 for none. */
double robots_crawl_delay(const struct robots *robots);

/* The values of the Sitemap lines, which belong to no group (section 2.2.4), in order. Valid as long as `robots`. */
size_t robots_sitemap_count(const struct robots *robots);
struct slice robots_sitemap(const struct robots *robots, size_t index);

/* The part of a user agent's name that groups are compared with: "ExampleBot" of "ExampleBot/1.0 (+http://...)". */
struct slice robots_product(struct slice user_agent);

#endif
