/* One pass: wait, then events, timers, callbacks. What makes it right is that each of these is collected whole before
 * any of it is run, and that whatever was collected can still be taken back:
 *
 *   events     lie in an array; each watch points at its event until it was told, so that loop_unwatch can blank it.
 *              The watch's memory may go and its fd number be another's before the array is done.
 *   timers     move from the heap to a list; cancelling or moving one takes it off that list.
 *   callbacks  are moved from the ready queue to a list in one piece; cancelling one unlinks it from where it is. */
#include "async/loop.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>

#include "async/coroutine.h"
#include "async/future.h"
#include "base/error.h"

/* Descriptors that are ready beyond these are reported in the next pass. */
enum { EVENTS_PER_PASS = 128 };

/* Timers and callbacks that would take longer go on in the next pass, behind the descriptors. */
static const nanoseconds LONGEST_TURN = MILLISECONDS(5);

struct loop {
    struct selector *selector;
    struct list ready;
    struct list turn; /* the ready ones that are run now */
    struct heap timers;
    struct list due;           /* the timers that are run now */
    uint64_t timers_scheduled; /* ever: the sequence number of the last one */
    size_t watches;
    bool running;
    bool blind;              /* descriptors are not looked at */
    nanoseconds awake_since; /* end of the last wait */
    struct stalls stalls;
    nanoseconds idle;
    struct selector_event events[EVENTS_PER_PASS];
};

static struct loop_timer *timer_of(const struct heap_node *node)
{
    return container_of(node, struct loop_timer, heap_node);
}

static bool timer_before(const struct heap_node *left, const struct heap_node *right)
{
    const struct loop_timer *a = timer_of(left), *b = timer_of(right);
    return a->deadline != b->deadline ? a->deadline < b->deadline : a->sequence < b->sequence;
}

int loop_create(struct loop **out, const char *selector_name)
{
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        return ERR_NO_MEMORY;
    int err = selector_create(&loop->selector, selector_name);
    if (err) {
        free(loop);
        return err;
    }
    list_init(&loop->ready);
    list_init(&loop->turn);
    list_init(&loop->due);
    heap_init(&loop->timers, timer_before);
    *out = loop;
    return 0;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    assert(!loop->running);
    selector_free(loop->selector);
    free(loop);
}

const char *loop_selector_name(const struct loop *loop)
{
    return selector_name(loop->selector);
}

const struct stalls *loop_stalls(const struct loop *loop)
{
    return &loop->stalls;
}

nanoseconds loop_idle_time(const struct loop *loop)
{
    return loop->idle;
}

nanoseconds loop_time(const struct loop *loop)
{
    return loop->awake_since;
}

/* Callbacks. */

void loop_callback_init(struct loop_callback *callback, void (*run)(void *context), void *context)
{
    list_node_init(&callback->node);
    callback->run = run;
    callback->context = context;
}

void loop_call_soon(struct loop *loop, struct loop_callback *callback)
{
    if (!list_is_linked(&callback->node))
        list_append(&loop->ready, &callback->node);
}

void loop_callback_cancel(struct loop_callback *callback)
{
    list_remove(&callback->node);
}

/* Whether a turn has been too long, its `steps` done. Most end before the clock is asked: it is once every `few`. */
static bool is_too_long(nanoseconds *began, unsigned steps, unsigned few)
{
    if (steps % few)
        return false;
    nanoseconds now = clock_now();
    if (steps == few)
        *began = now;
    return now - *began > LONGEST_TURN;
}

static void run_ready(struct loop *loop)
{
    enum { FEW = 8 };
    nanoseconds began = 0;
    unsigned steps = 0;
    list_splice(&loop->turn, &loop->ready);
    for (struct list_node *node; (node = list_pop(&loop->turn));) {
        struct loop_callback *callback = container_of(node, struct loop_callback, node);
        callback->run(callback->context);
        if (is_too_long(&began, ++steps, FEW))
            return;
    }
}

/* Timers. */

void loop_timer_init(struct loop_timer *timer, void (*run)(void *context), void *context)
{
    *timer = (struct loop_timer){.run = run, .context = context};
    list_node_init(&timer->due_node);
}

void loop_call_at(struct loop *loop, struct loop_timer *timer, nanoseconds deadline)
{
    loop_timer_cancel(loop, timer);
    if (deadline == NEVER)
        return;
    timer->deadline = deadline;
    timer->sequence = ++loop->timers_scheduled;
    timer->state = LOOP_TIMER_WAITING;
    heap_insert(&loop->timers, &timer->heap_node);
}

void loop_timer_cancel(struct loop *loop, struct loop_timer *timer)
{
    if (timer->state == LOOP_TIMER_WAITING)
        heap_remove(&loop->timers, &timer->heap_node);
    list_remove(&timer->due_node);
    timer->state = LOOP_TIMER_IDLE;
}

bool loop_timer_is_scheduled(const struct loop_timer *timer)
{
    return timer->state != LOOP_TIMER_IDLE;
}

static nanoseconds next_deadline(const struct loop *loop)
{
    const struct heap_node *first = heap_first(&loop->timers);
    return first ? timer_of(first)->deadline : NEVER;
}

static void run_timers(struct loop *loop)
{
    nanoseconds began = 0;
    unsigned steps = 0;
    while (next_deadline(loop) <= loop->awake_since) {
        struct loop_timer *timer = timer_of(heap_pop(&loop->timers));
        timer->state = LOOP_TIMER_DUE;
        list_append(&loop->due, &timer->due_node);
    }
    for (struct list_node *node; (node = list_pop(&loop->due));) {
        struct loop_timer *timer = container_of(node, struct loop_timer, due_node);
        timer->state = LOOP_TIMER_IDLE;
        timer->run(timer->context);
        if (is_too_long(&began, ++steps, 1))
            return;
    }
}

