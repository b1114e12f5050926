/* epoll (Linux).
 *
 * An entry of an epoll set belongs to an open file description, of which a descriptor is but a name. The entry goes by
 * itself when the last name of the description is closed, be it a duplicate or one that a forked child has. Until then
 * it reports, under the number that it was added with, even when this number is closed or names another file, and
 * without a name for the description nobody can delete it. Therefore:
 *
 *   - Each entry carries the stamp of its registration beside the number. An event with another stamp than the slot's
 *     is stale: it is dropped, and the set is built anew without that entry.
 *   - What the table knows and what the set holds may differ: an entry that is missing is added where it should be
 *     modified, and one that is there is modified where it should be added. */
#include "async/selector_backend.h"

#ifdef SELECTOR_HAS_EPOLL

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"

enum { BATCH = 512 };

struct epoll {
    int fd;
    bool coarse;    /* the kernel has epoll_wait only, with its milliseconds */
    uint32_t stamp; /* of the latest registration */
    struct epoll_event batch[BATCH];
};

static int epoll_open(struct selector *selector)
{
    struct epoll *epoll = calloc(1, sizeof *epoll);
    if (!epoll)
        return ERR_NO_MEMORY;
    epoll->fd = epoll_create1(EPOLL_CLOEXEC);
    if (epoll->fd == -1) {
        free(epoll);
        return error_from_errno(errno);
    }
    selector->state = epoll;
    return 0;
}

static void epoll_close(struct selector *selector)
{
    struct epoll *epoll = selector->state;
    close(epoll->fd);
    free(epoll);
}

static struct epoll_event entry_of(int fd, unsigned interest, uint32_t stamp)
{
    uint32_t events = ((interest & SELECTOR_READ) ? EPOLLIN : 0) | ((interest & SELECTOR_WRITE) ? EPOLLOUT : 0);
    return (struct epoll_event){.events = events, .data.u64 = (uint64_t)stamp << 32 | (uint32_t)fd};
}

static int epoll_add(struct selector *selector, int fd, unsigned interest)
{
    struct epoll *epoll = selector->state;
    struct epoll_event entry = entry_of(fd, interest, ++epoll->stamp);
    int result = epoll_ctl(epoll->fd, EPOLL_CTL_ADD, fd, &entry);
    if (result == -1 && errno == EEXIST)
        result = epoll_ctl(epoll->fd, EPOLL_CTL_MOD, fd, &entry);
    if (result == -1)
        return selector_refusal(errno);
    selector->slots[fd].mark = epoll->stamp;
    return 0;
}

static int epoll_modify(struct selector *selector, int fd, unsigned interest)
{
    struct epoll *epoll = selector->state;
    struct epoll_event entry = entry_of(fd, interest, selector->slots[fd].mark);
    if (epoll_ctl(epoll->fd, EPOLL_CTL_MOD, fd, &entry) == 0)
        return 0;
    return errno == ENOENT ? epoll_add(selector, fd, interest) : selector_refusal(errno);
}

static void epoll_remove(struct selector *selector, int fd)
{
    const struct epoll *epoll = selector->state;
    /* EBADF, ENOENT, EPERM: closed, or another file's number by now. What stays behind is found by its stamp. */
    (void)epoll_ctl(epoll->fd, EPOLL_CTL_DEL, fd, NULL);
}

/* Adds all that is registered to the set `fd`, but what was closed meanwhile. */
static bool fill(int fd, const struct selector *selector)
{
    for (size_t i = 0; i < selector->slot_count; i++) {
        const struct selector_slot *slot = &selector->slots[i];
        if (!slot->interest)
            continue;
        struct epoll_event entry = entry_of((int)i, slot->interest, slot->mark);
        if (epoll_ctl(fd, EPOLL_CTL_ADD, (int)i, &entry) == -1 && errno != EBADF && errno != EPERM)
            return false;
    }
    return true;
}

/* Leaves stale entries behind. Without the means for a new set the old one still works, if not at ease: the next stale
 * event will try again. */
static void rebuild(const struct selector *selector)
{
    struct epoll *epoll = selector->state;
    int fd = epoll_create1(EPOLL_CLOEXEC);
    if (fd == -1)
        return;
    if (!fill(fd, selector)) {
        close(fd);
        return;
    }
    close(epoll->fd);
    epoll->fd = fd;
}

/* epoll_pwait2, by its number since not every C library has it yet. */
static int wait_finely(const struct epoll *epoll, nanoseconds timeout, struct epoll_event *batch, int capacity)
{
#ifdef SYS_epoll_pwait2
    /* What the kernel takes for a time, whatever size the C library's time_t has. */
    struct {
        int64_t seconds;
        int64_t nanoseconds;
    } time = {timeout / SECONDS(1), timeout % SECONDS(1)};
    return (int)syscall(SYS_epoll_pwait2, epoll->fd, batch, capacity, timeout == NEVER ? NULL : &time, NULL, 0);
#else
    errno = ENOSYS;
    return -1;
#endif
}

static int wait_for_batch(struct epoll *epoll, nanoseconds timeout, int capacity)
{
    if (!epoll->coarse) {
        int count = wait_finely(epoll, timeout, epoll->batch, capacity);
        /* Old kernels know no such call, and some containers forbid what they don't know. */
        epoll->coarse = count == -1 && (errno == ENOSYS || errno == EPERM);
        if (!epoll->coarse)
            return count;
    }
    return epoll_wait(epoll->fd, epoll->batch, capacity, selector_milliseconds(timeout));
}

static unsigned readiness(uint32_t events)
{
    if (events & (EPOLLERR | EPOLLHUP))
        return SELECTOR_BOTH;
    return ((events & EPOLLIN) ? SELECTOR_READ : 0u) | ((events & EPOLLOUT) ? SELECTOR_WRITE : 0u);
}

static int epoll_collect(struct selector *selector, nanoseconds timeout, struct selector_event *events, size_t capacity)
{
    struct epoll *epoll = selector->state;
    int reported = wait_for_batch(epoll, timeout, capacity < BATCH ? (int)capacity : BATCH);
    if (reported == -1)
        return -1;
    int count = 0;
    for (int i = 0; i < reported; i++) {
        uint32_t fd = (uint32_t)epoll->batch[i].data.u64, stamp = (uint32_t)(epoll->batch[i].data.u64 >> 32);
        const struct selector_slot *slot = &selector->slots[fd];
        if (slot->interest && slot->mark == stamp)
            events[count++] = (struct selector_event){.fd = (int)fd, .ready = readiness(epoll->batch[i].events)};
    }
    if (count < reported)
        rebuild(selector);
    return count;
}

const struct selector_backend selector_backend_epoll = {
    .name = "epoll",
    .open = epoll_open,
    .close = epoll_close,
    .add = epoll_add,
    .modify = epoll_modify,
    .remove = epoll_remove,
    .wait = epoll_collect,
};

#endif
