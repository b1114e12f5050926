/* special_path.h - paths at which an output finds something that it writes to as it is.
 *
 * These are descriptors that the process was given (/dev/stdout, /dev/fd/N, /proc/self/fd/N), whatever they are open
 * on; devices and pipes; and all else in /dev (but for /dev/shm, a folder as others are) and /proc, where nothing is
 * ever made or replaced. What lies there may be a link to a regular file: /dev/stdout is one when standard output goes
 * to a file. */
#ifndef OUTPUT_SPECIAL_PATH_H
#define OUTPUT_SPECIAL_PATH_H

#include <stdbool.h>

enum { NO_DESCRIPTOR = -1 };

struct special_path {
    bool is_special; /* not to be replaced; a folder counts as special, opening it will tell */
    int descriptor;  /* that the path stands for, open or not; NO_DESCRIPTOR: it is opened by its name */
};

/* What is at `path`. Errors: ERR_NO_MEMORY, ERR_TOO_LARGE. */
int special_path_look(const char *path, struct special_path *out);

/* A descriptor of its own for what the path, which is special, stands for. A descriptor shares its position with the
 * one that it stands for. Errors: ERR_NOT_FOUND, also for a descriptor that the process was not given; those of
 * error_from_errno. */
int special_path_open(const char *path, const struct special_path *special, int *fd);

#endif
