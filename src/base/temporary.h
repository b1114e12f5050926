/* temporary.h - files without a name, for what doesn't fit into memory. */
#ifndef BASE_TEMPORARY_H
#define BASE_TEMPORARY_H

#include <stdio.h>

/* Where they are made: $TMPDIR, or else /tmp. Valid as long as the environment. */
const char *temporary_folder(void);

/* Opens a file in `folder` to read and write, which is gone when `*fd` is closed. Errors: those of error_from_errno. */
int temporary_open(const char *folder, int *fd);

/* The same in temporary_folder, as a stream. */
int temporary_stream(FILE **stream);

#endif
