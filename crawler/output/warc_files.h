/* warc_files.h - the files of a web archive, PREFIX-00000.warc.gz and so on: written to at their end, one exchange
 * after another, and never to be found with half of one. */
#ifndef OUTPUT_WARC_FILES_H
#define OUTPUT_WARC_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "record/archive.h"

struct warc_files {
    struct archive_position *position; /* where the last whole exchange ends */
    uint32_t first;                    /* the first file that this process wrote to */
    int file;                          /* -1: closed */
    uint64_t end;                      /* of the file: behind `position` while an exchange is being written */
    struct buf name;                   /* of that file */
};

/* All of these tell errors in the log with the file's name: ERR_NO_MEMORY, ERR_EXISTS (which is not touched),
 * ERR_TRUNCATED (a file that is shorter than the position), those of error_from_errno. */

/* Makes the first file, which may not exist. */
int warc_files_create(struct warc_files *files, struct archive_position *position);

/* Goes on behind `position`: what is there beyond it is cut off, with a word in the log, and later files go. Where the
 * position is the very beginning, the first file need not exist. */
int warc_files_resume(struct warc_files *files, struct archive_position *position);

/* Goes on in the next file. */
int warc_files_rotate(struct warc_files *files);

/* Writes at the end. */
int warc_files_append(struct warc_files *files, struct slice bytes);

/* What was appended is whole: the position moves behind it. */
void warc_files_commit(struct warc_files *files);

/* Cuts off what was appended since. */
void warc_files_roll_back(struct warc_files *files);

/* Brings all files of this process to the disk. */
int warc_files_sync(struct warc_files *files);

/* Closes the last file, and removes it if it is `useless`. */
void warc_files_close(struct warc_files *files, bool is_useless);

#endif
