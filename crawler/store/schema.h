/* schema.h - the tables of a state file (SQLite), and the views in which people ask it.
 *
 * `url` has a row for each distinct URL that was met, numbered from 1 in the order in which they were met, without
 * gaps. `record` has one for each that was fetched, under the same number. What waits is what has neither a reason nor
 * a record. When a crawl is visited again, `earlier` gets the records of the visit before, and `record` is empty at
 * first. `link` has a row for each page whose links are kept (--link-graph, --depth). `origin` has what servers said of
 * themselves, and `sitemap` which files were read. The views pages, links, broken, redirects, skipped, pending and
 * changes are for people; their columns stay as they are, the tables' may change with the version. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <sqlite3.h>
#include <stdint.h>

enum { SCHEMA_APPLICATION_ID = 0x43724c72, SCHEMA_VERSION = 2 };

/* What `record.flags` is made of. */
enum {
    RECORD_HTML = 1,
    RECORD_TRUNCATED = 2,
    RECORD_ACCEPTED = 4,
    RECORD_REUSED = 8,
    RECORD_NOT_MODIFIED = 16,
    RECORD_UNCHANGED = 32
};

/* The status that a record describes (fetch_statistic_status), in SQL. */
#define SCHEMA_STATUS "(CASE WHEN flags & 16 THEN 200 ELSE status END)"

/* Whether a record says that its URL is broken (record/fetch_statistic.h), in SQL. */
#define SCHEMA_IS_BROKEN "((error IS NOT NULL AND NOT flags & 2) OR (status >= 400 AND NOT flags & 4))"

/* What a file holds. */
enum schema_state {
    SCHEMA_EMPTY,   /* nothing yet */
    SCHEMA_OURS,    /* a crawl of this version */
    SCHEMA_OLDER,   /* a crawl of an earlier version */
    SCHEMA_NEWER,   /* a crawl of a later version */
    SCHEMA_FOREIGN, /* something else */
};

/* Looks what the database is. Returns SQLITE_OK and sets `*state`, or SQLite's error. */
int schema_look(sqlite3 *database, enum schema_state *state);

/* The next three do all or nothing. They return SQLITE_OK, or SQLite's error: then the database is to be closed. */

/* Creates all in an empty database. */
int schema_create(sqlite3 *database);

/* Makes a SCHEMA_OLDER one SCHEMA_OURS. */
int schema_migrate(sqlite3 *database);

/* Makes what was fetched pending again, with its records in `earlier`. `started`: seconds since 1970. */
int schema_begin_visit(sqlite3 *database, uint64_t started);

#endif
