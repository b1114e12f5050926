/* Packed, an entry is a head, its text, and the text of its referrer unless that is the one of the entry before: what
 * a page leads to waits in a row. */
#include "store/url_chunk.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>

#include "base/error.h"

/* A chunk takes no more when so many bytes hang on it: packed, it must fit into a slot. */
enum { MOST_REFERRERS = 64 * 1024, REFERRER_OVERHEAD = 24, SAME_REFERRER = -1 };

struct head {
    uint64_t id;
    uint32_t depth;
    uint32_t length;
    uint16_t redirects;
    uint16_t tries;
    int32_t referrer_length; /* 0 for none */
};

void url_chunk_pool_init(struct url_chunk_pool *pool)
{
    *pool = (struct url_chunk_pool){0};
    arena_init(&pool->arena);
}

void url_chunk_pool_free(struct url_chunk_pool *pool)
{
    arena_free(&pool->arena);
}

static void give_back(struct url_chunk_pool *pool, struct url_chunk *chunk)
{
    chunk->next = pool->free;
    pool->free = chunk;
}

struct url_chunk *url_chunk_create(struct url_chunk_pool *pool, size_t size)
{
    struct url_chunk *chunk = pool->free;
    if (chunk)
        pool->free = chunk->next;
    else
        chunk = arena_alloc(&pool->arena, sizeof *chunk);
    if (!chunk)
        return NULL;
    *chunk = (struct url_chunk){.bytes = malloc(size), .size = (uint32_t)size};
    list_node_init(&chunk->node);
    if (chunk->bytes)
        return chunk;
    give_back(pool, chunk);
    return NULL;
}

size_t url_chunk_entry_size(size_t rest_length)
{
    size_t mask = alignof(struct url_entry) - 1;
    return (offsetof(struct url_entry, rest) + rest_length + mask) & ~mask;
}

static struct url_entry *entry_at(const struct url_chunk *chunk, uint32_t place)
{
    return (struct url_entry *)(void *)(chunk->bytes + place);
}

static void release_referrers(const struct url_chunk *chunk)
{
    for (uint32_t at = chunk->taken; at < chunk->used;
         at += (uint32_t)url_chunk_entry_size(entry_at(chunk, at)->length))
        referrer_release(entry_at(chunk, at)->referrer);
}

void url_chunk_free(struct url_chunk *chunk, struct url_chunk_pool *pool, struct spill *spill)
{
    if (chunk->slot)
        spill_drop(spill, chunk->slot);
    else
        release_referrers(chunk);
    free(chunk->bytes);
    give_back(pool, chunk);
}

bool url_chunk_has_room(const struct url_chunk *chunk, size_t size)
{
    return chunk->size - chunk->used >= size && chunk->referrers < MOST_REFERRERS;
}

void url_chunk_add(struct url_chunk *chunk, const struct url_entry *entry, struct slice rest)
{
    struct url_entry *copy = entry_at(chunk, chunk->used);
    *copy = *entry;
    copy->length = (uint32_t)rest.length;
    memcpy(copy->rest, rest.data, rest.length);
    chunk->used += (uint32_t)url_chunk_entry_size(rest.length);
    referrer_hold(copy->referrer);
    if (copy->referrer == chunk->referrer)
        return;
    chunk->referrer = copy->referrer;
    chunk->referrers += (uint32_t)referrer_text(copy->referrer).length + REFERRER_OVERHEAD;
}

struct url_entry *url_chunk_first(const struct url_chunk *chunk)
{
    return entry_at(chunk, chunk->taken);
}

void url_chunk_drop_first(struct url_chunk *chunk)
{
    chunk->taken += (uint32_t)url_chunk_entry_size(url_chunk_first(chunk)->length);
}

bool url_chunk_is_empty(const struct url_chunk *chunk)
{
    return chunk->taken == chunk->used;
}

size_t url_chunk_bytes(const struct url_chunk *chunk)
{
    return sizeof *chunk + (chunk->bytes ? chunk->size + chunk->referrers : 0);
}

