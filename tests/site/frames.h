/* frames.h - a server that speaks HTTP/2 (RFC 9113) just well enough to break it.
 *
 * It runs in a child process on 127.0.0.1, at a port that was free, and ends with its parent at the latest. */
#ifndef SITE_FRAMES_H
#define SITE_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

struct frames_server;

/* What becomes of the requests, one letter for each in the order of their arrival, the last of which stands for all
 * that follow:
 *
 *     a   200, without a body
 *     c   the connection ends
 *     g   GOAWAY, which says that the request was not looked at, then the connection ends
 *     h   200 and the end of the connection, where a body should follow
 *     r   RST_STREAM, refused (REFUSED_STREAM)
 *     s   RST_STREAM, to ask for less (ENHANCE_YOUR_CALM)
 *     x   bytes that are no frame, then the connection ends
 *
 * With `tls` it has a certificate as SITE_TLS, else clients must know that it speaks HTTP/2. Ends the process with a
 * message on failure: a test can't go on without it. */
struct frames_server *frames_start(const char *fates, bool tls);

/* Ends the server and waits for it. */
void frames_stop(struct frames_server *server);

uint16_t frames_port(const struct frames_server *server);
unsigned frames_requests(const struct frames_server *server);
unsigned frames_connections(const struct frames_server *server);

#endif
