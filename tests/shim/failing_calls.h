/* failing_calls.h - lets the Nth allocation or system call of the runtime fail.
 *
 * The linker puts these wrappers between the program's own objects and the C library (--wrap), so that what counts is
 * what our code calls, and neither what the C library does for itself nor what a sanitizer does. Calls that give
 * something back (free, munmap, close, deleting a kqueue filter) never fail: there is nothing that a caller could do
 * then. */
#ifndef SHIM_FAILING_CALLS_H
#define SHIM_FAILING_CALLS_H

#include <stdbool.h>
#include <stddef.h>

enum failing_mode {
    FAIL_ANY,       /* the call fails for want of memory or descriptors, or whatever else it may fail with */
    INTERRUPT_WAITS /* only waits count, and they fail with EINTR */
};

/* Counts calls from now on, and lets the `nth` one fail (the first is 1). */
void failing_calls_start(enum failing_mode mode, size_t nth);

/* No call counts or fails any more. Returns the name of the one that failed; NULL when there were fewer. */
const char *failing_calls_stop(void);

/* Whether the program may go on as if nothing had happened: what failed only undoes something (epoll_ctl's DEL,
 * bringing a signal's disposition back). */
bool failing_calls_spared(void);

/* Allocations and mappings made and not given back since the program began. */
long failing_calls_outstanding(void);

#endif
