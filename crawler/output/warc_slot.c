#include "output/warc_slot.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/log.h"

enum { REQUEST_LIMIT = 4 << 20, HEAD_LIMIT = 2 * HTTP_MAX_HEADERS, KEPT = 4096 };

/* --- what comes over the wire ------------------------------------------------------------------------------------- */

static void begin(void *context)
{
    struct warc_slot *slot = context;
    struct timespec now;
    warc_slot_clear(slot);
    clock_gettime(CLOCK_REALTIME, &now);
    warc_date_of(&now, slot->date);
}

static int take_request(void *context, struct slice bytes)
{
    struct warc_slot *slot = context;
    return buf_append_slice(&slot->request, bytes);
}

static int take_head(void *context, struct slice line)
{
    struct warc_slot *slot = context;
    if (slice_has_prefix_nocase(line, SLICE("HTTP/")))
        buf_clear(&slot->head); /* the one before was interim */
    return buf_append_slice(&slot->head, line);
}

static void begin_body(struct warc_slot *slot)
{
    warc_digest_begin(slot->block);
    warc_digest_begin(slot->payload);
    warc_digest_add(slot->block, buf_slice(&slot->head));
    slot->body_begun = true;
}

static int take_body(void *context, struct slice bytes)
{
    struct warc_slot *slot = context;
    bool is_fatal;
    int failed = *slot->error;
    if (failed)
        return failed;
    if (!slot->body_begun)
        begin_body(slot);
    warc_digest_add(slot->block, bytes);
    int err = warc_spool_add(&slot->spool, bytes, &is_fatal);
    if (err && is_fatal && !*slot->error) {
        log_error("%s: a body on its way: %s", slot->spool.shared->prefix, error_text(err));
        *slot->error = err;
    }
    return err;
}

static int take_payload(void *context, struct slice bytes)
{
    struct warc_slot *slot = context;
    if (!slot->body_begun)
        begin_body(slot);
    warc_digest_add(slot->payload, bytes);
    slot->payload_length += bytes.length;
    return 0;
}

/* --- the slot ----------------------------------------------------------------------------------------------------- */

int warc_slot_create(struct warc_slot **out, struct archive *archive, struct warc_spools *spools, int *error)
{
    struct warc_slot *slot = calloc(1, sizeof *slot);
    if (!slot)
        return ERR_NO_MEMORY;
    slot->slot.archive = archive;
    slot->slot.tap = (struct http_tap){begin, take_request, take_head, take_body, take_payload, slot};
    slot->error = error;
    buf_init(&slot->request, REQUEST_LIMIT);
    buf_init(&slot->head, HEAD_LIMIT);
    warc_spool_init(&slot->spool, spools);
    slot->block = warc_digest_create();
    slot->payload = warc_digest_create();
    if (!slot->block || !slot->payload) {
        warc_slot_free(slot);
        return ERR_NO_MEMORY;
    }
    *out = slot;
    return 0;
}

/* Few heads are so long that their memory is not worth keeping. */
static void clear(struct buf *buf)
{
    if (buf->capacity > KEPT)
        buf_free(buf);
    else
        buf_clear(buf);
}

void warc_slot_clear(struct warc_slot *slot)
{
    clear(&slot->request);
    clear(&slot->head);
    warc_spool_clear(&slot->spool);
    slot->payload_length = slot->response_size = slot->copied = 0;
    slot->body_begun = slot->has_original = slot->is_revisit = false;
}

void warc_slot_free(struct warc_slot *slot)
{
    warc_slot_clear(slot);
    buf_free(&slot->request);
    buf_free(&slot->head);
    warc_digest_free(slot->block);
    warc_digest_free(slot->payload);
    free(slot);
}

int warc_slot_end(struct warc_slot *slot)
{
    if (!slot->body_begun)
        begin_body(slot);
    warc_id_make(slot->id);
    warc_digest_end(slot->block, slot->block_digest);
    warc_digest_end(slot->payload, slot->payload_digest);
    /* A body that was cut amid its chunks has no payload of which one could say where it ends, and a 304 has that of
     * another answer. */
    bool is_coded = slot->payload_length != slot->spool.length;
    slot->has_payload_digest = !(slot->answer.response->truncated && is_coded) && slot->answer.response->status != 304;
    return warc_spool_end(&slot->spool, WARC_END);
}

bool warc_slot_may_be_found(const struct warc_slot *slot)
{
    return slot->has_payload_digest && slot->payload_length && !slot->answer.response->truncated && !slot->has_original;
}

struct slice warc_slot_mime(const struct warc_slot *slot)
{
    struct slice type = http_response_header(slot->answer.response, "Content-Type", 0);
    const char *end = type.length ? memchr(type.data, ';', type.length) : NULL;
    return slice_trim((struct slice){type.data, end ? (size_t)(end - type.data) : type.length});
}
