/* stack.h - stacks for coroutines.
 *
 * They are committed by the kernel page by page as they are used, each with guard pages below. Stacks that are given
 * back are kept for the next coroutines; above a limit only while one beside them is in use. Running into the guard
 * ends the process with a message that names the coroutine. */
#ifndef ASYNC_STACK_H
#define ASYNC_STACK_H

#include <stddef.h>

struct stack_block;

struct stack {
    char *low;         /* lowest usable byte; the guard lies just below */
    size_t size;       /* usable bytes */
    const char *owner; /* name for the overflow message; NULL while unused */
    unsigned valgrind_id;
    struct stack_block *block;
    struct stack *next_free;
};

/* A stack for the coroutine `owner`, whose name must live as long as it holds the stack. Errors: ERR_NO_MEMORY, and
 * ERR_SYSTEM when the first in a process can't install the handler that names who overflows. */
int stack_acquire(struct stack **out, const char *owner);

/* Gives a stack back. Never the one that is being stood on. */
void stack_release(struct stack *stack);

/* Forgets all cached stacks; they are unmapped with the last of those beside them that are in use. */
void stack_cache_drain(void);

/* Usable bytes of every stack acquired from now on; rounded up to whole pages. The default is 64 KiB (256 KiB under
 * the address sanitizer, whose frames are larger). Cached stacks of another size are forgotten. */
void stack_set_size(size_t size);

/* The census: stacks in use, and the most bytes that any coroutine has used so far. The latter is measured only where
 * stacks are painted (debug builds) and 0 elsewhere. */
struct stack_census {
    size_t in_use;
    size_t cached;          /* given back, and kept */
    size_t deepest;         /* bytes */
    char deepest_owner[64]; /* the coroutine that used them */
};
void stack_census(struct stack_census *census);

#endif
