/* schema.h - the tables of a state file (SQLite), and the views in which people ask it.
 *
 * `url` has a row for each distinct URL that was met, numbered from 1 in the order in which they were met, without gaps.
 * `record` has one for each that was fetched, under the same number. What waits is what has neither a reason nor a record.
 * The views pages, broken, redirects, skipped and pending are for people; their columns stay as they are, the tables' may
 * change with the version. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <sqlite3.h>

enum { SCHEMA_APPLICATION_ID = 0x43724c72, SCHEMA_VERSION = 1 };

/* What `record.flags` is made of. */
enum { RECORD_HTML = 1, RECORD_TRUNCATED = 2, RECORD_ACCEPTED = 4, RECORD_REUSED = 8 };

/* Whether a record says that its URL is broken (record/fetch_statistic.h), in SQL. */
#define SCHEMA_IS_BROKEN "((error IS NOT NULL AND NOT flags & 2) OR (status >= 400 AND NOT flags & 4))"

/* What a file holds. */
enum schema_state {
    SCHEMA_EMPTY,   /* nothing yet */
    SCHEMA_OURS,    /* a crawl of this version */
    SCHEMA_NEWER,   /* a crawl of a later version */
    SCHEMA_FOREIGN, /* something else */
};

/* Looks what the database is. Returns SQLITE_OK and sets `*state`, or SQLite's error. */
int schema_look(sqlite3 *database, enum schema_state *state);

/* Creates all in an empty database. Returns SQLITE_OK, or SQLite's error. */
int schema_create(sqlite3 *database);

#endif
