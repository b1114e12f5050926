/* An entry stands in its host's chunks as a header and the bytes behind the origin, so that a URL costs its path and 24
 * bytes. Hosts that have something to offer and may be asked lie in a heap by (claims going on, turn). */
#include "crawl/frontier.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "async/task.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/heap.h"
#include "base/table.h"
#include "web/url.h"

enum { FIRST_CHUNK = 512, LARGEST_CHUNK = 64 * 1024 };

struct referrer {
    uint32_t holders;
    uint32_t length;
    char text[];
};

struct entry {
    struct referrer *referrer;
    uint32_t depth;
    uint16_t redirects;
    uint32_t length; /* of `rest` */
    char rest[];
};

struct chunk {
    struct chunk *next;
    uint32_t size;
    uint32_t used;
    uint32_t taken;
    _Alignas(8) char bytes[];
};

struct frontier_host {
    struct heap_node node;
    struct chunk *first;
    struct chunk *last;
    uint64_t turn; /* when it was last asked */
    uint32_t claimed;
    bool offered; /* is in the heap */
    struct slice origin;
};

struct frontier {
    struct loop *loop;
    struct frontier_limits limits;
    struct table hosts; /* by fingerprint of the origin */
    struct heap ready;
    struct list waiters;
    uint64_t turns;
    uint64_t pending;
    uint64_t claimed;
    uint64_t handed_out;
    bool closed;
};

/* A task that waits for a URL, on its own stack. */
struct waiter {
    struct list_node node;
    struct future woken;
};

void claim_init(struct claim *claim)
{
    *claim = (struct claim){0};
    buf_init(&claim->url, URL_MAX_LENGTH);
}

void claim_free(struct claim *claim)
{
    referrer_release(claim->referrer);
    buf_free(&claim->url);
}

struct slice referrer_text(const struct referrer *referrer)
{
    return referrer ? (struct slice){referrer->text, referrer->length} : (struct slice){"", 0};
}

struct referrer *referrer_create(struct slice url)
{
    struct referrer *referrer = malloc(sizeof *referrer + url.length);
    if (!referrer)
        return NULL;
    referrer->holders = 1;
    referrer->length = (uint32_t)url.length;
    memcpy(referrer->text, url.data, url.length);
    return referrer;
}

struct referrer *referrer_hold(struct referrer *referrer)
{
    if (referrer)
        referrer->holders++;
    return referrer;
}

void referrer_release(struct referrer *referrer)
{
    if (referrer && --referrer->holders == 0)
        free(referrer);
}

static bool host_before(const struct heap_node *left, const struct heap_node *right)
{
    const struct frontier_host *a = container_of(left, struct frontier_host, node);
    const struct frontier_host *b = container_of(right, struct frontier_host, node);
    return a->claimed != b->claimed ? a->claimed < b->claimed : a->turn < b->turn;
}

int frontier_create(struct frontier **out, struct loop *loop, const struct frontier_limits *limits)
{
    struct frontier *frontier = calloc(1, sizeof *frontier);
    if (!frontier)
        return ERR_NO_MEMORY;
    frontier->loop = loop;
    frontier->limits = *limits;
    table_init(&frontier->hosts);
    heap_init(&frontier->ready, host_before);
    list_init(&frontier->waiters);
    *out = frontier;
    return 0;
}

static size_t entry_size(size_t length)
{
    return (sizeof(struct entry) + length + 7) & ~(size_t)7;
}

static struct entry *first_entry(const struct frontier_host *host)
{
    struct chunk *chunk = host->first;
    return chunk ? (struct entry *)(void *)(chunk->bytes + chunk->taken) : NULL;
}

/* Drops the first entry; a chunk that is used up goes. */
static void drop_first(struct frontier_host *host)
{
    struct chunk *chunk = host->first;
    chunk->taken += (uint32_t)entry_size(first_entry(host)->length);
    if (chunk->taken < chunk->used)
        return;
    host->first = chunk->next;
    if (!host->first)
        host->last = NULL;
    free(chunk);
}

static void host_free(struct frontier_host *host)
{
    while (host->first) {
        referrer_release(first_entry(host)->referrer);
        drop_first(host);
    }
    free(host);
}

void frontier_free(struct frontier *frontier)
{
    if (!frontier)
        return;
    assert(list_is_empty(&frontier->waiters));
    table_for_each(slot, &frontier->hosts) host_free(slot->value);
    table_free(&frontier->hosts);
    free(frontier);
}

static struct frontier_host *host_of(struct frontier *frontier, struct slice origin)
{
    uint64_t key = hash_bytes(origin);
    struct frontier_host *host = table_get(&frontier->hosts, key);
    if (host)
        return host;
    host = calloc(1, sizeof *host + origin.length);
    if (!host)
        return NULL;
    memcpy(host + 1, origin.data, origin.length);
    host->origin = (struct slice){(char *)(host + 1), origin.length};
    if (table_put(&frontier->hosts, key, host)) {
        free(host);
        return NULL;
    }
    return host;
}

