/* warc_head.h - the heads of WARC records (ISO 28500:2017, WARC 1.1). */
#ifndef OUTPUT_WARC_HEAD_H
#define OUTPUT_WARC_HEAD_H

#include <stdint.h>
#include <time.h>

#include "base/buf.h"
#include "output/warc_digest.h"

enum { WARC_ID_SIZE = sizeof "<urn:uuid:00000000-0000-0000-0000-000000000000>" };
enum { WARC_DATE_SIZE = sizeof "2026-11-30T08:00:00.000000Z" };

/* A new record's id, by random numbers (RFC 9562, version 4). */
void warc_id_make(char id[WARC_ID_SIZE]);

/* A moment of UTC, to the microsecond. */
void warc_date_of(const struct timespec *when, char date[WARC_DATE_SIZE]);

/* What stands in a head; texts are NULL where there is none. */
struct warc_head {
    const char *type; /* "response" */
    const char *id;
    const char *date;
    const char *content_type;
    const char *block_digest;
    const char *payload_digest;
    const char *warcinfo_id;
    const char *concurrent_to; /* the id of another record of the exchange */
    const char *address;       /* of the server */
    const char *profile;       /* of a revisit */
    const char *refers_to;     /* ids, dates and URLs of the record that has the payload */
    const char *refers_to_date;
    const char *truncated; /* why the block is not whole */
    const char *filename;  /* of a warcinfo */
    struct slice url;      /* empty for none */
    struct slice refers_to_url;
    uint64_t length; /* of the block */
};

/* Appends the head and the empty line behind it. What a URL or an address has of line breaks is left out. Errors as
 * buf_append. */
int warc_head_append(const struct warc_head *head, struct buf *out);

/* What follows a record's block. */
#define WARC_END SLICE("\r\n\r\n")

#endif
