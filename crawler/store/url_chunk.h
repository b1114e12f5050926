/* url_chunk.h - some of the URLs of an origin that wait, one behind the other; in memory, or packed in a spill file. */
#ifndef STORE_URL_CHUNK_H
#define STORE_URL_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/list.h"
#include "store/referrer.h"
#include "store/spill.h"

/* A URL that waits: its origin is that of its queue. */
struct url_entry {
    struct referrer *referrer; /* held; NULL for a root */
    uint64_t id;
    uint32_t depth;
    uint32_t length; /* of `rest` */
    uint16_t redirects;
    uint16_t tries;
    char rest[]; /* what follows the origin */
};

struct url_chunk {
    struct url_chunk *next;
    char *bytes;               /* the entries; NULL while they are in the spill file */
    struct spill_slot *slot;   /* where they are there; else NULL */
    struct list_node node;     /* its owner's */
    struct referrer *referrer; /* of the last entry; only to be compared with */
    uint32_t size;             /* of `bytes` */
    uint32_t used;             /* of them, and how many of these are taken off again */
    uint32_t taken;
    uint32_t referrers; /* about as many bytes hang on it as texts of referrers */
};

/* Where chunks themselves come from. They outlive their bytes: taken from the heap, each would lie in the room of bytes
 * that were given back, and no others would fit there again. */
struct url_chunk_pool {
    struct arena arena;
    struct url_chunk *free;
};

void url_chunk_pool_init(struct url_chunk_pool *pool);
void url_chunk_pool_free(struct url_chunk_pool *pool);

/* A chunk with room for `size` bytes of entries. NULL when memory is out. */
struct url_chunk *url_chunk_create(struct url_chunk_pool *pool, size_t size);

/* Releases the referrers of what was not taken. `spill` may be NULL for one that is in memory. */
void url_chunk_free(struct url_chunk *chunk, struct url_chunk_pool *pool, struct spill *spill);

/* What an entry takes. */
size_t url_chunk_entry_size(size_t rest_length);

/* Whether another entry of `size` bytes should be put here. */
bool url_chunk_has_room(const struct url_chunk *chunk, size_t size);

/* Appends a copy of `entry`, which has room, with `rest`, and holds its referrer. */
void url_chunk_add(struct url_chunk *chunk, const struct url_entry *entry, struct slice rest);

/* The first entry, of a chunk in memory that has one; and its end, with the referrer left to the caller. */
struct url_entry *url_chunk_first(const struct url_chunk *chunk);
void url_chunk_drop_first(struct url_chunk *chunk);
bool url_chunk_is_empty(const struct url_chunk *chunk);

/* Bytes of memory that it takes. */
size_t url_chunk_bytes(const struct url_chunk *chunk);

/* Moves a chunk of which nothing was taken to the spill file, by way of `packed`, and back. The chunk is as it was when
 * that fails. Errors: those of spill_put and spill_get. */
int url_chunk_spill(struct url_chunk *chunk, struct spill *spill, struct buf *packed);
int url_chunk_load(struct url_chunk *chunk, struct spill *spill, struct buf *packed);

#endif
