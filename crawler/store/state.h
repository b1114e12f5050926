/* state.h - a state file that a crawl goes on writing: the crawl's end of it.
 *
 * What is sent is on the disk a quarter of a second later or two, in the order in which it was sent. The waiting for
 * the disk is done by a process of its own (state_writer.h); the crawl waits only when that is megabytes behind. Errors
 * are told in the log with the file's name. */
#ifndef STORE_STATE_H
#define STORE_STATE_H

#include <stdbool.h>

#include "async/loop.h"
#include "record/archive.h"
#include "store/journal.h"

struct state;

/* Takes the lock of `path` and starts the writer, which makes the file when there is none. To be called before there
 * are descriptors that the writer must not have. The writer calls `confine`, which may be NULL, before it opens the
 * file. Errors: ERR_RUNNING (another process has it), ERR_UNSUPPORTED (no state file), ERR_NO_MEMORY, those of
 * error_from_errno. */
int state_open(struct state **out, const char *path, void (*confine)(const char *path));

/* Who wants to know: that there is room again, and that writing has failed, once. */
struct state_listener {
    void (*has_room)(void *context);
    void (*failed)(void *context, int error);
    void *context;
};

/* From now on the loop sends. Errors: those of loop_watch_fd. */
int state_attach(struct state *state, struct loop *loop, const struct state_listener *listener);

/* Sends a message. Errors: ERR_NO_MEMORY, or that with which writing failed. */
int state_send(struct state *state, const struct journal_entry *entry);

/* Sends where the crawl's archive ends, which is on the disk up to there before that is in the file. Errors: as
 * state_send. */
int state_note_archive(struct state *state, const struct archive_position *position);

/* Whether so much waits to be written that nothing should be added to it. */
bool state_is_full(const struct state *state);

/* Waits until all that was sent is on the disk. The loop must not be running. Errors: as state_send. */
int state_wait(struct state *state);

/* The same at the end: the loop sends no more. */
int state_finish(struct state *state);

/* Ends the writer, which still writes what it has got, and gives up the lock. NULL is allowed. */
void state_close(struct state *state);

#endif
