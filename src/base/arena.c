#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

enum { FIRST_CHUNK = 1024, LARGEST_CHUNK = 256 * 1024 };

struct arena_chunk {
    struct arena_chunk *earlier;
    size_t size;
    size_t used;
    alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *arena)
{
    *arena = (struct arena){0};
}

static struct arena_chunk *add_chunk(struct arena *arena, size_t at_least)
{
    size_t size = arena->chunk ? arena->chunk->size * 2 : FIRST_CHUNK;
    if (size > LARGEST_CHUNK)
        size = LARGEST_CHUNK;
    if (size < at_least)
        size = at_least;
    if (size > SIZE_MAX - sizeof(struct arena_chunk))
        return NULL;
    struct arena_chunk *chunk = malloc(sizeof *chunk + size);
    if (!chunk)
        return NULL;
    chunk->earlier = arena->chunk;
    chunk->size = size;
    chunk->used = 0;
    arena->chunk = chunk;
    return chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX - alignof(max_align_t))
        return NULL;
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct arena_chunk *chunk = arena->chunk;
    if (!chunk || chunk->size - chunk->used < size) {
        chunk = add_chunk(arena, size);
        if (!chunk)
            return NULL;
    }
    void *memory = chunk->bytes + chunk->used;
    chunk->used += size;
    arena->used += size;
    return memory;
}

struct slice arena_copy(struct arena *arena, struct slice text)
{
    char *copy = arena_alloc(arena, text.length + 1);
    if (!copy)
        return (struct slice){NULL, 0};
    if (text.length)
        memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    return (struct slice){copy, text.length};
}

static void free_chunks(struct arena_chunk *chunk)
{
    while (chunk) {
        struct arena_chunk *earlier = chunk->earlier;
        free(chunk);
        chunk = earlier;
    }
}

void arena_clear(struct arena *arena)
{
    arena->used = 0;
    if (!arena->chunk)
        return;
    /* Sizes only grow but for single outsized requests, so that the newest chunk is the one worth keeping. */
    free_chunks(arena->chunk->earlier);
    arena->chunk->earlier = NULL;
    arena->chunk->used = 0;
}

void arena_free(struct arena *arena)
{
    free_chunks(arena->chunk);
    arena_init(arena);
}