/* Descriptors. */

void loop_watch_init(struct loop_watch *watch, void (*run)(void *context, int fd, unsigned ready), void *context)
{
    *watch = (struct loop_watch){.fd = -1, .run = run, .context = context};
}

/* Ends the watch's rest; returns whether it had one. */
static bool wake(struct loop *loop, struct loop_watch *watch)
{
    bool rested = watch->is_resting;
    loop->watches += rested;
    watch->is_resting = false;
    return rested;
}

/* What this pass has yet to tell the watch is forgotten. */
static void drop_event(struct loop_watch *watch)
{
    if (watch->event)
        watch->event->data = NULL;
    watch->event = NULL;
}

void loop_unwatch(struct loop *loop, struct loop_watch *watch)
{
    if (!watch->interest)
        return;
    (void)wake(loop, watch);
    /* An fd that was closed first may be unknown to the selector by now: then there is nothing left to unregister. */
    (void)selector_unregister(loop->selector, watch->fd);
    loop->watches--;
    watch->interest = 0;
    watch->fd = -1;
    drop_event(watch);
}

void loop_rest(struct loop *loop, struct loop_watch *watch)
{
    if (!watch->interest || watch->is_resting)
        return;
    watch->is_resting = true;
    loop->watches--;
    drop_event(watch);
}

struct loop_watch *loop_watch_of(const struct loop *loop, int fd)
{
    return selector_data(loop->selector, fd);
}

/* Ends the rest of a watch for good, and lets its owner know. */
static void disturb(struct loop *loop, struct loop_watch *watch)
{
    int fd = watch->fd;
    loop_unwatch(loop, watch);
    watch->run(watch->context, fd, 0);
}

int loop_watch_fd(struct loop *loop, struct loop_watch *watch, int fd, unsigned interest)
{
    bool first = watch->interest == 0;
    assert(first || watch->fd == fd);
    struct loop_watch *other = first ? loop_watch_of(loop, fd) : NULL;
    if (other && other->is_resting)
        disturb(loop, other);
    if (wake(loop, watch) && interest == watch->interest)
        return 0;
    int err = first ? selector_register(loop->selector, fd, interest, watch)
                    : selector_modify(loop->selector, fd, interest, watch);
    if (err)
        return err;
    loop->watches += first;
    watch->fd = fd;
    watch->interest = interest;
    return 0;
}

static void tell_watch(struct loop *loop, struct selector_event *event)
{
    struct loop_watch *watch = event->data;
    if (!watch)
        return;
    watch->event = NULL;
    unsigned ready = event->ready & watch->interest;
    if (watch->is_resting)
        disturb(loop, watch);
    else if (ready)
        watch->run(watch->context, watch->fd, ready);
}

static void run_events(struct loop *loop, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct loop_watch *watch = loop->events[i].data;
        watch->event = &loop->events[i];
    }
    for (size_t i = 0; i < count; i++)
        tell_watch(loop, &loop->events[i]);
}

/* Passes. */

/* Returns what time it is. */
static nanoseconds note_stall(struct loop *loop)
{
    nanoseconds now = clock_now();
    stalls_add(&loop->stalls, now - loop->awake_since);
    return now;
}

/* Lets the time pass until `deadline`, or a signal. */
static int wait_for_time(nanoseconds deadline)
{
    nanoseconds left = deadline - clock_now();
    if (left > 0)
        nanosleep(&(struct timespec){.tv_sec = left / SECONDS(1), .tv_nsec = left % SECONDS(1)}, NULL);
    return 0;
}

/* Ready ones, or what was left of the turns of the last pass. */
static bool has_callbacks(const struct loop *loop)
{
    return !list_is_empty(&loop->ready) || !list_is_empty(&loop->turn) || !list_is_empty(&loop->due);
}

/* Waits until something can be done. Returns the number of events, or a negative error. */
static int wait_for_events(struct loop *loop)
{
    nanoseconds began = note_stall(loop);
    nanoseconds deadline = has_callbacks(loop) ? 0 : next_deadline(loop);
    int count = loop->blind ? wait_for_time(deadline)
                            : selector_select(loop->selector, deadline, loop->events, EVENTS_PER_PASS);
    loop->awake_since = clock_now();
    if (deadline)
        loop->idle += loop->awake_since - began;
    return count;
}

static int run_pass(struct loop *loop)
{
    int count = wait_for_events(loop);
    if (count < 0)
        return count;
    run_events(loop, (size_t)count);
    run_timers(loop);
    run_ready(loop);
    return 0;
}

static bool has_work(const struct loop *loop)
{
    return (loop->watches && !loop->blind) || heap_first(&loop->timers) || has_callbacks(loop);
}

int loop_run_until_complete(struct loop *loop, struct future *future)
{
    if (loop->running || coroutine_current())
        return ERR_INVALID;
    loop->running = true;
    loop->awake_since = clock_now();
    int err = 0;
    while (!err && !future_is_complete(future))
        err = has_work(loop) ? run_pass(loop) : ERR_FINISHED;
    note_stall(loop);
    loop->running = false;
    return err;
}

int loop_wind_up(struct loop *loop, struct future *future)
{
    loop->blind = true;
    int err = loop_run_until_complete(loop, future);
    loop->blind = false;
    return err;
}
