/* url_rows.h - tables with a row a URL, which are spooled as rows until their page is written. */
#ifndef OUTPUT_URL_ROWS_H
#define OUTPUT_URL_ROWS_H

#include <stdint.h>
#include <stdio.h>

#include "record/fetch_statistic.h"

enum { URL_ROWS_MOST = 50000 };

/* The first rows of a table, in an unnamed temporary file. */
struct url_rows {
    FILE *spool;
    uint64_t count; /* in the file */
    uint64_t left_out;
};

/* No rows. Errors: those of error_from_errno. */
int url_rows_open(struct url_rows *rows);

/* NULL in `spool` is allowed: never opened. */
void url_rows_close(struct url_rows *rows);

/* Adds a row of a record: of the table of all URLs, or of those that are broken. One beyond URL_ROWS_MOST is merely
 * counted. Errors: those of error_from_errno for the temporary file, as late as with a later row. */
int url_rows_add(struct url_rows *rows, const struct fetch_statistic *stat);
int url_rows_add_broken(struct url_rows *rows, const struct fetch_statistic *stat);

/* Writes the table around the rows, with what script needs to search and sort it. Errors: those of error_from_errno, of
 * reading the temporary file; what becomes of `file` shows in ferror. */
int url_rows_write(struct url_rows *rows, FILE *file);
int url_rows_write_broken(struct url_rows *rows, FILE *file);

#endif
