#include "http/shards.h"

#include <stdlib.h>
#include <sys/resource.h>

#include "base/error.h"

enum {
    MOST_DESCRIPTORS = 65536,  /* that are counted on; more would be of no use */
    DESCRIPTORS_PER_HOME = 64, /* with few of them, few handles share the idle connections */
};

struct shards {
    struct loop *loop;
    unsigned max_connections;
    struct multi_events events;
    long descriptors;
    long transfers;   /* on all handles */
    unsigned origins; /* that have a home */
    unsigned homes;   /* handles that may be one */
    unsigned count;   /* of handles that are there */
    struct multi *multis[MOST_SHARDS];
};

/* Makes a handle, unless it is there already. */
static int make(struct shards *shards, unsigned index)
{
    if (shards->multis[index])
        return 0;
    int err = multi_create(&shards->multis[index], shards->loop, shards->max_connections, &shards->events);
    if (!err)
        shards->count++;
    return err;
}

static long descriptors_allowed(void)
{
    struct rlimit files;
    bool many = getrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur > MOST_DESCRIPTORS;
    return many ? MOST_DESCRIPTORS : (long)files.rlim_cur;
}

static unsigned homes_for(const struct shards *shards)
{
    long homes = shards->max_connections ? 1 : shards->descriptors / DESCRIPTORS_PER_HOME;
    return homes < 1 ? 1 : homes > MOST_SHARDS ? MOST_SHARDS : (unsigned)homes;
}

int shards_create(struct shards **out, struct loop *loop, unsigned max_connections, const struct multi_events *events)
{
    struct shards *shards = calloc(1, sizeof *shards);
    if (!shards)
        return ERR_NO_MEMORY;
    shards->loop = loop;
    shards->max_connections = max_connections;
    shards->events = *events;
    shards->descriptors = descriptors_allowed();
    shards->homes = homes_for(shards);
    int err = make(shards, 0);
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
    for (unsigned i = 0; i < MOST_SHARDS; i++)
        multi_free(shards->multis[i]);
    free(shards);
}

/* Without memory for another handle the first is home. */
static void settle(struct shards *shards, struct origin *origin)
{
    if (origin->has_home)
        return;
    unsigned home = shards->origins / ORIGINS_PER_SHARD % shards->homes;
    origin->home = make(shards, home) ? 0 : home;
    origin->has_home = true;
    shards->origins++;
}

static unsigned index_of(const struct origin *origin, unsigned shard)
{
    return (origin->home + shard) % MOST_SHARDS;
}

/* Gives the origin one more handle, made if need be; false when that can't be. */
static bool widen(struct shards *shards, struct origin *origin)
{
    unsigned count = origin->load_count + 1;
    if (count > MOST_SHARDS || make(shards, index_of(origin, origin->load_count)))
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

/* libcurl's own measure for idle connections, four for each transfer that is going on, closes most of them whenever few
 * are. */
static long idle_for_each(const struct shards *shards)
{
    long idle = (shards->descriptors - shards->transfers) / 2 / (long)shards->count;
    return idle > 1 ? idle : 1;
}

int shards_add(struct shards *shards, struct origin *origin, CURL *easy, unsigned *shard)
{
    settle(shards, origin);
    *shard = choose(shards, origin);
    struct multi *multi = shards->multis[index_of(origin, *shard)];
    multi_limit_idle(multi, idle_for_each(shards));
    int err = multi_add(multi, easy);
    if (err)
        return err;
    shards->transfers++;
    if (*shard < origin->load_count)
        origin->loads[*shard]++;
    return 0;
}

const struct multi *shards_multi(const struct shards *shards, const struct origin *origin, unsigned shard)
{
    return shards->multis[index_of(origin, shard)];
}

void shards_remove(struct shards *shards, struct origin *origin, CURL *easy, unsigned shard)
{
    multi_remove(shards->multis[index_of(origin, shard)], easy);
    shards_leave(shards, origin, shard);
}

void shards_leave(struct shards *shards, struct origin *origin, unsigned shard)
{
    shards->transfers--;
    /* Where memory was short it was not counted. */
    if (shard < origin->load_count && origin->loads[shard] > 0)
        origin->loads[shard]--;
}

void shards_spread(struct shards *shards, struct origin *origin)
{
    if (!origin->is_spread && !shards->max_connections)
        origin->is_spread = true;
}
