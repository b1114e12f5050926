#include "output/warc_index.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/path.h"
#include "output/cut_file.h"
#include "output/json_string.h"
#include "output/output_file.h"
#include "output/sorted_lines.h"
#include "output/surt.h"

/* A line ends with what only we need, each behind a TAB: digest, id, date, URL; the digest is empty where nobody is
 * to find it. */
enum { MOST_PLACES = 2 << 20, LINE_LIMIT = 8 << 20, FOUND_LINE = 64 * 1024, SORT_MEMORY = 32 << 20, TAILS = 4 };

#define STATUS     ", \"status\": "
#define STATUS_200 STATUS "\"200\""

static int tell(const char *name, int err)
{
    log_error("%s: %s", name, error_text(err));
    return err;
}

int warc_index_name(struct slice prefix, struct buf *name)
{
    return buf_printf(name, "%.*s.cdxj", SLICE_ARGS(prefix));
}

static void init(struct warc_index *index, struct archive_position *position)
{
    *index = (struct warc_index){.position = position, .file = -1};
    buf_init(&index->name, PATH_LIMIT);
    buf_init(&index->line, LINE_LIMIT);
    buf_init(&index->original, FOUND_LINE);
    table_init(&index->digests);
    table_init(&index->pages);
}

static int open_lines(struct warc_index *index, int flags)
{
    int err = archive_lines_name(index->position->prefix, &index->name);
    if (err)
        return tell("--warc", err);
    index->file = open(buf_text(&index->name), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | flags, 0666);
    return index->file < 0 ? tell(buf_text(&index->name), error_from_errno(errno)) : 0;
}

int warc_index_create(struct warc_index *index, struct archive_position *position)
{
    init(index, position);
    return open_lines(index, O_EXCL);
}

/* --- lines that were written -------------------------------------------------------------------------------------- */

/* Takes what is behind the last TAB off the line; false when there is none. */
static bool take_tail(struct slice *line, struct slice *tail)
{
    size_t start = line->length;
    while (start && line->data[start - 1] != '\t')
        start--;
    *tail = (struct slice){line->data + start, line->length - start};
    line->length = start ? start - 1 : 0;
    return start > 0;
}

struct tails {
    struct slice digest, id, date, url;
};

static bool take_tails(struct slice *line, struct tails *tails)
{
    return take_tail(line, &tails->url) && take_tail(line, &tails->date) && take_tail(line, &tails->id) &&
           take_tail(line, &tails->digest);
}

/* Keeps where the line of `key` begins. */
static int remember(struct table *places, struct slice key, uint64_t offset, size_t length)
{
    if (!key.length || places->count >= MOST_PLACES || length > FOUND_LINE)
        return 0;
    /* A place that is a number, not a pointer. */
    void *place = (void *)(uintptr_t)(offset + 1); /* NOLINT(performance-no-int-to-ptr) */
    return table_put(places, hash_bytes(key), place);
}

/* Calls `visit` for each line, without its end, and where it begins. */
static int for_each_line(const struct warc_index *index,
                         int (*visit)(void *context, struct slice line, uint64_t offset), void *context)
{
    FILE *lines = fopen(buf_text(&index->name), "re");
    if (!lines)
        return error_from_errno(errno);
    char *text = NULL;
    size_t capacity = 0;
    ssize_t length;
    uint64_t offset = 0;
    int err = 0;
    while (!err && (length = getline(&text, &capacity, lines)) > 0) {
        if (text[length - 1] != '\n')
            err = ERR_SYNTAX;
        else
            err = visit(context, (struct slice){text, (size_t)length - 1}, offset);
        offset += (uint64_t)length;
    }
    if (!err && !feof(lines))
        err = error_from_errno(errno);
    free(text);
    fclose(lines);
    return err;
}

/* In front of the tails; no string of JSON has such quotes in it. */
static bool is_of_a_page(struct slice line)
{
    return memmem(line.data, line.length, STATUS_200, strlen(STATUS_200)) != NULL;
}

/* What came last counts, for that is what a server says is not modified. When there is no payload in it, there is none
 * to refer to. */
