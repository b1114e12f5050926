/* url_queue.h - URLs that wait, first come, first served, in queues that share a budget of memory.
 *
 * A queue is a row of chunks. When all of them take more than the budget, those that are needed last go to a spill
 * file: of the ones between the first and the last of a queue, the one that was filled last. They come back when their
 * turn comes. So the order is the same whatever the budget. What stays are two chunks a queue, smaller ones where
 * queues are many, and about a hundred bytes for each chunk in the file. */
#ifndef STORE_URL_QUEUE_H
#define STORE_URL_QUEUE_H

#include "store/url_chunk.h"

/* What queues share. */
struct url_memory;

/* `budget` in bytes, 0 for no limit; the spill file is made in `folder` (spill.h). Errors: ERR_NO_MEMORY. */
int url_memory_create(struct url_memory **out, uint64_t budget, const char *folder);

/* All queues must have been freed. NULL is allowed. */
void url_memory_free(struct url_memory *memory);

/* The error with which the last chunk could not be spilled, told once; 0 for none. From then on all stays in memory. */
int url_memory_take_error(struct url_memory *memory);

/* Bytes of the URLs in memory, and of the spill file. */
uint64_t url_memory_used(const struct url_memory *memory);
uint64_t url_memory_spilled(const struct url_memory *memory);

struct url_queue {
    struct url_chunk *first; /* NULL when it is empty */
    struct url_chunk *last;
};

/* An empty queue. */
void url_queue_init(struct url_queue *queue, struct url_memory *memory);
void url_queue_free(struct url_queue *queue, struct url_memory *memory);

static inline bool url_queue_is_empty(const struct url_queue *queue)
{
    return !queue->first;
}

/* Appends a copy of `entry` with `rest`, and holds its referrer. Errors: ERR_NO_MEMORY. */
int url_queue_add(struct url_queue *queue, struct url_memory *memory, const struct url_entry *entry, struct slice rest);

/* A chunk of its own that holds `entry` alone, to be prepended. NULL when memory is out. */
struct url_chunk *url_queue_create_chunk(struct url_memory *memory, const struct url_entry *entry, struct slice rest);

/* Puts such a chunk before all others. */
void url_queue_prepend(struct url_queue *queue, struct url_memory *memory, struct url_chunk *chunk);

/* The first entry of a queue that has one; valid until the queue changes. Errors: ERR_NO_MEMORY, those of spill_get. */
int url_queue_first(struct url_queue *queue, struct url_memory *memory, const struct url_entry **out);

/* Drops the entry that url_queue_first gave; its referrer is left to the caller. */
void url_queue_drop_first(struct url_queue *queue, struct url_memory *memory);

#endif
