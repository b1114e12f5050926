#include "store/state_writer.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/path.h"
#include "store/archive_sync.h"
#include "store/journal.h"
#include "store/schema.h"
#include "store/sqlite_error.h"
#include "store/state_rows.h"

enum { MOST_MESSAGES = 20000, PIECE = 256 * 1024, LARGEST_MESSAGE = 64 << 20 };

static const nanoseconds COMMIT_AFTER = MILLISECONDS(250);

struct writer {
    const char *path;
    int socket;
    sqlite3 *database;
    struct state_rows rows;
    struct archive_sync archive;
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

/* --- the file ----------------------------------------------------------------------------------------------------- */

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
    if (failed)
        return failed;
    code = state_rows_prepare(&writer->rows, writer->database);
    return code ? fail(writer, code) : 0;
}

static void close_database(struct writer *writer)
{
    state_rows_free(&writer->rows);
    sqlite3_close(writer->database);
}

/* --- messages ----------------------------------------------------------------------------------------------------- */

static int put(struct writer *writer, const struct journal_entry *entry)
{
    int code = state_rows_put(&writer->rows, entry);
    return code ? fail(writer, code) : 0;
}

/* Where the archive ends goes into the transaction of the records that are in it, once they are on the disk. */
static int commit_archive(struct writer *writer)
{
    struct archive_sync *archive = &writer->archive;
    struct buf name;
    if (!archive->is_waiting)
        return 0;
    archive->is_waiting = false;
    int failed = put(writer, &(struct journal_entry){
                                 .kind = JOURNAL_NOTE, .text = SLICE(ARCHIVE_NOTE), .more = buf_slice(&archive->text)});
    if (failed)
        return failed;
    buf_init(&name, PATH_LIMIT);
    int err = archive_sync_run(archive, &name);
    if (err)
        failed = fail_with(writer, err, buf_text(&name));
    buf_free(&name);
    return failed;
}

static int commit(struct writer *writer)
{
    if (!writer->messages)
        return 0;
    writer->messages = 0;
    int failed = commit_archive(writer);
    if (failed)
        return failed;
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

static bool is_archive_note(const struct journal_entry *entry)
{
    return entry->kind == JOURNAL_NOTE && slice_equal(entry->text, SLICE(ARCHIVE_NOTE));
}

static int note_archive(struct writer *writer, const struct journal_entry *entry)
{
    bool has_position = entry->more.length && (entry->kind == JOURNAL_RECORD || is_archive_note(entry));
    int err = has_position ? archive_sync_note(&writer->archive, entry->more) : 0;
    return err ? fail_with(writer, err, "the journal is broken") : 0;
}

static int write_entry(struct writer *writer, const struct journal_entry *entry)
{
    int failed = begin(writer);
    if (failed)
        return failed;
    writer->messages++;
    failed = note_archive(writer, entry);
    if (failed || is_archive_note(entry))
        return failed; /* the transaction ends with it */
    return put(writer, entry);
}

/* What was there goes in the transaction that has the first of the new. */
static int clear(struct writer *writer)
{
    static const char text[] = "DELETE FROM crawl; DELETE FROM url; DELETE FROM record; DELETE FROM earlier;"
                               "DELETE FROM link; DELETE FROM origin; DELETE FROM sitemap";
    int failed = begin(writer);
    if (failed)
        return failed;
    writer->messages++;
    int code = sqlite3_exec(writer->database, text, NULL, NULL, NULL);
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
    int failed;
    switch (entry->kind) {
    case JOURNAL_FINISH:
        return finish(writer);
    case JOURNAL_BEGIN:
        return clear(writer);
    case JOURNAL_VISIT:
        return begin_visit(writer, entry->number);
    case JOURNAL_GRAPH:
    case JOURNAL_KNOWN:
        return state_rows_learn(&writer->rows, entry) ? fail(writer, SQLITE_NOMEM) : 0;
    default:
        failed = write_entry(writer, entry);
        return !failed && writer->messages >= MOST_MESSAGES ? commit(writer) : failed;
    }
}

/* --- the stream --------------------------------------------------------------------------------------------------- */

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
    archive_sync_init(&writer.archive);
    int failed = open_database(&writer);
    if (!failed)
        failed = answer(&writer, WRITER_READY, 0, "");
    if (!failed)
        failed = serve(&writer);
    close_database(&writer);
    buf_free(&writer.stream);
    archive_sync_free(&writer.archive);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
