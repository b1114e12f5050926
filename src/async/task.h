/* task.h - a coroutine that the loop drives.
 *
 * A task resumes its coroutine, takes the future that it yields, and waits for it: the future's done callback is the
 * next step, which sends the result in. To its own users a task is a future, complete when its body returns.
 *
 * A task that is not done either has a step scheduled and waits on nothing, or waits on one future and has no step
 * scheduled.
 *
 * Cancellation is sticky: once task_cancel was called, the await that the task is in and every later one return
 * ERR_CANCELLED at once. Cleanup therefore must not block. A task that was cancelled before its first step still runs
 * its body, which may own things. */
#ifndef ASYNC_TASK_H
#define ASYNC_TASK_H

#include "async/future.h"
#include "async/loop.h"
#include "base/clock.h"

struct task;

/* What a task does. Returns 0, or the negative error that the task's future fails with (ERR_CANCELLED: cancelled). */
typedef int (*task_body)(void *argument);

/* Creates a task and schedules its first step. `name` is copied. Errors: ERR_NO_MEMORY. */
int task_create(struct task **out, struct loop *loop, const char *name, task_body body, void *argument);

/* Gives a task back, which must be complete or never have run. NULL is allowed. */
void task_free(struct task *task);

/* The future that completes with the task; its value is NULL. */
struct future *task_future(struct task *task);

/* Asks the task to end: see the top. Nothing happens when it is complete. */
void task_cancel(struct task *task);

bool task_is_cancelled(const struct task *task);

/* The task that is running; NULL outside of tasks. */
struct task *task_current(void);

const char *task_name(const struct task *task);

/* Waits until `f` is complete and takes its outcome, as future_result. One that is complete already is taken without a
 * switch. ERR_CANCELLED when the running task is cancelled; `f` goes on. Must be called in a task. */
int await(struct future *f, void **value);

/* As await, but no longer than until `deadline`: ERR_TIMED_OUT then, and `f` goes on. */
int await_until(struct future *f, nanoseconds deadline, void **value);

/* Waits until `deadline`. Returns 0, or ERR_CANCELLED. Must be called in a task. */
int sleep_until(nanoseconds deadline);

#endif
