/* power_cut.h - what a process has done to the files of a folder, call by call, for those who want to know what a power
 * cut would have left of it.
 *
 * The library of power_cut.c is put before others by LD_PRELOAD, with the folder in POWER_CUT_FOLDER, as realpath gives
 * it, and in POWER_CUT_LOG a file of POWER_LOG_SIZE bytes of zeros, which all processes write to: a head, and events
 * one behind the other. Writes are noted before they are made, and syncs when they are over. What is written by mmap
 * isn't seen, and what goes through stdio is noted whole when it is synced. */
#ifndef SHIM_POWER_CUT_H
#define SHIM_POWER_CUT_H

#include <stdint.h>

enum { POWER_LOG_SIZE = 512 << 20 };

enum power_kind {
    POWER_NONE,
    POWER_CREATE,   /* `data`: the name of `file` in the folder */
    POWER_UNLINK,   /* `data`: the name */
    POWER_RENAME,   /* `data`: the old name, a NUL, and the new one */
    POWER_WRITE,    /* `data` at `offset` */
    POWER_TRUNCATE, /* to `offset` bytes */
    POWER_SYNC,     /* of the file; `data`: all that it holds, where writes were not seen */
    POWER_SYNC_NAMES,
};

struct power_event {
    uint32_t kind;
    uint32_t length; /* of the data that follow, which are padded to eight bytes */
    uint64_t file;   /* its inode */
    uint64_t offset;
};

struct power_log {
    uint64_t used; /* bytes of events */
    uint64_t unused;
};

#endif
