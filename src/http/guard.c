#include "http/guard.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/hash.h"
#include "http/place.h"
#include "http/resolver_name.h"

struct guard_host {
    bool is_settled; /* `open` is final */
    unsigned open;   /* a bit for each place */
};

/* The places that a name may open. The others take a literal, or --allow-private: a metadata service or a multicast
 * group has no name that somebody crawls by. */
enum { OPEN_TO_NAMES = 1U << PLACE_LOOPBACK | 1U << PLACE_PRIVATE | 1U << PLACE_SHARED };

static unsigned bit_of(const struct resolver_address *address)
{
    return 1U << place_of(address);
}

static struct guard_host *host_create(const struct resolver_name *name)
{
    struct guard_host *host = calloc(1, sizeof *host);
    if (host && name->is_address)
        *host = (struct guard_host){.is_settled = true, .open = bit_of(&name->address)};
    return host;
}

static int add(struct guard *guard, const char *named)
{
    struct resolver_name name;
    if (resolver_name_read(&name, slice_of(named)) || guard_find(guard, slice_of(named)))
        return 0;
    struct guard_host *host = host_create(&name);
    if (!host)
        return ERR_NO_MEMORY;
    int err = table_put(&guard->hosts, hash_bytes(resolver_name_slice(&name)), host);
    if (err)
        free(host);
    return err;
}

int guard_init(struct guard *guard, bool allow_private, const char *const *named_hosts)
{
    int err = 0;
    guard->allow_private = allow_private;
    table_init(&guard->hosts);
    for (; named_hosts && *named_hosts && !err; named_hosts++)
        err = add(guard, *named_hosts);
    return err;
}

void guard_free(struct guard *guard)
{
    table_for_each(slot, &guard->hosts) free(slot->value);
    table_free(&guard->hosts);
}

struct guard_host *guard_find(const struct guard *guard, struct slice host)
{
    struct resolver_name name;
    return resolver_name_read(&name, host) ? NULL : table_get(&guard->hosts, hash_bytes(resolver_name_slice(&name)));
}

void guard_take_answer(struct guard_host *host, const struct resolver_answer *answer)
{
    unsigned places = 0;
    if (host->is_settled)
        return;
    for (size_t i = 0; i < answer->count; i++)
        places |= bit_of(&answer->addresses[i]);
    host->open = places & 1U << PLACE_PUBLIC ? 0 : places & OPEN_TO_NAMES;
    host->is_settled = true;
}

bool guard_allows(const struct guard *guard, const struct guard_host *host, const struct resolver_address *address)
{
    unsigned place = bit_of(address);
    return guard->allow_private || place == 1U << PLACE_PUBLIC || (host && host->open & place);
}
