/* gunzip.h - gzip files (RFC 1952) unpacked while they stream in.
 *
 * Files, not bodies: what HTTP wraps is http/decode.h's business, and what it unwraps may still be such a file. Members
 * one behind the other are one file (section 2.2); bytes behind the last that start no other are ignored. */
#ifndef WEB_GUNZIP_H
#define WEB_GUNZIP_H

#include <stdbool.h>

#include "base/slice.h"

struct gunzip;

/* Takes unpacked bytes. Returns 0, or a negative error that ends the unpacking. */
typedef int (*gunzip_sink)(void *context, struct slice bytes);

enum { GUNZIP_MAGIC = 2 }; /* bytes that tell a gzip file */

/* Whether `start`, GUNZIP_MAGIC bytes or more, is that of a gzip file. */
bool gunzip_is_start(struct slice start);

/* Errors: ERR_NO_MEMORY. */
int gunzip_create(struct gunzip **out, gunzip_sink sink, void *context);

/* NULL is allowed. */
void gunzip_free(struct gunzip *gunzip);

/* Unpacks the next bytes, however they are cut. A byte may become a thousand: to limit them is up to the sink. Errors:
 * ERR_DECODE (corrupt), ERR_NO_MEMORY, or what the sink returned; only gunzip_free may be called then. */
int gunzip_feed(struct gunzip *gunzip, struct slice bytes);

/* The file is over. Errors: ERR_TRUNCATED when its last member is not. */
int gunzip_finish(const struct gunzip *gunzip);

#endif