static int remember_page(struct warc_index *index, const struct tails *tails, uint64_t offset, size_t length)
{
    if (tails->digest.length)
        return remember(&index->pages, tails->url, offset, length);
    table_remove(&index->pages, hash_bytes(tails->url));
    return 0;
}

static int remember_line(void *context, struct slice line, uint64_t offset)
{
    struct warc_index *index = context;
    size_t length = line.length + 1;
    struct tails tails;
    if (!take_tails(&line, &tails))
        return ERR_SYNTAX;
    int err = remember(&index->digests, tails.digest, offset, length);
    return !err && is_of_a_page(line) ? remember_page(index, &tails, offset, length) : err;
}

int warc_index_resume(struct warc_index *index, struct archive_position *position)
{
    init(index, position);
    int err = open_lines(index, 0);
    if (!err)
        err = cut_file(index->file, buf_text(&index->name), position->index_length);
    if (err)
        return err;
    index->end = position->index_length;
    err = for_each_line(index, remember_line, index);
    return err ? tell(buf_text(&index->name), err) : 0;
}

static bool take_original(struct slice line, struct slice key, struct warc_original *original)
{
    struct tails tails;
    if (!take_tails(&line, &tails) || (!slice_equal(tails.digest, key) && !slice_equal(tails.url, key)) ||
        tails.id.length >= sizeof original->id || tails.date.length >= sizeof original->date)
        return false;
    snprintf(original->id, sizeof original->id, "%.*s", SLICE_ARGS(tails.id));
    snprintf(original->date, sizeof original->date, "%.*s", SLICE_ARGS(tails.date));
    original->url = tails.url;
    return true;
}

/* The line proves that it is the one. */
static int find(struct warc_index *index, const struct table *places, struct slice key, struct warc_original *original)
{
    uintptr_t place = (uintptr_t)table_get(places, hash_bytes(key));
    if (!place)
        return 0;
    struct buf *line = &index->original;
    buf_clear(line);
    int err = buf_reserve(line, FOUND_LINE);
    ssize_t got = err ? 0 : pread(index->file, line->data, FOUND_LINE, (off_t)(place - 1));
    if (!err && got < 0)
        err = error_from_errno(errno);
    if (err)
        return tell(buf_text(&index->name), err);
    line->length = (size_t)got;
    line->data[line->length] = '\0';
    const char *end = memchr(line->data, '\n', line->length);
    return end && take_original((struct slice){line->data, (size_t)(end - line->data)}, key, original);
}

int warc_index_find(struct warc_index *index, const char *digest, struct warc_original *original)
{
    return find(index, &index->digests, slice_of(digest), original);
}

int warc_index_find_page(struct warc_index *index, struct slice url, struct warc_original *original)
{
    return find(index, &index->pages, url, original);
}

/* --- lines that are added ----------------------------------------------------------------------------------------- */

/* "20261130080000" of "2026-11-30T08:00:00.000000Z" */
static int append_timestamp(struct buf *line, const char *date)
{
    int err = 0;
    for (; *date && *date != '.' && !err; date++)
        if (*date >= '0' && *date <= '9')
            err = buf_append_char(line, *date);
    return err;
}

static int append_json(struct buf *line, const struct warc_entry *entry, const char *file)
{
    int err = buf_append_slice(line, SLICE(" {\"url\": "));
    if (!err)
        err = json_string_append(line, entry->url);
    if (!err && entry->mime.length)
        err = buf_append_slice(line, SLICE(", \"mime\": "));
    if (!err && entry->mime.length)
        err = json_string_append(line, entry->mime);
    if (!err)
        err = buf_printf(line, STATUS "\"%d\"", entry->status);
    if (!err && entry->payload_digest)
        err = buf_printf(line, ", \"digest\": \"%s\"", entry->payload_digest + strlen("sha1:"));
    if (!err)
        err = buf_printf(line,
                         ", \"length\": \"%" PRIu64 "\", \"offset\": \"%" PRIu64 "\", \"filename\": ", entry->length,
                         entry->offset);
    if (!err)
        err = json_string_append(line, slice_of(path_name(file)));
    return err ? err : buf_append_char(line, '}');
}

