/* archive_sync.h - an archive whose end stands in a state file is on the disk before the state file says so. */
#ifndef STORE_ARCHIVE_SYNC_H
#define STORE_ARCHIVE_SYNC_H

#include <stdbool.h>

#include "record/archive.h"

/* What of the archive is not on the disk yet. */
struct archive_sync {
    struct buf text; /* of the last position; empty as long as there is none */
    uint32_t file;   /* the first file that may not be on the disk whole */
    bool has_file;
    bool is_waiting; /* the position is not in the state file */
};

void archive_sync_init(struct archive_sync *sync);
void archive_sync_free(struct archive_sync *sync);

/* The archive ends at `position` now. Errors: ERR_SYNTAX, those of buf_append. */
int archive_sync_note(struct archive_sync *sync, struct slice position);

/* Brings all up to the last position to the disk. Errors: ERR_NO_MEMORY, those of error_from_errno; `name` then is
 * that of the file. */
int archive_sync_run(struct archive_sync *sync, struct buf *name);

#endif
