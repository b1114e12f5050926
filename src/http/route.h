/* route.h - which host a connection to an origin is opened to: itself, a proxy, or what --connect-to says. */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "http/fetch.h"
#include "http/origin.h"

/* Fills the route of `origin`, once: what stands in its fields from is_routed to is_vouched. Its texts point into
 * `options` or `origin`. Errors: ERR_INVALID (a proxy without a host, or that route_check_proxy refuses; logged). */
int route_origin(struct origin *origin, const struct http_options *options);

/* Whether names can be left to a proxy. Errors: ERR_INVALID (socks4 and socks5, for which libcurl would look them up by
 * itself; logged). */
int route_check_proxy(const char *proxy);

#endif
