#include "http/shards.h"

#include <stdlib.h>

#include "base/error.h"

struct shards {
    struct loop *loop;
    unsigned max_connections;
    struct multi_events events;
    unsigned count;
    struct multi *multis[MOST_SHARDS];
};

static int add_shard(struct shards *shards)
{
    int err = multi_create(&shards->multis[shards->count], shards->loop, shards->max_connections, &shards->events);
    if (!err)
        shards->count++;
    return err;
}

int shards_create(struct shards **out, struct loop *loop, unsigned max_connections, const struct multi_events *events)
{
    struct shards *shards = calloc(1, sizeof *shards);
    if (!shards)
        return ERR_NO_MEMORY;
    shards->loop = loop;
    shards->max_connections = max_connections;
    shards->events = *events;
    int err = add_shard(shards);
    if (err) {
        free(shards);
        return err;
    }
    *out = shards;
    return 0;
}

void shards_free(struct shards *shards)
{
    if (!shards)
        return;
    for (unsigned i = 0; i < shards->count; i++)
        multi_free(shards->multis[i]);
    free(shards);
}

/* Gives the origin one more handle, made if need be; false when that can't be. */
static bool widen(struct shards *shards, struct origin *origin)
{
    unsigned count = origin->load_count + 1;
    if (count > MOST_SHARDS || (count > shards->count && add_shard(shards)))
        return false;
    unsigned *loads = realloc(origin->loads, count * sizeof *loads);
    if (!loads)
        return false;
    loads[origin->load_count] = 0;
    origin->loads = loads;
    origin->load_count = count;
    return true;
}

/* The first handle that has room, since the lower ones hold the connections that are kept; one more when all are full;
 * the least loaded when there can be no more. */
static unsigned choose(struct shards *shards, struct origin *origin)
{
    unsigned least = 0;
    if ((origin->load_count == 0 && !widen(shards, origin)) || !origin->is_spread)
        return 0;
    for (unsigned i = 0; i < origin->load_count; i++) {
        if (origin->loads[i] < TRANSFERS_PER_SHARD)
            return i;
        if (origin->loads[i] < origin->loads[least])
            least = i;
    }
    return widen(shards, origin) ? origin->load_count - 1 : least;
}

int shards_add(struct shards *shards, struct origin *origin, CURL *easy, unsigned *shard)
{
    *shard = choose(shards, origin);
    int err = multi_add(shards->multis[*shard], easy);
    if (!err && *shard < origin->load_count)
        origin->loads[*shard]++;
    return err;
}

const struct multi *shards_multi(const struct shards *shards, unsigned shard)
{
    return shards->multis[shard];
}

void shards_remove(struct shards *shards, struct origin *origin, CURL *easy, unsigned shard)
{
    multi_remove(shards->multis[shard], easy);
    shards_leave(origin, shard);
}

void shards_leave(struct origin *origin, unsigned shard)
{
    /* Where memory was short it was not counted. */
    if (shard < origin->load_count && origin->loads[shard] > 0)
        origin->loads[shard]--;
}

void shards_spread(struct shards *shards, struct origin *origin)
{
    if (!origin->is_spread && !shards->max_connections)
        origin->is_spread = true;
}
