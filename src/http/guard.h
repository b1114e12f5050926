/* guard.h - where sockets may be opened to: no page of the public internet may send the client into private networks
 * (server-side request forgery).
 *
 * Public addresses are open to all. Any other is refused, unless
 * - everything is allowed (`allow_private`), or
 * - the host is one that the user named, and is in such a place itself: an IP literal opens its own kind of place; a
 *   name opens loopback, private networks and shared address space when all addresses of its first answer are in places
 *   that are not public, and of these it opens those in which that answer lies. What it opens, it opens for itself
 *   alone, on every port, and once for all: a name that was public at first stays so whatever it is said to be later
 *   (DNS rebinding), and one with mixed addresses counts as public.
 *
 * The client asks for each socket, whatever led to the address: link, redirect, robots.txt, sitemap, DNS. It does not
 * ask where the user says what to connect to: a proxy, --resolve, --connect-to (see route.h). */
#ifndef HTTP_GUARD_H
#define HTTP_GUARD_H

#include <stdbool.h>

#include "base/slice.h"
#include "base/table.h"
#include "http/resolver.h"

/* A host that the user named. */
struct guard_host;

struct guard {
    bool allow_private;
    struct table hosts; /* fingerprint of the name to its guard_host */
};

/* `named_hosts`: names and IP literals, IPv6 with or without brackets, in any case; ends with NULL; NULL for none. What
 * can't be a host is passed over. Errors: ERR_NO_MEMORY (guard_free is still due). */
int guard_init(struct guard *guard, bool allow_private, const char *const *named_hosts);
void guard_free(struct guard *guard);

/* The named host of this name, in any case, with or without a trailing dot; NULL when the user named no such host.
 * Valid as long as `guard`. */
struct guard_host *guard_find(const struct guard *guard, struct slice host);

/* Notes what a lookup of the host said; only the first answer counts. */
void guard_take_answer(struct guard_host *host, const struct resolver_answer *answer);

/* Whether a connection for `host`, NULL for one that was not named, may go to `address`. */
bool guard_allows(const struct guard *guard, const struct guard_host *host, const struct resolver_address *address);

#endif
