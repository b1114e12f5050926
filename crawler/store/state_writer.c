#include "store/state_writer.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "store/journal.h"
#include "store/schema.h"
#include "store/sqlite_error.h"

enum { MOST_MESSAGES = 20000, PIECE = 256 * 1024, LARGEST_MESSAGE = 64 << 20 };

static const nanoseconds COMMIT_AFTER = MILLISECONDS(250);

enum statement { PUT_NOTE, PUT_URL, PUT_REASON, PUT_RELEASE, PUT_RECORD, STATEMENTS };

static const char *const TEXTS[STATEMENTS] = {
    [PUT_NOTE] = "INSERT OR REPLACE INTO crawl VALUES (?, ?)",
    [PUT_URL] = "INSERT OR REPLACE INTO url VALUES (?, ?, ?, ?, ?, ?)",
    [PUT_REASON] = "UPDATE url SET reason = ? WHERE id = ?",
    [PUT_RELEASE] = "UPDATE url SET reason = NULL, depth = ?, redirects = ? WHERE id = ?",
    [PUT_RECORD] = "INSERT OR REPLACE INTO record VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
};

struct writer {
    const char *path;
    int socket;
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENTS];
    struct buf stream; /* what has come and is not taken yet */
    unsigned messages; /* in the transaction that is going on; 0 for none */
    nanoseconds commit_at;
};

/* Returns 0, or -1, which ends the process: the crawl must not wait for an answer that can't come. */
static int answer(const struct writer *writer, enum writer_answer_kind kind, int error, const char *text)
{
    struct writer_answer answer = {.kind = kind, .error = error};
    snprintf(answer.text, sizeof answer.text, "%s", text);
    ssize_t sent;
    do
        sent = write(writer->socket, &answer, sizeof answer);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)sizeof answer ? 0 : -1;
}

/* Tells what SQLite says. Returns -1, which ends the process. */
static int fail(const struct writer *writer, int code)
{
    int error = sqlite_error(writer->database, code);
    (void)answer(writer, WRITER_FAILED, error, sqlite_words(writer->database, code));
    return -1;
}

static int fail_with(const struct writer *writer, int error, const char *text)
{
    (void)answer(writer, WRITER_FAILED, error, text);
    return -1;
}

/* --- the file ------------------------------------------------------------------------------------------------------ */

static int check_schema(struct writer *writer)
{
    enum schema_state state;
    int code = schema_look(writer->database, &state);
    if (!code && state == SCHEMA_EMPTY)
        code = schema_create(writer->database);
    if (!code && state == SCHEMA_OLDER)
        code = schema_migrate(writer->database);
    if (code)
        return fail(writer, code);
    if (state == SCHEMA_FOREIGN)
        return fail_with(writer, ERR_UNSUPPORTED, "not a state file of a crawl");
    if (state == SCHEMA_NEWER)
        return fail_with(writer, ERR_UNSUPPORTED, "written by another version of this program");
    return 0;
}

