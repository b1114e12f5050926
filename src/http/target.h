/* target.h - how an easy handle is told the URL of a request.
 *
 * libcurl takes each URL apart, puts it together and takes that apart again: a sixth of all that it does for a page. So
 * it is told in two parts where it can be: scheme, host and port in a parsed form that stays the same for an origin,
 * with the path put in for the cookies; and path and query as the request's target, which goes out as it is. The whole
 * URL is told as well: a request that is repeated on a fresh connection begins with that.
 *
 * The target must then be what libcurl would make of the URL: without bytes that it would escape. Setting a path turns
 * its escapes into lower case, which cookies would mind: such URLs, too, are told whole; and all that go to a proxy. */
#ifndef HTTP_TARGET_H
#define HTTP_TARGET_H

#include <curl/curl.h>
#include <stdbool.h>

struct origin;
struct transfer;

/* Part of a transfer; all zero at first. */
struct target {
    CURLU *parsed;               /* NULL until the first use */
    const struct origin *origin; /* that `parsed` is of; NULL for none */
    bool in_parts;               /* how the handle was told the last URL */
};

/* Tells the handle of `transfer` the URL that its fetch asks for. Errors: ERR_NO_MEMORY. */
int target_tell(struct transfer *transfer);

/* The transfer has a fresh handle, which was told nothing. */
void target_forget(struct target *target);

/* Gives the parsed form back, when the handle is gone. */
void target_close(struct target *target);

#endif
