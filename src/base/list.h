/* list.h - intrusive doubly linked list.
 *
 * The nodes live in the caller's structures, so that no operation can fail for memory. A list is a ring through its
 * head; a node that is in no list is linked to itself, so that removing it again does no harm. */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>

#include "base/container.h"

struct list_node {
    struct list_node *next;
    struct list_node *previous;
};

struct list {
    struct list_node head;
};

/* What a static list `list` begins with; list_init makes any other one empty. */
#define LIST_EMPTY(list)                       \
    {                                          \
        .head = { &(list).head, &(list).head } \
    }

/* Makes `node` a node of no list. */
static inline void list_node_init(struct list_node *node)
{
    node->next = node->previous = node;
}

static inline void list_init(struct list *list)
{
    list_node_init(&list->head);
}

static inline bool list_is_empty(const struct list *list)
{
    return list->head.next == &list->head;
}

/* Whether an initialised node is in some list. */
static inline bool list_is_linked(const struct list_node *node)
{
    return node->next != node;
}

/* Appends `node`, which must be in no list. */
static inline void list_append(struct list *list, struct list_node *node)
{
    node->next = &list->head;
    node->previous = list->head.previous;
    node->previous->next = node;
    list->head.previous = node;
}

/* Puts `node`, which must be in no list, first. */
static inline void list_prepend(struct list *list, struct list_node *node)
{
    node->previous = &list->head;
    node->next = list->head.next;
    node->next->previous = node;
    list->head.next = node;
}

/* Takes an initialised node out of the list that it is in; nothing happens when it is in none. */
static inline void list_remove(struct list_node *node)
{
    node->next->previous = node->previous;
    node->previous->next = node->next;
    list_node_init(node);
}

/* The first node, which stays; NULL when the list is empty. */
static inline struct list_node *list_first(const struct list *list)
{
    return list_is_empty(list) ? NULL : list->head.next;
}

/* Takes out and returns the first node; NULL when the list is empty. */
static inline struct list_node *list_pop(struct list *list)
{
    struct list_node *node = list_first(list);
    if (node)
        list_remove(node);
    return node;
}

/* Moves all nodes of `from` behind those of `to`, in their order. `from` is empty then. */
static inline void list_splice(struct list *to, struct list *from)
{
    if (list_is_empty(from))
        return;
    from->head.next->previous = to->head.previous;
    to->head.previous->next = from->head.next;
    from->head.previous->next = &to->head;
    to->head.previous = from->head.previous;
    list_init(from);
}

/* Walks over all nodes of `list`. The body may remove the node that it is at, and no other. */
/* NOLINTBEGIN(bugprone-macro-parentheses): a name that is declared can't stand in parentheses. */
#define list_for_each(node, list)                                                                      \
    for (struct list_node *node = (list)->head.next, *node##_next = node->next; node != &(list)->head; \
         node = node##_next, node##_next = node->next)
/* NOLINTEND(bugprone-macro-parentheses) */

#endif
