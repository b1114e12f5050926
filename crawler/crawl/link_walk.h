/* link_walk.h - over the links of one page after another: each resolved, each distinct URL once.
 *
 * Fragments and credentials don't count. */
#ifndef CRAWL_LINK_WALK_H
#define CRAWL_LINK_WALK_H

#include "crawl/page.h"
#include "crawl/recent.h"
#include "web/url_resolver.h"

struct link_walk {
    struct url_resolver resolver;
    struct recent recent;
    struct known_form *forms; /* what links as they stand in documents came to of late; NULL until the first page */
    uint64_t directory;       /* fingerprint of what the base's path-relative links are put behind */
    struct url base;
    struct slice links;   /* of the page, those that are still to come */
    struct slice later;   /* those behind them: that are not to be followed */
    struct slice raw;     /* the link as it stands in the document */
    uint64_t fingerprint; /* of the URL; of `raw` when that is none */
    uint64_t text;        /* fingerprint of `raw`, or 0 */
    bool is_behind;       /* the links to come are those that are not to be followed */
    bool is_nofollow;     /* no link of the page that may be followed came to the URL */
    bool is_malformed;
    bool leaves_none;   /* links that are not allowed and that earlier pages had are met, too */
    bool is_unresolved; /* the fingerprint is known, and the URL is not made up before it is asked for */
};

/* A link that a walk came to. */
struct link_mark {
    struct slice raw;
    uint64_t fingerprint;
    uint64_t text;
    uint32_t place; /* hint for recent_meet_at */
    bool is_nofollow;
    bool is_malformed;
};

/* An idle walk; nothing is allocated. */
void link_walk_init(struct link_walk *walk);
void link_walk_free(struct link_walk *walk);

/* Begins with the links of `page`, whose own URL is `document`; both stay as they are up to the end of the walk.
 * Errors: ERR_NO_MEMORY. */
int link_walk_begin(struct link_walk *walk, struct page *page, const struct url *document);

enum { LINK_WALK_END, LINK_WALK_NEW, LINK_WALK_KNOWN };

/* Goes to the next distinct link, in the order of the document, first to all that may be followed, then to the others.
 * Of those that are not allowed, those that earlier pages had may be left out, unless the walk leaves none. Returns
 * LINK_WALK_KNOWN for one that an earlier page had, LINK_WALK_NEW for one of which that is not known, LINK_WALK_END
 * behind the last, or ERR_NO_MEMORY. */
int link_walk_next(struct link_walk *walk);

/* Marks the link that was come to. */
struct link_mark link_walk_mark(const struct link_walk *walk);

/* Comes to a link again that was marked on this page; the next one is the same as without. Errors: ERR_NO_MEMORY. */
int link_walk_return(struct link_walk *walk, const struct link_mark *mark);

/* The URL of the link that was come to; NULL for one that can't be parsed. Valid until another is come to. Errors:
 * ERR_NO_MEMORY. */
int link_walk_url(struct link_walk *walk, const struct url **url);

/* Says of the link that was come to whether its URL is allowed, which is false before. One that leads out whatever page
 * it stands on is not come to again. Errors: ERR_NO_MEMORY. */
int link_walk_allow(struct link_walk *walk, bool allowed);

static inline bool link_walk_is_allowed(const struct link_walk *walk)
{
    return recent_bit(&walk->recent);
}

#endif
