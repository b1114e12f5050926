/* landlock.h - files that may be written, by Linux's Landlock (landlock(7)).
 *
 * All that the running kernel can refuse is refused, whatever it knew when this was built: writing, truncating, making
 * and removing files, programs' execution, ioctl on devices opened later, TCP servers, signals and abstract sockets of
 * other processes. Reading is not restricted, nor is what is open already. */
#ifndef SANDBOX_LANDLOCK_H
#define SANDBOX_LANDLOCK_H

#include "sandbox/refusal.h"

/* From now on, for the calling thread, what it starts and for ever: files are made, written, renamed and removed in the
 * folders of `writable` and below them alone. An item that is no folder may be written itself. Items that are not there
 * are passed over; NULL ends the list. PR_SET_NO_NEW_PRIVS must be set. Returns the version of Landlock, which is at
 * least 1. Errors, with `*why`, nothing having changed: ERR_UNSUPPORTED, ERR_SYSTEM. */
int landlock_confine(const char *const *writable, struct refusal *why);

#endif
