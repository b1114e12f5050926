#include "output/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path.h"
#include "output/special_path.h"

struct output_file {
    FILE *stream;
    char *path;
    char *part; /* NULL when `path` is written to as it is */
    bool keep_part;
    bool is_committed;
    int error; /* the first */
};

static bool is_stdout(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* Takes `fd`, also when it fails. */
static int open_descriptor(struct output_file *file, int fd)
{
    file->stream = fdopen(fd, "w");
    if (file->stream)
        return 0;
    int err = error_from_errno(errno);
    close(fd);
    return err;
}

static int name_part(struct output_file *file)
{
    struct buf part;
    buf_init(&part, PATH_LIMIT);
    int err = buf_printf(&part, "%s.part", file->path);
    if (!err && !(file->part = strdup(buf_text(&part))))
        err = ERR_NO_MEMORY;
    buf_free(&part);
    return err;
}

/* Takes FILE.part for this output alone, and empties it. Where locks are unknown there is none. */
static int take_part(int fd, const char *part)
{
    if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
        return ERR_IN_USE;
    if (!path_names(part, fd)) /* whoever had it has just given it its name */
        return ERR_IN_USE;
    return ftruncate(fd, 0) ? error_from_errno(errno) : 0;
}

static int open_part(struct output_file *file)
{
    int err = name_part(file);
    if (err)
        return err;
    int fd = open(file->part, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    err = fd < 0 ? error_from_errno(errno) : take_part(fd, file->part);
    if (!err)
        return open_descriptor(file, fd);
    if (fd >= 0)
        close(fd);
    free(file->part);
    file->part = NULL;
    return err;
}

static int open_special(struct output_file *file, const struct special_path *special)
{
    int fd;
    int err = special_path_open(file->path, special, &fd);
    return err ? err : open_descriptor(file, fd);
}

static int open_stream(struct output_file *file)
{
    struct special_path special;
    if (is_stdout(file->path)) {
        file->stream = stdout;
        return 0;
    }
    int err = special_path_look(file->path, &special);
    if (err)
        return err;
    return special.is_special ? open_special(file, &special) : open_part(file);
}

int output_file_open(struct output_file **out, const char *path, bool keep_part)
{
    struct output_file *file = calloc(1, sizeof *file);
    if (!file)
        return ERR_NO_MEMORY;
    file->keep_part = keep_part;
    file->path = strdup(path);
    int err = file->path ? open_stream(file) : ERR_NO_MEMORY;
    if (err) {
        output_file_free(file);
        return err;
    }
    *out = file;
    return 0;
}

FILE *output_file_stream(const struct output_file *file)
{
    return file->stream;
}

int output_file_error(struct output_file *file)
{
    if (!file->error && file->stream && ferror(file->stream))
        file->error = error_from_errno(errno);
    return file->error;
}

const char *output_file_name(const struct output_file *file)
{
    return is_stdout(file->path) ? "standard output" : file->path;
}

const char *output_file_path(const struct output_file *file)
{
    return file->path;
}

bool output_file_is_named(const struct output_file *file)
{
    return file->part != NULL;
}

int output_file_sync(struct output_file *file)
{
    int err = output_file_error(file);
    if (!file->stream)
        return err;
    if (fflush(file->stream) && !err)
        err = error_from_errno(errno);
    if (!err && file->part && fsync(fileno(file->stream)))
        err = error_from_errno(errno);
    file->error = err;
    return err;
}

int output_file_close(struct output_file *file)
{
    int err = output_file_sync(file);
    FILE *stream = file->stream;
    file->stream = NULL;
    if (stream && stream != stdout && fclose(stream) && !err)
        err = error_from_errno(errno);
    file->error = err;
    return err;
}

/* FILE.part is ours until it is closed, which is why it gets its name before. */
int output_file_commit(struct output_file *file)
{
    int err = file->part ? output_file_sync(file) : output_file_close(file);
    if (!err && file->part && rename(file->part, file->path))
        err = error_from_errno(errno);
    file->is_committed = !err;
    return err;
}

void output_file_free(struct output_file *file)
{
    if (!file)
        return;
    if (file->part && !file->is_committed && !file->keep_part)
        unlink(file->part); /* before anybody else can take it */
    (void)output_file_close(file);
    free(file->part);
    free(file->path);
    free(file);
}
