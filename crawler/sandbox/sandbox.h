/* sandbox.h - gives up what a crawl does not need before it meets the first bytes from outside.
 *
 * What is taken over by a document or a server can then read what the user may read and speak to the network, but it
 * writes no file but the outputs, starts no program and reaches no other process. Where the system can't do it all,
 * what it can holds. */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

enum sandbox_part {
    SANDBOX_FILES = 1 << 0, /* landlock.h */
    SANDBOX_CALLS = 1 << 1  /* seccomp.h */
};

/* Enters it, for ever. Files can be written in the folders of `writable` and below alone, as landlock_confine has it;
 * what is open stays so. To be called once, while there is one thread. Tells in one line of the log what holds: info,
 * or a warning when something failed that the system should know. Returns a set of enum sandbox_part: what holds. Under
 * valgrind, which makes calls of its own in our name, nothing is done. */
unsigned sandbox_enter(const char *const *writable);

#endif
