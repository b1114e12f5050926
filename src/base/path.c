#include "base/path.h"

#include <string.h>

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
