#include "store/state_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path.h"

enum { TRIES = 200, PAUSE_MILLISECONDS = 50 };

static pid_t read_owner(int descriptor)
{
    char text[24] = "";
    ssize_t length = pread(descriptor, text, sizeof text - 1, 0);
    return length > 0 ? (pid_t)strtol(text, NULL, 10) : 0;
}

static bool is_alive(pid_t process)
{
    return process > 0 && (kill(process, 0) == 0 || errno == EPERM);
}

/* Returns 1 when the lock is ours, 0 when to try again, or an error. */
static int try_once(struct state_lock *lock, pid_t *owner)
{
    int descriptor = open(lock->name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (descriptor < 0)
        return error_from_errno(errno);
    /* Whoever had the lock takes the name away. */
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0 && path_names(lock->name, descriptor)) {
        lock->descriptor = descriptor;
        return 1;
    }
    *owner = read_owner(descriptor);
    close(descriptor);
    return is_alive(*owner) ? ERR_RUNNING : 0;
}

static int note_owner(const struct state_lock *lock)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    bool is_noted = ftruncate(lock->descriptor, 0) == 0 && pwrite(lock->descriptor, text, (size_t)length, 0) == length;
    return is_noted ? 0 : error_from_errno(errno);
}

int state_lock_take(struct state_lock *lock, const char *path, pid_t *owner)
{
    static const struct timespec pause = {.tv_nsec = PAUSE_MILLISECONDS * 1000000L};
    size_t size = strlen(path) + sizeof ".lock";
    *lock = (struct state_lock){.descriptor = -1, .name = malloc(size)};
    *owner = 0;
    if (!lock->name)
        return ERR_NO_MEMORY;
    snprintf(lock->name, size, "%s.lock", path);
    int got = 0;
    for (int i = 0; i < TRIES && !got; i++) {
        got = try_once(lock, owner);
        if (!got)
            nanosleep(&pause, NULL);
    }
    int err = got > 0 ? note_owner(lock) : got ? got : ERR_RUNNING;
    if (err)
        state_lock_release(lock);
    return err;
}

void state_lock_release(struct state_lock *lock)
{
    if (lock->descriptor >= 0) {
        unlink(lock->name);
        close(lock->descriptor);
    }
    free(lock->name);
    *lock = (struct state_lock){.descriptor = -1};
}
