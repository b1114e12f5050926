/* warc_index.h - what is in a web archive and where: PREFIX.cdxj, as pywb and its kin read it.
 *
 * Its lines are in PREFIX.cdxj.lines as they come; in the end they are sorted. By these lines it is also known which
 * payloads are in the archive: a table has the places of the first two million, found by their digests, in at most
 * 64 MB. Another has as many by the URLs of pages, where the archive is gone on with. */
#ifndef OUTPUT_WARC_INDEX_H
#define OUTPUT_WARC_INDEX_H

#include "base/table.h"
#include "output/warc_head.h"
#include "record/archive.h"

struct warc_index {
    struct archive_position *position;
    int file;     /* of the lines; -1: closed */
    uint64_t end; /* of that: behind the position while a line is being added */
    struct buf name;
    struct buf line;      /* scratch */
    struct buf original;  /* the line that warc_index_find found */
    struct table digests; /* places of lines, plus one */
    struct table pages;   /* the same by the URLs of what earlier processes were answered with status 200 */
};

/* "PREFIX.cdxj". Errors as buf_printf. */
int warc_index_name(struct slice prefix, struct buf *name);

/* All of these tell errors in the log with the file's name: ERR_NO_MEMORY, ERR_EXISTS (which is not touched),
 * ERR_TRUNCATED (shorter than the position), ERR_SYNTAX (not our lines), those of error_from_errno. */

/* Makes the file of lines, which may not exist. */
int warc_index_create(struct warc_index *index, struct archive_position *position);

/* Goes on behind `position`, cutting off what is beyond. At the very beginning the file need not exist. */
int warc_index_resume(struct warc_index *index, struct archive_position *position);

/* A response or revisit that is in the archive. */
struct warc_entry {
    struct slice url;
    struct slice mime; /* empty for none */
    const char *date;
    const char *id;
    const char *payload_digest; /* NULL for none */
    int status;
    bool has_payload; /* it may be found by its digest */
    uint32_t file;
    uint64_t offset;
    uint64_t length;
};

/* Adds a line, which counts from warc_index_commit on. */
int warc_index_add(struct warc_index *index, const struct warc_entry *entry);
void warc_index_commit(struct warc_index *index);

/* Takes back what was added since. */
void warc_index_roll_back(struct warc_index *index);

/* The record that has a payload. */
struct warc_original {
    char id[WARC_ID_SIZE];
    char date[WARC_DATE_SIZE];
    struct slice url; /* valid until the next call */
};

/* Looks for a payload that is in the archive. Returns 1, 0 when there is none that is known of, or an error. */
int warc_index_find(struct warc_index *index, const char *digest, struct warc_original *original);

/* The same for what an earlier process was answered at `url` with status 200, as long as it came last and has a payload
 * of its own. */
int warc_index_find_page(struct warc_index *index, struct slice url, struct warc_original *original);

/* Writes the index, sorted. */
int warc_index_write(const struct warc_index *index);

/* Brings the lines to the disk. */
int warc_index_sync(const struct warc_index *index);

/* Closes the file of lines; `is_done`: nobody needs it any more, and it goes. */
void warc_index_close(struct warc_index *index, bool is_done);

#endif
