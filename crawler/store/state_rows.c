#include "store/state_rows.h"

#include <string.h>

#include "base/error.h"
#include "store/schema.h"

enum statement {
    PUT_NOTE,
    PUT_URL,
    PUT_REASON,
    PUT_WAY,
    PUT_RECORD,
    PUT_LINKS,
    DROP_LINKS,
    PUT_NEARER,
    PUT_RULES,
    PUT_HOLD,
    PUT_SITEMAP,
    STATEMENTS
};

_Static_assert((int)STATEMENTS == (int)STATE_ROWS_STATEMENTS, "each has its place");

static const char *const TEXTS[STATEMENTS] = {
    [PUT_NOTE] = "INSERT OR REPLACE INTO crawl VALUES (?, ?)",
    [PUT_URL] = "INSERT OR REPLACE INTO url VALUES (?, ?, ?, ?, ?, ?)",
    [PUT_REASON] = "UPDATE url SET reason = ? WHERE id = ?",
    [PUT_WAY] = "UPDATE url SET reason = ?1, depth = ?3, redirects = ?4 WHERE id = ?2",
    [PUT_LINKS] = "INSERT OR REPLACE INTO link VALUES (?, ?)",
    [DROP_LINKS] = "DELETE FROM link WHERE id = ?",
    [PUT_NEARER] = "UPDATE url SET depth = min(depth, ?), redirects = min(redirects, ?) WHERE id = ?",
    [PUT_RULES] = "INSERT INTO origin VALUES (?1, ?2, ?3, NULL) ON CONFLICT DO UPDATE SET robots = ?2, asked = ?3",
    [PUT_HOLD] = "INSERT INTO origin VALUES (?1, NULL, NULL, ?2) ON CONFLICT DO UPDATE SET not_before = ?2",
    [PUT_SITEMAP] = "INSERT OR REPLACE INTO sitemap VALUES (?, ?, ?, ?, ?)",
    [PUT_RECORD] = "INSERT OR REPLACE INTO record VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
};

void state_rows_free(struct state_rows *rows)
{
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(rows->statements[i]);
    link_lists_free(&rows->links);
}

int state_rows_prepare(struct state_rows *rows, sqlite3 *database)
{
    int code = SQLITE_OK;
    link_lists_init(&rows->links);
    for (int i = 0; i < STATEMENTS && !code; i++)
        code = sqlite3_prepare_v3(database, TEXTS[i], -1, SQLITE_PREPARE_PERSISTENT, &rows->statements[i], NULL);
    return code;
}

/* URLs are known by their fingerprints where that will be asked. */
static int learn_url(struct state_rows *rows, const struct journal_entry *entry)
{
    bool will_be_asked = entry->redirects || rows->links.is_wanted;
    return will_be_asked ? link_lists_learn(&rows->links, entry->number, entry->id) : 0;
}

int state_rows_learn(struct state_rows *rows, const struct journal_entry *entry)
{
    uint64_t fingerprint, id = entry->id;
    int err = 0;
    rows->links.is_wanted |= entry->kind == JOURNAL_GRAPH;
    for (size_t at = 0; at + sizeof fingerprint <= entry->text.length && !err; at += sizeof fingerprint) {
        memcpy(&fingerprint, entry->text.data + at, sizeof fingerprint);
        err = link_lists_learn(&rows->links, fingerprint, id++);
    }
    return err;
}

static void bind_text(sqlite3_stmt *statement, int column, struct slice text)
{
    if (text.length)
        sqlite3_bind_text64(statement, column, text.data, text.length, SQLITE_STATIC, SQLITE_UTF8);
    else
        sqlite3_bind_null(statement, column);
}

static void bind_note(sqlite3_stmt *statement, const struct journal_entry *entry)
{
    bind_text(statement, 1, entry->text);
    if (entry->more.length)
        bind_text(statement, 2, entry->more);
    else
        sqlite3_bind_int64(statement, 2, (sqlite3_int64)entry->number);
}

static void bind_url(sqlite3_stmt *statement, const struct journal_entry *entry)
{
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)entry->id);
    sqlite3_bind_text64(statement, 2, entry->text.length ? entry->text.data : "", entry->text.length, SQLITE_STATIC,
                        SQLITE_UTF8);
    if (entry->referrer)
        sqlite3_bind_int64(statement, 3, (sqlite3_int64)entry->referrer);
    else
        bind_text(statement, 3, entry->more);
    sqlite3_bind_int64(statement, 4, entry->depth);
    sqlite3_bind_int64(statement, 5, entry->redirects);
    bind_text(statement, 6, slice_of(entry->reason ? reason_name(entry->reason) : ""));
}

static int flags_of(const struct fetch_statistic *stat)
{
    return (stat->is_html ? RECORD_HTML : 0) | (stat->truncated ? RECORD_TRUNCATED : 0) |
           (stat->is_accepted ? RECORD_ACCEPTED : 0) | (stat->reused ? RECORD_REUSED : 0) |
           (stat->is_not_modified ? RECORD_NOT_MODIFIED : 0) | (stat->is_unchanged ? RECORD_UNCHANGED : 0);
}

