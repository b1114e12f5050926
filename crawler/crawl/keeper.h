/* keeper.h - the way of exchanges into an archive (record/archive.h), from one worker. */
#ifndef CRAWL_KEEPER_H
#define CRAWL_KEEPER_H

#include "async/loop.h"
#include "record/archive.h"
#include "store/state.h"

struct keeper {
    struct loop *loop;
    struct archive_slot *slot; /* NULL: nothing is archived */
    struct state *state;       /* that is told where the archive ends; NULL for none */
    int error;                 /* with which keeping failed */
};

/* Errors: those of archive_create_slot. `archive` and `state` may be NULL. */
int keeper_open(struct keeper *keeper, struct loop *loop, struct archive *archive, struct state *state);
void keeper_close(struct keeper *keeper);

/* What listens to the next fetch. */
static inline const struct http_tap *keeper_tap(const struct keeper *keeper)
{
    return keeper->slot ? &keeper->slot->tap : NULL;
}

/* Whether keeping what was fetched takes more than one turn of the loop. */
static inline bool keeper_is_slow(const struct keeper *keeper)
{
    return keeper->slot && archive_is_slow(keeper->slot);
}

/* Keeps what was fetched. Must be called on the loop's stack. Returns 1 when it is to be called again in a later
 * turn; 0, or an error, as archive_keep. */
int keeper_step(struct keeper *keeper, const struct archive_answer *answer);

/* The same to its end, for what gets no record: the state is told that it is in the archive, since what was learnt by
 * it may not be asked for again. Must be called in a task. Returns 0, ERR_CANCELLED, or an error as above or of
 * state_send. */
int keeper_keep(struct keeper *keeper, const struct archive_answer *answer);

/* Forgets what was fetched. */
void keeper_drop(struct keeper *keeper);

#endif
