/* coroutine.h - generators with a stack of their own.
 *
 * A coroutine is a function that can stop in the middle, hand a value out and go on when it is sent one. Any function
 * that it calls may yield. It starts suspended before its first statement.
 *
 *     coroutine_send()   resumes it; returns at its next yield or at its end
 *     coroutine_yield()  hands a value out; returns what is sent next
 *
 * Values are pointers that the coroutine machinery only carries: who owns what they point to is the users' business.
 * Coroutines may be nested (one resumes another), but one never resumes itself or one that waits for it. */
#ifndef ASYNC_COROUTINE_H
#define ASYNC_COROUTINE_H

#include <stdbool.h>
#include <stddef.h>

struct coroutine;

/* The body of a coroutine; what it returns is its final result. */
typedef void *(*coroutine_body)(void *argument);

/* A new coroutine, suspended at its start. `name` is copied (63 bytes at most are kept) and appears in the message of a
 * stack overflow. Errors: ERR_NO_MEMORY (no memory, or no more mappings for its stack), ERR_SYSTEM (the handler that
 * prints that message could not be installed). */
int coroutine_create(struct coroutine **out, const char *name, coroutine_body body, void *argument);

/* Gives the coroutine and its stack back. It must not be running. One that is suspended is dropped where it stands:
 * what its frames own is lost, so let it run to its end first where they own anything. NULL is allowed. */
void coroutine_free(struct coroutine *coroutine);

/* Resumes `coroutine` with `value` as the result of the yield that it is suspended at, and runs it to its next yield or
 * its end. `value` must be NULL the first time: no yield is there yet to take it.
 *   0             it yielded: `*out` is the value that it handed out
 *   ERR_FINISHED  it has returned, now or earlier: `*out` is its final result (the StopIteration of the chapter)
 *   ERR_RUNNING   it is running, or waits for a coroutine that it resumed; `*out` is untouched
 *   ERR_INVALID   a value other than NULL was sent to one that has not started; `*out` is untouched */
int coroutine_send(struct coroutine *coroutine, void *value, void **out);

/* Suspends the running coroutine, handing `value` to who resumed it; returns what is sent next. Must be called on a
 * coroutine's stack. */
void *coroutine_yield(void *value);

/* Delegates to `inner`: what it yields comes out of the running coroutine, what is sent to that one reaches `inner`,
 * and the final result of `inner` is returned at its end (at once where it had finished before). Values pass in order,
 * and meanwhile the running coroutine stays at this place. `inner` must not be running, nor be the caller. */
void *coroutine_yield_from(struct coroutine *inner);

/* The coroutine whose stack this is called on; NULL on the thread's own stack. */
struct coroutine *coroutine_current(void);

const char *coroutine_name(const struct coroutine *coroutine);

bool coroutine_is_finished(const struct coroutine *coroutine);

/* The final result; NULL while it has not finished. */
void *coroutine_result(const struct coroutine *coroutine);

#endif
