/* cut_file.h - files that go on where a state file says that they end. */
#ifndef OUTPUT_CUT_FILE_H
#define OUTPUT_CUT_FILE_H

#include <stdint.h>

/* Cuts what an open file has beyond `length` bytes, and says so in the log. Errors, told in the log with `name`:
 * ERR_TRUNCATED (it is shorter), those of error_from_errno. */
int cut_file(int file, const char *name, uint64_t length);

#endif
