/* cookies.h - the cookie jar of a client: read from a file, written back, and kept within bounds.
 *
 * libcurl keeps what servers set, in the share of the client's handles, and takes 50 cookies an answer without an end.
 * So whenever COOKIES_BETWEEN_COUNTS lines have come that set one, the jar is counted. A domain that has more than
 * COOKIES_A_DOMAIN loses all of its own; where more than COOKIES_IN_ALL are left, the same is done with half of that
 * figure, and so on; of domains with one each, as many are left as may be (RFC 6265, section 6.1, asks for 50 and
 * 3,000). What the file had is left out: it isn't counted and stays. */
#ifndef HTTP_COOKIES_H
#define HTTP_COOKIES_H

#include <curl/curl.h>
#include <stdbool.h>

#include "async/loop.h"
#include "base/table.h"

enum { COOKIES_A_DOMAIN = 180, COOKIES_IN_ALL = 3000, COOKIES_BETWEEN_COUNTS = 1000 };

/* Part of a client. */
struct cookies {
    struct loop *loop;
    struct loop_callback count;
    CURLSH *share;
    const char *file;   /* NULL for none */
    bool was_read;      /* the file, which will be written */
    bool has_warned;    /* of cookies that were forgotten */
    unsigned lines;     /* that have come since the last count */
    struct table given; /* what the file had */
};

/* Prepares a jar whose file, if any, is `file`; cookies_close may be called from then on. */
void cookies_init(struct cookies *cookies, struct loop *loop, const char *file);

/* Reads the file into the jar of `share`, which must live until cookies_close. A file that isn't there is empty.
 * Errors: ERR_NO_MEMORY. */
int cookies_open(struct cookies *cookies, CURLSH *share);

/* Writes the file, if it was read: a client that could not be made would empty it. */
void cookies_close(struct cookies *cookies);

/* A line came that sets a cookie. */
void cookies_note(struct cookies *cookies);

#endif
