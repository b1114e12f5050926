/* heap.h - intrusive priority queue (a pairing heap).
 *
 * The nodes live in the caller's structures, so that no operation can fail for memory. Insert is O(1); pop and remove
 * are O(log n) amortised. Nothing recurses. */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <stdbool.h>

#include "base/container.h"

struct heap_node {
    struct heap_node *child;    /* first child */
    struct heap_node *sibling;  /* next child of the same parent */
    struct heap_node *previous; /* the sibling before, or the parent for a first child; NULL for the root */
};

/* Whether `a` must leave the heap before `b`. A strict weak order that does not change while a node is in the heap. */
typedef bool (*heap_before)(const struct heap_node *a, const struct heap_node *b);

struct heap {
    struct heap_node *root;
    heap_before before;
};

void heap_init(struct heap *heap, heap_before before);

/* Adds `node`, which must be in no heap. */
void heap_insert(struct heap *heap, struct heap_node *node);

/* The node that leaves next; NULL when the heap is empty. */
static inline struct heap_node *heap_first(const struct heap *heap)
{
    return heap->root;
}

/* Takes out the node that leaves next; NULL when the heap is empty. */
struct heap_node *heap_pop(struct heap *heap);

/* Takes `node`, which must be in this heap, out of it. */
void heap_remove(struct heap *heap, struct heap_node *node);

#endif
