#include "store/state_file.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "store/schema.h"
#include "store/sqlite_error.h"
#include "store/state_lock.h"

struct state_file {
    char *path;
    sqlite3 *database;
};

static int refuse(const struct state_file *file, int err, const char *why)
{
    log_error("%s: %s", file->path, why);
    return err;
}

static int open_connection(struct state_file *file)
{
    int code = sqlite3_open_v2(file->path, &file->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    return code ? code : sqlite3_busy_timeout(file->database, 10000);
}

/* An earlier version would go on writing as it knows the tables: its lock is taken. */
static int migrate(struct state_file *file)
{
    struct state_lock lock;
    pid_t owner;
    int err = state_lock_take(&lock, file->path, &owner);
    if (err)
        return refuse(file, err, error_text(err));
    enum schema_state state;
    int code = schema_look(file->database, &state);
    if (!code && state == SCHEMA_OLDER) /* nobody was quicker */
        code = schema_migrate(file->database);
    state_lock_release(&lock);
    return code ? sqlite_tell(file->database, file->path, code) : 0;
}

/* Looks whether it is one of ours, and makes it so. */
static int look(struct state_file *file)
{
    enum schema_state state;
    int code = schema_look(file->database, &state);
    if (code)
        return sqlite_tell(file->database, file->path, code);
    if (state == SCHEMA_OLDER)
        return migrate(file);
    if (state == SCHEMA_OURS)
        return 0;
    return refuse(file, ERR_UNSUPPORTED,
                  state == SCHEMA_NEWER ? "written by another version of this program" : "not a state file of a crawl");
}

/* The moment that is read begins with the first look after it. */
static int open_database(struct state_file *file)
{
    if (access(file->path, F_OK) != 0)
        return refuse(file, ERR_NOT_FOUND, error_text(ERR_NOT_FOUND));
    int code = open_connection(file);
    int err = code ? sqlite_tell(file->database, file->path, code) : look(file);
    if (err)
        return err;
    code = sqlite3_exec(file->database, "PRAGMA query_only = 1; BEGIN", NULL, NULL, NULL);
    return code ? sqlite_tell(file->database, file->path, code) : 0;
}

int state_file_open(struct state_file **out, const char *path)
{
    struct state_file *file = calloc(1, sizeof *file);
    if (file)
        file->path = strdup(path);
    if (!file || !file->path)
        log_error("%s: %s", path, error_text(ERR_NO_MEMORY));
    int err = file && file->path ? open_database(file) : ERR_NO_MEMORY;
    if (err) {
        state_file_close(file);
        return err;
    }
    *out = file;
    return 0;
}

void state_file_close(struct state_file *file)
{
    if (!file)
        return;
    sqlite3_close(file->database);
    free(file->path);
    free(file);
}

static const char *name_at(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? text : "";
}

/* Finds a note. Returns 1 with `*row` on it, or 0 or an error without one. */
static int find_note(struct state_file *file, const char *name, sqlite3_stmt **row)
{
    int code = sqlite3_prepare_v2(file->database, "SELECT value FROM crawl WHERE name = ?", -1, row, NULL);
    if (!code)
        code = sqlite3_bind_text(*row, 1, name, -1, SQLITE_STATIC);
    if (!code)
        code = sqlite3_step(*row);
    if (code == SQLITE_ROW)
        return 1;
    sqlite3_finalize(*row);
    return code == SQLITE_DONE ? 0 : sqlite_tell(file->database, file->path, code);
}

int state_file_text(struct state_file *file, const char *name, struct buf *text)
{
    sqlite3_stmt *row;
    int found = find_note(file, name, &row);
    if (found <= 0)
        return found;
    int err = buf_append_slice(text, sqlite_text(row, 0));
    sqlite3_finalize(row);
    return err ? err : 1;
}

int state_file_number(struct state_file *file, const char *name, int64_t *number)
{
    sqlite3_stmt *row;
    int found = find_note(file, name, &row);
    if (found <= 0)
        return found;
    *number = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    return 1;
}

/* --- walks -------------------------------------------------------------------------------------------------------- */

/* Runs `question` and calls `take` for each row. */
static int walk(struct state_file *file, const char *question, int (*take)(void *walker, sqlite3_stmt *row),
                void *walker)
{
    sqlite3_stmt *row;
    int code = sqlite3_prepare_v2(file->database, question, -1, &row, NULL);
    if (code)
        return sqlite_tell(file->database, file->path, code);
    int err = 0;
    while (!err && (code = sqlite3_step(row)) == SQLITE_ROW)
        err = take(walker, row);
    if (!err && code != SQLITE_DONE)
        err = sqlite_tell(file->database, file->path, code);
    sqlite3_finalize(row);
    return err;
}

struct url_walk {
    int (*visit)(void *context, const struct state_url *url);
    void *context;
};

static int take_url(void *walker, sqlite3_stmt *row)
{
    const struct url_walk *walk = walker;
    const struct state_url url = {
        .id = (uint64_t)sqlite3_column_int64(row, 0),
        .url = sqlite_text(row, 1),
        .referrer_id = sqlite3_column_type(row, 2) == SQLITE_INTEGER ? (uint64_t)sqlite3_column_int64(row, 2) : 0,
        .referrer = sqlite_text(row, 3),
        .depth = (uint32_t)sqlite3_column_int64(row, 4),
        .redirects = (uint32_t)sqlite3_column_int64(row, 5),
        .reason = reason_called(name_at(row, 6)),
        .is_done = sqlite3_column_int(row, 7),
    };
    return walk->visit(walk->context, &url);
}

int state_file_for_each_url(struct state_file *file, int (*visit)(void *context, const struct state_url *url),
                            void *context)
{
    struct url_walk walker = {visit, context};
    return walk(file,
                "SELECT url.id, url.url, url.referrer, coalesce(page.url, url.referrer), url.depth, url.redirects,"
                " url.reason, record.id IS NOT NULL FROM url LEFT JOIN url AS page ON page.id = url.referrer"
                " LEFT JOIN record ON record.id = url.id ORDER BY url.id",
                take_url, &walker);
}

struct record_walk {
    int (*visit)(void *context, const struct fetch_statistic *stat);
    void *context;
};

/* What every query of records begins with. */
#define OUTCOME "status, error, flags, size"

static struct fetch_statistic outcome_of(sqlite3_stmt *row)
{
    int flags = sqlite3_column_int(row, 2);
    return (struct fetch_statistic){
        .status = sqlite3_column_int(row, 0),
        .error = error_of_kind(name_at(row, 1)),
        .is_html = flags & RECORD_HTML,
        .truncated = flags & RECORD_TRUNCATED,
        .is_accepted = flags & RECORD_ACCEPTED,
        .reused = flags & RECORD_REUSED,
        .is_not_modified = flags & RECORD_NOT_MODIFIED,
        .is_unchanged = flags & RECORD_UNCHANGED,
        .size = (uint64_t)sqlite3_column_int64(row, 3),
    };
}

static void take_timings(struct fetch_statistic *stat, sqlite3_stmt *row)
{
    stat->started = sqlite3_column_int64(row, 15);
    stat->timings = (struct http_timings){
        .resolved = sqlite3_column_int64(row, 16),
        .begun = sqlite3_column_int64(row, 17),
        .connected = sqlite3_column_int64(row, 18),
        .secured = sqlite3_column_int64(row, 19),
        .first_byte = sqlite3_column_int64(row, 20),
        .total = sqlite3_column_int64(row, 21),
    };
}

static int take_record(void *walker, sqlite3_stmt *row)
{
    const struct record_walk *walk = walker;
    struct fetch_statistic stat = outcome_of(row);
    stat.is_replayed = true;
    stat.url = sqlite_text(row, 4);
    stat.referrer = sqlite_text(row, 5);
    stat.error_detail = name_at(row, 6);
    stat.next_url = sqlite_text(row, 7);
    stat.content_type = name_at(row, 8);
    stat.encoding = name_at(row, 9);
    stat.wire_size = (uint64_t)sqlite3_column_int64(row, 10);
    stat.num_urls = (uint32_t)sqlite3_column_int64(row, 11);
    stat.num_new_urls = (uint32_t)sqlite3_column_int64(row, 12);
    stat.depth = (uint32_t)sqlite3_column_int64(row, 13);
    stat.tries = (uint32_t)sqlite3_column_int64(row, 14);
    take_timings(&stat, row);
    stat.version = (enum http_version)sqlite3_column_int(row, 22);
    stat.remote_address = name_at(row, 23);
    stat.digest = (uint64_t)sqlite3_column_int64(row, 24);
    return walk->visit(walk->context, &stat);
}

int state_file_for_each_record(struct state_file *file, int (*visit)(void *context, const struct fetch_statistic *stat),
                               void *context)
{
    struct record_walk walker = {visit, context};
    return walk(file,
                "SELECT " OUTCOME ", url.url, coalesce(page.url, url.referrer), detail, next_url, content_type,"
                " encoding, wire_size, links, new_links, record.depth, tries, started, resolved, begun, connected,"
                " secured, first_byte, total, version, address, digest"
                " FROM record JOIN url USING (id) LEFT JOIN url AS page ON page.id = url.referrer ORDER BY record.id",
                take_record, &walker);
}

static int take_end(void *walker, sqlite3_stmt *row)
{
    const struct record_walk *walk = walker;
    struct fetch_statistic stat = outcome_of(row);
    stat.is_replayed = true;
    stat.wire_size = (uint64_t)sqlite3_column_int64(row, 4);
    stat.started = sqlite3_column_int64(row, 5);
    stat.timings.total = sqlite3_column_int64(row, 6);
    return walk->visit(walk->context, &stat);
}

int state_file_for_each_end(struct state_file *file, int (*visit)(void *context, const struct fetch_statistic *stat),
                            void *context)
{
    struct record_walk walker = {visit, context};
    return walk(file, "SELECT " OUTCOME ", wire_size, started, total FROM record ORDER BY started + total, id",
                take_end, &walker);
}

struct earlier_walk {
    int (*visit)(void *context, uint64_t id, const struct fetch_statistic *record);
    void *context;
};

static int take_earlier(void *walker, sqlite3_stmt *row)
{
    const struct earlier_walk *walk = walker;
    struct fetch_statistic record = outcome_of(row);
    record.content_type = name_at(row, 5);
    record.encoding = name_at(row, 6);
    record.num_urls = (uint32_t)sqlite3_column_int64(row, 7);
    record.digest = (uint64_t)sqlite3_column_int64(row, 8);
    record.entity_tag = sqlite_text(row, 9);
    record.last_modified = sqlite_text(row, 10);
    return walk->visit(walk->context, (uint64_t)sqlite3_column_int64(row, 4), &record);
}

int state_file_for_each_earlier(struct state_file *file,
                                int (*visit)(void *context, uint64_t id, const struct fetch_statistic *record),
                                void *context)
{
    struct earlier_walk walker = {visit, context};
    return walk(file,
                "SELECT " OUTCOME ", id, content_type, encoding, links, digest, entity_tag, last_modified"
                " FROM earlier WHERE id NOT IN (SELECT id FROM record) ORDER BY id",
                take_earlier, &walker);
}

struct links_walk {
    int (*visit)(void *context, uint64_t id, const uint64_t *targets, size_t count);
    void *context;
    struct buf targets;
};

/* Appends the numbers of a list (link_lists.h) that are not below 0. */
static int read_list(struct buf *targets, struct slice list)
{
    int err = 0;
    uint64_t number = 0;
    bool is_number = false, is_negative = false;
    for (size_t i = 0; i < list.length && !err; i++) {
        char c = list.data[i];
        if (c >= '0' && c <= '9') {
            number = 10 * number + (uint64_t)(c - '0');
            is_number = true;
            continue;
        }
        if (is_number && !is_negative)
            err = buf_append(targets, &number, sizeof number);
        is_negative = c == '-';
        is_number = false;
        number = 0;
    }
    return err;
}

static int take_links(void *walker, sqlite3_stmt *row)
{
    struct links_walk *walk = walker;
    buf_clear(&walk->targets);
    int err = read_list(&walk->targets, sqlite_text(row, 1));
    const uint64_t *targets = (const uint64_t *)(const void *)walk->targets.data;
    return err ? err
               : walk->visit(walk->context, (uint64_t)sqlite3_column_int64(row, 0), targets,
                             walk->targets.length / sizeof *targets);
}

int state_file_for_each_links(struct state_file *file,
                              int (*visit)(void *context, uint64_t id, const uint64_t *targets, size_t count),
                              void *context)
{
    struct links_walk walker = {visit, context, {0}};
    buf_init(&walker.targets, SIZE_MAX / 4);
    int err = walk(file, "SELECT id, targets FROM link ORDER BY id", take_links, &walker);
    buf_free(&walker.targets);
    return err;
}

struct origin_walk {
    int (*visit)(void *context, const struct state_origin *origin);
    void *context;
};

static int take_origin(void *walker, sqlite3_stmt *row)
{
    const struct origin_walk *walk = walker;
    const struct state_origin origin = {.origin = sqlite_text(row, 0),
                                        .robots = sqlite_text(row, 1),
                                        .asked = sqlite3_column_int64(row, 2),
                                        .not_before = sqlite3_column_int64(row, 3)};
    return walk->visit(walk->context, &origin);
}

int state_file_for_each_origin(struct state_file *file, int (*visit)(void *context, const struct state_origin *origin),
                               void *context)
{
    struct origin_walk walker = {visit, context};
    return walk(file, "SELECT origin, robots, asked, not_before FROM origin", take_origin, &walker);
}

struct sitemap_walk {
    int (*visit)(void *context, const struct state_sitemap *sitemap);
    void *context;
};

static int take_sitemap(void *walker, sqlite3_stmt *row)
{
    const struct sitemap_walk *walk = walker;
    const struct state_sitemap sitemap = {.url = sqlite_text(row, 0),
                                          .origin = sqlite_text(row, 1),
                                          .level = (uint32_t)sqlite3_column_int64(row, 2),
                                          .is_guessed = sqlite3_column_int(row, 3),
                                          .is_read = sqlite3_column_int(row, 4)};
    return walk->visit(walk->context, &sitemap);
}

int state_file_for_each_sitemap(struct state_file *file,
                                int (*visit)(void *context, const struct state_sitemap *sitemap), void *context)
{
    struct sitemap_walk walker = {visit, context};
    return walk(file, "SELECT url, origin, level, guessed, read FROM sitemap ORDER BY level, url", take_sitemap,
                &walker);
}
