/* Hosts that have something to offer and may be asked lie in a heap by (claims going on, turn), those that only wait
 * for their time in another. A URL that waits for a time of its own lies outside of its host's queue, in a chunk that
 * is put before the others when the time has come. */
#include "store/host_queues.h"

#include <assert.h>
#include <stdlib.h>

#include "base/container.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/heap.h"
#include "base/table.h"
#include "store/url_queue.h"

struct host {
    struct heap_node node;
    struct url_queue queue;
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
    struct url_chunk *chunk; /* with its entry alone */
};

struct host_queues {
    struct table hosts;    /* by fingerprint of the origin */
    struct host *last_met; /* most URLs in a row are of one origin */
    struct heap ready;
    struct heap early; /* those whose time has not come */
    struct heap later;
    struct url_memory *memory;
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

int host_queues_create(struct host_queues **out, uint32_t at_once, uint64_t budget, const char *folder)
{
    struct host_queues *queues = calloc(1, sizeof *queues);
    if (!queues)
        return ERR_NO_MEMORY;
    int err = url_memory_create(&queues->memory, budget, folder);
    if (err) {
        free(queues);
        return err;
    }
    queues->at_once = at_once;
    table_init(&queues->hosts);
    heap_init(&queues->ready, host_before);
    heap_init(&queues->early, host_is_earlier);
    heap_init(&queues->later, is_sooner);
    *out = queues;
    return 0;
}

static void host_free(struct host_queues *queues, struct host *host)
{
    url_queue_free(&host->queue, queues->memory);
    free(host);
}

static struct host *add_host(struct host_queues *queues, uint64_t key, struct slice origin)
{
    struct host *host = calloc(1, sizeof *host + origin.length);
    if (!host)
        return NULL;
    memcpy(host + 1, origin.data, origin.length);
    url_queue_init(&host->queue, queues->memory);
    host->pace.at_once = queues->at_once;
    host->origin = (struct slice){(char *)(host + 1), origin.length};
    if (table_put(&queues->hosts, key, host)) {
        host_free(queues, host);
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

static bool may_be_asked(const struct host *host)
{
    return !url_queue_is_empty(&host->queue) && (!host->pace.at_once || host->claimed < host->pace.at_once);
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
static void prepend_chunk(struct host_queues *queues, struct host *host, struct url_chunk *chunk)
{
    url_queue_prepend(&host->queue, queues->memory, chunk);
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
    table_for_each(slot, &queues->hosts) host_free(queues, slot->value);
    table_free(&queues->hosts);
    url_memory_free(queues->memory);
    free(queues);
}

int host_queues_add(struct host_queues *queues, const struct store_url *url, struct referrer *referrer,
                    const struct store_source *source)
{
    struct slice origin = {url->text.data, url->origin_length};
    struct slice rest = {url->text.data + origin.length, url->text.length - origin.length};
    struct host *host = host_of(queues, origin);
    assert(source->redirects <= UINT16_MAX);
    const struct url_entry entry = {
        .referrer = referrer, .id = url->id, .depth = source->depth, .redirects = (uint16_t)source->redirects};
    if (!host || url_queue_add(&host->queue, queues->memory, &entry, rest))
        return ERR_NO_MEMORY;
    queues->count++;
    if (!host->place)
        place_host(queues, host);
    return 0;
}

static int fill_claim(struct claim *claim, struct host *host, const struct url_entry *entry)
{
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
    return 0;
}

int host_queues_take(struct host_queues *queues, nanoseconds now, struct claim *claim)
{
    take_due(queues, now);
    struct heap_node *first = heap_first(&queues->ready);
    if (!first)
        return 0;
    struct host *host = container_of(first, struct host, node);
    const struct url_entry *entry;
    int err = now == NEVER ? 0 : url_memory_take_error(queues->memory);
    if (!err)
        err = url_queue_first(&host->queue, queues->memory, &entry);
    if (!err)
        err = fill_claim(claim, host, entry);
    if (err)
        return err;
    url_queue_drop_first(&host->queue, queues->memory);
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
static struct url_chunk *chunk_of_claim(struct host_queues *queues, const struct claim *claim)
{
    const struct host *host = claim->place;
    const struct slice text = buf_slice(&claim->url);
    const struct slice rest = {text.data + host->origin.length, text.length - host->origin.length};
    const struct url_entry entry = {.referrer = claim->referrer,
                                    .id = claim->id,
                                    .depth = claim->depth,
                                    .redirects = (uint16_t)claim->redirects,
                                    .tries = (uint16_t)claim->tries};
    return url_queue_create_chunk(queues->memory, &entry, rest);
}

int host_queues_later(struct host_queues *queues, struct claim *claim, nanoseconds not_before)
{
    struct host *host = claim->place;
    struct later *later = not_before ? malloc(sizeof *later) : NULL;
    struct url_chunk *chunk = later || !not_before ? chunk_of_claim(queues, claim) : NULL;
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
