#include "store/sqlite_error.h"

#include "base/error.h"
#include "base/log.h"

int sqlite_error(sqlite3 *database, int code)
{
    int number = database ? sqlite3_system_errno(database) : 0;
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        return ERR_NO_MEMORY;
    case SQLITE_FULL:
        return ERR_NO_SPACE;
    case SQLITE_READONLY:
        return ERR_READ_ONLY;
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return ERR_PERMISSION;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return ERR_SYNTAX;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return number ? error_from_errno(number) : ERR_IO;
    default:
        return ERR_SYSTEM;
    }
}

const char *sqlite_words(sqlite3 *database, int code)
{
    return database ? sqlite3_errmsg(database) : sqlite3_errstr(code);
}

int sqlite_tell(sqlite3 *database, const char *path, int code)
{
    int err = sqlite_error(database, code);
    log_error("%s: %s: %s", path, error_text(err), sqlite_words(database, code));
    return err;
}

struct slice sqlite_text(sqlite3_stmt *row, int column)
{
    const void *text = sqlite3_column_text(row, column);
    return (struct slice){text ? text : "", (size_t)sqlite3_column_bytes(row, column)};
}
