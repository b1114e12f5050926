/* connection.h - the part of fetching a page that knows nothing of the loop: a socket that never blocks. */
#ifndef EXAMPLES_CONNECTION_H
#define EXAMPLES_CONNECTION_H

#include <sys/types.h>

#include "base/buf.h"

/* A non-blocking socket that has begun to connect to an IPv4 address; it becomes writable when it has connected or
 * failed. Returns its descriptor, or a negative error. */
int connection_open(const char *address, const char *port);

/* How connecting went: 0 or a negative error. */
int connection_result(int fd);

/* Asks for the page at `path`. Returns 0 or a negative error. */
int connection_send_request(int fd, const char *address, const char *path);

/* Reads what has come in to the end of `response`. Returns the number of bytes, 0 at the end of the page, or a negative
 * error. */
ssize_t connection_read(int fd, struct buf *response);

#endif
