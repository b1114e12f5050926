/* warc_records.h - the records of an exchange, packed. */
#ifndef OUTPUT_WARC_RECORDS_H
#define OUTPUT_WARC_RECORDS_H

#include "options.h"
#include "output/gzip_member.h"
#include "output/warc_head.h"

struct warc_slot;

/* What makes them. */
struct warc_records {
    const struct options *options;
    struct libdeflate_compressor *packer;
    struct gzip_part part; /* of a response whose body is in a file, all that is before that */
    struct warc_digest *digest;
    struct buf text;                /* scratch: a block */
    struct buf record;              /* scratch: a record */
    char warcinfo_id[WARC_ID_SIZE]; /* of the file that is being written */
};

/* Errors: ERR_NO_MEMORY. To be freed in any case. */
int warc_records_create(struct warc_records *records, const struct options *options);
void warc_records_free(struct warc_records *records);

/* Appends the warcinfo that a file called `name` begins with, or, gone on with, has for what follows. Errors as
 * buf_append. */
int warc_records_begin_file(struct warc_records *records, const char *name, struct buf *out);

/* Appends the response, or the revisit; of one whose body is in a file, all that is before the body. Errors as
 * buf_append. */
int warc_records_append_response(struct warc_records *records, struct warc_slot *slot, struct buf *out);

/* Appends what follows such a body. Errors as buf_append. */
int warc_records_append_tail(const struct warc_records *records, const struct warc_slot *slot, struct buf *out);

/* Appends request and metadata. Errors as buf_append. */
int warc_records_append_others(struct warc_records *records, const struct warc_slot *slot, struct buf *out);

#endif
