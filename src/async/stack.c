/* Stacks are cut from blocks, each one mapping, since thousands of mappings are made and above all given back slowly. A
 * block holds its stacks one above the other, and on top of them the record of its own. A stack holds, from below: the
 * guard, the usable bytes, and the record of the stack. The guard is more than one page, lest a single large frame
 * steps over it.
 *
 * The fault handler walks the list of all blocks: it only reads, and a fault in a guard can't happen while this module
 * changes that list, which it does by plain stores without a call between them.
 *
 * The census needs stacks to be painted, and the paint is zero: the kernel has applied it to fresh pages already, so
 * that painting commits nothing, and of a stack that is used again only the part that was written is wiped. Return
 * addresses are never zero, so that what is missed is at most the untouched end of the deepest frame.
 *
 * Cached stacks keep the pages that they have: giving them back at each release (MADV_DONTNEED) costs more than a
 * release and an acquisition together. Above the limit a block goes as soon as none of its stacks is in use. */
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
#include "base/list.h"

#ifdef FIBER_HOOKS
enum { DEFAULT_SIZE = 256 * 1024 };
#else
enum { DEFAULT_SIZE = 64 * 1024 };
#endif

enum { IN_BLOCK = 32, MOST_CACHED = 1024, GUARD_SIZE = 16 * 1024, ALTERNATE_SIZE = 64 * 1024 };

struct stack_block {
    char *memory;
    size_t mapped;      /* bytes of the whole mapping */
    size_t stride;      /* bytes from a stack to the next */
    size_t wanted_size; /* what stack_set_size asked for when it was made */
    unsigned cut;       /* stacks that have been made of it so far, from below */
    unsigned in_use;
    bool is_retired;
    struct stack *free; /* those of the others that are cached */
    struct list_node of_all;
    struct list_node of_open;
};

static size_t stack_size = DEFAULT_SIZE;
static struct list blocks = LIST_EMPTY(blocks);           /* all that are mapped */
static struct list open_blocks = LIST_EMPTY(open_blocks); /* those that have a stack to give */
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

static size_t record_size(void)
{
    return (sizeof(struct stack) + 63) / 64 * 64;
}

static struct stack *stack_at(const struct stack_block *block, size_t place)
{
    return (struct stack *)(void *)(block->memory + (place + 1) * block->stride - record_size());
}

static const struct stack *stack_whose_guard_holds(uintptr_t address)
{
    list_for_each(node, &blocks)
    {
        const struct stack_block *block = container_of(node, struct stack_block, of_all);
        uintptr_t offset = address - (uintptr_t)block->memory;
        if (offset < block->cut * block->stride && offset % block->stride < guard_size()) {
            const struct stack *stack = stack_at(block, offset / block->stride);
            return stack->owner ? stack : NULL;
        }
    }
    return NULL;
}

static void report_overflow(const struct stack *stack)
{
    write_text("coroutine ");
    write_text(stack->owner);
    write_text(": stack overflow (");
    write_number(stack->block->wanted_size / 1024);
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

/* Once in a process. Leaves no handler behind where it fails, so that it can be tried again: with a handler left
 * behind, the next try would take that one for the earlier. */
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

/* --- blocks ------------------------------------------------------------------------------------------------------- */

static bool has_stack(const struct stack_block *block)
{
    return block->free || block->cut < IN_BLOCK;
}

/* A block's memory, of which only what is touched is taken: no page is to be a huge one. */
static char *map_memory(size_t size)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#if defined(MAP_STACK) && !defined(__FreeBSD__) && !defined(__DragonFly__) /* there it is one stack that grows */
    flags |= MAP_STACK;
#endif
#ifdef MAP_NORESERVE
    flags |= MAP_NORESERVE;
#endif
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
#ifdef MADV_NOHUGEPAGE
    (void)madvise(memory, size, MADV_NOHUGEPAGE); /* fails where there are no huge pages */
#endif
    return memory;
}

