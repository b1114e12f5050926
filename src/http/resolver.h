/* resolver.h - host names to addresses, on the loop.
 *
 * c-ares does the asking through descriptors and timers of the loop, so that no thread ever starts. Honours the hosts
 * file and, unless servers are given, the system's resolv.conf. Answers are cached for their TTL, within bounds; several
 * lookups of one name share one question. */
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
    nanoseconds timeout;         /* for one lookup over all servers and tries; 0 for the default of 10 s */
};

struct resolver_address {
    int family; /* AF_INET or AF_INET6 */
    unsigned char bytes[16];
};

enum { RESOLVER_MAX_ADDRESSES = 16 };

/* What a lookup found: at least one address, IPv6 and IPv4 mixed in the order to try them (RFC 6724 as far as c-ares
 * sorts). `serial` grows with every fresh answer: equal serials mean an equal answer. */
struct resolver_answer {
    size_t count;
    uint64_t serial;
    nanoseconds expires; /* on the monotonic clock */
    struct resolver_address addresses[RESOLVER_MAX_ADDRESSES];
};

/* A lookup that is going on, embedded by the caller. */
struct resolver_lookup {
    struct list_node node;
    struct resolver_answer answer; /* valid when `done` is DONE */
    struct future done; /* fails with ERR_NAME_NOT_FOUND, ERR_NAME_FAILED, ERR_NAME_TIMED_OUT, ERR_NO_MEMORY */
};

/* Errors: ERR_SYNTAX (servers), ERR_NO_MEMORY, ERR_TOO_MANY_FILES, ERR_SYSTEM. */
int resolver_create(struct resolver **out, struct loop *loop, const struct resolver_options *options);

/* Lookups that are still going on fail with ERR_CANCELLED. NULL is allowed. */
void resolver_free(struct resolver *resolver);

/* Starts to look `host` up: an ASCII name, with or without a trailing dot (copied). IP literals, IPv6 with or without
 * brackets, are answered at once. `lookup->done` is initialised here and completes later or at once. Must be called on
 * the loop's stack. */
void resolver_start(struct resolver *resolver, struct resolver_lookup *lookup, struct slice host);

/* Gives up on a lookup: `done` is cancelled if it is pending. The question itself goes on for the cache. */
void resolver_cancel(struct resolver *resolver, struct resolver_lookup *lookup);

/* Looks only into the cache, the hosts file and IP literals: true and `*answer` when the answer is at hand. */
bool resolver_cached(struct resolver *resolver, struct slice host, struct resolver_answer *answer);

#endif