/* --- to the file ------------------------------------------------------------------------------------------------- */

static int pack_entry(struct buf *packed, const struct url_entry *entry, const struct referrer *before)
{
    struct slice referrer = referrer_text(entry->referrer);
    struct head head = {entry->id,        entry->depth, entry->length,
                        entry->redirects, entry->tries, (int32_t)referrer.length};
    if (entry->referrer && entry->referrer == before)
        head.referrer_length = SAME_REFERRER;
    int err = buf_append(packed, &head, sizeof head);
    if (!err)
        err = buf_append(packed, entry->rest, entry->length);
    return err || head.referrer_length == SAME_REFERRER ? err : buf_append_slice(packed, referrer);
}

static int pack(const struct url_chunk *chunk, struct buf *packed)
{
    const struct referrer *before = NULL;
    int err = 0;
    buf_clear(packed);
    for (uint32_t at = 0; at < chunk->used && !err;) {
        const struct url_entry *entry = entry_at(chunk, at);
        err = pack_entry(packed, entry, before);
        before = entry->referrer;
        at += (uint32_t)url_chunk_entry_size(entry->length);
    }
    return err;
}

int url_chunk_spill(struct url_chunk *chunk, struct spill *spill, struct buf *packed)
{
    assert(!chunk->taken && chunk->bytes);
    int err = pack(chunk, packed);
    if (!err)
        err = spill_put(spill, buf_slice(packed), &chunk->slot);
    if (err)
        return err;
    release_referrers(chunk);
    free(chunk->bytes);
    chunk->bytes = NULL;
    return 0;
}

/* --- and back ---------------------------------------------------------------------------------------------------- */

static struct slice take(struct slice *rest, size_t length)
{
    struct slice taken = {rest->data, length};
    assert(length <= rest->length);
    *rest = (struct slice){rest->data + length, rest->length - length};
    return taken;
}

/* Appends the next entry of `rest` to `chunk`; `*referrer` is that of the last one, held, and then of this one. */
static int unpack_entry(struct url_chunk *chunk, struct slice *rest, struct referrer **referrer)
{
    struct head head;
    memcpy(&head, take(rest, sizeof head).data, sizeof head);
    struct slice text = take(rest, head.length);
    if (head.referrer_length != SAME_REFERRER) {
        struct slice page = take(rest, (size_t)head.referrer_length);
        referrer_release(*referrer);
        *referrer = page.length ? referrer_create(page) : NULL;
        if (page.length && !*referrer)
            return ERR_NO_MEMORY;
    }
    const struct url_entry entry = {
        .referrer = *referrer, .id = head.id, .depth = head.depth, .redirects = head.redirects, .tries = head.tries};
    url_chunk_add(chunk, &entry, text);
    return 0;
}

static int unpack(struct url_chunk *chunk, struct slice rest)
{
    struct referrer *referrer = NULL;
    int err = 0;
    while (rest.length && !err)
        err = unpack_entry(chunk, &rest, &referrer);
    referrer_release(referrer);
    return err;
}

static int read_packed(const struct url_chunk *chunk, struct spill *spill, struct buf *packed)
{
    size_t length = spill_length(chunk->slot);
    buf_clear(packed);
    int err = buf_reserve(packed, length);
    if (!err)
        err = spill_get(spill, chunk->slot, packed->data);
    if (!err)
        packed->length = length;
    return err;
}

int url_chunk_load(struct url_chunk *chunk, struct spill *spill, struct buf *packed)
{
    struct url_chunk loaded = {.next = chunk->next, .bytes = malloc(chunk->used), .size = chunk->used};
    int err = loaded.bytes ? read_packed(chunk, spill, packed) : ERR_NO_MEMORY;
    if (!err)
        err = unpack(&loaded, buf_slice(packed));
    if (err) {
        if (loaded.bytes)
            release_referrers(&loaded);
        free(loaded.bytes);
        return err;
    }
    spill_drop(spill, chunk->slot);
    *chunk = loaded;
    list_node_init(&chunk->node);
    return 0;
}
