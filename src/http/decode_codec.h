/* decode_codec.h - the decompressors behind one interface: one unit (gzip member, zstd frame) at a time. */
#ifndef HTTP_DECODE_CODEC_H
#define HTTP_DECODE_CODEC_H

#include <brotli/decode.h>
#include <stdbool.h>
#include <zlib.h>
#include <zstd.h>

#include "base/slice.h"

/* Whether some bytes start a unit. */
enum codec_start { CODEC_NO_START, CODEC_PART_OF_START, CODEC_START };

enum { CODEC_START_LENGTH = 4 }; /* the most bytes that it takes to tell */

/* The state of one decompressor, embedded by the caller. */
struct codec_state {
    union {
        z_stream zlib;
        BrotliDecoderState *brotli;
        ZSTD_DStream *zstd;
    } as;
    unsigned zstd_window; /* set by the caller */
    unsigned zstd_header; /* bytes of the frame that it has seen, up to the longest header */
};

struct codec_output {
    char *data;
    size_t length;
    size_t capacity;
};

struct codec {
    const char *name;
    const char *alias; /* NULL: none */
    size_t lead;       /* bytes of the body that `open` must see */

    /* Errors: ERR_NO_MEMORY, ERR_DECODE (no unit starts so), ERR_DECODED_TOO_LARGE (the window is more than
     * allowed). */
    int (*open)(struct codec_state *state, const char *lead);

    /* Moves on, taking from `input` and adding to `output`, until one of them is used up or the unit ends: `*ended`.
     * Errors: ERR_DECODE, ERR_NO_MEMORY, ERR_DECODED_TOO_LARGE (the window that is wanted is too large). */
    int (*step)(struct codec_state *state, struct slice *input, struct codec_output *output, bool *ended);

    /* Tells whether another unit follows one that has ended; NULL where nothing may follow. */
    enum codec_start (*starts)(const char *bytes, size_t length);

    /* Gets ready for that other unit. */
    void (*restart)(struct codec_state *state);

    void (*close)(struct codec_state *state);
};

/* The codec of a content coding (RFC 9110, section 8.4.1) in any case; NULL when it is unknown. */
const struct codec *codec_find(struct slice name);

#endif
