/* timers.h - what is due when: a binary heap of points in time. */
#ifndef SITE_TIMERS_H
#define SITE_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Embedded by what waits. */
struct site_timer {
    int64_t deadline; /* nanoseconds of site_now */
    size_t place;     /* in the heap, counted from 1; 0: not set */
};

struct site_timers {
    struct site_timer **heap; /* from index 1 on */
    size_t count;
    size_t capacity;
};

/* Monotonic time in nanoseconds. */
int64_t site_now(void);

/* Makes room, so that setting up to `count` timers can't fail. False when memory is out. */
bool site_timers_reserve(struct site_timers *timers, size_t count);

/* Sets a timer, which must not be set, to `milliseconds` from now. */
void site_timers_set(struct site_timers *timers, struct site_timer *timer, unsigned milliseconds);

/* Takes a timer out; nothing happens when it isn't set. */
void site_timers_clear(struct site_timers *timers, struct site_timer *timer);

/* Takes out the first timer that is due at `now`; NULL when there is none. */
struct site_timer *site_timers_pop(struct site_timers *timers, int64_t now);

/* Nanoseconds until the first is due, at most `most`. */
int64_t site_timers_timeout(const struct site_timers *timers, int64_t most);

void site_timers_free(struct site_timers *timers);

#endif
