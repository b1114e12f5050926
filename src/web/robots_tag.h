/* robots_tag.h - what a page asks of crawlers that read its links: rel=nofollow, robots meta elements and the
 * X-Robots-Tag header.
 *
 * There is no standard but what search engines document. A list has commas between its directives, and letters of
 * either case are the same. Of the directives "nofollow" is heeded, and "none", which includes it; what was forbidden
 * once is not allowed again by another directive. The product token is that of robots_product; nothing is ever
 * addressed to an empty one. */
#ifndef WEB_ROBOTS_TAG_H
#define WEB_ROBOTS_TAG_H

#include <stdbool.h>

#include "base/slice.h"
#include "web/link.h"

/* Whether a link has the link type nofollow (HTML standard, 4.6.7.13): that of a, area, link and form, or of a Link
 * header. Those of other elements mean nothing. */
bool robots_tag_marks(const struct link *link);

/* Whether a meta element with this name and content forbids to follow the links of its document: one whose name is
 * "robots" or the product token. */
bool robots_tag_meta_forbids(struct slice name, struct slice content, struct slice product);

/* Whether the value of an X-Robots-Tag header forbids the same. Directives behind "agent:" are for that agent alone, up
 * to the next such prefix; "*" is everybody. unavailable_after, max-snippet, max-image-preview and max-video-preview
 * are no agents, though they have a colon, and neither is what has white space in it, as the rest of a date. */
bool robots_tag_header_forbids(struct slice value, struct slice product);

#endif
