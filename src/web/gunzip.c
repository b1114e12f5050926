#include "web/gunzip.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/error.h"

enum { CHUNK = 16384, GZIP_WRAPPER = 16 };

static const unsigned char MAGIC[GUNZIP_MAGIC] = {0x1f, 0x8b};

enum place {
    IN_MEMBER,
    BETWEEN, /* behind a member; another one may follow */
    OVER     /* what follows is ignored */
};

struct gunzip {
    gunzip_sink sink;
    void *context;
    z_stream zlib;
    enum place place;
    size_t matched; /* bytes of the next member's magic number, while between */
};

bool gunzip_is_start(struct slice start)
{
    return start.length >= GUNZIP_MAGIC && memcmp(start.data, MAGIC, GUNZIP_MAGIC) == 0;
}

int gunzip_create(struct gunzip **out, gunzip_sink sink, void *context)
{
    struct gunzip *gunzip = calloc(1, sizeof *gunzip);
    if (!gunzip)
        return ERR_NO_MEMORY;
    gunzip->sink = sink;
    gunzip->context = context;
    if (inflateInit2(&gunzip->zlib, MAX_WBITS + GZIP_WRAPPER) != Z_OK) {
        free(gunzip);
        return ERR_NO_MEMORY;
    }
    *out = gunzip;
    return 0;
}

void gunzip_free(struct gunzip *gunzip)
{
    if (!gunzip)
        return;
    (void)inflateEnd(&gunzip->zlib);
    free(gunzip);
}

/* Unpacks what there is room for. `*more` tells whether there is more to get, even of no more bytes. */
static int step(struct gunzip *gunzip, struct slice *bytes, bool *more)
{
    char chunk[CHUNK];
    z_stream *zlib = &gunzip->zlib;
    uInt given = bytes->length > UINT_MAX ? UINT_MAX : (uInt)bytes->length;
    zlib->next_in = (Bytef *)bytes->data; /* zlib only reads it */
    zlib->avail_in = given;
    zlib->next_out = (Bytef *)chunk;
    zlib->avail_out = sizeof chunk;
    int code = inflate(zlib, Z_NO_FLUSH);
    *bytes = (struct slice){bytes->data + (given - zlib->avail_in), bytes->length - (given - zlib->avail_in)};
    *more = code == Z_OK && (zlib->avail_out == 0 || bytes->length > 0);
    size_t length = sizeof chunk - zlib->avail_out;
    int err = length ? gunzip->sink(gunzip->context, (struct slice){chunk, length}) : 0;
    if (code == Z_STREAM_END)
        gunzip->place = BETWEEN;
    else if (!err && code != Z_OK && code != Z_BUF_ERROR) /* the latter: nothing to do with what it was given */
        err = code == Z_MEM_ERROR ? ERR_NO_MEMORY : ERR_DECODE;
    return err;
}

static int unpack(struct gunzip *gunzip, struct slice *bytes)
{
    bool more = true;
    int err = 0;
    while (more && !err)
        err = step(gunzip, bytes, &more);
    return err;
}

/* Takes a byte behind a member: a part of the next one's start, or the end of it all. */
static int look(struct gunzip *gunzip, struct slice *bytes)
{
    unsigned char byte = (unsigned char)bytes->data[0];
    *bytes = (struct slice){bytes->data + 1, bytes->length - 1};
    if (byte != MAGIC[gunzip->matched]) {
        gunzip->place = OVER;
        return 0;
    }
    if (++gunzip->matched < GUNZIP_MAGIC)
        return 0;
    struct slice magic = {(const char *)MAGIC, GUNZIP_MAGIC};
    gunzip->matched = 0;
    gunzip->place = IN_MEMBER;
    (void)inflateReset(&gunzip->zlib); /* fails only for a stream that was never opened */
    return unpack(gunzip, &magic);
}

int gunzip_feed(struct gunzip *gunzip, struct slice bytes)
{
    int err = 0;
    while (bytes.length && !err && gunzip->place != OVER)
        err = gunzip->place == IN_MEMBER ? unpack(gunzip, &bytes) : look(gunzip, &bytes);
    return err;
}

int gunzip_finish(const struct gunzip *gunzip)
{
    return gunzip->place == IN_MEMBER ? ERR_TRUNCATED : 0;
}
