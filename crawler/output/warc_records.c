#include "output/warc_records.h"

#include <inttypes.h>

#include "base/error.h"
#include "base/path.h"
#include "output/warc_slot.h"

#define PROFILES "http://netpreserve.org/warc/1.1/revisit/"

static const char FIELDS[] = "application/warc-fields";

enum { TEXT_LIMIT = 16 << 20 };

int warc_records_create(struct warc_records *records, const struct options *options)
{
    *records = (struct warc_records){.options = options};
    buf_init(&records->text, TEXT_LIMIT);
    buf_init(&records->record, TEXT_LIMIT);
    records->digest = warc_digest_create();
    records->packer = gzip_packer_create();
    return records->digest && records->packer ? 0 : ERR_NO_MEMORY;
}

void warc_records_free(struct warc_records *records)
{
    gzip_part_close(&records->part);
    gzip_packer_free(records->packer);
    warc_digest_free(records->digest);
    buf_free(&records->text);
    buf_free(&records->record);
}

static void digest_of(struct warc_records *records, struct slice bytes, char text[WARC_DIGEST_SIZE])
{
    warc_digest_begin(records->digest);
    warc_digest_add(records->digest, bytes);
    warc_digest_end(records->digest, text);
}

/* Appends a record whose block is `start` and `rest`. */
static int pack(struct warc_records *records, const struct warc_head *head, struct slice start, struct slice rest,
                struct buf *out)
{
    struct buf *record = &records->record;
    buf_clear(record);
    int err = warc_head_append(head, record);
    if (!err)
        err = buf_append_slice(record, start);
    if (!err)
        err = buf_append_slice(record, rest);
    if (!err)
        err = buf_append_slice(record, WARC_END);
    return err ? err : gzip_append_member(records->packer, buf_slice(record), out);
}

/* A record whose block is all there, with its digest. */
static int append_whole(struct warc_records *records, const struct warc_head *known, struct slice block,
                        struct buf *out)
{
    struct warc_head head = *known;
    char digest[WARC_DIGEST_SIZE], id[WARC_ID_SIZE];
    warc_id_make(id);
    digest_of(records, block, digest);
    head.id = head.id ? head.id : id;
    head.block_digest = digest;
    head.length = block.length;
    return pack(records, &head, block, (struct slice){0}, out);
}

int warc_records_begin_file(struct warc_records *records, const char *name, struct buf *out)
{
    char date[WARC_DATE_SIZE];
    struct timespec now;
    const struct options *options = records->options;
    clock_gettime(CLOCK_REALTIME, &now);
    warc_date_of(&now, date);
    warc_id_make(records->warcinfo_id);
    buf_clear(&records->text);
    int err =
        buf_printf(&records->text,
                   "software: crawler/" CRAWLER_VERSION "\r\nformat: WARC File Format 1.1\r\n"
                   "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"
                   "isPartOf: %s\r\nrobots: %s\r\nhttp-header-user-agent: %s\r\n",
                   path_name(options->warc), options->no_robots ? "ignore" : "obey", options->user_agent);
    const struct warc_head head = {
        .type = "warcinfo",
        .id = records->warcinfo_id,
        .date = date,
        .filename = path_name(name),
        .content_type = FIELDS,
    };
    return err ? err : append_whole(records, &head, buf_slice(&records->text), out);
}

static void describe_response(const struct warc_records *records, const struct warc_slot *slot, struct warc_head *head)
{
    *head = (struct warc_head){
        .type = "response",
        .id = slot->id,
        .date = slot->date,
        .url = slot->answer.url,
        .address = slot->answer.response->remote_address,
        .warcinfo_id = records->warcinfo_id,
        .truncated = slot->answer.response->truncated ? "length" : NULL,
        .block_digest = slot->block_digest,
        .payload_digest = slot->has_payload_digest ? slot->payload_digest : NULL,
        .content_type = "application/http; msgtype=response",
        .length = slot->head.length + slot->spool.length,
    };
}

