/* queue.h - a joinable queue between tasks.
 *
 * Unbounded and intrusive: items are nodes in the caller's structures. Every item got must be reported with
 * queue_task_done; queue_join returns when all that were ever put are done. */
#ifndef ASYNC_QUEUE_H
#define ASYNC_QUEUE_H

#include "async/future.h"
#include "base/list.h"

struct queue {
    struct loop *loop;
    struct list items;
    struct list getters; /* tasks that wait in queue_get, first come first served */
    struct list joiners; /* tasks that wait in queue_join */
    size_t unfinished;   /* items put and not yet done */
    size_t length;       /* items that wait */
};

void queue_init(struct queue *queue, struct loop *loop);

/* Appends `item`, which must be in no list, and wakes a getter. */
void queue_put(struct queue *queue, struct list_node *item);

/* Takes the first item, waiting for one as long as it takes. Returns 0 and `*item`, or ERR_CANCELLED (an item that was
 * meant for this task goes to the next). Must be called in a task. */
int queue_get(struct queue *queue, struct list_node **item);

/* Reports one item got as done. More reports than items put are a bug of the caller's (asserted). */
void queue_task_done(struct queue *queue);

/* Waits until all items are done. Returns 0, or ERR_CANCELLED. Must be called in a task. */
int queue_join(struct queue *queue);

#endif