/* Room for an entry of `size` bytes behind the host's last; NULL when memory is out. */
static struct entry *append_entry(struct frontier_host *host, size_t size)
{
    struct chunk *last = host->last;
    if (!last || last->size - last->used < size) {
        size_t wanted = last ? (size_t)last->size * 2 : FIRST_CHUNK;
        wanted = wanted > LARGEST_CHUNK ? LARGEST_CHUNK : wanted;
        wanted = wanted < size ? size : wanted;
        struct chunk *chunk = malloc(sizeof *chunk + wanted);
        if (!chunk)
            return NULL;
        *chunk = (struct chunk){.size = (uint32_t)wanted};
        if (last)
            last->next = chunk;
        else
            host->first = chunk;
        host->last = last = chunk;
    }
    struct entry *entry = (struct entry *)(void *)(last->bytes + last->used);
    last->used += (uint32_t)size;
    return entry;
}

static bool may_be_asked(const struct frontier *frontier, const struct frontier_host *host)
{
    return host->first && (!frontier->limits.per_host || host->claimed < frontier->limits.per_host);
}

/* Puts a host at its place in the heap, or takes it off, after something about it has changed. */
static void offer_host(struct frontier *frontier, struct frontier_host *host)
{
    if (host->offered)
        heap_remove(&frontier->ready, &host->node);
    host->offered = may_be_asked(frontier, host);
    if (host->offered)
        heap_insert(&frontier->ready, &host->node);
}

static bool is_over(const struct frontier *frontier)
{
    return frontier->closed || (frontier->claimed == 0 && (frontier->pending == 0 || frontier_hit_limit(frontier)));
}

static void wake_one(struct frontier *frontier)
{
    struct list_node *node = list_pop(&frontier->waiters);
    if (node)
        future_set_result(&container_of(node, struct waiter, node)->woken, NULL);
}

static void wake_all(struct frontier *frontier)
{
    while (!list_is_empty(&frontier->waiters))
        wake_one(frontier);
}

int frontier_add(struct frontier *frontier, struct slice origin, struct slice rest, struct referrer *referrer,
                 uint32_t depth, uint32_t redirects)
{
    struct frontier_host *host = host_of(frontier, origin);
    struct entry *entry = host ? append_entry(host, entry_size(rest.length)) : NULL;
    if (!entry)
        return ERR_NO_MEMORY;
    entry->referrer = referrer_hold(referrer);
    entry->depth = depth;
    entry->redirects = (uint16_t)redirects;
    entry->length = (uint32_t)rest.length;
    memcpy(entry->rest, rest.data, rest.length);
    frontier->pending++;
    if (!host->offered)
        offer_host(frontier, host);
    wake_one(frontier);
    return 0;
}

/* Moves the first entry of `host` into `claim`. */
static int take(struct frontier *frontier, struct frontier_host *host, struct claim *claim)
{
    struct entry *entry = first_entry(host);
    buf_clear(&claim->url);
    int err = buf_append_slice(&claim->url, host->origin);
    if (!err)
        err = buf_append(&claim->url, entry->rest, entry->length);
    if (err)
        return err;
    referrer_release(claim->referrer);
    claim->referrer = entry->referrer;
    claim->depth = entry->depth;
    claim->redirects = entry->redirects;
    claim->host = host;
    drop_first(host);
    host->claimed++;
    host->turn = ++frontier->turns;
    frontier->pending--;
    frontier->claimed++;
    frontier->handed_out++;
    offer_host(frontier, host);
    return 0;
}

static bool has_url_to_give(const struct frontier *frontier)
{
    return !frontier->closed && heap_first(&frontier->ready) && !frontier_hit_limit(frontier);
}

static int wait_for_change(struct frontier *frontier)
{
    struct waiter waiter;
    list_node_init(&waiter.node);
    future_init(&waiter.woken, frontier->loop, "frontier");
    list_append(&frontier->waiters, &waiter.node);
    int err = await(&waiter.woken, NULL);
    /* Whoever was cancelled just when it was woken passes the news on. */
    if (err && future_is_complete(&waiter.woken) && has_url_to_give(frontier))
        wake_one(frontier);
    list_remove(&waiter.node);
    future_destroy(&waiter.woken);
    return err;
}

int frontier_next(struct frontier *frontier, struct claim *claim)
{
    while (!has_url_to_give(frontier)) {
        if (is_over(frontier))
            return ERR_FINISHED;
        int err = wait_for_change(frontier);
        if (err)
            return err;
    }
    struct heap_node *first = heap_first(&frontier->ready);
    return take(frontier, container_of(first, struct frontier_host, node), claim);
}

void frontier_done(struct frontier *frontier, struct claim *claim)
{
    assert(claim->host && frontier->claimed > 0);
    struct frontier_host *host = claim->host;
    claim->host = NULL;
    host->claimed--;
    frontier->claimed--;
    offer_host(frontier, host);
    if (is_over(frontier))
        wake_all(frontier);
    else if (has_url_to_give(frontier))
        wake_one(frontier);
}

void frontier_close(struct frontier *frontier)
{
    frontier->closed = true;
    wake_all(frontier);
}

uint64_t frontier_pending(const struct frontier *frontier)
{
    return frontier->pending;
}

uint64_t frontier_claimed(const struct frontier *frontier)
{
    return frontier->claimed;
}

bool frontier_hit_limit(const struct frontier *frontier)
{
    return frontier->limits.max_pages && frontier->handed_out >= frontier->limits.max_pages && frontier->pending;
}