/* By the standard (6.7.2), a block that lacks a body which is in the archive counts as truncated. */
static int append_revisit(struct warc_records *records, const struct warc_slot *slot, struct buf *out)
{
    struct warc_head head;
    describe_response(records, slot, &head);
    head.type = "revisit";
    bool is_not_modified = warc_slot_is_not_modified(slot);
    head.profile = is_not_modified ? PROFILES "server-not-modified" : PROFILES "identical-payload-digest";
    if (!is_not_modified)
        head.truncated = "length";
    if (slot->has_original) {
        head.refers_to = slot->original.id;
        head.refers_to_date = slot->original.date;
        head.refers_to_url = slot->original.url;
    }
    return append_whole(records, &head, buf_slice(&slot->head), out);
}

/* All that is before a body in a file, which is packed already. */
static int append_front(struct warc_records *records, const struct warc_head *head, struct slice block, struct buf *out)
{
    buf_clear(&records->record);
    int err = warc_head_append(head, &records->record);
    if (!err)
        err = gzip_append_head(out);
    if (!err)
        err = gzip_part_begin(&records->part);
    if (!err)
        err = gzip_part_add(&records->part, buf_slice(&records->record), out);
    if (!err)
        err = gzip_part_add(&records->part, block, out);
    return err ? err : gzip_part_end(&records->part, false, out);
}

static int append_response(struct warc_records *records, const struct warc_slot *slot, struct buf *out)
{
    struct warc_head head;
    describe_response(records, slot, &head);
    if (warc_spool_is_in_file(&slot->spool))
        return append_front(records, &head, buf_slice(&slot->head), out);
    return pack(records, &head, buf_slice(&slot->head), buf_slice(&slot->spool.bytes), out);
}

int warc_records_append_response(struct warc_records *records, struct warc_slot *slot, struct buf *out)
{
    size_t start = out->length;
    int err = slot->is_revisit ? append_revisit(records, slot, out) : append_response(records, slot, out);
    slot->response_size = out->length - start;
    return err;
}

int warc_records_append_tail(const struct warc_records *records, const struct warc_slot *slot, struct buf *out)
{
    return gzip_append_tail(&records->part, &slot->spool.part, out);
}

static int append_request(struct warc_records *records, const struct warc_slot *slot, struct buf *out)
{
    const struct warc_head head = {
        .type = "request",
        .date = slot->date,
        .url = slot->answer.url,
        .address = slot->answer.response->remote_address,
        .concurrent_to = slot->id,
        .warcinfo_id = records->warcinfo_id,
        .content_type = "application/http; msgtype=request",
    };
    return append_whole(records, &head, buf_slice(&slot->request), out);
}

static int append_metadata(struct warc_records *records, const struct warc_slot *slot, struct buf *out)
{
    const struct archive_answer *answer = &slot->answer;
    const struct warc_head head = {
        .type = "metadata",
        .date = slot->date,
        .url = answer->url,
        .concurrent_to = slot->id,
        .warcinfo_id = records->warcinfo_id,
        .content_type = FIELDS,
    };
    buf_clear(&records->text);
    int err = 0;
    if (answer->referrer.length)
        err = buf_printf(&records->text, "via: %.*s\r\n", SLICE_ARGS(answer->referrer));
    if (!err)
        err = buf_printf(&records->text, "depth: %" PRIu32 "\r\ntries: %" PRIu32 "\r\nfetchTimeMs: %" PRId64 "\r\n",
                         answer->depth, answer->tries,
                         (answer->response->timings.total - answer->response->timings.begun) / MILLISECONDS(1));
    return err ? err : append_whole(records, &head, buf_slice(&records->text), out);
}

int warc_records_append_others(struct warc_records *records, const struct warc_slot *slot, struct buf *out)
{
    int err = append_request(records, slot, out);
    return err ? err : append_metadata(records, slot, out);
}
