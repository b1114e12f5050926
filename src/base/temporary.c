#include "base/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path.h"

const char *temporary_folder(void)
{
    const char *wanted = getenv("TMPDIR");
    return wanted && wanted[0] ? wanted : P_tmpdir;
}

/* Where a file system has no files without a name, one loses its name at once. */
static int open_named(const char *folder)
{
    char path[PATH_LIMIT];
    int length = snprintf(path, sizeof path, "%s/crawler.XXXXXX", folder);
    if (length < 0 || (size_t)length >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

int temporary_open(const char *folder, int *fd)
{
    *fd = -1;
#ifdef O_TMPFILE
    *fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
#endif
    if (*fd < 0)
        *fd = open_named(folder);
    return *fd < 0 ? error_from_errno(errno) : 0;
}

int temporary_stream(FILE **stream)
{
    int fd;
    int err = temporary_open(temporary_folder(), &fd);
    if (err)
        return err;
    *stream = fdopen(fd, "w+");
    if (*stream)
        return 0;
    err = error_from_errno(errno);
    close(fd);
    return err;
}
