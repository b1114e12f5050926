/* state_lock.h - one process at a time for a state file.
 *
 * The lock is FILE.lock, which holds the owner's process id as long as it is held. The processes that the owner forks
 * hold it too; it goes with the last of them. */
#ifndef STORE_STATE_LOCK_H
#define STORE_STATE_LOCK_H

#include <sys/types.h>

struct state_lock {
    int descriptor; /* -1 when not held */
    char *name;     /* owned */
};

/* Takes the lock of the state file `path`. When its owner has died and a process of it still writes, that is waited
 * for, some seconds at most. Errors: ERR_RUNNING (`*owner` has it; 0 when that is not known), ERR_NO_MEMORY, those of
 * error_from_errno. */
int state_lock_take(struct state_lock *lock, const char *path, pid_t *owner);

/* Gives it up; nothing happens when it is not held. */
void state_lock_release(struct state_lock *lock);

#endif
