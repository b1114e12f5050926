#include "output/warc_files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "base/path.h"
#include "output/cut_file.h"

static int tell(const char *name, int err)
{
    log_error("%s: %s", name, error_text(err));
    return err;
}

static void init(struct warc_files *files, struct archive_position *position)
{
    *files = (struct warc_files){.position = position, .first = position->file, .file = -1};
    buf_init(&files->name, PATH_LIMIT);
}

static int name_file(const struct warc_files *files, uint32_t number, struct buf *name)
{
    buf_clear(name);
    int err = archive_file_name(files->position->prefix, number, name);
    return err ? tell("--warc", err) : 0;
}

/* `flags`: O_EXCL where it may not exist. */
static int open_file(struct warc_files *files, uint32_t number, int flags)
{
    int err = name_file(files, number, &files->name);
    if (err)
        return err;
    files->file = open(buf_text(&files->name), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | flags, 0666);
    return files->file < 0 ? tell(buf_text(&files->name), error_from_errno(errno)) : 0;
}

int warc_files_create(struct warc_files *files, struct archive_position *position)
{
    init(files, position);
    return open_file(files, position->file, O_EXCL);
}

/* Later files hold only what was not committed. */
static int remove_later(struct warc_files *files)
{
    struct buf name;
    int err;
    buf_init(&name, PATH_LIMIT);
    for (uint32_t number = files->position->file + 1; !(err = name_file(files, number, &name)); number++) {
        if (unlink(buf_text(&name)) == 0)
            log_warning("%s: removed, since the crawl goes on before it", buf_text(&name));
        else if (errno == ENOENT)
            break;
        else {
            err = tell(buf_text(&name), error_from_errno(errno));
            break;
        }
    }
    buf_free(&name);
    return err;
}

int warc_files_resume(struct warc_files *files, struct archive_position *position)
{
    init(files, position);
    int err = open_file(files, position->file, 0);
    if (!err)
        err = cut_file(files->file, buf_text(&files->name), position->length);
    files->end = position->length;
    return err ? err : remove_later(files);
}

void warc_files_close(struct warc_files *files, bool is_useless)
{
    if (files->file >= 0)
        close(files->file);
    if (files->file >= 0 && is_useless)
        unlink(buf_text(&files->name));
    files->file = -1;
    buf_free(&files->name);
}

int warc_files_rotate(struct warc_files *files)
{
    if (files->file >= 0 && close(files->file))
        return tell(buf_text(&files->name), error_from_errno(errno));
    files->file = -1;
    int err = open_file(files, files->position->file + 1, O_EXCL);
    if (err)
        return err; /* the position stays at the end of ours */
    files->position->file++;
    files->position->length = files->end = 0;
    return 0;
}

int warc_files_append(struct warc_files *files, struct slice bytes)
{
    while (bytes.length) {
        ssize_t written = pwrite(files->file, bytes.data, bytes.length, (off_t)files->end);
        if (written < 0 && errno != EINTR)
            return tell(buf_text(&files->name), error_from_errno(errno));
        if (written <= 0)
            continue;
        files->end += (uint64_t)written;
        bytes = (struct slice){bytes.data + written, bytes.length - (size_t)written};
    }
    return 0;
}

void warc_files_commit(struct warc_files *files)
{
    files->position->length = files->end;
}

/* As well as may be: what can't be cut off is beyond the position. */
void warc_files_roll_back(struct warc_files *files)
{
    if (files->file < 0 || files->end == files->position->length)
        return;
    if (ftruncate(files->file, (off_t)files->position->length))
        log_warning("%s: ends in half of a record, from byte %" PRIu64 " on", buf_text(&files->name),
                    files->position->length);
    files->end = files->position->length;
}

int warc_files_sync(struct warc_files *files)
{
    struct buf name;
    int err = 0;
    buf_init(&name, PATH_LIMIT);
    for (uint32_t number = files->first; number <= files->position->file && !err; number++) {
        err = name_file(files, number, &name);
        int file = err ? -1 : open(buf_text(&name), O_RDONLY | O_CLOEXEC);
        if (!err && (file < 0 || fsync(file)))
            err = tell(buf_text(&name), error_from_errno(errno));
        if (file >= 0)
            close(file);
    }
    buf_free(&name);
    return err;
}
