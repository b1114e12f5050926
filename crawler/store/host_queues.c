/* An entry stands in its host's chunks as a header and the bytes behind the origin. Hosts that have something to offer
 * and may be asked lie in a heap by (claims going on, turn), those that only wait for their time in another. A URL that
 * waits for a time of its own lies outside of its host's queue, in a chunk that is put before the others when the time
 * has come. */
#include "store/host_queues.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>

#include "base/container.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/heap.h"
#include "base/table.h"

enum { FIRST_CHUNK = 512, LARGEST_CHUNK = 64 * 1024 };

struct entry {
    struct referrer *referrer;
    uint64_t id;
    uint32_t depth;
    uint32_t length; /* of `rest` */
    uint16_t redirects;
    uint16_t tries;
    char rest[];
};

struct chunk {
    struct chunk *next;
    uint32_t size;
    uint32_t used;
    uint32_t taken;
    alignas(struct entry) char bytes[];
};

struct host {
    struct heap_node node;
    struct chunk *first;
    struct chunk *last;
    uint64_t turn; /* when it was last asked */
    uint32_t claimed;
    struct store_pace pace;
    struct heap *place; /* the heap that it is in; NULL for none */
    struct slice origin;
};

/* A URL with a time of its own. */
struct later {
    struct heap_node node;
    nanoseconds not_before;
    uint64_t turn;
    struct host *host;
    struct chunk *chunk; /* with its entry alone */
};

struct host_queues {
    struct table hosts;    /* by fingerprint of the origin */
    struct host *last_met; /* most URLs in a row are of one origin */
    struct heap ready;
    struct heap early; /* those whose time has not come */
    struct heap later;
    uint32_t at_once; /* of a host whose pace nobody has set */
    uint64_t turns;
    uint64_t count;
};

static bool host_before(const struct heap_node *left, const struct heap_node *right)
{
    const struct host *a = container_of(left, struct host, node);
    const struct host *b = container_of(right, struct host, node);
    return a->claimed != b->claimed ? a->claimed < b->claimed : a->turn < b->turn;
}

static bool host_is_earlier(const struct heap_node *left, const struct heap_node *right)
{
    const struct host *a = container_of(left, struct host, node);
    const struct host *b = container_of(right, struct host, node);
    return a->pace.not_before != b->pace.not_before ? a->pace.not_before < b->pace.not_before : a->turn < b->turn;
}

static bool is_sooner(const struct heap_node *left, const struct heap_node *right)
{
    const struct later *a = container_of(left, struct later, node);
    const struct later *b = container_of(right, struct later, node);
    return a->not_before != b->not_before ? a->not_before < b->not_before : a->turn < b->turn;
}

int host_queues_create(struct host_queues **out, uint32_t at_once)
{
    struct host_queues *queues = calloc(1, sizeof *queues);
    if (!queues)
        return ERR_NO_MEMORY;
    queues->at_once = at_once;
    table_init(&queues->hosts);
    heap_init(&queues->ready, host_before);
    heap_init(&queues->early, host_is_earlier);
    heap_init(&queues->later, is_sooner);
    *out = queues;
    return 0;
}

static size_t entry_size(size_t length)
{
    size_t mask = alignof(struct entry) - 1;
    return (offsetof(struct entry, rest) + length + mask) & ~mask;
}

static struct entry *first_entry(const struct host *host)
{
    struct chunk *chunk = host->first;
    return chunk ? (struct entry *)(void *)(chunk->bytes + chunk->taken) : NULL;
}

static struct chunk *chunk_create(size_t size)
{
    struct chunk *chunk = malloc(sizeof *chunk + size);
    if (chunk)
        *chunk = (struct chunk){.size = (uint32_t)size};
    return chunk;
}

/* Drops the first entry; a chunk that is used up goes. */
static void drop_first(struct host *host)
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

