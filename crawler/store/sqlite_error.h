/* sqlite_error.h - SQLite's results as errors of error.h. */
#ifndef STORE_SQLITE_ERROR_H
#define STORE_SQLITE_ERROR_H

#include <sqlite3.h>

#include "base/slice.h"

/* What `code`, which is not SQLITE_OK, stands for. `database` is where it came from; NULL is allowed. Never 0. */
int sqlite_error(sqlite3 *database, int code);

/* SQLite's words on it. Valid until the database is used again. */
const char *sqlite_words(sqlite3 *database, int code);

/* Logs both with the file's name, and returns the error. */
int sqlite_tell(sqlite3 *database, const char *path, int code);

/* A text of a row; empty for NULL. Valid until the next row. */
struct slice sqlite_text(sqlite3_stmt *row, int column);

#endif
