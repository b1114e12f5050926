/* warc_spool.h - the bodies of answers until they are archived.
 *
 * Their records begin with what is only known at their end. A small body is kept in memory as it is; a larger one
 * goes to an unnamed file in the archive's folder, packed while it comes, so that little is left to do at its end. */
#ifndef OUTPUT_WARC_SPOOL_H
#define OUTPUT_WARC_SPOOL_H

#include "output/gzip_member.h"

/* What all bodies share. */
struct warc_spools {
    const char *prefix; /* of the archive's files */
    uint64_t in_memory; /* bytes of all bodies there */
};

struct warc_spool {
    struct warc_spools *shared;
    struct buf bytes;      /* of a body in memory; packed bytes on their way to the file of another */
    struct gzip_part part; /* of a body in a file */
    int file;              /* -1: in memory */
    uint64_t length;       /* of the body */
    uint64_t packed;       /* bytes in the file */
};

void warc_spool_init(struct warc_spool *spool, struct warc_spools *shared);

/* Forgets the body. The spool can be used again; there is nothing more to free. */
void warc_spool_clear(struct warc_spool *spool);

/* Takes the next bytes. Errors: ERR_NO_MEMORY, those of error_from_errno; `*is_fatal` says that it is one of the disk
 * and not one of this body. */
int warc_spool_add(struct warc_spool *spool, struct slice bytes, bool *is_fatal);

/* The body is over: where it is in a file, that gets the rest of the packed bytes, with `more` behind the body.
 * Errors: as before. */
int warc_spool_end(struct warc_spool *spool, struct slice more);

/* Appends at most `most` of the packed bytes of a body in a file, from `from` on. Errors: ERR_NO_MEMORY,
 * ERR_TRUNCATED, those of error_from_errno. */
int warc_spool_read(const struct warc_spool *spool, uint64_t from, size_t most, struct buf *out);

static inline bool warc_spool_is_in_file(const struct warc_spool *spool)
{
    return spool->file >= 0;
}

#endif
