/* resolver_channel.h - questions to name servers, through c-ares on the loop.
 *
 * One question is for the addresses of one family of one name. A channel knows nothing of hosts files, caches or
 * search domains: what it is asked goes out as it is. */
#ifndef HTTP_RESOLVER_CHANNEL_H
#define HTTP_RESOLVER_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "async/loop.h"
#include "base/clock.h"
#include "http/resolver.h"

struct resolver_channel;

/* A question and its reply, embedded by the asker; must stay in place until the reply. */
struct resolver_ask {
    int family; /* AF_INET or AF_INET6 */
    void (*reply)(void *context);
    void *context;

    struct resolver_channel *channel; /* set by the channel, as all below */
    bool pending;                     /* the reply is not there yet */
    int error;                        /* see resolver_channel_ask */
    uint32_t ttl;                     /* seconds, the least of all records on the way */
    size_t count;
    struct resolver_address addresses[RESOLVER_MAX_ADDRESSES]; /* those beyond are dropped */
};

/* A channel to `servers` (resolver.h), NULL for the system's. A question that is not answered is sent again twice, to
 * every server, within about `patience` for a single server. Errors: ERR_SYNTAX, ERR_NO_MEMORY, ERR_TOO_MANY_FILES,
 * ERR_SYSTEM. */
int resolver_channel_create(struct resolver_channel **out, struct loop *loop, const char *servers,
                            nanoseconds patience);

/* Every question that is still open is replied to with ERR_CANCELLED before this returns. NULL is allowed. */
void resolver_channel_free(struct resolver_channel *channel);

/* Asks for the addresses of `name`; `ask` has its family, reply and context set. The reply may come before this
 * returns. It must not call the channel. Errors in ask->error: ERR_NAME_NOT_FOUND (no such name, or no address of the
 * family), ERR_NAME_FAILED, ERR_NAME_TIMED_OUT, ERR_NO_MEMORY, ERR_TOO_MANY_FILES, ERR_CANCELLED, or what the loop said
 * when it couldn't watch a socket. */
void resolver_channel_ask(struct resolver_channel *channel, struct resolver_ask *ask, const char *name);

#endif
