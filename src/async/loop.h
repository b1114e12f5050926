/* loop.h - the event loop: callbacks that are due, timers, descriptors, signals.
 *
 * One thread. A pass of the loop waits for the selector no longer than until the next timer, then runs in this order:
 * what the descriptors had to say, the timers that were due when the wait ended, and the callbacks on the ready queue.
 * Each of the three is collected when its turn comes, before any of it is run: a timer that a timer sets and a callback
 * that a callback schedules wait for the next pass, so that nothing that re-schedules itself starves the descriptors.
 * Timers and callbacks that have taken five milliseconds go on in the next pass, before those that came later.
 * Callbacks run on the loop's own stack (the thread's), one after another.
 *
 * All the structures below are embedded by the caller, so that scheduling can't fail for memory. */
#ifndef ASYNC_LOOP_H
#define ASYNC_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "async/selector.h"
#include "async/stalls.h"
#include "base/clock.h"
#include "base/heap.h"
#include "base/list.h"

struct loop;
struct future;

/* Something to run once. Initialise before first use; must stay in place while it is scheduled. */
struct loop_callback {
    struct list_node node;
    void (*run)(void *context);
    void *context;
};

enum loop_timer_state { LOOP_TIMER_IDLE, LOOP_TIMER_WAITING, LOOP_TIMER_DUE };

/* Something to run at a point in time. Initialise before first use; must stay in place while it is scheduled. */
struct loop_timer {
    struct heap_node heap_node; /* among those that wait */
    struct list_node due_node;  /* among those that the pass which is running will run */
    nanoseconds deadline;
    uint64_t sequence; /* tells which of equal deadlines was scheduled first */
    enum loop_timer_state state;
    void (*run)(void *context);
    void *context;
};

/* A watched descriptor. Initialise before first use; must stay in place while it is watched. */
struct loop_watch {
    int fd;
    unsigned interest; /* SELECTOR_READ, SELECTOR_WRITE; 0 while not watched */
    bool is_resting;
    void (*run)(void *context, int fd, unsigned ready);
    void *context;
    struct selector_event *event; /* what the pass that is running has yet to tell this watch; else NULL */
};

/* A watched signal. Initialise before first use; must stay in place while it is watched. */
struct loop_signal {
    struct list_node node;
    int number;
    void (*run)(void *context, int number);
    void *context;
};

/* A loop on the selector of the given name, NULL for the best. Errors: those of selector_create. */
int loop_create(struct loop **out, const char *selector_name);

/* Gives the loop back. It must not be running, and no signal may be watched any more; whatever else is still scheduled
 * or watched is forgotten. NULL is allowed. */
void loop_free(struct loop *loop);

const char *loop_selector_name(const struct loop *loop);

void loop_callback_init(struct loop_callback *callback, void (*run)(void *context), void *context);

/* Runs `callback` when the loop next comes to its ready queue, after those scheduled before it. Nothing happens if it
 * is scheduled already. */
void loop_call_soon(struct loop *loop, struct loop_callback *callback);

/* Takes `callback` off the ready queue, where it is on it. */
void loop_callback_cancel(struct loop_callback *callback);

void loop_timer_init(struct loop_timer *timer, void (*run)(void *context), void *context);

/* Runs `timer` once when the clock has reached `deadline`, never before; of equal deadlines, the one scheduled first
 * runs first. One that is scheduled already is moved. With NEVER it is only cancelled. */
void loop_call_at(struct loop *loop, struct loop_timer *timer, nanoseconds deadline);

/* Takes `timer` off, where it is on, also when it was due in the pass that is running. */
void loop_timer_cancel(struct loop *loop, struct loop_timer *timer);

bool loop_timer_is_scheduled(const struct loop_timer *timer);

void loop_watch_init(struct loop_watch *watch, void (*run)(void *context, int fd, unsigned ready), void *context);

/* Watches `fd` for `interest`, or changes what `watch` watches the same `fd` for. One watch a descriptor; another that
 * rests there can only be of a file that had the number before, and its rest ends. Errors: those of selector_register
 * and selector_modify. */
int loop_watch_fd(struct loop *loop, struct loop_watch *watch, int fd, unsigned interest);

/* Stops `watch`; no event that this pass still holds will reach it. To be called before its fd is closed; one that was
 * closed already is tolerated. Nothing happens while it watches nothing. */
void loop_unwatch(struct loop *loop, struct loop_watch *watch);

/* Lets `watch` rest, for a while in which nobody wants to hear of its descriptor, as loop_unwatch does, but without
 * telling the selector: loop_watch_fd for the same interest costs nothing then. Should the descriptor become ready
 * before that, or its number be watched by another, the watch watches nothing any more, and is run with nothing as what
 * is ready. It must not go on when the fd was closed meanwhile. Nothing happens while it watches nothing. */
void loop_rest(struct loop *loop, struct loop_watch *watch);

/* The watch of `fd`, which may rest; NULL for none. */
struct loop_watch *loop_watch_of(const struct loop *loop, int fd);

void loop_signal_init(struct loop_signal *signal, void (*run)(void *context, int number), void *context);

/* Runs `signal` on the loop's stack each time that the process gets signal `number`. Several may watch the same one.
 * Only one loop at a time may watch signals. Errors: ERR_INVALID (no signal that can be caught), ERR_ALREADY_REGISTERED
 * (by another loop), ERR_TOO_MANY_FILES, ERR_NO_MEMORY, ERR_SYSTEM. */
int loop_watch_signal(struct loop *loop, struct loop_signal *signal, int number);

/* Stops `signal`; the last one of a number brings the signal's earlier disposition back. Nothing happens while it
 * watches nothing. */
void loop_unwatch_signal(struct loop *loop, struct loop_signal *signal);

/* Runs passes until `future` is complete. Errors: ERR_INVALID (called on a coroutine or from a callback), or the
 * selector's; ERR_FINISHED when nothing is scheduled or watched any more, so that `future` could never complete. After
 * an error it may be called again. */
int loop_run_until_complete(struct loop *loop, struct future *future);

/* The same without descriptors and signals, for when the selector has failed: what was cancelled comes to its end by
 * timers and callbacks alone. Errors: ERR_INVALID, ERR_FINISHED. */
int loop_wind_up(struct loop *loop, struct future *future);

/* When the pass that is running began to run: now but for what it has run so far, without the cost of asking the
 * clock. */
nanoseconds loop_time(const struct loop *loop);

/* How long the loop has waited for something to do, in nanoseconds, in all. */
nanoseconds loop_idle_time(const struct loop *loop);

/* The times between two waits for the selector so far: how long events had to wait. */
const struct stalls *loop_stalls(const struct loop *loop);

#endif
