#include "store/url_queue.h"

#include <stdlib.h>

#include "base/error.h"

enum { FIRST_CHUNK = 512, LARGEST_CHUNK = 64 * 1024, CHUNKS_OF_A_QUEUE = 8, PACKED_KEPT = 256 * 1024 };

struct url_memory {
    uint64_t budget;
    uint64_t used;
    uint64_t queues;
    struct list spillable; /* the chunk that is needed last first */
    struct url_chunk_pool pool;
    struct spill *spill; /* NULL without a budget */
    struct buf packed;
    int error; /* with which spilling ended, until it is told */
};

int url_memory_create(struct url_memory **out, uint64_t budget, const char *folder)
{
    struct url_memory *memory = calloc(1, sizeof *memory);
    if (!memory)
        return ERR_NO_MEMORY;
    memory->budget = budget ? budget : UINT64_MAX;
    list_init(&memory->spillable);
    url_chunk_pool_init(&memory->pool);
    buf_init(&memory->packed, SPILL_LARGEST);
    int err = budget ? spill_create(&memory->spill, folder) : 0;
    if (err) {
        free(memory);
        return err;
    }
    *out = memory;
    return 0;
}

void url_memory_free(struct url_memory *memory)
{
    if (!memory)
        return;
    spill_free(memory->spill);
    url_chunk_pool_free(&memory->pool);
    buf_free(&memory->packed);
    free(memory);
}

int url_memory_take_error(struct url_memory *memory)
{
    int error = memory->error;
    memory->error = 0;
    return error;
}

uint64_t url_memory_used(const struct url_memory *memory)
{
    return memory->used;
}

uint64_t url_memory_spilled(const struct url_memory *memory)
{
    return memory->spill ? spill_size(memory->spill) : 0;
}

/* --- the budget -------------------------------------------------------------------------------------------------- */

/* A page with a huge referrer must not take its room for ever. */
static void trim_packed(struct url_memory *memory)
{
    if (memory->packed.capacity > PACKED_KEPT)
        buf_free(&memory->packed);
}

static void spill_last(struct url_memory *memory)
{
    struct url_chunk *chunk = container_of(list_pop(&memory->spillable), struct url_chunk, node);
    uint64_t before = url_chunk_bytes(chunk);
    memory->error = url_chunk_spill(chunk, memory->spill, &memory->packed);
    memory->used -= before - url_chunk_bytes(chunk);
    if (memory->error)
        memory->budget = UINT64_MAX;
    trim_packed(memory);
}

static void keep_within_budget(struct url_memory *memory)
{
    while (memory->used > memory->budget && !list_is_empty(&memory->spillable))
        spill_last(memory);
}

static int load(struct url_memory *memory, struct url_chunk *chunk)
{
    uint64_t before = url_chunk_bytes(chunk);
    int err = url_chunk_load(chunk, memory->spill, &memory->packed);
    memory->used += url_chunk_bytes(chunk) - before;
    trim_packed(memory);
    if (!err)
        keep_within_budget(memory);
    return err;
}

/* Where queues are many, each of them has little. */
static size_t largest_chunk(const struct url_memory *memory)
{
    uint64_t share = memory->budget / (CHUNKS_OF_A_QUEUE * memory->queues);
    return share > LARGEST_CHUNK ? LARGEST_CHUNK : share < FIRST_CHUNK ? FIRST_CHUNK : (size_t)share;
}

/* --- a queue ----------------------------------------------------------------------------------------------------- */

void url_queue_init(struct url_queue *queue, struct url_memory *memory)
{
    *queue = (struct url_queue){0};
    memory->queues++;
}

static void drop_chunk(struct url_queue *queue, struct url_memory *memory)
{
    struct url_chunk *chunk = queue->first;
    queue->first = chunk->next;
    if (!queue->first)
        queue->last = NULL;
    list_remove(&chunk->node);
    memory->used -= url_chunk_bytes(chunk);
    url_chunk_free(chunk, &memory->pool, memory->spill);
}

void url_queue_free(struct url_queue *queue, struct url_memory *memory)
{
    while (queue->first)
        drop_chunk(queue, memory);
    memory->queues--;
}

/* A chunk with room for `size` bytes behind the others; NULL when memory is out. */
static struct url_chunk *append_chunk(struct url_queue *queue, struct url_memory *memory, size_t size)
{
    struct url_chunk *last = queue->last;
    size_t wanted = last ? (size_t)last->size * 2 : FIRST_CHUNK, largest = largest_chunk(memory);
    wanted = wanted > largest ? largest : wanted;
    struct url_chunk *chunk = url_chunk_create(&memory->pool, wanted < size ? size : wanted);
    if (!chunk)
        return NULL;
    if (last)
        last->next = chunk;
    else
        queue->first = chunk;
    queue->last = chunk;
    if (last && last != queue->first && !last->taken)
        list_prepend(&memory->spillable, &last->node);
    memory->used += url_chunk_bytes(chunk);
    keep_within_budget(memory);
    return chunk;
}

int url_queue_add(struct url_queue *queue, struct url_memory *memory, const struct url_entry *entry, struct slice rest)
{
    size_t size = url_chunk_entry_size(rest.length);
    struct url_chunk *chunk = queue->last;
    if (!chunk || !url_chunk_has_room(chunk, size))
        chunk = append_chunk(queue, memory, size);
    if (!chunk)
        return ERR_NO_MEMORY;
    memory->used -= chunk->referrers;
    url_chunk_add(chunk, entry, rest);
    memory->used += chunk->referrers;
    return 0;
}

struct url_chunk *url_queue_create_chunk(struct url_memory *memory, const struct url_entry *entry, struct slice rest)
{
    struct url_chunk *chunk = url_chunk_create(&memory->pool, url_chunk_entry_size(rest.length));
    if (chunk)
        url_chunk_add(chunk, entry, rest);
    return chunk;
}

void url_queue_prepend(struct url_queue *queue, struct url_memory *memory, struct url_chunk *chunk)
{
    memory->used += url_chunk_bytes(chunk);
    chunk->next = queue->first;
    queue->first = chunk;
    if (!queue->last)
        queue->last = chunk;
}

/* What comes after the first chunk is needed soon. */
static void look_ahead(const struct url_queue *queue, const struct url_memory *memory)
{
    const struct url_chunk *next = queue->first->next;
    if (next && next->slot)
        spill_expect(memory->spill, next->slot);
}

int url_queue_first(struct url_queue *queue, struct url_memory *memory, const struct url_entry **out)
{
    if (queue->first->slot) {
        int err = load(memory, queue->first);
        if (err)
            return err;
        look_ahead(queue, memory);
    }
    *out = url_chunk_first(queue->first);
    return 0;
}

void url_queue_drop_first(struct url_queue *queue, struct url_memory *memory)
{
    struct url_chunk *chunk = queue->first;
    url_chunk_drop_first(chunk);
    if (!url_chunk_is_empty(chunk))
        return;
    drop_chunk(queue, memory);
    if (!queue->first)
        return;
    list_remove(&queue->first->node);
    look_ahead(queue, memory);
}
