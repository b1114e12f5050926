/* path.h - the parts of a file's path. */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include <stdbool.h>

#include "base/buf.h"

enum { PATH_LIMIT = 4096 }; /* bytes of the longest path that a system takes, its NUL included */

/* What follows the last '/', which may be nothing. Points into `path`. */
const char *path_name(const char *path);

/* Appends the folder that the file is in: "." for a bare name, "/" for one in the root folder. Symbolic links are not
 * looked at. Errors as buf_append. */
int path_append_folder(struct buf *out, const char *path);

/* Whether the file that is open as `fd` has this name by now. */
bool path_names(const char *path, int fd);

#endif
