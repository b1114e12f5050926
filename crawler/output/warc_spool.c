#include "output/warc_spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path.h"

/* A body may have so much memory; where all of them have too much, only the last. */
enum { IN_MEMORY = 256 * 1024, ALL_IN_MEMORY = 64 << 20, IN_MEMORY_ANYWAY = 8 * 1024, PACKED = 64 * 1024 };

void warc_spool_init(struct warc_spool *spool, struct warc_spools *shared)
{
    *spool = (struct warc_spool){.shared = shared, .file = -1};
    buf_init(&spool->bytes, IN_MEMORY + PACKED);
}

void warc_spool_clear(struct warc_spool *spool)
{
    if (spool->file >= 0)
        close(spool->file);
    else
        spool->shared->in_memory -= spool->bytes.length;
    gzip_part_close(&spool->part);
    buf_free(&spool->bytes);
    warc_spool_init(spool, spool->shared);
}

static bool fits(const struct warc_spool *spool, size_t more)
{
    size_t length = spool->bytes.length + more;
    return length <= IN_MEMORY_ANYWAY || (length <= IN_MEMORY && spool->shared->in_memory + more <= ALL_IN_MEMORY);
}

static int open_file(struct warc_spool *spool)
{
    struct buf name;
    buf_init(&name, PATH_LIMIT);
    int err = buf_printf(&name, "%s.XXXXXX", spool->shared->prefix);
    spool->file = err ? -1 : mkostemp(name.data, O_CLOEXEC);
    if (!err && spool->file < 0)
        err = error_from_errno(errno);
    if (!err)
        unlink(name.data);
    buf_free(&name);
    return err;
}

static int write_all(int file, struct slice bytes)
{
    while (bytes.length) {
        ssize_t written = write(file, bytes.data, bytes.length);
        if (written < 0 && errno != EINTR)
            return error_from_errno(errno);
        if (written > 0)
            bytes = (struct slice){bytes.data + written, bytes.length - (size_t)written};
    }
    return 0;
}

static int write_packed(struct warc_spool *spool)
{
    int err = write_all(spool->file, buf_slice(&spool->bytes));
    spool->packed += spool->bytes.length;
    buf_clear(&spool->bytes);
    return err;
}

static int pack(struct warc_spool *spool, struct slice bytes)
{
    int err = gzip_part_add(&spool->part, bytes, &spool->bytes);
    return err || spool->bytes.length < PACKED / 2 ? err : write_packed(spool);
}

/* Moves what is in memory to a file. */
static int spill(struct warc_spool *spool)
{
    struct buf bytes = spool->bytes;
    int err = gzip_part_begin(&spool->part);
    if (!err)
        err = open_file(spool);
    if (err)
        return err;
    buf_init(&spool->bytes, IN_MEMORY + PACKED);
    spool->shared->in_memory -= bytes.length;
    err = pack(spool, buf_slice(&bytes));
    buf_free(&bytes);
    return err;
}

int warc_spool_add(struct warc_spool *spool, struct slice bytes, bool *is_fatal)
{
    int err = 0;
    if (spool->file < 0 && !fits(spool, bytes.length))
        err = spill(spool);
    if (!err && spool->file >= 0)
        err = pack(spool, bytes);
    else if (!err && !(err = buf_append_slice(&spool->bytes, bytes)))
        spool->shared->in_memory += bytes.length;
    spool->length += bytes.length;
    *is_fatal = err && err != ERR_NO_MEMORY && err != ERR_TOO_MANY_FILES;
    return err;
}

int warc_spool_end(struct warc_spool *spool, struct slice more)
{
    if (spool->file < 0)
        return 0;
    int err = gzip_part_add(&spool->part, more, &spool->bytes);
    if (!err)
        err = gzip_part_end(&spool->part, true, &spool->bytes);
    return err ? err : write_packed(spool);
}

int warc_spool_read(const struct warc_spool *spool, uint64_t from, size_t most, struct buf *out)
{
    size_t wanted = spool->packed - from < most ? (size_t)(spool->packed - from) : most;
    int err = buf_reserve(out, wanted);
    while (wanted && !err) {
        ssize_t got = pread(spool->file, out->data + out->length, wanted, (off_t)from);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? error_from_errno(errno) : ERR_TRUNCATED;
        out->length += (size_t)got;
        from += (uint64_t)got;
        wanted -= (size_t)got;
    }
    return err;
}
