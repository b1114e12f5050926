#include "store/schema.h"

#include <inttypes.h>
#include <stdio.h>

/* What the visit before found, in the words of `record`. Its status is never 304 for what was not modified then. */
#define EARLIER                 \
    "CREATE TABLE earlier("     \
    " id INTEGER PRIMARY KEY,"  \
    " status INTEGER NOT NULL," \
    " error TEXT,"              \
    " next_url TEXT,"           \
    " content_type TEXT,"       \
    " encoding TEXT,"           \
    " flags INTEGER NOT NULL,"  \
    " size INTEGER NOT NULL,"   \
    " links INTEGER NOT NULL,"  \
    " digest INTEGER,"          \
    " entity_tag TEXT,"         \
    " last_modified TEXT);"

/* Servers: what robots.txt said, and when (both NULL before), and until when they want to be left alone; times in
 * milliseconds since 1970. */
#define ORIGIN \
    "CREATE TABLE origin(origin TEXT PRIMARY KEY, robots TEXT, asked INTEGER, not_before INTEGER) WITHOUT ROWID;"

#define SITEMAP                                    \
    "CREATE TABLE sitemap("                        \
    " url TEXT PRIMARY KEY,"                       \
    " origin TEXT NOT NULL,"   /* whose it is */   \
    " level INTEGER NOT NULL," /* indexes above */ \
    " guessed INTEGER NOT NULL,"                   \
    " read INTEGER NOT NULL) WITHOUT ROWID;"

/* The links of pages: numbers of URLs as a JSON array, those that are not to be followed below 0. */
#define LINK "CREATE TABLE link(id INTEGER PRIMARY KEY, targets TEXT NOT NULL);"

static const char TABLES[] =
    "CREATE TABLE crawl("     /* what is known of the whole */
    " name TEXT PRIMARY KEY," /* rules, version, started, finished, visit, archive */
    " value) WITHOUT ROWID;"  /* texts; started: seconds since 1970; finished: 0 or 1; visit: 1 when there is none */
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
    " flags INTEGER NOT NULL," /* RECORD_HTML and so on, see schema.h */
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
    " digest INTEGER,"  /* XXH3 of the decoded body; NULL for none */
    " entity_tag TEXT," /* these two: what the next visit asks with */
    " last_modified TEXT);" EARLIER LINK ORIGIN SITEMAP;

#define REFERRER "coalesce((SELECT url FROM url AS page WHERE page.id = url.referrer), url.referrer) AS referrer"

/* What a table of records says of each URL, in words that can be compared. */
#define SAYINGS(table)                                                                          \
    "SELECT id, coalesce(error, " SCHEMA_STATUS ") AS said, " SCHEMA_IS_BROKEN " AS is_broken," \
    " status IN (404, 410) AS is_gone, coalesce(digest, '') || ' ' || coalesce(next_url, '') AS content FROM " table

static const char VIEWS[] =
    "CREATE VIEW pages AS SELECT url.id, url.url, status, error, content_type, encoding, size, wire_size, links,"
    " record.depth AS depth, tries, total / 1e9 AS seconds, " REFERRER ", flags & 32 <> 0 AS unchanged, entity_tag,"
    " last_modified FROM url JOIN record USING (id);"
    "CREATE VIEW broken AS SELECT * FROM pages WHERE id IN (SELECT id FROM record WHERE " SCHEMA_IS_BROKEN ");"
    "CREATE VIEW redirects AS SELECT url.id, url.url, status, next_url FROM url JOIN record USING (id)"
    " WHERE next_url IS NOT NULL;"
    "CREATE VIEW skipped AS SELECT id, url, reason, depth, " REFERRER " FROM url WHERE reason IS NOT NULL;"
    "CREATE VIEW pending AS SELECT id, url, depth, " REFERRER " FROM url WHERE reason IS NULL"
    " AND id NOT IN (SELECT id FROM record);"
    "CREATE VIEW links AS SELECT page.id, page.url AS page, target.url AS target,"
    " CASE WHEN number.value < 0 THEN 'nofollow' ELSE target.reason END AS reason"
    " FROM link JOIN url AS page USING (id), json_each(link.targets) AS number"
    " JOIN url AS target ON target.id = abs(number.value);"
    "CREATE VIEW changes AS"
    " SELECT url.id, CASE WHEN was.id IS NULL THEN 'new' WHEN now.is_broken > was.is_broken AND now.is_gone THEN 'gone'"
    " WHEN now.is_broken > was.is_broken THEN 'broken' WHEN now.is_broken < was.is_broken THEN 'mended'"
    " ELSE 'changed' END AS change, url.url, was.said AS before, now.said AS now"
    " FROM (" SAYINGS("record") ") AS now JOIN url USING (id) LEFT JOIN (" SAYINGS(
        "earlier") ") AS was USING (id)"
                   " WHERE (SELECT value FROM crawl WHERE name = 'visit') > 1"
                   " AND (was.id IS NULL OR was.said <> now.said OR was.content <> now.content)"
                   " UNION ALL SELECT url.id, 'gone', url.url, was.said, url.reason"
                   " FROM (" SAYINGS("earlier") ") AS was JOIN url USING (id) WHERE url.reason IS NOT NULL;";

