/* output_file.h - a file that gets its name when it is whole.
 *
 * What is written goes to FILE.part, which is renamed in the end, so that nobody ever finds half a file under its name.
 * Standard output, devices, pipes and whatever else special_path.h names are written to as they are. */
#ifndef OUTPUT_OUTPUT_FILE_H
#define OUTPUT_OUTPUT_FILE_H

#include <stdbool.h>
#include <stdio.h>

struct output_file;

/* Opens `path` for writing; "-" is standard output. `keep_part`: what was written stays in FILE.part when the file is
 * never committed. Symbolic links are not followed for FILE.part; one that is FILE is replaced. Errors: ERR_NO_MEMORY,
 * ERR_IN_USE (FILE.part is another output's, in whatever process), those of error_from_errno. */
int output_file_open(struct output_file **out, const char *path, bool keep_part);

/* Where to write. Buffered; errors stick to it (ferror) and are told at the latest by output_file_commit. */
FILE *output_file_stream(const struct output_file *file);

/* 0, or the error of the first write that failed. To be asked soon after writing, while errno tells why. */
int output_file_error(struct output_file *file);

/* "standard output" or the path. Valid as long as the file. */
const char *output_file_name(const struct output_file *file);

/* The path as given. Valid as long as the file. */
const char *output_file_path(const struct output_file *file);

/* Whether it gets its name from output_file_commit: false for what is written to as it is. */
bool output_file_is_named(const struct output_file *file);

/* Writes out what is buffered, down to the disk. Errors, the same in repeated calls: those of error_from_errno. */
int output_file_sync(struct output_file *file);

/* The same, and closes the file, whose stream is gone then; FILE.part may be taken by others from now on. */
int output_file_close(struct output_file *file);

/* Writes out what is buffered, as output_file_sync does, and gives the file its name. Errors: those of
 * error_from_errno; the name then still belongs to what it belonged to before. To be called at most once. */
int output_file_commit(struct output_file *file);

/* Closes the file. Without a commit FILE.part goes or stays. NULL is allowed. */
void output_file_free(struct output_file *file);

#endif
