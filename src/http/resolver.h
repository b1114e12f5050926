/* resolver.h - host names to addresses, on the loop.
 *
 * c-ares does the asking through descriptors and timers of the loop, so that no thread ever starts. Honours the hosts
 * file (as it was when the resolver was created) and, unless servers are given, the system's resolv.conf. Names are
 * absolute: search domains don't count. localhost and all below it is this machine (RFC 6761). Answers are cached for
 * their TTL, within bounds, failures for a short time; several lookups of one name share one question. */
#ifndef HTTP_RESOLVER_H
#define HTTP_RESOLVER_H

#include <stdbool.h>
#include <stdint.h>

#include "async/future.h"
#include "async/loop.h"
#include "base/clock.h"
#include "base/slice.h"

struct resolver;

enum resolver_family { RESOLVER_ANY, RESOLVER_IPV4, RESOLVER_IPV6 };

struct resolver_options {
    const char *servers;         /* "ADDRESS[:PORT],..." ([ADDRESS]:PORT for IPv6); NULL for the system's */
    const char *hosts_file;      /* NULL for the system's */
    enum resolver_family family; /* which addresses are asked for */
    nanoseconds timeout;         /* for one question over all servers and tries, from when it is asked (a bounded number
                                    is asked at once, the others wait in line); 0 for the default of 10 s */
};

struct resolver_address {
    int family; /* AF_INET or AF_INET6 */
    unsigned char bytes[16];
};

enum { RESOLVER_MAX_ADDRESSES = 16 };

/* What a lookup found: at least one address, in the order to try them: families alternate (RFC 8305, section 4), IPv6
 * first where this machine has a route to it; within a family, as the server or the hosts file has them. `serial` grows
 * with every fresh answer: two answers for one name with equal serials are equal. It is 0 for what never changes: IP
 * literals, localhost, names in the hosts file. */
struct resolver_answer {
    size_t count;
    uint64_t serial;
    nanoseconds expires; /* on the monotonic clock; NEVER for what never changes */
    struct resolver_address addresses[RESOLVER_MAX_ADDRESSES];
};

/* A lookup that is going on, embedded by the caller. */
struct resolver_lookup {
    struct list_node node;
    struct resolver_answer answer; /* valid when `done` is DONE */
    struct future done; /* its value is &answer; fails with ERR_NAME_NOT_FOUND (no such name, or it has no address of
                           the family), ERR_NAME_FAILED, ERR_NAME_TIMED_OUT, ERR_NO_MEMORY, ERR_TOO_MANY_FILES, or
                           what the selector said when it couldn't watch a socket */
};

/* Errors: ERR_SYNTAX (servers), ERR_NOT_FOUND and ERR_PERMISSION (hosts_file), both of which the log explains;
 * ERR_NO_MEMORY, ERR_TOO_MANY_FILES, ERR_SYSTEM. */
int resolver_create(struct resolver **out, struct loop *loop, const struct resolver_options *options);

/* Lookups that are still going on are cancelled. NULL is allowed. */
void resolver_free(struct resolver *resolver);

/* Starts to look `host` up: an ASCII name, with or without a trailing dot (copied). IP literals, IPv6 with or without
 * brackets, are answered at once. `lookup->done` is initialised here, completes later or at once, and is the caller's
 * to destroy. Must be called on the loop's stack. */
void resolver_start(struct resolver *resolver, struct resolver_lookup *lookup, struct slice host);

/* Gives up on a lookup: `done` is cancelled if it is pending. A question that was asked goes on for the cache. */
void resolver_cancel(struct resolver *resolver, struct resolver_lookup *lookup);

/* Asks nobody: true and `*answer` when the answer is at hand (cache, hosts file, localhost, IP literals). */
bool resolver_cached(struct resolver *resolver, struct slice host, struct resolver_answer *answer);

#endif
