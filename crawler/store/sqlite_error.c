#include "store/sqlite_error.h"

#include "base/error.h"

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
