#include "base/error.h"

#include <errno.h>
#include <string.h>

struct error_row {
    int code;
    const char *kind;
    const char *text;
};

static const struct error_row ROWS[] = {{0, "none", "success"},
#define X(code, kind, text) {code, kind, text},
                                        ERROR_TABLE(X)
#undef X
};

static const struct error_row *row_of(int code)
{
    static const struct error_row unknown = {0, "unknown", "unknown error"};
    for (unsigned i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        if (ROWS[i].code == code)
            return &ROWS[i];
    return &unknown;
}

const char *error_text(int code)
{
    return row_of(code)->text;
}

const char *error_kind(int code)
{
    return row_of(code)->kind;
}

int error_of_kind(const char *kind)
{
    for (unsigned i = 1; kind[0] && i < sizeof ROWS / sizeof ROWS[0]; i++)
        if (strcmp(ROWS[i].kind, kind) == 0)
            return ROWS[i].code;
    return 0;
}

int error_from_errno(int number)
{
    switch (number) {
    case ENOMEM:
        return ERR_NO_MEMORY;
    case EINVAL:
        return ERR_INVALID;
    case EMFILE:
    case ENFILE:
        return ERR_TOO_MANY_FILES;
    case EACCES:
    case EPERM:
        return ERR_PERMISSION;
    case EBADF:
        return ERR_CLOSED;
    case EFBIG:
        return ERR_TOO_LARGE;
    case EIO:
        return ERR_IO;
    case ENOSPC:
    case EDQUOT:
        return ERR_NO_SPACE;
    case EEXIST:
        return ERR_EXISTS;
    case ENOENT:
        return ERR_NOT_FOUND;
    case EROFS:
        return ERR_READ_ONLY;
    case EISDIR:
        return ERR_IS_FOLDER;
    case ENOTDIR:
        return ERR_NO_FOLDER;
    case ELOOP:
        return ERR_SYMBOLIC_LINK;
    case EPIPE:
        return ERR_READER_GONE;
    case ECONNREFUSED:
        return ERR_CONNECT_REFUSED;
    case ECONNRESET:
        return ERR_CONNECTION_RESET;
    case ETIMEDOUT:
        return ERR_CONNECT_TIMED_OUT;
    default:
        return ERR_SYSTEM;
    }
}
