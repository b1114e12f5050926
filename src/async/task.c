/* The chapter's Task: the machine that turns futures into plain function calls.
 *
 *     loop -> task_step -> coroutine_send -> the body runs ... await -> coroutine_yield -> task_step -> loop
 *
 * A step sends the outcome of the last wait in and takes the next future out. `awaited` is that future, from the yield
 * until the next step; the step itself is its done callback. A wait ends in one of three ways: the future completes and
 * puts the step on the ready queue, or the timer of a deadline or task_cancel takes the step back from the future and
 * schedules it. Which of them it was is read when the step runs, so that a future that completes in the last moment
 * wins over a deadline, and cancellation wins over both. */
#include "async/task.h"

#include <assert.h>
#include <stdlib.h>

#include "async/coroutine.h"
#include "base/error.h"

struct task {
    struct loop *loop;
    struct coroutine *coroutine;
    struct future future;
    struct loop_callback step;
    struct loop_timer timer; /* of the deadline of the wait */
    struct future *awaited;  /* NULL while it runs and before its first step */
    int outcome;             /* of the last wait */
    bool cancelled;
    bool started;
    task_body body;
    void *argument;
    int error; /* what the body returned */
};

static struct task *current;

static void *run_body(void *context)
{
    struct task *task = context;
    task->error = task->body(task->argument);
    assert(task->error <= 0);
    return NULL;
}

/* The outcome of the wait that ends with this step; `*result` is the value of a future that is done. */
static int take_outcome(struct task *task, void **result)
{
    struct future *f = task->awaited;
    task->awaited = NULL;
    if (task->cancelled)
        return ERR_CANCELLED;
    if (!f)
        return 0;
    return future_is_complete(f) ? future_result(f, result) : ERR_TIMED_OUT;
}

static void finish(struct task *task)
{
    if (task->error)
        future_set_error(&task->future, task->error);
    else
        future_set_result(&task->future, NULL);
}

static void task_step(void *context)
{
    struct task *task = context;
    void *result = NULL, *next = NULL;
    task->outcome = take_outcome(task, &result);
    task->started = true;
    current = task;
    int err = coroutine_send(task->coroutine, result, &next);
    current = NULL;
    if (err == ERR_FINISHED) {
        finish(task);
        return;
    }
    assert(!err && next);
    task->awaited = next;
    future_add_done_callback(task->awaited, &task->step);
}

/* Ends a wait while its future goes on. */
static void stop_waiting(struct task *task)
{
    loop_timer_cancel(task->loop, &task->timer);
    future_remove_done_callback(task->awaited, &task->step);
    loop_call_soon(task->loop, &task->step);
}

static void on_deadline(void *context)
{
    stop_waiting(context);
}

int task_create(struct task **out, struct loop *loop, const char *name, task_body body, void *argument)
{
    struct task *task = calloc(1, sizeof *task);
    if (!task)
        return ERR_NO_MEMORY;
    int err = coroutine_create(&task->coroutine, name, run_body, task);
    if (err) {
        free(task);
        return err;
    }
    task->loop = loop;
    task->body = body;
    task->argument = argument;
    future_init(&task->future, loop, coroutine_name(task->coroutine));
    loop_timer_init(&task->timer, on_deadline, task);
    loop_callback_init(&task->step, task_step, task);
    loop_call_soon(loop, &task->step);
    *out = task;
    return 0;
}

void task_free(struct task *task)
{
    if (!task)
        return;
    assert(!task->started || future_is_complete(&task->future));
    loop_callback_cancel(&task->step);
    future_destroy(&task->future);
    coroutine_free(task->coroutine);
    free(task);
}

struct future *task_future(struct task *task)
{
    return &task->future;
}

void task_cancel(struct task *task)
{
    if (task->cancelled || future_is_complete(&task->future))
        return;
    task->cancelled = true;
    if (task->awaited)
        stop_waiting(task);
}

bool task_is_cancelled(const struct task *task)
{
    return task->cancelled;
}

struct task *task_current(void)
{
    return current;
}

const char *task_name(const struct task *task)
{
    return coroutine_name(task->coroutine);
}

int await(struct future *f, void **value)
{
    return await_until(f, NEVER, value);
}

int await_until(struct future *f, nanoseconds deadline, void **value)
{
    struct task *task = current;
    assert(task && f->loop == task->loop);
    if (task->cancelled)
        return ERR_CANCELLED;
    if (future_is_complete(f))
        return future_result(f, value);
    loop_call_at(task->loop, &task->timer, deadline);
    void *result = coroutine_yield(f);
    loop_timer_cancel(task->loop, &task->timer);
    if (!task->outcome && value)
        *value = result;
    return task->outcome;
}

int sleep_until(nanoseconds deadline)
{
    assert(current);
    struct future alarm; /* which nobody sets: the deadline ends the wait */
    future_init(&alarm, current->loop, "sleep");
    int err = await_until(&alarm, deadline, NULL);
    future_destroy(&alarm);
    return err == ERR_TIMED_OUT ? 0 : err;
}
