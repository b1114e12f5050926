/* poll (everywhere). The array of descriptors has no holes; a slot's mark is its descriptor's place there. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "async/selector_backend.h"
#include "base/error.h"

enum { FIRST_CAPACITY = 64 };

struct poll_set {
    struct pollfd *fds;
    size_t capacity;
    size_t count;
    size_t next; /* place where the search for ready descriptors begins, so that each has its turn */
};

static int poll_open(struct selector *selector)
{
    selector->state = calloc(1, sizeof(struct poll_set));
    return selector->state ? 0 : ERR_NO_MEMORY;
}

static void poll_close(struct selector *selector)
{
    struct poll_set *set = selector->state;
    free(set->fds);
    free(set);
}

static short events_of(unsigned interest)
{
    return (short)(((interest & SELECTOR_READ) ? POLLIN : 0) | ((interest & SELECTOR_WRITE) ? POLLOUT : 0));
}

static int make_room(struct poll_set *set)
{
    if (set->count < set->capacity)
        return 0;
    size_t capacity = set->capacity ? set->capacity * 2 : FIRST_CAPACITY;
    struct pollfd *fds = realloc(set->fds, capacity * sizeof *fds);
    if (!fds)
        return ERR_NO_MEMORY;
    set->fds = fds;
    set->capacity = capacity;
    return 0;
}

static int poll_add(struct selector *selector, int fd, unsigned interest)
{
    struct poll_set *set = selector->state;
    int err = selector_check_open(fd);
    if (!err)
        err = make_room(set);
    if (err)
        return err;
    selector->slots[fd].mark = (uint32_t)set->count;
    set->fds[set->count++] = (struct pollfd){.fd = fd, .events = events_of(interest)};
    return 0;
}

static int poll_modify(struct selector *selector, int fd, unsigned interest)
{
    struct poll_set *set = selector->state;
    int err = selector_check_open(fd);
    if (!err)
        set->fds[selector->slots[fd].mark].events = events_of(interest);
    return err;
}

static void poll_remove(struct selector *selector, int fd)
{
    struct poll_set *set = selector->state;
    uint32_t place = selector->slots[fd].mark;
    struct pollfd last = set->fds[--set->count];
    set->fds[place] = last;
    selector->slots[last.fd].mark = place;
}

static int wait_for_set(struct poll_set *set, nanoseconds timeout)
{
#ifdef __APPLE__ /* has no ppoll */
    return poll(set->fds, (nfds_t)set->count, selector_milliseconds(timeout));
#else
    struct timespec time;
    return ppoll(set->fds, (nfds_t)set->count, selector_timespec(timeout, &time), NULL);
#endif
}

static unsigned readiness(short events)
{
    if (events & (POLLERR | POLLHUP | POLLNVAL))
        return SELECTOR_BOTH;
    return ((events & POLLIN) ? SELECTOR_READ : 0u) | ((events & POLLOUT) ? SELECTOR_WRITE : 0u);
}

static int poll_collect(struct selector *selector, nanoseconds timeout, struct selector_event *events, size_t capacity)
{
    struct poll_set *set = selector->state;
    int ready = wait_for_set(set, timeout);
    if (ready == -1)
        return -1;
    size_t wanted = (size_t)ready < capacity ? (size_t)ready : capacity;
    size_t count = 0;
    size_t place = set->next < set->count ? set->next : 0;
    for (size_t seen = 0; seen < set->count && count < wanted; seen++) {
        const struct pollfd *polled = &set->fds[place];
        if (polled->revents)
            events[count++] = (struct selector_event){.fd = polled->fd, .ready = readiness(polled->revents)};
        place = place + 1 < set->count ? place + 1 : 0;
    }
    set->next = place;
    return (int)count;
}

const struct selector_backend selector_backend_poll = {
    .name = "poll",
    .open = poll_open,
    .close = poll_close,
    .add = poll_add,
    .modify = poll_modify,
    .remove = poll_remove,
    .wait = poll_collect,
};
