/* stack.h - stacks for coroutines.
 *
 * Each is a mapping of its own, committed by the kernel page by page as it is used, with guard pages below. A stack
 * that is given back is kept for the next coroutine up to a limit. Running into the guard ends the process with a
 * message that names the coroutine. */
#ifndef ASYNC_STACK_H
#define ASYNC_STACK_H

#include <stddef.h>

struct stack {
    char *low;          /* lowest usable byte; the guard lies just below */
    size_t size;        /* usable bytes */
    size_t wanted_size; /* what stack_set_size asked for when it was made */
    size_t mapped;      /* bytes of the whole mapping */
    const char *owner;  /* name for the overflow message; NULL while unused */
    unsigned valgrind_id;
    struct stack *next_cached;
    struct stack *next_live;
    struct stack *previous_live;
};

/* A stack for the coroutine `owner`, whose name must live as long as it holds the stack. Errors: ERR_NO_MEMORY, and
 * ERR_SYSTEM when the first in a process can't install the handler that names who overflows. */
int stack_acquire(struct stack **out, const char *owner);

/* Gives a stack back. Never the one that is being stood on. */
void stack_release(struct stack *stack);

/* Unmaps all cached stacks. */
void stack_cache_drain(void);

/* Usable bytes of every stack acquired from now on; rounded up to whole pages. The default is 64 KiB (256 KiB under
 * the address sanitizer, whose frames are larger). Cached stacks of another size are unmapped. */
void stack_set_size(size_t size);

/* The census: stacks in use, and the most bytes that any coroutine has used so far. The latter is measured only where
 * stacks are painted (debug builds) and 0 elsewhere. */
struct stack_census {
    size_t in_use;
    size_t cached;
    size_t deepest;         /* bytes */
    char deepest_owner[64]; /* the coroutine that used them */
};
void stack_census(struct stack_census *census);

#endif
