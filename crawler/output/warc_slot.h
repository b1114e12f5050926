/* warc_slot.h - an exchange on its way into a WARC archive, and what the parts of the archive share. */
#ifndef OUTPUT_WARC_SLOT_H
#define OUTPUT_WARC_SLOT_H

#include "base/container.h"
#include "output/warc_index.h"
#include "output/warc_records.h"
#include "output/warc_spool.h"

struct warc_slot {
    struct archive_slot slot;
    int *error; /* of the archive */
    struct buf request;
    struct buf head;         /* of the response; empty as long as there is none */
    struct warc_spool spool; /* its body */
    struct warc_digest *block;
    struct warc_digest *payload;
    uint64_t payload_length;
    bool body_begun;
    /* When it is being kept. */
    struct archive_answer answer;
    char date[WARC_DATE_SIZE]; /* when the request began to be sent */
    char id[WARC_ID_SIZE];     /* of the response */
    char block_digest[WARC_DIGEST_SIZE];
    char payload_digest[WARC_DIGEST_SIZE];
    bool has_payload_digest;
    bool is_revisit;
    bool has_original;
    struct warc_original original;
    uint64_t response_size; /* bytes of its record in the file, so far */
    uint64_t copied;        /* of the spool's file */
};

static inline struct warc_slot *warc_slot_of(struct archive_slot *slot)
{
    return container_of(slot, struct warc_slot, slot);
}

/* `error` is where the archive's first error stands, and where one of the disk that the slot meets is put. Errors:
 * ERR_NO_MEMORY. */
int warc_slot_create(struct warc_slot **out, struct archive *archive, struct warc_spools *spools, int *error);
void warc_slot_free(struct warc_slot *slot);

/* Forgets the exchange. */
void warc_slot_clear(struct warc_slot *slot);

/* The exchange is over: what is to be known of it for its records is made. Errors: those of warc_spool_end. */
int warc_slot_end(struct warc_slot *slot);

/* Whether its payload stands for others that are equal. */
bool warc_slot_may_be_found(const struct warc_slot *slot);

/* Whether there is no payload because the one there was still holds. */
static inline bool warc_slot_is_not_modified(const struct warc_slot *slot)
{
    return slot->answer.response->status == 304;
}

/* The media type that its head names. */
struct slice warc_slot_mime(const struct warc_slot *slot);

#endif
