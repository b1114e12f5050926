/* poller.h - which descriptors are ready: epoll on Linux, poll elsewhere or with SITE_POLL defined; level-triggered. */
#ifndef SITE_POLLER_H
#define SITE_POLLER_H

#include <stdint.h>

/* Embedded by what owns a descriptor. */
struct site_source {
    int fd;
    unsigned wants;                            /* SITE_READ | SITE_WRITE, as last set */
    void (*ready)(struct site_source *source); /* may remove and free this source, and no other */
};

enum { SITE_READ = 1, SITE_WRITE = 2 };

struct site_poller;

/* All return 0, or -1 with errno set. */
int site_poller_open(struct site_poller **out);
int site_poller_add(struct site_poller *poller, struct site_source *source, unsigned wants);
int site_poller_change(struct site_poller *poller, struct site_source *source, unsigned wants);

/* Must come before the descriptor is closed. */
void site_poller_remove(struct site_poller *poller, struct site_source *source);

/* Waits at most `timeout` nanoseconds, rounded up to milliseconds where the system knows no less, and calls `ready` of
 * each source that is. Hang-ups and errors count as ready whatever is wanted. */
int site_poller_wait(struct site_poller *poller, int64_t timeout);

void site_poller_close(struct site_poller *poller);

#endif
