/* kqueue over poll.
 *
 * A kqueue is a list of knotes, one a descriptor and filter, each polled by itself, so that events come by filter as
 * they do from the real one. The kernel drops the knotes of a descriptor when it is closed. We can't see that: each
 * knote remembers which file its descriptor was, and goes when it is met as another or none. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/event.h>
#include <sys/stat.h>
#include <unistd.h>

/* Which file a descriptor stands for. The two ends of a pipe are one inode: the mode tells them apart. */
struct identity {
    dev_t device;
    ino_t inode;
    int mode;
};

struct knote {
    struct kevent event; /* as added */
    struct identity identity;
    bool enabled;
};

struct shim_queue {
    struct knote *knotes;
    struct pollfd *polled; /* of each knote */
    int capacity;
    int count;
    int next; /* knote with which the search for events begins */
};

/* By the descriptor of the kqueue. An entry outlives its kqueue and serves the next of its number. */
static struct shim_queue *queues;
static int queue_count;

static bool identify(int fd, struct identity *identity)
{
    struct stat status;
    int flags = fcntl(fd, F_GETFL);
    if (flags == -1 || fstat(fd, &status) == -1)
        return false;
    *identity = (struct identity){status.st_dev, status.st_ino, flags & O_ACCMODE};
    return true;
}

static bool is_same_file(const struct identity *a, const struct identity *b)
{
    return a->device == b->device && a->inode == b->inode && a->mode == b->mode;
}

int kqueue(void)
{
    int fd = open("/dev/null", O_RDONLY);
    if (fd == -1)
        return -1;
    if (fd >= queue_count) {
        struct shim_queue *more = realloc(queues, (size_t)(fd + 1) * sizeof *more);
        if (!more) {
            close(fd);
            errno = ENOMEM;
            return -1;
        }
        memset(more + queue_count, 0, (size_t)(fd + 1 - queue_count) * sizeof *more);
        queues = more;
        queue_count = fd + 1;
    }
    queues[fd].count = queues[fd].next = 0;
    return fd;
}

static void drop(struct shim_queue *queue, struct knote *knote)
{
    *knote = queue->knotes[--queue->count];
}

/* Drops the knotes of `fd`, or of all descriptors with -1, whose descriptor was closed since they were added. */
static void forget_closed(struct shim_queue *queue, int fd)
{
    for (int i = queue->count - 1; i >= 0; i--) {
        struct knote *knote = &queue->knotes[i];
        int noted = (int)knote->event.ident;
        struct identity now;
        if (fd != -1 && fd != noted)
            continue;
        if (!identify(noted, &now) || !is_same_file(&now, &knote->identity))
            drop(queue, knote);
    }
}

static struct knote *find(const struct shim_queue *queue, const struct kevent *change)
{
    for (int i = 0; i < queue->count; i++) {
        struct knote *knote = &queue->knotes[i];
        if (knote->event.ident == change->ident && knote->event.filter == change->filter)
            return knote;
    }
    return NULL;
}

static bool grow(struct shim_queue *queue)
{
    int capacity = queue->capacity ? queue->capacity * 2 : 64;
    struct knote *knotes = realloc(queue->knotes, (size_t)capacity * sizeof *knotes);
    if (!knotes)
        return false;
    queue->knotes = knotes;
    struct pollfd *polled = realloc(queue->polled, (size_t)capacity * sizeof *polled);
    if (!polled)
        return false;
    queue->polled = polled;
    queue->capacity = capacity;
    return true;
}

static struct knote *add(struct shim_queue *queue)
{
    if (queue->count == queue->capacity && !grow(queue))
        return NULL;
    return &queue->knotes[queue->count++];
}

/* Returns 0 or an errno. */
static int apply(struct shim_queue *queue, const struct kevent *change)
{
    const unsigned known = EV_ADD | EV_DELETE | EV_ENABLE | EV_DISABLE;
    if ((change->flags & ~known) || (change->filter != EVFILT_READ && change->filter != EVFILT_WRITE))
        return EINVAL;
    struct identity identity;
    forget_closed(queue, (int)change->ident);
    if (!identify((int)change->ident, &identity))
        return EBADF;
    struct knote *knote = find(queue, change);
    if (change->flags & EV_ADD) {
        if (!knote) {
            knote = add(queue);
            if (!knote)
                return ENOMEM;
            knote->enabled = true;
        }
        knote->event = *change;
        knote->identity = identity;
    }
    if (!knote)
        return ENOENT;
    if (change->flags & EV_DELETE)
        drop(queue, knote);
    else if (change->flags & (EV_ENABLE | EV_DISABLE))
        knote->enabled = change->flags & EV_ENABLE;
    return 0;
}

/* Returns the number of events that tell of changes that failed, or -1 and errno when there was no room for one. */
static int apply_all(struct shim_queue *queue, const struct kevent *changes, int change_count, struct kevent *events,
                     int event_count)
{
    int failed = 0;
    for (int i = 0; i < change_count; i++) {
        int error = apply(queue, &changes[i]);
        if (!error)
            continue;
        if (failed == event_count) {
            errno = error;
            return -1;
        }
        events[failed] = changes[i];
        events[failed].flags = EV_ERROR;
        events[failed++].data = error;
    }
    return failed;
}

static void fill_polled(struct shim_queue *queue)
{
    for (int i = 0; i < queue->count; i++) {
        const struct knote *knote = &queue->knotes[i];
        queue->polled[i].fd = knote->enabled ? (int)knote->event.ident : -1;
        queue->polled[i].events = knote->event.filter == EVFILT_READ ? POLLIN | POLLRDHUP : POLLOUT;
    }
}

static int collect(struct shim_queue *queue, struct kevent *events, int event_count)
{
    int count = 0;
    int place = queue->next < queue->count ? queue->next : 0;
    for (int seen = 0; seen < queue->count && count < event_count; seen++) {
        short happened = queue->polled[place].revents;
        if (happened) {
            events[count] = queue->knotes[place].event;
            events[count++].flags = (happened & (POLLHUP | POLLRDHUP | POLLERR)) ? EV_EOF : 0;
        }
        place = place + 1 < queue->count ? place + 1 : 0;
    }
    queue->next = place;
    return count;
}

int kevent(int fd, const struct kevent *changes, int change_count, struct kevent *events, int event_count,
           const struct timespec *timeout)
{
    if (fd < 0 || fd >= queue_count) {
        errno = EBADF;
        return -1;
    }
    struct shim_queue *queue = &queues[fd];
    int failed = apply_all(queue, changes, change_count, events, event_count);
    if (failed || event_count == 0)
        return failed;
    forget_closed(queue, -1);
    fill_polled(queue);
    if (ppoll(queue->polled, (nfds_t)queue->count, timeout, NULL) == -1)
        return -1;
    return collect(queue, events, event_count);
}