static int append_line(struct warc_index *index, const struct warc_entry *entry)
{
    struct buf *line = &index->line, file;
    buf_clear(line);
    buf_init(&file, PATH_LIMIT);
    int err = archive_file_name(index->position->prefix, entry->file, &file);
    if (!err)
        err = surt_append(line, entry->url);
    if (!err)
        err = buf_append_char(line, ' ');
    if (!err)
        err = append_timestamp(line, entry->date);
    if (!err)
        err = append_json(line, entry, buf_text(&file));
    if (!err)
        err = buf_printf(line, "\t%s\t%s\t%s\t%.*s\n", entry->has_payload ? entry->payload_digest : "", entry->id,
                         entry->date, SLICE_ARGS(entry->url));
    buf_free(&file);
    return err;
}

static int write_line(struct warc_index *index)
{
    struct slice bytes = buf_slice(&index->line);
    while (bytes.length) {
        ssize_t written = pwrite(index->file, bytes.data, bytes.length, (off_t)index->end);
        if (written < 0 && errno != EINTR)
            return error_from_errno(errno);
        if (written <= 0)
            continue;
        index->end += (uint64_t)written;
        bytes = (struct slice){bytes.data + written, bytes.length - (size_t)written};
    }
    return 0;
}

int warc_index_add(struct warc_index *index, const struct warc_entry *entry)
{
    uint64_t offset = index->end;
    int err = append_line(index, entry);
    if (!err)
        err = write_line(index);
    if (!err && entry->has_payload)
        err = remember(&index->digests, slice_of(entry->payload_digest), offset, index->line.length);
    return err ? tell(buf_text(&index->name), err) : 0;
}

void warc_index_commit(struct warc_index *index)
{
    index->position->index_length = index->end;
}

void warc_index_roll_back(struct warc_index *index)
{
    if (index->file < 0 || index->end == index->position->index_length)
        return;
    if (ftruncate(index->file, (off_t)index->position->index_length))
        log_warning("%s: ends in half of a line", buf_text(&index->name));
    index->end = index->position->index_length;
}

/* --- the end ------------------------------------------------------------------------------------------------------ */

static int add_sorted(void *context, struct slice line, uint64_t offset)
{
    struct tails tails;
    (void)offset;
    return take_tails(&line, &tails) ? sorted_lines_add(context, line) : ERR_SYNTAX;
}

static int write_sorted(void *context, struct slice line)
{
    FILE *stream = context;
    fwrite(line.data, 1, line.length, stream);
    putc('\n', stream);
    return 0;
}

static int write_file(struct sorted_lines *lines, const char *name)
{
    struct output_file *file;
    int err = output_file_open(&file, name, false);
    if (err)
        return err;
    err = sorted_lines_walk(lines, write_sorted, output_file_stream(file));
    if (!err)
        err = output_file_commit(file);
    output_file_free(file);
    return err;
}

int warc_index_write(const struct warc_index *index)
{
    struct sorted_lines *lines = NULL;
    struct buf name;
    buf_init(&name, PATH_LIMIT);
    int err = warc_index_name(index->position->prefix, &name);
    if (!err)
        err = sorted_lines_create(&lines, SORT_MEMORY);
    if (!err)
        err = for_each_line(index, add_sorted, lines);
    if (!err)
        err = write_file(lines, buf_text(&name));
    sorted_lines_free(lines);
    if (err)
        tell(buf_text(&name), err);
    buf_free(&name);
    return err;
}

int warc_index_sync(const struct warc_index *index)
{
    return fsync(index->file) ? tell(buf_text(&index->name), error_from_errno(errno)) : 0;
}

void warc_index_close(struct warc_index *index, bool is_done)
{
    if (index->file >= 0)
        close(index->file);
    if (index->file >= 0 && is_done)
        unlink(buf_text(&index->name));
    index->file = -1;
    table_free(&index->digests);
    table_free(&index->pages);
    buf_free(&index->name);
    buf_free(&index->line);
    buf_free(&index->original);
}
