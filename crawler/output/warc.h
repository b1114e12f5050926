/* warc.h - an archive of WARC files (ISO 28500:2017): all that a crawl asked and was answered, as it went over the
 * wire.
 *
 * An exchange has three records, a gzip member each: its response, its request, and metadata. The block of a response
 * is what came, transfer coding included: the standard wants the full response, and readers (pywb, warcio and their
 * kin) take chunks apart by its own Transfer-Encoding line. The payload, of which there is a digest, is what the
 * standard calls so: the body without transfer coding, content coding kept. An interim answer (1xx) in front of a
 * response is left out, since readers would take it for the response.
 *
 * A payload that is in the archive already is not written again: its response is a revisit record with the head alone
 * (identical-payload-digest). So is an answer 304 (server-not-modified), which refers to what an earlier visit got
 * there, where the archive has that. A body that --max-body cut off is marked as truncated. Of a try to which no whole
 * answer came there is nothing; the other outputs tell what became of it. */
#ifndef OUTPUT_WARC_H
#define OUTPUT_WARC_H

#include <stdbool.h>

#include "options.h"
#include "record/archive.h"

struct warc;

/* Opens the archive of options->warc: `position` is where an earlier process left it, or NULL for a new one, none of
 * whose files may exist. Errors are told in the log with the file's name: ERR_NO_MEMORY, ERR_EXISTS, ERR_TRUNCATED,
 * ERR_SYNTAX, those of error_from_errno. */
int warc_open(struct warc **out, const struct options *options, const struct archive_position *position);

/* Whether no file of an archive of that name exists. Errors: ERR_EXISTS, ERR_TOO_LARGE, ERR_NO_MEMORY, told in the
 * log. */
int warc_check_new(const char *prefix);

/* What the crawl writes to. Valid as long as the warc. */
struct archive *warc_archive(struct warc *warc);

/* The crawl is over: writes the sorted index and brings all to the disk. Errors, told in the log: the first that
 * writing met, ERR_NO_MEMORY, those of error_from_errno. */
int warc_finish(struct warc *warc);

/* Closes the files. `is_done`: the archive is whole, and never gone on with. All slots must be gone. NULL is
 * allowed. */
void warc_close(struct warc *warc, bool is_done);

#endif
