/* place.h - what kind of network an address is in.
 *
 * By the special-purpose registries of IANA (RFC 6890, updated by RFC 8190), and with a leaning: what was set aside for
 * protocols (192.0.0.0/24, 2001::/23 with ORCHIDs and anycast services) or given to nobody is not public,
 * even where the registry calls parts of it reachable, since no web server lives there. */
#ifndef HTTP_PLACE_H
#define HTTP_PLACE_H

#include "http/resolver.h"

enum place {
    PLACE_PUBLIC,
    PLACE_LOOPBACK,      /* this machine */
    PLACE_PRIVATE,       /* a network of its own: RFC 1918, unique local, site-local, a local translator's */
    PLACE_SHARED,        /* behind a provider's address translation (RFC 6598) */
    PLACE_LINK_LOCAL,    /* the next cable; clouds keep their secrets there */
    PLACE_UNSPECIFIED,   /* "this network"; systems take some of it for loopback */
    PLACE_MULTICAST,     /* or broadcast */
    PLACE_DOCUMENTATION, /* examples */
    PLACE_BENCHMARK,     /* tests of network devices (RFC 2544, RFC 5180) */
    PLACE_RESERVED       /* for protocols, or for a future */
};

/* The place of `address`. One that carries an IPv4 address, where a translator or tunnel would send the packet on to,
 * is where that one is: IPv4-mapped and IPv4-compatible (RFC 4291), NAT64 (RFC 6052), 6to4 (RFC 3056), and Teredo (RFC
 * 4380), which carries two and is public only if both are. A family other than AF_INET and AF_INET6 is RESERVED. */
enum place place_of(const struct resolver_address *address);

/* The place in a word or two: "loopback". Static. */
const char *place_text(enum place place);

#endif
