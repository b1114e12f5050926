/* power_cut - see power_cut.h. */
#include "shim/power_cut.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_SEEN = 64 };

static struct power_log *journal;
static char folder[PATH_MAX];
static uint64_t written[MOST_SEEN]; /* files whose writes are seen */
static unsigned written_count;

__attribute__((constructor)) static void begin(void)
{
    const char *name = getenv("POWER_CUT_LOG"), *where = getenv("POWER_CUT_FOLDER");
    int fd = name && where ? (int)(long)open(name, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *memory = mmap(NULL, POWER_LOG_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (memory == MAP_FAILED)
        abort();
    snprintf(folder, sizeof folder, "%s", where);
    journal = memory;
}

static void note(enum power_kind kind, uint64_t file, uint64_t offset, const void *data, size_t length)
{
    const size_t padded = (length + 7) & ~(size_t)7;
    uint64_t at = __atomic_fetch_add(&journal->used, sizeof(struct power_event) + padded, __ATOMIC_SEQ_CST);
    if (sizeof *journal + at + sizeof(struct power_event) + padded > POWER_LOG_SIZE)
        abort();
    struct power_event *event = (struct power_event *)(void *)((char *)(journal + 1) + at);
    memcpy(event + 1, data, length);
    event->length = (uint32_t)length;
    event->file = file;
    event->offset = offset;
    event->kind = kind;
}

/* The file's name in the folder, "" for the folder itself; NULL when it is elsewhere. */
static const char *name_in_folder(const char *path)
{
    const size_t length = strlen(folder);
    if (!journal || strncmp(path, folder, length) != 0)
        return NULL;
    if (!path[length])
        return path + length;
    return path[length] == '/' && !strchr(path + length + 1, '/') ? path + length + 1 : NULL;
}

/* Whether a descriptor is of the folder or a file in it. */
static bool is_ours(int fd, struct stat *status, bool *is_folder)
{
    char link[32], path[PATH_MAX];
    if (!journal)
        return false;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0 || fstat(fd, status))
        return false;
    path[length] = '\0';
    const char *name = name_in_folder(path);
    *is_folder = name && !name[0];
    return name && (*is_folder || S_ISREG(status->st_mode));
}

static bool is_written(uint64_t file)
{
    for (unsigned i = 0; i < written_count; i++)
        if (written[i] == file)
            return true;
    return false;
}

static void note_write(int fd, const void *data, size_t length, uint64_t offset)
{
    struct stat status;
    bool is_folder;
    if (!is_ours(fd, &status, &is_folder))
        return;
    if (!is_written(status.st_ino) && written_count < MOST_SEEN)
        written[written_count++] = status.st_ino;
    note(POWER_WRITE, status.st_ino, offset, data, length);
}

static void note_truncate(int fd, uint64_t length)
{
    struct stat status;
    bool is_folder;
    if (is_ours(fd, &status, &is_folder))
        note(POWER_TRUNCATE, status.st_ino, length, "", 0);
}

/* What was written by calls inside of the C library is taken from the file. */
static void note_whole(int fd, const struct stat *status)
{
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int reader = open(link, O_RDONLY | O_CLOEXEC);
    char *bytes = malloc((size_t)status->st_size + 1);
    ssize_t got = reader >= 0 && bytes ? read(reader, bytes, (size_t)status->st_size) : -1;
    if (got != status->st_size)
        abort();
    note(POWER_SYNC, status->st_ino, (uint64_t)got, bytes, (size_t)got);
    free(bytes);
    close(reader);
}

static void note_sync(int fd)
{
    struct stat status;
    bool is_folder;
    if (!is_ours(fd, &status, &is_folder))
        return;
    if (is_folder)
        note(POWER_SYNC_NAMES, 0, 0, "", 0);
    else if (is_written(status.st_ino))
        note(POWER_SYNC, status.st_ino, 0, "", 0);
    else
        note_whole(fd, &status);
}

/* --- the calls ---------------------------------------------------------------------------------------------------- */

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the system's have reserved names */

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

static int open_noted(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode)
{
    struct stat status;
    const char *name = name_in_folder(path);
    bool is_made = name && flags & O_CREAT && stat(path, &status) != 0;
    int fd = real(path, flags, mode);
    if (fd < 0 || !name || !name[0] || !(flags & (O_CREAT | O_TRUNC)) || fstat(fd, &status))
        return fd;
    if (is_made)
        note(POWER_CREATE, status.st_ino, 0, name, strlen(name));
    else if (flags & O_TRUNC)
        note(POWER_TRUNCATE, status.st_ino, 0, "", 0);
    return fd;
}

int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_noted(REAL(open), path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_noted(REAL(open64), path, flags, mode);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset)
{
    note_write(fd, data, length, (uint64_t)offset);
    return REAL(pwrite)(fd, data, length, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset)
{
    note_write(fd, data, length, (uint64_t)offset);
    return REAL(pwrite64)(fd, data, length, offset);
}

/* Goes where the descriptor stands. */
ssize_t write(int fd, const void *data, size_t length)
{
    struct stat status;
    bool is_folder;
    if (is_ours(fd, &status, &is_folder))
        note_write(fd, data, length, (uint64_t)lseek(fd, 0, SEEK_CUR));
    return REAL(write)(fd, data, length);
}

int ftruncate(int fd, off_t length)
{
    note_truncate(fd, (uint64_t)length);
    return REAL(ftruncate)(fd, length);
}

int ftruncate64(int fd, off64_t length)
{
    note_truncate(fd, (uint64_t)length);
    return REAL(ftruncate64)(fd, length);
}

int fsync(int fd)
{
    int result = REAL(fsync)(fd);
    if (!result)
        note_sync(fd);
    return result;
}

int fdatasync(int fd)
{
    int result = REAL(fdatasync)(fd);
    if (!result)
        note_sync(fd);
    return result;
}

int unlink(const char *path)
{
    const char *name = name_in_folder(path);
    if (name && access(path, F_OK) == 0)
        note(POWER_UNLINK, 0, 0, name, strlen(name));
    return REAL(unlink)(path);
}

int rename(const char *from, const char *to)
{
    const char *old = name_in_folder(from), *new = name_in_folder(to);
    char names[2 * PATH_MAX];
    int length = old && new ? snprintf(names, sizeof names, "%s%c%s", old, '\0', new) : 0;
    if (length > 0)
        note(POWER_RENAME, 0, 0, names, (size_t)length);
    return REAL(rename)(from, to);
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
