/* sys/event.h - as much of kqueue as the selector needs, on systems without it, so that the kqueue backend can be
 * compiled and tested there. Names and the meaning of values are those of kqueue(2) of FreeBSD.
 *
 * Filters EVFILT_READ and EVFILT_WRITE, level-triggered. `data` of an event and the error in its `fflags` are not
 * filled in. Flags other than those below are refused with EINVAL. */
#ifndef SHIM_SYS_EVENT_H
#define SHIM_SYS_EVENT_H

#include <stdint.h>
#include <time.h>

enum { EVFILT_READ = -1, EVFILT_WRITE = -2 };

enum {
    EV_ADD = 0x0001,
    EV_DELETE = 0x0002,
    EV_ENABLE = 0x0004,
    EV_DISABLE = 0x0008,
    EV_ERROR = 0x4000, /* out only: `data` is an errno */
    EV_EOF = 0x8000,   /* out only */
};

struct kevent {
    uintptr_t ident;
    short filter;
    unsigned short flags;
    unsigned fflags;
    intptr_t data;
    void *udata;
};

#define EV_SET(event, fd, filter_, flags_, fflags_, data_, udata_) \
    (*(event) = (struct kevent){                                   \
         .ident = (fd),                                            \
         .filter = (filter_),                                      \
         .flags = (flags_),                                        \
         .fflags = (fflags_),                                      \
         .data = (data_),                                          \
         .udata = (void *)(udata_),                                \
     })

/* A kqueue, or -1 and errno. To be closed with close(2). */
int kqueue(void);

/* Applies `changes`, then waits for `timeout` at most (NULL: for ever) and takes up to `event_count` events. A change
 * that fails becomes an event with EV_ERROR where there is room, and then nothing is waited for; else it ends the call.
 * Returns the number of events, or -1 and errno. */
int kevent(int fd, const struct kevent *changes, int change_count, struct kevent *events, int event_count,
           const struct timespec *timeout);

#endif
