/* The mapping holds, from below: the guard, the usable bytes, and above them the record itself, so that a stack is one
 * mapping and one list node. The guard is more than one page, lest a single large frame steps over it.
 *
 * The fault handler walks the list of all stacks: it only reads, and a fault in a guard can't happen while this module
 * changes that list, which it does by plain stores without a call between them.
 *
 * The census needs stacks to be painted, and the paint is zero: the kernel has applied it to fresh pages already, so
 * that painting commits nothing, and of a stack that is used again only the part that was written is wiped. Return
 * addresses are never zero, so that what is missed is at most the untouched end of the deepest frame.
 *
 * Cached stacks keep the pages that they have: giving them back at each release (MADV_DONTNEED) costs more than a
 * release and an acquisition together, and the cache is bounded. */
#include "async/stack.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "async/fiber_hooks.h"
#include "base/error.h"

#ifdef FIBER_HOOKS
enum { DEFAULT_SIZE = 256 * 1024 };
#else
enum { DEFAULT_SIZE = 64 * 1024 };
#endif

enum { MOST_CACHED = 1024, GUARD_SIZE = 16 * 1024, ALTERNATE_SIZE = 64 * 1024 };

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

static size_t guard_size(void)
{
    return whole_pages(GUARD_SIZE);
}

static const struct stack *stack_whose_guard_holds(uintptr_t address)
{
    for (const struct stack *stack = live; stack; stack = stack->next_live)
        if (stack->owner && address < (uintptr_t)stack->low && address >= (uintptr_t)stack->low - guard_size())
            return stack;
    return NULL;
}

static void report_overflow(const struct stack *stack)
{
    write_text("coroutine ");
    write_text(stack->owner);
    write_text(": stack overflow (");
    write_number(stack->wanted_size / 1024);
    write_text(" KiB)\n");
}

/* Names the coroutine if the fault is its overflow, which ends the process; any other is left to whoever handled such
 * signals before. Without a handler of ours the faulting instruction faults again when this returns; a signal that was
 * sent, by kill or raise, is not to come again by itself. */
static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)context;
    bool sent = info->si_code <= 0;
    const struct stack *stack = sent ? NULL : stack_whose_guard_holds((uintptr_t)info->si_addr);
    if (stack)
        report_overflow(stack);
    struct sigaction by_default = {.sa_handler = SIG_DFL};
    sigaction(SIGSEGV, stack ? &by_default : &earlier_segv, NULL);
    sigaction(SIGBUS, stack ? &by_default : &earlier_bus, NULL);
    if (sent)
        raise(number);
}

/* The handler's own stack: the one that overflowed has no room left. One that is there already, a sanitizer's say, is
 * kept. */
static int install_alternate_stack(void)
{
    static char alternate[ALTERNATE_SIZE];
    stack_t present;
    if (sigaltstack(NULL, &present))
        return error_from_errno(errno);
    if (!(present.ss_flags & SS_DISABLE))
        return 0;
    return sigaltstack(&(stack_t){.ss_sp = alternate, .ss_size = sizeof alternate}, NULL) ? error_from_errno(errno) : 0;
}

/* Once in a process. Leaves no handler behind where it fails, so that it can be tried again: with a handler left behind, the next
 * try would take that one for the earlier. */
static int install_handler(void)
{
    static bool installed;
    if (installed)
        return 0;
    int err = install_alternate_stack();
    if (err)
        return err;
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGSEGV, &action, &earlier_segv))
        return error_from_errno(errno);
    if (sigaction(SIGBUS, &action, &earlier_bus)) {
        err = error_from_errno(errno);
        sigaction(SIGSEGV, &earlier_segv, NULL);
        return err;
    }
    installed = true;
    return 0;
}

#ifdef CRAWLER_DEBUG

/* Bytes from the lowest that was written to the top. */
FIBER_READS_ALL static size_t used(const struct stack *stack)
{
    const uintptr_t *word = (const uintptr_t *)(const void *)stack->low;
    const uintptr_t *end = word + stack->size / sizeof *word;
    VALGRIND_DISABLE_ERROR_REPORTING;
    while (word < end && !*word)
        word++;
    VALGRIND_ENABLE_ERROR_REPORTING;
    return (size_t)((const char *)end - (const char *)word);
}

static void take_census(const struct stack *stack)
{
    size_t depth = used(stack);
    if (depth <= counts.deepest)
        return;
    counts.deepest = depth;
    snprintf(counts.deepest_owner, sizeof counts.deepest_owner, "%s", stack->owner);
}

/* Makes a stack that has been used as it was when it was mapped. */
static void paint(struct stack *stack)
{
    size_t written = used(stack);
    memset(stack->low + stack->size - written, 0, written);
}

#else

static void take_census(const struct stack *stack)
{
    (void)stack;
}

static void paint(struct stack *stack)
{
    (void)stack;
}

#endif

static int map_stack(struct stack **out)
{
    size_t guard = guard_size(), record = (sizeof(struct stack) + 63) / 64 * 64;
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
    munmap(stack->low - guard_size(), stack->mapped);
}

int stack_acquire(struct stack **out, const char *owner)
{
    int err = install_handler();
    if (err)
        return err;
    struct stack *stack = cache;
    if (stack) {
        cache = stack->next_cached;
        counts.cached--;
    } else {
        err = map_stack(&stack);
        if (err)
            return err;
    }
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
    fiber_forget(stack->low, stack->size);
    if (counts.cached >= MOST_CACHED || stack->wanted_size != stack_size) {
        unmap_stack(stack);
        return;
    }
    paint(stack);
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
    assert(size > 0 && size <= SIZE_MAX / 2);
    size = whole_pages(size);
    if (size != stack_size)
        stack_cache_drain();
    stack_size = size;
}

void stack_census(struct stack_census *census)
{
    for (const struct stack *stack = live; stack; stack = stack->next_live)
        if (stack->owner)
            take_census(stack);
    *census = counts;
}
