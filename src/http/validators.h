/* validators.h - what an answer says of its version, and asking whether that still holds (RFC 9110, sections 8.8 and
 * 13). */
#ifndef HTTP_VALIDATORS_H
#define HTTP_VALIDATORS_H

#include "base/buf.h"
#include "http/fetch.h"

/* Longer entity tags are not kept: servers take some kilobytes of headers in all. */
enum { VALIDATORS_TAG_MAX = 1024, VALIDATORS_DATE_MAX = 64 };

/* Texts as the server sent them; empty for none. */
struct validators {
    struct slice tag;  /* an entity tag, weak or strong */
    struct slice date; /* of the last modification */
};

/* The validators of an answer that are fit to be sent back: one well-formed ETag, and a Last-Modified before the
 * answer's Date (or now, without one): one that is not may say the same of the next version. Valid until the response
 * changes. */
struct validators validators_of(const struct http_response *response);

/* The same of texts that were kept: those that are not well-formed are taken out. */
struct validators validators_checked(struct slice tag, struct slice date);

static inline bool validators_are_there(const struct validators *validators)
{
    return validators->tag.length || validators->date.length;
}

enum { VALIDATORS_LINES = 2 };

/* The header lines that ask for an answer only when it would be another, for http_request; `lines` ends with NULL and
 * is valid as long as `text`, which is written over. Errors: ERR_NO_MEMORY. */
int validators_lines(const struct validators *validators, struct buf *text, const char *lines[VALIDATORS_LINES + 1]);

#endif
