/* header_links.h - links that HTTP response headers hold. */
#ifndef WEB_HEADER_LINKS_H
#define WEB_HEADER_LINKS_H

#include "web/link.h"

/* Reports the links in the value of one header: Link (RFC 8288, section 3, with its rel), Location, Content-Location
 * (RFC 9110) and Refresh (HTML standard, "shared declarative refresh steps"). Other names hold none. `name` in any
 * case. Returns 0, or what the callback returned. */
int header_links(const char *name, struct slice value, link_callback on_link, void *context);

#endif
