/* The mapping holds, from below: the guard page, the usable bytes, and in their topmost part the record itself, so that a
 * stack is one mapping and one list node. The fault handler walks the list of all stacks: it only reads, and a fault in a
 * guard page can't happen while this module changes that list. */
#include "async/stack.h"

#include <assert.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"

#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif
#ifndef VALGRIND_STACK_REGISTER
#define VALGRIND_STACK_REGISTER(low, high) 0u
#define VALGRIND_STACK_DEREGISTER(id)      ((void)(id))
#endif

#include "async/fiber_hooks.h"

#ifdef FIBER_HOOKS
enum { DEFAULT_SIZE = 256 * 1024 };
#else
enum { DEFAULT_SIZE = 64 * 1024 };
#endif

enum { MOST_CACHED = 1024, PAINT = 0xa5, ALTERNATE_SIZE = 64 * 1024 };

static size_t stack_size = DEFAULT_SIZE;
static struct stack *cache;
static struct stack *live; /* all that are mapped, in use or cached */
static struct stack_census counts;
static struct sigaction earlier_segv, earlier_bus;

static size_t page_size(void)
{
    static size_t size;
    if (!size)
        size = (size_t)sysconf(_SC_PAGESIZE);
    return size;
}

static size_t whole_pages(size_t size)
{
    size_t page = page_size();
    return (size + page - 1) / page * page;
}

static void write_text(const char *text)
{
    ssize_t written = write(STDERR_FILENO, text, strlen(text));
    (void)written;
}

static void write_number(size_t number)
{
    char text[24], *digit = text + sizeof text;
    *--digit = '\0';
    do
        *--digit = (char)('0' + number % 10);
    while (number /= 10);
    write_text(digit);
}

static const struct stack *stack_whose_guard_holds(uintptr_t address)
{
    for (const struct stack *stack = live; stack; stack = stack->next_live)
        if (address < (uintptr_t)stack->low && address >= (uintptr_t)stack->low - page_size())
            return stack;
    return NULL;
}

/* Names the coroutine if the fault is its overflow, and leaves the end to whoever handled such signals before. */
static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)context;
    const struct stack *stack = stack_whose_guard_holds((uintptr_t)info->si_addr);
    if (stack) {
        write_text("coroutine ");
        write_text(stack->owner ? stack->owner : "?");
        write_text(": stack overflow (");
        write_number(stack->size / 1024);
        write_text(" KiB)\n");
    }
    /* Without a handler of ours the instruction faults again, and ends the process as it would have. */
    sigaction(SIGSEGV, stack ? &(struct sigaction){.sa_handler = SIG_DFL} : &earlier_segv, NULL);
    sigaction(SIGBUS, stack ? &(struct sigaction){.sa_handler = SIG_DFL} : &earlier_bus, NULL);
    (void)number;
}

static void install_handler(void)
{
    static bool installed;
    static char alternate[ALTERNATE_SIZE];
    if (installed)
        return;
    installed = true;
    stack_t stack;
    if (sigaltstack(NULL, &stack) == 0 && (stack.ss_flags & SS_DISABLE))
        sigaltstack(&(stack_t){.ss_sp = alternate, .ss_size = sizeof alternate}, NULL);
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, &earlier_segv);
    sigaction(SIGBUS, &action, &earlier_bus);
}

static void paint(struct stack *stack)
{
#ifdef CRAWLER_DEBUG
    memset(stack->low, PAINT, stack->size);
#else
    (void)stack;
#endif
}

/* Bytes from the lowest that was written to the top. */
static size_t used(const struct stack *stack)
{
#ifdef CRAWLER_DEBUG
    size_t untouched = 0;
    while (untouched < stack->size && (unsigned char)stack->low[untouched] == PAINT)
        untouched++;
    return stack->size - untouched;
#else
    (void)stack;
    return 0;
#endif
}

static void take_census(const struct stack *stack)
{
    size_t depth = used(stack);
    if (depth <= counts.deepest)
        return;
    counts.deepest = depth;
    snprintf(counts.deepest_owner, sizeof counts.deepest_owner, "%s", stack->owner);
}

static int map_stack(struct stack **out)
{
    size_t guard = page_size(), record = (sizeof(struct stack) + 63) / 64 * 64;
    size_t mapped = guard + whole_pages(stack_size + record);
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#ifdef MAP_STACK
    flags |= MAP_STACK;
#endif
#ifdef MAP_NORESERVE
    flags |= MAP_NORESERVE;
#endif
    char *memory = mmap(NULL, mapped, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (memory == MAP_FAILED)
        return ERR_NO_MEMORY;
    if (mprotect(memory, guard, PROT_NONE)) {
        munmap(memory, mapped);
        return ERR_NO_MEMORY;
    }
    struct stack *stack = (struct stack *)(void *)(memory + mapped - record);
    *stack = (struct stack){.low = memory + guard,
                            .size = mapped - guard - record,
                            .wanted_size = stack_size,
                            .mapped = mapped,
                            .next_live = live};
    stack->valgrind_id = VALGRIND_STACK_REGISTER(stack->low, stack->low + stack->size);
    if (live)
        live->previous_live = stack;
    live = stack;
    *out = stack;
    return 0;
}

static void unmap_stack(struct stack *stack)
{
    if (stack->next_live)
        stack->next_live->previous_live = stack->previous_live;
    if (stack->previous_live)
        stack->previous_live->next_live = stack->next_live;
    else
        live = stack->next_live;
    VALGRIND_STACK_DEREGISTER(stack->valgrind_id);
    munmap(stack->low - page_size(), stack->mapped);
}

int stack_acquire(struct stack **out, const char *owner)
{
    install_handler();
    struct stack *stack = cache;
    if (stack) {
        cache = stack->next_cached;
        counts.cached--;
    } else {
        int err = map_stack(&stack);
        if (err)
            return err;
    }
    fiber_forget(stack->low, stack->size);
    paint(stack);
    stack->owner = owner;
    counts.in_use++;
    *out = stack;
    return 0;
}

void stack_release(struct stack *stack)
{
    take_census(stack);
    stack->owner = NULL;
    counts.in_use--;
    if (counts.cached >= MOST_CACHED || stack->wanted_size != stack_size) {
        unmap_stack(stack);
        return;
    }
    stack->next_cached = cache;
    cache = stack;
    counts.cached++;
}

void stack_cache_drain(void)
{
    while (cache) {
        struct stack *stack = cache;
        cache = stack->next_cached;
        unmap_stack(stack);
    }
    counts.cached = 0;
}

void stack_set_size(size_t size)
{
    size = whole_pages(size);
    if (size != stack_size)
        stack_cache_drain();
    stack_size = size;
}

void stack_census(struct stack_census *census)
{
    *census = counts;
}
