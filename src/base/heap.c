#include "base/heap.h"

void heap_init(struct heap *heap, heap_before before)
{
    heap->root = NULL;
    heap->before = before;
}

static void adopt(struct heap_node *parent, struct heap_node *child)
{
    child->sibling = parent->child;
    if (child->sibling)
        child->sibling->previous = child;
    child->previous = parent;
    parent->child = child;
}

/* Joins two heaps without siblings; either may be NULL. */
static struct heap_node *meld(const struct heap *heap, struct heap_node *a, struct heap_node *b)
{
    if (!a || !b)
        return a ? a : b;
    if (heap->before(b, a)) {
        adopt(b, a);
        return b;
    }
    adopt(a, b);
    return a;
}

static struct heap_node *cut(struct heap_node *node)
{
    struct heap_node *rest = node->sibling;
    node->sibling = node->previous = NULL;
    return rest;
}

/* Joins the children of a node that left: pairs from left to right, then the pairs from right to left. */
static struct heap_node *join_children(const struct heap *heap, struct heap_node *child)
{
    struct heap_node *pairs = NULL;
    while (child) {
        struct heap_node *a = child, *b = cut(a);
        child = b ? cut(b) : NULL;
        struct heap_node *pair = meld(heap, a, b);
        pair->sibling = pairs;
        pairs = pair;
    }
    struct heap_node *root = NULL;
    while (pairs) {
        struct heap_node *pair = pairs;
        pairs = cut(pair);
        root = meld(heap, root, pair);
    }
    return root;
}

void heap_insert(struct heap *heap, struct heap_node *node)
{
    node->child = node->sibling = node->previous = NULL;
    heap->root = meld(heap, heap->root, node);
}

struct heap_node *heap_pop(struct heap *heap)
{
    struct heap_node *first = heap->root;
    if (!first)
        return NULL;
    heap->root = join_children(heap, first->child);
    first->child = NULL;
    return first;
}

void heap_remove(struct heap *heap, struct heap_node *node)
{
    if (node == heap->root) {
        heap_pop(heap);
        return;
    }
    if (node->previous->child == node)
        node->previous->child = node->sibling;
    else
        node->previous->sibling = node->sibling;
    if (node->sibling)
        node->sibling->previous = node->previous;
    node->sibling = node->previous = NULL;
    heap->root = meld(heap, heap->root, join_children(heap, node->child));
    node->child = NULL;
}
