/* context.h - a point of execution on a stack of its own, and the jump from one to another.
 *
 * Two implementations: assembly from the ABI documents (context_x86_64.S, context_aarch64.S with context_asm.c) and
 * ucontext(3), chosen at build time. A switch saves what a called function must preserve, and nothing else: not the
 * signal mask, which all contexts share. The objects are not marked for CET shadow stacks, so that the system runs the
 * program without them: a shadow stack can't follow a switch that it was not told of. */
#ifndef ASYNC_CONTEXT_H
#define ASYNC_CONTEXT_H

#include <stddef.h>

#ifdef CRAWLER_CONTEXT_UCONTEXT
#include <ucontext.h>
struct context {
    ucontext_t registers;
};
#else
struct context {
    void *stack_pointer; /* the saved registers lie there */
};
#endif

/* Where a new context starts. Must never return. */
typedef void (*context_entry)(void *argument);

/* Prepares `context` to run entry(argument) on the stack of `size` bytes from `low` when it is first switched to. */
void context_init(struct context *context, char *low, size_t size, context_entry entry, void *argument);

/* Saves the running context in `from` and goes on in `to`. Returns when something switches back to `from`. */
void context_switch(struct context *from, struct context *to);

#endif
