/* domain.h - the domains that people register, by the public suffix list (publicsuffix.org) through libpsl. */
#ifndef WEB_DOMAIN_H
#define WEB_DOMAIN_H

#include "base/slice.h"

/* The registrable domain of a host in lower-case ASCII: "example.co.uk" for "www.a.example.co.uk". The host itself
 * where there is none: an IP address, a public suffix, a name without dots. Points into `host`. */
struct slice domain_registrable(struct slice host);

#endif
