/* future.h - a result that is not there yet.
 *
 * A future is PENDING, then exactly once DONE, FAILED or CANCELLED, for ever. The caller embeds it, so that creating
 * one can't fail; it must not move or die while a callback is registered. */
#ifndef ASYNC_FUTURE_H
#define ASYNC_FUTURE_H

#include "async/loop.h"
#include "base/list.h"

enum future_state { FUTURE_PENDING, FUTURE_DONE, FUTURE_FAILED, FUTURE_CANCELLED };

struct future {
    struct loop *loop;
    struct list callbacks;
    void *value;
    const char *name; /* for the log line about an error that nobody looked at; static or outliving the future */
    int error;
    enum future_state state;
    bool seen; /* the outcome was taken */
};

/* A pending future. `name` outlives it. */
void future_init(struct future *f, struct loop *loop, const char *name);

/* Ends the life of `f`: a failure that nobody took is logged as a warning that names the future. No callback may be
 * registered any more. */
void future_destroy(struct future *f);

/* Completes `f` with `value`, which stays the caller's. Callbacks are put on the loop's ready queue in the order in
 * which they were added; none runs before this returns. `f` must be pending. */
void future_set_result(struct future *f, void *value);

/* Completes `f` as failed with the negative code `error`, as cancelled with ERR_CANCELLED; otherwise as
 * future_set_result. */
void future_set_error(struct future *f, int error);

/* Completes `f` as cancelled. Returns whether it did: false when `f` was complete. */
bool future_cancel(struct future *f);

bool future_is_complete(const struct future *f);

/* Takes the outcome: 0 and `*value` (which may be NULL when the value is of no interest), or the negative error it
 * failed with (ERR_CANCELLED when cancelled). `f` must be complete. Marks a failure as seen, so that it is not logged
 * as forgotten. */
int future_result(struct future *f, void **value);

/* Runs `callback` through the loop once `f` is complete: soon, if it is already. `callback` must be initialised and not
 * scheduled. */
void future_add_done_callback(struct future *f, struct loop_callback *callback);

/* Takes `callback` back, whether it still waits on the future or is on the ready queue already. */
void future_remove_done_callback(struct future *f, struct loop_callback *callback);

#endif
