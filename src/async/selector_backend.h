/* selector_backend.h - what a poller has to do to be a selector. For the selector_*.c files only.
 *
 * The common part keeps what is registered, by descriptor; a backend keeps only what its poller needs beside that. */
#ifndef ASYNC_SELECTOR_BACKEND_H
#define ASYNC_SELECTOR_BACKEND_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "async/selector.h"

#if defined(__linux__)
#define SELECTOR_HAS_EPOLL 1
#endif
#if defined(__APPLE__) || defined(__FreeBSD__) || defined(__NetBSD__) || defined(__OpenBSD__) || \
    defined(__DragonFly__) || defined(CRAWLER_HAVE_KQUEUE)
#define SELECTOR_HAS_KQUEUE 1
#endif

/* What is known of one descriptor. */
struct selector_slot {
    void *data;
    unsigned interest; /* 0 while it is not registered */
    uint32_t mark;     /* the backend's own */
};

struct selector {
    const struct selector_backend *backend;
    void *state; /* the backend's own */
    struct selector_slot *slots;
    size_t slot_count; /* descriptors from here on were never registered */
};

/* `add` and `modify` run before the slot is changed: it still tells the earlier interest. Errors are those of
 * selector_register; after one, what was watched before still is. */
struct selector_backend {
    const char *name;

    /* Sets `selector->state`. Errors: those of selector_create. */
    int (*open)(struct selector *selector);
    void (*close)(struct selector *selector);

    int (*add)(struct selector *selector, int fd, unsigned interest);
    int (*modify)(struct selector *selector, int fd, unsigned interest);

    /* Can't fail: a descriptor that was closed, or is another's by now, is none that is still watched. */
    void (*remove)(struct selector *selector, int fd);

    /* Waits for `timeout` at most, NEVER being for ever. Sets `fd` and `ready` of up to `capacity` events, one a
     * registered descriptor at most; bits of `ready` that it is not registered for do no harm. Returns their number, or
     * -1 and errno, as system calls do. May return 0 too early. */
    int (*wait)(struct selector *selector, nanoseconds timeout, struct selector_event *events, size_t capacity);
};

extern const struct selector_backend selector_backend_epoll, selector_backend_kqueue;
extern const struct selector_backend selector_backend_poll, selector_backend_select;

enum { SELECTOR_BOTH = SELECTOR_READ | SELECTOR_WRITE };

/* The error that stands for the errno of a refused registration. */
int selector_refusal(int number);

/* For pollers that don't look at a descriptor before they wait. Errors: ERR_NOT_FOUND when `fd` is not open. */
int selector_check_open(int fd);

/* `timeout` for a system call: in `storage`, or NULL for NEVER. */
static inline struct timespec *selector_timespec(nanoseconds timeout, struct timespec *storage)
{
    if (timeout == NEVER)
        return NULL;
    *storage = (struct timespec){.tv_sec = (time_t)(timeout / SECONDS(1)), .tv_nsec = (long)(timeout % SECONDS(1))};
    return storage;
}

/* `timeout` in milliseconds for a system call that knows nothing finer: rounded up, -1 for NEVER. */
static inline int selector_milliseconds(nanoseconds timeout)
{
    if (timeout == NEVER)
        return -1;
    nanoseconds rounded = timeout / MILLISECONDS(1) + (timeout % MILLISECONDS(1) != 0);
    return rounded < INT_MAX ? (int)rounded : INT_MAX;
}

#endif