static int map_block(void)
{
    size_t stride = guard_size() + whole_pages(stack_size + record_size());
    size_t mapped = IN_BLOCK * stride + whole_pages(sizeof(struct stack_block));
    char *memory = map_memory(mapped);
    if (!memory)
        return ERR_NO_MEMORY;
    struct stack_block *block = (struct stack_block *)(void *)(memory + IN_BLOCK * stride);
    *block = (struct stack_block){.memory = memory, .mapped = mapped, .stride = stride, .wanted_size = stack_size};
    list_prepend(&blocks, &block->of_all);
    list_prepend(&open_blocks, &block->of_open);
    return 0;
}

static void unmap_block(struct stack_block *block)
{
    list_remove(&block->of_all);
    for (unsigned i = 0; i < block->cut; i++)
        VALGRIND_STACK_DEREGISTER(stack_at(block, i)->valgrind_id);
    munmap(block->memory, block->mapped);
}

/* It gives no more stacks, and is unmapped when none of those that it gave is in use any more. */
static void retire_block(struct stack_block *block)
{
    list_remove(&block->of_open);
    for (; block->free; block->free = block->free->next_free)
        counts.cached--;
    block->is_retired = true;
    if (!block->in_use)
        unmap_block(block);
}

/* --- stacks ------------------------------------------------------------------------------------------------------- */

/* Makes the next stack of a block that has one left. */
static int cut_stack(struct stack **out, struct stack_block *block)
{
    char *memory = block->memory + block->cut * block->stride;
    size_t guard = guard_size();
    if (mprotect(memory, guard, PROT_NONE))
        return ERR_NO_MEMORY;
    struct stack *stack = stack_at(block, block->cut);
    *stack = (struct stack){.low = memory + guard, .size = block->stride - guard - record_size(), .block = block};
    stack->valgrind_id = VALGRIND_STACK_REGISTER(stack->low, stack->low + stack->size);
    block->cut++;
    *out = stack;
    return 0;
}

/* Takes a stack of the first block that has one. */
static int take_stack(struct stack **out)
{
    int err = list_is_empty(&open_blocks) ? map_block() : 0;
    if (err)
        return err;
    struct stack_block *block = container_of(list_first(&open_blocks), struct stack_block, of_open);
    if (block->free) {
        *out = block->free;
        block->free = block->free->next_free;
        counts.cached--;
    } else {
        err = cut_stack(out, block);
        if (err)
            return err;
    }
    block->in_use++;
    if (!has_stack(block))
        list_remove(&block->of_open);
    return 0;
}

int stack_acquire(struct stack **out, const char *owner)
{
    int err = install_handler();
    if (!err)
        err = take_stack(out);
    if (err)
        return err;
    (*out)->owner = owner;
    counts.in_use++;
    return 0;
}

static void keep(struct stack *stack)
{
    struct stack_block *block = stack->block;
    paint(stack);
    if (!list_is_linked(&block->of_open))
        list_prepend(&open_blocks, &block->of_open);
    stack->next_free = block->free;
    block->free = stack;
    counts.cached++;
}

void stack_release(struct stack *stack)
{
    struct stack_block *block = stack->block;
    take_census(stack);
    stack->owner = NULL;
    counts.in_use--;
    block->in_use--;
    fiber_forget(stack->low, stack->size);
    if (!block->is_retired)
        keep(stack);
    if (!block->in_use && (block->is_retired || counts.cached > MOST_CACHED))
        retire_block(block);
}

void stack_cache_drain(void)
{
    list_for_each(node, &blocks)
    {
        struct stack_block *block = container_of(node, struct stack_block, of_all);
        if (!block->is_retired)
            retire_block(block);
    }
}

void stack_set_size(size_t size)
{
    assert(size > 0 && size <= SIZE_MAX / 2 / IN_BLOCK);
    size = whole_pages(size);
    if (size != stack_size)
        stack_cache_drain();
    stack_size = size;
}

void stack_census(struct stack_census *census)
{
    list_for_each(node, &blocks)
    {
        const struct stack_block *block = container_of(node, struct stack_block, of_all);
        for (unsigned i = 0; i < block->cut; i++)
            if (stack_at(block, i)->owner)
                take_census(stack_at(block, i));
    }
    *census = counts;
}
