/* fiber_hooks.h - tells the address sanitizer and valgrind of stacks and the jumps between them; nothing without them.
 *
 * For the sanitizer, start_switch_fiber comes just before a jump, finish_switch_fiber first thing after the landing; a
 * stack that will never be come back to is given up by a NULL in place of where its fake stack would be kept. For
 * valgrind, a stack is registered while it is mapped. */
#ifndef ASYNC_FIBER_HOOKS_H
#define ASYNC_FIBER_HOOKS_H

#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define FIBER_HOOKS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIBER_HOOKS 1
#endif
#endif

#if defined(__has_include)
/* cppcheck-suppress preprocessorErrorDirective ; it takes the slash for a division */
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#define FIBER_VALGRIND 1
#endif
#endif
#ifndef FIBER_VALGRIND
#define VALGRIND_STACK_REGISTER(low, high)       0u
#define VALGRIND_STACK_DEREGISTER(id)            ((void)(id))
#define VALGRIND_MAKE_MEM_UNDEFINED(start, size) ((void)0)
#define VALGRIND_DISABLE_ERROR_REPORTING         ((void)0)
#define VALGRIND_ENABLE_ERROR_REPORTING          ((void)0)
#endif

/* For a function that reads all of a stack, whatever its frames have marked. */
#define FIBER_READS_ALL __attribute__((no_sanitize("address")))

#ifdef FIBER_HOOKS

#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

struct fiber_hook {
    const void *low; /* of the stack; filled for the thread's own when it is first left */
    size_t size;
    void *fake_stack;
};

static inline void fiber_init(struct fiber_hook *hook, const void *low, size_t size)
{
    *hook = (struct fiber_hook){low, size, NULL};
}

/* `from` is NULL when the stack that is left dies. */
static inline void fiber_before_switch(struct fiber_hook *from, const struct fiber_hook *to)
{
    __sanitizer_start_switch_fiber(from ? &from->fake_stack : NULL, to->low, to->size);
}

/* Back on the stack that was left by fiber_before_switch(self, ...). */
static inline void fiber_after_switch(struct fiber_hook *self)
{
    __sanitizer_finish_switch_fiber(self->fake_stack, NULL, NULL);
}

/* For the first time on a new stack, which `resumer` jumped to. */
static inline void fiber_after_start(struct fiber_hook *resumer)
{
    const void *low;
    size_t size;
    __sanitizer_finish_switch_fiber(NULL, &low, &size);
    resumer->low = low;
    resumer->size = size;
}

/* What earlier frames left marked on a stack means nothing any more. */
static inline void fiber_forget(void *low, size_t size)
{
    __asan_unpoison_memory_region(low, size);
    (void)VALGRIND_MAKE_MEM_UNDEFINED(low, size);
}

#else

struct fiber_hook {
    char none;
};

static inline void fiber_init(struct fiber_hook *hook, const void *low, size_t size)
{
    (void)hook;
    (void)low;
    (void)size;
}

static inline void fiber_before_switch(struct fiber_hook *from, const struct fiber_hook *to)
{
    (void)from;
    (void)to;
}

static inline void fiber_after_switch(struct fiber_hook *self)
{
    (void)self;
}

static inline void fiber_after_start(struct fiber_hook *resumer)
{
    (void)resumer;
}

static inline void fiber_forget(void *low, size_t size)
{
    (void)VALGRIND_MAKE_MEM_UNDEFINED(low, size);
    (void)low;
    (void)size;
}

#endif

#endif
