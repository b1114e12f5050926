/* arena.h - memory that is given back all at once.
 *
 * Chunks of doubling size up to a cap; nothing moves once handed out. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/slice.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *chunk; /* the one being filled, linked to the earlier ones */
    size_t used;               /* bytes handed out, padding included, of all chunks */
};

/* An empty arena; nothing is allocated. */
void arena_init(struct arena *arena);

/* `size` bytes, not initialised, aligned for any type. NULL when memory is out. */
void *arena_alloc(struct arena *arena, size_t size);

/* A copy of `text` with a NUL behind it. `data` is NULL when memory is out. */
struct slice arena_copy(struct arena *arena, struct slice text);

/* Forgets all that was handed out but keeps the largest chunk for the next use. */
void arena_clear(struct arena *arena);

/* Gives all memory back; the arena is empty and can be used again. */
void arena_free(struct arena *arena);

#endif
