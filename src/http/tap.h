/* tap.h - the bytes of an exchange on their way past a tap (fetch.h).
 *
 * libcurl tells of them in three places: what is sent, and a body in its transfer coding, where it is debugged; the
 * lines of heads where they are received, since it doesn't tell of the empty line behind an interim head elsewhere;
 * and the body without transfer coding where it is written. A request without a tap has none of that. */
#ifndef HTTP_TAP_H
#define HTTP_TAP_H

#include "http/transfer.h"

/* Has the handle tell of what the fetch's tap wants, if it has one. */
void tap_prepare(struct transfer *transfer);

static inline const struct http_tap *tap_of(const struct transfer *transfer)
{
    return transfer->fetch->request->tap;
}

/* The request is about to be sent. */
void tap_begin(struct transfer *transfer);

/* A line of a head came. Errors: those of the tap. */
int tap_line(struct transfer *transfer, struct slice line);

/* Bytes of the body came that count. Errors: those of the tap. */
int tap_payload(struct transfer *transfer, struct slice bytes);

#endif
