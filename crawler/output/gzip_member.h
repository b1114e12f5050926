/* gzip_member.h - gzip files (RFC 1952) made of one member behind another, each of which can be read by itself.
 *
 * A member is packed at once; or, where it is too large for that, in two parts apart: the first when the second is
 * there already. */
#ifndef OUTPUT_GZIP_MEMBER_H
#define OUTPUT_GZIP_MEMBER_H

#include <stdbool.h>
#include <stdint.h>
#include <zlib.h>

#include "base/buf.h"

/* What packs members at once. */
struct libdeflate_compressor;

/* NULL when memory is out, and allowed to be freed. */
struct libdeflate_compressor *gzip_packer_create(void);
void gzip_packer_free(struct libdeflate_compressor *packer);

/* Appends a member. Errors as buf_reserve. */
int gzip_append_member(struct libdeflate_compressor *packer, struct slice bytes, struct buf *out);

/* Bytes that are packed, and what is to be known of them. */
struct gzip_part {
    z_stream stream;
    bool is_open;
    uint32_t sum; /* CRC-32 */
    uint64_t size;
};

/* Begins a part; the first time, or after gzip_part_close, memory is taken (270 KB). Errors: ERR_NO_MEMORY. */
int gzip_part_begin(struct gzip_part *part);

/* Gives the memory back. One that is all zero is closed. */
void gzip_part_close(struct gzip_part *part);

/* Packs more bytes; what comes of them is appended to `out`. Errors as buf_reserve. */
int gzip_part_add(struct gzip_part *part, struct slice bytes, struct buf *out);

/* Packs what is still kept back. `is_last`: no other part follows in the member. Errors as buf_reserve. */
int gzip_part_end(struct gzip_part *part, bool is_last, struct buf *out);

/* What stands before and behind the packed bytes of a member. Errors as buf_append. */
int gzip_append_head(struct buf *out);
int gzip_append_tail(const struct gzip_part *first, const struct gzip_part *second, struct buf *out);

#endif
