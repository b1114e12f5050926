#include "site/poller.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { NANOSECONDS = 1000000000, NANOSECONDS_A_MILLISECOND = 1000000 };

static int milliseconds_of(int64_t timeout)
{
    return (int)((timeout + NANOSECONDS_A_MILLISECOND - 1) / NANOSECONDS_A_MILLISECOND);
}

#if defined __linux__ && !defined SITE_POLL

#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>

enum { BATCH = 512 };

struct site_poller {
    int fd;
    struct epoll_event events[BATCH];
};

int site_poller_open(struct site_poller **out)
{
    struct site_poller *poller = malloc(sizeof *poller);
    if (!poller)
        return -1;
    poller->fd = epoll_create1(EPOLL_CLOEXEC);
    if (poller->fd < 0) {
        free(poller);
        return -1;
    }
    *out = poller;
    return 0;
}

static int control(struct site_poller *poller, int operation, struct site_source *source, unsigned wants)
{
    struct epoll_event event = {.data.ptr = source};
    event.events = (wants & SITE_READ ? (unsigned)EPOLLIN : 0) | (wants & SITE_WRITE ? (unsigned)EPOLLOUT : 0);
    source->wants = wants;
    return epoll_ctl(poller->fd, operation, source->fd, &event);
}

int site_poller_add(struct site_poller *poller, struct site_source *source, unsigned wants)
{
    return control(poller, EPOLL_CTL_ADD, source, wants);
}

int site_poller_change(struct site_poller *poller, struct site_source *source, unsigned wants)
{
    return source->wants == wants ? 0 : control(poller, EPOLL_CTL_MOD, source, wants);
}

void site_poller_remove(struct site_poller *poller, struct site_source *source)
{
    epoll_ctl(poller->fd, EPOLL_CTL_DEL, source->fd, NULL);
}

/* epoll_pwait2 where the kernel has it (5.11). */
static int wait_for_events(struct site_poller *poller, int64_t timeout)
{
#ifdef SYS_epoll_pwait2
    const struct timespec time = {.tv_sec = timeout / NANOSECONDS, .tv_nsec = timeout % NANOSECONDS};
    int count = (int)syscall(SYS_epoll_pwait2, poller->fd, poller->events, BATCH, &time, NULL, 0);
    if (count >= 0 || errno != ENOSYS)
        return count;
#endif
    return epoll_wait(poller->fd, poller->events, BATCH, milliseconds_of(timeout));
}

int site_poller_wait(struct site_poller *poller, int64_t timeout)
{
    int count = wait_for_events(poller, timeout);
    if (count < 0)
        return errno == EINTR ? 0 : -1;
    for (int i = 0; i < count; i++) {
        struct site_source *source = poller->events[i].data.ptr;
        source->ready(source);
    }
    return 0;
}

void site_poller_close(struct site_poller *poller)
{
    close(poller->fd);
    free(poller);
}

#else

#include <poll.h>

struct site_poller {
    struct pollfd *polled;
    struct site_source **sources; /* in step with `polled` */
    size_t count;
    size_t capacity;
};

int site_poller_open(struct site_poller **out)
{
    *out = calloc(1, sizeof **out);
    return *out ? 0 : -1;
}

static size_t place_of(const struct site_poller *poller, const struct site_source *source)
{
    size_t place = 0;
    while (poller->sources[place] != source)
        place++;
    return place;
}

static short events_of(unsigned wants)
{
    return (short)((wants & SITE_READ ? POLLIN : 0) | (wants & SITE_WRITE ? POLLOUT : 0));
}

static int grow(struct site_poller *poller)
{
    size_t capacity = poller->capacity ? 2 * poller->capacity : 64;
    struct pollfd *polled = realloc(poller->polled, capacity * sizeof *polled);
    if (!polled)
        return -1;
    poller->polled = polled;
    struct site_source **sources = realloc(poller->sources, capacity * sizeof(struct site_source *));
    if (!sources)
        return -1;
    poller->sources = sources;
    poller->capacity = capacity;
    return 0;
}

int site_poller_add(struct site_poller *poller, struct site_source *source, unsigned wants)
{
    if (poller->count == poller->capacity && grow(poller))
        return -1;
    source->wants = wants;
    poller->sources[poller->count] = source;
    poller->polled[poller->count++] = (struct pollfd){.fd = source->fd, .events = events_of(wants)};
    return 0;
}

int site_poller_change(struct site_poller *poller, struct site_source *source, unsigned wants)
{
    if (source->wants == wants)
        return 0;
    source->wants = wants;
    poller->polled[place_of(poller, source)].events = events_of(wants);
    return 0;
}

void site_poller_remove(struct site_poller *poller, struct site_source *source)
{
    size_t place = place_of(poller, source);
    poller->count--;
    poller->sources[place] = poller->sources[poller->count];
    poller->polled[place] = poller->polled[poller->count];
}

/* Backwards, since a source that removes itself has its place taken by the last one, which was looked at already. */
int site_poller_wait(struct site_poller *poller, int64_t timeout)
{
    if (poll(poller->polled, (nfds_t)poller->count, milliseconds_of(timeout)) < 0)
        return errno == EINTR ? 0 : -1;
    for (size_t i = poller->count; i-- > 0;)
        if (poller->polled[i].revents) {
            poller->polled[i].revents = 0;
            poller->sources[i]->ready(poller->sources[i]);
        }
    return 0;
}

void site_poller_close(struct site_poller *poller)
{
    free(poller->polled);
    free(poller->sources);
    free(poller);
}

#endif
