#include "http/decode_codec.h"

#include <limits.h>
#include <string.h>
#include <zstd_errors.h>

#include "base/error.h"

/* zlib's unsigned lengths may be shorter than ours. */
static uInt zlib_length(size_t length)
{
    return length > UINT_MAX ? UINT_MAX : (uInt)length;
}

static int zlib_open(struct codec_state *state, int window_bits)
{
    state->as.zlib = (z_stream){0};
    return inflateInit2(&state->as.zlib, window_bits) == Z_OK ? 0 : ERR_NO_MEMORY;
}

static int zlib_step(struct codec_state *state, struct slice *input, struct codec_output *output, bool *ended)
{
    z_stream *zlib = &state->as.zlib;
    uInt given = zlib_length(input->length), room = zlib_length(output->capacity - output->length);
    zlib->next_in = (Bytef *)input->data; /* zlib only reads it */
    zlib->avail_in = given;
    zlib->next_out = (Bytef *)output->data + output->length;
    zlib->avail_out = room;
    int code = inflate(zlib, Z_NO_FLUSH);
    input->data += given - zlib->avail_in;
    input->length -= given - zlib->avail_in;
    output->length += room - zlib->avail_out;
    switch (code) {
    case Z_STREAM_END:
        *ended = true;
        return 0;
    case Z_OK:
    case Z_BUF_ERROR: /* nothing to do with what it was given */
        return 0;
    case Z_MEM_ERROR:
        return ERR_NO_MEMORY;
    default: /* Z_NEED_DICT too: HTTP knows no dictionary for it */
        return ERR_DECODE;
    }
}

static void zlib_restart(struct codec_state *state)
{
    (void)inflateReset(&state->as.zlib); /* fails only for a stream that was never opened */
}

static void zlib_close(struct codec_state *state)
{
    (void)inflateEnd(&state->as.zlib);
}

enum { GZIP_WRAPPER = 16, ZLIB_CM_DEFLATE = 8, ZLIB_MAX_CINFO = 7, ZLIB_CHECK = 31 };

static int gzip_open(struct codec_state *state, const char *lead)
{
    (void)lead;
    return zlib_open(state, MAX_WBITS + GZIP_WRAPPER);
}

/* Compares `length` bytes with as much of the magic number. */
static enum codec_start match_start(const char *bytes, size_t length, const char *magic, size_t magic_length)
{
    size_t common = length < magic_length ? length : magic_length;
    if (memcmp(bytes, magic, common) != 0)
        return CODEC_NO_START;
    return common == magic_length ? CODEC_START : CODEC_PART_OF_START;
}

static enum codec_start gzip_starts(const char *bytes, size_t length)
{
    return match_start(bytes, length, "\x1f\x8b", 2);
}

/* Whether the first two bytes are the header of RFC 1950. Many servers send bare RFC 1951 instead, as browsers know. */
static bool has_zlib_header(const char *lead)
{
    unsigned cmf = (unsigned char)lead[0], flg = (unsigned char)lead[1];
    return (cmf & 0xf) == ZLIB_CM_DEFLATE && cmf >> 4 <= ZLIB_MAX_CINFO && (cmf << 8 | flg) % ZLIB_CHECK == 0;
}

static int deflate_open(struct codec_state *state, const char *lead)
{
    return zlib_open(state, has_zlib_header(lead) ? MAX_WBITS : -MAX_WBITS);
}

static int brotli_open(struct codec_state *state, const char *lead)
{
    (void)lead;
    state->as.brotli = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    return state->as.brotli ? 0 : ERR_NO_MEMORY;
}

static int brotli_error(const BrotliDecoderState *brotli)
{
    int code = BrotliDecoderGetErrorCode(brotli);
    bool memory =
        code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES && code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
    return memory ? ERR_NO_MEMORY : ERR_DECODE;
}

static int brotli_step(struct codec_state *state, struct slice *input, struct codec_output *output, bool *ended)
{
    const uint8_t *in = (const uint8_t *)input->data;
    uint8_t *out = (uint8_t *)output->data + output->length;
    size_t left = input->length, room = output->capacity - output->length;
    BrotliDecoderResult result = BrotliDecoderDecompressStream(state->as.brotli, &left, &in, &room, &out, NULL);
    input->data = (const char *)in;
    input->length = left;
    output->length = output->capacity - room;
    if (result == BROTLI_DECODER_RESULT_ERROR)
        return brotli_error(state->as.brotli);
    *ended = result == BROTLI_DECODER_RESULT_SUCCESS;
    return 0;
}

