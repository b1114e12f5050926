/* The part that the pollers share: which descriptors are registered, for what, with which data. Descriptors are small
 * numbers, so that an array by number is the fastest table and the smallest. */
#include "async/selector.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "async/selector_backend.h"
#include "base/error.h"

enum { FIRST_SLOTS = 64 };

/* Some systems refuse to wait for a very long time: longer waits are made of several. */
#define LONGEST_WAIT SECONDS(24 * 60 * 60)

/* Best first. */
static const struct selector_backend *const BACKENDS[] = {
#ifdef SELECTOR_HAS_EPOLL
    &selector_backend_epoll,
#endif
#ifdef SELECTOR_HAS_KQUEUE
    &selector_backend_kqueue,
#endif
    &selector_backend_poll,
    &selector_backend_select,
};

enum { BACKEND_COUNT = sizeof BACKENDS / sizeof BACKENDS[0] };

const char *selector_default(void)
{
    return BACKENDS[0]->name;
}

const char *const *selector_names(void)
{
    static const char *names[BACKEND_COUNT + 1];
    for (size_t i = 0; i < BACKEND_COUNT; i++)
        names[i] = BACKENDS[i]->name;
    return names;
}

static const struct selector_backend *find_backend(const char *name)
{
    for (size_t i = 0; i < BACKEND_COUNT; i++)
        if (!name || strcmp(BACKENDS[i]->name, name) == 0)
            return BACKENDS[i];
    return NULL;
}

int selector_create(struct selector **out, const char *name)
{
    const struct selector_backend *backend = find_backend(name);
    if (!backend)
        return ERR_UNSUPPORTED;
    struct selector *selector = calloc(1, sizeof *selector);
    if (!selector)
        return ERR_NO_MEMORY;
    selector->backend = backend;
    int err = backend->open(selector);
    if (err) {
        free(selector);
        return err;
    }
    *out = selector;
    return 0;
}

void selector_free(struct selector *selector)
{
    if (!selector)
        return;
    selector->backend->close(selector);
    free(selector->slots);
    free(selector);
}

const char *selector_name(const struct selector *selector)
{
    return selector->backend->name;
}

int selector_refusal(int number)
{
    switch (number) {
    case EBADF:
        return ERR_NOT_FOUND;
    case EPERM: /* epoll's word for a file that can't be polled; kqueue has the others */
    case EINVAL:
    case ENODEV:
        return ERR_UNSUPPORTED;
    case ENOSPC: /* not of a disk: the user's share of kernel memory for epoll */
        return ERR_NO_MEMORY;
    default:
        return error_from_errno(number);
    }
}

int selector_check_open(int fd)
{
    return fcntl(fd, F_GETFD) == -1 ? ERR_NOT_FOUND : 0;
}

static bool is_interest(unsigned interest)
{
    return interest != 0 && (interest & ~(unsigned)SELECTOR_BOTH) == 0;
}

static bool is_registered(const struct selector *selector, int fd)
{
    return fd >= 0 && (size_t)fd < selector->slot_count && selector->slots[fd].interest;
}

/* Makes sure that there is a slot for `fd`. The table grows for open descriptors only: the system's limit on them is
 * its cap. */
static int reserve_slot(struct selector *selector, int fd)
{
    if (fd >= 0 && (size_t)fd < selector->slot_count)
        return 0;
    int err = selector_check_open(fd);
    if (err)
        return err;
    size_t count = selector->slot_count ? selector->slot_count : FIRST_SLOTS;
    while (count <= (size_t)fd)
        count *= 2;
    struct selector_slot *slots = realloc(selector->slots, count * sizeof *slots);
    if (!slots)
        return ERR_NO_MEMORY;
    memset(slots + selector->slot_count, 0, (count - selector->slot_count) * sizeof *slots);
    selector->slots = slots;
    selector->slot_count = count;
    return 0;
}

int selector_register(struct selector *selector, int fd, unsigned interest, void *data)
{
    assert(is_interest(interest));
    if (is_registered(selector, fd))
        return ERR_ALREADY_REGISTERED;
    int err = reserve_slot(selector, fd);
    if (!err)
        err = selector->backend->add(selector, fd, interest);
    if (err)
        return err;
    selector->slots[fd].interest = interest;
    selector->slots[fd].data = data;
    return 0;
}

int selector_modify(struct selector *selector, int fd, unsigned interest, void *data)
{
    assert(is_interest(interest));
    if (!is_registered(selector, fd))
        return ERR_NOT_REGISTERED;
    /* The poller is told even of an interest that stays: the number may be another file's by now. */
    int err = selector->backend->modify(selector, fd, interest);
    if (err)
        return err;
    selector->slots[fd].interest = interest;
    selector->slots[fd].data = data;
    return 0;
}

int selector_unregister(struct selector *selector, int fd)
{
    if (!is_registered(selector, fd))
        return ERR_NOT_REGISTERED;
    selector->backend->remove(selector, fd);
    selector->slots[fd].interest = 0;
    selector->slots[fd].data = NULL;
    return 0;
}

void *selector_data(const struct selector *selector, int fd)
{
    return is_registered(selector, fd) ? selector->slots[fd].data : NULL;
}

static nanoseconds time_left(nanoseconds deadline)
{
    if (deadline == NEVER)
        return NEVER;
    nanoseconds now = clock_now();
    if (deadline <= now)
        return 0;
    return deadline - now < LONGEST_WAIT ? deadline - now : LONGEST_WAIT;
}

static void complete_events(const struct selector *selector, struct selector_event *events, int count)
{
    for (int i = 0; i < count; i++) {
        const struct selector_slot *slot = &selector->slots[events[i].fd];
        events[i].ready &= slot->interest;
        events[i].data = slot->data;
        assert(events[i].ready);
    }
}

int selector_select(struct selector *selector, nanoseconds deadline, struct selector_event *events, size_t capacity)
{
    assert(capacity > 0);
    for (;;) {
        int count = selector->backend->wait(selector, time_left(deadline), events, capacity);
        if (count == -1)
            return errno == EINTR ? 0 : error_from_errno(errno);
        complete_events(selector, events, count);
        if (count || time_left(deadline) == 0)
            return count;
    }
}
