#include "site/coding.h"

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

enum { ZLIB_WINDOW = 15, GZIP_WINDOW = ZLIB_WINDOW + 16, ZLIB_MEMORY = 8, BROTLI_QUALITY = 5, FLUSH_MARGIN = 1024 };

const char *site_coding_name(enum site_coding coding)
{
    static const char *const names[] = {
        [SITE_GZIP] = "gzip", [SITE_DEFLATE] = "deflate", [SITE_BROTLI] = "br", [SITE_ZSTD] = "zstd"};
    return names[coding];
}

static bool zlib_encode(int window, const char *data, size_t length, bool whole, struct site_text *out)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window, ZLIB_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    size_t bound = deflateBound(&stream, (uLong)length) + FLUSH_MARGIN;
    bool done = site_text_reserve(out, bound);
    if (done) {
        stream.next_in = (Bytef *)data; /* zlib only reads it */
        stream.avail_in = (uInt)length;
        stream.next_out = (Bytef *)out->data + out->length;
        stream.avail_out = (uInt)bound;
        done = deflate(&stream, whole ? Z_FINISH : Z_FULL_FLUSH) == (whole ? Z_STREAM_END : Z_OK);
        out->length += stream.total_out;
    }
    deflateEnd(&stream);
    return done;
}

static bool brotli_encode(const char *data, size_t length, bool whole, struct site_text *out)
{
    size_t room = BrotliEncoderMaxCompressedSize(length) + FLUSH_MARGIN;
    BrotliEncoderState *state = BrotliEncoderCreateInstance(NULL, NULL, NULL);
    bool done = state && site_text_reserve(out, room);
    if (done) {
        BrotliEncoderSetParameter(state, BROTLI_PARAM_QUALITY, BROTLI_QUALITY);
        size_t rest = room;
        const uint8_t *in = (const uint8_t *)data;
        uint8_t *next = (uint8_t *)out->data + out->length;
        done = BrotliEncoderCompressStream(state, whole ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_FLUSH, &length,
                                           &in, &rest, &next, NULL) &&
               !length && !BrotliEncoderHasMoreOutput(state);
        out->length += room - rest;
    }
    BrotliEncoderDestroyInstance(state);
    return done;
}

static bool zstd_encode(const char *data, size_t length, bool whole, struct site_text *out)
{
    size_t room = ZSTD_compressBound(length) + FLUSH_MARGIN;
    ZSTD_CCtx *context = ZSTD_createCCtx();
    bool done = context && site_text_reserve(out, room);
    if (done) {
        ZSTD_inBuffer in = {data, length, 0};
        ZSTD_outBuffer to = {out->data + out->length, room, 0};
        done = ZSTD_compressStream2(context, &to, &in, whole ? ZSTD_e_end : ZSTD_e_flush) == 0 && in.pos == length;
        out->length += to.pos;
    }
    ZSTD_freeCCtx(context);
    return done;
}

void site_coding_encode(enum site_coding coding, const char *data, size_t length, bool whole, struct site_text *out)
{
    bool done = true;
    switch (coding) {
    case SITE_IDENTITY:
        site_text_append(out, data, length);
        break;
    case SITE_GZIP:
        done = zlib_encode(GZIP_WINDOW, data, length, whole, out);
        break;
    case SITE_DEFLATE:
        done = zlib_encode(ZLIB_WINDOW, data, length, whole, out);
        break;
    case SITE_BROTLI:
        done = brotli_encode(data, length, whole, out);
        break;
    case SITE_ZSTD:
        done = zstd_encode(data, length, whole, out);
        break;
    }
    if (!done)
        out->failed = true;
}

/* After a flush the stream stands at the start of a byte and of a block, whose type is then a reserved one: 3 in the
 * deflate format and in zstd, a reserved bit of a metadata block in brotli. */
void site_coding_spoil(enum site_coding coding, struct site_text *out)
{
    static const char reserved_block[] = "\x07\x00\x00\x00 spoilt";
    static const char reserved_bit[] = "\x0e\x00\x00\x00 spoilt";
    site_text_append(out, coding == SITE_BROTLI ? reserved_bit : reserved_block, sizeof reserved_bit - 1);
}
