/* pack.h - gzip files for tests. */
#ifndef UNIT_WEB_PACK_H
#define UNIT_WEB_PACK_H

#include <zlib.h>

#include "base/buf.h"
#include "unit/suite.h"

/* Appends a gzip member that holds `text`. */
static inline void pack(struct buf *out, struct slice text)
{
    z_stream zlib = {.next_in = (Bytef *)text.data, .avail_in = (uInt)text.length};
    ck_assert_int_eq(deflateInit2(&zlib, 1, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t bound = deflateBound(&zlib, text.length);
    ck_assert_int_eq(buf_reserve(out, bound), 0);
    zlib.next_out = (Bytef *)out->data + out->length;
    zlib.avail_out = (uInt)bound;
    ck_assert_int_eq(deflate(&zlib, Z_FINISH), Z_STREAM_END);
    out->length += bound - zlib.avail_out;
    deflateEnd(&zlib);
}

#endif