static void bind_record(sqlite3_stmt *statement, const struct journal_entry *entry)
{
    const struct fetch_statistic *stat = &entry->stat;
    const struct http_timings *timings = &stat->timings;
    const sqlite3_int64 figures[] = {flags_of(stat),
                                     (sqlite3_int64)stat->size,
                                     (sqlite3_int64)stat->wire_size,
                                     stat->num_urls,
                                     stat->num_new_urls,
                                     entry->depth,
                                     stat->tries,
                                     stat->started,
                                     timings->resolved,
                                     timings->begun,
                                     timings->connected,
                                     timings->secured,
                                     timings->first_byte,
                                     timings->total,
                                     stat->version};
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)entry->id);
    sqlite3_bind_int(statement, 2, stat->status);
    bind_text(statement, 3, slice_of(stat->error ? error_kind(stat->error) : ""));
    bind_text(statement, 4, entry->detail);
    bind_text(statement, 5, stat->next_url);
    bind_text(statement, 6, entry->type);
    bind_text(statement, 7, entry->encoding);
    for (int i = 0; i < (int)(sizeof figures / sizeof figures[0]); i++)
        sqlite3_bind_int64(statement, 8 + i, figures[i]);
    bind_text(statement, 23, entry->address);
    if (stat->digest)
        sqlite3_bind_int64(statement, 24, (sqlite3_int64)stat->digest);
    else
        sqlite3_bind_null(statement, 24);
    bind_text(statement, 25, stat->entity_tag);
    bind_text(statement, 26, stat->last_modified);
}

static sqlite3_stmt *bind_reason(struct state_rows *rows, const struct journal_entry *entry)
{
    sqlite3_stmt *statement = rows->statements[entry->number ? PUT_WAY : PUT_REASON];
    bind_text(statement, 1, slice_of(entry->reason ? reason_name(entry->reason) : ""));
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)entry->id);
    if (entry->number) {
        sqlite3_bind_int64(statement, 3, entry->depth);
        sqlite3_bind_int64(statement, 4, entry->redirects);
    }
    return statement;
}

/* Returns NULL when memory is out. */
static sqlite3_stmt *bind_links(struct state_rows *rows, const struct journal_entry *entry)
{
    sqlite3_stmt *statement = rows->statements[entry->text.length ? PUT_LINKS : DROP_LINKS];
    struct slice list;
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)entry->id);
    if (!entry->text.length)
        return statement;
    if (link_lists_write(&rows->links, entry->text, entry->number, &list))
        return NULL;
    bind_text(statement, 2, list);
    return statement;
}

static sqlite3_stmt *bind_nearer(struct state_rows *rows, const struct journal_entry *entry)
{
    sqlite3_stmt *statement = rows->statements[PUT_NEARER];
    sqlite3_bind_int64(statement, 1, entry->depth);
    sqlite3_bind_int64(statement, 2, entry->redirects);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)link_lists_number(&rows->links, entry->number));
    return statement;
}

static sqlite3_stmt *bind_rules(struct state_rows *rows, const struct journal_entry *entry)
{
    sqlite3_stmt *statement = rows->statements[PUT_RULES];
    bind_text(statement, 1, entry->text);
    bind_text(statement, 2, entry->more);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)entry->number);
    return statement;
}

static sqlite3_stmt *bind_hold(struct state_rows *rows, const struct journal_entry *entry)
{
    sqlite3_stmt *statement = rows->statements[PUT_HOLD];
    bind_text(statement, 1, entry->text);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)entry->number);
    return statement;
}

static sqlite3_stmt *bind_sitemap(struct state_rows *rows, const struct journal_entry *entry)
{
    sqlite3_stmt *statement = rows->statements[PUT_SITEMAP];
    bind_text(statement, 1, entry->text);
    bind_text(statement, 2, entry->more);
    sqlite3_bind_int64(statement, 3, entry->depth);
    sqlite3_bind_int64(statement, 4, entry->redirects);
    sqlite3_bind_int64(statement, 5, (sqlite3_int64)entry->number);
    return statement;
}

/* Returns NULL when memory is out. */
static sqlite3_stmt *bind(struct state_rows *rows, const struct journal_entry *entry)
{
    switch (entry->kind) {
    case JOURNAL_NOTE:
        bind_note(rows->statements[PUT_NOTE], entry);
        return rows->statements[PUT_NOTE];
    case JOURNAL_URL:
        if (learn_url(rows, entry))
            return NULL;
        bind_url(rows->statements[PUT_URL], entry);
        return rows->statements[PUT_URL];
    case JOURNAL_RECORD:
        bind_record(rows->statements[PUT_RECORD], entry);
        return rows->statements[PUT_RECORD];
    case JOURNAL_REASON:
        return bind_reason(rows, entry);
    case JOURNAL_LINKS:
        return bind_links(rows, entry);
    case JOURNAL_NEARER:
        return bind_nearer(rows, entry);
    case JOURNAL_RULES:
        return bind_rules(rows, entry);
    case JOURNAL_HOLD:
        return bind_hold(rows, entry);
    case JOURNAL_SITEMAP:
        return bind_sitemap(rows, entry);
    case JOURNAL_BEGIN:
    case JOURNAL_VISIT:
    case JOURNAL_GRAPH:
    case JOURNAL_KNOWN:
    case JOURNAL_FINISH:
    case JOURNAL_KINDS:
        break;
    }
    return NULL;
}

int state_rows_put(struct state_rows *rows, const struct journal_entry *entry)
{
    sqlite3_stmt *statement = bind(rows, entry);
    if (!statement)
        return SQLITE_NOMEM;
    sqlite3_step(statement);
    return sqlite3_reset(statement);
}
