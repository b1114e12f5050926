/* decode.h - content codings taken off a body while it streams: gzip, deflate, br, zstd, and stacks of them.
 *
 * libcurl's own decoding is off: it calls a truncated gzip a success, fails on a second gzip member, and hides the
 * bytes as they were sent. Output is pushed to a sink in pieces; nothing is kept. */
#ifndef HTTP_DECODE_H
#define HTTP_DECODE_H

#include <stdint.h>

#include "base/slice.h"

struct decoder;

struct decode_limits {
    uint64_t max_size;    /* decoded bytes in all */
    unsigned max_ratio;   /* decoded bytes per wire byte once a megabyte is out; 0 for no limit */
    unsigned zstd_window; /* log2 of the largest zstd window, 10 to 31; RFC 8878 and RFC 9659 say 23 (8 MiB) */
};

/* Takes decoded bytes. Returns 0, or a negative error that ends the decoding. */
typedef int (*decode_sink)(void *context, struct slice bytes);

/* What the program can decode, for an Accept-Encoding header: "gzip, deflate, br, zstd". Static. */
const char *decode_accepted(void);

/* A decoder for a Content-Encoding header's value (RFC 9110, section 8.4): codings separated by commas, in the order in
 * which they were applied; x-gzip and identity count too; at most 4. `*out` is NULL when there is nothing to decode.
 * Errors: ERR_CODING_UNKNOWN, ERR_NO_MEMORY. */
int decoder_create(struct decoder **out, struct slice content_encoding, const struct decode_limits *limits,
                   decode_sink sink, void *context);

/* Decodes the next bytes of the body, however they are cut. Errors: ERR_DECODE (corrupt), ERR_DECODED_TOO_LARGE (a
 * limit is passed; what was within has gone to the sink), ERR_NO_MEMORY, or what the sink returned. After an error only
 * decoder_free may be called. Bytes behind the end of the last gzip member or zstd frame that do not start another one
 * are ignored, as browsers do. */
int decoder_feed(struct decoder *decoder, struct slice bytes);

/* The body is over. Errors: ERR_TRUNCATED when the coding had not reached its end (an empty body is whole), or as
 * decoder_feed. */
int decoder_finish(struct decoder *decoder);

/* NULL is allowed. */
void decoder_free(struct decoder *decoder);

#endif
