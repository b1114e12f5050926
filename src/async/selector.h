/* selector.h - which of many file descriptors are ready?
 *
 * One interface over epoll, kqueue, poll and select. Level-triggered everywhere: what is ready and not served is
 * reported again. A hang-up or an error makes a descriptor ready for all that it is registered for, since read and
 * write both tell what happened; but select and kqueue look at each direction by itself, and tell of those for which
 * the system lets a read or write go through or fail at once.
 *
 * Descriptors should be unregistered before they are closed. Of one that was closed while registered, epoll and kqueue
 * tell nothing any more, poll and select that it is ready; when its number is another file's, modify it or unregister
 * and register it, so that all of them watch the new file. A forked child must not use its parent's selector. */
#ifndef ASYNC_SELECTOR_H
#define ASYNC_SELECTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

struct selector;

enum selector_interest { SELECTOR_READ = 1, SELECTOR_WRITE = 2 };

/* What became ready. `data` is what was registered with the descriptor. */
struct selector_event {
    int fd;
    unsigned ready; /* SELECTOR_READ and SELECTOR_WRITE, never without being registered for */
    void *data;
};

/* The name of the best selector that this system has: epoll, else kqueue, else poll, else select. */
const char *selector_default(void);

/* The names of the selectors that this build has, best first, NULL behind the last. */
const char *const *selector_names(void);

/* A selector of the given name, NULL for the default. Errors: ERR_UNSUPPORTED (no such selector in this build),
 * ERR_NO_MEMORY, ERR_TOO_MANY_FILES, ERR_SYSTEM (errno tells). */
int selector_create(struct selector **out, const char *name);

/* NULL is allowed. The registered descriptors stay open. */
void selector_free(struct selector *selector);

/* The name of the backend in use. Static. */
const char *selector_name(const struct selector *selector);

/* Starts to watch `fd` for `interest` (at least one bit). `data` comes back with its events. Errors:
 * ERR_ALREADY_REGISTERED; ERR_NOT_FOUND (fd is not open: EBADF); ERR_UNSUPPORTED (a file that can't be polled, such as
 * a regular one with epoll: poll and select have those always ready, kqueue while there is more to read); ERR_TOO_LARGE
 * (fd is not below FD_SETSIZE, with select only); ERR_NO_MEMORY; ERR_SYSTEM. */
int selector_register(struct selector *selector, int fd, unsigned interest, void *data);

/* Changes what `fd` is watched for (at least one bit) and its `data`. Errors: ERR_NOT_REGISTERED, or as register. */
int selector_modify(struct selector *selector, int fd, unsigned interest, void *data);

/* Stops to watch `fd`, which may have been closed already. Errors: ERR_NOT_REGISTERED. */
int selector_unregister(struct selector *selector, int fd);

/* The data of `fd`; NULL while it is not registered. */
void *selector_data(const struct selector *selector, int fd);

/* Waits until a descriptor is ready or `deadline` is reached (a deadline in the past polls, NEVER waits for ever), and
 * writes up to `capacity` (at least 1) events, one a descriptor at most, to `events`. Returns their number: 0 at the
 * deadline or when a signal came in; a negative error otherwise (ERR_SYSTEM, ERR_NO_MEMORY). The wait is rounded up,
 * so that it never ends before the deadline by a rounding. When more are ready than there is room for, each has its
 * turn in later calls. */
int selector_select(struct selector *selector, nanoseconds deadline, struct selector_event *events, size_t capacity);

#endif
