/* select (everywhere), for descriptors below FD_SETSIZE. */
#include <errno.h>
#include <stdlib.h>
#include <sys/select.h>

#include "async/selector_backend.h"
#include "base/error.h"

struct select_sets {
    fd_set readers;
    fd_set writers;
    int limit; /* no registered descriptor is as high */
    int next;  /* where the search for ready descriptors begins, so that each has its turn */
};

static int select_open(struct selector *selector)
{
    struct select_sets *sets = calloc(1, sizeof *sets);
    if (!sets)
        return ERR_NO_MEMORY;
    FD_ZERO(&sets->readers);
    FD_ZERO(&sets->writers);
    selector->state = sets;
    return 0;
}

static void select_close(struct selector *selector)
{
    free(selector->state);
}

static void put(fd_set *set, int fd, bool member)
{
    if (member)
        FD_SET(fd, set);
    else
        FD_CLR(fd, set);
}

static void put_both(struct select_sets *sets, int fd, unsigned interest)
{
    put(&sets->readers, fd, interest & SELECTOR_READ);
    put(&sets->writers, fd, interest & SELECTOR_WRITE);
}

static int select_add(struct selector *selector, int fd, unsigned interest)
{
    struct select_sets *sets = selector->state;
    int err = selector_check_open(fd);
    if (err)
        return err;
    if (fd >= FD_SETSIZE)
        return ERR_TOO_LARGE;
    put_both(sets, fd, interest);
    if (fd >= sets->limit)
        sets->limit = fd + 1;
    return 0;
}

static int select_modify(struct selector *selector, int fd, unsigned interest)
{
    int err = selector_check_open(fd);
    if (!err)
        put_both(selector->state, fd, interest);
    return err;
}

static void select_remove(struct selector *selector, int fd)
{
    struct select_sets *sets = selector->state;
    put_both(sets, fd, 0);
    while (sets->limit > 0 && !FD_ISSET(sets->limit - 1, &sets->readers) && !FD_ISSET(sets->limit - 1, &sets->writers))
        sets->limit--;
}

/* Leaves in both sets the registered descriptors that are not open, and returns their number, as select does with those
 * that are ready. */
static int find_closed(const struct select_sets *sets, fd_set *readers, fd_set *writers)
{
    int closed = 0;
    FD_ZERO(readers);
    FD_ZERO(writers);
    for (int fd = 0; fd < sets->limit; fd++) {
        if (!FD_ISSET(fd, &sets->readers) && !FD_ISSET(fd, &sets->writers))
            continue;
        if (selector_check_open(fd) == 0)
            continue;
        FD_SET(fd, readers);
        FD_SET(fd, writers);
        closed++;
    }
    return closed;
}

/* As select(2), but for descriptors that were closed while registered: those are ready, as poll has it. */
static int wait_for_sets(const struct select_sets *sets, nanoseconds timeout, fd_set *readers, fd_set *writers)
{
    struct timespec time;
    *readers = sets->readers;
    *writers = sets->writers;
    int ready = pselect(sets->limit, readers, writers, NULL, selector_timespec(timeout, &time), NULL);
    if (ready == -1 && errno == EBADF)
        return find_closed(sets, readers, writers);
    return ready;
}

static int select_collect(struct selector *selector, nanoseconds timeout, struct selector_event *events,
                          size_t capacity)
{
    struct select_sets *sets = selector->state;
    fd_set readers, writers;
    int ready = wait_for_sets(sets, timeout, &readers, &writers);
    if (ready <= 0)
        return ready;
    size_t count = 0;
    int fd = sets->next < sets->limit ? sets->next : 0;
    for (int seen = 0; seen < sets->limit && count < capacity; seen++) {
        unsigned bits = (FD_ISSET(fd, &readers) ? SELECTOR_READ : 0u) | (FD_ISSET(fd, &writers) ? SELECTOR_WRITE : 0u);
        if (bits)
            events[count++] = (struct selector_event){.fd = fd, .ready = bits};
        fd = fd + 1 < sets->limit ? fd + 1 : 0;
    }
    sets->next = fd;
    return (int)count;
}

const struct selector_backend selector_backend_select = {
    .name = "select",
    .open = select_open,
    .close = select_close,
    .add = select_add,
    .modify = select_modify,
    .remove = select_remove,
    .wait = select_collect,
};