/* FULL: what was committed outlives a power cut. */
static int open_database(struct writer *writer)
{
    int code = sqlite3_open_v2(writer->path, &writer->database,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (!code)
        code = sqlite3_busy_timeout(writer->database, 10000);
    if (!code)
        code = sqlite3_exec(writer->database, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", NULL, NULL, NULL);
    if (code)
        return fail(writer, code);
    int failed = check_schema(writer);
    for (int i = 0; i < STATEMENTS && !failed; i++) {
        code =
            sqlite3_prepare_v3(writer->database, TEXTS[i], -1, SQLITE_PREPARE_PERSISTENT, &writer->statements[i], NULL);
        if (code)
            failed = fail(writer, code);
    }
    return failed;
}

static void close_database(struct writer *writer)
{
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(writer->statements[i]);
    sqlite3_close(writer->database);
}

/* --- one message ---------------------------------------------------------------------------------------------------- */

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

static sqlite3_stmt *bind_reason(struct writer *writer, const struct journal_entry *entry)
{
    sqlite3_stmt *statement = writer->statements[entry->reason ? PUT_REASON : PUT_RELEASE];
    if (entry->reason) {
        bind_text(statement, 1, slice_of(reason_name(entry->reason)));
        sqlite3_bind_int64(statement, 2, (sqlite3_int64)entry->id);
    } else {
        sqlite3_bind_int64(statement, 1, entry->depth);
        sqlite3_bind_int64(statement, 2, entry->redirects);
        sqlite3_bind_int64(statement, 3, (sqlite3_int64)entry->id);
    }
    return statement;
}

static sqlite3_stmt *bind(struct writer *writer, const struct journal_entry *entry)
{
    switch (entry->kind) {
    case JOURNAL_NOTE:
        bind_note(writer->statements[PUT_NOTE], entry);
        return writer->statements[PUT_NOTE];
    case JOURNAL_URL:
        bind_url(writer->statements[PUT_URL], entry);
        return writer->statements[PUT_URL];
    case JOURNAL_RECORD:
        bind_record(writer->statements[PUT_RECORD], entry);
        return writer->statements[PUT_RECORD];
    case JOURNAL_REASON:
        return bind_reason(writer, entry);
    case JOURNAL_BEGIN:
    case JOURNAL_VISIT:
    case JOURNAL_FINISH:
    case JOURNAL_KINDS:
        break;
    }
    return NULL;
}

static int commit(struct writer *writer)
{
    if (!writer->messages)
        return 0;
    writer->messages = 0;
    int code = sqlite3_exec(writer->database, "COMMIT", NULL, NULL, NULL);
    return code ? fail(writer, code) : 0;
}

static int begin(struct writer *writer)
{
    if (writer->messages)
        return 0;
    writer->commit_at = clock_after(COMMIT_AFTER);
    int code = sqlite3_exec(writer->database, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    return code ? fail(writer, code) : 0;
}

static int write_entry(struct writer *writer, const struct journal_entry *entry)
{
    int failed = begin(writer);
    if (failed)
        return failed;
    writer->messages++;
    sqlite3_stmt *statement = bind(writer, entry);
    sqlite3_step(statement);
    int code = sqlite3_reset(statement);
    return code ? fail(writer, code) : 0;
}

static int clear(struct writer *writer)
{
    int code =
        sqlite3_exec(writer->database, "DELETE FROM crawl; DELETE FROM url; DELETE FROM record; DELETE FROM earlier",
                     NULL, NULL, NULL);
    return code ? fail(writer, code) : 0;
}

static int begin_visit(struct writer *writer, uint64_t started)
{
    int failed = commit(writer);
    if (failed)
        return failed;
    int code = schema_begin_visit(writer->database, started);
    return code ? fail(writer, code) : 0;
}

/* On the disk, and in the file itself: the log beside it goes when the file is closed. */
static int finish(struct writer *writer)
{
    int failed = commit(writer);
    if (failed)
        return failed;
    int code = sqlite3_wal_checkpoint_v2(writer->database, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if (code && code != SQLITE_BUSY)
        return fail(writer, code);
    return answer(writer, WRITER_FINISHED, 0, "");
}

static int serve_entry(struct writer *writer, const struct journal_entry *entry)
{
    int failed = entry->kind == JOURNAL_FINISH  ? finish(writer)
                 : entry->kind == JOURNAL_BEGIN ? clear(writer)
                 : entry->kind == JOURNAL_VISIT ? begin_visit(writer, entry->number)
                                                : write_entry(writer, entry);
    return !failed && writer->messages >= MOST_MESSAGES ? commit(writer) : failed;
}

/* --- the stream ----------------------------------------------------------------------------------------------------- */

static int serve_stream(struct writer *writer)
{
    struct slice rest = buf_slice(&writer->stream);
    struct journal_entry entry;
    int got = 0, failed = 0;
    while (!failed && (got = journal_take(&rest, &entry)) > 0)
        failed = serve_entry(writer, &entry);
    if (got < 0)
        return fail_with(writer, got, "the journal is broken");
    memmove(writer->stream.data, rest.data, rest.length);
    writer->stream.length = rest.length;
    return failed;
}

/* Waits for more, and commits when it is time. Returns 1 when there is some, 0 at the end, -1 to end. */
static int wait_for_more(struct writer *writer)
{
    for (;;) {
        struct pollfd ready = {.fd = writer->socket, .events = POLLIN};
        nanoseconds left = writer->messages ? writer->commit_at - clock_now() : 0;
        int timeout = writer->messages ? (left > 0 ? (int)(left / MILLISECONDS(1)) + 1 : 0) : -1;
        int count = poll(&ready, 1, timeout);
        if (count > 0)
            return 1;
        if (count < 0 && errno != EINTR)
            return fail_with(writer, error_from_errno(errno), "poll");
        if (count == 0 && commit(writer))
            return -1;
    }
}

static int read_more(struct writer *writer)
{
    int err = buf_reserve(&writer->stream, PIECE);
    if (err)
        return fail_with(writer, err, "journal");
    ssize_t got = read(writer->socket, writer->stream.data + writer->stream.length, PIECE);
    if (got < 0)
        return errno == EINTR ? 1 : 0;
    writer->stream.length += (size_t)got;
    return got > 0;
}

/* A steady stream must not keep a transaction open. */
static int commit_if_late(struct writer *writer)
{
    return writer->messages && clock_now() >= writer->commit_at ? commit(writer) : 0;
}

static int serve(struct writer *writer)
{
    int more;
    while ((more = wait_for_more(writer)) > 0 && (more = read_more(writer)) > 0)
        if (serve_stream(writer) || commit_if_late(writer))
            return -1;
    return more < 0 ? more : commit(writer);
}

int state_writer_run(const char *path, int socket)
{
    struct writer writer = {.path = path, .socket = socket};
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    buf_init(&writer.stream, LARGEST_MESSAGE);
    int failed = open_database(&writer);
    if (!failed)
        failed = answer(&writer, WRITER_READY, 0, "");
    if (!failed)
        failed = serve(&writer);
    close_database(&writer);
    buf_free(&writer.stream);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
