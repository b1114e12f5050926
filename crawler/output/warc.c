#include "output/warc.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/container.h"
#include "base/error.h"
#include "base/log.h"
#include "base/path.h"
#include "output/warc_files.h"
#include "output/warc_index.h"
#include "output/warc_slot.h"

struct warc {
    struct archive archive;
    uint64_t size; /* of a file, if it can be */
    bool is_fresh; /* the last file has no exchange yet */
    struct warc_files files;
    struct warc_index index;
    struct warc_records records;
    struct warc_spools spools;
    struct warc_slot *writes; /* whose record ends the last file, and is not whole yet; NULL for none */
    struct buf out;
    bool is_new;
    bool is_used; /* there is an exchange, or the crawl is over */
    int error;    /* the first */
};

static struct warc *warc_of(struct archive *archive)
{
    return container_of(archive, struct warc, archive);
}

static int fail(struct warc *warc, int err)
{
    if (!warc->error)
        warc->error = err;
    return warc->error;
}

/* Errors that come from elsewhere than a file. */
static int fail_at(struct warc *warc, int err)
{
    if (!warc->error)
        log_error("%s: %s", buf_text(&warc->files.name), error_text(err));
    return fail(warc, err);
}

/* --- what is written ---------------------------------------------------------------------------------------------- */

static int begin_file(struct warc *warc)
{
    buf_clear(&warc->out);
    int err = warc_records_begin_file(&warc->records, buf_text(&warc->files.name), &warc->out);
    if (err)
        return fail_at(warc, err);
    err = warc_files_append(&warc->files, buf_slice(&warc->out));
    if (err)
        return fail(warc, err);
    warc_files_commit(&warc->files);
    return 0;
}

static int compose(struct warc *warc, struct warc_slot *slot)
{
    buf_clear(&warc->out);
    int err = warc_records_append_response(&warc->records, slot, &warc->out);
    return err ? fail_at(warc, err) : 0;
}

/* Whether what is left to write of the file is worth another. */
static bool is_over_size(const struct warc *warc, const struct warc_slot *slot)
{
    uint64_t more = warc->out.length + (slot->is_revisit ? 0 : slot->spool.packed);
    return !warc->is_fresh && warc->files.end + more > warc->size;
}

static int rotate(struct warc *warc)
{
    int err = warc_files_rotate(&warc->files);
    if (err)
        return fail(warc, err);
    warc->is_fresh = true;
    return begin_file(warc);
}

/* The rest of the exchange, which then is in the archive. */
static int write_end(struct warc *warc, struct warc_slot *slot)
{
    int err = warc_records_append_others(&warc->records, slot, &warc->out);
    if (err)
        return fail_at(warc, err);
    err = warc_files_append(&warc->files, buf_slice(&warc->out));
    const struct warc_entry entry = {
        .url = slot->answer.url,
        .mime = slot->is_revisit ? SLICE("warc/revisit") : warc_slot_mime(slot),
        .date = slot->date,
        .id = slot->id,
        .payload_digest = slot->has_payload_digest ? slot->payload_digest : NULL,
        .status = slot->answer.response->status,
        .has_payload = warc_slot_may_be_found(slot),
        .file = warc->archive.position.file,
        .offset = warc->archive.position.length,
        .length = slot->response_size,
    };
    if (!err)
        err = warc_index_add(&warc->index, &entry);
    if (err)
        return fail(warc, err);
    warc_files_commit(&warc->files);
    warc_index_commit(&warc->index);
    warc->is_fresh = false;
    warc->is_used = true;
    return 0;
}

/* What of a large body is copied in one turn of the loop. */
enum { TURN = 1 << 20 };

static int copy_some(struct warc *warc, struct warc_slot *slot)
{
    buf_clear(&warc->out);
    int err = warc_spool_read(&slot->spool, slot->copied, TURN, &warc->out);
    if (err)
        return fail_at(warc, err);
    err = warc_files_append(&warc->files, buf_slice(&warc->out));
    if (err)
        return fail(warc, err);
    slot->copied += warc->out.length;
    if (slot->copied < slot->spool.packed)
        return 1;
    buf_clear(&warc->out);
    err = warc_records_append_tail(&warc->records, slot, &warc->out);
    slot->response_size += slot->spool.packed + warc->out.length;
    return err ? fail_at(warc, err) : write_end(warc, slot);
}

/* Looks whether its payload is in the archive, or, when it is said not to be modified, that of an earlier visit. */
static int find_original(struct warc *warc, struct warc_slot *slot)
{
    int found = 0;
    if (warc_slot_is_not_modified(slot))
        found = warc_index_find_page(&warc->index, slot->answer.url, &slot->original);
    else if (warc_slot_may_be_found(slot))
        found = warc_index_find(&warc->index, slot->payload_digest, &slot->original);
    if (found < 0)
        return fail(warc, found);
    slot->has_original = found;
    slot->is_revisit = found || warc_slot_is_not_modified(slot);
    return 0;
}

static int write_begin(struct warc *warc, struct warc_slot *slot)
{
    int err = warc_slot_end(slot);
    if (err)
        return fail_at(warc, err);
    err = find_original(warc, slot);
    if (!err)
        err = compose(warc, slot);
    if (!err && is_over_size(warc, slot)) {
        err = rotate(warc);
        if (!err)
            err = compose(warc, slot);
    }
    if (err || slot->is_revisit || !warc_spool_is_in_file(&slot->spool))
        return err ? err : write_end(warc, slot);
    err = warc_files_append(&warc->files, buf_slice(&warc->out));
    return err ? fail(warc, err) : 1;
}