static void host_free(struct host *host)
{
    while (host->first) {
        referrer_release(first_entry(host)->referrer);
        drop_first(host);
    }
    free(host);
}

static struct host *add_host(struct host_queues *queues, uint64_t key, struct slice origin)
{
    struct host *host = calloc(1, sizeof *host + origin.length);
    if (!host)
        return NULL;
    memcpy(host + 1, origin.data, origin.length);
    host->pace.at_once = queues->at_once;
    host->origin = (struct slice){(char *)(host + 1), origin.length};
    if (table_put(&queues->hosts, key, host)) {
        free(host);
        return NULL;
    }
    return host;
}

static struct host *host_of(struct host_queues *queues, struct slice origin)
{
    if (queues->last_met && slice_equal(queues->last_met->origin, origin))
        return queues->last_met;
    uint64_t key = hash_bytes(origin);
    struct host *host = table_get(&queues->hosts, key);
    if (!host)
        host = add_host(queues, key, origin);
    queues->last_met = host;
    return host;
}

/* Room for an entry of `size` bytes behind the host's last; NULL when memory is out. */
static struct entry *append_entry(struct host *host, size_t size)
{
    struct chunk *last = host->last;
    if (!last || last->size - last->used < size) {
        size_t wanted = last ? (size_t)last->size * 2 : FIRST_CHUNK;
        wanted = wanted > LARGEST_CHUNK ? LARGEST_CHUNK : wanted;
        wanted = wanted < size ? size : wanted;
        struct chunk *chunk = chunk_create(wanted);
        if (!chunk)
            return NULL;
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

static bool may_be_asked(const struct host *host)
{
    return host->first && (!host->pace.at_once || host->claimed < host->pace.at_once);
}

/* Puts a host where it belongs after something about it has changed. One whose time came is found by take_due. */
static void place_host(struct host_queues *queues, struct host *host)
{
    if (host->place)
        heap_remove(host->place, &host->node);
    host->place = NULL;
    if (!may_be_asked(host))
        return;
    host->place = host->pace.not_before ? &queues->early : &queues->ready;
    heap_insert(host->place, &host->node);
}

/* Puts a chunk before the others of its host. */
static void prepend_chunk(struct host_queues *queues, struct host *host, struct chunk *chunk)
{
    chunk->next = host->first;
    host->first = chunk;
    if (!host->last)
        host->last = chunk;
    if (!host->place)
        place_host(queues, host);
}

/* Puts those URLs into their queues whose time has come. */
static void take_later(struct host_queues *queues, nanoseconds now)
{
    struct heap_node *first;
    while ((first = heap_first(&queues->later))) {
        struct later *later = container_of(first, struct later, node);
        if (later->not_before > now)
            return;
        heap_pop(&queues->later);
        prepend_chunk(queues, later->host, later->chunk);
        free(later);
    }
}

/* Makes those ready whose time has come. */
static void take_due(struct host_queues *queues, nanoseconds now)
{
    struct heap_node *first;
    take_later(queues, now);
    while ((first = heap_first(&queues->early))) {
        struct host *host = container_of(first, struct host, node);
        if (host->pace.not_before > now)
            return;
        host->pace.not_before = 0;
        place_host(queues, host);
    }
}

void host_queues_free(struct host_queues *queues)
{
    if (!queues)
        return;
    take_later(queues, NEVER);
    table_for_each(slot, &queues->hosts) host_free(slot->value);
    table_free(&queues->hosts);
    free(queues);
}

int host_queues_add(struct host_queues *queues, const struct store_url *url, struct referrer *referrer,
                    const struct store_source *source)
{
    struct slice origin = {url->text.data, url->origin_length};
    struct slice rest = {url->text.data + origin.length, url->text.length - origin.length};
    struct host *host = host_of(queues, origin);
    struct entry *entry = host ? append_entry(host, entry_size(rest.length)) : NULL;
    if (!entry)
        return ERR_NO_MEMORY;
    assert(source->redirects <= UINT16_MAX);
    entry->referrer = referrer_hold(referrer);
    entry->id = url->id;
    entry->depth = source->depth;
    entry->redirects = (uint16_t)source->redirects;
    entry->tries = 0;
    entry->length = (uint32_t)rest.length;
    memcpy(entry->rest, rest.data, rest.length);
    queues->count++;
    if (!host->place)
        place_host(queues, host);
    return 0;
}

int host_queues_take(struct host_queues *queues, nanoseconds now, struct claim *claim)
{
    take_due(queues, now);
    struct heap_node *first = heap_first(&queues->ready);
    if (!first)
        return 0;
    struct host *host = container_of(first, struct host, node);
    struct entry *entry = first_entry(host);
    buf_clear(&claim->url);
    int err = buf_append_slice(&claim->url, host->origin);
    if (!err)
        err = buf_append(&claim->url, entry->rest, entry->length);
    if (err)
        return err;
    referrer_release(claim->referrer);
    claim->referrer = entry->referrer;
    claim->id = entry->id;
    claim->depth = entry->depth;
    claim->redirects = entry->redirects;
    claim->tries = entry->tries;
    claim->at_once = host->pace.at_once;
    claim->place = host;
    drop_first(host);
    host->claimed++;
    host->turn = ++queues->turns;
    queues->count--;
    place_host(queues, host);
    return 1;
}

void host_queues_done(struct host_queues *queues, struct claim *claim)
{
    struct host *host = claim->place;
    assert(host && host->claimed > 0);
    claim->place = NULL;
    host->claimed--;
    place_host(queues, host);
}

/* A chunk that holds the claim's URL alone; NULL when memory is out. */
static struct chunk *chunk_of_claim(const struct claim *claim, const struct host *host)
{
    const struct slice text = buf_slice(&claim->url);
    const size_t length = text.length - host->origin.length, size = entry_size(length);
    struct chunk *chunk = chunk_create(size);
    if (!chunk)
        return NULL;
    chunk->used = (uint32_t)size;
    struct entry *entry = (struct entry *)(void *)chunk->bytes;
    *entry = (struct entry){.referrer = referrer_hold(claim->referrer),
                            .id = claim->id,
                            .depth = claim->depth,
                            .length = (uint32_t)length,
                            .redirects = (uint16_t)claim->redirects,
                            .tries = (uint16_t)claim->tries};
    memcpy(entry->rest, text.data + host->origin.length, length);
    return chunk;
}

int host_queues_later(struct host_queues *queues, struct claim *claim, nanoseconds not_before)
{
    struct host *host = claim->place;
    struct later *later = not_before ? malloc(sizeof *later) : NULL;
    struct chunk *chunk = later || !not_before ? chunk_of_claim(claim, host) : NULL;
    host_queues_done(queues, claim);
    if (!chunk) {
        free(later);
        return ERR_NO_MEMORY;
    }
    queues->count++;
    if (!later) {
        prepend_chunk(queues, host, chunk);
        return 0;
    }
    *later = (struct later){.not_before = not_before, .turn = ++queues->turns, .host = host, .chunk = chunk};
    heap_insert(&queues->later, &later->node);
    return 0;
}

void host_queues_set_pace(struct host_queues *queues, const struct claim *claim, const struct store_pace *pace)
{
    struct host *host = claim->place;
    host->pace = *pace;
    place_host(queues, host);
}

nanoseconds host_queues_next_time(const struct host_queues *queues)
{
    const struct heap_node *early = heap_first(&queues->early), *later = heap_first(&queues->later);
    nanoseconds of_hosts = early ? container_of(early, struct host, node)->pace.not_before : NEVER;
    nanoseconds of_urls = later ? container_of(later, struct later, node)->not_before : NEVER;
    return of_hosts < of_urls ? of_hosts : of_urls;
}

uint64_t host_queues_count(const struct host_queues *queues)
{
    return queues->count;
}
