/* link.h - what in a document leads to a URL. */
#ifndef WEB_LINK_H
#define WEB_LINK_H

#include <stdbool.h>

#include "base/slice.h"

/* How far a link leads; --follow takes those up to a kind. */
enum link_kind {
    LINK_PAGE,     /* navigation: a, area, iframe, frame, meta refresh, redirects, rel=next ...: --follow pages */
    LINK_RESOURCE, /* whatever else a browser would fetch or a reader could open: --follow all */
    LINK_OTHER     /* ping, cite, form targets, preconnect, dns-prefetch: --follow every */
};

/* One link as it stands in the document. */
struct link {
    struct slice url; /* character references decoded, whitespace trimmed, not resolved, never empty */

    /* Lower-case element name, "style" for all CSS, "header" for HTTP headers, "*" for an xlink:href on an element that
     * link_table.h doesn't name. Static. */
    const char *element;

    /* Lower-case attribute name, "@import" or "url()" in CSS, "text()" for the text of an element in a feed or sitemap,
     * or the header's name. Static. */
    const char *attribute;

    struct slice rel; /* the rel attribute or parameter, as written; empty for none */
    enum link_kind kind;
};

/* Takes one link; what it points to is valid during the call only. Returns 0, or a negative error that ends the
 * extraction. */
typedef int (*link_callback)(void *context, const struct link *link);

#endif
