/* A task that waits is a waiter on its own stack. An item is handed to the first one directly, so that none who comes
 * later can snatch it away between the put and the wake. */
#include "async/queue.h"

#include <assert.h>

#include "async/task.h"
#include "base/error.h"

struct waiter {
    struct list_node node;
    struct future woken;
    struct list_node *item; /* what a getter was handed; NULL before */
};

void queue_init(struct queue *queue, struct loop *loop)
{
    queue->loop = loop;
    list_init(&queue->items);
    list_init(&queue->getters);
    list_init(&queue->joiners);
    queue->unfinished = queue->length = 0;
}

static struct waiter *next_waiter(struct list *waiters)
{
    struct list_node *node = list_pop(waiters);
    return node ? container_of(node, struct waiter, node) : NULL;
}

/* Waits on `line` until woken. */
static int wait_in(struct list *line, struct waiter *waiter, struct loop *loop, const char *name)
{
    waiter->item = NULL;
    future_init(&waiter->woken, loop, name);
    list_append(line, &waiter->node);
    int err = await(&waiter->woken, NULL);
    list_remove(&waiter->node);
    future_destroy(&waiter->woken);
    return err;
}

/* Hands `item` to a getter. Returns false when none waits. */
static bool hand_over(struct queue *queue, struct list_node *item)
{
    struct waiter *getter = next_waiter(&queue->getters);
    if (!getter)
        return false;
    getter->item = item;
    future_set_result(&getter->woken, NULL);
    return true;
}

void queue_put(struct queue *queue, struct list_node *item)
{
    queue->unfinished++;
    if (hand_over(queue, item))
        return;
    list_append(&queue->items, item);
    queue->length++;
}

/* Takes back what was handed to a getter that was cancelled before it ran: it was the first, and so it stays. */
static void put_back(struct queue *queue, struct list_node *item)
{
    if (hand_over(queue, item))
        return;
    list_prepend(&queue->items, item);
    queue->length++;
}

int queue_get(struct queue *queue, struct list_node **item)
{
    assert(task_current());
    if (task_is_cancelled(task_current()))
        return ERR_CANCELLED;
    struct list_node *first = list_pop(&queue->items);
    if (first) {
        queue->length--;
        *item = first;
        return 0;
    }
    struct waiter getter;
    int err = wait_in(&queue->getters, &getter, queue->loop, "queue_get");
    if (!err)
        *item = getter.item;
    else if (getter.item)
        put_back(queue, getter.item);
    return err;
}

void queue_task_done(struct queue *queue)
{
    assert(queue->unfinished > 0);
    if (--queue->unfinished)
        return;
    for (struct waiter *joiner; (joiner = next_waiter(&queue->joiners));)
        future_set_result(&joiner->woken, NULL);
}

int queue_join(struct queue *queue)
{
    assert(task_current());
    if (task_is_cancelled(task_current()))
        return ERR_CANCELLED;
    if (!queue->unfinished)
        return 0;
    struct waiter joiner;
    return wait_in(&queue->joiners, &joiner, queue->loop, "queue_join");
}
