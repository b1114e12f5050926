#include "shim/failing_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <unistd.h>

#ifdef CRAWLER_HAVE_KQUEUE
#include "shim/sys/event.h"
#endif

static struct {
    bool active;
    enum failing_mode mode;
    size_t left; /* calls to the one that fails */
    const char *failed;
    bool spared;
    bool in_kernel; /* what stands for the kernel is running: its own calls don't count */
    long outstanding;
} state;

void failing_calls_start(enum failing_mode mode, size_t nth)
{
    state.active = true;
    state.mode = mode;
    state.left = nth;
    state.failed = NULL;
    state.spared = false;
}

const char *failing_calls_stop(void)
{
    state.active = false;
    return state.failed;
}

bool failing_calls_spared(void)
{
    return state.spared;
}

long failing_calls_outstanding(void)
{
    return state.outstanding;
}

/* Whether this call is the one; sets errno then. */
static bool must_fail(const char *name, enum failing_mode mode, int number)
{
    if (!state.active || state.in_kernel || state.mode != mode || state.left == 0 || --state.left > 0)
        return false;
    state.failed = name;
    errno = number;
    return true;
}

/* Whether a wait must fail: it counts in both modes. */
static bool wait_must_fail(const char *name)
{
    return must_fail(name, FAIL_ANY, ENOMEM) || must_fail(name, INTERRUPT_WAITS, EINTR);
}

/* Defines __wrap_NAME, which fails with -1 where `condition` holds, and is NAME otherwise. */
#define WRAP(name, condition, arguments, ...)              \
    int __real_##name(__VA_ARGS__);                        \
    int __wrap_##name(__VA_ARGS__);                        \
    int __wrap_##name(__VA_ARGS__)                         \
    {                                                      \
        return (condition) ? -1 : __real_##name arguments; \
    }

#define FAILS(name, number) must_fail(name, FAIL_ANY, number)

WRAP(pipe, FAILS("pipe", EMFILE), (ends), int ends[2])
WRAP(epoll_create1, FAILS("epoll_create1", EMFILE), (flags), int flags)
WRAP(mprotect, FAILS("mprotect", ENOMEM), (address, size, access), void *address, size_t size, int access)
WRAP(epoll_wait, wait_must_fail("epoll_wait"), (fd, events, count, ms), int fd, struct epoll_event *events, int count,
     int ms)
WRAP(poll, wait_must_fail("poll"), (fds, count, ms), struct pollfd *fds, nfds_t count, int ms)
WRAP(ppoll, wait_must_fail("ppoll"), (fds, count, timeout, mask), struct pollfd *fds, nfds_t count,
     const struct timespec *timeout, const sigset_t *mask)
WRAP(select, wait_must_fail("select"), (count, in, out, err, timeout), int count, fd_set *in, fd_set *out, fd_set *err,
     struct timeval *timeout)
WRAP(pselect, wait_must_fail("pselect"), (count, in, out, err, timeout, mask), int count, fd_set *in, fd_set *out,
     fd_set *err, const struct timespec *timeout, const sigset_t *mask)

int __real_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event);
int __wrap_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event);
int __wrap_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
    if (!FAILS("epoll_ctl", ENOMEM))
        return __real_epoll_ctl(epoll, operation, fd, event);
    state.spared = operation == EPOLL_CTL_DEL;
    return -1;
}

int __real_sigaltstack(const stack_t *new, stack_t *old);
int __wrap_sigaltstack(const stack_t *new, stack_t *old);
int __wrap_sigaltstack(const stack_t *new, stack_t *old)
{
    return FAILS("sigaltstack", ENOMEM) ? -1 : __real_sigaltstack(new, old);
}

int __real_sigaction(int number, const struct sigaction *new, struct sigaction *old);
int __wrap_sigaction(int number, const struct sigaction *new, struct sigaction *old);
int __wrap_sigaction(int number, const struct sigaction *new, struct sigaction *old)
{
    if (!FAILS("sigaction", EINVAL))
        return __real_sigaction(number, new, old);
    state.spared = old == NULL;
    return -1;
}

/* Every command that the runtime uses takes no argument or one that fits into a long. */
int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    long argument = va_arg(arguments, long);
    va_end(arguments);
    return FAILS("fcntl", EINVAL) ? -1 : __real_fcntl(fd, command, argument);
}

/* The one that is made by its number is epoll_pwait2, which is a wait. */
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
    long arguments[6];
    va_list list;
    va_start(list, number);
    for (int i = 0; i < 6; i++)
        arguments[i] = va_arg(list, long);
    va_end(list);
    if (wait_must_fail("syscall"))
        return -1;
    return __real_syscall(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
}

#ifdef CRAWLER_HAVE_KQUEUE

int __real_kqueue(void);
int __wrap_kqueue(void);
int __wrap_kqueue(void)
{
    if (FAILS("kqueue", EMFILE))
        return -1;
    state.in_kernel = true;
    int fd = __real_kqueue();
    state.in_kernel = false;
    return fd;
}

/* Deleting a filter gives something back, and never fails for want of anything. */
static bool kevent_must_fail(const struct kevent *changes, int change_count)
{
    if (change_count == 0)
        return wait_must_fail("kevent");
    return !(changes[0].flags & EV_DELETE) && FAILS("kevent", ENOMEM);
}

int __real_kevent(int queue, const struct kevent *changes, int change_count, struct kevent *events, int event_count,
                  const struct timespec *timeout);
int __wrap_kevent(int queue, const struct kevent *changes, int change_count, struct kevent *events, int event_count,
                  const struct timespec *timeout);
int __wrap_kevent(int queue, const struct kevent *changes, int change_count, struct kevent *events, int event_count,
                  const struct timespec *timeout)
{
    if (kevent_must_fail(changes, change_count))
        return -1;
    state.in_kernel = true;
    int count = __real_kevent(queue, changes, change_count, events, event_count, timeout);
    state.in_kernel = false;
    return count;
}

#endif

static void *count_in(void *memory)
{
    state.outstanding += memory && !state.in_kernel;
    return memory;
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
    return FAILS("malloc", ENOMEM) ? NULL : count_in(__real_malloc(size));
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    return FAILS("calloc", ENOMEM) ? NULL : count_in(__real_calloc(count, size));
}

void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size)
{
    if (FAILS("realloc", ENOMEM))
        return NULL;
    return memory ? __real_realloc(memory, size) : count_in(__real_realloc(NULL, size));
}

void __real_free(void *memory);
void __wrap_free(void *memory);
void __wrap_free(void *memory)
{
    state.outstanding -= memory && !state.in_kernel;
    __real_free(memory);
}

void *__real_mmap(void *address, size_t size, int access, int flags, int fd, off_t offset);
void *__wrap_mmap(void *address, size_t size, int access, int flags, int fd, off_t offset);
void *__wrap_mmap(void *address, size_t size, int access, int flags, int fd, off_t offset)
{
    if (FAILS("mmap", ENOMEM))
        return MAP_FAILED;
    void *memory = __real_mmap(address, size, access, flags, fd, offset);
    state.outstanding += memory != MAP_FAILED;
    return memory;
}

int __real_munmap(void *address, size_t size);
int __wrap_munmap(void *address, size_t size);
int __wrap_munmap(void *address, size_t size)
{
    state.outstanding--;
    return __real_munmap(address, size);
}
