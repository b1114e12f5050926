#include "store/schema.h"

#include <stdio.h>

static const char TABLES[] =
    "BEGIN;"
    "CREATE TABLE crawl("     /* what is known of the whole */
    " name TEXT PRIMARY KEY," /* rules, version, started, elapsed, finished */
    " value) WITHOUT ROWID;"  /* texts; started: seconds since 1970; elapsed: nanoseconds; finished: 0 or 1 */
    "CREATE TABLE url("
    " id INTEGER PRIMARY KEY,"
    " url TEXT NOT NULL,"
    " referrer," /* number of the page that first led there; a sitemap's URL; NULL for a root */
    " depth INTEGER NOT NULL,"
    " redirects INTEGER NOT NULL," /* in a row */
    " reason TEXT);"               /* why it is not fetched; NULL when it is */
    "CREATE TABLE record("
    " id INTEGER PRIMARY KEY,"
    " status INTEGER NOT NULL," /* 0 when no answer came */
    " error TEXT,"
    " detail TEXT,"
    " next_url TEXT," /* where a redirect leads */
    " content_type TEXT,"
    " encoding TEXT,"
    " flags INTEGER NOT NULL," /* 1 HTML, 2 truncated, 4 status accepted, 8 connection reused */
    " size INTEGER NOT NULL,"  /* decoded bytes */
    " wire_size INTEGER NOT NULL,"
    " links INTEGER NOT NULL,"
    " new_links INTEGER NOT NULL,"
    " depth INTEGER NOT NULL,"
    " tries INTEGER NOT NULL,"
    " started INTEGER NOT NULL,"  /* nanoseconds since the crawl began */
    " resolved INTEGER NOT NULL," /* these up to total: nanoseconds since the request; 0: did not happen */
    " begun INTEGER NOT NULL,"
    " connected INTEGER NOT NULL,"
    " secured INTEGER NOT NULL,"
    " first_byte INTEGER NOT NULL,"
    " total INTEGER NOT NULL,"
    " version INTEGER NOT NULL," /* of HTTP: 1 for 1.0, 2 for 1.1, 3 for 2 */
    " address TEXT,"
    " digest INTEGER);"; /* XXH3 of the decoded body; NULL for none */

static const char VIEWS[] =
    "CREATE VIEW pages AS SELECT url.id, url.url, status, error, content_type, encoding, size, wire_size, links,"
    " record.depth AS depth, tries, total / 1e9 AS seconds,"
    " coalesce((SELECT url FROM url AS page WHERE page.id = url.referrer), url.referrer) AS referrer"
    " FROM url JOIN record USING (id);"
    "CREATE VIEW broken AS SELECT * FROM pages WHERE id IN (SELECT id FROM record WHERE " SCHEMA_IS_BROKEN ");"
    "CREATE VIEW redirects AS SELECT url.id, url.url, status, next_url FROM url JOIN record USING (id)"
    " WHERE next_url IS NOT NULL;"
    "CREATE VIEW skipped AS SELECT id, url, reason, depth,"
    " coalesce((SELECT url FROM url AS page WHERE page.id = url.referrer), url.referrer) AS referrer"
    " FROM url WHERE reason IS NOT NULL;"
    "CREATE VIEW pending AS SELECT id, url, depth,"
    " coalesce((SELECT url FROM url AS page WHERE page.id = url.referrer), url.referrer) AS referrer"
    " FROM url WHERE reason IS NULL AND id NOT IN (SELECT id FROM record);";

static int ask_number(sqlite3 *database, const char *question, int *answer)
{
    sqlite3_stmt *statement;
    int err = sqlite3_prepare_v2(database, question, -1, &statement, NULL);
    if (err)
        return err;
    err = sqlite3_step(statement);
    *answer = err == SQLITE_ROW ? sqlite3_column_int(statement, 0) : 0;
    sqlite3_finalize(statement);
    return err == SQLITE_ROW || err == SQLITE_DONE ? SQLITE_OK : err;
}

int schema_look(sqlite3 *database, enum schema_state *state)
{
    int application = 0, version = 0, tables = 0;
    int err = ask_number(database, "PRAGMA application_id", &application);
    if (!err)
        err = ask_number(database, "PRAGMA user_version", &version);
    if (!err)
        err = ask_number(database, "SELECT count(*) FROM sqlite_master", &tables);
    if (application == SCHEMA_APPLICATION_ID)
        *state = version == SCHEMA_VERSION ? SCHEMA_OURS : SCHEMA_NEWER;
    else
        *state = application || version || tables ? SCHEMA_FOREIGN : SCHEMA_EMPTY;
    return err;
}

int schema_create(sqlite3 *database)
{
    char finish[96];
    snprintf(finish, sizeof finish, "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
             SCHEMA_APPLICATION_ID, SCHEMA_VERSION);
    int err = sqlite3_exec(database, TABLES, NULL, NULL, NULL);
    if (!err)
        err = sqlite3_exec(database, VIEWS, NULL, NULL, NULL);
    return err ? err : sqlite3_exec(database, finish, NULL, NULL, NULL);
}
