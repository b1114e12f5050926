/* warc_reader.h - WARC files, read by the tests' own hand: nothing of what writes them is used, so that it can judge.
 *
 * The test fails where a member can't be unpacked by itself, a record is not as it should be, or a digest is wrong.
 * Where WARC_JUDGES is in the environment, programs that are not ours read the archive, too: see warc_judges.sh. */
#ifndef E2E_WARC_READER_H
#define E2E_WARC_READER_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes, with a NUL behind them. */
struct bytes {
    char *data;
    size_t length;
};

struct warc_record {
    char file[160];
    size_t offset; /* of its member */
    size_t size;
    char *head; /* its fields' lines */
    struct bytes block;
    struct bytes http_head; /* of the block of a request, response or revisit, the empty line included */
    struct bytes payload;   /* of the same: its body, transfer coding removed */
};

struct warc {
    struct warc_record *records;
    size_t count;
};

/* Reads all files of an archive. Its index, if there is one, is read by those others only. */
void warc_read(struct warc *warc, const char *prefix);
void warc_forget(struct warc *warc);

/* Number of files of an archive. */
unsigned warc_file_count(const char *prefix);

/* The value of a field; "" for none. Static until the next four calls. */
const char *warc_field(const struct warc_record *record, const char *name);

bool warc_is(const struct warc_record *record, const char *type);

/* The `nth` record (from 0) of a type and URL, which may be NULL for any; NULL when there is none. */
const struct warc_record *warc_find(const struct warc *warc, const char *type, const char *url, size_t nth);
size_t warc_count(const struct warc *warc, const char *type, const char *url);

/* Checks an archive's index: sorted, a line for each response and revisit, each of which leads to it. */
void warc_check_index(const struct warc *warc, const char *prefix);

/* The bytes of a file. */
struct bytes bytes_of_file(const char *path);

#endif
