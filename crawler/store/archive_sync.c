#include "store/archive_sync.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path.h"

enum { TEXT_LIMIT = 64 * 1024 };

void archive_sync_init(struct archive_sync *sync)
{
    *sync = (struct archive_sync){.is_waiting = false};
    buf_init(&sync->text, TEXT_LIMIT);
}

void archive_sync_free(struct archive_sync *sync)
{
    buf_free(&sync->text);
}

int archive_sync_note(struct archive_sync *sync, struct slice position)
{
    struct archive_position read;
    buf_clear(&sync->text);
    int err = buf_append_slice(&sync->text, position);
    if (!err)
        err = archive_position_read(buf_text(&sync->text), &read);
    if (err)
        return err;
    if (!sync->has_file)
        sync->file = read.file;
    sync->has_file = sync->is_waiting = true;
    return 0;
}

/* Whoever may read a file may have it synced. */
static int sync_one(const struct buf *name)
{
    int file = open(buf_text(name), O_RDONLY | O_CLOEXEC);
    int err = file < 0 || fdatasync(file) ? error_from_errno(errno) : 0;
    if (file >= 0)
        close(file);
    return err;
}

/* The names of new files are in the folder. */
static int sync_folder(const struct archive_position *position, struct buf *name)
{
    buf_clear(name);
    int err = path_append_folder(name, position->prefix.data);
    return err ? err : sync_one(name);
}

static int sync_files(struct archive_sync *sync, const struct archive_position *position, struct buf *name)
{
    int err = 0;
    for (uint32_t file = sync->file; file <= position->file && !err; file++) {
        buf_clear(name);
        err = archive_file_name(position->prefix, file, name);
        if (!err)
            err = sync_one(name);
    }
    return err;
}

static int sync_lines(const struct archive_position *position, struct buf *name)
{
    buf_clear(name);
    int err = archive_lines_name(position->prefix, name);
    return err ? err : sync_one(name);
}

int archive_sync_run(struct archive_sync *sync, struct buf *name)
{
    struct archive_position position;
    int err = archive_position_read(buf_text(&sync->text), &position);
    if (err || (position.file == 0 && position.length == 0))
        return err; /* there need not be a file yet */
    err = sync_files(sync, &position, name);
    if (!err)
        err = sync_lines(&position, name);
    if (!err)
        err = sync_folder(&position, name);
    if (!err)
        sync->file = position.file;
    return err;
}
