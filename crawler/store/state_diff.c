#include "store/state_diff.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/log.h"
#include "store/schema.h"
#include "store/sqlite_error.h"
#include "store/state_file.h"

/* What a crawl knows of each URL that it fetched, in words that can be compared. */
#define FETCHED(which)                                                   \
    "SELECT url.url AS url, coalesce(error, " SCHEMA_STATUS ") AS said," \
    " " SCHEMA_IS_BROKEN " AS is_broken,"                                \
    " coalesce(digest, '') || ' ' || coalesce(next_url, '') AS content"  \
    " FROM " which ".url JOIN " which ".record USING (id)"

static const char QUESTION[] = "WITH old AS MATERIALIZED (" FETCHED("before") "), new AS MATERIALIZED (" FETCHED(
    "main") "),"
            " change AS ("
            " SELECT CASE WHEN new.is_broken > old.is_broken THEN 2 WHEN new.is_broken < old.is_broken THEN 3 ELSE 4 "
            "END AS kind,"
            " url, old.said AS was, new.said AS is_now FROM old JOIN new USING (url)"
            " WHERE old.said <> new.said OR old.content <> new.content"
            " UNION ALL SELECT 0, url, '', said FROM new WHERE url NOT IN (SELECT url FROM old)"
            " UNION ALL SELECT 1, url, said, '' FROM old WHERE url NOT IN (SELECT url FROM new))"
            " SELECT kind, url, was, is_now FROM change ORDER BY kind, url";

const char *state_change_name(enum state_change_kind kind)
{
    static const char *const names[CHANGE_KINDS] = {"new", "gone", "broken", "mended", "changed"};
    assert(kind < CHANGE_KINDS);
    return names[kind];
}

/* Whether the file is one that state_file_open takes. */
static int check(const char *path)
{
    struct state_file *file;
    int err = state_file_open(&file, path);
    if (!err)
        state_file_close(file);
    return err;
}

static int attach(sqlite3 *database, const char *path)
{
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v2(database, "ATTACH ? AS before", -1, &statement, NULL);
    if (!code)
        code = sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC);
    if (!code)
        sqlite3_step(statement);
    int failed = sqlite3_finalize(statement);
    return code ? code : failed;
}

/* Returns SQLite's result, and what `visit` returned in `*err`. */
static int walk(sqlite3 *database, int (*visit)(void *context, const struct state_change *change), void *context,
                int *err)
{
    sqlite3_stmt *row;
    int code = sqlite3_prepare_v2(database, QUESTION, -1, &row, NULL);
    if (code)
        return code;
    while (!*err && sqlite3_step(row) == SQLITE_ROW) {
        const struct state_change change = {.kind = (enum state_change_kind)sqlite3_column_int(row, 0),
                                            .url = sqlite_text(row, 1),
                                            .before = sqlite_text(row, 2),
                                            .now = sqlite_text(row, 3)};
        *err = visit(context, &change);
    }
    return sqlite3_finalize(row);
}

int state_diff(const char *old_path, const char *new_path,
               int (*visit)(void *context, const struct state_change *change), void *context)
{
    sqlite3 *database = NULL;
    int err = check(old_path);
    if (!err)
        err = check(new_path);
    if (err)
        return err;
    int code = sqlite3_open_v2(new_path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (!code)
        code = sqlite3_busy_timeout(database, 10000);
    if (!code && (code = attach(database, old_path)))
        err = sqlite_tell(database, old_path, code);
    else if (!code)
        code = walk(database, visit, context, &err);
    if (code && !err)
        err = sqlite_tell(database, new_path, code);
    sqlite3_close(database);
    return err;
}