/* Version 1 knew no visits. */
static const char FROM_1[] = "ALTER TABLE record ADD COLUMN entity_tag TEXT;"
                             "ALTER TABLE record ADD COLUMN last_modified TEXT;"
                             "DROP VIEW broken; DROP VIEW pages; DROP VIEW redirects; DROP VIEW skipped;"
                             "DROP VIEW pending;" EARLIER LINK ORIGIN SITEMAP;

/* What robots.txt said is asked for again. OR ROLLBACK: nothing is left of a failure anyway, and what one statement has
 * changed need not be noted in a temporary file, which the sandbox refuses. */
static const char NEXT_VISIT[] =
    "DELETE FROM earlier;"
    "INSERT OR ROLLBACK INTO earlier SELECT id, " SCHEMA_STATUS
    ", error, next_url, content_type, encoding, flags & 7, size, links,"
    " digest, entity_tag, last_modified FROM record;"
    "DELETE FROM record;"
    "DELETE FROM sitemap;"
    "UPDATE OR ROLLBACK origin SET robots = NULL, asked = NULL;"
    "UPDATE OR ROLLBACK url SET reason = NULL WHERE reason IN ('robots', 'robots-unavailable');"
    "INSERT OR REPLACE INTO crawl VALUES('finished', 0);"
    "INSERT OR REPLACE INTO crawl SELECT 'visit', coalesce((SELECT value FROM crawl WHERE name = 'visit'), 1) + 1;";

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
        *state = version == SCHEMA_VERSION ? SCHEMA_OURS : version == 1 ? SCHEMA_OLDER : SCHEMA_NEWER;
    else
        *state = application || version || tables ? SCHEMA_FOREIGN : SCHEMA_EMPTY;
    return err;
}

static int run(sqlite3 *database, const char *text)
{
    return sqlite3_exec(database, text, NULL, NULL, NULL);
}

/* Runs the three texts as one transaction. */
static int run_all(sqlite3 *database, const char *first, const char *second, const char *third)
{
    int err = run(database, "BEGIN IMMEDIATE");
    if (err)
        return err;
    err = run(database, first);
    if (!err)
        err = run(database, second);
    if (!err)
        err = run(database, third);
    return err ? err : run(database, "COMMIT");
}

static int make(sqlite3 *database, const char *tables)
{
    char marks[96];
    snprintf(marks, sizeof marks, "PRAGMA application_id = %d; PRAGMA user_version = %d", SCHEMA_APPLICATION_ID,
             SCHEMA_VERSION);
    return run_all(database, tables, VIEWS, marks);
}

int schema_create(sqlite3 *database)
{
    return make(database, TABLES);
}

int schema_migrate(sqlite3 *database)
{
    return make(database, FROM_1);
}

int schema_begin_visit(sqlite3 *database, uint64_t started)
{
    char note[96];
    snprintf(note, sizeof note, "INSERT OR REPLACE INTO crawl VALUES('started', %" PRIu64 ")", started);
    return run_all(database, NEXT_VISIT, note, "");
}