/* --- slots -------------------------------------------------------------------------------------------------------- */

static int create_slot(struct archive *archive, struct archive_slot **out)
{
    struct warc *warc = warc_of(archive);
    struct warc_slot *slot;
    int err = warc_slot_create(&slot, archive, &warc->spools, &warc->error);
    if (!err)
        *out = &slot->slot;
    return err;
}

static void drop(struct archive_slot *archive_slot)
{
    struct warc_slot *slot = warc_slot_of(archive_slot);
    struct warc *warc = warc_of(archive_slot->archive);
    if (warc->writes == slot) {
        warc->writes = NULL;
        warc_files_roll_back(&warc->files);
    }
    warc_slot_clear(slot);
}

static void free_slot(struct archive_slot *slot)
{
    drop(slot);
    warc_slot_free(warc_slot_of(slot));
}

static bool is_slow(const struct archive_slot *archive_slot)
{
    const struct warc_slot *slot = container_of(archive_slot, const struct warc_slot, slot);
    const struct warc *warc = container_of(archive_slot->archive, const struct warc, archive);
    return warc->writes || warc_spool_is_in_file(&slot->spool);
}

static int keep(struct archive_slot *archive_slot, const struct archive_answer *answer)
{
    struct warc_slot *slot = warc_slot_of(archive_slot);
    struct warc *warc = warc_of(archive_slot->archive);
    const struct http_response *response = answer->response;
    int more = warc->error;
    if (!more && slot->head.length && (response->arrived || response->truncated)) {
        if (warc->writes && warc->writes != slot)
            return 1;
        slot->answer = *answer;
        more = warc->writes == slot ? copy_some(warc, slot) : write_begin(warc, slot);
    }
    warc->writes = more > 0 ? slot : warc->writes == slot ? NULL : warc->writes;
    if (more < 0) {
        warc_files_roll_back(&warc->files);
        warc_index_roll_back(&warc->index);
    }
    if (more <= 0)
        warc_slot_clear(slot);
    return more;
}

static const struct archive_operations OPERATIONS = {create_slot, free_slot, is_slow, keep, drop};

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static int open_files(struct warc *warc, const struct archive_position *position)
{
    struct archive_position *own = &warc->archive.position;
    if (position)
        *own = *position;
    own->prefix = slice_of(warc->spools.prefix);
    int err = position ? 0 : warc_check_new(warc->spools.prefix);
    if (err)
        return err;
    err = position ? warc_index_resume(&warc->index, own) : warc_index_create(&warc->index, own);
    if (!err)
        err = position ? warc_files_resume(&warc->files, own) : warc_files_create(&warc->files, own);
    return err;
}

static int check_absent(const char *prefix, int (*append)(struct slice prefix, struct buf *name))
{
    struct buf name;
    buf_init(&name, PATH_LIMIT);
    int err = append(slice_of(prefix), &name);
    if (!err && access(buf_text(&name), F_OK) == 0)
        err = ERR_EXISTS;
    if (err)
        log_error("%s: %s", err == ERR_EXISTS ? buf_text(&name) : "--warc", error_text(err));
    buf_free(&name);
    return err;
}

static int first_file_name(struct slice prefix, struct buf *name)
{
    return archive_file_name(prefix, 0, name);
}

int warc_check_new(const char *prefix)
{
    int err = check_absent(prefix, first_file_name);
    if (!err)
        err = check_absent(prefix, archive_lines_name);
    return err ? err : check_absent(prefix, warc_index_name);
}

int warc_open(struct warc **out, const struct options *options, const struct archive_position *position)
{
    struct warc *warc = calloc(1, sizeof *warc);
    if (!warc) {
        log_error("%s: %s", options->warc, error_text(ERR_NO_MEMORY));
        return ERR_NO_MEMORY;
    }
    warc->archive.operations = &OPERATIONS;
    warc->spools.prefix = options->warc;
    warc->size = options->warc_size;
    warc->is_new = !position;
    warc->is_fresh = !position || !position->length;
    warc->files.file = warc->index.file = -1;
    buf_init(&warc->out, SIZE_MAX / 2);
    int err = open_files(warc, position);
    if (!err && (err = warc_records_create(&warc->records, options)))
        fail_at(warc, err);
    if (!err)
        err = begin_file(warc);
    if (err) {
        warc_close(warc, false);
        return err;
    }
    *out = warc;
    return 0;
}

struct archive *warc_archive(struct warc *warc)
{
    return &warc->archive;
}

int warc_finish(struct warc *warc)
{
    int err = warc->error;
    warc->is_used = true;
    if (!err)
        err = warc_files_sync(&warc->files);
    if (!err)
        err = warc_index_sync(&warc->index);
    return err ? err : warc_index_write(&warc->index);
}

/* What was made for a crawl that never began is in the way of the next one. */
void warc_close(struct warc *warc, bool is_done)
{
    if (!warc)
        return;
    bool is_useless = warc->is_new && !warc->is_used;
    warc_files_close(&warc->files, is_useless);
    warc_index_close(&warc->index, is_done || is_useless);
    warc_records_free(&warc->records);
    buf_free(&warc->out);
    free(warc);
}
