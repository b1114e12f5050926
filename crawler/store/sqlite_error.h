/* sqlite_error.h - SQLite's results as errors of error.h. */
#ifndef STORE_SQLITE_ERROR_H
#define STORE_SQLITE_ERROR_H

#include <sqlite3.h>

/* What `code`, which is not SQLITE_OK, stands for. `database` is where it came from; NULL is allowed. Never 0. */
int sqlite_error(sqlite3 *database, int code);

#endif
