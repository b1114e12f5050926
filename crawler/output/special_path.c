#include "output/special_path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/path.h"

static bool is_same_folder(const char *folder, const char *path)
{
    char *other = realpath(path, NULL);
    bool is_same = other && strcmp(folder, other) == 0;
    free(other);
    return is_same;
}

static int standard_descriptor(const char *name)
{
    static const char *const names[] = {"stdin", "stdout", "stderr"};
    for (int i = 0; i < 3; i++)
        if (strcmp(name, names[i]) == 0)
            return i;
    return NO_DESCRIPTOR;
}

static int numbered_descriptor(const char *name)
{
    char *end;
    errno = 0;
    long number = name[0] >= '0' && name[0] <= '9' ? strtol(name, &end, 10) : NO_DESCRIPTOR;
    return number < 0 || errno || *end || number > INT_MAX ? NO_DESCRIPTOR : (int)number;
}

/* `folder` has no symbolic links in it. Where /dev/fd is one, it leads to /proc/self/fd. */
static struct special_path look_into(const char *folder, const char *name)
{
    if (strcmp(folder, "/dev") == 0)
        return (struct special_path){true, standard_descriptor(name)};
    if (strcmp(folder, "/dev/fd") == 0 || is_same_folder(folder, "/proc/self/fd"))
        return (struct special_path){true, numbered_descriptor(name)};
    bool is_in_proc = strcmp(folder, "/proc") == 0 || strncmp(folder, "/proc/", strlen("/proc/")) == 0;
    return (struct special_path){is_in_proc, NO_DESCRIPTOR};
}

int special_path_look(const char *path, struct special_path *out)
{
    struct stat status;
    struct buf text;
    *out = (struct special_path){false, NO_DESCRIPTOR};
    buf_init(&text, PATH_LIMIT);
    int err = path_append_folder(&text, path);
    char *folder = err ? NULL : realpath(buf_text(&text), NULL);
    if (folder)
        *out = look_into(folder, path_name(path));
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        out->is_special = true;
    free(folder);
    buf_free(&text);
    return err;
}

/* A descriptor that is closed when another program starts was opened by ourselves. */
static int duplicate(int descriptor, int *fd)
{
    int flags = fcntl(descriptor, F_GETFD);
    if (flags < 0 || flags & FD_CLOEXEC)
        return ERR_NOT_FOUND;
    *fd = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    return *fd < 0 ? error_from_errno(errno) : 0;
}

int special_path_open(const char *path, const struct special_path *special, int *fd)
{
    if (special->descriptor != NO_DESCRIPTOR)
        return duplicate(special->descriptor, fd);
    *fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    return *fd < 0 ? error_from_errno(errno) : 0;
}
