#include "site/coding.h"

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

enum { ZLIB_WINDOW = 15, GZIP_WINDOW = ZLIB_WINDOW + 16, ZLIB_MEMORY = 8, ZSTD_LEVEL = 3, BROTLI_QUALITY = 5 };

const char *site_coding_name(enum site_coding coding)
{
    static const char *const names[] = {
        [SITE_GZIP] = "gzip", [SITE_DEFLATE] = "deflate", [SITE_BROTLI] = "br", [SITE_ZSTD] = "zstd"};
    return names[coding];
}

static bool zlib_encode(int window, const char *data, size_t length, struct site_text *out)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window, ZLIB_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    size_t bound = deflateBound(&stream, (uLong)length);
    bool done = site_text_reserve(out, bound);
    if (done) {
        stream.next_in = (Bytef *)data; /* zlib only reads it */
        stream.avail_in = (uInt)length;
        stream.next_out = (Bytef *)out->data + out->length;
        stream.avail_out = (uInt)bound;
        done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
        out->length += stream.total_out;
    }
    deflateEnd(&stream);
    return done;
}

static bool brotli_encode(const char *data, size_t length, struct site_text *out)
{
    size_t size = BrotliEncoderMaxCompressedSize(length);
    if (!size || !site_text_reserve(out, size))
        return false;
    if (!BrotliEncoderCompress(BROTLI_QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_GENERIC, length,
                               (const uint8_t *)data, &size, (uint8_t *)out->data + out->length))
        return false;
    out->length += size;
    return true;
}

static bool zstd_encode(const char *data, size_t length, struct site_text *out)
{
    size_t bound = ZSTD_compressBound(length);
    if (!site_text_reserve(out, bound))
        return false;
    size_t size = ZSTD_compress(out->data + out->length, bound, data, length, ZSTD_LEVEL);
    if (ZSTD_isError(size))
        return false;
    out->length += size;
    return true;
}

void site_coding_encode(enum site_coding coding, const char *data, size_t length, struct site_text *out)
{
    bool done = true;
    switch (coding) {
    case SITE_IDENTITY:
        site_text_append(out, data, length);
        break;
    case SITE_GZIP:
        done = zlib_encode(GZIP_WINDOW, data, length, out);
        break;
    case SITE_DEFLATE:
        done = zlib_encode(ZLIB_WINDOW, data, length, out);
        break;
    case SITE_BROTLI:
        done = brotli_encode(data, length, out);
        break;
    case SITE_ZSTD:
        done = zstd_encode(data, length, out);
        break;
    }
    if (!done)
        out->failed = true;
}
