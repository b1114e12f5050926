#include "output/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"

enum { PATH_LIMIT = 4096 };

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

/* Whether the path names something that can't be replaced: a device, a pipe; or a folder, which opening will tell. */
static bool is_special(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

static int open_part(struct output_file *file)
{
    struct buf part;
    buf_init(&part, PATH_LIMIT);
    int err = buf_printf(&part, "%s.part", file->path);
    if (!err && !(file->part = strdup(buf_text(&part))))
        err = ERR_NO_MEMORY;
    buf_free(&part);
    if (err)
        return err;
    int fd = open(file->part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    file->stream = fd < 0 ? NULL : fdopen(fd, "w");
    if (file->stream)
        return 0;
    err = error_from_errno(errno);
    if (fd >= 0)
        close(fd);
    free(file->part);
    file->part = NULL;
    return err;
}

static int open_stream(struct output_file *file)
{
    if (is_stdout(file->path)) {
        file->stream = stdout;
        return 0;
    }
    if (!is_special(file->path))
        return open_part(file);
    file->stream = fopen(file->path, "we");
    return file->stream ? 0 : error_from_errno(errno);
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
    if (!file->error && ferror(file->stream))
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

/* Closes the stream; what it still held may turn out not to fit. */
static int close_stream(struct output_file *file)
{
    FILE *stream = file->stream;
    int err = output_file_error(file);
    file->stream = NULL;
    if (fflush(stream) && !err)
        err = error_from_errno(errno);
    if (!err && file->part && fsync(fileno(stream)))
        err = error_from_errno(errno);
    if (stream != stdout && fclose(stream) && !err)
        err = error_from_errno(errno);
    return err;
}

int output_file_commit(struct output_file *file)
{
    int err = close_stream(file);
    if (!err && file->part && rename(file->part, file->path))
        err = error_from_errno(errno);
    file->is_committed = !err;
    return err;
}

void output_file_free(struct output_file *file)
{
    if (!file)
        return;
    if (file->stream)
        (void)close_stream(file);
    if (file->part && !file->is_committed && !file->keep_part)
        unlink(file->part);
    free(file->part);
    free(file->path);
    free(file);
}
