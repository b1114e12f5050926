#include "base/path.h"

#include <string.h>
#include <sys/stat.h>

const char *path_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

int path_append_folder(struct buf *out, const char *path)
{
    const char *name = path_name(path);
    if (name == path)
        return buf_append_char(out, '.');
    size_t length = (size_t)(name - path) - 1;
    return buf_append(out, path, length ? length : 1);
}

bool path_names(const char *path, int fd)
{
    struct stat open_file, named_file;
    return fstat(fd, &open_file) == 0 && stat(path, &named_file) == 0 && open_file.st_ino == named_file.st_ino &&
           open_file.st_dev == named_file.st_dev;
}
