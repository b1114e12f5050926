/* state_diff.h - what became of a site between two crawls of it, each in a state file. */
#ifndef STORE_STATE_DIFF_H
#define STORE_STATE_DIFF_H

#include <stdint.h>

#include "base/slice.h"

enum state_change_kind {
    CHANGE_NEW,     /* only the new crawl fetched it */
    CHANGE_GONE,    /* only the old one did */
    CHANGE_BROKEN,  /* broken now, and not before */
    CHANGE_MENDED,  /* broken before, and not now */
    CHANGE_CHANGED, /* another status, body or redirect, broken or not as before */
    CHANGE_KINDS
};

struct state_change {
    enum state_change_kind kind;
    struct slice url;
    struct slice before; /* "200", "timed-out"; empty for a new one */
    struct slice now;    /* empty for one that is gone */
};

/* "new", "gone", ... Static. */
const char *state_change_name(enum state_change_kind kind);

/* Calls `visit` for each, by kind and URL. Texts are valid until `visit` returns. Errors: the first that `visit`
 * returns; those of state_file_open, told in the log. */
int state_diff(const char *old_path, const char *new_path,
               int (*visit)(void *context, const struct state_change *change), void *context);

#endif
