/* warc_digest.h - digests as web archives have them: SHA-1 in base32 (RFC 4648), "sha1:..." */
#ifndef OUTPUT_WARC_DIGEST_H
#define OUTPUT_WARC_DIGEST_H

#include "base/slice.h"

enum { WARC_DIGEST_SIZE = sizeof "sha1:" + 32 };

struct warc_digest; /* of bytes that come in pieces */

/* NULL when memory is out. */
struct warc_digest *warc_digest_create(void);

/* NULL is allowed. */
void warc_digest_free(struct warc_digest *digest);

void warc_digest_begin(struct warc_digest *digest);
void warc_digest_add(struct warc_digest *digest, struct slice bytes);

/* Its text. Another one begins with warc_digest_begin. */
void warc_digest_end(struct warc_digest *digest, char text[WARC_DIGEST_SIZE]);

#endif