static void brotli_close(struct codec_state *state)
{
    BrotliDecoderDestroyInstance(state->as.brotli);
}

static int zstd_error(size_t code)
{
    switch (ZSTD_getErrorCode(code)) {
    case ZSTD_error_memory_allocation:
        return ERR_NO_MEMORY;
    case ZSTD_error_frameParameter_windowTooLarge:
        return ERR_DECODED_TOO_LARGE;
    default:
        return ERR_DECODE;
    }
}

/* A frame, or one that is to be skipped (RFC 8878, sections 3.1.1 and 3.1.2). */
static enum codec_start zstd_starts(const char *bytes, size_t length)
{
    enum codec_start frame = match_start(bytes, length, "\x28\xb5\x2f\xfd", CODEC_START_LENGTH);
    if (frame != CODEC_NO_START || ((unsigned char)bytes[0] & 0xf0) != 0x50)
        return frame;
    if (length == 1)
        return CODEC_PART_OF_START;
    return match_start(bytes + 1, length - 1, "\x2a\x4d\x18", CODEC_START_LENGTH - 1);
}

/* The library may also take the formats before RFC 8878, whose windows ZSTD_d_windowLogMax does not limit. */
static int zstd_open(struct codec_state *state, const char *lead)
{
    if (zstd_starts(lead, CODEC_START_LENGTH) != CODEC_START)
        return ERR_DECODE;
    state->zstd_header = 0;
    state->as.zstd = ZSTD_createDStream();
    if (!state->as.zstd)
        return ERR_NO_MEMORY;
    size_t code = ZSTD_DCtx_setParameter(state->as.zstd, ZSTD_d_windowLogMax, (int)state->zstd_window);
    if (!ZSTD_isError(code))
        return 0;
    ZSTD_freeDStream(state->as.zstd);
    return ERR_DECODED_TOO_LARGE;
}

enum { ZSTD_LONGEST_HEADER = 18 }; /* RFC 8878, section 3.1.1.1, magic number included */

/* The header goes in byte by byte: in the call that ends it, the library looks for a whole frame in the bytes of that
 * call alone, and the rest of a header may look like one. */
static int zstd_step(struct codec_state *state, struct slice *input, struct codec_output *output, bool *ended)
{
    bool in_header = state->zstd_header < ZSTD_LONGEST_HEADER && input->length > 0;
    state->zstd_header += in_header;
    ZSTD_inBuffer in = {input->data, in_header ? 1 : input->length, 0};
    ZSTD_outBuffer out = {output->data, output->capacity, output->length};
    size_t code = ZSTD_decompressStream(state->as.zstd, &out, &in);
    input->data += in.pos;
    input->length -= in.pos;
    output->length = out.pos;
    if (ZSTD_isError(code))
        return zstd_error(code);
    *ended = code == 0;
    return 0;
}

static void zstd_restart(struct codec_state *state)
{
    (void)ZSTD_DCtx_reset(state->as.zstd, ZSTD_reset_session_only); /* can't fail: the parameters stay */
    state->zstd_header = 0;
}

static void zstd_close(struct codec_state *state)
{
    ZSTD_freeDStream(state->as.zstd);
}

static const struct codec CODECS[] = {
    {"gzip", "x-gzip", 0, gzip_open, zlib_step, gzip_starts, zlib_restart, zlib_close},
    {"deflate", NULL, 2, deflate_open, zlib_step, NULL, NULL, zlib_close},
    {"br", NULL, 0, brotli_open, brotli_step, NULL, NULL, brotli_close},
    {"zstd", NULL, CODEC_START_LENGTH, zstd_open, zstd_step, zstd_starts, zstd_restart, zstd_close},
};

const struct codec *codec_find(struct slice name)
{
    for (size_t i = 0; i < sizeof CODECS / sizeof CODECS[0]; i++) {
        const struct codec *codec = &CODECS[i];
        if (slice_equal_nocase(name, slice_of(codec->name)) ||
            (codec->alias && slice_equal_nocase(name, slice_of(codec->alias))))
            return codec;
    }
    return NULL;
}
