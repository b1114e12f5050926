/* kqueue (macOS, the BSDs). Reading and writing are two filters there, which report a descriptor each on its own: their
 * events are merged. A descriptor's filters go with it when it is closed. */
#include "async/selector_backend.h"

#ifdef SELECTOR_HAS_KQUEUE

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/types.h>

#include <sys/event.h>
#include <unistd.h>

#include "base/error.h"

enum { BATCH = 512 };

struct kqueue_state {
    int fd;
    struct kevent batch[BATCH];
};

static int kqueue_open(struct selector *selector)
{
    struct kqueue_state *state = calloc(1, sizeof *state);
    if (!state)
        return ERR_NO_MEMORY;
    int err;
    state->fd = kqueue();
    if (state->fd == -1) {
        err = error_from_errno(errno);
        goto free_state;
    }
    if (fcntl(state->fd, F_SETFD, FD_CLOEXEC) == -1) {
        err = error_from_errno(errno);
        goto close_kqueue;
    }
    selector->state = state;
    return 0;

close_kqueue:
    close(state->fd);
free_state:
    free(state);
    return err;
}

static void kqueue_close(struct selector *selector)
{
    struct kqueue_state *state = selector->state;
    close(state->fd);
    free(state);
}

/* Applies `action` to the filters of `interest`. Returns 0, or -1 and errno; some of them may be changed then. */
static int change(const struct selector *selector, int fd, unsigned interest, unsigned short action)
{
    const struct kqueue_state *state = selector->state;
    struct kevent changes[2];
    int count = 0;
    if (interest & SELECTOR_READ)
        EV_SET(&changes[count++], (uintptr_t)fd, EVFILT_READ, action, 0, 0, 0);
    if (interest & SELECTOR_WRITE)
        EV_SET(&changes[count++], (uintptr_t)fd, EVFILT_WRITE, action, 0, 0, 0);
    return count ? kevent(state->fd, changes, count, NULL, 0, NULL) : 0;
}

/* Deletes the filters of `interest`, each by itself: one that went with an earlier file of this number must not save
 * the other. */
static void drop(const struct selector *selector, int fd, unsigned interest)
{
    int saved = errno;
    (void)change(selector, fd, interest & SELECTOR_READ, EV_DELETE);
    (void)change(selector, fd, interest & SELECTOR_WRITE, EV_DELETE);
    errno = saved;
}

/* Whether newly registered or not: adding a filter that is there already does no harm, and one that should be there may
 * have gone with an earlier file of this number. */
static int kqueue_put(struct selector *selector, int fd, unsigned interest)
{
    unsigned earlier = selector->slots[fd].interest;
    if (change(selector, fd, interest, EV_ADD) == -1) {
        drop(selector, fd, interest & ~earlier);
        return selector_refusal(errno);
    }
    drop(selector, fd, earlier & ~interest);
    return 0;
}

static void kqueue_remove(struct selector *selector, int fd)
{
    drop(selector, fd, selector->slots[fd].interest);
}

static int kqueue_collect(struct selector *selector, nanoseconds timeout, struct selector_event *events,
                          size_t capacity)
{
    struct kqueue_state *state = selector->state;
    struct timespec time;
    int wanted = capacity < BATCH ? (int)capacity : BATCH;
    int reported = kevent(state->fd, NULL, 0, state->batch, wanted, selector_timespec(timeout, &time));
    if (reported == -1)
        return -1;
    uint32_t count = 0;
    for (int i = 0; i < reported; i++) {
        int fd = (int)state->batch[i].ident;
        unsigned ready = state->batch[i].filter == EVFILT_READ ? SELECTOR_READ : SELECTOR_WRITE;
        /* The mark is the place of the descriptor's event, when there is one at that place. */
        uint32_t *place = &selector->slots[fd].mark;
        if (*place >= count || events[*place].fd != fd) {
            *place = count++;
            events[*place] = (struct selector_event){.fd = fd};
        }
        events[*place].ready |= ready;
    }
    return (int)count;
}

const struct selector_backend selector_backend_kqueue = {
    .name = "kqueue",
    .open = kqueue_open,
    .close = kqueue_close,
    .add = kqueue_put,
    .modify = kqueue_put,
    .remove = kqueue_remove,
    .wait = kqueue_collect,
};

#endif
