/* nth_failure.h - lets the Nth call of one kind fail in a whole process, libraries and all.
 *
 * A library for LD_PRELOAD (x86-64 Linux with glibc). Allocations and the dynamic linker's functions are replaced by
 * name. System calls are trapped by seccomp, so that those that the C library makes for itself (stdio) count as well;
 * only the kind that is asked for is trapped. The environment says what is to be done:
 *
 *     NTH_FAILURE_KIND   name of a kind; none: all are counted and nothing fails
 *     NTH_FAILURE_NTH    the call that fails, from 1; 0: none
 *     NTH_FAILURE_ERRNO  number of the error; by default that of the kind
 *     NTH_FAILURE_FROM   set: all later calls of the kind fail, too
 *     NTH_FAILURE_FD     descriptor of a file of sizeof(struct nth_record) bytes that takes the outcome; it is closed
 *                        in the process. Without it the outcome is written to standard error in the end */
#ifndef SHIM_NTH_FAILURE_H
#define SHIM_NTH_FAILURE_H

#include <stdbool.h>
#include <stddef.h>

/* kind, name, error by default */
#define NTH_KINDS(X)                                                                      \
    X(NTH_MEMORY, "memory", ENOMEM)   /* malloc, calloc, realloc and aligned ones */      \
    X(NTH_MAPPING, "mapping", ENOMEM) /* mmap, mprotect */                                \
    X(NTH_READ, "read", EIO)          /* read, pread, readv */                            \
    X(NTH_RECEIVE, "receive", EIO)    /* recv, recvfrom, recvmsg */                       \
    X(NTH_WRITE, "write", ENOSPC)     /* write, pwrite, writev */                         \
    X(NTH_SEND, "send", EPIPE)        /* send, sendto, sendmsg */                         \
    X(NTH_OPEN, "open", EMFILE)       /* open, openat, creat; and within the C library */ \
    X(NTH_SYNC, "sync", EIO)          /* fsync, fdatasync */                              \
    X(NTH_RENAME, "rename", EIO)                                                          \
    X(NTH_CLOSE, "close", EIO)      /* the descriptor is closed nevertheless */           \
    X(NTH_SOCKET, "socket", EMFILE) /* socket, socketpair, pipe, eventfd */               \
    X(NTH_CONNECT, "connect", ENOMEM)                                                     \
    X(NTH_EPOLL, "epoll", ENOMEM) /* epoll_create, epoll_ctl, epoll_wait */               \
    X(NTH_LIBRARY, "library", 0)  /* dlopen, dlsym */

enum nth_kind {
#define X(kind, name, number) kind,
    NTH_KINDS(X)
#undef X
        NTH_KIND_COUNT
};

enum { NTH_FRAMES = 40, NTH_FRAME_SIZE = 120, NTH_MODULES = 64, NTH_LEAKS = 24 };

/* A place in the code: "module(function+0x12) [0x34567]", the last number counted from the module's start. */
typedef char nth_frame[NTH_FRAME_SIZE];

struct nth_module {
    char name[64];   /* of the file, without folders */
    unsigned blocks; /* allocated by its code and alive in the end */
};

struct nth_record {
    unsigned counts[NTH_KIND_COUNT]; /* calls of each kind that was looked at */
    unsigned failures;               /* calls that failed by our doing */
    bool stderr_failed;              /* one of them would have written to standard error */
    bool is_over;                    /* main has returned or exit was called: what is below is known */
    unsigned descriptors;            /* open in the end */
    unsigned own_blocks;             /* allocated by the program's own code and alive in the end */
    unsigned module_count;
    struct nth_module modules[NTH_MODULES]; /* the program and its libraries */
    nth_frame leaks[NTH_LEAKS];             /* where the first of the own blocks were allocated; empty: no more */
    nth_frame failed[NTH_FRAMES];           /* where the first failure was, innermost first */
    nth_frame crashed[NTH_FRAMES];          /* the same of a fatal signal */
};

#endif
